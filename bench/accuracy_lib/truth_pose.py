"""The truth as a ``PoseSequence``: what a perfect pose model would have seen.

Scored like any other, it parts what the core adds to an error from what the pose model does.
"""

from __future__ import annotations

import numpy as np

from bench.accuracy_lib.clips import Fixture, at_frames
from formcheck.core.skeleton import LANDMARKS
from formcheck.core.types import Array, EngineInfo, PoseSequence

#: Landmarks the truth does not have lie with one it has.
STAND_IN = {
    **{f"{part}_{s}": f"wrist_{s}" for part in ("pinky", "index", "thumb") for s in "lr"},
    **{f"{part}_{s}": "nose" for part in ("eye_inner", "eye", "eye_outer", "mouth") for s in "lr"},
}


def perfect_pose(fixture: Fixture, seen: PoseSequence) -> PoseSequence:
    """True joints in the picture and in camera axes, at the frame times of ``seen``; visibility 1 in the picture."""
    truth = fixture.truth
    columns = [truth.index[STAND_IN.get(name, name)] for name in LANDMARKS]
    px = at_frames(truth, truth.image, seen.time_s)[:, columns]
    size = np.array([seen.video.width, seen.video.height], dtype=np.float64)
    inside = np.isfinite(px).all(axis=2) & (px >= 0).all(axis=2) & (px <= size).all(axis=2)
    return PoseSequence(
        time_s=seen.time_s,
        landmarks_px=px,
        visibility=inside.astype(np.float64),
        world_m=_camera_axes(fixture, seen.time_s)[:, columns],
        video=seen.video,
        engine=EngineInfo("truth", "perfect", "1"),
    )


def _camera_axes(fixture: Fixture, time_s: Array) -> Array:
    """(T, joints, 3) metres about the mid-hip: x right, y down, z away from the camera."""
    truth, camera = fixture.truth, fixture.truth.data["camera"]
    axes = np.array(camera["axes_right_up_forward"], dtype=np.float64)
    frame = np.minimum(np.arange(len(truth.t)) // camera["every"], len(axes) - 1)
    centred = truth.world - truth.middle("hip")[:, None]
    local = np.einsum("tij,tkj->tki", axes[frame], centred) * np.array([1.0, -1.0, 1.0])
    return at_frames(truth, local, time_s)
