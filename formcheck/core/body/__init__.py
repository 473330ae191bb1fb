"""The body in the picture: its size, its facing, its view."""
