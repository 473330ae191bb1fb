"""The live page: choose, stand before the camera, be counted and cued, read the report.

The browser sends its camera's pictures to this server and draws on them what comes back (``live_socket``); nothing
goes anywhere else. While a set goes on no script of this page runs: each run would stop the world for a moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from formcheck.app.components.mount import live_camera
from formcheck.app.jobs.store import OPEN
from formcheck.app.live_visits import VISITS
from formcheck.app.parts import adjust, progress
from formcheck.app.parts.common import catalogue, exercise_select, owner, runs
from formcheck.app.parts.guide import guide
from formcheck.app.parts.result import result
from formcheck.app.run import options_of
from formcheck.errors import FormcheckError
from formcheck.texts import section, t

if TYPE_CHECKING:
    from formcheck.app.live_video import Setup

#: At this size an athlete far off is still found. All that the camera sees, never a cut-out of it.
PICTURE: dict[str, Any] = {
    "width": {"ideal": 960},
    "height": {"ideal": 540},
    "frameRate": {"ideal": 30},
    "resizeMode": "none",
}
SPEAK_GAP_S = 3.0
#: Where the session keeps the visit that goes on, what is asked of the next one, and what went wrong.
VISIT, SETUP, NOTICE, OWNER = "live:visit", "live:setup", "live:notice", "live:owner"
CAMERA = "live:camera"


def page() -> None:
    """Live, or the report of the set just done, whose ticket is in the address: a reload loses nothing."""
    st.title(t("live.title"), anchor=False)
    ticket = st.query_params.get("run")
    if ticket is None:
        _live()
    else:
        _report(ticket)


def _report(ticket: str) -> None:
    st.button(t("live.again"), icon=":material/videocam:", on_click=st.query_params.clear)
    if not runs().knows(ticket):
        st.error(t("common.not_found"))
        return
    status = runs().state(ticket).status
    if status == "done":
        result(ticket)
    elif status in OPEN:
        progress.watch(ticket)
    else:
        progress.ended(ticket)


def _live() -> None:
    st.write(t("live.intro"))
    left, right = st.columns([2, 1], gap="large")
    with right:
        st.session_state[SETUP] = setup = _setup()
        guide(setup.exercise, "live.guide")
    with left:
        if (notice := st.session_state.pop(NOTICE, None)) is not None:
            st.info(notice)
        _camera()


def _setup() -> Setup:
    from formcheck.app.live_video import Setup, scratch

    exercise = exercise_select("live:exercise")
    st.toggle(t("live.speak"), value=True, key="live:speak", help=t("live.speak_help"))
    st.toggle(t("live.mirror"), value=True, key="live:mirror", help=t("live.mirror_help"))
    record = st.toggle(t("live.record"), value=False, key="live:record", help=t("live.record_help"))
    with st.expander(t("upload.details")):
        told = {key: value for key, value in adjust.details("live", columns=1).items() if value is not None}
    name = datetime.now().strftime("live-%Y%m%d-%H%M%S.mp4")
    target = scratch(".mp4") if record else None
    return Setup(exercise, options_of(told), name, target, owner=_owner(), told=told)


def _owner() -> str:
    """Whose page this is; the same for the whole session even where a browser keeps no cookies."""
    return str(st.session_state.setdefault(OWNER, owner()))


def _camera() -> None:
    wanted = {
        "visit": st.session_state.get(VISIT, ""),
        "picture": PICTURE,
        "mirror": bool(st.session_state.get("live:mirror")),
        "speak": bool(st.session_state.get("live:speak")),
        "gap_s": SPEAK_GAP_S,
        "words": section("camera"),
    }
    live_camera(wanted, key=CAMERA, on_start=_begin, on_end=_end, on_resume=_resume)


def _begin() -> None:
    """A camera is open: make the visit that its pictures belong to."""
    from formcheck.app.live_video import LiveVideo
    from formcheck.live.engine import open_quickest

    video = LiveVideo(st.session_state[SETUP], catalogue(), open_quickest)
    VISITS.add(video)
    st.session_state[VISIT] = video.visit


def _resume() -> None:
    """The browser's tab was reloaded during a set: go on with it, or show the report if it is over by now."""
    visit = str(st.session_state[CAMERA].resume)
    video = VISITS.find(visit, _owner())
    if video is None:
        _report_of(visit)
        return
    st.session_state[VISIT] = visit
    st.session_state["live:exercise"] = video.setup.exercise
    st.session_state["live:record"] = video.setup.record is not None


def _end() -> None:
    """The set is over."""
    st.session_state.pop(VISIT, None)
    _report_of(str(st.session_state[CAMERA].end))


def _report_of(visit: str) -> None:
    try:
        ticket = VISITS.end(visit, _owner())
    except KeyError:
        st.session_state[NOTICE] = t("camera.gone")
    except (OSError, FormcheckError) as error:
        st.session_state[NOTICE] = str(error)
    else:
        if ticket is None:
            st.session_state[NOTICE] = t("live.no_set")
        else:
            st.query_params["run"] = ticket
