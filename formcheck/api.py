"""The Python front door: a path in, a ``Report`` (or the whole ``Analysis``) out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from difflib import get_close_matches
from pathlib import Path

from formcheck import __version__
from formcheck.core.spec import Catalogue, ScoreOptions
from formcheck.core.types import Analysis, PoseSequence, Report
from formcheck.errors import FormcheckError
from formcheck.memory import give_back
from formcheck.progress import OnProgress, Progress

AUTO, UP_AND_BACK = "auto", "up_and_back"


def near_miss(name: str, known: Iterable[str]) -> str:
    """`` did you mean 'x'?`` for the closest known name, or nothing."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""


def check_exercise(exercise: str, catalogue: Catalogue) -> str:
    """The exercise's id, also from one of its other names; FormcheckError with the near miss if unknown."""
    known = {AUTO: AUTO, UP_AND_BACK: UP_AND_BACK} | {key: key for key in catalogue.exercises}
    for key, spec in catalogue.exercises.items():
        known |= {other.lower().replace(" ", "_"): key for other in (spec.name, *spec.also_called)}
    asked = exercise.strip().lower().replace(" ", "_").replace("-", "_")
    if asked not in known:
        hint = near_miss(asked, known) or f"; choose auto or one of {', '.join(catalogue.exercises)}"
        raise FormcheckError(f"there is no exercise '{exercise}'{hint}")
    return known[asked]


def make_options(
    athlete_height_cm: float | None = None,
    load_kg: float | None = None,
    body_mass_kg: float | None = None,
    slope_deg: float | None = None,
) -> ScoreOptions:
    """What the user tells beyond the clip, checked: FormcheckError for a figure no athlete has."""
    limits = {
        "athlete height": (athlete_height_cm, 50, 260, "cm"),
        "load": (load_kg, 0, 2000, "kg"),
        "body mass": (body_mass_kg, 10, 400, "kg"),
        "slope": (slope_deg, -45, 45, "degrees"),
    }
    for name, (value, low, high, unit) in limits.items():
        if value is not None and not low <= value <= high:
            raise FormcheckError(f"{name}: expected {low} to {high} {unit}, got {value:g}")
    return ScoreOptions(athlete_height_cm, load_kg, body_mass_kg, slope_deg)


def analyse_pose(
    pose: PoseSequence,
    exercise: str = AUTO,
    options: ScoreOptions | None = None,
    catalogue: Catalogue | None = None,
    progress: OnProgress | None = None,
) -> Analysis:
    """Score poses that were estimated before. Raises FormcheckError for an unknown exercise."""
    from formcheck.core.pipeline import score_pose
    from formcheck.exercises.load import load_catalogue

    catalogue = catalogue or load_catalogue()
    exercise = check_exercise(exercise, catalogue)
    now = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    analysis = score_pose(pose, catalogue, exercise, options or ScoreOptions(), now, __version__)
    if progress is not None:
        progress(Progress("score", 1.0, 1.0))
    return analysis


def analyse(
    path: str | Path,
    exercise: str = AUTO,
    *,
    engine: str = "auto",
    model: str = "auto",
    model_path: str | Path | None = None,
    subject: str = "auto",
    start_s: float | None = None,
    end_s: float | None = None,
    slowmo: float | None = None,
    athlete_height_cm: float | None = None,
    load_kg: float | None = None,
    body_mass_kg: float | None = None,
    slope_deg: float | None = None,
    catalogue: Catalogue | None = None,
    progress: OnProgress | None = None,
    workers: int | None = None,
) -> Analysis:
    """Score the clip at ``path``: the report with the signals and landmarks it was made from.

    ``exercise`` is an id or name of the catalogue, ``up_and_back`` or ``auto``. Times in seconds of the clip as
    a player shows it. ``workers`` is how many cores may be taken, by default all. Poor footage is a result, not an
    error; raises FormcheckError (one line) for bad input.
    """
    from formcheck.engines import estimate
    from formcheck.exercises.load import load_catalogue

    catalogue = catalogue or load_catalogue()
    exercise = check_exercise(exercise, catalogue)  # before the minutes of pose estimation
    options = make_options(athlete_height_cm, load_kg, body_mass_kg, slope_deg)
    pose = estimate(
        path, engine=engine, model=model, subject=subject, start_s=start_s, end_s=end_s, slowmo=slowmo,
        model_path=model_path, progress=progress, workers=workers,
    )  # fmt: skip
    analysis = analyse_pose(pose, exercise, options, catalogue, progress)
    del pose
    give_back()
    return analysis


def score(
    path: str | Path,
    exercise: str = AUTO,
    *,
    engine: str = "auto",
    model: str = "auto",
    model_path: str | Path | None = None,
    subject: str = "auto",
    start_s: float | None = None,
    end_s: float | None = None,
    slowmo: float | None = None,
    athlete_height_cm: float | None = None,
    load_kg: float | None = None,
    body_mass_kg: float | None = None,
    slope_deg: float | None = None,
    catalogue: Catalogue | None = None,
    progress: OnProgress | None = None,
) -> Report:
    """``analyse(...)``, the report alone."""
    return analyse(
        path, exercise, engine=engine, model=model, model_path=model_path, subject=subject, start_s=start_s,
        end_s=end_s, slowmo=slowmo, athlete_height_cm=athlete_height_cm, load_kg=load_kg,
        body_mass_kg=body_mass_kg, slope_deg=slope_deg, catalogue=catalogue, progress=progress,
    ).report  # fmt: skip
