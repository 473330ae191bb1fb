"""Turns found people into ``FramePose``s: raw, or smoothed as MediaPipe smooths one person."""

from __future__ import annotations

import numpy as np

from formcheck.engines.base import FramePose, honest_visibility
from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.smoothing import MediaPipeSmoothing


def pose_of(person: Person, time_s: float, size: tuple[int, int]) -> FramePose:
    """``person`` as it was found in a picture of ``size`` (width, height)."""
    seen = np.minimum(person.visibility, person.inside)
    visibility = honest_visibility(person.landmarks_px, seen, *size)
    return FramePose(time_s, person.landmarks_px, visibility, person.world_m)


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
        landmarks_px, visibility, world_m = self._filter.push(
            person.landmarks_px, person.visibility, person.world_m, time_s, region_px
        )
        seen = np.minimum(visibility, person.inside)
        return FramePose(time_s, landmarks_px, honest_visibility(landmarks_px, seen, *size), world_m)
