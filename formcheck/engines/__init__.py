"""Frames into poses: ``estimate`` for a whole clip, ``open_live`` for a camera."""

from formcheck.engines.run import estimate, open_live

__all__ = ["estimate", "open_live"]
