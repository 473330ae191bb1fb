"""Peak memory on a clip of one minute and one of many, made by looping a clip.

    python bench/memory.py CLIP [--minutes 20] [--model lite] [--height 360] [--score]

Of ``formcheck.engines.estimate``, or with ``--score`` of the whole run: poses, core, JSON, CSV, HTML and overlay.

Each length runs in a process of its own; its peak resident size is the kernel's own count.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from formcheck import api
from formcheck.engines import estimate
from formcheck.io.encode import H264Writer
from formcheck.io.video import probe, read_frames
from formcheck.report.write import write_outputs


def looped(clip: Path, target: Path, seconds: float, height: int) -> None:
    """``clip`` over and over, to ``seconds``, scaled to ``height``."""
    info = probe(clip)
    width = round(info.width * height / info.height / 2) * 2
    pictures = [cv2.resize(frame.rgb, (width, height), interpolation=cv2.INTER_AREA) for frame in read_frames(clip)]
    step_s = Fraction(1) / Fraction(info.fps).limit_denominator(1001)
    with H264Writer(target, width, height, quality=28, preset="ultrafast") as writer:
        for k in range(round(seconds / step_s)):
            writer.write(np.asarray(pictures[k % len(pictures)]), float(k * step_s))


def peak_mb() -> float:
    """The greatest resident size of the process so far, megabytes."""
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def measure(clip: Path, engine: str, model: str, score: bool) -> None:
    """Work on ``clip`` here and print its frames, seconds and peak."""
    begin = time.perf_counter()
    if score:
        analysis = api.analyse(clip, engine=engine, model=model)
        write_outputs(analysis, clip.parent / "out", clip)
        frames = len(analysis.signals.time_s)
    else:
        frames = len(estimate(clip, engine=engine, model=model).time_s)
    print(frames, time.perf_counter() - begin, peak_mb())


def main() -> None:
    """Print both peaks, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--model", default="lite")
    parser.add_argument("--engine", default="mediapipe")
    parser.add_argument("--score", action="store_true", help="the whole run, not the poses alone")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.clip, given.engine, given.model, given.score)
        return
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (1.0, given.minutes):
            clip = Path(folder) / f"{minutes:g}min.mp4"
            looped(given.clip, clip, 60 * minutes, given.height)
            command = [
                sys.executable,
                __file__,
                str(clip),
                "--measure",
                "--engine",
                given.engine,
                "--model",
                given.model,
                *(["--score"] if given.score else []),
            ]
            said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
            peaks.append(float(said[2]))
            print(
                f"{minutes:5g} min  {said[0]:>7} frames  {float(said[1]):8.1f} s  peak {peaks[-1]:7.1f} MB",
                flush=True,
            )
    print(f"ratio {peaks[1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
