"""The fixtures with their truth, and poses estimated once per clip, engine and model into a cache."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from fixtures.generator.quantities import Truth
from formcheck.core.types import Array, PoseSequence
from formcheck.engines import estimate
from formcheck.io import pose_file

ROOT = Path(__file__).resolve().parents[2]
VIDEOS = ROOT / "fixtures" / "videos"
SHARED = ROOT.parent / "shared" / "clips"  # real clips; absent on most machines


@dataclass(frozen=True)
class Fixture:
    """One rendered clip: its name, video file and truth."""

    name: str
    video: Path
    truth: Truth

    @property
    def half(self) -> str:
        """``development`` or ``validation``."""
        return str(self.truth.data["half"])

    @property
    def yaw_deg(self) -> float:
        """The true yaw of the athlete against the camera over the clip."""
        return float(self.truth.data["view"]["yaw_deg"])

    @property
    def view(self) -> str:
        """The true view: left_side, right_side, front, back or oblique."""
        return str(self.truth.data["view"]["name"])

    @property
    def kind(self) -> str:
        """``side`` for both side views, else the view."""
        return "side" if self.view.endswith("_side") else self.view

    @property
    def forward(self) -> float:
        """+1 where the athlete faces image-right, else -1."""
        return 1.0 if self.yaw_deg >= 0 else -1.0

    @property
    def near(self) -> str:
        """The leg nearer to the camera in a side view, else "both"."""
        return {"right_side": "right", "left_side": "left"}.get(self.view, "both")

    @property
    def backward(self) -> bool:
        """Whether the first lap goes backward."""
        return self.truth.data["laps"][0]["direction"] == "backward"

    @property
    def clean(self) -> bool:
        """Whether no fault is planned above its band."""
        return all(fault["verdict"] == "good" for fault in self.truth.data["faults"])


def find_fixtures(pattern: str = "*", folder: Path = VIDEOS) -> list[Fixture]:
    """Fixtures with video and truth whose name matches; a clip still being written is left out."""
    found = []
    for path in sorted(folder.glob("*.truth.json")):
        name = path.name.removesuffix(".truth.json")
        video = path.with_name(f"{name}.mp4")
        being_written = path.with_name(f"{name}.part.mp4").exists()
        if fnmatch(name, pattern) and video.is_file() and not being_written:
            found.append(Fixture(name, video, Truth(json.loads(path.read_text(encoding="utf-8")))))
    return found


def default_cache() -> Path:
    """Where poses are kept: outside the repository."""
    return user_cache_path("formcheck", appauthor=False) / "bench-poses"


def cached_pose(video: Path, engine: str, model: str, cache: Path) -> PoseSequence:
    """The poses of a clip, estimated at most once for this very file, engine and model."""
    digest = hashlib.sha256(video.read_bytes()).hexdigest()[:12]
    stored = cache / f"{video.stem}-{digest}-{engine}-{model}.npz"
    if not stored.exists():
        print(f"estimating {video.name} ({engine}, {model})", file=sys.stderr, flush=True)
        pose_file.save(stored, estimate(video, engine=engine, model=model))
    return pose_file.load(stored)


def at_frames(truth: Truth, values: Array, time_s: Array) -> Array:
    """True values (T, ...) read at other frame times; NaN outside the clip and beside NaN."""
    flat = np.asarray(values, dtype=np.float64).reshape(len(truth.t), -1)
    out = np.full((len(time_s), flat.shape[1]), np.nan)
    inside = (time_s >= truth.t[0] - 0.02) & (time_s <= truth.t[-1] + 0.02)
    for k in range(flat.shape[1]):
        out[inside, k] = np.interp(time_s[inside], truth.t, flat[:, k])
    return out.reshape(len(time_s), *np.shape(values)[1:])
