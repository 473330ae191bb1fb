"""Gathers one pose a frame into the arrays of a ``PoseSequence``, with no second copy of them in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from formcheck.core.phrases import say
from formcheck.core.skeleton import N_LANDMARKS, SKELETON
from formcheck.core.types import Bools, EngineInfo, PoseSequence, SubjectInfo, VideoInfo
from formcheck.engines.base import FramePose, Guide
from formcheck.engines.continuity import other_body

_DAMAGED_SHARE: Final = 0.02
_LEAST_ROOM: Final = 64


class PoseCollector:
    """``add`` each frame in turn, then ``finish``. ``expected`` frames have room; more make more."""

    def __init__(self, expected: int, guide: Guide) -> None:
        self._expected, self._guide, self._count = expected, guide, 0
        room = max(_LEAST_ROOM, expected)
        self._time_s = np.empty(room)
        self._landmarks_px = np.empty((room, N_LANDMARKS, 2))
        self._visibility = np.empty((room, N_LANDMARKS))
        self._world_m = np.empty((room, N_LANDMARKS, 3), np.float32)
        self._confirmed = np.zeros(room, dtype=bool)

    def add(self, time_s: float, pose: FramePose | None) -> None:
        """The next frame's time, and who was found in it."""
        k = self._count
        if k == len(self._time_s):
            self._resize(2 * k)
        self._time_s[k] = time_s
        self._confirmed[k] = pose is not None and self._guide.confirms(pose)
        if pose is None:
            self._landmarks_px[k], self._visibility[k], self._world_m[k] = np.nan, 0.0, np.nan
        else:
            self._landmarks_px[k], self._visibility[k] = pose.landmarks_px, pose.visibility
            self._world_m[k] = pose.world_m
        self._count += 1

    def finish(self, video: VideoInfo, engine: EngineInfo, subject: SubjectInfo) -> PoseSequence:
        """All of it; frames in which another body than the subject was followed are NaN. Call once."""
        self._resize(self._count)
        other = self._other_body()
        self._landmarks_px[other], self._visibility[other], self._world_m[other] = np.nan, 0.0, np.nan
        arrays = self._time_s, self._landmarks_px, self._visibility, self._world_m
        for array in arrays:
            array.setflags(write=False)
        missing = _missing_pictures(self._count, self._expected)
        video = replace(video, frames=self._count, warnings=video.warnings + missing)
        return PoseSequence(*arrays, video, engine, _with_note(subject, other))

    def _other_body(self) -> Bools:
        hips = self._landmarks_px[:, [SKELETON["hip_l"], SKELETON["hip_r"]]]
        height_px = np.linalg.norm(np.ptp(self._landmarks_px, axis=1), axis=1)
        return other_body(self._time_s, hips.mean(axis=1), height_px, self._confirmed)

    def _resize(self, room: int) -> None:
        for array in (self._time_s, self._landmarks_px, self._visibility, self._world_m, self._confirmed):
            array.resize((room, *array.shape[1:]), refcheck=False)


def _with_note(subject: SubjectInfo, other: Bools) -> SubjectInfo:
    if not other.any():
        return subject
    frames = int(other.sum())
    if not subject.note:
        return replace(subject, note=say("other_body", frames=frames))
    return replace(subject, note=say("note_and_other_body", note=subject.note, frames=frames))


def _missing_pictures(count: int, expected: int) -> tuple[str, ...]:
    missing = expected - count
    if missing <= max(2.0, _DAMAGED_SHARE * expected):
        return ()
    return (say("damaged", missing=missing, expected=expected),)
