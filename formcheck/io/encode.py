"""Writes RGB frames at their true times into an MP4 that browsers play: H.264, yuv420p, faststart.

The file appears under its name only when it is whole: temp file, then rename.
"""

from __future__ import annotations

import os
import tempfile
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from formcheck.errors import FormcheckError

#: The clock of MPEG: fine enough for any frame rate, and all common ones are whole numbers in it.
TIME_BASE: Final = Fraction(1, 90_000)
_USUAL_FPS: Final = 30
_BT709: Final = 1  # primaries and transfer of HD video: untagged, players guess


class H264Writer:
    """A context manager; ``write`` frames in order of time. Left by an exception, it leaves no file.

    Sizes are padded to even numbers by repeating the last row or column. The first frame is at 0 in the file;
    ``origin_s`` is its own time. ``quality`` is x264's CRF: lower is better and bigger; ``x264_params``
    are x264's own (``name=value:name=value``), over the preset's.
    """

    def __init__(
        self,
        path: str | Path,
        width: int,
        height: int,
        time_base: Fraction = TIME_BASE,
        quality: int = 21,
        preset: str = "veryfast",
        x264_params: str = "",
    ) -> None:
        if width < 1 or height < 1:
            raise ValueError(f"expected a picture of at least 1 x 1 pixels, got {width} x {height}")
        self.path = Path(path)
        self.width, self.height = width, height
        self.origin_s: float | None = None
        self._time_base = time_base
        self._last_pts = -1
        self._gap = round(1 / (_USUAL_FPS * time_base))
        self._temp = self._make_temp()
        try:
            self._open(quality, preset, x264_params)
        except BaseException:
            self._temp.unlink(missing_ok=True)
            raise

    def _make_temp(self) -> Path:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{self.path.stem}-", suffix=".mp4", dir=self.path.parent)
        except OSError as error:
            raise FormcheckError(f"{self.path}: cannot be written ({error.strerror}); choose another folder") from error
        os.close(handle)
        return Path(name)

    def _open(self, quality: int, preset: str, x264_params: str) -> None:
        self._container = av.open(str(self._temp), "w", format="mp4", options={"movflags": "+faststart"})
        stream = self._container.add_stream("libx264", rate=_USUAL_FPS)
        stream.width, stream.height = self.width + self.width % 2, self.height + self.height % 2
        stream.pix_fmt = "yuv420p"
        stream.time_base = self._time_base
        stream.codec_context.time_base = self._time_base
        stream.options = {"crf": str(quality), "preset": preset, "x264-params": x264_params}
        context = stream.codec_context
        context.colorspace, context.color_range = int(Colorspace.ITU709), int(ColorRange.MPEG)
        context.color_primaries, context.color_trc = _BT709, _BT709
        self._stream = stream

    def __enter__(self) -> H264Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        else:
            self._drop()

    def write(self, rgb: npt.NDArray[np.uint8], time_s: float) -> None:
        """Add ``rgb`` (height, width, 3) uint8, shown at ``time_s``.

        Raises ValueError on another shape or type, or a time that is not after the last.
        """
        if rgb.shape != (self.height, self.width, 3) or rgb.dtype != np.uint8:
            raise ValueError(
                f"expected uint8 pixels of shape {(self.height, self.width, 3)}, got {rgb.dtype} {rgb.shape}"
            )
        if self.origin_s is None:
            self.origin_s = time_s
        pts = round((time_s - self.origin_s) / self._time_base)
        if pts <= self._last_pts:
            raise ValueError(f"expected a time after the last frame's, got {time_s} s; give frames in order")
        if self._last_pts >= 0:
            self._gap = pts - self._last_pts
        self._last_pts = pts
        picture = VideoFrame.from_numpy_buffer(_even(rgb), format="rgb24")  # no copy: converted before we return
        picture = picture.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
        picture.pts, picture.time_base = pts, self._time_base
        self._mux(picture)

    def _mux(self, picture: VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(picture):
                if not packet.duration:
                    packet.duration = self._gap
                self._container.mux(packet)
        except FFmpegError as error:
            raise FormcheckError(f"{self.path}: cannot be written ({error.strerror}); is the disk full?") from error

    def _finish(self) -> None:
        if self.origin_s is None:
            self._drop()
            raise ValueError(f"{self.path}: no frame was written")
        try:
            self._mux(None)
            self._container.close()
            os.chmod(self._temp, 0o666 & ~_umask())
            os.replace(self._temp, self.path)
        except OSError as error:
            raise FormcheckError(f"{self.path}: cannot be written ({error.strerror}); is the disk full?") from error
        finally:
            self._temp.unlink(missing_ok=True)

    def _drop(self) -> None:
        try:
            self._container.close()
        except (FFmpegError, ValueError):
            pass
        finally:
            self._temp.unlink(missing_ok=True)


def _even(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    if height % 2 or width % 2:
        return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(rgb)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
