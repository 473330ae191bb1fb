"""Follows one person through a video file with all cores: one thread a piece, each decoding, cropping and inferring.

Nothing is queued between threads and nothing is converted that is not looked at, so memory is flat and each core's
time goes to the model. One model is shared: ONNX Runtime runs it from many threads at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from formcheck.cores import available_cores
from formcheck.engines.blazepose.follow import Follower
from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.picture import FramePicture
from formcheck.engines.blazepose.pieces import Piece, PiecesApart, join, plan, strangers
from formcheck.engines.blazepose.region import Region
from formcheck.engines.blazepose.trail import Found, Trail
from formcheck.io.video import DecodedPicture, picture_times, read_pictures

log = logging.getLogger(__name__)

_TELL_EVERY_S: Final = 0.1
#: Called with the number of frames done so far; raising from it stops the work.
OnFrames = Callable[[int], None]


@dataclass(frozen=True)
class ClipPart:
    """Where a clip is and which part of it is wanted; limits on the player's clock."""

    path: str | Path
    start_s: float | None = None
    end_s: float | None = None
    slowmo: float | None = None

    def pieces(self) -> list[Piece]:
        """How the part is cut."""
        return plan(*picture_times(self.path), self.start_s, self.end_s)

    def read(self, piece: Piece) -> Iterator[DecodedPicture]:
        """The decoded pictures of ``piece``."""
        return read_pictures(self.path, piece.start_s, piece.end_s, self.slowmo, one_thread=True)


class FrameStep:
    """What is done with each frame of a piece; made anew for every piece, used by one thread."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower

    def __call__(self, picture: FramePicture, decoded: DecodedPicture) -> Person | None:
        """The person in the frame."""
        return self.follower.step(picture)


def follow_clip(
    clip: ClipPart,
    new_step: Callable[[Region | None], FrameStep],
    workers: int | None = None,
    told: OnFrames | None = None,
    mend: bool = True,
) -> Trail:
    """Who is found in each frame of ``clip``, in order.

    ``new_step`` makes what follows through one piece, from a region to begin with or from wherever somebody is seen.
    ``workers`` is the number of threads, by default one a core. ``mend``: where two pieces turn out to follow
    different people, the later piece is done again from where the earlier one ended.
    """
    pieces = clip.pieces()
    workers = workers or available_cores()
    with _one_core_each():
        try:
            parts = _run(_Work(clip, new_step), pieces, workers, told)
            for k in range(1, len(parts)):
                if mend and (region := strangers(parts[k - 1], parts[k])) is not None:
                    parts[k] = _Work(clip, new_step).follow([pieces[k]], region)[0]
            return join(parts)
        except PiecesApart:
            log.warning("%s cannot be read in pieces; reading it from end to end", clip.path)
            return _run(_Work(clip, new_step), [Piece(clip.start_s, clip.end_s)], 1, told)[0]


class _OpenCv:
    """Who has asked OpenCV to keep to the calling thread, and how many threads it had before."""

    def __init__(self) -> None:
        self.lock, self.users, self.threads = threading.Lock(), 0, 0


_opencv: Final = _OpenCv()


@contextmanager
def _one_core_each() -> Iterator[None]:
    """OpenCV on the calling thread alone: every core has a piece already, and handing out a crop costs more than it."""
    with _opencv.lock:
        if not _opencv.users:
            _opencv.threads = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _opencv.users += 1
    try:
        yield
    finally:
        with _opencv.lock:
            _opencv.users -= 1
            if not _opencv.users:
                cv2.setNumThreads(_opencv.threads)


class _Work:
    """The state that the threads of one run share."""

    def __init__(self, clip: ClipPart, new_step: Callable[[Region | None], FrameStep]) -> None:
        self._clip, self._new_step = clip, new_step
        self.stop = threading.Event()
        self.done: dict[Piece, int] = {}  # each piece writes its own entry: no lock needed

    def follow(self, pieces: Sequence[Piece], region: Region | None = None) -> list[Trail]:
        """The frames of each of ``pieces``, which follow one another: read in one go, so nothing is decoded twice.

        Ends early if the work is stopped.
        """
        runs = [_Run(piece, self._new_step(region)) for piece in pieces]
        done = 0
        for one in self._clip.read(Piece(pieces[0].start_s, pieces[-1].end_s)):
            if self.stop.is_set():
                break
            picture = FramePicture(one.picture, one.upright)
            for run in runs:
                done += run.add(picture, one)
            self.done[pieces[0]] = done
        return [run.found for run in runs]


class _Run:
    """What is found in one piece."""

    def __init__(self, piece: Piece, step: FrameStep) -> None:
        self._piece, self._step = piece, step
        self.found = Trail(room=piece.frames)

    def add(self, picture: FramePicture, one: DecodedPicture) -> bool:
        """Look for the person in a frame; False if it is not in the piece."""
        if not self._piece.holds(one.shown_s):
            return False
        person = self._step(picture, one)
        self.found.append(Found(one.time_s, person, one.upright.width, one.upright.height))
        return True


def _run(work: _Work, pieces: list[Piece], workers: int, told: OnFrames | None) -> list[Trail]:
    share = -(-len(pieces) // workers)
    groups = [pieces[k : k + share] for k in range(0, len(pieces), share)]
    with ThreadPoolExecutor(len(groups), thread_name_prefix="pose") as pool:
        jobs = [pool.submit(work.follow, group) for group in groups]
        try:
            _wait(jobs, work, told)
        except BaseException:
            work.stop.set()
            for job in jobs:
                job.cancel()
            raise
    return [found for job in jobs for found in job.result()]


def _wait(jobs: list[Future[list[Trail]]], work: _Work, told: OnFrames | None) -> None:
    """Until all ``jobs`` are done; raises what the first failing one raised."""
    left = set(jobs)
    while left:
        done, left = wait(left, timeout=_TELL_EVERY_S, return_when=FIRST_COMPLETED)
        for job in done:
            job.result()
        if told is not None:
            told(sum(list(work.done.values())))
