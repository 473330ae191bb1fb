"""The few clips whose poses are kept with the tests, so that accuracy is watched without a pose model."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.accuracy_lib.clips import ROOT, Fixture, cached_pose, find_fixtures
from formcheck.core.types import Array, PoseSequence
from formcheck.io import pose_file

FOLDER = ROOT / "tests" / "data" / "poses"
#: At most twelve: every view, seated and standing, forward and backward, both halves, faults and near misses.
NAMES = (
    "demo",
    "clean_power_sled_right",
    "clean_power_sled_front",
    "clean_reverse_pull_left",
    "clean_reverse_pull_front",
    "clean_forward_push_right",
    "clean_backward_walk_right",
    "clean_backward_walk_back",
    "clean_deadmill_backward_left",
    "clean_treadmill_right",
    "fault_knee_valgus_left",
    "near_knee_over_toe_right",
)


def coarse(pose: PoseSequence) -> PoseSequence:
    """Rounded to 1/32 px, 1/1024 m and 1/128 of visibility: far below the model's own noise, and small on disk."""

    def rounded(values: Array, parts: int) -> Array:
        return np.round(values * parts) / parts

    return replace(
        pose,
        landmarks_px=rounded(pose.landmarks_px, 32),
        visibility=rounded(pose.visibility, 128),
        world_m=rounded(pose.world_m, 1024),
        video=replace(pose.video, path=Path(pose.video.path).name),
    )


def save_subset(engine: str, model: str, cache: Path, folder: Path = FOLDER) -> list[Path]:
    """Write the subset's poses, and which clips they are of; clips that are not built are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = [f for f in find_fixtures() if f.name in NAMES]
    paths = [pose_file.save(folder / f"{f.name}.npz", coarse(cached_pose(f.video, engine, model, cache))) for f in kept]
    digests = {f.name: hashlib.sha256(f.video.read_bytes()).hexdigest() for f in kept}
    (folder / "clips.json").write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    return paths


def load_subset(folder: Path = FOLDER) -> list[tuple[Fixture, PoseSequence]]:
    """Fixtures with their kept poses, those that have both."""
    found = {f.name: f for f in find_fixtures()}
    return [
        (found[n], pose_file.load(folder / f"{n}.npz")) for n in NAMES if n in found and (folder / f"{n}.npz").exists()
    ]
