"""Frames in which the left leg's landmarks lie on the right leg, by the truth: before and after the core's repair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.accuracy_lib.clips import Fixture, at_frames
from formcheck.core.skeleton import joint
from formcheck.core.types import Analysis, Array, PoseSequence

PARTS = ("knee", "ankle", "heel", "toe")
APART = 0.15  # of the leg's length in the picture: nearer together, left and right cannot be told by place
CLEARLY = 0.6  # the exchanged labelling must fit this much better


@dataclass(frozen=True)
class SwapCount:
    """Frames that could be told, and those mislabelled before and after repair; ``harmed`` were right before."""

    frames: int
    before: int
    after: int
    harmed: int


def count_swapped(fixture: Fixture, pose: PoseSequence, analysis: Analysis) -> SwapCount | None:
    """None but for side and oblique views."""
    if fixture.kind not in ("side", "oblique"):
        return None
    truth = fixture.truth
    image = at_frames(truth, truth.image, pose.time_s)
    true = np.stack([image[:, [truth.index[f"{p}_{s}"] for p in PARTS]] for s in "lr"], axis=1)  # (T, 2, parts, 2)
    leg = float(
        np.nanpercentile(np.linalg.norm(image[:, truth.index["hip_l"]] - image[:, truth.index["ankle_l"]], axis=1), 90)
    )
    apart = np.linalg.norm(true[:, 0] - true[:, 1], axis=2).mean(axis=1) > APART * leg
    before, after = _mislabelled(pose.landmarks_px, true), _mislabelled(analysis.landmarks_px, true)
    told = apart & np.isfinite(pose.landmarks_px[:, joint("knee", "left"), 0])
    return SwapCount(
        int(told.sum()),
        int((before & told).sum()),
        int((after & told).sum()),
        int((after & ~before & told).sum()),
    )


def _mislabelled(xy: Array, true: Array) -> Array:
    found = np.stack([xy[:, [joint(p, s) for p in PARTS]] for s in ("left", "right")], axis=1)
    kept = np.linalg.norm(found - true, axis=3).mean(axis=(1, 2))
    exchanged = np.linalg.norm(found[:, ::-1] - true, axis=3).mean(axis=(1, 2))
    return np.asarray(exchanged < CLEARLY * kept)
