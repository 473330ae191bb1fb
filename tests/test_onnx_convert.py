"""The converter: TFLite graphs become ONNX models that give the same numbers."""

from __future__ import annotations

import zipfile
from types import MappingProxyType

import numpy as np
import pytest
import tflite
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.engines.blazepose.convert import to_onnx
from formcheck.engines.blazepose.runtime import onnxruntime
from formcheck.engines.blazepose.store import DETECTOR_OUTPUTS, LANDMARK_OUTPUTS, ensure_onnx
from formcheck.engines.blazepose.tflite_reader import Op, TfliteGraph, read_tflite
from formcheck.errors import ModelError
from tests.onnx_support import bundle

SAME, VALID = tflite.Padding.SAME, tflite.Padding.VALID


def run(graph, image, outputs=None):
    """The ONNX model's outputs, channels last again."""
    model = to_onnx(graph, outputs or {"out": 0}).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found = session.run(None, {"image": np.ascontiguousarray(image.transpose(0, 3, 1, 2))})
    return [v.transpose(0, 2, 3, 1) if v.ndim == 4 else v for v in found]


def graph_of(name, options, in_shape, out_shape, constants=()):
    """One operator on tensor 0; constants are tensors 2, 3, ..., the output is tensor 1."""
    shapes = {0: tuple(in_shape), 1: tuple(out_shape), **{2 + i: c.shape for i, c in enumerate(constants)}}
    op = Op(name, (0, *range(2, 2 + len(constants))), (1,), MappingProxyType(options))
    return TfliteGraph((0,), (1,), shapes, {2 + i: c for i, c in enumerate(constants)}, (op,))


def naive_conv(image, weights, bias, stride, padding):
    """TFLite's definition of CONV_2D, pixel by pixel; weights (out, kh, kw, in)."""
    _, height, width, _ = image.shape
    out_channels, kh, kw, _ = weights.shape
    if padding == SAME:
        rows, cols = -(-height // stride), -(-width // stride)
        pad_h = max((rows - 1) * stride + kh - height, 0)
        pad_w = max((cols - 1) * stride + kw - width, 0)
        rims = (0, 0), (pad_h // 2, pad_h - pad_h // 2), (pad_w // 2, pad_w - pad_w // 2), (0, 0)
        image = np.pad(image, rims)
    else:
        rows, cols = (height - kh) // stride + 1, (width - kw) // stride + 1
    out = np.zeros((1, rows, cols, out_channels), np.float64)
    for r in range(rows):
        for c in range(cols):
            patch = image[0, r * stride : r * stride + kh, c * stride : c * stride + kw]
            out[0, r, c] = np.tensordot(weights, patch, axes=([1, 2, 3], [0, 1, 2])) + bias
    return out


@settings(max_examples=25, deadline=None)
@given(
    height=st.integers(3, 9),
    width=st.integers(3, 9),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 2),
    padding=st.sampled_from([SAME, VALID]),
    relu=st.booleans(),
    seed=st.integers(0, 99),
)
def test_convolution_gives_what_tflite_defines(height, width, kernel, stride, padding, relu, seed):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(1, height, width, 2)).astype(np.float32)
    weights = rng.normal(size=(3, kernel, kernel, 2)).astype(np.float32)
    bias = rng.normal(size=3).astype(np.float32)
    expected = naive_conv(image, weights, bias, stride, padding)
    options = {"Padding": padding, "StrideH": stride, "StrideW": stride, "FusedActivationFunction": int(relu)}
    graph = graph_of("CONV_2D", options, image.shape, expected.shape, (weights, bias))
    got = run(graph, image)[0]
    np.testing.assert_allclose(got, np.maximum(expected, 0) if relu else expected, atol=1e-4)


def test_depthwise_convolution_keeps_channels_apart():
    image = np.ones((1, 4, 4, 3), np.float32) * np.array([1, 10, 100], np.float32)
    weights = np.ones((1, 2, 2, 3), np.float32)
    options = {"Padding": VALID, "StrideH": 1, "StrideW": 1, "FusedActivationFunction": 0}
    graph = graph_of(
        "DEPTHWISE_CONV_2D", options, image.shape, (1, 3, 3, 3), (weights, np.zeros(3, np.float32))
    )
    np.testing.assert_allclose(run(graph, image)[0][0, 0, 0], [4, 40, 400])


def test_relu6_stops_at_six():
    image = np.array([-1, 3, 9], np.float32).reshape(1, 1, 3, 1)
    options = {"FusedActivationFunction": tflite.ActivationFunctionType.RELU6}
    graph = graph_of("ADD", options, image.shape, image.shape, (np.zeros((1, 1, 1, 1), np.float32),))
    np.testing.assert_allclose(run(graph, image)[0].ravel(), [0, 3, 6])


@pytest.mark.parametrize(
    ("half_pixel", "align", "expected"),
    [(0, 0, [0, 2, 4, 4]), (1, 0, [0, 1, 3, 4]), (0, 1, [0, 4 / 3, 8 / 3, 4])],
)
def test_resize_follows_the_flags_for_where_pixels_lie(half_pixel, align, expected):
    image = np.array([0, 4], np.float32).reshape(1, 1, 2, 1)
    options = {"AlignCorners": align, "HalfPixelCenters": half_pixel}
    graph = graph_of("RESIZE_BILINEAR", options, image.shape, (1, 1, 4, 1))
    np.testing.assert_allclose(run(graph, image)[0].ravel(), expected, atol=1e-5)


def test_depth_to_space_and_reshape_keep_the_order_of_channels_last():
    image = np.arange(8, dtype=np.float32).reshape(1, 1, 2, 4)
    deep = run(graph_of("DEPTH_TO_SPACE", {"BlockSize": 2}, image.shape, (1, 2, 4, 1)), image)[0]
    np.testing.assert_array_equal(deep[0, :, :, 0], [[0, 1, 4, 5], [2, 3, 6, 7]])
    flat = run(graph_of("RESHAPE", {}, image.shape, (1, 8)), image)[0]
    np.testing.assert_array_equal(flat, image.reshape(1, 8))


def test_pad_may_add_channels():
    image = np.ones((1, 2, 2, 1), np.float32)
    pads = np.array([[0, 0], [1, 0], [0, 0], [0, 2]], np.int32)
    got = run(graph_of("PAD", {}, image.shape, (1, 3, 2, 3), (pads,)), image)[0]
    assert got.shape == (1, 3, 2, 3)
    assert got[0, 1:, :, 0].sum() == 4
    assert got.sum() == 4


def test_only_what_leads_to_a_wanted_output_is_written():
    shapes = {i: (1, 2, 2, 1) for i in range(3)}
    ops = tuple(Op("LOGISTIC", (0,), (i,), MappingProxyType({})) for i in (1, 2))
    graph = TfliteGraph((0,), (1, 2), shapes, {}, ops)
    kinds = [node.op_type for node in to_onnx(graph, {"second": 1}).graph.node]
    assert kinds.count("Sigmoid") == 1


def test_an_operator_that_is_not_known_is_named():
    with pytest.raises(ModelError, match="SVDF"):
        to_onnx(graph_of("SVDF", {}, (1, 1, 1, 1), (1, 1, 1, 1)), {"out": 0})


def test_what_is_no_tflite_model_is_said_in_one_line():
    with pytest.raises(ModelError, match="not a TFLite file") as caught:
        read_tflite(b"something else altogether")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_bundle_is_said_in_one_line(tmp_path):
    broken = tmp_path / "broken.task"
    broken.write_bytes(b"not a zip")
    with pytest.raises(ModelError, match="not a pose model bundle"):
        ensure_onnx(broken)
    empty = tmp_path / "empty.task"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ModelError, match=r"pose_detector\.tflite"):
        ensure_onnx(empty)
    assert not list(tmp_path.glob("*.onnx"))


@pytest.mark.engine
@pytest.mark.parametrize(
    ("member", "outputs"),
    [("pose_detector.tflite", DETECTOR_OUTPUTS), ("pose_landmarks_detector.tflite", LANDMARK_OUTPUTS)],
)
def test_converted_models_give_what_litert_gives(member, outputs):
    """Also proves the sparse weights of the detector, which one wrong entry would show."""
    litert = pytest.importorskip("ai_edge_litert.interpreter", reason="the test extra brings LiteRT")
    with zipfile.ZipFile(bundle()) as archive:
        data = archive.read(member)
    interpreter = litert.Interpreter(model_content=data)
    interpreter.allocate_tensors()
    taken = interpreter.get_input_details()[0]
    image = _smooth_picture(taken["shape"][1:3])
    interpreter.set_tensor(taken["index"], image)
    interpreter.invoke()
    details = interpreter.get_output_details()
    for (name, position), got in zip(outputs.items(), run(read_tflite(data), image, outputs), strict=True):
        expected = interpreter.get_tensor(details[position]["index"])
        scale = max(1.0, float(np.abs(expected).max()))
        assert np.abs(got - expected).max() < 1e-4 * scale, name


@pytest.mark.engine
def test_any_batch_size_gives_each_picture_its_own_answer():
    with zipfile.ZipFile(bundle()) as archive:
        graph = read_tflite(archive.read("pose_landmarks_detector.tflite"))
    one = _smooth_picture((256, 256))
    both = run(graph, np.concatenate([one, one[:, ::-1]]), {"world": 4})[0]
    alone = run(graph, one, {"world": 4})[0]
    np.testing.assert_allclose(both[0], alone[0], atol=1e-4)
    assert np.abs(both[0] - both[1]).max() > 1e-3


@pytest.mark.engine
def test_models_are_converted_once_and_again_for_another_bundle(tmp_path):
    copy = tmp_path / "pose.task"
    copy.write_bytes(bundle().read_bytes())
    first = ensure_onnx(copy)
    before = {path: path.stat().st_mtime_ns for path in first.values()}
    assert all(path.parent == tmp_path for path in before)
    assert {p: p.stat().st_mtime_ns for p in ensure_onnx(copy).values()} == before
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("note.txt", "changed")
    assert set(ensure_onnx(copy).values()).isdisjoint(before)
    assert not list(tmp_path.glob(".*")), "no temporary file is left"


def _smooth_picture(size):
    height, width = (int(n) for n in size)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    waves = [np.sin(9 * x + 5 * y), np.cos(7 * y * x), np.sin(11 * x) * np.cos(6 * y)]
    return (np.stack(waves, axis=-1)[None] / 2 + 0.5).astype(np.float32)
