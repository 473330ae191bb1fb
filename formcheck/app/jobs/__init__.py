"""Work that outlives a page: one folder a run, one process a run, state in files.

A run's ticket is its folder's name and the only key to it: 128 random bits, in the page's address, so that
a reload or another tab finds it and nobody else can. Nothing here imports Streamlit.
"""
