"""``steps.csv`` and ``signals.csv``: one row a step, one row a frame; empty where a number is missing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from formcheck.core.skeleton import SIDES
from formcheck.core.types import Report, Signals, Step
from formcheck.core.vocabulary import SIGNALS
from formcheck.report.as_dict import STEP_FIELDS
from formcheck.report.files import whole_file

BLOCK_ROWS = 1000  # as text a row is thirty times its numbers: an hour's set is written in pieces
DECIMALS = 5  # 10 microseconds, a hundred-thousandth of a degree: far below what a camera sees


def signal_columns(signals: Signals) -> list[str]:
    """Column names in the vocabulary's order, all of it, then whatever else was measured."""
    known = [q.name.format(side=side) for q in SIGNALS for side in (SIDES if q.sided else ("",))]
    return known + sorted(set(signals.columns) - set(known))


def step_columns(steps: Sequence[Step]) -> list[str]:
    """The fields of a step, then every measure any step has, in order of first appearance."""
    return list(dict.fromkeys([*STEP_FIELDS, *(name for step in steps for name in step.measures)]))


def _cell(value: object) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".") if np.isfinite(value) else ""
    return str(value)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with whole_file(path) as temp, temp.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)
    return path


def write_steps(report: Report, path: Path) -> Path:
    """One row a step: ``index, lap, side, contact_s, off_s`` and the measures."""
    header = step_columns(report.steps)
    rows = (
        [step.measures.get(name, np.nan) if name not in STEP_FIELDS else getattr(step, name) for name in header]
        for step in report.steps
    )
    return _write(path, header, rows)


def write_signals(signals: Signals, path: Path) -> Path:
    """One row a frame: ``time_s`` and every signal of the vocabulary; unmeasured columns stay empty."""
    names = signal_columns(signals)
    empty = np.full(len(signals.time_s), np.nan)
    columns = [signals.time_s, *(signals.columns.get(name, empty) for name in names)]
    with whole_file(path) as temp, temp.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["time_s", *names])
        for first in range(0, len(signals.time_s), BLOCK_ROWS):
            table = np.column_stack([column[first : first + BLOCK_ROWS] for column in columns])
            text = np.char.mod(f"%.{DECIMALS}f", table)
            text[~np.isfinite(table)] = ""
            writer.writerows(text.tolist())
    return path
