"""The score of a set: the weighted mean of its checks, capped where a fault is major."""

from __future__ import annotations

from collections.abc import Mapping

from formcheck.core.spec import Exercise
from formcheck.core.types import Finding

MIN_CHECKS = 3  # fewer assessed checks do not make a score


def score(findings: list[Finding], exercises: Mapping[str, Exercise]) -> float | None:
    """0..100, or None where fewer than ``MIN_CHECKS`` checks could be assessed."""
    assessed = [f for f in findings if f.score is not None]
    if len({f.check for f in assessed}) < MIN_CHECKS:
        return None
    total = sum(f.weight * f.confidence for f in assessed)
    if total <= 0:
        return None
    value = 100.0 * sum(f.weight * f.confidence * (f.score or 0.0) for f in assessed) / total
    caps = [_cap(exercises[f.exercise], f) for f in assessed if f.verdict == "major"]
    return round(min([value, *caps]), 1)


def _cap(exercise: Exercise, fault: Finding) -> float:
    """The most a set with this major fault can score: the exercise's cap where the fault matters most, else halfway
    between that and a set without one.
    """
    return exercise.major_cap if fault.priority == 1 else (100.0 + exercise.major_cap) / 2.0
