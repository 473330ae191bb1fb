"""Nothing leaves the machine: no address is connected to or written to while a clip is worked on."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from formcheck import model_store
from formcheck.errors import ModelError

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"

ESTIMATE = """
import sys
from formcheck.engines import estimate
print(len(estimate(sys.argv[1], end_s=1.0).time_s))
"""
SCORE = "from formcheck.cli.main import run; run()"
LOOK_UP = """
import socket
try:
    socket.getaddrinfo("formcheck-control.invalid", 80)
except OSError:
    pass
"""
CONNECT = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"

#: A call that reaches out: to any address but a socket of this machine's own file system.
OUTGOING = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg)\(.*sa_family=(?!AF_UNIX|AF_NETLINK)\w+")


@pytest.fixture(scope="module")
def ready() -> None:
    """The clip, and the model in its cache: fetching it is the one thing that needs a network."""
    if not DEMO.exists():
        pytest.skip("the demo clip is not in this checkout")
    try:
        model_store.ensure("full")
    except ModelError as error:
        pytest.skip(f"no pose model here: {error}")


def _outgoing(folder: Path, code: str, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run ``code`` and its children under strace; what it did to reach out."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (Debian: apt-get install strace)")
    log = folder / "strace.txt"
    watch = ["strace", "-f", "-e", "trace=network", "-o", str(log)]
    done = subprocess.run(
        [*watch, sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if not log.exists() or "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()[:200]}")
    return done, [line for line in log.read_text().splitlines() if OUTGOING.search(line)]


def _alone(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` where no network exists, not even loopback."""
    unshare = shutil.which("unshare")
    flags = next((f for f in ("-n", "-rn") if unshare and _works([unshare, f, "true"])), None)
    if unshare is None or flags is None:
        pytest.skip("network namespaces cannot be made here (unshare -n)")
    command = [unshare, flags, sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("code", [LOOK_UP, CONNECT])
def test_the_watch_catches_a_look_up_and_a_connection(tmp_path, code):
    _, outgoing = _outgoing(tmp_path, code)
    assert outgoing


@pytest.mark.engine
def test_estimating_poses_reaches_out_to_nobody(tmp_path, ready):
    done, outgoing = _outgoing(tmp_path, ESTIMATE, str(DEMO))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10
    assert outgoing == []


@pytest.mark.engine
def test_estimating_poses_writes_nothing_to_the_terminal(tmp_path, ready):
    done = subprocess.run(
        [sys.executable, "-c", ESTIMATE, str(DEMO)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.engine
def test_estimating_poses_works_without_any_network(ready):
    done = _alone(ESTIMATE, str(DEMO))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


@pytest.mark.engine
def test_a_whole_score_reaches_out_to_nobody(tmp_path, ready):
    if importlib.util.find_spec("formcheck.cli.main") is None:
        pytest.skip("the command line is not in this checkout")
    arguments = ["score", str(DEMO), "--exercise", "auto", "--out", str(tmp_path / "out")]
    done, outgoing = _outgoing(tmp_path, SCORE, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / "demo" / "report.json").exists()
    assert outgoing == []
