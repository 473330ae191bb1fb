"""Reports as text a person reads in a terminal. Words and order come from the report and its digest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from formcheck.core.types import Finding, Report
from formcheck.report import words
from formcheck.report.digest import Fault, Titles, digest, setting_line, stop_line
from formcheck.report.spoken import spoken
from formcheck.report.style import VERDICT_LOOK
from formcheck.texts import t

COLOUR = {"good": "green", "minor": "yellow", "major": "red", "not_assessed": "bright_black"}


def sign(verdict: str) -> Text:
    """The verdict's shape in its colour."""
    return Text(VERDICT_LOOK[verdict].sign, style=f"bold {COLOUR[verdict]}")  # type: ignore[index]


def score_words(report: Report) -> str:
    """The score as "64 / 100", or that there is none."""
    return words.no_score() if report.score is None else f"{report.score:.0f} / 100"


def _against(finding: Finding) -> str:
    value = words.number(finding.value, finding.unit)
    return t("cli.against", value=value, band=words.wanted(finding.limits, finding.unit))


def _fault_line(fault: Fault, titles: Titles) -> Text:
    finding = fault.worst
    name = titles.check(finding.check) + (f", {fault.sides}" if fault.sides else "")
    parts = [f" {name}: {_against(finding)}"]
    if fault.steps:
        parts.append(words.count(len(fault.steps), "step"))
    if finding.onset_s is not None:
        parts.append(t("page.onset", when=words.clock(finding.onset_s)))
    if finding.worst_at_s is not None:
        parts.append(t("page.worst", when=words.clock(finding.worst_at_s)))
    line = sign(finding.verdict)
    line.append(", ".join(parts), style="default not bold")
    line.append(f"\n  {finding.cue}", style="bold default")
    return line


def _facts(report: Report) -> str:
    facts = [f"{label} {value}" for label, value in words.summary_rows(report.summary)]
    return " · ".join(facts)


def _heading(report: Report) -> Text:
    verdicts = {f.verdict for f in report.findings}
    worst = next((v for v in ("major", "minor", "good") if v in verdicts), "not_assessed")
    line = Text(score_words(report), style=f"bold {COLOUR[worst]}")
    line.append(f"   {digest(report).headline}", style="bold default")
    return line


def clip_summary(report: Report, titles: Titles, folder: Path | None = None) -> RenderableType:
    """One clip: verdict, setting, the faults with their cues, stop advice, what was not judged, where it is."""
    report = spoken(report)
    said = digest(report)
    rows: list[RenderableType] = [_heading(report), Text(setting_line(report, titles), style="dim")]
    if facts := _facts(report):
        rows.append(Text(facts, style="dim"))
    rows += [Padding(_fault_line(fault, titles), (1 if i == 0 else 0, 0, 0, 0)) for i, fault in enumerate(said.top)]
    if len(said.faults) > len(said.top):
        more = words.count(len(said.faults) - len(said.top), "more")
        rows.append(Text("  " + t("cli.more", faults=more)))
    if said.good:
        names = ", ".join(dict.fromkeys(titles.check(f.check) for f in said.good))
        good = sign("good").append(" " + t("cli.good", checks=names), style="default not bold")
        rows.append(Padding(good, (1, 0, 0, 0)))
    stop_style = "bold red" if report.stop.advised else "default"
    rows.append(Padding(Text(stop_line(report), style=stop_style), (1, 0, 0, 0)))
    for group in said.not_judged:
        checks = ", ".join(titles.check(check) for check in group.checks)
        reason = f" ({next(iter(group.reasons))})" if len(group.reasons) == 1 else ""
        told = t("cli.not_judged", checks=checks + reason)
        line = sign("not_assessed").append(f" {told}", style="dim not bold")
        if group.film:
            line.append(f"\n  {group.film}")
        rows.append(line)
    rows += [Text(f"! {text}", style="yellow") for text in (*report.warnings, *report.tracking.reasons)]
    if folder is not None:
        rows.append(Padding(Text(t("cli.report", folder=folder), style="dim"), (1, 0, 0, 0)))
    return Group(*rows)


def show_clip(console: Console, path: Path, report: Report, titles: Titles, folder: Path | None) -> None:
    """Print one clip's summary under its name."""
    console.print(Text(path.name, style="bold underline"))
    console.print(Padding(clip_summary(report, titles, folder), (0, 0, 1, 2)), soft_wrap=False)


def clips_table(results: Sequence[tuple[Path, Report, Path]], titles: Titles) -> Table:
    """Many clips: one line each, made to fit 80 columns."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("clip", "score", "exercise", "steps", "main_fault", "stop"):
        numeric = heading in ("score", "steps", "stop")
        table.add_column(t(f"cli.{heading}"), justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    for path, report, _ in results:
        table.add_row(
            escape(path.name),
            "–" if report.score is None else f"{report.score:.0f}",
            titles.exercise(report.exercise),
            str(len(report.steps)),
            _main_fault(report, titles),
            words.clock(report.stop.at_s) if report.stop.advised else "–",
        )
    return table


def _main_fault(report: Report, titles: Titles) -> Text:
    top = digest(report).top
    if not top:
        return Text("–")
    return sign(top[0].worst.verdict).append(f" {titles.check(top[0].worst.check)}", style="default not bold")


def show_clips(console: Console, results: Sequence[tuple[Path, Report, Path]], titles: Titles) -> None:
    """Print the table, a word on each clip whose footage is not good, and where the reports are."""
    console.print(clips_table(results, titles))
    for path, report, _ in results:
        if report.tracking.quality != "accepted":
            why = "; ".join(spoken(report).tracking.reasons)
            console.print(Text(f"! {path.name}: {words.quality(report.tracking.quality)}: {why}", style="yellow"))
    console.print(Text(t("cli.reports", folder=results[0][2].parent), style="dim"), soft_wrap=True)


def show_failures(console: Console, failures: Sequence[tuple[Path, str]]) -> None:
    """The clips that could not be read, each with its reason."""
    for path, reason in failures:
        text = reason if str(path) in reason or path.name in reason else f"{path}: {reason}"
        console.print(Text(f"✗ {text}", style="red"), soft_wrap=True)
