"""The live page: choose, stand before the camera, be counted and cued, read the report.

Frames go from the browser to this server and back, and nowhere else: no outside ICE server is asked.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from formcheck.app import server, settings
from formcheck.app.components.mount import speaker
from formcheck.app.jobs.store import OPEN, Job
from formcheck.app.parts import adjust, progress
from formcheck.app.parts.common import catalogue, exercise_select, owner, runs
from formcheck.app.parts.result import result
from formcheck.app.run import POSES, options_of
from formcheck.app.screens.upload import guide
from formcheck.app.texts import section, t
from formcheck.errors import FormcheckError
from formcheck.io import pose_file
from formcheck.live.picture import NO_READING
from formcheck.report.style import STOP_COLOUR

if TYPE_CHECKING:
    from formcheck.app.live_video import LiveVideo, Seen, Setup

NO_OUTSIDE_SERVER: dict[str, Any] = {"iceServers": []}
PICTURE = {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30, "max": 30}}
LOOK_S = 0.33
SPEAK_GAP_S = 3.0


def page() -> None:
    """Live, or the report of the set just done."""
    st.title(t("live.title"), anchor=False)
    ticket = st.session_state.get("live:ticket")
    if ticket is not None and runs().knows(ticket):
        _report(ticket)
        return
    try:
        import streamlit_webrtc  # noqa: F401
    except ImportError:
        st.error(t("live.missing"))
        return
    _live()


def _report(ticket: str) -> None:
    st.button(t("live.again"), icon=":material/videocam:", on_click=st.session_state.pop, args=("live:ticket",))
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
        setup = _setup()
        guide(setup.exercise)
    with left:
        video = _camera(setup)
        if video is not None and video.ended.is_set():
            _take(video)
            video = None
        _watch(video)


def _setup() -> Setup:
    from formcheck.app.live_video import Setup

    exercise = exercise_select("live:exercise")
    st.toggle(t("live.speak"), value=True, key="live:speak", help=t("live.speak_help"))
    mirror = st.toggle(t("live.mirror"), value=True, key="live:mirror", help=t("live.mirror_help"))
    record = st.toggle(t("live.record"), value=False, key="live:record", help=t("live.record_help"))
    with st.expander(t("upload.details")):
        told = {key: value for key, value in adjust.details("live").items() if value is not None}
    st.session_state["live:told"] = told
    name = datetime.now().strftime("live-%Y%m%d-%H%M%S.mp4")
    target = _scratch(".mp4") if record else None
    return Setup(exercise, options_of(told), name, mirror, target)


def _scratch(suffix: str) -> Path:
    """A name for a file of a set that is not a run yet; forgotten after a day like an upload that became none."""
    folder = server.uploads_dir(settings.load())
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".live-{secrets.token_hex(8)}{suffix}"


def _camera(setup: Setup) -> LiveVideo | None:
    from streamlit_webrtc import WebRtcMode, webrtc_streamer

    from formcheck.app.live_video import LiveVideo
    from formcheck.live.engine import open_quickest

    context = webrtc_streamer(
        key="live:camera",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=NO_OUTSIDE_SERVER,
        media_stream_constraints={"video": PICTURE, "audio": False},
        video_processor_factory=lambda: LiveVideo(setup, catalogue(), open_quickest),
        async_processing=True,
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True, "style": {"width": "100%"}},
        translations=section("camera"),  # type: ignore[arg-type]
    )
    if context.video_processor is not None:
        st.session_state["live:video"] = context.video_processor
    video: LiveVideo | None = st.session_state.get("live:video")
    if video is not None and not context.state.playing and video.seen is not None:
        video.on_ended()
    return video


@st.fragment(run_every=LOOK_S)
def _watch(video: LiveVideo | None) -> None:
    """What the picture shows, in words; a new cue is said. When the camera has stopped, the page runs again."""
    if video is None:
        st.caption(t("live.start"))
        speaker({"id": "", "text": "", "on": False, "lang": "en", "gap_s": SPEAK_GAP_S}, key="live:speaker")
        return
    if video.error is not None:
        st.error(video.error)
        return
    if video.ended.is_set():
        st.rerun()
    seen = video.seen
    _speak(seen)
    if seen is None:
        st.info(t("live.loading"), icon=":material/hourglass_top:")
        return
    _numbers(seen)
    _technical(seen)


def _speak(seen: Seen | None) -> None:
    cue = seen.cue if seen is not None else None
    speaker(
        {
            "id": "" if cue is None else f"{cue.shown_at_s:.3f}:{cue.id}",
            "text": "" if cue is None else cue.spoken,
            "on": bool(st.session_state.get("live:speak")),
            "lang": "en",
            "gap_s": SPEAK_GAP_S,
        },
        key="live:speaker",
    )


def _numbers(seen: Seen) -> None:
    update = seen.shot.update
    columns = st.columns(3)
    dash = "–"
    if seen.shot.stage != "set" or update.status == "no_reading":
        steps = cadence = evenness = dash
    else:
        steps = str(update.steps)
        cadence = dash if update.cadence_spm is None else f"{update.cadence_spm:.0f} / min"
        evenness = dash if update.rhythm_cv_pct is None else f"± {update.rhythm_cv_pct:.0f} %"
    columns[0].metric(t("live.steps"), steps)
    columns[1].metric(t("live.cadence"), cadence)
    columns[2].metric(t("live.evenness"), evenness, help=t("live.evenness_help"))
    if update.stop is not None and update.stop.advised:
        reasons = "; ".join(update.stop.reasons)
        st.html(
            f'<div role="alert" style="background:{STOP_COLOUR};color:#fff;padding:.6rem 1rem;border-radius:.5rem;'
            f'font-weight:700">{t("live.stop")} <span style="font-weight:400">{reasons}</span></div>'
        )
    elif update.status == "no_reading":
        st.warning(f"{NO_READING}. {update.hint.text if update.hint else ''}", icon=":material/visibility_off:")
    elif seen.shot.stage == "framing" and update.hint is not None:
        st.info(update.hint.text, icon=":material/crop_free:")


def _technical(seen: Seen) -> None:
    if seen.pace is None:
        return
    words = t("live.pace", fps=f"{seen.pace.fps:.0f}", ms=f"{1e3 * seen.pace.frame_s:.0f}")
    if seen.cue_delay_s is not None:
        words += " " + t("live.cue_delay", ms=f"{1e3 * seen.cue_delay_s:.0f}")
    st.caption(words)


def _take(video: LiveVideo) -> None:
    """The set that has ended becomes a run, as an upload does; the page then runs again."""
    st.session_state.pop("live:video", None)
    ended = video.take()
    if ended is None:
        st.info(t("live.no_set"))
        return
    poses = _scratch(".npz")
    pose_file.save(poses, ended.poses)
    asked = video.setup
    told = dict(st.session_state.get("live:told") or {})
    job = Job("", asked.name, asked.exercise, owner(), told)
    try:
        ticket = runs().create(job, upload=ended.recording, beside={POSES: poses})
    except (OSError, FormcheckError) as error:
        st.error(str(error))
        return
    st.session_state["live:ticket"] = ticket
    st.rerun()
