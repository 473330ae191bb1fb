"""A run's result: summary first, the annotated video beside it, then everything else in tabs."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from formcheck.app.components.mount import player
from formcheck.app.parts import adjust, player_data, reproduce, save, tabs
from formcheck.app.parts.common import (
    catalogue,
    explained,
    load_report,
    on_page,
    quality_badge,
    result_url,
    runs,
    side_words,
    tip,
    titles,
    value_html,
    verdict_badge,
)
from formcheck.app.parts.shown import Shown, seek
from formcheck.core.types import Finding, Report, Signals
from formcheck.exercises.limits import Limits, with_limits
from formcheck.report import words
from formcheck.report.digest import Digest, digest, rank, setting_line, stop_line
from formcheck.report.spoken import spoken
from formcheck.texts import language, t


@st.cache_data(show_spinner=False, max_entries=16)
def _signals_and_plot(out: str, changed: float, language: str, limits: Limits) -> tuple[Signals, dict[str, Any]]:
    """All four arguments tell one shown result from another; the plot's bands are the own limits."""
    signals = player_data.load_signals(Path(out) / "signals.csv")
    return signals, player_data.plot_data(load_report(Path(out)), signals, with_limits(catalogue(), limits))


@st.fragment
def result(ticket: str) -> None:
    """The whole result. A fragment: a click here runs this alone."""
    store = runs()
    out = store.out(ticket)
    changed = (out / "report.json").stat().st_mtime
    signals, plot = _signals_and_plot(str(out), changed, language(), adjust.limits(ticket))
    stored = load_report(out)
    own = adjust.rescored(ticket)
    shown = Shown(ticket, store.job(ticket), spoken(own or stored), signals, plot, titles())
    _head(shown)
    with st.container():  # always there: an element more before the tabs would open the first of them again
        if adjust.limits(ticket):
            st.info(t("adjust.active"), icon=":material/tune:")
    left, right = st.columns([5, 6], gap="large")
    with left:
        _summary(shown)
    with right:
        _video(shown)
    _tabs(shown, stored, own or stored)


def _head(shown: Shown) -> None:
    st.subheader(shown.job.name, anchor=False)
    line = html.escape(setting_line(shown.report, shown.titles))
    badge = tip(quality_badge(shown.report.tracking.quality), t("result.footage_help"))
    st.html(f'<div class="fc-row">{badge}<span>{line}</span></div>')


def _summary(shown: Shown) -> None:
    report, found = shown.report, digest(shown.report)
    number = words.no_score() if report.score is None else f"{report.score:.0f}"
    of_100 = "" if report.score is None else f'<span class="fc-quiet"> {t("page.of_100")}</span>'
    score = tip(f'<span class="fc-score">{number}</span>{of_100}', t("result.score_help"))
    st.html(
        f'<div class="fc-row" role="group" aria-label="{t("result.score")}">{score}'
        f"<span>{html.escape(on_page(found.headline))}{_unjudged(report, found)}</span></div>"
    )
    st.markdown(f"**{t('result.matters')}**")
    if not found.top:
        st.write(t("result.nothing" if found.good else "page.nothing_judged"))
    for place, fault in enumerate(found.top):
        finding_card(shown, fault.worst, f"top{place}")
    with st.container(border=True):
        st.markdown(f"**{t('result.stop')}**")
        st.write(stop_line(report))
        if report.stop.advised and report.stop.at_s is not None:
            at = report.stop.at_s
            _go(shown, at, "stop", None)
    if report.tracking.quality != "accepted" and report.tracking.reasons:
        st.warning(on_page("; ".join(report.tracking.reasons)), icon=":material/videocam_off:")
    for warning in report.warnings:
        st.warning(on_page(warning), icon=":material/info:")


def _unjudged(report: Report, found: Digest) -> str:
    """How much the score knows nothing of, and where that stands."""
    checks = len({check for group in found.not_judged for check in group.checks})
    if not checks:
        return ""
    said = t("result.unjudged", checks=words.count(checks, "check"))
    if report.score is None and (found.good or found.top):
        said = f"{t('result.too_few')} {said}"
    return f'<br><span class="fc-quiet">{html.escape(said)}</span>'


def _group_of(shown: Shown, finding: Finding) -> int | None:
    name = player_data.plot_of_check(finding.check, finding.exercise or shown.report.exercise, catalogue())
    names = [group["name"] for group in shown.plot["groups"]]
    return names.index(name) if name in names else None


def _go(shown: Shown, at_s: float, key: str, group: int | None) -> None:
    if not shown.has_video:
        st.caption(words.clock(at_s))
        return
    st.button(
        t("common.go_to", when=words.clock(at_s)), key=f"go:{shown.ticket}:{key}", icon=":material/play_circle:",
        help=t("common.go_to_help"), on_click=seek, args=(shown.ticket, at_s, group),
    )  # fmt: skip


def finding_card(shown: Shown, finding: Finding, key: str, why: bool = False) -> None:
    """One finding: verdict, what to do, its number against the band, and a button that shows it."""
    name = shown.titles.check(finding.check) + side_words(finding.side)
    cue = f'<p class="fc-cue">{html.escape(finding.cue)}</p>' if finding.cue and finding.verdict != "good" else ""
    with st.container(border=True):
        st.html(
            f'<div class="fc-row">{verdict_badge(finding.verdict)}<strong>{html.escape(name)}</strong></div>{cue}'
            f'<div class="fc-quiet">{_figures(finding)}</div>'
        )
        at = finding.worst_at_s if finding.worst_at_s is not None else finding.onset_s
        if at is not None and finding.verdict != "good":
            _go(shown, at, key, _group_of(shown, finding))
        if why:
            _why(finding)


def _figures(finding: Finding) -> str:
    """What was measured, the value, what is wanted, how sure it is."""
    band = t("result.wanted", band=words.wanted(finding.limits, finding.unit))
    sure = t("result.confidence", share=words.percent(finding.confidence))
    value = value_html(finding.value, finding.unit)
    return (
        f"{explained(finding.measure)}: {value} · {html.escape(band)} · "
        f"{tip(html.escape(sure), t('result.confidence_help'))}"
    )


def _why(finding: Finding) -> None:
    with st.expander(t("result.why")):
        st.write(finding.why)
        evidence = "; ".join(words.evidence(finding.evidence))
        st.caption(f"{t('result.source')}: {finding.source}" + (f" ({evidence})" if evidence else ""))


def _video(shown: Shown) -> None:
    if not shown.has_video:
        st.info(t("result.no_video"), icon=":material/videocam_off:")
        return
    data = player_data.player_data(shown.report, shown.plot, shown.titles, result_url(shown.ticket, "overlay.mp4"))
    data["seek"] = st.session_state.get(f"seek:{shown.ticket}")
    player(data, key=f"player:{shown.ticket}")
    st.caption(t("result.play_note"))


def _tabs(shown: Shown, stored: Report, now: Report) -> None:
    parts: list[tuple[str, Callable[[], None]]] = [
        ("findings", lambda: _findings(shown)),
        ("not_judged", lambda: tabs.not_judged(shown, digest(shown.report))),
        ("steps", lambda: tabs.steps(shown)),
        ("adjust", lambda: adjust.panel(shown.ticket, stored, now)),
        ("programme", lambda: tabs.programme(shown)),
        ("save", lambda: save.form(shown.ticket, stored)),
        ("downloads", lambda: tabs.downloads(shown)),
        ("reproduce", lambda: reproduce.panel(shown.job, stored, adjust.limits(shown.ticket))),
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
    if good := [_good_line(shown, finding) for finding in judged if finding.verdict == "good"]:
        st.html("".join(good))  # which refuses to show nothing


def _good_line(shown: Shown, finding: Finding) -> str:
    """One good finding as a line that opens."""
    name = shown.titles.check(finding.check) + side_words(finding.side)
    value = words.number(finding.value, finding.unit)
    return (
        f'<details class="fc-good"><summary>{verdict_badge(finding.verdict)} <strong>{html.escape(name)}</strong> '
        f'<span class="fc-quiet">{html.escape(finding.measure)}: {html.escape(value)}</span></summary>'
        f'<p class="fc-quiet">{_figures(finding)}</p>'
        f"<p>{html.escape(finding.why)}</p>"
        f'<p class="fc-quiet">{t("result.source")}: {html.escape(finding.source)}</p></details>'
    )
