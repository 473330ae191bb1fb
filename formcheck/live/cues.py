"""Which one thing to say now: faults that finished steps have earned, and when a cue may be shown.

What a fault is, how long it must last and what is said stand in the exercise file; here is only one cue at a time:
the most important first, shown long enough to be read, and not again too soon. Times are the video's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite
from typing import Final

import numpy as np

from formcheck.core.checks.evaluate import Series, evaluate
from formcheck.core.checks.judge import SEVERITY, badness
from formcheck.core.skeleton import Side
from formcheck.core.spec import Measure
from formcheck.core.types import FindingSide, Lap, Verdict
from formcheck.live.ledger import Ledger, News, seen_well
from formcheck.texts import t
from formcheck.texts.sentences import said

#: A fault's persistence is asked of this many of the newest steps, not of the set: a cue is about now.
RECENT_STEPS: Final = 6
#: A cue comes while the athlete still feels the step, within 0.3 s, of which the way to the screen takes 0.07 s. Later
#: it is left for the report.
FRESH_S: Final = 0.225
#: Figures over the whole set (rhythm, symmetry) speak from this many steps on.
LEAST_FOR_SET: Final = 10


@dataclass(frozen=True)
class LiveCue:
    """What to tell the athlete. ``earned_at_s`` is the end of the step that earned it, ``step`` its number."""

    id: str  # the check's
    text: str
    side: FindingSide
    severity: Verdict
    step: int
    earned_at_s: float
    shown_at_s: float

    @property
    def check(self) -> str:
        """The check's id, as a finding has it: drawing marks its joints."""
        return self.id

    @property
    def verdict(self) -> Verdict:
        """The severity, as a finding has it."""
        return self.severity

    @property
    def spoken(self) -> str:
        """As a voice says it."""
        if self.side == "both":
            return said(self.text)
        return t("picture.cue_spoken", side=t(f"picture.{self.side}"), cue=said(self.text))


@dataclass(frozen=True)
class Fault:
    """A check at fault in the newest step."""

    measure: Measure
    side: Side | None
    verdict: Verdict
    low: bool
    bad: float
    step: int
    end_s: float

    @property
    def weight(self) -> tuple[float, ...]:
        """The exercise file's priority, then the verdict; smaller matters more."""
        return self.measure.priority, -SEVERITY[self.verdict]

    @property
    def rank(self) -> tuple[float, ...]:
        """Sorts the most important first."""
        return *self.weight, -self.bad

    @property
    def text(self) -> str:
        """What the exercise file has to say of it; "" if nothing."""
        return (self.measure.cue_low if self.low else self.measure.cue) or self.measure.cue or self.measure.cue_low


def faults(ledger: Ledger, news: list[News], laps: dict[int, Lap], fps: float) -> list[Fault]:
    """The faults that the ledger's newest values show, the most important first."""
    data = ledger.data(laps, fps)
    found: list[Fault] = []
    for k in sorted({item.column for item in news}):
        column = ledger.columns[k]
        usable = seen_well(column.measure, data)
        if usable is None:
            continue
        for side, item in _newest(ledger, column.measure, [n for n in news if n.column == k]).items():
            series = evaluate(column.kept, usable, side)
            fault = _fault(column.measure, series, side, ledger.number(item.row), item.end_s)
            if fault is not None and fault.text:
                found.append(fault)
    return sorted(found, key=lambda fault: fault.rank)


def _newest(ledger: Ledger, measure: Measure, news: list[News]) -> dict[Side | None, News]:
    """The newest value for each side that is judged by itself, else for both."""
    out: dict[Side | None, News] = {}
    for item in sorted(news, key=lambda item: item.row):
        out[ledger.side(item.row) if measure.side == "each" else None] = item
    return out


def _fault(measure: Measure, series: Series, side: Side | None, step: int, end_s: float) -> Fault | None:
    """The fault in a series of which the newest value is ``step``'s; None where it is good or too little is seen."""
    if series.set_level:
        if len(series.members) < LEAST_FOR_SET:
            return None
        values = series.value
        need = 1
    else:
        values = series.value[-RECENT_STEPS:]
        if not len(values) or len(series.value) < measure.min_steps or int(series.step[-1]) != step:
            return None
        need = max(measure.persist_steps, ceil(measure.persist_share * len(values)))
    bad = badness(measure.band, values)
    if bad[-1] == 0 or np.count_nonzero(bad) < need:
        return None
    speaking = values[np.argsort(-bad, kind="stable")[need - 1]]
    low = bool(isfinite(measure.band.good_min) and values[-1] < measure.band.good_min)
    return Fault(measure, side, measure.band.verdict(float(speaking)), low, float(bad[-1]), step, end_s)


class CuePicker:
    """Shows one cue at a time.

    ``gap_s`` from one cue to the next, or ``least_s`` to a more important one; ``show_s`` on show otherwise; and
    ``again_s`` until the same is said again.
    """

    def __init__(self, gap_s: float = 4.0, show_s: float = 3.5, again_s: float = 10.0, least_s: float = 1.5) -> None:
        self._gap_s, self._again_s = gap_s, again_s
        self._show_s, self._least_s = min(show_s, gap_s), least_s
        self._current: LiveCue | None = None
        self._last_s = -np.inf
        self._last_weight: tuple[float, ...] = ()
        self._said_s: dict[tuple[str, FindingSide], float] = {}

    def offer(self, found: list[Fault], now_s: float) -> LiveCue | None:
        """A new cue, if one of the faults (most important first) has earned it and may be said now."""
        since_s = now_s - self._last_s
        if since_s < min(self._least_s, self._gap_s):
            return None
        for fault in found:
            if since_s < self._gap_s and fault.weight >= self._last_weight:
                break  # sorted: those after it matter no more
            side: FindingSide = fault.side or "both"
            key = (fault.measure.check, side)
            if now_s - fault.end_s <= FRESH_S and now_s - self._said_s.get(key, -np.inf) >= self._again_s:
                self._said_s[key] = self._last_s = now_s
                self._last_weight = fault.weight
                self._current = LiveCue(key[0], fault.text, side, fault.verdict, fault.step, fault.end_s, now_s)
                return self._current
        return None

    def current(self, now_s: float) -> LiveCue | None:
        """The cue on show, if any."""
        if self._current is not None and now_s - self._current.shown_at_s > self._show_s:
            self._current = None
        return self._current

    def clear(self) -> None:
        """Take the cue off: the athlete is out of sight."""
        self._current = None
