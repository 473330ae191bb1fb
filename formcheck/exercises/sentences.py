"""Every sentence of the exercise files that is shown to people: what a translator finds of them."""

from __future__ import annotations

from collections.abc import Iterator

from formcheck.core.spec import Catalogue, Exercise


def sentences_of(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """The sentences by where they stand ("checks", "filming", an exercise's id), each once, where it comes first."""
    told: dict[str, Iterator[str]] = {
        "checks": iter(catalogue.check_titles.values()),
        "filming": iter(catalogue.film_hints.values()),
        **{key: _of_exercise(exercise) for key, exercise in catalogue.exercises.items()},
    }
    seen: set[str] = {""}
    found: dict[str, tuple[str, ...]] = {}
    for place, texts in told.items():
        new = [text for text in dict.fromkeys(texts) if text not in seen]
        seen.update(new)
        found[place] = tuple(new)
    return found


def _of_exercise(exercise: Exercise) -> Iterator[str]:
    yield from (exercise.name, exercise.summary, exercise.safety, *exercise.camera.values())
    for one in exercise.measures:
        yield from (one.title, one.cue, one.cue_low, one.why, one.source)
    for rule in exercise.programme:
        yield from (rule.topic, rule.prescribed, rule.source)
