"""Cadence and evenness of the last few steps; nothing once the athlete has stopped stepping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.live.counter import Counted

LAST_STEPS: Final = 8
FOR_CADENCE: Final = 4
#: Steps that took this many times the usual time have stopped: the figure before it no longer holds.
STOPPED: Final = 2.5
FOR_EVENNESS: Final = 6


@dataclass(frozen=True)
class Rhythm:
    """``cadence_spm`` steps a minute; ``cv_pct`` variation of the step time. None where not known now."""

    cadence_spm: float | None = None
    cv_pct: float | None = None


def rhythm_of(steps: Sequence[Counted], now_s: float) -> Rhythm:
    """The rhythm at ``now_s`` from the newest steps, feet in turn."""
    last = steps[-(LAST_STEPS + 1) :]
    times = np.array([b.contact_s - a.contact_s for a, b in zip(last[:-1], last[1:], strict=True) if a.side != b.side])
    if len(times) < FOR_CADENCE:
        return Rhythm()
    usual = float(np.median(times))
    times = times[times < STOPPED * usual]
    if now_s - last[-1].contact_s > STOPPED * usual or len(times) < FOR_CADENCE:
        return Rhythm()
    cv_pct = 100.0 * float(np.std(times, ddof=1) / np.mean(times)) if len(times) >= FOR_EVENNESS else None
    return Rhythm(60.0 / float(np.mean(times[-FOR_CADENCE:])), cv_pct)
