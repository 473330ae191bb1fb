"""Video files in and out, and pose files."""
