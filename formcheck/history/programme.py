"""What was trained, day by day and week by week, to lay beside what the articles prescribe. No judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from formcheck.core.spec import ProgrammeRule
from formcheck.core.types import ProgrammeLine
from formcheck.history.models import TrainingSet
from formcheck.texts import t

WEEKS = 4


@dataclass(frozen=True)
class Day:
    """One day's training: sums over its sets; None where nothing was known."""

    day: date
    sets: int
    duration_s: float | None
    distance_m: float | None
    laps: int | None
    steps: int | None
    load_kg: float | None
    load_ratio: float | None


@dataclass(frozen=True)
class Figures:
    """Frequency over the four weeks before ``now``; growth in percent, last week on the one before."""

    days: tuple[Day, ...]
    sessions_per_week: float | None
    load_growth_pct: float | None
    duration_growth_pct: float | None

    @property
    def last(self) -> Day | None:
        """The latest day."""
        return self.days[-1] if self.days else None


def _sum(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def _top(values: Sequence[float | None]) -> float | None:
    return max((v for v in values if v is not None), default=None)


def days(sets: Sequence[TrainingSet]) -> tuple[Day, ...]:
    """The sets day by day, oldest first. Load is the day's greatest, the others are sums."""
    by_day: dict[date, list[TrainingSet]] = defaultdict(list)
    for one in sets:
        by_day[one.done_at.date()].append(one)
    return tuple(
        Day(
            day=day,
            sets=len(rows),
            duration_s=_sum([r.duration_s for r in rows]),
            distance_m=_sum([r.distance_m for r in rows]),
            laps=int(laps) if (laps := _sum([r.laps for r in rows])) is not None else None,
            steps=int(steps) if (steps := _sum([r.steps for r in rows])) is not None else None,
            load_kg=_top([r.load_kg for r in rows]),
            load_ratio=_top([r.load_ratio for r in rows]),
        )
        for day, rows in sorted(by_day.items())
    )


def figures(sets: Sequence[TrainingSet], now: datetime) -> Figures:
    """Frequency over the last four weeks (fewer if training began later) and growth from week to week."""
    all_days = days(sets)
    if not all_days:
        return Figures((), None, None, None)
    begun = max(all_days[0].day, now.date() - timedelta(days=7 * WEEKS - 1))
    weeks = max(((now.date() - begun).days + 1) / 7, 1.0)
    recent = [d for d in all_days if begun <= d.day <= now.date()]
    return Figures(
        days=all_days,
        sessions_per_week=len(recent) / weeks,
        load_growth_pct=_growth(all_days, "load_kg", now.date()),
        duration_growth_pct=_growth(all_days, "duration_s", now.date()),
    )


def _growth(all_days: Sequence[Day], field: str, today: date) -> float | None:
    def week(back: int) -> float | None:
        end = today - timedelta(days=7 * back)
        inside = [getattr(d, field) for d in all_days if end - timedelta(days=7) < d.day <= end]
        return _top(inside) if field == "load_kg" else _sum(inside)

    new, old = week(0), week(1)
    return 100.0 * (new - old) / old if new is not None and old else None


#: Rules that are only told by the exercise files, and what of the log stands beside them.
_TOLD = {"how often": "sessions_per_week", "load": "load_growth_pct"}


def _seen(rule: ProgrammeRule, found: Figures) -> str:
    last = found.last
    values: dict[str, float | None] = {
        "duration_s": last.duration_s if last else None,
        "distance_m": last.distance_m if last else None,
        "laps": float(last.laps) if last and last.laps is not None else None,
        "steps": float(last.steps) if last and last.steps is not None else None,
        "load_ratio": last.load_ratio if last else None,
        "sessions_per_week": found.sessions_per_week,
        "load_growth_pct": found.load_growth_pct,
    }
    quantity = rule.quantity or _TOLD.get(rule.topic, "")
    value = values.get(quantity)
    return "" if value is None else _FORMS[quantity](value)


_FORMS = {
    "duration_s": lambda v: f"{int(v // 60)} min {int(v % 60)} s",
    "distance_m": lambda v: f"{v:.0f} m ({v / 0.3048:.0f} ft)",
    "laps": lambda v: f"{v:.0f}",
    "steps": lambda v: f"{v:.0f}",
    "load_ratio": lambda v: t("history.of_body_mass", ratio=f"{v:.2f}"),
    "sessions_per_week": lambda v: t("history.a_week", n=f"{v:.1f}"),
    "load_growth_pct": lambda v: t("history.on_week_before", change=f"{v:+.0f} %"),
}


def against(found: Figures, rules: Sequence[ProgrammeRule]) -> list[ProgrammeLine]:
    """Each rule beside what was logged; ``seen`` is empty where the log cannot tell."""
    return [ProgrammeLine(r.topic, _seen(r, found), r.prescribed, r.source, r.statements) for r in rules]
