"""A foot's course with the extremes its swings lie between: what its events are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import ndimage, signal

from formcheck.core.clean.filters import fill_gaps
from formcheck.core.types import Array, Index

Gait = Literal["backward", "forward", "unknown"]

MIN_STRIDE_S: Final = 0.4
MIN_PROMINENCE: Final = 0.25  # of the signal's p95 - p5 in the stretch
SHORT_SWING: Final = 0.3
EDGE_SEARCH_STRIDES: Final = 0.2  # how far beyond the extremes the swing's ends are sought
GROUND_QUANTILE: Final = 0.2  # well within a walker's stance share, and a runner's
GROUND_WINDOW_S: Final = 3.0


@dataclass(frozen=True)
class Floor:
    """What is too little to be a step: fore-aft range (leg lengths) and speed over the ground (leg lengths/s)."""

    travel: float
    speed: float


SIDE_FLOOR: Final = Floor(travel=0.06, speed=0.25)
#: From front or back little of the stride shows: the lift, and how far the floor rises in the picture.
FRONTAL_FLOOR: Final = Floor(travel=0.02, speed=0.1)


@dataclass(frozen=True)
class FootCourse:
    """One foot's course, (T,) each, leg lengths and leg lengths a second, + the way a swing goes.

    ``pairs`` are its swings as (begin, end) frames, -1 and T where the clip cuts one off; ``half`` is how many frames
    beyond them a swing's ends are sought.
    """

    time_s: Array
    place: Array
    foot: Array
    speed: Array
    pairs: list[tuple[int, int]]
    half: int

    @property
    def whole(self) -> list[tuple[int, int]]:
        """The swings that the clip does not cut off."""
        return [(a, b) for a, b in self.pairs if a >= 0 and b < len(self.place)]


@dataclass(frozen=True)
class Usual:
    """What a whole swing is like: its best speed, leg lengths a second, and its way, leg lengths; 0 if not known."""

    best: float
    way: float

    def __bool__(self) -> bool:
        return self.best > 0


def foot_course(time_s: Array, ahead: Array, foot: Array, gait: Gait) -> FootCourse:
    """The course of one foot. ``ahead`` (T,) the ankle against the body, ``foot`` (T,) heel and ankle in the picture,
    leg lengths, + toward the athlete's facing. NaN where not seen; gaps shorter than a stride are bridged.
    """
    way = -1.0 if gait == "backward" else 1.0
    place, foot = (fill_gaps(time_s, v[:, None], max_gap_s=MIN_STRIDE_S)[:, 0] * way for v in (ahead, foot))
    ends, begins = prominent_peaks(time_s, place, SIDE_FLOOR.travel), prominent_peaks(time_s, -place, SIDE_FLOOR.travel)
    if ends.size == 0 or begins.size == 0:
        return FootCourse(time_s, place, foot, np.full(len(foot), np.nan), [], 0)
    speed = np.gradient(foot, time_s)
    half = int(EDGE_SEARCH_STRIDES * _stride_frames(ends, begins))
    pairs = _long_enough(place, pair_up(begins, ends, len(time_s)))
    return FootCourse(time_s, place, foot, speed - _ground_speed(time_s, speed), pairs, half)


def usual_of(courses: Sequence[FootCourse]) -> Usual:
    """The median over the whole swings of some feet."""
    bests, ways = [], []
    for course in courses:
        parts = [course.speed[a : b + 1] for a, b in course.whole]
        bests += [float(np.nanmax(part)) for part in parts if np.isfinite(part).any()]
        ways += [float(course.foot[b] - course.foot[a]) for a, b in course.whole]
    known = bool(bests) and bool(np.isfinite(ways).any())
    return Usual(float(np.median(bests)), float(np.nanmedian(ways))) if known else Usual(0.0, 0.0)


def prominent_peaks(time_s: Array, values: Array, min_travel: float) -> Index:
    """Frames of the prominent maxima of a (T,) column."""
    seen = np.isfinite(values)
    if seen.sum() < 5:
        return np.empty(0, dtype=np.intp)
    low, high = np.quantile(values[seen], [0.05, 0.95])
    if high - low < min_travel:
        return np.empty(0, dtype=np.intp)
    gap = max(1, int(MIN_STRIDE_S / float(np.median(np.diff(time_s)))))
    safe = np.where(seen, values, low)
    peaks, _ = signal.find_peaks(safe, prominence=MIN_PROMINENCE * (high - low), distance=gap)
    return np.asarray([p for p in peaks if seen[p - 1] and seen[p + 1]], dtype=np.intp)


def _stride_frames(ends: Index, begins: Index) -> float:
    """From one extreme to the next of its kind; to the other kind it is about half of that."""
    intervals = np.concatenate((np.diff(ends), np.diff(begins)))
    if intervals.size == 0:
        intervals = 2 * np.diff(np.sort(np.concatenate((ends, begins))))
    return float(np.median(intervals)) if intervals.size else 0.0


def _long_enough(place: Array, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
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


def _ground_speed(time_s: Array, speed: Array) -> Array:
    """(T,) the speed of what the foot stands on (0 over ground, the belt's on a belt, the camera's if it pans).

    A low quantile over some strides: the stance is both the slowest way the foot goes and a good part of it.
    """
    seen = np.isfinite(speed)
    frames = max(3, int(round(GROUND_WINDOW_S / float(np.median(np.diff(time_s))))))
    usual = float(np.quantile(speed[seen], GROUND_QUANTILE))
    if seen.sum() <= frames:
        return np.full_like(speed, usual)
    safe = np.where(seen, speed, usual)
    rank = int(GROUND_QUANTILE * (frames - 1))
    return np.asarray(ndimage.rank_filter(safe, rank, size=frames, mode="reflect"))
