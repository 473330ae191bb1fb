"""Which stretches of a foot's course are swings: whole ones, those the clip cuts off, and the first from rest."""

from __future__ import annotations

from math import isfinite
from typing import Final

import numpy as np

from formcheck.core.clean.filters import runs
from formcheck.core.types import Array, Bools, Index

SHORT_SWING: Final = 0.3
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


def long_enough(place: Array, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Swings less than ``SHORT_SWING`` of the usual way are a hidden foot caught by the other leg, not steps."""
    last = len(place) - 1
    way = np.array([place[min(b, last)] - place[max(a, 0)] for a, b in pairs])
    whole = [w for w, (a, b) in zip(way, pairs, strict=True) if a >= 0 and b <= last]
    usual = float(np.median(whole)) if whole else 0.0
    return [
        pair for w, pair in zip(way, pairs, strict=True) if w >= SHORT_SWING * usual or pair[0] < 0 or pair[1] > last
    ]


def pair_up(begins: Index, ends: Index, n: int) -> list[tuple[int, int]]:
    """Swings as (begin, end) frames; at the clip's ends a swing may lack one, which is then -1 or ``n``."""
    marks = sorted([(int(b), 0) for b in begins] + [(int(e), 1) for e in ends])
    out: list[tuple[int, int]] = []
    open_at = -1
    for frame, kind in marks:
        if kind == 0:
            open_at = frame
        elif open_at >= 0 or not out:
            out.append((open_at, frame))
            open_at = -1
    if open_at >= 0:
        out.append((open_at, n))
    return out


def usual_best(speed: Array, pairs: list[tuple[int, int]]) -> float:
    """The median over whole swings of the best speed in them; 0 where there is none."""
    whole = [speed[a : b + 1] for a, b in pairs if a >= 0 and b < len(speed)]
    bests = [float(np.nanmax(part)) for part in whole if np.isfinite(part).any()]
    return float(np.median(bests)) if bests else 0.0


def from_rest(foot: Array, speed: Array, pairs: list[tuple[int, int]], usual: float) -> list[tuple[int, int]]:
    """The first step of a set that begins at rest, as (begin, end) frames; empty if there is none.

    The body goes along with that foot, so that it hardly moves against the hips; over the ground it does.
    """
    if not pairs or usual <= 0:
        return []
    whole = [foot[b] - foot[a] for a, b in pairs if a >= 0 and b < len(speed)]
    usual_way = float(np.nanmedian(whole)) if np.isfinite(whole).any() else np.inf
    first = pairs[0][0] if pairs[0][0] >= 0 else pairs[0][1]
    moving = np.nan_to_num(speed[: max(0, first)], nan=0.0) >= STIR_SHARE * usual
    moving[-1:] = False  # the swing that was found already begins there
    for start, stop in runs(moving):
        fast = float(np.nanmax(speed[start:stop])) >= REST_SHARE * usual
        if start > 0 and fast and foot[stop - 1] - foot[start - 1] >= FIRST_STEP_WAY * usual_way:
            return [(start, stop)]
    return []


def finished(time_s: Array, foot: Array, seen: Bools, swings: Ends) -> Ends:
    """The swings without those ends that may be none: next to frames not ``seen``, and short of the usual way.

    Of a swing already under way when the foot came into sight, some of the way must be seen.
    """
    begins, ends = np.array(swings).reshape(-1, 2).T
    whole = np.isfinite(begins + ends)
    if not whole.any():
        return swings
    usual = float(np.median(np.interp(ends[whole], time_s, foot) - np.interp(begins[whole], time_s, foot)))
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
