"""When the set should have ended: the first step at which a stop rule holds and goes on holding.

A rule is a measure with ``stop_limit`` (an absolute value) or ``stop_trend`` (a change from the athlete's own
first three strides). For a loss, the series is the loss itself, stride by stride.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from formcheck.core.checks.evaluate import BASELINE_MIN, BASELINE_STEPS, Series, SetData, evaluate
from formcheck.core.checks.judge import view_allows, within
from formcheck.core.phrases import say
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.spec import Exercise, Measure
from formcheck.core.types import Array, StopAdvice

HOLD_STEPS = 3  # the rule must hold on the median of this many values in a row
NO_REASON = say("no_stop")
NOT_JUDGED = say("stop_not_judged")


def advise(exercise: Exercise, data: SetData) -> StopAdvice:
    """Stop advice for the laps of one exercise; ``reasons`` says so when there is none."""
    earliest: tuple[float, int, str] | None = None
    judged = False
    reasons: list[str] = []
    for measure in exercise.measures:
        if measure.stop_limit is None and measure.stop_trend is None:
            continue
        laps = [lap for lap in data.laps if view_allows(measure, lap)]
        if not laps:
            continue
        usable = within(data, laps)
        sides: tuple[Side | None, ...] = SIDES if measure.side == "each" else (None,)
        for side in sides:
            series = _series(measure, usable, side)
            judged = judged or len(series.value) >= HOLD_STEPS
            hit = _first_hit(measure, series)
            if hit is None:
                continue
            reasons.append(_words(measure, side, hit[2]))
            if earliest is None or hit[0] < earliest[0]:
                earliest = (hit[0], hit[1], reasons[-1])
    if earliest is None:
        return StopAdvice(False, None, None, (NO_REASON if judged else NOT_JUDGED,))
    others = [r for r in reasons if r != earliest[2]]
    return StopAdvice(True, earliest[0], earliest[1], (earliest[2], *others))


def _series(measure: Measure, data: SetData, side: Side | None) -> Series:
    if measure.statistic == "loss_pct":
        by_step = evaluate(replace(measure, phase="stride", statistic="mean"), data, side)
        return _loss(by_step)
    if measure.phase == "set" and measure.signal in data.values:
        return evaluate(replace(measure, phase="stride", statistic="mean"), data, side)
    return evaluate(measure, data, side)


def _loss(series: Series) -> Series:
    """Percent lost against the best of the first three strides, on the mean of two steps."""
    if len(series.value) < BASELINE_STEPS:
        return replace(series, value=np.empty(0), at_s=np.empty(0), step=np.empty(0))
    pair = series.value.copy()
    pair[1:] = 0.5 * (series.value[1:] + series.value[:-1])
    best = float(np.max(pair[1:BASELINE_STEPS]))
    return replace(series, value=100.0 * (1.0 - pair / best) if best > 0 else np.zeros(len(pair)))


def _first_hit(measure: Measure, series: Series) -> tuple[float, int, str] | None:
    n = len(series.value)
    if series.set_level or n < HOLD_STEPS:
        return None
    bad = series.value * (-1.0 if _falls(measure) else 1.0)
    hits: list[tuple[int, str]] = []
    if measure.stop_limit is not None:
        limit = measure.stop_limit * (-1.0 if _falls(measure) else 1.0)
        hits += [(at, "limit") for at in _holds(bad - limit)[:1]]
    if measure.stop_trend is not None and n > BASELINE_MIN + HOLD_STEPS:
        base = min(BASELINE_STEPS if measure.side == "both" else BASELINE_STEPS // 2, n - HOLD_STEPS)
        change = bad - float(np.median(bad[:base]))
        hits += [(at, "trend") for at in _holds(change - measure.stop_trend) if at >= base][:1]
    if not hits:
        return None
    at, kind = min(hits)
    return float(series.at_s[at]), int(series.step[at]), kind


def _holds(over: Array) -> list[int]:
    """Where ``over`` is past 0 itself and on the median of it and its neighbours after (or, last, before) it."""
    return [int(i) for i in np.flatnonzero((over >= 0) & (_running_median(over) >= 0))]


def _falls(measure: Measure) -> bool:
    """Whether the fault lies below the band (a measure bounded from below only)."""
    return isfinite(measure.band.good_min) and not isfinite(measure.band.good_max)


def _running_median(values: Array) -> Array:
    """Median of each value and the two after it (the rule goes on holding); the last two look back."""
    n = len(values)
    start = np.minimum(np.arange(n), n - HOLD_STEPS)
    return np.asarray(np.median(values[start[:, None] + np.arange(HOLD_STEPS)], axis=1))


def _words(measure: Measure, side: Side | None, kind: str) -> str:
    if side is None:
        return say("past_limit" if kind == "limit" else "grew", measure=measure.title)
    return say("past_limit_leg" if kind == "limit" else "grew_leg", measure=measure.title, leg=side)
