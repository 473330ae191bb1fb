"""A raw ``PoseSequence`` made fit to measure on: a ``CleanPose``.

Order: not seen → NaN; left/right swaps undone; outliers out (Hampel); short gaps closed; low-pass on each
valid run. Nothing is invented over a longer gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from formcheck.core.clean import filters, swaps
from formcheck.core.geometry import length
from formcheck.core.skeleton import SIDES, SKELETON, joint
from formcheck.core.types import Array, Bools, PoseSequence

#: Below this a landmark's place is a guess even for BlazePose; its far leg in side view often reads 0.1 to 0.5
#: and is still placed well, so the usual 0.5 would lose every second step.
MIN_VISIBILITY: Final = 0.05
EDGE_MARGIN: Final = 0.02  # share of the picture beyond which a landmark outside it counts as not seen
OUTLIER_FLOOR: Final = 0.04  # leg lengths
TURN_CUTOFF_HZ: Final = 3.0  # the body turns once a stride; the model's depth jitters faster
WORLD_PARTS: Final = ("shoulder", "hip")
_PARTS: Final = ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
_JOINTS: Final = np.array([SKELETON["nose"], *(joint(part, side) for part in _PARTS for side in SIDES)])
#: Columns of the flattened (T, 66) landmarks that are measured; fingers and face stay as they were found.
MEASURED: Final = np.sort(np.concatenate([2 * _JOINTS, 2 * _JOINTS + 1]))


@dataclass(frozen=True)
class CleanPose:
    """Cleaned landmarks. ``xy`` (T, 33, 2) px; ``visibility`` (T, 33); ``turn`` (T, 2, 2) world x, z of the
    left-to-right shoulder and hip lines, metres; ``flexion_3d_deg`` (2, T) knee flexion from the model's own
    depth, good enough to gate on, not to report; ``leg_px`` the clip's leg length; ``fps`` frames a second.
    """

    time_s: Array
    xy: Array
    visibility: Array
    turn: Array
    flexion_3d_deg: Array
    leg_px: float
    fps: float
    width: int
    height: int
    seen: Array  # (T,) 1 where the subject was detected at all
    swaps_repaired: int
    model: str = "full"  # the pose model: each has its own habits
    _middles: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)

    def at(self, name: str) -> Array:
        """(T, 2) px of a landmark by its full name, e.g. ``nose``."""
        return np.asarray(self.xy[:, SKELETON[name]])

    def part(self, part: str) -> Array:
        """(2, T, 2) px of a paired landmark, left first; a view, since a long set asks for it once a lap."""
        left, right = (joint(part, side) for side in SIDES)
        return np.asarray(self.xy[:, left : right + 1 : right - left].swapaxes(0, 1))

    def middle(self, part: str) -> Array:
        """(T, 2) px midway between left and right; reckoned once."""
        if part not in self._middles:
            self._middles[part] = np.asarray(self.part(part).mean(axis=0))
        return self._middles[part]


def prepare(pose: PoseSequence, causal: bool = False) -> CleanPose:
    """Clean a clip. ``causal`` smooths one way only, as live does."""
    raw = _seen_only(pose)
    leg = leg_length_px(raw)
    swapped = swaps.find_swaps(raw, leg)
    swaps.exchange_legs_in(raw, swapped)
    visibility = np.array(pose.visibility)
    swaps.exchange_legs_in(visibility, swapped)
    n = len(pose.time_s)
    flat = raw.reshape(n, -1)
    del raw
    floor = OUTLIER_FLOOR * leg if np.isfinite(leg) else np.inf
    measured = filters.hampel(flat[:, MEASURED], floor)
    measured = filters.fill_gaps(pose.time_s, measured)
    flat[:, MEASURED] = filters.low_pass(pose.time_s, measured, causal=causal)
    return CleanPose(
        time_s=pose.time_s,
        xy=flat.reshape(n, -1, 2),
        visibility=visibility,
        turn=_turn(pose, causal),
        flexion_3d_deg=_flexion_3d_deg(pose, swapped, causal),
        leg_px=leg,
        fps=filters.frame_rate_hz(pose.time_s),
        width=pose.video.width,
        height=pose.video.height,
        seen=np.asarray(np.isfinite(pose.landmarks_px).any(axis=(1, 2)), dtype=np.float64),
        swaps_repaired=swaps.count_swaps(swapped),
        model=pose.engine.model,
    )


def _seen_only(pose: PoseSequence) -> Array:
    xy: Array = np.array(pose.landmarks_px)
    size = np.array([pose.video.width, pose.video.height], dtype=np.float64)
    outside = ((xy < -EDGE_MARGIN * size) | (xy > (1 + EDGE_MARGIN) * size)).any(axis=2)
    xy[outside | (pose.visibility < MIN_VISIBILITY)] = np.nan
    xy[_upside_down(xy)] = np.nan
    return xy


def _upside_down(xy: Array) -> Bools:
    """(T,) frames with the shoulders below the hips: the model stood the athlete on the head, as it does at times."""
    hips, shoulders = (xy[:, [joint(part, side) for side in SIDES]].mean(axis=1) for part in ("hip", "shoulder"))
    down = shoulders[:, 1] - hips[:, 1]
    return np.asarray(down > 0.5 * length(hips, shoulders))


def leg_length_px(xy: Array) -> float:
    """Thigh plus shank, each the 90th percentile over the clip and the longer of the two sides; NaN if unseen."""
    total = 0.0
    for upper, lower in (("hip", "knee"), ("knee", "ankle")):
        sides = [length(xy[:, joint(upper, s)], xy[:, joint(lower, s)]) for s in SIDES]
        finite = [values[np.isfinite(values)] for values in sides]
        if not any(v.size for v in finite):
            return float("nan")
        total += max(float(np.percentile(v, 90)) for v in finite if v.size)
    return total


def _turn(pose: PoseSequence, causal: bool) -> Array:
    """(T, 2, 2) smoothed world (x, z) of left-to-right lines of shoulders and hips."""
    sides = (pose.world_m[:, [joint(p, side) for p in WORLD_PARTS]][:, :, [0, 2]] for side in ("right", "left"))
    lines = np.subtract(*sides, dtype=np.float64)
    n = len(pose.time_s)
    smooth = filters.low_pass(pose.time_s, lines.reshape(n, -1), TURN_CUTOFF_HZ, causal=causal)
    return smooth.reshape(n, 2, 2)


def _flexion_3d_deg(pose: PoseSequence, swapped: Bools, causal: bool) -> Array:
    angles = []
    for side, other in zip(SIDES, SIDES[::-1], strict=True):
        hip, knee, ankle = (  # not the whole of world_m exchanged: a copy of it is much for a long clip
            np.where(swapped[:, None], pose.world_m[:, joint(p, other)], pose.world_m[:, joint(p, side)]).astype(float)
            for p in ("hip", "knee", "ankle")
        )
        thigh, shank = hip - knee, ankle - knee
        size = np.linalg.norm(thigh, axis=1) * np.linalg.norm(shank, axis=1)
        cosine = np.sum(thigh * shank, axis=1) / np.where(size > 0, size, np.nan)
        angles.append(180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    return np.asarray(filters.low_pass(pose.time_s, np.stack(angles, axis=1), causal=causal).T)
