"""The live page's video: each newest camera picture through a ``LiveRun``, and what to draw over it back.

The browser keeps the picture it sent and draws on it what comes back, so no picture is ever sent from here. Runs
apart from Streamlit's scripts: between the start of a set and its end no script runs at all.
"""

from __future__ import annotations

import io
import json
import math
import secrets
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from formcheck import texts
from formcheck.app import server, settings
from formcheck.app.jobs.store import Job, JobStore
from formcheck.app.run import POSES
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Frame, PoseSequence
from formcheck.engines.base import LiveEngine
from formcheck.errors import FormcheckError
from formcheck.io import pose_file
from formcheck.live.recorder import Recorder
from formcheck.live.run import COUNTDOWN_S, LiveRun, Shot
from formcheck.live.wire import to_wire

#: What comes before the JPEG: the picture's number, and its time in seconds by the browser's clock.
HEADER: Final = struct.Struct("<Id")
MOST_SIDE_PX: Final = 1920
_RECENT: Final = 90  # frames that the pace is told from
PAUSE_S: Final = 1.0


@dataclass(frozen=True)
class Setup:
    """What the page asked for. ``record`` is a file, or None to keep nothing; ``told`` are the run's options."""

    exercise: str
    options: ScoreOptions
    name: str
    record: Path | None = None
    countdown_s: float = COUNTDOWN_S
    owner: str = "local"
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """Frames worked on in a second, and how long one takes."""

    fps: float
    frame_s: float


@dataclass(frozen=True)
class Ended:
    """A finished set: its poses, and its recording if one was asked for."""

    poses: PoseSequence
    recording: Path | None


class LiveVideo:
    """One visit to the camera. ``open_engine`` is called in a thread; until it is done nothing is answered but that.

    ``visit`` is the secret under which the browser that began it sends its pictures.
    """

    def __init__(self, setup: Setup, catalogue: Catalogue, open_engine: Callable[[], LiveEngine]) -> None:
        self.setup = setup
        self.visit = secrets.token_urlsafe(24)
        self.error: str | None = None
        self._language = texts.language()  # of the page that began it; pictures come in other threads
        self._run: LiveRun | None = None
        self._engine: LiveEngine | None = None
        self._recorder: Recorder | None = None
        self._index = 0
        self._zero_s: float | None = None  # the first picture's time; a browser's own begin anywhere
        self._taken = False
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

    def answer(self, message: bytes) -> str:
        """Work on the newest picture; the JSON of what to draw over it. ValueError for what is no picture."""
        with self._working, texts.speaking(self._language):
            began = time.monotonic()
            if self._done and began - self._done[-1][0] > PAUSE_S:
                self._done.clear()  # the pace is told anew after the page was away
            number, time_s, rgb = read_message(message)
            said: dict[str, Any] = {"id": number}
            if self.error is not None:
                said["error"] = self.error
            elif self._run is None:
                said["loading"] = True
            elif not self._taken and (shot := self._step(time_s, rgb)) is not None:
                said |= to_wire(shot, (rgb.shape[1], rgb.shape[0]))
                ended = time.monotonic()
                self._done.append((ended, ended - began))
                if (pace := self.pace) is not None:
                    said |= {"fps": round(pace.fps, 1), "frame_ms": round(1e3 * pace.frame_s, 1)}
            return json.dumps(said, separators=(",", ":"))

    def _step(self, time_s: float, rgb: np.ndarray) -> Shot | None:
        assert self._run is not None
        if self._zero_s is None:
            self._zero_s = time_s
        one = Frame(self._index, time_s - self._zero_s, rgb)
        self._index += 1
        shot = self._run.push(one)
        if shot is not None and shot.stage == "set" and self.setup.record is not None:
            if self._recorder is None:
                self._recorder = Recorder(self.setup.record)
                self._recorder.__enter__()
            self._recorder.add(one)
        return shot

    @property
    def pace(self) -> Pace | None:
        """Over the last seconds; None before there are enough frames."""
        if len(self._done) < 10:
            return None
        span_s = self._done[-1][0] - self._done[0][0]
        return Pace((len(self._done) - 1) / span_s, float(np.mean([spent for _, spent in self._done])))

    def take(self) -> Ended | None:
        """The set, once; None if it never began or was taken. Waits for the frame at work and for the recording."""
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


def scratch(suffix: str) -> Path:
    """A name for a file of a set that is not a run yet; forgotten after a day like an upload that became none."""
    folder = server.uploads_dir(settings.load())
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".live-{secrets.token_hex(8)}{suffix}"


def as_run(video: LiveVideo) -> str | None:
    """The set that has ended becomes a run, as an upload does; its ticket, or None if it never began.

    OSError or FormcheckError where that cannot be.
    """
    ended, asked = video.take(), video.setup
    if ended is None:
        return None
    poses = scratch(".npz")
    pose_file.save(poses, ended.poses)
    job = Job("", asked.name, asked.exercise, asked.owner, dict(asked.told))
    return JobStore(settings.load().runs_dir).create(job, upload=ended.recording, beside={POSES: poses})


def read_message(message: bytes) -> tuple[int, float, np.ndarray]:
    """A picture's number, time and RGB; ValueError for anything else."""
    if len(message) <= HEADER.size:
        raise ValueError(f"expected a header and a JPEG, got {len(message)} bytes")
    number, time_s = HEADER.unpack_from(message)
    if not math.isfinite(time_s):
        raise ValueError(f"expected a time in seconds, got {time_s}")
    jpeg = message[HEADER.size :]
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:  # reads the header only
            side = max(image.size)
    except OSError as error:
        raise ValueError("expected a JPEG") from error
    if side > MOST_SIDE_PX:
        raise ValueError(f"expected a picture of at most {MOST_SIDE_PX} pixels a side, got {side}")
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("expected a whole JPEG")
    return number, time_s, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
