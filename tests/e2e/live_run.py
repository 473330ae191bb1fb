"""One live set in a headless Chromium whose camera plays a film; what was seen, said and measured."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.e2e.browser import browse, serve
from tests.e2e.camera_film import FPS, REST_S, WAIT_S, WATCH_JS

FLAGS = (
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip
MOST_LAG_FRAMES = 90  # a greater difference is the film's end meeting its beginning


@dataclass
class Seen:
    """What the set gave. ``lags_ms`` camera to overlay, frame by frame; ``pace`` the page's last (fps, ms)."""

    steps: int = 0
    said: list[str] = field(default_factory=list)
    stop: str = ""
    pace: tuple[float, float] | None = None
    cue_delay_ms: float | None = None
    lags_ms: list[float] = field(default_factory=list)
    report: str = ""
    hosts: set[str] = field(default_factory=set)


def live_set(film: Path, data: Path, seconds: float, shots: Path | None = None) -> Seen:
    """Start the camera, let the film play for ``seconds``, stop, and wait for the report."""
    seen = Seen()
    with serve(data) as (address, _), browse(*FLAGS, f"--use-file-for-fake-video-capture={film}") as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(90_000)
        page.expose_function("__said", lambda words: seen.said.append(words))
        page.on("request", lambda request: seen.hosts.add(re.sub(r"^\w+://([^/]+).*", r"\1", request.url)))
        page.add_init_script(WATCH_JS)
        page.goto(f"{address}/live")
        page.get_by_role("button", name="Start").click()
        for _ in range(round(seconds)):
            page.wait_for_timeout(1000)
            _look(page, seen)
            if shots is not None and seen.said and not (shots / "live.png").exists():
                page.screenshot(path=str(shots / "live.png"))
        seen.lags_ms = _lags_ms(page.evaluate("window.__lags || []"))
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("group", name="Score").wait_for()
        seen.report = page.locator(".stMain").inner_text()
        if shots is not None:
            page.screenshot(path=str(shots / "live-report.png"))
    return seen


def film_s(clip_s: float) -> float:
    """How long to watch: until the film has been seen to its end."""
    return WAIT_S + clip_s + REST_S / 2


def _look(page: Any, seen: Seen) -> None:
    steps = page.locator(".live .steps").inner_text()
    seen.steps = max(seen.steps, int(steps) if steps.isdigit() else 0)
    alerts = [one.inner_text() for one in page.locator(".live [role=alert]:visible").all()]
    seen.stop = next((one for one in alerts if "Stop" in one), seen.stop)
    words = page.locator(".live .pace").inner_text()
    if found := re.search(r"(\d+) frames a second, (\d+) ms", words):
        seen.pace = (float(found[1]), float(found[2]))
    if found := re.search(r"Last cue (\d+) ms", words):
        seen.cue_delay_ms = float(found[1])


def _lags_ms(pairs: list[list[float | None]]) -> list[float]:
    """How far the shown picture is behind the camera's own, from the numbers in both."""
    apart = [local - shown for _, local, shown in pairs if local is not None and shown is not None]
    return [1e3 * frames / FPS for frames in apart if 0 <= frames < MOST_LAG_FRAMES]


def figures(seen: Seen) -> str:
    """The measured figures in one line."""
    lag = (
        "not read"
        if not seen.lags_ms
        else "p50 {:.0f} ms, p95 {:.0f} ms".format(*np.percentile(seen.lags_ms, [50, 95]))
    )
    pace = "not read" if seen.pace is None else f"{seen.pace[0]:.0f} a second, {seen.pace[1]:.0f} ms each"
    delay = "no cue" if seen.cue_delay_ms is None else f"{seen.cue_delay_ms:.0f} ms after its step"
    return f"frames processed {pace}; last cue {delay}; overlay behind the camera {lag} ({len(seen.lags_ms)} frames)"
