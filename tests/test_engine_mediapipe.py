"""The MediaPipe engine: true pixels, honest visibility, one pose a frame, and clear words when it cannot work."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from formcheck import model_store
from formcheck.core.skeleton import SKELETON
from formcheck.engines import estimate, open_live
from formcheck.engines.base import BEYOND_FRAME_VISIBILITY, Anywhere, Box, PoseEngine, honest_visibility
from formcheck.engines.mediapipe_engine import only_within
from formcheck.errors import FormcheckError, ModelError, UnreadableVideoError
from formcheck.io.video import read_frames
from tests.video_maker import make_clip

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"

needs_mediapipe = pytest.mark.skipif(importlib.util.find_spec("mediapipe") is None, reason="no mediapipe wheel here")
pytestmark = [pytest.mark.engine, needs_mediapipe]


@pytest.fixture(scope="module")
def demo():
    if not DEMO.exists():
        pytest.skip("the demo clip is not in this checkout")
    try:
        model_store.ensure("full")
    except ModelError as error:
        pytest.skip(f"no pose model here: {error}")
    return estimate(DEMO, engine="mediapipe", end_s=1.0)


def test_a_clip_becomes_one_pose_a_frame_at_the_frames_times(demo):
    times_s = [frame.time_s for frame in read_frames(DEMO, end_s=1.0)]
    assert np.array_equal(demo.time_s, times_s)
    assert demo.video.frames == len(times_s)
    assert (demo.engine.name, demo.engine.model, demo.engine.version) == ("mediapipe", "full", "0.10.31")
    assert np.isfinite(demo.landmarks_px).all(axis=(1, 2)).mean() > 0.9


def test_pixels_are_true_the_figure_is_where_the_rendered_one_is(demo):
    truth = json.loads((DEMO.parent / "demo.truth.json").read_text())
    assert (demo.video.width, demo.video.height) == (truth.get("width", demo.video.width), demo.video.height)
    hips = demo.landmarks_px[:, [SKELETON["hip_l"], SKELETON["hip_r"]]].mean(axis=1)
    ankles = demo.landmarks_px[:, [SKELETON["ankle_l"], SKELETON["ankle_r"]]].mean(axis=1)
    shoulders = demo.landmarks_px[:, [SKELETON["shoulder_l"], SKELETON["shoulder_r"]]].mean(axis=1)
    seen = np.isfinite(hips).all(axis=1)
    assert np.all((hips[seen] > 0) & (hips[seen] < [demo.video.width, demo.video.height]))
    assert np.all(shoulders[seen, 1] < hips[seen, 1]) and np.all(hips[seen, 1] < ankles[seen, 1])


def test_missing_is_nan_with_no_visibility(demo):
    missing = np.isnan(demo.landmarks_px).any(axis=(1, 2))
    assert np.all(demo.visibility[missing] == 0.0)
    assert np.all((demo.visibility >= 0.0) & (demo.visibility <= 1.0))


def test_a_clip_without_people_is_a_result_not_a_crash(tmp_path, demo):
    pose = estimate(make_clip(tmp_path / "empty_room.mp4", size=(320, 240), frames=10), engine="mediapipe")
    assert np.isnan(pose.landmarks_px).all() and np.all(pose.visibility == 0.0)
    assert pose.subject.people_seen == 0 and pose.subject.note


def test_a_dark_clip_says_so_with_its_poses_and_a_bright_one_does_not(demo):
    dark = estimate(DEMO.with_name("dark_right.mp4"), engine="mediapipe", end_s=0.5)
    assert any("dark" in warning for warning in dark.video.warnings)
    assert not any("dark" in warning for warning in demo.video.warnings)


def test_a_single_frame_is_a_result(tmp_path, demo):
    assert len(estimate(make_clip(tmp_path / "one.mp4", frames=1), engine="mediapipe").time_s) == 1


def test_live_frames_give_the_pose_one_by_one(demo):
    engine = open_live(engine="mediapipe")
    assert isinstance(engine, PoseEngine)
    try:
        poses = [engine.push(frame) for frame in read_frames(DEMO, end_s=0.5)]
    finally:
        engine.close()
    found = [k for k, pose in enumerate(poses) if pose is not None]
    assert len(found) > 0.8 * len(poses)
    k = found[-1]
    assert np.nanmedian(np.abs(poses[k].landmarks_px - demo.landmarks_px[k])) < 0.02 * demo.video.height


def test_a_picture_that_is_a_view_of_a_larger_one_is_not_sheared(demo):
    engine = open_live(engine="mediapipe")
    frame = list(read_frames(DEMO, end_s=0.3))[-1]
    padded = np.pad(frame.rgb, ((0, 0), (0, 9), (0, 0)))[:, :-9]
    try:
        whole, view = (engine.people(replace(frame, rgb=rgb)) for rgb in (frame.rgb, padded))
    finally:
        engine.close()
    assert len(whole) == len(view) >= 1
    assert np.allclose(whole[0].landmarks_px, view[0].landmarks_px)


def test_frames_closer_than_a_millisecond_do_not_stop_it(demo):
    engine = open_live(engine="mediapipe")
    frame = next(read_frames(DEMO))
    try:
        for k in range(4):
            engine.push(replace(frame, time_s=k * 0.0001))
    finally:
        engine.close()


def test_progress_counts_the_frames_and_may_cancel(demo):
    told = []
    estimate(DEMO, engine="mediapipe", end_s=0.5, progress=told.append)
    assert {t.stage for t in told} == {"pose"}
    assert told[-1].done == told[-1].total or abs(told[-1].done - told[-1].total) <= 1

    def cancel(progress):
        if progress.done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate(DEMO, engine="mediapipe", end_s=0.5, progress=cancel)


def test_a_wrong_wish_is_told_before_any_work(tmp_path):
    with pytest.raises(FormcheckError, match="expected a subject of"):
        estimate(tmp_path / "gone.mp4", subject="somebody")
    with pytest.raises(UnreadableVideoError):
        estimate(tmp_path / "gone.mp4")


def test_an_unknown_engine_names_the_known_ones(demo):
    with pytest.raises(FormcheckError, match="auto, mediapipe or onnxruntime"):
        estimate(DEMO, engine="openpose")


def test_a_model_file_that_is_none_is_told_in_one_line(tmp_path, demo):
    with pytest.raises(ModelError, match="no such model file"):
        estimate(DEMO, engine="mediapipe", model_path=tmp_path / "gone.task")
    (tmp_path / "bad.task").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="not a pose model bundle") as error:
        estimate(DEMO, engine="mediapipe", model_path=tmp_path / "bad.task")
    assert "\n" not in str(error.value)


def test_importing_formcheck_does_not_import_mediapipe():
    code = "import sys, formcheck.engines, formcheck.io.video; print('mediapipe' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False" and done.stderr == ""


def test_an_engine_that_is_forgotten_goes_quietly(demo):
    code = (
        "from formcheck.engines import open_live\nfrom formcheck.io.video import read_frames\nimport sys\n"
        "engine = open_live(engine='mediapipe')\nengine.push(next(read_frames(sys.argv[1])))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(DEMO)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_landmark_beyond_the_picture_keeps_its_place_but_is_hardly_visible():
    landmarks = np.array([[5.0, 5.0], [-3.0, 5.0], [5.0, 12.0], [10.0, 5.0]])
    visibility = honest_visibility(landmarks, np.full(4, 0.9), 10, 10)
    assert visibility.tolist() == [0.9, *[BEYOND_FRAME_VISIBILITY] * 3]
    assert honest_visibility(landmarks, np.full(4, 0.1), 10, 10).tolist() == [0.1] * 4


def test_only_the_box_is_left_of_a_picture_and_the_picture_itself_is_untouched():
    rgb = np.full((20, 30, 3), 200, np.uint8)
    out = only_within(rgb, Box(5, 4, 10, 8))
    assert (out[4:8, 5:10] == 200).all() and (out != 200).any(axis=2).sum() == 20 * 30 - 4 * 5
    assert (rgb == 200).all()
    assert (only_within(rgb, Box(-50, -50, -10, -10)) != 200).all()
    assert Anywhere().search_box(0.0) is None
