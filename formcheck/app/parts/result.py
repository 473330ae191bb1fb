"""A run's result: summary first, the annotated video beside it, then everything else in tabs."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from formcheck.app.components.mount import player
from formcheck.app.jobs.store import Job
from formcheck.app.parts import adjust, player_data, reproduce, save
from formcheck.app.parts.common import (
    catalogue,
    load_report,
    quality_badge,
    result_url,
    runs,
    side_words,
    titles,
    verdict_badge,
)
from formcheck.app.texts import section, t
from formcheck.core.types import Finding, Report, Signals, Step
from formcheck.report import words
from formcheck.report.digest import Digest, Titles, digest, rank, setting_line, stop_line


@dataclass(frozen=True)
class Shown:
    """What the page shows: the report (by own limits, where some were moved) and what goes with it."""

    ticket: str
    job: Job
    report: Report
    signals: Signals
    plot: dict[str, Any]
    titles: Titles

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return runs().folder(self.ticket)


@st.cache_data(show_spinner=False, max_entries=16)
def _signals_and_plot(out: str, _changed: float) -> tuple[Signals, dict[str, Any]]:
    signals = player_data.load_signals(Path(out) / "signals.csv")
    return signals, player_data.plot_data(load_report(Path(out)), signals, catalogue())


def seek(ticket: str, at_s: float, group: int | None = None) -> None:
    """Send the video (and the plot) somewhere."""
    key = f"seek:{ticket}"
    before = st.session_state.get(key, {"n": 0})
    st.session_state[key] = {"t": at_s, "n": before["n"] + 1, "group": group, "scroll": True}


@st.fragment
def result(ticket: str) -> None:
    """The whole result. A fragment: a click here runs this alone."""
    store = runs()
    out = store.out(ticket)
    signals, plot = _signals_and_plot(str(out), (out / "report.json").stat().st_mtime)
    stored = load_report(out)
    own = adjust.rescored(ticket)
    shown = Shown(ticket, store.job(ticket), own or stored, signals, plot, titles())
    _head(shown)
    if own is not None:
        st.info(t("adjust.active"), icon=":material/tune:")
    left, right = st.columns([5, 6], gap="large")
    with left:
        _summary(shown)
    with right:
        _video(shown)
    _tabs(shown, stored)


def _head(shown: Shown) -> None:
    st.subheader(shown.job.name, anchor=False)
    line = html.escape(setting_line(shown.report, shown.titles))
    st.html(f'<div class="fc-row">{quality_badge(shown.report.tracking.quality)}<span>{line}</span></div>')


def _summary(shown: Shown) -> None:
    report, found = shown.report, digest(shown.report)
    number = words.NO_SCORE if report.score is None else f"{report.score:.0f}"
    st.html(
        f'<div class="fc-row" role="group" aria-label="{t("result.score")}"><span class="fc-score">{number}</span>'
        f"<span>{html.escape(found.headline)}</span></div>"
    )
    st.markdown(f"**{t('result.matters')}**", help=t("result.score_help"))
    if not found.top:
        st.write(t("result.nothing"))
    for place, fault in enumerate(found.top):
        finding_card(shown, fault.worst, f"top{place}")
    with st.container(border=True):
        st.markdown(f"**{t('result.stop')}**")
        st.write(stop_line(report))
        if report.stop.advised and report.stop.at_s is not None:
            at = report.stop.at_s
            _go(shown, at, "stop", None)
    if report.tracking.quality != "accepted" and report.tracking.reasons:
        st.warning("; ".join(report.tracking.reasons), icon=":material/videocam_off:")
    for warning in report.warnings:
        st.warning(warning[:1].upper() + warning[1:], icon=":material/info:")


def _group_of(shown: Shown, finding: Finding) -> int | None:
    name = player_data.plot_of_check(finding.check, finding.exercise or shown.report.exercise, catalogue())
    names = [group["name"] for group in shown.plot["groups"]]
    return names.index(name) if name in names else None


def _go(shown: Shown, at_s: float, key: str, group: int | None) -> None:
    st.button(
        t("common.go_to", when=words.clock(at_s)), key=f"go:{shown.ticket}:{key}", icon=":material/play_circle:",
        help=t("common.go_to_help"), on_click=seek, args=(shown.ticket, at_s, group),
    )  # fmt: skip


def finding_card(shown: Shown, finding: Finding, key: str, why: bool = False) -> None:
    """One finding: verdict, what to do, its number against the band, and a button that shows it."""
    name = shown.titles.check(finding.check) + side_words(finding.side)
    value = words.number(finding.value, finding.unit)
    band = t("result.wanted", band=words.wanted(finding.limits, finding.unit))
    sure = t("result.confidence", share=words.percent(finding.confidence))
    cue = f'<p class="fc-cue">{html.escape(finding.cue)}</p>' if finding.cue and finding.verdict != "good" else ""
    with st.container(border=True):
        st.html(
            f'<div class="fc-row">{verdict_badge(finding.verdict)}<strong>{html.escape(name)}</strong></div>{cue}'
            f'<div class="fc-quiet">{html.escape(finding.measure)}: <strong>{html.escape(value)}</strong> · '
            f"{html.escape(band)} · {html.escape(sure)}</div>"
        )
        at = finding.worst_at_s if finding.worst_at_s is not None else finding.onset_s
        if at is not None and finding.verdict != "good":
            _go(shown, at, key, _group_of(shown, finding))
        if why:
            _why(finding)


def _why(finding: Finding) -> None:
    with st.expander(t("result.why")):
        st.write(finding.why)
        evidence = "; ".join(words.evidence(finding.evidence))
        st.caption(f"{t('result.source')}: {finding.source}" + (f" ({evidence})" if evidence else ""))


def _video(shown: Shown) -> None:
    if not (runs().out(shown.ticket) / "overlay.mp4").is_file():
        st.info(t("result.no_video"), icon=":material/videocam_off:")
        return
    data = player_data.player_data(shown.report, shown.plot, shown.titles, result_url(shown.ticket, "overlay.mp4"))
    data["seek"] = st.session_state.get(f"seek:{shown.ticket}")
    player(data, key=f"player:{shown.ticket}")
    st.caption(t("result.play_note"))


def _tabs(shown: Shown, stored: Report) -> None:
    parts: list[tuple[str, Callable[[], None]]] = [
        ("findings", lambda: _findings(shown)),
        ("not_judged", lambda: _not_judged(shown, digest(shown.report))),
        ("steps", lambda: _steps(shown)),
        ("adjust", lambda: adjust.panel(shown.ticket, stored, shown.report)),
        ("programme", lambda: _programme(shown)),
        ("save", lambda: save.form(shown.ticket, stored)),
        ("downloads", lambda: _downloads(shown)),
        ("reproduce", lambda: reproduce.panel(shown.job, stored)),
    ]
    for tab, (_, draw) in zip(st.tabs([t(f"result.{key}") for key, _ in parts]), parts, strict=True):
        with tab:
            draw()


def _findings(shown: Shown) -> None:
    judged = sorted((f for f in shown.report.findings if f.verdict != "not_assessed"), key=rank)
    faults = [f for f in judged if f.verdict != "good"]
    columns = st.columns(2, gap="medium")
    for place, finding in enumerate(faults):
        with columns[place % 2]:
            finding_card(shown, finding, f"all{place}", why=True)
    st.html("".join(_good_line(shown, finding) for finding in judged if finding.verdict == "good"))


def _good_line(shown: Shown, finding: Finding) -> str:
    """One good finding as a line that opens."""
    name = shown.titles.check(finding.check) + side_words(finding.side)
    band = t("result.wanted", band=words.wanted(finding.limits, finding.unit))
    sure = t("result.confidence", share=words.percent(finding.confidence))
    return (
        f'<details class="fc-good"><summary>{verdict_badge(finding.verdict)} <strong>{html.escape(name)}</strong> '
        f'<span class="fc-quiet">{html.escape(words.number(finding.value, finding.unit))}</span></summary>'
        f'<p class="fc-quiet">{html.escape(finding.measure)} · {html.escape(band)} · {html.escape(sure)}</p>'
        f"<p>{html.escape(finding.why)}</p>"
        f'<p class="fc-quiet">{t("result.source")}: {html.escape(finding.source)}</p></details>'
    )


def _not_judged(shown: Shown, found: Digest) -> None:
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


def _steps(shown: Shown) -> None:
    import pandas as pd

    names, steps = section("steps"), shown.report.steps
    table = pd.DataFrame([_step_row(step, names) for step in steps]).dropna(axis="columns", how="all")
    _figures(shown.report)
    st.caption(t("result.steps_intro"))
    numbers = [key for key in table.columns if key.endswith(("_s", "_ratio", "_deg", "_m", "_spm"))]
    picked = st.dataframe(
        table.rename(columns=names), hide_index=True, on_select="rerun", selection_mode="single-row",
        key=f"steps:{shown.ticket}",
        column_config={names[key]: st.column_config.NumberColumn(format="%.2f") for key in numbers},
    )  # fmt: skip
    chosen = picked.selection.rows if picked else []
    if chosen and st.session_state.get(f"step:{shown.ticket}") != chosen[0]:
        st.session_state[f"step:{shown.ticket}"] = chosen[0]
        seek(shown.ticket, steps[chosen[0]].contact_s)
        st.rerun(scope="fragment")


def _step_row(step: Step, names: Mapping[str, str]) -> dict[str, Any]:
    own = {"index": step.index + 1, "lap": step.lap + 1, "side": t(f"common.{step.side}")}
    times = {"contact_s": step.contact_s, "off_s": step.off_s}
    return own | times | {key: step.measures[key] for key in names if key in step.measures}


def _figures(report: Report) -> None:
    rows = words.summary_rows(report.summary)
    spans = "".join(
        f"<span>{html.escape(label)}: <strong>{html.escape(value)}</strong></span>" for label, value in rows
    )
    st.html(f'<div class="fc-row">{spans}</div>')


def _programme(shown: Shown) -> None:
    import pandas as pd

    st.write(t("result.programme_intro"))
    rows = [
        {
            t("result.topic"): line.topic, t("result.seen"): line.seen, t("result.prescribed"): line.prescribed,
            t("result.source"): line.source,
        }
        for line in shown.report.programme
    ]  # fmt: skip
    if rows:
        st.table(pd.DataFrame(rows).set_index(t("result.topic")))


def _link(shown: Shown, name: str, label: str) -> str:
    url = result_url(shown.ticket, name, download=True)
    return f'<li><a href="{url}" download>{html.escape(t(f"result.{label}"))}</a></li>'


def _downloads(shown: Shown) -> None:
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
            runs().delete(shown.ticket)
            st.query_params.clear()
            st.rerun()
