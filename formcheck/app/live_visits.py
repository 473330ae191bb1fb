"""Live sets that go on, each under its visit: a secret that the browser which began it keeps.

A set outlives its page for a short while, so that a reload or a lost connection goes on with it. When nobody has come
back by then it is ended as if somebody had pressed Stop, and its memory is free. The clock is given, so that nothing
here waits; ``keep_tidy`` is what looks at it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import anyio

from formcheck.errors import FormcheckError

if TYPE_CHECKING:
    from formcheck.app.live_video import LiveVideo

#: How long a set is kept without its page; and how long it is known afterwards which report it became.
KEEP_S: Final = 45.0
KNOWN_S: Final = 24 * 3600.0
LOOK_EVERY_S: Final = 5.0
_log = logging.getLogger(__name__)


@dataclass
class _Visit:
    """``left_s`` is when the last of its connections went; ``video`` is None once the set is over."""

    video: LiveVideo | None
    owner: str
    left_s: float
    lines: int = 0
    ticket: str | None = None
    ending: threading.Lock = field(default_factory=threading.Lock)


class Visits:
    """``finish`` makes a set's run and gives its ticket, None for a set that never began. Safe between threads."""

    def __init__(
        self,
        finish: Callable[[LiveVideo], str | None],
        clock: Callable[[], float] = time.monotonic,
        keep_s: float = KEEP_S,
    ) -> None:
        self._finish, self._clock, self._keep_s = finish, clock, keep_s
        self._known: dict[str, _Visit] = {}
        self._lock = threading.Lock()

    def add(self, video: LiveVideo) -> None:
        """A set that begins; from now on it is kept."""
        with self._lock:
            self._known[video.visit] = _Visit(video, video.setup.owner, self._clock())

    def find(self, visit: str, owner: str | None) -> LiveVideo | None:
        """The set that goes on under ``visit``; None if there is none (any more), or it is somebody else's.

        ``owner`` None is a browser that keeps no cookies: it has the secret, or nothing.
        """
        one = self._mine(visit, owner)
        return None if one is None else one.video

    @contextmanager
    def line(self, visit: str) -> Iterator[None]:
        """While a browser is connected the set is kept, however long that is. KeyError if it is not known."""
        with self._lock:
            one = self._known[visit]
            one.lines += 1
        try:
            yield
        finally:
            with self._lock:
                one.lines -= 1
                one.left_s = self._clock()

    def end(self, visit: str, owner: str) -> str | None:
        """End the set, if nobody has yet; the ticket of its run, None if it had not begun. KeyError for a visit that
        is not known or somebody else's; OSError and FormcheckError where the run cannot be made.
        """
        one = self._mine(visit, owner)
        if one is None:
            raise KeyError(visit)
        return self._end(one)

    def sweep(self) -> None:
        """End the sets that nobody came back to, and forget the oldest."""
        now_s = self._clock()
        with self._lock:
            gone = [one for one in self._known.values() if one.lines == 0 and now_s - one.left_s > self._keep_s]
            self._known = {
                visit: one for visit, one in self._known.items()
                if one.video is not None or now_s - one.left_s <= KNOWN_S
            }  # fmt: skip
        self._end_each(gone)

    def end_all(self) -> None:
        """The server stops: whatever goes on is ended."""
        with self._lock:
            all_of_them = list(self._known.values())
        self._end_each(all_of_them)

    def _mine(self, visit: str, owner: str | None) -> _Visit | None:
        with self._lock:
            one = self._known.get(visit)
        return one if one is not None and owner in (one.owner, None) else None

    def _end(self, one: _Visit) -> str | None:
        with one.ending:  # whoever else ends it waits for the ticket
            video, one.video = one.video, None
            if video is not None:
                one.ticket = self._finish(video)
            return one.ticket

    def _end_each(self, some: list[_Visit]) -> None:
        for one in some:
            try:
                self._end(one)
            except (OSError, FormcheckError):
                _log.exception("a live set could not be made a run")


def finish(video: LiveVideo) -> str | None:
    """The set becomes a run, as an upload does; its ticket, or None if it had not begun."""
    from formcheck.app.live_video import as_run  # OpenCV; a server whose live page nobody opens needs none

    return as_run(video)


#: Of this server.
VISITS: Final = Visits(finish)


async def keep_tidy(visits: Visits, pause: Callable[[float], Awaitable[None]] = anyio.sleep) -> None:
    """Look for sets that nobody came back to, again and again, until cancelled."""
    while True:
        await pause(LOOK_EVERY_S)
        await anyio.to_thread.run_sync(visits.sweep)
