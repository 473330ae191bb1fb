"""steps.csv and signals.csv: contract names, one row a step or frame, empty where a number is missing."""

import csv

import numpy as np
import pytest

from formcheck.report import tables
from tests.report_factory import make_analysis

CONTRACT = [
    *(f"{name}_{side}_deg" for name in ("knee_flexion", "hip_flexion", "ankle_dorsiflexion", "shin_inclination",
                                        "foot_pitch", "fppa") for side in ("left", "right")),
    *(f"{name}_{side}_ratio" for name in ("knee_toe_offset", "foot_placement", "knee_over_toe")
      for side in ("left", "right")),
    "trunk_lean_deg", "trunk_lateral_deg", "pelvis_yaw_deg", "neck_angle_deg", "hip_height_ratio",
    "hip_speed_ratio_s",
]  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    return make_analysis(duration_s=6.0, fps=10.0)


def _read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_signals_begin_with_time_and_hold_every_column_of_the_contract(analysis, tmp_path):
    rows = _read(tables.write_signals(analysis.signals, tmp_path / "signals.csv"))
    assert next(iter(rows[0])) == "time_s"
    assert set(CONTRACT) <= set(rows[0])
    assert len(rows) == len(analysis.signals.time_s)


def test_a_signal_reads_back_as_it_was_and_missing_values_are_empty(analysis, tmp_path):
    rows = _read(tables.write_signals(analysis.signals, tmp_path / "signals.csv"))
    read = np.array([float(row["trunk_lean_deg"] or "nan") for row in rows])
    np.testing.assert_allclose(read, analysis.signals["trunk_lean_deg"], atol=1e-5)
    assert np.isnan(read).any()
    assert {row["fppa_left_deg"] for row in rows} == {""}


def test_the_word_nan_stands_nowhere(analysis, tmp_path):
    signals = tables.write_signals(analysis.signals, tmp_path / "signals.csv").read_text()
    steps = tables.write_steps(analysis.report, tmp_path / "steps.csv").read_text()
    assert "nan" not in (signals + steps).lower()


def test_steps_begin_with_the_contract_and_an_unseen_lift_off_is_empty(analysis, tmp_path):
    rows = _read(tables.write_steps(analysis.report, tmp_path / "steps.csv"))
    assert list(rows[0])[:5] == ["index", "lap", "side", "contact_s", "off_s"]
    assert rows[-1]["off_s"] == ""
    assert float(rows[2]["contact_s"]) == pytest.approx(analysis.report.steps[2].contact_s)


def test_a_clip_without_steps_still_has_a_header(analysis, tmp_path):
    from dataclasses import replace

    path = tables.write_steps(replace(analysis.report, steps=()), tmp_path / "steps.csv")
    assert path.read_text() == "index,lap,side,contact_s,off_s\n"
