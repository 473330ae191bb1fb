"""What reports and exercise files say in English, said in the language of who reads it.

A report stays English, so that it can be kept and read by programs; it is translated where it is shown. ``said`` looks
a sentence up under ``[sentences]`` of the language's file: whole, as the exercise files have it, or as the phrase of
``core/phrases.py`` that it was made from, with the same figures. What a language lacks is said in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from formcheck.core.phrases import COMMA, FREE, OR, PHRASES, WORDS
from formcheck.texts import FALLBACK, code, language, table

SECTION: Final = "sentences"
_FIELD: Final = re.compile(r"{(\w+)}")
_FIGURE: Final = r"[-+]?(?:\d+(?:\.\d+)?|nan|inf)%?"


def said(sentence: str) -> str:
    """The sentence in the language now; as it is, where the language has no word for it."""
    name = language()
    return sentence if name == FALLBACK else _said(name, sentence)


def all_said(sentences: Iterable[str]) -> tuple[str, ...]:
    """Each of them said."""
    return tuple(said(one) for one in sentences)


def tongue(sentence: str) -> str:
    """The language that ``said`` says it in, as a browser names it: for a voice."""
    return FALLBACK if said(sentence) == sentence else code()


def phrases() -> tuple[str, ...]:
    """All that a translator finds of the core: its phrases, the words that fill them, and what joins a list."""
    words = (word for group in WORDS.values() for word in group)
    return *PHRASES.values(), *words, OR, COMMA


def fields(text: str) -> frozenset[str]:
    """The names of its ``{fields}``."""
    return frozenset(_FIELD.findall(text))


@lru_cache(maxsize=4096)
def _said(name: str, sentence: str) -> str:
    return _translated(name, sentence) or sentence


def _translated(name: str, sentence: str) -> str | None:
    if known := _whole(name, sentence):
        return known
    for english, other in _patterns(name):
        if match := english.fullmatch(sentence):
            return other.format(**{field: _value(name, value) for field, value in match.groupdict().items()})
    return None


def _whole(name: str, sentence: str) -> str | None:
    return table(name).get(f"{SECTION}.{sentence}")


def _value(name: str, value: str) -> str:
    """What a field holds: a sentence, a list of known words, or a figure or name, which stay."""
    if known := _translated(name, value):
        return known
    for joint in (OR, COMMA):
        parts = [_translated(name, part) for part in value.split(joint)]
        if len(parts) > 1 and all(parts):
            return (_whole(name, joint) or joint).join(part for part in parts if part)
    return value


@cache
def _patterns(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The language's phrases that have fields, those of most words first; one with an unknown field is left out."""
    mine = ((english, _whole(name, english)) for english in PHRASES.values() if fields(english))
    usable = [(english, other) for english, other in mine if other and fields(other) <= fields(english)]
    usable.sort(key=lambda pair: -len(_FIELD.sub("", pair[0])))
    return tuple((_pattern(english), other) for english, other in usable)


def _pattern(english: str) -> re.Pattern[str]:
    parts = _FIELD.split(english)  # words and field names in turn
    return re.compile("".join(_of_field(part) if i % 2 else re.escape(part) for i, part in enumerate(parts)))


def _of_field(field: str) -> str:
    if field in FREE:
        return f"(?P<{field}>.+?)"
    if field in WORDS:
        return f"(?P<{field}>{'|'.join(map(re.escape, WORDS[field]))})"
    return f"(?P<{field}>{_FIGURE})"
