"""Makes small clips whose every property is known: for the tests of video in and out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Red and green above, blue and white below: shows any turn or mirroring."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2], rgb[: height // 2, width // 2 :] = RED, GREEN
    rgb[height // 2 :, : width // 2], rgb[height // 2 :, width // 2 :] = BLUE, WHITE
    return rgb


def corners(rgb: npt.NDArray[np.uint8]) -> list[str]:
    """The colour names of the quarters, row by row."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    height, width = rgb.shape[:2]
    spots = [rgb[y, x] for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [min(names, key=lambda n: int(np.abs(spot.astype(int) - names[n]).sum())) for spot in spots]


def make_clip(
    path: Path,
    times_s: Sequence[float] | None = None,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (64, 48),
    pix_fmt: str = "yuv420p",
    turn: tuple[int, bool] = (0, False),
    aspect: Fraction | None = None,
    metadata: dict[str, str] | None = None,
    sound: bool = False,
    picture: bool = True,
    faststart: bool = False,
    frames: int = 12,
    gop: int | None = None,
    moving: bool = False,
) -> Path:
    """A clip of ``quarters`` at ``times_s`` (default ``frames`` at 30 a second); ``moving``: they drift to the right.

    ``turn`` is counter-clockwise degrees in the display matrix and whether it mirrors.
    """
    times_s = [k / 30 for k in range(frames)] if times_s is None else times_s
    options = {"movflags": "+faststart"} if faststart else {"movflags": "use_metadata_tags"}
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(metadata or {})
        stream = _video(container, codec, size, pix_fmt, turn, aspect, gop) if picture else None
        tone = container.add_stream("aac", rate=48000) if sound else None
        if stream is not None:
            rgb = quarters(*size)
            for k, time_s in enumerate(times_s):
                shown = np.roll(rgb, 3 * k, axis=1) if moving else rgb
                image = av.VideoFrame.from_ndarray(shown, format="rgb24").reformat(format=pix_fmt)
                image.time_base = stream.codec_context.time_base or Fraction(1, 30)
                image.pts = k if stream.codec_context.time_base is None else round(time_s / image.time_base)
                container.mux(stream.encode(image))
            container.mux(stream.encode(None))
        if tone is not None:
            container.mux(tone.encode(_silence()))
            container.mux(tone.encode(None))
    return path


def _video(
    container: av.container.OutputContainer,
    codec: str,
    size: tuple[int, int],
    pix_fmt: str,
    turn: tuple[int, bool],
    aspect: Fraction | None,
    gop: int | None,
) -> av.video.stream.VideoStream:
    quiet = {"libx265": {"x265-params": "log-level=none"}}.get(codec, {})
    stream = container.add_stream(codec, rate=30, options=quiet)
    stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
    if container.format.name != "avi":
        stream.codec_context.time_base = Fraction(1, 90_000)
    if aspect is not None:
        stream.codec_context.sample_aspect_ratio = aspect
    if gop is not None:
        stream.codec_context.gop_size = gop
    if turn != (0, False):
        stream.set_display_rotation(turn[0], hflip=turn[1])
    return stream


def _silence() -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts = 48000, 0
    return frame
