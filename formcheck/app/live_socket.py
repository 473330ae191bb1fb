"""The address the live page's browser sends its camera's pictures to, and gets what to draw from.

One picture is worked on at a time; the newest that came meanwhile is next, any older one is dropped.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import anyio
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from formcheck.app.live_visits import VISITS
from formcheck.app.server import COOKIE, foreign, owner_of, shared

if TYPE_CHECKING:
    from formcheck.app.live_video import LiveVideo

PATH: Final = "/formcheck/live/{visit}"
#: Close codes: the page then knows that trying again is of no use.
UNKNOWN: Final = 4404
BAD_PICTURE: Final = 4400
MOST_BYTES: Final = 4 * 1024 * 1024


async def live(socket: WebSocket) -> None:
    """Answer pictures until the browser goes; whoever has not begun the visit is sent away."""
    visit = socket.path_params["visit"]
    cookie = socket.cookies.get(COOKIE)
    video = VISITS.find(visit, owner_of(cookie) if cookie or not shared() else None)
    await socket.accept()
    if video is None or foreign(socket):
        await socket.close(UNKNOWN)
        return
    with VISITS.line(visit):
        await _Line(socket, video).work()


class _Line:
    """One connection of a visit."""

    def __init__(self, socket: WebSocket, video: LiveVideo) -> None:
        self._socket, self._video = socket, video
        self._newest: bytes | None = None
        self._came = anyio.Event()
        self._one = anyio.CapacityLimiter(1)  # not one of the threads that serve files

    async def work(self) -> None:
        """Read and answer side by side until the browser goes."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._answer)
            await self._read()
            tasks.cancel_scope.cancel()

    async def _read(self) -> None:
        try:
            while True:
                message = await self._socket.receive_bytes()
                if len(message) > MOST_BYTES:
                    await self._socket.close(BAD_PICTURE)
                    return
                self._newest = message
                self._came.set()
        except (WebSocketDisconnect, KeyError):  # KeyError: text, which this page never sends
            return

    async def _answer(self) -> None:
        while True:
            await self._came.wait()
            self._came = anyio.Event()
            message, self._newest = self._newest, None
            if message is None:
                continue
            try:
                said = await anyio.to_thread.run_sync(self._video.answer, message, limiter=self._one)
            except ValueError:
                await self._socket.close(BAD_PICTURE)
                return
            with suppress(WebSocketDisconnect, RuntimeError):  # gone while its picture was worked on
                await self._socket.send_text(said)


def routes() -> list[WebSocketRoute]:
    """The live page's route."""
    return [WebSocketRoute(PATH, live)]
