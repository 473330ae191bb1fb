"""Checks form in backward sled work and reverse walking from a video.

``formcheck.score(path)`` gives a ``Report``. Importing this package loads neither OpenCV nor a pose engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formcheck.api import analyse, score
    from formcheck.core.types import Analysis, Report
    from formcheck.live.session import LiveSession

__version__ = "0.1.0"
__all__ = ["Analysis", "LiveSession", "Report", "__version__", "analyse", "score"]

_HOME = {
    "analyse": "formcheck.api",
    "score": "formcheck.api",
    "Analysis": "formcheck.core.types",
    "Report": "formcheck.core.types",
    "LiveSession": "formcheck.live.session",
}


def __getattr__(name: str) -> Any:
    """The public names, loaded when first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'formcheck' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
