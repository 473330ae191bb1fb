"""Fixtures of the browser tests; all of them skip, with the reason, where there is no browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import DESKTOP, ROOT, browse, chromium_path, serve
from tests.e2e.seed import short_clip

DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = ""
    if importlib.util.find_spec("playwright") is None:
        reason = "playwright is not installed (pip install 'formcheck[e2e]')"
    elif chromium_path() is None:
        reason = "no chromium on this machine (apt-get install chromium)"
    for item in items:
        if "e2e" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.e2e)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with browse() as browser:
        yield browser


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[str]:
    with serve(data) as (address, _):
        yield address


@pytest.fixture()
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, accept_downloads=True)
    context.set_default_timeout(90_000)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture()
def live(filmed: Any, server: str) -> Iterator[Any]:
    """The live page in a module's own browser with a camera, ``filmed``."""
    context = filmed.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{server}/live")
    yield page
    context.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's moments with the planted fault, short enough to score in seconds."""
    return short_clip(DEMO, tmp_path_factory.mktemp("clips") / "short.mp4", 3.0, 7.5)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """What the page looked like when a test failed, beside the other temporary files."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None and not page.is_closed():
        folder = item.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        target = folder / f"{item.name[:60]}.png"
        page.screenshot(path=str(target))
        report.sections.append(("page", f"screenshot: {target}\n{page.inner_text('body')[:2000]}"))
