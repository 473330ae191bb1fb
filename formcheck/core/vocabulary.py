"""The words exercise files may use: per-frame signals, per-step measures, phases, statistics.

A signal or measure that is not listed here does not exist; the exercise loader checks names against it.
``views`` are those in which the number means something. ``{side}`` stands for left or right.
Side views are left_side and right_side ("side"); "front" and "back" are told apart by the face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Phase = Literal[
    "contact",  # the frame of contact (mean of the two frames around it)
    "early_stance",  # contact to 40 % of stance
    "mid_drive",  # 20 to 80 % of stance
    "stance",  # contact to lift-off
    "swing",  # lift-off to the same foot's next contact
    "stride",  # contact to the same foot's next contact
    "start",  # from the first frame of the lap to the first contact (at most the last 2 s of it)
    "set",  # the whole set; for per-step measures: over all steps
]
WINDOW_STATISTICS: Final = ("mean", "median", "min", "max", "p05", "p95", "range", "sd")
#: Over the steps of a set, from a per-step measure (phase = "set").
SET_STATISTICS: Final = (
    "mean", "median", "min", "max", "sd",
    "cv_pct",  # 100 SD / mean, the frame-rate floor taken out in quadrature for times
    "symmetry_pct",  # 100 |L - R| / (0.5 (L + R)) of the side medians
    "drift",  # median of the last three strides minus that of the first three
    "loss_pct",  # 100 (1 - median of last three / best of first three)
    "jump_pct",  # greatest change from one stride to the next, percent
    "share",  # share of steps with a value above zero, 0..1
)  # fmt: skip
STATISTICS: Final = tuple(dict.fromkeys(WINDOW_STATISTICS + SET_STATISTICS))

SIDE: Final = ("side",)
FRONT: Final = ("front",)
FRONTAL: Final = ("front", "back")
ANY: Final = ("side", "front", "back", "oblique")


@dataclass(frozen=True)
class Quantity:
    """A per-frame signal or a per-step measure: its name, unit, the views it needs, and what it is."""

    name: str
    unit: str
    views: tuple[str, ...]
    what: str

    @property
    def sided(self) -> bool:
        """Whether there is one for each side."""
        return "{side}" in self.name


def _q(name: str, unit: str, views: tuple[str, ...], what: str) -> Quantity:
    return Quantity(name, unit, views, what)


#: Per frame. "Leg" is thigh plus shank, each the clip's 90th percentile; + is toward the athlete's facing.
SIGNALS: Final[tuple[Quantity, ...]] = (
    _q("knee_flexion_{side}_deg", "deg", SIDE, "knee flexion, 0 straight"),
    _q("hip_flexion_{side}_deg", "deg", SIDE, "180 minus the shoulder-hip-knee angle"),
    _q("ankle_dorsiflexion_{side}_deg", "deg", SIDE, "90 minus the angle of shank and sole, + toes up"),
    _q("shin_inclination_{side}_deg", "deg", SIDE, "shank from vertical, + knee ahead of the ankle"),
    _q("foot_pitch_{side}_deg", "deg", SIDE, "sole against its flat-foot angle, + heel up"),
    _q("fppa_{side}_deg", "deg", FRONTAL, "frontal-plane projection angle, + knee inward; NaN over 60 deg flexion"),
    _q("knee_toe_offset_{side}_ratio", "shank", FRONT, "knee inward of the toe, sideways, + inward"),
    _q("foot_placement_{side}_ratio", "shank", SIDE, "ankle ahead of the knee"),
    _q("knee_over_toe_{side}_ratio", "foot", SIDE, "knee past the toe tip"),
    _q("foot_clearance_{side}_ratio", "leg", SIDE, "foot above its stance height"),
    _q("elbow_flexion_{side}_deg", "deg", SIDE, "elbow flexion, 0 straight"),
    _q("wrist_forward_{side}_ratio", "trunk", SIDE, "wrist ahead of the mid-hip"),
    _q("wrist_up_{side}_ratio", "trunk", ("side", "front", "back"), "wrist above the mid-hip"),
    _q("wrist_speed_{side}_ratio_s", "leg/s", ("side", "front", "back"), "wrist speed in the picture"),
    _q("trunk_lean_deg", "deg", SIDE, "mid-hip to mid-shoulder from vertical, + toward facing"),
    _q("trunk_length_ratio", "trunk", SIDE, "apparent trunk length against its 90th percentile"),
    _q("trunk_lateral_deg", "deg", FRONTAL, "trunk from vertical, + to the athlete's right"),
    _q("shoulder_tilt_deg", "deg", FRONTAL, "shoulder line from level, + right side up"),
    _q("hip_lateral_ratio", "hip width", FRONTAL, "mid-hip sideways of its own course (2 s mean)"),
    _q("pelvis_yaw_deg", "deg", ("front", "back", "oblique"), "pelvis turn about vertical against the lap's median"),
    _q("neck_angle_deg", "deg", SIDE, "mid-shoulder to mid-ear above level; falls as the head cranes forward"),
    _q("gaze_pitch_deg", "deg", SIDE, "ear to nose above level"),
    _q("hip_height_ratio", "leg", SIDE, "mid-hip above the lower ankle's mean level"),
    _q("hip_drift_ratio", "trunk", SIDE, "near hip ahead of the near wrist (handles), parallax allowed for"),
    _q("hip_side_drift_ratio", "hip width", FRONTAL, "mid-hip sideways of the mid-wrist (handles)"),
    _q("hip_speed_ratio_s", "leg/s", SIDE, "mid-hip speed along the travel; NaN in place"),
    _q("stance_width_ratio", "hip width", FRONTAL, "ankles apart, sideways"),
    _q("knee_ankle_separation_ratio", "ratio", FRONTAL, "knees apart over ankles apart"),
    _q("body_speed_ratio_s", "leg/s", ANY, "mean speed of hips, shoulders, knees and ankles in the picture"),
)

#: Per step, on the step's own side; leg lengths for distances.
STEP_MEASURES: Final[tuple[Quantity, ...]] = (
    _q("step_time_s", "s", ANY, "from the other foot's contact to this one"),
    _q("stride_time_s", "s", ANY, "from this contact to the same foot's next"),
    _q("stance_s", "s", SIDE, "contact to lift-off"),
    _q("swing_s", "s", SIDE, "lift-off to the same foot's next contact"),
    _q("cadence_spm", "steps/min", ANY, "60 over step time"),
    _q("step_length_ratio", "leg", SIDE, "mid-hip travel of the step; on a belt, ankles apart around contact"),
    _q("stride_length_ratio", "leg", SIDE, "sum of two steps"),
    _q("step_speed_ratio_s", "leg/s", SIDE, "step length over step time"),
    _q("rocking_range_deg", "deg", SIDE, "p95 - p5 of trunk lean over the stride"),
    _q("body_swing_deg", "deg", SIDE, "rocking range where trunk swing goes with hip speed (|r| > 0.5), else 0"),
    _q("sparc", "", SIDE, "spectral arc length of hip speed over the stride; nearer 0 is smoother"),
    _q("surge_ratio", "ratio", SIDE, "peak over mean hip speed in the stride"),
    _q("stall_s", "s", SIDE, "longest time in the step below 10 % of the set's median speed, if 0.3 s or more; else 0"),
    _q("hip_bounce_ratio", "leg", SIDE, "vertical range of the mid-hip over the stride"),
    _q("hip_sway_ratio", "hip width", FRONTAL, "sideways range of the mid-hip over the stride"),
    _q("lateral_range_deg", "deg", FRONTAL, "p95 - p5 of trunk_lateral over the stride"),
    _q("pelvis_twist_range_deg", "deg", ("front", "back", "oblique"), "p95 - p5 of pelvis_yaw over the stride"),
    _q("elbow_range_deg", "deg", SIDE, "elbow range over the stance (drive)"),
    _q("wrist_range_ratio", "trunk", ("side", "front", "back"), "wrist's range against the mid-hip over the stride"),
    _q("heel_up_share", "ratio", SIDE, "share of mid-drive with the heel up over 10 deg"),
    _q(
        "shuffle_ratio",
        "ratio",
        SIDE,
        "cadence gained times length lost against the first three strides; 0 if not both",
    ),
    _q("swing_peak_speed_ratio_s", "leg/s", SIDE, "peak speed of the swinging ankle against the hip"),
)

#: Once per lap or set.
SET_MEASURES: Final[tuple[Quantity, ...]] = (
    _q("quiet_before_start_s", "s", ANY, "longest stillness ending at the first drive; NaN if the clip starts moving"),
    _q("stall_share", "ratio", SIDE, "share of steps with a stall"),
    _q("ad2_regularity", "ratio", SIDE, "stride regularity: unbiased autocorrelation of hip motion at one stride"),
)

BY_NAME: Final[dict[str, Quantity]] = {q.name: q for q in (*SIGNALS, *STEP_MEASURES, *SET_MEASURES)}
