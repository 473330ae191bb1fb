"""Turns a clip into its subject's ``PoseSequence``: opens the engine, finds the subject, follows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from formcheck.core.phrases import say
from formcheck.core.types import Frame, PoseSequence, VideoInfo
from formcheck.engines.base import EngineName, LiveEngine, PoseEngine
from formcheck.engines.choice import LIVE_MODEL, open_engine
from formcheck.engines.collect import PoseCollector
from formcheck.engines.people import Person, link, sight
from formcheck.engines.subject import check_wish, choose, guide_to
from formcheck.io.light import too_dark
from formcheck.io.prefetch import prefetched
from formcheck.io.video import probe, read_frames, sample_frames
from formcheck.memory import give_back
from formcheck.progress import OnProgress, Progress

# Key frames for choosing the subject: each costs as much as two frames of following.
_LEAST_SAMPLES: Final = 8
_SHORTEST_GAP_S: Final = 0.4
_LONGEST_GAP_S: Final = 2.0


def estimate(
    path: str | Path,
    engine: EngineName = "auto",
    model: str = "auto",
    subject: str = "auto",
    start_s: float | None = None,
    end_s: float | None = None,
    slowmo: float | None = None,
    model_path: str | Path | None = None,
    progress: OnProgress | None = None,
    workers: int | None = None,
) -> PoseSequence:
    """The subject's poses in the clip at ``path``. Raises FormcheckError in one line on bad input.

    ``model`` is lite, full, heavy, or ``auto``: heavy with ONNX Runtime, full with MediaPipe.
    ``workers`` is how many cores an engine that can use several may take, by default all; the poses are the same.
    """
    check_wish(subject)
    video = probe(path, slowmo)
    clip = _Clip(path, video, start_s, end_s, slowmo)
    if too_dark(clip.frames()):
        video = replace(video, warnings=(*video.warnings, say("dark")))
        clip = replace(clip, video=video)
    with closing(open_engine(engine, model, model_path, progress, smooth=False)) as tracker:
        if hasattr(tracker, "survey_clip"):
            return _in_one_pass(tracker, clip, subject, progress, workers)
        choice = choose(_scout(tracker, clip), subject, video.width, video.height)
        guide = guide_to(choice, clip.gap_s)
        collector, times_s = PoseCollector(clip.expected, guide), deque[float]()
        frames = prefetched(_told(clip.frames(), times_s, clip.expected, progress))
        for pose in tracker.track(frames, guide):
            collector.add(times_s.popleft(), pose)
        return collector.finish(video, tracker.info, choice.info)


def _in_one_pass(
    tracker: PoseEngine, clip: _Clip, subject: str, progress: OnProgress | None, workers: int | None
) -> PoseSequence:
    from formcheck.engines.onepass import follow_subject

    told = None if progress is None else lambda done: progress(Progress("pose", done, clip.expected))
    size, limits = (clip.video.width, clip.video.height), (clip.start_s, clip.end_s, clip.slowmo)
    info, guide, times_s, poses = follow_subject(tracker, clip.path, clip.gap_s, subject, size, limits, told, workers)
    collector = PoseCollector(clip.expected, guide)
    for time_s, pose in zip(times_s, poses, strict=True):
        collector.add(time_s, pose)
    del poses
    give_back()
    return collector.finish(clip.video, tracker.info, info)


@dataclass(frozen=True)
class _Clip:
    """The part of a video that is asked for. Times in frames are real; limits are the player's."""

    path: str | Path
    video: VideoInfo
    start_s: float | None
    end_s: float | None
    slowmo: float | None

    @property
    def length_s(self) -> float:
        """On the player's clock."""
        whole_s = self.video.duration_s * self.video.slow_motion_factor
        return max(0.0, min(self.end_s or whole_s, whole_s) - (self.start_s or 0.0))

    @property
    def expected(self) -> int:
        """About how many frames it has."""
        whole_s = self.video.duration_s * self.video.slow_motion_factor
        return max(1, round(self.video.frames * self.length_s / whole_s)) if whole_s else self.video.frames

    @property
    def gap_s(self) -> float:
        """Real time between key frames."""
        real_s = self.length_s / self.video.slow_motion_factor
        return float(np.clip(real_s / _LEAST_SAMPLES, _SHORTEST_GAP_S, _LONGEST_GAP_S))

    def frames(self) -> Iterator[Frame]:
        """All of them."""
        return read_frames(self.path, self.start_s, self.end_s, self.slowmo)

    def samples(self) -> Iterator[Frame]:
        """Key frames."""
        every_s = self.gap_s * self.video.slow_motion_factor
        return sample_frames(self.path, every_s, self.start_s, self.end_s, self.slowmo)


def _scout(tracker: PoseEngine, clip: _Clip) -> tuple[Person, ...]:
    """Everybody seen in key frames over the whole clip."""
    samples = [[sight(frame, pose) for pose in tracker.people(frame)] for frame in prefetched(clip.samples())]
    return link(samples, clip.gap_s)


def _told(
    frames: Iterator[Frame], times_s: deque[float], total: int, progress: OnProgress | None
) -> Iterator[Frame]:
    for done, frame in enumerate(frames, start=1):
        times_s.append(frame.time_s)
        if progress is not None:
            progress(Progress("pose", done, total))
        yield frame


def open_live(
    engine: EngineName = "auto",
    model: str = LIVE_MODEL,
    model_path: str | Path | None = None,
    progress: OnProgress | None = None,
) -> LiveEngine:
    """An engine to ``push`` live frames to; close it after use."""
    return open_engine(engine, model, model_path, progress, smooth=True)
