"""The types that flow through formcheck, from frames to report.

All are frozen; arrays are read-only and float64 (``world_m`` float32, as engines give it). T frames, 33 landmarks
(see ``skeleton``). Missing is NaN with visibility 0, and NaN propagates. Pixels have y downward; angles are degrees;
time is seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from formcheck.core.skeleton import N_LANDMARKS, Side

Array = npt.NDArray[np.float64]
Array32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

Direction = Literal["backward", "forward", "in_place"]
ViewName = Literal["left_side", "right_side", "front", "back", "oblique"]
Verdict = Literal["good", "minor", "major", "not_assessed"]
Quality = Literal["accepted", "warning", "rejected"]
FindingSide = Literal["left", "right", "both"]


def readonly(values: npt.ArrayLike) -> Array:
    """``values`` as a read-only float64 array: a copy, unless they are one that nobody can write to."""
    frozen: Array = _frozen(values, np.float64)
    return frozen


def _frozen(values: npt.ArrayLike, kind: type[np.floating[Any]]) -> Any:
    if isinstance(values, np.ndarray) and values.dtype == kind and _is_frozen(values):
        return values
    out = np.array(values, dtype=kind)
    out.setflags(write=False)
    return out


def _is_frozen(values: npt.NDArray[Any]) -> bool:
    return values.flags.owndata and not values.flags.writeable


@dataclass(frozen=True)
class Frame:
    """One decoded picture, upright: ``rgb`` (H, W, 3) uint8; ``time_s`` from the stream's own timestamps."""

    index: int
    time_s: float
    rgb: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class VideoInfo:
    """What is known of the clip. Width and height are those of the upright picture."""

    path: str
    width: int
    height: int
    rotation_deg: int = 0
    fps: float = 30.0
    frames: int = 0
    duration_s: float = 0.0
    variable_frame_rate: bool = False
    slow_motion_factor: float = 1.0
    warnings: tuple[str, ...] = ()  # what was wrong with the file, e.g. that it is cut short


@dataclass(frozen=True)
class EngineInfo:
    """Which pose engine, model and version made the landmarks."""

    name: str
    model: str
    version: str


@dataclass(frozen=True)
class SubjectInfo:
    """How the subject was chosen. ``people_seen`` counts distinct people over the whole clip."""

    method: str = "only_person"
    people_seen: int = 1
    note: str = ""


@dataclass(frozen=True)
class PoseSequence:
    """One person's landmarks over a clip, as an engine gives them: raw, unsmoothed, in true pixels.

    ``time_s`` (T,) strictly increasing; ``landmarks_px`` (T, 33, 2); ``visibility`` (T, 33) in 0..1;
    ``world_m`` (T, 33, 3) metres about the mid-hip, x right, y down, z away from the camera.
    """

    time_s: Array
    landmarks_px: Array
    visibility: Array
    world_m: Array32
    video: VideoInfo
    engine: EngineInfo
    subject: SubjectInfo = field(default_factory=SubjectInfo)

    def __post_init__(self) -> None:
        n = len(self.time_s)
        expected = {
            "time_s": (n,),
            "landmarks_px": (n, N_LANDMARKS, 2),
            "visibility": (n, N_LANDMARKS),
            "world_m": (n, N_LANDMARKS, 3),
        }
        for name, shape in expected.items():
            values = _frozen(getattr(self, name), np.float32 if name == "world_m" else np.float64)
            if values.shape != shape:
                raise ValueError(f"{name}: expected shape {shape}, got {values.shape}")
            object.__setattr__(self, name, values)
        if n > 1 and not bool(np.all(np.diff(self.time_s) > 0)):
            raise ValueError("time_s: expected strictly increasing times; sort the frames and drop doubles")


@dataclass(frozen=True)
class Signals:
    """Named columns over time; the unit ends each name (``knee_flexion_left_deg``). NaN is "not seen"."""

    time_s: Array
    columns: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]


@dataclass(frozen=True)
class Lap:
    """A stretch with one facing and one direction. ``facing`` is where the toes point in the picture.

    ``gait`` is how the feet work, which on a belt (direction ``in_place``) is all there is to see.
    """

    index: int
    exercise: str
    direction: Direction
    facing: Literal["left", "right", "toward", "away"]
    view: ViewName
    yaw_deg: float
    start_s: float
    end_s: float
    gait: Literal["backward", "forward", "unknown"] = "unknown"


@dataclass(frozen=True)
class Step:
    """One ground contact of one foot. ``off_s`` is NaN where lift-off was not seen.

    ``measures`` holds the step's numbers by name with unit (``step_time_s``, ``step_length_ratio``, ...).
    """

    index: int
    lap: int
    side: Side
    contact_s: float
    off_s: float
    measures: Mapping[str, float]


@dataclass(frozen=True)
class Finding:
    """What one check says of one side (or both): verdict, value against its band, when, and what to do."""

    check: str
    side: FindingSide | None
    verdict: Verdict
    reason: str
    value: float | None
    unit: str
    limits: Mapping[str, float | None]  # keys good_min, good_max, minor_min, minor_max
    score: float | None
    confidence: float
    steps: tuple[int, ...]
    onset_s: float | None
    worst_at_s: float | None
    cue: str
    why: str
    source: str
    evidence: str
    statements: tuple[int, ...]
    measure: str = ""  # which measure of the check this is, e.g. "rocking range per stride"
    priority: int = 5
    weight: float = 1.0
    film: str = ""  # for not_assessed: which view or setting would let it be judged
    exercise: str = ""  # the exercise whose file judged it: laps of one set may differ


@dataclass(frozen=True)
class StopAdvice:
    """Whether, when and why the set should have ended. ``reasons`` is never empty."""

    advised: bool
    at_s: float | None
    step: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Tracking:
    """How well the subject was followed."""

    coverage: float
    gaps: tuple[tuple[float, float], ...]
    swaps_repaired: int
    subject: SubjectInfo
    quality: Quality
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammeLine:
    """One thing the articles prescribe beside what was seen. ``verdict`` is words, never a grade."""

    topic: str
    seen: str
    prescribed: str
    source: str
    statements: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """Everything formcheck says of a clip; ``report.json`` is this, field by field (schema 1)."""

    formcheck_version: str
    created_at: str
    video: VideoInfo
    engine: EngineInfo
    exercise: str
    exercise_source: Literal["given", "recognised"]
    exercise_confidence: float
    view: ViewName
    yaw_deg: float | None
    view_confidence: float
    facing: str
    direction: Direction
    tracking: Tracking
    laps: tuple[Lap, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    score: float | None
    stop: StopAdvice
    programme: tuple[ProgrammeLine, ...]
    summary: Mapping[str, Any]  # cadence_spm, steps, distance_m, duration_s, speed..., each maybe None
    warnings: tuple[str, ...]
    schema_version: int = 1


@dataclass(frozen=True)
class Analysis:
    """A report with what it was made from: what overlay, plots and CSV need beside the report."""

    report: Report
    signals: Signals
    landmarks_px: Array  # (T, 33, 2) cleaned: outliers out, gaps filled, smoothed, swaps repaired
    visibility: Array  # (T, 33)
