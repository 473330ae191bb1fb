"""What a run does: poses, score, files. The poses are kept, so that scoring again needs no pose model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from formcheck.api import analyse_pose, check_exercise, make_options
from formcheck.app.jobs.files import read_json, write_json
from formcheck.app.jobs.store import Job, is_ticket
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Analysis, PoseSequence
from formcheck.errors import FormcheckError
from formcheck.exercises.limits import with_limits
from formcheck.exercises.load import load_catalogue
from formcheck.io import pose_file
from formcheck.progress import OnProgress
from formcheck.report.write import write_outputs
from formcheck.spread import Spread, spreads

POSES, SPREADS, THUMB = "poses.npz", "spreads.json", "thumb.jpg"
ESTIMATE_KEYS = ("engine", "model", "subject", "start_s", "end_s", "slowmo")
OPTION_KEYS = ("athlete_height_cm", "load_kg", "body_mass_kg", "slope_deg")
THUMB_WIDTH = 240


def options_of(asked: Mapping[str, Any]) -> ScoreOptions:
    """What the user told beyond the clip; FormcheckError for a figure no athlete has."""
    return make_options(**{key: asked.get(key) for key in OPTION_KEYS})


def score_job(job: Job, folder: Path, progress: OnProgress) -> None:
    """Fill ``folder/out``. Raises FormcheckError in one line for bad input, and whatever ``progress`` raises."""
    from formcheck.engines import estimate

    catalogue = load_catalogue()
    check_exercise(job.exercise, catalogue)
    options_of(job.options)  # both before the minutes of pose estimation
    catalogue = with_limits(catalogue, job.options.get("limits") or {})
    pose = _kept_poses(job, folder)
    if pose is None:
        asked = {key: job.options[key] for key in ESTIMATE_KEYS if job.options.get(key) is not None}
        pose = estimate(job.video, progress=progress, **asked)
        pose = replace(pose, video=replace(pose.video, path=job.name))
    pose_file.save(folder / POSES, pose)
    write_run(rescore(pose, job.exercise, options_of(job.options), catalogue, progress), job, folder, progress)


def _kept_poses(job: Job, folder: Path) -> PoseSequence | None:
    """The poses of the run this one is made from, or of its own earlier attempt."""
    origin = str(job.options.get("poses_of") or folder.name)
    path = folder.parent / origin / POSES
    return pose_file.load(path) if is_ticket(origin) and path.is_file() else None


def rescore(
    pose: PoseSequence,
    exercise: str,
    options: ScoreOptions,
    catalogue: Catalogue,
    progress: OnProgress | None = None,
) -> Analysis:
    """Score poses that are there already; a fraction of a second."""
    return analyse_pose(pose, exercise, options, catalogue, progress)


def write_run(analysis: Analysis, job: Job, folder: Path, progress: OnProgress | None = None) -> None:
    """The run's files: results, per-check spread, thumbnail."""
    catalogue = load_catalogue()
    overlay = bool(job.video)  # a live set that was not recorded has no video
    write_outputs(
        analysis, folder, video_path=job.video, overlay=overlay, progress=progress, catalogue=catalogue, name="out"
    )
    found = spreads(analysis.report, analysis.signals, catalogue)
    write_json(folder / SPREADS, {str(place): list(spread) for place, spread in found.items()})
    make_thumb(folder / "out" / "overlay.mp4", folder / "out" / THUMB)


def read_spreads(folder: Path) -> dict[int, Spread]:
    """The spreads written with the run; empty for a run without."""
    return {int(place): (sd, int(n)) for place, (sd, n) in (read_json(folder / SPREADS) or {}).items()}


def make_thumb(video: Path, target: Path) -> None:
    """A small JPEG from the middle of ``video``; none where it cannot be read."""
    import cv2

    from formcheck.io.video import probe, read_frames

    try:
        middle_s = probe(video).duration_s / 2
        frame = next(iter(read_frames(video, start_s=middle_s)))
    except (FormcheckError, OSError, StopIteration):
        return
    height = round(frame.rgb.shape[0] * THUMB_WIDTH / frame.rgb.shape[1])
    small = cv2.resize(frame.rgb, (THUMB_WIDTH, height), interpolation=cv2.INTER_AREA)
    ok, data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    if ok:
        target.write_bytes(data.tobytes())
