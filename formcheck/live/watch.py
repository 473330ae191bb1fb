"""One look at the last seconds of a set: the core's own stages, up to laps with steps. Decides nothing itself.

A step of which the end is not in the window yet may be closed by ``foresee``: it then ends when the athlete's own
last ones would have. So a verdict need not wait for the next swing to prove that this one is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

import numpy as np

from formcheck.core.body.course import plot_course
from formcheck.core.checks.evaluate import SetData
from formcheck.core.clean.prepare import prepare
from formcheck.core.gait.measures import StepTable, step_measures
from formcheck.core.gait.tracks import Track, follow
from formcheck.core.laps import LapSteps, lay_out, named, set_data
from formcheck.core.pipeline import AUTO, choose
from formcheck.core.signals.columns import measure_signals
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Array, PoseSequence, Signals

#: Measures of a step that are times: never from a foreseen end.
_TIMES: Final = ("stride_time_s", "stance_s", "swing_s")
_FRAMES_NEEDED: Final = 20
EXERCISE_STEADY_S: Final = 1.0  # a newly recognised exercise must have been so for this long


@dataclass(frozen=True)
class Look:
    """What the core sees in the window: laps with their exercise, in order; the newest track of the body."""

    time_s: float
    signals: Signals
    laps: tuple[LapSteps, ...]
    track: Track | None
    leg_px: float
    fps: float
    exercise: str
    confidence: float

    @property
    def lap(self) -> LapSteps | None:
        """The lap that is going on; None between laps."""
        newest = self.laps[-1] if self.laps else None
        return newest if newest is not None and self.track is not None and newest.track is self.track else None


def look(pose: PoseSequence, catalogue: Catalogue, exercise: str, options: ScoreOptions) -> Look | None:
    """Look at a window (``exercise`` as in ``score_pose``); None where there is no body to look at."""
    if len(pose.time_s) < _FRAMES_NEEDED:
        return None
    clean = prepare(pose, causal=True)
    if not isfinite(clean.leg_px):
        return None
    course = plot_course(clean)
    tracks = follow(clean, course)
    signals = measure_signals(clean, course, tracks)
    laps = lay_out(signals, tracks)
    choice = choose(clean, signals, laps, catalogue, exercise, options)
    return Look(
        time_s=float(pose.time_s[-1]),
        signals=signals,
        laps=tuple(choice.laps),
        track=tracks[-1] if tracks else None,
        leg_px=clean.leg_px,
        fps=clean.fps,
        exercise=choice.exercise,
        confidence=choice.confidence,
    )


def foresee(seen: Look, lap: LapSteps) -> SetData:
    """The lap's steps as the core's checks take them, open ends that lie in the past closed."""
    table = _closed(lap.table, seen.time_s)
    if table is None:
        return set_data(seen.signals, [lap], seen.fps)
    values = step_measures(seen.signals, lap.track, table)
    for name in _TIMES:
        if name in lap.values:
            values[name] = lap.values[name]
    return set_data(seen.signals, [replace(lap, table=table, values=values)], seen.fps)


def _closed(table: StepTable, now_s: float) -> StepTable | None:
    """The table with lift-offs and next contacts foreseen where they must have been by now; None if none is."""
    off = _expected(table.contact_s, table.off_s, table.side)
    again = _expected(table.contact_s, table.next_same_s, table.side)
    followed = np.zeros(len(table.side), dtype=bool)  # the other foot has landed: this step is left behind
    followed[:-1] = True
    open_off = ~np.isfinite(table.off_s) & (off <= now_s) & followed
    open_again = ~np.isfinite(table.next_same_s) & (again <= now_s) & followed
    open_again &= again >= table.contact_s[-1]  # else a contact was missed, and the step is no whole one
    if not (open_off.any() or open_again.any()):
        return None
    return replace(
        table,
        off_s=np.where(open_off, off, table.off_s),
        next_same_s=np.where(open_again, again, table.next_same_s),
    )


def _expected(contact_s: Array, end_s: Array, side: Array) -> Array:
    """(n,) each contact plus its side's usual time to ``end_s``; NaN where a side has none."""
    out = np.full(len(contact_s), np.nan)
    for k in (0, 1):
        mine = side == k
        usual = (end_s - contact_s)[mine & np.isfinite(end_s)]
        if usual.size:
            out[mine] = contact_s[mine] + float(np.median(usual[-4:]))
    return out


class Recognised:
    """The exercise of the lap that goes on; one newly recognised must stay so for a while before it counts."""

    def __init__(self, asked: str) -> None:
        self.current: str | None = None
        self._auto = asked == AUTO
        self._next: tuple[str, float] | None = None

    def name(self, seen: Look) -> Look:
        """The look with its last lap named steadily."""
        lap = seen.lap
        if lap is None:
            return seen
        found = lap.lap.exercise
        if self._auto and self.current is not None and found != self.current:
            if self._next is None or self._next[0] != found:
                self._next = (found, seen.time_s)
            if seen.time_s - self._next[1] < EXERCISE_STEADY_S:
                steady = named(lap, self.current)
                return replace(seen, laps=(*seen.laps[:-1], steady))
        self.current, self._next = found, None
        return seen
