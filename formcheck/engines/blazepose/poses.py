"""Turns found people into ``FramePose``s: raw, or smoothed as MediaPipe smooths one person."""

from __future__ import annotations

import numpy as np

from formcheck.core.types import Array
from formcheck.engines.base import FramePose, honest_visibility
from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.smoothing import MediaPipeSmoothing


def pose_of(person: Person, time_s: float, size: tuple[int, int]) -> FramePose:
    """``person`` as it was found in a picture of ``size`` (width, height)."""
    landmarks_px, visibility, inside, world_m = _numbers(person)
    seen = honest_visibility(landmarks_px, np.minimum(visibility, inside), *size)
    return FramePose(time_s, landmarks_px, seen, world_m)


def _numbers(person: Person) -> tuple[Array, Array, Array, Array]:
    landmarks_px, visibility, inside, world_m = (
        part.astype(np.float64)
        for part in (person.landmarks_px, person.visibility, person.inside, person.world_m)
    )
    return landmarks_px, visibility, inside, world_m


class PoseMaker:
    """Makes one person's poses frame by frame; with ``smooth`` it remembers, and forgets when the person is lost."""

    def __init__(self, smooth: bool) -> None:
        self._filter = MediaPipeSmoothing() if smooth else None

    def pose(self, person: Person | None, time_s: float, size: tuple[int, int]) -> FramePose | None:
        """The pose of ``person``; None for None."""
        if person is None:
            if self._filter is not None:
                self._filter.reset()
            return None
        if self._filter is None:
            return pose_of(person, time_s, size)
        region_px = (person.next_region or person.region).size_px
        landmarks_px, visibility, inside, world_m = _numbers(person)
        landmarks_px, visibility, world_m = self._filter.push(
            landmarks_px, visibility, world_m, time_s, region_px
        )
        seen = honest_visibility(landmarks_px, np.minimum(visibility, inside), *size)
        return FramePose(time_s, landmarks_px, seen, world_m)
