"""Reads ahead in another thread, so that decoding goes on while a pose model works."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

Item = TypeVar("Item")

_POLL_S: Final = 0.1


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetched(source: Iterable[Item], ahead: int = 2) -> Iterator[Item]:
    """The items of ``source`` in order, at most ``ahead`` of them waiting.

    What ``source`` raises is raised here; closing this iterator ends the thread and closes ``source``.
    """
    waiting: queue.Queue[Item | _End] = queue.Queue(maxsize=ahead)
    stop = threading.Event()
    reader = threading.Thread(target=_read, args=(source, waiting, stop), name="formcheck-reader", daemon=True)
    reader.start()
    try:
        while True:
            item = waiting.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stop.set()
        reader.join()


def _read(source: Iterable[Item], waiting: queue.Queue[Item | _End], stop: threading.Event) -> None:
    error: BaseException | None = None
    items = iter(source)
    try:
        for item in items:
            if not _put(waiting, item, stop):
                break
    except BaseException as caught:  # handed to the reader's caller, whatever it is
        error = caught
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
        _put(waiting, _End(error), stop)


def _put(waiting: queue.Queue[Item | _End], item: Item | _End, stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            waiting.put(item, timeout=_POLL_S)
            return True
        except queue.Full:
            continue
    return False
