"""``formcheck live``: a set before a camera, one cue at a time in a window, and its report at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from formcheck import __version__
from formcheck.core.types import Analysis, Frame
from formcheck.errors import FormcheckError
from formcheck.texts import t

if TYPE_CHECKING:
    from formcheck.core.spec import Catalogue
    from formcheck.live.run import Shot

DEFAULT_OUT = Path("formcheck-out")

Camera = Annotated[str, typer.Option(help="Camera number (0 is the first), or a video file in its place.")]
Exercise = Annotated[str, typer.Option("--exercise", "-e", help="Exercise id, up_and_back, or auto.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the set's report, one folder a set in it.")]
Record = Annotated[Path | None, typer.Option(help="Keep the set as a video in this file; without it nothing is kept.")]
Mirror = Annotated[bool, typer.Option("--mirror/--no-mirror", help="Show the picture as a mirror does.")]
Engine = Annotated[str, typer.Option(help="Pose engine: auto, mediapipe or onnxruntime.")]
Model = Annotated[str, typer.Option(help="Pose model: lite, full or heavy.")]
ModelPath = Annotated[Path | None, typer.Option(help="Your own .task pose model bundle.")]
Countdown = Annotated[float, typer.Option(min=0, max=60, help="Seconds to get ready; 0 begins at once.")]
Headless = Annotated[bool, typer.Option("--headless", hidden=True, help="No window: tell cues on stdout.")]


def live(
    camera: Camera = "0", exercise: Exercise = "auto", out: Out = DEFAULT_OUT, record: Record = None,
    mirror: Mirror = True, engine: Engine = "auto", model: Model = "full", model_path: ModelPath = None,
    countdown: Countdown = 3.0, headless: Headless = False,
) -> None:  # fmt: skip
    """Watch a set through a camera: step count, rhythm, one cue at a time; a report at the end.

    Space ends the set, q quits. Nothing is recorded unless --record names a file.
    """
    import cv2  # noqa: F401  # before PyAV: in the other order OpenCV's windows hang on Linux

    from formcheck.api import check_exercise
    from formcheck.exercises.load import load_catalogue
    from formcheck.live.engine import open_quickest
    from formcheck.live.run import LiveRun
    from formcheck.live.window import Window, go

    catalogue = load_catalogue()
    exercise = check_exercise(exercise, catalogue)
    frames = open_source(camera, paced=not headless)
    with ExitStack() as stack:
        stack.enter_context(closing(frames))  # type: ignore[type-var]
        first = next(frames, None)
        if first is None:
            raise FormcheckError(f"{camera}: has no pictures; give a camera number or another file")
        pose_engine = stack.enter_context(closing(open_quickest(engine, model, model_path)))  # type: ignore[arg-type]
        name = set_name(record, camera)
        run = LiveRun(catalogue, pose_engine, exercise, countdown_s=countdown or None, source=str(record or name))
        show = tell if headless else stack.enter_context(Window(mirror))
        go(run, chain([first], frames), show, record)
    analysis = run.finish(now_text(), __version__)
    if analysis is None:
        raise FormcheckError("the set never began: the whole body was not in the picture; step back and try again")
    hand_out(analysis, catalogue, out, name, record)


def open_source(camera: str, paced: bool) -> Iterator[Frame]:
    """A camera by number, or a file. FormcheckError if there is neither."""
    from formcheck.live.sources import camera_frames, file_frames

    if camera.isdecimal():
        return camera_frames(int(camera))
    if Path(camera).is_file():
        return file_frames(camera, paced)
    raise FormcheckError(f"expected a camera number or a video file, got '{camera}'; try --camera 0")


def set_name(record: Path | None, camera: str) -> str:
    """The report folder's name: the recording's or the file's, else the moment."""
    if record is not None:
        return record.stem
    if not camera.isdecimal():
        return f"live-{Path(camera).stem}"
    return datetime.now().strftime("live-%Y%m%d-%H%M%S")


def tell(frame: Frame, shot: Shot) -> bool:
    """Without a window: new cues and the stop, a line each."""
    update = shot.update
    if update.new_cue and update.cue is not None:
        step = t("cli.step", n=update.steps)
        sys.stdout.write(f"{update.time_s:7.2f} s  {step}  {update.cue.spoken}\n")
    return True


def hand_out(analysis: Analysis, catalogue: Catalogue, out: Path, name: str, record: Path | None) -> None:
    """Write the report and show its summary; the overlay only where a recording was asked for."""
    from formcheck.cli import show
    from formcheck.report.digest import titles_of
    from formcheck.report.write import write_outputs

    clip = record if record is not None and record.is_file() else None
    paths = write_outputs(analysis, out, clip, overlay=clip is not None, catalogue=catalogue, name=name)
    show.show_clip(Console(), Path(name), analysis.report, titles_of(catalogue), paths.folder)


def now_text() -> str:
    """The moment, as reports have it."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
