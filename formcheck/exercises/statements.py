"""The articles' statements, and which checks and programme rules serve them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from formcheck.core.spec import Catalogue, Exercise
from formcheck.errors import ExerciseFileError
from formcheck.exercises import reading as read
from formcheck.exercises.load import shared_table

LAST_STATEMENT: Final = 116
SERVED: Final = ("measured", "proxy", "logged", "guide", "not")
TYPES: Final = {"F": "form", "S": "stop", "U": "set-up", "G": "programme", "E": "claimed effect"}
WHERE: Final = "statements.toml"


@dataclass(frozen=True)
class Statement:
    """One statement: its article, type, exercises by id, our wording, and how it is served."""

    number: int
    source: str
    type: str
    exercises: tuple[str, ...]
    text: str
    served: str
    reason: str


@dataclass
class Citations:
    """Who cites a statement: check id to exercise ids; programme topics shown with a number; topics only told."""

    checks: dict[str, list[str]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def load_statements(catalogue: Catalogue, table: Mapping[str, Any] | None = None) -> tuple[Statement, ...]:
    """Every statement, in order. Raises ExerciseFileError for a gap, a doublet or a missing reason."""
    table = shared_table("statements.toml") if table is None else table
    codes = {code: tuple(ids) for code, ids in table["exercises"].items()}
    codes["all"] = tuple(dict.fromkeys(key for ids in codes.values() for key in ids))
    for key in codes["all"]:
        if key not in catalogue.exercises:
            raise ExerciseFileError(f"{WHERE}: exercises: {read.hint(key, catalogue.exercises)}")
    found = tuple(_statement(item, table["sources"], codes) for item in table["statement"])
    numbers = [statement.number for statement in found]
    if numbers != list(range(1, LAST_STATEMENT + 1)):
        odd = sorted(set(range(1, LAST_STATEMENT + 1)) ^ set(numbers)) or "the order"
        raise ExerciseFileError(f"{WHERE}: expected 1 to {LAST_STATEMENT} once each and in order; look at {odd}")
    return found


def _statement(item: Mapping[str, Any], sources: Mapping[str, str], codes: Mapping[str, Sequence[str]]) -> Statement:
    where = f"{WHERE}: statement {item.get('number')}"
    read.check_keys(item, ("number", "source", "type", "exercises", "text", "served", "reason"), where)
    served, reason = read.choice(item, "served", where, SERVED), read.text(item, "reason", where, "")
    if served != "measured" and not reason:
        raise ExerciseFileError(f"{where}: '{served}' needs a 'reason'; say what is missing")
    names = read.texts(item, "exercises", where)
    for name in names:
        if name not in codes:
            raise ExerciseFileError(f"{where}: unknown exercise '{name}'; {read.hint(name, codes)}")
    return Statement(
        number=item["number"],
        source=sources[str(item["source"])],
        type=TYPES[read.choice(item, "type", where, TYPES)],
        exercises=tuple(key for name in names for key in codes[name]),
        text=read.text(item, "text", where),
        served=served,
        reason=reason,
    )


def cited(catalogue: Catalogue) -> dict[int, Citations]:
    """Statement number to those who cite it."""
    out = {n: Citations() for n in range(1, LAST_STATEMENT + 1)}
    for exercise in catalogue.exercises.values():
        _add_checks(out, exercise)
        _add_rules(out, exercise)
    return out


def _add_checks(out: dict[int, Citations], exercise: Exercise) -> None:
    for measure in exercise.measures:
        for n in measure.statements:
            ids = out[n].checks.setdefault(measure.check, [])
            if exercise.id not in ids:
                ids.append(exercise.id)


def _add_rules(out: dict[int, Citations], exercise: Exercise) -> None:
    for rule in exercise.programme:
        for n in rule.statements:
            topics = out[n].shown if rule.quantity else out[n].told
            if rule.topic not in topics:
                topics.append(rule.topic)


def problems(catalogue: Catalogue, statements: Sequence[Statement]) -> list[str]:
    """One line for every statement that claims more than the catalogue does."""
    found = []
    by_whom = cited(catalogue)
    for statement in statements:
        who = by_whom[statement.number]
        if statement.served == "measured" and not (who.checks or who.shown):
            found.append(f"statement {statement.number} is said to be measured, but nothing that measures cites it")
        if statement.served == "proxy" and not (who.checks or who.shown or who.told):
            found.append(f"statement {statement.number} is said to have a proxy, but nothing cites it")
    return found
