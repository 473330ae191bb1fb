"""A live set outlives its page for a short while: kept, found again by its own people alone, ended if nobody comes."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from dataclasses import replace
from pathlib import Path
from weakref import ref

import numpy as np
import pytest

from formcheck.app.jobs.store import JobStore
from formcheck.app.live_video import HEADER, LiveVideo, Setup, as_run
from formcheck.app.live_visits import KEEP_S, KNOWN_S, Visits, keep_tidy
from formcheck.app.run import POSES
from formcheck.app.server import uploads_dir
from formcheck.app.settings import load
from formcheck.core.spec import ScoreOptions
from formcheck.core.types import Frame
from formcheck.engines.base import FramePose
from formcheck.exercises.load import load_catalogue
from formcheck.io import pose_file
from formcheck.io.video import probe
from tests.synth import walker
from tests.test_live_page import GREY, WALK, Known, messages
from tests.test_live_session import pushed


class Clock:
    """Says the time that it was told."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobStore:
    monkeypatch.setenv("FORMCHECK_DATA", str(tmp_path))
    monkeypatch.setattr("formcheck.live.recorder._WAITING", 1000)  # frames come faster here than from any camera
    return JobStore(tmp_path / "runs")


class OnTime(Known):
    """Finds the body whenever it is asked, as an engine does."""

    def push(self, frame: Frame) -> FramePose | None:
        pose = super().push(frame)
        return None if pose is None else replace(pose, time_s=frame.time_s)


def video(
    record: Path | None = None, owner: str = "ada", countdown_s: float = 0.0, engine: type[Known] = Known
) -> LiveVideo:
    setup = Setup("backward_walk", ScoreOptions(), "set.mp4", record, countdown_s, owner, {"load_kg": 40.0})
    one = LiveVideo(setup, load_catalogue(), lambda: engine(pushed(walker(WALK)[0])))
    one.opening.join(30)
    return one


def begun(visits: Visits, **asked: object) -> LiveVideo:
    """A set with a few seconds of steps in it."""
    one = video(**asked)  # type: ignore[arg-type]
    visits.add(one)
    for message in messages()[:150]:
        one.answer(message)
    return one


def test_a_set_is_kept_while_somebody_is_connected_and_a_while_after_and_then_ended(
    clock: Clock, store: JobStore
) -> None:
    visits = Visits(as_run, clock)
    live = begun(visits)
    with visits.line(live.visit):
        clock.now_s += 10 * KEEP_S
        visits.sweep()
        assert visits.find(live.visit, "ada") is live
    clock.now_s += KEEP_S
    visits.sweep()
    assert visits.find(live.visit, "ada") is live
    clock.now_s += 1.0
    visits.sweep()
    assert visits.find(live.visit, "ada") is None
    assert len(store.tickets()) == 1


def test_a_copy_of_a_connection_that_hangs_does_not_let_the_set_go_early(clock: Clock) -> None:
    visits = Visits(as_run, clock)
    live = begun(visits)
    with visits.line(live.visit):
        with visits.line(live.visit):
            pass
        clock.now_s += 2 * KEEP_S
        visits.sweep()
        assert visits.find(live.visit, "ada") is live


def test_a_set_that_nobody_came_back_to_becomes_the_run_that_stop_would_have_made(
    clock: Clock, store: JobStore
) -> None:
    visits = Visits(as_run, clock)
    target = uploads_dir(load()) / ".live-x.mp4"
    target.parent.mkdir(parents=True)
    live = begun(visits, record=target)
    clock.now_s += KEEP_S + 1.0
    visits.sweep()
    ticket = visits.end(live.visit, "ada")
    assert store.tickets() == [ticket]
    job = store.job(ticket)
    assert (job.owner, job.exercise, job.options) == ("ada", "backward_walk", {"load_kg": 40.0})
    poses = pose_file.load(store.folder(ticket) / POSES)
    assert poses.time_s[-1] == pytest.approx(probe(job.video).duration_s, abs=0.1) and poses.time_s[-1] > 3
    assert not list(target.parent.iterdir())


def test_its_memory_is_free_and_its_report_is_known_for_a_day(clock: Clock) -> None:
    visits = Visits(as_run, clock)
    visit, held = (lambda one: (one.visit, ref(one)))(begun(visits))
    clock.now_s += KEEP_S + 1.0
    visits.sweep()
    gc.collect()
    assert held() is None
    clock.now_s += KNOWN_S - KEEP_S - 2.0
    visits.sweep()
    assert visits.end(visit, "ada")
    clock.now_s += 2.0
    visits.sweep()
    with pytest.raises(KeyError):
        visits.end(visit, "ada")


def test_nobody_finds_or_ends_anothers_set_even_with_its_name(clock: Clock, store: JobStore) -> None:
    visits = Visits(as_run, clock)
    mine, yours = begun(visits), begun(visits, owner="bea")
    assert visits.find(mine.visit, "bea") is None and visits.find(yours.visit, "bea") is yours
    for visit in (mine.visit, "guessed", ""):
        with pytest.raises(KeyError):
            visits.end(visit, "bea")
    assert visits.find(mine.visit, "ada") is mine and not store.tickets()
    assert len(mine.visit) >= 32 and mine.visit != yours.visit


def test_a_set_that_is_ended_twice_at_once_is_one_run(clock: Clock, store: JobStore) -> None:
    held = threading.Barrier(2)

    def slowly(one: LiveVideo) -> str | None:
        held.wait(30)
        return as_run(one)

    visits = Visits(slowly, clock)
    live = begun(visits)
    tickets: list[str | None] = []
    both = [threading.Thread(target=lambda: tickets.append(visits.end(live.visit, "ada"))) for _ in range(2)]
    for one in both:
        one.start()
    held.wait(30)
    for one in both:
        one.join(30)
    assert tickets[0] == tickets[1] is not None and len(store.tickets()) == 1


def test_a_set_that_had_not_begun_leaves_nothing(clock: Clock, store: JobStore) -> None:
    visits = Visits(as_run, clock)
    live = begun(visits, countdown_s=60.0)
    assert visits.end(live.visit, "ada") is None
    assert not store.tickets()


def test_what_cannot_be_made_a_run_does_not_keep_the_others(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    ended = []

    def full_disk(one: LiveVideo) -> str | None:
        ended.append(one)
        raise OSError("no room")

    visits = Visits(full_disk, clock)
    for _ in range(2):
        visits.add(video())
    visits.end_all()
    assert len(ended) == 2 and "no room" in caplog.text


def test_the_server_looks_again_and_again(clock: Clock) -> None:
    visits = Visits(lambda _: None, clock)
    live = video()
    visits.add(live)

    async def pause(_: float) -> None:
        if visits.find(live.visit, "ada") is None:
            raise asyncio.CancelledError
        clock.now_s += KEEP_S / 2

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_tidy(visits, pause))


def test_after_a_gap_the_steps_go_on_and_the_gap_is_a_gap_of_the_report(clock: Clock) -> None:
    """A page that was reloaded: its camera was away for eight seconds."""
    live = video(engine=OnTime)
    away_s, some = 8.0, messages()
    said = [json.loads(live.answer(message)) for message in some[:150]]
    late = [HEADER.pack(n, time_s + away_s) + GREY for n, time_s in (HEADER.unpack_from(one) for one in some[150:])]
    after = [json.loads(live.answer(message)) for message in late]
    assert said[-1]["steps"] > 3
    assert after[0]["steps"] == said[-1]["steps"] and after[0]["cadence_spm"] is None
    assert after[-1]["steps"] > after[0]["steps"]
    poses = live.take().poses
    assert np.diff(poses.time_s).max() < 0.1
    nobody = ~np.isfinite(poses.landmarks_px).any(axis=(1, 2))
    missing_s = poses.time_s[nobody]
    assert missing_s[-1] - missing_s[0] == pytest.approx(away_s, abs=0.2)


def test_the_pace_is_told_anew_after_the_page_was_away(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ticking:
        """Every look at it takes 10 ms."""

        @staticmethod
        def monotonic() -> float:
            clock.now_s += 0.01
            return clock.now_s

    live = video()
    monkeypatch.setattr("formcheck.app.live_video.time", Ticking)
    said = [json.loads(live.answer(message)) for message in messages()[:40]]
    assert said[-1]["fps"] == pytest.approx(50, abs=1)
    clock.now_s += 8.0
    after = [json.loads(live.answer(message)) for message in messages()[40:80]]
    assert "fps" not in after[0] and after[-1]["fps"] == pytest.approx(50, abs=1)
