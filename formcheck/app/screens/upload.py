"""The first page: drop a video, watch it being worked on, read the result."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from formcheck.api import AUTO
from formcheck.app import server, settings
from formcheck.app.components.mount import uploader
from formcheck.app.jobs.store import OPEN, Job
from formcheck.app.parts import adjust, progress
from formcheck.app.parts.common import (
    exercise_name,
    exercise_select,
    links,
    load_report,
    owner,
    run_url,
    runs,
    scored,
)
from formcheck.app.parts.guide import guide
from formcheck.app.parts.result import result
from formcheck.report import words
from formcheck.texts import section, t

ACCEPT = "video/*,.mp4,.mov,.mkv,.webm,.avi,.m4v,.mts,.m2ts,.3gp"
PATTERN = r"\.(mp4|mov|mkv|webm|avi|m4v|mts|m2ts|3gp)$"
MODELS = ("heavy", "full", "lite")
RECENT = 8


def page() -> None:
    """A new video, or the run that the address names."""
    ticket = st.query_params.get("run")
    if ticket is None:
        _new()
        return
    st.button(t("common.back"), on_click=st.query_params.clear)
    if not runs().knows(ticket):
        st.error(t("common.not_found"))
        return
    status = runs().state(ticket).status
    if scored(ticket):
        result(ticket)
        return
    st.subheader(runs().job(ticket).name, anchor=False)
    if status == "done":
        st.error(t("common.not_found"))
    elif status in OPEN:
        progress.watch(ticket)
    else:
        progress.ended(ticket)


def size_words(size: int) -> str:
    """Bytes as "2 GB"."""
    return f"{size / settings.GIB:.0f} GB" if size >= settings.GIB else f"{size / 1024**2:.0f} MB"


def upload_field(key: str, label: str, multiple: bool) -> list[dict[str, Any]]:
    """The uploader; the files just sent."""
    limit = settings.load().max_upload_bytes
    hint = "upload.hint_shared" if server.shared() else "upload.hint"
    return uploader(
        {
            "label": label, "hint": t(hint, size=size_words(limit)), "cancel": t("common.cancel"),
            "choose": t("upload.choose_many" if multiple else "upload.choose"),
            "choose_folder": t("upload.choose_folder"), "folder": multiple, "multiple": multiple,
            "accept": ACCEPT, "pattern": PATTERN, "limit_bytes": limit, "words": section("uploader"),
        },
        key=key,
    )  # fmt: skip


def _new() -> None:
    st.title(t("upload.title"), anchor=False)
    st.write(t("upload.intro"))
    left, right = st.columns([1, 1], gap="large")
    with left:
        exercise = exercise_select("upload:exercise")
        slot = st.container()
        options = _details()
        with slot:
            files = upload_field("upload:files", t("upload.label"), multiple=False)
        _start_upload(files, exercise, options)
        if not server.shared():
            _path_field(exercise, options)
    with right:
        guide(exercise)
    recent()


def _details() -> dict[str, Any]:
    with st.expander(t("upload.details")):
        told: dict[str, Any] = dict(adjust.details("upload"))
        one, two = st.columns(2)
        told["slowmo"] = one.number_input(
            t("upload.slowmo"), 1.0, 64.0, None, 0.5, help=t("upload.slowmo_help"), key="upload:slowmo"
        )
        told["model"] = two.selectbox(t("upload.model"), MODELS, help=t("upload.model_help"), key="upload:model")
    return {key: value for key, value in told.items() if value is not None}


def _start_upload(files: list[dict[str, Any]], exercise: str, options: dict[str, Any]) -> None:
    for file in files[:1]:
        try:
            path = server.upload_path(settings.load(), file["id"])
        except KeyError:
            return  # the same message came again after a reload; the run has the file
        job = Job("", file["name"], exercise, owner(), options)
        st.query_params["run"] = runs().create(job, upload=path)
        st.rerun()


def _path_field(exercise: str, options: dict[str, Any]) -> None:
    with st.expander(t("upload.path")), st.form("upload:path", border=False):
        text = st.text_input(t("upload.path_label"), help=t("upload.path_help"))
        if not st.form_submit_button(t("upload.path_go")):
            return
        path = Path(text.strip().strip("'\"")).expanduser()
        if not text.strip() or not path.is_file():
            st.error(t("upload.path_missing", path=text or "–"))
            return
        job = Job(str(path.resolve()), path.name, exercise, owner(), options)
        st.query_params["run"] = runs().create(job)
        st.rerun()


def recent() -> None:
    """The latest runs of whose page this is."""
    store = runs()
    own = [t_ for t_ in reversed(store.tickets()) if store.job(t_).owner == owner() and not store.job(t_).batch]
    if not own:
        return
    st.subheader(t("upload.recent"), anchor=False, help=t("upload.recent_help", days=f"{settings.load().keep_days:g}"))
    links((run_url(ticket), store.job(ticket).name, _what_became(ticket)) for ticket in own[:RECENT])


def _what_became(ticket: str) -> str:
    """A run in a few words: its exercise as scored, its score, when; or that it is not done."""
    job, state = runs().job(ticket), runs().state(ticket)
    when = datetime.fromtimestamp(job.created_s).strftime("%Y-%m-%d %H:%M")
    if not scored(ticket):  # done without a report: half deleted by hand
        status = "failed" if state.status == "done" else state.status
        asked = [] if job.exercise == AUTO else [exercise_name(job.exercise)]
        return " · ".join([*asked, t(f"status.{status}"), when])
    report = load_report(runs().out(ticket))
    score = words.no_score() if report.score is None else t("page.score", score=f"{report.score:.0f}")
    return " · ".join([exercise_name(report.exercise), score, when])
