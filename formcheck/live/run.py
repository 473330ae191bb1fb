"""A set from stepping into the picture to its end: framing, countdown, the set itself, its report.

Shared by the window and the page. Driven by the frames' own times; holds the engine, draws nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

import numpy as np

from formcheck.core.pipeline import AUTO
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Analysis, Frame, PoseSequence
from formcheck.engines.base import LiveEngine
from formcheck.live.buffer import no_pose
from formcheck.live.session import LOST_S, LiveSession
from formcheck.live.update import LiveSettings, LiveUpdate

Stage = Literal["framing", "countdown", "set"]

READY_S: Final = 1.0  # the whole body must have been in the picture for this long
COUNTDOWN_S: Final = 3.0
#: A time without frames is kept as frames without a body, no more of them than this.
MOST_MISSING: Final = 2000


@dataclass(frozen=True)
class Shot:
    """One frame's stage with its update. ``countdown`` is the number to show, 3, 2, 1; None outside it."""

    stage: Stage
    update: LiveUpdate
    countdown: int | None = None


class LiveRun:
    """Takes frames; ``countdown_s`` None begins the set with the first frame, without waiting for anything."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: LiveEngine,
        exercise: str = AUTO,
        options: ScoreOptions | None = None,
        settings: LiveSettings | None = None,
        countdown_s: float | None = COUNTDOWN_S,
        source: str = "live",
    ) -> None:
        self._engine = engine
        self._arguments = (catalogue, exercise, engine, options, settings)
        self._source = source
        self._countdown_s = countdown_s
        self._session = self._new_session()
        self._ready_since_s: float | None = None
        self._set = countdown_s is None
        self._last_s: float | None = None
        self._apart_s: deque[float] = deque(maxlen=30)  # the last frames

    def _new_session(self) -> LiveSession:
        return LiveSession(*self._arguments, source=self._source)

    @property
    def begun(self) -> bool:
        """Whether the set has begun."""
        return self._set

    def push(self, frame: Frame) -> Shot | None:
        """The next frame; None for one that is not later than the last."""
        self._bridge(frame.time_s)
        update = self._session.push(frame)
        if update is None or self._set or self._countdown_s is None:
            return None if update is None else Shot("set", update)
        if update.status != "ok":
            self._ready_since_s = None
            return Shot("framing", update)
        if self._ready_since_s is None:
            self._ready_since_s = update.time_s
        left_s = READY_S + self._countdown_s - (update.time_s - self._ready_since_s)
        if left_s > self._countdown_s:
            return Shot("framing", update)
        if left_s <= 0:  # the next frame is the set's first
            self._set = True
            self._session = self._new_session()
        return Shot("countdown", update, max(1, ceil(left_s)))

    def _bridge(self, time_s: float) -> None:
        """A camera that was away saw nobody meanwhile: no step reaches over the gap."""
        last_s = self._last_s
        if last_s is not None and time_s <= last_s:
            return
        self._last_s = time_s
        if last_s is None:
            return
        gap_s = time_s - last_s
        if gap_s <= LOST_S:
            self._apart_s.append(gap_s)
            return
        self._ready_since_s = None
        every_s = max(float(np.median(self._apart_s)) if self._apart_s else LOST_S, gap_s / MOST_MISSING)
        for missing in range(1, int(gap_s / every_s)):
            self._session.push(no_pose(last_s + missing * every_s))

    def poses(self) -> PoseSequence | None:
        """The set's poses; None if it never began."""
        poses = self._session.poses() if self._set else None
        return poses if poses is not None and len(poses.time_s) > 1 else None

    def finish(self, created_at: str = "", version: str = "") -> Analysis | None:
        """The same report as of an upload of the set; None if the set never began."""
        return None if self.poses() is None else self._session.finish(created_at, version, causal=False)
