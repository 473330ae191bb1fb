"""Which exercise a lap shows, how sure that is, and whether it contradicts what the user said.

Each exercise's ``Signature`` is compared with what was seen; a fact that the view hides counts for nobody.
Fits are soft: a miss multiplies, so several small misses add up and one clear one decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite
from typing import Final

import numpy as np

from formcheck.core.clean.prepare import CleanPose
from formcheck.core.gait.tracks import Track
from formcheck.core.geometry import length
from formcheck.core.phrases import say
from formcheck.core.spec import Catalogue, Exercise, Signature
from formcheck.core.types import Array, Signals

UNKNOWN: Final = "unknown"
UP_AND_BACK: Final = "up_and_back"
MIN_FIT: Final = 0.15  # below this, none of the exercises is it
#: Hips above the lower ankle, in trunk lengths: standing 1.4 to 1.7; seated about 0.8 from the side, more from the
#: front, where the feet are nearer the camera and so lower in the picture.
SEATED_HIP_TRUNKS: Final = {"side": 1.05, "front": 1.3}
FIXED_WRIST_SPEED: Final = 0.25  # leg lengths a second: hands on rails
HELD_OUT_TRUNKS: Final = 0.3  # wrists ahead of the hips: rope, handles, rails
MISS: Final = {"posture": 0.03, "direction": 0.03, "in_place": 0.05, "wrists": 0.4, "slope": 0.1}
LEAN_FALL_DEG: Final = 6.0  # about the trunk lean error of a good tracker, twice over
SURE: Final = 0.5


@dataclass(frozen=True)
class Facts:
    """What was seen of one lap; NaN or None where the view does not show it."""

    seated: bool | None
    gait: str
    in_place: bool
    sure: float
    lean_deg: float
    slope_deg: float
    wrists_fixed: bool | None
    wrists_forward: bool | None


def facts_of(pose: CleanPose, signals: Signals, track: Track, slope_deg: float) -> Facts:
    """The facts of one track; ``slope_deg`` as given or seen, NaN if neither."""
    span = slice(track.start, track.stop)
    wrist_speed = _over_sides(signals, "wrist_speed_{}_ratio_s", span)
    wrist_forward = _over_sides(signals, "wrist_forward_{}_ratio", span)
    return Facts(
        seated=_seated(pose, span, track.sagittal),
        gait=track.gait,
        in_place=track.direction == "in_place",
        sure=track.sure,
        lean_deg=_median(signals["trunk_lean_deg"][span]),
        slope_deg=slope_deg if isfinite(slope_deg) else 0.0,  # floors are level unless seen or said
        wrists_fixed=None if not isfinite(wrist_speed) else wrist_speed < FIXED_WRIST_SPEED,
        wrists_forward=None if not isfinite(wrist_forward) else wrist_forward > HELD_OUT_TRUNKS,
    )


def _over_sides(signals: Signals, pattern: str, span: slice) -> float:
    return _median(np.concatenate([signals[pattern.format(s)][span] for s in ("left", "right")]))


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def _seated(pose: CleanPose, span: slice, sagittal: bool) -> bool | None:
    hip = pose.middle("hip")[span]
    trunk = _median(length(hip, pose.middle("shoulder")[span]))
    height = _median(pose.part("ankle")[:, span, 1].max(axis=0) - hip[:, 1])
    if not isfinite(trunk) or not isfinite(height) or trunk <= 0:
        return None
    return height / trunk < SEATED_HIP_TRUNKS["side" if sagittal else "front"]


def fit(signature: Signature, facts: Facts) -> float:
    """How well a lap fits a signature, 0..1."""
    value = 1.0
    if facts.seated is not None and facts.seated != (signature.posture == "seated"):
        value *= MISS["posture"]
    if facts.gait != "unknown" and facts.gait not in signature.directions:
        value *= MISS["direction"]
    if signature.in_place is not None and facts.in_place != signature.in_place:
        value *= MISS["in_place"]
    for wanted, seen in (
        (signature.wrists_fixed_in_picture, facts.wrists_fixed),
        (signature.wrists_forward, facts.wrists_forward),
    ):
        if wanted is not None and seen is not None and wanted != seen:
            value *= MISS["wrists"]
    low, high = signature.slope_deg
    if isfinite(low) or isfinite(high):
        value *= 1.0 if low <= facts.slope_deg <= high else MISS["slope"]
    return value * _lean_fit(signature.trunk_lean_deg, facts.lean_deg)


def _lean_fit(band: tuple[float, float], lean_deg: float) -> float:
    if not isfinite(lean_deg):
        return 1.0
    away = max(band[0] - lean_deg, lean_deg - band[1], 0.0)
    return exp(-0.5 * (away / LEAN_FALL_DEG) ** 2)


def recognise(facts: Facts, catalogue: Catalogue) -> tuple[str, float]:
    """The exercise that fits best and how sure (its share of all fits); ``UNKNOWN`` if none fits."""
    fits = {e.id: fit(e.signature, facts) for e in catalogue.exercises.values()}
    if not fits or max(fits.values()) < MIN_FIT:
        return UNKNOWN, 0.0
    weighed = {key: value * catalogue.exercises[key].signature.prior for key, value in fits.items()}
    best = max(weighed, key=lambda key: weighed[key])
    share = weighed[best] / sum(weighed.values())
    return best, float(share * min(1.0, fits[best]) * max(0.3, facts.sure))


def contradiction(exercise: Exercise, facts: Facts) -> str:
    """Why a lap cannot be the exercise the user asked for: it moves the other way; "" if it can."""
    if facts.gait == "unknown" or facts.sure < SURE or facts.gait == exercise.direction:
        return ""
    return say("other_way", exercise=exercise.id, way=facts.gait)


def doubts(exercise: Exercise, facts: Facts) -> list[str]:
    """Lesser mismatches, worth a warning: posture, belt or ground."""
    out = []
    if facts.seated is not None and facts.seated != (exercise.posture == "seated"):
        out.append(say("sits_low" if facts.seated else "stands", exercise=exercise.id))
    wanted = exercise.signature.in_place
    if wanted is not None and wanted != facts.in_place:
        out.append(say("on_belt" if facts.in_place else "over_ground", exercise=exercise.id))
    return out
