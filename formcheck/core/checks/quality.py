"""Whether a clip can be judged at all: coverage, gaps, and a verdict on the footage with its reasons."""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.core.clean.filters import runs
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.phrases import say
from formcheck.core.skeleton import SIDES, joint
from formcheck.core.types import Bools, PoseSequence, Quality, Tracking

GAP_S: Final = 0.3
WARN_COVERAGE: Final = 0.8  # myogait warns under 80 % of frames
REJECT_COVERAGE: Final = 0.4
WARN_FPS: Final = 24.0
PAUSE_S: Final = 0.5  # frames further apart than this are a camera that was away, not a slow one
MIN_BODY_SHARE: Final = 0.15  # leg length against the picture's height
LEG_PARTS_NEEDED: Final = ("hip", "knee", "ankle")
WARN_VISIBILITY: Final = 0.5
MIN_DURATION_S: Final = 1.5
#: Feet that stand or swing for times out of keeping with their neighbours: two are no accident, and where it is every
#: fourth time, no step can be relied on. A shin hidden for one stretch loses less: two of nine. No shipped clip is
#: rejected by it (docs/accuracy.md, "What each mend brings").
ODD_WARN: Final = 2
ODD_REJECT_SHARE: Final = 0.25


def track_quality(raw: PoseSequence, pose: CleanPose, odd: int = 0, phases: int = 0) -> Tracking:
    """Coverage is the share of frames with at least one whole leg seen; ``odd`` of the ``phases`` in which a foot stood
    or swung cannot be true.
    """
    legs: Bools = _leg_seen(pose, 0) | _leg_seen(pose, 1)
    coverage = float(legs.mean()) if len(legs) else 0.0
    gaps = tuple(
        (float(pose.time_s[a]), float(pose.time_s[b - 1]))
        for a, b in runs(~legs)
        if pose.time_s[b - 1] - pose.time_s[a] >= GAP_S
    )
    rejects = _rejects(pose, coverage)
    warnings = _warnings(raw, pose, coverage, gaps)
    if odd >= ODD_WARN:
        lost = odd >= ODD_REJECT_SHARE * phases
        (rejects if lost else warnings).append(say("feet_lost" if lost else "feet_odd", times=odd, all=phases))
    quality: Quality = "rejected" if rejects else "warning" if warnings else "accepted"
    return Tracking(coverage, gaps, pose.swaps_repaired, raw.subject, quality, (*rejects, *warnings))


def _leg_seen(pose: CleanPose, k: int) -> Bools:
    return np.asarray(np.all([np.isfinite(pose.part(p)[k, :, 0]) for p in LEG_PARTS_NEEDED], axis=0))


def _rejects(pose: CleanPose, coverage: float) -> list[str]:
    out = []
    if not np.isfinite(pose.leg_px):
        return [say("no_person")]
    if coverage < REJECT_COVERAGE:
        out.append(say("legs_seldom", share=f"{coverage:.0%}"))
    duration = float(pose.time_s[-1] - pose.time_s[0]) if len(pose.time_s) else 0.0
    if duration < MIN_DURATION_S:
        out.append(say("clip_short", seconds=f"{duration:.1f}"))
    return out


def _warnings(raw: PoseSequence, pose: CleanPose, coverage: float, gaps: tuple[tuple[float, float], ...]) -> list[str]:
    out = []
    if REJECT_COVERAGE <= coverage < WARN_COVERAGE:
        out.append(say("legs_seen", share=f"{coverage:.0%}"))
    if gaps:
        out.append(say("lost_often", times=len(gaps)) if len(gaps) > 1 else say("lost_once"))
    if (fps := _frames_a_second(pose)) < WARN_FPS - 0.5:
        out.append(say("slow_camera", fps=f"{fps:.0f}"))
    if np.isfinite(pose.leg_px) and pose.leg_px < MIN_BODY_SHARE * pose.height:
        out.append(say("small"))
    found = pose.seen > 0
    legs = (raw.visibility[:, [joint(p, s) for p in LEG_PARTS_NEEDED]][found].mean(axis=1) for s in SIDES)
    if found.any() and float(np.maximum(*legs).mean()) < WARN_VISIBILITY:
        out.append(say("dim"))
    return out


def _frames_a_second(pose: CleanPose) -> float:
    """The mean rate, which counts every frame a camera left out; the median interval hides half of them."""
    apart_s = np.diff(pose.time_s)
    apart_s = apart_s[apart_s <= PAUSE_S]
    return float(1.0 / apart_s.mean()) if apart_s.size else pose.fps
