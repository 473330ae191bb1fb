"""Text on dark plates as pictures with alpha, made once and kept; and laying such a picture on a frame.

A plate is (H, W, 4) uint8 RGBA. Frames are (H, W, 3) uint8 RGB and are drawn into in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import combining, normalize

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from formcheck.report.style import rgb

Picture = npt.NDArray[np.uint8]
PLATE = (16, 20, 26, 205)
WHITE = (255, 255, 255)
#: Signs the bundled face lacks, and what stands for them.
PLAIN = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."}
    | {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)


@lru_cache(maxsize=16)
def font(size_px: int) -> Any:
    """The scalable face that comes with Pillow."""
    return ImageFont.load_default(size=size_px)


def plain(text: str) -> str:
    """``text`` in letters the bundled face has: without accents, for it knows none."""
    bare = text.translate(PLAIN)
    return bare if bare.isascii() else "".join(c for c in normalize("NFD", bare) if not combining(c))


@dataclass(frozen=True)
class Plate:
    """A prepared picture: its colour times alpha, and ``keep`` = 256 - alpha of 256; both (H, W, 3)."""

    colour: npt.NDArray[np.uint16]
    keep: npt.NDArray[np.uint16]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.keep.shape[1], self.keep.shape[0]


def prepare(picture: Picture) -> Plate:
    """An RGBA picture ready to be laid on frames."""
    alpha = np.repeat(picture[:, :, 3:], 3, axis=2).astype(np.uint16)
    alpha += alpha >> 7  # 255 becomes 256, so that the sum can be shifted instead of divided
    return Plate(picture[:, :, :3] * alpha, 256 - alpha)


def lay(frame: Picture, plate: Plate, left: int, top: int) -> None:
    """Lay a plate on the frame with its corner at (left, top); what falls outside is cut off."""
    height, width = frame.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + plate.size[0], width), min(top + plate.size[1], height)
    if x0 >= x1 or y0 >= y1:
        return
    cut = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    under = frame[y0:y1, x0:x1]
    mixed = under * plate.keep[cut]
    mixed += plate.colour[cut]
    mixed >>= 8
    under[:] = mixed


def text_width(text: str, size_px: int) -> float:
    """Width of one line in pixels."""
    return float(font(size_px).getlength(plain(text)))


def wrap(text: str, size_px: int, width_px: int) -> list[str]:
    """Lines of words no wider than ``width_px``, but for a single word that is wider itself."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size_px) <= width_px:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def write(draw: Any, at: tuple[float, float], text: str, size_px: int, bold: bool = False, fill: Any = WHITE) -> None:
    """One line of text with its top left at ``at``; bold by a stroke, for the face has one weight."""
    stroke = max(1, size_px // 28) if bold else 0
    draw.text(at, plain(text), font=font(size_px), fill=fill, stroke_width=stroke, stroke_fill=fill)


@lru_cache(maxsize=256)
def label(text: str, size_px: int, colour: str = "#FFFFFF", bold: bool = True) -> Plate:
    """A short text on a dark rounded plate."""
    pad = max(3, size_px // 4)
    width = int(text_width(text, size_px)) + 2 * pad + 2
    height = int(size_px * 1.18) + pad
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=pad, fill=PLATE)
    write(draw, (pad + 1, pad // 3), text, size_px, bold, rgb(colour))
    return prepare(np.asarray(image))


def sign_points(shape: str, size: float) -> list[tuple[float, float]]:
    """Corners of a verdict's shape about (0, 0); ``size`` is its half height."""
    if shape == "triangle":
        return [(0, -size), (0.98 * size, 0.75 * size), (-0.98 * size, 0.75 * size)]
    turn = np.pi / 8
    corners = 8 if shape == "octagon" else 24
    angles = turn + np.arange(corners) * 2 * np.pi / corners
    return [(float(size * np.cos(a)), float(size * np.sin(a))) for a in angles]


def draw_sign(draw: Any, at: tuple[float, float], size: float, shape: str, fill: Any) -> None:
    """A verdict's shape with "!" in it for faults, at its centre."""
    points = [(at[0] + x, at[1] + y) for x, y in sign_points(shape, size)]
    draw.polygon(points, fill=fill, outline=(16, 20, 26), width=max(1, int(size / 7)))
    if shape in ("triangle", "octagon"):
        half, top = size * 0.11, at[1] - size * (0.42 if shape == "triangle" else 0.55)
        foot = at[1] + size * (0.25 if shape == "triangle" else 0.18)
        draw.rectangle((at[0] - half, top, at[0] + half, foot), fill=(16, 20, 26))
        draw.rectangle((at[0] - half, foot + size * 0.14, at[0] + half, foot + size * 0.36), fill=(16, 20, 26))


@lru_cache(maxsize=32)
def sign(shape: str, size: int, colour: str) -> Plate:
    """A verdict's shape as a plate of its own, drawn fourfold and shrunk for smooth edges."""
    big = 4 * size
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw_sign(ImageDraw.Draw(image), (big / 2, big / 2), big * 0.47, shape, rgb(colour))
    return prepare(np.asarray(image.resize((size, size), Image.Resampling.LANCZOS)))
