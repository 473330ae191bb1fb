"""Turns a video file into upright RGB ``Frame``s at their true times, one at a time, and into a ``VideoInfo``.

Times are seconds of the real movement since the clip's first frame: the stream's own timestamps, divided by the
slow-motion factor. ``start_s`` and ``end_s`` are on the clock a player shows. Nothing is kept: memory is flat.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.core.phrases import say
from formcheck.core.types import Frame, VideoInfo
from formcheck.errors import FormcheckError, UnreadableVideoError
from formcheck.io.orientation import Upright
from formcheck.io.source import (
    Clock,
    counts_pictures,
    decoded_pictures,
    open_video,
    seek_before,
    video_stream,
)
from formcheck.io.timing import Timing, slow_motion_factor, timing_of

log = logging.getLogger(__name__)

_SAME_TIME_S: Final = 1e-6
_DENSE_GAPS: Final = 1.6


def probe(path: str | Path, slowmo: float | None = None) -> VideoInfo:
    """What is known of the clip at ``path``. Reads every packet but decodes only the first picture.

    ``slowmo`` overrides the slow-motion factor that the file's metadata tells. Raises UnreadableVideoError.
    """
    with open_video(path) as container:
        stream = video_stream(container, path)
        first = _first_frame(container, stream, path)
        upright = Upright.of(first, stream)
        timing = _scan(container, stream)
        factor = _factor(container, stream, slowmo)
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
    """A picture as it was decoded, not yet RGB; ``upright`` says how it is turned. Index and time as in ``Frame``.

    ``shown_s`` is when a player shows it: another time where the clip is slow motion.
    """

    index: int
    time_s: float
    shown_s: float
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
    with open_video(path) as container:
        stream = video_stream(container, path)
        stream.thread_type = "NONE" if one_thread else "AUTO"
        factor = _factor(container, stream, slowmo)
        yield from _decoded(container, stream, path, start_s, end_s, factor, quick_start=one_thread)


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
    with open_video(path) as container:
        stream = video_stream(container, path)
        stream.thread_type = "AUTO"
        if not counts_pictures(container):
            stream.codec_context.skip_frame = "NONKEY" if dense else "NONREF"
        factor = _factor(container, stream, slowmo)
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
    quick_start: bool = False,
) -> Iterator[DecodedPicture]:
    clock, lead_in_pts = Clock(stream), None
    if start_s and not counts_pictures(container):
        seek_before(container, stream, clock.origin_s + start_s)
        if quick_start and stream.start_time is not None:
            lead_in_pts = (clock.origin_s + start_s - _SAME_TIME_S) / float(stream.time_base or 1)
    index, last_s, upright = 0, -np.inf, None
    for picture in decoded_pictures(container, stream, lead_in_pts):
        time_s = clock.time_s(picture)
        if end_s is not None and time_s > end_s + _SAME_TIME_S:
            break
        if time_s <= last_s or time_s < max(start_s or 0.0, last_s + every_s) - _SAME_TIME_S:
            continue
        upright = upright or Upright.of(picture, stream)
        yield DecodedPicture(index, time_s / factor, time_s, picture, upright)
        index, last_s = index + 1, time_s
    if index == 0:
        if start_s or end_s is not None:
            until = "the end" if end_s is None else f"{end_s} s"
            raise FormcheckError(f"{path}: has no picture between {start_s or 0} s and {until}; try other limits")
        raise UnreadableVideoError(f"{path}: no picture in it can be decoded; export the clip again as MP4")


def picture_times(path: str | Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Times of all pictures and of those that decoding can start at, on the player's clock, from packets alone.

    Both are empty where the stream has no timestamps.
    """
    with open_video(path) as container:
        stream = video_stream(container, path)
        origin, base, counted = stream.start_time, float(stream.time_base or 0), counts_pictures(container)
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


def _first_frame(container: InputContainer, stream: VideoStream, path: str | Path) -> VideoFrame:
    for picture in decoded_pictures(container, stream):
        return picture
    raise UnreadableVideoError(f"{path}: no picture in it can be decoded; export the clip again as MP4")


def _scan(container: InputContainer, stream: VideoStream) -> Timing:
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


def _factor(container: InputContainer, stream: VideoStream, slowmo: float | None) -> float:
    if slowmo is None:
        return slow_motion_factor(container.metadata, float(stream.average_rate or 0.0))
    if not slowmo > 0:
        raise FormcheckError(f"expected a slow-motion factor above 0, got {slowmo}; 8 means filmed 8 times faster")
    return float(slowmo)


def _check_limits(start_s: float | None, end_s: float | None) -> None:
    if start_s is not None and start_s < 0:
        raise FormcheckError(f"expected a start of 0 s or later, got {start_s}")
    if end_s is not None and end_s <= (start_s or 0.0):
        raise FormcheckError(f"expected an end after the start ({start_s or 0} s), got {end_s}")


def _cut_short(frames: int, declared: int) -> str:
    return say("cut_short", there=frames, declared=declared)
