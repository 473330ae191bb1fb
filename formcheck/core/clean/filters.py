"""Smoothing of columns over time: (T,) times and (T, C) values in, new (T, C) values out.

NaN is "not seen": every filter works on each valid run alone, never across a gap, and leaves NaN where it was
(but for ``fill_gaps``, which closes short gaps and nothing else).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from scipy import ndimage, signal

from formcheck.core.types import Array, Bools, Index

HAMPEL_WINDOW: Final = 7  # samples; Sports2D's default
HAMPEL_SIGMAS: Final = 3.0
MAD_TO_SD: Final = 1.4826
CUTOFF_HZ: Final = 6.0  # Sports2D, Pose2Sim; gait
FILTER_ORDER: Final = 2  # run both ways: fourth order, no phase shift
BLOCK_COLUMNS: Final = 12  # filters copy what they work on several times over: an hour's set goes in blocks
MAX_GAP_S: Final = 0.3
UNEVEN_SHARE: Final = 0.02  # frame intervals may differ by this share before the clip is resampled


def runs(mask: Bools) -> list[tuple[int, int]]:
    """Half-open ``(start, stop)`` of each stretch of True in a (T,) mask."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _groups(values: Array) -> Iterator[tuple[Bools, Index]]:
    """Columns that share one pattern of NaN: (T,) seen mask, (k,) column numbers, some at a time."""
    seen = np.isfinite(values)
    packed = np.packbits(seen, axis=0)
    alike: dict[bytes, list[int]] = {}
    for column in range(seen.shape[1]):
        alike.setdefault(packed[:, column].tobytes(), []).append(column)
    for columns in alike.values():
        for first in range(0, len(columns), BLOCK_COLUMNS):
            yield seen[:, columns[0]], np.array(columns[first : first + BLOCK_COLUMNS], dtype=np.intp)


def hampel(values: Array, floor: float, window: int = HAMPEL_WINDOW, sigmas: float = HAMPEL_SIGMAS) -> Array:
    """Outliers become NaN: further than ``sigmas`` robust SDs, and than ``floor``, from the running median.

    ``floor`` is in the values' unit and keeps quiet stretches, whose spread is nearly nothing, untouched.
    """
    out: Array = np.array(values)
    for seen, columns in _groups(values):
        for start, stop in runs(seen):
            if stop - start < window:
                continue
            block = values[start:stop, columns]
            middle = ndimage.median_filter(block, size=(window, 1), mode="nearest")
            away = np.abs(block - middle)
            suspect = away > floor
            doubtful = np.flatnonzero(suspect.any(axis=0))
            if doubtful.size == 0:
                continue
            spread = ndimage.median_filter(away[:, doubtful], size=(window, 1), mode="nearest")
            outlier = suspect[:, doubtful] & (away[:, doubtful] > sigmas * MAD_TO_SD * spread)
            out[start:stop, columns[doubtful]] = np.where(outlier, np.nan, block[:, doubtful])
    return out


def fill_gaps(time_s: Array, values: Array, max_gap_s: float = MAX_GAP_S) -> Array:
    """Inner gaps no longer than ``max_gap_s`` (last seen to next seen) are bridged by straight lines."""
    out: Array = np.array(values)
    frames = np.arange(len(time_s))
    for seen, columns in _groups(values):
        before = np.maximum.accumulate(np.where(seen, frames, -1))
        after = np.minimum.accumulate(np.where(seen, frames, len(frames))[::-1])[::-1]
        inner = np.flatnonzero(~seen & (before >= 0) & (after < len(frames)))
        a, b = before[inner], after[inner]
        short = time_s[b] - time_s[a] <= max_gap_s
        a, b, bridged = a[short], b[short], inner[short]
        if bridged.size:
            share = ((time_s[bridged] - time_s[a]) / (time_s[b] - time_s[a]))[:, None]
            start, stop = values[np.ix_(a, columns)], values[np.ix_(b, columns)]
            out[np.ix_(bridged, columns)] = start + (stop - start) * share
    return out


def frame_rate_hz(time_s: Array) -> float:
    """Frames a second from the median interval; NaN for fewer than two frames."""
    if len(time_s) < 2:
        return float("nan")
    return float(1.0 / np.median(np.diff(time_s)))


def low_pass(time_s: Array, values: Array, cutoff_hz: float = CUTOFF_HZ, causal: bool = False) -> Array:
    """Butterworth low-pass of each valid run; both ways (no phase shift) unless ``causal``.

    Uneven timestamps are filtered on an even grid of the same mean rate and read back at the frame times.
    Runs too short to filter (under 4 samples) stay as they are.
    """
    out: Array = np.array(values)
    for seen, columns in _groups(values):
        for start, stop in runs(seen):
            if stop - start < 4:
                continue
            out[start:stop, columns] = _low_pass_run(time_s[start:stop], values[start:stop, columns], cutoff_hz, causal)
    return out


def _low_pass_run(time_s: Array, block: Array, cutoff_hz: float, causal: bool) -> Array:
    step = np.diff(time_s)
    rate = 1.0 / float(np.mean(step))
    if cutoff_hz >= 0.45 * rate:
        return block
    uneven = float(np.max(np.abs(step - step.mean()))) > UNEVEN_SHARE * float(step.mean())
    grid = np.linspace(time_s[0], time_s[-1], len(time_s))
    even = _resample(time_s, block, grid) if uneven else block
    sos, settled = _design(cutoff_hz, round(rate, 6))
    if causal:
        state = settled[:, :, None] * even[0]
        smooth = signal.sosfilt(sos, even, axis=0, zi=state)[0]
    else:
        pad = min(len(even) - 1, int(rate / cutoff_hz * 1.5))
        smooth = _both_ways(sos, settled[:, :, None], even, pad)
    return _resample(grid, smooth, time_s) if uneven else np.asarray(smooth)


def _both_ways(sos: Array, settled: Array, block: Array, pad: int) -> Array:
    """What scipy's ``sosfiltfilt`` with odd padding gives, which works out ``settled`` anew for every short run."""
    start, stop = 2 * block[0] - block[pad:0:-1], 2 * block[-1] - block[-2 : -pad - 2 : -1]
    padded = np.concatenate([start, block, stop])
    forth = signal.sosfilt(sos, padded, axis=0, zi=settled * padded[0])[0][::-1]
    back = signal.sosfilt(sos, forth, axis=0, zi=settled * forth[0])[0][::-1]
    return np.asarray(back[pad : len(back) - pad])


@lru_cache(maxsize=256)  # a set has hundreds of runs at one rate, and a design costs as much as filtering a run
def _design(cutoff_hz: float, rate_hz: float) -> tuple[Array, Array]:
    sos = signal.butter(FILTER_ORDER, cutoff_hz, fs=rate_hz, output="sos")
    return sos, signal.sosfilt_zi(sos)


def _resample(at: Array, block: Array, to: Array) -> Array:
    right = np.clip(np.searchsorted(at, to), 1, len(at) - 1)
    share = ((to - at[right - 1]) / (at[right] - at[right - 1]))[:, None]
    return np.asarray(block[right - 1] + (block[right] - block[right - 1]) * np.clip(share, 0.0, 1.0))


def rolling_mean(time_s: Array, values: Array, width_s: float) -> Array:
    """Centred moving mean of a (T,) column over ``width_s``, NaN left out; NaN where nothing is seen."""
    return _windowed(time_s, values, width_s, both=True)


def _windowed(time_s: Array, values: Array, width_s: float, both: bool) -> Array:
    seen = np.isfinite(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(seen, values, 0.0))))
    count = np.concatenate(([0.0], np.cumsum(seen)))
    half = width_s / 2 if both else width_s
    lo = np.searchsorted(time_s, time_s - half - 1e-9)
    hi = np.searchsorted(time_s, time_s + (half if both else 0.0) + 1e-9)
    n = count[hi] - count[lo]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(n > 0, (total[hi] - total[lo]) / n, np.nan))


def velocity(time_s: Array, values: Array) -> Array:
    """Derivative by time of (T,) or (T, C) values (central differences, true intervals); NaN beside NaN."""
    if len(time_s) < 3:
        return np.full_like(values, np.nan)
    return np.asarray(np.gradient(values, time_s, axis=0))


def neighbours_median(values: Array) -> Array:
    """(n,) median of each value with the two before and the two after, NaN left out; NaN stays."""
    out = np.full(len(values), np.nan)
    seen = np.isfinite(values)
    if seen.any():
        out[seen] = ndimage.median_filter(values[seen], 5, mode="nearest")
    return out
