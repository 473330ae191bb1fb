"""A report as it is shown: the same, with its sentences in the language of who reads it. What is kept stays English."""

from __future__ import annotations

from dataclasses import replace

from formcheck.core.types import Finding, ProgrammeLine, Report
from formcheck.texts import FALLBACK, language
from formcheck.texts.sentences import all_said, said


def spoken(report: Report) -> Report:
    """The report to show; itself in English. Not to be stored: other parts know its sentences in English."""
    if language() == FALLBACK:
        return report
    tracking = report.tracking
    return replace(
        report,
        tracking=replace(
            tracking,
            reasons=all_said(tracking.reasons),
            subject=replace(tracking.subject, note=said(tracking.subject.note)),
        ),
        findings=tuple(_finding(one) for one in report.findings),
        stop=replace(report.stop, reasons=all_said(report.stop.reasons)),
        programme=tuple(spoken_line(one) for one in report.programme),
        warnings=all_said(report.warnings),
    )


def _finding(one: Finding) -> Finding:
    return replace(
        one, reason=said(one.reason), cue=said(one.cue), why=said(one.why), source=said(one.source),
        measure=said(one.measure), film=said(one.film),
    )  # fmt: skip


def spoken_line(one: ProgrammeLine) -> ProgrammeLine:
    """One line of the programme to show."""
    return replace(
        one, topic=said(one.topic), seen=said(one.seen), prescribed=said(one.prescribed), source=said(one.source)
    )
