"""Writes ``docs/coverage.md`` and ``docs/checks.md`` from the exercise files.

``python -m formcheck.exercises.coverage [FOLDER]`` writes both into FOLDER (``docs``).
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from formcheck.core.spec import Catalogue
from formcheck.errors import ExerciseFileError
from formcheck.exercises import wording
from formcheck.exercises.explain import BandText, CheckText, explain
from formcheck.exercises.load import load_catalogue
from formcheck.exercises.statements import SERVED, Citations, Statement, cited, load_statements, problems

MADE_BY = "<!-- Made by `python -m formcheck.exercises.coverage`; change the files in formcheck/exercises instead. -->"
SERVED_WORDS = {
    "measured": "a check judges it, or the measured number is shown beside what the article prescribes",
    "proxy": "something near it is measured; the reason says what is missing",
    "logged": "needs what the user enters, or several sessions",
    "guide": "told in the exercise's texts; a camera does not see it",
    "not": "not served",
}


def coverage_page(catalogue: Catalogue) -> str:
    """``docs/coverage.md``; raises ExerciseFileError if a statement claims more than the catalogue does."""
    statements = load_statements(catalogue)
    wrong = problems(catalogue, statements)
    if wrong:
        raise ExerciseFileError(f"statements.toml: {wrong[0]}; cite it or change 'served'")
    by_whom = cited(catalogue)
    lines = [MADE_BY, "", "# What formcheck makes of the articles", ""]
    lines += [
        f"Four articles make {len(statements)} statements that could be checked. This page accounts for each: what "
        "measures it, or why nothing does. The wording is ours.",
        "",
        *_counts(statements),
    ]
    for source in dict.fromkeys(statement.source for statement in statements):
        lines += ["", f"## {source}", "", "| # | statement | type | served | by |", "|---|---|---|---|---|"]
        lines += [_row(s, by_whom[s.number], catalogue) for s in statements if s.source == source]
    return "\n".join(lines) + "\n"


def _counts(statements: Iterable[Statement]) -> list[str]:
    counts = Counter(statement.served for statement in statements)
    rows = [f"| {served} | {counts[served]} | {SERVED_WORDS[served]} |" for served in SERVED]
    return ["| served | statements | meaning |", "|---|---|---|", *rows]


def _row(statement: Statement, who: Citations, catalogue: Catalogue) -> str:
    by = [f"[{catalogue.check_titles[check]}](checks.md#{check})" for check in who.checks]
    by += [f"programme: {topic}" for topic in who.shown] + [f"told: {topic}" for topic in who.told]
    if statement.reason:
        by.append(f"*{statement.reason}*")
    cells = (str(statement.number), statement.text, statement.type, statement.served, "; ".join(by))
    return "| " + " | ".join(cells) + " |"


def checks_page(catalogue: Catalogue) -> str:
    """``docs/checks.md``: every check with its measures, bands, sources and evidence."""
    lines = [MADE_BY, "", "# The checks", ""]
    lines += [
        "Limits are widened by what the measurement itself may be off (`uncertainty` in the files). "
        "Inside the good band a step is good, inside the minor band it is a minor fault, beyond it a major one. A "
        "finding needs enough steps to share the fault. Bands live in `formcheck/exercises/*.toml`.",
        "",
        "Evidence: " + "; ".join(f"**{tag}** {text}" for tag, text in wording.EVIDENCE.items()) + ".",
        "",
        "Knees in line with the toes (a direction) and knees past the toes (a distance) are two different things: "
        "in backward work the first is watched and the second is wanted.",
    ]
    for check in catalogue.check_titles:
        lines += _check_section(explain(check, catalogue))
    return "\n".join(lines) + "\n"


def _check_section(check: CheckText) -> list[str]:
    numbers = ", ".join(map(str, check.statements)) or "none"
    lines = ["", f'<a id="{check.id}"></a>', "", f"## {check.title}", ""]
    lines += [f"`{check.id}` · seen from: {', '.join(check.views)} · [statements](coverage.md): {numbers}"]
    lines += ["", check.what]
    for measure in check.measures:
        title = measure.title[:1].upper() + measure.title[1:]
        lines += [
            "",
            f"### {title}",
            "",
            f"{measure.how[:1].upper()}{measure.how[1:]} (`{measure.signal}`).",
            "",
        ]
        lines += ["| exercise | good | minor fault | say | source | evidence |", "|---|---|---|---|---|---|"]
        lines += [_band_row(band) for band in measure.bands]
        whys = dict.fromkeys(band.why for band in measure.bands)
        lines += ["", *whys]
        stops = [f"{', '.join(band.exercises)}: {band.stop}" for band in measure.bands if band.stop]
        lines += ["", "Ends the set: " + "; ".join(stops) + "."] if stops else []
    return lines


def _band_row(band: BandText) -> str:
    good = f"goal: {band.good}" if band.goal else band.good
    cells = (
        "<br>".join(band.exercises),
        good,
        band.minor,
        "<br>".join(band.cues),
        band.source,
        band.evidence,
    )
    return "| " + " | ".join(cells) + " |"


def write_pages(folder: Path, catalogue: Catalogue | None = None) -> tuple[Path, ...]:
    """Write both pages, each by temporary file and rename; returns their paths."""
    catalogue = load_catalogue() if catalogue is None else catalogue
    pages = {"coverage.md": coverage_page(catalogue), "checks.md": checks_page(catalogue)}
    for name, body in pages.items():
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".tmp", delete=False) as out:
            out.write(body)
        os.chmod(out.name, 0o644)
        os.replace(out.name, folder / name)
    return tuple(folder / name for name in pages)


if __name__ == "__main__":
    for page in write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        sys.stdout.write(f"{page}\n")
