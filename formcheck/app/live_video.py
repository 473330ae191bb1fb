"""The live page's video: each newest camera frame through a ``LiveRun``, painted, and sent back.

Runs in the video's own thread, apart from Streamlit's scripts; what the page reads is replaced whole. Frames that
came while one was worked on are never seen: the newest is taken, the rest is gone.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from av import VideoFrame
from streamlit_webrtc import VideoProcessorBase

from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Frame, PoseSequence
from formcheck.engines.base import LiveEngine
from formcheck.errors import FormcheckError
from formcheck.live.cues import LiveCue
from formcheck.live.picture import mirrored, paint
from formcheck.live.recorder import Recorder
from formcheck.live.run import COUNTDOWN_S, LiveRun, Shot

_RECENT: Final = 90  # frames that the pace is told from


@dataclass(frozen=True)
class Setup:
    """What the page asked for. ``record`` is a file, or None to keep nothing."""

    exercise: str
    options: ScoreOptions
    name: str
    mirror: bool = True
    record: Path | None = None
    countdown_s: float = COUNTDOWN_S


@dataclass(frozen=True)
class Pace:
    """Frames worked on in a second, and how long one takes."""

    fps: float
    frame_s: float


@dataclass(frozen=True)
class Seen:
    """The newest thing to tell: a shot, the last cue and how long after its step it was on the picture."""

    shot: Shot
    pace: Pace | None
    cue: LiveCue | None
    cue_delay_s: float | None


@dataclass(frozen=True)
class Ended:
    """A finished set: its poses, and its recording if one was asked for."""

    poses: PoseSequence
    recording: Path | None


class LiveVideo(VideoProcessorBase):
    """One visit to the camera. ``open_engine`` is called in a thread; until it is done the picture is only shown."""

    def __init__(self, setup: Setup, catalogue: Catalogue, open_engine: Callable[[], LiveEngine]) -> None:
        self.setup = setup
        self.seen: Seen | None = None
        self.error: str | None = None
        self.ended = threading.Event()
        self._run: LiveRun | None = None
        self._engine: LiveEngine | None = None
        self._recorder: Recorder | None = None
        self._index = 0
        self._taken = False
        self._cue: tuple[LiveCue, float] | None = None
        self._done: deque[tuple[float, float]] = deque(maxlen=_RECENT)  # when, and how long
        self._working = threading.Lock()
        self.opening = threading.Thread(target=self._open, args=(catalogue, open_engine), daemon=True)
        self.opening.start()

    def _open(self, catalogue: Catalogue, open_engine: Callable[[], LiveEngine]) -> None:
        setup = self.setup
        try:
            engine = open_engine()
        except FormcheckError as error:
            self.error = str(error)
            return
        # the engine's first frame costs a second; not the athlete's
        engine.push(Frame(0, 0.0, np.zeros((360, 640, 3), np.uint8)))
        engine.reset()
        self._engine = engine
        self._run = LiveRun(
            catalogue, engine, setup.exercise, setup.options, countdown_s=setup.countdown_s, source=setup.name
        )

    def recv(self, frame: VideoFrame) -> VideoFrame:
        """Work on the newest frame."""
        with self._working:
            began = time.monotonic()
            rgb = frame.to_ndarray(format="rgb24")
            shot = None if self._run is None or self.ended.is_set() else self._step(frame, rgb)
            picture = mirrored(rgb) if self.setup.mirror else rgb
            if shot is not None:
                paint(picture, shot, self.setup.mirror)
                self._tell(shot, began, time.monotonic())
            return VideoFrame.from_ndarray(picture, format="rgb24")

    def _step(self, frame: VideoFrame, rgb: np.ndarray) -> Shot | None:
        assert self._run is not None
        one = Frame(self._index, float(frame.pts * frame.time_base), rgb)
        self._index += 1
        shot = self._run.push(one)
        if shot is not None and shot.stage == "set" and self.setup.record is not None:
            if self._recorder is None:
                self._recorder = Recorder(self.setup.record)
                self._recorder.__enter__()
            self._recorder.add(one)
        return shot

    def _tell(self, shot: Shot, began: float, ended: float) -> None:
        self._done.append((ended, ended - began))
        cue = shot.update.cue
        if shot.update.new_cue and cue is not None:
            self._cue = (cue, shot.update.time_s - cue.earned_at_s + ended - began)
        self.seen = Seen(shot, self._pace(), *(self._cue or (None, None)))

    def _pace(self) -> Pace | None:
        if len(self._done) < 10:
            return None
        span_s = self._done[-1][0] - self._done[0][0]
        return Pace((len(self._done) - 1) / span_s, float(np.mean([spent for _, spent in self._done])))

    def on_ended(self) -> None:
        """The camera was stopped or the page left."""
        self.ended.set()

    def take(self) -> Ended | None:
        """The set, once; None if it never began or was taken. Waits for the frame at work and for the recording."""
        self.ended.set()
        with self._working:
            if self._taken:
                return None
            self._taken = True
            poses = self._run.poses() if self._run is not None else None
            recording = self._close_recording()
            if self._engine is not None:
                self._engine.close()
            return None if poses is None else Ended(poses, recording)

    def _close_recording(self) -> Path | None:
        if self._recorder is None:
            return None
        with suppress(FormcheckError):  # a full disk: the set is scored without its video
            self._recorder.__exit__(None, None, None)
        return self._recorder.path if self._recorder.path.is_file() else None
