"""Poses of a set, one by one, kept compactly: the last seconds for live looks, the whole set for the report.

float32 but for time; read back as a ``PoseSequence``. Holds no judgement.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import Array, EngineInfo, PoseSequence, VideoInfo
from formcheck.engines.base import FramePose

_FIRST_ROOM = 256
_COLUMNS = 2 + 1 + 3  # x, y in the picture; visibility; x, y, z in the world


def no_pose(time_s: float) -> FramePose:
    """The pose of a frame in which nobody was found: NaN with visibility 0."""
    return FramePose(
        time_s,
        np.full((N_LANDMARKS, 2), np.nan),
        np.zeros(N_LANDMARKS),
        np.full((N_LANDMARKS, 3), np.nan),
    )


class PoseStore:
    """Poses in order of time, growing at the end and, by ``forget_before``, shrinking at the start."""

    def __init__(self) -> None:
        self._time_s: Array = np.empty(_FIRST_ROOM)
        self._rows: npt.NDArray[np.float32] = np.empty((_FIRST_ROOM, N_LANDMARKS, _COLUMNS), dtype=np.float32)
        self._start = self._stop = 0

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def time_s(self) -> Array:
        """(n,) times of what is kept."""
        return self._time_s[self._start : self._stop]

    def append(self, pose: FramePose) -> None:
        """Add the pose of a later frame."""
        if self._stop == len(self._time_s):
            self._make_room()
        row = self._rows[self._stop]
        row[:, :2], row[:, 2], row[:, 3:] = pose.landmarks_px, pose.visibility, pose.world_m
        self._time_s[self._stop] = pose.time_s
        self._stop += 1

    def forget_before(self, time_s: float) -> None:
        """Drop the poses earlier than ``time_s``."""
        self._start += int(np.searchsorted(self.time_s, time_s))

    def latest_px(self, seconds: float) -> tuple[Array, Array]:
        """Landmarks (n, 33, 2) and visibility (n, 33) of the last ``seconds``."""
        first = self._start + int(np.searchsorted(self.time_s, self._time_s[self._stop - 1] - seconds))
        rows = self._rows[first : self._stop].astype(np.float64)
        return rows[..., :2], rows[..., 2]

    def sequence(self, video: VideoInfo, engine: EngineInfo) -> PoseSequence:
        """All that is kept, as the core takes it."""
        rows = self._rows[self._start : self._stop]
        return PoseSequence(self.time_s, rows[..., :2], rows[..., 2], rows[..., 3:], video, engine)

    def _make_room(self) -> None:
        """Move what is kept to the front, into twice the room if it needs it."""
        kept = len(self)
        room = max(_FIRST_ROOM, len(self._time_s) if kept <= len(self._time_s) // 2 else 2 * kept)
        time_s, rows = np.empty(room), np.empty((room, N_LANDMARKS, _COLUMNS), dtype=np.float32)
        time_s[:kept], rows[:kept] = self.time_s, self._rows[self._start : self._stop]
        self._time_s, self._rows, self._start, self._stop = time_s, rows, 0, kept
