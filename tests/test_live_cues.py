"""One cue at a time: earned by finished steps, the most important first, shown long enough, not said again too soon."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.engines.base import FramePose
from formcheck.exercises.load import load_catalogue
from formcheck.live.cues import CuePicker, Fault
from formcheck.live.session import LiveSession
from formcheck.live.update import LiveSettings
from tests.synth import Walk, walker
from tests.test_live_session import pushed

CATALOGUE = load_catalogue()
MEASURES = {m.check: m for m in CATALOGUE.exercises["backward_walk"].measures}
ROCK = replace(MEASURES["torso_rock"], priority=2)
VALGUS = replace(MEASURES["knee_valgus"], priority=1)


def fault(measure=ROCK, end_s=10.0, side=None, verdict="major", bad=2.0) -> Fault:
    return Fault(measure, side, verdict, False, bad, 7, end_s)


def ranked(*found: Fault) -> list[Fault]:
    return sorted(found, key=lambda f: f.rank)


def test_the_most_important_fault_is_told_and_the_other_is_not():
    picker = CuePicker()
    cue = picker.offer(ranked(fault(ROCK), fault(VALGUS, side="left", verdict="minor")), 10.1)
    assert (cue.id, cue.side) == ("knee_valgus", "left")
    assert cue.spoken.startswith("Left leg. ")
    assert picker.current(10.1) == cue


def test_of_two_equally_important_faults_the_worse_is_told():
    minor, major = fault(verdict="minor"), fault(replace(ROCK, check="torso_upright"), verdict="major")
    assert CuePicker().offer(ranked(minor, major), 10.1).id == "torso_upright"


def test_no_lesser_cue_follows_another_within_the_gap_and_none_is_kept_for_later():
    picker = CuePicker(gap_s=4.0, again_s=10.0)
    assert picker.offer([fault(VALGUS, 10.0)], 10.1)
    assert picker.offer([fault(ROCK, 12.0)], 12.1) is None
    assert picker.offer([], 15.0) is None
    assert picker.offer([fault(ROCK, 15.9)], 16.0).id == "torso_rock"


def test_a_more_important_fault_takes_the_place_of_a_lesser_cue_once_that_could_be_read():
    picker = CuePicker(gap_s=4.0, least_s=1.5)
    assert picker.offer([fault(ROCK, 10.0)], 10.0)
    assert picker.offer([fault(VALGUS, 11.0)], 11.0) is None
    assert picker.offer([fault(VALGUS, 11.6)], 11.6).id == "knee_valgus"
    assert picker.offer([fault(ROCK, 13.2)], 13.2) is None


def test_the_same_cue_waits_for_its_cool_down():
    picker = CuePicker(gap_s=2.0, again_s=10.0)
    assert picker.offer([fault(end_s=10.0)], 10.0)
    assert picker.offer([fault(end_s=15.0)], 15.0) is None
    assert picker.offer([fault(end_s=20.0)], 20.0)


def test_a_cue_stays_for_its_time_and_then_goes():
    picker = CuePicker(gap_s=4.0, show_s=3.0)
    cue = picker.offer([fault(end_s=10.0)], 10.0)
    assert picker.current(13.0) == cue
    assert picker.current(13.1) is None


def test_a_step_that_ended_too_long_ago_earns_no_cue():
    assert CuePicker().offer([fault(end_s=10.0)], 10.4) is None


@pytest.fixture(scope="module")
def rocking():
    """A backward walk on a belt that leans and rocks throughout."""
    walk = Walk(belt=True, duration_s=14, noise_px=1.0, speed=0.5, rock_deg=25, lean_deg=5)
    live = LiveSession(CATALOGUE, "backward_walk", settings=LiveSettings(), size_px=(walk.width, walk.height))
    return live.push_many(pushed(walker(walk)[0])), live.finish().report


def test_a_planted_fault_is_cued_within_three_tenths_of_its_step(rocking):
    updates, report = rocking
    begun = [u for u in updates if u.new_cue]
    assert begun[0].cue.id == "torso_rock"
    assert begun[0].cue.severity == "major"
    for update in begun:
        assert 0.0 <= update.time_s - update.cue.earned_at_s <= 0.3
    assert {u.cue.id for u in begun} <= {f.check for f in report.findings if f.verdict in ("minor", "major")}


def test_a_cue_begins_once_and_is_on_show_from_then(rocking):
    updates, _ = rocking
    for before, update in zip(updates, updates[1:], strict=False):
        changed = update.cue is not None and (before.cue is None or before.cue != update.cue)
        assert update.new_cue == changed


def test_the_stop_advice_of_the_report_is_told_during_the_set(rocking):
    updates, report = rocking
    assert report.stop.advised
    told = [u.stop is not None and u.stop.advised for u in updates]
    assert told[-1] and told == sorted(told)
    assert updates[told.index(True)].time_s < 9


@pytest.mark.parametrize("yaw_deg", [90, 0])
def test_a_clean_walk_earns_no_cue(yaw_deg):
    walk = Walk(belt=True, duration_s=12, noise_px=1.0, speed=0.5, yaw_deg=yaw_deg, lean_deg=3)
    live = LiveSession(CATALOGUE, "backward_walk", size_px=(walk.width, walk.height))
    updates = live.push_many(pushed(walker(walk)[0]))
    report = live.finish().report
    faulty = {f.check for f in report.findings if f.verdict in ("minor", "major")}
    assert {u.cue.id for u in updates if u.cue} <= faulty


def test_a_cue_goes_when_the_athlete_is_lost(rocking):
    walk = Walk(belt=True, duration_s=14, noise_px=1.0, speed=0.5, rock_deg=25, lean_deg=5)
    poses = pushed(walker(walk)[0])
    at = next(i for i, u in enumerate(rocking[0]) if u.new_cue)
    live = LiveSession(CATALOGUE, "backward_walk", size_px=(walk.width, walk.height))
    live.push_many(poses[: at + 1])
    gone = [
        FramePose(p.time_s, p.landmarks_px * np.nan, p.visibility * 0, p.world_m * np.nan)
        for p in poses[at + 1 : at + 31]
    ]
    updates = live.push_many(gone)
    assert updates[0].cue is not None
    assert updates[-1].status == "no_reading" and updates[-1].cue is None
