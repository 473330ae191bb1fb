"""Contacts, lift-offs, direction, view and laps of stick people whose truth is known by construction."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.core.body.course import plot_course
from formcheck.core.clean.prepare import prepare
from formcheck.core.gait.contacts import _courses, _swings, find_contacts, without_doubles, without_phantoms
from formcheck.core.gait.events import FootEvents, foot_events
from formcheck.core.gait.foot_course import Usual, foot_course
from formcheck.core.gait.frontal import frontal_events
from formcheck.core.gait.tracks import Track, follow
from formcheck.core.skeleton import MIRROR, SKELETON
from formcheck.core.types import PoseSequence
from tests.synth import Walk, walker

CONTACT_TOLERANCE_S = {30.0: 0.033, 60.0: 0.020}


def tracks_of(pose: PoseSequence):
    clean = prepare(pose)
    return follow(clean, plot_course(clean))


def events_of(pose: PoseSequence):
    """side -> (contacts, lift-offs), all tracks."""
    found = {"left": ([], []), "right": ([], [])}
    for track in tracks_of(pose):
        for c in find_contacts([track])[0]:
            found[c.side][0].append(c.contact_s)
            found[c.side][1].append(c.off_s)
    return {side: (np.array(a), np.array(b)[np.isfinite(b)]) for side, (a, b) in found.items()}


def worst_error_s(found, truth):
    return max(float(np.abs(truth - at).min()) for at in found) if len(found) else 0.0


@pytest.mark.parametrize("fps", [30.0, 60.0])
@pytest.mark.parametrize("belt", [False, True])
@pytest.mark.parametrize("yaw", [90.0, -90.0, 75.0, -110.0])
@pytest.mark.parametrize("gait", ["backward", "forward"])
def test_contact_and_lift_off_are_found_to_a_frame_both_ways(gait, yaw, belt, fps):
    pose, truth = walker(Walk(gait=gait, yaw_deg=yaw, belt=belt, fps=fps, noise_px=1.0, width=1600))
    for side, (contact, off) in events_of(pose).items():
        inner = [c for c in truth.contacts[side] if 0.3 < c < pose.time_s[-1] - 0.3]
        assert len(contact) >= len(inner)
        assert worst_error_s(contact, truth.contacts[side]) < CONTACT_TOLERANCE_S[fps]
        assert worst_error_s(off, truth.offs[side]) < 1.5 * CONTACT_TOLERANCE_S[fps]


@pytest.mark.parametrize("yaw", [0.0, 180.0])
@pytest.mark.parametrize("gait", ["backward", "forward"])
def test_steps_are_counted_and_timed_from_front_and_back(gait, yaw):
    pose, truth = walker(Walk(gait=gait, yaw_deg=yaw, noise_px=1.0))
    for side, (contact, _) in events_of(pose).items():
        inner = [c for c in truth.contacts[side] if 0.5 < c < pose.time_s[-1] - 0.5]
        assert len(inner) <= len(contact) <= len(truth.contacts[side])
        assert worst_error_s(contact, truth.contacts[side]) < 0.05


def test_a_far_foot_moved_along_by_the_near_one_takes_no_step():
    (track,) = tracks_of(walker(Walk(gait="backward", yaw_deg=90.0))[0])
    swing = next((a, b) for a, b in _swings(foot_events(_courses(track)[1])) if a > 2.0)
    seen = track.time_s > swing[0] - 0.1  # the left foot has landed before: its nudge is the first thing it does
    t, foot, ankle = track.time_s[seen], track.foot[:, seen], track.ankle[:, seen]
    track = replace(track, time_s=t, foot=foot, ankle=ankle)
    nudge = -0.5 * np.exp(-(((t - np.mean(swing)) / (0.2 * (swing[1] - swing[0]))) ** 2)) * [[1.0], [0.0]]
    nudged = replace(track, foot=foot + nudge, ankle=ankle + nudge)
    before, after = (len(foot_events(_courses(one)[0]).contact_s) for one in (track, nudged))
    assert after > before, "the nudge must look like a step"
    true = [contact.contact_s for contact in find_contacts([track])[0]]
    assert [contact.contact_s for contact in find_contacts([nudged])[0]] == pytest.approx(true, abs=0.1)


def test_two_feet_in_the_air_together_as_in_running_both_land():
    (track,) = tracks_of(walker(Walk(gait="forward", yaw_deg=90.0))[0])
    t = track.time_s
    offs = [np.arange(0.5 + 0.35 * k, t[-1] - 0.6, 0.7) for k in (0, 1)]
    foot = np.stack([1.5 * np.clip((t[:, None] - off) / 0.45, 0, 1).sum(axis=1) for off in offs])
    events = [FootEvents(off + 0.45, off) for off in offs]
    kept = without_phantoms(replace(track, foot=foot), events)
    assert [len(one.contact_s) for one in kept] == [len(off) for off in offs]


def floor_rows(travel: float, camera_m: float):
    """Rows of one foot on a floor seen from the front by a camera ``camera_m`` up, six swings of 0.45 s each 1.2 s;
    ``travel`` metres a swing, + away from the camera. Returns times, rows (px), lift-offs and contacts."""
    t = np.arange(0.0, 8.0, 1 / 30)
    offs = 0.7 + 1.2 * np.arange(6)
    u = np.clip((t[:, None] - offs) / 0.45, 0, 1)
    away = 6.0 + travel * (u**3 * (10 - 15 * u + 6 * u**2) - 0.5).sum(axis=1)
    lift = 0.06 * np.sin(np.pi * u).max(axis=1) ** 2
    return t, 1000.0 * (camera_m - lift) / away, offs, offs + 0.45


@pytest.mark.parametrize("camera_m", [0.6, 1.1, 1.9])
@pytest.mark.parametrize("travel", [0.5, 0.0, -0.5])
@pytest.mark.parametrize("view", ["front", "back"])
def test_a_foot_that_comes_down_while_it_goes_away_is_timed_to_half_a_tenth_s(view, travel, camera_m):
    t, rows, offs, contacts = floor_rows(travel, camera_m)
    moving = np.exp(-(((t[:, None] - offs - 0.225) / 0.15) ** 2)).max(axis=1)
    found = frontal_events(t, moving, rows, rows, view, "off" if travel >= 0 else "contact")
    assert len(found.contact_s) == len(found.off_s) == 6
    np.testing.assert_allclose(found.contact_s, contacts, atol=0.05)
    np.testing.assert_allclose(found.off_s, offs, atol=0.05)


@given(st.sampled_from([0.6, 0.3, 0.0]), st.sampled_from([0.9, 1.5]), st.sampled_from(["front", "back"]))
@settings(max_examples=8, deadline=None)
def test_head_on_too_time_reversal_exchanges_contact_and_lift_off(travel, camera_m, view):
    t, rows, offs, _ = floor_rows(travel, camera_m)
    moving = np.exp(-(((t[:, None] - offs - 0.225) / 0.15) ** 2)).max(axis=1)
    there = frontal_events(t, moving, rows, rows, view, "off")
    back = frontal_events(t, moving[::-1], rows[::-1], rows[::-1], view, "contact")
    np.testing.assert_allclose(there.contact_s, t[-1] - back.off_s[::-1], atol=0.005)
    np.testing.assert_allclose(there.off_s, t[-1] - back.contact_s[::-1], atol=0.005)


def test_a_swing_the_clip_cuts_off_has_no_contact():
    t, rows, offs, contacts = floor_rows(0.5, 1.1)
    seen = t < contacts[-1] - 0.05
    moving = np.exp(-(((t[:, None] - offs - 0.225) / 0.15) ** 2)).max(axis=1)
    found = frontal_events(t[seen], moving[seen], rows[seen], rows[seen], "front", "off")
    assert len(found.contact_s) == 5


@pytest.mark.parametrize("yaw", [90.0, -90.0, 45.0, -135.0, 0.0, 180.0])
@pytest.mark.parametrize("gait", ["backward", "forward"])
def test_travel_against_facing_is_backward_from_every_side(gait, yaw):
    (track,) = tracks_of(walker(Walk(gait=gait, yaw_deg=yaw))[0])
    assert (track.gait, track.direction) == (gait, gait)
    assert abs(abs(track.yaw_deg) - abs(yaw)) < 3


@pytest.mark.parametrize("yaw", [90.0, -90.0, 60.0])
@pytest.mark.parametrize("gait", ["backward", "forward"])
def test_on_a_belt_the_feet_tell_the_direction(gait, yaw):
    (track,) = tracks_of(walker(Walk(gait=gait, yaw_deg=yaw, belt=True, noise_px=1.0))[0])
    assert (track.gait, track.direction) == (gait, "in_place")


def reversed_in_time(pose: PoseSequence) -> PoseSequence:
    end = pose.time_s[-1]
    return replace(
        pose, time_s=end - pose.time_s[::-1], landmarks_px=pose.landmarks_px[::-1],
        visibility=pose.visibility[::-1], world_m=pose.world_m[::-1],
    )  # fmt: skip


def mirrored(pose: PoseSequence) -> PoseSequence:
    px = pose.landmarks_px[:, MIRROR].copy()
    px[..., 0] = pose.video.width - px[..., 0]
    world = pose.world_m[:, MIRROR] * np.array([-1.0, 1.0, 1.0])
    return replace(pose, landmarks_px=px, visibility=pose.visibility[:, MIRROR], world_m=world)


walks = st.builds(
    Walk,
    gait=st.sampled_from(["backward", "forward"]),
    yaw_deg=st.sampled_from([90.0, -90.0, 80.0, -100.0]),
    belt=st.booleans(),
    fps=st.sampled_from([25.0, 30.0, 60.0]),
    stride_s=st.floats(0.9, 1.6),
    speed=st.floats(0.4, 0.8),
    phase=st.floats(0.0, 0.49),
    duration_s=st.just(6.0),
    width=st.just(2400),
)


@settings(max_examples=15, deadline=None)
@given(walks)
def test_playing_a_clip_backwards_exchanges_contact_and_lift_off(walk):
    pose, _ = walker(walk)
    end = pose.time_s[-1]
    there, back = events_of(pose), events_of(reversed_in_time(pose))
    other = {"backward": "forward", "forward": "backward"}[walk.gait]
    assert {t.gait for t in tracks_of(reversed_in_time(pose))} == {other}
    for side in ("left", "right"):
        again = np.sort(end - back[side][0])
        for off in there[side][1]:
            assert np.abs(again - off).min() < 1.0 / walk.fps


@settings(max_examples=15, deadline=None)
@given(walks)
def test_the_mirror_exchanges_left_and_right_and_nothing_else(walk):
    pose, _ = walker(walk)
    there, mirror = events_of(pose), events_of(mirrored(pose))
    np.testing.assert_allclose(there["left"][0], mirror["right"][0], atol=1e-6)
    np.testing.assert_allclose(there["right"][1], mirror["left"][1], atol=1e-6)
    assert [t.gait for t in tracks_of(pose)] == [t.gait for t in tracks_of(mirrored(pose))]


@settings(max_examples=15, deadline=None)
@given(walks, st.floats(0.3, 3.0), st.floats(-0.2, 0.2))
def test_size_and_place_in_the_picture_do_not_matter(walk, scale, shift):
    pose, _ = walker(walk)
    width, height = pose.video.width * scale, pose.video.height * scale
    video = replace(pose.video, width=int(width * 3), height=int(height * 3))
    moved = replace(pose, landmarks_px=pose.landmarks_px * scale + [width * (1 + shift), height], video=video)
    there, here = events_of(pose), events_of(moved)
    for side in ("left", "right"):
        np.testing.assert_allclose(there[side][0], here[side][0], atol=1e-6)


@settings(max_examples=10, deadline=None)
@given(walks)
def test_the_frame_rate_does_not_move_the_steps(walk):
    slow, fast = (events_of(walker(replace(walk, fps=fps))[0]) for fps in (30.0, 120.0))
    for side in ("left", "right"):
        inner = slow[side][0][slow[side][0] < walk.duration_s - 0.15]  # the last frames may tell one rate more
        for at in inner:
            assert np.abs(fast[side][0] - at).min() < 1.25 / 30.0


def test_push_up_and_pull_back_are_two_laps_of_one_facing():
    there, _ = walker(Walk(gait="forward", duration_s=5.0, width=2400))
    back, _ = walker(Walk(gait="backward", duration_s=5.0, width=2400, phase=0.4))
    x_end = there.landmarks_px[-1, :, 0].mean() - back.landmarks_px[0, :, 0].mean()
    joined = PoseSequence(
        np.concatenate([there.time_s, back.time_s + there.time_s[-1] + 1 / 30]),
        np.concatenate([there.landmarks_px, back.landmarks_px + [x_end, 0]]),
        np.concatenate([there.visibility, back.visibility]),
        np.concatenate([there.world_m, back.world_m]),
        there.video, there.engine,
    )  # fmt: skip
    tracks = tracks_of(joined)
    assert [(t.gait, t.facing) for t in tracks] == [("forward", "right"), ("backward", "right")]
    assert tracks[1].time_s[0] == pytest.approx(5.0, abs=0.4)


def test_a_hidden_shin_gives_no_steps_rather_than_wrong_ones():
    pose, truth = walker(Walk(duration_s=8.0, width=1600))
    px = pose.landmarks_px.copy()
    hidden = (pose.time_s > 3.0) & (pose.time_s < 4.5)
    px[np.ix_(hidden, [SKELETON[n] for n in ("knee_l", "ankle_l", "heel_l", "toe_l")])] = np.nan
    for at in events_of(replace(pose, landmarks_px=px))["left"][0]:
        assert np.abs(truth.contacts["left"] - at).min() < 0.05


def cut_at(pose: PoseSequence, start_s: float) -> PoseSequence:
    """What is left of ``pose`` from ``start_s`` on, at its own times."""
    kept = pose.time_s >= start_s
    return replace(
        pose, time_s=pose.time_s[kept], landmarks_px=pose.landmarks_px[kept],
        visibility=pose.visibility[kept], world_m=pose.world_m[kept],
    )  # fmt: skip


@pytest.mark.parametrize("gait", ["backward", "forward"])
@pytest.mark.parametrize("after_peak_s", [0.01, 0.03, 0.04])
def test_a_swing_whose_best_speed_was_out_of_sight_lands_when_it_lands(after_peak_s, gait):
    pose, truth = walker(Walk(gait=gait, noise_px=0.5, width=1600))
    contact = truth.contacts["left"][1]
    lift = max(t for t in truth.offs["left"] if t < contact)
    cut = cut_at(pose, (lift + contact) / 2 + after_peak_s)
    found = events_of(cut)["left"][0]
    assert np.abs(found - contact).min() < 0.007


@pytest.mark.parametrize("gait", ["backward", "forward"])
@pytest.mark.parametrize("short_s", [0.0, 0.03, 0.06, 0.1, 0.15])
def test_a_contact_after_the_clips_end_is_not_told(short_s, gait):
    pose, truth = walker(Walk(gait=gait, noise_px=0.5, width=1600))
    end = truth.contacts["left"][3] - short_s
    kept = pose.time_s <= end
    cut = replace(
        pose, time_s=pose.time_s[kept], landmarks_px=pose.landmarks_px[kept],
        visibility=pose.visibility[kept], world_m=pose.world_m[kept],
    )  # fmt: skip
    found = events_of(cut)["left"][0]
    assert (found <= cut.time_s[-1]).all()
    assert len(found) in ((3, 4) if short_s < 0.05 else (3,))


def stuck_at_the_edge(pose: PoseSequence, from_s: float) -> PoseSequence:
    """What a pose model makes of legs that leave the picture: they stay at its edge, and then are gone."""
    px = pose.landmarks_px.copy()
    stuck = pose.time_s >= from_s
    px[stuck] = px[np.argmax(stuck)]
    px[pose.time_s >= from_s + 0.15] = np.nan
    return replace(pose, landmarks_px=px)


def test_a_foot_held_at_the_pictures_edge_has_not_landed():
    pose, truth = walker(Walk(gait="backward", noise_px=0.5, width=1600))
    contact = truth.contacts["left"][4]
    lift = max(t for t in truth.offs["left"] if t < contact)
    found = events_of(stuck_at_the_edge(pose, lift + 0.4 * (contact - lift)))["left"][0]
    assert found.max() < lift


def test_a_foot_that_comes_into_sight_standing_has_not_just_landed():
    pose, truth = walker(Walk(gait="backward", noise_px=0.5, width=1600))
    lift = truth.offs["left"][1]
    came = int(np.searchsorted(pose.time_s, lift - 0.3))
    px = pose.landmarks_px.copy()
    legs = [SKELETON[f"{part}_l"] for part in ("knee", "ankle", "heel", "toe")]
    px[:came, legs] = np.nan
    px[came : came + 4, legs, 0] += np.array([[22.0], [14.0], [7.0], [2.0]])  # the model settles on it
    found = events_of(replace(pose, landmarks_px=px))["left"][0]
    assert found.min() > lift


@pytest.mark.parametrize(
    ("way", "last_s", "counted"), [(0.5, 0.5, True), (0.35, 0.5, True), (0.15, 0.2, False), (0.05, 0.5, False)]
)
def test_a_first_step_may_be_short_but_a_stir_is_none(way, last_s, counted):
    """A foot at rest that goes ``way`` of its usual way, with the body, before its first whole swing."""
    t = np.arange(0.0, 6.0, 1 / 30)

    swings = [(2.4, 0.5), (3.6, 0.5), (4.8, 0.5)]
    foot = way * _gone(t, 1.5 - last_s, last_s) + sum(_gone(t, *swing) for swing in swings)
    hips = way * _gone(t, 1.5 - last_s, last_s) + np.clip(t - 1.5, 0, None) / 1.2
    found = foot_events(foot_course(t, 0.5 * (foot - hips), 0.5 * foot, "forward"))
    firsts = found.contact_s[found.contact_s < 2.0]
    assert len(firsts) == (1 if counted else 0)
    assert np.abs(firsts - 1.5).max(initial=0.0) < 0.033


def a_few_steps_from_rest(last_s: float) -> tuple[Track, list[float]]:
    """Who stands, then steps with left, right and left, seen until ``last_s``; and the contacts."""
    t = np.arange(0.0, last_s, 1 / 30)
    swings = [[(1.0, 0.4, 0.25), (2.2, 0.4, 0.5)], [(1.6, 0.4, 0.5)]]
    foot = np.array([sum(way * _gone(t, start, takes) for start, takes, way in own) for own in swings])
    track = tracks_of(walker(Walk(gait="forward", yaw_deg=90.0))[0])[0]
    blank = np.zeros_like(foot)
    ankle = foot - 0.39 * np.clip(t - 1.0, 0.0, None)  # the body goes on between the swings
    track = replace(track, time_s=t, stop=len(t), gait="forward", foot=foot, ankle=ankle, toe=blank, busy=blank)
    return track, sorted(start + takes for own in swings for start, takes, _ in own)


def _gone(t: np.ndarray, start_s: float, takes_s: float) -> np.ndarray:
    u = np.clip((t - start_s) / takes_s, 0, 1)
    return u**3 * (10 - 15 * u + 6 * u**2)


@pytest.mark.parametrize("since_s", [0.1, 0.15, 0.2, 0.3, 0.5])
def test_a_few_steps_from_rest_are_all_there_however_soon_the_set_ends_after_them(since_s):
    track, truth = a_few_steps_from_rest(2.6 + since_s)
    (found,) = find_contacts([track])
    assert [contact.side for contact in found] == ["left", "right", "left"]
    assert np.abs(np.array([contact.contact_s for contact in found]) - truth).max() < 0.033


def test_a_shuffle_cut_off_by_the_clip_is_no_step_where_other_swings_tell_what_one_is_like():
    t = np.arange(0.0, 2.5, 1 / 30)
    foot = 0.14 * _gone(t, -0.2, 0.7) + 0.5 * _gone(t, 2.2, 0.4)  # under way at the begin; a step cut off at the end
    course = foot_course(t, foot - 0.1 * t, foot, "forward")
    assert course.whole == [] and len(foot_events(course).contact_s) == 1
    assert len(foot_events(course, Usual(best=2.3, way=0.5)).contact_s) == 0


def test_what_a_swing_is_like_is_told_by_the_other_foot_and_else_by_another_lap_of_the_same_gait():
    (walk,) = tracks_of(walker(Walk(gait="backward", yaw_deg=90.0))[0])
    t = np.arange(0.0, 2.5, 1 / 30)
    foot = -0.14 * _gone(t, -0.2, 0.7) - 0.5 * _gone(t, 2.2, 0.4)
    still = np.zeros_like(t)
    cut = replace(walk, time_s=t, stop=len(t), foot=np.stack([foot, still]), ankle=np.stack([foot + 0.1 * t, still]))
    assert [len(found) for found in find_contacts([cut])] == [1]
    assert len(find_contacts([walk, cut])[1]) == 0
    assert len(find_contacts([replace(walk, gait="forward"), cut])[1]) == 1


def test_two_contacts_of_one_foot_at_once_are_one():
    twice = FootEvents(np.array([3.9, 3.93]), np.array([]))
    assert without_doubles(twice, np.array([4.5])).contact_s.tolist() == [3.9]


def test_steps_that_come_twice_as_quick_are_all_counted():
    left = np.array([0.0, 1.6, 3.2, 4.8, 6.4, 7.2, 8.0, 8.8])
    right = np.array([0.8, 2.4, 4.0, 5.6, 6.8, 7.6, 8.4])
    assert without_doubles(FootEvents(left, left + 1), right).contact_s.tolist() == left.tolist()


@pytest.mark.parametrize("late_s", [0.3, 0.6])
def test_two_contacts_of_a_foot_without_the_other_between_are_one(late_s):
    left = np.array([0.0, 1.6, 3.2, 4.8])
    right = left + 0.8
    doubled = np.sort(np.append(left, 1.6 + late_s))
    assert without_doubles(FootEvents(doubled, left + 1), right).contact_s.tolist() == left.tolist()


def test_standing_at_the_clips_start_is_no_step():
    pose, truth = walker(Walk(gait="backward", noise_px=0.5, width=1600))
    still = 30  # frames
    frozen = {name: np.concatenate([np.repeat(getattr(pose, name)[:1], still, axis=0), getattr(pose, name)])
              for name in ("landmarks_px", "visibility", "world_m")}  # fmt: skip
    late = replace(pose, time_s=np.arange(len(pose.time_s) + still) / 30.0, **frozen)
    for contact, _ in events_of(late).values():
        assert (contact > still / 30.0 - CONTACT_TOLERANCE_S[30.0]).all()
