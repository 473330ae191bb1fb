"""The ONNX Runtime engine on a clip: who is found, when, and that cores, limits and cancelling do not matter."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache

import cv2
import numpy as np
import pytest

from formcheck.core.types import Frame
from formcheck.engines.base import Anywhere, Box, ClipEngine, PoseEngine
from formcheck.engines.blazepose.clip import ClipPart, follow_clip
from formcheck.engines.onnx_engine import OnnxEngine
from formcheck.errors import ModelError
from formcheck.io.video import read_frames
from tests.onnx_support import DEMO, ROOT, bundle

pytestmark = pytest.mark.engine


@lru_cache(maxsize=1)
def engine():
    return OnnxEngine(bundle())


@lru_cache(maxsize=1)
def frames():
    """The first frames of the demo clip."""
    if not DEMO.is_file():
        pytest.skip("the demo clip is not in fixtures/videos")
    return list(read_frames(DEMO, end_s=0.5))


class Nowhere(Anywhere):
    """A guide that says the subject is not in the picture."""

    def search_box(self, time_s):
        return Box(0, 0, 0, 0)


class Only(Anywhere):
    """A guide to one half of the picture."""

    def __init__(self, box):
        self.box = box

    def search_box(self, time_s):
        return self.box


def beside_itself(frame):
    """The athlete cut out of the frame, large, twice, side by side: two people."""
    box = athlete_box()
    x, y = box.centre_px
    half = 0.75 * max(box.right - box.left, box.bottom - box.top)
    shift = np.array([[1, 0, half - x], [0, 1, half - y]]) * 600 / (2 * half)
    large = cv2.warpAffine(frame.rgb, shift, (600, 600), borderMode=cv2.BORDER_REPLICATE)
    return Frame(frame.index, frame.time_s, np.hstack([large, large]))


@lru_cache(maxsize=1)
def athlete_box():
    poses = engine().track(frames(), Anywhere())
    return next(pose.box for pose in poses if pose is not None)


def test_it_is_a_pose_engine_that_reads_clips_itself():
    assert isinstance(engine(), PoseEngine)
    assert isinstance(engine(), ClipEngine)
    assert engine().info.name == "onnxruntime"


def test_the_athlete_is_followed_through_every_frame():
    poses = list(engine().track(frames(), Anywhere()))
    assert len(poses) == len(frames())
    assert all(pose is not None for pose in poses)
    height, width = frames()[0].rgb.shape[:2]
    for pose, frame in zip(poses, frames(), strict=True):
        assert pose.time_s == frame.time_s
        assert 0 < pose.hip_px[0] < width
        assert 0 < pose.hip_px[1] < height
        assert pose.visibility.min() >= 0
        assert pose.visibility.max() <= 1


def test_a_picture_without_people_gives_nobody():
    empty = Frame(0, 0.0, np.full((240, 320, 3), 90, np.uint8))
    assert engine().people(empty) == []
    engine().reset()
    assert engine().push(empty) is None


def test_a_guide_that_says_nowhere_is_believed():
    assert list(engine().track(frames()[:2], Nowhere())) == [None, None]


def test_a_guide_to_one_of_two_people_leads_to_that_one():
    both = [beside_itself(frame) for frame in frames()[:4]]
    for left in (0, 600):
        poses = list(engine().track(both, Only(Box(left, 0, left + 600, 600))))
        assert all(pose is not None and left <= pose.hip_px[0] <= left + 600 for pose in poses)


def test_two_people_are_two_tracks_that_keep_their_numbers():
    both = [beside_itself(frame) for frame in frames()[:6]]
    seen = list(engine().track_everybody(both))
    assert all(set(people) == {0, 1} for people in seen)
    sides = [people[0].hip_px[0] < people[1].hip_px[0] for people in seen]
    assert len(set(sides)) == 1


def test_a_person_who_is_lost_is_looked_for_again():
    shown, blank = frames()[0], Frame(1, 10.0, np.zeros_like(frames()[0].rgb))
    again = Frame(2, 11.0, shown.rgb)
    poses = list(engine().track([shown, blank, again, Frame(3, 12.0, shown.rgb)], Anywhere()))
    assert [pose is not None for pose in poses] == [True, False, True, True]


def test_a_clip_gives_a_pose_for_each_frame_that_reading_it_would_give():
    whole = list(read_frames(DEMO, end_s=2.0))
    times_s, poses = engine().track_clip(DEMO, end_s=2.0)
    assert times_s == [frame.time_s for frame in whole]
    assert sum(pose is not None for pose in poses) > 0.9 * len(whole)


def test_the_number_of_cores_does_not_change_a_single_number():
    one, two = (engine().track_clip(DEMO, end_s=2.7, workers=n) for n in (1, 2))
    assert one[0] == two[0]
    for a, b in zip(one[1], two[1], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_array_equal(a.landmarks_px, b.landmarks_px)


def test_a_clip_in_pieces_finds_the_athlete_where_frame_after_frame_does():
    end_s = 3.0
    _, poses = engine().track_clip(DEMO, end_s=end_s)
    pairs = [
        (a, b)
        for a, b in zip(poses, engine().track(read_frames(DEMO, end_s=end_s), Anywhere()), strict=True)
        if a is not None and b is not None
    ]
    apart_px = np.array([np.linalg.norm(a.landmarks_px - b.landmarks_px, axis=1) for a, b in pairs])
    height_px = np.median([b.box.bottom - b.box.top for _, b in pairs])
    assert np.median(apart_px) < 0.01 * height_px


def test_limits_are_kept():
    times_s, poses = engine().track_clip(DEMO, start_s=0.5, end_s=1.0)
    assert min(times_s) >= 0.5 - 1e-6
    assert max(times_s) <= 1.0 + 1e-6
    assert len(poses) == len(times_s)


def test_the_survey_sees_the_one_person_in_each_key_frame():
    survey = engine().survey_clip(DEMO, 0.5, end_s=2.0)
    assert len(survey.samples) >= 4
    assert len(survey.times_s) == len(survey.poses)
    assert all(len(people) >= 1 for people in survey.samples)
    keys = [people[0].time_s for people in survey.samples]
    assert keys == sorted(keys)


def test_progress_is_told_and_an_error_in_it_stops_the_work():
    class Cancelled(Exception):
        pass

    def cancel(done):
        raise Cancelled

    with pytest.raises(Cancelled):
        engine().track_clip(DEMO, end_s=1.0, told=cancel)
    told = []
    times_s, _ = engine().track_clip(DEMO, end_s=1.0, told=told.append)
    assert told == sorted(told)
    assert told[-1] >= len(times_s)


def test_a_file_that_cannot_be_cut_is_read_from_end_to_end(monkeypatch):
    whole = engine().track_clip(DEMO, end_s=2.0, workers=1)[0]
    read = ClipPart.read

    def late(self, piece):
        pictures = list(read(self, piece))
        return iter(pictures if piece.start_s is None else pictures[20:])  # a seek that lands too late

    monkeypatch.setattr(ClipPart, "read", late)
    assert engine().track_clip(DEMO, end_s=2.0)[0] == whole


def test_what_fails_in_a_piece_is_raised():
    def broken(region):
        raise ModelError("out of memory; close other programs")

    with pytest.raises(ModelError, match="out of memory"):
        follow_clip(ClipPart(DEMO, end_s=0.5), broken)


def test_a_provider_this_machine_has_not_is_said_with_those_it_has():
    with pytest.raises(ModelError, match="cpu") as caught:
        OnnxEngine(bundle(), provider="abacus")
    assert "\n" not in str(caught.value)


def test_the_engine_works_where_mediapipe_is_absent():
    bundle()
    program = (
        "import sys; sys.modules['mediapipe'] = None\n"
        "from formcheck.engines import estimate\n"
        f"pose = estimate({str(DEMO)!r}, engine='onnxruntime', end_s=0.4)\n"
        "assert len(pose.time_s) > 5 and pose.engine.name == 'onnxruntime'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
