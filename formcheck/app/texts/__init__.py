"""Every word of the app in one file a language: ``en.toml``. A missing text of another language is English.

``FORMCHECK_LANG`` chooses; else the browser's language, where there is a file of it.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.resources import files
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FALLBACK = "en"


def languages() -> list[str]:
    """The languages there are files of."""
    names = (item.name for item in files("formcheck.app.texts").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def table(language: str) -> dict[str, str]:
    """``section.key`` to text."""
    body = files("formcheck.app.texts").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return _flat(tomllib.loads(body))


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
    """The language file for a locale such as "de-CH"; English where there is none."""
    asked = os.environ.get("FORMCHECK_LANG") or wanted or FALLBACK
    short = asked.replace("_", "-").split("-")[0].lower()
    return short if short in languages() else FALLBACK


def t(key: str, **values: object) -> str:
    """The text of ``key`` with ``{name}`` filled in; KeyError for a key that English does not have."""
    text = table(choose(_locale())).get(key) or table(FALLBACK)[key]
    return text.format(**values) if values else text


def section(name: str) -> dict[str, str]:
    """All texts under ``name``, by their last part."""
    start = f"{name}."
    found = {k: v for k, v in table(FALLBACK).items() if k.startswith(start)}
    found |= {k: v for k, v in table(choose(_locale())).items() if k.startswith(start)}
    return {key.removeprefix(start): value for key, value in found.items()}


def _locale() -> str | None:
    import streamlit as st

    return st.context.locale
