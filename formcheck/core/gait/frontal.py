"""Contact and lift-off of each foot seen from front or back, from its course up and down the picture.

There a swing shows as two movements in one: the foot rises and comes down, and its place on the floor goes up the
picture (away from the camera) or down (toward it). At one end of the swing the two go the same way, and its time is
plain; at the other they cancel, and the foot seems to stand long before it lands, or long after it has left. So the
swing is fitted as what it is: a minimum-jerk movement (Flash & Hogan 1985) between two footholds, plus the simplest
rise that leaves the floor and meets it at rest. The plain end comes first, the other end from it.
The foot lands with the end of it that leads (backward the toe, forward the heel) and leaves with the other.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from formcheck.core.clean.filters import fill_gaps, rolling_mean
from formcheck.core.gait.events import FRONTAL_FLOOR, MIN_STRIDE_S, NONE, FootEvents, prominent_peaks
from formcheck.core.types import Array, Bools, Index

BUSY_WINDOW_S: Final = 0.3
SAMPLES: Final = 48  # of each window
HALF_WINDOW: Final = 0.35  # strides about a swing's middle: the swing and little of the stances beside it ...
AFTER_WINDOW: Final = 0.5  # ... and on from its plain end: BlazePose's standing foot creeps
OWN_SHARE: Final = 0.5  # a swing's own end and the usual one, counted from the middles, are about equally uncertain
GRID: Final = 0.01  # strides
FURTHEST: Final = 0.45  # of a swing's ends from its middle, strides
SHORTEST_SWING: Final = 0.2
LONGEST_SWING: Final = 0.5  # a foot that swings for longer runs
STAND_S: Final = 0.05  # at the clip's ends a foot must be seen to stand this long: a swing cut off has no end
BLOCK_SWINGS: Final = 256  # fitted at once, for the memory's sake


def frontal_events(time_s: Array, lead: Array, lands: Array, leaves: Array, off_is_plain: bool) -> FootEvents:
    """Events of one foot, all (T,): ``lead`` its speed in the picture less the other foot's; ``lands`` and ``leaves``
    the rows of its end that lands first and of the one that leaves last, any one length.
    """
    middles = swing_middles(time_s, lead)
    if middles.size < 2:
        return NONE
    middle = time_s[middles]
    stride_s = float(np.median(np.diff(middle)))
    lands, leaves = (fill_gaps(time_s, v[:, None], max_gap_s=MIN_STRIDE_S)[:, 0] for v in (lands, leaves))
    if off_is_plain:
        off = middle + _plain_end(time_s, leaves, middle, stride_s)[:, 0]
        contact = off + _median(_swing_s(time_s, lands, off, stride_s))
    else:
        contact = middle + _plain_end(time_s, lands, middle, stride_s)[:, 1]
        off = contact - _median(_swing_s(time_s, leaves, contact, -stride_s))
    first, last = time_s[0] + STAND_S, time_s[-1] - STAND_S
    return FootEvents(contact[(contact > first) & (contact < last)], off[(off > first) & (off < last)])


def swing_middles(time_s: Array, lead: Array) -> Index:
    """Frames about which one foot is the one that moves."""
    own = fill_gaps(time_s, lead[:, None], max_gap_s=MIN_STRIDE_S)[:, 0]
    return prominent_peaks(time_s, rolling_mean(time_s, own, BUSY_WINDOW_S), FRONTAL_FLOOR.speed)


def _plain_end(time_s: Array, rows: Array, middle: Array, stride_s: float) -> Array:
    """(S, 2) begin and end of each swing, s after its middle; the usual ones where it was not seen whole."""
    windows, seen = _cut(time_s, rows, middle, stride_s, -HALF_WINDOW, HALF_WINDOW)
    ends, fits = _free_fits()
    own = ends[_best(windows, fits)] * stride_s
    out = np.empty((len(middle), 2))
    out[:] = np.median(own, axis=0) if len(own) else np.nan
    out[seen] += OWN_SHARE * (own - out[seen])
    return out


def _swing_s(time_s: Array, rows: Array, plain_s: Array, stride_s: float) -> Array:
    """How long each swing lasted from its plain end, s; a negative stride goes back in time."""
    windows, _ = _cut(time_s, rows, plain_s, stride_s, 0.0, AFTER_WINDOW)
    lasts, fits = _held_fits()
    return lasts[_best(windows, fits)] * abs(stride_s)


def _cut(time_s: Array, rows: Array, at_s: Array, stride_s: float, first: float, last: float) -> tuple[Array, Bools]:
    """(n, SAMPLES) windows, each about its own mean, of the n places seen whole, and (S,) which these are."""
    at = at_s[:, None] + np.linspace(first, last, SAMPLES) * stride_s
    windows = np.interp(at, time_s, rows, left=np.nan, right=np.nan)
    seen = np.asarray(np.isfinite(windows).all(axis=1))
    return windows[seen] - windows[seen].mean(axis=1, keepdims=True), seen


def _best(windows: Array, fits: Array) -> Index:
    """(S,) which of the fits (G, SAMPLES, k), orthonormal columns, leaves the least of each window."""
    found = [np.empty(0, dtype=np.intp)]
    for k in range(0, len(windows), BLOCK_SWINGS):
        explained = (np.einsum("gnk,sn->sgk", fits, windows[k : k + BLOCK_SWINGS], optimize=True) ** 2).sum(axis=2)
        found.append(explained.argmax(axis=1))
    return np.concatenate(found)


@cache
def _free_fits() -> tuple[Array, Array]:
    """Swings about a middle: (G, 2) their begins and ends, strides, and (G, SAMPLES, 3) what each can be."""
    x = np.linspace(-HALF_WINDOW, HALF_WINDOW, SAMPLES)
    grid = np.arange(0.0, FURTHEST + GRID / 2, GRID)
    ends = np.array([(-a, b) for a in grid for b in grid if SHORTEST_SWING <= a + b <= LONGEST_SWING])
    fits = [_orthonormal((x - a) / (b - a), rest=True) for a, b in ends]
    return ends, np.array(fits)


@cache
def _held_fits() -> tuple[Array, Array]:
    """Swings from a known begin: (G,) how long they last, strides, and (G, SAMPLES, 4) what each can be."""
    x = np.linspace(0.0, AFTER_WINDOW, SAMPLES)
    lasts = np.arange(SHORTEST_SWING, LONGEST_SWING + GRID / 2, GRID)
    return lasts, np.array([_orthonormal(x / last, rest=False) for last in lasts])


def _orthonormal(u: Array, rest: bool) -> Array:
    """Courses over a swing's own time 0..1: two footholds, the rise and, unless it begins at ``rest``, its speed."""
    u = np.clip(u, 0.0, 1.0)
    there = u**3 * (10 - 15 * u + 6 * u**2)
    rise = u**2 * (1 - u) ** 2
    courses = [1 - there, there, rise] if rest else [1 - there, there, rise, u - 6 * u**3 + 8 * u**4 - 3 * u**5]
    return np.asarray(np.linalg.qr(np.stack(courses, axis=1))[0])


def _median(values: Array) -> float:
    return float(np.median(values)) if values.size else float("nan")
