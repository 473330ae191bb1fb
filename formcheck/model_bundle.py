"""Turns TFLite pose models into a MediaPipe ``.task`` bundle: metadata added, zipped uncompressed.

The build is deterministic: the same parts give the same bytes, so a built bundle has a known sha256.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import flatbuffers
from flatbuffers.number_types import UOffsetTFlags
from flatbuffers.table import Table

_ALIGNMENT: Final = 16
_MODEL_IDENTIFIER: Final = b"TFL3"
_METADATA_IDENTIFIER: Final = b"M001"
_METADATA_NAME: Final = "TFLITE_METADATA"
_NORMALIZATION_OPTIONS: Final = 1  # its tag in the union ProcessUnitOptions
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

# Field numbers of table Model in the TFLite schema.
_VERSION, _OPERATOR_CODES, _SUBGRAPHS, _DESCRIPTION, _BUFFERS, _METADATA_BUFFER, _METADATA, _SIGNATURES = range(8)


def write_bundle(path: Path, members: dict[str, bytes]) -> None:
    """Write ``members`` (name to content) as a bundle; MediaPipe maps it, so nothing is compressed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, content)


def with_normalization(model: bytes, mean: float, std: float) -> bytes:
    """``model`` with metadata saying that its first input is ``(pixel - mean) / std``.

    FlatBuffer offsets only point forward, so a new head is put before the model, which stays as it is, byte for
    byte; metadata that the model had before is dropped.
    """
    old = model + bytes(-len(model) % _ALIGNMENT)
    builder = flatbuffers.Builder(len(old) + 4096)
    builder.Prep(_ALIGNMENT, len(old))
    builder.head -= len(old)
    builder.Bytes[builder.head : builder.head + len(old)] = old
    root = Table(bytearray(old), int.from_bytes(old[:4], "little"))

    buffer_data = _byte_vector(builder, _normalization_metadata(mean, std))
    builder.StartObject(1)
    builder.PrependUOffsetTRelativeSlot(0, buffer_data, 0)
    buffers = [*_targets(root, _BUFFERS, len(old)), builder.EndObject()]
    buffers_vector = _offset_vector(builder, buffers)
    name = builder.CreateString(_METADATA_NAME)
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(0, name, 0)
    builder.PrependUint32Slot(1, len(buffers) - 1, 0)
    metadata_vector = _offset_vector(builder, [builder.EndObject()])

    builder.StartObject(8)
    builder.PrependUint32Slot(_VERSION, _uint32(root, _VERSION), 0)
    for field in (_OPERATOR_CODES, _SUBGRAPHS, _DESCRIPTION, _METADATA_BUFFER, _SIGNATURES):
        position = root.Offset(4 + 2 * field)
        if position:
            builder.PrependUOffsetTRelativeSlot(field, len(old) - root.Indirect(root.Pos + position), 0)
    builder.PrependUOffsetTRelativeSlot(_BUFFERS, buffers_vector, 0)
    builder.PrependUOffsetTRelativeSlot(_METADATA, metadata_vector, 0)
    builder.Finish(builder.EndObject(), file_identifier=_MODEL_IDENTIFIER)
    return bytes(builder.Output())


def _normalization_metadata(mean: float, std: float) -> bytes:
    builder = flatbuffers.Builder(256)
    means, stds = _float_vector(builder, mean), _float_vector(builder, std)
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(0, means, 0)
    builder.PrependUOffsetTRelativeSlot(1, stds, 0)
    options = builder.EndObject()
    builder.StartObject(2)  # ProcessUnit: tag and value of a union
    builder.PrependUint8Slot(0, _NORMALIZATION_OPTIONS, 0)
    builder.PrependUOffsetTRelativeSlot(1, options, 0)
    units = _offset_vector(builder, [builder.EndObject()])
    builder.StartObject(7)  # TensorMetadata
    builder.PrependUOffsetTRelativeSlot(4, units, 0)
    inputs = _offset_vector(builder, [builder.EndObject()])
    builder.StartObject(7)  # SubGraphMetadata
    builder.PrependUOffsetTRelativeSlot(2, inputs, 0)
    subgraphs = _offset_vector(builder, [builder.EndObject()])
    builder.StartObject(8)  # ModelMetadata
    builder.PrependUOffsetTRelativeSlot(3, subgraphs, 0)
    builder.Finish(builder.EndObject(), file_identifier=_METADATA_IDENTIFIER)
    return bytes(builder.Output())


def _float_vector(builder: flatbuffers.Builder, value: float) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependFloat32(value)
    return int(builder.EndVector())


def _byte_vector(builder: flatbuffers.Builder, content: bytes) -> int:
    builder.Prep(_ALIGNMENT, len(content))
    return int(builder.CreateByteVector(content))


def _offset_vector(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _targets(root: Table, field: int, size: int) -> list[int]:
    """Where the tables in a vector of ``root`` stand, counted from the end as a Builder counts."""
    position = root.Offset(4 + 2 * field)
    start, count = root.Vector(position), root.VectorLen(position)
    return [size - root.Indirect(start + 4 * i) for i in range(count)]


def _uint32(root: Table, field: int) -> int:
    position = root.Offset(4 + 2 * field)
    return int(root.Get(UOffsetTFlags, root.Pos + position)) if position else 0
