"""Own limits on a copy of an exercise: ``{exercise: {"check|title": {"good_max": 12.0}}}`` laid over the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from formcheck.core.spec import Catalogue, Exercise, Measure

KEYS = ("minor_min", "good_min", "good_max", "minor_max")
Limits = Mapping[str, Mapping[str, Mapping[str, float]]]


def measure_key(measure: Measure) -> str:
    """How a measure is named among own limits."""
    return f"{measure.check}|{measure.title}"


def movable(measure: Measure) -> list[str]:
    """The limits a measure has, in rising order."""
    return [key for key in KEYS if isfinite(getattr(measure.band, key))]


def with_limits(catalogue: Catalogue, limits: Limits) -> Catalogue:
    """A copy of the catalogue with the limits moved; a good limit never lies outside its minor limit."""
    changed = {
        key: _exercise(exercise, limits[key]) if key in limits else exercise
        for key, exercise in catalogue.exercises.items()
    }
    return replace(catalogue, exercises=changed)


def _exercise(exercise: Exercise, own: Mapping[str, Mapping[str, float]]) -> Exercise:
    return replace(exercise, measures=tuple(_measure(m, own.get(measure_key(m), {})) for m in exercise.measures))


def _measure(measure: Measure, own: Mapping[str, float]) -> Measure:
    if not own:
        return measure
    band = replace(measure.band, **{key: float(value) for key, value in own.items() if key in KEYS})
    band = replace(
        band,
        minor_min=min(band.minor_min, band.good_min),
        minor_max=max(band.minor_max, band.good_max),
    )
    return replace(measure, band=band)
