"""What of a report is said first: faults in order, what went well, what was not judged. Judges nothing itself.

A digest groups the findings of a report by check; order is severity, then the exercise file's priority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from formcheck.core.spec import Catalogue, Exercise
from formcheck.core.types import Finding, Report
from formcheck.report import words
from formcheck.texts import find, t
from formcheck.texts.sentences import said

SEVERITY = {"major": 0, "minor": 1, "good": 2, "not_assessed": 3}


@dataclass(frozen=True)
class Titles:
    """Names for people: from the catalogue where there is one, else made from the ids."""

    checks: Mapping[str, str]
    exercises: Mapping[str, str]
    film: Mapping[str, str]
    safety: Mapping[str, str]

    def check(self, name: str) -> str:
        """The check's title."""
        return self.checks.get(name) or words.title(name)

    def exercise(self, name: str) -> str:
        """The exercise's name."""
        return self.exercises.get(name) or find(f"exercise.{name}") or words.title(name)


def titles_of(catalogue: Catalogue | None) -> Titles:
    """The names a catalogue holds, in the language now; none without a catalogue."""
    if catalogue is None:
        return Titles({}, {}, {}, {})
    exercises: Mapping[str, Exercise] = catalogue.exercises
    return Titles(
        {key: said(title) for key, title in catalogue.check_titles.items()},
        {key: said(exercise.name) for key, exercise in exercises.items()},
        {key: said(hint) for key, hint in catalogue.film_hints.items()},
        {key: said(exercise.safety) for key, exercise in exercises.items()},
    )


@dataclass(frozen=True)
class Fault:
    """One check at fault: its worst finding, and every finding of it at fault (left and right)."""

    worst: Finding
    findings: tuple[Finding, ...]

    @property
    def sides(self) -> str:
        """One of "left", "right", "both sides" or nothing."""
        sides = {finding.side for finding in self.findings}
        if {"left", "right"} <= sides:
            return words.both_sides()
        return words.side(next(iter(sides), None))

    @property
    def steps(self) -> tuple[int, ...]:
        """Indices of all steps that show it, in order."""
        return tuple(sorted({step for finding in self.findings for step in finding.steps}))


@dataclass(frozen=True)
class NotJudged:
    """Checks that could not be judged, by reason; one way of filming would let them be."""

    reasons: Mapping[str, tuple[str, ...]]
    film: str
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Digest:
    """A report in the order a person wants it."""

    headline: str
    faults: tuple[Fault, ...]
    good: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]

    @property
    def top(self) -> tuple[Fault, ...]:
        """The three things that matter most."""
        return self.faults[:3]


def rank(finding: Finding) -> tuple[float, ...]:
    """Sort key: worst verdict first, then priority, then lowest score, then weight."""
    score = 1.0 if finding.score is None else finding.score
    return SEVERITY[finding.verdict], finding.priority, score, -finding.weight


def _faults(report: Report) -> tuple[Fault, ...]:
    by_check: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(report.findings, key=rank):
        if finding.verdict in ("minor", "major"):
            by_check.setdefault((finding.exercise, finding.check), []).append(finding)
    return tuple(Fault(group[0], tuple(group)) for group in by_check.values())


def _not_judged(report: Report) -> tuple[NotJudged, ...]:
    """Grouped by how to film them; by the reason where filming otherwise would not help."""
    groups: dict[str, list[Finding]] = {}
    judged = {finding.check for finding in report.findings if finding.verdict != "not_assessed"}
    for finding in report.findings:
        if finding.verdict == "not_assessed" and finding.check not in judged:
            groups.setdefault(finding.film or finding.reason, []).append(finding)
    return tuple(NotJudged(_by_reason(group), group[0].film, _checks(group)) for group in groups.values())


def _checks(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.check for finding in findings))


def _by_reason(findings: Sequence[Finding]) -> dict[str, tuple[str, ...]]:
    reasons = dict.fromkeys(finding.reason for finding in findings)
    return {reason: _checks(f for f in findings if f.reason == reason) for reason in reasons}


def _headline(report: Report, faults: tuple[Fault, ...], judged: int) -> str:
    if report.tracking.quality == "rejected":
        reasons = report.tracking.reasons or (t("headline.poor"),)
        return t("headline.rejected", reasons="; ".join(reasons))
    if not judged:
        return t("headline.nothing")
    checks = words.count(judged, "check")
    if not faults:
        return t("headline.no_faults", checks=checks)
    major = sum(fault.worst.verdict == "major" for fault in faults)
    counts = {"major": major, "minor": len(faults) - major}
    said = {kind: words.count(n, kind) for kind, n in counts.items() if n}
    both = t("headline.both", **said) if len(said) == 2 else "".join(said.values())
    return t("headline.faults", faults=both, checks=checks)


def digest(report: Report) -> Digest:
    """Sort and group the findings; a check judged on one side only is not "not judged"."""
    faults = _faults(report)
    good = tuple(f for f in sorted(report.findings, key=rank) if f.verdict == "good")
    judged = {f.check for f in report.findings if f.verdict != "not_assessed"}
    return Digest(_headline(report, faults, len(judged)), faults, good, _not_judged(report))


def stop_line(report: Report) -> str:
    """The stop-set advice as one sentence."""
    stop = report.stop
    reasons = "; ".join(stop.reasons)
    if not stop.advised:
        return reasons[:1].upper() + reasons[1:]
    when = words.clock(stop.at_s)
    if stop.step is None:
        return t("stop.at", when=when, reasons=reasons)
    return t("stop.at_step", when=when, step=stop.step + 1, reasons=reasons)


def setting_line(report: Report, titles: Titles) -> str:
    """Exercise, motion and view as one line: what formcheck took the clip to be; no more than it saw."""
    name = titles.exercise(report.exercise)
    if report.exercise_source == "given":
        name = t("setting.given", exercise=name)
    elif report.exercise != "unknown":
        name = t("setting.recognised", exercise=name, share=words.percent(report.exercise_confidence))
    if not report.tracking.coverage:  # nobody seen moves nowhere
        return name
    return " · ".join((name, t(f"direction.{report.direction}"), t(f"seen.{report.view}")))
