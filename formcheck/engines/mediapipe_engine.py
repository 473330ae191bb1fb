"""MediaPipe's PoseLandmarker as a pose engine: VIDEO mode for one person, IMAGE mode for everybody.

MediaPipe is imported when an engine is made, not before. Its normalised x and y have different scales; pixels are
made here, once.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import EngineInfo, Frame
from formcheck.engines.base import Anywhere, Box, FramePose, Guide, honest_visibility
from formcheck.engines.people import overlap
from formcheck.engines.quiet import quiet_stderr
from formcheck.errors import ModelError

MAX_PEOPLE: Final = 5
_GREY: Final = 127
_LEAST_VISIBILITY: Final = 0.65
_SAME_BODY: Final = 0.3
_LEAST_AREA: Final = 0.15  # of the largest person's: who is farther off does not disturb


class MediaPipeEngine:
    """PoseLandmarker on one model bundle. Raises ModelError if MediaPipe or the bundle cannot be loaded."""

    def __init__(self, model_path: str | Path, model: str = "full") -> None:
        self._mp = _import_mediapipe()
        self._path = Path(model_path)
        self.info = EngineInfo("mediapipe", model, str(self._mp.__version__))
        self._landmarkers: dict[str, _Landmarker] = {}
        self._last_ms = -1
        self._following = False

    def __enter__(self) -> MediaPipeEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def people(self, frame: Frame) -> list[FramePose]:
        """Everybody in ``frame``, at most MAX_PEOPLE: those found first are painted over to find the next."""
        found: list[FramePose] = []
        pixels = frame.rgb
        while len(found) < MAX_PEOPLE:
            more = [pose for pose in self._detect(pixels, frame) if _is_person(pose, found)]
            if not more:
                break
            found += more
            pixels = _without(pixels, [pose.box for pose in more])
        return found

    def _detect(self, pixels: npt.NDArray[np.uint8], frame: Frame) -> list[FramePose]:
        landmarker = self._landmarker("IMAGE", MAX_PEOPLE)
        return _poses(landmarker.run("detect", self._mp_image(pixels)), frame)

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
        self._close("VIDEO")
        self._last_ms, self._following = -1, False

    def close(self) -> None:
        """Free the models."""
        self.reset()
        self._close("IMAGE")

    def _close(self, mode: str) -> None:
        landmarker = self._landmarkers.pop(mode, None)
        if landmarker is not None:
            landmarker.close()

    def _next(self, frame: Frame, guide: Guide) -> FramePose | None:
        pixels = frame.rgb
        if not self._following and (box := guide.search_box(frame.time_s)) is not None:
            if box.within(pixels.shape[1], pixels.shape[0]).area_px2 <= 0.0:
                return None
            pixels = only_within(pixels, box)
        self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000.0))
        landmarker = self._landmarker("VIDEO", 1)
        found = _poses(landmarker.run("detect_for_video", self._mp_image(pixels), self._last_ms), frame)
        pose = found[0] if found and not guide.rejects(found[0]) else None
        self._following = pose is not None
        return pose

    def _mp_image(self, rgb: npt.NDArray[np.uint8]) -> Any:
        # MediaPipe takes the bytes as they lie, whatever the strides say.
        return self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))

    def _landmarker(self, mode: str, people: int) -> _Landmarker:
        if mode not in self._landmarkers:
            self._landmarkers[mode] = _Landmarker(self._path, mode, people)
        return self._landmarkers[mode]


class _Landmarker:
    """A PoseLandmarker that is quiet, and is closed before the interpreter goes even if its owner forgets to."""

    def __init__(self, path: Path, mode: str, people: int) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=vision.RunningMode[mode],
            num_poses=people,
        )
        try:
            with quiet_stderr():
                self._task: Any = vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"{path}: is not a pose model bundle that MediaPipe can load; give a .task file"
            ) from error
        self.close = weakref.finalize(self, _let_go, self._task)
        self._chatty = True  # each part of the graph says something when it first runs

    def run(self, method: str, *arguments: Any) -> Any:
        """Call ``method`` of the landmarker; quietly until somebody was found, when all parts have run."""
        call = getattr(self._task, method)
        if not self._chatty:
            return call(*arguments)
        with quiet_stderr():
            result = call(*arguments)
        self._chatty = not result.pose_landmarks
        return result


def _let_go(task: Any) -> None:
    """Close ``task``; at the interpreter's end its workers are gone already, and it must not complain then."""
    try:
        task.close()
    except RuntimeError:
        task._handle = None


def only_within(rgb: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """A copy of ``rgb`` (H, W, 3) that is grey outside ``box``."""
    rows, columns = _inside(rgb, box)
    out = np.full_like(rgb, _GREY)
    out[rows, columns] = rgb[rows, columns]
    return out


def _inside(rgb: npt.NDArray[np.uint8], box: Box) -> tuple[slice, slice]:
    """Rows and columns of ``rgb`` that ``box`` touches."""
    part = box.within(rgb.shape[1], rgb.shape[0])
    return slice(int(part.top), int(np.ceil(part.bottom))), slice(int(part.left), int(np.ceil(part.right)))


def _without(rgb: npt.NDArray[np.uint8], boxes: Sequence[Box]) -> npt.NDArray[np.uint8]:
    """A copy of ``rgb`` that is grey inside ``boxes``."""
    out = rgb.copy()
    for box in boxes:
        out[max(0, int(box.top)) : max(0, int(box.bottom)), max(0, int(box.left)) : max(0, int(box.right))] = _GREY
    return out


def _is_person(pose: FramePose, known: Sequence[FramePose]) -> bool:
    """Whether ``pose`` is no ghost (a console, a stump of a painted-over body) and not known already."""
    if not known:
        return True
    largest = max(other.box.area_px2 for other in known)
    return (
        float(pose.visibility.mean()) >= _LEAST_VISIBILITY
        and pose.box.area_px2 >= _LEAST_AREA * largest
        and all(overlap(pose.box, other.box) < _SAME_BODY for other in known)
    )


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
