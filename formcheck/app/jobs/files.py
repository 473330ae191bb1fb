"""Small JSON files written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

#: Windows' reserved characters, control characters and path separators; the rest of Unicode is fine.
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` beside ``path`` and rename it over: a reader sees the old or the new, never half."""
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            json.dump(value, out, ensure_ascii=False, separators=(",", ":"))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """The file's value; None where the file is absent."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def safe_name(name: str, fallback: str = "clip.mp4") -> str:
    """The last part of ``name`` fit to be a file's name, its ending kept, at most 120 characters."""
    last = re.split(r"[/\\]", name)[-1]
    clean = _UNSAFE.sub("_", last).strip(" .")
    if not clean:
        return fallback
    stem, dot, suffix = clean.rpartition(".")
    if not dot:
        return clean[:120]
    return f"{stem[: 119 - len(suffix)]}.{suffix}" if len(suffix) < 12 else clean[:120]
