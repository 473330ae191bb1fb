"""The app's own addresses beside Streamlit's: uploads straight to disk, results straight from disk.

``PUT /formcheck/upload?name=...`` streams a file into the uploads folder and answers with its id;
``GET /formcheck/runs/TICKET/NAME`` gives one of a run's results, with byte ranges, to whoever has the
ticket; ``/formcheck/live/VISIT`` takes a camera's pictures (``live_socket``). On a shared server each browser
gets a random cookie that keeps histories apart.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlsplit

from anyio import create_task_group, to_thread
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.app import settings
from formcheck.app.jobs.files import safe_name
from formcheck.app.jobs.scheduler import Scheduler
from formcheck.app.jobs.store import JobStore, is_ticket, new_ticket
from formcheck.app.live_visits import VISITS, keep_tidy

SCRIPT = str(Path(__file__).with_name("main.py"))
COOKIE = "formcheck_owner"
BLOCK = 1024 * 1024
#: What of a run may be fetched, and as what.
RESULTS = {
    "overlay.mp4": "video/mp4",
    "report.html": "text/html; charset=utf-8",
    "report.json": "application/json",
    "steps.csv": "text/csv; charset=utf-8",
    "signals.csv": "text/csv; charset=utf-8",
    "thumb.jpg": "image/jpeg",
}
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "media-src 'self' data:; font-src data:"
)


def uploads_dir(config: settings.Settings) -> Path:
    """Where uploads wait until a run takes them."""
    return config.runs_dir.parent / "uploads"


def upload_path(config: settings.Settings, upload_id: str) -> Path:
    """The waiting file; KeyError if there is none of this id."""
    path = uploads_dir(config) / upload_id
    if not is_ticket(upload_id) or not path.is_file():
        raise KeyError(f"no upload has the id {upload_id!r}")
    return path


def foreign(asked: HTTPConnection) -> bool:
    """Whether a page of another site sent this (browsers then name it in Origin)."""
    origin = asked.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != asked.headers.get("host")


def _refuse(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status_code=status)


async def upload(request: Request) -> Response:
    """Take one file, in blocks, to a temporary name; rename it when it is whole."""
    config = settings.load()
    if foreign(request):
        return _refuse(403, "other_site")
    said = int(request.headers.get("content-length", 0) or 0)
    if said > config.max_upload_bytes:
        return _refuse(413, "too_large")
    folder = uploads_dir(config)
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < said + config.free_bytes:
        return _refuse(507, "disk_full")
    upload_id = new_ticket()
    part = folder / f".{upload_id}.part"
    try:
        size = await _receive(request, part, config.max_upload_bytes)
        if size is None:
            return _refuse(413, "too_large")
        if size == 0:
            return _refuse(400, "empty")
        part.replace(folder / upload_id)
    except ClientDisconnect:
        return Response(status_code=499)
    finally:
        part.unlink(missing_ok=True)
    name = safe_name(request.query_params.get("name", ""))
    return JSONResponse({"id": upload_id, "name": name, "bytes": size})


async def _receive(request: Request, part: Path, limit: int) -> int | None:
    """Bytes written; None where there were more than ``limit``."""
    size, held = 0, bytearray()
    with part.open("wb") as out:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                return None
            held += chunk
            if len(held) >= BLOCK:
                await to_thread.run_sync(out.write, bytes(held))
                held.clear()
        await to_thread.run_sync(out.write, bytes(held))
    return size


async def result(request: Request) -> Response:
    """One of a run's results; 404 for a wrong ticket, name, or a run that has none yet."""
    name = request.path_params["name"]
    store = JobStore(settings.load().runs_dir)
    ticket = request.path_params["ticket"]
    path = store.root / ticket / "out" / name
    if name not in RESULTS or not store.knows(ticket) or not path.is_file():
        return Response("not found", status_code=404, media_type="text/plain")
    headers = dict(_HEADERS)
    if name == "report.html":
        headers["Content-Security-Policy"] = _PAGE_POLICY
    if "download" in request.query_params:
        stem = Path(store.job(ticket).name).stem
        shown = f"{stem}-{name}"
        if name == "report.html":
            return await _page_to_keep(path, stem, headers)
        return FileResponse(path, media_type=RESULTS[name], headers=headers, filename=shown)
    return FileResponse(path, media_type=RESULTS[name], headers=headers)


async def _page_to_keep(path: Path, stem: str, headers: dict[str, str]) -> Response:
    """The report page; in one folder with the downloaded video, under its name there, it plays that."""
    page = await to_thread.run_sync(path.read_text, "utf-8")
    page = page.replace('data-src="overlay.mp4"', f'data-src="{quote(stem)}-overlay.mp4"')
    told = f"attachment; filename*=utf-8''{quote(stem)}-{path.name}"
    return Response(page, media_type=RESULTS[path.name], headers=headers | {"Content-Disposition": told})


class OwnerCookie:
    """Gives each browser of a shared server a random, unreadable-by-script cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie to an answer to a browser that has none."""
        if scope["type"] != "http" or not shared() or _cookie(scope):
            await self._app(scope, receive, send)
            return
        value = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message.setdefault("headers", []).append((b"set-cookie", value.encode()))
            await send(message)

        await self._app(scope, receive, with_cookie)


def _is_page(message: Message) -> bool:
    kind = dict(message.get("headers", [])).get(b"content-type", b"")
    return bool(kind.startswith(b"text/html"))


def _cookie(scope: Scope) -> str:
    raw = dict(scope.get("headers", [])).get(b"cookie", b"").decode("latin-1")
    morsel = SimpleCookie(raw).get(COOKIE)
    return morsel.value if morsel else ""


def shared() -> bool:
    """Whether this server keeps its users apart."""
    from streamlit import config

    return settings.many_users(config.get_option("server.address"))


def owner_of(cookie: str | None) -> str:
    """The owner's name in the history: "local" on one's own server, else a digest of the browser's cookie."""
    if not shared():
        return "local"
    return hashlib.sha256((cookie or secrets.token_urlsafe(32)).encode()).hexdigest()[:32]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """The queue runs, and live sets that nobody came back to are ended, as long as the server does."""
    config = settings.load()
    _forget_uploads(config)
    scheduler = Scheduler(config)
    scheduler.start()
    try:
        async with create_task_group() as tasks:
            tasks.start_soon(keep_tidy, VISITS)
            yield
            tasks.cancel_scope.cancel()
    finally:
        await to_thread.run_sync(VISITS.end_all)
        await to_thread.run_sync(scheduler.stop)


def _forget_uploads(config: settings.Settings, after_s: float = 86400.0) -> None:
    """Delete what was uploaded or half uploaded and never became a run."""
    folder = uploads_dir(config)
    for path in folder.iterdir() if folder.is_dir() else ():
        if time.time() - path.stat().st_mtime > after_s:
            path.unlink(missing_ok=True)


def routes() -> list[BaseRoute]:
    """The app's own routes."""
    from formcheck.app import live_socket  # which needs what is above

    return [
        *live_socket.routes(),
        Route("/formcheck/upload", upload, methods=["PUT"]),
        Route("/formcheck/runs/{ticket}/{name}", result, methods=["GET"]),
    ]


def middleware() -> list[Middleware]:
    """What runs before Streamlit's own."""
    return [Middleware(OwnerCookie)]
