"""Poses are gathered frame by frame into one sequence."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import EngineInfo, SubjectInfo, VideoInfo, readonly
from formcheck.engines.base import Anywhere, FramePose
from formcheck.engines.collect import PoseCollector

VIDEO, ENGINE = VideoInfo("clip.mp4", 640, 480), EngineInfo("fake", "full", "1")


def pose(time_s: float, x: float) -> FramePose:
    """A body 100 px tall at ``x``."""
    landmarks = np.column_stack([np.full(N_LANDMARKS, x), np.linspace(0, 100, N_LANDMARKS)])
    return FramePose(time_s, landmarks, np.full(N_LANDMARKS, 0.9), np.full((N_LANDMARKS, 3), x))


def collect(poses, expected: int):
    collector = PoseCollector(expected, Anywhere())
    for k, one in enumerate(poses):
        collector.add(k / 30, one)
    return collector.finish(VIDEO, ENGINE, SubjectInfo())


def test_each_frame_keeps_its_pose_and_missing_ones_are_nan_with_no_visibility():
    out = collect([pose(0, 10.0), None, pose(2 / 30, 12.0)], expected=3)
    assert out.landmarks_px[:, 0, 0].tolist()[::2] == [10.0, 12.0]
    assert np.isnan(out.landmarks_px[1]).all() and np.isnan(out.world_m[1]).all()
    assert (out.visibility[1] == 0).all() and (out.visibility[[0, 2]] == 0.9).all()
    assert out.video.frames == 3 and out.video.warnings == ()


def test_more_frames_than_expected_all_have_room():
    out = collect([pose(k / 30, 10.0 + k) for k in range(300)], expected=5)
    assert len(out.time_s) == 300 and out.landmarks_px[299, 0, 0] == 309.0


def test_fewer_frames_than_expected_are_told():
    out = collect([pose(k / 30, 10.0) for k in range(50)], expected=100)
    assert len(out.time_s) == 50
    assert "50 of 100 pictures cannot be decoded" in out.video.warnings[0]


def test_another_body_is_left_out_and_noted():
    out = collect([pose(k / 30, 10.0 if k < 40 else 500.0) for k in range(50)], expected=50)
    assert np.isnan(out.landmarks_px[40:]).all() and np.isfinite(out.landmarks_px[:40]).all()
    assert "10 frames" in out.subject.note


def test_arrays_that_nobody_can_write_to_are_not_copied():
    mine = np.arange(3.0)
    assert readonly(mine) is not mine
    mine.setflags(write=False)
    assert readonly(mine) is mine
    whole = np.arange(6.0)
    view = whole[:3]
    view.setflags(write=False)
    whole[0] = 9.0
    kept = readonly(view)
    whole[0] = 7.0
    assert kept[0] == 9.0


@pytest.mark.parametrize("library", [None, "no malloc_trim", "no library"])
def test_memory_is_given_back_or_left_alone_without_a_word(monkeypatch, library):
    import ctypes

    from formcheck import memory

    called = []

    def load(_name):
        if library == "no library":
            raise OSError("none")
        return SimpleNamespace() if library else SimpleNamespace(malloc_trim=called.append)

    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", load)
    memory.give_back()
    assert called == ([] if library else [0])
