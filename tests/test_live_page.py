"""The live page's video: frames in, painted frames out; a set's poses at its end; a recording only when asked for."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("streamlit_webrtc", reason="streamlit-webrtc is not installed (pip install 'formcheck[live]')")

from av import VideoFrame

from formcheck.app.live_video import LiveVideo, Setup
from formcheck.core.spec import ScoreOptions
from formcheck.errors import ModelError
from formcheck.exercises.load import load_catalogue
from formcheck.io.video import probe
from tests.synth import Walk, walker
from tests.test_live_edges import Puppet
from tests.test_live_session import pushed

WALK = Walk(belt=True, duration_s=7, noise_px=1.0, width=640, height=360, px_per_m=150)


class Known(Puppet):
    """A puppet that is told of the warming-up frame too."""

    def push(self, frame):
        return None if frame.rgb.shape[0] != WALK.height or not frame.rgb.any() else super().push(frame)

    def reset(self) -> None:
        """Nothing to forget."""


def frames():
    grey = np.full((WALK.height, WALK.width, 3), 90, np.uint8)
    for i in range(int(WALK.duration_s * WALK.fps)):
        frame = VideoFrame.from_ndarray(grey, format="rgb24")
        frame.pts, frame.time_base = 90_000 + 3000 * i, Fraction(1, 90_000)
        yield frame


def video(record=None, countdown_s=1.0, engine=None) -> LiveVideo:
    setup = Setup("auto", ScoreOptions(), "set.mp4", True, record, countdown_s)
    one = LiveVideo(setup, load_catalogue(), engine or (lambda: Known(pushed(walker(WALK)[0]))))
    one.opening.join(30)
    return one


def test_a_set_is_shown_told_and_given_back_once():
    live = video()
    shown = [live.recv(frame) for frame in frames()]
    assert {(frame.width, frame.height) for frame in shown} == {(640, 360)}
    assert live.seen.shot.stage == "set"
    assert live.seen.shot.update.steps > 3
    assert live.seen.pace.fps > 0
    ended = live.take()
    assert ended.poses.time_s[0] == 0
    assert ended.poses.time_s[-1] == pytest.approx(WALK.duration_s - 2.0, abs=0.2)
    assert ended.recording is None
    assert live.take() is None


def test_a_recording_is_made_when_asked_for_and_has_the_set_alone(tmp_path):
    live = video(tmp_path / "set.mp4")
    for frame in frames():
        live.recv(frame)
    ended = live.take()
    assert ended.recording == tmp_path / "set.mp4"
    assert probe(ended.recording).duration_s == pytest.approx(ended.poses.time_s[-1], abs=1.0)


def test_a_set_that_never_began_gives_nothing():
    live = video(countdown_s=60.0)
    for frame in frames():
        live.recv(frame)
    assert live.take() is None


def test_a_model_that_cannot_be_had_is_told_and_the_picture_goes_on():
    def none():
        raise ModelError("there is no model")

    live = video(engine=none)
    assert live.recv(next(frames())).width == 640
    assert live.error == "there is no model"
    assert live.take() is None
