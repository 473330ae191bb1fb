"""Framing, countdown, drawing, sources, recording and the command: the edges of live."""

from __future__ import annotations

import json

import numpy as np
import pytest

from formcheck.cli import live as command
from formcheck.core.skeleton import SKELETON
from formcheck.core.types import EngineInfo, Frame
from formcheck.engines.base import FramePose
from formcheck.errors import FormcheckError
from formcheck.exercises.load import load_catalogue
from formcheck.io.encode import H264Writer
from formcheck.io.video import probe
from formcheck.live.buffer import no_pose
from formcheck.live.framing import body_hint, view_hint
from formcheck.live.picture import count_words, mirrored, on_picture, paint
from formcheck.live.recorder import Recorder
from formcheck.live.run import LiveRun
from formcheck.live.sources import Newest
from formcheck.live.window import go
from tests.synth import Walk, walker
from tests.test_live_session import pushed

WALK = Walk(belt=True, duration_s=10, noise_px=1.0, speed=0.5)
SIZE = (WALK.width, WALK.height)


class Puppet:
    """An engine that knows the poses before it sees the frames."""

    info = EngineInfo("puppet", "", "1")

    def __init__(self, poses: list[FramePose]) -> None:
        self.poses = poses

    def push(self, frame: Frame) -> FramePose | None:
        pose = self.poses[frame.index]
        return None if np.isnan(pose.landmarks_px).all() else pose

    def close(self) -> None:
        pass


def frames(poses: list[FramePose]) -> list[Frame]:
    black = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    return [Frame(i, pose.time_s, black) for i, pose in enumerate(poses)]


@pytest.fixture(scope="module")
def poses():
    return pushed(walker(WALK)[0])


def stacked(pose: FramePose, move=(0.0, 0.0), scale: float = 1.0):
    px = (pose.landmarks_px * scale + np.array(move))[None]
    return np.repeat(px, 5, axis=0), np.repeat(pose.visibility[None], 5, axis=0)


@pytest.mark.parametrize(
    ("move", "scale", "hint"),
    [((0, 0), 1.0, None), ((0, 170), 1.0, "feet"), ((0, -330), 1.0, "head"), ((300, 200), 0.3, "small")],
)
def test_the_framing_hint_says_what_is_out_of_the_picture(poses, move, scale, hint):
    found = body_hint(*stacked(poses[0], move, scale), SIZE)
    assert (found.id if found else None) == hint


def test_nobody_in_the_picture_is_said():
    empty = no_pose(0.0)
    assert body_hint(empty.landmarks_px[None], empty.visibility[None], SIZE).id == "nobody"


@pytest.mark.parametrize(
    ("view", "wanted", "hint"),
    [("left_side", ("side",), None), ("front", ("side", "front"), None), ("oblique", ("side",), "turn_side"),
     ("front", ("side",), "turn_side"), ("oblique", ("side", "front", "back"), "turn_known")],
)  # fmt: skip
def test_the_view_hint_asks_for_a_view_the_exercise_can_be_judged_from(view, wanted, hint):
    found = view_hint(view, wanted)
    assert (found.id if found else None) == hint


def run_of(poses: list[FramePose], countdown_s: float | None = 1.0) -> LiveRun:
    return LiveRun(load_catalogue(), Puppet(poses), countdown_s=countdown_s)


def test_the_set_begins_after_a_second_in_the_picture_and_the_countdown(poses):
    shots = [run.push(f) for run in [run_of(poses, 2.0)] for f in frames(poses)]
    stages = [s.stage for s in shots]
    assert stages == sorted(stages, key=["framing", "countdown", "set"].index)
    assert [c for c in dict.fromkeys(s.countdown for s in shots) if c] == [2, 1]
    begun = shots[stages.index("set")]
    first_ok = next(s.update.time_s for s in shots if s.update.status == "ok")
    assert begun.update.time_s - first_ok == pytest.approx(3.0, abs=0.05)
    assert begun.update.steps == 0


def test_who_leaves_the_picture_during_the_countdown_waits_again(poses):
    gone = [no_pose(p.time_s) if 2.0 < p.time_s < 3.0 else p for p in poses]
    run = run_of(gone, 2.0)
    shots = [run.push(f) for f in frames(gone)]
    assert {s.stage for s in shots if 2.6 < s.update.time_s < 3.0} == {"framing"}
    assert shots[-1].stage == "set"


def test_a_set_that_never_begins_has_no_report(poses):
    empty = [no_pose(p.time_s) for p in poses[:60]]
    run = run_of(empty)
    assert {run.push(f).stage for f in frames(empty)} == {"framing"}
    assert run.finish() is None


def test_the_report_of_a_set_counts_its_time_from_the_set(poses):
    run = run_of(poses, 1.0)
    for frame in frames(poses):
        run.push(frame)
    analysis = run.finish()
    assert analysis.signals.time_s[0] == 0
    assert analysis.report.video.duration_s == pytest.approx(WALK.duration_s - 2.0, abs=0.1)


def test_a_mirrored_picture_mirrors_places_and_not_sides(poses):
    pose = poses[0]
    plain = on_picture(pose.landmarks_px, pose.visibility, SIZE[0], mirror=False)
    mirror = on_picture(pose.landmarks_px, pose.visibility, SIZE[0], mirror=True)
    assert np.allclose(mirror[:, 0], SIZE[0] - 1 - plain[:, 0])
    assert np.allclose(mirror[:, 1], plain[:, 1])
    left = SKELETON["knee_l"]
    assert mirror[left, 0] == pytest.approx(SIZE[0] - 1 - pose.landmarks_px[left, 0])


def test_unseen_landmarks_are_not_drawn(poses):
    seen = poses[0].visibility.copy()
    seen[SKELETON["toe_l"]] = 0.1
    assert np.isnan(on_picture(poses[0].landmarks_px, seen, SIZE[0], False)[SKELETON["toe_l"]]).all()


def test_the_skeleton_is_painted_where_the_body_is(poses):
    run = run_of(poses, None)
    shot = run.push(frames(poses)[0])
    pictures = [np.zeros((SIZE[1], SIZE[0], 3), np.uint8) for _ in range(2)]
    paint(pictures[0], shot, mirror=False)
    knee = poses[0].landmarks_px[SKELETON["knee_r"]].round().astype(int)
    assert pictures[0][knee[1], knee[0]].any()
    paint(pictures[1], shot, mirror=True)
    body = slice(int(0.3 * SIZE[1]), int(0.7 * SIZE[1]))  # no words there
    assert np.mean(np.abs(mirrored(pictures[1])[body].astype(int) - pictures[0][body])) < 1.0


def test_no_number_is_written_without_one(poses):
    run = run_of(poses, None)
    shots = [run.push(f) for f in frames(poses)]
    assert count_words(shots[0].update) == ("No steps yet", "")
    count, rhythm = count_words(shots[-1].update)
    assert count == f"Step {shots[-1].update.steps}"
    assert rhythm.startswith("100 steps/min")


def test_a_slow_taker_gets_the_newest_and_the_rest_is_dropped():
    box = Newest()
    for number in range(5):
        box.put(number)
    assert box.take(1.0) == 4
    assert box.dropped == 4
    box.close()
    assert box.take(1.0) is None


def test_a_recording_has_the_frames_of_the_set_alone(tmp_path, poses, monkeypatch):
    monkeypatch.setattr("formcheck.live.recorder._WAITING", 1000)  # frames come faster here than from any camera
    target = tmp_path / "set.mp4"
    run = run_of(poses[:150], 1.0)
    go(run, frames(poses[:150]), lambda frame, shot: True, target)
    assert target.is_file()
    assert probe(target).duration_s == pytest.approx(5.0 - 2.0, abs=0.4)


def test_without_a_set_nothing_is_recorded(tmp_path):
    with Recorder(tmp_path / "none.mp4"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_recording_that_cannot_be_written_is_told(tmp_path, poses):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(FormcheckError, match="cannot be written"),
        Recorder(tmp_path / "file" / "x.mp4") as recorder,
    ):
        recorder.add(frames(poses)[0])


@pytest.fixture
def clip(tmp_path, poses):
    path = tmp_path / "clip.mp4"
    with H264Writer(path, 320, 180, preset="ultrafast") as writer:
        for pose in poses:
            writer.write(np.zeros((180, 320, 3), np.uint8), pose.time_s)
    return path


def test_the_command_scores_a_file_in_the_camera_s_place(tmp_path, clip, poses, monkeypatch, capsys):
    import formcheck.live.engine

    small = [FramePose(p.time_s, p.landmarks_px / 4, p.visibility, p.world_m) for p in poses]
    monkeypatch.setattr(formcheck.live.engine, "open_quickest", lambda *_: Puppet(small))
    out = tmp_path / "out"
    command.live(str(clip), "backward_walk", out, countdown=0.0, headless=True)
    report = json.loads((out / "live-clip" / "report.json").read_text())
    assert len(report["steps"]) > 10
    assert report["exercise"]["id"] == "backward_walk"
    assert not (out / "live-clip" / "overlay.mp4").exists()  # nothing was to be recorded
    assert "Report:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("camera", "words"),
    [("97", "there is no camera 97"), ("no_such.mp4", "expected a camera number or a video file")],
)
def test_a_source_that_is_not_there_is_one_line(camera, words, tmp_path):
    with pytest.raises(FormcheckError, match=words) as told:
        command.live(camera, out=tmp_path, headless=True)
    assert "\n" not in str(told.value)
