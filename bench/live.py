"""How fast live is, and how soon it cues: ``python -m bench.live CLIP [--exercise ID] [--truth FILE]``.

The clip is fed frame by frame as fast as it is worked on. Prints milliseconds a frame for pose, core and overlay,
frames a second, and for every cue its delay after the end of the step that earned it: video time (against the
core's own end of the step, and against the truth where the clip has one) plus the frame's own processing.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np

from formcheck.core.types import EngineInfo, Frame
from formcheck.engines.base import FramePose
from formcheck.exercises.load import load_catalogue
from formcheck.io.video import read_frames
from formcheck.live.engine import open_quickest
from formcheck.live.picture import mirrored, paint
from formcheck.live.run import LiveRun

NEAR_S = 0.3  # a true event belongs to a step's end within this


class TimedEngine:
    """An engine that notes how long each pose took."""

    def __init__(self, engine) -> None:
        self._engine = engine
        self.info: EngineInfo = engine.info
        self.seconds: list[float] = []

    def push(self, frame: Frame) -> FramePose | None:
        """The engine's own, timed."""
        began = time.perf_counter()
        pose = self._engine.push(frame)
        self.seconds.append(time.perf_counter() - began)
        return pose


def measure(args: argparse.Namespace) -> dict:
    """Run the clip through; all times in seconds."""
    raw = open_quickest(args.engine, args.model)
    engine = TimedEngine(raw)
    run = LiveRun(load_catalogue(), engine, args.exercise, countdown_s=None, source=str(args.clip))
    frames, total, overlay, cues, decode, last = [], [], [], [], [], None
    clock = time.perf_counter
    mark = clock()
    for frame in read_frames(args.clip):
        if args.width and frame.rgb.shape[1] > args.width:
            height = round(frame.rgb.shape[0] * args.width / frame.rgb.shape[1])
            small = cv2.resize(frame.rgb, (args.width, height), interpolation=cv2.INTER_AREA)
            frame = Frame(frame.index, frame.time_s, small)
        decode.append(clock() - mark)
        began = clock()
        shot = run.push(frame)
        pushed = clock()
        picture = mirrored(frame.rgb)
        paint(picture, shot, mirror=True)
        mark = clock()
        total.append(mark - began)
        overlay.append(mark - pushed)
        frames.append(frame.time_s)
        if shot.update.new_cue:
            cues.append((shot.update.cue, frame.time_s, mark - began))
            if args.pictures:
                cv2.imwrite(str(args.pictures / f"cue{len(cues)}.png"), picture[..., ::-1])
        last = shot.update if shot.update.status == "ok" else last
    report = run.finish().report
    raw.close()
    return dict(total=total, overlay=overlay, pose=engine.seconds, cues=cues, report=report, last=last, frames=frames)


def true_delay(truth: dict | None, cue, shown_s: float) -> float | None:
    """After the true event (contact or lift-off, of the cue's side if it has one) nearest to the step's end."""
    if truth is None:
        return None
    sides = ("left", "right") if cue.side == "both" else (cue.side,)
    events = [e["time_s"] for kind in ("contacts", "lift_offs") for e in truth[kind] if e["side"] in sides]
    nearest = min(events, key=lambda at: abs(at - cue.earned_at_s))
    return shown_s - nearest if abs(nearest - cue.earned_at_s) <= NEAR_S else None


def tell(got: dict, truth: dict | None) -> None:
    """Print the figures."""
    skip = 30  # models warm up
    total, overlay, pose = (np.array(got[k][skip:]) * 1e3 for k in ("total", "overlay", "pose"))
    core = total - overlay - pose
    for name, ms in (("pose", pose), ("core", core), ("overlay", overlay), ("whole", total)):
        print(f"{name:8s} {np.mean(ms):6.1f} ms a frame   p95 {np.percentile(ms, 95):6.1f}   max {ms.max():6.1f}")
    print(f"processed {1e3 / np.mean(total):.1f} frames a second (as fast as they come; decoding left out)")
    report = got["report"]
    counted = got["last"].steps if got["last"] else None
    print(f"steps: live {counted}, report {len(report.steps)}, truth {len(truth['contacts']) if truth else '-'}")
    faulty = {f.check for f in report.findings if f.verdict in ("minor", "major")}
    planted = {f["check"]: f["onset_s"] for f in truth["faults"]} if truth else {}
    for cue, shown_s, processing_s in got["cues"]:
        own = shown_s - cue.earned_at_s + processing_s
        true = true_delay(truth, cue, shown_s)
        known = "" if true is None else f", {1e3 * (true + processing_s):.0f} ms by the truth"
        mark = "planted" if cue.id in planted else "in the report" if cue.id in faulty else "NOT in the report"
        delay = f"{1e3 * own:.0f} ms after the step's end{known}"
        print(f"cue {shown_s:6.2f} s {cue.id} {cue.side} {cue.severity}: {delay} ({mark})")
    for check, onset_s in planted.items():
        first = next((s for c, s, _ in got["cues"] if c.id == check), None)
        print(f"planted {check} from {onset_s} s: " + ("never cued" if first is None else f"cued at {first:.2f} s"))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--exercise", default=None, help="default: the truth's, else auto")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--model", default="full")
    parser.add_argument("--width", type=int, default=0, help="shrink the picture to this width, as a webcam's")
    parser.add_argument("--pictures", type=Path, default=None, help="folder for a picture of each cue")
    args = parser.parse_args()
    beside = args.clip.with_suffix("").with_suffix(".truth.json")
    truth = json.loads(beside.read_text()) if beside.is_file() else None
    args.exercise = args.exercise or (truth["exercise"] if truth else "auto")
    tell(measure(args), truth)


if __name__ == "__main__":
    main()
