"""Angles and offsets of points in the picture.

Points are (..., 2) in true pixels, x right, y DOWN. Angles are degrees. Flexion is 0 at full extension and
grows as the joint bends (180 minus the inner angle). NaN in any point gives NaN; so does a segment shorter
than ``MIN_LENGTH_PX``. Nothing here knows of time, sides or exercises.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.core.types import Array

MIN_LENGTH_PX: Final = 1e-6


def length(a: Array, b: Array) -> Array:
    """Distance from ``a`` to ``b``, px."""
    return np.asarray(np.hypot(b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]))


def inner_angle_deg(a: Array, b: Array, c: Array) -> Array:
    """Unsigned angle at ``b`` between ``a`` and ``c``, in [0, 180]."""
    u, v = a - b, c - b
    cross = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    dot = u[..., 0] * v[..., 0] + u[..., 1] * v[..., 1]
    angle = np.degrees(np.arctan2(np.abs(cross), dot))
    short = (np.hypot(u[..., 0], u[..., 1]) < MIN_LENGTH_PX) | (np.hypot(v[..., 0], v[..., 1]) < MIN_LENGTH_PX)
    return np.where(short, np.nan, angle)


def flexion_deg(a: Array, b: Array, c: Array) -> Array:
    """Flexion at ``b``: 180 minus the inner angle, in [0, 180]."""
    return np.asarray(180.0 - inner_angle_deg(a, b, c))


def from_vertical_deg(lower: Array, upper: Array, forward: float = 1.0) -> Array:
    """Inclination of ``lower`` to ``upper`` from vertical, in (-180, 180], + when the top leans ``forward``.

    ``forward`` is +1 where forward is image-right, -1 where it is image-left.
    """
    dx = (upper[..., 0] - lower[..., 0]) * forward
    up = lower[..., 1] - upper[..., 1]
    return _angle(dx, up)


def above_level_deg(start: Array, end: Array, forward: float = 1.0) -> Array:
    """Elevation of the ray ``start`` to ``end`` above level, in (-180, 180]; 0 points level ``forward``."""
    dx = (end[..., 0] - start[..., 0]) * forward
    up = start[..., 1] - end[..., 1]
    return _angle(up, dx)


def _angle(opposite: Array, adjacent: Array) -> Array:
    angle = np.degrees(np.arctan2(opposite, adjacent))
    return np.where(np.hypot(opposite, adjacent) < MIN_LENGTH_PX, np.nan, angle)


def wrap_deg(angle: Array) -> Array:
    """The same angle in [-180, 180)."""
    return np.asarray((np.asarray(angle) + 180.0) % 360.0 - 180.0)


def median_direction_deg(angle: Array) -> float:
    """A robust mean direction of (T,) angles, NaN left out; NaN if none is finite or they cancel out.

    The circular mean finds the neighbourhood, the median of the differences to it gives the value.
    """
    finite = angle[np.isfinite(angle)]
    if finite.size == 0:
        return float("nan")
    rad = np.radians(finite)
    s, c = float(np.sin(rad).mean()), float(np.cos(rad).mean())
    if np.hypot(s, c) < 1e-3:
        return float("nan")
    centre = float(np.degrees(np.arctan2(s, c)))
    return float(wrap_deg(np.asarray(centre + np.median(wrap_deg(finite - centre)))))
