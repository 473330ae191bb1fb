"""``overlay.mp4``: the clip's own frames, read again one at a time, drawn on and encoded. Memory is flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from formcheck.core.types import Analysis, Frame
from formcheck.io.encode import H264Writer
from formcheck.io.prefetch import prefetched
from formcheck.io.video import DecodedPicture, read_pictures
from formcheck.progress import OnProgress, Progress
from formcheck.report.overlay import plates
from formcheck.report.overlay.painter import Painter, fitted

AHEAD = 2  # canvases waiting to be encoded
QUALITY = 23
#: Less than half the work of the preset for a quarter more space (1280 x 832 pictures: 9.3 to 4.2 ms a frame).
QUICK = "subme=0:partitions=none:me=dia:ref=1:trellis=0:bframes=0:rc-lookahead=5:weightp=0"
MOST_FPS = 60.0  # more is not seen, and takes time and space


class Timed(Protocol):
    """Anything of one moment of the clip."""

    @property
    def time_s(self) -> float:
        """Seconds of the real movement."""


T = TypeVar("T", bound=Timed)


def thinned(frames: Iterable[T], most_fps: float = MOST_FPS) -> Iterator[T]:
    """Leave out frames that follow the last kept one sooner than ``most_fps`` allows."""
    least_s = 0.9 / most_fps
    last_s = -np.inf
    for frame in frames:
        if frame.time_s - last_s >= least_s:
            yield frame
            last_s = frame.time_s


def pictures_of(analysis: Analysis, video_path: str | Path, around_s: float | None = None) -> Iterator[DecodedPicture]:
    """The pictures the analysis was made from; with ``around_s``, only those within a quarter second of it."""
    slowmo, times = analysis.report.video.slow_motion_factor, analysis.signals.time_s
    first, last = float(times[0]), float(times[-1])
    if around_s is not None:
        first, last = max(first, around_s - 0.25), min(last, around_s + 0.25)
    if first > last:
        return
    slack = 1e-3  # timestamps are rounded on their way through the slow-motion factor
    yield from read_pictures(
        video_path, start_s=max(0.0, first * slowmo - slack), end_s=last * slowmo + slack, slowmo=slowmo
    )


def rgb_of(decoded: DecodedPicture, size: tuple[int, int] | None = None) -> plates.Picture:
    """The upright picture, its own size or ``size`` (width, height); scaled while it is converted, in one go."""
    upright = decoded.upright
    if size is not None:
        width, height = size[::-1] if upright.rotation_deg % 180 else size
        upright = replace(upright, coded_width=width, coded_height=height)
    return upright.rgb(decoded.picture)


class Keeper:
    """Keeps the first picture at or after each wanted moment as they pass by, so that none is read twice."""

    def __init__(self, moments_s: Iterable[float], slack_s: float = 0.02) -> None:
        self._wanted = sorted(set(moments_s), reverse=True)
        self._slack_s = slack_s
        self.kept: dict[float, Frame] = {}

    def see(self, decoded: DecodedPicture) -> None:
        """Keep the picture, at its full size, if it is one that was waited for."""
        while self._wanted and decoded.time_s >= self._wanted[-1] - self._slack_s:
            self.kept[self._wanted.pop()] = Frame(decoded.index, decoded.time_s, rgb_of(decoded))


def _painted(
    pictures: Iterable[DecodedPicture], painter: Painter, keeper: Keeper | None
) -> Iterator[tuple[float, plates.Picture]]:
    """Time and finished canvas of every picture. The canvases go round: one is used again after ``AHEAD`` more."""
    canvases = cycle([painter.blank() for _ in range(AHEAD + 2)])
    for decoded in pictures:
        if keeper is not None:
            keeper.see(decoded)
        canvas = next(canvases)
        painter.paint(rgb_of(decoded, painter.picture_size), decoded.time_s, canvas)
        yield decoded.time_s, canvas


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
    video, times = analysis.report.video, analysis.signals.time_s
    painter = Painter(analysis, *fitted(video.width, video.height))
    start, length = float(times[0]), float(times[-1] - times[0])
    painted = prefetched(_painted(thinned(pictures_of(analysis, video_path)), painter, keeper), ahead=AHEAD)
    with closing(painted), H264Writer(out_path, *painter.size, quality=QUALITY, x264_params=QUICK) as writer:
        for time_s, canvas in painted:
            writer.write(canvas, time_s - start)
            if progress is not None:
                progress(Progress("overlay", time_s - start, length))
    return out_path
