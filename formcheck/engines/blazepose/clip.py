"""Follows one person through a video file with all cores: one thread a piece, each decoding, cropping and inferring.

Nothing is queued between threads and nothing is converted that is not looked at, so memory is flat and each core's
time goes to the model. One model is shared: ONNX Runtime runs it from many threads at once.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final

from formcheck.engines.base import Guide
from formcheck.engines.blazepose.detector import Detector
from formcheck.engines.blazepose.follow import Follower
from formcheck.engines.blazepose.landmarks import LandmarkModel
from formcheck.engines.blazepose.picture import FramePicture
from formcheck.engines.blazepose.pieces import Found, Piece, join, plan
from formcheck.io.video import picture_times, read_pictures

log = logging.getLogger(__name__)

_TELL_EVERY_S: Final = 0.1
#: Called with the number of frames done so far; raising from it stops the work.
OnFrames = Callable[[int], None]


class ClipReader:
    """Where a clip is and which part of it is wanted."""

    def __init__(
        self,
        path: str | Path,
        start_s: float | None = None,
        end_s: float | None = None,
        slowmo: float | None = None,
    ) -> None:
        self.path, self.start_s, self.end_s, self.slowmo = path, start_s, end_s, slowmo
        self.size = (0, 0)  # width and height of the upright picture, known once a frame was read

    def pieces(self) -> list[Piece]:
        """How the clip is cut."""
        return plan(*picture_times(self.path), self.start_s, self.end_s)


def follow_clip(
    clip: ClipReader,
    detector: Detector,
    model: LandmarkModel,
    guide: Guide,
    workers: int | None = None,
    told: OnFrames | None = None,
) -> list[Found]:
    """Who is found in each frame of ``clip``, in order. ``workers`` is the number of threads, by default one a core."""
    work = _Work(clip, detector, model, guide)
    pieces = clip.pieces()
    try:
        return join(_run(work, pieces, workers or available_cores(), told))
    except ValueError as error:
        if len(pieces) == 1 or not str(error).startswith("pieces"):
            raise
        log.warning("%s cannot be read in pieces; reading it from end to end", clip.path)
        whole = [Piece(clip.start_s, clip.end_s)]
        return join(_run(_Work(clip, detector, model, guide), whole, 1, told))


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Work:
    def __init__(self, clip: ClipReader, detector: Detector, model: LandmarkModel, guide: Guide) -> None:
        self._clip, self._detector, self._model, self._guide = clip, detector, model, guide
        self.stop = threading.Event()
        self.done: list[int] = []  # frames done, one counter a piece: no lock needed

    def follow(self, number: int, piece: Piece) -> list[Found]:
        """The frames of ``piece``; ends early if the work is stopped."""
        follower, found = Follower(self._detector, self._model), []
        clip = self._clip
        for one in read_pictures(clip.path, piece.start_s, piece.end_s, clip.slowmo, one_thread=True):
            if self.stop.is_set():
                break
            if not found:
                clip.size = one.upright.width, one.upright.height
            search = None if follower.following else self._guide.search_box(one.time_s)
            person = follower.step(FramePicture(one.picture, one.upright), search)
            found.append(Found(one.time_s, person))
            self.done[number] = len(found)
        return found


def _run(work: _Work, pieces: list[Piece], workers: int, told: OnFrames | None) -> list[list[Found]]:
    work.done = [0] * len(pieces)
    with ThreadPoolExecutor(min(workers, len(pieces)), thread_name_prefix="pose") as pool:
        jobs = [pool.submit(work.follow, number, piece) for number, piece in enumerate(pieces)]
        try:
            _wait(jobs, work, told)
        except BaseException:
            work.stop.set()
            for job in jobs:
                job.cancel()
            raise
    return [job.result() for job in jobs]


def _wait(jobs: list[Future[list[Found]]], work: _Work, told: OnFrames | None) -> None:
    """Until all ``jobs`` are done; raises what the first failing one raised."""
    left = set(jobs)
    while left:
        done, left = wait(left, timeout=_TELL_EVERY_S, return_when=FIRST_COMPLETED)
        for job in done:
            job.result()
        if told is not None:
            told(sum(work.done))
