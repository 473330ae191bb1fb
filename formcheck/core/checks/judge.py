"""Values against bands: a ``Finding`` for each check and side, with its persistence, onset and worst moment.

A fault must persist: the value reported is the one that at least k steps reach, k from the measure's
``persist_steps`` and ``persist_share``, and the verdict is that value's. A set-level value stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf, isfinite

import numpy as np

from formcheck.core.body.course import yaw_off_deg
from formcheck.core.checks.evaluate import Series, SetData, evaluate
from formcheck.core.phrases import FILMED, OR, say
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.spec import Band, Catalogue, Exercise, Measure
from formcheck.core.types import Array, Finding, FindingSide, Lap, Verdict

SEVERITY: dict[Verdict, int] = {"not_assessed": -1, "good": 0, "minor": 1, "major": 2}


@dataclass(frozen=True)
class Context:
    """What confidence rests on beside the numbers."""

    side_visibility: dict[str, float]  # mean leg visibility, 0..1, left and right
    coverage: float


def judge(exercise: Exercise, data: SetData, catalogue: Catalogue, context: Context) -> list[Finding]:
    """One finding a check and side: the worst of its measures that could be assessed."""
    found: dict[tuple[str, FindingSide | None], list[Finding]] = {}
    for measure in exercise.measures:
        sides: tuple[Side | None, ...] = SIDES if measure.side == "each" else (None,)
        for side in sides:
            finding = _judge_one(measure, data, side, catalogue, context, exercise.id)
            found.setdefault((measure.check, finding.side), []).append(finding)
    return _merge([max(group, key=_speaks) for group in found.values()])


def _speaks(finding: Finding) -> tuple[int, float]:
    return SEVERITY[finding.verdict], -(finding.score if finding.score is not None else 1.0)


def _merge(findings: list[Finding]) -> list[Finding]:
    """A check that no side could be judged on gets one line; one judged for one leg keeps the other leg's."""
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    out: list[Finding] = []
    for group in by_check.values():
        assessed = [f for f in group if f.verdict != "not_assessed"]
        if not assessed:
            out.append(replace(group[0], side="both"))
            continue
        one_leg = all(f.side != "both" for f in assessed)
        out.extend(f for f in group if f in assessed or (one_leg and f.side != "both"))
    return out


def _judge_one(
    measure: Measure, data: SetData, side: Side | None, catalogue: Catalogue, context: Context, exercise: str
) -> Finding:
    view_laps = [lap for lap in data.laps if view_allows(measure, lap)]
    if not view_laps:
        return _unassessed(measure, side, exercise, *_view_reason(measure, data.laps, catalogue))
    if data.fps < measure.min_fps:
        needed_fps = f"{measure.min_fps:.0f}"
        reason = say("few_frames", needed=needed_fps, fps=f"{data.fps:.0f}")
        return _unassessed(measure, side, exercise, reason, say("film_faster", needed=needed_fps))
    usable = within(data, view_laps)
    series = evaluate(measure, usable, side)
    if not len(series.value):
        return _unassessed(measure, side, exercise, _empty_reason(measure, usable), "")
    needed = (measure.min_steps + 1) // 2 if side else measure.min_steps  # one leg takes every second step
    if not series.set_level and len(series.value) < needed:
        reason = say("few_steps", steps=len(series.value), needed=needed)
        return _unassessed(measure, side, exercise, reason, say("film_more_steps"))
    return _assessed(measure, series, side, exercise, _confidence(measure, series, usable, side, context))


def view_allows(measure: Measure, lap: Lap) -> bool:
    """Whether the lap's view can show the measure, within the measure's yaw gate."""
    kind = "side" if lap.view in ("left_side", "right_side") else lap.view
    shown = kind in measure.views and not _wrong_way_round(measure, lap)
    return shown and yaw_off_deg(lap.yaw_deg, kind) <= measure.max_yaw_off_deg


def _wrong_way_round(measure: Measure, lap: Lap) -> bool:
    return measure.from_ahead and abs(lap.yaw_deg) > 90.0


def within(data: SetData, laps: list[Lap]) -> SetData:
    """The same data on some of the laps only."""
    if len(laps) == len(data.laps):
        return data
    keep = np.isin(data.lap, [lap.index for lap in laps])
    table = type(data.table)(
        data.table.side[keep], data.table.contact_s[keep], data.table.off_s[keep],
        data.table.next_same_s[keep], data.table.step_time_s[keep],
    )  # fmt: skip
    values = {name: column[keep] for name, column in data.values.items()}
    return SetData(
        data.signals, tuple(laps), table, data.number[keep], data.lap[keep], values, data.set_values, data.fps
    )


def _view_reason(measure: Measure, laps: tuple[Lap, ...], catalogue: Catalogue) -> tuple[str, str]:
    wanted = OR.join(FILMED[view] for view in measure.views)
    hint = next((catalogue.film_hints[v] for v in measure.views if v in catalogue.film_hints), "")
    if not laps:
        return say("no_lap"), hint
    seen = laps[0]
    kind = "side" if seen.view in ("left_side", "right_side") else seen.view
    if kind in measure.views and _wrong_way_round(measure, seen):
        return say("from_behind"), hint
    if kind in measure.views:
        off, most = f"{yaw_off_deg(seen.yaw_deg, kind):.0f}", f"{measure.max_yaw_off_deg:.0f}"
        return say("turned", off=off, kind=kind, most=most), hint
    return say("wrong_view", views=wanted, filmed=FILMED[seen.view]), hint


def _empty_reason(measure: Measure, data: SetData) -> str:
    if measure.phase == "start" or measure.signal == "quiet_before_start_s":
        return say("no_start")
    if not len(data.number):
        return say("no_steps")
    steps = data.values.get(measure.signal, np.empty(0))
    if not measure.relative_to_start and 2 * np.isfinite(steps).sum() < len(steps):
        return say("some_steps", steps=int(np.isfinite(steps).sum()), all=len(steps))
    if measure.relative_to_start or measure.phase == "set":
        return say("too_few_to_compare", steps=len(data.number))
    return say("parts_unseen")


def _unassessed(measure: Measure, side: Side | None, exercise: str, reason: str, film: str) -> Finding:
    return Finding(
        check=measure.check, side=side or "both", verdict="not_assessed", reason=reason, value=None,
        unit=measure.unit, limits=limits(measure.band), score=None, confidence=0.0, steps=(), onset_s=None,
        worst_at_s=None, cue="", why=measure.why, source=measure.source, evidence=measure.evidence,
        statements=measure.statements, measure=measure.title, priority=measure.priority, weight=measure.weight,
        film=film, exercise=exercise,
    )  # fmt: skip


def limits(band: Band) -> dict[str, float | None]:
    """The band as the report has it: None where there is no limit."""
    names = ("good_min", "good_max", "minor_min", "minor_max")
    return {name: (v if isfinite(v := getattr(band, name)) else None) for name in names}


def badness(band: Band, values: Array) -> Array:
    """How far outside good: 0 inside, 1 at the minor limit, in widths of the minor zone beyond."""
    out = np.zeros(len(values))
    for sign, good, minor in ((1.0, band.good_max, band.minor_max), (-1.0, band.good_min, band.minor_min)):
        if not isfinite(good):
            continue
        width = abs(minor - good) if isfinite(minor) and minor != good else inf
        if not isfinite(width):
            # no end to the minor zone (or none at all): scale by the limit itself
            width = max(0.5 * abs(good), 1e-9)
        out = np.maximum(out, sign * (values - good) / width)
    return np.maximum(out, 0.0)


def score_of(bad: float) -> float:
    """1 inside good, 0.5 at the minor limit, 0 from twice that."""
    return float(max(0.0, 1.0 - 0.5 * bad))


def _assessed(measure: Measure, series: Series, side: Side | None, exercise: str, confidence: float) -> Finding:
    bad = badness(measure.band, series.value)
    order = np.argsort(-bad, kind="stable")
    need = 1 if series.set_level else max(measure.persist_steps, ceil(measure.persist_share * len(bad)))
    speaking = int(order[min(need, len(order)) - 1])
    if bad[speaking] == 0:
        speaking = int(np.argsort(series.value)[len(bad) // 2])
    value = float(series.value[speaking])
    verdict = measure.band.verdict(value)
    faulty = [i for i in range(len(bad)) if SEVERITY[measure.band.verdict(float(series.value[i]))] >= SEVERITY[verdict]]
    at_fault = verdict != "good"
    low = at_fault and value < measure.band.good_min
    return Finding(
        check=measure.check, side=side or "both", verdict=verdict, reason="", value=value, unit=measure.unit,
        limits=limits(measure.band), score=score_of(float(bad[speaking])), confidence=confidence,
        steps=_steps(series, faulty) if at_fault else (),
        onset_s=float(series.at_s[faulty[0]]) if at_fault else None,
        worst_at_s=float(series.at_s[order[0]]) if at_fault else None,
        cue=((measure.cue_low if low else measure.cue) or measure.cue or measure.cue_low) if at_fault else "",
        why=measure.why, source=measure.source, evidence=measure.evidence, statements=measure.statements,
        measure=measure.title, priority=measure.priority, weight=measure.weight, exercise=exercise,
    )  # fmt: skip


def _steps(series: Series, faulty: list[int]) -> tuple[int, ...]:
    if series.set_level:
        return series.members
    return tuple(int(series.step[i]) for i in faulty)


def _confidence(measure: Measure, series: Series, data: SetData, side: Side | None, context: Context) -> float:
    """Visibility x coverage x view fit x enough steps x the measure's own reliability, 0..1."""
    seen = context.side_visibility[side] if side else float(np.mean(list(context.side_visibility.values())))
    lap = data.laps[0]
    kind = "side" if lap.view in ("left_side", "right_side") else lap.view
    off = yaw_off_deg(lap.yaw_deg, kind)
    fit = 1.0 - 0.5 * min(1.0, off / max(measure.max_yaw_off_deg, 1.0)) if isfinite(off) else 0.5
    n = len(series.members) if series.set_level else len(series.value)
    enough = min(1.0, n / 8.0) if n else 0.5
    sure = (0.5 + 0.5 * seen) * context.coverage * fit * (0.5 + 0.5 * enough) * measure.reliability
    return float(np.clip(sure, 0.0, 1.0))
