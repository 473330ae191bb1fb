"""Signals as inline SVG with stance shaded and faults marked: what is plotted, and its geometry in percent.

Lines live in a stretched SVG; all words are HTML beside it, so that they stay readable at phone width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from formcheck.core.skeleton import SIDES
from formcheck.core.spec import Catalogue
from formcheck.core.types import Analysis, Array, Report
from formcheck.core.vocabulary import BY_NAME
from formcheck.report import words
from formcheck.report.digest import rank
from formcheck.report.overlay.scene import fault_spans, near_of, step_end_s
from formcheck.texts import t

#: Signals and the checks whose faults are marked on them, in page order; the ``plot`` texts name them.
PLOTS: Final[dict[str, tuple[str, ...]]] = {
    "knee_over_toe_{side}_ratio": ("knee_over_toe",),
    "fppa_{side}_deg": ("knee_valgus",),
    "knee_toe_offset_{side}_ratio": ("knee_toe_alignment",),
    "trunk_lean_deg": ("torso_upright", "torso_rock", "posture_drift"),
    "trunk_lateral_deg": ("lateral_sway",),
    "knee_flexion_{side}_deg": ("knee_bend", "depth"),
    "hip_speed_ratio_s": ("smoothness", "sled_stall", "slowdown"),
    "foot_placement_{side}_ratio": ("foot_placement",),
    "foot_pitch_{side}_deg": ("heel_lift",),
    "stance_width_ratio": ("stance_width",),
    "pelvis_yaw_deg": ("hip_twist",),
    "hip_drift_ratio": ("pelvis_anchor",),
    "hip_height_ratio": ("depth",),
    "neck_angle_deg": ("neck_crane",),
    "wrist_speed_{side}_ratio_s": ("hands_steady",),
    "hip_flexion_{side}_deg": (),
    "ankle_dorsiflexion_{side}_deg": (),
}
MOST_POINTS = 1500  # a line never needs more than the page has pixels
OPEN_PLOTS = 4  # so many stand open; the others fold away


@dataclass(frozen=True)
class Line:
    """One drawn line: SVG path in a 1000 x 1000 box, and its values for the read-out."""

    side: str
    path: str
    values: list[float | None]


@dataclass(frozen=True)
class Plot:
    """One plot. Spans and marks are in percent of the width, ticks in percent of the height from the top."""

    name: str
    title: str
    what: str
    unit: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    faults: tuple[dict[str, Any], ...]
    limits: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Axis:
    """What all plots share: the times of the drawn points, stance spans by side and ticks, in percent."""

    time_s: list[float]
    stance: dict[str, list[tuple[float, float]]]
    near: str
    ticks: tuple[tuple[float, str], ...]
    stop: float | None


def _nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    raw = max(high - low, 1e-9) / most
    size = 10.0 ** np.floor(np.log10(raw))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= raw)
    return [float(x) + 0.0 for x in np.round(np.arange(np.ceil(low / step) * step, high + step * 1e-6, step), 9)]


def _thin(n: int) -> Array:
    """Indices of the points to draw."""
    return np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int)) if n else np.zeros(0, int)


def _path(x: Array, y: Array) -> str:
    """Moves and lines in the 1000 box; a gap where a value is missing."""
    parts: list[str] = []
    pen_down = False
    for px, py in zip(x, y, strict=True):
        if np.isfinite(py):
            parts.append(f"{'L' if pen_down else 'M'}{px:.1f} {py:.1f}")
        pen_down = bool(np.isfinite(py))
    return "".join(parts)


def _columns(name: str, analysis: Analysis) -> list[tuple[str, Array]]:
    sides = SIDES if "{side}" in name else ("",)
    found = [(side, analysis.signals.columns.get(name.format(side=side))) for side in sides]
    return [(side, column) for side, column in found if column is not None and np.isfinite(column).sum() > 1]


def _span(values: Sequence[Array]) -> tuple[float, float]:
    """Ends of the value axis: nearly all of the data, a single spike may leave the plot."""
    joined = np.concatenate([v[np.isfinite(v)] for v in values])
    low, high = (float(x) for x in np.percentile(joined, [0.5, 99.5]))
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _limits(
    name: str, checks: tuple[str, ...], report: Report, catalogue: Catalogue | None, low: float, high: float
) -> tuple[tuple[float, str], ...]:
    """Ends of the good band, for findings that judge this very signal (not a range of it or a change)."""
    exercise = catalogue.exercises.get(report.exercise) if catalogue else None
    if exercise is None:
        return ()
    plain = {
        (m.check, m.title)
        for m in exercise.measures
        if m.signal == name and not m.relative_to_start and m.statistic not in ("range", "sd")
    }
    ends = {
        limit
        for f in report.findings
        if f.check in checks and (f.check, f.measure) in plain
        for key, limit in f.limits.items()
        if key.startswith("good") and limit is not None and low < limit < high
    }
    return tuple((100 * (high - end) / (high - low), words.number(end)) for end in sorted(ends))


def _faults(checks: tuple[str, ...], report: Report, axis_span: tuple[float, float]) -> list[dict[str, Any]]:
    start, end = axis_span
    marks = []
    for finding in sorted(report.findings, key=rank):
        if finding.check in checks and finding.verdict in ("minor", "major"):
            for a, b in fault_spans(report, finding):
                left, right = (100 * (min(max(t, start), end) - start) / (end - start) for t in (a, b))
                marks.append({"left": left, "width": right - left, "verdict": finding.verdict, "at_s": a})
    return marks


def _plot(
    name: str, checks: tuple[str, ...], analysis: Analysis, catalogue: Catalogue | None, keep: Array
) -> Plot | None:
    columns = _columns(name, analysis)
    if not columns:
        return None
    times = analysis.signals.time_s
    start, end = float(times[0]), float(times[-1])
    low, high = _span([column for _, column in columns])
    x = 1000 * (times[keep] - start) / max(end - start, 1e-9)
    lines = []
    for side, column in columns:
        values = column[keep]
        y = np.clip(1000 * (high - values) / (high - low), -50, 1050)
        rounded = [round(float(v), 3) if np.isfinite(v) else None for v in values]
        lines.append(Line(side, _path(x, y), rounded))
    quantity = BY_NAME[name]
    ticks = tuple(
        (100 * (high - tick) / (high - low), f"{tick:g}".replace("-", "−")) for tick in _nice_ticks(low, high, 4)
    )
    faults = tuple(_faults(checks, analysis.report, (start, max(end, start + 1e-9))))
    limits = _limits(name, checks, analysis.report, catalogue, low, high)
    key = name.replace("_{side}", "")
    return Plot(
        key, t(f"plot.{key}"), t(f"plot.{key}_what"), words.unit(quantity.unit).strip(), tuple(lines), ticks, faults,
        limits,
    )  # fmt: skip


def make_axis(analysis: Analysis) -> Axis:
    """The shared time axis."""
    report, times = analysis.report, analysis.signals.time_s
    start, end = float(times[0]), float(times[-1])
    width = max(end - start, 1e-9)

    def place(t: float) -> float:
        return 100 * (min(max(t, start), end) - start) / width

    stance: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
    for i, step in enumerate(report.steps):
        left = place(step.contact_s)
        stance[step.side].append((left, place(step_end_s(report.steps, i)) - left))
    stop = report.stop
    return Axis(
        time_s=[round(float(t), 3) for t in times[_thin(len(times))]],
        stance=stance,
        near=near_of(report.view),
        ticks=tuple((place(t), words.clock(t).removesuffix(".0")) for t in _nice_ticks(start, end, 6)),
        stop=place(stop.at_s) if stop.advised and stop.at_s is not None else None,
    )


def make_plots(analysis: Analysis, catalogue: Catalogue | None = None) -> list[Plot]:
    """Every signal that was measured; those with faults first, otherwise in the order of ``PLOTS``."""
    if len(analysis.signals.time_s) < 2:
        return []
    keep = _thin(len(analysis.signals.time_s))
    made = (_plot(name, checks, analysis, catalogue, keep) for name, checks in PLOTS.items())
    plots = [plot for plot in made if plot is not None]
    return sorted(plots, key=lambda plot: not plot.faults)
