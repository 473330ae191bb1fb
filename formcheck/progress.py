"""How long work tells of itself: a callable that takes ``Progress``; raising from it cancels the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` units in ``stage`` ("fetch", "pose", "score", "overlay"); total None if unknown."""

    stage: str
    done: float
    total: float | None = None


OnProgress = Callable[[Progress], None]
