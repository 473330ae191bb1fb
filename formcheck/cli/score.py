"""``formcheck score`` and ``formcheck demo``: clips in; files, a summary and an exit code out."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from formcheck.cli.bar import ClipBar, Stopped
from formcheck.cli.inputs import find_clips, output_names, seconds
from formcheck.core.spec import Catalogue
from formcheck.core.types import Report
from formcheck.cores import available_cores
from formcheck.errors import FormcheckError
from formcheck.progress import OnProgress
from formcheck.texts import t

DEFAULT_OUT = Path("formcheck-out")
OK, FAULTS, BAD_INPUT = 0, 1, 2


@dataclass(frozen=True)
class Job:
    """What is the same for every clip of a run. ``how`` are the keyword arguments of ``api.analyse``."""

    out: Path
    how: dict[str, Any]
    catalogue: Catalogue
    overlay: bool = True
    html: bool = True
    debug: bool = False


@dataclass
class Outcome:
    """What became of the clips of a run."""

    done: list[tuple[Path, Report, Path]] = field(default_factory=list)
    failed: list[tuple[Path, str]] = field(default_factory=list)

    def exit_code(self, strict: bool) -> int:
        """2 if a clip could not be read, else 1 if faults were found and that matters, else 0."""
        if self.failed or not self.done:
            return BAD_INPUT
        faulty = any(f.verdict in ("minor", "major") for _, report, _ in self.done for f in report.findings)
        return FAULTS if strict and faulty else OK


def score_clip(clip: Path, name: str, job: Job, told: OnProgress, workers: int) -> tuple[Path, Report, Path]:
    """Score one clip and write its files."""
    from formcheck.api import analyse
    from formcheck.report.write import write_outputs

    analysis = analyse(clip, **job.how, catalogue=job.catalogue, progress=told, workers=workers)
    paths = write_outputs(analysis, job.out, clip, job.overlay, job.html, told, catalogue=job.catalogue, name=name)
    return clip, analysis.report, paths.folder


def score_clips(clips: list[Path], job: Job, bar: ClipBar) -> Outcome:
    """Score every clip, as many side by side as there are cores; the run goes on where one fails."""
    outcome, cores = Outcome(), available_cores()
    abreast = max(1, min(len(clips), cores))
    if abreast > 1:
        _fetch_once(job, bar)
    with ThreadPoolExecutor(abreast, thread_name_prefix="clip") as pool:
        named = zip(clips, output_names(clips), strict=True)
        tries = [pool.submit(_try, clip, name, job, bar, cores // abreast) for clip, name in named]
        try:
            for clip, one in zip(clips, tries, strict=True):
                done = one.result()
                if isinstance(done, str):
                    outcome.failed.append((clip, done))
                else:
                    outcome.done.append(done)
        except BaseException:
            bar.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return outcome


def _fetch_once(job: Job, bar: ClipBar) -> None:
    """The model, before clips side by side each fetch it; where that fails, each clip tells why."""
    from formcheck import model_store
    from formcheck.engines.choice import choose_model

    if job.how.get("model_path") is None:
        with bar.line(t("bar.first")) as line, suppress(FormcheckError):
            model_store.ensure(choose_model(job.how["model"], job.how["engine"]), line)


def _try(clip: Path, name: str, job: Job, bar: ClipBar, workers: int) -> tuple[Path, Report, Path] | str:
    """The clip, scored; or why it could not be."""
    try:
        with bar.clip(clip.name) as line:
            return score_clip(clip, name, job, line, workers)
    except Stopped:
        return "stopped"
    except FormcheckError as error:
        return str(error)
    except Exception as error:  # a clip that trips over a bug must not end a coach's whole folder
        if job.debug:
            raise
        return f"could not be scored ({type(error).__name__}: {error}); run again with --debug to see where"


def as_json(outcome: Outcome, single: bool) -> str:
    """The report of a single clip, or ``{"clips": [...], "failures": [...]}`` of many."""
    from formcheck.report.as_dict import to_dict

    failures = [{"path": str(path), "error": reason} for path, reason in outcome.failed]
    if single:
        data: Any = to_dict(outcome.done[0][1]) if outcome.done else failures[0]
    else:
        clips = [{"path": str(p), "folder": str(f), "report": to_dict(r)} for p, r, f in outcome.done]
        data = {"clips": clips, "failures": failures}
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def present(outcome: Outcome, job: Job, console: Console) -> None:
    """Summary of one clip, table of many, and what failed."""
    from formcheck.cli import show
    from formcheck.report.digest import titles_of

    titles = titles_of(job.catalogue)
    if len(outcome.done) == 1 and not outcome.failed:
        path, report, folder = outcome.done[0]
        show.show_clip(console, path, report, titles, folder)
    elif outcome.done:
        show.show_clips(console, outcome.done, titles)


def run_job(clips: list[Path], job: Job, as_json_text: bool, strict: bool, single: bool) -> int:
    """Score, show and say how it went."""
    from formcheck.cli import show

    quiet = Console(stderr=True)
    with ClipBar(quiet, shown=quiet.is_terminal, clips=len(clips)) as bar:
        outcome = score_clips(clips, job, bar)
    present(outcome, job, quiet if as_json_text else Console())
    show.show_failures(quiet, outcome.failed)
    if as_json_text:
        sys.stdout.write(as_json(outcome, single) + "\n")
    return outcome.exit_code(strict)


Clips = Annotated[list[Path], typer.Argument(help="Videos, or folders of videos.", show_default=False)]
Exercise = Annotated[str, typer.Option("--exercise", "-e", help="Exercise id, up_and_back, or auto to recognise it.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results, one folder a clip in it.")]
Engine = Annotated[str, typer.Option(help="Pose engine: auto, mediapipe or onnxruntime.")]
Model = Annotated[str, typer.Option(help="Pose model: lite, full, heavy; auto: heavy, with MediaPipe full.")]
ModelPath = Annotated[Path | None, typer.Option(help="Your own .task pose model bundle.")]
Subject = Annotated[
    str, typer.Option(help="Whom to score where there are several people; auto chooses over the whole clip.")
]
Start = Annotated[str | None, typer.Option("--start", help="Begin here: seconds or m:ss.")]
End = Annotated[str | None, typer.Option("--end", help="End here: seconds or m:ss.")]
Slowmo = Annotated[float | None, typer.Option(help="Slow-motion factor, e.g. 8 for 240 fps shown at 30.")]
Height = Annotated[float | None, typer.Option(help="Athlete's height in cm: gives metres and speed.")]
Load = Annotated[float | None, typer.Option(help="Load on the sled in kg.")]
BodyMass = Annotated[float | None, typer.Option(help="Athlete's body mass in kg.")]
Slope = Annotated[float | None, typer.Option(help="Slope of the hill in degrees.")]
OwnExercises = Annotated[Path | None, typer.Option("--exercises", help="Folder with exercise files of your own.")]
OwnLimits = Annotated[
    list[str] | None, typer.Option("--limit", help="Move a limit: EXERCISE/CHECK|MEASURE/LIMIT=NUMBER. Repeatable.")
]
Overlay = Annotated[bool, typer.Option("--overlay/--no-overlay", help="Write overlay.mp4.")]
Html = Annotated[bool, typer.Option("--html/--no-html", help="Write report.html.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, everything else on stderr.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 when faults are found.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an unexpected error comes from.")]


def score(
    clips: Clips, exercise: Exercise = "auto", out: Out = DEFAULT_OUT, engine: Engine = "auto", model: Model = "auto",
    model_path: ModelPath = None, subject: Subject = "auto", start: Start = None, end: End = None,
    slowmo: Slowmo = None, athlete_height_cm: Height = None, load_kg: Load = None, body_mass_kg: BodyMass = None,
    slope_deg: Slope = None, exercises: OwnExercises = None, limit: OwnLimits = None, overlay: Overlay = True,
    html: Html = True, json_: Json = False, strict: Strict = False, debug: Debug = False,
) -> None:  # fmt: skip
    """Score videos: what was wrong, when, how bad, and what to do about it.

    Exit codes: 0 scored; 1 faults found (with --strict); 2 bad usage or a video that cannot be read.
    """
    from formcheck.api import check_exercise, make_options
    from formcheck.exercises.limits import read_words, with_limits
    from formcheck.exercises.load import load_catalogue

    catalogue = load_catalogue(exercises)
    catalogue = with_limits(catalogue, read_words(limit or (), catalogue))
    make_options(athlete_height_cm, load_kg, body_mass_kg, slope_deg)  # bad figures end the run before it begins
    how = dict(
        exercise=check_exercise(exercise, catalogue), engine=engine, model=model, model_path=model_path,
        subject=subject, start_s=seconds(start), end_s=seconds(end), slowmo=slowmo,
        athlete_height_cm=athlete_height_cm, load_kg=load_kg, body_mass_kg=body_mass_kg, slope_deg=slope_deg,
    )  # fmt: skip
    job = Job(out, how, catalogue, overlay, html, debug)
    single = len(clips) == 1 and not clips[0].is_dir()
    raise typer.Exit(run_job(find_clips(clips), job, json_, strict, single))


def demo_clip() -> Path:
    """The clip that comes with formcheck: in a checkout among the fixtures, in a wheel among the data."""
    package = Path(__file__).resolve().parent.parent
    places = (package.parent / "fixtures" / "videos" / "demo.mp4", package / "data" / "demo.mp4")
    for place in places:
        if place.is_file():
            return place
    raise FormcheckError("the demo clip is not part of this installation; score a video of your own")


def demo(out: Out = DEFAULT_OUT, engine: Engine = "auto", model: Model = "auto", json_: Json = False) -> None:
    """Score the clip that comes with formcheck."""
    from formcheck.exercises.load import load_catalogue

    job = Job(out, {"engine": engine, "model": model}, load_catalogue())
    raise typer.Exit(run_job([demo_clip()], job, json_, strict=False, single=True))
