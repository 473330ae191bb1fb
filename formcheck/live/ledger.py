"""The steps of one exercise in a set, each with the value of every measure, as the core's rules take them.

The window of a look forgets; a ledger does not. It holds one number a step and measure, so that what is relative to
the athlete's first strides (drift, loss, stop advice) is judged over the whole set at the cost of a few columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from formcheck.core.checks.evaluate import SIGNAL_NAMES, SetData, evaluate
from formcheck.core.checks.judge import view_allows, within
from formcheck.core.gait.measures import StepTable
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.spec import Exercise, Measure
from formcheck.core.types import Lap, Signals
from formcheck.core.vocabulary import STEP_MEASURES

#: When a step is over for a measure of this phase: at its contact, its lift-off or its foot's next contact.
_ENDS: Final = {
    "contact": "contact_s", "early_stance": "off_s", "mid_drive": "off_s", "stance": "off_s",
    "swing": "next_same_s", "stride": "next_same_s",
}  # fmt: skip
_AT_CONTACT: Final = ("step_time_s", "cadence_spm", "step_length_ratio", "step_speed_ratio_s")
#: A value not to be had this long after its step's end was not seen.
GIVE_UP_S: Final = 3.0
#: Compared with the first strides of what the core is given, which in a window are not the set's.
_OF_WHOLE_LAP: Final = ("shuffle_ratio",)
_PER_STEP: Final = frozenset(q.name for q in STEP_MEASURES)
_NO_SIGNALS: Final = Signals(np.empty(0), {})


@dataclass(frozen=True)
class Column:
    """One measure of the exercise: ``raw`` as one value a step, ``kept`` as it is judged on the ledger."""

    measure: Measure
    raw: Measure
    kept: Measure
    end: str


def columns_of(exercise: Exercise) -> tuple[Column, ...]:
    """The measures that steps have; those of the whole set or its start wait for the report."""
    return tuple(c for i, m in enumerate(exercise.measures) if (c := _column(i, m)) is not None)


def _column(number: int, measure: Measure) -> Column | None:
    per_step = measure.signal in _PER_STEP
    in_window = measure.signal in SIGNAL_NAMES and measure.phase in _ENDS
    if measure.signal in _OF_WHOLE_LAP or not (per_step or in_window):
        return None
    # the name ends as the signal's does: rules that know a time by its unit still know it
    name = f"{number}:{measure.signal}"
    raw = replace(measure, relative_to_start=False)
    if per_step:
        end = "contact_s" if measure.signal in _AT_CONTACT else "next_same_s"
        return Column(measure, replace(raw, phase="stride"), replace(measure, signal=name), end)
    return Column(measure, raw, replace(measure, signal=name, phase="stride"), _ENDS[measure.phase])


@dataclass(frozen=True)
class News:
    """A value that a look has added: which column, the step's row, and when the step was over for it."""

    column: int
    row: int
    end_s: float


class Ledger:
    """Steps of one exercise. Values are entered once, when their part of the step is over, and stay."""

    def __init__(self, exercise: Exercise) -> None:
        self.columns = columns_of(exercise)
        self.judged = replace(exercise, measures=tuple(c.kept for c in self.columns))
        self._steps = np.empty((64, 6))  # number, side, lap, contact_s, off_s, next_same_s
        self._values = np.full((64, len(self.columns)), np.nan)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def add(self, number: int, side: int, lap: int, contact_s: float) -> None:
        """A new step."""
        if self._n == len(self._steps):
            self._steps = np.concatenate([self._steps, np.empty_like(self._steps)])
            self._values = np.concatenate([self._values, np.full_like(self._values, np.nan)])
        self._steps[self._n] = number, side, lap, contact_s, np.nan, np.nan
        self._n += 1

    def row_of(self, number: int) -> int | None:
        """The row of the step with this number."""
        numbers = self._steps[: self._n, 0]
        at = int(np.searchsorted(numbers, number))
        return at if at < self._n and numbers[at] == number else None

    def side(self, row: int) -> Side:
        """The step's side."""
        return SIDES[int(self._steps[row, 1])]

    def number(self, row: int) -> int:
        """The step's number in the set."""
        return int(self._steps[row, 0])

    def enter(self, data: SetData, rows: dict[int, int], lap: Lap, now_s: float) -> list[News]:
        """Take over from a look's ``data`` the values not known yet; ``rows`` maps its step numbers to rows."""
        self._take_times(data, rows)
        news: list[News] = []
        places = {int(number): i for i, number in enumerate(data.number)}
        for k, column in enumerate(self.columns):
            ends = getattr(data.table, column.end)
            over = {n: float(ends[places[n]]) for n, row in rows.items() if np.isnan(self._values[row, k])}
            waiting = {n: end_s for n, end_s in over.items() if now_s - GIVE_UP_S <= end_s <= now_s}
            if not waiting or not view_allows(column.measure, lap) or data.fps < column.measure.min_fps:
                continue
            values = _values(column.raw, data)
            for number in waiting.keys() & values.keys():
                self._values[rows[number], k] = values[number]
                news.append(News(k, rows[number], waiting[number]))
        return news

    def _take_times(self, data: SetData, rows: dict[int, int]) -> None:
        for i, number in enumerate(data.number.tolist()):
            row = rows.get(int(number))
            if row is None:
                continue
            for place, found in ((4, data.table.off_s[i]), (5, data.table.next_same_s[i])):
                if np.isnan(self._steps[row, place]):
                    self._steps[row, place] = found

    def data(self, laps: dict[int, Lap], fps: float) -> SetData:
        """The whole ledger as the core's rules take it."""
        steps = self._steps[: self._n]
        side = steps[:, 1].astype(np.intp)
        contact = steps[:, 3]
        step_time = np.diff(contact, prepend=np.nan)
        step_time[1:][side[1:] == side[:-1]] = np.nan
        mine = sorted({int(lap) for lap in steps[:, 2]})
        return SetData(
            signals=_NO_SIGNALS,
            laps=tuple(replace(laps[i], index=i) for i in mine),
            table=StepTable(side, contact, steps[:, 4], steps[:, 5], step_time),
            number=steps[:, 0],
            lap=steps[:, 2],
            values={c.kept.signal: self._values[: self._n, k] for k, c in enumerate(self.columns)},
            set_values={},
            fps=fps,
        )


def seen_well(measure: Measure, data: SetData) -> SetData | None:
    """The data of the laps whose view shows the measure; None if there is none."""
    laps = [lap for lap in data.laps if view_allows(measure, lap)]
    return within(data, laps) if laps else None


def _values(measure: Measure, data: SetData) -> dict[int, float]:
    """Value by step number."""
    sides: tuple[Side | None, ...] = SIDES if measure.side == "each" else (None,)
    found: dict[int, float] = {}
    for side in sides:
        series = evaluate(measure, data, side)
        found.update(zip(series.step.astype(int).tolist(), series.value.tolist(), strict=True))
    return found
