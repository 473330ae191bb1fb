"""A result into the history."""

from __future__ import annotations

from datetime import date, datetime, time, timezone

import streamlit as st

from formcheck.app.jobs.files import read_json
from formcheck.app.parts.common import history, runs
from formcheck.app.run import read_spreads
from formcheck.core.types import Report
from formcheck.errors import FormcheckError
from formcheck.history.store import SetNote
from formcheck.texts import t

NEW = 0


def _day(report: Report) -> date:
    try:
        return datetime.fromisoformat(report.created_at.replace("Z", "+00:00")).date()
    except ValueError:
        return datetime.now(timezone.utc).date()


def form(ticket: str, report: Report) -> None:
    """Athlete, day, load and note; then one row in the history, and the run's files are kept."""
    st.write(t("save.intro"))
    try:
        log = history()
    except FormcheckError as wrong:
        st.error(str(wrong))
        return
    names = {a.id: a.name for a in log.athletes()} | {NEW: t("save.new")}
    with st.form(f"save:{ticket}"):
        athlete = st.selectbox(t("save.athlete"), list(names), format_func=names.__getitem__)
        name = st.text_input(t("save.name"), help=t("save.new"))
        one, two, three, four = st.columns(4)
        day = one.date_input(t("save.day"), value=_day(report))
        load = two.number_input(t("save.load"), 0.0, 2000.0, report.summary.get("load_kg"), 0.5)
        mass = three.number_input(t("save.mass"), 10.0, 400.0, report.summary.get("body_mass_kg"), 0.5)
        metres = four.number_input(
            t("save.distance"), 0.0, 100000.0, report.summary.get("distance_m"), 0.5, help=t("save.distance_help")
        )
        note = st.text_input(t("save.note"))
        go = st.form_submit_button(t("save.go"), type="primary")
    if not go:
        return
    try:
        who = athlete if athlete != NEW else log.add_athlete(name, body_mass_kg=mass)
    except FormcheckError as wrong:
        st.error(str(wrong))
        return
    data = read_json(runs().out(ticket) / "report.json")
    noted = SetNote(datetime.combine(day, time(12)), load, mass, metres, note)
    log.add_set(who, report, data, spreads=read_spreads(runs().folder(ticket)), note=noted, run=ticket)
    runs().keep(ticket)
    st.success(t("save.saved", name=name.strip() if athlete == NEW else names[athlete]))
