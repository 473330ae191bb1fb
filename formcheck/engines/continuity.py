"""Takes out the frames in which a track has jumped to another body, so that two people are never mixed.

Pure: hips over time in, a mask out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import Array, Bools

Indices = npt.NDArray[np.intp] | np.intp

_JUMP_TRUNKS: Final = 1.0  # from one frame to the next: no hip goes so far
_SPEED_TRUNKS_S: Final = 12.0  # beyond the fastest sprint; lets a sparse or gappy track go on
_TRUNK_HEIGHTS: Final = 0.3
_SIZE_RATIO: Final = 2.0  # a body does not double from one frame to the next


def other_body(time_s: Array, hip_px: Array, height_px: Array, confirmed: Bools) -> Bools:
    """Which frames (T,) show another body than the subject: the one ``confirmed`` (T,) most, else followed longest.

    ``hip_px`` (T, 2); ``height_px`` (T,), any measure of the body's size; NaN where nobody is seen (never other).
    A run of frames belongs to the subject if it was confirmed or joins on to one that does.
    """
    seen = np.flatnonzero(np.isfinite(hip_px).all(axis=1))
    if len(seen) < 2:
        return np.zeros(len(time_s), dtype=bool)
    runs = np.split(seen, np.flatnonzero(~_same(seen[:-1], seen[1:], time_s, hip_px, height_px)) + 1)
    anchor = max(range(len(runs)), key=lambda r: (int(confirmed[runs[r]].sum()), len(runs[r])))
    keep = {anchor, *(r for r, run in enumerate(runs) if confirmed[run].any())}
    for step in (1, -1):
        edge = runs[anchor]
        for r in range(anchor + step, len(runs) if step > 0 else -1, step):
            here, there = (edge[-1], runs[r][0]) if step > 0 else (edge[0], runs[r][-1])
            if r in keep or _same(here, there, time_s, hip_px, height_px):
                keep.add(r)
                edge = runs[r]
    out = np.zeros(len(time_s), dtype=bool)
    for r, run in enumerate(runs):
        out[run] = r not in keep
    return out


def _same(a: Indices, b: Indices, time_s: Array, hip_px: Array, height_px: Array) -> Bools:
    """Whether the bodies in frames ``a`` and in frames ``b`` can be one."""
    small, large = np.minimum(height_px[a], height_px[b]), np.maximum(height_px[a], height_px[b])
    trunk_px = np.maximum(1.0, _TRUNK_HEIGHTS * (small + large) / 2)
    way = np.linalg.norm(hip_px[b] - hip_px[a], axis=-1) / trunk_px
    allowed = np.maximum(_JUMP_TRUNKS, _SPEED_TRUNKS_S * np.abs(time_s[b] - time_s[a]))
    return np.asarray((way <= allowed) & (large <= _SIZE_RATIO * np.maximum(small, 1.0)))
