"""What a whole ``score`` run costs against a bare MediaPipe loop on the same clip, in turns, in one run.

    python bench/score_cost.py CLIP [CLIP ...] [--runs 3] [--engine mediapipe|onnxruntime]

Rows: the bare loop; score without and with the overlay video (JSON, CSV and HTML are always written); the core alone,
as a share of the bare loop and in frames a second on a twenty-minute set. Clock time and processor time: on a busy
machine only the second is steady.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from overhead import bare_loop, timed_s

from formcheck import api, model_store
from formcheck.core.pipeline import score_pose
from formcheck.core.types import PoseSequence
from formcheck.engines import estimate
from formcheck.exercises.load import load_catalogue
from formcheck.report.write import write_outputs

LONG_SET_S = 1200.0


def score_run(clip: Path, engine: str, overlay: bool) -> Callable[[], object]:
    """The main job, files and all."""

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            catalogue = load_catalogue()
            analysis = api.analyse(clip, engine=engine, catalogue=catalogue)
            write_outputs(analysis, Path(folder), clip, overlay=overlay, html=True, catalogue=catalogue)

    return work


def repeated(pose: PoseSequence, length_s: float) -> PoseSequence:
    """The clip's poses end to end until ``length_s``, forth and back so that nothing jumps."""
    frame_s = float(np.median(np.diff(pose.time_s)))
    turns = int(np.ceil(length_s / (pose.time_s[-1] + frame_s)))
    order = np.concatenate([np.arange(len(pose.time_s))[:: 1 if k % 2 == 0 else -1] for k in range(turns)])
    return PoseSequence(
        np.arange(len(order)) * frame_s,
        pose.landmarks_px[order],
        pose.visibility[order],
        pose.world_m[order],
        pose.video,
        pose.engine,
    )


def main() -> None:
    """Print the table for each clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", default="mediapipe", choices=["mediapipe", "onnxruntime"])
    given = parser.parse_args()
    model = model_store.ensure("full")
    for clip in given.clips:
        jobs: dict[str, Callable[[], object]] = {
            "bare MediaPipe loop": lambda clip=clip: bare_loop(clip, model),
            "score, no overlay": score_run(clip, given.engine, overlay=False),
            "score, overlay": score_run(clip, given.engine, overlay=True),
        }
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for _ in range(given.runs):
            for name, work in jobs.items():
                spent[name].append(timed_s(work))
        bare = [statistics.median(column) for column in zip(*spent["bare MediaPipe loop"], strict=True)]
        print(f"\n{clip.name}, engine {given.engine}, median of {given.runs}")
        for name, rows in spent.items():
            clock, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
            print(f"  {name:22s} {clock:7.2f} s  x{clock / bare[0]:.2f}   processor {cpu:7.2f} s  x{cpu / bare[1]:.2f}")
        core_row(clip, given.engine, bare[0])


def core_row(clip: Path, engine: str, bare_s: float) -> None:
    """The core's own share and speed."""
    pose, catalogue = estimate(clip, engine=engine), load_catalogue()
    score_pose(pose, catalogue)
    short = best_s(lambda: score_pose(pose, catalogue))
    long_pose = repeated(pose, LONG_SET_S)
    long = best_s(lambda: score_pose(long_pose, catalogue))
    rate = len(long_pose.time_s) / long
    print(f"  the core alone         {short:7.3f} s  {100 * short / bare_s:.2f} % of the bare loop's time")
    print(f"  the core, 20 minutes   {long:7.3f} s  {rate:,.0f} frames/s")


def best_s(work: Callable[[], object], runs: int = 3) -> float:
    """The quickest of some runs."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


if __name__ == "__main__":
    main()
