"""Contact and lift-off of each foot, with sub-frame times, for forward and backward gait.

Zeni (2008) takes contact where the heel is furthest ahead of the hips and lift-off where the toe is furthest
behind; on backward gait that swaps the two (biomechanics B8). Here both ways are one rule that time reversal
turns into itself: a foot swings the way the gait goes, and lands where that swing ends. Heel and ankle carry it;
BlazePose's toe point wanders by a foot's width when the other leg passes.
Seen from front or back the swing's direction is foreshortened and its lift is not: see ``frontal``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import ndimage, signal

from formcheck.core.clean.filters import fill_gaps, runs
from formcheck.core.types import Array, Bools, Index

Gait = Literal["backward", "forward", "unknown"]

MIN_STRIDE_S: Final = 0.4
MIN_PROMINENCE: Final = 0.25  # of the signal's p95 - p5 in the stretch
SHORT_SWING: Final = 0.3
EDGE_SHARE: Final = 0.25  # of the swing's best speed: where its ends are read ...
CORE_SHARE: Final = 0.75  # ... outward from where it was last this fast (a hidden foot's stance wanders, but less)
#: A swing that the clip cuts off, and a first one from rest, must be this fast, of the usual best: less is a shuffle.
REST_SHARE: Final = 0.2
REST_S: Final = 0.2  # a foot seen still for less, at the clip's edge, was not seen to rest
FIRST_WAY: Final = 0.12  # ... and the first one must go this share of the usual way
#: How far beyond those edges the foot stands, of the width between them: 0.21 where the swing is the minimum-jerk
#: movement limbs are known for (Flash & Hogan 1985), 0.10 where its speed is a mere sine.
TAIL_SHARE: Final = 0.2
EDGE_SEARCH_STRIDES: Final = 0.2  # how far beyond the extremes the swing's ends are sought
WHOLE_WAY: Final = 0.8  # of the usual: a swing that ends with the clip, or at the picture's edge, may not have ended
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
class FootEvents:
    """Times of one foot's contacts and lift-offs, s, sorted; they need not alternate at the clip's ends."""

    contact_s: Array
    off_s: Array


NONE: Final = FootEvents(np.empty(0), np.empty(0))


def foot_events(time_s: Array, ahead: Array, foot: Array, gait: Gait, floor: Floor = SIDE_FLOOR) -> FootEvents:
    """Events of one foot. ``ahead`` (T,) the ankle against the body, ``foot`` (T,) heel and ankle in the picture,
    leg lengths, + toward the athlete's facing.

    Each swing lies between two extremes of ``ahead``, which are smooth and hard to miss. Its ends are where the
    foot's speed over the ground passes a quarter of the swing's best, which is steep, and a little outside.
    """
    way = -1.0 if gait == "backward" else 1.0
    place, foot = (fill_gaps(time_s, v[:, None], max_gap_s=MIN_STRIDE_S)[:, 0] * way for v in (ahead, foot))
    ends, begins = prominent_peaks(time_s, place, floor.travel), prominent_peaks(time_s, -place, floor.travel)
    if ends.size == 0 or begins.size == 0:
        return NONE
    speed = np.gradient(foot, time_s)
    speed = speed - _ground_speed(time_s, speed)
    half = int(EDGE_SEARCH_STRIDES * _stride_frames(ends, begins))
    pairs = _long_enough(place, _pair_up(begins, ends, len(time_s)))
    usual = _usual_best(speed, pairs)
    pairs = _from_rest(time_s, speed, pairs, usual) + pairs
    swings = [_swing(time_s, speed, a, b, half, floor.speed, usual) for a, b in pairs]
    seen = np.isfinite(foot + place)
    swings = _finished(time_s, foot, seen, swings)
    width = np.nanmedian([b - a for a, b in swings] or [0.0]) if any(np.isfinite(b - a) for a, b in swings) else 0.0
    off = np.array([a for a, _ in swings]) - TAIL_SHARE * width
    contact = np.array([b for _, b in swings]) + TAIL_SHARE * width
    return FootEvents(contact[_seen_at(time_s, seen, contact)], off[_seen_at(time_s, seen, off)])


def _seen_at(time_s: Array, seen: Bools, at_s: Array) -> Bools:
    """Which of some times (NaN: none) lie among the frames seen."""
    return np.asarray(np.interp(at_s, time_s, seen.astype(np.float64), left=0.0, right=0.0) > 0.5)


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


def _long_enough(place: Array, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Swings less than ``SHORT_SWING`` of the usual way are a hidden foot caught by the other leg, not steps."""
    last = len(place) - 1
    way = np.array([place[min(b, last)] - place[max(a, 0)] for a, b in pairs])
    whole = [w for w, (a, b) in zip(way, pairs, strict=True) if a >= 0 and b <= last]
    usual = float(np.median(whole)) if whole else 0.0
    return [
        pair for w, pair in zip(way, pairs, strict=True) if w >= SHORT_SWING * usual or pair[0] < 0 or pair[1] > last
    ]


def _stride_frames(ends: Index, begins: Index) -> float:
    intervals = np.concatenate((np.diff(ends), np.diff(begins)))
    return float(np.median(intervals)) if intervals.size else 0.0


def _pair_up(begins: Index, ends: Index, n: int) -> list[tuple[int, int]]:
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


def _usual_best(speed: Array, pairs: list[tuple[int, int]]) -> float:
    """The median over whole swings of the best speed in them; 0 where there is none."""
    whole = [speed[a : b + 1] for a, b in pairs if a >= 0 and b < len(speed)]
    bests = [float(np.nanmax(part)) for part in whole if np.isfinite(part).any()]
    return float(np.median(bests)) if bests else 0.0


def _from_rest(time_s: Array, speed: Array, pairs: list[tuple[int, int]], usual: float) -> list[tuple[int, int]]:
    """The first step of a set that begins at rest, as (begin, end) frames; empty if there is none.

    The body goes along with that foot, so that it hardly moves against the hips; over the ground it does.
    """
    if not pairs or usual <= 0:
        return []
    first = pairs[0][0] if pairs[0][0] >= 0 else pairs[0][1]
    moving = np.nan_to_num(speed[: max(0, first)], nan=0.0) >= EDGE_SHARE * usual
    moving[-1:] = False  # the swing that was found already begins there
    step_s = float(np.median(np.diff(time_s)))
    whole = [b - a for a, b in pairs if a >= 0 and b < len(speed)]
    usual_way = usual * float(np.median(whole)) * step_s if whole else np.inf
    for start, stop in runs(moving):
        way = float(np.nansum(speed[start:stop])) * step_s
        if start > 0 and np.nanmax(speed[start:stop]) >= REST_SHARE * usual and way >= FIRST_WAY * usual_way:
            return [(start, stop)]
    return []


def _swing(
    time_s: Array, speed: Array, begin: int, end: int, half: int, min_speed: float, usual: float
) -> tuple[float, float]:
    """When the foot's speed over the ground rises and falls past its share of the swing's best; NaN if unseen.

    A swing whose rise or fall the clip cuts off may have had its best speed out of sight: ``usual`` stands for it.
    """
    first, last = max(0, begin - half), min(len(speed), end + half)
    rows = speed[first:last]
    inner = speed[max(0, begin) : min(len(speed), end + 1)]
    best = float(np.nanmax(inner)) if np.isfinite(inner).any() else float("nan")
    fast = np.flatnonzero(rows >= CORE_SHARE * best)
    cut = begin < 0 or end >= len(speed)
    if fast.size == 0 or best < max(min_speed, REST_SHARE * usual if cut else 0.0):
        return float("nan"), float("nan")
    before, after = _slow_sides(rows, fast, EDGE_SHARE * best)
    level = EDGE_SHARE * best
    rest = REST_S / float(np.median(np.diff(time_s)))
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


def _finished(time_s: Array, foot: Array, seen: Bools, swings: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The swings without those ends that may be none: next to frames not ``seen``, and short of the usual way."""
    way = np.array([np.subtract(*np.interp([b, a], time_s, foot)) for a, b in swings])
    least = WHOLE_WAY * float(np.nanmedian(way)) if np.isfinite(way).any() else 0.0
    rested = _seen_at(time_s, seen, np.array([b for _, b in swings]) + REST_S)
    ready = _seen_at(time_s, seen, np.array([a for a, _ in swings]) - REST_S)
    out = []
    for (a, b), w, before, after in zip(swings, way, ready, rested, strict=True):
        whole = not w < least
        out.append((a if before or whole else float("nan"), b if after or whole else float("nan")))
    return out


def _slow_sides(rows: Array, fast: Index, level: float) -> tuple[Index, Index]:
    slow = ~(rows >= level)
    return np.flatnonzero(slow[: fast[0]]), np.flatnonzero(slow[fast[-1] :])


def _crossing_s(time_s: Array, speed: Array, k: int, level: float) -> float:
    """When the speed passes ``level`` between frames k and k + 1; NaN if either was not seen."""
    if k < 0 or k + 1 >= len(speed) or speed[k + 1] == speed[k]:
        return float("nan")
    share = (level - speed[k]) / (speed[k + 1] - speed[k])
    return float(time_s[k] + np.clip(share, 0.0, 1.0) * (time_s[k + 1] - time_s[k]))


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
