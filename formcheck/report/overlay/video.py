"""``overlay.mp4``: the clip's own frames, read again one at a time, drawn on and encoded. Memory is flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from formcheck.core.types import Analysis, Frame
from formcheck.progress import OnProgress, Progress
from formcheck.report.overlay.painter import Painter, fitted

MOST_FPS = 60.0  # more is not seen, and takes time and space


def thinned(frames: Iterable[Frame], most_fps: float = MOST_FPS) -> Iterator[Frame]:
    """Leave out frames that follow the last kept one sooner than ``most_fps`` allows."""
    least_s = 0.9 / most_fps
    last_s = -np.inf
    for frame in frames:
        if frame.time_s - last_s >= least_s:
            yield frame
            last_s = frame.time_s


def frames_of(analysis: Analysis, video_path: str | Path, around_s: float | None = None) -> Iterator[Frame]:
    """The frames the analysis was made from; with ``around_s``, only those within a quarter second of it."""
    from formcheck.io.video import read_frames

    slowmo, times = analysis.report.video.slow_motion_factor, analysis.signals.time_s
    first, last = float(times[0]), float(times[-1])
    if around_s is not None:
        first, last = max(first, around_s - 0.25), min(last, around_s + 0.25)
    slack = 1e-3  # timestamps are rounded on their way through the slow-motion factor
    yield from read_frames(
        video_path, start_s=max(0.0, first * slowmo - slack), end_s=last * slowmo + slack, slowmo=slowmo
    )


class Keeper:
    """Keeps the first frame at or after each wanted moment as the frames pass by, so that none is read twice."""

    def __init__(self, moments_s: Iterable[float], slack_s: float = 0.02) -> None:
        self._wanted = sorted(set(moments_s), reverse=True)
        self._slack_s = slack_s
        self.kept: dict[float, Frame] = {}

    def see(self, frame: Frame) -> None:
        """Keep the frame if it is one that was waited for."""
        while self._wanted and frame.time_s >= self._wanted[-1] - self._slack_s:
            self.kept[self._wanted.pop()] = frame


def write_overlay(
    analysis: Analysis,
    video_path: str | Path,
    out_path: Path,
    keeper: Keeper | None = None,
    progress: OnProgress | None = None,
) -> Path:
    """Draw the report on the clip; H.264 that plays in browsers. Times are those of the report, from its first.

    ``keeper`` sees every frame undrawn.
    """
    from formcheck.io.encode import H264Writer

    video = analysis.report.video
    width, height = fitted(video.width, video.height)
    painter = Painter(analysis, width, height)
    start, end = float(analysis.signals.time_s[0]), float(analysis.signals.time_s[-1])
    with H264Writer(out_path, *painter.size) as writer:
        for frame in thinned(frames_of(analysis, video_path)):
            if keeper is not None:
                keeper.see(frame)
            picture = frame.rgb
            if picture.shape[:2] != (height, width):
                picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            writer.write(painter.paint(picture, frame.time_s), frame.time_s - start)
            if progress is not None:
                progress(Progress("overlay", frame.time_s - start, end - start))
    return out_path
