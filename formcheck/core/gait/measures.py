"""Numbers of each step: time, length, speed, rocking, smoothness. Arrays (n,) over the steps of a track.

Distances are leg lengths. NaN where a neighbouring contact or lift-off was not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.core import windows
from formcheck.core.clean.filters import low_pass, neighbours_median, velocity
from formcheck.core.gait.contacts import Contact
from formcheck.core.gait.smoothness import longest_run, sparc_rows
from formcheck.core.gait.tracks import Track
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.types import Array, Index, Signals

MISSED_STEP: Final = 1.7  # an interval this many times its neighbours hides a missed step
COUPLED: Final = 0.5  # |r| of trunk swing with hip speed from which the body swing drives the sled (B4)
STALL_SPEED_SHARE: Final = 0.1  # of the usual top speed (B10 has the median, which a set of stops pulls down)
STALL_S: Final = 0.3
HEEL_UP_DEG: Final = 10.0  # B7
SEATED_HIP_LEGS: Final = 0.65  # hips above the floor: seated about 0.4, standing 0.8 and more
TRUNK_LEGS: Final = 0.59  # hip to shoulder against hip to ankle (Winter 2009)
SLIDE_SHARE: Final = 0.25  # of a step: from there on what the hips do is not what the sled does
WIDEST_S: Final = 0.12  # on a belt the ankles are furthest apart within this of contact
FLOW_CUTOFF_HZ: Final = 3.0  # the hips' speed goes with the steps, one or two a second

Sides = Index


@dataclass(frozen=True)
class StepTable:
    """Contacts of one track as arrays: ``side`` 0 left, 1 right; ``next_same_s`` the same foot's next contact."""

    side: Sides
    contact_s: Array
    off_s: Array
    next_same_s: Array
    step_time_s: Array


def tabulate(contacts: list[Contact]) -> StepTable:
    """Contacts (in time order) as a table, with step and stride intervals."""
    side = np.array([SIDES.index(c.side) for c in contacts], dtype=np.intp)
    contact = np.array([c.contact_s for c in contacts])
    next_same = np.full(len(contacts), np.nan)
    for k in (0, 1):
        mine = np.flatnonzero(side == k)
        next_same[mine[:-1]] = contact[mine[1:]]
    step_time = np.full(len(contacts), np.nan)
    if len(contacts) > 1:
        step_time[1:] = np.where(side[1:] != side[:-1], np.diff(contact), np.nan)
    return StepTable(
        side, contact, np.array([c.off_s for c in contacts]),
        _plausible(next_same - contact) + contact, _plausible(step_time),
    )  # fmt: skip


def _plausible(interval: Array) -> Array:
    """Without those so much longer than their neighbours that a step between was missed."""
    return np.where(interval > MISSED_STEP * neighbours_median(interval), np.nan, interval)


def step_measures(signals: Signals, track: Track, table: StepTable) -> dict[str, Array]:
    """Every per-step measure of the vocabulary that the track's view allows."""
    times = _times(table)
    out = dict(times)
    stride = windows.frames_between(signals.time_s, table.contact_s, table.next_same_s)
    out["pelvis_twist_range_deg"] = _range(signals, "pelvis_yaw_deg", stride)
    if track.view in ("front", "back"):
        out["lateral_range_deg"] = _range(signals, "trunk_lateral_deg", stride)
        out["hip_sway_ratio"] = _range(signals, "hip_lateral_ratio", stride)
    if track.view != "oblique":
        out["wrist_range_ratio"] = _wrist_range(signals, stride, track)
    if track.view in ("left_side", "right_side"):
        out.update(_lengths(signals, track, table))
        out.update(_trunk(signals, track, stride))
        out.update(_flow(signals, track, table, stride))
        out.update(_limbs(signals, track, table))
    return out


def _times(table: StepTable) -> dict[str, Array]:
    return {
        "step_time_s": table.step_time_s,
        "stride_time_s": table.next_same_s - table.contact_s,
        "stance_s": table.off_s - table.contact_s,
        "swing_s": table.next_same_s - table.off_s,
        "cadence_spm": 60.0 / table.step_time_s,
    }


def _range(signals: Signals, name: str, index: Index) -> Array:
    return windows.statistic("range", windows.gather(signals[name], index), index)


def by_side(signals: Signals, pattern: str, index: Index, side: Sides) -> Array:
    """(n, L) windows of a sided signal, each step from its own side."""
    left = windows.gather(signals[pattern.format(side="left")], index)
    right = windows.gather(signals[pattern.format(side="right")], index)
    return np.where((side == 0)[:, None], left, right)


def _wrist_range(signals: Signals, stride: Index, track: Track) -> Array:
    """The greater of the wrists' fore-aft and vertical ranges against the hip; from the side, the near hand's."""
    best = np.full(len(stride), np.nan)
    for side in _hands_seen(track):
        for axis in ("wrist_forward_{side}_ratio", "wrist_up_{side}_ratio"):
            best = np.fmax(best, _range(signals, axis.format(side=side), stride))
    return best


def _hands_seen(track: Track) -> tuple[Side, ...]:
    """The near hand from the side (the body hides the far one), else both."""
    near: dict[str, tuple[Side, ...]] = {"left_side": ("left",), "right_side": ("right",)}
    return near.get(track.view, SIDES)


def _lengths(signals: Signals, track: Track, table: StepTable) -> dict[str, Array]:
    span = slice(track.start, track.stop)
    if track.direction == "in_place":
        apart = np.abs(track.ankle[0] - track.ankle[1])
        around = windows.frames_between(track.time_s, table.contact_s - WIDEST_S, table.contact_s + WIDEST_S)
        length = windows.statistic("max", windows.gather(apart, around), around)
    else:
        speed = np.where(np.isfinite(track.hip_speed), track.hip_speed, 0.0)
        interval = np.diff(track.time_s, prepend=track.time_s[0])
        travel = windows.at_times(signals.time_s[span], np.cumsum(speed * interval), table.contact_s)
        length = np.abs(np.diff(travel, prepend=np.nan)) if len(travel) else travel
    length = np.where(np.isfinite(table.step_time_s), length, np.nan)
    speed_per_step = length / table.step_time_s
    slid = _hips_slide(signals, table, length)
    return {
        "step_length_ratio": np.full(len(length), np.nan) if slid else length,
        "stride_length_ratio": length + np.concatenate((length[1:], [np.nan])) if len(length) else length,
        "step_speed_ratio_s": speed_per_step,
        "shuffle_ratio": _shuffle(table.step_time_s, length),
    }


def _hips_slide(signals: Signals, table: StepTable, length: Array) -> bool:
    """Whether a seated athlete's hips move on the seat by so much of a step that they don't tell its length."""
    seated = _median(signals["hip_height_ratio"]) < SEATED_HIP_LEGS
    if not seated or len(length) < 2:
        return False
    slide = np.abs(np.diff(windows.at_times(signals.time_s, signals["hip_drift_ratio"], table.contact_s)))
    return _median(slide) * TRUNK_LEGS > SLIDE_SHARE * _median(length)


def _shuffle(step_time: Array, length: Array) -> Array:
    """Cadence gained times length lost against the first three strides; 0 unless both."""
    if len(length) < 7:
        return np.full(len(length), np.nan)
    faster = _median(step_time[:7]) / step_time - 1.0
    shorter = 1.0 - length / _median(length[:7])
    both = np.where((faster > 0) & (shorter > 0), np.sqrt(np.abs(faster * shorter)), 0.0)
    return np.where(np.isfinite(faster + shorter), both, np.nan)


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def _trunk(signals: Signals, track: Track, stride: Index) -> dict[str, Array]:
    rocking = _range(signals, "trunk_lean_deg", stride)
    swing = windows.gather(velocity(signals.time_s, signals["trunk_lean_deg"]), stride)
    speed = windows.gather(_hip_speed(signals, track), stride)
    coupled = np.abs(_row_correlation(swing, speed)) > COUPLED
    return {
        "rocking_range_deg": rocking,
        "body_swing_deg": np.where(np.isfinite(rocking), np.where(coupled, rocking, 0.0), np.nan),
    }


def _hip_speed(signals: Signals, track: Track) -> Array:
    """(T,) hip speed along the travel, without the jitter that a derivative makes loud."""
    out = np.full(len(signals.time_s), np.nan)
    sign = -1.0 if track.gait == "backward" else 1.0
    slow = low_pass(track.time_s, track.hip_speed[:, None], FLOW_CUTOFF_HZ)[:, 0]
    out[track.start : track.stop] = slow * sign
    return out


def _row_correlation(a: Array, b: Array) -> Array:
    ok = np.isfinite(a) & np.isfinite(b)
    n = np.maximum(ok.sum(axis=1), 1)[:, None]
    a0, b0 = np.where(ok, a, 0.0), np.where(ok, b, 0.0)
    da = np.where(ok, a - a0.sum(axis=1, keepdims=True) / n, 0.0)
    db = np.where(ok, b - b0.sum(axis=1, keepdims=True) / n, 0.0)
    scale = np.sqrt((da**2).sum(axis=1) * (db**2).sum(axis=1))
    return np.asarray((da * db).sum(axis=1) / np.where(scale > 1e-12, scale, np.inf))


def _flow(signals: Signals, track: Track, table: StepTable, stride: Index) -> dict[str, Array]:
    hip_height = signals["hip_height_ratio"]
    out = {"hip_bounce_ratio": _range_of(hip_height, stride)}
    if track.direction == "in_place":
        return out
    speed = _hip_speed(signals, track)
    rows = windows.gather(speed, stride)
    mean = windows.statistic("mean", rows, stride)
    out["surge_ratio"] = windows.statistic("max", rows, stride) / np.where(mean > 1e-6, mean, np.nan)
    out["sparc"] = sparc_rows(rows, float(np.median(np.diff(signals.time_s))))
    step = windows.frames_between(signals.time_s, table.contact_s, table.contact_s + _next_step(table))
    slow = windows.gather((speed < STALL_SPEED_SHARE * _top(speed)).astype(np.float64), step)
    longest = longest_run(slow > 0.5) * float(np.median(np.diff(signals.time_s)))
    out["stall_s"] = np.where(np.isfinite(_next_step(table)), np.where(longest >= STALL_S, longest, 0.0), np.nan)
    return out


def _top(speed: Array) -> float:
    """The usual top speed: a set that stops at every step has no other usual speed."""
    seen = speed[np.isfinite(speed)]
    return float(np.percentile(seen, 90)) if seen.size else float("nan")


def _next_step(table: StepTable) -> Array:
    return np.concatenate((table.step_time_s[1:], [np.nan])) if len(table.side) else table.step_time_s


def _range_of(values: Array, index: Index) -> Array:
    return windows.statistic("range", windows.gather(values, index), index)


def _limbs(signals: Signals, track: Track, table: StepTable) -> dict[str, Array]:
    stance = windows.frames_between(signals.time_s, table.contact_s, table.off_s)
    swing = windows.frames_between(signals.time_s, table.off_s, table.next_same_s)
    fifth = (table.off_s - table.contact_s) / 5
    drive = windows.frames_between(signals.time_s, table.contact_s + fifth, table.off_s - fifth)
    pitch = by_side(signals, "foot_pitch_{side}_deg", drive, table.side)
    up = np.where(np.isfinite(pitch), (pitch > HEEL_UP_DEG).astype(np.float64), np.nan)
    elbow = _range(signals, f"elbow_flexion_{_hands_seen(track)[0]}_deg", stance)
    ankle_speed = np.full((2, len(signals.time_s)), np.nan)
    ankle_speed[:, track.start : track.stop] = np.abs(np.gradient(track.ankle, track.time_s, axis=1))
    foot = [windows.gather(ankle_speed[k], swing) for k in (0, 1)]
    rows = np.where((table.side == 0)[:, None], foot[0], foot[1])
    return {
        "elbow_range_deg": elbow,
        "heel_up_share": windows.statistic("mean", up, drive),
        "swing_peak_speed_ratio_s": windows.statistic("max", rows, swing),
    }


def side_name(k: int) -> Side:
    """Left for 0, right for 1."""
    return SIDES[k]
