"""What is shown when: near side, phase, step count and active faults for every frame, worked out once.

Reads the report only. T frames; times in the clip's seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from formcheck.core.skeleton import SIDES
from formcheck.core.types import Analysis, Array, Finding, Report, Step, ViewName
from formcheck.report.digest import rank
from formcheck.report.overlay.parts import ARCS, ArcKind
from formcheck.report.spoken import spoken

NearSide = Literal["left", "right", "both"]
CONTACT_SHOWN_S = 0.12  # how long the word "contact" stays on
JOIN_S = 0.8  # a cue that would flicker off for less than this stays on
LEAST_SHOWN_S = 0.8
SPREAD_S = 1.0  # a fault with no steps is shown this long about its onset and its worst moment


@dataclass(frozen=True)
class Window:
    """A stretch of time in which one finding is at fault."""

    start_s: float
    end_s: float
    finding: Finding


@dataclass(frozen=True)
class Scene:
    """Per frame (T,) of the analysis: ``near``, ``phase`` of the near foot, ``steps_done``, ``active`` faults
    (marked on the joints) and ``cued`` ones (their words stay on between two faulty steps).
    """

    report: Report
    time_s: Array
    near: tuple[NearSide, ...]
    phase: tuple[str, ...]
    steps_done: npt.NDArray[np.int64]
    active: tuple[tuple[Finding, ...], ...]
    cued: tuple[tuple[Finding, ...], ...]
    windows: tuple[Window, ...]
    arcs: tuple[ArcKind, ...]


def near_of(view: ViewName) -> NearSide:
    """The side toward the camera; both where neither is nearer."""
    return {"left_side": "left", "right_side": "right"}.get(view, "both")  # type: ignore[return-value]


def _near(report: Report, time_s: Array) -> tuple[NearSide, ...]:
    near: list[NearSide] = [near_of(report.view)] * len(time_s)
    for lap in report.laps:
        first, last = np.searchsorted(time_s, [lap.start_s, lap.end_s])
        near[first : last + 1] = [near_of(lap.view)] * len(near[first : last + 1])
    return tuple(near)


def step_end_s(steps: Sequence[Step], i: int) -> float:
    """When the foot of step ``i`` leaves the ground; the next contact where that was not seen."""
    step = steps[i]
    if np.isfinite(step.off_s):
        return step.off_s
    later = (other.contact_s for other in steps[i + 1 :] if other.contact_s > step.contact_s)
    return next(later, step.contact_s + LEAST_SHOWN_S)  # steps are in order of contact


def _phases(report: Report, time_s: Array, near: tuple[NearSide, ...]) -> tuple[str, ...]:
    by_side = {side: np.full(len(time_s), "", dtype="<U7") for side in SIDES}
    next_s: dict[tuple[str, int], float] = {}  # the foot's next contact in the lap, walking backward through the steps
    for i, step in reversed(list(enumerate(report.steps))):
        phase = by_side[step.side]
        a, b, c = np.searchsorted(
            time_s, [step.contact_s, step.contact_s + CONTACT_SHOWN_S, step_end_s(report.steps, i)]
        )
        if (step.side, step.lap) in next_s and np.isfinite(step.off_s):
            phase[c : np.searchsorted(time_s, next_s[step.side, step.lap])] = "swing"
        phase[a:c] = "drive"
        phase[a:b] = "contact"
        next_s[step.side, step.lap] = step.contact_s
    return tuple(str(by_side[side][i]) if side in SIDES else "" for i, side in enumerate(near))


def _merge(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans that follow within ``JOIN_S`` as one, none shorter than ``LEAST_SHOWN_S``."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        end = max(end, start + LEAST_SHOWN_S)
        if merged and start - merged[-1][1] < JOIN_S:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def fault_spans(report: Report, finding: Finding) -> list[tuple[float, float]]:
    """When the finding is at fault: its steps, or the time about its onset and worst moment."""
    place = {step.index: i for i, step in enumerate(report.steps)}
    spans = [
        (report.steps[place[index]].contact_s, step_end_s(report.steps, place[index]))
        for index in finding.steps
        if index in place
    ]
    if not spans:
        half = SPREAD_S / 2
        moments = {m for m in (finding.onset_s, finding.worst_at_s) if m is not None}
        spans = [(max(0.0, m - half), m + half) for m in moments]
    return spans


def _windows(report: Report) -> tuple[Window, ...]:
    faults = [f for f in sorted(report.findings, key=rank) if f.verdict in ("minor", "major")]
    return tuple(Window(a, b, finding) for finding in faults for a, b in fault_spans(report, finding))


def _joined(windows: Sequence[Window]) -> tuple[Window, ...]:
    findings = list({id(w.finding): w.finding for w in windows}.values())
    spans = [[(w.start_s, w.end_s) for w in windows if w.finding is finding] for finding in findings]
    return tuple(Window(a, b, f) for f, own in zip(findings, spans, strict=True) for a, b in _merge(own))


def _active(windows: Sequence[Window], time_s: Array) -> tuple[tuple[Finding, ...], ...]:
    active: list[list[Finding]] = [[] for _ in time_s]
    for window in windows:
        first, last = np.searchsorted(time_s, [window.start_s, window.end_s])
        for frame in active[first:last]:
            frame.append(window.finding)
    return tuple(tuple(frame) for frame in active)


def make_scene(analysis: Analysis) -> Scene:
    """Work out what to show for every frame of the analysis."""
    report, time_s = spoken(analysis.report), analysis.signals.time_s
    near, windows = _near(report, time_s), _windows(report)
    joined = _joined(windows)
    judged = [finding.check for finding in report.findings if finding.verdict != "not_assessed"]
    contacts = np.sort([step.contact_s for step in report.steps])
    return Scene(
        report=report,
        time_s=time_s,
        near=near,
        phase=_phases(report, time_s, near),
        steps_done=np.searchsorted(contacts, time_s, side="right"),
        active=_active(windows, time_s),
        cued=_active(joined, time_s),
        windows=joined,
        arcs=tuple(dict.fromkeys(ARCS[check] for check in judged if check in ARCS)),
    )
