"""The region of interest: a rotated square in the upright picture, and the way into its crop and back.

Pixels are OpenCV's: the centre of the first pixel is (0, 0). Angles are radians inside this module.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import Array

#: Beyond this a body would hang upside down. Nobody trains so, but both models at times see people so, and go on with
#: it for seconds; from a crop turned the right way up they find them.
_HANGING_RAD: Final = math.radians(120)
#: Margin MediaPipe leaves about the circle through the two alignment points.
_MARGIN: Final = 1.25


@dataclass(frozen=True, slots=True)
class Region:
    """A square of ``size_px`` about a centre, turned by ``rotation_rad`` (clockwise as seen on screen)."""

    center_x_px: float
    center_y_px: float
    size_px: float
    rotation_rad: float = 0.0

    def crop_matrix(self, crop_size: int) -> Array:
        """(2, 3): picture pixels to crop pixels, corner to corner."""
        scale = crop_size / self.size_px
        cos, sin = scale * math.cos(self.rotation_rad), scale * math.sin(self.rotation_rad)
        half = crop_size / 2
        return np.array(
            [
                [cos, sin, half - cos * self.center_x_px - sin * self.center_y_px],
                [-sin, cos, half + sin * self.center_x_px - cos * self.center_y_px],
            ]
        )

    def to_picture(self, points: npt.ArrayLike) -> Array:
        """Points (..., 2) as shares of the crop, 0 to 1; returns (..., 2) picture pixels."""
        offset = (np.asarray(points, dtype=np.float64) - 0.5) * self.size_px
        return self.turned(offset) + (self.center_x_px, self.center_y_px)

    def turned(self, vectors: npt.ArrayLike) -> Array:
        """Vectors (..., 2), turned from crop to picture axes."""
        cos, sin = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        return np.asarray(vectors, dtype=np.float64) @ np.array([[cos, sin], [-sin, cos]])

    def overlap(self, other: Region) -> float:
        """Intersection over union of the two squares, their turn disregarded; 0..1."""
        reach = (self.size_px + other.size_px) / 2
        sides = [
            min(reach - abs(a - b), self.size_px, other.size_px)
            for a, b in ((self.center_x_px, other.center_x_px), (self.center_y_px, other.center_y_px))
        ]
        shared = max(sides[0], 0.0) * max(sides[1], 0.0)
        return shared / (self.size_px**2 + other.size_px**2 - shared)


def whole_picture(width: int, height: int) -> Region:
    """The smallest upright square that holds the picture, centred on it."""
    return Region(width / 2, height / 2, float(max(width, height)))


def region_of_person(center_px: npt.ArrayLike, scale_px: npt.ArrayLike) -> Region | None:
    """The region of a person from the two alignment points (2,): mid-hip, and the top of the circle round the body.

    Unlike MediaPipe's it never stands on its head. None where the points are not finite or fall together.
    """
    (cx, cy), (sx, sy) = np.asarray(center_px, float), np.asarray(scale_px, float)
    dx, dy = sx - cx, sy - cy
    radius = math.hypot(dx, dy)
    if not (math.isfinite(radius) and radius > 0.5):
        return None
    turn = math.remainder(math.pi / 2 - math.atan2(-dy, dx), 2 * math.pi)
    if abs(turn) > _HANGING_RAD:
        turn = math.remainder(turn + math.pi, 2 * math.pi)
    return Region(float(cx), float(cy), 2 * radius * _MARGIN, turn)
