"""Which engine and which model: what was asked for, or the better by the measured table.

docs/decisions/0002-onnx-engine.md has the figures for the engines, 0005-heavy-model.md those for the models.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import Final

from formcheck import model_store
from formcheck.engines.base import EngineName, PoseEngine
from formcheck.errors import FormcheckError, ModelError
from formcheck.progress import OnProgress

AUTO: Final = "auto"
#: The model that ``auto`` takes for a clip.
CLIP_MODEL: Final = {"onnxruntime": "heavy", "mediapipe": "full"}
#: A camera does not wait.
LIVE_MODEL: Final = "full"


def choose_engine(asked: EngineName) -> EngineName:
    """``asked``, or for ``auto`` ONNX Runtime where it is installed. FormcheckError for an unknown name."""
    if asked not in (AUTO, "mediapipe", "onnxruntime"):
        raise FormcheckError(f"expected engine auto, mediapipe or onnxruntime, got '{asked}'")
    if asked != AUTO:
        return asked
    return "onnxruntime" if util.find_spec("onnxruntime") else "mediapipe"


def choose_model(asked: str, engine: EngineName) -> str:
    """``asked``, or for ``auto`` the engine's usual one for clips."""
    return CLIP_MODEL[choose_engine(engine)] if asked == AUTO else asked


def open_engine(
    engine: EngineName, model: str, model_path: str | Path | None, progress: OnProgress | None, smooth: bool
) -> PoseEngine:
    """The engine with its model, which is fetched if it is not there. ``model`` and ``engine`` may be ``auto``.

    ``smooth`` is MediaPipe's own filter: it only looks back, so it delays what moves. A clip does without, for the
    core smooths it both ways; MediaPipe's engine cannot. Raises FormcheckError in one line.
    """
    chosen = choose_engine(engine)
    name = choose_model(model, chosen) if model_path is None else _own_name(model, model_path)
    bundle = _own_bundle(model_path) if model_path is not None else model_store.ensure(name, progress)
    if chosen == "mediapipe":
        from formcheck.engines.mediapipe_engine import MediaPipeEngine

        return MediaPipeEngine(bundle, name)
    try:
        from formcheck.engines.onnx_engine import OnnxEngine
    except ImportError as error:
        if engine == AUTO:
            return open_engine("mediapipe", model, model_path, progress, smooth)
        raise ModelError(
            f"the engine onnxruntime is not installed ({error}); use the engine mediapipe"
        ) from error
    return OnnxEngine(bundle, name, smooth=smooth)


def _own_name(asked: str, model_path: str | Path) -> str:
    """What a user's own bundle is called: the core allows for each model's habits, so never one it may not be."""
    if asked != AUTO:
        return asked
    return next((name for name in model_store.model_names() if Path(model_path).stem.endswith(f"_{name}")), "own")


def _own_bundle(model_path: str | Path) -> Path:
    if not Path(model_path).is_file():
        raise ModelError(f"{model_path}: there is no such model file; give the path of a .task bundle")
    return Path(model_path)
