"""Real people: the four-camera clips, the treadmill runner, and the walker forward and backward in time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.accuracy_lib.clips import SHARED, cached_pose
from bench.accuracy_lib.four_cameras import RealRow, camera_rows, yes_no
from formcheck.api import analyse_pose
from formcheck.core.skeleton import SIDES
from formcheck.core.types import Analysis, PoseSequence, Report

CAMERAS = ("cam01", "cam02", "cam03", "cam04")
RUNNER_SPM = (168.9, 0.5)


def real_rows(engine: str, model: str, cache: Path, folder: Path = SHARED) -> list[RealRow]:
    """All cross-checks; empty where the clips are absent."""
    if not folder.is_dir():
        return []
    rows = []
    for camera in CAMERAS:
        rows += camera_rows(folder, camera, cached_pose(folder / f"p2s_single_{camera}.mp4", engine, model, cache))
    rows.append(_runner(cached_pose(folder / "zz_treadmill_run_side.mp4", engine, model, cache)))
    return rows + _walker(folder / "s2d_demo_walk_side.mp4", engine, model, cache)


def _runner(pose: PoseSequence) -> RealRow:
    report = analyse_pose(pose, "auto").report
    cadence = report.summary.get("cadence_spm")
    found = f"{cadence:.1f}" if isinstance(cadence, float) else "none"
    good = isinstance(cadence, float) and abs(cadence - RUNNER_SPM[0]) <= 1.0
    gait = report.laps[0].gait if report.laps else "unknown"
    return RealRow(
        "treadmill runner: cadence, steps/min",
        f"{RUNNER_SPM[0]} ± {RUNNER_SPM[1]}",
        f"{found}; {report.direction}, facing {report.facing}, gait {gait}",
        "",
        yes_no(good and report.direction == "in_place" and report.facing == "left" and gait != "backward"),
    )


def reversed_pose(pose: PoseSequence) -> PoseSequence:
    """The same poses, last first, at mirrored times."""
    return replace(
        pose,
        time_s=pose.time_s[0] + pose.time_s[-1] - pose.time_s[::-1],
        landmarks_px=pose.landmarks_px[::-1],
        visibility=pose.visibility[::-1],
        world_m=pose.world_m[::-1],
    )


def reversed_video(path: Path, cache: Path) -> Path:
    """The clip's frames, last first, encoded anew (nearly without loss) into the cache."""
    from formcheck.io.encode import H264Writer
    from formcheck.io.video import probe, read_frames

    target = cache / f"{path.stem}-reversed.mp4"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        info = probe(path)
        frames = list(read_frames(path))
        with H264Writer(target, info.width, info.height, quality=14) as out:
            for frame in reversed(frames):
                out.write(frame.rgb, frames[-1].time_s - frame.time_s)
    return target


def _walker(path: Path, engine: str, model: str, cache: Path) -> list[RealRow]:
    pose = cached_pose(path, engine, model, cache)
    forward = analyse_pose(pose, "auto")
    rows = [
        RealRow(
            "walker: direction",
            "forward, facing left",
            f"{forward.report.direction}, facing {forward.report.facing}",
            "",
            yes_no(forward.report.direction == "forward" and forward.report.facing == "left"),
        )
    ]
    again = cached_pose(reversed_video(path, cache), engine, model, cache)
    span = float(pose.time_s[0] + pose.time_s[-1])
    rows.append(
        _mirrored(
            "walker reversed, pose sequence reversed",
            forward,
            analyse_pose(reversed_pose(pose), "auto"),
            span,
        )
    )
    rows.append(
        _mirrored("walker reversed, frames reversed and estimated anew", forward, analyse_pose(again, "auto"), span)
    )
    return rows


def mirrored_frames(forward: Report, backward: Report, span_s: float) -> tuple[list[float], int]:
    """Differences in frames of events mirrored in time (a contact is a lift-off backward), and how many have none."""
    gaps, lonely = [], 0
    for side in SIDES:
        for one, other in (("contact_s", "off_s"), ("off_s", "contact_s")):
            a = [span_s - t for s in forward.steps if s.side == side and np.isfinite(t := getattr(s, one))]
            b = [t for s in backward.steps if s.side == side and np.isfinite(t := getattr(s, other))]
            near = [min((abs(t - u) for u in b), default=9.0) for t in a if b and min(b) - 0.2 <= t <= max(b) + 0.2]
            gaps += [g * forward.video.fps for g in near if g <= 0.2]
            lonely += sum(g > 0.2 for g in near)
    return gaps, lonely


def _mirrored(what: str, forward: Analysis, backward: Analysis, span_s: float) -> RealRow:
    """The same steps mirrored in time?"""
    gaps, lonely = mirrored_frames(forward.report, backward.report, span_s)
    worst = max(gaps, default=float("nan"))
    counts = f"{len(forward.report.steps)} steps forward, {len(backward.report.steps)} backward"
    good = backward.report.direction == "backward" and lonely == 0 and worst <= 1.0 and bool(gaps)
    return RealRow(
        what,
        "backward, same steps mirrored within one frame",
        f"{backward.report.direction}; {counts}; {len(gaps)} events, worst {worst:.2f} frames apart, {lonely} alone",
        "",
        yes_no(good),
    )
