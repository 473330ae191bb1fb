"""A made-up language, every English text in ⟦brackets⟧ but for its fields, and what of a shown text is not in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from formcheck.cli.words import to_translate
from formcheck.core.types import Report
from formcheck.exercises.load import load_catalogue
from formcheck.texts import tomllib
from formcheck.texts.translation import blank, line

_IN_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
_FIELD = re.compile(r"({\w+})")
#: Signs of units and letters of clips, the same in every language, and a name.
_SIGNS = re.compile(r"(?<![^\W\d])(s|m|m/s|kg|cm|min|MB|GB|A|B|SD|formcheck)(?![^\W\d])")
_ADDRESS = re.compile(r"data:|/")
_ICON = re.compile(r":material/\w+:")
_LINK = re.compile(r"\]\(/[^)]*\)")


def write_language(path: Path, more: Iterable[str] = ()) -> Path:
    """The made-up language at ``path``: the file that ``formcheck words`` writes, and the sentences in ``more``."""
    whole = tomllib.loads(blank(to_translate(load_catalogue())))
    whole["sentences"] |= {text: text for text in more}
    lines: list[str] = []
    for section, own in whole.items():
        lines += [f"[{section}]", *(line(key, _in_brackets(text)) for key, text in own.items())]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _in_brackets(text: str) -> str:
    parts = _FIELD.split(text)
    return "".join(part if _FIELD.match(part) or not part.strip() else f"⟦{part}⟧" for part in parts)


def left_over(shown: Iterable[str], data: Iterable[str]) -> list[str]:
    """What of the shown texts is neither in brackets nor from ``data``: words that nobody could translate."""
    known = sorted({" ".join(text.split()) for text in data if text}, key=len, reverse=True)
    found: list[str] = []
    for text in shown:
        rest = " ".join(_IN_BRACKETS.sub(" ", text).split())
        for one in known:
            rest = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", rest, flags=re.IGNORECASE)
        found += re.findall(r"[^\W\d_][\w' ]*", _SIGNS.sub(" ", rest))
    return [one.strip() for one in found]


def sentences_in(report: Report) -> list[str]:
    """The sentences that a report brings along: what was seen, and why something is or is not so."""
    own = [*report.warnings, *report.tracking.reasons, *report.stop.reasons, report.tracking.subject.note]
    own += [text for one in report.programme for text in (one.topic, one.seen, one.prescribed, one.source)]
    for one in report.findings:
        own += [one.cue, one.why, one.reason, one.source, one.measure, one.film]
    return [text for text in own if text]


def names_in(report: Report) -> list[str]:
    """What stands in a report and is no word: names, ids as ``--exercise`` takes them, and tags of evidence."""
    own = [Path(report.video.path).name, report.engine.name, report.engine.model, *load_catalogue().exercises]
    return [*own, *(one.evidence for one in report.findings)]


class _Page(HTMLParser):
    """``shown`` has the page's text in one piece, and each text of an attribute."""

    VOID = ("style", "script")
    WORDS = ("title", "aria-label", "alt", "placeholder")

    def __init__(self) -> None:
        super().__init__()
        self._inside: list[str] = []
        self.text: list[str] = []
        self.attributes: list[str] = []
        self.data: dict[str, Any] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [value for name, value in attrs if name in self.WORDS and value]
        if tag in self.VOID:
            self._inside.append("json" if ("type", "application/json") in attrs else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.text.append(data)
        elif self._inside[-1] == "json":
            self.data = json.loads(data)


def html_texts(body: str) -> list[str]:
    """The text of a page or a piece of one, each text of an attribute, and the words its script is given."""
    page = _Page()
    page.feed(body)
    given = [page.data["not_seen"]] if page.data else []
    for plot in page.data.get("plots", {}).values():
        given += [plot["unit"], *(line["side"] for line in plot["lines"])]
    return [" ".join(page.text), *page.attributes, *given]


#: What a component is given beside words: addresses, ids, looks.
_NO_WORDS = {
    "src", "a", "b", "side", "check", "verdict", "fill", "shape", "colour", "dash", "name", "names", "checks", "sides",
    "look", "accept", "pattern", "visit", "picture", "lang",
}  # fmt: skip


def _json_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield _FIELD.sub(" ", value)  # some are filled in by the script
    elif isinstance(value, list):
        for one in value:
            yield from _json_texts(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _NO_WORDS:
                yield from _json_texts(one)


def _spec_titles(value: Any) -> Iterator[str]:
    """Titles and legends of a chart; one in several lines is one text."""
    if isinstance(value, dict):
        title = value.get("title")
        if isinstance(title, list) and all(isinstance(one, str) for one in title):
            title = " ".join(title)
        yield from [title] if isinstance(title, str) else []
        for one in value.values():
            yield from _spec_titles(one)
    elif isinstance(value, list):
        for one in value:
            yield from _spec_titles(one)


def _svg_texts(url: str) -> list[str]:
    return html_texts(base64.b64decode(url.partition("base64,")[2]).decode("utf-8"))


def _cells(frame: Any) -> Iterator[str]:
    yield from (one for row in frame.itertuples() for one in row if isinstance(one, str) and not _ADDRESS.match(one))


def _element_texts(one: Any) -> Iterator[str]:
    from google.protobuf.json_format import MessageToDict

    told = MessageToDict(one.proto)
    yield from (told[key] for key in ("label", "help", "placeholder", "text") if told.get(key))
    yield from told.get("options", [])
    if one.type == "html":
        yield from html_texts(told["body"])
    elif one.type in ("dataframe", "arrow_data_frame", "table", "arrow_table"):
        given = json.loads(told.get("columns") or "{}")
        yield from (str(given.get(name, {}).get("label") or name) for name in one.value.columns)
        yield from (str(name) for name in one.value.index.names if name is not None)
        yield from _cells(one.value)
    elif one.type == "bidi_component":
        yield from _json_texts(json.loads(told["json"]))
    elif one.type == "vega_lite_chart":
        yield from _spec_titles(json.loads(told["spec"]))
    elif "imgs" in told:
        for image in told["imgs"]:
            yield from _svg_texts(image["url"])
    elif told.get("body"):
        yield _LINK.sub("]", _ICON.sub("", told["body"]))


def page_texts(page: Any) -> list[str]:
    """Every text on a page of the app, as AppTest gives it."""

    def walk(block: Any) -> Iterator[str]:
        for child in block.children.values():
            if hasattr(child, "children"):
                yield from ([child.label] if getattr(child, "label", "") else [])
                yield from walk(child)
            else:
                yield from _element_texts(child)

    return list(walk(page.main))
