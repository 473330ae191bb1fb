"""One live set in a headless Chromium whose camera plays a film; what was seen, said and measured."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.e2e.browser import FLAGS as BROWSER_FLAGS
from tests.e2e.browser import browse, chromium_path, serve
from tests.e2e.camera_film import FPS, REST_S, WAIT_S, WATCH_JS

FLAGS = (
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip
MOST_LAG_FRAMES = 90  # a greater difference is the film's end meeting its beginning


@dataclass
class Seen:
    """What the set gave. ``lags_ms`` camera to overlay, at each of the camera's pictures; ``paces`` the page's own
    (fps, ms), one a second during the set; ``delays_ms`` each cue's, until it was on the screen.
    """

    steps: int = 0
    ways: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stop: str = ""
    paces: list[tuple[float, float]] = field(default_factory=list)
    delays_ms: list[float] = field(default_factory=list)
    lags_ms: list[float] = field(default_factory=list)
    report: str = ""
    hosts: set[str] = field(default_factory=set)


class Person:
    """Somebody before a camera that plays a film, on the live page."""

    def __init__(self, browser: Any, address: str) -> None:
        self.seen = Seen()
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(90_000)
        self.page.expose_function("__said", lambda words: self.seen.said.append(words))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))
        self.page.add_init_script(WATCH_JS)
        self.page.goto(f"{address}/live")

    def _asked(self, url: str) -> None:
        self.seen.hosts.add(re.sub(r"^\w+://([^/]+).*", r"\1", url))

    def start(self, record: bool = False) -> None:
        """Press Start, with a video of the set to be kept or not."""
        if record:
            self.page.locator("label", has_text="Keep a video of the set").click()
        self.page.get_by_role("button", name="Start").click()

    def look(self) -> None:
        """Read what the page tells now."""
        page, seen = self.page, self.seen
        steps, way = (page.locator(f".live .{name}").inner_text() for name in ("steps", "direction"))
        seen.steps = max(seen.steps, int(steps) if steps.isdigit() else 0)
        if way.isalpha() and seen.ways[-1:] != [way]:
            seen.ways.append(way)
        alerts = [one.inner_text() for one in page.locator(".live [role=alert]:visible").all()]
        seen.stop = next((one for one in alerts if "Stop" in one), seen.stop)
        words = page.locator(".live .pace").inner_text()
        if steps.isdigit() and (found := re.search(r"(\d+) frames a second, (\d+) ms", words)):
            seen.paces.append((float(found[1]), float(found[2])))
        if (found := re.search(r"Last cue (\d+) ms", words)) and seen.delays_ms[-1:] != [float(found[1])]:
            seen.delays_ms.append(float(found[1]))

    def stop(self) -> Seen:
        """Press Stop, and wait for the report."""
        self.seen.lags_ms = _lags_ms(self.page.evaluate("window.__lags || []"))
        self.page.get_by_role("button", name="Stop").click()
        self.page.get_by_role("group", name="Score").wait_for()
        self.seen.report = self.page.locator(".stMain").inner_text()
        return self.seen


def playing(film: Path) -> tuple[str, ...]:
    """Chromium's flags for a camera that plays ``film``."""
    return *FLAGS, f"--use-file-for-fake-video-capture={film}"


def another(browser: Any, film: Path) -> Any:
    """One more browser beside ``browser``, with a camera that plays ``film``."""
    flags = [*BROWSER_FLAGS, *playing(film)]
    return browser.browser_type.launch(executable_path=chromium_path(), headless=True, args=flags)


def live_set(film: Path, data: Path, seconds: float, shots: Path | None = None, record: bool = False) -> Seen:
    """Start the camera, let the film play for ``seconds``, stop, and wait for the report."""
    with serve(data) as (address, _), browse(*playing(film)) as browser:
        person = Person(browser, address)
        person.start(record)
        for _ in range(round(seconds)):
            person.page.wait_for_timeout(1000)
            person.look()
            if shots is not None and person.seen.said and not (shots / "live.png").exists():
                person.page.screenshot(path=str(shots / "live.png"))
        person.stop()
        if shots is not None:
            person.page.screenshot(path=str(shots / "live-report.png"))
    return person.seen


def live_pair(films: tuple[Path, Path], data: Path, seconds: float) -> list[Seen]:
    """Two people at once, each with a film of their own, on a server for many."""
    with serve(data, FORMCHECK_USERS="many") as (address, _), browse(*playing(films[0])) as first:
        second = another(first, films[1])
        people = [Person(browser, address) for browser in (first, second)]
        for person in people:
            person.start()
        for _ in range(round(seconds)):
            for person in people:
                person.page.wait_for_timeout(500)
                person.look()
        seen = [person.stop() for person in people]
        second.close()
    return seen


def film_s(clip_s: float) -> float:
    """How long to watch: until the film has been seen to its end."""
    return WAIT_S + clip_s + REST_S / 2


def _lags_ms(pairs: list[list[float | None]]) -> list[float]:
    """How far the shown picture is behind the camera's own, from the numbers in both."""
    apart = [local - shown for _, local, shown in pairs if local is not None and shown is not None]
    return [1e3 * frames / FPS for frames in apart if 0 <= frames < MOST_LAG_FRAMES]


def figures(seen: Seen) -> str:
    """The measured figures in one line."""
    if not (seen.paces and seen.lags_ms):
        return "not read"
    fps, frame_ms = np.median(seen.paces, axis=0)
    lag = "p50 {:.0f} ms, p95 {:.0f} ms".format(*np.percentile(seen.lags_ms, [50, 95]))
    delays = ", ".join(f"{ms:.0f} ms" for ms in seen.delays_ms) or "none"
    return (
        f"frames processed {fps:.0f} a second ({min(seen.paces)[0]:.0f} at least), {frame_ms:.0f} ms each; "
        f"cues on the screen {delays} after their steps; overlay behind the camera {lag} ({len(seen.lags_ms)} pictures)"
    )
