"""Which stretches of a foot's course are swings: whole ones, those the clip cuts off, and the first from rest."""

from __future__ import annotations

from math import isfinite
from typing import Final

import numpy as np

from formcheck.core.clean.filters import runs
from formcheck.core.gait.foot_course import FootCourse, Usual
from formcheck.core.types import Array, Bools

EDGE_SHARE: Final = 0.25  # of the swing's best speed: where its ends are read
#: A swing that the clip cuts off, and a first one from rest, must be this fast, of the usual best: less is a shuffle.
REST_SHARE: Final = 0.2
REST_S: Final = 0.2  # a foot seen still for less, at the clip's edge, was not seen to rest
FIRST_WAY: Final = 0.12  # ... and it must be seen to go this share of the usual way
STIR_SHARE: Final = 0.1  # of the usual best speed: slower is no movement
FIRST_STEP_WAY: Final = 0.25  # of the usual: a first step is about half a step
SETTLED_S: Final = 0.1  # before and after a swing, where the foot stands: a slip of the model comes back
WHOLE_WAY: Final = 0.8  # of the usual: a swing that ends with the clip, or at the picture's edge, may not have ended

#: Begin and end of each swing, s; NaN where it was not seen.
Ends = list[tuple[float, float]]


def from_rest(course: FootCourse, usual: Usual) -> list[tuple[int, int]]:
    """The first step of a set that begins at rest, as (begin, end) frames; empty if there is none.

    The body goes along with that foot, so that it hardly moves against the hips; over the ground it does.
    """
    if not course.pairs or not usual:
        return []
    begin, end = course.pairs[0]
    first = begin if begin >= 0 else end
    foot, speed = course.foot, course.speed[: max(0, first)]
    for start, stop in runs(np.nan_to_num(speed, nan=0.0) >= STIR_SHARE * usual.best):
        fast = float(np.nanmax(speed[start:stop])) >= REST_SHARE * usual.best
        apart = start > 0 and stop < first  # what goes on until then is the swing that was found
        if apart and fast and foot[stop - 1] - foot[start - 1] >= FIRST_STEP_WAY * usual.way:
            return [(start, stop)]
    return []


def finished(time_s: Array, foot: Array, seen: Bools, swings: Ends, usual: float) -> Ends:
    """The swings without those ends that may be none: next to frames not ``seen``, and short of the usual way, which
    is ``usual`` where none of them is whole (0 if not known).

    Of a swing already under way when the foot came into sight, some of the way must be seen.
    """
    begins, ends = np.array(swings).reshape(-1, 2).T
    whole = np.isfinite(begins + ends)
    if whole.any():
        usual = float(np.median(np.interp(ends[whole], time_s, foot) - np.interp(begins[whole], time_s, foot)))
    elif usual <= 0:
        return swings
    out = []
    stretches = runs(seen)
    for begin, end in swings:
        first, last = _seen_about(time_s, stretches, begin if isfinite(begin) else end)
        start, stop = begin if isfinite(begin) else first, end if isfinite(end) else last
        after, before = min(stop + SETTLED_S, last), max(start - SETTLED_S, first)
        way = float(np.interp(after, time_s, foot) - np.interp(before, time_s, foot)) / usual if usual > 0 else 1.0
        cut = not isfinite(begin + end)
        off = way >= (FIRST_WAY if cut or begin - first >= REST_S else WHOLE_WAY)
        on = way >= (FIRST_WAY if cut or last - end >= REST_S else WHOLE_WAY)
        out.append((begin if off else float("nan"), end if on else float("nan")))
    return out


def _seen_about(time_s: Array, stretches: list[tuple[int, int]], at_s: float) -> tuple[float, float]:
    """First and last time of the frames seen on end about a time."""
    at = int(np.searchsorted(time_s, at_s))
    for start, stop in stretches:
        if start <= at <= stop:
            return float(time_s[start]), float(time_s[stop - 1])
    return float(time_s[0]), float(time_s[-1])


def seen_at(time_s: Array, seen: Bools, at_s: Array) -> Bools:
    """Which of some times (NaN: none) lie among the frames seen."""
    return np.asarray(np.interp(at_s, time_s, seen.astype(np.float64), left=0.0, right=0.0) > 0.5)
