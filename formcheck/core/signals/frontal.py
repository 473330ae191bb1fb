"""Per-frame signals that need a view from the front or the back. Columns (n,) by vocabulary name."""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.core.body.size import Size
from formcheck.core.clean.filters import rolling_mean
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.gait.tracks import Track
from formcheck.core.geometry import MIN_LENGTH_PX, flexion_deg, from_vertical_deg
from formcheck.core.skeleton import SIDES
from formcheck.core.types import Array

#: Beyond this flexion the thigh points at the lens and FPPA means nothing (biomechanics, finding 2).
FPPA_MAX_FLEXION_DEG: Final = 60.0
#: BlazePose draws a knee that falls inward nearer the hip-ankle line than it is: a true 33 degrees reads 20 to 26.
FPPA_GAIN: Final = 1.35
COURSE_WINDOW_S: Final = 2.0


def frontal_columns(pose: CleanPose, track: Track, size: Size) -> dict[str, Array]:
    """Everything seen from front or back for one track; knee against toe only from the front."""
    columns = _middle(pose, track, size)
    for k, side in enumerate(SIDES):
        columns.update({name.format(side=side): v for name, v in _leg(pose, track, size, k).items()})
    return columns


def inward(pose: CleanPose, span: slice, k: int) -> float:
    """+1 where inward for this leg (0 left, 1 right) is image-right, else -1."""
    hips = pose.part("hip")[:, span, 0]
    toward_other = hips[1 - k] - hips[k]
    return 1.0 if float(np.nanmedian(np.append(toward_other, 0.0))) > 0 else -1.0


def _leg(pose: CleanPose, track: Track, size: Size, k: int) -> dict[str, Array]:
    span = slice(track.start, track.stop)
    hip, knee, ankle, toe = (pose.part(p)[k, span] for p in ("hip", "knee", "ankle", "toe"))
    medial = inward(pose, span, k)
    columns = {"fppa_{side}_deg": fppa_deg(hip, knee, ankle, medial, pose.flexion_3d_deg[k, span])}
    if track.view == "front":
        columns["knee_toe_offset_{side}_ratio"] = (knee[:, 0] - toe[:, 0]) * medial / size.shank
    return columns


def fppa_deg(hip: Array, knee: Array, ankle: Array, medial: float, flexion: Array) -> Array:
    """Frontal-plane projection angle, + with the knee inward of the hip-ankle line; NaN in deep flexion.

    Stretched by ``FPPA_GAIN`` for what the pose model takes away.
    """
    leg = ankle - hip
    share = ((knee - hip) * leg).sum(axis=-1) / np.maximum((leg * leg).sum(axis=-1), MIN_LENGTH_PX)
    on_line = hip[..., 0] + share * leg[..., 0]
    sign = np.sign((knee[..., 0] - on_line) * medial)
    angle = FPPA_GAIN * sign * flexion_deg(hip, knee, ankle)
    return np.where(flexion > FPPA_MAX_FLEXION_DEG, np.nan, angle)


def _middle(pose: CleanPose, track: Track, size: Size) -> dict[str, Array]:
    span = slice(track.start, track.stop)
    hip, shoulders = pose.middle("hip")[span], pose.middle("shoulder")[span]
    right = -inward(pose, span, 1)  # outward of the right leg is the athlete's right
    shoulder = pose.part("shoulder")[:, span]
    ankle, knee = pose.part("ankle")[:, span, 0], pose.part("knee")[:, span, 0]
    wrists = pose.part("wrist")[:, span, 0].mean(axis=0)
    across = np.abs(shoulder[1, :, 0] - shoulder[0, :, 0])
    tilt = np.degrees(np.arctan2(shoulder[0, :, 1] - shoulder[1, :, 1], np.maximum(across, MIN_LENGTH_PX)))
    apart = np.abs(ankle[0] - ankle[1])
    course = rolling_mean(track.time_s, hip[:, 0], COURSE_WINDOW_S)
    return {
        "trunk_lateral_deg": from_vertical_deg(hip, shoulders, right),
        "shoulder_tilt_deg": tilt,
        "hip_lateral_ratio": (hip[:, 0] - course) * right / size.hip_width,
        "hip_side_drift_ratio": (hip[:, 0] - wrists) * right / size.hip_width,
        "stance_width_ratio": apart / size.hip_width,
        "knee_ankle_separation_ratio": np.abs(knee[0] - knee[1]) / np.maximum(apart, 0.05 * size.leg),
    }
