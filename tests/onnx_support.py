"""What the tests of the ONNX Runtime engine share: the model, a clip with a person, pictures with known content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from formcheck import model_store
from formcheck.errors import ModelError

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "fixtures" / "videos" / "demo.mp4"
CLIPS = ROOT.parent / "shared" / "clips"


def bundle() -> Path:
    """The full model, or a skip that says why it is not there."""
    try:
        return model_store.ensure("full")
    except ModelError as error:
        pytest.skip(f"no pose model here: {error}")


def real_clip(name: str) -> Path:
    """A clip with a real person, or a skip."""
    if not (CLIPS / name).is_file():
        pytest.skip(f"{name} is not beside the repository (../shared/clips)")
    return CLIPS / name


def gradient(width: int = 64, height: int = 48) -> np.ndarray:
    """A picture (H, W, 3) whose red is x and green is y, so that a crop tells where it was taken."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 2, y * 2, np.full_like(x, 77)], axis=-1).astype(np.uint8)
