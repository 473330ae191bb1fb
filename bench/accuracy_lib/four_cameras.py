"""Four calibrated, synchronised cameras: yaw, knee flexion and trunk lean of each against triangulated markers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.accuracy_lib.raw import raw_yaw_deg
from formcheck.api import analyse_pose
from formcheck.core.geometry import wrap_deg
from formcheck.core.skeleton import joint
from formcheck.core.types import Array, PoseSequence


@dataclass(frozen=True)
class RealRow:
    """One line of the table of real clips."""

    what: str
    reference: str
    ours: str
    raw: str
    reached: str


def read_markers(path: Path) -> dict[str, Array]:
    """Markers (T, 3) in metres, z up, by name, from a TRC file (which is y up)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name]
    table = np.array([[float(v) for v in line.split("\t")] for line in lines[5:] if line.strip()])
    xyz = table[:, 2 : 2 + 3 * len(names)].reshape(len(table), -1, 3)[..., [2, 0, 1]]
    return {name: xyz[:, k] for k, name in enumerate(names)}


def read_motion(path: Path) -> dict[str, Array]:
    """Columns (T,) of an OpenSim motion file, degrees."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = lines.index("endheader") + 1
    table = np.array([[float(v) for v in line.split()] for line in lines[start + 1 :] if line.strip()])
    return dict(zip(lines[start].split(), table.T, strict=True))


def camera_place(path: Path, camera: str) -> Array:
    """(3,) metres, z up."""
    for node in ET.parse(path).getroot().iter("camera"):
        if node.get("serial") == camera:
            transform = node.find("transform")
            if transform is not None:
                return np.array([float(transform.get(axis, "nan")) / 1000.0 for axis in "xyz"])
    raise ValueError(f"{path}: no camera {camera}")


def marker_yaw_deg(markers: dict[str, Array], place: Array) -> Array:
    """(T,) yaw of the pelvis and shoulders against the camera."""
    hip = 0.5 * (markers["RHip"] + markers["LHip"])
    across = (markers["LHip"] - markers["RHip"]) + (markers["LShoulder"] - markers["RShoulder"])
    heading = np.degrees(np.arctan2(-across[:, 0], across[:, 1]))
    to_camera = place - hip
    return np.asarray(wrap_deg(heading - np.degrees(np.arctan2(to_camera[:, 1], to_camera[:, 0]))))


def _mean_angle(deg: Array) -> float:
    rad = np.radians(deg[np.isfinite(deg)])
    return float(np.degrees(np.arctan2(np.sin(rad).mean(), np.cos(rad).mean())))


def _bend_3d(a: Array, b: Array, c: Array) -> Array:
    u, v = a - b, c - b
    cosine = (u * v).sum(-1) / (np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1))
    return np.asarray(180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def marker_lean_deg(markers: dict[str, Array]) -> Array:
    """(T,) trunk lean toward the facing."""
    trunk = 0.5 * (markers["RShoulder"] + markers["LShoulder"] - markers["RHip"] - markers["LHip"])
    across = (markers["LHip"] - markers["RHip"])[:, :2]
    facing = np.stack([across[:, 1], -across[:, 0]], axis=1) / np.linalg.norm(across, axis=1, keepdims=True)
    return np.asarray(np.degrees(np.arctan2((trunk[:, :2] * facing).sum(axis=1), trunk[:, 2])))


def camera_rows(folder: Path, camera: str, pose: PoseSequence) -> list[RealRow]:
    """Yaw, knee flexion of both legs and trunk lean as one camera sees them."""
    markers = read_markers(folder / "p2s_single_markers.trc")
    motion = read_motion(folder / "p2s_single_angles.mot")
    true_yaw = _mean_angle(marker_yaw_deg(markers, camera_place(folder / "p2s_single_calibration.qca.txt", camera)))
    analysis = analyse_pose(pose, "auto")
    yaw, raw_yaw = analysis.report.yaw_deg, raw_yaw_deg(pose)
    name = f"four cameras, {camera}"
    rows = [
        RealRow(
            f"{name}: yaw",
            f"{true_yaw:+.0f}°",
            "none" if yaw is None else f"{yaw:+.0f}° ({_off(yaw, true_yaw):+.0f}°)",
            f"{raw_yaw:+.0f}° ({_off(raw_yaw, true_yaw):+.0f}°)",
            yes_no(yaw is not None and abs(_off(yaw, true_yaw)) <= 10),
        )
    ]
    n = min(len(pose.time_s), len(markers["RHip"]))
    for side, letter in (("left", "L"), ("right", "R")):
        flexion = _bend_3d(*(markers[f"{letter}{p}"][:n] for p in ("Hip", "Knee", "Ankle")))
        opensim = motion[f"knee_angle_{letter.lower()}"][:n]
        ours = analysis.signals[f"knee_flexion_{side}_deg"][:n]
        world = _bend_3d(*(pose.world_m[:n, joint(p, side)] for p in ("hip", "knee", "ankle")))  # type: ignore[arg-type]
        rows.append(
            RealRow(
                f"{name}: knee flexion {side}",
                f"markers; the OpenSim fit differs by {np.abs(flexion - opensim).mean():.1f}°",
                _error(ours - flexion),
                f"{_error(world - flexion)} (model's 3-D)",
                _in_side_view(ours, flexion, 5.0),
            )
        )
    lean = marker_lean_deg(markers)[:n]
    ours = analysis.signals["trunk_lean_deg"][:n]
    rows.append(RealRow(f"{name}: trunk lean", "markers", _error(ours - lean), "", _in_side_view(ours, lean, 4.0)))
    return rows


def _off(a: float, b: float) -> float:
    return float(wrap_deg(np.asarray(a - b)))


def _error(errors: Array) -> str:
    finite = errors[np.isfinite(errors)]
    if finite.size == 0:
        return "not given in this view"
    return f"MAE {np.abs(finite).mean():.1f}°, bias {finite.mean():+.1f}°"


def _in_side_view(ours: Array, truth: Array, limit: float) -> str:
    errors = (ours - truth)[np.isfinite(ours - truth)]
    return "" if errors.size == 0 else yes_no(float(np.abs(errors).mean()) <= limit)


def yes_no(reached: bool) -> str:
    """For the last column."""
    return "yes" if reached else "no"
