"""The live page's voice: it says a cue, keeps quiet when switched off, and never says two at once.

The first tests run the page's own script alone, with the clock in their hands; the last one the whole page, with a
camera that is a canvas and a server whose answers are written here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from formcheck.app.components.mount import LIVE_HTML, LIVE_JS
from formcheck.app.live_page import SPEAK_GAP_S
from formcheck.texts import section

#: What is said is noted instead, with the voice that says it; time stands still but for ``window.__later``.
RECORDER = """
(() => {
  window.__noted = [];
  window.__voices = [
    { name: "elsewhere", lang: "en-US", localService: false },
    { name: "other tongue", lang: "de-DE", localService: true },
    { name: "here", lang: "en-GB", localService: true },
  ];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const speechSynthesis = {
    getVoices: () => window.__voices,
    speak: (one) => window.__noted.push({ said: one.text, voice: one.voice?.name ?? null }),
    cancel: () => window.__noted.push({ cancelled: true }),
  };
  Object.defineProperty(window, "speechSynthesis", { value: speechSynthesis });
})();
"""
#: The component in a page of its own: ``__set`` is what it makes of a camera.
ALONE = """
async ([html, script, data]) => {
  document.body.innerHTML = html;
  window.__now_ms = 50_000;
  performance.now = () => window.__now_ms;
  const file = new Blob([script, "\\nexport { CameraSet };"], { type: "text/javascript" });
  const { CameraSet } = await import(URL.createObjectURL(file));
  window.__set = new CameraSet(document.querySelector(".live"));
  window.__set.update(data, () => {});
  window.__picture = document.createElement("canvas");
}
"""
BARE = {"stage": "set", "steps": 4, "strokes": [], "dots": [], "marks": []}


def cue(name: str, lang: str = "en") -> dict[str, Any]:
    """An answer of the server with a cue in it."""
    told = {"id": name, "text": f"Shown {name}", "spoken": f"Say {name}", "sign": "!", "colour": "#000", "since_ms": 9}
    return {**BARE, "cue": {**told, "lang": lang}}


class Camera:
    """The live component, without server and camera."""

    def __init__(self, page: Any) -> None:
        self.page = page
        script = "\n".join(files("formcheck.app.components").joinpath(name).read_text("utf-8") for name in LIVE_JS)
        page.evaluate(ALONE, [LIVE_HTML, script, self.wishes(True)])

    @staticmethod
    def wishes(speak: bool) -> dict[str, Any]:
        """What the page asks of it."""
        asked = {"visit": "", "picture": {}, "mirror": True, "speak": speak, "gap_s": SPEAK_GAP_S}
        return {**asked, "words": section("camera")}

    def switch(self, speak: bool) -> None:
        """As the page's switch does."""
        self.page.evaluate("(data) => window.__set.update(data, () => {})", self.wishes(speak))

    def answer(self, answer: dict[str, Any], after_s: float = 0.0) -> None:
        """An answer of the server, some time after what was before."""
        self.page.evaluate(
            "([answer, ms]) => { window.__now_ms += ms; window.__set.answer(answer, window.__picture, 0); }",
            [answer, 1e3 * after_s],
        )

    def noted(self) -> list[str]:
        """What was said, and "-" where the voice was cut off, since the last look."""
        noted = self.page.evaluate("window.__noted.splice(0)")
        return [one.get("said", "-") for one in noted]


@pytest.fixture()
def camera(page: Any) -> Camera:
    page.add_init_script(RECORDER)
    page.goto("about:blank")
    return Camera(page)


def test_a_cue_is_said_once_however_often_the_server_shows_it(camera: Camera) -> None:
    for _ in range(3):
        camera.answer(cue("one"), after_s=2 * SPEAK_GAP_S)
    assert camera.noted() == ["-", "Say one"]  # what may still be said is cut off first
    assert camera.page.locator(".cuetext").inner_text() == "Shown one"


def test_two_cues_that_come_too_close_are_one_and_the_next_after_the_gap_is_said(camera: Camera) -> None:
    camera.answer(cue("one"))
    camera.answer(cue("two"), after_s=SPEAK_GAP_S - 0.05)
    assert camera.noted() == ["-", "Say one"]
    assert camera.page.locator(".cuetext").inner_text() == "Shown two"  # it is shown all the same
    camera.answer(cue("three"), after_s=0.1)
    assert camera.noted() == ["-", "Say three"]  # and "two" is not said late


def test_with_the_switch_off_nothing_is_said(camera: Camera) -> None:
    camera.switch(False)
    camera.noted()
    for name in ("one", "two"):
        camera.answer(cue(name), after_s=2 * SPEAK_GAP_S)
    assert camera.noted() == []
    assert camera.page.locator(".cuetext").inner_text() == "Shown two"


def test_switching_off_in_mid_set_cuts_the_voice_off_and_on_again_lets_it_speak(camera: Camera) -> None:
    camera.answer(cue("one"))
    camera.noted()
    camera.switch(False)
    assert camera.noted() == ["-"]
    camera.answer(cue("two"), after_s=2 * SPEAK_GAP_S)
    assert camera.noted() == []
    camera.switch(True)
    camera.answer(cue("three"), after_s=0.1)
    assert camera.noted() == ["-", "Say three"]


def test_the_end_of_the_set_cuts_the_voice_off(camera: Camera) -> None:
    camera.answer(cue("one"))
    camera.noted()
    camera.page.evaluate("window.__set.stop()")
    assert camera.noted() == ["-"]


def test_only_a_voice_of_this_computer_speaks(camera: Camera) -> None:
    camera.answer(cue("one"))
    assert camera.page.evaluate("window.__noted.at(-1)") == {"said": "Say one", "voice": "here"}
    camera.noted()
    camera.page.evaluate("window.__voices.pop()")  # English is only spoken elsewhere now
    camera.answer(cue("two"), after_s=2 * SPEAK_GAP_S)
    assert camera.noted() == []


def test_a_cue_is_said_by_a_voice_of_its_own_language(camera: Camera) -> None:
    camera.answer(cue("one", lang="de"))
    assert camera.page.evaluate("window.__noted.at(-1)") == {"said": "Say one", "voice": "other tongue"}


#: A camera that is a canvas, and in the place of the live connection a server that answers ``window.__answer``.
STAGE = """
(() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const pen = canvas.getContext("2d");
  setInterval(() => pen.fillRect(0, 0, 1 + Math.random(), 9), 40);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(25);
  const Own = window.WebSocket;
  window.WebSocket = class {
    constructor(url, ...more) {
      if (!String(url).includes("/formcheck/live/")) return new Own(url, ...more);
      this.readyState = Own.OPEN;
      setTimeout(() => this.onopen?.());
    }
    send(message) {
      const id = new DataView(message.buffer).getUint32(0, true);
      setTimeout(() => this.onmessage({ data: JSON.stringify({ id, ...window.__answer }) }));
    }
    close() { this.readyState = Own.CLOSED; }
  };
  for (const name of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]) window.WebSocket[name] = Own[name];
  window.__answer = %s;
  const now = performance.now.bind(performance);
  window.__later = 0;
  performance.now = () => now() + window.__later;
})();
"""


@pytest.fixture()
def stage(page: Any, server: str) -> Iterator[Any]:
    """The whole live page, in a set."""
    page.add_init_script(RECORDER)
    page.add_init_script(STAGE % json.dumps(BARE))
    page.goto(f"{server}/live")
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator(".live .steps", has_text="4").wait_for()
    yield page
    page.get_by_role("button", name="Stop and show the report").click()
    page.get_by_text("The set had not begun").wait_for()


def said_when_told(page: Any, name: str) -> list[str]:
    """What the voice says of a cue that comes long after the last one."""
    page.evaluate("(answer) => { window.__later += 60_000; window.__answer = answer; }", cue(name))
    page.locator(".live .spoken", has_text=f"Say {name}").wait_for(state="attached")
    noted = page.evaluate("window.__noted.splice(0)")
    return [one.get("said", "-") for one in noted]


#: One cue after another, each long after the one before, until one is said.
NEXT_IS_SAID = """(answer) => {
  window.__later += 60_000;
  window.__answer = { ...answer, cue: { ...answer.cue, id: String(Math.random()) } };
  return window.__noted.some((one) => one.said === "Say three");
}"""


@pytest.mark.engine
def test_the_pages_switch_turns_the_voice_off_and_on_in_mid_set(stage: Any) -> None:
    switch = stage.locator("label", has_text="Say cues aloud")
    assert said_when_told(stage, "one")[-1] == "Say one"
    switch.click()
    stage.wait_for_function("window.__noted.some((one) => one.cancelled)")
    stage.evaluate("window.__noted.splice(0)")
    assert "Say two" not in said_when_told(stage, "two")
    switch.click()
    stage.wait_for_function(NEXT_IS_SAID, arg=cue("three"), polling=100)  # once the page has heard of the switch
