"""The progress bar: one line a clip with its stage, share done and time left; on stderr, and only for people."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from formcheck.progress import Progress

STAGES = {
    "fetch": "fetching the pose model",
    "pose": "finding the athlete",
    "score": "scoring",
    "overlay": "drawing the video",
    "write": "writing",
}


class ClipBar:
    """A context manager; ``clip(name)`` begins a clip, calling it with ``Progress`` moves the bar."""

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
        self._clips, self._done, self._name = clips, 0, ""
        self._task: TaskID | None = None
        self._stage = ""

    def __enter__(self) -> ClipBar:
        self._bar.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bar.stop()

    def clip(self, name: str) -> None:
        """Begin a clip."""
        self._done += 1
        self._name, self._stage = name, ""

    def __call__(self, progress: Progress) -> None:
        """Show where the work is; a new stage begins a new bar, for its pace is another."""
        if progress.stage != self._stage:
            self._stage = progress.stage
            if self._task is not None:
                self._bar.remove_task(self._task)
            of = f"{self._done}/{self._clips} " if self._clips > 1 else ""
            words = f"{of}{self._name}: {STAGES.get(progress.stage, progress.stage)}"
            self._task = self._bar.add_task(words, total=progress.total)
        if self._task is not None:
            self._bar.update(self._task, completed=progress.done, total=progress.total)
