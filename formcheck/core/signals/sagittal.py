"""Per-frame signals that need a side view. Columns (n,) by vocabulary name; + is toward the facing."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import ndimage

from formcheck.core.body.size import Size
from formcheck.core.clean.filters import rolling_mean
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.gait.tracks import Track
from formcheck.core.geometry import above_level_deg, flexion_deg, from_vertical_deg, length
from formcheck.core.skeleton import SIDES
from formcheck.core.types import Array

TOE_CAP_LEGS: Final = 0.06  # BlazePose's toe point lies this far short of the shoe's tip (bench/accuracy.py)
HIP_WIDTH_LEGS: Final = 0.22  # hip joint centres apart, about 0.11 of body height against 0.491 (Winter 2009)
#: BlazePose draws the hip of a sitting body higher than that of a standing one: by this, fully so from the second of
#: these hip flexions on (bench/accuracy.py, development half: without it the knee reads 5 to 8 degrees too straight).
SEATED_HIP_LEGS: Final = 0.04
SEATED_DEG: Final = (70.0, 100.0)
FLOOR_WINDOW_S: Final = 1.0
GROUND_WINDOW_S: Final = 1.5  # a stride or so: half of it or more the foot stands
HANDS_OUT_TRUNKS: Final = 0.3  # a hand at handles or rails is about 0.15 m further out than the hip joint
FOCAL_SHARE: Final = 0.75  # focal length over the picture's longer side: 26 to 28 mm, most phones' main camera
#: A flat foot's heel-toe line in BlazePose landmarks: the heel point sits about 10 degrees above the toe point. The
#: clip decides where within these.
FLAT_PITCH_DEG: Final = (4.0, 14.0)


def sagittal_columns(pose: CleanPose, track: Track, size: Size) -> dict[str, Array]:
    """Everything seen from the side for one track."""
    columns = _trunk_and_head(pose, track, size)
    for k, side in enumerate(SIDES):
        columns.update({name.format(side=side): v for name, v in _leg(pose, track, size, k).items()})
        columns.update({name.format(side=side): v for name, v in _arm(pose, track, size, k).items()})
    return columns


def side_hips(pose: CleanPose, track: Track) -> Array:
    """(2, n, 2) px both hips, the far one put where it must be on the mean: by the camera's yaw, and level.

    BlazePose draws the hidden hip forward and up, which straightens the far knee by 5 degrees. The near hip and the yaw
    say where it is over whole strides; its motion about that stays its own.
    """
    span = slice(track.start, track.stop)
    near = 1 if track.forward > 0 else 0  # facing image-right shows the right side
    hips: Array = np.array(pose.part("hip")[:, span])
    across = (hips[1 - near, :, 0] - hips[near, :, 0]) * track.forward
    finite = across[np.isfinite(across)]
    if finite.size and np.isfinite(track.yaw_deg):
        meant = HIP_WIDTH_LEGS * pose.leg_px * np.cos(np.radians(track.yaw_deg))
        hips[1 - near, :, 0] += (meant - float(np.mean(finite))) * track.forward
        hips[1 - near, :, 1] -= float(np.nanmean(hips[1 - near, :, 1] - hips[near, :, 1]))
    return hips


def _leg_hip(pose: CleanPose, track: Track, k: int) -> Array:
    """(n, 2) px the hip for a leg's angles, lowered as far as the body sits."""
    span = slice(track.start, track.stop)
    hip: Array = np.array(side_hips(pose, track)[k])
    bent = flexion_deg(pose.part("shoulder")[k, span], hip, pose.part("knee")[k, span])
    low, high = SEATED_DEG
    seated = np.clip((np.nan_to_num(bent) - low) / (high - low), 0.0, 1.0)
    hip[:, 1] += SEATED_HIP_LEGS * pose.leg_px * seated
    return hip


def _leg(pose: CleanPose, track: Track, size: Size, k: int) -> dict[str, Array]:
    span, f = slice(track.start, track.stop), track.forward
    shoulder, knee, ankle, heel, toe = (pose.part(p)[k, span] for p in ("shoulder", "knee", "ankle", "heel", "toe"))
    hip = _leg_hip(pose, track, k)
    pitch = above_level_deg(toe, heel, -f)
    shin = from_vertical_deg(ankle, knee, f)
    toe_cap = TOE_CAP_LEGS * size.leg
    level = np.maximum(heel[:, 1], toe[:, 1])
    ground = _ground(level, pose.fps)
    flat = pitch - _flat_pitch_deg(pitch, track.height[k])
    return {
        "knee_flexion_{side}_deg": flexion_deg(hip, knee, ankle),
        "hip_flexion_{side}_deg": flexion_deg(shoulder, hip, knee),
        # sole and shank at right angles is 0: the shank's lean plus the heel's rise off the floor, taken away
        "ankle_dorsiflexion_{side}_deg": shin - flat,
        "shin_inclination_{side}_deg": shin,
        "foot_pitch_{side}_deg": flat,
        "foot_placement_{side}_ratio": (ankle[:, 0] - knee[:, 0]) * f / size.shank,
        "knee_over_toe_{side}_ratio": ((knee[:, 0] - toe[:, 0]) * f - toe_cap) / (size.foot + toe_cap),
        "foot_clearance_{side}_ratio": (ground - level) / size.leg,
    }


def _ground(level: Array, fps: float) -> Array:
    """(n,) px where the foot stands: the 90th percentile of its lowest point over ``GROUND_WINDOW_S`` about each frame,
    so that a phone held in the hand, or a lane that rises in the picture, lifts no foot.
    """
    seen = np.isfinite(level)
    if not seen.any():
        return level
    window = max(3, round(GROUND_WINDOW_S * fps)) if np.isfinite(fps) else 3
    filled = np.interp(np.arange(len(level)), np.flatnonzero(seen), level[seen])
    return np.asarray(ndimage.percentile_filter(filled, 90, size=window, mode="nearest"))


def _flat_pitch_deg(pitch: Array, height: Array) -> float:
    """The pitch of the flat foot: median over the frames in which this foot is the lower one.

    Kept within ``FLAT_PITCH_DEG``, so that a heel held up throughout is not taken for the floor.
    """
    lower = pitch[np.isfinite(pitch) & (height <= 0)]
    if lower.size == 0:
        return 0.0
    return float(np.clip(np.median(lower), *FLAT_PITCH_DEG))


def _arm(pose: CleanPose, track: Track, size: Size, k: int) -> dict[str, Array]:
    span, f = slice(track.start, track.stop), track.forward
    shoulder, elbow, wrist = (pose.part(p)[k, span] for p in ("shoulder", "elbow", "wrist"))
    hip = pose.middle("hip")[span]
    return {
        "elbow_flexion_{side}_deg": flexion_deg(shoulder, elbow, wrist),
        "wrist_forward_{side}_ratio": (wrist[:, 0] - hip[:, 0]) * f / size.trunk,
    }


def _trunk_and_head(pose: CleanPose, track: Track, size: Size) -> dict[str, Array]:
    span, f = slice(track.start, track.stop), track.forward
    near = 1 if f > 0 else 0  # facing image-right shows the right side
    hip, shoulders = pose.middle("hip")[span], pose.middle("shoulder")[span]
    ears = pose.middle("ear")[span]
    near_hip, near_wrist = pose.part("hip")[near, span, 0], pose.part("wrist")[near, span, 0]
    # the hand is nearer to the camera than the hip, so it gains on it as the athlete crosses the picture
    aside = (near_hip - pose.width / 2) / (FOCAL_SHARE * max(pose.width, pose.height))
    by_hand = (near_hip - near_wrist) / size.trunk + HANDS_OUT_TRUNKS * aside
    along = {"forward": 1.0, "backward": -1.0}.get(track.direction, np.nan)
    return {
        "trunk_lean_deg": from_vertical_deg(hip, shoulders, f),
        "trunk_length_ratio": length(hip, shoulders) / size.trunk,
        # all midway or all on the near side: what lies at two depths shifts as the athlete crosses the picture
        "neck_angle_deg": above_level_deg(shoulders, ears, f),
        "gaze_pitch_deg": above_level_deg(ears, pose.at("nose")[span], f),
        "hip_height_ratio": (_floor_y(track, pose.part("ankle")[:, span, 1]) - hip[:, 1]) / size.leg,
        "hip_drift_ratio": _still_against(track, by_hand * f, near_hip / size.trunk * f),
        "hip_speed_ratio_s": track.hip_speed * along,
    }


def _still_against(track: Track, by_hand: Array, by_picture: Array) -> Array:
    """Where the hips are against what they are anchored to. On a belt hands and picture both stand still, and the
    hips move by no more than against either: a hand that slides moves the one, a camera that sways the other.
    """
    if track.direction != "in_place" or not np.isfinite(by_picture).any():
        return by_hand
    spread = [float(np.std(v[np.isfinite(v)])) if np.isfinite(v).any() else np.inf for v in (by_hand, by_picture)]
    return by_hand if spread[0] <= spread[1] else by_picture


def _floor_y(track: Track, ankle_y: Array) -> Array:
    """(n,) px where the lower ankle is on the mean of a second: in a step it rises with its own heel."""
    return rolling_mean(track.time_s, np.maximum(ankle_y[0], ankle_y[1]), FLOOR_WINDOW_S)
