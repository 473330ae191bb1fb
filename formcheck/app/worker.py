"""The process of one run: ``python -m formcheck.app.worker FOLDER``. Reads job.json, fills out/."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from filelock import FileLock

from formcheck.app.jobs.progress import reading
from formcheck.app.jobs.store import JobStore
from formcheck.errors import FormcheckError
from formcheck.progress import Progress

log = logging.getLogger(__name__)
WRITE_EVERY_S = 0.25


class Cancelled(Exception):
    """Somebody asked this run to stop."""


class Teller:
    """Writes progress to state.json, at most four times a second; raises Cancelled when asked to stop."""

    def __init__(self, store: JobStore, ticket: str) -> None:
        self._store, self._ticket = store, ticket
        self._begun_s = self._told_s = time.monotonic()
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        """Tell of ``progress``."""
        now = time.monotonic()
        if progress.stage == self._stage and now - self._told_s < WRITE_EVERY_S:
            return
        self._told_s, self._stage = now, progress.stage
        if self._store.cancelled(self._ticket):
            raise Cancelled
        seen = reading(progress.stage, progress.done, progress.total, now - self._begun_s)
        self._store.update(self._ticket, stage=seen.stage, fraction=seen.fraction, eta_s=seen.eta_s)


def run(folder: Path) -> str:
    """Do the run in ``folder``; returns the status it ended with. Never raises for a bad clip."""
    from formcheck.app.run import score_job  # heavy imports only in the worker

    store, ticket = JobStore(folder.parent), folder.name
    error = ""
    try:
        score_job(store.job(ticket), store.folder(ticket), Teller(store, ticket))
        status = "done"
    except Cancelled:
        status = "cancelled"
    except FormcheckError as wrong:
        status, error = "failed", str(wrong)
    except Exception as wrong:  # the page must say something, whatever went wrong; the log has the rest
        log.exception("the run failed")
        status, error = "failed", f"unexpected:{type(wrong).__name__}: {wrong}"
    fraction = {"fraction": 1.0} if status == "done" else {}
    store.update(ticket, status=status, error=error, eta_s=None, finished_s=time.time(), **fraction)
    return status


def _leave(_sign: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def main(argv: list[str]) -> int:
    """Entry point; 0 also for a run that failed in a way the page tells."""
    if len(argv) != 1:
        print("usage: python -m formcheck.app.worker FOLDER", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(os, "nice"):
        os.nice(5)  # the page stays quick while a run computes
    folder = Path(argv[0]).resolve()
    with FileLock(str(folder / "worker.lock")).acquire(timeout=0):
        run(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
