"""Who was found in each frame of a run, kept in arrays: an hour of video has 100,000 frames.

Objects for as many would take half as much memory again. The arrays lie in pages asked of the system one by one:
what is freed among a running model's own buffers would else stay with the process in crumbs.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final

import numpy as np

from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import Array
from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.region import Region

_LEAST_ROOM: Final = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found in the frame at a time; ``person`` is None where nobody was."""

    time_s: float
    person: Person | None
    width: int
    height: int


class Trail(Sequence[Found]):
    """A sequence of ``Found``, each made when it is asked for. ``room`` frames fit at first; more make more."""

    def __init__(self, frames: Iterable[Found] = (), room: int = _LEAST_ROOM) -> None:
        self._count = 0
        room = max(room, _LEAST_ROOM)
        self._time_s = _pages((room,), np.float64)
        self._size = _pages((room, 2), np.int32)
        self._presence = _pages((room,), np.float64)  # NaN: nobody
        self._numbers = _pages((room, N_LANDMARKS, 7), np.float32)
        self._regions = _pages((room, 2, 4), np.float64)  # where looked for, where next; NaN: nowhere
        for one in frames:
            self.append(one)

    @property
    def times_s(self) -> Array:
        """When each frame is (n,)."""
        return self._time_s[: self._count]

    def append(self, one: Found) -> None:
        """Add the next frame."""
        self._ready(self._count + 1)
        self._count += 1
        self[self._count - 1] = one

    def extend(self, other: Trail, begin: int = 0) -> None:
        """Add the frames of ``other`` from ``begin``."""
        count = len(other) - begin
        self._ready(self._count + count)
        for mine, theirs in zip(self._columns(), other._columns(), strict=True):
            mine[self._count : self._count + count] = theirs[begin : len(other)]
        self._count += count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._found(k) for k in range(*index.indices(self._count))]
        return self._found(range(self._count)[index])

    def __setitem__(self, index: int, one: Found) -> None:
        k = range(self._count)[index]
        self._time_s[k], self._size[k] = one.time_s, (one.width, one.height)
        person = one.person
        self._presence[k] = np.nan if person is None else person.presence
        if person is not None:
            self._numbers[k] = person.numbers
            self._regions[k, 0] = astuple(person.region)
            self._regions[k, 1] = np.nan if person.next_region is None else astuple(person.next_region)

    def _found(self, k: int) -> Found:
        width, height = self._size[k].tolist()
        return Found(float(self._time_s[k]), self._person(k), width, height)

    def _person(self, k: int) -> Person | None:
        if np.isnan(self._presence[k]):
            return None
        here, following = (Region(*row) for row in self._regions[k].tolist())
        lost = np.isnan(following.size_px)
        return Person(self._numbers[k].copy(), float(self._presence[k]), here, None if lost else following)

    def _columns(self) -> tuple[Any, ...]:
        return self._time_s, self._size, self._presence, self._numbers, self._regions

    def _ready(self, count: int) -> None:
        if count <= len(self._time_s):
            return
        larger = Trail(room=max(count, 2 * len(self._time_s)))
        larger.extend(self)
        self._time_s, self._size, self._presence, self._numbers, self._regions = larger._columns()


def _pages(shape: tuple[int, ...], kind: type[np.generic]) -> Any:
    """An array in memory of its own, that goes back to the system with it."""
    return np.ndarray(shape, kind, buffer=mmap.mmap(-1, int(np.prod(shape)) * np.dtype(kind).itemsize))
