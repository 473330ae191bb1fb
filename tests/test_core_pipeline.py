"""The whole core on stick people: recognition, contradiction, honesty about views and footage, its laws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.core.checks.programme import NOT_SEEN
from formcheck.core.checks.quality import track_quality
from formcheck.core.clean.prepare import prepare
from formcheck.core.gait.contacts import Contact
from formcheck.core.gait.measures import tabulate
from formcheck.core.gait.plausible import odd_phases
from formcheck.core.pipeline import score_pose
from formcheck.core.skeleton import SKELETON
from formcheck.core.spec import ScoreOptions
from formcheck.core.types import PoseSequence
from formcheck.exercises.load import load_catalogue
from tests.synth import Walk, walker
from tests.test_core_gait import mirrored

CATALOGUE = load_catalogue()


def report_of(walk: Walk, exercise="auto", **options):
    return score_pose(walker(walk)[0], CATALOGUE, exercise, ScoreOptions(**options)).report


def by_check(report):
    out = {}
    for f in report.findings:
        out.setdefault(f.check, []).append(f)
    return out


PULL = Walk(lean_deg=-15.0, width=1800, duration_s=10.0)


def test_a_backward_drag_leaning_away_is_a_reverse_sled_pull():
    report = report_of(PULL)
    assert (report.exercise, report.exercise_source, report.direction) == (
        "reverse_sled_pull", "recognised", "backward",
    )  # fmt: skip
    assert report.score is not None


def test_leaning_into_a_forward_push_is_a_forward_sled_push():
    assert report_of(Walk(gait="forward", lean_deg=45.0, width=1800)).exercise == "forward_sled_push"


def test_an_upright_forward_walk_is_none_of_the_exercises():
    report = report_of(Walk(gait="forward", lean_deg=3.0, width=1800))
    assert (report.exercise, report.score) == ("unknown", None)
    assert report.warnings


def test_the_wrong_exercise_is_contradicted_and_not_scored():
    report = report_of(Walk(gait="forward", width=1800), "reverse_sled_pull")
    assert any("you asked for reverse_sled_pull, but the athlete walks forward" in w for w in report.warnings)
    assert report.score is None
    assert {f.verdict for f in report.findings} == {"not_assessed"}


@pytest.mark.parametrize("yaw", [0.0, 45.0])
def test_a_check_the_view_cannot_show_is_not_assessed_with_the_view_to_film(yaw):
    report = report_of(replace(PULL, yaw_deg=yaw), "reverse_sled_pull")
    for check in ("torso_upright", "knee_over_toe", "knee_bend", "heel_lift"):
        for finding in by_check(report)[check]:
            assert finding.verdict == "not_assessed"
            assert "side" in finding.reason and finding.film


def test_front_checks_are_not_assessed_from_the_side():
    found = by_check(report_of(PULL, "reverse_sled_pull"))
    for check in ("knee_valgus", "knee_toe_alignment", "stance_width", "lateral_sway"):
        assert {f.verdict for f in found[check]} == {"not_assessed"}


def test_fppa_abstains_beyond_five_degrees_of_yaw():
    gate = {yaw: by_check(report_of(Walk(yaw_deg=yaw, hip_height=0.80), "reverse_sled_pull"))["knee_valgus"]
            for yaw in (0.0, 9.0)}  # fmt: skip
    assert any(f.verdict != "not_assessed" for f in gate[0.0])
    assert {f.verdict for f in gate[9.0]} == {"not_assessed"}


def test_a_knee_that_falls_inward_is_found_on_its_own_side():
    walk = Walk(yaw_deg=0.0, hip_height=0.82, valgus_m={"left": 0.09}, duration_s=10.0)
    found = {f.side: f for f in by_check(report_of(walk, "reverse_sled_pull"))["knee_valgus"]}
    assert found["left"].verdict == "major"
    assert found["right"].verdict == "good"


def test_rocking_is_measured_in_degrees_and_found():
    report = report_of(replace(PULL, rock_deg=20.0), "reverse_sled_pull")
    (finding,) = by_check(report)["torso_rock"]
    assert finding.verdict == "major"
    assert finding.value == pytest.approx(20.0 * 0.988, abs=1.0)  # p95 - p5 of a sine
    assert report.stop.advised


def test_an_empty_clip_is_rejected_and_scores_nothing():
    pose, _ = walker(Walk(duration_s=3.0))
    blind = replace(
        pose, landmarks_px=np.full_like(pose.landmarks_px, np.nan), visibility=np.zeros_like(pose.visibility),
        world_m=np.full_like(pose.world_m, np.nan),
    )  # fmt: skip
    report = score_pose(blind, CATALOGUE, "reverse_sled_pull").report
    assert (report.tracking.quality, report.score) == ("rejected", None)
    assert {f.verdict for f in report.findings} == {"not_assessed"}


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 20])
def test_the_shortest_clips_are_results_not_crashes(frames):
    pose, _ = walker(Walk(duration_s=3.0))
    short = PoseSequence(
        pose.time_s[:frames], pose.landmarks_px[:frames], pose.visibility[:frames], pose.world_m[:frames],
        pose.video, pose.engine,
    )  # fmt: skip
    assert score_pose(short, CATALOGUE).report.score is None


def test_height_gives_metres_and_metres_a_second():
    report = report_of(replace(PULL, speed=0.6), "reverse_sled_pull", athlete_height_cm=0.84 / 0.491 * 100)
    assert report.summary["speed_ratio_s"] * 0.84 == pytest.approx(0.6, rel=0.03)
    assert report.summary["distance_m"] == pytest.approx(0.6 * 9, rel=0.15)


def test_cadence_is_that_of_the_steps():
    assert report_of(replace(PULL, stride_s=1.2), "reverse_sled_pull").summary["cadence_spm"] == pytest.approx(
        100, abs=0.5
    )


@settings(max_examples=8, deadline=None)
@given(st.floats(-25, 5), st.floats(0, 25), st.sampled_from([90.0, -90.0]))
def test_the_mirrored_clip_gets_the_same_verdicts_on_the_other_side(lean, rock, yaw):
    pose, _ = walker(Walk(lean_deg=lean, rock_deg=rock, yaw_deg=yaw, width=1800))
    there = score_pose(pose, CATALOGUE, "reverse_sled_pull").report
    here = score_pose(mirrored(pose), CATALOGUE, "reverse_sled_pull").report
    other = {"left": "right", "right": "left", "both": "both", None: None}
    want = {(f.check, other[f.side]): (f.verdict, f.value) for f in there.findings}
    got = {(f.check, f.side): (f.verdict, f.value) for f in here.findings}
    assert want.keys() == got.keys()
    for key in want:
        assert want[key][0] == got[key][0]
        if want[key][1] is not None:
            assert want[key][1] == pytest.approx(got[key][1], abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.0, 0.4))
def test_what_was_not_seen_stays_unmeasured(seed, share):
    pose, _ = walker(Walk(width=1800, duration_s=5.0))
    rng = np.random.default_rng(seed)
    px = pose.landmarks_px.copy()
    start = int(rng.integers(20, 100))
    px[start : start + 30] = np.nan  # a whole second lost, longer than any gap that may be closed
    px[rng.uniform(size=px.shape[:2]) < share * 0.2] = np.nan
    analysis = score_pose(replace(pose, landmarks_px=px), CATALOGUE, "reverse_sled_pull")
    for name, column in analysis.signals.columns.items():
        assert np.isnan(column[start + 1 : start + 29]).all(), name


def test_nothing_in_a_report_is_nan():
    report = report_of(replace(PULL, noise_px=2.0))
    for finding in report.findings:
        for value in (finding.value, finding.score, finding.onset_s, finding.worst_at_s):
            assert value is None or np.isfinite(value)


def test_what_is_wrong_with_the_file_is_told_in_the_report():
    pose, _ = walker(PULL)
    damaged = replace(pose, video=replace(pose.video, warnings=("the file is cut off after 4.0 s",)))
    assert "the file is cut off after 4.0 s" in score_pose(damaged, CATALOGUE).report.warnings


def shifted(pose: PoseSequence, parts: tuple[str, ...], shift_px) -> PoseSequence:
    """The pose with some landmarks of both sides moved along the picture, (T,) px."""
    px = pose.landmarks_px.copy()
    px[:, [SKELETON[f"{part}_{side}"] for part in parts for side in "lr"], 0] += np.asarray(shift_px)[:, None]
    return replace(pose, landmarks_px=px)


def analysis_of(pose: PoseSequence, exercise: str):
    return score_pose(pose, CATALOGUE, exercise)


def test_on_a_belt_a_hand_that_slides_does_not_move_the_hips():
    pose, _ = walker(Walk(belt=True, gait="backward", noise_px=0.5))
    slid = shifted(pose, ("wrist",), 40 * np.sin(2 * np.pi * pose.time_s / 1.2))
    spread = [np.nanstd(analysis_of(p, "treadmill_backward_walk").signals["hip_drift_ratio"]) for p in (pose, slid)]
    assert spread[1] < spread[0] + 0.01
    swung = shifted(slid, ("hip", "shoulder", "ear"), 40 * np.sin(2 * np.pi * pose.time_s / 1.2 + 1.5))
    assert np.nanstd(analysis_of(swung, "treadmill_backward_walk").signals["hip_drift_ratio"]) > spread[0] + 0.05


def test_hips_that_slide_on_the_seat_do_not_tell_a_steps_length():
    pose, _ = walker(Walk(gait="backward", hip_height=0.35, speed=0.4, noise_px=0.5))
    slide = 30 * np.sin(2 * np.pi * pose.time_s / 1.2)
    still, sliding = (
        analysis_of(p, "power_sled_backward_push").report
        for p in (pose, shifted(pose, ("hip", "shoulder", "elbow", "ear", "eye"), slide))
    )
    assert np.isfinite([s.measures["step_length_ratio"] for s in still.steps[1:]]).all()
    assert len(sliding.steps) >= len(still.steps) - 1
    assert not np.isfinite([s.measures["step_length_ratio"] for s in sliding.steps]).any()
    (said,) = (f for f in sliding.findings if f.check == "step_spacing")
    assert said.verdict == "not_assessed" and said.reason.startswith("only 0 of")


def steps_lasting(stance_s, swing_s):
    """A table of two feet in turn, each standing and swinging for the given times."""
    contacts = []
    for side, start_s in (("left", 0.0), ("right", 0.5)):
        at = start_s
        for stance, swing in zip(stance_s, swing_s, strict=True):
            contacts.append(Contact(side, at, at + stance))
            at += stance + swing
    return tabulate(sorted(contacts, key=lambda c: c.contact_s))


def test_a_rest_or_a_quickening_is_in_keeping_and_a_lost_foot_is_not():
    even = np.full(8, 0.6)
    rest = np.where(np.arange(8) == 3, 3.0, even)
    quicker = np.where(np.arange(8) < 4, 0.9, 0.4)
    lost = np.where(np.arange(8) == 3, 0.2, even)
    assert odd_phases([steps_lasting(rest, even)]) == (0, 30)
    assert odd_phases([steps_lasting(quicker, quicker)]) == (0, 30)
    assert odd_phases([steps_lasting(lost, even)]) == (2, 30)
    assert odd_phases([steps_lasting(even, lost), steps_lasting(even, even)]) == (2, 60)


@pytest.mark.parametrize("odd, quality", [(1, ""), (2, "warning"), (7, "warning"), (8, "rejected")])
def test_footage_in_which_every_fourth_stance_or_swing_cannot_be_true_is_rejected(odd, quality):
    pose, _ = walker(Walk())
    tracking = track_quality(pose, prepare(pose), odd, 30)
    assert (tracking.quality == "rejected") == (quality == "rejected")
    assert any(f"{odd} of 30" in reason for reason in tracking.reasons) == bool(quality)


def test_steps_that_turn_twice_as_quick_hide_no_missed_step_and_a_missing_one_does():
    at_s = np.cumsum([0.8] * 8 + [0.38] * 9)
    quicker = tabulate([Contact("left" if k % 2 else "right", t, t + 0.3) for k, t in enumerate(at_s)])
    assert np.isfinite(quicker.step_time_s[1:]).all()
    missed = [Contact("left" if k % 2 else "right", 0.5 * k, 0.5 * k + 0.3) for k in range(12) if k != 6]
    assert np.isnan(tabulate(missed).next_same_s).sum() == 3  # the missed foot's own stride, and each foot's last


@pytest.mark.parametrize(
    "kept, slow",
    [
        (lambda i: i >= 0, False),
        (lambda i: i % 3 != 2, True),  # the usual frame is in time, and a third are missing
        (lambda i: (i < 100) | (i > 160), False),  # away for two seconds
    ],
)
def test_a_camera_that_leaves_frames_out_is_slow_and_one_that_was_away_is_not(kept, slow):
    pose, _ = walker(Walk(duration_s=8))
    seen = np.flatnonzero(kept(np.arange(len(pose.time_s))))
    columns = {name: getattr(pose, name)[seen] for name in ("time_s", "landmarks_px", "visibility", "world_m")}
    pose = replace(pose, **columns)
    reasons = track_quality(pose, prepare(pose)).reasons
    assert any("frames a second" in reason for reason in reasons) == slow


def test_footage_with_lost_feet_gives_no_steps_and_no_figure_made_of_them(monkeypatch):
    monkeypatch.setattr("formcheck.core.pipeline.odd_phases", lambda tables: (10, 30))
    report = report_of(Walk(), "backward_walk")
    assert report.tracking.quality == "rejected" and "10 of 30" in report.tracking.reasons[0]
    assert report.steps == () and report.score is None and not report.stop.advised
    assert {f.verdict for f in report.findings} == {"not_assessed"}
    assert {key for key, value in report.summary.items() if value is not None} <= {"duration_s", "gait"}
    assert {line.seen for line in report.programme if line.topic == "steps"} == {NOT_SEEN}
