"""Records the set's frames, undrawn, in a thread of its own; only when asked to."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Final

from formcheck.core.types import Frame
from formcheck.io.encode import H264Writer

_WAITING: Final = 8  # frames; when the disk or the encoder is slower than the camera, the newest are left out


class Recorder:
    """A context manager; ``add`` never waits. The file appears whole at the end, or not at all."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.left_out = 0
        self.written = 0
        self._frames: queue.Queue[Frame | None] = queue.Queue(_WAITING)
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._frames.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def add(self, frame: Frame) -> None:
        """Record a frame, unless too many wait already."""
        try:
            self._frames.put_nowait(frame)
        except queue.Full:
            self.left_out += 1

    def _work(self) -> None:
        first = self._frames.get()
        if first is None:
            return
        height, width = first.rgb.shape[:2]
        frame: Frame | None = first
        try:
            with H264Writer(self.path, width, height, preset="ultrafast") as writer:
                while frame is not None:
                    if frame.rgb.shape == first.rgb.shape:
                        writer.write(frame.rgb, frame.time_s)
                        self.written += 1
                    frame = self._frames.get()
        except (OSError, ValueError) as error:  # FormcheckError is a ValueError
            self._error = error
            while frame is not None:  # nobody may wait for a writer that is gone
                frame = self._frames.get()
