"""Left/right leg swaps: found by the jump they make, undone, and counted.

In side view a pose model now and then hands the near leg's landmarks to the far leg for a few frames. Keeping
the labels then needs the legs to jump; exchanging them lets both go on as they moved. The cheapest labelling
over the clip (two-state Viterbi on acceleration) undoes that; a small price on every exchanged frame keeps the
model's own word wherever the pictures leave it open.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.core.clean.filters import runs
from formcheck.core.skeleton import LEG_PARTS, joint
from formcheck.core.types import Array, Bools

LEFT: Final = np.array([joint(part, "left") for part in LEG_PARTS])
RIGHT: Final = np.array([joint(part, "right") for part in LEG_PARTS])
EXCHANGED_PRICE: Final = 0.02  # leg lengths of unexplained motion a frame must save to be exchanged
FLIP_PRICE: Final = 0.25  # and each change of mind
SEARCH_FRAMES: Final = 60
MAX_JUMP: Final = 1.0  # leg lengths; larger tells no more


def find_swaps(landmarks_px: Array, leg_px: float) -> Bools:
    """(T,) True where the legs' labels are exchanged. ``leg_px`` is a leg length for scale; NaN finds none."""
    n = len(landmarks_px)
    if n < 3 or not np.isfinite(leg_px) or leg_px <= 0:
        return np.zeros(n, dtype=bool)
    pair = np.stack([landmarks_px[:, LEFT], landmarks_px[:, RIGHT]], axis=1) / leg_px  # (T, 2, 5, 2)
    seen: Bools = np.asarray(np.isfinite(pair).all(axis=(1, 2, 3)))
    return _cheapest(_acceleration_costs(pair, seen))


def _acceleration_costs(pair: Array, seen: Bools) -> Array:
    """(T, 2, 2) cost of frame t with [flip between t-2 and t-1][flip between t-1 and t]; 0 where unseen."""
    costs = np.zeros((len(pair), 2, 2))
    flipped = pair[:, ::-1]
    ok = seen[2:] & seen[1:-1] & seen[:-2]
    for a in (0, 1):
        for b in (0, 1):
            before = flipped[:-2] if a else pair[:-2]
            after = flipped[2:] if b else pair[2:]
            jump = np.hypot(*np.moveaxis(after - 2.0 * pair[1:-1] + before, -1, 0)).mean(axis=(1, 2))
            costs[2:, a, b] = np.where(ok, np.minimum(jump, MAX_JUMP), 0.0)
    return costs


def _cheapest(costs: Array) -> Bools:
    """The Viterbi path, sought only around frames where a flip could pay for itself."""
    keep = costs[:, 0, 0]
    other = np.minimum(np.minimum(costs[:, 0, 1], costs[:, 1, 0]), costs[:, 1, 1])
    # two flips save at most over four frames, and must save two flip prices: one of the four saves this much
    worth = (keep - other) > 0.4 * FLIP_PRICE
    near = np.convolve(worth, np.ones(2 * SEARCH_FRAMES + 1), mode="same") > 0
    exchanged = np.zeros(len(costs), dtype=bool)
    for start, stop in runs(near):
        if stop - start >= 3:
            exchanged[start:stop] = _viterbi(costs[start:stop].tolist())
    return exchanged


def _viterbi(costs: list[list[list[float]]]) -> list[bool]:
    """Cheapest exchanged / kept labelling; states are (label at t-1, label at t)."""
    best = {(0, 0): 0.0, (0, 1): 9.0, (1, 0): 9.0, (1, 1): 9.0}
    back: list[dict[tuple[int, int], int]] = []
    for cost in costs[2:]:
        new: dict[tuple[int, int], float] = {}
        came: dict[tuple[int, int], int] = {}
        for p in (0, 1):
            from_kept, from_exchanged = best[0, p], best[1, p]
            for s in (0, 1):
                flip = p ^ s
                zero = from_kept + cost[p][flip]
                one = from_exchanged + cost[1 - p][flip]
                price = EXCHANGED_PRICE * s + FLIP_PRICE * flip
                came[p, s] = 0 if zero <= one else 1
                new[p, s] = min(zero, one) + price
        best = new
        back.append(came)
    state = min(best, key=lambda key: best[key])
    labels = [bool(state[1]), bool(state[0])]
    for came in reversed(back):
        earlier = came[state]
        labels.append(bool(earlier))
        state = (earlier, state[0])
    return labels[::-1][: len(costs)]


def exchange_legs_in(values: Array, swapped: Bools) -> None:
    """Exchange the legs' left and right in ``values`` (T, 33, ...) where ``swapped``: in place, for long clips."""
    left = values[np.ix_(swapped, LEFT)]
    values[np.ix_(swapped, LEFT)] = values[np.ix_(swapped, RIGHT)]
    values[np.ix_(swapped, RIGHT)] = left


def count_swaps(swapped: Bools) -> int:
    """Number of separate stretches that were exchanged."""
    return int(np.sum(np.diff(np.concatenate(([0], swapped.astype(np.int8)))) == 1))
