"""Many stretches of one column at once: windows as an (n, L) index matrix, statistics along the rows.

NaN is "not seen". A statistic needs at least ``MIN_SEEN`` of its window's frames, else it is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from formcheck.core.types import Array, Index

MIN_SEEN: Final = 0.5


def frames_between(time_s: Array, start_s: Array, end_s: Array) -> Index:
    """(n, L) frame numbers with ``start_s <= t < end_s``, -1 for padding; a window between frames gets one.

    A window with a NaN end, or outside the clip, is all padding.
    """
    ok = np.isfinite(start_s) & np.isfinite(end_s) & (end_s >= start_s)
    lo = np.searchsorted(time_s, np.where(ok, start_s, 0.0) - 1e-9)
    hi = np.searchsorted(time_s, np.where(ok, end_s, 0.0) - 1e-9)
    hi = np.minimum(np.maximum(hi, lo + 1), len(time_s))
    width = np.where(ok, hi - lo, 0)
    columns = np.arange(max(1, int(width.max(initial=0))))
    index = lo[:, None] + columns[None, :]
    return np.where(columns[None, :] < width[:, None], index, -1)


def gather(values: Array, index: Index) -> Array:
    """(n, L) values at ``index``; NaN at padding."""
    if values.size == 0:
        return np.full(index.shape, np.nan)
    return np.where(index >= 0, values[index], np.nan)


def quantile(rows: Array, q: float) -> Array:
    """(n,) linear-interpolated quantile of the seen values of each row; NaN for a row with none."""
    ordered = np.sort(rows, axis=1)  # NaN last
    count = np.isfinite(rows).sum(axis=1)
    place = np.maximum(count - 1, 0) * q
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    at = np.arange(len(rows))
    return np.asarray(ordered[at, low] + (ordered[at, high] - ordered[at, low]) * (place - low))


def _mean(rows: Array) -> Array:
    seen = np.isfinite(rows)
    return np.asarray(np.where(seen, rows, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1))


def _sd(rows: Array) -> Array:
    return np.asarray(np.sqrt(_mean((rows - _mean(rows)[:, None]) ** 2)))


_STATISTICS: Final[dict[str, Callable[[Array], Array]]] = {
    "mean": _mean,
    "median": lambda rows: quantile(rows, 0.5),
    "min": lambda rows: quantile(rows, 0.0),
    "max": lambda rows: quantile(rows, 1.0),
    "p05": lambda rows: quantile(rows, 0.05),
    "p95": lambda rows: quantile(rows, 0.95),
    "range": lambda rows: quantile(rows, 0.95) - quantile(rows, 0.05),
    "sd": _sd,
}


def statistic(name: str, rows: Array, index: Index) -> Array:
    """(n,) a window statistic of each row of ``gather``; NaN where too little of the window was seen."""
    frames = (index >= 0).sum(axis=1)
    seen = np.isfinite(rows).sum(axis=1)
    enough = (seen > 0) & (seen >= MIN_SEEN * frames)
    return np.where(enough, _STATISTICS[name](rows), np.nan)


def at_times(time_s: Array, values: Array, when_s: Array) -> Array:
    """(n,) values read between frames at ``when_s``; NaN beside NaN and outside the clip."""
    if len(time_s) < 2:
        return np.full_like(when_s, np.nan)
    out = np.full(len(when_s), np.nan)
    inside = np.isfinite(when_s) & (when_s >= time_s[0]) & (when_s <= time_s[-1])
    at = when_s[inside]
    right = np.clip(np.searchsorted(time_s, at), 1, len(time_s) - 1)
    share = (at - time_s[right - 1]) / (time_s[right] - time_s[right - 1])
    out[inside] = values[right - 1] + (values[right] - values[right - 1]) * share
    return out
