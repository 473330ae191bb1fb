"""Numbers, bands, phases and statistics in words a person can read. No meaning is added here."""

from __future__ import annotations

from math import inf, isfinite
from typing import Final

from formcheck.core.spec import Band, Measure
from formcheck.core.vocabulary import BY_NAME, STEP_MEASURES

STEP_OWN: Final = frozenset(q.name for q in STEP_MEASURES)
UNITS: Final = {
    "deg": "°", "pct": " %", "s": " s", "leg/s": " leg lengths/s", "leg": " leg lengths", "foot": " foot lengths",
    "shank": " shank lengths", "trunk": " trunk lengths", "hip width": " hip widths", "steps/min": " steps/min",
}  # fmt: skip
PHASES: Final = {
    "contact": "as the foot lands", "early_stance": "from landing to 40 % of the stance",
    "mid_drive": "from 20 to 80 % of the stance", "stance": "while the foot is down",
    "swing": "while the foot is in the air", "stride": "over each stride", "start": "before the first step",
    "set": "over the set",
}  # fmt: skip
STATISTICS: Final = {
    "mean": "mean", "median": "median", "min": "least value", "max": "greatest value",
    "p05": "least value (5th percentile)", "p95": "greatest value (95th percentile)", "range": "range",
    "sd": "standard deviation", "cv_pct": "variation in percent of the mean",
    "symmetry_pct": "difference of left and right in percent",
    "drift": "last three strides minus the first three",
    "loss_pct": "percent lost from the best of the first three strides to the last three",
    "jump_pct": "greatest change from one stride to the next in percent", "share": "share of the steps",
}  # fmt: skip
EVIDENCE: Final = {
    "V": "published figure, read in its source", "R": "recalled from the literature, not re-read",
    "M": "measured on real data", "D": "derived for formcheck", "C": "coaches' opinion",
}  # fmt: skip


def value(number: float, unit: str) -> str:
    """One number with its unit and a true minus sign: ``"−0.15 foot lengths"``."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "−") + UNITS.get(unit, "")


def limits(low: float, high: float, unit: str) -> str:
    """``"at most 8°"``, ``"at least 5°"``, ``"−15 to 15°"`` or ``"no limit"``."""
    if isfinite(low) and isfinite(high):
        return f"{value(low, '')} to {value(high, unit)}"
    if isfinite(high):
        return f"at most {value(high, unit)}"
    return f"at least {value(low, unit)}" if isfinite(low) else "no limit"


def good(band: Band, unit: str) -> str:
    """The good band in words."""
    return limits(band.good_min, band.good_max, unit)


def minor(band: Band, unit: str) -> str:
    """The minor band in words; the good part is left to the reader."""
    return limits(band.minor_min, band.minor_max, unit)


def how(measure: Measure) -> str:
    """What is measured, when and for whom, as one sentence without its end."""
    quantity = BY_NAME[measure.signal]
    parts = [quantity.what]
    if measure.phase == "set":
        parts.append(f"{STATISTICS[measure.statistic]} over the set" if measure.statistic != "mean" else "once a set")
    elif measure.signal in STEP_OWN:
        parts.append("step by step")
    else:
        parts.append(f"{STATISTICS[measure.statistic]} {PHASES[measure.phase]}")
    if measure.relative_to_start:
        parts.append("against the median of the first three strides")
    parts.append("each leg" if measure.side == "each" else "both legs together")
    return "; ".join(parts)


def stops(measure: Measure) -> str:
    """What of this measure ends the set, in words; empty if nothing does."""
    said = []
    if measure.stop_trend is not None:
        direction = "less" if measure.band.good_max == inf else "more"
        said.append(f"{value(measure.stop_trend, measure.unit)} {direction} than in the first three strides")
    if measure.stop_limit is not None:
        said.append(f"past {value(measure.stop_limit, measure.unit)}")
    return " or ".join(said)


def evidence(tags: str) -> str:
    """``"D, C"`` as words."""
    return ", ".join(EVIDENCE[tag] for tag in tags.split(", "))
