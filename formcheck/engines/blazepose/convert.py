"""Turns a TFLite pose model into an ONNX model that gives the same numbers: NCHW, float32, any batch size.

Only what leads to the wanted outputs is written. TFLite keeps channels last and ONNX Runtime's kernels want them
first, so every 4-D activation is channels-first in the ONNX graph; arrays of other ranks keep their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import onnx
import tflite
from onnx import helper, numpy_helper

from formcheck.engines.blazepose.tflite_reader import Op, TfliteGraph, Values
from formcheck.errors import ModelError

OPSET: Final = 17
#: ONNX axis of each TFLite axis of a 4-D activation.
_AXIS: Final = (0, 2, 3, 1)
_TO_CHANNELS_LAST: Final = (0, 2, 3, 1)


def to_onnx(graph: TfliteGraph, outputs: Mapping[str, int], input_name: str = "image") -> onnx.ModelProto:
    """An ONNX model with ``graph``'s first input and the ``outputs`` (name to position in the graph's outputs).

    4-D outputs are channels-first. Raises ModelError on an operator that is not known here.
    """
    wanted = {name: graph.outputs[position] for name, position in outputs.items()}
    writer = _Writer(graph, graph.inputs[0], input_name)
    for op in _needed(graph, wanted.values()):
        _EMITTERS.get(op.name, _unknown)(writer, op)
    for name, tensor in wanted.items():
        writer.node("Identity", [writer.name(tensor)], [name])
    batch_in, batch_out = "batch", "batch"
    model = helper.make_model(
        helper.make_graph(
            writer.nodes,
            "blazepose",
            [_info(input_name, _channels_first(graph.shapes[graph.inputs[0]]), batch_in)],
            [_info(name, _channels_first(graph.shapes[t]), batch_out) for name, t in wanted.items()],
            writer.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="formcheck",
        ir_version=8,
    )
    onnx.checker.check_model(model)
    return model


def _needed(graph: TfliteGraph, outputs: Any) -> list[Op]:
    """The operators ``outputs`` depend on, in run order."""
    alive, kept = set(outputs), []
    for op in reversed(graph.ops):
        if alive.intersection(op.outputs):
            kept.append(op)
            alive.update(op.inputs)
    return kept[::-1]


def _channels_first(shape: Sequence[int]) -> tuple[int, ...]:
    return (shape[0], shape[3], shape[1], shape[2]) if len(shape) == 4 else tuple(shape)


def _info(name: str, shape: Sequence[int], batch: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [batch, *shape[1:]])


class _Writer:
    """Collects nodes and weights; ``name`` gives the ONNX name of a TFLite tensor."""

    def __init__(self, graph: TfliteGraph, input_index: int, input_name: str) -> None:
        self.graph = graph
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._names = {input_index: input_name}

    def name(self, tensor: int) -> str:
        return self._names.get(tensor, f"t{tensor}")

    def shape(self, tensor: int) -> tuple[int, ...]:
        return self.graph.shapes[tensor]

    def constant(self, tensor: int) -> Values:
        if tensor not in self.graph.constants:
            raise ModelError("the pose model computes its own weights; use the official float16 bundle")
        return self.graph.constants[tensor]

    def weights(self, values: Values) -> str:
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, outputs, **attributes))

    def activated(self, op: Op, kind: str, inputs: list[str], **attributes: Any) -> None:
        """Write the node of ``op`` and the activation fused into it."""
        out, fused = self.name(op.outputs[0]), op.options.get("FusedActivationFunction", 0)
        if fused == tflite.ActivationFunctionType.NONE:
            self.node(kind, inputs, [out], **attributes)
            return
        self.node(kind, inputs, [f"{out}_raw"], **attributes)
        if fused == tflite.ActivationFunctionType.RELU:
            self.node("Relu", [f"{out}_raw"], [out])
        elif fused == tflite.ActivationFunctionType.RELU6:
            limits = [self.weights(np.float32(v)) for v in (0, 6)]
            self.node("Clip", [f"{out}_raw", *limits], [out])
        else:
            raise ModelError(f"the pose model uses activation {fused}, which is not known here")


def _window(writer: _Writer, op: Op, kernel: Sequence[int]) -> dict[str, Any]:
    """Strides, dilations and pads of a convolution or pool; TFLite's SAME pads more at the end."""
    options = op.options
    strides = [options["StrideH"], options["StrideW"]]
    dilations = [options.get("DilationHFactor", 1), options.get("DilationWFactor", 1)]
    before, after = [0, 0], [0, 0]
    if options["Padding"] == tflite.Padding.SAME:
        size_in, size_out = writer.shape(op.inputs[0])[1:3], writer.shape(op.outputs[0])[1:3]
        for i in range(2):
            reach = (kernel[i] - 1) * dilations[i] + 1
            total = max((size_out[i] - 1) * strides[i] + reach - size_in[i], 0)
            before[i], after[i] = total // 2, total - total // 2
    found: dict[str, Any] = {"strides": strides, "pads": [*before, *after], "kernel_shape": list(kernel)}
    return found if dilations == [1, 1] else {**found, "dilations": dilations}


def _bias(writer: _Writer, op: Op) -> list[str]:
    has_bias = len(op.inputs) > 2 and op.inputs[2] >= 0
    return [writer.weights(writer.constant(op.inputs[2]))] if has_bias else []


def _conv(writer: _Writer, op: Op) -> None:
    weights = writer.constant(op.inputs[1]).transpose(0, 3, 1, 2)
    inputs = [writer.name(op.inputs[0]), writer.weights(weights), *_bias(writer, op)]
    writer.activated(op, "Conv", inputs, **_window(writer, op, weights.shape[2:]))


def _depthwise(writer: _Writer, op: Op) -> None:
    weights = writer.constant(op.inputs[1]).transpose(3, 0, 1, 2)
    inputs = [writer.name(op.inputs[0]), writer.weights(weights), *_bias(writer, op)]
    groups = writer.shape(op.inputs[0])[3]
    writer.activated(op, "Conv", inputs, group=groups, **_window(writer, op, weights.shape[2:]))


def _max_pool(writer: _Writer, op: Op) -> None:
    kernel = (op.options["FilterHeight"], op.options["FilterWidth"])
    writer.activated(op, "MaxPool", [writer.name(op.inputs[0])], **_window(writer, op, kernel))


def _add(writer: _Writer, op: Op) -> None:
    names = []
    for tensor in op.inputs:
        if tensor in writer.graph.constants:
            values = writer.constant(tensor)
            names.append(writer.weights(values.transpose(0, 3, 1, 2) if values.ndim == 4 else values))
        else:
            names.append(writer.name(tensor))
    writer.activated(op, "Add", names)


def _pad(writer: _Writer, op: Op) -> None:
    pads = writer.constant(op.inputs[1])[[0, 3, 1, 2]].astype(np.int64)
    name = writer.weights(pads.T.reshape(-1))
    writer.node("Pad", [writer.name(op.inputs[0]), name], [writer.name(op.outputs[0])], mode="constant")


def _resize(writer: _Writer, op: Op) -> None:
    if op.options["AlignCorners"]:
        mode = "align_corners"
    else:
        mode = "half_pixel" if op.options["HalfPixelCenters"] else "asymmetric"
    size_in, size_out = writer.shape(op.inputs[0])[1:3], writer.shape(op.outputs[0])[1:3]
    scales = np.array([1, 1, size_out[0] / size_in[0], size_out[1] / size_in[1]], np.float32)
    writer.node(
        "Resize",
        [writer.name(op.inputs[0]), "", writer.weights(scales)],
        [writer.name(op.outputs[0])],
        mode="linear",
        coordinate_transformation_mode=mode,
    )


def _reshape(writer: _Writer, op: Op) -> None:
    source, shape = writer.name(op.inputs[0]), writer.shape(op.inputs[0])
    target = writer.shape(op.outputs[0])
    if len(target) == 4 or target[0] != shape[0]:
        raise ModelError("the pose model reshapes in a way that is not known here; use the official bundle")
    out = writer.name(op.outputs[0])
    if len(shape) == 4 and shape[1:3] != (1, 1):
        writer.node("Transpose", [source], [f"{out}_last"], perm=_TO_CHANNELS_LAST)
        source = f"{out}_last"
    # 0 keeps the batch size, whatever it is.
    writer.node("Reshape", [source, writer.weights(np.array([0, *target[1:]], np.int64))], [out])


def _concatenate(writer: _Writer, op: Op) -> None:
    rank = len(writer.shape(op.outputs[0]))
    axis = op.options["Axis"] % rank
    axis = _AXIS[axis] if rank == 4 else axis
    writer.activated(op, "Concat", [writer.name(t) for t in op.inputs], axis=axis)


def _depth_to_space(writer: _Writer, op: Op) -> None:
    block = op.options["BlockSize"]
    names = [writer.name(op.inputs[0])], [writer.name(op.outputs[0])]
    writer.node("DepthToSpace", *names, blocksize=block, mode="DCR")


def _logistic(writer: _Writer, op: Op) -> None:
    writer.node("Sigmoid", [writer.name(op.inputs[0])], [writer.name(op.outputs[0])])


def _unknown(writer: _Writer, op: Op) -> None:
    raise ModelError(
        f"the pose model uses {op.name}, which is not known here; use the official float16 bundle"
    )


_EMITTERS: Final[Mapping[str, Callable[[_Writer, Op], None]]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "MAX_POOL_2D": _max_pool,
    "ADD": _add,
    "PAD": _pad,
    "RESIZE_BILINEAR": _resize,
    "RESHAPE": _reshape,
    "CONCATENATION": _concatenate,
    "DEPTH_TO_SPACE": _depth_to_space,
    "LOGISTIC": _logistic,
}
