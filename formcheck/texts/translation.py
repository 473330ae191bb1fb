"""The file that a translator fills in, and what one that is there lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from formcheck.texts import FALLBACK, table
from formcheck.texts.sentences import SECTION, fields

HEAD: Final = """\
# The words of formcheck in another language: translate what stands to the right of each "=". Keep the {fields}, in any
# order. What is left out is shown in English. `formcheck words` with this file tells what it lacks.
"""
SENTENCES_HEAD: Final = """\
# ---- What reports and exercises say. To the left of each "=" is the English sentence it is found by: leave that as it
# is. A {field} is a figure, a name, or another of these sentences.
"""

#: Sentences to translate, by where they stand.
Sentences = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class State:
    """Of a translation: keys to English texts that it lacks, keys that English has not (any more), keys whose text
    has a {field} that there is not, and how many texts of how many are as in English.
    """

    missing: Mapping[str, str]
    stale: tuple[str, ...]
    wrong: tuple[str, ...]
    english: int
    all: int


def blank(sentences: Sentences) -> str:
    """A whole file, every text in English."""
    body = files("formcheck.texts").joinpath(f"{FALLBACK}.toml").read_text(encoding="utf-8")
    lines = body.splitlines()
    start = next(i for i, line in enumerate(lines) if not line.startswith("#"))  # after English's own head
    out = [HEAD.rstrip(), *lines[start:], "", SENTENCES_HEAD.rstrip(), "", f"[{SECTION}]"]
    for place, told in sentences.items():
        out += ["", f"# {place}", *(line(one, one) for one in told)]
    return "\n".join(out) + "\n"


def line(key: str, text: str) -> str:
    """One text as TOML."""
    return f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(text, ensure_ascii=False)}"


def state(path: str, sentences: Sentences) -> State:
    """What the translation at ``path`` lacks. FormcheckError if it cannot be read."""
    own, english = table(path), dict(table(FALLBACK))
    english |= {f"{SECTION}.{one}": one for told in sentences.values() for one in told}
    return State(
        missing={key: text for key, text in english.items() if not own.get(key)},
        stale=tuple(key for key in own if key not in english),
        wrong=tuple(key for key in own if key in english and not fields(own[key]) <= fields(english[key])),
        english=sum(own.get(key) == text for key, text in english.items()),
        all=len(english),
    )
