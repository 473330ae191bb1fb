"""What every pose engine gives and takes: the contract between ``estimate``, the engines and live.

An engine turns upright ``Frame``s into ``FramePose``s in true pixels; it knows one person at a time (``track``,
``push``) and everybody at a key frame (``people``). Who the subject is, is not its business: a ``Guide`` says where
to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, runtime_checkable

import numpy as np

from formcheck.core.skeleton import SKELETON
from formcheck.core.types import Array, EngineInfo, Frame, readonly

EngineName = Literal["auto", "mediapipe", "onnxruntime"]

#: A landmark beyond the picture's edge is a guess: its visibility is at most this.
BEYOND_FRAME_VISIBILITY: Final = 0.2


@dataclass(frozen=True)
class Box:
    """A rectangle in the upright picture, pixels, y downward."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area_px2(self) -> float:
        """Area, 0 if turned inside out."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    @property
    def centre_px(self) -> tuple[float, float]:
        """Centre (x, y)."""
        return (self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0

    def within(self, width: int, height: int) -> Box:
        """What of it lies in a picture of ``width`` x ``height``; no area if nothing does."""
        left, right = (float(np.clip(x, 0.0, width)) for x in (self.left, self.right))
        top, bottom = (float(np.clip(y, 0.0, height)) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)

    def grown(self, share: float) -> Box:
        """A box larger by ``share`` of its size on every side."""
        dx, dy = share * (self.right - self.left), share * (self.bottom - self.top)
        return Box(self.left - dx, self.top - dy, self.right + dx, self.bottom + dy)


@dataclass(frozen=True)
class FramePose:
    """One person in one frame: ``landmarks_px`` (33, 2), ``visibility`` (33,) 0..1, ``world_m`` (33, 3)."""

    time_s: float
    landmarks_px: Array
    visibility: Array
    world_m: Array

    def __post_init__(self) -> None:
        for name in ("landmarks_px", "visibility", "world_m"):
            object.__setattr__(self, name, readonly(getattr(self, name)))

    @property
    def box(self) -> Box:
        """Around all landmarks, seen or not."""
        low, high = self.landmarks_px.min(axis=0), self.landmarks_px.max(axis=0)
        return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    @property
    def hip_px(self) -> Array:
        """Mid-hip (2,)."""
        return _middle(self.landmarks_px, "hip")

    @property
    def height_px(self) -> float:
        """The box's diagonal: a body's size, however it stands."""
        box = self.box
        return float(np.hypot(box.right - box.left, box.bottom - box.top))

    @property
    def trunk_px(self) -> float:
        """Mid-hip to mid-shoulder."""
        return float(np.linalg.norm(_middle(self.landmarks_px, "shoulder") - self.hip_px))


def honest_visibility(landmarks_px: Array, visibility: Array, width: int, height: int) -> Array:
    """``visibility`` (33,), low where a landmark lies beyond the ``width`` x ``height`` picture."""
    x, y = landmarks_px[:, 0], landmarks_px[:, 1]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return np.where(inside, visibility, np.minimum(visibility, BEYOND_FRAME_VISIBILITY))


class Guide(Protocol):
    """Where the subject is to be looked for, and whom the engine must not follow."""

    def search_box(self, time_s: float) -> Box | None:
        """Where to look for the subject when it is not being followed.

        None is "anywhere"; a box with no area is "nowhere": the subject is not in the picture.
        """
        ...

    def rejects(self, pose: FramePose) -> bool:
        """Whether ``pose`` is somebody else: the engine gives None for it and looks again."""
        ...

    def confirms(self, pose: FramePose) -> bool:
        """Whether ``pose`` is known to be the subject."""
        ...


class Anywhere:
    """The guide for one person alone: look anywhere."""

    def search_box(self, time_s: float) -> Box | None:
        """Anywhere."""
        return None

    def rejects(self, pose: FramePose) -> bool:
        """Nobody."""
        return False

    def confirms(self, pose: FramePose) -> bool:
        """Nobody either."""
        return False


@runtime_checkable
class PoseEngine(Protocol):
    """A pose engine. Use as a context manager; ``close`` frees the model."""

    info: EngineInfo

    def people(self, frame: Frame) -> list[FramePose]:
        """Everybody in ``frame``, without memory: for key frames, not for each."""
        ...

    def track(self, frames: Iterable[Frame], guide: Guide) -> Iterator[FramePose | None]:
        """One pose or None for each frame, in order; keeps only a few frames at a time."""
        ...

    def push(self, frame: Frame) -> FramePose | None:
        """The pose in the next frame of a live stream."""
        ...

    def reset(self) -> None:
        """Forget whom it followed."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...


@runtime_checkable
class ClipEngine(PoseEngine, Protocol):
    """An engine that reads a file itself, with all cores."""

    def track_clip(
        self,
        path: str | Path,
        guide: Guide | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
        slowmo: float | None = None,
        workers: int | None = None,
        told: Callable[[int], None] | None = None,
    ) -> tuple[list[float], Sequence[FramePose | None]]:
        """Times and poses of the frames that ``read_frames`` would give; ``told`` gets the frames done so far."""
        ...


#: Live uses ``push``, ``reset`` and ``close`` of an engine.
LiveEngine = PoseEngine


def _middle(landmarks_px: Array, part: str) -> Array:
    return (landmarks_px[SKELETON[f"{part}_l"]] + landmarks_px[SKELETON[f"{part}_r"]]) / 2.0
