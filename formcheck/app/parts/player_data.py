"""What the player shows, as plain data: steps, faults, curves. Reads a report and signals; judges nothing."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.core.skeleton import SIDES
from formcheck.core.spec import Catalogue
from formcheck.core.types import Finding, Report, Signals, readonly
from formcheck.core.vocabulary import BY_NAME, SIGNALS, Quantity
from formcheck.report import words
from formcheck.report.digest import Titles
from formcheck.report.style import INK, SIDE_COLOUR, STOP_COLOUR, VERDICT_LOOK
from formcheck.texts import section, t

MOST_POINTS = 3000
SEEN_SHARE = 0.2
#: Which curve shows what a per-step measure is made from.
SHOWN_BY = {
    "rocking_range_deg": "trunk_lean_deg", "body_swing_deg": "trunk_lean_deg",
    "elbow_range_deg": "elbow_flexion_{side}_deg", "heel_up_share": "foot_pitch_{side}_deg",
    "hip_bounce_ratio": "hip_height_ratio", "hip_sway_ratio": "hip_lateral_ratio",
    "lateral_range_deg": "trunk_lateral_deg", "pelvis_twist_range_deg": "pelvis_yaw_deg",
    "wrist_range_ratio": "wrist_forward_{side}_ratio", "quiet_before_start_s": "body_speed_ratio_s",
}  # fmt: skip
SHOWN_ELSE = "hip_speed_ratio_s"


def load_signals(path: Path) -> Signals:
    """``signals.csv`` as it was written; empty cells are NaN."""
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    table = np.genfromtxt(path, delimiter=",", skip_header=1, ndmin=2)
    columns = {name: readonly(table[:, i]) for i, name in enumerate(header) if i}
    return Signals(readonly(table[:, 0]), columns)


@dataclass(frozen=True)
class Group:
    """One choice of the plot's menu: a signal, both its sides, and the checks it shows."""

    quantity: Quantity
    names: tuple[str, ...]
    checks: tuple[str, ...]


def signal_label(quantity: Quantity) -> str:
    """A signal's name for people."""
    key = quantity.name.replace("_{side}", "")
    return section("signal").get(key, words.title(key))


def plot_of_check(check: str, exercise: str, catalogue: Catalogue) -> str:
    """The signal that shows a check best."""
    spec = catalogue.exercises.get(exercise)
    own = [m.signal for m in (spec.measures if spec else ()) if m.check == check]
    shown = [name if name in _SIGNAL_NAMES else SHOWN_BY.get(name, SHOWN_ELSE) for name in own]
    return shown[0] if shown else SHOWN_ELSE


_SIGNAL_NAMES = {q.name for q in SIGNALS}


def groups(report: Report, signals: Signals, catalogue: Catalogue) -> list[Group]:
    """Signals that were seen in this clip, those of its checks first, worst check first of all."""
    order: dict[str, list[str]] = {}
    for finding in sorted(report.findings, key=lambda f: _RANK[f.verdict]):
        if finding.verdict != "not_assessed":
            name = plot_of_check(finding.check, finding.exercise or report.exercise, catalogue)
            order.setdefault(name, []).append(finding.check)
    for quantity in SIGNALS:
        order.setdefault(quantity.name, [])
    found = []
    for name, checks in order.items():
        sides = SIDES if "{side}" in name else ("",)
        names = tuple(n for n in (name.format(side=s) for s in sides) if _seen(signals, n))
        if names:
            found.append(Group(BY_NAME[name], names, tuple(dict.fromkeys(checks))))
    return found


_RANK = {"major": 0, "minor": 1, "good": 2, "not_assessed": 3}


def _seen(signals: Signals, name: str) -> bool:
    values = signals.columns.get(name)
    return values is not None and bool(np.isfinite(values).mean() >= SEEN_SHARE)


def _numbers(values: Sequence[float], every: int) -> list[float | None]:
    thin = np.asarray(values, dtype=float)[::every]
    return [round(float(v), 4) if np.isfinite(v) else None for v in thin]


#: Units that are signs, short enough to stand at each line of the plot; the menu names the others.
_SHORT = ("deg", "pct")


def _column(signals: Signals, name: str, quantity: Quantity, every: int) -> dict[str, Any]:
    side = next((s for s in SIDES if f"_{s}_" in name), "")
    return {
        "label": t(f"common.{side}") if side else signal_label(quantity),
        "unit": words.unit(quantity.unit),
        "tick": words.unit(quantity.unit) if quantity.unit in _SHORT else "",
        "digits": 0 if quantity.unit == "deg" else 2,
        "colour": SIDE_COLOUR.get(side, INK),
        "dash": "7 4" if side == "right" else "none",
        "values": _numbers(signals[name], every),
    }


def _bands(group: Group, report: Report, catalogue: Catalogue) -> list[float]:
    """The good limits of the check this curve itself is judged by, where it is judged as it stands."""
    spec = catalogue.exercises.get(report.exercise)
    for measure in spec.measures if spec else ():
        as_is = measure.signal == group.quantity.name and not measure.relative_to_start
        if as_is and measure.statistic in ("mean", "median", "max", "min", "p05", "p95"):
            return [v for v in (measure.band.good_min, measure.band.good_max) if np.isfinite(v)]
    return []


def _menu_label(quantity: Quantity) -> str:
    unit = words.unit(quantity.unit).strip()
    return f"{signal_label(quantity)} ({unit})" if unit else signal_label(quantity)


def plot_data(report: Report, signals: Signals, catalogue: Catalogue) -> dict[str, Any]:
    """Curves, thinned to at most ``MOST_POINTS``."""
    every = max(1, ceil(len(signals.time_s) / MOST_POINTS))
    found = groups(report, signals, catalogue)
    columns = {n: _column(signals, n, g.quantity, every) for g in found for n in g.names}
    menu = [
        {
            "label": _menu_label(g.quantity),
            "name": g.quantity.name, "names": list(g.names), "checks": list(g.checks),
            "sides": list(SIDES), "bands": _bands(g, report, catalogue),
        }
        for g in found
    ]  # fmt: skip
    return {"time_s": _numbers(signals.time_s, every), "columns": columns, "groups": menu}


def _fault(finding: Finding, titles: Titles) -> dict[str, Any] | None:
    at = finding.worst_at_s if finding.worst_at_s is not None else finding.onset_s
    if finding.verdict not in ("minor", "major") or at is None:
        return None
    look = VERDICT_LOOK[finding.verdict]
    side = f" ({t(f'common.{finding.side}')})" if finding.side in SIDES else ""
    label = t(
        "player.fault", title=titles.check(finding.check) + side, verdict=words.verdict(finding.verdict),
        when=words.clock(at),
    )  # fmt: skip
    return {
        "check": finding.check, "verdict": finding.verdict, "onset_s": finding.onset_s, "at_s": at,
        "fill": look.fill, "shape": look.shape, "label": label,
        "word": t("player.legend_fault", verdict=words.verdict(finding.verdict)),
    }  # fmt: skip


def player_data(report: Report, plot: Mapping[str, Any], titles: Titles, src: str) -> dict[str, Any]:
    """Everything the player needs but where to seek."""
    finite = [v for v in plot["time_s"] if v is not None]
    length = max(report.video.duration_s, finite[-1] if finite else 0.0, 0.1)
    steps = [
        {
            "side": s.side, "contact_s": s.contact_s, "off_s": s.off_s if np.isfinite(s.off_s) else None,
            "label": t("player.step", n=s.index + 1, side=t(f"common.{s.side}"), when=words.clock(s.contact_s)),
        }
        for s in report.steps
    ]  # fmt: skip
    faults = [fault for f in report.findings if (fault := _fault(f, titles)) is not None]
    return {
        "src": src, "duration_s": length, "frame_s": 1.0 / (report.video.fps or 30.0), "steps": steps,
        "faults": faults, "stop_s": report.stop.at_s if report.stop.advised else None, "plot": dict(plot),
        "look": {**SIDE_COLOUR, "stop": STOP_COLOUR}, "words": section("player"),
    }  # fmt: skip
