"""The score of a set: the weighted mean of its checks, capped where a fault that matters most is major."""

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
    caps = [exercises[f.exercise].major_cap for f in assessed if f.verdict == "major" and f.priority == 1]
    return round(min([value, *caps]), 1)
