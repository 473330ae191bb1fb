"""report.json: the published contract, written whole and read back."""

import dataclasses
import json
import math

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core import types
from formcheck.errors import FormcheckError
from formcheck.report import store
from formcheck.report.as_dict import clean, from_dict, to_dict
from tests.report_factory import make_analysis, make_finding, make_report


@pytest.fixture(scope="module")
def report():
    return make_analysis(duration_s=10.0, fps=10.0).report


def test_a_report_read_back_says_the_same(report, tmp_path):
    path = store.save(report, tmp_path / "report.json")
    assert to_dict(store.load(path)) == to_dict(report)


def test_a_step_without_lift_off_is_null_in_the_file_and_nan_when_read(report):
    data = to_dict(report)
    assert data["steps"][-1]["off_s"] is None
    assert math.isnan(from_dict(data).steps[-1].off_s)


def test_the_contract_groups_exercise_view_and_motion(report):
    data = to_dict(report)
    assert data["exercise"] == {"id": "reverse_sled_pull", "source": "recognised", "confidence": 0.86}
    assert data["view"] == {"name": "left_side", "yaw_deg": 4.0, "confidence": 0.9}
    assert data["motion"] == {"facing": "left", "direction": "backward"}
    assert data["tracking"]["gaps"] == [{"start_s": 3.0, "end_s": 3.2}]


def test_the_measures_of_a_step_stand_beside_its_fields(report):
    step = to_dict(report)["steps"][1]
    assert (step["index"], step["side"], step["step_length_ratio"]) == (1, "right", 0.42)


numbers = st.floats() | st.integers() | st.none() | st.text()


@given(st.recursive(numbers, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_whatever_is_cleaned_is_strict_json(value):
    json.dumps(clean(value), allow_nan=False)


def test_numpy_numbers_become_plain_ones():
    assert clean({"a": np.float64("nan"), "b": np.int64(3), "c": np.array([1.0, np.inf])}) == {
        "a": None, "b": 3, "c": [1.0, None],
    }  # fmt: skip


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(store.schema())


def _fields(cls):
    return {field.name for field in dataclasses.fields(cls)}


@pytest.mark.parametrize(
    ("cls", "at"),
    [
        (types.VideoInfo, ("video",)),
        (types.EngineInfo, ("engine",)),
        (types.Tracking, ("tracking",)),
        (types.SubjectInfo, ("tracking", "subject")),
        (types.Lap, ("laps",)),
        (types.Finding, ("findings",)),
        (types.StopAdvice, ("stop",)),
        (types.ProgrammeLine, ("programme",)),
    ],
)
def test_every_field_of_the_types_is_published_in_the_schema(cls, at):
    node = store.schema()
    for key in at:
        node = node["properties"][key]
        node = node.get("items", node)
    assert set(node["properties"]) == _fields(cls)


def test_every_top_field_written_is_published(report):
    assert set(to_dict(report)) == set(store.schema()["properties"])


@pytest.mark.parametrize(
    "broken",
    [
        {"score": 100.5},
        {"direction": "sideways"},
        {"findings": (make_finding(verdict="not_assessed", reason="", value=None),)},
        {"findings": (make_finding(value=None),)},
        {"stop": types.StopAdvice(False, None, None, ())},
    ],
)
def test_a_report_that_breaks_the_schema_is_not_written(report, broken, tmp_path):
    with pytest.raises(ValueError, match="report"):
        store.save(dataclasses.replace(report, **broken), tmp_path / "report.json")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_no_other(report, tmp_path, monkeypatch):
    path = store.save(report, tmp_path / "report.json")
    before = path.read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.save(dataclasses.replace(report, score=1.0), path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 2}', "\xff\xfe"])
def test_a_file_that_is_no_report_is_refused_in_one_line(text, tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FormcheckError, match="not a formcheck report") as error:
        store.load(path)
    assert "\n" not in str(error.value)


def test_a_missing_report_is_refused_in_one_line(tmp_path):
    with pytest.raises(FormcheckError, match="cannot be read"):
        store.load(tmp_path / "none.json")


def test_a_rejected_clip_without_score_is_valid():
    video = types.VideoInfo("clip.mp4", 640, 480)
    store.dumps(make_report(video, score=None, steps=(), laps=(), findings=(), yaw_deg=float("nan")))
