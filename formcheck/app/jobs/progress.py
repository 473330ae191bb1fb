"""From stage reports to one bar: how far a run is and how long it still takes."""

from __future__ import annotations

from dataclasses import dataclass

#: Stage, and its share of a typical run's time on two cores: these only place the bar.
STAGES: tuple[tuple[str, float], ...] = (
    ("fetch", 0.03),
    ("pose", 0.75),
    ("score", 0.02),
    ("overlay", 0.17),
    ("write", 0.03),
)


@dataclass(frozen=True)
class Reading:
    """``fraction`` 0..1 of the whole run; ``eta_s`` None until enough has been seen to tell."""

    stage: str
    fraction: float
    eta_s: float | None


def reading(stage: str, done: float, total: float | None, elapsed_s: float) -> Reading:
    """Where the run is. An unknown stage counts as the last known one; total None as half done."""
    names = [name for name, _ in STAGES]
    place = names.index(stage) if stage in names else len(names) - 1
    before = sum(share for _, share in STAGES[:place])
    within = 0.5 if not total else min(max(done / total, 0.0), 1.0)
    fraction = min(before + STAGES[place][1] * within, 1.0)
    worked = max(fraction - STAGES[0][1], 0.0)
    enough = worked > 0.02 and elapsed_s > 1.0
    eta = elapsed_s * (1.0 - fraction) / worked if enough else None
    return Reading(stage, fraction, eta)
