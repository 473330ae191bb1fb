"""Pictures of every page, desktop and phone: ``python -m tests.e2e.screenshots docs/screenshots``.

Needs Debian's chromium, playwright and a pose model. The runs shown are scored from the fixtures on the spot.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from formcheck.app.jobs import batches
from formcheck.app.jobs.files import write_json
from formcheck.app.jobs.store import Job, JobStore, new_ticket
from formcheck.app.run import score_job
from formcheck.history.store import History, SetNote, open_engine
from formcheck.report.as_dict import to_dict
from formcheck.report.store import load
from tests.e2e.browser import DESKTOP, PHONE, ROOT, browse, serve
from tests.e2e.camera_film import make_film
from tests.e2e.live_run import another
from tests.e2e.seed import scored_run

VIDEOS = ROOT / "fixtures" / "videos"
CLIPS = ("demo.mp4", "clean_reverse_pull_left.mp4", "clean_power_sled_right.mp4", "clean_backward_walk_front.mp4")
TALLEST = {"desktop": 1700, "phone": 2200}


def scored(data: Path, clip: Path, exercise: str = "auto") -> str:
    """A real run of a fixture."""
    store = JobStore(data / "seeds")
    ticket = store.create(Job(str(clip), clip.name, exercise))
    score_job(store.job(ticket), store.folder(ticket), lambda _: None)
    store.update(ticket, status="done", fraction=1.0, finished_s=time.time(), attempts=1)
    (data / "runs").mkdir(exist_ok=True)
    store.folder(ticket).rename(data / "runs" / ticket)
    return ticket


def seed_batch(data: Path, runs: list[str]) -> str:
    """A batch of the runs and one file that is no video."""
    store = JobStore(data / "runs")
    failed = JobStore(data / "seeds")
    bad = failed.create(Job("/videos/holiday.txt.mp4", "holiday.txt.mp4"))
    reason = "holiday.txt.mp4: is not a video, or is cut off or damaged; export the clip again as MP4"
    failed.update(bad, status="failed", error=reason, finished_s=time.time())
    failed.folder(bad).rename(store.root / bad)
    ticket = new_ticket()
    (data / "batches").mkdir(exist_ok=True)
    listed = {"owner": "local", "created_s": time.time(), "runs": [*runs, bad]}
    write_json(data / "batches" / f"{ticket}.json", listed)
    assert batches.load(store, ticket) is not None
    return ticket


def seed_history(data: Path) -> None:
    """Six sets of one athlete, the rocking less from set to set."""
    log = History(open_engine(f"sqlite:///{data / 'history.sqlite3'}"))
    athlete = log.add_athlete("Ada Example", 168.0, 64.0)
    from formcheck.app.run import read_spreads

    plan = [(18, 20.0), (17, 20.0), (16, 22.5), (12, 25.0), (9, 25.0), (6, 27.5)]
    for n, (rock, load_kg) in enumerate(plan):
        ticket = scored_run(data, f"pull-{n + 1}.mp4", rock_deg=float(rock), noise_px=0.6, seed=n)
        folder = data / "runs" / ticket
        report = load(folder / "out" / "report.json")
        when = datetime.now() - timedelta(days=20 - 4 * n)
        note = SetNote(when, load_kg, None, 12.0 + n)
        log.add_set(athlete, report, to_dict(report), spreads=read_spreads(folder), note=note)
        JobStore(data / "runs").delete(ticket)


def shoot(page: Any, address: str, target: Path, kind: str, tab: str = "") -> None:
    """One page, as tall as it is, in a small PNG."""
    width, height = DESKTOP if kind == "desktop" else PHONE
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    page.get_by_text("It is not medical advice").wait_for(timeout=120_000)
    page.wait_for_load_state("networkidle")
    if tab:
        page.get_by_role("tab", name=tab).click()
    page.wait_for_timeout(2500)
    full = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, full + 40), TALLEST[kind])})
    page.wait_for_timeout(2000)
    page.screenshot(path=str(target))
    shrink(target)
    print(f"{target.name}: {target.stat().st_size // 1024} kB")


def shoot_live(browser: Any, address: str, folder: Path) -> None:
    """A set that goes on, at its first cue."""
    for kind, (width, height) in (("desktop", DESKTOP), ("phone", PHONE)):
        page = browser.new_context(viewport={"width": width, "height": height + 60}).new_page()
        page.goto(address)
        page.get_by_role("button", name="Start").click()
        page.locator(".live .cue:visible").wait_for(timeout=120_000)
        page.locator(".live .cameras option").evaluate("one => one.textContent = 'Webcam'")
        target = folder / f"live-{kind}.png"
        page.screenshot(path=str(target))
        shrink(target)
        page.context.close()
    browser.close()


def shrink(path: Path) -> None:
    """Fewer colours: a quarter of the size, the same picture to the eye."""
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def main(folder: Path) -> None:
    """All pages, both widths."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        runs = [scored(data, VIDEOS / name) for name in CLIPS]
        pair = f"a={runs[0]}&b={runs[1]}"
        batch = seed_batch(data, runs)
        seed_history(data)
        pages = {
            "upload": ("/", ""), "result": (f"/?run={runs[0]}", ""), "adjust": (f"/?run={runs[0]}", "Adjust"),
            "not-judged": (f"/?run={runs[0]}", "Not judged"),
            "batch": (f"/batch?batch={batch}", ""), "compare": (f"/compare?{pair}", ""), "history": ("/history", ""),
        }  # fmt: skip
        with serve(data) as (address, _), browse() as browser:
            for kind in ("desktop", "phone"):
                context = browser.new_context(is_mobile=kind == "phone", has_touch=kind == "phone")
                page = context.new_page()
                for name, (path, tab) in pages.items():
                    shoot(page, address + path, folder / f"{name}-{kind}.png", kind, tab)
                context.close()
            film = make_film(VIDEOS / CLIPS[0], data / "film.mjpeg", numbers=False)
            shoot_live(another(browser, film), f"{address}/live", folder)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
