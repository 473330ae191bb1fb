"""A result into the history."""

from __future__ import annotations

from datetime import date, datetime, time, timezone

import streamlit as st

from formcheck.app.jobs.files import read_json
from formcheck.app.parts.common import history, runs
from formcheck.app.run import read_spreads
from formcheck.core.types import Report
from formcheck.errors import FormcheckError
from formcheck.history.store import History, SetNote
from formcheck.texts import t

NEW = 0


def _day(report: Report) -> date:
    try:
        return datetime.fromisoformat(report.created_at.replace("Z", "+00:00")).date()
    except ValueError:
        return datetime.now(timezone.utc).date()


def _who(log: History, chosen: int, name: str, mass: float | None) -> int:
    """A name that was typed counts before the one in the list, and makes an athlete where there is none of it."""
    typed = " ".join(name.split())
    if chosen != NEW and not typed:
        return chosen
    known = {a.name: a.id for a in log.athletes()}
    return known.get(typed) or log.add_athlete(typed, body_mass_kg=mass)


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
        name = st.text_input(t("save.name"), help=t("save.name_help"))
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
        who = _who(log, athlete, name, mass)
    except FormcheckError as wrong:
        st.error(str(wrong))
        return
    data = read_json(runs().out(ticket) / "report.json")
    noted = SetNote(datetime.combine(day, time(12)), load, mass, metres, note)
    before = [one.id for person in log.athletes() for one in log.sets(person.id) if one.run == ticket]
    log.add_set(who, report, data, spreads=read_spreads(runs().folder(ticket)), note=noted, run=ticket)
    for old in before:  # one set is one line of the history, however often it is saved
        log.delete_set(old)
    runs().keep(ticket)
    said = "save.replaced" if before else "save.saved"
    st.success(t(said, name=next(a.name for a in log.athletes() if a.id == who)))
