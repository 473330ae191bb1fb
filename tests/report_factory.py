"""A made-up clip and its analysis: a stick figure walking backward, with steps, findings and stop advice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from formcheck.core.skeleton import BONES, LANDMARKS, SIDES, SKELETON
from formcheck.core.types import (
    Analysis,
    EngineInfo,
    Finding,
    Lap,
    ProgrammeLine,
    Report,
    Signals,
    Step,
    StopAdvice,
    SubjectInfo,
    Tracking,
    VideoInfo,
    readonly,
)
from formcheck.core.vocabulary import SIGNALS

STEP_S = 0.6
SHIN, THIGH, TRUNK, FOOT = 0.21, 0.22, 0.27, 0.11  # of the picture's height


def _place(t: float, width: int, height: int) -> np.ndarray:
    """Landmarks (33, 2) at time t: faces left, goes right, knees bend and trunk rocks with the step."""
    xy = np.full((len(LANDMARKS), 2), np.nan)
    unit = 0.62 * height
    hip = np.array([width * (0.3 + 0.035 * t), height * 0.52 + 4 * np.sin(2 * np.pi * t / STEP_S)])
    lean = np.radians(-8 + 10 * np.sin(2 * np.pi * t / (2 * STEP_S)))
    up = np.array([-np.sin(lean), -np.cos(lean)])
    shoulder = hip + up * TRUNK * unit
    head = shoulder + up * 0.14 * unit
    for name, offset in (("nose", (-0.05, 0.0)), ("ear", (0.01, -0.01)), ("eye", (-0.04, -0.02))):
        for key in [k for k in SKELETON if k == name or k.startswith(name + "_")]:
            xy[SKELETON[key]] = head + np.array(offset) * unit
    xy[SKELETON["mouth_l"]] = xy[SKELETON["mouth_r"]] = head + np.array([-0.045, 0.03]) * unit
    for side, shift in zip("lr", (0.0, STEP_S), strict=True):
        phase = 2 * np.pi * (t + shift) / (2 * STEP_S)
        swing = np.radians(18 * np.sin(phase))
        bend = np.radians(30 + 22 * np.cos(phase))
        depth = np.array([0.012 * unit * (1 if side == "r" else -1), -0.006 * unit * (side == "r")])
        hip_s = hip + depth
        thigh = np.array([-np.sin(swing + bend / 2), np.cos(swing + bend / 2)])
        knee = hip_s + thigh * THIGH * unit
        shank = np.array([-np.sin(swing - bend / 2), np.cos(swing - bend / 2)])
        ankle = knee + shank * SHIN * unit
        heel = ankle + np.array([0.025, 0.03]) * unit
        for part, at in (("hip", hip_s), ("knee", knee), ("ankle", ankle), ("heel", heel)):
            xy[SKELETON[f"{part}_{side}"]] = at
        xy[SKELETON[f"toe_{side}"]] = heel + np.array([-FOOT, 0.0]) * unit
        should = shoulder + depth
        elbow = should + np.array([-0.06 - 0.02 * np.sin(phase), 0.13]) * unit
        wrist = elbow + np.array([-0.12, 0.01]) * unit
        for part, at in (("shoulder", should), ("elbow", elbow), ("wrist", wrist)):
            xy[SKELETON[f"{part}_{side}"]] = at
        for part in ("pinky", "index", "thumb"):
            xy[SKELETON[f"{part}_{side}"]] = wrist + np.array([-0.02, 0.0]) * unit
    return xy


def _angle(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    u, v = a - b, c - b
    cos = (u * v).sum(-1) / np.linalg.norm(u, axis=-1) / np.linalg.norm(v, axis=-1)
    return 180 - np.degrees(np.arccos(np.clip(cos, -1, 1)))


def make_signals(time_s: np.ndarray, xy: np.ndarray) -> Signals:
    """Every column of the contract; those of the side view from the geometry, the others empty."""
    at = {name: xy[:, i] for name, i in SKELETON.items()}
    columns = {
        q.name.format(side=side): np.full(len(time_s), np.nan)
        for q in SIGNALS
        for side in (SIDES if q.sided else ("",))
    }
    for side in SIDES:
        s = side[0]
        columns[f"knee_flexion_{side}_deg"] = _angle(at[f"hip_{s}"], at[f"knee_{s}"], at[f"ankle_{s}"])
        columns[f"hip_flexion_{side}_deg"] = _angle(at[f"shoulder_{s}"], at[f"hip_{s}"], at[f"knee_{s}"])
        foot = np.abs(at[f"toe_{s}"][:, 0] - at[f"heel_{s}"][:, 0])
        past_toe = (at[f"toe_{s}"][:, 0] - at[f"knee_{s}"][:, 0]) / foot
        columns[f"knee_over_toe_{side}_ratio"] = past_toe
    hip, shoulder = (at["hip_l"] + at["hip_r"]) / 2, (at["shoulder_l"] + at["shoulder_r"]) / 2
    lean = np.degrees(np.arctan2(hip[:, 0] - shoulder[:, 0], hip[:, 1] - shoulder[:, 1]))
    columns["trunk_lean_deg"] = lean
    columns["hip_speed_ratio_s"] = 0.5 + 0.2 * np.sin(2 * np.pi * time_s / STEP_S)
    for values in columns.values():
        values[(time_s > 3.0) & (time_s < 3.2)] = np.nan
    return Signals(readonly(time_s), {name: readonly(v) for name, v in columns.items()})


def make_finding(**changes: object) -> Finding:
    """A finding that is good unless told otherwise."""
    base = Finding(
        check="knee_over_toe", side="left", verdict="good", reason="", value=0.1, unit="foot",
        limits={"good_min": -0.15, "good_max": None, "minor_min": -0.35, "minor_max": None},
        score=1.0, confidence=0.85, steps=(), onset_s=None, worst_at_s=None,
        cue="Let the knee travel over the toes", why="Knee past toe is the point of the drag.",
        source="002; biomechanics B2", evidence="C", statements=(53, 83), measure="knee past toe at contact",
        priority=2, weight=1.0, film="",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def make_findings() -> tuple[Finding, ...]:
    """Two faults on the near side, one for both, some good, two that could not be judged."""
    no_band = {"good_min": None, "good_max": None, "minor_min": None, "minor_max": None}
    rock = {"good_min": None, "good_max": 8.0, "minor_min": None, "minor_max": 15.0}
    bend = {"good_min": 10.0, "good_max": None, "minor_min": 5.0, "minor_max": None}
    unjudged = dict(verdict="not_assessed", value=None, score=None, confidence=0.0, limits=no_band)
    return (
        make_finding(
            check="torso_rock", side="both", verdict="major", value=19.6, unit="deg", limits=rock, score=0.1,
            steps=tuple(range(9, 16)), onset_s=6.0, worst_at_s=7.85, cue="Keep your trunk still; let the legs do it",
            why="Rocking moves the sled with the body, not the legs.", evidence="D, C", statements=(16, 51),
            measure="rocking range per stride", priority=1,
        ),
        make_finding(
            verdict="minor", value=-0.24, score=0.55, steps=(4, 6, 8, 12), onset_s=3.6, worst_at_s=5.1,
            reason="4 of 8 left steps stop short of the toes",
        ),
        make_finding(side="right", value=0.05),
        make_finding(check="knee_bend", side="left", value=14.0, unit="deg", limits=bend, cue="Soften your knees",
                     measure="least stance flexion", evidence="V", statements=(98,)),
        make_finding(check="step_rhythm", side=None, value=4.1, unit="pct", measure="step-time variation",
                     limits={"good_min": None, "good_max": 5.0, "minor_min": None, "minor_max": 8.0}),
        make_finding(check="knee_valgus", side="left", reason="filmed from the side; needs the front",
                     film="Film from the front, camera at knee height, square to the lane.", unit="deg", **unjudged),
        make_finding(check="stance_width", side="both", reason="filmed from the side; needs the front or back",
                     film="Film from the front, camera at knee height, square to the lane.", unit="hip width",
                     **unjudged),
    )  # fmt: skip


def make_steps(duration_s: float) -> tuple[Step, ...]:
    """Left and right in turn, one each STEP_S from 0.6 s on; the last lift-off unseen."""
    contacts = np.arange(STEP_S, duration_s - STEP_S, STEP_S)
    return tuple(
        Step(
            index=i, lap=0, side=SIDES[i % 2], contact_s=float(t),
            off_s=float(t + 0.75 * 2 * STEP_S * 0.8) if i < len(contacts) - 1 else float("nan"),
            measures={"step_time_s": STEP_S if i else float("nan"), "step_length_ratio": 0.42, "cadence_spm": 100.0},
        )
        for i, t in enumerate(contacts)
    )  # fmt: skip


def make_report(video: VideoInfo, **changes: object) -> Report:
    """The report of the made-up clip."""
    report = Report(
        formcheck_version="0.1.0", created_at="2026-01-02T03:04:05Z", video=video,
        engine=EngineInfo("mediapipe", "full", "0.10.31"), exercise="reverse_sled_pull",
        exercise_source="recognised", exercise_confidence=0.86, view="left_side", yaw_deg=4.0, view_confidence=0.9,
        facing="left", direction="backward",
        tracking=Tracking(0.97, ((3.0, 3.2),), 3, SubjectInfo("largest", 2, "the larger of two"), "warning",
                          ("the subject was lost for 0.2 s",)),
        laps=(Lap(0, "reverse_sled_pull", "backward", "left", "left_side", 4.0, 0.0, video.duration_s),),
        steps=make_steps(video.duration_s), findings=make_findings(), score=64.0,
        stop=StopAdvice(True, 7.8, 12, ("the trunk rocked 11 deg more than at the start",)),
        programme=(
            ProgrammeLine("Load", "not given", "about half body weight in all", "article 1", (64,)),
            ProgrammeLine("Load", "not given", "55 lb at 170 lb body weight (0.32)", "article 2", (94,)),
            ProgrammeLine("Frequency", "one clip", "every day", "article 1", (65,)),
            ProgrammeLine("Frequency", "one clip", "three times a week", "article 2", (95,)),
        ),
        summary={"steps": 15, "cadence_spm": 100.0, "duration_s": video.duration_s, "distance_m": None},
        warnings=("30 frames a second hides step-time variation below 2.5 %",),
    )  # fmt: skip
    return replace(report, **changes)  # type: ignore[arg-type]


def make_analysis(
    path: str = "clip.mp4", width: int = 720, height: int = 1280, duration_s: float = 10.0, fps: float = 30.0
) -> Analysis:
    """The whole made-up analysis."""
    n = int(duration_s * fps)
    time_s = np.arange(n) / fps
    xy = np.stack([_place(t, width, height) for t in time_s])
    visibility = np.full(xy.shape[:2], 0.95)
    xy[(time_s > 3.0) & (time_s < 3.2)] = np.nan
    visibility[np.isnan(xy[:, :, 0])] = 0.0
    video = VideoInfo(path, width, height, 0, fps, n, duration_s)
    return Analysis(make_report(video), make_signals(time_s, xy), readonly(xy), readonly(visibility))


def make_clip(path: Path, analysis: Analysis) -> Path:
    """A clip of the figure, drawn plainly, encoded with PyAV."""
    import av
    import cv2

    video = analysis.report.video
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=int(video.fps), options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        for xy in analysis.landmarks_px:
            rgb = np.full((video.height, video.width, 3), (96, 104, 112), np.uint8)
            rgb[int(video.height * 0.83) :] = (70, 64, 60)
            if not np.isnan(xy).any():
                for a, b in BONES:
                    ends = [tuple(int(v) for v in xy[i]) for i in (a, b)]
                    cv2.line(rgb, *ends, (205, 170, 140), max(6, video.height // 40), cv2.LINE_AA)
                cv2.circle(
                    rgb, tuple(int(v) for v in xy[SKELETON["ear_l"]]), video.height // 22, (205, 170, 140), -1
                )
            out.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        out.mux(stream.encode())
    return path
