"""Turns a decoded picture into upright RGB with square pixels: display matrix and sample aspect ratio applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream


@dataclass(frozen=True)
class Upright:
    """How the pictures of a stream become upright.

    ``coded_width`` and ``coded_height`` are of the picture with square pixels before it is turned;
    ``mirrored`` flips left and right first, then ``rotation_deg`` turns clockwise (0, 90, 180 or 270).
    """

    coded_width: int
    coded_height: int
    rotation_deg: int = 0
    mirrored: bool = False

    @property
    def width(self) -> int:
        """Width of the upright picture."""
        return self.coded_height if self.rotation_deg % 180 else self.coded_width

    @property
    def height(self) -> int:
        """Height of the upright picture."""
        return self.coded_width if self.rotation_deg % 180 else self.coded_height

    @classmethod
    def of(cls, picture: VideoFrame, stream: VideoStream) -> Upright:
        """Read from the picture's display matrix and the stream's sample aspect ratio."""
        width, height = picture.width, picture.height
        aspect = float(stream.sample_aspect_ratio or 1.0) or 1.0
        if aspect > 1.0:
            width = round(width * aspect)
        elif aspect < 1.0:
            height = round(height / aspect)
        rotation_deg, mirrored = _turn(picture)
        return cls(width, height, rotation_deg, mirrored)

    def rgb(self, picture: VideoFrame) -> npt.NDArray[np.uint8]:
        """The upright picture, (height, width, 3) uint8, contiguous."""
        pixels = picture.to_ndarray(format="rgb24", width=self.coded_width, height=self.coded_height)
        if self.mirrored:
            pixels = pixels[:, ::-1]
        return np.ascontiguousarray(np.rot90(pixels, -self.rotation_deg // 90))


def _turn(picture: VideoFrame) -> tuple[int, bool]:
    """Clockwise turn in degrees, and whether the picture is first mirrored."""
    side_data = picture.side_data.get(Type.DISPLAYMATRIX)
    if side_data is None:
        return 0, False
    matrix = np.frombuffer(bytes(side_data), dtype=np.int32)[:9].reshape(3, 3)[:2, :2].astype(float)
    mirrored = bool(np.linalg.det(matrix) < 0)
    if mirrored:
        matrix[0] = -matrix[0]
    # The matrix takes row vectors (x, y), y downward: x' = a x + c y, y' = b x + d y.
    angle_deg = np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0]))
    return int(np.round(angle_deg / 90.0)) % 4 * 90, mirrored
