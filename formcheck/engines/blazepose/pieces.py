"""Cuts a clip into pieces that can be followed side by side, and joins what was found in them.

Where a person's region comes from the frame before, a clip is one long chain. A piece starts a new chain with the
detector; the piece before runs on for a few frames: the new chain settles in the first of these (the detector's region
is coarser than the landmarks') and the old one fades into it over the rest. The cuts
depend on the clip alone, not on the machine, so the same clip gives the same numbers everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from formcheck.core.types import Array
from formcheck.engines.blazepose.region import Region
from formcheck.engines.blazepose.trail import Found, Trail

#: Frames over which one piece fades into the next.
OVERLAP: Final = 6
_SHORTEST: Final = 40
_USUAL: Final = 400
#: A cut moves to a frame that decoding can start at if one is this near, in piece lengths: to decode a frame for
#: nothing costs a tenth of what an uneven cut costs.
_REACH: Final = 0.05
_SAME_PERSON_OVERLAP: Final = 0.3
_SAME_TIME_S: Final = 1e-6


@dataclass(frozen=True)
class Piece:
    """From ``start_s`` to ``end_s``, both frames of the piece; None is the clip's own start or end.

    ``frames`` is how many it has, or 0 if that is not known.
    """

    start_s: float | None
    end_s: float | None
    frames: int = field(default=0, compare=False)

    def holds(self, shown_s: float) -> bool:
        """Whether the frame shown at ``shown_s`` is in it."""
        from_s, to_s = self.start_s or 0.0, np.inf if self.end_s is None else self.end_s
        return bool(from_s - _SAME_TIME_S <= shown_s <= to_s + _SAME_TIME_S)


class PiecesApart(Exception):
    """Pieces that do not meet: the file cannot be cut where it was."""


def plan(times_s: Array, key_times_s: Array, start_s: float | None, end_s: float | None) -> list[Piece]:
    """Pieces of the frames ``times_s`` (n,) from ``start_s`` to ``end_s``, in order, overlapping by OVERLAP frames."""
    low = -np.inf if start_s is None else start_s - 1e-9
    high = np.inf if end_s is None else end_s + 1e-9
    times = times_s[(times_s >= low) & (times_s <= high)]
    if len(times) < 2 * _SHORTEST or not len(key_times_s):
        return [Piece(start_s, end_s, len(times))]
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
        Piece(
            start_s if a == 0 else float(times[a]),
            end_s if b is None else float(times[b]),
            (b or len(times) - 1) - a + 1,
        )
        for a, b in zip(starts, [*ends, None], strict=True)
    ]


def strangers(before: Sequence[Found], after: Sequence[Found]) -> Region | None:
    """Where the earlier piece's person is when the later one begins, if the two follow different people.

    None where they follow the same, or where either has nobody.
    """
    shared = [
        (one.person, two.person)
        for one, two in zip(before[len(before) - _shared(before, after) :], after, strict=False)
        if one.person is not None and two.person is not None
    ]
    if not shared or shared[-1][0].region.overlap(shared[-1][1].region) > _SAME_PERSON_OVERLAP:
        return None
    return shared[0][0].region


def join(parts: list[Trail]) -> Trail:
    """One run of frames from those of pieces in order; frames found twice are faded from the earlier to the later.

    ``parts`` is emptied on the way, for a long clip is not held twice. Raises PiecesApart where a piece does not
    begin inside the one before.
    """
    parts.reverse()
    out = Trail(room=sum(map(len, parts)))
    out.extend(parts.pop())
    while parts:
        part = parts.pop()
        shared = _shared(out, part)
        first = len(out) - shared
        for k, weight in enumerate(_fade_weights(shared)):
            out[first + k] = _fade(out[first + k], part[k], weight)
        out.extend(part, shared)
    return out


def _shared(before: Sequence[Found], after: Sequence[Found]) -> int:
    """How many frames at the end of ``before`` are those that ``after`` begins with."""
    tail = [one.time_s for one in before[-2 * OVERLAP :]]
    if after and after[0].time_s in tail:
        shared = len(tail) - tail.index(after[0].time_s)
        if [one.time_s for one in after[:shared]] == tail[-shared:]:
            return shared
    raise PiecesApart


def _fade_weights(shared: int) -> list[float]:
    """How much the later piece counts in each of ``shared`` frames: nothing while it settles."""
    settling = shared // 2
    return [max(0, k + 1 - settling) / (shared - settling + 1) for k in range(shared)]


def _fade(earlier: Found, later: Found, weight: float) -> Found:
    """``later`` with ``weight`` 0..1; whoever is there alone where only one has found somebody."""
    a, b = earlier.person, later.person
    if a is None or b is None:
        return later if a is None else earlier
    numbers = (1 - weight) * a.numbers + weight * b.numbers
    return replace(later, person=replace(b, numbers=numbers.astype(np.float32)))
