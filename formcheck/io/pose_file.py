"""Poses to and from a compressed ``.npz``, so that a clip's poses are estimated once."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from formcheck.core.types import EngineInfo, PoseSequence, SubjectInfo, VideoInfo
from formcheck.errors import FormcheckError

VERSION: Final = 1
_ARRAYS: Final = ("time_s", "landmarks_px", "visibility", "world_m")


def save(path: str | Path, pose: PoseSequence) -> Path:
    """Write ``pose`` to ``path`` by temp file and rename; returns the path. Arrays come back bit for bit."""
    target = Path(path)
    about = {"video": asdict(pose.video), "engine": asdict(pose.engine), "subject": asdict(pose.subject)}
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".pose-", suffix=".npz", dir=target.parent)
    temp = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            np.savez_compressed(
                out,
                version=np.array(VERSION),
                about=np.array(json.dumps(about)),
                **{array: getattr(pose, array) for array in _ARRAYS},
            )
        temp.replace(target)
    finally:
        temp.unlink(missing_ok=True)
    return target


def load(path: str | Path) -> PoseSequence:
    """Read what ``save`` wrote. Raises FormcheckError in one line if it is missing, damaged or of another kind."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            version = int(stored["version"])
            if version != VERSION:
                raise FormcheckError(
                    f"{path}: expected pose file version {VERSION}, got {version}; estimate the poses again"
                )
            arrays = {name: stored[name] for name in _ARRAYS}
            about = json.loads(str(stored["about"]))
        return PoseSequence(**arrays, **_about(about))
    except FileNotFoundError as error:
        raise FormcheckError(f"{path}: there is no such pose file; check the name") from error
    except FormcheckError:
        raise
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise FormcheckError(f"{path}: is not a pose file or is damaged; estimate the poses again") from error


def _about(about: dict[str, Any]) -> dict[str, Any]:
    video = {**about["video"], "warnings": tuple(about["video"].get("warnings", ()))}
    return {
        "video": VideoInfo(**video),
        "engine": EngineInfo(**about["engine"]),
        "subject": SubjectInfo(**about["subject"]),
    }
