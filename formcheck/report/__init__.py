"""What people and other programs get of an analysis: JSON, CSV, annotated video and HTML."""
