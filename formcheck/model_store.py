"""Turns a model name ("lite", "full", "heavy") into a file that is whole: cached, else fetched and verified.

The manifest says where a model comes from and its sha256. Files are verified before every use and come into being by
temp file and rename, so several processes may fetch at once. Nothing is fetched that is there already.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs

from formcheck.errors import ModelError
from formcheck.model_bundle import with_normalization, write_bundle
from formcheck.model_sources import download, fetch_archive, read_member
from formcheck.progress import OnProgress, Progress

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CACHE_VARIABLE: Final = "FORMCHECK_MODELS"
State = Literal["absent", "verified", "damaged"]


@dataclass(frozen=True)
class ModelStatus:
    """One line of the list of models. ``state`` of the file at ``path``; ``size_bytes`` of the official bundle."""

    name: str
    path: Path
    state: State
    size_bytes: int
    licence: str
    url: str
    default: bool


def ensure(name: str, progress: OnProgress | None = None) -> Path:
    """The verified bundle of ``name``, fetched if it is not cached. Raises ModelError in one line."""
    model = _model(name)
    path = cache_dir() / str(model["file"])
    if _state(model, path) == "verified":
        return path
    return _fetch(name, model, path, progress)


def fetch(name: str, progress: OnProgress | None = None) -> Path:
    """As ``ensure``, said by the command line."""
    return ensure(name, progress)


def verify(name: str) -> ModelStatus:
    """What is cached of ``name``; reads and hashes the file."""
    document = manifest()
    model = _model(name)
    path = cache_dir() / str(model["file"])
    return ModelStatus(
        name=name,
        path=path,
        state=_state(model, path),
        size_bytes=int(model["size"]),
        licence=str(model["licence"]),
        url=str(model["url"]),
        default=document["default"] == name,
    )


def list_models() -> tuple[ModelStatus, ...]:
    """Every model of the manifest and what is cached of it."""
    return tuple(verify(name) for name in model_names())


def model_names() -> tuple[str, ...]:
    """The names that ``ensure`` takes, in the manifest's order."""
    return tuple(str(model["name"]) for model in manifest()["model"])


@lru_cache(maxsize=1)
def manifest() -> dict[str, Any]:
    """The manifest: a checkout's ``models/manifest.toml``, else the one shipped in the wheel."""
    checkout = _checkout_models()
    packaged = resources.files("formcheck") / "data" / "manifest.toml"
    text = (checkout / "manifest.toml" if checkout else packaged).read_text(encoding="utf-8")
    return tomllib.loads(text)


def cache_dir() -> Path:
    """Where bundles are kept: $FORMCHECK_MODELS, else a checkout's ``models/``, else the user's cache."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser()
    checkout = _checkout_models()
    if checkout is not None and os.access(checkout, os.W_OK):
        return checkout
    return Path(platformdirs.user_cache_dir("formcheck")) / "models"


def _checkout_models() -> Path | None:
    root = Path(__file__).resolve().parent.parent
    inside = (root / "pyproject.toml").is_file() and (root / "models" / "manifest.toml").is_file()
    return root / "models" if inside else None


def _model(name: str) -> dict[str, Any]:
    for model in manifest()["model"]:
        if model["name"] == name:
            return dict(model)
    raise ModelError(f"expected a model of {', '.join(model_names())}, got '{name}'")


def _state(model: Mapping[str, Any], path: Path) -> State:
    if not path.is_file():
        return "absent"
    return "verified" if file_sha256(path) in _hashes(model) else "damaged"


def _hashes(model: Mapping[str, Any]) -> set[str]:
    return {str(model["sha256"]), str(model.get("built_sha256", ""))} - {""}


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file; read anew only if the file has changed since. Raises OSError."""
    stat = path.stat()
    return _file_sha256(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=16)
def _file_sha256(path: Path, _mtime_ns: int, _size: int, _inode: int) -> str:
    return sha256(path.read_bytes())


def sha256(content: bytes) -> str:
    """The SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _fetch(name: str, model: Mapping[str, Any], path: Path, progress: OnProgress | None) -> Path:
    found = "damaged" if path.is_file() else "not on this machine"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=path.parent) as scratch:
            bundle = _bring(model, Path(scratch), progress)
            os.replace(bundle, path)
    except OSError as error:
        raise ModelError(
            f"cannot write models to {path.parent} ({error.strerror or error}); set {CACHE_VARIABLE}"
            " to a folder you may write to, or give a bundle with --model-path"
        ) from error
    except ModelError as error:
        raise ModelError(
            f"pose model '{name}' is {found} and could not be fetched: {error}; connect to the"
            " network once, or give a bundle with --model-path"
        ) from error
    if progress is not None:
        progress(Progress("fetch", float(path.stat().st_size), float(path.stat().st_size)))
    return path


def _bring(model: Mapping[str, Any], scratch: Path, progress: OnProgress | None) -> Path:
    """The official bundle, else one built from parts, verified, in ``scratch``."""
    target = scratch / "bundle"
    try:
        download(str(model["url"]), target, int(model["size"]), progress)
        _check(target.read_bytes(), str(model["sha256"]), "the official bundle")
    except ModelError as official:
        try:
            _build(model, scratch, target, progress)
        except ModelError as built:
            raise ModelError(f"{official}; {built}") from built
    return target


def _build(model: Mapping[str, Any], scratch: Path, target: Path, progress: OnProgress | None) -> None:
    document = manifest()
    archives: dict[str, Path] = {}
    members: dict[str, bytes] = {}
    for part in (document["part"][name] for name in model["parts"]):
        source = str(part["source"])
        if source not in archives:
            folder = scratch / source
            folder.mkdir()
            archives[source] = fetch_archive(document["source"][source], folder, progress)
        content = read_member(archives[source], str(part["path"]))
        _check(content, str(part["sha256"]), str(part["path"]))
        members[str(part["member"])] = with_normalization(content, float(part["mean"]), float(part["std"]))
    write_bundle(target, members)
    _check(target.read_bytes(), str(model["built_sha256"]), "the bundle built here")
    for folder in {archive.parent for archive in archives.values()}:
        shutil.rmtree(folder)


def _check(content: bytes, expected: str, what: str) -> None:
    got = sha256(content)
    if got != expected:
        raise ModelError(
            f"{what} is not what the manifest lists (expected sha256 {expected[:12]}..., got {got[:12]}...)"
        )
