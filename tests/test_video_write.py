"""Video out: true times, sizes, colours, and never half a file. Pose files: the same poses come back."""

from __future__ import annotations

import av
import numpy as np
import pytest

from formcheck.core.types import EngineInfo, PoseSequence, SubjectInfo, VideoInfo
from formcheck.errors import FormcheckError
from formcheck.io import pose_file
from formcheck.io.encode import H264Writer
from formcheck.io.video import probe, read_frames
from tests.video_maker import corners, quarters


def _write(path, times_s, size=(64, 48)):
    with H264Writer(path, *size) as writer:
        for time_s in times_s:
            writer.write(quarters(*size), time_s)


def test_each_frame_is_shown_at_its_own_time(tmp_path):
    times_s = np.cumsum([0.0, 0.033, 0.04, 0.017, 0.1, 0.0333, 0.05])
    _write(tmp_path / "out.mp4", times_s)
    assert np.allclose([f.time_s for f in read_frames(tmp_path / "out.mp4")], times_s, atol=1e-5)


def test_a_clip_that_begins_later_starts_at_zero_and_remembers_its_origin(tmp_path):
    with H264Writer(tmp_path / "out.mp4", 64, 48) as writer:
        for time_s in (5.0, 5.5, 6.0):
            writer.write(quarters(64, 48), time_s)
    assert writer.origin_s == 5.0
    assert [f.time_s for f in read_frames(tmp_path / "out.mp4")] == pytest.approx([0.0, 0.5, 1.0])


def test_browsers_can_play_it_while_it_loads(tmp_path):
    _write(tmp_path / "out.mp4", np.arange(10) / 30)
    content = (tmp_path / "out.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(tmp_path / "out.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")


@pytest.mark.parametrize("size", [(65, 48), (64, 49), (101, 57)])
def test_odd_sizes_are_padded_to_even(tmp_path, size):
    _write(tmp_path / "out.mp4", np.arange(3) / 30, size)
    info = probe(tmp_path / "out.mp4")
    assert (info.width, info.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)


def test_colours_come_back_as_they_were(tmp_path):
    rgb = np.full((480, 640, 3), (200, 120, 40), np.uint8)
    with H264Writer(tmp_path / "out.mp4", 640, 480, quality=10) as writer:
        writer.write(rgb, 0.0)
        writer.write(rgb, 0.1)
    frame = next(read_frames(tmp_path / "out.mp4"))
    assert np.abs(frame.rgb.astype(int) - (200, 120, 40)).max() <= 4


def test_pictures_are_not_turned(tmp_path):
    _write(tmp_path / "out.mp4", [0.0, 0.1])
    assert corners(next(read_frames(tmp_path / "out.mp4")).rgb) == ["red", "green", "blue", "white"]


def test_an_interrupted_writer_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "out.mp4"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), H264Writer(target, 64, 48) as writer:
        writer.write(quarters(64, 48), 0.0)
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FormcheckError, match="cannot be written") as error:
        H264Writer(tmp_path / "file" / "out.mp4", 64, 48)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("shape", "time_s"), [((48, 65, 3), 1.0), ((48, 64), 1.0), ((48, 64, 3), 0.0)])
def test_frames_of_another_shape_or_out_of_order_are_refused(tmp_path, shape, time_s):
    with pytest.raises(ValueError, match="expected"), H264Writer(tmp_path / "out.mp4", 64, 48) as writer:
        writer.write(quarters(64, 48), 0.0)
        writer.write(np.zeros(shape, np.uint8), time_s)
    assert list(tmp_path.iterdir()) == []


def _poses() -> PoseSequence:
    rng = np.random.default_rng(0)
    landmarks = rng.normal(size=(5, 33, 2))
    landmarks[2] = np.nan
    return PoseSequence(
        np.arange(5) / 30,
        landmarks,
        rng.random((5, 33)),
        rng.normal(size=(5, 33, 3)),
        VideoInfo("clip.mp4", 720, 1280, 90, 29.97, 5, 0.2, True, 8.0, ("the file is cut short",)),
        EngineInfo("mediapipe", "full", "0.10.31"),
        SubjectInfo("auto", 2, "2 people were seen"),
    )


def test_saved_poses_come_back_bit_for_bit_with_all_that_is_known(tmp_path):
    pose = _poses()
    again = pose_file.load(pose_file.save(tmp_path / "deep" / "clip.npz", pose))
    for name in ("time_s", "landmarks_px", "visibility", "world_m"):
        assert np.array_equal(getattr(again, name), getattr(pose, name), equal_nan=True)
    assert (again.video, again.engine, again.subject) == (pose.video, pose.engine, pose.subject)
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["clip.npz"]


def _not_npz(path):
    path.write_bytes(b"not an archive")


def _other_npz(path):
    np.savez(path, anything=np.zeros(3))


def _cut(path):
    pose_file.save(path, _poses())
    path.write_bytes(path.read_bytes()[:-200])


def _pickle(path):
    np.savez(path, version=np.array(1), about=np.array({"a": 1}, dtype=object))


def _missing(path):
    return


@pytest.mark.parametrize("damage", [_not_npz, _other_npz, _cut, _pickle, _missing])
def test_what_is_no_pose_file_is_told_in_one_line(tmp_path, damage):
    path = tmp_path / "clip.npz"
    damage(path)
    with pytest.raises(FormcheckError, match="pose file") as error:
        pose_file.load(path)
    assert "\n" not in str(error.value)


def test_a_pose_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "clip.npz"
    np.savez(path, version=np.array(pose_file.VERSION + 1), about=np.array("{}"))
    with pytest.raises(FormcheckError, match="version"):
        pose_file.load(path)
