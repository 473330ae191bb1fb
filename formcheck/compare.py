"""Two scored clips of one exercise, aligned by step and phase: what differs and by how much.

A clip's curve is its strides laid over each other: contact at 0 %, lift-off at the mean of both clips'
stance shares, the same foot's next contact at 100 %. A difference counts only where it is more than the
clips' own step-to-step noise (minimal detectable change, 95 %). No words for people here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from formcheck.core.skeleton import SIDES
from formcheck.core.types import Array, Finding, Report, Signals, Step, readonly

Z95 = 1.96
POINTS = 101
MIN_STEPS = 3


def mdc(sd: float, n: int) -> float:
    """Least change between two means of ``n`` steps that is not noise: 1.96 sqrt(2) SD / sqrt(n)."""
    return mdc_between(sd, n, sd, n)


def mdc_between(sd_a: float, n_a: int, sd_b: float, n_b: int) -> float:
    """The same for unequal spreads and step counts; ValueError where a count is below 1."""
    if n_a < 1 or n_b < 1:
        raise ValueError(f"expected at least one step a clip, got {n_a} and {n_b}")
    return Z95 * sqrt(sd_a**2 / n_a + sd_b**2 / n_b)


@dataclass(frozen=True)
class Clip:
    """One side of a comparison. ``signals`` may lack columns; ``values`` are per-step numbers by finding."""

    report: Report
    signals: Signals


@dataclass(frozen=True)
class Difference:
    """One check in both clips. ``noise`` is the least change that counts, None where it cannot be told;
    ``closer`` is +1 where B is nearer to the good band than A, -1 farther, 0 where both are inside.
    """

    check: str
    measure: str
    side: str
    unit: str
    a: float
    b: float
    noise: float | None
    closer: int
    verdict_a: str
    verdict_b: str

    @property
    def change(self) -> float:
        """B minus A."""
        return self.b - self.a

    @property
    def real(self) -> bool | None:
        """Whether the change is more than noise; None where that cannot be told."""
        return None if self.noise is None else abs(self.change) > self.noise


@dataclass(frozen=True)
class Curve:
    """One signal over the stride in both clips: means and SDs (101,), 0..100 % of the stride."""

    signal: str
    mean_a: Array
    sd_a: Array
    mean_b: Array
    sd_b: Array
    strides_a: int
    strides_b: int
    off_pct: float

    @property
    def noise(self) -> Array:
        """Least difference that counts, at each percent."""
        return readonly(Z95 * np.sqrt(self.sd_a**2 / self.strides_a + self.sd_b**2 / self.strides_b))

    def widest(self) -> tuple[float, float] | None:
        """(percent of stride, B minus A) where the difference exceeds noise most; None where nowhere."""
        gap = self.mean_b - self.mean_a
        excess = np.where(np.isfinite(gap), np.abs(gap) - self.noise, -np.inf)
        place = int(np.argmax(excess))
        return (float(place), float(gap[place])) if excess[place] > 0 else None


@dataclass(frozen=True)
class Comparison:
    """``knots`` (K, 2): seconds in A and in B of the same instant (contact or lift-off of matched steps)."""

    differences: tuple[Difference, ...]
    only_a: tuple[Finding, ...]
    only_b: tuple[Finding, ...]
    curves: tuple[Curve, ...]
    knots: Array


def compare(
    a: Clip,
    b: Clip,
    spreads_a: Mapping[int, tuple[float | None, int]],
    spreads_b: Mapping[int, tuple[float | None, int]],
    signals: Sequence[str] = (),
) -> Comparison:
    """Compare two clips; ``spreads`` give (SD, n) within the set by a finding's place in its report."""
    seen_a, seen_b = _assessed(a.report, spreads_a), _assessed(b.report, spreads_b)
    shared = [key for key in seen_a if key in seen_b]
    return Comparison(
        differences=tuple(_difference(seen_a[key], seen_b[key]) for key in shared),
        only_a=tuple(f for key, (f, _) in seen_a.items() if key not in seen_b),
        only_b=tuple(f for key, (f, _) in seen_b.items() if key not in seen_a),
        curves=curves(a, b, signals),
        knots=knots(a.report.steps, b.report.steps),
    )  # fmt: skip


_Key = tuple[str, str, str, str]
_Seen = tuple[Finding, tuple[float | None, int]]


def _assessed(report: Report, spreads: Mapping[int, tuple[float | None, int]]) -> dict[_Key, _Seen]:
    return {
        (f.exercise, f.check, f.measure, f.side or ""): (f, spreads.get(place, (None, 0)))
        for place, f in enumerate(report.findings)
        if f.verdict != "not_assessed" and f.value is not None
    }


def _outside(finding: Finding, value: float) -> float:
    low, high = finding.limits.get("good_min"), finding.limits.get("good_max")
    below = low - value if low is not None else 0.0
    above = value - high if high is not None else 0.0
    return max(below, above, 0.0)


def _difference(a: _Seen, b: _Seen) -> Difference:
    (one, (sd_a, n_a)), (two, (sd_b, n_b)) = a, b
    value_a, value_b = float(one.value or 0.0), float(two.value or 0.0)
    known = sd_a is not None and sd_b is not None and min(n_a, n_b) >= MIN_STEPS
    noise = mdc_between(sd_a or 0.0, n_a, sd_b or 0.0, n_b) if known else None
    return Difference(
        check=one.check, measure=one.measure, side=one.side or "", unit=one.unit, a=value_a, b=value_b,
        noise=noise, closer=int(np.sign(_outside(one, value_a) - _outside(one, value_b))),
        verdict_a=one.verdict, verdict_b=two.verdict,
    )  # fmt: skip


def _strides(steps: Sequence[Step], side: str) -> list[tuple[float, float, float]]:
    """(contact, lift-off, next contact) of each whole stride of ``side`` within one lap."""
    own = [s for s in steps if s.side == side]
    out = []
    for here, there in zip(own, own[1:], strict=False):
        whole = here.lap == there.lap and here.contact_s < here.off_s < there.contact_s
        if whole:
            out.append((here.contact_s, here.off_s, there.contact_s))
    return out


def _overlay(time_s: Array, values: Array, strides: Sequence[tuple[float, float, float]], off: float) -> Array:
    """(strides, 101): each stride's values at 0..100 %, lift-off at ``off``. NaN stays NaN."""
    percent = np.linspace(0.0, 1.0, POINTS)
    rows = []
    for contact, lift, following in strides:
        at = np.interp(percent, [0.0, off, 1.0], [contact, lift, following])
        rows.append(np.interp(at, time_s, values, left=np.nan, right=np.nan))
    return np.array(rows).reshape(-1, POINTS)


def curves(a: Clip, b: Clip, signals: Sequence[str]) -> tuple[Curve, ...]:
    """The named signals over the stride; those with fewer than three whole strides in a clip are left out."""
    made = (_curve(a, b, name) for name in signals)
    return tuple(curve for curve in made if curve is not None)


def _curve(a: Clip, b: Clip, name: str) -> Curve | None:
    side = next((s for s in SIDES if f"_{s}_" in name), None)
    sides = (side or "left",)  # a signal without sides is laid over the left foot's strides
    strides = [[s for one in sides for s in _strides(c.report.steps, one)] for c in (a, b)]
    if min(map(len, strides)) < MIN_STEPS or any(name not in c.signals.columns for c in (a, b)):
        return None
    off = float(np.median([(lift - on) / (end - on) for group in strides for on, lift, end in group]))
    rows = [_overlay(c.signals.time_s, c.signals[name], group, off) for c, group in zip((a, b), strides, strict=True)]
    rows = [r[np.isfinite(r).mean(axis=1) > 0.8] for r in rows]
    if min(map(len, rows)) < MIN_STEPS:
        return None
    means = [readonly(r.mean(axis=0)) for r in rows]
    sds = [readonly(r.std(axis=0, ddof=1)) for r in rows]
    return Curve(name, means[0], sds[0], means[1], sds[1], len(rows[0]), len(rows[1]), 100.0 * off)


def knots(a: Sequence[Step], b: Sequence[Step]) -> Array:
    """Matched instants (K, 2), strictly rising in both: the first step of A's first side that B has too is
    laid on it, then step by step as far as the sides go on agreeing.
    """
    start = next((i for i, step in enumerate(b) if a and step.side == a[0].side), None)
    if start is None:
        return readonly(np.empty((0, 2)))
    pairs: list[tuple[float, float]] = []
    for one, two in zip(a, b[start:], strict=False):
        if one.side != two.side:
            break
        pairs.append((one.contact_s, two.contact_s))
        pairs.append((one.off_s, two.off_s))
    known = sorted(p for p in pairs if np.isfinite(p).all())
    rising: list[tuple[float, float]] = []
    for pair in known:
        if not rising or (pair[0] > rising[-1][0] and pair[1] > rising[-1][1]):
            rising.append(pair)
    return readonly(np.array(rising).reshape(-1, 2))
