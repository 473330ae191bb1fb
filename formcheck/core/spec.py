"""What an exercise file becomes once loaded: exercises, check measures and bands, as frozen data.

The loader (``formcheck.exercises.load``) validates; the core trusts these types and holds no judgement itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from formcheck.core.types import Verdict

Posture = Literal["standing", "seated"]
SideRule = Literal["each", "both"]  # one finding a side, or one for both together


@dataclass(frozen=True)
class Band:
    """Inclusive limits: inside good, else inside minor, else major. Infinite where a side has no limit."""

    good_min: float = -inf
    good_max: float = inf
    minor_min: float = -inf
    minor_max: float = inf

    def verdict(self, value: float) -> Verdict:
        """The verdict on one value; "not_assessed" for NaN."""
        if value != value:
            return "not_assessed"
        if self.good_min <= value <= self.good_max:
            return "good"
        return "minor" if self.minor_min <= value <= self.minor_max else "major"


@dataclass(frozen=True)
class Measure:
    """One way to measure a check: a ``[[check]]`` block. A check may have several; the worst one speaks."""

    check: str
    title: str  # a few words: "rocking range per stride"
    signal: str  # a name of vocabulary.BY_NAME
    phase: str
    statistic: str
    side: SideRule
    band: Band
    unit: str
    views: tuple[str, ...]  # "side" | "front" | "back" | "oblique"
    cue: str  # said when the value is above the band
    cue_low: str  # said when it is below
    why: str
    source: str
    evidence: str  # V, R, M, D or C, as in the biomechanics reference
    statements: tuple[int, ...]
    max_yaw_off_deg: float = 25.0  # from the pure view, beyond which it is not assessed
    from_ahead: bool = False  # only with the athlete's front toward the camera
    relative_to_start: bool = False  # subtract the median of the first three strides
    persist_steps: int = 2  # at least this many steps must share the fault ...
    persist_share: float = 0.3  # ... and at least this share of the steps
    persist_s: float = 0.0  # within a step, windows shorter than this are not judged
    uncertainty: float = 0.0  # what the measurement may be off; ``band`` is already widened by it
    reliability: float = 1.0  # 0..1, how far its verdict can be relied on when all is well seen: times the confidence
    min_steps: int = 3
    min_fps: float = 0.0
    weight: float = 1.0
    priority: int = 5  # 1 is told first
    goal: bool = False  # a target to reach (knee over toe in drags), worded as such
    stop_trend: float | None = None  # change from the first three strides, toward the fault, that ends the set
    stop_limit: float | None = None  # value that ends the set at once


@dataclass(frozen=True)
class Signature:
    """What ``auto`` looks for. Empty means "does not matter". Ranges are inclusive."""

    posture: Posture
    directions: tuple[str, ...]  # backward | forward
    in_place: bool | None  # True on a belt, False over ground, None either
    trunk_lean_deg: tuple[float, float] = (-inf, inf)
    slope_deg: tuple[float, float] = (-inf, inf)
    wrists_fixed_in_picture: bool | None = None
    wrists_forward: bool | None = None  # hands held out to rope, handles or rails rather than swinging
    prior: float = 1.0  # how common, when all else is equal


@dataclass(frozen=True)
class ProgrammeRule:
    """What an article prescribes: shown beside what was seen, never graded."""

    topic: str
    quantity: str  # duration_s | distance_m | laps | steps | load_ratio | pull_push_ratio | "" (only told)
    prescribed: str
    source: str
    statements: tuple[int, ...]


@dataclass(frozen=True)
class Exercise:
    """An exercise as data."""

    id: str
    name: str
    summary: str
    also_called: tuple[str, ...]
    posture: Posture
    direction: Literal["backward", "forward"]
    signature: Signature
    camera: Mapping[str, str]  # view -> where to put the camera and what it lets formcheck judge
    measures: tuple[Measure, ...]
    programme: tuple[ProgrammeRule, ...]
    safety: str
    major_cap: float = 70.0  # the most with a major fault of priority 1; with any other, halfway to 100
    expected_checks: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Catalogue:
    """All exercises by id, with check titles for people."""

    exercises: Mapping[str, Exercise]
    check_titles: Mapping[str, str]
    check_views: Mapping[str, tuple[str, ...]]
    film_hints: Mapping[str, str]  # view -> sentence on how to film it


@dataclass(frozen=True)
class ScoreOptions:
    """What the user may tell formcheck beyond the clip."""

    athlete_height_cm: float | None = None
    load_kg: float | None = None
    body_mass_kg: float | None = None
    slope_deg: float | None = None
    causal: bool = False  # one-way smoothing, as live does
