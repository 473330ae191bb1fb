from dataclasses import replace

import numpy as np
import pytest

from formcheck.core.clean import swaps
from formcheck.core.clean.prepare import leg_length_px
from tests.synth import Walk, walker


def exchanged(values, swapped):
    """A copy of ``values`` with the legs exchanged."""
    out = np.array(values)
    swaps.exchange_legs_in(out, swapped)
    return out


def swapped_clip(spans, fps=30.0, noise_px=1.5, belt=False):
    pose, _ = walker(Walk(fps=fps, noise_px=noise_px, belt=belt, width=2400))
    planted = np.zeros(len(pose.time_s), dtype=bool)
    for a, b in spans:
        planted |= (pose.time_s >= a) & (pose.time_s < b)
    return replace(pose, landmarks_px=exchanged(pose.landmarks_px, planted)), planted, pose


@pytest.mark.parametrize("fps", [30.0, 60.0])
@pytest.mark.parametrize("belt", [False, True])
def test_short_swaps_are_undone_and_counted(fps, belt):
    pose, planted, clean = swapped_clip([(1.0, 1.2), (3.4, 3.7), (5.2, 5.3)], fps, belt=belt)
    found = swaps.find_swaps(pose.landmarks_px, leg_length_px(pose.landmarks_px))
    legs_apart = np.abs(clean.landmarks_px[:, swaps.LEFT] - clean.landmarks_px[:, swaps.RIGHT]).max(axis=(1, 2))
    clear = legs_apart > 40  # where the legs coincide, either label is right
    assert (found == planted)[clear].mean() > 0.98
    assert swaps.count_swaps(planted) == 3


def test_a_clean_clip_has_none():
    pose, _, _ = swapped_clip([])
    assert not swaps.find_swaps(pose.landmarks_px, leg_length_px(pose.landmarks_px)).any()


def test_a_clip_without_a_body_has_none():
    assert not swaps.find_swaps(np.full((20, 33, 2), np.nan), float("nan")).any()


def test_exchanging_twice_changes_nothing():
    pose, _, _ = swapped_clip([])
    some = np.random.default_rng(0).uniform(size=len(pose.time_s)) < 0.3
    twice = exchanged(exchanged(pose.landmarks_px, some), some)
    np.testing.assert_array_equal(twice, pose.landmarks_px)
