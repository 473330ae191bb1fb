"""Page parts that Streamlit lacks: an uploader that streams to disk, a player with a plot that seeks."""
