"""Checked reading of one TOML table: every key known, every value of the right kind, every error one line.

No meaning lives here; ``where`` is how an error names the place, e.g. ``backward_walk.toml: check 3 (depth)``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from formcheck.errors import ExerciseFileError

Table = Mapping[str, Any]
NUMBERS = (int, float)


def hint(word: str, choices: Iterable[str]) -> str:
    """``"did you mean 'x'?"`` with the nearest choice, else the choices in a row."""
    known = list(choices)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(known)}"


def check_keys(table: Table, known: Iterable[str], where: str) -> None:
    """Raise ExerciseFileError at the first key that is not known."""
    allowed = list(known)
    for key in table:
        if key not in allowed:
            raise ExerciseFileError(f"{where}: unknown key '{key}'; {hint(key, allowed)}")


def need(table: Table, key: str, where: str) -> Any:
    """The value of a key that must be there."""
    if key not in table:
        raise ExerciseFileError(f"{where}: key '{key}' is missing; add it")
    return table[key]


def text(table: Table, key: str, where: str, default: str | None = None) -> str:
    """A string; with no default it must be there and hold something."""
    value = need(table, key, where) if default is None else table.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ExerciseFileError(f"{where}: '{key}' expected text in quotes, got {value!r}")
    return " ".join(value.split())


def number(table: Table, key: str, where: str, default: float) -> float:
    """A number (true and false are none)."""
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, NUMBERS) or value != value:
        raise ExerciseFileError(f"{where}: '{key}' expected a number, got {value!r}")
    return float(value)


def optional_number(table: Table, key: str, where: str) -> float | None:
    """A number, or None where the key is absent."""
    return number(table, key, where, 0.0) if key in table else None


def flag(table: Table, key: str, where: str, default: bool | None) -> bool | None:
    """True or false, or the default where the key is absent."""
    value = table.get(key, default)
    if value is not default and not isinstance(value, bool):
        raise ExerciseFileError(f"{where}: '{key}' expected true or false, got {value!r}")
    return value


def choice(table: Table, key: str, where: str, choices: Iterable[str]) -> str:
    """A string that must be one of the choices."""
    value, known = text(table, key, where), list(choices)
    if value not in known:
        raise ExerciseFileError(f"{where}: '{key}' is '{value}', which is unknown; {hint(value, known)}")
    return value


def texts(table: Table, key: str, where: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """A list of strings."""
    value = need(table, key, where) if default is None else table.get(key, default)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ExerciseFileError(f"{where}: '{key}' expected a list of texts, got {value!r}")
    return tuple(value)


def text_map(table: Table, key: str, where: str) -> dict[str, str]:
    """A table of texts by name."""
    value = need(table, key, where)
    if not isinstance(value, Mapping):
        raise ExerciseFileError(f"{where}: '{key}' expected a table, got {value!r}")
    return {name: text(value, name, f"{where}: {key}") for name in value}


def span(table: Table, key: str, where: str) -> tuple[float, float]:
    """Two numbers, low and high; no limits where the key is absent."""
    value = table.get(key, (float("-inf"), float("inf")))
    two = isinstance(value, (list, tuple)) and len(value) == 2
    if not two or not all(isinstance(v, NUMBERS) and not isinstance(v, bool) for v in value) or value[0] > value[1]:
        raise ExerciseFileError(f"{where}: '{key}' expected [low, high], got {value!r}")
    return float(value[0]), float(value[1])


def statements(table: Table, where: str, last: int = 116) -> tuple[int, ...]:
    """Numbers of the articles' statements, 1 to ``last``, sorted."""
    value = need(table, "statements", where)
    good = isinstance(value, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
    if not good or not all(1 <= n <= last for n in value):
        raise ExerciseFileError(f"{where}: 'statements' expected numbers from 1 to {last}, got {value!r}")
    return tuple(sorted(set(value)))
