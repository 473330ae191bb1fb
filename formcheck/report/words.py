"""The words that reports, overlay and command line share. Texts of checks live in the exercise files."""

from __future__ import annotations

import math
from typing import Final

from formcheck.core.vocabulary import BY_NAME

VERDICT: Final = {
    "good": "Good",
    "minor": "Minor fault",
    "major": "Major fault",
    "not_assessed": "Not judged",
}
QUALITY: Final = {"accepted": "Good footage", "warning": "Usable footage", "rejected": "Not usable"}
VIEW: Final = {
    "left_side": "left side", "right_side": "right side", "front": "front", "back": "back",
    "oblique": "at an angle",
}  # fmt: skip
DIRECTION: Final = {"backward": "moving backward", "forward": "moving forward", "in_place": "in place"}
#: "both" is one finding for the whole body; a pair of findings is told as ``BOTH_SIDES``.
SIDE: Final = {"left": "left", "right": "right", "both": "", None: ""}
BOTH_SIDES: Final = "both sides"
PHASE: Final = {"contact": "contact", "drive": "drive", "swing": "swing", "": ""}
EVIDENCE: Final = {
    "V": "a published figure, read in its source",
    "R": "recalled from the literature, not re-read",
    "M": "measured on real data for formcheck",
    "D": "derived for formcheck, formula given",
    "C": "coaches' opinion",
}
SAFETY: Final = (
    "formcheck measures what a camera sees. It is not medical advice: stop if something hurts, and ask "
    "a doctor or physiotherapist before training with a knee or other injury."
)
#: What is not the name of an exercise file.
EXERCISE: Final = {"unknown": "Exercise not recognised", "up_and_back": "Up and back"}
NO_SCORE: Final = "No score"

_UNITS: Final = {
    "deg": "°", "pct": " %", "s": " s", "ratio": "", "": "", "foot": " foot lengths", "shank": " shank lengths",
    "leg": " leg lengths", "leg/s": " leg lengths/s", "trunk": " trunk lengths", "hip width": " hip widths",
    "steps/min": " steps/min", "m": " m", "m/s": " m/s",
}  # fmt: skip
_SUMMARY: Final = {
    "steps": ("Steps", "{:.0f}"), "cadence_spm": ("Cadence", "{:.0f} steps/min"),
    "duration_s": ("Duration", "{:.1f} s"), "distance_m": ("Distance", "{:.1f} m"),
    "speed_m_s": ("Speed", "{:.2f} m/s"), "laps": ("Laps", "{:.0f}"),
}  # fmt: skip


def unit(name: str) -> str:
    """A unit as written after a number: ``"deg"`` is ``"°"``; an unknown one stands as it is."""
    return _UNITS.get(name, f" {name}")


def number(value: float | None, unit_name: str = "") -> str:
    """A value with its unit at the precision a person can use; a dash if missing."""
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    digits = 0 if size >= 20 else 1 if size >= 3 or unit_name in ("deg", "pct") else 2
    text = f"{value:.{digits}f}"
    return (text.lstrip("-") if float(text) == 0 else text.replace("-", "−")) + unit(unit_name)


def clock(time_s: float | None) -> str:
    """A moment in the clip as m:ss.d; a dash if unknown."""
    if time_s is None or not math.isfinite(time_s):
        return "–"
    tenths = round(time_s * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def wanted(limits: object, unit_name: str = "") -> str:
    """The good band in words: "at most 8.0°", "-0.15 or more", "between ... and ..."."""
    get = dict(limits).get  # type: ignore[call-overload]
    low, high = get("good_min"), get("good_max")
    if low is not None and high is not None:
        return f"{number(low)} to {number(high, unit_name)}"
    if high is not None:
        return f"at most {number(high, unit_name)}"
    return f"at least {number(low, unit_name)}" if low is not None else "–"


def percent(share: float | None) -> str:
    """A share 0..1 as whole percent."""
    return "–" if share is None else f"{100 * share:.0f} %"


def evidence(tag: str) -> list[str]:
    """What each letter of an evidence tag such as "D, C" or "V54" means."""
    letters = dict.fromkeys(char for char in tag if char in EVIDENCE)
    return [EVIDENCE[letter] for letter in letters]


def title(identifier: str) -> str:
    """An id as words, for want of a better title: "knee_over_toe" is "Knee over toe"."""
    return identifier.replace("_", " ").strip().capitalize()


def summary_rows(summary: object) -> list[tuple[str, str]]:
    """Label and value of every figure of the summary that is there and is a number."""
    rows = []
    for key, value in dict(summary).items():  # type: ignore[call-overload]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            continue
        label, form = _SUMMARY.get(key, _label_of(key))
        rows.append((label, form.format(value)))
    return rows


def _label_of(key: str) -> tuple[str, str]:
    endings = {"_ratio_s": unit("leg/s"), "_m_s": " m/s", "_deg": "°", "_pct": " %", "_m": " m", "_s": " s"}
    known = BY_NAME.get(key)
    if known is not None:
        ending = next((e for e in (*endings, "_ratio", "_spm") if key.endswith(e)), "")
        return title(key.removesuffix(ending)), "{:.2f}" + unit(known.unit)
    for ending, words in endings.items():
        if key.endswith(ending):
            return title(key.removesuffix(ending)), "{:.2f}" + words
    return title(key.removesuffix("_ratio")), "{:.3g}"


def count(n: int, thing: str) -> str:
    """A number with its noun: "1 step", "2 steps"."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
