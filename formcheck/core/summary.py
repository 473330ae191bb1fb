"""The set in figures: steps, cadence, time, and metres where the athlete's height is known."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Final

import numpy as np

from formcheck.core.laps import LapSteps
from formcheck.core.spec import ScoreOptions
from formcheck.core.types import Array, Signals

#: Thigh 0.245 and shank 0.246 of body height (Winter 2009).
LEG_OF_HEIGHT: Final = 0.491


def leg_m(options: ScoreOptions) -> float | None:
    """Thigh plus shank in metres from the athlete's height; None if it was not given."""
    return None if options.athlete_height_cm is None else LEG_OF_HEIGHT * options.athlete_height_cm / 100.0


def add_metres(signals: Signals, laps: list[LapSteps], options: ScoreOptions) -> Signals:
    """``hip_speed_m_s`` beside ``hip_speed_ratio_s`` where the scale is known; else the same signals."""
    leg = leg_m(options)
    if leg is None or not laps:
        return signals
    return Signals(signals.time_s, {**signals.columns, "hip_speed_m_s": signals["hip_speed_ratio_s"] * leg})


def facts_of_set(laps: list[LapSteps], options: ScoreOptions) -> dict[str, float | None]:
    """Quantities that programme rules name; None where unknown."""
    steps = sum(len(lap.table.side) for lap in laps)
    duration = laps[-1].lap.end_s - laps[0].lap.start_s if laps else None
    pulls = sum(lap.lap.gait == "backward" for lap in laps)
    pushes = sum(lap.lap.gait == "forward" for lap in laps)
    load = options.load_kg / options.body_mass_kg if options.load_kg is not None and options.body_mass_kg else None
    return {
        "duration_s": duration,
        "distance_m": _distance_m(laps, options),
        "laps": float(len(laps)) if laps else None,
        "steps": float(steps) if laps else None,
        "load_ratio": load,
        "pull_push_ratio": pulls / pushes if pushes else None,
    }


def facts_without_steps(facts: Mapping[str, float | None]) -> dict[str, float | None]:
    """The facts of a set whose footage cannot be judged: nothing that was counted or measured in it."""
    return {name: value if name in ("duration_s", "load_ratio") else None for name, value in facts.items()}


def _distance_m(laps: list[LapSteps], options: ScoreOptions) -> float | None:
    leg = leg_m(options)
    lengths = [lap.values["step_length_ratio"] for lap in laps if "step_length_ratio" in lap.values]
    finite = np.concatenate([v[np.isfinite(v)] for v in lengths]) if lengths else np.empty(0)
    return float(finite.sum()) * leg if leg is not None and finite.size else None


def cadence_spm(laps: list[LapSteps]) -> float | None:
    """Steps a minute from the mean stride; None without a whole stride."""
    strides = [lap.values["stride_time_s"] for lap in laps]
    finite = np.concatenate([s[np.isfinite(s)] for s in strides]) if strides else np.empty(0)
    return float(120.0 / finite.mean()) if finite.size else None


def summarise(laps: list[LapSteps], facts: Mapping[str, float | None], gait: str) -> dict[str, float | str | None]:
    """The report's summary block."""
    leg_speeds = _pool(laps, "step_speed_ratio_s")
    return {
        **facts,
        "gait": gait,
        "cadence_spm": cadence_spm(laps),
        "step_time_s": _median(_pool(laps, "step_time_s")),
        "step_length_ratio": _median(_pool(laps, "step_length_ratio")),
        "speed_ratio_s": _median(leg_speeds),
    }


def _pool(laps: list[LapSteps], name: str) -> Array:
    found = [lap.values[name] for lap in laps if name in lap.values]
    return np.concatenate(found) if found else np.empty(0)


def _median(values: Array) -> float | None:
    finite = values[np.isfinite(values)]
    result = float(np.median(finite)) if finite.size else float("nan")
    return result if isfinite(result) else None
