"""Figures of agreement: mean absolute error, bias, 95 % limits of agreement; precision, recall, F1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.core.types import Array


@dataclass(frozen=True)
class Agreement:
    """Estimate minus truth over ``n`` samples of ``clips`` clips; NaN where there is none."""

    n: int
    clips: int
    mae: float
    bias: float
    low: float
    high: float


def agreement(errors: list[Array]) -> Agreement:
    """Of the pooled finite errors, one array a clip."""
    finite = [e[np.isfinite(e)] for e in (np.atleast_1d(np.asarray(e, dtype=np.float64)) for e in errors)]
    used = [e for e in finite if e.size]
    if not used:
        nan = float("nan")
        return Agreement(0, 0, nan, nan, nan, nan)
    pooled = np.concatenate(used)
    bias, spread = float(pooled.mean()), 1.96 * float(pooled.std())
    return Agreement(len(pooled), len(used), float(np.abs(pooled).mean()), bias, bias - spread, bias + spread)


@dataclass
class Tally:
    """True and false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, truth: bool, found: bool) -> None:
        """Count one decision."""
        self.tp += truth and found
        self.fp += found and not truth
        self.fn += truth and not found

    @property
    def precision(self) -> float:
        """NaN where nothing was found."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else float("nan")

    @property
    def recall(self) -> float:
        """NaN where nothing was there to find."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else float("nan")

    @property
    def f1(self) -> float:
        """NaN where there was nothing to find and nothing was found."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else float("nan")
