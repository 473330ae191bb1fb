"""BlazePose on ONNX Runtime as a pose engine: MediaPipe's models and steps, without MediaPipe.

``track`` and ``push`` take frames one by one; ``track_clip`` and ``survey_clip`` read a file and use all cores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from formcheck.core.types import EngineInfo, Frame
from formcheck.engines.base import Anywhere, FramePose, Guide
from formcheck.engines.blazepose.clip import ClipPart, FrameStep, OnFrames, follow_clip
from formcheck.engines.blazepose.follow import Crowd, Follower, everybody
from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.picture import FramePicture, RgbPicture
from formcheck.engines.blazepose.poses import PoseMaker, pose_of
from formcheck.engines.blazepose.region import Region
from formcheck.engines.blazepose.runtime import onnxruntime
from formcheck.engines.blazepose.store import Models, open_models
from formcheck.engines.blazepose.trail import Trail
from formcheck.engines.people import Sighting, sighting, trunk_box
from formcheck.io.video import DecodedPicture

_PATCH: Final = 64  # pixels a side of the trunk that its colours are read from


@dataclass(frozen=True)
class Survey:
    """A clip followed without knowing yet who the subject is.

    ``times_s`` and ``poses`` are of each frame; ``samples`` are everybody in key frames, in time order.
    """

    times_s: list[float]
    poses: Sequence[FramePose | None]
    samples: list[list[Sighting]]


class OnnxEngine:
    """The models of a ``.task`` bundle on ONNX Runtime; converted at first use.

    ``provider`` is cpu, cuda, coreml, directml or openvino, where this onnxruntime has it. ``smooth`` filters
    landmarks as MediaPipe does when it follows one person, looking back only. Raises ModelError if the bundle cannot
    be used.
    """

    def __init__(self, model_path: str | Path, model: str = "full", provider: str = "cpu", smooth: bool = True) -> None:
        self._smooth = smooth
        self._models = open_models(model_path, provider)
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
        return [pose_of(person, frame.time_s, size) for person in everybody(picture, *self._models)]

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
            yield {one.track: pose_of(one.person, frame.time_s, size) for one in seen}

    def track_clip(
        self,
        path: str | Path,
        guide: Guide | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
        slowmo: float | None = None,
        workers: int | None = None,
        told: OnFrames | None = None,
    ) -> tuple[list[float], Sequence[FramePose | None]]:
        """Times and poses of the frames that ``read_frames`` would give, found with all cores.

        ``told`` gets the number of frames done, from the calling thread; raising from it stops the work.
        """
        lead = guide or Anywhere()
        clip = ClipPart(path, start_s, end_s, slowmo)
        found = follow_clip(clip, lambda region: _Guided(self._models, lead, region), workers, told)
        return self._finished(found)

    def survey_clip(
        self,
        path: str | Path,
        every_s: float,
        start_s: float | None = None,
        end_s: float | None = None,
        slowmo: float | None = None,
        workers: int | None = None,
        told: OnFrames | None = None,
    ) -> Survey:
        """The largest person in view, followed; and everybody seen in frames about ``every_s`` apart (real time).

        One pass does for most clips what choosing the subject first and then following it does in two. Pieces of the
        clip may follow different people: who the subject is, and whether it was followed, is for the caller to say.
        """
        samples: dict[float, list[Sighting]] = {}  # a time is written by one thread at a time, and the same twice
        clip = ClipPart(path, start_s, end_s, slowmo)
        found = follow_clip(clip, lambda _: _Surveying(self._models, every_s, samples), workers, told, mend=False)
        return Survey(*self._finished(found), [samples[time_s] for time_s in sorted(samples)])

    def push(self, frame: Frame) -> FramePose | None:
        """The pose in the next frame of a live stream; one core does."""
        return self._next(frame, Anywhere())

    def reset(self) -> None:
        """Forget whom it followed."""
        self._follower = Follower(*self._models)
        self._poses = PoseMaker(self._smooth)

    def close(self) -> None:
        """Nothing is held but memory."""
        self.reset()

    def _next(self, frame: Frame, guide: Guide) -> FramePose | None:
        picture = RgbPicture(frame.rgb)
        size = picture.width, picture.height
        person = _guided_step(self._follower, picture, frame.time_s, guide)
        return self._poses.pose(person, frame.time_s, size)

    def _finished(self, found: Trail) -> tuple[list[float], Sequence[FramePose | None]]:
        times_s = found.times_s.tolist()
        if not self._smooth:
            return times_s, _Poses(found)
        poses = PoseMaker(self._smooth)
        return times_s, [poses.pose(one.person, one.time_s, (one.width, one.height)) for one in found]


class _Poses(Sequence[FramePose | None]):
    """The poses of what was found, each made when it is asked for: a long clip has a hundred thousand of them."""

    def __init__(self, found: Trail) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        one = self._found[index]
        return None if one.person is None else pose_of(one.person, one.time_s, (one.width, one.height))


def _guided_step(follower: Follower, picture: RgbPicture | FramePicture, time_s: float, guide: Guide) -> Person | None:
    search = None if follower.following else guide.search_box(time_s)
    person = follower.step(picture, search)
    if person is not None and guide.rejects(pose_of(person, time_s, (picture.width, picture.height))):
        follower.drop()
        return None
    return person


class _Guided(FrameStep):
    """Follows whom the guide leads to."""

    def __init__(self, models: Models, guide: Guide, region: Region | None) -> None:
        super().__init__(Follower(*models, region))
        self._guide = guide

    def __call__(self, picture: FramePicture, decoded: DecodedPicture) -> Person | None:
        return _guided_step(self.follower, picture, decoded.time_s, self._guide)


class _Surveying(FrameStep):
    """Follows the largest person in view, and notes everybody in key frames."""

    def __init__(self, models: Models, every_s: float, samples: dict[float, list[Sighting]]) -> None:
        super().__init__(Follower(*models, largest=True))
        self._models, self._every_s, self._samples = models, every_s, samples
        self._last_key = -1

    def __call__(self, picture: FramePicture, decoded: DecodedPicture) -> Person | None:
        person = self.follower.step(picture)
        # A piece's first frame, for there it may take up somebody else; then the first in each cell of the clip's time.
        key = int(decoded.time_s / self._every_s + 1e-6)
        if key != self._last_key:
            self._note(picture, decoded, person)
        self._last_key = key
        return person

    def _note(self, picture: FramePicture, decoded: DecodedPicture, person: Person | None) -> None:
        size = picture.width, picture.height
        seen = everybody(picture, *self._models, known=[] if person is None else [person])
        poses = [pose_of(one, decoded.time_s, size) for one in seen]
        self._samples[decoded.time_s] = [sighting(pose, size, _trunk_rgb(picture, pose)) for pose in poses]


def _trunk_rgb(picture: FramePicture, pose: FramePose) -> npt.NDArray[np.uint8]:
    """(h, w, 3) the trunk of ``pose``, scaled: colour by colour is all that is asked of it."""
    box = trunk_box(pose, picture.width, picture.height)
    wide, high = box.right - box.left, box.bottom - box.top
    side = max(wide, high, 1.0)
    crop = picture.crop(Region(*box.centre_px, side), _PATCH).transpose(1, 2, 0)
    across, down = (round(_PATCH * (1 - part / side) / 2) for part in (wide, high))
    patch: npt.NDArray[np.uint8] = crop[down : _PATCH - down, across : _PATCH - across]
    return patch
