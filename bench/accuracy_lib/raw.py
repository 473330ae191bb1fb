"""Raw landmarks measured by plain textbook formulas: no smoothing, no repair, no bias taken out.

The baseline beside every row. It is even told the true view and facing, which formcheck has to find out.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from bench.accuracy_lib.clips import Fixture
from formcheck.core.skeleton import SIDES, SKELETON, joint
from formcheck.core.types import Array, PoseSequence

MIN_STRIDE_S = 0.4
PROMINENCE = 0.25  # of the signal's p95 - p5


def _bend(a: Array, b: Array, c: Array) -> Array:
    u, v = a - b, c - b
    cosine = (u * v).sum(-1) / np.maximum(np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1), 1e-9)
    return np.asarray(180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _p90(values: Array) -> float:
    return float(np.nanpercentile(values, 90)) if np.isfinite(values).any() else float("nan")


def _middle(xy: Array, part: str) -> Array:
    return np.asarray(0.5 * (xy[:, joint(part, "left")] + xy[:, joint(part, "right")]))


def raw_signals(pose: PoseSequence, fixture: Fixture) -> dict[str, Array]:
    """Columns by vocabulary name, those the true view can show."""
    out: dict[str, Array] = {}
    if fixture.kind == "side":
        out.update(_sagittal(pose.landmarks_px, fixture.forward))
    elif fixture.kind in ("front", "back"):
        out.update(_frontal(pose.landmarks_px, fixture.kind))
    if fixture.kind != "side":
        hips = pose.world_m[:, SKELETON["hip_r"]] - pose.world_m[:, SKELETON["hip_l"]]
        turn = np.unwrap(np.radians(_turn_deg(hips)))
        out["pelvis_yaw_deg"] = np.degrees(turn - np.nanmedian(turn)) if np.isfinite(turn).all() else turn * np.nan
    return out


def _turn_deg(line: Array) -> Array:
    """Yaw whose left-to-right line is (x, z) of ``line``."""
    return np.asarray(np.degrees(np.arctan2(-line[:, 2], -line[:, 0])))


def _sagittal(xy: Array, f: float) -> dict[str, Array]:
    out: dict[str, Array] = {}
    for side in SIDES:
        hip, knee, ankle, heel, toe = (xy[:, joint(p, side)] for p in ("hip", "knee", "ankle", "heel", "toe"))
        shank, foot = _p90(np.linalg.norm(knee - ankle, axis=1)), _p90(np.linalg.norm(toe - heel, axis=1))
        out[f"knee_flexion_{side}_deg"] = _bend(hip, knee, ankle)
        pitch = np.degrees(np.arctan2(toe[:, 1] - heel[:, 1], (toe[:, 0] - heel[:, 0]) * f))
        out[f"foot_pitch_{side}_deg"] = pitch
        out[f"foot_placement_{side}_ratio"] = (ankle[:, 0] - knee[:, 0]) * f / shank
        out[f"knee_over_toe_{side}_ratio"] = (knee[:, 0] - toe[:, 0]) * f / foot
    trunk = _middle(xy, "shoulder") - _middle(xy, "hip")
    out["trunk_lean_deg"] = np.degrees(np.arctan2(trunk[:, 0] * f, -trunk[:, 1]))
    return out


def _frontal(xy: Array, kind: str) -> dict[str, Array]:
    out: dict[str, Array] = {}
    for side in SIDES:
        hip, knee, ankle, toe = (xy[:, joint(p, side)] for p in ("hip", "knee", "ankle", "toe"))
        outward = (1.0 if side == "left" else -1.0) * (1.0 if kind == "front" else -1.0)
        share = (knee - hip)[:, 1] / np.where(np.abs((ankle - hip)[:, 1]) < 1e-6, np.nan, (ankle - hip)[:, 1])
        on_line = hip[:, 0] + share * (ankle - hip)[:, 0]
        out[f"fppa_{side}_deg"] = np.sign(outward * (on_line - knee[:, 0])) * _bend(hip, knee, ankle)
        if kind == "front":
            shank = _p90(np.linalg.norm(knee - ankle, axis=1))
            out[f"knee_toe_offset_{side}_ratio"] = outward * (toe[:, 0] - knee[:, 0]) / shank
    return out


def raw_yaw_deg(pose: PoseSequence) -> float:
    """Circular mean of the yaw of the world hip and shoulder lines."""
    lines = [pose.world_m[:, SKELETON[f"{p}_r"]] - pose.world_m[:, SKELETON[f"{p}_l"]] for p in ("hip", "shoulder")]
    turn = np.radians(np.concatenate([_turn_deg(line) for line in lines]))
    turn = turn[np.isfinite(turn)]
    return float(np.degrees(np.arctan2(np.sin(turn).mean(), np.cos(turn).mean()))) if turn.size else float("nan")


def raw_events(pose: PoseSequence, fixture: Fixture) -> dict[str, dict[str, Array]]:
    """Zeni's extremes, time-reversed for backward gait: ``{side: {"contact": s, "off": s}}``; side views only."""
    out: dict[str, dict[str, Array]] = {}
    hip = _middle(pose.landmarks_px, "hip")[:, 0]
    for side in SIDES:
        heel, toe = ((pose.landmarks_px[:, joint(p, side), 0] - hip) * fixture.forward for p in ("heel", "toe"))
        pair = (-toe, heel) if fixture.backward else (heel, -toe)
        out[side] = {name: _peaks(pose.time_s, values) for name, values in zip(("contact", "off"), pair, strict=True)}
    return out


def _peaks(time_s: Array, values: Array) -> Array:
    seen = np.isfinite(values)
    if seen.sum() < 5:
        return np.empty(0)
    low, high = np.percentile(values[seen], [5, 95])
    gap = max(1, int(MIN_STRIDE_S / float(np.median(np.diff(time_s)))))
    safe = np.where(seen, values, low)
    found, _ = signal.find_peaks(safe, prominence=PROMINENCE * max(high - low, 1e-9), distance=gap)
    return np.asarray(time_s[found])
