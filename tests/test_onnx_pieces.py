"""Cutting a clip into pieces and joining what was found in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.engines.blazepose.landmarks import Person
from formcheck.engines.blazepose.pieces import OVERLAP, Piece, PiecesApart, join, plan, strangers
from formcheck.engines.blazepose.region import Region
from formcheck.engines.blazepose.trail import Found, Trail


def found(time_s, x_px=None, size_px=100.0):
    """A person whose every number is ``x_px``, or nobody."""
    if x_px is None:
        return Found(time_s, None, 640, 480)
    region = Region(x_px, 50, size_px)
    return Found(time_s, Person(np.full((33, 7), x_px, np.float32), 0.9, region, region), 640, 480)


def frames_of(piece, times):
    low = -np.inf if piece.start_s is None else piece.start_s - 1e-9
    high = np.inf if piece.end_s is None else piece.end_s + 1e-9
    return [t for t in times if low <= t <= high]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 3000),
    st.sampled_from([24.0, 29.97, 60.0, 240.0]),
    st.integers(1, 300),
    st.one_of(st.none(), st.floats(0, 5)),
)
def test_pieces_hold_every_frame_and_meet_in_the_overlap(count, rate_hz, key_every, start_s):
    times = np.arange(count) / rate_hz
    wanted = [t for t in times if start_s is None or t >= start_s - 1e-9]
    pieces = plan(times, times[::key_every], start_s, None)
    held = [frames_of(piece, wanted) for piece in pieces]
    assert sorted({t for part in held for t in part}) == wanted
    assert pieces[0].start_s == start_s
    assert pieces[-1].end_s is None
    for before, after in zip(held[:-1], held[1:], strict=True):
        assert before[-OVERLAP:] == after[:OVERLAP]
        assert len(after) > 2 * OVERLAP


def test_a_cut_moves_to_a_frame_near_it_that_decoding_can_start_at():
    times = np.arange(1800) / 30
    keys = np.array([0, 440, 700]) / 30
    assert plan(times, keys, None, None)[1].start_s == 440 / 30


def test_a_far_key_frame_does_not_make_the_pieces_uneven():
    times = np.arange(1800) / 30
    pieces = plan(times, times[::250], None, None)
    starts = [0.0, *(piece.start_s for piece in pieces[1:]), 60.0]
    assert len(pieces) >= 4
    assert np.ptp(np.diff(starts)) <= 0.1 * np.mean(np.diff(starts)) + 1 / 30


def test_a_short_clip_with_one_key_frame_is_still_cut_for_two_cores():
    times = np.arange(360) / 30
    assert [piece.start_s for piece in plan(times, times[:1], None, None)] == [None, 6.0]


@pytest.mark.parametrize(("count", "keys"), [(30, [0.0]), (900, [])])
def test_a_very_short_clip_or_one_without_timestamps_is_left_whole(count, keys):
    assert plan(np.arange(count) / 30, np.array(keys), None, None) == [Piece(None, None)]


def test_the_later_piece_fades_in_once_it_has_settled():
    before = [found(t / 30, 100) for t in range(20)]
    after = [found(t / 30, 170) for t in range(14, 30)]
    out = join([Trail(before), Trail(after)])
    x = [one.person.landmarks_px[0, 0] for one in out]
    assert [one.time_s for one in out] == [t / 30 for t in range(30)]
    np.testing.assert_allclose(x[13:21], [100, 100, 100, 100, 117.5, 135, 152.5, 170], rtol=1e-6)


def test_where_only_one_piece_has_found_somebody_they_are_kept():
    before = [found(t, 100 if t < 3 else None) for t in range(4)]
    after = [found(2.0), found(3.0, 200), found(4.0)]
    out = join([Trail(before), Trail(after)])
    assert [one.person and one.person.landmarks_px[0, 0] for one in out] == [100, 100, 100, 200, None]


@pytest.mark.parametrize("later", [[5.0, 6.0], [2.5, 3.5], []])
def test_pieces_that_do_not_meet_are_not_joined(later):
    with pytest.raises(PiecesApart):
        join([Trail(found(float(t)) for t in range(4)), Trail(found(t) for t in later)])


def test_pieces_that_follow_different_people_tell_where_the_first_one_is():
    before = [found(float(t), 100) for t in range(6)]
    same = [found(float(t), 110) for t in range(3, 9)]
    other = [found(float(t), 400) for t in range(3, 9)]
    assert strangers(before, same) is None
    assert strangers(before, [found(float(t)) for t in range(3, 9)]) is None
    assert strangers(before, other).center_x_px == 100


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.none(), st.floats(-500, 3000)), min_size=1, max_size=200), st.integers(0, 60))
def test_a_trail_gives_back_what_was_put_in(places, begin):
    frames = [found(t / 30, x) for t, x in enumerate(places)]
    trail, begin = Trail(frames), min(begin, len(frames))
    joined = Trail(frames[:begin])
    joined.extend(trail, begin)
    for one in (trail, joined):
        assert len(one) == len(frames)
        assert one.times_s.tolist() == [frame.time_s for frame in frames]
        for put, got in zip(frames, one, strict=True):
            assert (put.time_s, put.width, put.height) == (got.time_s, got.width, got.height)
            assert (put.person is None) == (got.person is None)
            if put.person is not None:
                np.testing.assert_array_equal(put.person.numbers, got.person.numbers)
                assert (put.person.region, put.person.next_region) == (got.person.region, got.person.next_region)


def test_a_person_read_from_a_trail_outlives_its_growth():
    trail = Trail([found(0.0, 7.0)])
    person = trail[-1].person
    for t in range(1, 500):
        trail.append(found(t / 30, 9.0))
    assert (person.numbers == 7.0).all()
