"""Scored runs without a pose model, and short clips, for tests and screenshots."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from formcheck.api import analyse_pose
from formcheck.app.jobs.store import Job, JobStore
from formcheck.app.run import POSES, write_run
from formcheck.io import pose_file
from tests.report_factory import make_clip
from tests.synth import Walk, walker


def short_clip(source: Path, target: Path, start_s: float, end_s: float) -> Path:
    """The part of ``source`` from ``start_s`` to ``end_s``, encoded anew from time 0."""
    import av

    with av.open(str(source)) as given, av.open(str(target), "w") as out:
        read = given.streams.video[0]
        stream = out.add_stream("libx264", rate=read.average_rate, options={"preset": "ultrafast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = read.width, read.height, "yuv420p"
        for frame in given.decode(read):
            if start_s <= frame.time <= end_s:
                plain = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")
                out.mux(stream.encode(plain))
        out.mux(stream.encode())
    return target


def scored_run(
    data: Path, name: str = "seeded.mp4", owner: str = "local", exercise: str = "reverse_sled_pull", **walk: Any
) -> str:
    """A finished run of a stick figure that walks backward as ``walk`` says. Returns the ticket."""
    store = JobStore(data / "seeds")  # out of the queue's sight until it is done
    how: dict[str, Any] = {
        "noise_px": 0.4,
        "width": 640,
        "height": 360,
        "px_per_m": 130.0,
        "lean_deg": -14.0,
        "rock_deg": 18.0,
        "duration_s": 9.0,
    }
    pose, _ = walker(Walk(**how | walk))
    pose = replace(pose, video=replace(pose.video, path=name))
    analysis = analyse_pose(pose, exercise)
    source = data / name
    make_clip(source, analysis)
    ticket = store.create(Job(str(source), name, exercise, owner))
    folder = store.folder(ticket)
    pose_file.save(folder / POSES, pose)
    write_run(analysis, store.job(ticket), folder)
    store.update(ticket, status="done", fraction=1.0, finished_s=time.time(), attempts=1)
    (data / "runs").mkdir(exist_ok=True)
    folder.rename(data / "runs" / ticket)
    return ticket
