"""Reads a TFLite flatbuffer into plain arrays and operators: dense float32 weights, nothing run.

Half-precision weights are widened and sparse ones made dense while reading, so that the operators that would
do so at run time (DEQUANTIZE, DENSIFY) never reach the converter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import flatbuffers
import numpy as np
import numpy.typing as npt
import tflite

from formcheck.errors import ModelError

Values = npt.NDArray[Any]

_DTYPES: Final = {
    tflite.TensorType.FLOAT32: np.dtype("<f4"),
    tflite.TensorType.FLOAT16: np.dtype("<f2"),
    tflite.TensorType.INT32: np.dtype("<i4"),
}
_OP_NAMES: Final = {v: k for k, v in vars(tflite.BuiltinOperator).items() if k.isupper()}
_OPTIONS: Final[Mapping[str, tuple[type, tuple[str, ...]]]] = {
    "CONV_2D": (
        tflite.Conv2DOptions,
        ("Padding", "StrideH", "StrideW", "DilationHFactor", "DilationWFactor"),
    ),
    "DEPTHWISE_CONV_2D": (
        tflite.DepthwiseConv2DOptions,
        ("Padding", "StrideH", "StrideW", "DilationHFactor", "DilationWFactor"),
    ),
    "MAX_POOL_2D": (tflite.Pool2DOptions, ("Padding", "StrideH", "StrideW", "FilterHeight", "FilterWidth")),
    "ADD": (tflite.AddOptions, ()),
    "CONCATENATION": (tflite.ConcatenationOptions, ("Axis",)),
    "RESIZE_BILINEAR": (tflite.ResizeBilinearOptions, ("AlignCorners", "HalfPixelCenters")),
    "DEPTH_TO_SPACE": (tflite.DepthToSpaceOptions, ("BlockSize",)),
}
_WIDENING: Final = ("DEQUANTIZE", "DENSIFY")


@dataclass(frozen=True)
class Op:
    """One operator: its TFLite name, tensor indices in and out (-1: none), options by their schema names."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, int]


@dataclass(frozen=True)
class TfliteGraph:
    """The first subgraph: ``shapes`` of all tensors by index, ``constants`` dense, ``ops`` in run order."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    shapes: Mapping[int, tuple[int, ...]]
    constants: Mapping[int, Values]
    ops: tuple[Op, ...]


def read_tflite(data: bytes) -> TfliteGraph:
    """The graph in ``data``; raises ModelError if it is no TFLite model or uses what is not understood."""
    if len(data) < 8 or data[4:8] != b"TFL3":
        raise ModelError("the pose model is not a TFLite file; fetch it again with `formcheck models fetch`")
    model = tflite.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    shapes, constants = {}, {}
    for index in range(graph.TensorsLength()):
        tensor = graph.Tensors(index)
        shapes[index] = (
            tuple(int(n) for n in np.atleast_1d(tensor.ShapeAsNumpy())) if tensor.ShapeLength() else ()
        )
        values = _constant(model, tensor, shapes[index])
        if values is not None:
            constants[index] = values
    ops = []
    for index in range(graph.OperatorsLength()):
        op = _operator(model, graph.Operators(index))
        if op.name in _WIDENING and op.inputs[0] in constants:
            source = constants[op.inputs[0]]
            constants[op.outputs[0]] = source.astype(np.float32) if op.name == "DEQUANTIZE" else source
        else:
            ops.append(op)
    return TfliteGraph(
        inputs=tuple(int(i) for i in graph.InputsAsNumpy()),
        outputs=tuple(int(i) for i in graph.OutputsAsNumpy()),
        shapes=MappingProxyType(shapes),
        constants=MappingProxyType(constants),
        ops=tuple(ops),
    )


def _operator(model: Any, raw: Any) -> Op:
    code = model.OperatorCodes(raw.OpcodeIndex())
    name = _OP_NAMES.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), "UNKNOWN")
    options: dict[str, int] = {}
    if name in _OPTIONS and raw.BuiltinOptions() is not None:
        kind, fields = _OPTIONS[name]
        table = kind()
        table.Init(raw.BuiltinOptions().Bytes, raw.BuiltinOptions().Pos)
        if hasattr(table, "FusedActivationFunction"):
            fields = (*fields, "FusedActivationFunction")
        options = {field: int(getattr(table, field)()) for field in fields}
    inputs = tuple(int(i) for i in raw.InputsAsNumpy())
    outputs = tuple(int(i) for i in raw.OutputsAsNumpy())
    return Op(name, inputs, outputs, MappingProxyType(options))


def _constant(model: Any, tensor: Any, shape: tuple[int, ...]) -> Values | None:
    buffer = model.Buffers(tensor.Buffer())
    if buffer.DataLength() == 0:
        return None
    dtype = _DTYPES.get(tensor.Type())
    if dtype is None:
        raise ModelError(
            f"the pose model stores weights as type {tensor.Type()}; use the official float16 bundle"
        )
    flat = np.frombuffer(buffer.DataAsNumpy().tobytes(), dtype)
    sparsity = tensor.Sparsity()
    if sparsity is None or sparsity.DimMetadataLength() == 0:
        return flat.reshape(shape)
    return _densify(flat, sparsity, shape)


def _densify(values: Values, sparsity: Any, shape: tuple[int, ...]) -> Values:
    """Dense array of ``shape`` from the values stored along ``sparsity``'s dense and compressed dimensions."""
    order = tuple(int(i) for i in sparsity.TraversalOrderAsNumpy())
    if order != tuple(range(len(shape))):
        raise ModelError("the pose model has block-sparse weights; use the official float16 bundle")
    # The position in each dimension of every stored cell so far, one row a cell.
    cells = np.zeros((1, 0), np.int64)
    for axis in range(len(shape)):
        dim = sparsity.DimMetadata(axis)
        if dim.Format() == tflite.DimensionType.DENSE:
            size = dim.DenseSize()
            cells = np.hstack([np.repeat(cells, size, axis=0), np.tile(np.arange(size), len(cells))[:, None]])
        else:
            segments = _indices(dim.ArraySegments(), dim.ArraySegmentsType())
            indices = _indices(dim.ArrayIndices(), dim.ArrayIndicesType())
            cells = np.hstack([np.repeat(cells, np.diff(segments), axis=0), indices[:, None]])
    dense = np.zeros(shape, values.dtype)
    dense[tuple(cells.T)] = values
    return dense


_INDEX_TABLES: Final = {
    tflite.SparseIndexVector.Int32Vector: (tflite.Int32Vector, flatbuffers.number_types.Int32Flags),
    tflite.SparseIndexVector.Uint16Vector: (tflite.Uint16Vector, flatbuffers.number_types.Uint16Flags),
    tflite.SparseIndexVector.Uint8Vector: (tflite.Uint8Vector, flatbuffers.number_types.Uint8Flags),
}


def _indices(table: Any, kind: int) -> npt.NDArray[np.int64]:
    vector = _INDEX_TABLES[kind][0]()
    vector.Init(table.Bytes, table.Pos)
    return vector.ValuesAsNumpy().astype(np.int64)
