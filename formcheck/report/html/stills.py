"""Evidence stills: the clip at a finding's worst moment, cut to the athlete, skeleton and fault drawn."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from formcheck.core.types import Analysis, Array, Finding, Frame
from formcheck.report.overlay.painter import Painter
from formcheck.report.overlay.plates import Picture
from formcheck.report.overlay.video import pictures_of, rgb_of

STILL_HEIGHT_PX = 640
UNIT_PX = 34.0  # text height
JPEG_QUALITY = 80


def moment_of(finding: Finding) -> float | None:
    """The moment that proves the finding best."""
    return finding.worst_at_s if finding.worst_at_s is not None else finding.onset_s


def read_moments(analysis: Analysis, video_path: str | Path, moments_s: Sequence[float]) -> dict[float, Frame]:
    """The frame nearest to each moment; a moment outside the clip is left out."""
    found = {}
    for moment in moments_s:
        near = list(pictures_of(analysis, video_path, around_s=moment))
        if near:
            best = min(near, key=lambda decoded: abs(decoded.time_s - moment))
            found[moment] = Frame(best.index, best.time_s, rgb_of(best))
    return found


def body_box(xy: Array, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a cut-out about the athlete, square where the picture is large enough."""
    seen = xy[np.isfinite(xy).all(axis=1)]
    if len(seen) < 2:
        return 0, 0, width, height
    (x0, y0), (x1, y1) = seen.min(axis=0), seen.max(axis=0)
    side = max(1.3 * (y1 - y0), 1.35 * (x1 - x0), 32.0)
    wide, tall = min(side, width), min(side, height)
    left = int(np.clip((x0 + x1 - wide) / 2, 0, width - wide))
    top = int(np.clip((y0 + y1 - tall) / 2, 0, height - tall))
    return left, top, left + int(wide), top + int(tall)


def _jpeg_uri(rgb: Picture) -> str:
    out = BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def still(analysis: Analysis, painter: Painter, finding: Finding, frame: Frame) -> str:
    """The still as a data URI: cut out and enlarged first, so that what is drawn is sharp."""
    video = analysis.report.video
    i = painter.index_of(frame.time_s)
    left, top, right, bottom = body_box(analysis.landmarks_px[i], video.width, video.height)
    scale = STILL_HEIGHT_PX / (bottom - top)
    size = (round((right - left) * scale), STILL_HEIGHT_PX)
    cut = Image.fromarray(frame.rgb[top:bottom, left:right]).resize(size, Image.Resampling.BICUBIC)
    rgb = np.array(cut)
    xy = (analysis.landmarks_px[i] - (left, top)) * scale
    painter.body(rgb, i, xy, (finding,), UNIT_PX)
    return _jpeg_uri(rgb)


def make_stills(analysis: Analysis, findings: Sequence[Finding], frames: Mapping[float, Frame]) -> dict[int, str]:
    """Data URI by place in ``findings``, for those whose moment's frame is there."""
    if not frames:
        return {}
    painter = Painter(analysis, analysis.report.video.width, analysis.report.video.height)
    moments = [(i, finding, moment_of(finding)) for i, finding in enumerate(findings)]
    return {i: still(analysis, painter, f, frames[m]) for i, f, m in moments if m is not None and m in frames}
