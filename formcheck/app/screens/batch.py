"""Many videos: one table, one report each, failures with reasons."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pandas as pd
import streamlit as st

from formcheck.app import server, settings
from formcheck.app.jobs import batches
from formcheck.app.jobs.store import OPEN, Job
from formcheck.app.parts.common import (
    error_words,
    exercise_name,
    exercise_select,
    links,
    load_report,
    on_page,
    owner,
    result_url,
    run_url,
    runs,
    scored,
    titles,
    verdict_words,
)
from formcheck.app.screens.upload import upload_field
from formcheck.core.types import Report
from formcheck.report import words
from formcheck.report.digest import Digest, digest
from formcheck.report.spoken import spoken
from formcheck.texts import t

PAST = 8
COLUMNS = (
    "thumb", "score", "clip", "main_fault", "open", "exercise", "view", "quality", "stop", "status", "reason",
)  # fmt: skip


def page() -> None:
    """A new batch, or the one that the address names."""
    ticket = st.query_params.get("batch")
    batch = batches.load(runs(), ticket) if ticket else None
    if ticket and batch is None:
        st.button(t("batch.back"), on_click=st.query_params.clear)
        st.error(t("common.not_found"))
    elif batch is None:
        _new()
    else:
        st.button(t("batch.back"), on_click=st.query_params.clear)
        _table(batch.ticket)


def _new() -> None:
    st.title(t("batch.title"), anchor=False)
    st.write(t("batch.intro"))
    exercise = exercise_select("batch:exercise")
    files = upload_field("batch:files", t("batch.label"), multiple=True)
    jobs: list[tuple[Job, Path | None]] = []
    for file in files:
        try:
            jobs.append((Job("", file["name"], exercise), server.upload_path(settings.load(), file["id"])))
        except KeyError:
            continue  # taken before, by the same message
    if not server.shared():
        jobs += _folder(exercise)
    if jobs:
        st.query_params["batch"] = batches.begin(runs(), jobs, owner())
        st.rerun()
    past = batches.of_owner(runs(), owner())[:PAST]
    if past:
        st.subheader(t("batch.past"), anchor=False)
        links((f"/batch?batch={batch.ticket}", *_past_row(batch)) for batch in past)


def _past_row(batch: batches.Batch) -> tuple[str, str]:
    """When a batch was begun, and how many videos it has."""
    when = datetime.fromtimestamp(batch.created_s).strftime("%Y-%m-%d %H:%M")
    return when, words.count(len(batch.runs), "video")


def _folder(exercise: str) -> list[tuple[Job, Path | None]]:
    with st.expander(t("batch.folder")), st.form("batch:folder", border=False):
        text = st.text_input(t("batch.folder_label"))
        if not st.form_submit_button(t("batch.go")):
            return []
    folder = Path(text.strip().strip("'\"")).expanduser()
    if not text.strip() or not folder.is_dir():
        st.error(t("batch.folder_missing", path=text or "–"))
        return []
    clips = batches.clips_in(folder.resolve())
    if not clips:
        st.error(t("batch.folder_empty", path=text, kinds=", ".join(batches.CLIPS)))
    return [(Job(str(clip), clip.name, exercise), None) for clip in clips]


@st.fragment(run_every=1.0)
def _table(ticket: str) -> None:
    store, batch = runs(), batches.load(runs(), ticket)
    if batch is None:
        return
    states = {run: store.state(run) for run in batch.runs}
    closed = [run for run, state in states.items() if state.status not in OPEN]
    share = len(closed) / max(len(states), 1)
    st.progress(share, text=t("batch.progress", done=len(closed), total=len(states)))
    rows = pd.DataFrame([_row(run) for run in batch.runs])
    _show(rows)
    failed = [run for run in closed if states[run].status == "failed"]
    if failed:
        st.subheader(t("batch.failures"), anchor=False)
        for run in failed:
            name, why = store.job(run).name, error_words(states[run], store.job(run))
            st.error(why if why.startswith(name) else f"{name}: {why}")
    one, two, _ = st.columns([1, 1, 2])
    name = f"formcheck-{ticket[:6]}.csv"
    one.download_button(t("batch.csv"), _csv(rows), name, "text/csv", icon=":material/download:")
    if len(closed) < len(states):
        waiting = [run for run in states if run not in closed]
        two.button(t("batch.cancel_all"), on_click=_cancel, args=(waiting,), icon=":material/cancel:")


def _csv(rows: pd.DataFrame) -> str:
    """The table for a spreadsheet: the page's own headings, whole addresses, seconds to a tenth."""
    if rows.empty:
        return ""
    here = st.context.url or ""
    table = rows.assign(open=[urljoin(here, url) for url in rows["open"]], stop=rows["stop"].astype(float).round(1))
    names = {key: t(f"batch.{key}") for key in COLUMNS} | {"stop": t("batch.stop_s")}
    return str(table[[key for key in COLUMNS if key != "thumb"]].rename(columns=names).to_csv(index=False))


def _cancel(waiting: list[str]) -> None:
    for run in waiting:
        if runs().knows(run):
            runs().cancel(run)


def _row(run: str) -> dict[str, Any]:
    store = runs()
    job, state = store.job(run), store.state(run)
    row: dict[str, Any] = {
        "thumb": None, "clip": job.name, "status": t(f"status.{state.status}"), "exercise": "", "view": "",
        "score": None, "main_fault": "", "quality": "", "stop": None, "reason": "", "open": run_url(run),
    }  # fmt: skip
    if state.status == "running":
        row["status"] = f"{row['status']} {state.fraction:.0%}"
    if state.status == "failed":
        row["reason"] = error_words(state, job)
    if not scored(run):
        return row
    report = spoken(load_report(store.out(run)))
    found = digest(report)
    if found.top:
        worst = f"{verdict_words(found.top[0].worst.verdict)}: {titles().check(found.top[0].worst.check)}"
    else:
        worst = t("batch.no_fault" if found.good else "verdict.not_assessed")
    return row | {
        "thumb": result_url(run, "thumb.jpg"), "exercise": exercise_name(report.exercise),
        "view": t(f"view.{report.view}"), "score": report.score, "main_fault": worst,
        "quality": words.quality(report.tracking.quality),
        "stop": report.stop.at_s if report.stop.advised else None,
        "reason": _no_score(report, found),
    }  # fmt: skip


def _no_score(report: Report, found: Digest) -> str:
    """Why there is no score; nothing where there is one."""
    if report.score is not None:
        return ""
    few = report.tracking.quality != "rejected" and (found.good or found.top)
    return t("result.too_few") if few else on_page(found.headline)


def _show(rows: pd.DataFrame) -> None:
    if rows.empty:
        st.write(t("batch.none"))
        return
    config = st.column_config  # widths given: the table takes its own from cells that are empty while work goes on
    st.dataframe(
        rows,
        hide_index=True,
        row_height=56,
        height=min(40 + 56 * len(rows), 760),
        column_order=COLUMNS,
        placeholder=t("common.none"),
        alt=t("batch.table"),
        column_config={
            "thumb": config.ImageColumn(t("batch.thumb"), width="small"),
            "clip": config.TextColumn(t("batch.clip"), width=200),
            "status": config.TextColumn(t("batch.status"), width=105),
            "exercise": config.TextColumn(t("batch.exercise"), width=200),
            "view": config.TextColumn(t("batch.view"), width=90),
            "score": config.NumberColumn(t("batch.score"), format="%.0f", width=60),
            "main_fault": config.TextColumn(t("batch.main_fault"), width=220),
            "quality": config.TextColumn(t("batch.quality"), width=125),
            "stop": config.NumberColumn(t("batch.stop"), format="%.1f s", width=75),
            "reason": config.TextColumn(t("batch.reason"), width=400),
            "open": config.LinkColumn(t("batch.open"), display_text=t("common.open"), width=70),
        },
    )
