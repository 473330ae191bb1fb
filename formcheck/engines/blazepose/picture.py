"""A frame that can be asked for the crop of a region, without the whole of it being converted to RGB.

A decoded video frame holds brightness and colour in separate planes. Warping the planes and turning only the crop
into RGB costs a fraction of converting a 720p frame. Crops are (3, size, size) uint8, RGB. Off the picture a crop is
black, or the picture's rim drawn out: MediaPipe does the one for its detector and the other for its landmarks.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import av
import cv2
import numpy as np
import numpy.typing as npt

from formcheck.core.types import Array
from formcheck.engines.blazepose.region import Region
from formcheck.io.orientation import Upright

Bytes = npt.NDArray[np.uint8]

_PLANAR: Final = ("yuv420p", "yuvj420p")
#: Share of red and blue in brightness, by the stream's colour matrix (ITU-T H.273); BT.601 where unsaid.
_RED_BLUE: Final = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}
_BT601: Final = (0.299, 0.114)
_FULL_RANGE: Final = 2


class Picture(Protocol):
    """An upright picture."""

    width: int
    height: int

    def crop(self, region: Region, size: int, draw_out_rim: bool = True) -> Bytes:
        """(3, size, size) uint8 RGB of ``region``."""
        ...


class RgbPicture:
    """An upright RGB picture (H, W, 3) uint8."""

    def __init__(self, rgb: Bytes) -> None:
        self._rgb = rgb
        self.height, self.width = rgb.shape[:2]

    def crop(self, region: Region, size: int, draw_out_rim: bool = True) -> Bytes:
        """(3, size, size) uint8 RGB of ``region``."""
        warped = _warp(self._rgb, region.crop_matrix(size), size, None if draw_out_rim else 0)
        return np.ascontiguousarray(warped.transpose(2, 0, 1))


def stored_to_upright(picture: av.VideoFrame, upright: Upright) -> Array:
    """(3, 3): pixels of a stored frame to pixels of the upright picture."""
    scale_x, scale_y = upright.coded_width / picture.width, upright.coded_height / picture.height
    # Edges, not centres, stay in place when pixels are made square.
    squared = np.array([[scale_x, 0, (scale_x - 1) / 2], [0, scale_y, (scale_y - 1) / 2], [0, 0, 1]])
    if upright.mirrored:
        squared = np.array([[-1.0, 0, upright.coded_width - 1], [0, 1, 0], [0, 0, 1]]) @ squared
    right, bottom = upright.coded_width - 1.0, upright.coded_height - 1.0
    turned = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, -1, bottom], [1, 0, 0]],
        180: [[-1, 0, right], [0, -1, bottom]],
        270: [[0, 1, 0], [-1, 0, right]],
    }[upright.rotation_deg % 360]
    return np.array([*turned, [0, 0, 1]], dtype=np.float64) @ squared


class FramePicture:
    """A decoded frame, and how it becomes upright."""

    def __init__(self, frame: av.VideoFrame, upright: Upright) -> None:
        planar = frame if frame.format.name in _PLANAR else frame.reformat(format="yuv420p")
        self._frame = planar  # its planes live as long as it does
        self._planes = [_plane(plane) for plane in planar.planes]
        self.width, self.height = upright.width, upright.height
        self._to_upright = stored_to_upright(frame, upright)
        full = planar.format.name == "yuvj420p" or planar.color_range == _FULL_RANGE
        self._colours = _Colours(*_RED_BLUE.get(int(planar.colorspace), _BT601), full)

    def crop(self, region: Region, size: int, draw_out_rim: bool = True) -> Bytes:
        """(3, size, size) uint8 RGB of ``region``."""
        matrix = region.crop_matrix(size) @ self._to_upright
        # Colour planes are half as wide and high, each sample amid the four pixels it stands for.
        halved = matrix.copy()
        halved[:, 2] += matrix[:, :2] @ [0.5, 0.5]
        halved[:, :2] *= 2
        outside = (None, None) if draw_out_rim else (self._colours.black, 128)
        y, u, v = self._planes
        return self._colours.rgb(
            _warp(y, matrix, size, outside[0]),
            _warp(u, halved, size, outside[1]),
            _warp(v, halved, size, outside[1]),
        )


def _plane(plane: Any) -> Bytes:
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _warp(pixels: Bytes, matrix: Array, size: int, outside: int | None) -> Bytes:
    mode = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    value = (outside or 0,) * 3
    warped: Bytes = cv2.warpAffine(
        pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=value
    )
    return warped


class _Colours:
    """Brightness and colour differences to RGB, by the shares of red and blue in brightness."""

    def __init__(self, red: float, blue: float, full_range: bool) -> None:
        self.black = 0 if full_range else 16
        light, colour = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
        green = 1 - red - blue
        self._light = light
        self._red_of_v, self._blue_of_u = colour * 2 * (1 - red), colour * 2 * (1 - blue)
        self._green_of_u = -self._blue_of_u * blue / green
        self._green_of_v = -self._red_of_v * red / green

    def rgb(self, y: Bytes, u: Bytes, v: Bytes) -> Bytes:
        """(3, H, W) uint8, rounded and clipped."""
        out = np.empty((3, *y.shape), np.uint8)
        dark = -self._light * self.black
        cv2.addWeighted(y, self._light, v, self._red_of_v, dark - 128 * self._red_of_v, dst=out[0])
        # The colour term of green is held 128 up, so that it fits 8 bits.
        shift = 128 - 128 * (self._green_of_u + self._green_of_v)
        greenish = cv2.addWeighted(u, self._green_of_u, v, self._green_of_v, shift)
        cv2.addWeighted(y, self._light, greenish, 1.0, dark - 128, dst=out[1])
        cv2.addWeighted(y, self._light, u, self._blue_of_u, dark - 128 * self._blue_of_u, dst=out[2])
        return out
