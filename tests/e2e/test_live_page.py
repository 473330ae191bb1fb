"""The live page by hand, in a real browser: no camera, a set stopped early, a page left, a connection lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import ROOT
from tests.e2e.camera_film import make_film
from tests.e2e.live_run import another

DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"


@pytest.fixture(scope="module")
def filmed(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser with a camera."""
    browser = another(chromium, make_film(DEMO, tmp_path_factory.mktemp("film") / "film.mjpeg"))
    yield browser
    browser.close()


def begin(page: Any) -> None:
    """Press Start, and wait for the first answer with a body in it."""
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop and show the report").wait_for()
    page.locator(".live .pace", has_text="frames a second").wait_for()


def test_without_a_camera_the_page_says_so(page: Any, server: str) -> None:
    page.goto(f"{server}/live")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("There is no camera").wait_for()
    assert page.get_by_role("button", name="Start").is_enabled()


def test_a_camera_held_upright_is_shown_whole(chromium: Any, server: str, tmp_path: Path) -> None:
    film = make_film(DEMO, tmp_path / "film.mjpeg", numbers=False, size=(360, 640))
    browser = another(chromium, film)
    page = browser.new_page()
    page.goto(f"{server}/live")
    page.get_by_role("button", name="Start").click()
    page.locator(".live canvas[height='640']").wait_for()
    assert page.locator(".live canvas").get_attribute("width") == "360"
    browser.close()


@pytest.mark.engine
def test_a_set_that_has_not_begun_ends_without_a_report_and_another_can_begin(live: Any) -> None:
    begin(live)
    live.get_by_role("button", name="Stop and show the report").click()
    live.get_by_text("The set had not begun").wait_for()
    begin(live)


@pytest.mark.engine
def test_start_pressed_before_the_page_has_heard_of_the_stop_begins_another_set(live: Any) -> None:
    begin(live)
    live.get_by_role("button", name="Stop and show the report").evaluate("button => (button.click(), button.click())")
    live.locator(".live .pace", has_text="frames a second").wait_for()
    assert not live.get_by_text("The server does not know this set any more").is_visible()


@pytest.mark.engine
def test_the_camera_can_be_chosen_and_is_let_go_when_the_page_is_left(live: Any) -> None:
    live.add_init_script(KEEP_TRACKS)
    live.reload()
    begin(live)
    assert live.get_by_label("Camera").locator("option").count() == 1
    assert live.evaluate("window.__tracks.map((one) => one.readyState)") == ["live"]
    live.get_by_role("link", name="History").click()
    live.wait_for_function("window.__tracks.every((one) => one.readyState === 'ended')")
    live.get_by_role("link", name="Live").click()
    live.get_by_text("The set had not begun").wait_for()


@pytest.mark.engine
def test_no_number_stays_when_the_connection_is_lost_and_the_set_goes_on_after_it(live: Any) -> None:
    live.add_init_script(KEEP_SOCKETS)
    live.reload()
    begin(live)
    live.evaluate("window.__cut = true; window.__sockets.forEach((one) => one.close())")
    live.get_by_text("No reading: waiting for the server").wait_for()
    assert live.locator(".live .steps").inner_text() == "–"
    live.evaluate("window.__cut = false")
    live.get_by_text("No reading: waiting for the server").wait_for(state="hidden")


@pytest.mark.engine
def test_the_mirror_turns_the_picture_and_no_word(live: Any) -> None:
    begin(live)
    live.locator("label", has_text="Mirror the picture").click()
    live.wait_for_function(UNMIRRORED)
    live.locator("label", has_text="Mirror the picture").click()
    live.wait_for_function(f"() => !({UNMIRRORED})()")
    assert live.locator(".live").evaluate("one => getComputedStyle(one.querySelector('.counts')).transform") == "none"


KEEP_TRACKS = """
(() => {
  window.__tracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    window.__tracks.push(...stream.getTracks());
    return stream;
  };
})();
"""
#: Connections of a visit can be cut, and while they are no new one comes about.
KEEP_SOCKETS = """
(() => {
  window.__sockets = [];
  const Own = window.WebSocket;
  window.WebSocket = class extends Own {
    constructor(url, ...more) {
      const mine = String(url).includes("/formcheck/live/");
      super(mine && window.__cut ? String(url).replace(/:\\d+/, ":1") : url, ...more);
      if (mine) window.__sockets.push(this);
    }
  };
})();
"""
#: Whether the picture on show is as the camera's own rather than as its mirror image.
UNMIRRORED = """() => {
  const roots = [...document.querySelectorAll("*")].map((host) => host.shadowRoot).filter(Boolean);
  const live = roots.map((root) => root.querySelector(".live")).find(Boolean);
  const small = (source, flip) => {
    const canvas = new OffscreenCanvas(32, 18);
    const pen = canvas.getContext("2d");
    if (flip) pen.setTransform(-1, 0, 0, 1, 32, 0);
    pen.drawImage(source, 0, 0, 32, 18);
    return pen.getImageData(0, 0, 32, 18).data;
  };
  const shown = small(live.querySelector("canvas"), false);
  const apart = (other) => other.reduce((sum, value, i) => sum + Math.abs(value - shown[i]), 0);
  const video = live.querySelector("video");
  return apart(small(video, false)) < apart(small(video, true));
}"""
