"""The landmark model: from a person's region to 33 landmarks, and the region for the next frame."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import Array
from formcheck.engines.blazepose.picture import Picture
from formcheck.engines.blazepose.region import Region, region_of_person

CROP: Final = 256
_POINTS: Final = 39  # 33 landmarks, two alignment points, four unused
_CENTER, _SCALE = N_LANDMARKS, N_LANDMARKS + 1
_MIN_PRESENCE: Final = 0.5
_REFINE_REACH: Final = 3  # a 7 x 7 neighbourhood of the heatmap
_MIN_REFINE: Final = 0.5
_WINDOW: Final = np.stack(np.meshgrid(np.arange(7), np.arange(7)), axis=-1).reshape(-1, 2)  # (49, 2) x, y

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one frame, raw. ``numbers`` (33, 7) is kept small, since an hour of video has 100,000 of them.

    ``region`` is where the person was looked for, ``next_region`` where to look in the following frame.
    """

    numbers: Floats
    presence: float
    region: Region
    next_region: Region | None

    @property
    def landmarks_px(self) -> Floats:
        """(33, 2) in the upright picture."""
        return self.numbers[:, :2]

    @property
    def visibility(self) -> Floats:
        """(33,) the chance that a landmark is not hidden, by itself or by something else."""
        return self.numbers[:, 2]

    @property
    def inside(self) -> Floats:
        """(33,) the chance that a landmark is in the picture."""
        return self.numbers[:, 3]

    @property
    def world_m(self) -> Floats:
        """(33, 3) metres about the mid-hip."""
        return self.numbers[:, 4:]


def refine(points: Array, heatmaps: Floats) -> Array:
    """Points (N, 2) as shares of the crop, moved to the centre of mass of the heatmap (N, H, W) around them.

    A point off the crop, or with no confident heat nearby, stays where it is.
    """
    n, height, width = heatmaps.shape
    cell = np.trunc(points * (width, height)).astype(np.int64)
    corner = np.clip(cell, _REFINE_REACH, (width - 1 - _REFINE_REACH, height - 1 - _REFINE_REACH)) - _REFINE_REACH
    first = corner @ (1, width) + np.arange(n) * (width * height)
    logits = heatmaps.reshape(-1)[first[:, None] + _WINDOW @ (1, width)].astype(np.float64)
    heat = 1 / (1 + np.exp(-logits))
    if (corner + _REFINE_REACH != cell).any():  # part of the neighbourhood is off the map: no heat there
        apart = np.abs(corner[:, None] + _WINDOW - cell[:, None])
        heat[(apart > _REFINE_REACH).any(axis=2)] = 0.0
    total = heat.sum(axis=1)
    on_crop = (cell >= 0).all(axis=1) & (cell < (width, height)).all(axis=1)
    sure = on_crop & (heat.max(axis=1) >= _MIN_REFINE)
    middle = (heat @ _WINDOW) / np.where(total > 0, total, 1.0)[:, None] + corner
    return np.where(sure[:, None], middle / (width, height), points)


class LandmarkModel:
    """Runs the landmark model of an ONNX Runtime ``session``; safe to share between threads."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._kept = (
            threading.local()
        )  # each thread's input array: a new one a frame costs a tenth of a millisecond

    def find(self, picture: Picture, regions: Sequence[Region]) -> list[Person | None]:
        """One entry a region: the person there, or None where the model sees nobody."""
        if not regions:
            return []
        crops = self._crops(len(regions))
        for i, region in enumerate(regions):
            np.multiply(picture.crop(region, CROP), np.float32(1 / 255), out=crops[i])
        names = ["landmarks", "presence", "heatmap", "world"]
        found = self.session.run(names, {"image": crops})
        return [_person(region, *(part[i] for part in found)) for i, region in enumerate(regions)]

    def _crops(self, count: int) -> Floats:
        crops: Floats | None = getattr(self._kept, "crops", None)
        if crops is None or len(crops) != count:
            crops = self._kept.crops = np.empty((count, 3, CROP, CROP), np.float32)
        return crops


def _person(region: Region, flat: Floats, presence: Floats, heatmaps: Floats, world: Floats) -> Person | None:
    if presence[0] <= _MIN_PRESENCE:
        return None
    rows = flat.reshape(_POINTS, -1).astype(np.float64)
    points_px = region.to_picture(refine(rows[:, :2] / CROP, heatmaps))
    numbers = np.empty((N_LANDMARKS, 7), np.float32)
    numbers[:, :2] = points_px[:N_LANDMARKS]
    numbers[:, 2:4] = 1 / (1 + np.exp(-rows[:N_LANDMARKS, 3:5]))
    numbers[:, 4:] = world.reshape(_POINTS, 3)[:N_LANDMARKS]
    numbers[:, 4:6] = region.turned(numbers[:, 4:6])
    return Person(
        numbers=numbers,
        presence=float(presence[0]),
        region=region,
        next_region=region_of_person(points_px[_CENTER], points_px[_SCALE]),
    )
