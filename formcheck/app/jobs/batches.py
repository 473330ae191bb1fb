"""Several runs under one ticket: a file naming them, so that a batch survives its page as its runs do."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from formcheck.app.jobs.files import read_json, write_json
from formcheck.app.jobs.store import Job, JobStore, is_ticket, new_ticket

CLIPS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mts", ".m2ts", ".3gp")


@dataclass(frozen=True)
class Batch:
    """The runs of one batch, in the order they were given."""

    ticket: str
    owner: str
    created_s: float
    runs: tuple[str, ...]


def _file(store: JobStore, ticket: str) -> Path:
    return store.root.parent / "batches" / f"{ticket}.json"


def begin(store: JobStore, jobs: Sequence[tuple[Job, Path | None]], owner: str) -> str:
    """Queue the jobs (each with its upload, if it came as one) as a batch; returns the batch's ticket."""
    ticket, now = new_ticket(), time.time()
    folder = _file(store, ticket).parent
    folder.mkdir(parents=True, exist_ok=True)
    tickets = [
        store.create(Job(j.video, j.name, j.exercise, owner, j.options, ticket, now, order), upload)
        for order, (j, upload) in enumerate(jobs)
    ]
    data = {"owner": owner, "created_s": now, "runs": tickets}
    write_json(_file(store, ticket), data)
    return ticket


def load(store: JobStore, ticket: object) -> Batch | None:
    """The batch; None for an unknown ticket. Runs deleted since are left out."""
    data = read_json(_file(store, str(ticket))) if is_ticket(ticket) else None
    if data is None:
        return None
    there = tuple(run for run in data["runs"] if store.knows(run))
    return Batch(str(ticket), data["owner"], data["created_s"], there)


def of_owner(store: JobStore, owner: str) -> list[Batch]:
    """The owner's batches that have runs left, newest first."""
    folder = _file(store, "x").parent
    names = [path.stem for path in folder.glob("*.json")] if folder.is_dir() else []
    found = [batch for name in names if (batch := load(store, name)) is not None]
    own = [batch for batch in found if batch.owner == owner and batch.runs]
    return sorted(own, key=lambda batch: -batch.created_s)


def clips_in(folder: Path) -> list[Path]:
    """The videos in a folder and below it, by name."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in CLIPS and p.is_file())
