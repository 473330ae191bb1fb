"""MediaPipe's PoseLandmarker as a pose engine: VIDEO mode for one person, IMAGE mode for everybody.

MediaPipe is imported when an engine is made, not before. Its normalised x and y have different scales; pixels are
made here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import EngineInfo, Frame
from formcheck.engines.base import Anywhere, Box, FramePose, Guide, honest_visibility
from formcheck.engines.quiet import quiet_stderr
from formcheck.errors import ModelError

MAX_PEOPLE: Final = 5
_GREY: Final = 127


class MediaPipeEngine:
    """PoseLandmarker on one model bundle. Raises ModelError if MediaPipe or the bundle cannot be loaded."""

    def __init__(self, model_path: str | Path, model: str = "full") -> None:
        self._mp = _import_mediapipe()
        self._path = Path(model_path)
        self.info = EngineInfo("mediapipe", model, str(self._mp.__version__))
        self._video: Any = None
        self._image: Any = None
        self._last_ms = -1
        self._following = False

    def __enter__(self) -> MediaPipeEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def people(self, frame: Frame) -> list[FramePose]:
        """Everybody in ``frame``, at most MAX_PEOPLE."""
        if self._image is None:
            with quiet_stderr():
                self._image = self._create("IMAGE", MAX_PEOPLE)
                self._image.detect(self._mp_image(frame.rgb))
        return _poses(self._image.detect(self._mp_image(frame.rgb)), frame)

    def track(self, frames: Iterable[Frame], guide: Guide) -> Iterator[FramePose | None]:
        """One pose or None for each frame; looks only in the guide's box when it has lost the subject."""
        self.reset()
        for frame in frames:
            yield self._next(frame, guide)

    def push(self, frame: Frame) -> FramePose | None:
        """The pose in the next frame of a live stream."""
        return self._next(frame, Anywhere())

    def reset(self) -> None:
        """Forget whom it followed, by a new landmarker: VIDEO mode has no other way."""
        if self._video is not None:
            self._video.close()
        self._video, self._last_ms, self._following = None, -1, False

    def close(self) -> None:
        """Free the models."""
        self.reset()
        if self._image is not None:
            self._image.close()
            self._image = None

    def _next(self, frame: Frame, guide: Guide) -> FramePose | None:
        pixels = frame.rgb
        if not self._following and (box := guide.search_box(frame.time_s)) is not None:
            pixels = only_within(pixels, box)
        self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000.0))
        if self._video is None:
            with quiet_stderr():
                self._video = self._create("VIDEO", 1)
                found = _poses(self._video.detect_for_video(self._mp_image(pixels), self._last_ms), frame)
        else:
            found = _poses(self._video.detect_for_video(self._mp_image(pixels), self._last_ms), frame)
        self._following = bool(found)
        return found[0] if found else None

    def _mp_image(self, rgb: npt.NDArray[np.uint8]) -> Any:
        return self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=rgb)

    def _create(self, mode: str, people: int) -> Any:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._path)),
            running_mode=vision.RunningMode[mode],
            num_poses=people,
        )
        try:
            return vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"{self._path}: is not a pose model bundle that MediaPipe can load; give a .task"
            ) from error


def only_within(rgb: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """A copy of ``rgb`` (H, W, 3) that is grey outside ``box``."""
    height, width = rgb.shape[:2]
    rows = slice(max(0, int(box.top)), min(height, int(np.ceil(box.bottom))))
    columns = slice(max(0, int(box.left)), min(width, int(np.ceil(box.right))))
    out = np.full_like(rgb, _GREY)
    out[rows, columns] = rgb[rows, columns]
    return out


def _poses(result: Any, frame: Frame) -> list[FramePose]:
    height, width = frame.rgb.shape[:2]
    scale = np.array([width, height], dtype=np.float64)
    return [
        _pose(normalised, world, frame.time_s, scale)
        for normalised, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    ]


def _pose(normalised: Any, world: Any, time_s: float, scale: npt.NDArray[np.float64]) -> FramePose:
    landmarks_px = np.array([(point.x, point.y) for point in normalised]) * scale
    seen = np.array([min(point.visibility or 0.0, point.presence or 0.0) for point in normalised])
    return FramePose(
        time_s=time_s,
        landmarks_px=landmarks_px,
        visibility=honest_visibility(landmarks_px, np.clip(seen, 0.0, 1.0), int(scale[0]), int(scale[1])),
        world_m=np.array([(point.x, point.y, point.z) for point in world]),
    )


def _import_mediapipe() -> Any:
    try:
        with quiet_stderr():
            import mediapipe
            import mediapipe.tasks.python.vision  # noqa: F401
    except (ImportError, OSError) as error:
        raise ModelError(
            f"MediaPipe cannot be loaded here ({str(error).splitlines()[0]}); use the engine onnxruntime"
        ) from error
    return mediapipe
