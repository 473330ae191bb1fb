"""``overlay.mp4``: the clip's own frames, read again one at a time, drawn on and encoded. Memory is flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from formcheck.core.types import Analysis, Frame
from formcheck.progress import OnProgress, Progress
from formcheck.report.overlay import plates
from formcheck.report.overlay.painter import Painter, fitted

AHEAD = 2  # canvases waiting to be encoded
QUALITY = 23
#: Half the time of the preset for a tenth more space: measured on 720 x 1400 pictures, 14 to 8 ms of work a frame.
QUICK = "subme=1:me=dia:ref=1:trellis=0:bframes=0:rc-lookahead=5:weightp=0"
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
    if first > last:
        return
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


def _shrunk(picture: plates.Picture, width: int, height: int) -> plates.Picture:
    """The picture at that size. Averaging areas is five times slower and only shows below half the size."""
    much = 2 * height < picture.shape[0]
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if much else cv2.INTER_LINEAR)


def _painted(
    frames: Iterable[Frame], painter: Painter, keeper: Keeper | None
) -> Iterator[tuple[float, plates.Picture]]:
    """Time and finished canvas of every frame. The canvases go round: one is used again after ``AHEAD`` more."""
    width, height = painter.picture_size
    canvases = cycle([painter.blank() for _ in range(AHEAD + 2)])
    for frame in frames:
        if keeper is not None:
            keeper.see(frame)
        picture = frame.rgb
        if picture.shape[:2] != (height, width):
            picture = _shrunk(picture, width, height)
        canvas = next(canvases)
        painter.paint(picture, frame.time_s, canvas)
        yield frame.time_s, canvas


def write_overlay(
    analysis: Analysis,
    video_path: str | Path,
    out_path: Path,
    keeper: Keeper | None = None,
    progress: OnProgress | None = None,
) -> Path:
    """Draw the report on the clip; H.264 that plays in browsers. Times are those of the report, from its first.

    ``keeper`` sees every frame undrawn. Decoding and drawing go on in another thread while this one encodes.
    """
    from formcheck.io.encode import H264Writer
    from formcheck.io.prefetch import prefetched

    video, times = analysis.report.video, analysis.signals.time_s
    painter = Painter(analysis, *fitted(video.width, video.height))
    start, length = float(times[0]), float(times[-1] - times[0])
    painted = prefetched(_painted(thinned(frames_of(analysis, video_path)), painter, keeper), ahead=AHEAD)
    with closing(painted), H264Writer(out_path, *painter.size, quality=QUALITY, x264_params=QUICK) as writer:
        for time_s, canvas in painted:
            writer.write(canvas, time_s - start)
            if progress is not None:
                progress(Progress("overlay", time_s - start, length))
    return out_path
