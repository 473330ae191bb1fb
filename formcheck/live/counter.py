"""Steps of a set, counted once each: contacts that looks agree on, in order, never taken back.

A contact counts when the way the athlete walks has been the same for a while and the contact itself lies a moment
back; from then on later looks only add values to it. Keeps a ``Ledger`` for each exercise of the set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from formcheck.core.gait.contacts import SAME_CONTACT_SHARE
from formcheck.core.gait.foot_course import MIN_STRIDE_S
from formcheck.core.laps import LapSteps
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.spec import Catalogue
from formcheck.core.types import Lap
from formcheck.live.ledger import Ledger, News
from formcheck.live.watch import Look, foresee

SETTLE_S: Final = 0.1  # a contact younger than this may still move
STEADY_S: Final = 0.5  # the way of walking must have been the same for this long
LEAST_CONTACTS: Final = 3
#: The same contact in two looks: nearer than half of the shortest stride.
_SAME_S: Final = 0.5 * MIN_STRIDE_S
_SAME_LAP: Final = ("direction", "gait", "facing", "exercise")


@dataclass(frozen=True)
class Counted:
    """A step: its number in the set, side and contact."""

    number: int
    side: Side
    contact_s: float


class StepCounter:
    """Counts steps from looks in order of time."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.steps: list[Counted] = []
        self.ledgers: dict[str, Ledger] = {}
        self.laps: dict[int, Lap] = {}
        self._way: tuple[str, ...] = ()
        self._way_since_s = 0.0

    def take(self, seen: Look) -> list[tuple[str, News]]:
        """Count what is new in a look; returns the new values with their exercise."""
        lap = seen.lap
        if lap is None or len(lap.table.side) < LEAST_CONTACTS:
            return []
        way = (lap.lap.direction, lap.lap.gait, lap.lap.facing)
        if way != self._way:
            self._way, self._way_since_s = way, seen.time_s
        if seen.time_s - self._way_since_s < STEADY_S:
            return []
        numbers = self._numbers(lap, seen.time_s)
        return self._enter(seen, lap, numbers)

    def _numbers(self, lap: LapSteps, now_s: float) -> dict[int, int]:
        """Step of the look (its number there) to step of the set; new ones are counted."""
        found: dict[int, int] = {}
        stride_s = _stride_s(lap)
        sides = [SIDES[k] for k in lap.table.side]
        for i, (side, contact_s) in enumerate(zip(sides, lap.table.contact_s.tolist(), strict=True)):
            known = self._known(side, contact_s)
            if known is None and now_s - contact_s >= SETTLE_S and self._follows(side, contact_s, stride_s):
                known = Counted(len(self.steps), side, contact_s)
                self.steps.append(known)
                self._open(known, lap)
            if known is not None:
                found[lap.first + i] = known.number
        return found

    def _known(self, side: Side, contact_s: float) -> Counted | None:
        for step in reversed(self.steps):
            if step.contact_s < contact_s - _SAME_S:
                return None
            if step.side == side and abs(step.contact_s - contact_s) <= _SAME_S:
                return step
        return None

    def _follows(self, side: Side, contact_s: float, stride_s: float) -> bool:
        """Whether the contact comes after all counted ones, and is no double of its foot's last one."""
        if not self.steps:
            return True
        mine = next((s for s in reversed(self.steps) if s.side == side), None)
        after = contact_s > self.steps[-1].contact_s
        return after and (mine is None or contact_s - mine.contact_s >= SAME_CONTACT_SHARE * stride_s)

    def _open(self, step: Counted, lap: LapSteps) -> None:
        number = self._lap_number(lap.lap)
        exercise = lap.lap.exercise
        if exercise not in self._catalogue.exercises:
            return
        if exercise not in self.ledgers:
            self.ledgers[exercise] = Ledger(self._catalogue.exercises[exercise])
        self.ledgers[exercise].add(step.number, SIDES.index(step.side), number, step.contact_s)

    def _lap_number(self, lap: Lap) -> int:
        """The set's own number of the lap that goes on; a new one when the way or the exercise changes."""
        number = len(self.laps) - 1 if self._goes_on(lap) else len(self.laps)
        self.laps[number] = replace(lap, index=number)
        return number

    def _goes_on(self, lap: Lap) -> bool:
        last = self.laps.get(len(self.laps) - 1)
        return last is not None and all(getattr(last, name) == getattr(lap, name) for name in _SAME_LAP)

    def _enter(self, seen: Look, lap: LapSteps, numbers: dict[int, int]) -> list[tuple[str, News]]:
        news: list[tuple[str, News]] = []
        if not numbers:
            return news
        if self._goes_on(lap.lap):
            self._lap_number(lap.lap)  # its view is known better by now
        data = foresee(seen, lap)
        for exercise, ledger in self.ledgers.items():
            rows = {there: row for there, number in numbers.items() if (row := ledger.row_of(number)) is not None}
            if rows:
                news += [(exercise, item) for item in ledger.enter(data, rows, lap.lap, seen.time_s)]
        return news


def _stride_s(lap: LapSteps) -> float:
    strides = lap.table.next_same_s - lap.table.contact_s
    strides = strides[np.isfinite(strides)]
    return float(np.median(strides)) if strides.size else MIN_STRIDE_S
