"""The raw pose on the clips where a check was wrong or silent, and on all at an angle: what the model gave to go by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.accuracy_lib.checks import Outcome
from bench.accuracy_lib.clips import at_frames
from bench.accuracy_lib.page import number, table
from bench.accuracy_lib.samples import ClipResult
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
    true = at_frames(
        truth, truth.image[:, truth.index["hip_r"], 0] - truth.image[:, truth.index["hip_l"], 0], pose.time_s
    )
    left, right = (pose.landmarks_px[:, joint("hip", side), 0] for side in SIDES)
    return _swing(true, result.fixture.truth.data["fps"]), _swing(right - left, result.fixture.truth.data["fps"])


def _swing(width: Array, fps: float) -> float:
    frames = max(3, round(2.0 * fps))
    seen = np.isfinite(width)
    padded = np.pad(np.interp(np.arange(len(width)), np.flatnonzero(seen), width[seen]), frames // 2, mode="reflect")
    course = np.convolve(padded, np.ones(frames) / frames, mode="valid")[: len(width)]
    share = (width / course - 1.0)[seen]
    return float(np.percentile(share, 95) - np.percentile(share, 5)) / 2.0
