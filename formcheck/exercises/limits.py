"""Own limits on a copy of an exercise: ``{exercise: {"check|title": {"good_max": 12.0}}}`` laid over the catalogue.

On a command line one of them is ``exercise/check|title/good_max=12``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite

from formcheck.core.spec import Catalogue, Exercise, Measure
from formcheck.errors import FormcheckError

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


def as_words(limits: Limits) -> list[str]:
    """Each limit as a command line has it."""
    return [
        f"{exercise}/{measure}/{key}={value:g}"
        for exercise, own in limits.items()
        for measure, band in own.items()
        for key, value in band.items()
    ]


def read_words(words: Iterable[str], catalogue: Catalogue) -> dict[str, dict[str, dict[str, float]]]:
    """Limits from a command line; the last of two for the same thing counts. FormcheckError for what is none."""
    limits: dict[str, dict[str, dict[str, float]]] = {}
    for word in words:
        place, _, number = word.rpartition("=")
        exercise, _, rest = place.partition("/")
        measure, _, key = rest.rpartition("/")
        value = _value(word, number)
        measure = _place(word, exercise, measure, key, catalogue)
        limits.setdefault(exercise, {}).setdefault(measure, {})[key] = value
    return limits


def _value(word: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        example = "reverse_sled_pull/torso_rock|back-and-forth rocking per stride/good_max=12"
        raise FormcheckError(f"expected a limit such as '{example}', got '{word}'")
    return value


def _place(word: str, exercise: str, measure: str, key: str, catalogue: Catalogue) -> str:
    """The measure as the exercise's own file writes it: titles are shown with a capital."""
    if exercise not in catalogue.exercises:
        raise FormcheckError(f"limit '{word}': no exercise '{exercise}'; there are: {', '.join(catalogue.exercises)}")
    measures = {measure_key(one): movable(one) for one in catalogue.exercises[exercise].measures}
    known = next((name for name in measures if name.casefold() == measure.casefold()), None)
    if known is None:
        same = [name for name in measures if name.partition("|")[0] == measure.partition("|")[0]]
        raise FormcheckError(f"limit '{word}': no measure '{measure}'; there are: {', '.join(same or measures)}")
    if key not in measures[known]:
        raise FormcheckError(f"limit '{word}': no limit '{key}'; there are: {', '.join(measures[known])}")
    return known


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
