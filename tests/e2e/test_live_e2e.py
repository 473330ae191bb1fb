"""A whole live set in a headless Chromium: the shipped demo played as the camera, its fault planted half-way."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.e2e.browser import ROOT
from tests.e2e.camera_film import make_film
from tests.e2e.live_run import Seen, figures, film_s, live_set

DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"
DEMO_S, DEMO_STEPS = 8.0, 10

# What it counts depends on how many frames the machine gets through: run by `pytest -m paced` on an idle one.
pytestmark = [
    pytest.mark.paced,
    pytest.mark.skipif(
        importlib.util.find_spec("streamlit_webrtc") is None,
        reason="streamlit-webrtc is not installed (pip install 'formcheck[live]')",
    ),
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder: Path = tmp_path_factory.mktemp("live")
    film = make_film(DEMO, folder / "film.mjpeg")
    got = live_set(film, folder, film_s(DEMO_S))
    print(figures(got))
    return got


def test_the_steps_of_the_film_are_counted(seen):
    assert abs(seen.steps - DEMO_STEPS) <= 2  # a busy machine sees fewer frames


def test_the_planted_fault_is_said_once(seen):
    assert [words for words in seen.said if "torso still" in words] == [
        "Keep your torso still and let the legs do the work."
    ]


def test_the_stop_advice_is_shown(seen):
    assert "Stop: end the set here" in seen.stop


def test_the_overlay_comes_back_from_the_server(seen):
    assert len(seen.lags_ms) > 50


def test_the_set_ends_in_the_same_report_as_an_upload(seen):
    assert "Torso rocking" in seen.report
    assert "The set should have ended at" in seen.report
    assert "This set was not recorded" in seen.report


def test_no_request_leaves_for_another_host(seen):
    assert {host.split(":")[0] for host in seen.hosts} <= {"localhost", "127.0.0.1", "data", "blob"}
