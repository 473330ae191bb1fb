"""What the result page shows, and how its parts send the video somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from formcheck.app.jobs.store import Job
from formcheck.app.parts.common import runs
from formcheck.core.types import Report, Signals
from formcheck.report.digest import Titles


@dataclass(frozen=True)
class Shown:
    """What the page shows: the report (by own limits, where some were moved) and what goes with it."""

    ticket: str
    job: Job
    report: Report
    signals: Signals
    plot: dict[str, Any]
    titles: Titles

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return runs().folder(self.ticket)

    @property
    def has_video(self) -> bool:
        """Whether there is a video to send somewhere: of a live set only where it was to be kept."""
        return (self.folder / "out" / "overlay.mp4").is_file()


def seek(ticket: str, at_s: float, group: int | None = None) -> None:
    """Send the video (and the plot) somewhere."""
    key = f"seek:{ticket}"
    before = st.session_state.get(key, {"n": 0})
    st.session_state[key] = {"t": at_s, "n": before["n"] + 1, "group": group, "scroll": True}
