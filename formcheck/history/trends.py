"""One check over an athlete's sets: its values, the noise band about the first ones, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median

from formcheck.compare import mdc
from formcheck.history.models import CheckRecord, TrainingSet

BASELINE_SETS = 3


@dataclass(frozen=True)
class Point:
    """One set's value. ``sd`` and ``n`` tell its spread within the set; None and 0 where unknown."""

    set_id: int
    done_at: datetime
    value: float
    verdict: str
    sd: float | None
    n: int


@dataclass(frozen=True)
class Trend:
    """``baseline`` is the median of the first (up to three) sets; ``band`` the half-width within which a
    change is no more than noise (None where no set has a spread); ``changed`` says of the last set.
    """

    check: str
    measure: str
    side: str
    unit: str
    points: tuple[Point, ...]
    good: tuple[float | None, float | None]
    baseline: float
    band: float | None
    change: float | None
    changed: bool | None


Key = tuple[str, str, str]


def trends(sets: Sequence[TrainingSet]) -> list[Trend]:
    """A trend for each check, measure and side that was measured at least once, in order of appearance."""
    series: dict[Key, list[tuple[TrainingSet, CheckRecord]]] = {}
    for one in sets:
        for check in one.checks:
            if check.value is not None:
                series.setdefault((check.check, check.measure, check.side), []).append((one, check))
    return [_trend(key, rows) for key, rows in series.items()]


def _trend(key: Key, rows: Sequence[tuple[TrainingSet, CheckRecord]]) -> Trend:
    points = tuple(Point(one.id, one.done_at, float(row.value or 0.0), row.verdict, row.sd, row.n) for one, row in rows)
    first = points[: min(BASELINE_SETS, max(len(points) - 1, 1))]
    baseline = median(p.value for p in first)
    known = [(p.sd, p.n) for p in points if p.sd is not None and p.n >= 2]
    band = mdc(fmean(sd for sd, _ in known), round(fmean(n for _, n in known))) if known else None
    change = points[-1].value - baseline if len(points) > 1 else None
    last = rows[-1][1]
    return Trend(
        check=key[0],
        measure=key[1],
        side=key[2],
        unit=last.unit,
        points=points,
        good=(last.good_min, last.good_max),
        baseline=baseline,
        band=band,
        change=change,
        changed=None if change is None or band is None else abs(change) > band,
    )
