"""Contact and lift-off of each foot seen from front or back, from its course up and down the picture.

There a swing shows as two movements in one: the foot rises and comes down, and its place on the floor goes up the
picture (away from the camera) or down (toward it). At one end of the swing the two go the same way, and its time is
plain; at the other they cancel, and the foot seems to stand long before it lands, or long after it has left. So the
swing is fitted as what it is: a minimum-jerk movement (Flash & Hogan 1985) between two footholds, the simplest rise
that leaves the floor and meets it at rest, and the foot's turning about the end that stands: it lands with the end
that leads (backward the toe, forward the heel), the other comes down after it, and before it leaves that end lifts
first. BlazePose moves both ends a little when one turns, so each may turn either way, the one that stands with a
lesser right to (ridge regression).
From behind, the foot hides what its far end does about the event that is not plain: there turning costs more.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Final, Literal

import numpy as np

from formcheck.core.clean.filters import fill_gaps, rolling_mean
from formcheck.core.gait.events import NONE, FootEvents
from formcheck.core.gait.foot_course import FRONTAL_FLOOR, MIN_STRIDE_S, prominent_peaks
from formcheck.core.types import Array, Bools, Index

Event = Literal["contact", "off"]
_OTHER: Final[dict[Event, Event]] = {"contact": "off", "off": "contact"}

BUSY_WINDOW_S: Final = 0.3
SAMPLES: Final = 48  # of each swing's window
HALF_WINDOW: Final = 0.5  # strides about a swing's middle
GRID: Final = 0.02  # strides
NEAREST, FURTHEST = 0.04, 0.46  # a swing's ends from its middle, strides
SHORTEST_SWING: Final = 0.2
LONGEST_SWING: Final = 0.5  # a foot that swings for longer runs
TURNS: Final = (0.08, 0.14)  # strides that setting down the other end, or lifting it, may take
#: What turning costs a fit: the rows' noise over an end's rise as the foot turns (0.007 and 0.04 leg lengths), squared,
#: for each sample that is not its neighbour's copy; and for the end that stands, which moves a third as much. What the
#: foot hides costs more: by how much is fitted (development draws, from behind; bench/accuracy.py has what it brings).
TURNING, STANDING = 0.1, 1.0
HIDDEN_TURNING, HIDDEN_STANDING = 1.0, 3.0
#: A swing's own ends and the usual ones, counted from the middles, are about equally uncertain; from behind, where the
#: plain end is the nearer one, its own are the better.
OWN_SHARE: Final = {"front": 0.5, "back": 0.75}
STAND_S: Final = 0.05  # at the clip's ends a foot must be seen to stand this long: a swing cut off has no end
BLOCK_SWINGS: Final = 256  # fitted at once, for the memory's sake


def frontal_events(
    time_s: Array, lead: Array, lands: Array, leaves: Array, view: Literal["front", "back"], plain: Event
) -> FootEvents:
    """Events of one foot, all (T,): ``lead`` its speed in the picture less the other foot's; ``lands`` and ``leaves``
    the rows of its end that lands first and of the one that leaves last, any one length. ``plain`` is the event at
    which rise and travel go the same way in the picture.
    """
    middles = swing_middles(time_s, lead)
    if middles.size < 2:
        return NONE
    middle = time_s[middles]
    stride_s = float(np.median(np.diff(middle)))
    rows = [fill_gaps(time_s, v[:, None], max_gap_s=MIN_STRIDE_S)[:, 0] for v in (lands, leaves)]
    windows = np.stack([_windows(time_s, row, middle, stride_s) for row in rows])
    seen: Bools = np.asarray(np.isfinite(windows).all(axis=(0, 2)))
    if not seen.any():
        return NONE
    ends, fits = _fits(None if view == "front" else _OTHER[plain])
    own = ends[_best(windows[:, seen], fits)]
    used = np.tile(np.median(own, axis=0), (len(middle), 1))
    used[seen] += OWN_SHARE[view] * (own - used[seen])
    off, contact = (middle[:, None] + used * stride_s).T
    first, last = time_s[0] + STAND_S, time_s[-1] - STAND_S
    return FootEvents(contact[(contact > first) & (contact < last)], off[(off > first) & (off < last)])


def swing_middles(time_s: Array, lead: Array) -> Index:
    """Frames about which one foot is the one that moves."""
    own = fill_gaps(time_s, lead[:, None], max_gap_s=MIN_STRIDE_S)[:, 0]
    return prominent_peaks(time_s, rolling_mean(time_s, own, BUSY_WINDOW_S), FRONTAL_FLOOR.speed)


def _windows(time_s: Array, row: Array, middle: Array, stride_s: float) -> Array:
    """(S, SAMPLES) of a row about each middle, less its mean; NaN where not seen whole."""
    at = middle[:, None] + np.linspace(-HALF_WINDOW, HALF_WINDOW, SAMPLES) * stride_s
    windows = np.interp(at, time_s, row, left=np.nan, right=np.nan)
    return np.asarray(windows - windows.mean(axis=1, keepdims=True))


def _best(windows: Array, fits: Array) -> Index:
    """(S,) which of the fits (2, G, k, SAMPLES) suits both of a swing's windows (2, S, SAMPLES)."""
    flat = fits.reshape(2, -1, SAMPLES).transpose(0, 2, 1)
    found = []
    for k in range(0, windows.shape[1], BLOCK_SWINGS):
        shares = (windows[:, k : k + BLOCK_SWINGS] @ flat) ** 2
        explained = shares.reshape(2, -1, *fits.shape[1:3]).sum(axis=(0, 3))
        found.append(explained.argmax(axis=1))
    return np.concatenate(found)


@cache
def _fits(hidden: Event | None) -> tuple[Array, Array]:
    """Swings about a middle: (G, 2) their begins and ends, strides, and (2, G, k, SAMPLES) what each can be: rows whose
    products with a window, squared and summed, are what of it the swing explains. First the end that lands first.
    """
    x = np.linspace(-HALF_WINDOW, HALF_WINDOW, SAMPLES)
    grid = np.arange(NEAREST, FURTHEST, GRID)
    up, at_off = (HIDDEN_TURNING, HIDDEN_STANDING) if hidden == "off" else (TURNING, STANDING)
    down, at_contact = (HIDDEN_TURNING, HIDDEN_STANDING) if hidden == "contact" else (TURNING, STANDING)
    ends, fits = [], []
    for off, contact in ((-a, b) for a in grid for b in grid if SHORTEST_SWING <= a + b <= LONGEST_SWING):
        swing = _swing((x - off) / (contact - off))
        for before, after in product(TURNS, TURNS):
            courses = [*swing, _lift(x, off, contact, before), _lift(-x, -contact, -off, after)]
            lands = _explaining(courses, [0.0, 0.0, up, at_contact])
            leaves = _explaining(courses, [0.0, 0.0, at_off, down])
            fits.append((lands, leaves))
            ends.append((off, contact))
    return np.array(ends), np.array(fits).transpose(1, 0, 2, 3)


def _explaining(courses: list[Array], costs: list[float]) -> Array:
    """(k, SAMPLES) of k courses at a cost each, by ridge regression about their means."""
    x = np.stack([course - course.mean() for course in courses], axis=1)
    return np.asarray((x @ np.linalg.cholesky(np.linalg.inv(x.T @ x + np.diag(costs)))).T)


def _swing(u: Array) -> list[Array]:
    """From foothold to foothold, and the rise, over a swing's own time 0..1."""
    u = np.clip(u, 0.0, 1.0)
    return [u**3 * (10 - 15 * u + 6 * u**2), u**2 * (1 - u) ** 2]


def _lift(x: Array, off: float, contact: float, turn: float) -> Array:
    """The end that lifts first, before the foot leaves: up within ``turn``, and back by the time it lands."""
    up, back = np.clip((x - off + turn) / turn, 0.0, 1.0), np.clip((x - off) / (contact - off), 0.0, 1.0)
    return np.asarray(up**2 * (3 - 2 * up) - back**2 * (3 - 2 * back))
