"""A set, live: frames or poses in, one by one, a ``LiveUpdate`` for each; at the end the report of the whole set.

The only clock is the frames' own ``time_s``: the same frames give the same updates however they arrive. Numbers
come from looks at the last seconds by the core itself (``watch``), at ticks of that time; ``finish`` is the core on
everything. While the athlete is out of sight there are no numbers at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import floor
from typing import Final

import numpy as np

from formcheck.core.checks import stop
from formcheck.core.checks.recognise import UP_AND_BACK
from formcheck.core.phrases import say
from formcheck.core.pipeline import AUTO, score_pose
from formcheck.core.skeleton import SIDES
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Analysis, Direction, EngineInfo, Frame, PoseSequence, StopAdvice, VideoInfo, ViewName
from formcheck.engines.base import FramePose, LiveEngine
from formcheck.live.buffer import PoseStore, no_pose
from formcheck.live.counter import Counted, StepCounter
from formcheck.live.cues import CuePicker, faults
from formcheck.live.framing import BLIND, HINTS, Hint, body_hint, legs_seen, view_hint
from formcheck.live.rhythm import rhythm_of
from formcheck.live.update import LiveSettings, LiveUpdate, Phase, nothing
from formcheck.live.watch import Look, Recognised, look

LOST_S: Final = 0.5  # without a pose for longer than this: no reading
FRAMING_S: Final = 0.7  # what the body was like over this time decides about the framing
VIEWS: Final = ("side", "front", "back")


class LiveSession:
    """One set. ``engine`` is needed to push frames; poses carry their own landmarks, of a ``size_px`` picture.

    ``exercise`` is an id of the catalogue, ``up_and_back`` or ``auto``. KeyError if it is unknown.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        exercise: str = AUTO,
        engine: LiveEngine | None = None,
        options: ScoreOptions | None = None,
        settings: LiveSettings | None = None,
        size_px: tuple[int, int] = (1280, 720),
        source: str = "live",
    ) -> None:
        if exercise not in (AUTO, UP_AND_BACK, *catalogue.exercises):
            raise KeyError(
                f"exercise: expected one of auto, {UP_AND_BACK}, {', '.join(catalogue.exercises)}, got {exercise!r}"
            )
        self.settings = settings or LiveSettings()
        self._catalogue, self._asked, self._engine = catalogue, exercise, engine
        self._options = replace(options or ScoreOptions(), causal=True)
        self._size_px: tuple[int, int] | None = None if engine is not None else size_px
        self._source = source
        self._recent, self._whole = PoseStore(), PoseStore()
        self._counter = StepCounter(catalogue)
        self._picker = CuePicker(self.settings.cue_gap_s, self.settings.cue_show_s, self.settings.cue_again_s)
        self._exercise = Recognised(exercise)
        self._index = -1
        self._next_tick_s = -np.inf
        self._seen_s: float | None = None
        self._look: Look | None = None
        self._stop: StopAdvice | None = None
        self._hint: Hint | None = None
        self._left_out = 0
        self._shown = 1.0  # this frame's pixels in one of the set's

    def push(self, item: Frame | FramePose) -> LiveUpdate | None:
        """The next frame or pose; None for one that is not later than the last (a camera may repeat itself)."""
        pose = self._pose_of(item) if isinstance(item, Frame) else item
        if len(self._recent) and pose.time_s <= self._recent.time_s[-1]:
            return None
        return self._take(pose)

    def push_many(self, items: Iterable[Frame | FramePose]) -> list[LiveUpdate]:
        """Several in a row."""
        return [update for item in items if (update := self.push(item)) is not None]

    def poses(self) -> PoseSequence:
        """Everything kept of the set; its times count from its first frame, as a recording's do."""
        time_s = self._whole.time_s
        duration_s = float(time_s[-1] - time_s[0]) if len(time_s) else 0.0
        fps = float(1.0 / np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
        width, height = self._size_px or (0, 0)
        cut = (say("minutes_kept", minutes=f"{self.settings.keep_s / 60:.0f}"),) if self._left_out else ()
        video = VideoInfo(self._source, width, height, fps=fps, frames=len(time_s), duration_s=duration_s, warnings=cut)
        sequence = self._whole.sequence(video, self._engine_info)
        return replace(sequence, time_s=time_s - time_s[0]) if len(time_s) else sequence

    def finish(self, created_at: str = "", version: str = "", causal: bool = True) -> Analysis:
        """The report of the whole set. ``causal`` smooths one way, as live has seen it; else as of an upload."""
        options = replace(self._options, causal=causal)
        return score_pose(self.poses(), self._catalogue, self._asked, options, created_at, version)

    @property
    def counted(self) -> tuple[Counted, ...]:
        """The steps so far."""
        return tuple(self._counter.steps)

    @property
    def _engine_info(self) -> EngineInfo:
        return self._engine.info if self._engine is not None else EngineInfo("poses", "", "")

    def _pose_of(self, frame: Frame) -> FramePose:
        if self._engine is None:
            raise ValueError("a session without an engine takes poses, not frames; open one with engines.open_live")
        height, width = frame.rgb.shape[:2]
        if self._size_px is None:
            self._size_px = (width, height)
        pose = self._engine.push(frame)
        if pose is None:
            return no_pose(frame.time_s)
        # a browser changes the picture's size with the load; the set keeps its first
        self._shown = max(width / self._size_px[0], height / self._size_px[1])
        return pose if self._shown == 1.0 else replace(pose, landmarks_px=pose.landmarks_px / self._shown)

    def _take(self, pose: FramePose) -> LiveUpdate:
        self._index += 1
        self._recent.append(pose)
        self._recent.forget_before(pose.time_s - self.settings.window_s)
        self._keep(pose)
        if legs_seen(pose.landmarks_px[None], pose.visibility[None], self._size)[0]:
            self._seen_s = pose.time_s
        new_cue = self._tick(pose.time_s) if pose.time_s >= self._next_tick_s else False
        return self._update(pose, new_cue)

    @property
    def _size(self) -> tuple[int, int]:
        return self._size_px or (1, 1)

    def _keep(self, pose: FramePose) -> None:
        if not len(self._whole) or pose.time_s - self._whole.time_s[0] <= self.settings.keep_s:
            self._whole.append(pose)
        else:
            self._left_out += 1

    def _lost(self, now_s: float) -> bool:
        return self._seen_s is None or now_s - self._seen_s > LOST_S

    def _tick(self, now_s: float) -> bool:
        """Look at the window; whether a cue begins."""
        self._next_tick_s = (floor(now_s / self.settings.tick_s + 1e-9) + 1) * self.settings.tick_s - 1e-9
        self._hint = body_hint(*self._recent.latest_px(FRAMING_S), self._size)
        if self._lost(now_s):
            self._look = None
            self._picker.clear()
            return False
        video = VideoInfo(self._source, *self._size)
        seen = look(self._recent.sequence(video, self._engine_info), self._catalogue, self._asked, self._options)
        self._look = self._exercise.name(seen) if seen is not None else None
        if self._look is None:
            return False
        self._hint = self._hint or self._view_hint()
        return self._learn(self._look)

    def _view_hint(self) -> Hint | None:
        if self._view is None:
            return None
        known = self._catalogue.exercises.get(self._asked)
        return view_hint(self._view, tuple(known.camera) if known else VIEWS)

    def _learn(self, seen: Look) -> bool:
        """Count steps, judge what is new; whether a cue begins."""
        news = self._counter.take(seen)
        found = []
        for exercise in dict.fromkeys(name for name, _ in news):
            ledger = self._counter.ledgers[exercise]
            mine = [item for name, item in news if name == exercise]
            found += faults(ledger, mine, self._counter.laps, seen.fps)
            if self._stop is None:
                advice = stop.advise(ledger.judged, ledger.data(self._counter.laps, seen.fps))
                self._stop = advice if advice.advised else None
        return self._picker.offer(sorted(found, key=lambda fault: fault.rank), seen.time_s) is not None

    def _update(self, pose: FramePose, new_cue: bool) -> LiveUpdate:
        body = np.isfinite(pose.landmarks_px).any()
        drawn = (pose.landmarks_px * self._shown, pose.visibility) if body else (None, None)
        if self._lost(pose.time_s):
            self._picker.clear()
            return nothing(self._index, pose.time_s, self._hint or HINTS["nobody"], *drawn)
        rhythm = rhythm_of(self._counter.steps, pose.time_s)
        begun = bool(self._counter.steps)
        # before the first step any hint comes first; later only one that keeps the body from being measured
        framing = self._hint is not None and (not begun or self._hint.id in BLIND)
        return LiveUpdate(
            index=self._index, time_s=pose.time_s, status="framing" if framing else "ok", hint=self._hint,
            exercise=self._exercise.current, direction=None if framing else self._direction,
            view=self._view, steps=len(self._counter.steps),
            cadence_spm=None if framing else rhythm.cadence_spm,
            rhythm_cv_pct=None if framing else rhythm.cv_pct,
            phase=None if framing else self._phase(),
            cue=self._picker.current(pose.time_s), new_cue=new_cue, stop=self._stop,
            landmarks_px=drawn[0], visibility=drawn[1],
        )  # fmt: skip

    @property
    def _direction(self) -> Direction | None:
        lap = self._look.lap if self._look is not None else None
        return lap.lap.direction if lap is not None else None

    @property
    def _view(self) -> ViewName | None:
        track = self._look.track if self._look is not None else None
        return track.view if track is not None and np.isfinite(track.yaw_deg) else None

    def _phase(self) -> Phase:
        """Which feet stood when last looked at, as far as contacts and lift-offs are known."""
        lap = self._look.lap if self._look is not None else None
        if lap is None:
            return "unknown"
        down = []
        for k in range(len(SIDES)):
            mine = np.flatnonzero(lap.table.side == k)
            down.append(bool(mine.size) and bool(np.isnan(lap.table.off_s[mine[-1]])))
        names: dict[tuple[bool, bool], Phase] = {
            (True, True): "both_stance", (True, False): "left_stance", (False, True): "right_stance",
        }  # fmt: skip
        return names.get((down[0], down[1]), "unknown")
