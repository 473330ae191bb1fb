"""Which pose engine live uses: the quickest that is there."""

from __future__ import annotations

from pathlib import Path

from formcheck.engines.base import EngineName, LiveEngine
from formcheck.engines.run import open_live
from formcheck.errors import ModelError


def open_quickest(engine: EngineName = "auto", model: str = "full", model_path: str | Path | None = None) -> LiveEngine:
    """An engine to ``push`` frames to. ``auto`` is ONNX Runtime (a third of MediaPipe's time), else MediaPipe."""
    if engine != "auto":
        return open_live(engine, model, model_path)
    try:
        return open_live("onnxruntime", model, model_path)
    except ModelError:
        return open_live("auto", model, model_path)
