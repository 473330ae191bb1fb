"""BlazePose on ONNX Runtime as a pose engine: MediaPipe's models and steps, without MediaPipe.

``track`` and ``push`` take frames one by one; ``track_clip`` reads a file itself and uses all cores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime

from formcheck.core.types import EngineInfo, Frame
from formcheck.engines.base import Anywhere, FramePose, Guide, honest_visibility
from formcheck.engines.blazepose.clip import ClipReader, OnFrames, available_cores, follow_clip
from formcheck.engines.blazepose.follow import Crowd, Follower, everybody
from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.picture import RgbPicture
from formcheck.engines.blazepose.smoothing import MediaPipeSmoothing
from formcheck.engines.blazepose.store import open_models

_LIVE_THREADS = 2


class OnnxEngine:
    """The models of a ``.task`` bundle on ONNX Runtime; converted at first use.

    ``provider`` is cpu, cuda, coreml, directml or openvino, where this onnxruntime has it. ``smooth`` filters
    landmarks as MediaPipe does when it follows one person. Raises ModelError if the bundle cannot be used.
    """

    def __init__(
        self, model_path: str | Path, model: str = "full", provider: str = "cpu", smooth: bool = True
    ) -> None:
        self._path, self._provider, self._smooth = Path(model_path), provider, smooth
        self._models = open_models(self._path, provider, threads=1)
        self._live_models = self._models
        self.info = EngineInfo("onnxruntime", model, str(onnxruntime.__version__))
        self.reset()

    def __enter__(self) -> OnnxEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def people(self, frame: Frame) -> list[FramePose]:
        """Everybody in ``frame``, the most certain first."""
        picture = RgbPicture(frame.rgb)
        size = picture.width, picture.height
        return [_pose(person, frame.time_s, size) for person in everybody(picture, *self._models)]

    def track(self, frames: Iterable[Frame], guide: Guide) -> Iterator[FramePose | None]:
        """One pose or None for each frame; looks only in the guide's box when it has lost the subject."""
        self.reset()
        for frame in frames:
            yield self._next(frame, guide)

    def track_everybody(self, frames: Iterable[Frame]) -> Iterator[dict[int, FramePose]]:
        """Everybody in each frame by the number of their track, unsmoothed."""
        crowd = Crowd(*self._models)
        for frame in frames:
            picture = RgbPicture(frame.rgb)
            size = picture.width, picture.height
            seen = crowd.step(picture, frame.time_s)
            yield {one.track: _pose(one.person, frame.time_s, size) for one in seen}

    def track_clip(
        self,
        path: str | Path,
        guide: Guide | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
        slowmo: float | None = None,
        workers: int | None = None,
        told: OnFrames | None = None,
    ) -> tuple[list[float], list[FramePose | None]]:
        """Times and poses of the frames that ``read_frames`` would give, found with all cores.

        ``told`` gets the number of frames done, from the calling thread; raising from it stops the work.
        """
        clip = ClipReader(path, start_s, end_s, slowmo)
        found = follow_clip(clip, *self._models, guide or Anywhere(), workers, told)
        smoothing = _Smoothing(self._smooth)
        size = clip.size
        return [one.time_s for one in found], [smoothing.pose(one.person, one.time_s, size) for one in found]

    def push(self, frame: Frame) -> FramePose | None:
        """The pose in the next frame of a live stream, worked on with two threads."""
        if self._live_models is self._models and available_cores() > 1:
            self._live_models = open_models(self._path, self._provider, threads=_LIVE_THREADS)
            self._follower = Follower(*self._live_models)
        return self._next(frame, Anywhere())

    def reset(self) -> None:
        """Forget whom it followed."""
        self._follower = Follower(*self._live_models)
        self._smoothing = _Smoothing(self._smooth)

    def close(self) -> None:
        """Nothing is held but memory."""
        self.reset()

    def _next(self, frame: Frame, guide: Guide) -> FramePose | None:
        picture = RgbPicture(frame.rgb)
        search = None if self._follower.following else guide.search_box(frame.time_s)
        person = self._follower.step(picture, search)
        return self._smoothing.pose(person, frame.time_s, (picture.width, picture.height))


class _Smoothing:
    """One person's poses over time, smoothed or as they are."""

    def __init__(self, smooth: bool) -> None:
        self._filter = MediaPipeSmoothing() if smooth else None

    def pose(self, person: Person | None, time_s: float, size: tuple[int, int]) -> FramePose | None:
        if person is None:
            if self._filter is not None:
                self._filter.reset()
            return None
        raw = person.landmarks_px, person.visibility, person.world_m
        if self._filter is None:
            return _pose(person, time_s, size)
        region_px = (person.next_region or person.region).size_px
        landmarks_px, visibility, world_m = self._filter.push(*raw, time_s, region_px)
        seen = np.minimum(visibility, person.inside)
        return FramePose(time_s, landmarks_px, honest_visibility(landmarks_px, seen, *size), world_m)


def _pose(person: Person, time_s: float, size: tuple[int, int]) -> FramePose:
    seen = np.minimum(person.visibility, person.inside)
    visibility = honest_visibility(person.landmarks_px, seen, *size)
    return FramePose(time_s, person.landmarks_px, visibility, person.world_m)
