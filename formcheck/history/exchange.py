"""Export and import of a whole history as one JSON document, version 1. Files of runs are not in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from formcheck.errors import FormcheckError
from formcheck.history.models import Athlete, CheckRecord, TrainingSet
from formcheck.history.store import History

FORMAT = "formcheck-history"
VERSION = 1
_SKIP = {"id", "owner", "athlete_id", "set_id", "run"}


def _plain(row: Athlete | TrainingSet | CheckRecord) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for attribute in row.__mapper__.column_attrs:
        if attribute.key in _SKIP:
            continue
        value = getattr(row, attribute.key)
        out[attribute.key] = value.isoformat() if isinstance(value, datetime) else value
    return out


def export_history(history: History) -> str:
    """All athletes, sets and checks of the owner, as JSON text."""
    with Session(history.engine) as session:
        query = (
            select(Athlete)
            .where(Athlete.owner == history.owner)
            .options(selectinload(Athlete.sets).selectinload(TrainingSet.checks))
            .order_by(Athlete.name)
        )
        athletes = [
            _plain(athlete)
            | {"sets": [_plain(one) | {"checks": [_plain(c) for c in one.checks]} for one in athlete.sets]}
            for athlete in session.scalars(query)
        ]
    return json.dumps({"format": FORMAT, "version": VERSION, "athletes": athletes}, ensure_ascii=False, indent=1)


def import_history(history: History, text: str) -> tuple[int, int]:
    """Add what an export holds; returns (athletes added, sets added). All or nothing.

    An athlete of the same name is the same athlete; a set with the same time, clip and exercise is known
    already and skipped. FormcheckError says what is wrong with the document.
    """
    data = _parse(text)
    new_athletes = new_sets = 0
    with Session(history.engine) as session, session.begin():
        for entry in data["athletes"]:
            athlete = session.scalar(
                select(Athlete).where(Athlete.owner == history.owner, Athlete.name == _field(entry, "name"))
            )
            if athlete is None:
                athlete = _build(Athlete, entry, owner=history.owner)
                session.add(athlete)
                new_athletes += 1
            new_sets += _add_sets(athlete, entry.get("sets", []))
    return new_athletes, new_sets


def _add_sets(athlete: Athlete, entries: list[Mapping[str, Any]]) -> int:
    known = {(one.done_at, one.clip, one.exercise) for one in athlete.sets}
    added = 0
    for entry in entries:
        row = _build(TrainingSet, entry, run="")
        if (row.done_at, row.clip, row.exercise) in known:
            continue
        row.checks = [_build(CheckRecord, check) for check in entry.get("checks", [])]
        athlete.sets.append(row)
        known.add((row.done_at, row.clip, row.exercise))
        added += 1
    return added


def _parse(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise FormcheckError(f"history import: not JSON ({error}); choose a file made by Export") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("athletes"), list):
        raise FormcheckError("history import: not a formcheck history; choose a file made by Export")
    if data.get("version") != VERSION:
        raise FormcheckError(f"history import: version {data.get('version')!r}, expected {VERSION}; update formcheck")
    return data


def _field(entry: Mapping[str, Any], name: str) -> Any:
    if not isinstance(entry, Mapping) or entry.get(name) in (None, ""):
        raise FormcheckError(f"history import: an entry has no {name!r}; the file is damaged, export it again")
    return entry[name]


_REQUIRED = {Athlete: ("name",), TrainingSet: ("done_at", "exercise"), CheckRecord: ("check", "verdict")}


def _build(kind: type[Any], entry: Mapping[str, Any], **fixed: Any) -> Any:
    for name in _REQUIRED[kind]:
        _field(entry, name)
    values: dict[str, Any] = {}
    for attribute in kind.__mapper__.column_attrs:
        if attribute.key in _SKIP or attribute.key not in entry:
            continue
        value = entry[attribute.key]
        try:
            values[attribute.key] = datetime.fromisoformat(value) if attribute.key.endswith("_at") else value
        except (TypeError, ValueError):
            raise FormcheckError(
                f"history import: {attribute.key}: expected a date, got {value!r}; export it again"
            ) from None
    return kind(**values | fixed)
