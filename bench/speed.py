"""Speed of both engines side by side, in one run, against a bare MediaPipe loop and against the physical limit.

    python bench/speed.py CLIP [--minutes 1] [--rounds 3]

CLIP is looped (its packets, not encoded again) into one long clip. Every figure is measured in a process of its own;
the jobs take turns, round after round, and each ratio is of two jobs of the same round, so that a machine that is busy
with other things slows both. The figure printed is the median over rounds, the spread follows it. "By CPU time" divides
the limit's CPU time a frame by the job's: it holds on a busy machine too, where wall time does not.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np

Result = dict[str, float]

_BARE, _LIMIT = "bare MediaPipe loop, full", "bare landmark inference, all cores, full"
_LONG_JOBS = (
    (_BARE, "bare", "full", 1),
    ("score, mediapipe, full", "score:mediapipe", "full", 1),
    ("score, onnxruntime, full", "score:onnxruntime", "full", 1),
    ("pose only, onnxruntime, full", "pose:onnxruntime", "full", 1),
    ("score, onnxruntime, lite", "score:onnxruntime", "lite", 1),
    ("score, onnxruntime, heavy", "score:onnxruntime", "heavy", 1),
    ("decoding only, one thread", "decode", "full", 1),
    (_LIMIT, "limit", "full", 1),
)
_EIGHT_JOBS = (
    ("eight clips, bare MediaPipe loop", "bare", "full", 8),
    ("eight clips, score, onnxruntime", "score:onnxruntime", "full", 8),
)


def main() -> None:
    """Measure and print, or do one job for the process that measures."""
    options = _arguments()
    if options.job:
        print(json.dumps(_JOBS[options.job.split(":")[0]](options)))
        return
    with tempfile.TemporaryDirectory() as folder:
        long_clip = Path(folder) / "long.mp4"
        frames = loop_packets(options.clip, long_clip, options.minutes * 60)
        print(f"{Path(options.clip).name} looped to {frames} frames; {len(os.sched_getaffinity(0))} cores\n")
        rounds = [_round(long_clip, options) for _ in range(options.rounds)]
    _print_table(rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-heavy", action="store_true", help="leave out the slowest model")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--model", default="full", help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, default=1, help=argparse.SUPPRESS)
    return parser.parse_args()


def loop_packets(source: str | Path, target: Path, length_s: float) -> int:
    """Write ``source`` again and again to ``target`` without encoding; returns the number of frames."""
    with av.open(str(source)) as first:
        stream = first.streams.video[0]
        packets = [p for p in first.demux(stream) if p.pts is not None]
        span = max(p.pts + (p.duration or 1) for p in packets) - min(p.pts for p in packets)
        repeats = max(1, round(length_s / float(span * stream.time_base)))
        with av.open(str(target), "w") as out:
            copy = out.add_stream_from_template(stream)
            for turn in range(repeats):
                with av.open(str(source)) as again:
                    for packet in again.demux(again.streams.video[0]):
                        if packet.pts is None:
                            continue
                        packet.pts, packet.dts = packet.pts + turn * span, packet.dts + turn * span
                        packet.stream = copy
                        out.mux(packet)
    return repeats * len(packets)


def _round(long_clip: Path, options: argparse.Namespace) -> dict[str, Result]:
    measured = {}
    jobs = [(long_clip, job) for job in _LONG_JOBS] + [(Path(options.clip), job) for job in _EIGHT_JOBS]
    for clip, (name, job, model, times) in jobs:
        if model == "heavy" and options.no_heavy:
            continue
        command = [sys.executable, __file__, str(clip), "--job", job, "--model", model, "--times", str(times)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: left out ({done.stderr.strip().splitlines()[-1][:120]})")
            continue
        measured[name] = json.loads(done.stdout.splitlines()[-1])
        print(f"{name}: {measured[name]['fps']:.1f} frames/s", file=sys.stderr, flush=True)
    command = [sys.executable, __file__, str(options.clip), "--job", "live"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured["live, a frame pushed, full"] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _timed(work: Callable[[], int]) -> Result:
    """Frames a second of ``work``, which returns how many frames it did, and what it took."""
    cpu_s, start_s = time.process_time(), time.perf_counter()
    frames = work()
    took_s = time.perf_counter() - start_s
    return {
        "fps": frames / took_s,
        "cpu_ms": (time.process_time() - cpu_s) / frames * 1e3,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _bare(options: argparse.Namespace) -> Result:
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    from formcheck import model_store

    bundle = str(model_store.ensure(options.model))

    def work() -> int:
        frames = 0
        for _ in range(options.times):
            settings = vision.PoseLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=bundle), running_mode=vision.RunningMode.VIDEO
            )
            with (
                vision.PoseLandmarker.create_from_options(settings) as landmarker,
                av.open(options.clip) as file,
            ):
                file.streams.video[0].thread_type = "AUTO"
                for frame in file.decode(video=0):
                    image = mediapipe.Image(mediapipe.ImageFormat.SRGB, frame.to_ndarray(format="rgb24"))
                    landmarker.detect_for_video(image, round(frame.time * 1000))
                    frames += 1
        return frames

    return _timed(work)


def _load(engine: str) -> None:
    """Import the engine, so that it is not timed: a bare loop's import is not either."""
    importlib.import_module(f"formcheck.engines.{'mediapipe' if engine == 'mediapipe' else 'onnx'}_engine")
    if engine == "mediapipe":
        importlib.import_module("mediapipe.tasks.python.vision")


def _score(options: argparse.Namespace) -> Result:
    from formcheck import api
    from formcheck.core import pipeline
    from formcheck.cores import available_cores

    core_s = [0.0]
    whole = pipeline.score_pose

    def timed_core(*args: Any, **words: Any) -> Any:
        start_s = time.perf_counter()
        try:
            return whole(*args, **words)
        finally:
            core_s[0] += time.perf_counter() - start_s

    pipeline.score_pose = timed_core
    engine = options.job.split(":")[1]
    _load(engine)

    def one(_: int) -> int:
        workers = None if options.times == 1 else 1
        return len(api.analyse(options.clip, engine=engine, model=options.model, workers=workers).signals.time_s)

    def work() -> int:
        # Several clips are scored as the command line does it: side by side, one core each.
        with ThreadPoolExecutor(min(options.times, available_cores())) as pool:
            return sum(pool.map(one, range(options.times)))

    start_s = time.perf_counter()
    result = _timed(work)
    return {**result, "core_share": core_s[0] / (time.perf_counter() - start_s)}


def _pose(options: argparse.Namespace) -> Result:
    from formcheck.engines import estimate

    engine = options.job.split(":")[1]
    _load(engine)
    return _timed(lambda: len(estimate(options.clip, engine=engine, model=options.model).time_s))


def _decode(options: argparse.Namespace) -> Result:
    from formcheck.io.video import read_pictures

    return _timed(lambda: sum(1 for _ in read_pictures(options.clip, one_thread=True)))


def _limit(options: argparse.Namespace) -> Result:
    """The landmark model alone, one thread a core, on a picture that never changes."""
    from formcheck import model_store
    from formcheck.cores import available_cores
    from formcheck.engines.blazepose.store import open_models

    _, model = open_models(model_store.ensure(options.model))
    image = np.random.default_rng(0).random((1, 3, 256, 256), dtype=np.float32)
    each, cores = 300, available_cores()

    def infer() -> None:
        for _ in range(each):
            model.session.run(None, {"image": image})

    def work() -> int:
        threads = [threading.Thread(target=infer) for _ in range(cores)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return each * cores

    infer()
    return _timed(work)


def _live(options: argparse.Namespace) -> Result:
    """Work a pushed frame takes; the camera's decoding is not in it."""
    from formcheck import model_store
    from formcheck.engines.onnx_engine import OnnxEngine
    from formcheck.io.video import read_frames

    engine = OnnxEngine(model_store.ensure(options.model), options.model)
    took_ms = []
    for frame in read_frames(options.clip):
        start_s = time.perf_counter()
        engine.push(frame)
        took_ms.append((time.perf_counter() - start_s) * 1e3)
        if len(took_ms) == 300:
            break
    settled = np.array(took_ms[10:])
    return {
        "fps": 1e3 / settled.mean(),
        "median_ms": float(np.median(settled)),
        "p95_ms": float(np.percentile(settled, 95)),
    }


_JOBS: dict[str, Callable[[argparse.Namespace], Result]] = {
    "bare": _bare,
    "score": _score,
    "pose": _pose,
    "decode": _decode,
    "limit": _limit,
    "live": _live,
}


def _print_table(rounds: list[dict[str, Result]]) -> None:
    names = [name for name in rounds[0] if all(name in one for one in rounds)]
    columns = (
        "job",
        "frames/s",
        "x bare MediaPipe",
        "of the limit",
        "by CPU time",
        "CPU ms/frame",
        "core's share",
    )
    print(f"| {' | '.join((*columns, 'peak MB'))} |")
    print("|---" * (len(columns) + 1) + "|")
    for name in names:
        base = "eight clips, bare MediaPipe loop" if name.startswith("eight") else _BARE
        rows = [
            _spread(one[name]["fps"] for one in rounds),
            _spread(one[name]["fps"] / one[base]["fps"] for one in rounds if base in one),
            _spread(100 * one[name]["fps"] / one[_LIMIT]["fps"] for one in rounds if _LIMIT in one),
            _spread(
                100 * one[_LIMIT]["cpu_ms"] / one[name]["cpu_ms"] for one in rounds if "cpu_ms" in one[name]
            ),
            *(_of(rounds, name, key) for key in ("cpu_ms", "core_share", "peak_mb")),
        ]
        print(f"| {name} | " + " | ".join(rows) + " |")
    for one in rounds:
        live = one["live, a frame pushed, full"]
        print(
            f"\nlive: median {live['median_ms']:.1f} ms, p95 {live['p95_ms']:.1f} ms of work a frame", end=""
        )
    print()


def _of(rounds: list[dict[str, Result]], name: str, key: str) -> str:
    values = [one[name][key] for one in rounds if key in one[name]]
    if not values:
        return ""
    middle = statistics.median(values)
    return (
        f"{100 * middle:.2f} %"
        if key == "core_share"
        else f"{middle:.1f}"
        if middle < 100
        else f"{middle:.0f}"
    )


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    if not found:
        return ""
    digits = 2 if found[-1] < 20 else 0
    low, middle, high = found[0], statistics.median(found), found[-1]
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


if __name__ == "__main__":
    main()
