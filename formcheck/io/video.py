"""Turns a video file into upright RGB ``Frame``s at their true times, one at a time, and into a ``VideoInfo``.

Times are seconds of the real movement since the clip's first frame: the stream's own timestamps, divided by the
slow-motion factor. ``start_s`` and ``end_s`` are on the clock a player shows. Nothing is kept: memory is flat.
"""

from __future__ import annotations

import logging
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.core.types import Frame, VideoInfo
from formcheck.errors import FormcheckError, UnreadableVideoError
from formcheck.io.orientation import Upright
from formcheck.io.timing import Timing, slow_motion_factor, timing_of

log = logging.getLogger(__name__)

#: libav "demuxers" that turn one picture or a text into a stream.
_NOT_VIDEO_FORMATS: Final = ("image2", "_pipe", "tty", "subviewer", "srt", "ass")
_PRIVATE: Final = {"protocol_whitelist": "file"}  # a playlist must not make libav open an address
_MAX_BAD_PACKETS: Final = 500
_SAME_TIME_S: Final = 1e-6
_DENSE_GAPS: Final = 1.6


def probe(path: str | Path, slowmo: float | None = None) -> VideoInfo:
    """What is known of the clip at ``path``. Reads every packet but decodes only the first picture.

    ``slowmo`` overrides the slow-motion factor that the file's metadata tells. Raises UnreadableVideoError.
    """
    with _open(path) as container:
        stream = _video_stream(container, path)
        first = _first_frame(container, stream, path)
        upright = Upright.of(first, stream)
        timing = _scan(container, stream, first)
        factor = _factor(container, timing.fps, slowmo)
        declared = stream.frames
    info = VideoInfo(
        path=str(path),
        width=upright.width,
        height=upright.height,
        rotation_deg=upright.rotation_deg,
        fps=timing.fps * factor,
        frames=timing.frames,
        duration_s=timing.duration_s / factor,
        variable_frame_rate=timing.variable,
        slow_motion_factor=factor,
    )
    if declared - timing.frames > max(2, 0.01 * declared):
        return replace(info, warnings=(_cut_short(timing.frames, declared),))
    return info


def read_frames(
    path: str | Path, start_s: float | None = None, end_s: float | None = None, slowmo: float | None = None
) -> Iterator[Frame]:
    """The frames of ``path`` between ``start_s`` and ``end_s`` (inclusive), upright, times strictly increasing.

    ``Frame.index`` counts from the first frame given. Damaged pictures are left out; a tail that is cut off ends
    the clip. Raises UnreadableVideoError if the head cannot be read, FormcheckError if the limits are no interval.
    """
    for one in read_pictures(path, start_s, end_s, slowmo):
        yield Frame(one.index, one.time_s, one.upright.rgb(one.picture))


@dataclass(frozen=True)
class DecodedPicture:
    """A picture as it was decoded, not yet RGB; ``upright`` says how it is turned. Index and time as in ``Frame``."""

    index: int
    time_s: float
    picture: VideoFrame
    upright: Upright


def read_pictures(
    path: str | Path,
    start_s: float | None = None,
    end_s: float | None = None,
    slowmo: float | None = None,
    one_thread: bool = False,
) -> Iterator[DecodedPicture]:
    """As ``read_frames``, without turning whole pictures into RGB; ``one_thread`` decodes on the caller's core."""
    _check_limits(start_s, end_s)
    with _open(path) as container:
        stream = _video_stream(container, path)
        stream.thread_type = "NONE" if one_thread else "AUTO"
        factor = _factor(container, float(stream.average_rate or 0.0), slowmo)
        yield from _decoded(container, stream, path, start_s, end_s, factor)


def sample_frames(
    path: str | Path,
    every_s: float,
    start_s: float | None = None,
    end_s: float | None = None,
    slowmo: float | None = None,
) -> Iterator[Frame]:
    """Frames about ``every_s`` apart on the player's clock, as ``read_frames`` gives them, cheaply.

    Where the clip's key pictures are dense enough, only those are decoded.
    """
    _check_limits(start_s, end_s)
    dense = _longest_gap_s(path) <= _DENSE_GAPS * every_s
    with _open(path) as container:
        stream = _video_stream(container, path)
        stream.thread_type = "AUTO"
        if not _counted(container):
            stream.codec_context.skip_frame = "NONKEY" if dense else "NONREF"
        factor = _factor(container, float(stream.average_rate or 0.0), slowmo)
        for one in _decoded(container, stream, path, start_s, end_s, factor, every_s):
            yield Frame(one.index, one.time_s, one.upright.rgb(one.picture))


def _longest_gap_s(path: str | Path) -> float:
    """The longest time from one key picture to the next, or to the end."""
    times_s, keys_s = picture_times(path)
    return float(np.max(np.diff([*keys_s, *times_s[-1:]]), initial=0.0)) if len(keys_s) else np.inf


def _decoded(
    container: InputContainer,
    stream: VideoStream,
    path: str | Path,
    start_s: float | None,
    end_s: float | None,
    factor: float,
    every_s: float = 0.0,
) -> Iterator[DecodedPicture]:
    clock = _Clock(stream)
    if start_s and not _counted(container):
        _seek(container, stream, clock.origin_s(stream) + start_s)
    index, last_s, upright = 0, -np.inf, None
    for picture in _pictures(container, stream):
        time_s = clock.time_s(picture)
        if end_s is not None and time_s > end_s + _SAME_TIME_S:
            break
        if time_s <= last_s or time_s < max(start_s or 0.0, last_s + every_s) - _SAME_TIME_S:
            continue
        upright = upright or Upright.of(picture, stream)
        yield DecodedPicture(index, time_s / factor, picture, upright)
        index, last_s = index + 1, time_s
    if index == 0:
        if start_s or end_s is not None:
            until = "the end" if end_s is None else f"{end_s} s"
            raise FormcheckError(
                f"{path}: has no picture between {start_s or 0} s and {until}; try other limits"
            )
        raise UnreadableVideoError(f"{path}: no picture in it can be decoded; export the clip again as MP4")


def picture_times(path: str | Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Times of all pictures and of those that decoding can start at, on the player's clock, from packets alone.

    Both are empty where the stream has no timestamps.
    """
    with _open(path) as container:
        stream = _video_stream(container, path)
        origin, base, counted = stream.start_time, float(stream.time_base or 0), _counted(container)
        stamps, keys = array("q"), array("q")
        try:
            for packet in container.demux(stream):
                if packet.pts is not None and packet.size and not packet.is_discard:
                    stamps.append(packet.pts)
                    if packet.is_keyframe:
                        keys.append(packet.pts)
        except FFmpegError as error:
            log.debug("packets end early: %s", error)
    if origin is None or counted:
        return np.empty(0), np.empty(0)
    everything, starts = (np.unique(np.asarray(v, dtype=np.int64)) for v in (stamps, keys))
    return (everything - origin) * base, (starts - origin) * base


def _counted(container: InputContainer) -> bool:
    """Whether the container knows no times of presentation: AVI counts pictures in the order they are stored."""
    return "avi" in container.format.name


class _Clock:
    """Seconds on the player's clock of decoded pictures; where a stream has no timestamps, from its rate."""

    def __init__(self, stream: VideoStream) -> None:
        self._counting = _counted(stream.container)
        self._base = float(stream.time_base or 0) or 1e-3
        self._rate_hz = float(stream.average_rate or 0.0) or 30.0
        self._origin: int | None = stream.start_time
        self._count = 0

    def origin_s(self, stream: VideoStream) -> float:
        return (self._origin or 0) * self._base

    def time_s(self, picture: VideoFrame) -> float:
        self._count += 1
        if self._counting or picture.pts is None:
            return (self._count - 1) / self._rate_hz
        if self._origin is None:
            self._origin = picture.pts
        return (picture.pts - self._origin) * self._base


def _pictures(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decoded pictures; damaged packets are skipped, a broken tail ends the stream."""
    bad = 0
    packets = container.demux(stream)
    while bad < _MAX_BAD_PACKETS:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except FFmpegError as error:
            log.warning("the clip cannot be read to its end: %s", error.strerror)
            return
        try:
            for picture in packet.decode():
                if not picture.is_corrupt:
                    yield picture
        except FFmpegError:
            bad += 1


def _open(path: str | Path) -> InputContainer:
    file = Path(path)
    if not file.exists():
        raise UnreadableVideoError(f"{path}: there is no such file; check the name")
    if file.is_dir():
        raise UnreadableVideoError(f"{path}: is a folder; name a video file in it")
    if not os.access(file, os.R_OK):
        raise UnreadableVideoError(f"{path}: may not be read; check its permissions")
    if file.stat().st_size == 0:
        raise UnreadableVideoError(f"{path}: is empty; copy the clip again")
    try:
        container = av.open(str(file), metadata_errors="ignore", options=dict(_PRIVATE))
    except (FFmpegError, OSError, ValueError) as error:
        raise UnreadableVideoError(
            f"{path}: is not a video, or is cut off or damaged ({_reason(error)}); export the clip again as MP4"
        ) from error
    if any(name in container.format.name for name in _NOT_VIDEO_FORMATS):
        container.close()
        raise UnreadableVideoError(
            f"{path}: is not a video (it reads as {container.format.name}); give a video file"
        )
    return container


def _video_stream(container: InputContainer, path: str | Path) -> VideoStream:
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            return stream
    what = "holds sound but no picture" if container.streams.audio else "holds no video"
    container.close()
    raise UnreadableVideoError(f"{path}: {what}; give a video file")


def _first_frame(container: InputContainer, stream: VideoStream, path: str | Path) -> VideoFrame:
    for picture in _pictures(container, stream):
        return picture
    raise UnreadableVideoError(f"{path}: no picture in it can be decoded; export the clip again as MP4")


def _scan(container: InputContainer, stream: VideoStream, first: VideoFrame) -> Timing:
    """Frame count, rate and duration from the packets' timestamps, without decoding."""
    stamps = array("q")
    try:
        container.seek(stream.start_time or 0, stream=stream)
        for packet in container.demux(stream):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if packet.size and stamp is not None and not packet.is_discard:
                stamps.append(stamp)
    except FFmpegError as error:
        log.debug("packets end early: %s", error)
    base = stream.time_base or Fraction(1, 1000)
    return timing_of(np.unique(np.asarray(stamps, dtype=np.int64)), base, float(stream.average_rate or 30))


def _seek(container: InputContainer, stream: VideoStream, time_s: float) -> None:
    try:
        container.seek(int(time_s / float(stream.time_base or 1)), stream=stream, backward=True)
    except FFmpegError:
        log.debug("no index to seek by; reading from the beginning")


def _factor(container: InputContainer, fps: float, slowmo: float | None) -> float:
    if slowmo is None:
        return slow_motion_factor(container.metadata, fps)
    if not slowmo > 0:
        raise FormcheckError(
            f"expected a slow-motion factor above 0, got {slowmo}; 8 means filmed 8 times faster"
        )
    return float(slowmo)


def _check_limits(start_s: float | None, end_s: float | None) -> None:
    if start_s is not None and start_s < 0:
        raise FormcheckError(f"expected a start of 0 s or later, got {start_s}")
    if end_s is not None and end_s <= (start_s or 0.0):
        raise FormcheckError(f"expected an end after the start ({start_s or 0} s), got {end_s}")


def _cut_short(frames: int, declared: int) -> str:
    return f"the file is cut short: {frames} of {declared} pictures are there; the rest is not scored"


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return str(text).strip().splitlines()[0].lower()[:80]
