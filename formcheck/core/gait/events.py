"""Contact and lift-off of each foot, with sub-frame times, for forward and backward gait.

In side view (Zeni 2008; biomechanics B8), with positions ahead of the mid-hip toward the athlete's facing:
forward gait lands where the heel is furthest ahead and leaves where the toe is furthest behind; backward gait
is that film reversed: it lands, toe first, where the toe is furthest BEHIND and leaves where the heel is
furthest ahead. The extremes are then refined to when the foot's speed over the hips reaches the stance's own.
Seen from front or back, a foot is off the ground while it is high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import signal

from formcheck.core.clean.filters import fill_gaps
from formcheck.core.types import Array

Gait = Literal["backward", "forward", "unknown"]

MIN_STRIDE_S: Final = 0.4
MIN_PROMINENCE: Final = 0.25  # of the signal's p95 - p5 in the stretch
MIN_TRAVEL_LEGS: Final = 0.06  # a foot that moves less than this against the hips does not step
STANCE_SPEED_SHARE: Final = 0.75
REFINE_STRIDES: Final = 0.15  # how far from the extreme the foot may settle
STANCE_WINDOW_STRIDES: Final = (0.12, 0.35)  # from the extreme into the stance, where its speed is read
SWING_HEIGHT_SHARE: Final = 0.15  # of its peak: a foot higher than this is off the ground (front and back view)


@dataclass(frozen=True)
class FootEvents:
    """Times of one foot's contacts and lift-offs, s, sorted; they need not alternate at the clip's ends."""

    contact_s: Array
    off_s: Array


def sagittal_events(time_s: Array, heel: Array, toe: Array, gait: Gait) -> FootEvents:
    """Events of one foot from heel and toe (T,) ahead of the mid-hip, leg lengths, + toward facing."""
    lands, leaves = (-toe, heel) if gait == "backward" else (heel, -toe)
    return FootEvents(
        contact_s=_refined(time_s, lands, _peaks_s(time_s, lands), later=True),
        off_s=_refined(time_s, leaves, _peaks_s(time_s, leaves), later=False),
    )


def _refined(time_s: Array, values: Array, peaks_s: Array, later: bool) -> Array:
    """Each extreme moved to where the foot keeps the stance's own speed over the hips.

    At the extreme the foot still (contact) or already (lift-off) moves over the ground, as fast as the hips.
    It is down once its speed against the hips has reached ``STANCE_SPEED_SHARE`` of the stance's: after a
    contact's extreme, before a lift-off's. Stays at the extreme where no such moment is near.
    """
    if peaks_s.size < 2:
        return peaks_s
    speed = np.gradient(values, time_s) * (-1.0 if later else 1.0)
    stride = float(np.median(np.diff(peaks_s)))
    out = peaks_s.copy()
    for i, at in enumerate(peaks_s.tolist()):
        lo, hi = (at, at + REFINE_STRIDES * stride) if later else (at - REFINE_STRIDES * stride, at)
        out[i] = _settled_s(time_s, speed, _stance_speed(time_s, speed, at, stride, later), lo, hi, later)
    return np.where(np.isfinite(out), out, peaks_s)


def _stance_speed(time_s: Array, speed: Array, at: float, stride: float, later: bool) -> float:
    near, far = STANCE_WINDOW_STRIDES
    lo, hi = (at + near * stride, at + far * stride) if later else (at - far * stride, at - near * stride)
    inside = speed[np.searchsorted(time_s, lo) : np.searchsorted(time_s, hi, side="right")]
    inside = inside[np.isfinite(inside)]
    return float(np.median(inside)) if inside.size else float("nan")


def _settled_s(time_s: Array, speed: Array, stance: float, lo: float, hi: float, later: bool) -> float:
    """First (``later``) or last time in lo..hi at which ``speed`` crosses its share of ``stance``; NaN if none."""
    if not np.isfinite(stance) or stance <= 0:
        return float("nan")
    first, stop = int(np.searchsorted(time_s, lo)), int(np.searchsorted(time_s, hi, side="right"))
    if stop - first < 2:
        return float("nan")
    over = speed[first:stop] - STANCE_SPEED_SHARE * stance
    crossing = (
        np.flatnonzero((over[:-1] < 0) & (over[1:] >= 0))
        if later
        else np.flatnonzero((over[:-1] >= 0) & (over[1:] < 0))
    )
    if crossing.size == 0:
        return float("nan")
    k = int(crossing[0] if later else crossing[-1])
    share = over[k] / (over[k] - over[k + 1])
    t0, t1 = time_s[first + k], time_s[first + k + 1]
    return float(t0 + share * (t1 - t0))


def _peaks_s(time_s: Array, values: Array) -> Array:
    """Sub-frame times of the prominent maxima of a (T,) column."""
    filled = fill_gaps(time_s, values[:, None], max_gap_s=MIN_STRIDE_S)[:, 0]
    seen = np.isfinite(filled)
    if seen.sum() < 5:
        return np.empty(0)
    low, high = np.percentile(filled[seen], [5, 95])
    if high - low < MIN_TRAVEL_LEGS:
        return np.empty(0)
    frame_s = float(np.median(np.diff(time_s)))
    peaks, _ = signal.find_peaks(
        np.where(seen, filled, low),
        prominence=MIN_PROMINENCE * (high - low),
        distance=max(1, int(MIN_STRIDE_S / frame_s)),
    )
    peaks = peaks[[_inside(seen, p) for p in peaks]] if peaks.size else peaks
    return np.array([vertex_s(time_s, filled, int(p)) for p in peaks])


def _inside(seen: Array, peak: int) -> bool:
    return bool(0 < peak < len(seen) - 1 and seen[peak - 1] and seen[peak + 1])


def vertex_s(time_s: Array, values: Array, at: int) -> float:
    """Time of the extreme of the parabola through three samples around ``at``."""
    t = time_s[at - 1 : at + 2] - time_s[at]
    y = values[at - 1 : at + 2]
    a = ((y[2] - y[1]) / t[2] - (y[0] - y[1]) / t[0]) / (t[2] - t[0])
    if a == 0:
        return float(time_s[at])
    b = (y[2] - y[1]) / t[2] - a * t[2]
    return float(time_s[at] + np.clip(-b / (2 * a), t[0], t[2]))


def frontal_events(time_s: Array, height: Array) -> FootEvents:
    """Events of one foot from its height (T,) against the other's, leg lengths, + up.

    A swing is a prominent peak; the foot is off while above ``SWING_HEIGHT_SHARE`` of it.
    """
    filled = fill_gaps(time_s, height[:, None], max_gap_s=MIN_STRIDE_S)[:, 0]
    seen = np.isfinite(filled)
    if seen.sum() < 5:
        return FootEvents(np.empty(0), np.empty(0))
    low, high = np.percentile(filled[seen], [5, 95])
    if high - low < 0.5 * MIN_TRAVEL_LEGS:
        return FootEvents(np.empty(0), np.empty(0))
    frame_s = float(np.median(np.diff(time_s)))
    safe = np.maximum(np.where(seen, filled, 0.0), 0.0)  # below 0 the other foot swings
    peaks, props = signal.find_peaks(
        safe, prominence=MIN_PROMINENCE * (high - low), distance=max(1, int(MIN_STRIDE_S / frame_s))
    )
    if peaks.size == 0:
        return FootEvents(np.empty(0), np.empty(0))
    _, _, left, right = signal.peak_widths(
        safe,
        peaks,
        rel_height=1.0 - SWING_HEIGHT_SHARE,
        prominence_data=(props["prominences"], props["left_bases"], props["right_bases"]),
    )
    frames = np.arange(len(time_s))
    last = len(time_s) - 1
    return FootEvents(
        contact_s=np.interp(right[right < last - 0.5], frames, time_s),
        off_s=np.interp(left[left > 0.5], frames, time_s),
    )


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
