"""The pelvis's turn, read from how wide the hips are in the picture."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.core.checks.judge import view_allows
from formcheck.core.signals.columns import _pelvis_yaw_deg
from formcheck.core.types import Lap
from formcheck.exercises.load import load_catalogue

TIME_S = np.arange(0, 6, 1 / 30)


def turning(yaw_deg, twist_deg, width_px=40.0):
    """A pelvis ``width_px`` wide that faces ``yaw_deg`` and turns by ``twist_deg`` (T,) to the athlete's left."""
    # Toward the camera (yaw 0) the athlete's left is image-right; a turn to the left adds to the yaw.
    across = width_px * np.cos(np.radians(yaw_deg + twist_deg))
    hips = np.zeros((2, len(TIME_S), 2))
    hips[0, :, 0], hips[1, :, 0] = 300 + across / 2, 300 - across / 2
    pose = SimpleNamespace(part=lambda part: hips)
    track = SimpleNamespace(start=0, stop=len(TIME_S), time_s=TIME_S, yaw_deg=yaw_deg, view="oblique")
    return pose, track


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([-1, 1]), st.floats(35, 60), st.floats(2, 12), st.floats(20, 200))
def test_a_turning_pelvis_is_measured_to_a_degree_and_a_half_to_either_side(side, yaw_deg, swing_deg, width_px):
    twist = swing_deg * np.sin(2 * np.pi * TIME_S)
    found = _pelvis_yaw_deg(*turning(side * yaw_deg, twist, width_px))
    inner = slice(30, -30)  # at the ends the usual width is of half a window only
    np.testing.assert_allclose(found[inner], twist[inner] - np.median(twist), atol=1.5)


def test_hips_of_no_width_give_no_turn():
    assert np.isnan(_pelvis_yaw_deg(*turning(45, np.zeros(len(TIME_S)), 0.0))).all()


@pytest.mark.parametrize(("yaw_deg", "shown"), [(45.0, True), (-45.0, True), (135.0, False), (-135.0, False)])
def test_twisting_hips_are_judged_only_with_the_front_toward_the_camera(yaw_deg, shown):
    checks = load_catalogue().exercises["backward_walk"].measures
    twist = next(one for one in checks if one.signal == "pelvis_twist_range_deg")
    lap = Lap(0, "backward_walk", "backward", "right", "oblique", yaw_deg, 0.0, 6.0)
    assert view_allows(twist, lap) is shown
    assert view_allows(replace(twist, from_ahead=False), lap)
