"""``formcheck live``: the loop from a camera to a window. Keys: space begins or ends the set, q or Esc quits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import cv2

from formcheck.core.types import Frame
from formcheck.errors import FormcheckError
from formcheck.live.picture import mirrored, paint
from formcheck.live.recorder import Recorder
from formcheck.live.run import LiveRun, Shot

TITLE: Final = "formcheck live"
NO_WINDOW: Final = "no window can be opened here; use the Live page of formcheck app instead"
QUIT_KEYS: Final = (ord("q"), 27)
END_KEYS: Final = (ord(" "), *QUIT_KEYS)

Show = Callable[[Frame, Shot], bool]


class Window:
    """Shows painted frames; calling it returns False when the user ends the set."""

    def __init__(self, mirror: bool) -> None:
        self._mirror = mirror
        self._sized = False

    def __enter__(self) -> Window:
        if not _has_screen():
            raise FormcheckError(NO_WINDOW)
        try:
            cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        except cv2.error as error:
            raise FormcheckError(NO_WINDOW) from error
        return self

    def __exit__(self, *_: object) -> None:
        cv2.destroyAllWindows()

    def __call__(self, frame: Frame, shot: Shot) -> bool:
        """Draw and show; True to go on."""
        picture = mirrored(frame.rgb) if self._mirror else frame.rgb.copy()
        paint(picture, shot, self._mirror)
        if not self._sized:
            cv2.resizeWindow(TITLE, picture.shape[1], picture.shape[0])
            self._sized = True
        cv2.imshow(TITLE, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        key = cv2.waitKey(1) & 0xFF
        closed = cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1
        return not (closed or key in QUIT_KEYS or (key in END_KEYS and shot.stage == "set"))


def _has_screen() -> bool:
    """On Linux a window without a display server ends the process, past any except."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM") or "xcb"  # which importing OpenCV sets
    return platform != "xcb" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def go(run: LiveRun, frames: Iterable[Frame], show: Show, record: Path | None = None) -> None:
    """The loop: until the frames end, ``show`` says so or the user presses Ctrl-C."""
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(record)) if record is not None else None
        try:
            for frame in frames:
                shot = run.push(frame)
                if shot is None:
                    continue
                if recorder is not None and shot.stage == "set":
                    recorder.add(frame)
                if not show(frame, shot):
                    break
        except KeyboardInterrupt:
            pass  # the set is over; its report is wanted all the same
