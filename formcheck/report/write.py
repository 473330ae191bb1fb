"""Everything formcheck hands out for one clip, into ``out_dir/<name>/``; each file whole or absent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from formcheck.core.spec import Catalogue
from formcheck.core.types import Analysis
from formcheck.errors import FormcheckError
from formcheck.progress import OnProgress, Progress
from formcheck.report import store, tables
from formcheck.report.digest import digest
from formcheck.report.files import ready_folder, write_text

REPORT, STEPS, SIGNALS = "report.json", "steps.csv", "signals.csv"
OVERLAY, PAGE = "overlay.mp4", "report.html"


@dataclass(frozen=True)
class OutputPaths:
    """Where the files of one clip are; None for what was not asked for or could not be made."""

    folder: Path
    report_json: Path
    steps_csv: Path
    signals_csv: Path
    overlay_mp4: Path | None = None
    report_html: Path | None = None


def write_outputs(
    analysis: Analysis,
    out_dir: str | Path,
    video_path: str | Path | None = None,
    overlay: bool = True,
    html: bool = True,
    progress: OnProgress | None = None,
    *,
    catalogue: Catalogue | None = None,
    name: str | None = None,
) -> OutputPaths:
    """Write report, tables, overlay and page.

    ``video_path`` is where the clip lies now (default: the report's own path); ``catalogue`` gives titles and
    bands for the page; ``name`` the folder's name (default: the clip's stem). Files of an earlier run that are
    not written again are removed, for they would belong to another report. Raises FormcheckError.
    """
    clip = Path(video_path or analysis.report.video.path)
    folder = ready_folder(Path(out_dir) / (name or clip.stem))
    try:
        return _write(analysis, folder, clip, overlay, html, progress, catalogue)
    except OSError as error:
        raise FormcheckError(
            f"{folder}: cannot be written ({error.strerror or error}); choose another --out"
        ) from error


def _write(
    analysis: Analysis,
    folder: Path,
    clip: Path,
    overlay: bool,
    html: bool,
    progress: OnProgress | None,
    catalogue: Catalogue | None,
) -> OutputPaths:
    report = store.save(analysis.report, folder / REPORT)
    steps = tables.write_steps(analysis.report, folder / STEPS)
    signals = tables.write_signals(analysis.signals, folder / SIGNALS)
    drawable = len(analysis.signals.time_s) > 1
    kept = _draw(analysis, folder, clip, progress, html) if overlay and drawable else None
    if kept is None:
        (folder / OVERLAY).unlink(missing_ok=True)
    page = folder / PAGE
    if html:
        write_text(
            page,
            page_of(analysis, clip if drawable else None, catalogue, kept, OVERLAY if kept is not None else None),
        )
    else:
        page.unlink(missing_ok=True)
    if progress is not None:
        progress(Progress("write", 1.0, 1.0))
    return OutputPaths(
        folder, report, steps, signals, folder / OVERLAY if kept is not None else None, page if html else None
    )


def _draw(analysis: Analysis, folder: Path, clip: Path, progress: OnProgress | None, html: bool) -> dict:
    """Write the overlay; returns the clean frames the page's stills need, caught on the way."""
    from formcheck.report.html.stills import moment_of
    from formcheck.report.overlay.video import Keeper, write_overlay

    moments = [moment_of(fault.worst) for fault in digest(analysis.report).top] if html else []
    keeper = Keeper(moment for moment in moments if moment is not None)
    write_overlay(analysis, clip, folder / OVERLAY, keeper, progress)
    return keeper.kept


def page_of(
    analysis: Analysis,
    clip: Path | None,
    catalogue: Catalogue | None = None,
    frames: dict | None = None,
    overlay_name: str | None = None,
) -> str:
    """``report.html`` as text. Stills come from ``frames`` by moment, else are read from ``clip``, else left out."""
    from formcheck.report.html.build import render_html
    from formcheck.report.html.stills import make_stills, moment_of, read_moments

    top = [fault.worst for fault in digest(analysis.report).top]
    if frames is None and clip is not None and clip.is_file():
        frames = read_moments(analysis, clip, [m for m in map(moment_of, top) if m is not None])
    return render_html(analysis, make_stills(analysis, top, frames or {}), catalogue, overlay_name)
