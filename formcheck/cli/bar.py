"""The progress bar: one line a clip with its stage, share done and time left; on stderr, and only for people."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from formcheck.progress import Progress
from formcheck.texts import find


class Stopped(Exception):
    """The run is over; raised where a clip tells of its progress."""


class ClipBar:
    """A context manager; ``clip(name)`` begins a clip and gives what its ``Progress`` is told to. Any thread may."""

    def __init__(self, console: Console, shown: bool, clips: int) -> None:
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=console,
            transient=True,
            disable=not shown,
            expand=True,
        )
        self._clips, self._begun = clips, 0
        self._stop = threading.Event()

    def __enter__(self) -> ClipBar:
        self._bar.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bar.stop()

    def clip(self, name: str) -> ClipLine:
        """Begin a clip."""
        self._begun += 1
        of = f"{self._begun}/{self._clips} " if self._clips > 1 else ""
        return self.line(of + name)

    def line(self, words: str) -> ClipLine:
        """A line for something that is no clip."""
        return ClipLine(self._bar, words, self._stop)

    def stop(self) -> None:
        """Let every clip at work end at its next step."""
        self._stop.set()


class ClipLine:
    """One clip's line; a context manager that takes it away."""

    def __init__(self, bar: Bar, name: str, stop: threading.Event) -> None:
        self._bar, self._name, self._stop = bar, name, stop
        self._task: TaskID | None = None
        self._stage = ""

    def __enter__(self) -> ClipLine:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)

    def __call__(self, progress: Progress) -> None:
        """Show where the work is; a new stage begins a new bar, for its pace is another."""
        if self._stop.is_set():
            raise Stopped
        if progress.stage != self._stage:
            self._stage = progress.stage
            if self._task is not None:
                self._bar.remove_task(self._task)
            words = f"{self._name}: {find(f'bar.{progress.stage}') or progress.stage}"
            self._task = self._bar.add_task(words, total=progress.total)
        if self._task is not None:
            self._bar.update(self._task, completed=progress.done, total=progress.total)
