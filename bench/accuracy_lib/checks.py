"""Findings against planned faults: clips, sides and steps, false findings, and findings in a view that shows nothing.

A planned fault is there at verdict minor or major. What else is truly outside its band (a side effect of the fault)
is neither asked for nor held against the finding; it is worked out from the true movement by the same bands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench.accuracy_lib.clips import Fixture
from bench.accuracy_lib.events import MATCH_S
from bench.accuracy_lib.tally import Tally
from fixtures.generator.expect import judge, measures_of
from formcheck.core.types import Analysis, Finding
from formcheck.exercises.load import load_catalogue

AT_FAULT = ("minor", "major")
RAMP_S = 1.0  # a fault takes this long to set in: steps meanwhile are neither good nor bad


@dataclass(frozen=True)
class FalseFinding:
    """A finding with no fault behind it. ``perfect`` is what a perfect pose would have got."""

    clip: str
    half: str
    check: str
    side: str
    verdict: str
    measure: str
    value: float
    unit: str
    true_value: float
    perfect: str
    near_miss: bool  # the clip's planned sub-threshold fault


@dataclass(frozen=True)
class Miss:
    """A planned fault not found, and what was said instead."""

    clip: str
    half: str
    check: str
    side: str
    planned: str
    said: str
    perfect: str


@dataclass
class CheckScores:
    """One check over a set of clips."""

    clips: Tally = field(default_factory=Tally)
    steps: Tally = field(default_factory=Tally)
    exact: int = 0  # planned faults found at their own verdict
    good_assessed: int = 0  # clips truly good and called good
    not_assessed: int = 0  # truly good or faulty, but nothing said


@dataclass(frozen=True)
class Verdicts:
    """What ought to be said of one check and side in one clip: ``planned`` is minor, major or good."""

    check: str
    side: str
    planned: str
    onset_s: float


@dataclass(frozen=True)
class Expected:
    """What ought to be said of a clip: ``planned`` faults, and the truly bad (check, side)s beside them."""

    planned: tuple[Verdicts, ...]
    bad: frozenset[tuple[str, str]]
    good: tuple[str, ...]  # checks that the view shows, with nothing bad about them
    near_misses: frozenset[str]
    true_values: dict[tuple[str, str], float]  # by measure title and side


def expected(fixture: Fixture) -> Expected:
    """Worked out from the plan and the true movement, by the same bands."""
    faults = fixture.truth.data["faults"]
    planned = tuple(
        Verdicts(f["check"], f["side"], f["verdict"], f["onset_s"] or 0.0) for f in faults if f["verdict"] != "good"
    )
    judged = list(judge(fixture.truth))
    for onset in {p.onset_s for p in planned if p.onset_s > 0}:
        judged += judge(fixture.truth, onset)
    titles = {m["id"]: m.get("title", "") for lap in fixture.truth.data["laps"] for m in measures_of(lap["exercise"])}
    bad = frozenset((j.check, j.side) for j in judged if j.verdict in AT_FAULT)
    blamed = {check for check, _ in bad} | {p.check for p in planned}
    good = tuple(c for c in dict.fromkeys(j.check for j in judged if j.verdict == "good") if c not in blamed)
    values = {(titles.get(j.measure, ""), j.side): j.value for j in reversed(judged)}
    return Expected(planned, bad, good, frozenset(f["check"] for f in faults if f["verdict"] == "good"), values)


def _finding(analysis: Analysis, check: str, side: str) -> Finding | None:
    """The worst finding of a check that speaks of the side."""
    rank = {"not_assessed": 0, "good": 1, "minor": 2, "major": 3}
    mine = [
        f for f in analysis.report.findings if f.check == check and (side == "both" or f.side in (side, "both", None))
    ]
    return max(mine, key=lambda f: rank[f.verdict], default=None)


def _words(finding: Finding | None) -> str:
    if finding is None:
        return "nothing"
    value = "" if finding.value is None else f" {finding.value:.3g}"
    about = finding.reason or finding.measure
    return f"{finding.verdict}{value}" + (f" ({about})" if about else "")


@dataclass
class Outcome:
    """Everything about checks in a set of clips."""

    scores: dict[str, CheckScores] = field(default_factory=dict)
    false: list[FalseFinding] = field(default_factory=list)
    missed: list[Miss] = field(default_factory=list)
    wrong_view: list[str] = field(default_factory=list)

    def of(self, check: str) -> CheckScores:
        """The scores of a check, begun at nought."""
        return self.scores.setdefault(check, CheckScores())


def add_clip(out: Outcome, fixture: Fixture, analysis: Analysis, ideal: Analysis) -> None:
    """Count one clip in: its planned faults, its good checks, its false findings, its steps."""
    want = expected(fixture)
    for item in want.planned:
        _count_planned(out, item, fixture, analysis, ideal)
    for check in want.good:
        finding = _finding(analysis, check, "both")
        verdict = finding.verdict if finding else "not_assessed"
        out.of(check).good_assessed += verdict == "good"
        out.of(check).not_assessed += verdict == "not_assessed"
        _count_steps(out.of(check).steps, Verdicts(check, "both", "good", 0.0), fixture, analysis, finding)
    for finding in analysis.report.findings:
        if finding.verdict != "not_assessed" and not _view_can_show(finding, fixture):
            out.wrong_view.append(
                f"{fixture.name}: {finding.check} {finding.side} {finding.verdict} ({finding.measure})"
            )
        if finding.verdict in AT_FAULT and not _backed(finding, want):
            out.of(finding.check).clips.add(False, True)
            out.false.append(_false(fixture, finding, ideal, want))


def _count_planned(out: Outcome, item: Verdicts, fixture: Fixture, analysis: Analysis, ideal: Analysis) -> None:
    scores, finding = out.of(item.check), _finding(analysis, item.check, item.side)
    verdict = finding.verdict if finding else "not_assessed"
    scores.clips.add(True, verdict in AT_FAULT)
    scores.exact += verdict == item.planned
    scores.not_assessed += verdict == "not_assessed"
    _count_steps(scores.steps, item, fixture, analysis, finding)
    if verdict not in AT_FAULT:
        out.missed.append(
            Miss(
                fixture.name,
                fixture.half,
                item.check,
                item.side,
                item.planned,
                _words(finding),
                _words(_finding(ideal, item.check, item.side)),
            )
        )


def _backed(finding: Finding, want: Expected) -> bool:
    """Whether something is truly wrong with what the finding speaks of."""
    bad = want.bad | {(p.check, p.side) for p in want.planned}
    sides = {side for check, side in bad if check == finding.check}
    return bool(sides) and (finding.side in sides or "both" in sides or finding.side in ("both", None))


def _false(fixture: Fixture, finding: Finding, ideal: Analysis, want: Expected) -> FalseFinding:
    side = str(finding.side)
    true = next(
        (
            want.true_values[k]
            for k in ((finding.measure, side), (finding.measure, "both"), (finding.measure, "left"))
            if k in want.true_values
        ),
        float("nan"),
    )
    return FalseFinding(
        fixture.name,
        fixture.half,
        finding.check,
        side,
        finding.verdict,
        finding.measure,
        float("nan") if finding.value is None else finding.value,
        finding.unit,
        true,
        _words(_finding(ideal, finding.check, side)),
        finding.check in want.near_misses,
    )


def _count_steps(tally: Tally, item: Verdicts, fixture: Fixture, analysis: Analysis, finding: Finding | None) -> None:
    """True steps against the finding's steps; set-level findings name all their steps and are left out."""
    if finding is None or finding.verdict == "not_assessed" or _set_level(finding):
        return
    blamed = [(s.side, s.contact_s) for s in analysis.report.steps if s.index in finding.steps]
    for step in fixture.truth.steps:
        if item.side not in ("both", step.side) or not np.isfinite(step.next_s):
            continue
        late = step.contact_s - item.onset_s
        if item.planned != "good" and -step_length_s(step) < late < RAMP_S and item.onset_s > 0:
            continue
        truth = item.planned != "good" and late >= 0
        found = any(side == step.side and abs(at - step.contact_s) <= MATCH_S for side, at in blamed)
        tally.add(truth, found)


def step_length_s(step) -> float:  # type: ignore[no-untyped-def]
    """From this contact to the same foot's next."""
    return float(step.next_s - step.contact_s)


CATALOGUE = load_catalogue()


def _measure_of(finding: Finding):  # type: ignore[no-untyped-def]
    measures = CATALOGUE.exercises[finding.exercise].measures
    return next(m for m in measures if m.check == finding.check and m.title == finding.measure)


def _set_level(finding: Finding) -> bool:
    return _measure_of(finding).phase in ("set", "start")


def _view_can_show(finding: Finding, fixture: Fixture) -> bool:
    return fixture.kind in _measure_of(finding).views
