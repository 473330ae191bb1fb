"""What was done beside what the articles prescribe: told, never graded."""

from __future__ import annotations

from collections.abc import Mapping

from formcheck.core.phrases import say
from formcheck.core.spec import Exercise
from formcheck.core.types import ProgrammeLine

NOT_SEEN = say("not_known")


def programme_lines(exercises: list[Exercise], facts: Mapping[str, float | None]) -> tuple[ProgrammeLine, ...]:
    """One line a rule, in file order; rules shared by two exercises once."""
    lines: dict[tuple[str, str], ProgrammeLine] = {}
    for exercise in exercises:
        for rule in exercise.programme:
            lines.setdefault(
                (rule.topic, rule.prescribed),
                ProgrammeLine(rule.topic, seen(rule.quantity, facts), rule.prescribed, rule.source, rule.statements),
            )
    return tuple(lines.values())


def seen(quantity: str, facts: Mapping[str, float | None]) -> str:
    """The clip's own figure in words; ``NOT_SEEN`` where it has none."""
    value = facts.get(quantity)
    if value is None:
        return NOT_SEEN
    formats = {
        "duration_s": lambda v: f"{v / 60:.1f} min" if v >= 60 else f"{v:.0f} s",
        "distance_m": lambda v: say("distance", metres=f"{v:.1f}", feet=f"{v / 0.3048:.0f}"),
        "laps": lambda v: f"{v:.0f}",
        "steps": lambda v: f"{v:.0f}",
        "load_ratio": lambda v: say("of_body_mass", ratio=f"{v:.2f}"),
        "pull_push_ratio": lambda v: say("pulls_a_push", pulls=f"{v:.1f}"),
    }
    words = formats.get(quantity)
    return words(value) if words else f"{value:g}"
