"""All signals of a clip, from its tracks. A value that the track's view cannot show is NaN (empty in the CSV)."""

from __future__ import annotations

import numpy as np

from formcheck.core.body.course import Course
from formcheck.core.body.size import Size, measure_size
from formcheck.core.clean.filters import rolling_mean, velocity
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.gait.tracks import Track
from formcheck.core.geometry import MIN_LENGTH_PX, wrap_deg
from formcheck.core.signals.frontal import COURSE_WINDOW_S, frontal_columns
from formcheck.core.signals.sagittal import sagittal_columns
from formcheck.core.skeleton import SIDES
from formcheck.core.types import Array, Signals
from formcheck.core.vocabulary import SIGNALS

MOVING_PARTS = ("hip", "shoulder", "knee", "ankle")


def column_names() -> tuple[str, ...]:
    """Every signal column in the order of the vocabulary, left before right."""
    names: list[str] = []
    for quantity in SIGNALS:
        names.extend(quantity.name.format(side=s) for s in SIDES) if quantity.sided else names.append(quantity.name)
    return tuple(names)


def measure_signals(pose: CleanPose, course: Course, tracks: list[Track]) -> Signals:
    """(T,) columns by name; NaN outside every track."""
    n = len(pose.time_s)
    columns = {name: np.full(n, np.nan) for name in column_names()}
    for track in tracks:
        span = slice(track.start, track.stop)
        size = measure_size(pose, course, span, track.sagittal)
        for name, values in _track_columns(pose, track, size).items():
            columns[name][span] = values
    for values in columns.values():
        values.setflags(write=False)
    return Signals(pose.time_s, columns)


def _track_columns(pose: CleanPose, track: Track, size: Size) -> dict[str, Array]:
    columns = _any_view(pose, track, size)
    if track.view in ("left_side", "right_side"):
        columns.update(sagittal_columns(pose, track, size))
    elif track.view in ("front", "back"):
        columns.update(frontal_columns(pose, track, size))
    if track.view in ("front", "back", "oblique"):
        columns["pelvis_yaw_deg"] = _pelvis_yaw_deg(pose, track)
    return columns


def _any_view(pose: CleanPose, track: Track, size: Size) -> dict[str, Array]:
    span = slice(track.start, track.stop)
    hip = pose.middle("hip")[span]
    columns: dict[str, Array] = {"body_speed_ratio_s": _body_speed(pose, track, size)}
    if track.view == "oblique":
        return columns
    for k, side in enumerate(SIDES):
        wrist = pose.part("wrist")[k, span]
        columns[f"wrist_up_{side}_ratio"] = (hip[:, 1] - wrist[:, 1]) / size.trunk
        columns[f"wrist_speed_{side}_ratio_s"] = _speed(track.time_s, wrist) / size.leg
    return columns


def _speed(time_s: Array, xy: Array) -> Array:
    v = velocity(time_s, xy)
    return np.asarray(np.hypot(v[:, 0], v[:, 1]))


def _body_speed(pose: CleanPose, track: Track, size: Size) -> Array:
    """Mean speed of the parts that are seen, leg lengths a second."""
    span = slice(track.start, track.stop)
    speeds = np.stack([_speed(track.time_s, pose.part(p)[k, span]) for p in MOVING_PARTS for k in (0, 1)])
    seen = np.isfinite(speeds)
    count = seen.sum(axis=0)
    mean = np.where(seen, speeds, 0.0).sum(axis=0) / np.maximum(count, 1)
    return np.asarray(np.where(count >= 4, mean, np.nan) / size.leg)


def _pelvis_yaw_deg(pose: CleanPose, track: Track) -> Array:
    """Turn of the pelvis about vertical against its median over the track, + to the athlete's left."""
    if track.view == "oblique" and abs(track.yaw_deg) < 90.0:
        return _yaw_by_width_deg(pose, track)
    return _yaw_by_depth_deg(pose, track)


def _yaw_by_depth_deg(pose: CleanPose, track: Track) -> Array:
    """The same, from the model's own depth of the hips."""
    hips = pose.turn[track.start : track.stop, 1]
    turn = np.degrees(np.arctan2(-hips[:, 1], -hips[:, 0]))
    finite = turn[np.isfinite(turn)]
    if finite.size == 0:
        return turn
    rad = np.radians(finite)
    centre = np.degrees(np.arctan2(np.sin(rad).mean(), np.cos(rad).mean()))
    off = wrap_deg(turn - centre)
    return np.asarray(off - np.nanmedian(off))


def _yaw_by_width_deg(pose: CleanPose, track: Track) -> Array:
    """The same, from how wide the hips are in the picture against their usual width.

    Seen from ahead at an angle the width changes quickly with the turn, and the model's places are better than its
    depth. Large turns read too small: a true 33 degrees 19 on one body, 11 on another (bench/accuracy.py).
    """
    left, right = pose.part("hip")[:, track.start : track.stop, 0]
    usual = rolling_mean(track.time_s, right - left, COURSE_WINDOW_S)
    facing = np.radians(abs(track.yaw_deg))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(np.abs(usual) > MIN_LENGTH_PX, (right - left) / usual, np.nan)
    turn = np.degrees(np.arccos(np.clip(share * np.cos(facing), -1.0, 1.0)) - facing)
    off = turn * np.sign(track.yaw_deg)
    return np.asarray(off - np.nanmedian(off)) if np.isfinite(off).any() else off
