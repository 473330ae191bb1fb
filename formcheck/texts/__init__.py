"""Every word of app, report, overlay and command line in one file a language: ``en.toml``, ``de.toml``, ...

``FORMCHECK_LANG`` chooses (a language, or the path of such a file); else what ``follow`` was given, which is the
browser's language in the app; else English. A text that another language lacks is English. What reports and exercise
files say stands in English with them; the other languages have it here, found by ``sentences.said``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from formcheck.errors import FormcheckError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FALLBACK = "en"
_said: ContextVar[str | None] = ContextVar("language", default=None)
_follow: list[Callable[[], str | None]] = []


@cache
def languages() -> tuple[str, ...]:
    """The languages there are files of."""
    names = (item.name for item in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def table(language: str) -> dict[str, str]:
    """``section.key`` to text; ``language`` is one of ``languages()`` or the path of a file. FormcheckError if it
    cannot be read.
    """
    own = language.endswith(".toml")
    source = Path(language) if own else files(__name__).joinpath(f"{language}.toml")
    try:
        return _flat(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise FormcheckError(f"{language}: expected a file of texts like formcheck's en.toml; {error}") from error


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            out |= _flat(value, f"{name}.")
        else:
            out[name] = str(value)
    return out


def choose(wanted: str | None) -> str:
    """The file for a locale such as "de-CH"; English where there is none. Only ``FORMCHECK_LANG`` may name a path."""
    own = os.environ.get("FORMCHECK_LANG", "")
    if own.endswith(".toml"):
        return own
    asked = own or wanted or FALLBACK
    short = asked.replace("_", "-").split("-")[0].lower()
    return short if short in languages() else FALLBACK


def language() -> str:
    """What is spoken now: one of ``languages()``, or the path of a file."""
    return _said.get() or choose(_follow[0]() if _follow else None)


def code() -> str:
    """The language now as a page names it: "en"."""
    return Path(language()).stem


def follow(locale: Callable[[], str | None]) -> None:
    """Ask ``locale`` for the language from now on, wherever nothing else chooses it."""
    _follow[:] = [locale]


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Within it ``language()`` is ``name``, in this thread or task: for work done on behalf of somebody."""
    token = _said.set(name)
    try:
        yield
    finally:
        _said.reset(token)


def t(key: str, **values: object) -> str:
    """The text of ``key`` with ``{name}`` filled in; KeyError for a key that English does not have."""
    text = find(key)
    if text is None:
        raise KeyError(key)
    return text.format(**values) if values else text


def find(key: str) -> str | None:
    """The text of ``key`` as it stands in the file; None for a key that English does not have."""
    return table(language()).get(key) or table(FALLBACK).get(key)


def section(name: str) -> dict[str, str]:
    """All texts under ``name``, by their last part."""
    start = f"{name}."
    found = {k: v for k, v in table(FALLBACK).items() if k.startswith(start)}
    found |= {k: v for k, v in table(language()).items() if v and k.startswith(start)}
    return {key.removeprefix(start): value for key, value in found.items()}
