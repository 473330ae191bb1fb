"""The result page's plainer tabs: not judged, steps, programme, files."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import streamlit as st

from formcheck.app.parts import prescribed
from formcheck.app.parts.common import result_url, runs, tip, verdict_badge
from formcheck.app.parts.shown import Shown, seek
from formcheck.core.types import Report, Step
from formcheck.report import words
from formcheck.report.digest import Digest
from formcheck.texts import section, t

_DIGITS = {"_spm": "%.0f", "_deg": "%.1f", "_s": "%.2f", "_ratio": "%.2f", "_m": "%.2f"}


def not_judged(shown: Shown, found: Digest) -> None:
    """What could not be judged, why, and how to film it."""
    if not found.not_judged:
        st.write(t("result.not_judged_none"))
        return
    st.write(t("result.not_judged_intro"))
    for group in found.not_judged:
        with st.container(border=True):
            names = ", ".join(shown.titles.check(check) for check in group.checks)
            st.html(f'<div class="fc-row">{verdict_badge("not_assessed")}<strong>{html.escape(names)}</strong></div>')
            for reason, checks in group.reasons.items():
                which = "" if len(group.reasons) == 1 else f" ({', '.join(shown.titles.check(c) for c in checks)})"
                st.write(f"{reason[:1].upper()}{reason[1:]}{which}.")
            if group.film:
                st.write(f":material/videocam: {group.film}")


def steps(shown: Shown) -> None:
    """The set in figures and a table of steps; a chosen row is shown in the video."""
    import pandas as pd

    names, steps = section("steps"), shown.report.steps
    table = pd.DataFrame([_step_row(step, names) for step in steps]).dropna(axis="columns", how="all")
    _figures(shown.report)
    if shown.has_video:
        st.caption(t("result.steps_intro"))
    picked = st.dataframe(
        table.rename(columns=names), hide_index=True, selection_mode="single-row",
        on_select="rerun" if shown.has_video else "ignore",
        key=f"steps:{shown.ticket}",
        column_config={names[key]: _column(key) for key in table.columns},
        placeholder=t("common.none"), alt=t("result.steps_table"),
    )  # fmt: skip
    chosen = picked.selection.rows if shown.has_video and picked else []
    if chosen and st.session_state.get(f"step:{shown.ticket}") != chosen[0]:
        st.session_state[f"step:{shown.ticket}"] = chosen[0]
        seek(shown.ticket, steps[chosen[0]].contact_s)
        st.rerun(scope="fragment")


def _column(key: str) -> Any:
    """How a column of the table is written, and its explanation on hover, where it has one."""
    ending = next((end for end in _DIGITS if key.endswith(end)), None)
    more = section("steps_help").get(key)
    if ending is None:
        return st.column_config.Column(help=more)
    return st.column_config.NumberColumn(format=_DIGITS[ending], help=more)


def _step_row(step: Step, names: Mapping[str, str]) -> dict[str, Any]:
    own = {"index": step.index + 1, "lap": step.lap + 1, "side": t(f"common.{step.side}")}
    times = {"contact_s": step.contact_s, "off_s": step.off_s}
    return own | times | {key: step.measures[key] for key in names if key in step.measures}


def _figures(report: Report) -> None:
    more = section("summary_help")
    labels = {words.summary_label(key): more[key] for key in report.summary if key in more}
    rows = words.summary_rows(report.summary)
    spans = "".join(
        f"<span>{tip(html.escape(label), labels[label]) if label in labels else html.escape(label)}: "
        f"<strong>{html.escape(value)}</strong></span>"
        for label, value in rows
    )
    st.html(f'<div class="fc-row">{spans}</div>')


def programme(shown: Shown) -> None:
    """What was seen beside what the articles prescribe."""
    st.write(t("result.programme_intro"))
    prescribed.show(shown.report.programme)


def _link(shown: Shown, name: str, label: str) -> str:
    url = result_url(shown.ticket, name, download=True)
    return f'<li><a href="{url}" download>{html.escape(t(f"result.{label}"))}</a></li>'


def downloads(shown: Shown) -> None:
    """The run's files, and its end."""
    kinds = [
        ("video_file", "overlay.mp4"), ("html_file", "report.html"), ("steps_file", "steps.csv"),
        ("signals_file", "signals.csv"), ("json_file", "report.json"),
    ]  # fmt: skip
    there = [(label, name) for label, name in kinds if (shown.folder / "out" / name).is_file()]
    links = "".join(_link(shown, name, label) for label, name in there)
    st.html(f'<ul class="fc-files">{links}</ul>')
    page = result_url(shown.ticket, "report.html")
    st.html(f'<a href="{page}" target="_blank" rel="noopener">{html.escape(t("result.full_report"))}</a>')
    with st.popover(t("result.delete_run"), icon=":material/delete:"):
        st.write(t("result.delete_ask"))
        if st.button(t("result.delete_sure"), key=f"delete:{shown.ticket}", type="primary"):
            for run in runs().family(shown.ticket):
                runs().delete(run)
            st.query_params.clear()
            st.rerun()
