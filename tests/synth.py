"""Stick people whose steps, angles and views are known by construction.

A walker in athlete's axes (x ahead of the facing, y to the athlete's left, z up, metres), seen by a level
camera far away (no perspective unless ``approach`` is asked for) at a given yaw. Feet stand still on the ground
(or ride a belt) in stance and swing by a minimum-jerk movement; knees follow by two-bone geometry.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formcheck.core.skeleton import LANDMARKS, SKELETON
from formcheck.core.types import EngineInfo, PoseSequence, VideoInfo

THIGH, SHANK, TRUNK, FOOT, HIP_HALF, SHOULDER_HALF = 0.42, 0.42, 0.50, 0.20, 0.12, 0.18
HEEL_BACK = 0.05


@dataclass(frozen=True)
class Walk:
    """What the walker does. Times are seconds, lengths metres; ``speed`` is always positive."""

    gait: str = "backward"
    yaw_deg: float = 90.0
    fps: float = 30.0
    duration_s: float = 8.0
    stride_s: float = 1.2
    stance_share: float = 0.62
    speed: float = 0.6
    belt: bool = False
    hip_height: float = 0.76
    lift: float = 0.07
    lean_deg: float = 5.0
    rock_deg: float = 0.0
    px_per_m: float = 300.0
    width: int = 1280
    height: int = 720
    phase: float = 0.15
    valgus_m: dict = field(default_factory=dict)
    noise_px: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Truth:
    contacts: dict  # side -> times
    offs: dict
    knee_deg: dict  # side -> (T,)


def times(walk: Walk) -> np.ndarray:
    return np.arange(int(round(walk.duration_s * walk.fps))) / walk.fps


def foot_path(walk: Walk, t: np.ndarray, offset: float):
    """Ankle x (world, ahead of facing), height, and this foot's contact and lift-off times."""
    sign = -1.0 if walk.gait == "backward" else 1.0
    stance = walk.stance_share * walk.stride_s
    cycle = (t / walk.stride_s + offset) % 1.0 * walk.stride_s
    contact = t - cycle
    step = walk.speed * walk.stride_s
    # planted where the hips will be at mid-stance
    plant = sign * (walk.speed * (contact + stance / 2))
    swing = np.clip((cycle - stance) / (walk.stride_s - stance), 0, 1)
    x = plant + sign * step * swing**3 * (10 - 15 * swing + 6 * swing**2)
    z = walk.lift * np.sin(np.pi * swing) ** 2
    start = -offset * walk.stride_s
    contacts = [c for k in range(-1, 400) if t[0] <= (c := start + k * walk.stride_s) <= t[-1]]
    offs = [c for k in range(-1, 400) if t[0] <= (c := start + k * walk.stride_s + stance) <= t[-1]]
    return x, z + 0.08, np.array(contacts), np.array(offs)


def knee_between(hip: np.ndarray, ankle: np.ndarray):
    """Knee (T, 2) ahead of the hip-ankle line, in the x-z plane, and its flexion (T,) in degrees."""
    d = ankle - hip
    dist = np.minimum(np.hypot(d[:, 0], d[:, 1]), THIGH + SHANK - 1e-6)
    cos_knee = (THIGH**2 + SHANK**2 - dist**2) / (2 * THIGH * SHANK)
    a = np.arccos(np.clip((THIGH**2 + dist**2 - SHANK**2) / (2 * THIGH * dist), -1, 1))
    heading = np.arctan2(d[:, 1], d[:, 0])
    at = heading + a
    return hip + THIGH * np.stack([np.cos(at), np.sin(at)], 1), 180 - np.degrees(np.arccos(np.clip(cos_knee, -1, 1)))


def walker(walk: Walk) -> tuple[PoseSequence, Truth]:
    t = times(walk)
    sign = -1.0 if walk.gait == "backward" else 1.0
    hip_x = sign * walk.speed * t
    hip_z = np.full(len(t), walk.hip_height + 0.08)
    lean = np.radians(walk.lean_deg + walk.rock_deg / 2 * np.sin(2 * np.pi * t / walk.stride_s))
    points = {name: np.zeros((len(t), 3)) for name in LANDMARKS}
    contacts, offs, knees = {}, {}, {}
    for side, y, offset in (("left", 1.0, walk.phase), ("right", -1.0, walk.phase + 0.5)):
        s = side[0]
        ax, az, contacts[side], offs[side] = foot_path(walk, t, offset)
        hip = np.stack([hip_x, hip_z], 1)
        ankle = np.stack([ax, az], 1)
        knee, knees[side] = knee_between(hip, ankle)
        inward = walk.valgus_m.get(side, 0.0)
        for name, xz, lateral in (
            (f"hip_{s}", hip, HIP_HALF), (f"knee_{s}", knee, HIP_HALF - inward), (f"ankle_{s}", ankle, HIP_HALF),
            (f"heel_{s}", ankle + [-HEEL_BACK, -0.05], HIP_HALF),
            (f"toe_{s}", ankle + [FOOT - HEEL_BACK, -0.05], HIP_HALF),
        ):  # fmt: skip
            points[name] = np.stack([xz[:, 0], np.full(len(t), y * lateral), xz[:, 1]], 1)
        top = hip + TRUNK * np.stack([np.sin(lean), np.cos(lean)], 1)
        points[f"shoulder_{s}"] = np.stack([top[:, 0], np.full(len(t), y * SHOULDER_HALF), top[:, 1]], 1)
        for name, dx, dz, half in (
            (f"elbow_{s}", 0.05, -0.28, 0.2), (f"wrist_{s}", 0.2, -0.4, 0.2), (f"ear_{s}", 0.02, 0.2, 0.07),
            (f"eye_{s}", 0.1, 0.22, 0.03), (f"eye_inner_{s}", 0.1, 0.22, 0.02), (f"eye_outer_{s}", 0.09, 0.22, 0.04),
            (f"mouth_{s}", 0.1, 0.14, 0.02), (f"pinky_{s}", 0.25, -0.42, 0.2), (f"index_{s}", 0.26, -0.42, 0.2),
            (f"thumb_{s}", 0.25, -0.4, 0.2),
        ):  # fmt: skip
            points[name] = np.stack([top[:, 0] + dx, np.full(len(t), y * half), top[:, 1] + dz], 1)
    points["nose"] = np.stack([top[:, 0] + 0.13, np.zeros(len(t)), top[:, 1] + 0.18], 1)
    body = np.stack([points[name] for name in LANDMARKS], axis=1)
    return project(walk, t, body, hip_x), Truth(contacts, offs, knees)


def project(walk: Walk, t: np.ndarray, body: np.ndarray, hip_x: np.ndarray) -> PoseSequence:
    if walk.belt:
        body = body.copy()
        body[..., 0] -= hip_x[:, None]
    yaw = np.radians(walk.yaw_deg)
    # facing in camera axes (right, away): yaw 0 looks at the camera, +90 image-right
    ahead = np.array([np.sin(yaw), -np.cos(yaw)])
    left = np.array([-ahead[1], ahead[0]])
    right_away = body[..., :1] * ahead + body[..., 1:2] * left
    across, away = right_away[..., 0], right_away[..., 1]
    middle = across[:, [SKELETON["hip_l"], SKELETON["hip_r"]]].mean()
    scale = np.full(len(t), walk.px_per_m)
    if abs(np.cos(yaw)) > 0.7 and not walk.belt:
        mean_away = away.mean(axis=1)
        scale = walk.px_per_m * 6.0 / (6.0 + mean_away - mean_away.mean())
    px = np.stack(
        [
            walk.width / 2 + (across - middle) * scale[:, None],
            walk.height * 0.85 - body[..., 2] * scale[:, None],
        ],
        axis=-1,
    )
    px = px + np.random.default_rng(walk.seed).normal(0, 1, px.shape) * walk.noise_px
    hips = body[:, [SKELETON["hip_l"], SKELETON["hip_r"]]].mean(axis=1)
    hip_cam = np.stack([hips[:, 0] * ahead[0] + hips[:, 1] * left[0], hips[:, 0] * ahead[1] + hips[:, 1] * left[1]], 1)
    world = np.stack([across - hip_cam[:, :1], -(body[..., 2] - hips[:, 2:3]), away - hip_cam[:, 1:]], axis=-1)
    video = VideoInfo("synthetic", walk.width, walk.height, fps=walk.fps, frames=len(t), duration_s=float(t[-1]))
    return PoseSequence(t, px, np.ones(px.shape[:2]), world, video, EngineInfo("synthetic", "stick", "1"))
