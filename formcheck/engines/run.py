"""Turns a clip into its subject's ``PoseSequence``: opens the engine, finds the subject, follows it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from formcheck import model_store
from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import PoseSequence, SubjectInfo, VideoInfo
from formcheck.engines.base import Anywhere, EngineName, FramePose, LiveEngine, PoseEngine
from formcheck.errors import FormcheckError, ModelError
from formcheck.io.video import probe, read_frames
from formcheck.progress import OnProgress, Progress


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
    video = probe(path, slowmo)
    with closing(_open_engine(engine, model, model_path, progress)) as tracker:
        times: list[float] = []

        def told(frames):
            for frame in frames:
                times.append(frame.time_s)
                if progress is not None:
                    progress(Progress("pose", len(times), video.frames))
                yield frame

        frames = told(read_frames(path, start_s, end_s, slowmo))
        poses = list(tracker.track(frames, Anywhere()))
        return _sequence(times, poses, video, tracker, SubjectInfo())


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
    times: list[float],
    poses: Iterable[FramePose | None],
    video: VideoInfo,
    engine: PoseEngine,
    subject: SubjectInfo,
) -> PoseSequence:
    count = len(times)
    landmarks_px = np.full((count, N_LANDMARKS, 2), np.nan)
    visibility = np.zeros((count, N_LANDMARKS))
    world_m = np.full((count, N_LANDMARKS, 3), np.nan)
    for i, pose in enumerate(poses):
        if pose is not None:
            landmarks_px[i], visibility[i], world_m[i] = pose.landmarks_px, pose.visibility, pose.world_m
    return PoseSequence(
        np.array(times), landmarks_px, visibility, world_m, replace(video, frames=count), engine.info, subject
    )
