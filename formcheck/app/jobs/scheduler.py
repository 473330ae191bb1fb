"""One run at a time, oldest first: a thread that starts worker processes and watches over them.

Two servers on the same folder share one queue: whoever holds ``scheduler.lock`` runs it, the other takes
over when the lock falls free.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from formcheck.app.jobs.store import JobStore
from formcheck.app.settings import Settings

log = logging.getLogger(__name__)

TICK_S = 0.25
PATIENCE_S = 5.0  # a worker asked to stop gets this long before it is ended
MAX_ATTEMPTS = 2
SWEEP_EVERY_S = 3600.0


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    """A process for one run, in its own group, its words in ``log.txt``."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with (folder / "log.txt").open("ab") as words:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "formcheck.app.worker", str(folder)],
            stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=env,
            start_new_session=True,
        )  # fmt: skip


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a worker and its children; kill what does not go within ``PATIENCE_S``."""
    for sign in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if process.poll() is not None:
            return
        try:
            os.killpg(process.pid, sign) if hasattr(os, "killpg") else process.terminate()
        except ProcessLookupError:
            return
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            continue


class Scheduler:
    """Runs the queue until ``stop``. ``start`` twice does nothing the second time."""

    def __init__(self, settings: Settings, launch: Callable[[Path], subprocess.Popen[bytes]] = start_worker) -> None:
        self.store = JobStore(settings.runs_dir)
        self.settings = settings
        self._launch = launch
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._swept_s = 0.0

    def start(self) -> None:
        """Begin in a daemon thread."""
        if self._thread is None:
            self.settings.runs_dir.mkdir(parents=True, exist_ok=True)
            self._thread = threading.Thread(target=self._loop, name="formcheck-queue", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End; a run at work goes back to the queue."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(3 * PATIENCE_S)

    def _loop(self) -> None:
        lock = FileLock(str(self.settings.runs_dir / "scheduler.lock"))
        while not self._stop.is_set():
            try:
                with lock.acquire(timeout=0):
                    self.recover()
                    while not self._stop.is_set():
                        self._turn()
            except Timeout:
                self._stop.wait(2.0)

    def _turn(self) -> None:
        try:
            if not self.run_next():
                self._sweep()
                self._stop.wait(TICK_S)
        except (OSError, ValueError, KeyError):
            log.exception("the queue stumbled over a run")
            self._stop.wait(1.0)

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_s > SWEEP_EVERY_S or not self._swept_s:
            self._swept_s = time.monotonic()
            self.store.sweep(self.settings.keep_days, time.time())

    def recover(self) -> None:
        """Put back what was at work when an earlier server ended and whose worker is gone."""
        for ticket in self.store.tickets():
            if self.store.state(ticket).status == "running" and not self._at_work(ticket):
                self._put_back(ticket)

    def _at_work(self, ticket: str) -> bool:
        try:
            with FileLock(str(self.store.folder(ticket) / "worker.lock")).acquire(timeout=0):
                return False
        except Timeout:
            return True

    def _put_back(self, ticket: str) -> None:
        state = self.store.state(ticket)
        if self.store.cancelled(ticket):
            self.store.update(ticket, status="cancelled", finished_s=time.time())
        elif state.attempts >= MAX_ATTEMPTS:
            self.store.update(ticket, status="failed", error="interrupted", finished_s=time.time())
        else:
            self.store.update(ticket, status="queued", stage="", fraction=0.0, eta_s=None)

    def run_next(self) -> bool:
        """Run the oldest queued run to its end; False if there is none."""
        queued = (t for t in self.store.tickets() if self.store.state(t).status == "queued")
        ticket = next(queued, None)
        if ticket is None:
            return False
        state = self.store.state(ticket)
        self.store.update(ticket, status="running", started_s=time.time(), attempts=state.attempts + 1)
        process = self._launch(self.store.folder(ticket))
        self._watch(ticket, process)
        self._close(ticket, process)
        return True

    def _watch(self, ticket: str, process: subprocess.Popen[bytes]) -> None:
        asked_s: float | None = None
        while process.poll() is None:
            if self._stop.is_set():
                end_process(process)
                return
            if asked_s is None and self.store.cancelled(ticket):
                asked_s = time.monotonic()
            if asked_s is not None and time.monotonic() - asked_s > PATIENCE_S:
                end_process(process)
                return
            time.sleep(0.1)

    def _close(self, ticket: str, process: subprocess.Popen[bytes]) -> None:
        if self.store.state(ticket).status == "running":
            if self.store.cancelled(ticket) or self._stop.is_set():
                self._put_back(ticket)
            else:
                self.store.update(
                    ticket,
                    status="failed",
                    error=f"worker_ended:{process.returncode}",
                    finished_s=time.time(),
                )
        if (self.store.folder(ticket) / "delete").exists():
            self.store.delete(ticket)
