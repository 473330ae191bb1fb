"""A live set whose page is reloaded, copied or left: it goes on in its own tab, in no other, and ends as one set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from formcheck.io.video import probe
from tests.e2e import camera_film
from tests.e2e.browser import ROOT
from tests.e2e.live_run import another

DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"
VISIT = "sessionStorage.getItem('formcheck:visit')"
pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def filmed(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose camera shows somebody who soon begins to walk; anew whenever the camera is opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(camera_film, "WAIT_S", 7.0)
        film = camera_film.make_film(DEMO, tmp_path_factory.mktemp("film") / "film.mjpeg")
    browser = another(chromium, film)
    yield browser
    browser.close()


def steps(page: Any, at_least: int) -> int:
    """The number of steps on the page, once there are so many."""
    page.wait_for_function(
        """least => [...document.querySelectorAll("*")].map((one) => one.shadowRoot?.querySelector(".live dd.steps"))
        .some((one) => one && Number(one.textContent) >= least)""",
        arg=at_least,
    )
    return int(page.locator(".live dd.steps").inner_text())


def begin(page: Any) -> int:
    """Press Start, and wait for some steps."""
    page.get_by_role("button", name="Start").click()
    return steps(page, 3)


def report_of(page: Any, data: Path) -> tuple[dict[str, Any], Path]:
    """The report that the page shows, and its run's folder."""
    page.get_by_role("group", name="Score").wait_for()
    page.wait_for_url("**run=*")
    folder = data / "runs" / page.url.partition("run=")[2].partition("&")[0]
    return json.loads((folder / "out" / "report.json").read_text("utf-8")), folder


def test_a_set_goes_on_after_a_reload_and_its_report_and_video_hold_both_parts(live: Any, data: Path) -> None:
    live.locator("label", has_text="Keep a video of the set").click()
    before = begin(live)
    visit = live.evaluate(VISIT)
    live.reload()
    live.get_by_role("button", name="Stop and show the report").wait_for()
    assert steps(live, before) >= before
    after = steps(live, before + 4)
    assert live.evaluate(VISIT) == visit
    live.get_by_role("button", name="Stop and show the report").click()
    report, folder = report_of(live, data)
    assert len(report["steps"]) >= after - 2
    contacts = [step["contact_s"] for step in report["steps"]]
    assert any(b - a > 3.0 for a, b in zip(contacts, contacts[1:], strict=False))  # the page was away in between
    assert report["tracking"]["gaps"]
    assert probe(folder / "out" / "overlay.mp4").duration_s == pytest.approx(report["video"]["duration_s"], abs=0.5)
    assert live.evaluate(VISIT) is None
    live.reload()
    live.get_by_role("group", name="Score").wait_for()


def test_another_tab_with_a_copy_of_what_the_tab_keeps_does_not_take_the_set_over(live: Any, server: str) -> None:
    before = begin(live)
    copy = live.context.new_page()
    copy.add_init_script(f"sessionStorage.setItem('formcheck:visit', {live.evaluate(VISIT)!r})")
    copy.goto(f"{server}/live")
    copy.get_by_role("button", name="Start").wait_for()
    live.bring_to_front()
    assert steps(live, before + 1) > before
    assert copy.get_by_role("button", name="Start").is_visible() and copy.evaluate(VISIT) is None


def test_a_set_left_for_another_page_is_over_when_one_comes_back(live: Any, data: Path) -> None:
    begin(live)
    live.get_by_role("link", name="History").click()
    live.get_by_role("heading", name="History").wait_for()
    live.get_by_role("link", name="Live").click()
    assert report_of(live, data)[0]["steps"]


def test_a_set_that_ended_meanwhile_or_was_never_there_is_said_so_once(live: Any) -> None:
    live.evaluate("sessionStorage.setItem('formcheck:visit', 'never-there')")
    live.reload()
    live.get_by_text("The server does not know this set any more").wait_for()
    live.reload()
    live.get_by_role("button", name="Start").wait_for()
    assert not live.get_by_text("The server does not know this set any more").is_visible()
