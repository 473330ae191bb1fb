"""What is said first, and in what words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core.types import StopAdvice
from formcheck.report import words
from formcheck.report.digest import digest, rank, setting_line, stop_line, titles_of
from tests.report_factory import make_analysis, make_finding


@pytest.fixture(scope="module")
def report():
    return make_analysis(duration_s=10.0, fps=10.0).report


def test_the_worst_verdict_comes_first_then_the_priority(report):
    findings = (
        make_finding(check="a", verdict="minor", priority=1),
        make_finding(check="b", verdict="major", priority=5),
        make_finding(check="c", verdict="major", priority=2),
    )
    said = digest(replace(report, findings=findings))
    assert [fault.worst.check for fault in said.faults] == ["c", "b", "a"]


def test_left_and_right_of_one_check_are_told_as_one_fault(report):
    pair = (
        make_finding(verdict="minor", side="left", steps=(0, 2)),
        make_finding(verdict="major", side="right", steps=(1,)),
    )
    (fault,) = digest(replace(report, findings=pair)).faults
    assert (fault.worst.verdict, fault.sides, fault.steps) == ("major", "both sides", (0, 1, 2))


def test_the_same_check_in_two_exercises_of_a_set_is_two_faults(report):
    pair = tuple(make_finding(verdict="major", exercise=name) for name in ("forward_sled_push", "reverse_sled_pull"))
    assert len(digest(replace(report, findings=pair)).faults) == 2


def test_three_things_matter_most(report):
    many = tuple(make_finding(check=f"c{i}", verdict="major", priority=i) for i in range(6))
    assert [fault.worst.check for fault in digest(replace(report, findings=many)).top] == ["c0", "c1", "c2"]


def test_checks_that_want_the_same_camera_are_told_together(report):
    (group,) = digest(report).not_judged
    assert group.checks == ("knee_valgus", "stance_width")
    assert group.film.startswith("Film from the front")


def test_a_check_judged_on_one_side_is_not_told_as_not_judged(report):
    both = (
        make_finding(side="left"),
        make_finding(side="right", verdict="not_assessed", reason="hidden", value=None),
    )
    assert digest(replace(report, findings=both)).not_judged == ()


def test_a_rejected_clip_says_so_with_its_reason(report):
    bad = replace(report.tracking, quality="rejected", reasons=("nobody was seen in 80 % of it",))
    said = digest(replace(report, tracking=bad, score=None))
    assert "cannot be scored" in said.headline
    assert "nobody was seen in 80 % of it" in said.headline


def test_no_reason_to_stop_is_said_too(report):
    line = stop_line(replace(report, stop=StopAdvice(False, None, None, ("no reason to stop seen",))))
    assert line == "No reason to stop seen"


def test_stop_advice_names_second_and_step_counted_from_one(report):
    assert stop_line(report).startswith("The set should have ended at 0:07.8, at step 13:")


@given(st.permutations(range(5)))
def test_the_order_of_faults_does_not_depend_on_the_order_of_findings(order):
    findings = [make_finding(check=f"c{i}", verdict="minor", priority=i % 3, score=i / 10) for i in range(5)]
    shuffled = sorted((findings[i] for i in order), key=rank)
    assert [rank(f) for f in shuffled] == sorted(rank(f) for f in findings)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(17.36, "deg", "17.4°"), (-0.24, "foot", "−0.24 foot lengths"), (0.0, "deg", "0.0°"), (-0.001, "ratio", "0.00"),
     (36.4, "pct", "36 %"), (None, "deg", "–"), (float("nan"), "", "–"), (4.0, "furlong", "4.0 furlong")],
)  # fmt: skip
def test_numbers_are_written_as_people_read_them(value, unit, text):
    assert words.number(value, unit) == text


@pytest.mark.parametrize(("time_s", "text"), [(0.0, "0:00.0"), (7.84, "0:07.8"), (59.96, "1:00.0"), (None, "–")])
def test_moments_are_written_as_a_player_shows_them(time_s, text):
    assert words.clock(time_s) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, 8.0, "at most 8.0°"),
        (10.0, None, "at least 10.0°"),
        (-5.0, 5.0, "−5.0 to 5.0°"),
        (None, None, "–"),
    ],
)
def test_the_good_band_is_said_in_words(low, high, text):
    assert words.wanted({"good_min": low, "good_max": high}, "deg") == text


def test_every_letter_of_an_evidence_tag_is_explained():
    assert len(words.evidence("V54, D, C")) == 3


def test_summary_figures_carry_their_unit_and_leave_out_what_is_missing():
    rows = dict(
        words.summary_rows({"step_length_ratio": 0.3235, "distance_m": None, "cadence_spm": 90.6, "gait": "backward"})
    )
    assert rows == {"Step length": "0.32 leg lengths", "Cadence": "91 steps/min"}


def test_a_clip_that_is_no_known_exercise_is_not_said_to_be_recognised(report):
    line = setting_line(replace(report, exercise="unknown", exercise_confidence=0.0), titles_of(None))
    assert line.startswith("Exercise not recognised · ")


def test_how_sure_the_recognition_is_stands_beside_the_exercise(report):
    assert "(recognised, 86 % sure)" in setting_line(report, titles_of(None))
    assert "(as you said)" in setting_line(replace(report, exercise_source="given"), titles_of(None))


def test_of_a_clip_in_which_nobody_was_seen_no_motion_and_no_view_is_told(report):
    unseen = replace(report, exercise="unknown", tracking=replace(report.tracking, coverage=0.0))
    assert setting_line(unseen, titles_of(None)) == "Exercise not recognised"
