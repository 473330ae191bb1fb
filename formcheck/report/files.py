"""Writing so that a file is either whole or absent: a temporary file beside it, then a rename."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formcheck.errors import FormcheckError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``; renamed to it on success, removed on any failure or interrupt."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=f".part{path.suffix}", dir=path.parent)
    os.close(handle)
    temp = Path(name)
    try:
        yield temp
        os.chmod(temp, 0o666 & ~_umask())  # mkstemp makes it private; the reader may be someone else
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """``text`` as UTF-8 with the line ends it has."""
    with whole_file(path) as temp:
        temp.write_bytes(text.encode("utf-8"))


def ready_folder(path: Path) -> Path:
    """``path`` as a folder, made if needed; FormcheckError if it cannot be one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
        raise FormcheckError(f"{path}: cannot be used as a folder ({problem}); choose another with --out") from error
    return path
