"""What was seen beside what the articles prescribe: one block a topic, narrow enough for a phone."""

from __future__ import annotations

import html
from collections.abc import Iterable

import streamlit as st

from formcheck.core.types import ProgrammeLine
from formcheck.texts import t


def show(lines: Iterable[ProgrammeLine]) -> None:
    """The lines by topic and by what was seen of it, each prescription with its source."""
    blocks: dict[tuple[str, str], list[ProgrammeLine]] = {}
    for line in lines:
        blocks.setdefault((line.topic, line.seen or t("result.not_logged")), []).append(line)
    if blocks:
        st.html("".join(_block(topic, seen, rules) for (topic, seen), rules in blocks.items()))


def _block(topic: str, seen: str, rules: list[ProgrammeLine]) -> str:
    told = "".join(
        f'<li>{html.escape(rule.prescribed)} <span class="fc-quiet">({html.escape(rule.source)})</span></li>'
        for rule in rules
    )
    return (
        f'<div class="fc-prescribed"><div><strong>{html.escape(topic[:1].upper() + topic[1:])}</strong><br>'
        f'<span class="fc-quiet">{html.escape(t("result.seen"))}:</span> {html.escape(seen)}</div>'
        f'<div><span class="fc-quiet">{html.escape(t("result.prescribed"))}:</span><ul>{told}</ul></div></div>'
    )
