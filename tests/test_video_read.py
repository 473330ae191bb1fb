"""Video in: true times, upright pixels, every common container and codec."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core.types import Frame
from formcheck.errors import FormcheckError
from formcheck.io.light import too_dark
from formcheck.io.prefetch import prefetched
from formcheck.io.timing import slow_motion_factor, timing_of
from formcheck.io.video import picture_times, probe, read_frames, read_pictures, sample_frames
from tests.video_maker import corners, make_clip

UPRIGHT = ["red", "green", "blue", "white"]
KINDS = [
    ("mp4", "libx264", "yuv420p"),
    ("mov", "libx264", "yuv420p"),
    ("mkv", "libx264", "yuv420p"),
    ("avi", "libx264", "yuv420p"),
    ("mp4", "libx265", "yuv420p"),
    ("mov", "libx265", "yuv420p10le"),
    ("webm", "libvpx-vp9", "yuv420p"),
    ("webm", "libsvtav1", "yuv420p"),
    ("mp4", "libsvtav1", "yuv420p10le"),
    ("avi", "mjpeg", "yuvj420p"),
    ("mov", "mjpeg", "yuvj420p"),
]


@pytest.mark.parametrize(("ext", "codec", "pix_fmt"), KINDS)
def test_every_container_and_codec_gives_all_frames_at_their_times(tmp_path, ext, codec, pix_fmt):
    clip = make_clip(tmp_path / f"clip.{ext}", codec=codec, pix_fmt=pix_fmt)
    frames = list(read_frames(clip))
    assert [f.index for f in frames] == list(range(12))
    assert np.allclose([f.time_s for f in frames], np.arange(12) / 30, atol=0.001)
    assert all(corners(f.rgb) == UPRIGHT and f.rgb.shape == (48, 64, 3) for f in frames)
    info = probe(clip)
    assert (info.width, info.height, info.frames) == (64, 48, 12)
    assert info.fps == pytest.approx(30, rel=0.01)
    assert info.duration_s == pytest.approx(0.4, abs=0.002)
    assert not info.variable_frame_rate


@pytest.mark.parametrize("fps", [24, 25, 30000 / 1001, 60, 120, 240])
def test_rates_from_24_to_240_are_measured_from_the_timestamps(tmp_path, fps):
    clip = make_clip(tmp_path / "clip.mp4", np.arange(48) / fps)
    assert probe(clip).fps == pytest.approx(fps, rel=1e-3)
    assert np.allclose([f.time_s for f in read_frames(clip)], np.arange(48) / fps, atol=1e-4)


@pytest.mark.parametrize("ext", ["mp4", "mov", "mkv"])
def test_a_variable_frame_rate_keeps_each_frames_own_time(tmp_path, ext):
    gaps_s = np.tile([0.033, 0.041, 0.017, 0.1], 4)
    times_s = np.concatenate([[0.0], np.cumsum(gaps_s)])
    clip = make_clip(tmp_path / f"clip.{ext}", times_s)
    assert np.allclose([f.time_s for f in read_frames(clip)], times_s, atol=0.001)
    assert probe(clip).variable_frame_rate


def test_one_dropped_frame_in_a_long_clip_is_no_variable_rate():
    stamps = np.delete(np.arange(300), 100)
    assert not timing_of(stamps, Fraction(1, 30), 30.0).variable


def test_milliseconds_of_matroska_are_no_variable_rate():
    stamps = np.round(np.arange(300) * 1000 / 240).astype(np.int64)
    assert not timing_of(stamps, Fraction(1, 1000), 240.0).variable


TURNS = [
    ((0, False), 0, UPRIGHT),
    ((90, False), 270, ["green", "white", "red", "blue"]),
    ((180, False), 180, ["white", "blue", "green", "red"]),
    ((-90, False), 90, ["blue", "red", "white", "green"]),
]


@pytest.mark.parametrize(("turn", "clockwise_deg", "expected"), TURNS)
def test_the_rotation_flag_turns_the_pixels(tmp_path, turn, clockwise_deg, expected):
    clip = make_clip(tmp_path / "clip.mp4", turn=turn)
    frame = next(read_frames(clip))
    info = probe(clip)
    assert corners(frame.rgb) == expected
    assert info.rotation_deg == clockwise_deg
    assert frame.rgb.shape[:2] == (info.height, info.width)
    assert (info.width, info.height) == ((64, 48) if clockwise_deg % 180 == 0 else (48, 64))


def test_a_mirroring_flag_mirrors_left_and_right(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", turn=(0, True))
    assert corners(next(read_frames(clip)).rgb) == ["green", "red", "white", "blue"]


@pytest.mark.parametrize(("aspect", "shape"), [(Fraction(3, 2), (48, 96)), (Fraction(1, 2), (96, 64))])
def test_pixels_that_are_not_square_are_made_square(tmp_path, aspect, shape):
    clip = make_clip(tmp_path / "clip.mp4", aspect=aspect)
    info = probe(clip)
    assert next(read_frames(clip)).rgb.shape[:2] == shape == (info.height, info.width)


def test_odd_sizes_are_read_whole(tmp_path):
    clip = make_clip(tmp_path / "clip.mkv", codec="libvpx-vp9", size=(65, 49))
    assert next(read_frames(clip)).rgb.shape == (49, 65, 3)


def test_start_and_end_give_the_frames_between_with_the_clips_own_times(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", frames=90, gop=10)
    frames = list(read_frames(clip, start_s=1.0, end_s=2.0))
    assert [round(f.time_s * 30) for f in frames] == list(range(30, 61))
    assert frames[0].index == 0


@pytest.mark.parametrize("ext", ["avi", "mkv", "mp4"])
def test_start_is_exact_in_every_container(tmp_path, ext):
    clip = make_clip(tmp_path / f"clip.{ext}", frames=60)
    assert next(read_frames(clip, start_s=1.5)).time_s == pytest.approx(1.5, abs=0.02)


@pytest.mark.parametrize(("start_s", "end_s"), [(-1.0, None), (2.0, 1.0), (5.0, None), (0.0, 0.0)])
def test_limits_that_hold_no_frame_are_refused_in_one_line(tmp_path, start_s, end_s):
    clip = make_clip(tmp_path / "clip.mp4")
    with pytest.raises(FormcheckError) as error:
        list(read_frames(clip, start_s, end_s))
    assert "\n" not in str(error.value)


def test_a_given_slow_motion_factor_shortens_time(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", frames=31)
    info = probe(clip, slowmo=8)
    assert (info.slow_motion_factor, info.fps) == (8, 240)
    assert list(read_frames(clip, slowmo=8))[-1].time_s == pytest.approx(1 / 8)


def test_limits_stay_on_the_players_clock_in_slow_motion(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", frames=61)
    frames = list(read_frames(clip, start_s=1.0, end_s=2.0, slowmo=4))
    assert frames[0].time_s == pytest.approx(0.25)
    assert frames[-1].time_s == pytest.approx(0.5)


def test_a_phones_capture_rate_tag_is_recognised_as_slow_motion(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", metadata={"com.android.capture.fps": "240.0"}, frames=31)
    assert probe(clip).slow_motion_factor == pytest.approx(8)
    assert list(read_frames(clip))[-1].time_s == pytest.approx(1 / 8)


def test_a_capture_rate_equal_to_the_files_rate_is_true_time():
    assert slow_motion_factor({"com.android.capture.fps": "29.97"}, 30.0) == 1.0
    assert slow_motion_factor({}, 240.0) == 1.0
    assert slow_motion_factor({"com.android.capture.fps": "rubbish"}, 30.0) == 1.0


@pytest.mark.parametrize("factor", [0, -2, float("nan")])
def test_an_impossible_slow_motion_factor_is_refused(tmp_path, factor):
    with pytest.raises(FormcheckError, match="factor above 0"):
        probe(make_clip(tmp_path / "clip.mp4"), slowmo=factor)


@pytest.mark.parametrize("gop", [5, 250])
def test_samples_are_frames_of_the_clip_about_as_far_apart_as_asked(tmp_path, gop):
    clip = make_clip(tmp_path / "clip.mp4", frames=120, gop=gop)
    known = {round(f.time_s, 6) for f in read_frames(clip)}
    times_s = [f.time_s for f in sample_frames(clip, every_s=1.0)]
    assert {round(t, 6) for t in times_s} <= known
    assert times_s[0] == 0.0
    assert np.min(np.diff(times_s)) > 0.99 and np.max(np.diff(times_s)) < 1.4


@pytest.mark.parametrize(("ext", "codec"), [("mp4", "libx264"), ("mp4", "libx265"), ("webm", "libvpx-vp9")])
def test_a_part_read_on_one_thread_has_the_same_pictures_as_the_whole(tmp_path, ext, codec):
    """Pictures before the part that nothing is made from are not decoded; none of the part may suffer by it."""
    clip = make_clip(tmp_path / f"clip.{ext}", np.arange(60) / 30, codec=codec, moving=True)
    whole = [one.picture.to_ndarray(format="rgb24") for one in read_pictures(clip)]
    for first in (1, 17, 38):
        part = list(read_pictures(clip, start_s=(first - 0.1) / 30, one_thread=True))
        assert [round(one.time_s * 30) for one in part] == list(range(first, 60))
        for one, same in zip(part, whole[first:], strict=True):
            np.testing.assert_array_equal(one.picture.to_ndarray(format="rgb24"), same)


def test_picture_times_are_those_of_the_frames(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", frames=30, gop=10)
    times_s, keys_s = picture_times(clip)
    assert np.allclose(times_s, [f.time_s for f in read_frames(clip)])
    assert keys_s[0] == 0.0 and set(keys_s) <= set(times_s)


@given(gaps=st.lists(st.integers(1, 5000), min_size=1, max_size=60))
def test_timing_counts_every_stamp_and_its_rate_is_the_mean(gaps):
    stamps = np.concatenate([[0], np.cumsum(gaps)])
    timing = timing_of(stamps, Fraction(1, 1000), declared_fps=1e-3)
    assert timing.frames == len(stamps)
    assert timing.fps == pytest.approx(len(gaps) * 1000 / stamps[-1])


def test_reading_ahead_gives_the_same_items_and_hands_on_errors():
    def broken():
        yield from range(5)
        raise FormcheckError("the end is missing")

    got = []
    with pytest.raises(FormcheckError, match="the end is missing"):
        for item in prefetched(broken()):
            got.append(item)
    assert got == list(range(5))


def test_reading_ahead_holds_only_a_few_items_and_stops_when_left():
    made = []
    closed = threading.Event()

    def endless():
        try:
            k = 0
            while True:
                made.append(k)
                yield k
                k += 1
        finally:
            closed.set()

    reader = prefetched(endless(), ahead=2)
    assert next(reader) == 0
    reader.close()
    assert closed.wait(5)
    assert len(made) <= 6


def test_the_real_clips_are_read_to_their_last_frame():
    folder = Path(__file__).resolve().parent.parent.parent / "shared" / "clips"
    clip = folder / "zz_treadmill_run_side.mp4"
    if not clip.exists():
        pytest.skip("the shared clips are not beside this checkout")
    info = probe(clip)
    assert (info.width, info.height, info.frames, info.fps) == (720, 1280, 360, 30.0)
    assert sum(1 for _ in read_frames(clip)) == 360


FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "videos"


def test_of_the_rendered_clips_the_dark_one_is_too_dark_and_no_other():
    found = {clip.stem for clip in FIXTURES.glob("*.mp4") if too_dark(read_frames(clip))}
    assert found == {"dark_right"}


@pytest.mark.parametrize(
    "black, level, dark", [(0, 40, True), (0, 60, True), (0, 90, False), (5, 90, False), (5, 40, True)]
)
def test_a_clip_that_begins_black_is_judged_by_what_follows(black, level, dark):
    frames = (Frame(i, i / 30, np.full((36, 64, 3), 0 if i < black else level, np.uint8)) for i in range(60))
    assert too_dark(frames) == dark


def test_no_frames_are_not_dark():
    assert not too_dark(iter(()))
