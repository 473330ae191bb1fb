"""Regions, crops, refinement, merging and smoothing: the parts between the models."""

from __future__ import annotations

import math

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.engines.blazepose.detector import anchors, merge_overlapping
from formcheck.engines.blazepose.landmarks import refine
from formcheck.engines.blazepose.picture import FramePicture, RgbPicture
from formcheck.engines.blazepose.region import Region, region_of_person, whole_picture
from formcheck.engines.blazepose.smoothing import MediaPipeSmoothing, OneEuro
from formcheck.io.orientation import Upright
from tests.onnx_support import gradient

regions = st.builds(
    Region,
    st.floats(-100, 2000),
    st.floats(-100, 2000),
    st.floats(1, 3000),
    st.floats(-math.pi, math.pi),
)


@settings(deadline=None)
@given(regions, st.floats(0, 1), st.floats(0, 1))
def test_a_point_of_the_crop_comes_back_to_where_the_crop_took_it(region, x, y):
    point_px = region.to_picture([x, y])
    crop = region.crop_matrix(256) @ [*point_px, 1.0]
    np.testing.assert_allclose(crop, [256 * x, 256 * y], atol=1e-6)


@settings(deadline=None)
@given(regions, regions)
def test_overlap_is_the_same_both_ways_and_one_with_itself(one, other):
    assert one.overlap(other) == pytest.approx(other.overlap(one))
    assert 0 <= one.overlap(other) <= 1 + 1e-9
    assert one.overlap(one) == pytest.approx(1)


def test_a_standing_persons_region_is_upright_and_reaches_past_the_head():
    region = region_of_person([100, 200], [100, 120])
    assert region.rotation_rad == pytest.approx(0)
    assert region.size_px == pytest.approx(2 * 80 * 1.25)


def test_a_person_leaning_to_the_right_turns_the_region_clockwise():
    assert region_of_person([100, 200], [180, 200]).rotation_rad == pytest.approx(math.pi / 2)


@pytest.mark.parametrize("scale", [[5.0, 5.0], [np.nan, 1.0]])
def test_alignment_points_that_say_nothing_give_no_region(scale):
    assert region_of_person([5.0, 5.0], scale) is None


def test_a_crop_takes_the_pixels_of_its_region():
    picture = RgbPicture(gradient())
    crop = picture.crop(Region(20, 16, 16), 16)
    np.testing.assert_array_equal(crop[0, 3], 2 * (np.arange(16) + 12))
    np.testing.assert_array_equal(crop[1, :, 3], 2 * (np.arange(16) + 8))


def test_off_the_picture_a_crop_is_black_or_the_rim_drawn_out():
    picture = RgbPicture(gradient())
    corner = Region(0, 0, 32)
    assert picture.crop(corner, 32, draw_out_rim=False)[2, 0, 0] == 0
    assert picture.crop(corner, 32)[2, 0, 0] == 77


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_crop_of_planes_is_the_crop_of_the_upright_rgb_picture(rotation_deg, mirrored):
    y, x = np.mgrid[0:96, 0:128]
    rgb = np.stack([x + 60, 2 * y + 30, 200 - x], axis=-1).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
    upright = Upright(128, 96, rotation_deg, mirrored)
    planes = FramePicture(frame, upright)
    whole = RgbPicture(upright.rgb(frame))
    assert (planes.width, planes.height) == (whole.width, whole.height)
    region = Region(planes.width / 2, planes.height / 2, 70, 0.3)
    apart = planes.crop(region, 64).astype(int) - whole.crop(region, 64)
    assert np.abs(apart).max() <= 6
    assert abs(apart.mean()) <= 2


def test_pixels_that_are_not_square_are_made_square_in_the_crop():
    stored = np.zeros((40, 40, 3), np.uint8)
    stored[:, 20:] = 255
    frame = av.VideoFrame.from_ndarray(stored, format="rgb24").reformat(format="yuv420p")
    picture = FramePicture(frame, Upright(80, 40))
    crop = picture.crop(whole_picture(80, 40), 80)
    assert crop[0, 40, 36] < 30
    assert crop[0, 40, 44] > 225


def test_anchors_are_cell_centres_in_the_models_order():
    centres = anchors()
    assert centres.shape == (2254, 2)
    np.testing.assert_allclose(centres[[0, 1, 2]], [[0.5 / 28, 0.5 / 28]] * 2 + [[1.5 / 28, 0.5 / 28]])
    np.testing.assert_allclose(centres[-1], [6.5 / 7, 6.5 / 7])


def test_overlapping_boxes_become_one_person_averaged_by_score():
    boxes = np.array([[0, 0, 1, 1], [0, 0, 1, 0.9], [3, 3, 4, 4]], float)
    points = np.array([[[0.0, 0.0]], [[3.0, 0.0]], [[9.0, 9.0]]])
    merged = merge_overlapping(boxes, points, np.array([0.5, 1.0, 0.7]))
    np.testing.assert_allclose(merged, [[[2.0, 0.0]], [[9.0, 9.0]]])


def test_no_boxes_are_no_people():
    assert merge_overlapping(np.empty((0, 4)), np.empty((0, 4, 2)), np.empty(0)).shape == (0, 4, 2)


def test_a_landmark_moves_to_the_heat_around_it():
    heat = np.full((1, 64, 64), -20, np.float32)
    heat[0, 30, 33] = 20
    moved = refine(np.array([[31.5 / 64, 31.5 / 64]]), heat)
    np.testing.assert_allclose(moved, [[33 / 64, 30 / 64]], atol=1e-4)


@pytest.mark.parametrize("point", [[0.1, 0.1], [1.5, 0.5], [0.5, 1.02], [-0.4, 0.5]])
def test_a_landmark_far_from_heat_or_off_the_crop_stays(point):
    heat = np.full((1, 64, 64), -20, np.float32)
    heat[0, 30, 33] = 20
    np.testing.assert_array_equal(refine(np.array([point]), heat), [point])


@settings(deadline=None)
@given(st.lists(st.floats(-500, 500), min_size=1, max_size=20), st.floats(1, 500))
def test_smoothing_stays_between_the_values_it_has_seen(values, length):
    smooth = OneEuro(0.05, 80.0)
    for i, value in enumerate(values):
        out = smooth.push(np.array([value]), i / 30, length)[0]
        assert min(values[: i + 1]) - 1e-6 <= out <= max(values[: i + 1]) + 1e-6


def test_smoothing_holds_a_still_body_still_and_lets_a_fast_one_go():
    def settled(step_px):
        smooth = OneEuro(0.05, 80.0)
        for i in range(30):
            out = smooth.push(np.array([i * step_px + (0.5 if i % 2 else -0.5)]), i / 30, 400.0)
        return 29 * step_px - out[0]

    assert abs(settled(20.0)) < 5.0
    assert abs(settled(0.0)) < 0.3


def test_smoothing_starts_anew_after_a_reset():
    smooth = MediaPipeSmoothing()
    still = np.zeros((33, 2)), np.full(33, 0.5), np.zeros((33, 3)) + np.arange(33)[:, None]
    smooth.push(*still, 0.0, 300.0)
    smooth.reset()
    landmarks_px, visibility, _ = smooth.push(still[0] + 50, still[1] + 0.4, still[2], 1.0, 300.0)
    np.testing.assert_array_equal(landmarks_px, still[0] + 50)
    np.testing.assert_array_equal(visibility, still[1] + 0.4)


@given(st.floats(-math.pi, math.pi))
def test_a_region_lies_along_the_body_and_never_hangs_upside_down(lean_rad):
    region = region_of_person([100, 200], [100 + 80 * math.sin(lean_rad), 200 - 80 * math.cos(lean_rad)])
    assert abs(region.rotation_rad) <= math.radians(120) + 1e-9
    along = math.remainder(region.rotation_rad - lean_rad, math.pi)  # the body's line, whichever end is up
    assert along == pytest.approx(0, abs=1e-6)
    if abs(lean_rad) < math.radians(119):
        assert region.rotation_rad == pytest.approx(lean_rad, abs=1e-6)
