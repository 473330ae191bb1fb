"""Uploads go to disk whole or not at all; results go to whoever has the ticket, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from formcheck.app import server, settings
from formcheck.app.jobs.store import Job, JobStore
from formcheck.errors import FormcheckError


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FORMCHECK_DATA", str(tmp_path))
    monkeypatch.setenv("FORMCHECK_MAX_UPLOAD_MB", "3")
    monkeypatch.setenv("FORMCHECK_USERS", "one")
    return tmp_path


Answer = tuple[int, dict[str, str], bytes]


def ask(method: str, path: str, query: str = "", body: AsyncIterator[bytes] | None = None, **headers: str) -> Answer:
    """One request straight into the routes, as the server hands it over."""
    return asyncio.run(_ask(method, path, query, body, headers))


async def _ask(
    method: str, path: str, query: str, body: AsyncIterator[bytes] | None, headers: dict[str, str]
) -> Answer:
    app = server.OwnerCookie(Starlette(routes=server.routes()))
    told: list[dict] = []
    asked: list[int] = []
    chunks = body.__aiter__() if body is not None else None

    async def receive() -> dict:
        if chunks is None:
            if asked:
                await asyncio.Event().wait()  # nobody hangs up
            asked.append(1)
            return {"type": "http.request", "body": b"", "more_body": False}
        try:
            return {"type": "http.request", "body": await chunks.__anext__(), "more_body": True}
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}
        except ConnectionError:
            return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        told.append(message)

    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in {"host": "localhost:1", **headers}.items()]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": raw, "http_version": "1.1", "scheme": "http", "server": ("localhost", 1), "client": ("x", 2),
        "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    start = next((m for m in told if m["type"] == "http.response.start"), {"status": 0, "headers": []})
    got = {k.decode(): v.decode() for k, v in start["headers"]}
    return start["status"], got, b"".join(m.get("body", b"") for m in told if m["type"] == "http.response.body")


async def chunks(count: int, size: int = 65536, fail: bool = False) -> AsyncIterator[bytes]:
    for i in range(count):
        yield bytes([i % 256]) * size
    if fail:
        raise ConnectionError


def uploads(data: Path) -> list[str]:
    folder = data / "uploads"
    return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


def test_an_upload_lies_on_disk_byte_for_byte(own_data: Path) -> None:
    import json

    status, _, body = ask("PUT", "/formcheck/upload", "name=my%20set.mp4", chunks(20))
    answer = json.loads(body)
    path = server.upload_path(settings.load(), answer["id"])
    assert (status, answer["name"], answer["bytes"]) == (200, "my set.mp4", 20 * 65536)
    assert path.read_bytes() == b"".join(bytes([i]) * 65536 for i in range(20))


def test_an_upload_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    monkeypatch.setenv("FORMCHECK_MAX_UPLOAD_MB", "100")
    tracemalloc.start()
    status, _, _ = ask("PUT", "/formcheck/upload", "name=a.mp4", chunks(1000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 200 and peak < 12 * 1024**2  # of 64 MB


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (lambda: chunks(1), {"content_length": str(4 * 1024**2)}, 413),  # said to be too large
        (lambda: chunks(60), {}, 413),  # found to be too large on the way
        (lambda: chunks(0), {}, 400),
        (lambda: chunks(3), {"origin": "http://evil.example"}, 403),
        (lambda: chunks(3, fail=True), {}, 499),
    ],
)
def test_a_refused_or_broken_upload_leaves_nothing(body, headers, status: int, own_data: Path) -> None:  # type: ignore[no-untyped-def]
    assert ask("PUT", "/formcheck/upload", "name=a.mp4", body(), **headers)[0] == status
    assert uploads(own_data) == []


def test_a_full_disk_refuses_before_a_byte_is_taken(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1024})())
    assert ask("PUT", "/formcheck/upload", "name=a.mp4", chunks(1))[0] == 507


def finished(data: Path) -> str:
    store = JobStore(data / "runs")
    ticket = store.create(Job("/videos/set.mp4", "set.mp4"))
    (store.out(ticket) / "overlay.mp4").write_bytes(bytes(range(256)) * 8)
    (store.out(ticket) / "report.html").write_text("<p>hello</p>")
    return ticket


def test_a_result_is_served_in_ranges_to_whoever_has_the_ticket(own_data: Path) -> None:
    ticket = finished(own_data)
    status, headers, body = ask("GET", f"/formcheck/runs/{ticket}/overlay.mp4", range="bytes=10-19")
    assert (status, body, headers["content-range"]) == (206, bytes(range(10, 20)), "bytes 10-19/2048")
    assert headers["x-content-type-options"] == "nosniff"
    _, headers, _ = ask("GET", f"/formcheck/runs/{ticket}/report.html", "download=1")
    assert "set-report.html" in headers["content-disposition"]
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_downloaded_page_plays_the_video_that_was_downloaded_beside_it(own_data: Path) -> None:
    store = JobStore(own_data / "runs")
    ticket = store.create(Job("/videos/x", 'my #1 "set".mp4'))
    page = '<video data-src="overlay.mp4"></video>é'
    (store.out(ticket) / "report.html").write_text(page, encoding="utf-8")
    _, headers, body = ask("GET", f"/formcheck/runs/{ticket}/report.html", "download=1")
    assert body.decode() == page.replace("overlay", "my%20%231%20%22set%22-overlay")
    assert headers["content-disposition"] == "attachment; filename*=utf-8''my%20%231%20%22set%22-report.html"
    assert ask("GET", f"/formcheck/runs/{ticket}/report.html")[2].decode() == page


@pytest.mark.parametrize("name", ["job.json", "..%2Fjob.json", "../job.json", "poses.npz", "input"])
def test_nothing_but_results_is_served(name: str, own_data: Path) -> None:
    assert ask("GET", f"/formcheck/runs/{finished(own_data)}/{name}")[0] == 404


def test_a_wrong_ticket_gets_nothing(own_data: Path) -> None:
    ticket = finished(own_data)
    for wrong in (ticket[::-1], ticket[:-1], "x" * 22):
        assert ask("GET", f"/formcheck/runs/{wrong}/overlay.mp4")[0] == 404


def test_old_uploads_that_became_no_run_are_forgotten(own_data: Path) -> None:
    import os

    ask("PUT", "/formcheck/upload", "name=a.mp4", chunks(1))
    (path,) = (own_data / "uploads").iterdir()
    server._forget_uploads(settings.load())
    assert path.exists()
    os.utime(path, (0, 0))
    server._forget_uploads(settings.load())
    assert not path.exists()


def test_a_shared_server_gives_each_browser_its_own_cookie_once(
    monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    ticket = finished(own_data)
    where = f"/formcheck/runs/{ticket}/report.html"
    assert "set-cookie" not in ask("GET", where)[1]
    monkeypatch.setenv("FORMCHECK_USERS", "many")
    first, second = (ask("GET", where)[1]["set-cookie"] for _ in range(2))
    assert first != second and "HttpOnly" in first and "SameSite=Strict" in first
    own = first.split(";")[0]
    assert "set-cookie" not in ask("GET", where, cookie=own)[1]
    assert server.owner_of(own.split("=")[1]) != server.owner_of(second.split(";")[0].split("=")[1])


def test_one_persons_server_needs_no_cookie() -> None:
    assert server.owner_of(None) == "local"


@pytest.mark.parametrize(
    ("address", "said", "many"),
    [("localhost", "", False), ("127.0.0.1", "", False), ("0.0.0.0", "", True), (None, "", True),
     ("localhost", "many", True), ("0.0.0.0", "one", False)],
)  # fmt: skip
def test_a_server_open_to_the_network_keeps_its_users_apart(
    address: str | None, said: str, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMCHECK_USERS", said)
    assert settings.many_users(address) is many


@pytest.mark.parametrize(("name", "value"), [("FORMCHECK_MAX_UPLOAD_MB", "lots"), ("FORMCHECK_KEEP_DAYS", "-1")])
def test_a_bad_setting_is_told_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(FormcheckError, match=name):
        settings.load()
