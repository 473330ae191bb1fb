"""How much a check's value varies from step to step within a set: what a change must exceed to be news.

Works from a report and its signals alone, so that stored runs can be compared. Pure; no files.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.core.checks.evaluate import SetData, evaluate
from formcheck.core.checks.judge import view_allows, within
from formcheck.core.gait.measures import StepTable
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.spec import Catalogue, Measure
from formcheck.core.types import Array, Finding, Report, Signals, Step
from formcheck.core.vocabulary import STEP_MEASURES

Spread = tuple[float | None, int]  # SD over the steps and their number; None and 0 where there is none
UNKNOWN: Spread = (None, 0)
#: Statistics of the set whose value is one of the steps' own: their spread is the steps' spread.
_OF_STEPS = ("mean", "median", "min", "max")


def spreads(report: Report, signals: Signals, catalogue: Catalogue) -> dict[int, Spread]:
    """(SD, n) for each finding that was assessed from at least two steps, by its place in the report."""
    data = {key: _set_data(report, signals, key) for key in {lap.exercise for lap in report.laps}}
    found: dict[int, Spread] = {}
    for place, finding in enumerate(report.findings):
        exercise = finding.exercise or report.exercise
        measure = _measure(finding, exercise, catalogue)
        if finding.verdict == "not_assessed" or measure is None or exercise not in data:
            continue
        spread = _spread(measure, finding, data[exercise])
        if spread != UNKNOWN:
            found[place] = spread
    return found


def _measure(finding: Finding, exercise: str, catalogue: Catalogue) -> Measure | None:
    spec = catalogue.exercises.get(exercise)
    fits = (m for m in (spec.measures if spec else ()) if (m.check, m.title) == (finding.check, finding.measure))
    return next(fits, None)


def _spread(measure: Measure, finding: Finding, data: SetData) -> Spread:
    laps = [lap for lap in data.laps if view_allows(measure, lap)]
    side: Side | None = finding.side if finding.side in SIDES else None  # type: ignore[assignment]
    seen = within(data, laps)
    values = evaluate(measure, seen, side).value
    if measure.phase == "set":
        values = _steps_behind(measure, seen, side)
    finite = values[np.isfinite(values)]
    return (float(np.std(finite, ddof=1)), len(finite)) if len(finite) > 1 else UNKNOWN


def _steps_behind(measure: Measure, data: SetData, side: Side | None) -> Array:
    if measure.statistic not in _OF_STEPS or measure.signal not in data.values:
        return np.empty(0)
    values = data.values[measure.signal]
    return values if side is None else values[data.table.side == SIDES.index(side)]


def _set_data(report: Report, signals: Signals, exercise: str) -> SetData:
    laps = tuple(lap for lap in report.laps if lap.exercise == exercise)
    kept = [step for step in report.steps if step.lap in {lap.index for lap in laps}]
    table = StepTable(
        np.array([SIDES.index(step.side) for step in kept], dtype=np.intp),
        np.array([step.contact_s for step in kept], dtype=np.float64),
        np.array([step.off_s for step in kept], dtype=np.float64),
        _next_same(kept),
        np.array([step.measures.get("step_time_s", np.nan) for step in kept], dtype=np.float64),
    )
    return SetData(
        signals=signals, laps=laps, table=table,
        number=np.array([step.index for step in kept], dtype=np.float64),
        lap=np.array([step.lap for step in kept], dtype=np.float64),
        values={q.name: np.array([s.measures.get(q.name, np.nan) for s in kept]) for q in STEP_MEASURES},
        set_values={}, fps=report.video.fps,
    )  # fmt: skip


def _next_same(steps: Sequence[Step]) -> Array:
    """The same foot's next contact in the same lap; NaN for a foot's last."""
    out = np.full(len(steps), np.nan)
    for i, step in enumerate(steps):
        later = (s.contact_s for s in steps[i + 1 :] if s.side == step.side and s.lap == step.lap)
        out[i] = next(later, np.nan)
    return out
