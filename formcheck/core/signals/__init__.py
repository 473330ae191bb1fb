"""Per-frame numbers named in the vocabulary."""
