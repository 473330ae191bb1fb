"""Runs on disk: queued, worked one at a time, cancelled, recovered, swept; nobody reaches another's."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from formcheck.app.jobs.files import read_json, safe_name, write_json
from formcheck.app.jobs.progress import STAGES, reading
from formcheck.app.jobs.scheduler import Scheduler
from formcheck.app.jobs.store import Job, JobStore, is_ticket
from formcheck.app.settings import Settings

FINISH = (
    "import sys,pathlib;from formcheck.app.jobs.store import JobStore;p=pathlib.Path(sys.argv[1]);"
    "JobStore(p.parent).update(p.name,status='done')"
)
HANG = "import time;time.sleep(600)"
CRASH = "raise SystemExit(3)"


@pytest.fixture()
def store(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path / "runs")


def scheduler(store: JobStore, code: str) -> Scheduler:
    def launch(folder: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", code, str(folder)], start_new_session=True)

    return Scheduler(Settings(store.root), launch=launch)


def job(name: str = "clip.mp4", **more: object) -> Job:
    return Job(video=f"/videos/{name}", name=name, **more)  # type: ignore[arg-type]


def test_an_upload_is_moved_and_a_hostile_name_stays_inside(store: JobStore, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(b"video")
    ticket = store.create(job("../../evil/..\\x:y.mp4"), upload=upload)
    video = Path(store.job(ticket).video)
    assert video.read_bytes() == b"video" and video.parent == store.folder(ticket) / "input"
    assert not upload.exists()


@pytest.mark.parametrize("ticket", ["", "..", "../secret", "a" * 22, "x" * 21 + "/", None])
def test_a_guessed_or_crooked_ticket_is_unknown(store: JobStore, ticket: str | None) -> None:
    store.create(job())
    assert not store.knows(ticket)
    with pytest.raises(KeyError):
        store.folder(str(ticket))


def test_tickets_do_not_repeat_and_have_their_form(store: JobStore) -> None:
    tickets = {store.create(job()) for _ in range(50)}
    assert len(tickets) == 50 and all(is_ticket(t) for t in tickets)


@given(st.text(max_size=300))
def test_any_name_becomes_one_safe_file_name(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 121 and not set(safe) & set('/\\<>:"|?*\x00') and safe not in (".", "..")


def test_json_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert read_json(path) == {"a": 1} and [p.name for p in tmp_path.iterdir()] == ["state.json"]


def test_runs_are_worked_one_by_one_oldest_first(store: JobStore) -> None:
    first, second = store.create(job("a.mp4", created_s=1.0)), store.create(job("b.mp4", created_s=2.0))
    queue = scheduler(store, FINISH)
    assert store.ahead(second) == 1
    assert queue.run_next()
    assert [store.state(t).status for t in (first, second)] == ["done", "queued"]
    assert queue.run_next() and not queue.run_next()


def test_cancelling_a_queued_run_ends_it_before_it_begins(store: JobStore) -> None:
    ticket = store.create(job())
    store.cancel(ticket)
    assert store.state(ticket).status == "cancelled"
    assert not scheduler(store, FINISH).run_next()


def test_a_worker_that_ignores_cancel_is_ended(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.app.jobs.scheduler.PATIENCE_S", 0.3)
    ticket = store.create(job())
    (store.folder(ticket) / "cancel").touch()
    assert scheduler(store, HANG).run_next()
    assert store.state(ticket).status == "cancelled"


def test_a_worker_that_dies_leaves_a_failed_run_with_a_reason(store: JobStore) -> None:
    ticket = store.create(job())
    scheduler(store, CRASH).run_next()
    state = store.state(ticket)
    assert state.status == "failed" and "3" in state.error


def test_a_run_interrupted_by_a_restart_is_queued_again_once(store: JobStore) -> None:
    ticket = store.create(job())
    store.update(ticket, status="running", attempts=1)
    scheduler(store, FINISH).recover()
    assert store.state(ticket).status == "queued"
    store.update(ticket, status="running", attempts=2)
    scheduler(store, FINISH).recover()
    assert store.state(ticket).status == "failed"


def test_a_run_whose_worker_still_works_is_left_alone(store: JobStore) -> None:
    ticket = store.create(job())
    store.update(ticket, status="running", attempts=1)
    with FileLock(str(store.folder(ticket) / "worker.lock")):
        scheduler(store, FINISH).recover()
        assert store.state(ticket).status == "running"


def test_sweeping_takes_old_closed_runs_and_spares_kept_open_and_recent_ones(store: JobStore) -> None:
    old, kept, open_run, recent = (store.create(job()) for _ in range(4))
    for ticket in (old, kept):
        store.update(ticket, status="done", finished_s=0.0)
    store.update(recent, status="failed", finished_s=19 * 86400.0)
    store.keep(kept)
    assert store.sweep(14, now_s=20 * 86400.0) == [old]
    assert all(store.knows(t) for t in (kept, open_run, recent))


def test_deleting_a_run_removes_every_file(store: JobStore, tmp_path: Path) -> None:
    upload = tmp_path / "clip.mp4"
    upload.write_bytes(b"x")
    ticket = store.create(job(), upload=upload)
    folder = store.folder(ticket)
    store.delete(ticket)
    assert not folder.exists()


def test_a_video_and_what_was_made_from_it_are_one_family_and_kept_together(store: JobStore) -> None:
    first, other = store.create(job()), store.create(job())
    second = store.create(replace(job(), options={"poses_of": first}))
    third = store.create(replace(job(), options={"poses_of": second}))
    assert sorted(store.family(second)) == sorted([first, second, third]) and store.family(other) == [other]
    for ticket in (first, second, third, other):
        store.update(ticket, status="done", finished_s=0.0)
    store.keep(third)
    assert store.sweep(14, now_s=20 * 86400.0) == [other]  # the first holds the video that the third was made from


def test_the_bar_never_runs_backward_over_the_stages() -> None:
    seen = [reading(name, done, 10, 5.0).fraction for name, _ in STAGES for done in range(11)]
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1.0)


def test_a_run_half_done_at_a_steady_pace_takes_as_long_again() -> None:
    share = dict(STAGES)
    done = (1 - share["fetch"]) / 2 / share["pose"]
    eta = reading("pose", done, 1.0, 60.0).eta_s
    assert eta == pytest.approx(60.0, rel=0.01)
    assert reading("pose", 0.0, 1.0, 0.1).eta_s is None
