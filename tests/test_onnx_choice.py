"""Which engine is taken: auto, by name, and where one of them is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from formcheck.engines import open_live
from formcheck.engines.choice import open_engine
from formcheck.errors import FormcheckError, ModelError
from tests.onnx_support import ROOT, bundle

pytestmark = pytest.mark.engine


def opened(name):
    engine = open_live(name, model_path=bundle())
    try:
        return engine.info.name
    finally:
        engine.close()


def test_auto_takes_onnx_runtime():
    assert opened("auto") == "onnxruntime"


def test_auto_takes_mediapipe_where_onnx_runtime_is_missing(monkeypatch):
    pytest.importorskip("mediapipe")
    monkeypatch.setitem(sys.modules, "formcheck.engines.onnx_engine", None)
    assert opened("auto") == "mediapipe"


def test_an_engine_asked_for_by_name_is_not_replaced(monkeypatch):
    monkeypatch.setitem(sys.modules, "formcheck.engines.onnx_engine", None)
    with pytest.raises(ModelError, match="not installed"):
        opened("onnxruntime")


def test_an_unknown_engine_is_said_with_the_known_ones():
    with pytest.raises(FormcheckError, match="auto, mediapipe or onnxruntime"):
        opened("openpose")


def test_onnx_runtime_is_told_to_send_nothing_before_it_starts():
    """Newer versions than those asked for send usage data; what they read at their start must be there by then."""
    program = (
        "import builtins, os\n"
        "plain, seen = builtins.__import__, []\n"
        "def watch(name, *rest, **more):\n"
        "    if name == 'onnxruntime':\n"
        "        seen.append(os.environ.get('ORT_DISABLE_TELEMETRY'))\n"
        "    return plain(name, *rest, **more)\n"
        "builtins.__import__ = watch\n"
        "import formcheck.engines.onnx_engine\n"
        "assert seen and set(seen) == {'1'}, seen\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]


def test_a_model_file_of_ones_own_is_not_taken_for_the_heavy_model(tmp_path):
    for file, name in (("mine.task", "own"), ("pose_landmarker_full.task", "full")):
        own = tmp_path / file
        own.write_bytes(bundle().read_bytes())
        engine = open_engine("onnxruntime", "auto", own, None, smooth=False)
        assert engine.info.model == name
        engine.close()
