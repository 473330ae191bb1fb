"""Cuts a clip into pieces that can be followed side by side, and joins what was found in them.

Where a person's region comes from the frame before, a clip is one long chain. A piece starts a new chain with the
detector; the piece before runs on for a few frames, and over these the one chain fades into the other. The cuts
depend on the clip alone, not on the machine, so the same clip gives the same numbers everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from formcheck.core.types import Array
from formcheck.engines.blazepose.landmarks import Person

#: Frames over which one piece fades into the next.
OVERLAP: Final = 6
_SHORTEST: Final = 60
_USUAL: Final = 400
#: A cut moves to a frame that decoding can start at if one is this near, in piece lengths.
_REACH: Final = 0.3


@dataclass(frozen=True)
class Piece:
    """From ``start_s`` to ``end_s``, both frames of the piece; None is the clip's own start or end."""

    start_s: float | None
    end_s: float | None


@dataclass(frozen=True)
class Found:
    """Who was found at a time; ``person`` is None where nobody was."""

    time_s: float
    person: Person | None


def plan(times_s: Array, key_times_s: Array, start_s: float | None, end_s: float | None) -> list[Piece]:
    """Pieces of the frames ``times_s`` (n,) from ``start_s`` to ``end_s``, in order, overlapping by OVERLAP frames."""
    low = -np.inf if start_s is None else start_s - 1e-9
    high = np.inf if end_s is None else end_s + 1e-9
    times = times_s[(times_s >= low) & (times_s <= high)]
    if len(times) < 2 * _SHORTEST or not len(key_times_s):
        return [Piece(start_s, end_s)]
    # An even number, so that two cores end together.
    count = 2 * max(1, round(len(times) / _USUAL / 2))
    keys = np.flatnonzero(np.isin(times, key_times_s))
    starts = [0]
    for i in range(1, count):
        target = round(i * len(times) / count)
        near = keys[np.argmin(np.abs(keys - target))] if len(keys) else 0
        starts.append(int(near) if abs(near - target) <= _REACH * len(times) / count else target)
    ends = [min(start + OVERLAP, len(times)) - 1 for start in starts[1:]]
    return [
        Piece(start_s if a == 0 else float(times[a]), end_s if b is None else float(times[b]))
        for a, b in zip(starts, [*ends, None], strict=True)
    ]


def join(parts: Sequence[Sequence[Found]]) -> list[Found]:
    """One run of frames from those of pieces in order; frames found twice are faded from the earlier to the later.

    Raises ValueError where a piece does not begin inside the one before: the file could not be cut there.
    """
    for before, after in pairwise(parts):
        if not before or not after or not before[0].time_s < after[0].time_s <= before[-1].time_s:
            raise ValueError("pieces of the clip do not meet")
    out: list[Found] = []
    for part in parts:
        shared = sum(one.time_s >= part[0].time_s for one in out[-2 * OVERLAP :])
        earlier = out[len(out) - shared :]
        if [one.time_s for one in earlier] != [one.time_s for one in part[:shared]]:
            raise ValueError("pieces of the clip do not meet")
        weights = np.arange(1, shared + 1) / (shared + 1)
        faded = [_fade(a, b, float(w)) for a, b, w in zip(earlier, part[:shared], weights, strict=True)]
        out[len(out) - shared :] = [*faded, *part[shared:]]
    return out


def _fade(earlier: Found, later: Found, weight: float) -> Found:
    """``later`` with ``weight`` 0..1; whoever is there alone where only one has found somebody."""
    a, b = earlier.person, later.person
    if a is None or b is None:
        return later if a is None else earlier
    mixed = {
        name: (1 - weight) * getattr(a, name) + weight * getattr(b, name)
        for name in ("landmarks_px", "visibility", "inside", "world_m")
    }
    return Found(later.time_s, replace(b, **mixed))
