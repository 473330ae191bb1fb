"""Everything measured on one clip against its truth: a fixture and its poses in, a ``ClipResult`` out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench.accuracy_lib import raw as plain
from bench.accuracy_lib.clips import Fixture, at_frames
from bench.accuracy_lib.events import EventErrors, StepFigures, event_errors, step_figures
from bench.accuracy_lib.swapped import SwapCount, count_swapped
from bench.accuracy_lib.truth_pose import perfect_pose
from formcheck.api import analyse_pose
from formcheck.core.geometry import wrap_deg
from formcheck.core.skeleton import SIDES
from formcheck.core.types import Analysis, Array, PoseSequence

#: Signals compared frame by frame; ``{side}`` for both legs.
SIDED = {
    "side": (
        "knee_flexion_{side}_deg",
        "foot_pitch_{side}_deg",
        "foot_placement_{side}_ratio",
        "knee_over_toe_{side}_ratio",
    ),
    "front": ("fppa_{side}_deg", "knee_toe_offset_{side}_ratio"),
    "back": (),
    "oblique": (),
}
SINGLE = {
    "side": ("trunk_lean_deg",),
    "front": ("pelvis_yaw_deg",),
    "back": ("pelvis_yaw_deg",),
    "oblique": ("pelvis_yaw_deg",),
}
AT_CONTACT = ("foot_placement_{side}_ratio", "knee_over_toe_{side}_ratio", "knee_flexion_{side}_deg")
RELATIVE = ("pelvis_yaw_deg",)  # against the clip's own median
BY_STRIDE = {"trunk_lean_deg": "rocking_range_deg", "pelvis_yaw_deg": "pelvis_twist_range_deg"}
DRIVE = (0.2, 0.8)


@dataclass(frozen=True)
class Sample:
    """(n,) true values, formcheck's, raw landmarks' and a perfect pose's; ``leg`` near, far or both."""

    quantity: str
    leg: str
    truth: Array
    ours: Array
    raw: Array
    perfect: Array


@dataclass(frozen=True)
class ClipResult:
    """One clip measured."""

    fixture: Fixture
    analysis: Analysis
    ideal: Analysis  # the same on a perfect pose
    samples: list[Sample]
    yaw_error: tuple[float, float, float]  # ours, raw, perfect
    events: list[EventErrors]
    steps: StepFigures
    swaps: SwapCount | None
    pose: PoseSequence = field(repr=False)


def measure(fixture: Fixture, pose: PoseSequence) -> ClipResult:
    """Score a clip as its exercise, on its poses and on perfect ones, and compare with the truth."""
    exercise = exercise_of(fixture)
    analysis = analyse_pose(pose, exercise)
    ideal = analyse_pose(perfect_pose(fixture, pose), exercise)
    raw = plain.raw_signals(pose, fixture)
    events = event_errors(fixture, pose, analysis, ideal)
    return ClipResult(
        fixture,
        analysis,
        ideal,
        _samples(fixture, pose, analysis, ideal, raw),
        _yaw(fixture, pose, analysis, ideal),
        events,
        step_figures(fixture, pose, analysis, ideal),
        count_swapped(fixture, pose, analysis),
        pose,
    )


def exercise_of(fixture: Fixture) -> str:
    """The exercise a user would choose for the clip."""
    kinds = {lap["exercise"] for lap in fixture.truth.data["laps"]}
    return "up_and_back" if {"forward_sled_push", "reverse_sled_pull"} <= kinds else str(fixture.truth.data["exercise"])


def _yaw(fixture: Fixture, pose: PoseSequence, analysis: Analysis, ideal: Analysis) -> tuple[float, float, float]:
    found = (analysis.report.yaw_deg, plain.raw_yaw_deg(pose), ideal.report.yaw_deg)
    errors = [float("nan") if y is None else float(wrap_deg(np.asarray(y - fixture.yaw_deg))) for y in found]
    return errors[0], errors[1], errors[2]


def _samples(
    fixture: Fixture, pose: PoseSequence, analysis: Analysis, ideal: Analysis, raw: dict[str, Array]
) -> list[Sample]:
    names = [(n.format(side=s), _leg(fixture, s)) for n in SIDED[fixture.kind] for s in SIDES]
    names += [(n, "both") for n in SINGLE[fixture.kind]]
    out = []
    for name, leg in names:
        truth = at_frames(fixture.truth, fixture.truth.signal(name), pose.time_s)
        ours, ideal_values = analysis.signals[name], ideal.signals[name]
        plain_values = raw.get(name, np.full(len(truth), np.nan))
        if name in RELATIVE:
            truth, ours, ideal_values = (_about_median(v) for v in (truth, ours, ideal_values))
        stem = name.replace("_left_", "_").replace("_right_", "_")
        columns = (truth, ours, plain_values, ideal_values)
        out.append(Sample(stem, leg, *_gated(fixture, name, pose, columns)))
        out += _by_step(fixture, pose.time_s, name, stem, leg, columns)
    return out


def _leg(fixture: Fixture, side: str) -> str:
    return "both" if fixture.near == "both" else "near" if side == fixture.near else "far"


def _about_median(values: Array) -> Array:
    return np.asarray(values - np.nanmedian(values)) if np.isfinite(values).any() else values


def _gated(fixture: Fixture, name: str, pose: PoseSequence, columns: tuple[Array, ...]) -> tuple[Array, ...]:
    """FPPA means something only where the leg is not deeply bent (60 degrees, by the true flexion)."""
    if not name.startswith("fppa"):
        return columns
    flexion = fixture.truth.signal(name.replace("fppa", "knee_flexion"))
    shown = at_frames(fixture.truth, flexion, pose.time_s) <= 60.0
    return tuple(np.where(shown, column, np.nan) for column in columns)


def _by_step(
    fixture: Fixture, time_s: Array, name: str, stem: str, leg: str, columns: tuple[Array, ...]
) -> list[Sample]:
    """Values at true contacts, mid-drive foot pitch and FPPA, and ranges over true strides."""
    side = next((s for s in SIDES if f"_{s}_" in name), None)
    steps = [s for s in fixture.truth.steps if side in (None, s.side)]
    out = []
    if side and name.replace(side, "{side}") in AT_CONTACT:
        at = np.array([s.contact_s for s in steps])
        out.append(Sample(f"{stem}@contact", leg, *(_read(time_s, c, at) for c in columns)))
    if name.startswith(("foot_pitch", "fppa")):
        spans = [
            (
                s.contact_s + DRIVE[0] * (s.off_s - s.contact_s),
                s.contact_s + DRIVE[1] * (s.off_s - s.contact_s),
            )
            for s in steps
        ]
        out.append(Sample(f"{stem}@mid_drive", leg, *(_over(time_s, c, spans, np.median) for c in columns)))
    if name in BY_STRIDE:
        spans = [(s.contact_s, s.next_s) for s in steps]
        out.append(Sample(BY_STRIDE[name], leg, *(_over(time_s, c, spans, _spread) for c in columns)))
    return out


def _read(time_s: Array, values: Array, at: Array) -> Array:
    if not len(at):
        return np.empty(0)
    return np.array([np.interp(t, time_s, values) if time_s[0] <= t <= time_s[-1] else np.nan for t in at])


def _spread(values: Array) -> float:
    return float(np.percentile(values, 95) - np.percentile(values, 5))


def _over(time_s: Array, values: Array, spans: list[tuple[float, float]], reduce) -> Array:  # type: ignore[no-untyped-def]
    out = []
    for low, high in spans:
        window = values[(time_s >= low) & (time_s <= high)] if low < high else np.empty(0)
        whole = window.size >= 4 and np.isfinite(window).mean() > 0.8
        out.append(float(reduce(window[np.isfinite(window)])) if whole else np.nan)
    return np.array(out)
