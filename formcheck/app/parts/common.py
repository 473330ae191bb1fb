"""Shared by the pages: whose page it is, its runs and history, cached reading of results, signs and words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import streamlit as st
from sqlalchemy import Engine
from streamlit.runtime.scriptrunner import get_script_run_ctx

from formcheck.api import AUTO, UP_AND_BACK
from formcheck.app import server, settings
from formcheck.app.jobs.store import Job, JobStore, State
from formcheck.core.phrases import WORDS
from formcheck.core.spec import Catalogue
from formcheck.core.types import Quality, Report, Verdict
from formcheck.exercises.load import load_catalogue
from formcheck.history.store import History, open_engine
from formcheck.report import store as report_store
from formcheck.report import words
from formcheck.report.digest import Titles, titles_of
from formcheck.report.style import INK, LINE, LINK, PAPER, QUALITY_LOOK, QUIET, VERDICT_LOOK, Look
from formcheck.texts import section, t
from formcheck.texts.sentences import said


def browser_locale() -> str | None:
    """The language of the browser that a page is made for; None where no page is being made."""
    return st.context.locale if get_script_run_ctx(suppress_warning=True) is not None else None


def catalogue() -> Catalogue:
    """The exercises."""
    return load_catalogue()


def titles() -> Titles:
    """Names for people."""
    return titles_of(catalogue())


def owner() -> str:
    """Whose page this is."""
    return server.owner_of(st.context.cookies.get(server.COOKIE))


def runs() -> JobStore:
    """The runs of this server."""
    return JobStore(settings.load().runs_dir)


@st.cache_resource(show_spinner=False)
def _engine(url: str) -> Engine:
    return open_engine(url)


def history() -> History:
    """The history of whose page this is; FormcheckError where the database cannot be opened."""
    return History(_engine(settings.database_url()), owner())


@st.cache_data(show_spinner=False, max_entries=64)
def _report(path: str, changed: float) -> Report:
    return report_store.load(path)


def load_report(out: Path) -> Report:
    """A run's report; FormcheckError if it is missing or damaged."""
    path = out / "report.json"
    return _report(str(path), path.stat().st_mtime if path.exists() else 0.0)


def scored(ticket: str) -> bool:
    """Whether a run is done and its report is there to read."""
    return runs().state(ticket).status == "done" and (runs().out(ticket) / "report.json").is_file()


def result_url(ticket: str, name: str, download: bool = False) -> str:
    """Where the browser finds one of a run's results."""
    return f"/formcheck/runs/{ticket}/{name}{'?download=1' if download else ''}"


def run_url(ticket: str) -> str:
    """The address of a run's page."""
    return f"/?run={ticket}"


def exercise_choices() -> dict[str, str]:
    """Exercise id to name, ``auto`` first, ``up_and_back`` last."""
    names = {key: said(exercise.name) for key, exercise in catalogue().exercises.items()}
    return {AUTO: t("common.auto")} | names | {UP_AND_BACK: t("common.up_and_back")}


def exercise_name(key: str) -> str:
    """An exercise's name, whatever its id."""
    return exercise_choices().get(key) or titles().exercise(key)


def exercise_select(key: str, default: str = AUTO) -> str:
    """A menu of exercises."""
    choices = exercise_choices()
    place = list(choices).index(default) if default in choices else 0
    return st.selectbox(
        t("upload.exercise"), list(choices), index=place, format_func=choices.__getitem__, key=key,
        help=t("upload.exercise_help"),
    )  # fmt: skip


def links(rows: Iterable[tuple[str, str, str]]) -> None:
    """A list of addresses, each with its name and what there is to say of it; they open in this tab."""
    items = (
        f'<li><a href="{html.escape(url)}" target="_self">{html.escape(name)}</a> · {html.escape(more)}</li>'
        for url, name, more in rows
    )
    st.html(f'<ul class="fc-list">{"".join(items)}</ul>')


def error_words(state: State, job: Job) -> str:
    """A failed run's reason in words; the clip goes by its name, not by where the server keeps it."""
    kind, _, rest = state.error.partition(":")
    if kind == "unexpected":
        return t("common.unexpected", what=rest)
    if kind == "worker_ended":
        return t("common.worker_ended", code=rest)
    if kind == "interrupted":
        return t("common.interrupted")
    text = state.error.replace(job.video, job.name)
    return text if text.startswith(job.name) else text[:1].upper() + text[1:]


def time_words(seconds: float) -> str:
    """A length of time as "40 s" or "3 min 20 s"."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def _badge(look: Look, word: str) -> str:
    return (
        f'<span class="fc-badge" style="border-color:{look.fill};color:{look.ink}">'
        f'<span aria-hidden="true" style="color:{look.fill}">{look.sign}</span> {html.escape(word)}</span>'
    )


def verdict_badge(verdict: Verdict) -> str:
    """A verdict as HTML: shape, colour and word."""
    return _badge(VERDICT_LOOK[verdict], words.verdict(verdict))


def quality_badge(quality: Quality) -> str:
    """Footage quality as HTML: shape, colour and word."""
    return _badge(QUALITY_LOOK[quality], words.quality(quality))


def tip(words_html: str, more: str) -> str:
    """Words with an explanation on hover, on a tap and from the keyboard; ``words_html`` is HTML, ``more`` is text."""
    plain = re.sub("<[^>]+>", "", words_html)
    return (
        f'<span class="fc-tip" tabindex="0" role="note" aria-label="{html.escape(html.unescape(plain))}. '
        f'{html.escape(more)}" data-tip="{html.escape(more)}">{words_html}</span>'
    )


def on_page(text: str) -> str:
    """A report's warning as the page says it: exercises by name, and its own menu for the command line's option."""
    for key, exercise in catalogue().exercises.items():
        text = re.sub(rf"\b{key}\b", said(exercise.name), text)
    for option in WORDS["choose"][:2]:
        text = text.replace(said(option), t("result.choose_exercise"))
    return text[:1].upper() + text[1:]


def explained(text: str) -> str:
    """Text as HTML, with its words of the trade explained (those that the texts' glossary lists)."""
    known = dict(entry.split(": ", 1) for entry in section("glossary").values())
    longest_first = "|".join(re.escape(html.escape(word)) for word in sorted(known, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])({longest_first})(?![\w-])", lambda m: tip(m[0], known[m[0]]), html.escape(text))


def value_html(value: float | None, unit: str) -> str:
    """A value with its unit as HTML; a unit taken from the body is explained."""
    shown = f"<strong>{html.escape(words.number(value, unit))}</strong>"
    more = section("unit_help").get(unit)
    return tip(shown, more) if more else shown


def verdict_words(verdict: str) -> str:
    """A verdict in plain text with its shape."""
    looks: Mapping[str, Look] = VERDICT_LOOK  # type: ignore[assignment]
    return f"{looks[verdict].sign} {words.verdict(verdict)}"


def side_words(side: str | None) -> str:
    """What to write after a check's name: the side in brackets, or nothing for both."""
    return f" ({t(f'common.{side}')})" if side in ("left", "right") else ""


def frame_styles() -> str:
    """The pages' own style, for what Streamlit has no element for."""
    return f"""<style>
    .fc-badge {{ display: inline-block; border: 2px solid; border-radius: 999px; padding: 0.05rem 0.6rem;
      font-weight: 650; font-size: 0.85rem; background: #fff; white-space: nowrap; }}
    .fc-score {{ font-size: 3.2rem; font-weight: 750; line-height: 1; font-variant-numeric: tabular-nums; }}
    .fc-quiet {{ color: {QUIET}; font-size: 0.88rem; }}
    .fc-cue {{ font-size: 1.08rem; font-weight: 650; margin: 0.15rem 0; }}
    .fc-row {{ display: flex; flex-wrap: wrap; gap: 0.4rem 0.7rem; align-items: center; }}
    .fc-row {{ overflow-wrap: anywhere; }}
    .fc-tip {{ position: relative; cursor: help; text-decoration: underline dotted; text-underline-offset: 0.2em; }}
    .fc-tip:has(.fc-badge), .fc-tip:has(.fc-score) {{ text-decoration: none; }}
    .fc-tip:focus-visible {{ outline: 3px solid {INK}; outline-offset: 2px; }}
    .fc-tip:is(:hover, :focus)::after {{ content: attr(data-tip); position: absolute; z-index: 20;
      inset: 1.7em auto auto 0; inline-size: max-content; max-inline-size: 20rem;
      padding: 0.5rem 0.7rem; border-radius: 0.45rem; background: {INK}; color: {PAPER}; font-size: 0.88rem;
      font-weight: 400; line-height: 1.35; overflow-wrap: normal; white-space: normal; }}
    .fc-prescribed {{ display: grid; grid-template-columns: minmax(8rem, 1fr) 3fr; gap: 0.2rem 1.2rem;
      border-bottom: 1px solid {LINE}; padding: 0.7rem 0; }}
    .fc-prescribed ul {{ margin: 0.1rem 0 0; }}
    ul.fc-list {{ margin: 0; padding: 0 !important; list-style: none; }}
    .fc-list li {{ margin: 0 !important; padding: 0.4rem 0; overflow-wrap: anywhere; }}
    .fc-list a, .fc-files a {{ color: {LINK}; }}
    .fc-guide {{ display: flex; flex-wrap: wrap; gap: 0.6rem 1.2rem; align-items: center; }}
    .fc-guide figure {{ margin: 0; flex: 3 1 19rem; max-inline-size: 30rem; }}
    .fc-guide figure:first-child {{ flex: 2 1 12rem; max-inline-size: 24rem; }}
    .fc-guide img {{ inline-size: 100%; block-size: auto; display: block; }}
    .fc-guide figcaption {{ text-align: center; color: {QUIET}; font-size: 0.88rem; }}
    .fc-good {{ border-bottom: 1px solid {LINE}; padding: 0.55rem 0.1rem; }}
    .fc-good summary {{ cursor: pointer; }}
    .fc-good p {{ margin: 0.35rem 0 0 1rem; }}
    h2, h3 {{ font-size: 1.3rem !important; }}
    h1 {{ font-size: 2.1rem !important; }}
    .stMainBlockContainer {{ padding-top: 4.5rem; padding-bottom: 2rem; max-width: 92rem; }}
    @media (hover: none) {{
      /* A table's buttons hover over what stands above it; where nothing hovers they are always there. */
      [data-testid=stElementContainer]:has([data-testid=stDataFrame]) {{ margin-top: 1.8rem; }}
    }}
    @media (max-width: 640px) {{
      .stMainBlockContainer {{ padding-inline: 0.9rem; }}
      .fc-prescribed {{ grid-template-columns: 1fr; }}
      h1 {{ font-size: 1.7rem !important; }}
      .fc-tip:is(:hover, :focus)::after {{ position: fixed; inset: auto 0.9rem 1rem; inline-size: auto;
        max-inline-size: none; }}
    }}
    </style>"""
