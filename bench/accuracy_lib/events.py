"""Contacts and lift-offs against the truth: timing errors, and steps, cadence and step-time variation of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.accuracy_lib import raw as plain
from bench.accuracy_lib.clips import Fixture
from fixtures.generator.quantities import POST_M
from formcheck.core.checks.evaluate import frame_rate_floor_s
from formcheck.core.skeleton import SIDES
from formcheck.core.types import Analysis, Array, PoseSequence

MATCH_S = 0.3  # an event further than this from every true one is another event
EDGE_S = 0.15  # an event this near the clip's first or last frame, or the picture's edge, may go either way
KINDS = ("contact", "off")


@dataclass(frozen=True)
class EventErrors:
    """One leg's errors (s, estimate minus truth) in one clip by one method; ``method`` ours, raw or perfect."""

    method: str
    kind: str  # contact | off
    leg: str  # near | far | both
    backward: bool
    fps: float
    view: str  # side | front | back | oblique
    errors_s: Array
    missed: int
    extra: int


@dataclass(frozen=True)
class StepFigures:
    """Steps, cadence (steps a minute) and step-time CV (percent): true, formcheck's and raw.

    ``true_steps`` is the least and the most that can be seen: a contact at the clip's very end may go either way, and
    so may one found there, of which ``at_ends`` counts formcheck's.
    """

    true_steps: tuple[int, int]
    steps: int
    raw_steps: int  # -1 where there is no side view
    perfect_steps: int
    cadence: tuple[float, float, float]
    step_cv: tuple[float, float]
    alternate: bool  # every step found is the other foot's
    at_ends: int = 0

    def exact(self, steps: int) -> bool:
        """Whether a number of steps is right."""
        return self.true_steps[0] <= steps <= self.true_steps[1] + self.at_ends


def match(true_s: Array, found_s: Array) -> tuple[Array, int, int]:
    """Nearest pairs within ``MATCH_S``: errors, and how many were missed and made up."""
    errors, free = [], list(found_s)
    for t in true_s:
        near = min(free, key=lambda f: abs(f - t), default=None)
        if near is not None and abs(near - t) <= MATCH_S:
            errors.append(near - t)
            free.remove(near)
    return np.array(errors), len(true_s) - len(errors), len(free)


def _in_picture(fixture: Fixture, side: str, when_s: float) -> bool:
    """Whether ankle and knee lie inside the picture at the time."""
    truth, camera = fixture.truth, fixture.truth.data["camera"]
    k = int(np.argmin(np.abs(truth.t - when_s)))
    points = truth.image[k, [truth.index[f"{p}_{side[0]}"] for p in ("ankle", "knee")]]
    return bool((points >= 0).all() and (points <= [camera["width"], camera["height"]]).all())


def _hidden(fixture: Fixture, side: str, when_s: float) -> bool:
    """Whether the padded block of the plan stands before the ankle at the time."""
    truth = fixture.truth
    if "post" not in truth.data["extras"]:
        return False
    toward, wide, high = POST_M
    eye = np.array(truth.data["camera"]["eye_m"][0])
    ahead = np.array(truth.data["camera"]["axes_right_up_forward"][0][2])
    aim_x = eye[0] - ahead[0] * eye[1] / ahead[1]
    ankle = truth.joint(f"ankle_{side[0]}")[int(np.argmin(np.abs(truth.t - when_s)))]
    before = eye + (ankle - eye) * (np.sign(eye[1]) * toward - eye[1]) / (ankle[1] - eye[1])
    return bool(abs(before[0] - aim_x) <= wide / 2 and before[2] <= high)


def _inside(fixture: Fixture, when_s: float) -> bool:
    return float(fixture.truth.t[0]) + EDGE_S <= when_s <= float(fixture.truth.t[-1]) - EDGE_S


def _well_seen(fixture: Fixture, side: str, when_s: float) -> bool:
    about = [when_s + shift_s for shift_s in (-EDGE_S, 0.0, EDGE_S)]
    return all(_in_picture(fixture, side, at) and not _hidden(fixture, side, at) for at in about)


def true_events(fixture: Fixture, side: str, kind: str, ends: bool = False) -> Array:
    """Times of one foot's true contacts or lift-offs well in sight; with ``ends`` also those at the picture's edge, at
    the clip's ends, and hidden.
    """
    every = fixture.truth.data["contacts" if kind == "contact" else "lift_offs"]
    times = [e["time_s"] for e in every if e["side"] == side and (ends or _inside(fixture, e["time_s"]))]
    if kind == "off":  # a step begins at its contact: the lift-off from standing belongs to none
        first = min((c["time_s"] for c in fixture.truth.data["contacts"] if c["side"] == side), default=np.inf)
        times = [t for t in times if t > first]
    seen = _in_picture if ends else _well_seen
    return np.array([t for t in times if seen(fixture, side, t)])


def found_events(fixture: Fixture, analysis: Analysis, side: str, kind: str) -> Array:
    """Times of one foot's reported contacts or lift-offs, off the clip's ends."""
    times = [s.contact_s if kind == "contact" else s.off_s for s in analysis.report.steps if s.side == side]
    return np.array([t for t in times if _inside(fixture, t)])


def event_errors(fixture: Fixture, pose: PoseSequence, analysis: Analysis, ideal: Analysis) -> list[EventErrors]:
    """By method, kind and leg."""
    raw = plain.raw_events(pose, fixture) if fixture.kind == "side" else {}
    out = []
    for side in SIDES:
        leg = "both" if fixture.near == "both" else "near" if side == fixture.near else "far"
        for kind in KINDS:
            true_s = true_events(fixture, side, kind)
            every_s = true_events(fixture, side, kind, ends=True)
            found = {
                "ours": found_events(fixture, analysis, side, kind),
                "perfect": found_events(fixture, ideal, side, kind),
            }
            if side in raw:
                found["raw"] = np.array([t for t in raw[side][kind] if _inside(fixture, t)])
            for method, times in found.items():
                errors, missed, _ = match(true_s, times)
                extra = match(every_s, times)[2]
                out.append(
                    EventErrors(
                        method,
                        kind,
                        leg,
                        fixture.backward,
                        float(fixture.truth.data["fps"]),
                        fixture.kind,
                        errors,
                        missed,
                        extra,
                    )
                )
    return out


def _cadence(by_side: list[Array], laps_s: list[tuple[float, float]]) -> float:
    """Steps a minute from the strides within a lap but for those with steps out of sight in them."""
    strides = [np.diff(np.sort(times[(times >= a) & (times <= b)])) for times in by_side for a, b in laps_s]
    every = np.concatenate(strides)
    return float(120.0 / every[every < 1.7 * np.median(every)].mean()) if every.size else float("nan")


def _cv_pct(times: Array, floor_s: float) -> float:
    step = np.diff(np.sort(times))
    if len(step) < 4:
        return float("nan")
    step = step[step < 1.7 * np.median(step)]
    return float(100.0 * np.sqrt(max(0.0, step.var(ddof=1) - floor_s**2)) / step.mean())


def step_figures(fixture: Fixture, pose: PoseSequence, analysis: Analysis, ideal: Analysis) -> StepFigures:
    """Of the whole clip. Cadence from strides, as the report has it; the CV with the frame-rate floor taken out."""
    truth = [true_events(fixture, s, "contact") for s in SIDES]
    every = [true_events(fixture, s, "contact", ends=True) for s in SIDES]
    laps_s = [(lap["start_s"], lap["end_s"]) for lap in fixture.truth.data["laps"]]
    ours = [found_events(fixture, analysis, s, "contact") for s in SIDES]
    raw_found = plain.raw_events(pose, fixture) if fixture.kind == "side" else {}
    raw = [np.array([t for t in raw_found[s]["contact"] if _inside(fixture, t)]) for s in SIDES] if raw_found else []
    sides = [s.side for s in analysis.report.steps]
    nan = float("nan")
    summary = analysis.report.summary.get("cadence_spm")
    fps = float(fixture.truth.data["fps"])
    return StepFigures(
        true_steps=(
            sum(map(len, truth)),
            sum(map(len, every)),
        ),
        steps=len(sides),
        raw_steps=sum(len(raw_found[s]["contact"]) for s in SIDES) if raw_found else -1,
        perfect_steps=len(ideal.report.steps),
        cadence=(
            _cadence(every, laps_s),
            nan if summary is None else float(summary),
            _cadence(raw, laps_s) if raw else nan,
        ),
        step_cv=(_cv_pct(np.concatenate(truth), 0.0), _cv_pct(np.concatenate(ours), frame_rate_floor_s(fps))),
        at_ends=len(sides) - sum(map(len, ours)),
        alternate=all(a != b for a, b in zip(sides, sides[1:], strict=False)),
    )
