"""The ONNX models of a ``.task`` bundle: converted once, kept beside it, opened with ONNX Runtime.

A converted file's name holds the bundle's hash and the converter's version, so a new bundle or converter never meets
an old file. Files come into being by temp file and rename: several processes may convert at once.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import platformdirs

from formcheck.engines.blazepose.detector import Detector
from formcheck.engines.blazepose.landmarks import LandmarkModel
from formcheck.engines.blazepose.runtime import onnxruntime
from formcheck.errors import ModelError
from formcheck.model_store import file_sha256

#: Raise when the converter's output changes.
CONVERTER_VERSION: Final = 1
#: Outputs kept of each model, by their place in the TFLite model; the segmentation mask (2) is cut off.
DETECTOR_OUTPUTS: Final = MappingProxyType({"boxes": 0, "scores": 1})
LANDMARK_OUTPUTS: Final = MappingProxyType({"landmarks": 0, "presence": 1, "heatmap": 3, "world": 4})
_PARTS: Final[Mapping[str, tuple[str, Mapping[str, int]]]] = MappingProxyType(
    {
        "detector": ("pose_detector.tflite", DETECTOR_OUTPUTS),
        "landmarks": ("pose_landmarks_detector.tflite", LANDMARK_OUTPUTS),
    }
)
PROVIDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cpu": "CPUExecutionProvider",
        "cuda": "CUDAExecutionProvider",
        "coreml": "CoreMLExecutionProvider",
        "directml": "DmlExecutionProvider",
        "openvino": "OpenVINOExecutionProvider",
    }
)


def ensure_onnx(bundle: str | Path) -> dict[str, Path]:
    """The ONNX files of ``bundle`` by part ("detector", "landmarks"), converted if they are not there yet."""
    path = Path(bundle)
    try:
        digest = file_sha256(path)[:12]
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror}); give the path of a .task bundle"
        ) from error
    found = {}
    for part in _PARTS:
        name = f"{path.stem}-{digest}-{part}-v{CONVERTER_VERSION}.onnx"
        homes = [path.parent, Path(platformdirs.user_cache_dir("formcheck")) / "models"]
        there = next((home / name for home in homes if (home / name).is_file()), None)
        found[part] = there or _convert(path, part, name, homes)
    return found


def _convert(bundle: Path, part: str, name: str, homes: list[Path]) -> Path:
    # Only conversion needs these, so that starting with converted models stays quick.
    from formcheck.engines.blazepose.convert import to_onnx
    from formcheck.engines.blazepose.tflite_reader import read_tflite

    member, outputs = _PARTS[part]
    try:
        with zipfile.ZipFile(bundle) as archive:
            data = archive.read(member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(f"{bundle}: is not a pose model bundle; give a .task that holds {member}") from error
    content = to_onnx(read_tflite(data), outputs).SerializeToString()
    for home in homes:
        try:
            home.mkdir(parents=True, exist_ok=True)
            return _write(home / name, content)
        except OSError:
            continue
    raise ModelError(
        f"cannot write the converted model to {homes[0]} or {homes[1]}; make one of them writable"
    )


def _write(path: Path, content: bytes) -> Path:
    handle, scratch = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(scratch, 0o644)
        os.replace(scratch, path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return path


Models = tuple[Detector, LandmarkModel]


def open_models(bundle: str | Path, provider: str = "cpu", threads: int = 1) -> Models:
    """Both models of ``bundle``, ready to run; ``threads`` is how many one call may use.

    Raises ModelError if the provider is not in this build of ONNX Runtime, or the models cannot be loaded.
    """
    files = ensure_onnx(bundle)
    return _open(files["detector"], files["landmarks"], provider, threads)


@lru_cache(maxsize=2)  # clips side by side, and one after another, share them: a session can serve many threads
def _open(detector: Path, landmarks: Path, provider: str, threads: int) -> Models:
    return Detector(_session(detector, provider, threads)), LandmarkModel(_session(landmarks, provider, threads))


def _session(path: Path, provider: str, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=_providers(provider))
    except Exception as error:  # onnxruntime's own kinds share no base but Exception
        path.unlink(missing_ok=True)
        reason = str(error).splitlines()[0]
        raise ModelError(f"{path.name} cannot be loaded ({reason}); it was removed: try again") from error


def _providers(provider: str) -> list[str]:
    available = onnxruntime.get_available_providers()
    known = [name for name, full in PROVIDERS.items() if full in available]
    if PROVIDERS.get(provider) not in available:
        raise ModelError(
            f"expected a provider of {', '.join(known)}, got '{provider}'; others need another onnxruntime"
        )
    wanted = PROVIDERS[provider]
    return [wanted] if provider == "cpu" else [wanted, PROVIDERS["cpu"]]
