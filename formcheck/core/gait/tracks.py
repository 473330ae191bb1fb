"""Each stretch of a clip as a ``Track``: facing, view, gait, direction, and the feet against the hips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.core.body.course import Course, lap_yaw_deg, view_name
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.gait.events import gait_of
from formcheck.core.gait.foot_course import Gait
from formcheck.core.gait.stretches import Stretch, cut
from formcheck.core.types import Array, Direction, ViewName

#: Over ground the hips travel at about the mean speed of foot against hip; on a belt they stay.
IN_PLACE_SHARE: Final = 0.35
#: Seen from front or back: a change of apparent size under this (log) is standing on the spot.
IN_PLACE_LOG_SCALE: Final = 0.06

Facing = Literal["left", "right", "toward", "away"]


@dataclass(frozen=True)
class Track:
    """One stretch, frames ``start:stop``. Positions (2, n) are leg lengths, + toward facing, left foot first.

    ``forward`` is +1 where facing is image-right, else -1. ``sure`` (0..1) is that of the gait direction.
    """

    start: int
    stop: int
    time_s: Array
    forward: float
    facing: Facing
    yaw_deg: float
    view: ViewName
    gait: Gait
    direction: Direction
    sure: float
    ankle: Array  # ahead of the mid-hip (front, back: of the other foot, as the floor rises in the picture)
    foot: Array  # heel and ankle, in the picture; front, back: their row, clip's leg lengths
    toe: Array  # its row, clip's leg lengths
    busy: Array  # feet's speed in the picture, leg lengths a second
    height: Array  # foot above the other foot
    hip_speed: Array  # (n,) + toward facing, leg lengths a second

    @property
    def sagittal(self) -> bool:
        """Whether the picture shows the feet fore and aft (side or oblique view)."""
        return self.view not in ("front", "back")


def follow(pose: CleanPose, course: Course) -> list[Track]:
    """The clip's tracks in order, neighbours of the same kind joined (a drift on a belt is not a turn)."""
    tracks = [_track(pose, course, piece) for piece in cut(course)]
    joined: list[Track] = []
    for track in tracks:
        if joined and _same_kind(joined[-1], track):
            joined[-1] = _track(pose, course, Stretch(joined[-1].start, track.stop))
        else:
            joined.append(track)
    return joined


def _same_kind(a: Track, b: Track) -> bool:
    return a.direction == b.direction and a.facing == b.facing and a.gait == b.gait


def _track(pose: CleanPose, course: Course, piece: Stretch) -> Track:
    span = slice(piece.start, piece.stop)
    yaw = lap_yaw_deg(course, piece.start, piece.stop)
    view = view_name(yaw)
    facing_x = float(np.nanmedian(course.facing_x[span])) if np.isfinite(course.facing_x[span]).any() else 0.0
    forward = 1.0 if facing_x >= 0 else -1.0
    time_s = pose.time_s[span]
    sagittal = view not in ("front", "back")
    scale = np.full(len(time_s), pose.leg_px) if sagittal else course.scale_px[span]
    hip = course.hip[span]
    ankle, foot = _fore_aft(pose, span, hip, forward) if sagittal else _toward(pose, span, view)
    ankle, foot = ankle / scale, foot / pose.leg_px
    height = _height(pose, span, scale)
    hip_speed = _speed(time_s, hip[:, 0] * forward / scale)
    gait, direction, sure = (
        _sagittal_direction(time_s, ankle, height, hip_speed)
        if sagittal
        else _frontal_direction(course, span, view, ankle)
    )
    return Track(
        start=piece.start, stop=piece.stop, time_s=time_s, forward=forward,
        facing=_facing(view, forward), yaw_deg=yaw, view=view, gait=gait, direction=direction, sure=sure,
        ankle=ankle, foot=foot, toe=pose.part("toe")[:, span, 1] / pose.leg_px,
        busy=_busy(pose, span, scale), height=height, hip_speed=hip_speed,
    )  # fmt: skip


def _fore_aft(pose: CleanPose, span: slice, hip: Array, forward: float) -> tuple[Array, Array]:
    """(2, n) px: ankles ahead of the mid-hip; feet in the picture."""
    ankle, heel = pose.part("ankle")[:, span, 0], pose.part("heel")[:, span, 0]
    return (ankle - hip[:, 0]) * forward, (ankle + heel) / 2 * forward


def _toward(pose: CleanPose, span: slice, view: ViewName) -> tuple[Array, Array]:
    """(2, n) px seen from front or back: ankles ahead of each other (nearer the camera is lower); the feet's rows."""
    nearer = 1.0 if view == "front" else -1.0
    foot = np.mean([pose.part(p)[:, span, 1] for p in ("ankle", "heel")], axis=0)
    return (foot - foot.mean(axis=0)) * nearer, foot


def _busy(pose: CleanPose, span: slice, scale: Array) -> Array:
    """(2, n) speed of heel and ankle in the picture, leg lengths a second."""
    foot = (pose.part("ankle")[:, span] + pose.part("heel")[:, span]) / 2
    if foot.shape[1] < 3:
        return np.full(foot.shape[:2], np.nan)
    speed = np.hypot(*np.moveaxis(np.gradient(foot, pose.time_s[span], axis=1), -1, 0)) / scale
    return np.asarray(speed)


def _facing(view: ViewName, forward: float) -> Facing:
    if view == "front":
        return "toward"
    if view == "back":
        return "away"
    return "right" if forward > 0 else "left"


def _height(pose: CleanPose, span: slice, scale: Array) -> Array:
    """(2, n) how far each foot is above the other, leg lengths."""
    level = -np.mean([pose.part(p)[:, span, 1] for p in ("ankle", "heel", "toe")], axis=0) / scale
    difference = level[0] - level[1]
    return np.stack([difference, -difference])


def _speed(time_s: Array, values: Array) -> Array:
    return np.gradient(values, time_s) if len(values) > 2 else np.full_like(values, np.nan)


def _sagittal_direction(time_s: Array, ankle: Array, height: Array, hip_speed: Array) -> tuple[Gait, Direction, float]:
    feet, feet_sure = gait_of(time_s, ankle, height)
    foot_speed = np.abs(np.gradient(ankle, time_s, axis=1)) if len(time_s) > 2 else np.array([np.nan])
    if not np.isfinite(foot_speed).any() or not np.isfinite(hip_speed).any():
        return "unknown", "in_place", 0.0
    foot, hip = float(np.nanmean(foot_speed)), float(np.nanmean(hip_speed))
    if abs(hip) < IN_PLACE_SHARE * foot:
        return feet, "in_place", feet_sure
    travel: Direction = "forward" if hip > 0 else "backward"
    share = min(1.0, abs(hip) / (0.7 * foot)) if foot > 0 else 1.0
    agree = 1.0 if feet == travel else 0.7
    return ("forward" if hip > 0 else "backward"), travel, share * agree


def _frontal_direction(course: Course, span: slice, view: ViewName, ahead: Array) -> tuple[Gait, Direction, float]:
    size = np.log(course.scale_px[span])
    seen = np.flatnonzero(np.isfinite(size))
    if seen.size < 10:
        return "unknown", "in_place", 0.0
    tenth = max(3, seen.size // 10)
    growth = float(np.median(size[seen[-tenth:]]) - np.median(size[seen[:tenth]]))
    if abs(growth) < IN_PLACE_LOG_SCALE:
        gait, sure = gait_of(course.time_s[span], ahead, np.zeros_like(ahead))
        return gait, "in_place", 0.5 * sure
    nearer = growth > 0
    travel: Direction = "forward" if nearer == (view == "front") else "backward"
    return ("forward" if travel == "forward" else "backward"), travel, min(1.0, abs(growth) / 0.2)
