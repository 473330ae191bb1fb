"""Runs on disk: one folder a run, named by its ticket.

``job.json`` what was asked (written once), ``state.json`` how it stands, ``cancel`` a mark that it should
stop, ``keep`` a mark that history holds it, ``input/`` the clip, ``out/`` the results, ``worker.lock`` held
by the process at work.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from formcheck.app.jobs.files import read_json, safe_name, write_json

Status = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: tuple[Status, ...] = ("queued", "running")
_TICKET = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Job:
    """What was asked. ``video`` is absolute; ``owner`` the browser (or "local") that asked."""

    video: str
    name: str
    exercise: str = "auto"
    owner: str = "local"
    options: Mapping[str, Any] = field(default_factory=dict)
    batch: str = ""
    created_s: float = 0.0
    order: int = 0


@dataclass(frozen=True)
class State:
    """How a run stands. ``error`` is one line for people; ``attempts`` counts starts."""

    status: Status = "queued"
    stage: str = ""
    fraction: float = 0.0
    eta_s: float | None = None
    started_s: float | None = None
    finished_s: float | None = None
    error: str = ""
    attempts: int = 0


def new_ticket() -> str:
    """128 random bits in 22 letters."""
    return secrets.token_urlsafe(16)


def is_ticket(text: object) -> bool:
    """Whether ``text`` has a ticket's form (and so is safe as a folder's name)."""
    return isinstance(text, str) and _TICKET.fullmatch(text) is not None


class JobStore:
    """The runs under ``root``. Every method that takes a ticket raises KeyError for an unknown one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, job: Job, upload: Path | None = None, beside: Mapping[str, Path] | None = None) -> str:
        """Queue ``job``; ``upload`` (a file already on this disk) is moved into the run's folder, and so are the
        files ``beside`` (by the name they get there), e.g. poses that need not be estimated.
        """
        ticket = new_ticket()
        folder = self.root / ticket
        (folder / "out").mkdir(parents=True)
        if upload is not None:
            (folder / "input").mkdir()
            target = folder / "input" / safe_name(job.name)
            upload.replace(target)
            job = replace(job, video=str(target))
        for name, path in (beside or {}).items():
            path.replace(folder / name)
        write_json(folder / "job.json", asdict(replace(job, created_s=job.created_s or time.time())))
        write_json(folder / "state.json", asdict(State()))
        return ticket

    def folder(self, ticket: str) -> Path:
        """The run's folder."""
        folder = self.root / ticket
        if not is_ticket(ticket) or not (folder / "job.json").is_file():
            raise KeyError(f"no run has the ticket {ticket!r}")
        return folder

    def knows(self, ticket: object) -> bool:
        """Whether there is such a run."""
        return is_ticket(ticket) and (self.root / str(ticket) / "job.json").is_file()

    def job(self, ticket: str) -> Job:
        """What was asked."""
        return Job(**read_json(self.folder(ticket) / "job.json"))

    def state(self, ticket: str) -> State:
        """How it stands."""
        return State(**(read_json(self.folder(ticket) / "state.json") or {}))

    def update(self, ticket: str, **changes: Any) -> State:
        """Change the state; only the scheduler and the run's own worker do this."""
        state = replace(self.state(ticket), **changes)
        write_json(self.folder(ticket) / "state.json", asdict(state))
        return state

    def out(self, ticket: str) -> Path:
        """Where the results lie."""
        return self.folder(ticket) / "out"

    def tickets(self) -> list[str]:
        """All runs, oldest first."""
        if not self.root.is_dir():
            return []
        found = [p.name for p in self.root.iterdir() if self.knows(p.name)]
        return sorted(found, key=self._age)

    def _age(self, ticket: str) -> tuple[float, int, str]:
        job = read_json(self.root / ticket / "job.json") or {}
        return float(job.get("created_s", 0.0)), int(job.get("order", 0)), ticket

    def ahead(self, ticket: str) -> int:
        """How many open runs stand before this one in the queue."""
        before = 0
        for other in self.tickets():
            if other == ticket:
                return before
            before += self.state(other).status in OPEN
        return before

    def cancel(self, ticket: str) -> None:
        """Ask a run to stop; one that has not begun is cancelled at once."""
        (self.folder(ticket) / "cancel").touch()
        if self.state(ticket).status == "queued":
            self.update(ticket, status="cancelled", finished_s=time.time())

    def cancelled(self, ticket: str) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder(ticket) / "cancel").exists()

    def keep(self, ticket: str, kept: bool = True) -> None:
        """Hold the run's files beyond ``keep_days`` (history refers to them), or let them go."""
        mark = self.folder(ticket) / "keep"
        if kept:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)

    def kept(self, ticket: str) -> bool:
        """Whether the history holds it."""
        return (self.folder(ticket) / "keep").exists()

    def family(self, ticket: str) -> list[str]:
        """The runs of the same video: this one, what it was made from, and what was made from any of them."""
        first = self._first()
        return [other for other in first if first[other] == first[ticket]]

    def _first(self) -> dict[str, str]:
        """For each run the one that its poses were estimated in, be it there or not."""
        made_from = {ticket: str(self.job(ticket).options.get("poses_of") or "") for ticket in self.tickets()}
        first = {}
        for ticket in made_from:
            origin = ticket
            while made_from.get(origin):
                origin = made_from[origin]
            first[ticket] = origin
        return first

    def delete(self, ticket: str) -> None:
        """Remove the run and all its files; an open one is cancelled first, its folder goes when it ends."""
        folder = self.folder(ticket)
        (folder / "delete").touch()
        if self.state(ticket).status == "running":
            self.cancel(ticket)
            return
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, keep_days: float, now_s: float) -> list[str]:
        """Delete closed runs that nobody kept, ``keep_days`` after they ended; returns their tickets.

        What a kept run was made from stays too: the video lies there.
        """
        gone, first = [], self._first()
        held = {first[ticket] for ticket in first if self.kept(ticket)}
        for ticket in first:
            folder, state = self.root / ticket, self.state(ticket)
            if state.status in OPEN or first[ticket] in held:
                continue
            finished = now_s if state.finished_s is None else state.finished_s
            old = now_s - finished > keep_days * 86400
            if old or (folder / "delete").exists():
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(ticket)
        return gone
