"""Contact and lift-off of each foot, with sub-frame times, for forward and backward gait.

Zeni (2008) takes contact where the heel is furthest ahead of the hips and lift-off where the toe is furthest
behind; on backward gait that swaps the two (biomechanics B8). Here both ways are one rule that time reversal
turns into itself: a foot swings the way the gait goes, and lands where that swing ends. Heel and ankle carry it;
BlazePose's toe point wanders by a foot's width when the other leg passes.
Seen from front or back the swing's direction is foreshortened and its lift is not: see ``frontal``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.core.gait.foot_course import SIDE_FLOOR, FootCourse, Gait, Usual, usual_of
from formcheck.core.gait.swings import EDGE_SHARE, REST_S, REST_SHARE, finished, from_rest, seen_at
from formcheck.core.types import Array, Index

CORE_SHARE: Final = 0.75  # a swing's ends are sought outward from here: a hidden foot's stance wanders, but less
#: How far beyond those edges the foot stands, of the width between them: 0.21 where the swing is the minimum-jerk
#: movement limbs are known for (Flash & Hogan 1985), 0.10 where its speed is a mere sine.
TAIL_SHARE: Final = 0.2


@dataclass(frozen=True)
class FootEvents:
    """Times of one foot's contacts and lift-offs, s, sorted; they need not alternate at the clip's ends."""

    contact_s: Array
    off_s: Array


NONE: Final = FootEvents(np.empty(0), np.empty(0))


def foot_events(course: FootCourse, others: Usual | None = None) -> FootEvents:
    """Events of one foot. ``others`` is what a swing is like elsewhere, for a foot of which no whole one is seen.

    Each swing lies between two extremes of the foot against the body, which are smooth and hard to miss. Its ends
    are where the foot's speed over the ground passes a quarter of the swing's best, which is steep, and a little
    outside.
    """
    if not course.pairs:
        return NONE
    time_s, place, foot = course.time_s, course.place, course.foot
    usual = usual_of([course]) or others or Usual(0.0, 0.0)
    rest = REST_S / float(np.median(np.diff(time_s)))
    swings = [_swing(course, pair, usual.best, rest) for pair in from_rest(course, usual) + course.pairs]
    seen = np.isfinite(foot + place)
    swings = finished(time_s, foot, seen, swings, usual.way)
    width = np.nanmedian([b - a for a, b in swings] or [0.0]) if any(np.isfinite(b - a) for a, b in swings) else 0.0
    off = np.array([a for a, _ in swings]) - TAIL_SHARE * width
    contact = np.array([b for _, b in swings]) + TAIL_SHARE * width
    return FootEvents(contact[seen_at(time_s, seen, contact)], off[seen_at(time_s, seen, off)])


def _swing(course: FootCourse, pair: tuple[int, int], usual: float, rest: float) -> tuple[float, float]:
    """When the foot's speed over the ground rises and falls past its share of the swing's best; NaN if unseen.

    A swing whose rise or fall the clip cuts off may have had its best speed out of sight: ``usual`` stands for it.
    ``rest`` is for how many frames a foot must be seen still to rest.
    """
    time_s, speed, (begin, end) = course.time_s, course.speed, pair
    first, last = max(0, begin - course.half), min(len(speed), end + course.half)
    rows = speed[first:last]
    inner = speed[max(0, begin) : min(len(speed), end + 1)]
    best = float(np.nanmax(inner)) if np.isfinite(inner).any() else float("nan")
    fast = np.flatnonzero(rows >= CORE_SHARE * best)
    cut = begin < 0 or end >= len(speed)
    if fast.size == 0 or best < max(SIDE_FLOOR.speed, REST_SHARE * usual if cut else 0.0):
        return float("nan"), float("nan")
    before, after = _slow_sides(rows, fast, EDGE_SHARE * best)
    level = EDGE_SHARE * best
    seen = np.isfinite(rows)
    at_rest = seen[before].sum(), seen[fast[-1] + after].sum()
    if (begin < 0 and at_rest[0] < rest) or (end >= len(speed) and at_rest[1] < rest):
        level = EDGE_SHARE * max(usual, best)
        before, after = _slow_sides(rows, fast, level)
    rise = fall = float("nan")
    if before.size:
        rise = _crossing_s(time_s, speed, first + int(before[-1]), level)
    if after.size:
        fall = _crossing_s(time_s, speed, first + int(fast[-1] + after[0]) - 1, level)
    return rise, fall


def _slow_sides(rows: Array, fast: Index, level: float) -> tuple[Index, Index]:
    slow = ~(rows >= level)
    return np.flatnonzero(slow[: fast[0]]), np.flatnonzero(slow[fast[-1] :])


def _crossing_s(time_s: Array, speed: Array, k: int, level: float) -> float:
    """When the speed passes ``level`` between frames k and k + 1; NaN if either was not seen."""
    if k < 0 or k + 1 >= len(speed) or speed[k + 1] == speed[k]:
        return float("nan")
    share = (level - speed[k]) / (speed[k + 1] - speed[k])
    return float(time_s[k] + np.clip(share, 0.0, 1.0) * (time_s[k + 1] - time_s[k]))


def gait_of(time_s: Array, ahead: Array, height: Array) -> tuple[Gait, float]:
    """Which way the feet work, and how sure (0..1), from both ankles against the hips.

    ``ahead`` and ``height`` (2, T) in leg lengths. A foot in the air moves with the gait, a foot on the ground
    against it: the sign of height with speed over the hips tells forward (+) from backward (-). The swing is
    also the quicker of the two ways, which the skew of the speed shows.
    """
    speed = np.gradient(ahead, time_s, axis=1)
    ok = np.isfinite(speed) & np.isfinite(height)
    if ok.sum() < 20:
        return "unknown", 0.0
    scores = [_corr(speed[k][ok[k]], height[k][ok[k]]) for k in (0, 1)]
    by_height = float(np.mean([s for s in scores if np.isfinite(s)] or [0.0]))
    v = speed[ok]
    spread = float(np.std(v))
    skew = float(np.clip(np.mean((v - v.mean()) ** 3) / spread**3, -1, 1)) if spread > 1e-9 else 0.0
    total = 0.7 * by_height + 0.3 * skew
    return ("forward" if total > 0 else "backward"), float(min(1.0, abs(total) / 0.4))


def _corr(a: Array, b: Array) -> float:
    if a.size < 10 or a.std() < 1e-9 or b.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
