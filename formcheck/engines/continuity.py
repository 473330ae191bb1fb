"""Takes out the frames in which a track has jumped to another body, so that two people are never mixed.

Pure: hips over time in, a mask out.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.core.types import Array, Bools

_JUMP_TRUNKS: Final = 1.0  # from one frame to the next: no hip goes so far
_SPEED_TRUNKS_S: Final = 12.0  # beyond the fastest sprint; lets a sparse or gappy track go on
_SIZE_RATIO: Final = 2.0  # a body does not double from one frame to the next


def other_body(time_s: Array, hip_px: Array, height_px: Array, confirmed: Bools) -> Bools:
    """Which frames (T,) show another body than the subject: the one ``confirmed`` (T,) most, else followed longest.

    ``hip_px`` (T, 2); ``height_px`` (T,), any measure of the body's size; NaN where nobody is seen (never other).
    A run of frames belongs to the subject if it was confirmed or joins on to one that does.
    """
    seen = np.flatnonzero(np.isfinite(hip_px).all(axis=1))
    if len(seen) < 2:
        return np.zeros(len(time_s), dtype=bool)
    cuts = [k for k in range(1, len(seen)) if not _same(seen[k - 1], seen[k], time_s, hip_px, height_px)]
    runs = np.split(seen, cuts)
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


def _same(a: int, b: int, time_s: Array, hip_px: Array, height_px: Array) -> bool:
    trunk_px = _trunk_of(np.nanmedian(height_px[[a, b]]))
    way = float(np.linalg.norm(hip_px[b] - hip_px[a])) / trunk_px
    size = max(height_px[a], height_px[b]) / max(min(height_px[a], height_px[b]), 1.0)
    allowed = max(_JUMP_TRUNKS, _SPEED_TRUNKS_S * abs(float(time_s[b] - time_s[a])))
    return bool(way <= allowed and size <= _SIZE_RATIO)


def _trunk_of(height_px: float) -> float:
    return max(1.0, 0.3 * float(height_px))
