"""The person detector: from a picture to the regions of the people in it, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import Array
from formcheck.engines.base import Box
from formcheck.engines.blazepose.picture import Picture
from formcheck.engines.blazepose.region import Region, region_of_person, whole_picture

CROP: Final = 224
_GRIDS: Final = ((28, 2), (14, 2), (7, 6))  # cells a side, anchors a cell: strides 8, 16, 32 (three times)
_MIN_SCORE: Final = 0.5
_SAME_PERSON_OVERLAP: Final = 0.5
_LOGIT_LIMIT: Final = 100.0
_GREY: Final = 127

Floats = npt.NDArray[np.float32]


def anchors() -> Array:
    """(2254, 2) anchor centres as shares of the crop, in the order of the model's rows."""
    grids = []
    for cells, repeats in _GRIDS:
        y, x = np.mgrid[0:cells, 0:cells]
        centres = np.stack([x, y], axis=-1).reshape(-1, 2)
        grids.append(np.repeat((centres + 0.5) / cells, repeats, axis=0))
    return np.concatenate(grids)


def merge_overlapping(boxes: Array, points: Array, scores: Array) -> Array:
    """One person's points from each group of overlapping boxes, averaged by score; best group first.

    boxes (N, 4) x0 y0 x1 y1, points (N, K, 2), scores (N,); returns (M, K, 2).
    """
    left = np.argsort(-scores, kind="stable")
    merged = []
    while len(left):
        same = _overlap(boxes[left], boxes[left[0]]) > _SAME_PERSON_OVERLAP
        same[0] = True
        group = left[same]
        merged.append(np.average(points[group], axis=0, weights=scores[group]))
        left = left[~same]
    return np.array(merged).reshape(-1, *points.shape[1:])


def _overlap(boxes: Array, box: Array) -> Array:
    """Intersection over union of boxes (N, 4) with box (4,)."""
    sides = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    areas = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    union = areas + np.clip(box[2:] - box[:2], 0, None).prod() - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1), 0.0)


def _paint_over(pixels: Floats, square: Region, box: Box) -> None:
    """Grey what of ``box`` lies in ``pixels`` (3, CROP, CROP), the crop of an upright ``square``."""
    corners = np.array([[box.left, box.top], [box.right, box.bottom]])
    matrix = square.crop_matrix(CROP)
    left_top, right_bottom = np.clip(corners @ matrix[:, :2].T + matrix[:, 2], 0, CROP).round().astype(int)
    pixels[:, left_top[1] : right_bottom[1], left_top[0] : right_bottom[0]] = _GREY


class Detector:
    """Runs the detector model of an ONNX Runtime ``session``; safe to share between threads."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._anchors = anchors()

    def find(
        self, picture: Picture, within: Region | None = None, hidden: Sequence[Box] = ()
    ) -> list[Region]:
        """Regions of the people in ``picture``, the most certain first; empty if nobody is seen.

        ``within`` an upright square, people are looked for there alone, and small ones are seen better. Boxes that are
        ``hidden`` are painted over: the model tends to see only the most striking person.
        """
        square = whole_picture(picture.width, picture.height) if within is None else within
        pixels = picture.crop(square, CROP, draw_out_rim=False).astype(np.float32)
        for box in hidden:
            _paint_over(pixels, square, box)
        crop = pixels[None] / np.float32(127.5) - np.float32(1)
        boxes, scores = self.session.run(["boxes", "scores"], {"image": crop})
        people = self._decode(boxes[0], scores[0, :, 0])
        found = [region_of_person(p[0], p[1]) for p in square.to_picture(people)]
        return [region for region in found if region is not None]

    def _decode(self, rows: Floats, logits: Floats) -> Array:
        """(M, 4, 2) alignment points as shares of the crop."""
        scores = 1 / (1 + np.exp(-np.clip(logits, -_LOGIT_LIMIT, _LOGIT_LIMIT).astype(np.float64)))
        sure = scores >= _MIN_SCORE
        rows = rows[sure].astype(np.float64) / CROP
        centres = rows[:, :2] + self._anchors[sure]
        boxes = np.hstack([centres - rows[:, 2:4] / 2, centres + rows[:, 2:4] / 2])
        points = rows[:, 4:].reshape(-1, 4, 2) + self._anchors[sure][:, None]
        return merge_overlapping(boxes, points, scores[sure])
