"""What a check or an exercise is, as structured text: for ``formcheck explain``, menus and the generated pages.

Everything said comes from the catalogue; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from formcheck.core.spec import Catalogue, Exercise, Measure, ProgrammeRule
from formcheck.errors import FormcheckError
from formcheck.exercises import wording
from formcheck.exercises.load import shared_table
from formcheck.exercises.reading import hint


@dataclass(frozen=True)
class BandText:
    """One band of one measure, with all exercises that share it word for word."""

    exercises: tuple[str, ...]  # names for people
    good: str
    minor: str
    goal: bool
    cues: tuple[str, ...]
    why: str
    source: str
    evidence: str  # tags, as in the files
    stop: str  # what of it ends the set; "" if nothing does
    statements: tuple[int, ...]


@dataclass(frozen=True)
class MeasureText:
    """One measure of a check: what it is and its bands."""

    title: str
    how: str
    signal: str
    views: tuple[str, ...]
    bands: tuple[BandText, ...]


@dataclass(frozen=True)
class CheckText:
    """One check in words. ``film`` is how to film each view that can show it."""

    id: str
    title: str
    what: str
    views: tuple[str, ...]
    film: tuple[tuple[str, str], ...]
    measures: tuple[MeasureText, ...]
    statements: tuple[int, ...]

    def __str__(self) -> str:
        return "\n".join(_check_lines(self))


@dataclass(frozen=True)
class ExerciseText:
    """One exercise in words. ``checks`` are (title, good bands), in the order of the catalogue."""

    id: str
    name: str
    also_called: tuple[str, ...]
    summary: str
    camera: tuple[tuple[str, str], ...]
    checks: tuple[tuple[str, tuple[str, ...]], ...]
    programme: tuple[ProgrammeRule, ...]
    safety: str

    def __str__(self) -> str:
        return "\n".join(_exercise_lines(self))


def explain(check_id: str, catalogue: Catalogue) -> CheckText:
    """One check over all exercises. Raises FormcheckError, with the near miss, for an unknown id."""
    if check_id not in catalogue.check_titles:
        raise FormcheckError(f"unknown check '{check_id}'; {hint(check_id, catalogue.check_titles)}")
    found = [
        (exercise.name, measure)
        for exercise in catalogue.exercises.values()
        for measure in exercise.measures
        if measure.check == check_id
    ]
    titles = dict.fromkeys(measure.title for _, measure in found)
    views = catalogue.check_views[check_id]
    return CheckText(
        id=check_id,
        title=catalogue.check_titles[check_id],
        what=" ".join(shared_table("checks.toml")["check"][check_id]["measures"].split()),
        views=views,
        film=tuple((view, catalogue.film_hints[view]) for view in views),
        measures=tuple(_measure_text([pair for pair in found if pair[1].title == title]) for title in titles),
        statements=tuple(sorted({n for _, measure in found for n in measure.statements})),
    )


def describe(exercise: Exercise, catalogue: Catalogue | None = None) -> ExerciseText:
    """One exercise: camera guide, what is judged with its good bands, what the articles prescribe."""
    titles: Mapping[str, str] = {} if catalogue is None else catalogue.check_titles
    return ExerciseText(
        id=exercise.id,
        name=exercise.name,
        also_called=exercise.also_called,
        summary=exercise.summary,
        camera=tuple(exercise.camera.items()),
        checks=tuple(
            (titles.get(check, check), tuple(_one_line(m) for m in exercise.measures if m.check == check))
            for check in exercise.expected_checks
        ),
        programme=exercise.programme,
        safety=exercise.safety,
    )


def _one_line(measure: Measure) -> str:
    return f"{measure.title}: {wording.good(measure.band, measure.unit)}"


def _measure_text(found: list[tuple[str, Measure]]) -> MeasureText:
    first = found[0][1]
    groups: dict[tuple[str, ...], list[tuple[str, Measure]]] = {}
    for name, measure in found:
        groups.setdefault(_said(measure), []).append((name, measure))
    return MeasureText(
        title=first.title,
        how=wording.how(first),
        signal=first.signal,
        views=first.views,
        bands=tuple(_band_text(group) for group in groups.values()),
    )


def _said(measure: Measure) -> tuple[str, ...]:
    """What must be alike for two exercises to share a row."""
    band = f"{measure.band} {measure.goal} {wording.stops(measure)}"
    return band, measure.cue, measure.cue_low, measure.why, measure.source, measure.evidence


def _band_text(group: list[tuple[str, Measure]]) -> BandText:
    measure = group[0][1]
    return BandText(
        exercises=tuple(name for name, _ in group),
        good=wording.good(measure.band, measure.unit),
        minor=wording.minor(measure.band, measure.unit),
        goal=measure.goal,
        cues=tuple(cue for cue in (measure.cue, measure.cue_low) if cue),
        why=measure.why,
        source=measure.source,
        evidence=measure.evidence,
        stop=wording.stops(measure),
        statements=tuple(sorted({n for _, m in group for n in m.statements})),
    )


def _check_lines(check: CheckText) -> Iterable[str]:
    yield f"{check.title} ({check.id})"
    yield check.what
    for view, film in check.film:
        yield f"  {view}: {film}"
    for measure in check.measures:
        yield ""
        yield measure.title[:1].upper() + measure.title[1:]
        yield f"  Measured: {measure.how}. Seen from: {', '.join(measure.views)}."
        for band in measure.bands:
            yield from _band_lines(band)
    if check.statements:
        yield ""
        yield f"Statements of the articles: {', '.join(map(str, check.statements))}"


def _band_lines(band: BandText) -> Iterable[str]:
    yield f"  {', '.join(band.exercises)}"
    yield f"    {'goal' if band.goal else 'good'}: {band.good}; minor fault: {band.minor}; beyond that: major"
    yield f"    say: {' / '.join(band.cues)}"
    yield f"    why: {band.why}"
    if band.stop:
        yield f"    ends the set: {band.stop}"
    yield f"    source: {band.source} [{wording.evidence(band.evidence)}]"


def _exercise_lines(exercise: ExerciseText) -> Iterable[str]:
    yield f"{exercise.name} ({exercise.id})"
    if exercise.also_called:
        yield f"Also called: {', '.join(exercise.also_called)}"
    yield exercise.summary
    yield ""
    yield "How to film it"
    for view, text in exercise.camera:
        yield f"  {view}: {text}"
    yield ""
    yield "What is judged"
    for title, measures in exercise.checks:
        yield f"  {title}: {'; '.join(measures)}"
    yield ""
    yield "What the articles prescribe"
    for rule in exercise.programme:
        yield f"  {rule.topic}: {rule.prescribed} ({rule.source})"
    yield ""
    yield exercise.safety
