"""Turns timestamps and metadata into frame count, rate, duration, and the slow-motion factor. No files here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

_UNEVEN_RATIO: Final = 0.10  # an interval this far from the median is uneven ...
_UNEVEN_TICKS: Final = 1.5  # ... unless the container's clock cannot say it finer
_UNEVEN_SHARE: Final = 0.01  # share of uneven intervals that makes the rate variable
_LEAST_STRETCH: Final = 1.5
#: Tags in which a phone writes the rate it filmed at, where the file plays at another.
_CAPTURE_RATE_TAGS: Final = ("com.android.capture.fps",)


@dataclass(frozen=True)
class Timing:
    """``fps`` is the mean rate; ``duration_s`` includes the last picture's own time."""

    frames: int
    fps: float
    duration_s: float
    variable: bool


def timing_of(stamps: npt.NDArray[np.int64], base: Fraction, declared_fps: float) -> Timing:
    """From sorted, distinct timestamps (n,) in units of ``base`` seconds."""
    if len(stamps) < 2:
        return Timing(len(stamps), declared_fps, len(stamps) / declared_fps, False)
    gaps = np.diff(stamps).astype(np.float64)
    median = float(np.median(gaps))
    off = np.abs(gaps - median)
    uneven = (off > _UNEVEN_RATIO * median) & (off > _UNEVEN_TICKS)
    span_s = float((stamps[-1] - stamps[0]) * base)
    variable = bool(np.mean(uneven) > _UNEVEN_SHARE)
    fps = (len(stamps) - 1) / span_s
    if abs((len(stamps) - 1) / declared_fps - span_s) <= float(base):
        fps = declared_fps  # the same within one tick: Matroska rounds to milliseconds
    return Timing(len(stamps), fps, span_s + median * float(base), variable)


def slow_motion_factor(metadata: Mapping[str, str], fps: float) -> float:
    """How many times slower than life the file plays, as its metadata tells; 1 where it tells nothing.

    A file that plays at its capture rate (an iPhone's 240 fps original) is in true time already.
    """
    for tag in _CAPTURE_RATE_TAGS:
        try:
            factor = float(metadata[tag]) / fps
        except (KeyError, ValueError, ZeroDivisionError):
            continue
        if factor >= _LEAST_STRETCH or 0 < factor <= 1 / _LEAST_STRETCH:
            return factor
    return 1.0
