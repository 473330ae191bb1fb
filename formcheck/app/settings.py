"""Where the app keeps its files and how much it takes, from the environment. Nothing is created here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from formcheck.errors import FormcheckError

GIB = 1024**3
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def data_dir() -> Path:
    """The app's folder: ``FORMCHECK_DATA``, else the user's data folder of this system."""
    given = os.environ.get("FORMCHECK_DATA")
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("formcheck", appauthor=False))


def database_url() -> str:
    """``FORMCHECK_DB`` (any SQLAlchemy URL), else a SQLite file in ``data_dir``."""
    return os.environ.get("FORMCHECK_DB") or f"sqlite:///{data_dir() / 'history.sqlite3'}"


@dataclass(frozen=True)
class Settings:
    """``max_upload_bytes`` a file; runs that nobody saved are deleted after ``keep_days``."""

    runs_dir: Path
    max_upload_bytes: int = 2 * GIB
    keep_days: float = 14.0
    free_bytes: int = GIB // 2  # room that an upload must leave on the disk


def load() -> Settings:
    """The settings as the environment has them; FormcheckError for a value that is no number."""
    return Settings(
        runs_dir=data_dir() / "runs",
        max_upload_bytes=int(_number("FORMCHECK_MAX_UPLOAD_MB", 2048) * 1024**2),
        keep_days=_number("FORMCHECK_KEEP_DAYS", 14),
    )


def _number(name: str, default: float) -> float:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        raise FormcheckError(f"{name}: expected a number, got {text!r}; unset it or give one") from None
    if value <= 0:
        raise FormcheckError(f"{name}: expected a number above 0, got {text!r}")
    return value


def many_users(address: str | None) -> bool:
    """Whether browsers are kept apart: ``FORMCHECK_USERS`` is "one" or "many"; unset, a server bound to the
    loopback ``address`` is one person's, any other (None: every network) is shared.
    """
    said = os.environ.get("FORMCHECK_USERS", "")
    if said not in ("", "one", "many"):
        raise FormcheckError(f"FORMCHECK_USERS: expected one or many, got {said!r}")
    return said == "many" if said else address not in LOOPBACK
