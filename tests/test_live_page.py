"""The live page's video: pictures in, what to draw out; a set's poses at its end; a recording only when asked for."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import cv2
import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from formcheck.app.live_socket import BAD_PICTURE, MOST_BYTES, UNKNOWN, routes
from formcheck.app.live_video import HEADER, LiveVideo, Setup
from formcheck.app.live_visits import VISITS
from formcheck.app.server import COOKIE, owner_of
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


def jpeg(level: int = 90, width: int = WALK.width, height: int = WALK.height) -> bytes:
    return cv2.imencode(".jpg", np.full((height, width, 3), level, np.uint8))[1].tobytes()


GREY = jpeg()


def messages(picture: bytes = GREY) -> list[bytes]:
    return [HEADER.pack(i + 1, 1000.0 + i / WALK.fps) + picture for i in range(int(WALK.duration_s * WALK.fps))]


def video(record=None, countdown_s=1.0, engine=None, walk=WALK, owner="local") -> LiveVideo:
    setup = Setup("auto", ScoreOptions(), "set.mp4", record, countdown_s, owner)
    one = LiveVideo(setup, load_catalogue(), engine or (lambda: Known(pushed(walker(walk)[0]))))
    one.opening.join(30)
    VISITS.add(one)
    return one


def test_a_set_is_answered_and_given_back_once():
    live = video()
    said = [json.loads(live.answer(message)) for message in messages()]
    assert [one["id"] for one in said] == list(range(1, len(said) + 1))
    assert list(dict.fromkeys(one["stage"] for one in said)) == ["framing", "countdown", "set"]
    assert list(dict.fromkeys(one["countdown"] for one in said)) == [None, 1]
    assert said[-1]["steps"] > 3 and said[-1]["big"] == f"Step {said[-1]['steps']}"
    assert said[-1]["strokes"] and said[-1]["fps"] > 0
    assert said[0]["steps"] is None  # not before the set
    ended = live.take()
    assert ended.poses.time_s[0] == 0
    assert ended.poses.time_s[-1] == pytest.approx(WALK.duration_s - 2.0, abs=0.2)
    assert ended.recording is None
    assert live.take() is None


def test_a_recording_is_made_when_asked_for_and_has_the_set_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("formcheck.live.recorder._WAITING", 1000)  # frames come faster here than from any camera
    live = video(tmp_path / "set.mp4")
    for message in messages():
        live.answer(message)
    ended = live.take()
    assert ended.recording == tmp_path / "set.mp4"
    assert probe(ended.recording).duration_s == pytest.approx(ended.poses.time_s[-1], abs=0.1)


def test_a_set_that_never_began_gives_nothing():
    live = video(countdown_s=60.0)
    for message in messages():
        live.answer(message)
    assert live.take() is None


def test_nothing_is_seen_after_the_set_was_taken():
    live = video()
    first, second, *_ = messages()
    live.answer(first)
    live.take()
    assert json.loads(live.answer(second)) == {"id": 2}


def test_a_model_that_cannot_be_had_is_told():
    def none():
        raise ModelError("there is no model")

    live = video(engine=none)
    assert json.loads(live.answer(messages()[0])) == {"id": 1, "error": "there is no model"}
    assert live.take() is None


def test_until_the_model_is_loaded_that_is_said():
    loaded = threading.Event()
    setup = Setup("auto", ScoreOptions(), "set.mp4")
    live = LiveVideo(setup, load_catalogue(), lambda: loaded.wait(30) and Known(pushed(walker(WALK)[0])))
    assert json.loads(live.answer(messages()[0])) == {"id": 1, "loading": True}
    loaded.set()
    live.opening.join(30)
    assert json.loads(live.answer(messages()[1]))["stage"] == "framing"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "header"),
        (HEADER.pack(1, float("nan")) + GREY, "time in seconds"),
        (HEADER.pack(1, 1.0) + b"GIF89a no", "expected a JPEG"),
        (HEADER.pack(1, 1.0) + jpeg(width=4000, height=8), "at most 1920 pixels"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(message, words):
    with pytest.raises(ValueError, match=words):
        video().answer(message)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes()), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
    thread.start()
    yield f"127.0.0.1:{port.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_two_people_at_once_get_the_answers_to_their_own_pictures(address):
    left, right = (Walk(belt=True, duration_s=7, width=640, height=360, px_per_m=150, yaw_deg=yaw) for yaw in (90, -90))
    lives = [video(walk=walk, countdown_s=0.0) for walk in (left, right)]
    said: list[list[dict]] = [[], []]
    with ExitStack() as stack:
        lines = [stack.enter_context(connect(f"ws://{address}/formcheck/live/{live.visit}")) for live in lives]
        for message in messages():
            for mine, line in zip(said, lines, strict=True):
                line.send(message)
                mine.append(json.loads(line.recv(30)))
    assert lives[0].visit != lives[1].visit
    for mine, live, walk in zip(said, lives, (left, right), strict=True):
        alone = video(walk=walk, countdown_s=0.0)
        expected = [json.loads(alone.answer(message)) for message in messages()]
        assert [drawn(one) for one in mine] == [drawn(one) for one in expected]
        assert np.array_equal(live.take().poses.landmarks_px, alone.take().poses.landmarks_px, equal_nan=True)
    assert drawn(said[0][-1]) != drawn(said[1][-1])


def drawn(said: dict) -> dict:
    """An answer without what depends on the machine's speed."""
    return {key: value for key, value in said.items() if key not in ("fps", "frame_ms")}


def test_pictures_that_came_while_one_was_worked_on_are_dropped_but_for_the_newest(address):
    held, free = threading.Event(), threading.Event()

    class Slow(Known):
        """Is at work on the first frame until told to go on."""

        def push(self, frame):
            if frame.rgb.any() and frame.index == 0:
                held.set()
                free.wait(30)
            return super().push(frame)

    live = video(engine=lambda: Slow(pushed(walker(WALK)[0])))
    with connect(f"ws://{address}/formcheck/live/{live.visit}") as line:
        first, *others = messages()[:6]
        line.send(first)
        assert held.wait(30)
        for message in others:
            line.send(message)
        line.ping().wait(30)  # all of them are there
        free.set()
        answered = [json.loads(line.recv(30))["id"]]
        while answered[-1] != 6:
            answered.append(json.loads(line.recv(30))["id"])
        assert answered[0] == 1 and len(answered) < 6


def test_a_line_that_breaks_is_taken_up_again_and_the_steps_go_on(address):
    live = video(countdown_s=0.0)
    said = []
    some = messages()
    for part in (some[:150], some[150:]):
        with connect(f"ws://{address}/formcheck/live/{live.visit}") as line:
            for message in part:
                line.send(message)
                said.append(json.loads(line.recv(30)))
    before, after, last = (said[i].get("steps") or 0 for i in (149, 151, -1))
    assert 0 < before <= after < last
    assert live.take().poses.time_s[-1] == pytest.approx(WALK.duration_s - 1.0, abs=0.2)


@pytest.mark.parametrize(("cookie", "let_in"), [("ada", True), ("bea", False), (None, True)])
def test_on_a_server_for_many_another_browser_is_sent_away_even_with_the_address(address, monkeypatch, cookie, let_in):
    monkeypatch.setenv("FORMCHECK_USERS", "many")
    live = video(owner=owner_of("ada"))
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    with connect(f"ws://{address}/formcheck/live/{live.visit}", additional_headers=headers) as line:
        if let_in:
            line.send(messages()[0])
            assert json.loads(line.recv(30))["id"] == 1
        else:
            with pytest.raises(ConnectionClosed) as closed:
                line.recv(30)
            assert closed.value.rcvd.code == UNKNOWN


@pytest.mark.parametrize(
    ("ours", "headers", "message", "code"),
    [
        (False, {}, messages()[0], UNKNOWN),
        (True, {"Origin": "http://elsewhere.example"}, messages()[0], UNKNOWN),
        (True, {}, HEADER.pack(1, 1.0) + b"no picture", BAD_PICTURE),
        (True, {}, HEADER.pack(1, 1.0) + bytes(MOST_BYTES), BAD_PICTURE),
    ],
)
def test_a_stranger_another_site_and_what_is_no_picture_are_sent_away(address, ours, headers, message, code):
    live = video()
    visit = live.visit if ours else "guessed"
    with connect(f"ws://{address}/formcheck/live/{visit}", additional_headers=headers) as line:
        with pytest.raises(ConnectionClosed) as closed:
            line.send(message)
            line.recv(30)
        assert closed.value.rcvd.code == code
