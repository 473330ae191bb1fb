"""The command line: words in, files and words out."""
