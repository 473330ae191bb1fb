"""Body segment lengths in the picture, each the 90th percentile over a track: foreshortening can only shorten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.core.body.course import Course
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.geometry import length
from formcheck.core.types import Array


@dataclass(frozen=True)
class Size:
    """(n,) px over a track's frames, at the athlete's distance; constant in side view."""

    leg: Array
    shank: Array
    foot: Array
    trunk: Array
    hip_width: Array


def measure_size(pose: CleanPose, course: Course, span: slice, sagittal: bool) -> Size:
    """Segment lengths of a track; NaN where a segment was never seen."""
    scale = np.full(span.stop - span.start, pose.leg_px) if sagittal else course.scale_px[span]
    with np.errstate(invalid="ignore"):
        share = pose.leg_px / scale
    shank = length(pose.part("knee")[:, span], pose.part("ankle")[:, span]) * share
    foot = length(pose.part("heel")[:, span], pose.part("toe")[:, span]) * share
    trunk = length(pose.middle("hip")[span], pose.middle("shoulder")[span]) * share
    hips = np.abs(pose.part("hip")[0, span, 0] - pose.part("hip")[1, span, 0]) * share
    unit = scale / pose.leg_px
    return Size(
        leg=scale,
        shank=_p90(shank) * unit,
        foot=_p90(foot) * unit,
        trunk=_p90(trunk) * unit,
        hip_width=_median(hips) * unit,
    )


def _p90(values: Array) -> float:
    """The greater side's 90th percentile; NaN if neither was seen."""
    rows = [row[np.isfinite(row)] for row in np.atleast_2d(values)]
    return max((float(np.percentile(row, 90)) for row in rows if row.size), default=float("nan"))


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")
