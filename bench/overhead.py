"""Compares ``formcheck.engines.estimate`` with a bare MediaPipe loop over the same clip, in turns, in one run.

    python bench/overhead.py CLIP [--runs 3] [--model full]

The bare loop is the least that finds a pose in every frame: decode, convert, ``detect_for_video``; it keeps nothing
and chooses nobody. Times include making the landmarker and, for ``estimate``, choosing the subject.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import av
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from formcheck import model_store
from formcheck.engines import estimate
from formcheck.engines.quiet import quiet_stderr


def bare_loop(clip: Path, model: Path) -> int:
    """Frames with a pose."""
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)), running_mode=vision.RunningMode.VIDEO
    )
    found, last_ms = 0, -1
    with (
        quiet_stderr(),
        vision.PoseLandmarker.create_from_options(options) as landmarker,
        av.open(str(clip)) as video,
    ):
        video.streams.video[0].thread_type = "AUTO"
        for frame in video.decode(video=0):
            last_ms = max(last_ms + 1, round(1000 * frame.time))
            # MediaPipe takes the bytes as they lie: rows that PyAV has padded would shear the picture.
            rgb = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
            found += bool(landmarker.detect_for_video(image, last_ms).pose_landmarks)
    return found


def timed_s(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that ``work`` takes: by the clock, and of the processor (all cores; other programs don't disturb it)."""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin_s, time.process_time() - begin_cpu_s


def main() -> None:
    """Print both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", default="full", choices=model_store.model_names())
    parser.add_argument("--engine", default="mediapipe", choices=["mediapipe", "onnxruntime"])
    given = parser.parse_args()
    model = model_store.ensure(given.model)
    bare_s, ours_s = [], []
    for _ in range(given.runs):  # in turns, so that a busy moment of the machine meets both
        bare_s.append(timed_s(lambda: bare_loop(given.clip, model)))
        ours_s.append(timed_s(lambda: estimate(given.clip, engine=given.engine, model=given.model)))
    print(f"{given.clip.name}, {given.model}, {given.runs} runs in turns, median")
    for k, what in enumerate(("by the clock", "of the processor")):
        bare, ours = [run[k] for run in bare_s], [run[k] for run in ours_s]
        ratios = [a / b for a, b in zip(ours, bare, strict=True)]
        print(
            f"  {what:17} bare MediaPipe loop {statistics.median(bare):6.2f} s   {given.engine} estimate"
            f" {statistics.median(ours):6.2f} s   ratio {statistics.median(ratios):.2f}"
            f"   (runs {' '.join(f'{r:.2f}' for r in ratios)})"
        )


if __name__ == "__main__":
    main()
