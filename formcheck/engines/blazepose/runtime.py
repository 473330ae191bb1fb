"""ONNX Runtime, told before it starts to send nothing out. Import it from here only.

The versions this package asks for don't; from 1.29 on the library sends usage data to its maker unless it is told
otherwise before it is imported. Somebody may have put such a version there.
"""

from __future__ import annotations

import os
from typing import Final

#: Read by ONNX Runtime when it starts; the second is an early name of the first.
OPT_OUTS: Final = ("ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED")
os.environ.update(dict.fromkeys(OPT_OUTS, "1"))

import onnxruntime  # noqa: E402

onnxruntime.disable_telemetry_events()  # on Windows the system may record events

__all__ = ["onnxruntime"]
