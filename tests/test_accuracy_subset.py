"""The accuracy that holds, watched on a dozen rendered clips whose poses are kept in ``tests/data/poses``.

Bars are those of the benchmark's table on these clips with a margin of about a quarter to a half. The whole table:
``python bench/accuracy.py``. After fixtures are built anew: ``python bench/accuracy.py --save-poses``.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from bench.accuracy_lib.checks import Outcome, add_clip
from bench.accuracy_lib.clips import VIDEOS
from bench.accuracy_lib.rows import QUANTITIES, errors_of
from bench.accuracy_lib.samples import ClipResult, measure
from bench.accuracy_lib.subset import FOLDER, NAMES, load_subset
from bench.accuracy_lib.tally import Agreement, agreement

#: Title of the row -> greatest mean absolute error here; beside it what was measured when the bar was set.
BARS = {
    "knee flexion, near leg": 3.5,  # 2.2
    "knee flexion, far leg": 5.0,  # 3.6
    "knee flexion, both legs": 4.0,  # 2.9
    "trunk lean": 2.0,  # 1.2
    "rocking range per stride": 1.2,  # 0.8
    "FPPA, every frame up to 60° of flexion": 4.0,  # 2.9
    "FPPA, mid-drive median of a step": 2.5,  # 1.7
    "foot placement at contact, near leg, shank lengths": 0.05,  # 0.033
    "knee over toe at contact, near leg, foot lengths": 0.15,  # 0.115
    "heel lift, mid-drive median of a step, near leg": 2.0,  # 1.0
}
#: False findings of today, by clip and check, each explained; the list may only grow shorter.
KNOWN_FALSE = {
    # Very short steps: the near foot's contact reads 30 ms late, the hidden one's 40 ms early, so that a step of 0.69 s
    # differs by 18 % from side to side; a perfect pose gives none.
    ("near_knee_over_toe_right", "symmetry"),
}


@pytest.fixture(scope="module")
def results() -> list[ClipResult]:
    return [measure(fixture, pose) for fixture, pose in load_subset()]


@pytest.fixture(scope="module")
def outcome(results: list[ClipResult]) -> Outcome:
    found = Outcome()
    for result in results:
        add_clip(found, result.fixture, result.analysis, result.ideal)
    return found


def test_every_clip_of_the_subset_has_its_poses_and_its_truth() -> None:
    assert [fixture.name for fixture, _ in load_subset()] == list(NAMES)


def test_kept_poses_are_of_the_clips_as_they_are_built() -> None:
    known = json.loads((FOLDER / "clips.json").read_text(encoding="utf-8"))
    stale = [n for n in NAMES if hashlib.sha256((VIDEOS / f"{n}.mp4").read_bytes()).hexdigest() != known.get(n)]
    assert not stale, f"{', '.join(stale)} changed: run python bench/accuracy.py --save-poses"


def test_kept_poses_are_small() -> None:
    files = sorted(FOLDER.glob("*.npz"))
    assert len(files) <= 12
    assert max(file.stat().st_size for file in files) <= 150_000


@pytest.mark.parametrize("title", list(BARS))
def test_mean_absolute_error_stays_within_its_bar(results: list[ClipResult], title: str) -> None:
    quantity = next(q for q in QUANTITIES if q.title == title)
    found = agreement(errors_of(quantity, results, "ours"))
    assert found.n > 0
    assert found.mae <= BARS[title]


def _events(results: list[ClipResult], kind: str, view: str = "side") -> Agreement:
    chosen = [e for r in results for e in r.events if (e.method, e.kind, e.view) == ("ours", kind, view)]
    return agreement([1000.0 * e.errors_s for e in chosen])


@pytest.mark.parametrize("kind", ["contact", "off"])
def test_side_view_events_are_within_a_frame_of_30_fps(results: list[ClipResult], kind: str) -> None:
    assert _events(results, kind).mae <= 33.0


def test_raw_extremes_are_at_least_twice_as_far_off(results: list[ClipResult]) -> None:
    raw = [e for r in results for e in r.events if (e.method, e.kind) == ("raw", "contact")]
    assert agreement([1000.0 * e.errors_s for e in raw]).mae >= 2.0 * _events(results, "contact").mae


def test_steps_are_counted_exactly_on_clean_clips(results: list[ClipResult]) -> None:
    wrong = {
        r.fixture.name: (r.steps.true_steps, r.steps.steps)
        for r in results
        if r.fixture.clean and not r.steps.exact(r.steps.steps)
    }
    assert wrong == {}


def test_cadence_is_within_two_steps_a_minute(results: list[ClipResult]) -> None:
    off = {r.fixture.name: r.steps.cadence[1] - r.steps.cadence[0] for r in results}
    assert {name: d for name, d in off.items() if not abs(d) <= 2.0} == {}


def test_no_finding_in_a_view_that_cannot_show_it(outcome: Outcome) -> None:
    assert outcome.wrong_view == []


def test_planned_faults_are_found(outcome: Outcome) -> None:
    assert outcome.missed == []


def test_clean_and_near_miss_clips_stay_silent(outcome: Outcome) -> None:
    assert {(f.clip, f.check) for f in outcome.false} - KNOWN_FALSE == set()


def test_repair_leaves_few_frames_with_the_legs_mislabelled(results: list[ClipResult]) -> None:
    counts = [r.swaps for r in results if r.swaps is not None]
    assert sum(c.after for c in counts) <= 0.005 * sum(c.frames for c in counts)
    assert sum(c.after for c in counts) <= sum(c.before for c in counts)


def test_a_perfect_pose_gives_true_angles(results: list[ClipResult]) -> None:
    """The formulas themselves: errors beyond this would be the core's, not the pose model's."""
    for title, bar in (
        ("knee flexion, near leg", 1.0),
        ("trunk lean", 1.0),
        ("rocking range per stride", 0.5),
    ):
        quantity = next(q for q in QUANTITIES if q.title == title)
        assert agreement(errors_of(quantity, results, "perfect")).mae <= bar, title


def test_views_are_named_as_they_are(results: list[ClipResult]) -> None:
    assert {r.fixture.name: r.analysis.report.view for r in results} == {
        r.fixture.name: r.fixture.view for r in results
    }


def test_camera_yaw_is_within_ten_degrees(results: list[ClipResult]) -> None:
    assert np.nanmax([abs(r.yaw_error[0]) for r in results]) <= 10.0
