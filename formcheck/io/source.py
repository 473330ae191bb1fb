"""Opens a local video file and decodes its pictures; says in one line why a file cannot be read.

Nothing but a file of this machine is ever opened: not a playlist's addresses, not a device.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.errors import UnreadableVideoError

log = logging.getLogger(__name__)

#: libav "demuxers" that turn one picture or a text into a stream.
_NOT_VIDEO_FORMATS: Final = ("image2", "_pipe", "tty", "subviewer", "srt", "ass")
_PRIVATE: Final = {"protocol_whitelist": "file"}  # a playlist must not make libav open an address
_MAX_BAD_PACKETS: Final = 500
# Before PyAV 19 a clip's odd metadata raises unless told not to; from 19 on it never does, and takes no such word.
_LENIENT: Final[dict[str, Any]] = {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "ignore"}


def open_video(path: str | Path) -> InputContainer:
    """The file at ``path``, opened; close it after use. Raises UnreadableVideoError."""
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
        container = av.open(str(file), options=dict(_PRIVATE), **_LENIENT)
    except (FFmpegError, OSError, ValueError) as error:
        raise UnreadableVideoError(
            f"{path}: is not a video, or is cut off or damaged ({_reason(error)}); export the clip again as MP4"
        ) from error
    if any(name in container.format.name for name in _NOT_VIDEO_FORMATS):
        container.close()
        raise UnreadableVideoError(f"{path}: is not a video (it reads as {container.format.name}); give a video file")
    return container


def video_stream(container: InputContainer, path: str | Path) -> VideoStream:
    """The first moving picture in it: cover art does not count. Raises UnreadableVideoError."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            return stream
    what = "holds sound but no picture" if container.streams.audio else "holds no video"
    container.close()
    raise UnreadableVideoError(f"{path}: {what}; give a video file")


def decoded_pictures(
    container: InputContainer, stream: VideoStream, lead_in_pts: float | None = None
) -> Iterator[VideoFrame]:
    """Decoded pictures; damaged packets are skipped, a broken tail ends the stream.

    Of those before ``lead_in_pts`` only such are decoded as later ones are made from; for decoding on one thread.
    """
    bad, packets = 0, container.demux(stream)
    if lead_in_pts is not None:
        packets = _lead_in(packets, lead_in_pts, stream.codec_context)
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


def _lead_in(packets: Iterator[Packet], until_pts: float, context: VideoCodecContext) -> Iterator[Packet]:
    for packet in packets:
        early = packet.pts is not None and packet.pts < until_pts
        context.skip_frame = "NONREF" if early else "DEFAULT"
        yield packet


def seek_before(container: InputContainer, stream: VideoStream, time_s: float) -> None:
    """Go to a picture that can be decoded, at or before ``time_s`` of the stream's clock."""
    try:
        container.seek(int(time_s / float(stream.time_base or 1)), stream=stream, backward=True)
    except FFmpegError:
        log.debug("no index to seek by; reading from the beginning")


def counts_pictures(container: InputContainer) -> bool:
    """Whether the container knows no times of presentation: AVI counts pictures in the order they are stored."""
    return "avi" in container.format.name


class Clock:
    """Seconds on the player's clock of decoded pictures; where a stream has no timestamps, from its rate."""

    def __init__(self, stream: VideoStream) -> None:
        self._counting = counts_pictures(stream.container)
        self._base = float(stream.time_base or 0) or 1e-3
        self._rate_hz = float(stream.average_rate or 0.0) or 30.0
        self._origin: int | None = stream.start_time
        self._count = 0

    @property
    def origin_s(self) -> float:
        """The stream's own time of its first picture."""
        return (self._origin or 0) * self._base

    def time_s(self, picture: VideoFrame) -> float:
        """When ``picture`` is shown, the first at 0; call once for each in turn."""
        self._count += 1
        if self._counting or picture.pts is None:
            return (self._count - 1) / self._rate_hz
        if self._origin is None:
            self._origin = picture.pts
        return (picture.pts - self._origin) * self._base


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return str(text).strip().splitlines()[0].lower()[:80]
