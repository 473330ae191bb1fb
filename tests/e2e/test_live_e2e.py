"""Whole live sets in headless Chromium: films played as the camera; the bars that live has to reach, measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from formcheck.io.video import probe
from tests.e2e.browser import ROOT
from tests.e2e.camera_film import make_film
from tests.e2e.live_run import Seen, figures, film_s, live_pair, live_set

VIDEOS = ROOT / "fixtures" / "videos"
DEMO_S, DEMO_STEPS = 8.0, 10
#: On a machine of two cores that does nothing else, browser and server both on it.
LEAST_FPS, MOST_LAG_P95_MS, MOST_CUE_DELAY_MS = 20.0, 150.0, 300.0

# What it counts depends on how many frames the machine gets through: run by `pytest -m paced` on an idle one.
pytestmark = [pytest.mark.paced, pytest.mark.engine]


def played(name: str, folder: Path, record: bool = False) -> Seen:
    """A set of the fixture ``name``."""
    clip = VIDEOS / f"{name}.mp4"
    film = make_film(clip, folder / "film.mjpeg")
    got = live_set(film, folder, film_s(probe(clip).duration_s), record=record)
    print(f"{name}: {figures(got)}")
    return got


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return played("demo", tmp_path_factory.mktemp("live"))


def test_the_steps_of_the_film_are_counted(seen):
    assert abs(seen.steps - DEMO_STEPS) <= 2  # a busy machine sees fewer frames


def test_the_planted_fault_is_said_once(seen):
    assert [words for words in seen.said if "torso still" in words] == [
        "Keep your torso still and let the legs do the work."
    ]


def test_the_stop_advice_is_shown(seen):
    assert "Stop: end the set here" in seen.stop


def test_twenty_frames_a_second_are_processed(seen):
    assert np.median(seen.paces, axis=0)[0] >= LEAST_FPS


def test_the_picture_with_the_overlay_is_hardly_behind_the_camera(seen):
    assert len(seen.lags_ms) > 400
    assert np.percentile(seen.lags_ms, 95) <= MOST_LAG_P95_MS


def test_a_cue_is_on_the_screen_soon_after_its_step(seen):
    assert seen.delays_ms
    assert max(seen.delays_ms) <= MOST_CUE_DELAY_MS


def test_the_set_ends_in_the_same_report_as_an_upload(seen):
    assert "Torso rocking" in seen.report
    assert "The set should have ended at" in seen.report
    assert "This set was not recorded" in seen.report  # as nobody asked for it


def test_no_request_leaves_for_another_host(seen):
    assert {host.split(":")[0] for host in seen.hosts} <= {"localhost", "127.0.0.1", "data", "blob"}


def test_who_walks_away_and_back_is_counted_on_the_way_is_told_and_a_video_kept_if_asked_for(tmp_path):
    seen = played("up_and_back_right", tmp_path, record=True)
    assert seen.ways == ["Forward", "Backward"]
    assert abs(seen.steps - 12) <= 2
    assert "This set was not recorded" not in seen.report
    assert len(list((tmp_path / "runs").glob("*/out/overlay.mp4"))) == 1
    assert np.percentile(seen.lags_ms, 95) <= MOST_LAG_P95_MS


def test_two_people_at_once_see_their_own_set_and_report(tmp_path):
    names = ("demo", "clean_power_sled_right")
    films = tuple(make_film(VIDEOS / f"{name}.mp4", tmp_path / f"{name}.mjpeg") for name in names)
    longest_s = max(probe(VIDEOS / f"{name}.mp4").duration_s for name in names)
    demo, push = live_pair(films, tmp_path, film_s(longest_s))
    assert recognised(demo) == "Reverse sled pull" and recognised(push) == "Power sled backward push"
    assert demo.said and not set(demo.said) & set(push.said)  # each exercise has words of its own


def recognised(seen: Seen) -> str:
    """The exercise that the report names."""
    return next(line for line in seen.report.splitlines() if "(recognised" in line).split(" (")[0]
