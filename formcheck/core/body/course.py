"""Where the body points and how large it is in the picture, frame by frame: a ``Course``.

Yaw is the athlete's facing against the camera: 0 toward it, +90 image-right (the camera sees the right side),
-90 image-left, 180 away. Which way image-x the athlete faces comes from toes against heels (and nose against
ears), averaged over a second: frame by frame it flips in late swing, which is Sports2D's oldest complaint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.core.clean.filters import rolling_mean
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.geometry import length, median_direction_deg
from formcheck.core.types import Array, ViewName

FACING_WINDOW_S: Final = 1.0
FULL_FOOT: Final = 0.15  # leg lengths: toe this far ahead of the heel is a full vote
#: BlazePose draws the far hip forward, which turns the hip line 10 to 30 degrees toward the camera; the shoulder line
#: half as much (bench/accuracy.py, camera yaw).
USUAL_SHOULDER_SHARE: Final = 0.8
#: The heavy model turns shoulders and hips apart by some 23 degrees, in rendered bodies and in real ones alike.
SHOULDER_SHARE: Final = {"heavy": 0.6}
#: What is left of it: a body in side view reads this much toward the camera's axis, less the further it is turned.
PULL_DEG: Final = 6.0
PULL_ENDS_DEG: Final = 60.0
SIDE_HALF_WIDTH_DEG: Final = 30.0  # |yaw| within 90 +- this is a side view
FRONTAL_HALF_WIDTH_DEG: Final = 25.0


@dataclass(frozen=True)
class Course:
    """(T,) columns: ``yaw_deg``; ``facing_x`` in -1..1, + image-right; ``scale_px`` leg length at the athlete's
    distance; and ``hip`` (T, 2) px, the mid-hip.
    """

    time_s: Array
    yaw_deg: Array
    facing_x: Array
    scale_px: Array
    hip: Array


def plot_course(pose: CleanPose) -> Course:
    """The course of a cleaned clip; NaN where the body was not seen."""
    facing_x = _facing_x(pose)
    return Course(
        time_s=pose.time_s,
        yaw_deg=_yaw_deg(pose, facing_x),
        facing_x=facing_x,
        scale_px=_scale_px(pose),
        hip=pose.middle("hip"),
    )


def _facing_x(pose: CleanPose) -> Array:
    full = FULL_FOOT * pose.leg_px
    feet = np.clip((pose.part("toe")[..., 0] - pose.part("heel")[..., 0]) / full, -1.0, 1.0)
    head = np.clip((pose.at("nose")[:, 0] - pose.middle("ear")[:, 0]) / (0.5 * full), -1.0, 1.0)
    votes = np.stack([feet[0], feet[1], head])
    seen = np.isfinite(votes)
    with np.errstate(invalid="ignore"):
        vote = np.where(seen, votes, 0.0).sum(axis=0) / np.where(seen.any(axis=0), seen.sum(axis=0), np.nan)
    return rolling_mean(pose.time_s, vote, FACING_WINDOW_S)


def _yaw_deg(pose: CleanPose, facing_x: Array) -> Array:
    """From the world shoulder and hip lines; toes decide left or right, where depth is least sure."""
    unit = pose.turn / np.linalg.norm(pose.turn, axis=2, keepdims=True)
    share = SHOULDER_SHARE.get(pose.model, USUAL_SHOULDER_SHARE)
    line = unit[:, 0] * share + unit[:, 1] * (1.0 - share)
    across, toward = -line[:, 1], -line[:, 0]
    sideways = np.abs(across) > np.abs(toward)
    agreed = np.where(sideways & (np.abs(facing_x) > 0.3), np.abs(across) * np.sign(facing_x), across)
    return np.asarray(np.degrees(np.arctan2(agreed, toward)))


def _scale_px(pose: CleanPose) -> Array:
    """Leg length at the athlete's present distance: follows the trunk's apparent size over a second."""
    trunk = length(pose.middle("hip"), pose.middle("shoulder"))
    finite = trunk[np.isfinite(trunk)]
    if finite.size == 0:
        return np.full_like(trunk, np.nan)
    smooth = rolling_mean(pose.time_s, trunk, FACING_WINDOW_S)
    return np.asarray(smooth * pose.leg_px / np.percentile(finite, 90))


def view_name(yaw_deg: float) -> ViewName:
    """The named view of a yaw; NaN is "oblique", the view that promises least."""
    size = abs(yaw_deg)
    if size <= FRONTAL_HALF_WIDTH_DEG:
        return "front"
    if size >= 180.0 - FRONTAL_HALF_WIDTH_DEG:
        return "back"
    if abs(size - 90.0) <= SIDE_HALF_WIDTH_DEG:
        return "right_side" if yaw_deg > 0 else "left_side"
    return "oblique"


def yaw_off_deg(yaw_deg: float, view: str) -> float:
    """How far a yaw is from the pure view: "side", "front" or "back"; 0 for "oblique" and any other."""
    size = abs(yaw_deg)
    return {"side": abs(size - 90.0), "front": size, "back": 180.0 - size}.get(view, 0.0)


def lap_yaw_deg(course: Course, start: int, stop: int) -> float:
    """The lap's yaw: median direction over its frames, the model's pull out of side view undone; NaN if unseen."""
    drawn = median_direction_deg(course.yaw_deg[start:stop])
    off = abs(drawn) - 90.0
    share = max(0.0, 1.0 - abs(off) / PULL_ENDS_DEG)
    true_off = float(np.sign(off)) * max(0.0, abs(off) - PULL_DEG * share)
    return float(np.copysign(90.0 + true_off, drawn)) if np.isfinite(drawn) else drawn
