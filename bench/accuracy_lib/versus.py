"""Engines and models side by side: the main rows of the accuracy table, each over all clips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.accuracy_lib.checks import Outcome, add_clip
from bench.accuracy_lib.clips import ROOT, cached_pose, find_fixtures
from bench.accuracy_lib.page import table
from bench.accuracy_lib.rows import angle_rows, event_rows
from bench.accuracy_lib.samples import ClipResult, measure
from bench.accuracy_lib.tally import Agreement

PAGE = ROOT / "docs" / "accuracy-engines.md"
CHOICES = (("mediapipe", "full"), ("onnxruntime", "full"), ("onnxruntime", "heavy"))
TOTAL = ("clips", "steps exact", "cadence within 1 step/min", "false findings", "planned faults not found")

INTRO = """# Accuracy of engines and models

Written by `python bench/accuracy.py --versus`: do not edit by hand. The rendered clips of [accuracy.md](accuracy.md),
both halves together, for the engines and models that are used by default: mean absolute error in bold, then bias. Noise
is how uncertain a mean of so few clips is: 1.96 standard deviations over the square root of the number of clips, since
the frames of one clip are not independent.
"""


def versus(pattern: str, cache: Path, write: bool) -> str:
    """The page as text; written if asked."""
    columns = {pair: _results(pair, pattern, cache) for pair in CHOICES}
    heads = ["what", *(f"{engine}, {model}" for engine, model in CHOICES), "noise"]
    rows = [*_agreements(columns), *_totals(columns)]
    text = f"{INTRO}\n{table(heads, rows)}\n"
    if write:
        partial = PAGE.with_suffix(".part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(PAGE)
    return text


def _results(pair: tuple[str, str], pattern: str, cache: Path) -> list[ClipResult]:
    return [measure(f, cached_pose(f.video, *pair, cache)) for f in find_fixtures(pattern)]


def _agreements(columns: dict[tuple[str, str], list[ClipResult]]) -> Iterable[list[str]]:
    tables = [{**_angles(results), **_events(results)} for results in columns.values()]
    for title in tables[0]:
        if all(title in one for one in tables):
            cells = [one[title] for one in tables]
            yield [title, *(f"**{a.mae:.{d}f}** ({a.bias:+.{d}f})" for a, d in cells), _noise([a for a, _ in cells])]


def _noise(cells: list[Agreement]) -> str:
    n = max(2, min(a.clips for a in cells))
    spread = float(np.mean([(a.high - a.low) / (2 * 1.96) for a in cells]))
    return f"{1.96 * spread / np.sqrt(n):.2g}"


def _angles(results: list[ClipResult]) -> dict[str, tuple[Agreement, int]]:
    whole = [replace(r, fixture=replace(r.fixture, truth=_in_one_half(r))) for r in results]
    return {f"{row.title}, {row.unit}": (row.ours["development"], row.digits) for row in angle_rows(whole)}


def _events(results: list[ClipResult]) -> dict[str, tuple[Agreement, int]]:
    whole = [replace(r, fixture=replace(r.fixture, truth=_in_one_half(r))) for r in results]
    return {f"{one.row.title}, ms": (one.row.ours["development"], 0) for one in event_rows(whole)}


def _in_one_half(result: ClipResult):  # type: ignore[no-untyped-def]
    """The clip's truth, said to be of the development half, so that the table's rows take all clips."""
    truth = result.fixture.truth
    return type(truth)({**truth.data, "half": "development"})


def _totals(columns: dict[tuple[str, str], list[ClipResult]]) -> Iterable[list[str]]:
    found = [_total(results) for results in columns.values()]
    for k, name in enumerate(TOTAL):
        yield [name, *(row[k] for row in found), ""]


def _total(results: list[ClipResult]) -> list[str]:
    outcome = Outcome()
    for r in results:
        add_clip(outcome, r.fixture, r.analysis, r.ideal)
    near = sum(abs(r.steps.cadence[1] - r.steps.cadence[0]) <= 1.0 for r in results)
    exact = sum(r.steps.exact(r.steps.steps) for r in results)
    return [str(len(results)), str(exact), str(near), str(len(outcome.false)), str(len(outcome.missed))]
