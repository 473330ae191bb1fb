"""Live against batch: the same poses, however they arrive, give the same updates and the batch's own report."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.core.pipeline import score_pose
from formcheck.core.skeleton import SKELETON
from formcheck.core.spec import ScoreOptions
from formcheck.core.types import Analysis, Frame, PoseSequence, VideoInfo
from formcheck.engines.base import FramePose
from formcheck.exercises.load import load_catalogue
from formcheck.live.buffer import no_pose
from formcheck.live.session import LiveSession
from formcheck.live.update import LiveSettings, LiveUpdate
from formcheck.report.as_dict import to_dict
from tests.synth import Walk, walker

FRAME_S = 1 / 30
WALKS = {
    "backward on a belt, from the side": Walk(belt=True, duration_s=9, noise_px=1.0, speed=0.5),
    "forward on a belt, from the side": Walk(gait="forward", belt=True, duration_s=9, stride_s=1.0, noise_px=1.0),
    "backward over ground": Walk(duration_s=9, speed=0.45, noise_px=1.0, px_per_m=220),
    "slow backward": Walk(duration_s=9, speed=0.3, stride_s=1.8, noise_px=1.0, px_per_m=220),
    "toward the camera": Walk(gait="forward", yaw_deg=0, duration_s=9, speed=0.3, noise_px=1.0, px_per_m=260),
}


def pushed(pose: PoseSequence) -> list[FramePose]:
    """The poses one by one, as precise as a session keeps them."""
    columns = (pose.landmarks_px, pose.visibility, pose.world_m)
    low, seen, world = (c.astype(np.float32) for c in columns)
    return [FramePose(float(t), low[i], seen[i], world[i]) for i, t in enumerate(pose.time_s)]


def session(walk: Walk, exercise: str = "auto", **settings_: float) -> LiveSession:
    return LiveSession(
        load_catalogue(), exercise, size_px=(walk.width, walk.height), settings=LiveSettings(**settings_)
    )


def same(a: LiveUpdate, b: LiveUpdate) -> bool:
    arrays = ("landmarks_px", "visibility")
    for name in (f.name for f in fields(LiveUpdate)):
        one, other = getattr(a, name), getattr(b, name)
        alike = np.array_equal(one, other, equal_nan=True) if name in arrays and one is not None else one == other
        if not alike:
            return False
    return True


def told(analysis: Analysis) -> dict[str, Any]:
    """The report as written, but for what tells the source of its poses."""
    return {k: v for k, v in to_dict(analysis.report).items() if k not in ("video", "engine")}


@cache
def whole(name: str):
    walk = WALKS[name]
    live = session(walk)
    updates = live.push_many(pushed(walker(walk)[0]))
    return updates, live.finish()


@pytest.mark.parametrize("name", WALKS)
def test_the_report_at_the_end_is_the_batch_report_of_the_same_poses(name):
    walk = WALKS[name]
    poses = pushed(walker(walk)[0])
    pose = PoseSequence(
        np.array([p.time_s for p in poses]),
        np.stack([p.landmarks_px for p in poses]),
        np.stack([p.visibility for p in poses]),
        np.stack([p.world_m for p in poses]),
        VideoInfo("any", walk.width, walk.height),
        walker(walk)[0].engine,
    )
    batch = score_pose(pose, load_catalogue(), "auto", ScoreOptions(causal=True))
    assert batch.report.steps
    assert told(whole(name)[1]) == told(batch)


@pytest.mark.parametrize("name", WALKS)
def test_every_counted_step_is_a_step_of_the_batch_within_two_frames_and_none_is_missing(name):
    walk = WALKS[name]
    live = session(walk)
    live.push_many(pushed(walker(walk)[0]))
    batch = live.finish().report.steps
    counted = live.counted
    for step in counted:
        near = [abs(b.contact_s - step.contact_s) for b in batch if b.side == step.side]
        assert min(near) <= 2 * FRAME_S
    settled = [b for b in batch if b.contact_s < walk.duration_s - 0.5]
    assert len(settled) <= len(counted) <= len(batch)


@settings(max_examples=8, deadline=None)
@given(name=st.sampled_from(list(WALKS)), cuts=st.lists(st.integers(1, 265), max_size=12))
def test_any_chunking_gives_the_same_updates_and_the_same_report(name, cuts):
    walk = WALKS[name]
    poses = pushed(walker(walk)[0])
    edges = sorted({0, len(poses), *(c for c in cuts if c < len(poses))})
    live = session(walk)
    updates: list[LiveUpdate] = []
    for first, stop in zip(edges[:-1], edges[1:], strict=True):
        updates += live.push_many(poses[first:stop])
    expected, report = whole(name)
    assert len(updates) == len(expected)
    assert all(same(a, b) for a, b in zip(updates, expected, strict=True))
    assert told(live.finish()) == told(report)


@settings(max_examples=8, deadline=None)
@given(
    stride_s=st.floats(0.8, 2.0), speed=st.floats(0.3, 0.8), gait=st.sampled_from(["backward", "forward"]),
    yaw_deg=st.sampled_from([90.0, -90.0, 0.0, 180.0]), seed=st.integers(0, 99),
    lost=st.tuples(st.floats(2.0, 6.0), st.floats(0.1, 2.0)),
)  # fmt: skip
def test_step_counts_never_fall_and_nothing_is_told_while_the_athlete_is_lost(
    stride_s, speed, gait, yaw_deg, seed, lost
):
    walk = Walk(gait, yaw_deg, duration_s=8, stride_s=stride_s, speed=speed, belt=True, noise_px=1.0, seed=seed)
    start, length = lost
    poses = [no_pose(p.time_s) if start <= p.time_s < start + length else p for p in pushed(walker(walk)[0])]
    last_seen, steps = None, 0
    for pose, update in zip(poses, session(walk).push_many(poses), strict=True):
        last_seen = pose.time_s if np.isfinite(pose.landmarks_px).all() else last_seen
        if pose.time_s - last_seen > 0.5:
            assert_empty(update)
        else:
            assert update.status != "no_reading"
            assert update.steps >= steps
            steps = update.steps


def assert_empty(update: LiveUpdate) -> None:
    assert update.status == "no_reading"
    assert update.hint is not None
    numbers = (
        update.direction,
        update.steps,
        update.cadence_spm,
        update.rhythm_cv_pct,
        update.phase,
        update.stop,
        update.exercise,
    )
    assert numbers == (None,) * 7
    assert update.cue is None and not update.new_cue


def test_before_anybody_is_seen_there_is_no_reading():
    live = session(Walk())
    for i in range(60):
        update = live.push(no_pose(i * FRAME_S))
        assert_empty(update)
        assert update.landmarks_px is None


def test_cadence_goes_when_the_athlete_stands_still():
    walk = WALKS["backward on a belt, from the side"]
    poses = pushed(walker(walk)[0])
    last = poses[-1]
    still = [
        FramePose(last.time_s + i * FRAME_S, last.landmarks_px, last.visibility, last.world_m) for i in range(1, 90)
    ]
    live = session(walk)
    updates = live.push_many([*poses, *still])
    assert updates[len(poses) - 1].cadence_spm == pytest.approx(100, abs=1)
    assert updates[-1].cadence_spm is None
    assert updates[-1].status == "ok"


def test_a_repeated_frame_is_left_out():
    live = session(Walk())
    first = pushed(walker(Walk(duration_s=1))[0])[0]
    assert live.push(first) is not None
    assert live.push(first) is None
    assert len(live.poses().time_s) == 1


def test_a_frame_without_an_engine_is_refused_in_words():
    with pytest.raises(ValueError, match="takes poses, not frames"):
        session(Walk()).push(Frame(0, 0.0, np.zeros((8, 8, 3), dtype=np.uint8)))


def test_an_unknown_exercise_is_refused_at_once():
    with pytest.raises(KeyError, match="expected one of"):
        session(Walk(), "no_such_exercise")


def test_memory_is_bounded_and_the_report_says_what_it_leaves_out():
    walk = Walk(belt=True, duration_s=8, noise_px=1.0)
    live = session(walk, keep_s=4.0, window_s=3.0)
    live.push_many(pushed(walker(walk)[0]))
    assert live.poses().time_s[-1] <= 4.0 + 1e-9
    assert any("first" in warning for warning in live.finish().report.video.warnings)


def test_a_picture_that_changes_its_size_changes_no_number():
    walk = WALKS["backward on a belt, from the side"]
    poses = pushed(walker(walk)[0])

    class Halves:
        """An engine whose pictures are half as large from the hundredth on."""

        info = walker(walk)[0].engine

        def push(self, frame: Frame) -> FramePose:
            pose = poses[frame.index]
            share = frame.rgb.shape[1] / walk.width
            return FramePose(pose.time_s, pose.landmarks_px * share, pose.visibility, pose.world_m)

    live = LiveSession(load_catalogue(), engine=Halves())
    updates = []
    for i, pose in enumerate(poses):
        k = 1 if i < 100 else 2
        frame = Frame(i, pose.time_s, np.zeros((walk.height // k, walk.width // k, 3), dtype=np.uint8))
        updates.append(live.push(frame))
    assert updates[-1].steps == whole("backward on a belt, from the side")[0][-1].steps
    assert np.allclose(updates[-1].landmarks_px, poses[-1].landmarks_px / 2, atol=1e-3)


def there_and_back(back: Walk, turn_s: float = 1.0) -> tuple[list[FramePose], float]:
    """A walk forward across the picture, a turn, and the walk ``back`` from there; the poses, and when that begins."""
    there, again = (pushed(walker(walk)[0]) for walk in (THERE, back))
    end, start = there[-1], again[0]
    hips = [SKELETON["hip_l"], SKELETON["hip_r"]]
    across = np.array([(end.landmarks_px[hips] - start.landmarks_px[hips]).mean(axis=0)[0], 0.0])
    turning = [
        FramePose(
            end.time_s + share * turn_s,
            (1 - share) * end.landmarks_px + share * (start.landmarks_px + across),
            end.visibility,
            (1 - share) * end.world_m + share * start.world_m,
        )
        for share in np.arange(FRAME_S, turn_s, FRAME_S) / turn_s
    ]
    begins_s = end.time_s + turn_s
    moved = [replace(p, time_s=begins_s + p.time_s, landmarks_px=p.landmarks_px + across) for p in again]
    return [*there, *turning, *moved], begins_s


THERE = Walk("forward", 90.0, duration_s=7, stride_s=1.1, speed=0.5, noise_px=1.0, px_per_m=200)


@pytest.mark.parametrize(
    ("back", "ways"),
    [
        (replace(THERE, yaw_deg=-90.0, seed=1), ["forward"]),  # turns round and walks back
        (replace(THERE, gait="backward", seed=1), ["forward", "backward"]),  # backs up, as with a sled
    ],
)
def test_who_walks_away_and_back_is_counted_on_and_the_way_is_told(back, ways):
    poses, begins_s = there_and_back(back)
    live = session(THERE)
    updates = live.push_many(poses)
    steps = [update.steps for update in updates]
    assert steps == sorted(steps)
    per_way = [sum(len(times) for times in walker(walk)[1].contacts.values()) for walk in (THERE, back)]
    at_turn = sum(step.contact_s < begins_s for step in live.counted)
    assert at_turn == pytest.approx(per_way[0], abs=2)
    assert steps[-1] - at_turn == pytest.approx(per_way[1], abs=2)
    told_ways = [update.direction for update in updates if update.direction is not None]
    assert list(dict.fromkeys(told_ways)) == ways
    assert updates[-1].direction == ways[-1]
    assert all(u.direction in (None, ways[-1]) for u in updates if u.time_s > begins_s + 2.0)
