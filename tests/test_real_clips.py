"""Real people: what is known of the clips in ``../shared/clips`` (their README) against the whole main job."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from formcheck.core.pipeline import score_pose
from formcheck.core.skeleton import SKELETON
from formcheck.core.types import PoseSequence, Report
from formcheck.exercises.load import load_catalogue

CLIPS = Path(__file__).parents[2] / "shared" / "clips"
pytestmark = pytest.mark.skipif(not CLIPS.is_dir(), reason="the shared clips are not beside this checkout")


@cache
def pose_of(name: str) -> PoseSequence:
    from formcheck.engines import estimate

    return estimate(CLIPS / f"{name}.mp4", engine="mediapipe")


def report_of(pose: PoseSequence, exercise: str = "auto") -> Report:
    return score_pose(pose, load_catalogue(), exercise).report


def reversed_in_time(pose: PoseSequence) -> PoseSequence:
    return replace(
        pose, time_s=pose.time_s[-1] - pose.time_s[::-1], landmarks_px=pose.landmarks_px[::-1],
        visibility=pose.visibility[::-1], world_m=pose.world_m[::-1],
    )  # fmt: skip


@pytest.mark.engine
def test_the_treadmill_runner_runs_in_place_facing_left_at_the_cadence_of_the_pixels():
    report = report_of(pose_of("zz_treadmill_run_side"))
    assert (report.direction, report.facing, report.summary["gait"]) == ("in_place", "left", "forward")
    assert report.summary["cadence_spm"] == pytest.approx(168.9, abs=1.0)
    assert "backward" not in report.exercise


@pytest.mark.engine
def test_the_subject_is_the_woman_who_walks_forward_to_the_left_not_the_man_who_jumps():
    pose = pose_of("s2d_demo_walk_side")
    report = report_of(pose)
    assert (report.direction, report.facing) == ("forward", "left")
    hips = pose.landmarks_px[:, [SKELETON["hip_l"], SKELETON["hip_r"]]].mean(axis=1)
    seen = np.isfinite(hips[:, 0])
    assert np.polyfit(pose.time_s[seen], hips[seen, 0], 1)[0] < -100  # px/s, across the whole picture
    assert len(report.steps) >= 7


@pytest.mark.engine
def test_the_walker_reversed_walks_backward_with_the_same_steps_mirrored_in_time():
    pose = pose_of("s2d_demo_walk_side")
    there, back = report_of(pose), report_of(reversed_in_time(pose))
    assert (back.direction, back.facing) == ("backward", "left")
    end, frame = pose.time_s[-1], 1.0 / 30.0
    for side in ("left", "right"):
        landed = [s.contact_s for s in there.steps if s.side == side]
        left_ground = np.array([end - s.off_s for s in back.steps if s.side == side and np.isfinite(s.off_s)])
        matched = [float(np.abs(left_ground - at).min()) for at in landed]
        assert sum(error < frame for error in matched) >= len(matched) - 1  # the clip's first or last step may lack one
    assert any("walks backward" in w for w in report_of(reversed_in_time(pose), "forward_sled_push").warnings)


@pytest.mark.engine
def test_the_film_reversed_and_estimated_anew_has_the_same_events_within_a_frame(tmp_path):
    from bench.accuracy_lib.real import mirrored_frames, reversed_video
    from formcheck.engines import estimate

    film = CLIPS / "s2d_demo_walk_side.mp4"
    there, back = (estimate(clip, engine="onnxruntime") for clip in (film, reversed_video(film, tmp_path)))
    gaps, lonely = mirrored_frames(report_of(there), report_of(back), there.time_s[0] + there.time_s[-1])
    assert report_of(back).direction == "backward"
    assert (len(gaps) >= 12, lonely) == (True, 0)
    assert max(gaps) <= 1.0


@pytest.mark.engine
def test_asking_for_a_backward_pull_of_a_forward_walk_is_contradicted():
    report = report_of(pose_of("s2d_demo_walk_side"), "reverse_sled_pull")
    assert any("you asked for reverse_sled_pull, but the athlete walks forward" in w for w in report.warnings)
    assert report.score is None
