"""The raw pose on the clips where a check was wrong or silent, and on all at an angle: what the model gave to go by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.accuracy_lib.checks import Outcome
from bench.accuracy_lib.clips import at_frames
from bench.accuracy_lib.page import number, table
from bench.accuracy_lib.samples import ClipResult
from formcheck.core.clean.filters import rolling_mean
from formcheck.core.signals.frontal import COURSE_WINDOW_S
from formcheck.core.skeleton import SIDES, joint
from formcheck.core.types import Array

HEAD = [
    "clip",
    "contact, near / far leg: median error, ms",
    "lift-off, near / far leg, ms",
    "knee flexion, raw landmarks' MAE near / far, °",
    "hips' width in the picture over the strides: true, raw landmarks",
]


def evidence(results: Sequence[ClipResult], outcome: Outcome) -> str:
    """One row for each clip with a false finding or a missed fault, and for each at an angle."""
    names = {finding.clip for finding in outcome.false} | {miss.clip for miss in outcome.missed}
    rows = [_row(r) for r in results if r.fixture.name in names or r.fixture.kind == "oblique"]
    return table(HEAD, rows) if rows else "None."


def _row(result: ClipResult) -> list[str]:
    true, raw = _width_swing(result)
    return [
        result.fixture.name,
        _by_leg(result, "contact"),
        _by_leg(result, "off"),
        " / ".join(_raw_knee(result, leg) for leg in ("near", "far")),
        f"± {100 * true:.0f} %, ± {100 * raw:.0f} %" if np.isfinite(true + raw) else "–",
    ]


def _by_leg(result: ClipResult, kind: str) -> str:
    cells = []
    for leg in ("near", "far"):
        own = [e.errors_s for e in result.events if (e.method, e.kind, e.leg) == ("ours", kind, leg)]
        errors = np.concatenate(own) if own else np.empty(0)
        cells.append(f"{1000 * np.median(errors):+.0f}".replace("-", "−") if errors.size else "–")
    return " / ".join(cells)


def _raw_knee(result: ClipResult, leg: str) -> str:
    errors = [abs(s.raw - s.truth) for s in result.samples if (s.quantity, s.leg) == ("knee_flexion_deg", leg)]
    every = np.concatenate(errors) if errors else np.empty(0)
    return number(float(np.nanmean(every)), 1) if np.isfinite(every).any() else "–"


def _width_swing(result: ClipResult) -> tuple[float, float]:
    """By how much the hips' width swings about its own course (2 s mean), true and in the raw landmarks."""
    if result.fixture.kind == "side":
        return float("nan"), float("nan")
    truth, pose = result.fixture.truth, result.pose
    columns = [truth.image[:, truth.index[f"hip_{side[0]}"], 0] for side in SIDES]
    left, right = (pose.landmarks_px[:, joint("hip", side), 0] for side in SIDES)
    true = at_frames(truth, columns[1] - columns[0], pose.time_s)
    return _swing(pose.time_s, true), _swing(pose.time_s, right - left)


def _swing(time_s: Array, width: Array) -> float:
    share = width / rolling_mean(time_s, width, COURSE_WINDOW_S) - 1.0
    low, high = np.nanpercentile(share, [5, 95])
    return float(high - low) / 2.0
