"""Turns a clip into its subject's ``PoseSequence``: opens the engine, finds the subject, follows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from formcheck import model_store
from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import Bools, EngineInfo, Frame, PoseSequence, SubjectInfo, VideoInfo
from formcheck.engines.base import EngineName, FramePose, Guide, LiveEngine, PoseEngine
from formcheck.engines.continuity import other_body
from formcheck.engines.people import Person, link, sight
from formcheck.engines.subject import check_wish, choose, guide_to
from formcheck.errors import FormcheckError, ModelError
from formcheck.io.prefetch import prefetched
from formcheck.io.video import probe, read_frames, sample_frames
from formcheck.progress import OnProgress, Progress

# Key frames for choosing the subject: each costs as much as two frames of following.
_LEAST_SAMPLES: Final = 10
_SHORTEST_GAP_S: Final = 0.4
_LONGEST_GAP_S: Final = 1.0
_DAMAGED_SHARE: Final = 0.02


def estimate(
    path: str | Path,
    engine: EngineName = "auto",
    model: str = "full",
    subject: str = "auto",
    start_s: float | None = None,
    end_s: float | None = None,
    slowmo: float | None = None,
    model_path: str | Path | None = None,
    progress: OnProgress | None = None,
) -> PoseSequence:
    """The subject's poses in the clip at ``path``. Raises FormcheckError in one line on bad input."""
    check_wish(subject)
    video = probe(path, slowmo)
    clip = _Clip(path, video, start_s, end_s, slowmo)
    with closing(_open_engine(engine, model, model_path, progress)) as tracker:
        if hasattr(tracker, "survey_clip"):
            from formcheck.engines.onepass import follow_subject

            told = None if progress is None else lambda done: progress(Progress("pose", done, clip.expected))
            size, limits = (video.width, video.height), (start_s, end_s, slowmo)
            info, guide, times_s, poses = follow_subject(
                tracker, path, clip.gap_s, subject, size, limits, told
            )
        else:
            choice = choose(_scout(tracker, clip), subject, video.width, video.height)
            info, guide = choice.info, guide_to(choice, clip.gap_s)
            times_s = []
            frames = prefetched(_told(clip.frames(), times_s, clip.expected, progress))
            poses = list(tracker.track(frames, guide))
        return _sequence(times_s, poses, guide, video, clip.expected, tracker.info, info)


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
    frames: Iterator[Frame], times_s: list[float], total: int, progress: OnProgress | None
) -> Iterator[Frame]:
    for frame in frames:
        times_s.append(frame.time_s)
        if progress is not None:
            progress(Progress("pose", len(times_s), total))
        yield frame


def open_live(
    engine: EngineName = "auto",
    model: str = "full",
    model_path: str | Path | None = None,
    progress: OnProgress | None = None,
) -> LiveEngine:
    """An engine to ``push`` live frames to; close it after use."""
    return _open_engine(engine, model, model_path, progress)


def _open_engine(
    engine: EngineName, model: str, model_path: str | Path | None, progress: OnProgress | None
) -> PoseEngine:
    if engine not in ("auto", "mediapipe", "onnxruntime"):
        raise FormcheckError(f"expected engine auto, mediapipe or onnxruntime, got '{engine}'")
    bundle = _own_bundle(model_path) if model_path is not None else model_store.ensure(model, progress)
    if engine == "onnxruntime":
        try:
            from formcheck.engines.onnx_engine import OnnxEngine
        except ImportError as error:
            raise ModelError(
                f"the engine onnxruntime is not installed ({error}); use the engine mediapipe"
            ) from error
        return OnnxEngine(bundle, model)
    from formcheck.engines.mediapipe_engine import MediaPipeEngine

    return MediaPipeEngine(bundle, model)


def _own_bundle(model_path: str | Path) -> Path:
    if not Path(model_path).is_file():
        raise ModelError(f"{model_path}: there is no such model file; give the path of a .task bundle")
    return Path(model_path)


def _sequence(
    times_s: list[float],
    poses: list[FramePose | None],
    guide: Guide,
    video: VideoInfo,
    expected: int,
    engine: EngineInfo,
    subject: SubjectInfo,
) -> PoseSequence:
    count = len(poses)
    time_s = np.array(times_s[:count])
    landmarks_px = np.full((count, N_LANDMARKS, 2), np.nan)
    visibility = np.zeros((count, N_LANDMARKS))
    world_m = np.full((count, N_LANDMARKS, 3), np.nan)
    hip_px, height_px = np.full((count, 2), np.nan), np.full(count, np.nan)
    for i, pose in enumerate(poses):
        if pose is not None:
            landmarks_px[i], visibility[i], world_m[i] = pose.landmarks_px, pose.visibility, pose.world_m
            hip_px[i], height_px[i] = pose.hip_px, pose.height_px
    confirmed = np.array([pose is not None and guide.confirms(pose) for pose in poses], dtype=bool)
    other = other_body(time_s, hip_px, height_px, confirmed)
    landmarks_px[other], visibility[other], world_m[other] = np.nan, 0.0, np.nan
    video = replace(video, frames=count, warnings=video.warnings + _missing_pictures(count, expected))
    return PoseSequence(time_s, landmarks_px, visibility, world_m, video, engine, _told_of(subject, other))


def _told_of(subject: SubjectInfo, other: Bools) -> SubjectInfo:
    if not other.any():
        return subject
    note = f"{int(other.sum())} frames in which the track was on another body are left out"
    return replace(subject, note=f"{subject.note}; {note}" if subject.note else note)


def _missing_pictures(count: int, expected: int) -> tuple[str, ...]:
    missing = expected - count
    if missing <= max(2.0, _DAMAGED_SHARE * expected):
        return ()
    return (f"the file is damaged: {missing} of {expected} pictures cannot be decoded and are left out",)
