"""Whether both engines lead to the same verdicts: every fixture scored from the poses of each.

    python bench/verdicts.py [--clips GLOB]

The accuracy of each against truth is ``python bench/accuracy.py --engine ...``; poses are shared with it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.accuracy_lib.clips import cached_pose, default_cache, find_fixtures  # noqa: E402
from formcheck.api import analyse_pose  # noqa: E402
from formcheck.core.types import Array, PoseSequence, Report  # noqa: E402

ENGINES = ("mediapipe", "onnxruntime")


def main() -> None:
    """Score each fixture twice and print where the two part."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", default="*", help="only fixtures whose name matches")
    parser.add_argument("--model", default="full")
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    medians, p95s, same, asked = [], [], 0, 0
    print("| clip | differs in |\n|---|---|")
    for fixture in find_fixtures(options.clips):
        poses = [cached_pose(fixture.video, engine, options.model, options.cache) for engine in ENGINES]
        one, other = (analyse_pose(pose, str(fixture.truth.data["exercise"])).report for pose in poses)
        apart = distance_pct(*poses)
        medians.append(np.nanmedian(apart))
        p95s.append(np.nanpercentile(apart, 95))
        equal, count, words = verdicts(one, other)
        same, asked = same + equal, asked + count
        if words:
            print(f"| {fixture.name} | {'; '.join(words)} |")
    print(
        f"\n{same} of {asked} verdicts in {len(medians)} clips are the same ({100 * same / max(asked, 1):.1f} %)."
    )
    print(
        f"Landmarks, % of body height, median over clips: median {np.median(medians):.3f}, p95 {np.median(p95s):.2f}."
    )


def distance_pct(one: PoseSequence, other: PoseSequence) -> Array:
    """(T, 33) distances in percent of the body's height in the picture."""
    y = one.landmarks_px[np.isfinite(one.landmarks_px[:, 0, 0]), :, 1]
    height_px = float(np.median(np.ptp(y, axis=1)))
    return np.linalg.norm(one.landmarks_px - other.landmarks_px, axis=2) / height_px * 100


def verdicts(one: Report, other: Report) -> tuple[int, int, list[str]]:
    """How many verdicts are the same, of how many, and what differs in words."""
    first, second = ({(f.check, f.side, f.measure): f.verdict for f in r.findings} for r in (one, other))
    keys = sorted(first.keys() | second.keys(), key=str)
    words = [
        f"{key[0]} {key[1] or ''}: {first.get(key)} / {second.get(key)}"
        for key in keys
        if first.get(key) != second.get(key)
    ]
    for name in ("facing", "direction", "view"):
        if getattr(one, name) != getattr(other, name):
            words.append(f"{name}: {getattr(one, name)} / {getattr(other, name)}")
    if len(one.steps) != len(other.steps):
        words.append(f"steps: {len(one.steps)} / {len(other.steps)}")
    equal = sum(first.get(key) == second.get(key) for key in keys)
    return equal, len(keys), words


if __name__ == "__main__":
    main()
