"""Where a set turns: the clip cut into stretches of one facing and one travel direction.

A stretch ends where the athlete has come back by ``REVERSAL`` from the furthest point (turning points with
hysteresis), or where the facing changes sign. Works on position, so a stall is not a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.core.body.course import Course
from formcheck.core.clean.filters import rolling_mean
from formcheck.core.types import Array

REVERSAL_LEGS: Final = 0.8  # sideways in the picture, leg lengths
REVERSAL_LOG_SCALE: Final = 0.18  # toward or away: the athlete's size changes by a fifth
SMOOTH_S: Final = 0.8
MIN_STRETCH_S: Final = 1.0
FACING_SURE: Final = 0.35


@dataclass(frozen=True)
class Stretch:
    """Frames ``start:stop`` of one facing and one travel direction."""

    start: int
    stop: int


def cut(course: Course) -> list[Stretch]:
    """Stretches in order, covering first to last frame; empty for a clip without a body."""
    n = len(course.time_s)
    across = _smooth(course.time_s, course.hip[:, 0] / np.nanmedian(course.scale_px)) if _any(course) else None
    if across is None:
        return []
    depth = _smooth(course.time_s, np.log(course.scale_px))
    cuts = {0, n}
    cuts.update(turning_points(across, REVERSAL_LEGS))
    if np.nanmedian(np.abs(course.facing_x)) < 2 * FACING_SURE:
        cuts.update(turning_points(depth, REVERSAL_LOG_SCALE))
    cuts.update(_facing_changes(course.facing_x))
    return _drop_short(course.time_s, sorted(cuts))


def _any(course: Course) -> bool:
    return bool(np.isfinite(course.hip[:, 0] * course.scale_px).any())


def _smooth(time_s: Array, values: Array) -> Array:
    return rolling_mean(time_s, values, SMOOTH_S)


def turning_points(values: Array, reversal: float) -> list[int]:
    """Frames of the extremes from which a (T,) column comes back by at least ``reversal``; NaN is skipped."""
    frames = np.flatnonzero(np.isfinite(values))
    found: list[int] = []
    high = low = None
    trend = 0
    for i in frames.tolist():
        value = values[i]
        if high is None or value > values[high]:
            high = i
        if low is None or value < values[low]:
            low = i
        if trend >= 0 and values[high] - value >= reversal:
            if trend > 0:
                found.append(high)
            trend, low = -1, i
            high = i
        elif trend <= 0 and value - values[low] >= reversal:
            if trend < 0:
                found.append(low)
            trend, high = 1, i
            low = i
    return found


def _facing_changes(facing_x: Array) -> list[int]:
    sure = np.flatnonzero(np.abs(facing_x) > FACING_SURE)
    if sure.size < 2:
        return []
    sign = np.sign(facing_x[sure])
    flips = np.flatnonzero(np.diff(sign) != 0)
    return [int((sure[k] + sure[k + 1]) // 2) for k in flips]


def _drop_short(time_s: Array, cuts: list[int]) -> list[Stretch]:
    kept = [cuts[0]]
    for cut_at in cuts[1:-1]:
        if time_s[cut_at] - time_s[kept[-1]] >= MIN_STRETCH_S and time_s[-1] - time_s[cut_at] >= MIN_STRETCH_S:
            kept.append(cut_at)
    kept.append(cuts[-1])
    return [Stretch(a, b) for a, b in zip(kept[:-1], kept[1:], strict=True) if b - a >= 2]
