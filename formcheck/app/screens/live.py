"""The live page."""

from formcheck.app.live_page import page

__all__ = ["page"]
