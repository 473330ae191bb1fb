"""A headless Chromium for the tests and the screenshots, and a server of the app with its own data folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-features=OptimizationHints,MediaRouter,Translate,WebRtcHideLocalIpsWithMdns",
)  # fmt: skip
DESKTOP, PHONE = (1280, 860), (390, 844)


def chromium_path() -> str | None:
    """Debian's chromium (or the one named by ``CHROMIUM``); None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(data: Path, before: tuple[str, ...] = (), **env: str) -> Iterator[tuple[str, int]]:
    """The app on a free port with its data in ``data``; yields its address and the process id.

    ``before`` is put before the command: a tracer that watches the server and its workers.
    """
    port = free_port()
    words = (data / "server.log").open("ab")
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"],
        cwd=ROOT, env={**os.environ, "FORMCHECK_DATA": str(data), **env}, stdout=words, stderr=words,
        start_new_session=True,
    )  # fmt: skip
    address = f"http://localhost:{port}"
    try:
        _await(address, process)
        yield address, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        words.close()


def _await(address: str, process: subprocess.Popen[bytes], limit_s: float = 60.0) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the app's server ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the app's server did not come up")


@contextmanager
def browse(*more: str) -> Iterator[Any]:
    """A Chromium with a fresh profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), headless=True, args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            browser.close()
