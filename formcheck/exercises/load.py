"""Exercise files into a ``Catalogue``: read, validated, frozen. Judges no movement; reads TOML and nothing else.

The built-in files lie beside this module: ``checks.toml`` (what the checks are), ``measures.toml`` (measures that
several exercises share, without bands) and one file an exercise. See ``docs/adding-an-exercise.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from formcheck.core.spec import Catalogue, Exercise, Measure, Posture, ProgrammeRule, Signature
from formcheck.errors import ExerciseFileError
from formcheck.exercises import reading as read
from formcheck.exercises.measures import BAND_KEYS, DEFINITION_KEYS, read_measure
from formcheck.exercises.reading import Table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Files beside the exercises that are not exercises.
SHARED_FILES = ("checks.toml", "measures.toml", "statements.toml")
VIEWS = ("side", "front", "back", "oblique")
DIRECTIONS = ("backward", "forward")
QUANTITIES = ("duration_s", "distance_m", "laps", "steps", "load_ratio", "pull_push_ratio", "")
EXERCISE_KEYS = (
    "id", "name", "also_called", "summary", "posture", "direction", "safety", "major_cap",
    "signature", "camera", "programme", "check",
)  # fmt: skip
CHECK_KEYS = ("title", "measures", "views")


def load_catalogue(folder: str | Path | None = None) -> Catalogue:
    """The built-in exercises, and those of ``folder`` if one is given (the same id replaces a built-in).

    Raises ExerciseFileError naming file, check and key.
    """
    if folder is None:
        return _built_in()
    path = Path(folder)
    if not path.is_dir():
        raise ExerciseFileError(f"{path}: expected a folder of exercise files; check the path")
    own = {item.name: item.read_text("utf-8") for item in sorted(path.glob("*.toml"))}
    return _catalogue({**_packaged(), **{f"{path.name}/{name}": body for name, body in own.items()}})


def shared_table(name: str) -> dict[str, Any]:
    """One of ``SHARED_FILES`` as TOML gives it."""
    return _parse(_packaged()[name], name)


@lru_cache(maxsize=1)
def _built_in() -> Catalogue:
    return _catalogue(_packaged())


@lru_cache(maxsize=1)
def _packaged() -> Mapping[str, str]:
    folder = resources.files("formcheck.exercises")
    return {
        item.name: item.read_text("utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".toml")
    }


def _catalogue(files: Mapping[str, str]) -> Catalogue:
    head = _parse(files["checks.toml"], "checks.toml")
    checks, film = _checks(head)
    shared = _shared_measures(_parse(files["measures.toml"], "measures.toml"), checks)
    exercises: dict[str, Exercise] = {}
    for name, body in files.items():
        if name not in SHARED_FILES:
            exercise = _exercise(_parse(body, name), shared, checks, name)
            exercises[exercise.id] = exercise
    order = [key for key in head.get("order", []) if key in exercises]
    order += [key for key in exercises if key not in order]
    return Catalogue(
        exercises={key: exercises[key] for key in order},
        check_titles={key: check["title"] for key, check in checks.items()},
        check_views={key: check["views"] for key, check in checks.items()},
        film_hints=film,
    )


def _parse(body: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise ExerciseFileError(f"{name}: not valid TOML: {error}; mend the line named") from error


def _checks(head: Table) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Check id to its texts and views, and how to film each view."""
    where = "checks.toml"
    read.check_keys(head, ("order", "film", "check"), where)
    film = read.text_map(head, "film", where)
    read.check_keys(film, VIEWS, f"{where}: film")
    checks: dict[str, dict[str, Any]] = {}
    for key, table in read.need(head, "check", where).items():
        here = f"{where}: check {key}"
        read.check_keys(table, CHECK_KEYS, here)
        views = read.texts(table, "views", here)
        for view in views:
            if view not in VIEWS:
                raise ExerciseFileError(f"{here}: unknown view '{view}'; {read.hint(view, VIEWS)}")
        checks[key] = {
            "title": read.text(table, "title", here),
            "measures": read.text(table, "measures", here),
            "views": views,
        }
    return checks, film


def _shared_measures(table: Table, checks: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """``"check.name"`` to the keys an exercise may take over by ``use``. Bands are not among them."""
    shared: dict[str, dict[str, Any]] = {}
    read.check_keys(table, checks, "measures.toml")
    for check, measures in table.items():
        for name, body in measures.items():
            where = f"measures.toml: {check}.{name}"
            if any(key in body for key in BAND_KEYS):
                raise ExerciseFileError(f"{where}: a band belongs in an exercise file; move it there")
            read.check_keys(body, DEFINITION_KEYS, where)
            shared[f"{check}.{name}"] = {"check": check, **body}
    return shared


def _exercise(table: Table, shared: Mapping[str, Table], checks: Mapping[str, Any], name: str) -> Exercise:
    read.check_keys(table, EXERCISE_KEYS, name)
    key = read.text(table, "id", name)
    if key != Path(name).stem:
        raise ExerciseFileError(f"{name}: 'id' is '{key}'; give it the file's name, '{Path(name).stem}'")
    posture: Any = read.choice(table, "posture", name, get_args(Posture))
    direction: Any = read.choice(table, "direction", name, DIRECTIONS)
    measures = _measures(table, shared, checks, name)
    camera = read.text_map(table, "camera", name)
    read.check_keys(camera, VIEWS, f"{name}: camera")
    return Exercise(
        id=key,
        name=read.text(table, "name", name),
        summary=read.text(table, "summary", name),
        also_called=read.texts(table, "also_called", name, ()),
        posture=posture,
        direction=direction,
        signature=_signature(read.need(table, "signature", name), posture, f"{name}: signature"),
        camera=camera,
        measures=measures,
        programme=_programme(table.get("programme", []), name),
        safety=read.text(table, "safety", name),
        major_cap=read.number(table, "major_cap", name, Exercise.major_cap),
        expected_checks=tuple(check for check in checks if any(m.check == check for m in measures)),
    )


def _measures(table: Table, shared: Mapping[str, Table], checks: Mapping[str, Any], name: str) -> tuple[Measure, ...]:
    blocks = read.need(table, "check", name)
    measures = tuple(
        read_measure(block, shared, checks, f"{name}: check {i}") for i, block in enumerate(blocks, start=1)
    )
    seen: set[tuple[str, str]] = set()
    for measure in measures:
        if (measure.check, measure.title) in seen:
            raise ExerciseFileError(f"{name}: {measure.check} '{measure.title}' stands twice; drop one")
        seen.add((measure.check, measure.title))
    return measures


def _signature(table: Table, posture: Any, where: str) -> Signature:
    read.check_keys(table, [f.name for f in fields(Signature) if f.name != "posture"], where)
    directions = read.texts(table, "directions", where)
    for direction in directions:
        if direction not in DIRECTIONS:
            raise ExerciseFileError(f"{where}: unknown direction '{direction}'; {read.hint(direction, DIRECTIONS)}")
    return Signature(
        posture=posture,
        directions=directions,
        in_place=read.flag(table, "in_place", where, None),
        trunk_lean_deg=read.span(table, "trunk_lean_deg", where),
        slope_deg=read.span(table, "slope_deg", where),
        wrists_fixed_in_picture=read.flag(table, "wrists_fixed_in_picture", where, None),
        wrists_forward=read.flag(table, "wrists_forward", where, None),
        prior=read.number(table, "prior", where, 1.0),
    )


def _programme(blocks: list[Table], name: str) -> tuple[ProgrammeRule, ...]:
    rules = []
    for i, block in enumerate(blocks, start=1):
        where = f"{name}: programme {i}"
        read.check_keys(block, [f.name for f in fields(ProgrammeRule)], where)
        quantity = read.text(block, "quantity", where, "")
        if quantity not in QUANTITIES:
            raise ExerciseFileError(f"{where}: unknown quantity '{quantity}'; {read.hint(quantity, QUANTITIES[:-1])}")
        rules.append(
            ProgrammeRule(
                topic=read.text(block, "topic", where),
                quantity=quantity,
                prescribed=read.text(block, "prescribed", where),
                source=read.text(block, "source", where),
                statements=read.statements(block, where),
            )
        )
    return tuple(rules)
