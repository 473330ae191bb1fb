"""A person at the app, in a real browser: upload to findings, seek, cancel, reload, two people, batch, history."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from formcheck.app.jobs.store import JobStore
from formcheck.report.store import load
from formcheck.report.words import clock
from tests.e2e.browser import serve
from tests.e2e.seed import scored_run

pytest.importorskip("playwright")
LONG = 240_000  # a run, on a machine with other work


def ticket_of(page: Any) -> str:
    return parse_qs(urlparse(page.url).query)["run"][0]


def current_time(page: Any) -> float:
    return float(page.locator("video").first.evaluate("v => v.currentTime"))


def drop(page: Any, server: str, *clips: Path, at: str = "/") -> None:
    page.goto(server + at)
    page.locator("input[type=file]").first.set_input_files([str(c) for c in clips])


def await_time(page: Any, seconds: float) -> None:
    page.wait_for_function(
        "t => { for (const host of document.querySelectorAll('*')) { const v = host.shadowRoot?.querySelector('video');"
        " if (v) return Math.abs(v.currentTime - t) < 0.06; } return false; }",
        arg=seconds,
    )


@pytest.mark.engine
def test_an_uploaded_video_comes_back_with_its_planted_fault_and_plays(
    page: Any, server: str, data: Path, clip: Path
) -> None:
    drop(page, server, clip)
    page.wait_for_url(re.compile("run="))
    page.get_by_text("What matters most").wait_for(timeout=LONG)
    page.get_by_text("Torso rocking").first.wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(h => h.shadowRoot?.querySelector('video')?.readyState >= 1)"
    )
    store = JobStore(data / "runs")
    assert store.state(ticket_of(page)).status == "done"
    assert Path(store.job(ticket_of(page)).video).read_bytes() == clip.read_bytes()


def test_a_click_on_a_finding_a_mark_or_the_plot_moves_the_video(page: Any, server: str, data: Path) -> None:
    ticket = scored_run(data)
    report = load(JobStore(data / "runs").out(ticket) / "report.json")
    fault = next(f for f in report.findings if f.verdict in ("minor", "major"))
    page.goto(f"{server}/?run={ticket}")
    page.get_by_role("button", name=f"Show {clock(fault.worst_at_s)}").first.click()
    await_time(page, fault.worst_at_s)
    plot = page.locator("svg.plot")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] / 4, "y": 140})
    await_time(page, report.video.duration_s / 4)
    page.locator("svg.strip g.fault").first.click()
    await_time(page, fault.worst_at_s)
    page.locator("svg.strip .step").nth(2).focus()
    page.keyboard.press("Enter")
    await_time(page, report.steps[2].contact_s)


@pytest.mark.engine
def test_a_run_survives_a_reload_and_a_closed_tab_and_can_be_cancelled(
    chromium: Any, page: Any, server: str, data: Path, clip: Path
) -> None:
    drop(page, server, clip)
    page.wait_for_url(re.compile("run="), timeout=LONG)
    page.get_by_role("button", name="Cancel").wait_for(timeout=LONG)
    address, ticket = page.url, ticket_of(page)
    page.reload()
    page.get_by_role("button", name="Cancel").wait_for(timeout=LONG)
    page.close()
    other = chromium.new_context().new_page()
    other.goto(address)
    other.get_by_role("button", name="Cancel").click(timeout=LONG)
    other.get_by_text("Cancelled. Nothing was kept.").wait_for(timeout=LONG)
    assert JobStore(data / "runs").state(ticket).status == "cancelled"
    other.context.close()


def test_two_people_on_a_shared_server_never_see_each_other(chromium: Any, tmp_path: Path) -> None:
    with serve(tmp_path, FORMCHECK_USERS="many") as (address, _):
        first, second = (chromium.new_context() for _ in range(2))
        one, two = first.new_page(), second.new_page()
        for who, page in (("Ada", one), ("Bea", two)):
            page.goto(f"{address}/history")
            page.get_by_role("textbox", name="Name").first.fill(who)
            page.get_by_role("button", name="Add", exact=True).click()
            page.get_by_text("No sets yet").wait_for()
        for who, other, page in (("Ada", "Bea", one), ("Bea", "Ada", two)):
            page.reload()
            page.get_by_role("button", name=f"Delete {who} and all files").wait_for()
            assert other not in page.content()
        cookies = {c["value"] for c in (*first.cookies(), *second.cookies()) if c["name"] == "formcheck_owner"}
        assert len(cookies) == 2
        ticket = scored_run(tmp_path, owner="somebody else")
        one.goto(address)
        one.get_by_text("Where to put the phone").first.wait_for()
        assert "seeded.mp4" not in one.inner_text("body")
        assert "Use a file on this machine" not in one.inner_text("body")
        guess = ticket[:-1] + ("A" if ticket[-1] != "A" else "B")
        assert one.request.get(f"{address}/formcheck/runs/{guess}/report.json").status == 404
        first.close()
        second.close()


def test_moving_a_limit_changes_the_finding_at_once_without_the_pose_model(page: Any, server: str, data: Path) -> None:
    ticket = scored_run(data)
    page.goto(f"{server}/?run={ticket}")
    page.get_by_role("tab", name="Adjust").click()
    page.get_by_text("Move a limit").wait_for()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Findings below follow your own limits.").wait_for()
    page.get_by_role("tab", name="Adjust", selected=True).wait_for()
    slider.wait_for()  # it is still there to be moved on
    store = JobStore(data / "runs")
    assert store.state(ticket).attempts == 1 and len(list(store.folder(ticket).glob("*.lock"))) == 0


def test_every_tab_opens_and_a_new_report_is_made_from_the_kept_poses(page: Any, server: str, data: Path) -> None:
    ticket = scored_run(data)
    page.goto(f"{server}/?run={ticket}")
    for name, words in (
        ("Not judged", "Film from the front"), ("Steps", "Choose a row"), ("Programme", "Nothing here is graded"),
        ("Save to history", "Keeps this set"), ("Files", "Annotated video"), ("Reproduce this", "formcheck score"),
        ("Adjust", "Move a limit"),
    ):  # fmt: skip
        page.get_by_role("tab", name=name).click()
        page.get_by_text(words).first.wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
    page.get_by_role("spinbutton", name="Load (kg)").first.fill("30")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a report with these").click()
    page.wait_for_function("old => !location.search.includes(old)", arg=ticket)
    store, fresh = JobStore(data / "runs"), ticket_of(page)
    page.get_by_text("You can close this page").wait_for(timeout=LONG)
    page.get_by_text("You can close this page").wait_for(timeout=LONG, state="detached")
    page.get_by_text("What matters most").wait_for(timeout=LONG)
    assert store.state(fresh).status == "done"
    assert store.job(fresh).options["load_kg"] == 30 and store.job(fresh).options["poses_of"] == ticket
    log = store.folder(fresh) / "log.txt"
    assert "mediapipe" not in log.read_text(encoding="utf-8").lower()


@pytest.mark.engine
def test_a_batch_of_ten_gives_a_table_with_the_failure_and_its_reason(
    page: Any, server: str, data: Path, clip: Path, tmp_path: Path
) -> None:
    clips = []
    for n in range(9):
        clips.append(tmp_path / f"clip{n}.mp4")
        clips[-1].write_bytes(clip.read_bytes())
    bad = tmp_path / "broken.mp4"
    bad.write_bytes(b"no video in here")
    drop(page, server, *clips, bad, at="/batch")
    page.get_by_text("10 of 10 done").wait_for(timeout=10 * LONG)
    page.get_by_text("Not scored").wait_for()
    assert "broken.mp4" in page.get_by_role("alert").inner_text()
    with page.expect_download() as got:
        page.get_by_role("button", name="Table as CSV").click()
    lines = Path(got.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 11 and sum("Done" in line for line in lines) == 9
    assert lines[0] == "Score,Video,Main fault,Report,Exercise,View,Footage,Stop at (s),Status,Reason"
    assert sum(f"{server}/?run=" in line for line in lines) == 10


def test_two_sets_are_compared_in_words_and_keep_step(page: Any, server: str, data: Path) -> None:
    a, b = scored_run(data, "before.mp4"), scored_run(data, "after.mp4")
    page.goto(f"{server}/compare?a={a}&b={b}")
    page.get_by_role("button", name="▶ Play both").wait_for()
    page.get_by_text("What differs").first.wait_for()
    slide = page.locator("input[type=range]")
    slide.fill("500")
    page.wait_for_function(
        "() => { for (const h of document.querySelectorAll('*')) { const a = h.shadowRoot?.querySelector('video.a');"
        " const b = h.shadowRoot?.querySelector('video.b');"
        " if (a && b) return a.currentTime > 2 && Math.abs(a.currentTime - b.currentTime) < 0.1; } return false; }"
    )


def test_a_set_saved_to_history_is_there_after_a_restart_and_gone_when_deleted(page: Any, tmp_path: Path) -> None:
    with serve(tmp_path) as (address, _):
        ticket = scored_run(tmp_path)
        page.goto(f"{address}/?run={ticket}")
        page.get_by_role("tab", name="Save to history").click()
        page.get_by_role("textbox", name="Name").first.fill("Ada")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("Saved for Ada.").wait_for()
    with serve(tmp_path) as (address, _):
        page.goto(f"{address}/history")
        page.get_by_text("Trends").first.wait_for()
        page.get_by_role("button", name="Delete Ada and all files").click()
        page.get_by_text("Ada and 1 runs with all their files are deleted.").wait_for()
        assert not JobStore(tmp_path / "runs").knows(ticket)


def strace_works(folder: Path) -> bool:
    """Whether this machine lets strace trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", str(folder / "x"), "true"], capture_output=True, check=False).returncode == 0


def outside(line: str) -> bool:
    """Whether a traced call reaches out: to an address that is not loopback, or to a name server anywhere."""
    if not re.search(r"\b(connect|sendto|sendmsg|sendmmsg)\(.*sa_family=AF_INET", line):
        return False
    loopback = re.search(r'inet_addr\("127\.|"::1"|"::ffff:127\.', line)
    return loopback is None or "htons(53)" in line


@pytest.mark.parametrize(
    ("line", "reaches"),
    [
        ('7 connect(5, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0', True),
        ('7 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0', True),
        ('7 connect(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0', False),
        ('7 connect(5, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0', False),
    ],
)
def test_the_watch_tells_outside_from_inside(line: str, reaches: bool) -> None:
    assert outside(line) is reaches


@pytest.mark.engine
def test_the_server_and_its_workers_reach_out_to_nobody(page: Any, clip: Path, tmp_path: Path) -> None:
    if not strace_works(tmp_path):
        pytest.skip("strace is not installed, or may not trace here (Debian: apt-get install strace)")
    log = tmp_path / "calls.txt"
    with serve(tmp_path, before=("strace", "-f", "-e", "trace=network", "-o", str(log))) as (address, _):
        drop(page, address, clip)
        page.get_by_text("What matters most").wait_for(timeout=2 * LONG)
        page.goto(f"{address}/history")
        page.get_by_text("It is not medical advice").wait_for()
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(calls) > 100
    assert [line for line in calls if outside(line)] == []


def test_the_browser_asks_nobody_but_the_server(page: Any, server: str, data: Path) -> None:
    asked: list[str] = []
    titles: set[str] = set()
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    ticket = scored_run(data)
    for path in ("/", f"/?run={ticket}", "/live", "/batch", "/compare", "/history"):
        page.goto(server + path)
        page.get_by_text("It is not medical advice").wait_for()
        page.wait_for_load_state("networkidle")
        titles.add(page.title())
    assert titles == {f"{name} · formcheck" for name in ("Upload", "Live", "Batch", "Compare", "History")}
    own = urlparse(server).netloc
    inside = ("data:", "blob:", "about:")
    others = {url for url in asked if urlparse(url).netloc != own and not url.startswith(inside)}
    assert len(asked) > 30 and others == set()
