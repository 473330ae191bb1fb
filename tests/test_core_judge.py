"""Bands, persistence, statistics and stop rules on values known by construction."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core.checks import judge as j
from formcheck.core.checks.evaluate import (
    BASELINE_STEPS,
    CONTACT_SD_S,
    SetData,
    evaluate,
    frame_rate_floor_s,
    set_statistic,
)
from formcheck.core.checks.score import score
from formcheck.core.checks.stop import NO_REASON, NOT_JUDGED, advise
from formcheck.core.gait.measures import StepTable
from formcheck.core.spec import Band, Catalogue, Exercise, Measure, Signature
from formcheck.core.types import Lap, Signals

BAND = Band(good_max=8.0, minor_max=15.0)
MEASURE = Measure(
    check="torso_rock", title="rocking", signal="rocking_range_deg", phase="stride", statistic="mean", side="both",
    band=BAND, unit="deg", views=("side",), cue="above", cue_low="below", why="w", source="s", evidence="D",
    statements=(16,),
)  # fmt: skip
LAP = Lap(0, "x", "backward", "right", "right_side", 90.0, 0.0, 30.0, gait="backward")
CONTEXT = j.Context({"left": 1.0, "right": 1.0}, 1.0)
CATALOGUE = Catalogue({}, {}, {}, {"side": "film from the side", "front": "film from the front"})


def exercise(*measures):
    return Exercise(
        "x", "X", "", (), "standing", "backward", Signature("standing", ("backward",), None), {}, measures, (), ""
    )


def data_of(values, signal="rocking_range_deg", laps=(LAP,), fps=30.0):
    n = len(values)
    contact = np.arange(n) * 0.6
    off, again = contact + 0.7, np.append(contact[2:], [nan, nan])[:n]
    table = StepTable(np.arange(n) % 2, contact, off, again, np.append([nan], np.diff(contact))[:n])
    empty = Signals(np.arange(900) / 30.0, {})
    return SetData(empty, tuple(laps), table, np.arange(n), np.zeros(n), {signal: np.array(values, float)}, {}, fps)


def judged(values, measure=MEASURE, **kwargs):
    return j.judge(exercise(measure), data_of(values, measure.signal, **kwargs), CATALOGUE, CONTEXT)


@pytest.mark.parametrize(
    ("value", "verdict"), [(8.0, "good"), (8.01, "minor"), (15.0, "minor"), (15.01, "major"), (nan, "not_assessed")]
)
def test_band_limits_belong_to_the_better_verdict(value, verdict):
    assert BAND.verdict(value) == verdict


def test_one_bad_step_is_not_a_fault_but_a_third_of_them_is():
    assert judged([3] * 9 + [30])[0].verdict == "good"
    (finding,) = judged([3] * 6 + [30] * 4)
    assert (finding.verdict, finding.value, finding.steps) == ("major", 30.0, (6, 7, 8, 9))
    assert finding.onset_s == pytest.approx(6 * 0.6)


@given(st.lists(st.floats(0, 40), min_size=3, max_size=30))
def test_the_reported_value_always_gives_the_reported_verdict(values):
    (finding,) = judged(values)
    assert BAND.verdict(finding.value) == finding.verdict
    assert 0.0 <= finding.score <= 1.0
    assert (finding.score == 1.0) == (finding.verdict == "good")


@given(st.lists(st.floats(0, 40), min_size=3, max_size=20), st.integers(0, 19))
def test_making_a_step_worse_never_makes_the_verdict_better(values, k):
    worse = list(values)
    worse[k % len(values)] += 10
    assert j.SEVERITY[judged(worse)[0].verdict] >= j.SEVERITY[judged(values)[0].verdict]


def test_the_cue_says_which_side_of_the_band():
    both = replace(MEASURE, band=Band(-5, 5, -10, 10))
    assert judged([7] * 6, both)[0].cue == "above"
    assert judged([-7] * 6, both)[0].cue == "below"
    assert judged([0] * 6, both)[0].cue == ""


def test_too_few_steps_are_not_a_silent_pass():
    (finding,) = judged([3, 3])
    assert finding.verdict == "not_assessed"
    assert "2 steps" in finding.reason
    assert (finding.value, finding.score) == (None, None)


def test_the_wrong_view_is_named_with_the_one_to_film():
    (finding,) = judged([30] * 9, laps=[replace(LAP, view="front", yaw_deg=2.0)])
    assert finding.verdict == "not_assessed"
    assert "front" in finding.reason and finding.film == "film from the side"


def test_a_camera_too_far_off_the_view_abstains_at_its_gate():
    gated = replace(MEASURE, max_yaw_off_deg=20.0)
    assert judged([30] * 9, gated, laps=[replace(LAP, yaw_deg=109.0)])[0].verdict == "major"
    assert judged([30] * 9, gated, laps=[replace(LAP, yaw_deg=111.0)])[0].verdict == "not_assessed"


def test_below_its_frame_rate_a_measure_abstains():
    slow = replace(MEASURE, min_fps=50.0)
    (finding,) = judged([30] * 9, slow)
    assert finding.verdict == "not_assessed" and "50 frames" in finding.reason


def test_sides_are_judged_apart():
    each = replace(MEASURE, side="each")
    findings = {f.side: f for f in judged([3, 30] * 6, each)}
    assert (findings["left"].verdict, findings["right"].verdict) == ("good", "major")
    assert findings["right"].steps == (1, 3, 5, 7, 9, 11)


def test_the_worst_measure_of_a_check_speaks():
    harmless = replace(MEASURE, title="harmless", band=Band(good_max=100))
    findings = j.judge(exercise(harmless, MEASURE), data_of([30] * 6), CATALOGUE, CONTEXT)
    assert [f.measure for f in findings] == ["rocking"]


def test_variation_is_the_true_one_with_what_the_clip_adds_taken_out():
    rng = np.random.default_rng(0)
    contacts = np.cumsum(rng.normal(0.55, 0.08 * 0.55, 4000)) + rng.normal(0, CONTACT_SD_S, 4000)
    framed = np.diff(np.round(contacts * 120) / 120)
    variation = replace(MEASURE, signal="step_time_s", phase="set", statistic="cv_pct", band=Band(good_max=5))
    seen = 100 * framed.std() / framed.mean()
    added = 100 * np.hypot(frame_rate_floor_s(120), np.sqrt(2) * CONTACT_SD_S) / 0.55
    assert seen == pytest.approx(np.hypot(8.0, added), rel=0.05)
    series = evaluate(variation, data_of(list(framed), "step_time_s", fps=120), None)
    assert series.value[0] == pytest.approx(8.0, rel=0.15)  # a normal spread's tails are drawn in


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("drift", [1] * 6 + [4] * 6, 3.0),
        ("loss_pct", [1.0] * 6 + [0.7] * 6, 30.0),
        ("jump_pct", [1, 1, 1, 1, 1.5, 1.5, 1.5, 1.5], 50.0),
        ("share", [0, 0, 0.4, 0.5], 0.5),
    ],
)
def test_set_statistics_by_construction(name, values, expected):
    assert set_statistic(name, np.array(values, float)) == pytest.approx(expected)


def test_left_against_right_is_the_symmetry_index():
    sided = replace(MEASURE, phase="set", statistic="symmetry_pct", band=Band(good_max=10, minor_max=15))
    assert evaluate(sided, data_of([0.5, 0.6] * 5), None).value[0] == pytest.approx(100 * 0.1 / 0.55)


def test_a_change_is_against_the_first_three_strides_which_judge_nothing():
    relative = replace(MEASURE, relative_to_start=True)
    series = evaluate(relative, data_of([10] * BASELINE_STEPS + [22] * 4), None)
    assert series.value.tolist() == [12.0] * 4
    assert series.step.tolist() == [6, 7, 8, 9]


STOP = replace(MEASURE, stop_limit=15.0, stop_trend=6.0)


def test_no_reason_to_stop_is_said():
    advice = advise(exercise(STOP), data_of([4] * 12))
    assert (advice.advised, advice.reasons) == (False, (NO_REASON,))


def test_stop_signs_out_of_view_are_not_a_no():
    advice = advise(exercise(STOP), data_of([4] * 12, laps=[replace(LAP, view="front", yaw_deg=0.0)]))
    assert (advice.advised, advice.reasons) == (False, (NOT_JUDGED,))


def test_the_set_ends_where_the_trend_against_the_own_start_holds():
    advice = advise(exercise(STOP), data_of([3] * 8 + [10] * 4))
    assert (advice.advised, advice.step) == (True, 8)
    assert advice.at_s == pytest.approx(8 * 0.6)


def test_a_limit_ends_the_set_though_it_was_so_from_the_start():
    advice = advise(exercise(STOP), data_of([20] * 10))
    assert (advice.advised, advice.step) == (True, 0)


def test_one_odd_step_does_not_end_the_set():
    assert not advise(exercise(STOP), data_of([3] * 6 + [40] + [3] * 6)).advised


def test_losing_a_third_of_the_speed_ends_the_set():
    slowing = replace(
        MEASURE, signal="step_speed_ratio_s", phase="set", statistic="loss_pct", stop_limit=30.0,
        band=Band(good_max=20, minor_max=30),
    )  # fmt: skip
    advice = advise(exercise(slowing), data_of([1.0] * 8 + [0.65] * 4, "step_speed_ratio_s"))
    assert advice.advised and 7 <= advice.step <= 9


def test_badness_is_zero_inside_and_one_at_the_minor_limit_on_both_sides():
    band = Band(-5, 5, -10, 15)
    np.testing.assert_allclose(j.badness(band, np.array([-10, -5, 0, 5, 15, 25])), [1, 0, 0, 0, 1, 2])
    assert j.limits(Band(good_max=3)) == {"good_min": None, "good_max": 3, "minor_min": None, "minor_max": None}
    assert inf not in j.limits(BAND).values()


@pytest.mark.parametrize(("yaw_deg", "judged"), [(45.0, True), (-135.0, False)])
def test_what_the_athletes_back_cannot_show_is_not_assessed_and_says_what_to_film(yaw_deg, judged):
    from formcheck.core.pipeline import score_pose
    from formcheck.exercises.load import load_catalogue
    from tests.synth import Walk, walker

    report = score_pose(walker(Walk(yaw_deg=yaw_deg))[0], load_catalogue(), "backward_walk").report
    twist = next(f for f in report.findings if f.check == "hip_twist" and "per stride" in f.measure)
    assert (twist.verdict != "not_assessed") is judged
    if not judged:
        assert "front toward the camera" in twist.reason
        assert twist.film


def test_a_measure_that_is_hard_to_see_is_said_with_less_confidence_and_the_same_verdict():
    sure, unsure = judged([10.0] * 8), judged([10.0] * 8, replace(MEASURE, reliability=0.5))
    assert unsure[0].confidence == pytest.approx(0.5 * sure[0].confidence)
    assert (unsure[0].verdict, unsure[0].value) == (sure[0].verdict, sure[0].value)


@pytest.mark.parametrize(("priority", "most"), [(1, 70.0), (5, 85.0)])
def test_a_set_with_a_major_fault_never_scores_as_if_it_had_none(priority, most):
    good = [replace(MEASURE, check=name, title=name, weight=10.0) for name in ("depth", "heel_lift", "cadence")]
    small = replace(MEASURE, weight=0.1, priority=priority, signal="sparc")
    data = data_of([2.0] * 8)
    data = replace(data, values={**data.values, "sparc": np.full(8, 40.0)})
    findings = j.judge(exercise(*good, small), data, CATALOGUE, CONTEXT)
    assert [f.verdict for f in findings] == ["good"] * 3 + ["major"]
    assert score(findings, {"x": exercise(*good, small)}) == most
    assert score(findings[:3], {"x": exercise(*good)}) == 100.0
