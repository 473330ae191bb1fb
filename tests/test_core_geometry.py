import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core import geometry as g

coord = st.floats(-1000, 1000)
point = st.tuples(coord, coord).map(np.array)


def at(angle_deg, length=100.0):
    rad = np.radians(angle_deg)
    return length * np.array([np.cos(rad), np.sin(rad)])


@pytest.mark.parametrize("bend", [0, 10, 45, 90, 135])
def test_flexion_is_the_bend_by_construction(bend):
    knee = np.array([500.0, 300.0])
    hip, ankle = knee + at(-90), knee + at(90 - bend)
    assert g.flexion_deg(hip, knee, ankle) == pytest.approx(bend, abs=1e-9)


def test_lean_is_positive_toward_the_facing_on_either_side():
    hip, shoulder = np.array([0.0, 100.0]), np.array([10.0, 0.0])
    assert g.from_vertical_deg(hip, shoulder, 1.0) == pytest.approx(np.degrees(np.arctan2(10, 100)))
    assert g.from_vertical_deg(hip, shoulder, -1.0) == pytest.approx(-np.degrees(np.arctan2(10, 100)))


def test_elevation_is_positive_upward_though_pixels_grow_downward():
    assert g.above_level_deg(np.array([0.0, 100.0]), np.array([100.0, 0.0])) == pytest.approx(45.0)


@given(point, point, point, st.floats(0.1, 10), st.floats(-180, 180), point)
def test_flexion_ignores_scale_turn_and_shift(a, b, c, scale, turn, shift):
    if min(np.hypot(*(a - b)), np.hypot(*(c - b))) < 1.0:
        return
    r = np.radians(turn)
    rotate = np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
    moved = [scale * rotate @ p + shift for p in (a, b, c)]
    assert g.flexion_deg(*moved) == pytest.approx(float(g.flexion_deg(a, b, c)), abs=1e-4)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_missing_point_is_a_missing_angle(which):
    points = [np.array([0.0, 0.0]), np.array([10.0, 0.0]), np.array([10.0, 10.0])]
    points[which] = np.array([np.nan, 1.0])
    assert np.isnan(g.flexion_deg(*points))


def test_a_segment_without_length_has_no_angle():
    p = np.array([5.0, 5.0])
    assert np.isnan(g.inner_angle_deg(p, p, np.array([9.0, 9.0])))
    assert np.isnan(g.from_vertical_deg(p, p))


def test_median_direction_does_not_break_at_the_back():
    assert abs(g.median_direction_deg(np.array([178.0, -178.0, 179.0, -179.0, np.nan]))) == pytest.approx(180, abs=1)
    assert np.isnan(g.median_direction_deg(np.array([np.nan])))
