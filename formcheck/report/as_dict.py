"""Report to plain data and back: the contract of schema 1, field by field. No files here.

Missing numbers (NaN, infinity) become None. A step's measures stand beside its own fields.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from formcheck.core.types import (
    EngineInfo,
    Finding,
    Lap,
    ProgrammeLine,
    Report,
    Step,
    StopAdvice,
    SubjectInfo,
    Tracking,
    VideoInfo,
)

STEP_FIELDS = ("index", "lap", "side", "contact_s", "off_s")


def clean(value: Any) -> Any:
    """``value`` as JSON data: NaN and infinity None, numpy scalars plain, tuples lists."""
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return clean(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _step(step: Step) -> dict[str, Any]:
    own = {name: getattr(step, name) for name in STEP_FIELDS}
    return own | {name: value for name, value in step.measures.items() if name not in own}


def _tracking(tracking: Tracking) -> dict[str, Any]:
    return asdict(tracking) | {"gaps": [{"start_s": a, "end_s": b} for a, b in tracking.gaps]}


def to_dict(report: Report) -> dict[str, Any]:
    """The report as JSON data in the order of the contract."""
    data = {
        "schema_version": report.schema_version,
        "formcheck_version": report.formcheck_version,
        "created_at": report.created_at,
        "video": asdict(report.video),
        "engine": asdict(report.engine),
        "exercise": {
            "id": report.exercise,
            "source": report.exercise_source,
            "confidence": report.exercise_confidence,
        },
        "view": {"name": report.view, "yaw_deg": report.yaw_deg, "confidence": report.view_confidence},
        "motion": {"facing": report.facing, "direction": report.direction},
        "tracking": _tracking(report.tracking),
        "laps": [asdict(lap) for lap in report.laps],
        "steps": [_step(step) for step in report.steps],
        "findings": [asdict(finding) | {"limits": dict(finding.limits)} for finding in report.findings],
        "score": report.score,
        "stop": asdict(report.stop),
        "programme": [asdict(line) for line in report.programme],
        "summary": dict(report.summary),
        "warnings": list(report.warnings),
    }
    return clean(data)


def _nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _read_step(data: Mapping[str, Any]) -> Step:
    measures = {name: _nan(value) for name, value in data.items() if name not in STEP_FIELDS}
    return Step(data["index"], data["lap"], data["side"], _nan(data["contact_s"]), _nan(data["off_s"]), measures)


def _read_finding(data: Mapping[str, Any]) -> Finding:
    known = {name: data[name] for name in Finding.__dataclass_fields__ if name in data}
    return Finding(**known | {name: tuple(data[name]) for name in ("steps", "statements")})


def _read_tracking(data: Mapping[str, Any]) -> Tracking:
    return Tracking(
        coverage=data["coverage"],
        gaps=tuple((gap["start_s"], gap["end_s"]) for gap in data["gaps"]),
        swaps_repaired=data["swaps_repaired"],
        subject=SubjectInfo(**data["subject"]),
        quality=data["quality"],
        reasons=tuple(data["reasons"]),
    )


def _read_programme(data: Mapping[str, Any]) -> ProgrammeLine:
    return ProgrammeLine(**dict(data) | {"statements": tuple(data["statements"])})


def from_dict(data: Mapping[str, Any]) -> Report:
    """The report that ``to_dict`` wrote; a None where a number belongs becomes NaN. KeyError if a field lacks."""
    return Report(
        formcheck_version=data["formcheck_version"],
        created_at=data["created_at"],
        video=VideoInfo(**data["video"] | {"warnings": tuple(data["video"].get("warnings", ()))}),
        engine=EngineInfo(**data["engine"]),
        exercise=data["exercise"]["id"],
        exercise_source=data["exercise"]["source"],
        exercise_confidence=data["exercise"]["confidence"],
        view=data["view"]["name"],
        yaw_deg=data["view"]["yaw_deg"],
        view_confidence=data["view"]["confidence"],
        facing=data["motion"]["facing"],
        direction=data["motion"]["direction"],
        tracking=_read_tracking(data["tracking"]),
        laps=tuple(Lap(**lap | {"yaw_deg": _nan(lap["yaw_deg"])}) for lap in data["laps"]),
        steps=tuple(_read_step(step) for step in data["steps"]),
        findings=tuple(_read_finding(finding) for finding in data["findings"]),
        score=data["score"],
        stop=StopAdvice(**data["stop"] | {"reasons": tuple(data["stop"]["reasons"])}),
        programme=tuple(_read_programme(line) for line in data["programme"]),
        summary=dict(data["summary"]),
        warnings=tuple(data["warnings"]),
        schema_version=data["schema_version"],
    )
