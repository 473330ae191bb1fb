"""Words of the command line into values: clips from files and folders, times, folder names for the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from formcheck.errors import FormcheckError
from formcheck.report.write import OVERLAY, REPORT

VIDEO_SUFFIXES = frozenset(
    (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mjpeg", ".mjpg", ".mts", ".m2ts", ".ts", ".3gp")
    + (".mpg", ".mpeg", ".wmv", ".flv", ".hevc", ".h264")
)


def _is_own_output(path: Path) -> bool:
    """Whether the file is an overlay that formcheck made: such a clip has its report beside it."""
    return path.name == OVERLAY and (path.parent / REPORT).exists()


def clips_in(folder: Path) -> list[Path]:
    """The videos in a folder and its subfolders, by name; hidden ones and formcheck's own left out."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in VIDEO_SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not _is_own_output(path)
    ]
    if not found:
        raise FormcheckError(f"{folder}: no videos in this folder; give a folder with .mp4, .mov, .mkv or the like")
    return found


def find_clips(paths: Sequence[Path]) -> list[Path]:
    """Every clip named, folders opened, each once, in the order given. FormcheckError for an empty folder."""
    clips = [clip for path in paths for clip in (clips_in(path) if path.is_dir() else [path])]
    return list({clip.resolve(): clip for clip in reversed(clips)}.values())[::-1]


def output_names(clips: Sequence[Path]) -> list[str]:
    """A folder name for each clip: its stem; of clips with the same stem the later ones get -2, -3, ..."""
    taken: set[str] = set()
    names = []
    for clip in clips:
        stem = clip.stem or "clip"
        name, n = stem, 2
        while name.lower() in taken:  # a file system may not tell A from a
            name, n = f"{stem}-{n}", n + 1
        taken.add(name.lower())
        names.append(name)
    return names


def seconds(text: str | None) -> float | None:
    """Seconds from "75", "75.5", "1:15.5" or "0:01:15"; FormcheckError otherwise."""
    if text is None:
        return None
    try:
        total = 0.0
        for part in text.strip().split(":"):
            total = 60 * total + float(part)
    except ValueError:
        raise FormcheckError(f"expected a time such as 12.5 or 1:05, got '{text}'") from None
    if not 0 <= total < 1e7:
        raise FormcheckError(f"expected a time of 0 s or later, got '{text}'")
    return total
