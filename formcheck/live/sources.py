"""Where live frames come from: a camera (the newest frame only) or a file, all of it or at its own pace.

A camera is read in a thread of its own that keeps one frame; whoever comes late gets the newest, and older ones are
gone. Times of a camera are seconds since its first frame.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2

from formcheck.core.types import Frame
from formcheck.engines.quiet import quiet_stderr
from formcheck.errors import FormcheckError
from formcheck.io.video import probe, read_frames

_SIZE: Final = (1280, 720)
_PATIENCE_S: Final = 5.0  # a camera that gives nothing for this long is gone


class Newest:
    """A box for one thing: ``put`` replaces what is in it, ``take`` waits for something new."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._item: Any = None
        self._closed = False
        self.dropped = 0

    def put(self, item: Any) -> None:
        """Put the newest in; what nobody took is dropped."""
        with self._ready:
            self.dropped += self._item is not None
            self._item = item
            self._ready.notify()

    def close(self) -> None:
        """Nothing more will come."""
        with self._ready:
            self._closed = True
            self._ready.notify()

    def take(self, patience_s: float) -> Any:
        """The newest; None when closed or nothing came in time."""
        with self._ready:
            self._ready.wait_for(lambda: self._item is not None or self._closed, patience_s)
            item, self._item = self._item, None
            return item


def camera_frames(number: int, size: tuple[int, int] = _SIZE) -> Iterator[Frame]:
    """The newest frame whenever one is asked for. FormcheckError if there is no such camera or it stops."""
    camera = _open(number, size)
    box, stop = Newest(), threading.Event()
    reader = threading.Thread(target=_read, args=(camera, box, stop), daemon=True)
    reader.start()
    try:
        while True:
            frame = box.take(_PATIENCE_S)
            if frame is None:
                raise FormcheckError(f"camera {number} gives no pictures any more; is it unplugged or in use?")
            yield frame
    finally:
        stop.set()
        reader.join(_PATIENCE_S)
        camera.release()


def _open(number: int, size: tuple[int, int]) -> cv2.VideoCapture:
    with quiet_stderr():  # a missing camera is told in our words
        camera = cv2.VideoCapture(number)
    if not camera.isOpened():
        camera.release()
        raise FormcheckError(f"there is no camera {number}; plug one in, or try --camera with another number")
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return camera


def _read(camera: cv2.VideoCapture, box: Newest, stop: threading.Event) -> None:
    began, index = time.monotonic(), 0
    while not stop.is_set():
        ok, bgr = camera.read()
        now_s = time.monotonic() - began
        if not ok:
            break
        box.put(Frame(index, now_s, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)))
        index += 1
    box.close()


def file_frames(path: str | Path, paced: bool) -> Iterator[Frame]:
    """A file's frames: all of them, or ``paced`` as a camera would give them (late ones are dropped)."""
    probe(path)  # says in one line what is wrong with it
    return _paced(read_frames(path)) if paced else read_frames(path)


def _paced(frames: Iterator[Frame]) -> Iterator[Frame]:
    began = None
    for frame in frames:
        now_s = time.monotonic()
        began = now_s - frame.time_s if began is None else began
        late_s = now_s - began - frame.time_s
        if late_s < 0:
            time.sleep(-late_s)
        elif late_s > 2.0 / 30.0:
            continue
        yield frame
