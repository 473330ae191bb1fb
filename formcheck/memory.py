"""Memory that is free but still counted as the process's own, handed back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Where the C library is glibc; elsewhere nothing happens.

    A video's pictures come and go in several threads among a model's buffers, and glibc keeps what they leave: tens of
    megabytes, and more the longer the clip.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):  # another C library, such as musl
        return
