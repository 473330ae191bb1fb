"""A run on its way: stage, bar, time left, cancel; and what became of one that gave no result."""

from __future__ import annotations

import streamlit as st

from formcheck.app.jobs.store import OPEN, State
from formcheck.app.parts.common import error_words, runs, time_words
from formcheck.texts import section, t


@st.fragment(run_every=0.5)
def watch(ticket: str) -> None:
    """Follow an open run; when it ends, the whole page runs again."""
    store = runs()
    if not store.knows(ticket) or store.state(ticket).status not in OPEN:
        st.rerun()
    state = store.state(ticket)
    st.progress(state.fraction, text=_line(ticket, state))
    st.caption(t("progress.safe"))
    if store.cancelled(ticket):
        st.button(t("progress.cancelling"), disabled=True, key=f"cancelling:{ticket}")
    else:
        st.button(
            t("progress.cancel"),
            key=f"cancel:{ticket}",
            icon=":material/cancel:",
            on_click=store.cancel,
            args=(ticket,),
        )


def _line(ticket: str, state: State) -> str:
    if state.status == "queued":
        ahead = runs().ahead(ticket)
        return t("progress.queued", n=ahead) if ahead else t("progress.queued_next")
    stage = section("progress").get(state.stage, t("progress.start"))
    left = t("progress.eta", time=time_words(state.eta_s)) if state.eta_s is not None else t("progress.eta_unknown")
    return f"{stage} · {state.fraction:.0%} · {left}"


def ended(ticket: str) -> None:
    """A run that failed or was cancelled: why, and once more."""
    store = runs()
    state = store.state(ticket)
    if state.status == "cancelled":
        st.info(t("progress.cancelled"), icon=":material/cancel:")
    else:
        st.error(error_words(state, store.job(ticket)), icon=":material/error:")
    if st.button(t("progress.again"), key=f"again:{ticket}"):
        (store.folder(ticket) / "cancel").unlink(missing_ok=True)
        store.update(ticket, status="queued", error="", stage="", fraction=0.0, attempts=0, finished_s=None)
        st.rerun()
