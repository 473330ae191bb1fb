"""Athletes over time: sets, trends with their noise, the programme, and one's own data in one's own hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from math import inf

import pandas as pd
import streamlit as st

from formcheck.app.parts import prescribed, trend_chart
from formcheck.app.parts.common import catalogue, exercise_name, history, run_url, runs, side_words, titles
from formcheck.errors import FormcheckError
from formcheck.history.exchange import export_history, import_history
from formcheck.history.models import Athlete, TrainingSet
from formcheck.history.programme import against, figures
from formcheck.history.store import History
from formcheck.history.trends import Trend, trends
from formcheck.report import words
from formcheck.report.spoken import spoken_line
from formcheck.texts import t
from formcheck.texts.sentences import said


def page() -> None:
    """One athlete at a time."""
    st.title(t("history.title"), anchor=False)
    st.write(t("history.intro"))
    try:
        log = history()
    except FormcheckError as wrong:
        st.error(str(wrong))
        return
    if told := st.session_state.pop("history:told", None):
        st.success(told)
    athletes = {a.id: a for a in log.athletes()}
    if athletes:
        chosen = st.selectbox(
            t("history.athlete"), list(athletes), format_func=lambda i: athletes[i].name, key="history:athlete"
        )
        _athlete(log, athletes[chosen])
    else:
        st.info(t("history.none"))
    _add(log, expanded=not athletes)
    _data(log, athletes[chosen] if athletes else None)


def _add(log: History, expanded: bool) -> None:
    with st.expander(t("history.add"), expanded=expanded), st.form("history:add", border=False, clear_on_submit=True):
        one, two, three = st.columns([2, 1, 1])
        name = one.text_input(t("history.name"))
        height = two.number_input(t("history.height"), 50.0, 260.0, None, 1.0)
        mass = three.number_input(t("history.mass"), 10.0, 400.0, None, 0.5)
        note = st.text_input(t("history.note"))
        if st.form_submit_button(t("history.go")):
            try:
                log.add_athlete(name, height, mass, note)
            except FormcheckError as wrong:
                st.error(str(wrong))
            else:
                st.rerun()


def _athlete(log: History, athlete: Athlete) -> None:
    sets = log.sets(athlete.id)
    if not sets:
        st.info(t("history.no_sets"))
        return
    kinds = list(dict.fromkeys(one.exercise for one in reversed(sets)))
    exercise = st.selectbox(t("history.exercise"), kinds, format_func=exercise_name, key=f"history:ex:{athlete.id}")
    own = [one for one in sets if one.exercise == exercise]
    _trends(own)
    _programme(own, exercise)
    _sets(own)


def _trends(sets: Sequence[TrainingSet]) -> None:
    st.subheader(t("history.trends"), anchor=False)
    st.altair_chart(trend_chart.score_chart(sets))
    by_news = sorted(trends(sets), key=lambda x: -abs(x.change or 0.0) / (x.band or inf))
    found = {(x.check, x.measure, x.side): x for x in by_news}
    if not found:
        return
    key = st.selectbox(
        t("history.check"), list(found), key="history:check",
        format_func=lambda k: f"{titles().check(k[0])}{side_words(k[2])}: {said(k[1])}",
    )  # fmt: skip
    told = _trend_words(found[key])
    st.markdown(told)
    st.altair_chart(trend_chart.check_chart(found[key]).properties(description=told))
    st.caption(t("history.trend_help"))


def _trend_words(trend: Trend) -> str:
    if trend.change is None:
        return t("history.trend_one")
    direction = t("compare.more" if trend.change > 0 else "compare.less")
    change = f"{words.number(abs(trend.change), trend.unit)} {direction}"
    if trend.changed is None or trend.band is None:
        return t("history.trend_unknown", change=change)
    kind = "history.trend_real" if trend.changed else "history.trend_noise"
    return t(kind, change=change, band=words.number(trend.band, trend.unit))


def _programme(sets: Sequence[TrainingSet], exercise: str) -> None:
    st.subheader(t("history.programme"), anchor=False)
    st.write(t("history.programme_intro"))
    found = figures(sets, datetime.now(timezone.utc))
    st.altair_chart(trend_chart.load_chart(found))
    spec = catalogue().exercises.get(exercise)
    prescribed.show(map(spoken_line, against(found, spec.programme if spec else ())))


def _sets(sets: Sequence[TrainingSet]) -> None:
    st.subheader(t("history.sets"), anchor=False)
    rows = [
        {
            t("history.date"): one.done_at.date(), t("history.clip"): one.clip, t("history.score"): one.score,
            t("history.load"): one.load_kg, t("history.ratio"): one.load_ratio, t("history.duration"): one.duration_s,
            t("history.distance"): one.distance_m, t("history.steps"): one.steps,
            t("history.stop"): one.stop_at_s if one.stop_advised else None, t("history.note"): one.note,
            t("history.open"): run_url(one.run) if runs().knows(one.run) else None,
        }
        for one in reversed(sets)
    ]  # fmt: skip
    config = st.column_config
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder=t("common.none"),
        alt=t("history.table"),
        column_config={
            t("history.open"): config.LinkColumn(display_text=t("common.open")),
            t("history.score"): config.NumberColumn(format="%.0f"),
            t("history.ratio"): config.NumberColumn(format="%.2f"),
            t("history.duration"): config.NumberColumn(format="%.0f"),
            t("history.distance"): config.NumberColumn(format="%.1f"),
            t("history.stop"): config.NumberColumn(format="%.1f s"),
        },
    )
    with st.expander(t("history.delete_set")):
        labels = {one.id: f"{one.done_at:%Y-%m-%d} · {one.clip}" for one in reversed(sets)}
        gone = st.selectbox(t("history.sets"), list(labels), format_func=labels.__getitem__, key="history:set")
        st.button(t("common.delete"), on_click=_delete_set, args=(gone,), key="history:delete_set")


def _forget(run: str) -> None:
    """Delete a run with its video and what else was made from that; what another set holds stays."""
    store = runs()
    for one in store.family(run) if run and store.knows(run) else ():
        if one == run or not store.kept(one):
            store.delete(one)


def _delete_set(set_id: int) -> None:
    _forget(history().delete_set(set_id))


def _delete_athlete(athlete_id: int, name: str) -> None:
    gone = history().delete_athlete(athlete_id)
    for run in gone:
        _forget(run)
    st.session_state["history:told"] = t("history.deleted", name=name, n=len(gone))
    st.session_state.pop("history:athlete", None)


def _data(log: History, athlete: Athlete | None) -> None:
    st.subheader(t("history.data"), anchor=False)
    one, two = st.columns(2)
    one.download_button(
        t("history.export"),
        export_history(log),
        "formcheck-history.json",
        "application/json",
        icon=":material/download:",
    )  # fmt: skip
    if athlete is not None:
        two.button(
            t("history.delete", name=athlete.name), on_click=_delete_athlete, args=(athlete.id, athlete.name),
            help=t("history.delete_help"), icon=":material/delete:", key="history:delete",
        )  # fmt: skip
    with st.expander(t("history.import")):
        file = st.file_uploader(t("history.import_label"), type="json", key="history:import")
        if file is not None and st.button(t("history.import"), key="history:import_go"):
            try:
                athletes, sets = import_history(log, file.getvalue().decode("utf-8", "replace"))
            except FormcheckError as wrong:
                st.error(str(wrong))
            else:
                st.session_state["history:told"] = t("history.imported", athletes=athletes, sets=sets)
                st.rerun()
