"""Accuracy against exact truth: clips in, tables and pictures out. ``bench/accuracy.py`` is the command."""
