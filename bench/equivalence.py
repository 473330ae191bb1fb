"""How far the landmarks of the two engines are apart, beside how far MediaPipe is from itself.

    python bench/equivalence.py CLIP [CLIP ...] [--model full]

A person's region comes from the landmarks before it, so that a change nobody can see grows from frame to frame. The
yardstick is therefore MediaPipe on the same clip one grey level (1/255) darker. Distances are in percent of the
body's height in the picture (the median over frames of its vertical extent); "steady" are the frames in which
MediaPipe, one grey level brighter, repeats itself within the bar: median 0.5 %, 95th percentile 2 % of 33 landmarks.

Rows: "alone" is each frame by itself (detector, then landmarks), where nothing can grow; "followed" is frame after
frame, smoothed as MediaPipe does; "clip" is the file read by the engine itself, in pieces, on all cores. A piece begins
with the detector, which MediaPipe too answers otherwise than from the frame before: there "steady" asks also that
MediaPipe, begun anew at the same cuts, repeats itself within the bar.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from formcheck import model_store
from formcheck.core.skeleton import N_LANDMARKS
from formcheck.core.types import Array, Bools, Frame
from formcheck.engines.base import Anywhere, FramePose, PoseEngine
from formcheck.engines.blazepose.clip import ClipPart
from formcheck.engines.mediapipe_engine import MediaPipeEngine
from formcheck.engines.onnx_engine import OnnxEngine
from formcheck.io.video import read_frames

MEDIAN_BAR_PCT, P95_BAR_PCT = 0.5, 2.0
MakeEngine = Callable[[], PoseEngine]


@dataclass(frozen=True)
class Track:
    """Landmarks (T, 33, 2), visibility (T, 33) and world landmarks (T, 33, 3); NaN where nobody was found."""

    landmarks_px: Array
    visibility: Array
    world_m: Array


def main() -> None:
    """Compare on each clip and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--model", default="full")
    options = parser.parse_args()
    bundle = model_store.ensure(options.model)
    columns = ("clip", "compared", "frames", "median %", "p95 %", "visibility p95", "world p95 m")
    columns += ("steady frames", "median %", "p95 %", "bar")
    print(f"| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")
    for clip in options.clips:
        for line in compare(clip, lambda: MediaPipeEngine(bundle), lambda: OnnxEngine(bundle)):
            print(f"| {Path(clip).stem} | {line} |", flush=True)


def compare(clip: str, mediapipe: MakeEngine, onnx: MakeEngine) -> Iterator[str]:
    """The table's lines for one clip."""
    for kind, run in (("alone", _alone), ("followed", _followed)):
        plain, brighter, darker = (track(run(mediapipe, _lit(read_frames(clip), step))) for step in (0, 1, -1))
        steady = steady_frames(plain, brighter)
        yield f"{kind}: MediaPipe, MediaPipe darker | {_figures(plain, darker, steady)}"
        yield f"{kind}: MediaPipe, ONNX Runtime | {_figures(plain, track(run(onnx, read_frames(clip))), steady)}"
    anew = track(_anew(mediapipe, clip))
    steady = steady & steady_frames(plain, anew)
    yield f"clip: MediaPipe, MediaPipe begun anew at the cuts | {_figures(plain, anew, steady)}"
    pieces = track(OnnxEngine.track_clip(onnx(), clip)[1])
    yield f"clip: MediaPipe, ONNX Runtime in pieces | {_figures(plain, pieces, steady)}"


def _alone(make: MakeEngine, frames: Iterable[Frame]) -> Iterator[FramePose | None]:
    engine = make()
    for frame in frames:
        people = engine.people(frame)
        yield people[0] if people else None
    engine.close()


def _followed(make: MakeEngine, frames: Iterable[Frame]) -> Iterator[FramePose | None]:
    engine = make()
    yield from engine.track(frames, Anywhere())
    engine.close()


def _anew(make: MakeEngine, clip: str) -> Iterator[FramePose | None]:
    """Followed, but begun anew where ``OnnxEngine`` cuts the clip: what a cut does to MediaPipe itself."""
    starts_s = [piece.start_s or 0.0 for piece in ClipPart(clip).pieces()]
    for start_s, end_s in zip(starts_s, [*starts_s[1:], np.inf], strict=True):
        part = (frame for frame in read_frames(clip, start_s) if start_s - 1e-6 <= frame.time_s < end_s - 1e-6)
        yield from _followed(make, part)


def _lit(frames: Iterable[Frame], step: int) -> Iterator[Frame]:
    """Frames ``step`` grey levels brighter."""
    for frame in frames:
        yield Frame(frame.index, frame.time_s, np.clip(frame.rgb.astype(np.int16) + step, 0, 255).astype(np.uint8))


def track(poses: Iterable[FramePose | None]) -> Track:
    """Poses in order as arrays."""
    found = list(poses)
    out = Track(*(np.full((len(found), N_LANDMARKS, *rest), np.nan) for rest in ((2,), (), (3,))))
    for i, pose in enumerate(found):
        if pose is not None:
            out.landmarks_px[i], out.visibility[i], out.world_m[i] = (
                pose.landmarks_px,
                pose.visibility,
                pose.world_m,
            )
    return out


def distance_pct(one: Track, other: Track) -> Array:
    """(T, 33) distances in percent of the body height of ``one``."""
    y = one.landmarks_px[np.isfinite(one.landmarks_px[:, 0, 0]), :, 1]
    height_px = float(np.median(np.ptp(y, axis=1)))
    return np.linalg.norm(one.landmarks_px - other.landmarks_px, axis=2) / height_px * 100


def steady_frames(one: Track, again: Track) -> Bools:
    """(T,) whether the two runs of one engine agree within the bar in this frame."""
    apart = np.nan_to_num(distance_pct(one, again), nan=np.inf)
    return (np.median(apart, axis=1) <= MEDIAN_BAR_PCT) & (np.percentile(apart, 95, axis=1) <= P95_BAR_PCT)


def _figures(reference: Track, other: Track, steady: Bools) -> str:
    apart = distance_pct(reference, other)
    both = np.isfinite(apart[:, 0])
    steady = steady & both
    seen = np.abs(reference.visibility - other.visibility)[both]
    world = np.linalg.norm(reference.world_m - other.world_m, axis=2)[both]
    figures = [
        str(int(both.sum())),
        f"{np.median(apart[both]):.3f}",
        f"{np.percentile(apart[both], 95):.2f}",
        f"{np.percentile(seen, 95):.3f}",
        f"{np.percentile(world, 95):.3f}",
        f"{steady.sum()} of {len(steady)}",
    ]
    if not steady.any():
        return " | ".join([*figures, "", "", ""])
    median, p95 = np.median(apart[steady]), np.percentile(apart[steady], 95)
    held = "held" if median <= MEDIAN_BAR_PCT and p95 <= P95_BAR_PCT else "missed"
    return " | ".join([*figures, f"{median:.3f}", f"{p95:.2f}", held])


if __name__ == "__main__":
    main()
