"""The exercise files load, say what they must, and refuse what is wrong with a line that names the place."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core import vocabulary
from formcheck.core.spec import Catalogue
from formcheck.errors import ExerciseFileError, FormcheckError
from formcheck.exercises.explain import describe, explain
from formcheck.exercises.load import load_catalogue, tomllib
from formcheck.exercises.measures import read_measure

IDS = {
    "power_sled_backward_push", "reverse_sled_pull", "forward_sled_push", "backward_walk", "backward_hill_walk",
    "treadmill_backward_walk", "deadmill_backward", "deadmill_forward", "band_backward_walk",
}  # fmt: skip
CHECKS = {
    "knee_over_toe", "knee_valgus", "knee_toe_alignment", "foot_placement", "stance_width", "torso_upright",
    "torso_rock", "lateral_sway", "hip_twist", "pelvis_anchor", "knee_bend", "depth", "heel_lift", "neck_crane",
    "hands_steady", "step_rhythm", "step_spacing", "symmetry", "cadence", "smoothness", "sled_stall", "slowdown",
    "posture_drift", "quiet_start",
}  # fmt: skip
SLEDS = ("power_sled_backward_push", "reverse_sled_pull", "forward_sled_push")
BACKWARD_ON_FOOT = sorted(IDS - {"power_sled_backward_push", "forward_sled_push", "deadmill_forward"})

CRAB_WALK = """
id = "crab_walk"
name = "Crab walk"
summary = "Sideways, for the test."
posture = "standing"
direction = "backward"
safety = "Ask a doctor first."
[signature]
directions = ["backward"]
[camera]
side = "From the side."
[[programme]]
topic = "duration"
quantity = "duration_s"
prescribed = "One minute."
source = "nobody"
statements = [1]
[[check]]
use = "torso_rock.range"
good_max = 8.0
minor_max = 15.0
[[check]]
check = "torso_upright"
title = "own lean"
signal = "trunk_lean_deg"
phase = "stance"
statistic = "mean"
side = "both"
good_min = -5.0
good_max = 5.0
minor_min = -9.0
minor_max = 9.0
cue = "Lean back."
cue_low = "Lean forward."
why = "It is a test."
source = "nobody"
evidence = "D, C"
statements = [3]
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def with_file(folder: Path, body: str, name: str = "crab_walk.toml") -> Catalogue:
    (folder / name).write_text(body, "utf-8")
    return load_catalogue(folder)


def test_the_nine_exercises_and_all_24_checks_are_there(catalogue: Catalogue) -> None:
    assert set(catalogue.exercises) == IDS
    assert set(catalogue.check_titles) == CHECKS
    assert {check for e in catalogue.exercises.values() for check in e.expected_checks} == CHECKS


def test_one_new_file_adds_an_exercise_beside_the_built_in_ones(tmp_path: Path) -> None:
    grown = with_file(tmp_path, CRAB_WALK)
    assert set(grown.exercises) == IDS | {"crab_walk"}
    crab = grown.exercises["crab_walk"]
    assert crab.expected_checks == ("torso_upright", "torso_rock")
    assert crab.measures[0].signal == "rocking_range_deg"
    assert (
        crab.measures[0].band.good_max == 8.0 + crab.measures[0].uncertainty
    )  # what the measurement may be off comes on top
    assert "Own lean" in str(explain("torso_upright", grown))


def test_a_file_with_a_built_in_id_replaces_that_exercise(tmp_path: Path) -> None:
    body = CRAB_WALK.replace("crab_walk", "backward_walk")
    assert with_file(tmp_path, body, "backward_walk.toml").exercises["backward_walk"].name == "Crab walk"
    assert load_catalogue().exercises["backward_walk"].name == "Backward walk"


def test_a_key_beside_use_wins_over_the_shared_measure(tmp_path: Path) -> None:
    body = CRAB_WALK.replace('use = "torso_rock.range"', 'use = "torso_rock.range"\ncue = "Own words."')
    assert with_file(tmp_path, body).exercises["crab_walk"].measures[0].cue == "Own words."


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            'evidence = "D, C"',
            'evidnce = "D"',
            ["check 2 (torso_upright)", "evidnce", "did you mean 'evidence'"],
        ),
        ('name = "Crab walk"', 'nmae = "Crab walk"', ["'nmae'", "did you mean 'name'"]),
        ("[signature]", "[signature]\nin_plaice = true", ["signature", "did you mean 'in_place'"]),
        ('use = "torso_rock.range"', 'use = "torso_rock.rnge"', ["did you mean 'torso_rock.range'"]),
        ('check = "torso_upright"', 'check = "torso_uprite"', ["'check'", "did you mean 'torso_upright'"]),
        ('"trunk_lean_deg"', '"trunk_lean_degs"', ["'signal'", "did you mean 'trunk_lean_deg'"]),
        ('phase = "stance"', 'phase = "stanse"', ["'phase'", "did you mean 'stance'"]),
        ('statistic = "mean"', 'statistic = "meen"', ["'statistic'", "did you mean 'mean'"]),
        ('statistic = "mean"', 'statistic = "cv_pct"', ["cv_pct", "does not fit", "trunk_lean_deg"]),
        ('"trunk_lean_deg"', '"rocking_range_deg"', ["phase 'stance' does not fit", "'stride'"]),
        ('side = "both"', 'side = "each"', ['use "both"']),
        ("minor_max = 9.0", "minor_max = 4.0", ["minor band must contain the good band"]),
        ("good_min = -5.0", "good_min = 6.0", ["'good_min' 6 is above 'good_max' 5"]),
        ("good_max = 8.0\nminor_max = 15.0", "", ["check 1 (torso_rock.range)", "no band"]),
        ("good_max = 5.0", 'good_max = "5"', ["'good_max' expected a number"]),
        ("statements = [3]", "statements = [117]", ["'statements'", "1 to 116"]),
        ('cue_low = "Lean forward."', "", ["'cue_low' is missing", "lower limit"]),
        ('cue = "Lean back."', "", ["'cue' is missing", "upper limit"]),
        ('evidence = "D, C"', 'evidence = "X"', ["'evidence' expected"]),
        ('side = "both"', 'side = "both"\nviews = ["front"]', ["view 'front' cannot show trunk_lean_deg"]),
        ('side = "both"', 'side = "both"\npersist_steps = 0', ["'persist_steps' expected a whole number"]),
        ('side = "both"', 'side = "both"\npersist_share = 1.5', ["'persist_share'"]),
        ('side = "both"', 'side = "both"\nreliability = 2', ["'reliability'"]),
        ('phase = "stance"', 'phase = "set"\nrelative_to_start = true', ["relative_to_start"]),
        ('quantity = "duration_s"', 'quantity = "duration"', ["programme 1", "did you mean 'duration_s'"]),
        ('directions = ["backward"]', 'directions = ["backwards"]', ["did you mean 'backward'"]),
        ('id = "crab_walk"', 'id = "crab"', ["'id' is 'crab'", "crab_walk"]),
        ('safety = "Ask a doctor first."', "", ["'safety' is missing"]),
        ('posture = "standing"', 'posture = "standing', ["not valid TOML"]),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_names_the_place(
    tmp_path: Path, old: str, new: str, parts: list[str]
) -> None:
    assert old in CRAB_WALK
    with pytest.raises(ExerciseFileError) as caught:
        with_file(tmp_path, CRAB_WALK.replace(old, new, 1))
    message = str(caught.value)
    assert "crab_walk.toml" in message
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_the_same_measure_twice_is_refused(tmp_path: Path) -> None:
    twice = CRAB_WALK + '[[check]]\nuse = "torso_rock.range"\ngood_max = 9.0\n'
    with pytest.raises(ExerciseFileError, match="stands twice"):
        with_file(tmp_path, twice)


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ExerciseFileError, match="no_such_folder"):
        load_catalogue("no_such_folder")


limits = st.floats(-100, 100, allow_nan=False)


@given(limits, limits, limits, limits)
def test_a_band_is_accepted_only_if_the_minor_band_contains_the_good_one(
    good_min: float, good_max: float, minor_min: float, minor_max: float
) -> None:
    block = tomllib.loads(CRAB_WALK)["check"][1]
    block |= {"good_min": good_min, "good_max": good_max, "minor_min": minor_min, "minor_max": minor_max}
    sane = minor_min <= good_min <= good_max <= minor_max
    checks = {"torso_upright": {"views": ("side",)}}
    if sane:
        band = read_measure(block, {}, checks, "x.toml: check 1").band
        assert band.verdict(good_min) == band.verdict(good_max) == "good"
    else:
        with pytest.raises(ExerciseFileError):
            read_measure(block, {}, checks, "x.toml: check 1")


def test_every_measure_is_seen_only_from_views_its_signal_and_check_allow(catalogue: Catalogue) -> None:
    for exercise in catalogue.exercises.values():
        for measure in exercise.measures:
            assert set(measure.views) <= set(vocabulary.BY_NAME[measure.signal].views)
            assert set(measure.views) <= set(catalogue.check_views[measure.check])


def test_every_bounded_side_of_a_band_has_a_sentence_to_say(catalogue: Catalogue) -> None:
    for exercise in catalogue.exercises.values():
        for measure in exercise.measures:
            assert bool(measure.cue) == math.isfinite(measure.band.good_max), (exercise.id, measure.title)
            assert bool(measure.cue_low) == math.isfinite(measure.band.good_min), (exercise.id, measure.title)


@pytest.mark.parametrize("exercise", BACKWARD_ON_FOOT)
def test_knee_past_the_toe_is_a_goal_and_no_fault_on_foot_backward(catalogue: Catalogue, exercise: str) -> None:
    (measure,) = [m for m in catalogue.exercises[exercise].measures if m.check == "knee_over_toe"]
    assert measure.goal
    assert measure.band.verdict(0.8) == "good"
    assert measure.band.verdict(-0.45) == "minor"


def test_knee_past_the_toe_has_both_limits_in_the_seated_push(catalogue: Catalogue) -> None:
    (measure,) = [m for m in catalogue.exercises["power_sled_backward_push"].measures if m.check == "knee_over_toe"]
    assert not measure.goal
    assert measure.band.verdict(0.8) == "major"
    assert measure.band.verdict(-0.7) == "good"  # ankle right under the knee, as the guide wants it


@pytest.mark.parametrize(
    ("exercise", "lean_deg"),
    [
        ("reverse_sled_pull", -15.0),
        ("forward_sled_push", 45.0),
        ("backward_walk", 0.0),
        ("deadmill_forward", 20.0),
    ],
)
def test_each_exercise_has_its_own_good_lean(catalogue: Catalogue, exercise: str, lean_deg: float) -> None:
    bands = {
        key: next(m.band for m in e.measures if m.check == "torso_upright") for key, e in catalogue.exercises.items()
    }
    assert bands[exercise].verdict(lean_deg) == "good"
    assert bands["reverse_sled_pull"].verdict(45.0) == "major"
    assert bands["forward_sled_push"].verdict(-15.0) == "major"


@pytest.mark.parametrize("exercise", SLEDS)
def test_sled_sets_can_end_for_knees_torso_and_speed(catalogue: Catalogue, exercise: str) -> None:
    ending = {
        m.check for m in catalogue.exercises[exercise].measures if m.stop_trend is not None or m.stop_limit is not None
    }
    assert ending >= {"torso_rock", "slowdown"}
    assert ending & {"knee_valgus", "knee_toe_alignment"}


def test_plain_walking_is_not_stopped_for_slowing_down(catalogue: Catalogue) -> None:
    assert all(m.check != "slowdown" for m in catalogue.exercises["backward_walk"].measures)


@pytest.mark.parametrize("exercise", sorted(IDS))
def test_the_articles_disagreement_on_frequency_is_shown_and_injuries_go_to_a_doctor(
    catalogue: Catalogue, exercise: str
) -> None:
    told = catalogue.exercises[exercise]
    often = " ".join(rule.prescribed.lower() for rule in told.programme if rule.topic == "how often")
    assert all(words in often for words in ("dail", "three"))
    assert "doctor" in told.safety and "Listen to your body" in told.safety
    assert "side" in told.camera and len(told.camera) >= 2


def test_both_loads_are_shown_for_the_drag(catalogue: Catalogue) -> None:
    loads = [r.prescribed for r in catalogue.exercises["reverse_sled_pull"].programme if r.quantity == "load_ratio"]
    assert any("half" in text.lower() for text in loads) and any("0.32" in text for text in loads)


def test_explain_gives_every_band_with_its_source_and_evidence(catalogue: Catalogue) -> None:
    for check in CHECKS:
        text = explain(check, catalogue)
        bands = [band for measure in text.measures for band in measure.bands]
        judged = {name for band in bands for name in band.exercises}
        assert judged == {e.name for e in catalogue.exercises.values() if check in e.expected_checks}
        assert all(band.source and band.evidence and band.cues for band in bands)
        assert text.film and text.title in str(text)


def test_explain_suggests_the_near_miss(catalogue: Catalogue) -> None:
    with pytest.raises(FormcheckError, match="did you mean 'knee_valgus'"):
        explain("knee_valgas", catalogue)


def test_describe_tells_camera_checks_programme_and_safety(catalogue: Catalogue) -> None:
    text = str(describe(catalogue.exercises["reverse_sled_pull"], catalogue))
    for part in ("How to film it", "Even rhythm", "half of body weight", "doctor"):
        assert part in text


def test_the_example_in_the_guide_loads_as_it_stands(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "adding-an-exercise.md").read_text("utf-8")
    example = "\n".join(re.findall(r"```toml\n(.*?)```", guide, flags=re.DOTALL))
    assert len(with_file(tmp_path, example).exercises["crab_walk"].measures) == 2
