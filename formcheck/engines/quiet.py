"""Keeps C++ libraries from writing to the terminal while they load."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

_VARIABLES = {"GLOG_minloglevel": "3", "TF_CPP_MIN_LOG_LEVEL": "3"}


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 nowhere for a moment: such libraries write past Python's ``sys.stderr``."""
    for name, value in _VARIABLES.items():
        os.environ.setdefault(name, value)
    try:
        kept = os.dup(2)
    except OSError:  # no standard error at all: nothing to hush
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
