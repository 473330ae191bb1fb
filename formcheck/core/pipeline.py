"""The core, whole: one person's poses and the exercise files in, an ``Analysis`` out. Pure: no clock, no files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal

import numpy as np

from formcheck.core.body.course import plot_course, view_name
from formcheck.core.checks import programme, recognise, stop
from formcheck.core.checks.evaluate import SetData
from formcheck.core.checks.judge import Context, judge
from formcheck.core.checks.quality import track_quality
from formcheck.core.checks.score import score
from formcheck.core.clean.prepare import CleanPose, prepare
from formcheck.core.gait.measures import tabulate
from formcheck.core.gait.plausible import odd_phases
from formcheck.core.gait.slope import floor_slope_deg
from formcheck.core.gait.tracks import Track, follow
from formcheck.core.laps import LapSteps, lay_out, named, set_data, steps_of
from formcheck.core.phrases import COMMA, say
from formcheck.core.signals.columns import measure_signals
from formcheck.core.skeleton import SIDES, joint
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.summary import add_metres, facts_of_set, facts_without_steps, summarise
from formcheck.core.types import Analysis, Finding, Lap, PoseSequence, Report, Signals, StopAdvice, Tracking

AUTO = "auto"
SURE_ENOUGH = 0.5


@dataclass(frozen=True)
class Choice:
    """The exercise of each lap, the set's id, where it came from and how sure, and what to warn of."""

    laps: list[LapSteps]
    exercise: str
    source: Literal["given", "recognised"]
    confidence: float
    warnings: tuple[str, ...]


def score_pose(
    pose: PoseSequence,
    catalogue: Catalogue,
    exercise: str = AUTO,
    options: ScoreOptions | None = None,
    created_at: str = "",
    version: str = "",
) -> Analysis:
    """Judge a clip. ``exercise`` is an id of the catalogue, ``up_and_back`` or ``auto``; KeyError if unknown.

    Poor footage is a result (findings "not_assessed", score None), never an error.
    """
    options = options or ScoreOptions()
    if exercise not in (AUTO, recognise.UP_AND_BACK) and exercise not in catalogue.exercises:
        raise KeyError(f"exercise: expected one of {', '.join(catalogue.exercises)}, got {exercise!r}")
    clean = prepare(pose, causal=options.causal)
    course = plot_course(clean)
    tracks = follow(clean, course) if isfinite(clean.leg_px) else []
    signals = measure_signals(clean, course, tracks)
    laps = lay_out(signals, tracks)
    tracking = track_quality(pose, clean, *odd_phases(lap.table for lap in laps))
    choice = choose(clean, signals, laps, catalogue, exercise, options)
    judged = _judge_all(choice, signals, clean, catalogue, tracking)
    report = _report(pose, catalogue, options, choice, judged, tracking, tracks, created_at, version)
    signals = add_metres(signals, choice.laps, options)
    return Analysis(report=report, signals=signals, landmarks_px=clean.xy, visibility=clean.visibility)


def choose(
    clean: CleanPose,
    signals: Signals,
    laps: list[LapSteps],
    catalogue: Catalogue,
    asked: str,
    options: ScoreOptions,
) -> Choice:
    """Name each lap's exercise: as asked where that can be, else as recognised."""
    facts = [recognise.facts_of(clean, signals, lap.track, _slope_deg(clean, lap, options)) for lap in laps]
    if asked in catalogue.exercises:
        return _as_asked(laps, facts, catalogue, asked)
    guesses = [recognise.recognise(f, catalogue) for f in facts]
    if asked == recognise.UP_AND_BACK:
        ids = {"forward": "forward_sled_push", "backward": "reverse_sled_pull"}
        guesses = [(ids.get(f.gait, recognise.UNKNOWN), f.sure) for f in facts]
    chosen = [named(lap, guess[0]) for lap, guess in zip(laps, guesses, strict=True)]
    if not chosen:
        return Choice([], recognise.UNKNOWN, "recognised", 0.0, ())
    weights = [lap.lap.end_s - lap.lap.start_s for lap in chosen]
    sure = float(np.average([g[1] for g in guesses], weights=weights))
    kinds = {lap.lap.exercise for lap in chosen}
    pair = {"forward_sled_push", "reverse_sled_pull"}
    if asked == recognise.UP_AND_BACK:
        return Choice(chosen, asked, "given", 1.0, ())
    if pair <= kinds:
        return Choice(chosen, recognise.UP_AND_BACK, "recognised", sure, _unsure(sure, kinds))
    longest = chosen[int(np.argmax(weights))].lap.exercise
    return Choice(chosen, longest, "recognised", sure, _unsure(sure, {longest}))


def _slope_deg(clean: CleanPose, lap: LapSteps, options: ScoreOptions) -> float:
    if options.slope_deg is not None:
        return options.slope_deg
    return floor_slope_deg(clean, lap.track, lap.table)


def _unsure(sure: float, kinds: set[str]) -> tuple[str, ...]:
    if kinds == {recognise.UNKNOWN}:
        return (say("no_exercise", choose="choose one with --exercise"),)
    if sure < SURE_ENOUGH:
        exercises = COMMA.join(sorted(kinds))
        return (say("unsure", exercises=exercises, share=f"{sure:.0%}", choose="choose with --exercise"),)
    return ()


def _as_asked(laps: list[LapSteps], facts: list[recognise.Facts], catalogue: Catalogue, asked: str) -> Choice:
    """Laps that move the other way are not judged as what they are not: they stay ``UNKNOWN``, with a warning."""
    exercise = catalogue.exercises[asked]
    against = [recognise.contradiction(exercise, f) for f in facts]
    warnings = list(dict.fromkeys(w for w in against if w))
    if warnings and not all(against):
        warnings = [say("laps_other_way", laps=sum(map(bool, against)), all=len(laps), exercise=asked)]
    for lap_facts, contradicted in zip(facts, against, strict=True):
        if not contradicted:
            warnings += recognise.doubts(exercise, lap_facts)
    chosen = [
        named(lap, recognise.UNKNOWN if contradicted else asked)
        for lap, contradicted in zip(laps, against, strict=True)
    ]
    return Choice(chosen, asked, "given", 1.0, tuple(dict.fromkeys(warnings)))


@dataclass(frozen=True)
class Judged:
    """Findings of all exercises in the clip, and the earliest stop advice."""

    findings: list[Finding]
    stop: StopAdvice


def _judge_all(choice: Choice, signals: Signals, clean: CleanPose, catalogue: Catalogue, tracking: Tracking) -> Judged:
    context = Context({side: _leg_visibility(clean, side) for side in SIDES}, tracking.coverage)
    findings: list[Finding] = []
    stops: list[StopAdvice] = []
    groups: dict[str, list[LapSteps]] = {}
    for lap in choice.laps:
        if lap.lap.exercise in catalogue.exercises:
            groups.setdefault(lap.lap.exercise, []).append(lap)
    for key, group in groups.items():
        data = set_data(signals, group, clean.fps)
        findings += judge(catalogue.exercises[key], data, catalogue, context)
        stops.append(stop.advise(catalogue.exercises[key], data))
    if not groups and choice.exercise in catalogue.exercises:
        reason = choice.warnings[0] if choice.warnings else say("no_steps")
        empty = judge(catalogue.exercises[choice.exercise], _no_data(signals, clean.fps), catalogue, context)
        findings = [_withheld(f, reason) for f in empty]
    if tracking.quality == "rejected":
        findings = [_withheld(f, tracking.reasons[0]) for f in findings]
        stops = []
    return Judged(findings, _earliest(stops))


def _no_data(signals: Signals, fps: float) -> SetData:
    empty = np.empty(0)
    return SetData(signals, (), tabulate([]), empty, empty, {}, {}, fps)


def _withheld(finding: Finding, reason: str) -> Finding:
    return replace(
        finding, verdict="not_assessed", reason=reason, value=None, score=None, confidence=0.0, steps=(),
        onset_s=None, worst_at_s=None, cue="",
    )  # fmt: skip


def _earliest(stops: list[StopAdvice]) -> StopAdvice:
    advised = [s for s in stops if s.advised and s.at_s is not None]
    if advised:
        return min(advised, key=lambda s: s.at_s if s.at_s is not None else 0.0)
    judged = [s for s in stops if s.reasons == (stop.NO_REASON,)]
    return judged[0] if judged else StopAdvice(False, None, None, (stop.NOT_JUDGED,))


def _leg_visibility(clean: CleanPose, side: Any) -> float:
    columns = clean.visibility[:, [joint(p, side) for p in ("hip", "knee", "ankle")]]
    return float(np.clip(columns[clean.seen > 0].mean(), 0, 1)) if bool((clean.seen > 0).any()) else 0.0


def _report(
    pose: PoseSequence,
    catalogue: Catalogue,
    options: ScoreOptions,
    choice: Choice,
    judged: Judged,
    tracking: Tracking,
    tracks: list[Track],
    created_at: str,
    version: str,
) -> Report:
    laps: tuple[Lap, ...] = tuple(lap.lap for lap in choice.laps)
    main = _main_track(choice.laps, tracks)
    facts = facts_of_set(choice.laps, options)
    known = [catalogue.exercises[e] for e in dict.fromkeys(lap.exercise for lap in laps) if e in catalogue.exercises]
    if not known and choice.exercise in catalogue.exercises:
        known = [catalogue.exercises[choice.exercise]]
    rejected = tracking.quality == "rejected"
    if rejected:
        facts = facts_without_steps(facts)
    return Report(
        formcheck_version=version, created_at=created_at, video=pose.video, engine=pose.engine,
        exercise=choice.exercise, exercise_source=choice.source, exercise_confidence=choice.confidence,
        view=main.view if main else view_name(float("nan")), yaw_deg=main.yaw_deg if main else None,
        view_confidence=_view_confidence(main), facing=main.facing if main else "unknown",
        direction=main.direction if main else "in_place",
        tracking=tracking, laps=laps, steps=() if rejected else steps_of(choice.laps), findings=tuple(judged.findings),
        score=None if rejected else score(judged.findings, catalogue.exercises),
        stop=judged.stop, programme=programme.programme_lines(known, facts),
        summary=summarise([] if rejected else choice.laps, facts, main.gait if main else "unknown"),
        warnings=(
            *pose.video.warnings,
            *choice.warnings,
            *((say("no_steps"),) if not choice.laps else ()),
        ),
    )  # fmt: skip


def _main_track(laps: list[LapSteps], tracks: list[Track]) -> Track | None:
    """The longest lap's track; without laps the longest stretch."""
    pool = [lap.track for lap in laps] or tracks
    return max(pool, key=lambda t: t.stop - t.start) if pool else None


def _view_confidence(track: Track | None) -> float:
    """1 at the middle of a named view, 0.5 at its edge."""
    if track is None or not isfinite(track.yaw_deg):
        return 0.0
    size = abs(track.yaw_deg)
    off = min(abs(size - 90.0), size, 180.0 - size)
    return float(max(0.3, 1.0 - 0.5 * off / 30.0))
