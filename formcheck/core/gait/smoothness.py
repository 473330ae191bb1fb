"""How evenly something moves: the spectral arc length of a speed, and the longest stretch of a state."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import Array

SPARC_CUTOFF_HZ: Final = 10.0  # B10
SPARC_FLOOR: Final = 0.05
SPARC_PAD: Final = 4  # zero padding, powers of two


def longest_run(rows: npt.NDArray[np.bool_]) -> Array:
    """(n,) longest stretch of True in each row, in frames."""
    count = np.zeros(len(rows))
    best = np.zeros(len(rows))
    for column in rows.T:
        count = np.where(column, count + 1, 0)
        best = np.maximum(best, count)
    return best


def sparc_rows(speed: Array, frame_s: float) -> Array:
    """(n,) spectral arc length of each row's speed (Balasubramanian 2015): -1 or less, nearer 0 is smoother.

    Amplitudes are taken against the mean (DC); rows with a gap, or without net movement, are NaN.
    """
    frames = np.isfinite(speed).sum(axis=1)
    whole = np.isfinite(speed).cumprod(axis=1).sum(axis=1) == frames
    padded = np.where(np.isfinite(speed), speed, 0.0)
    size = int(2 ** (np.ceil(np.log2(max(2, speed.shape[1]))) + SPARC_PAD))
    spectrum = np.abs(np.fft.rfft(padded, n=size, axis=1))
    hz = np.fft.rfftfreq(size, frame_s)
    keep = hz <= SPARC_CUTOFF_HZ
    dc = spectrum[:, :1]
    shape = spectrum[:, keep] / np.where(dc > 1e-9, dc, np.nan)
    loud = np.where(np.nan_to_num(shape) >= SPARC_FLOOR, np.arange(int(keep.sum())), 0).max(axis=1)
    df = np.diff(hz[keep]) / SPARC_CUTOFF_HZ
    arc = np.hypot(df[None, :], np.diff(shape, axis=1))
    inside = np.arange(arc.shape[1])[None, :] < loud[:, None]
    total = -np.where(inside, arc, 0.0).sum(axis=1)
    return np.where(whole & (frames >= 4) & np.isfinite(dc[:, 0]) & (dc[:, 0] > 1e-9), total, np.nan)
