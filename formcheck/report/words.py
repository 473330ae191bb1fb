"""How reports, overlay, command line and app write numbers, moments, units and verdicts.

The words themselves are in ``formcheck/texts``; the English ones of checks and exercises live in the exercise files.
"""

from __future__ import annotations

import math
from typing import Final

from formcheck.core.skeleton import SIDES
from formcheck.core.types import Finding
from formcheck.core.vocabulary import BY_NAME
from formcheck.texts import find, t

#: Units that are signs, the same in every language; the others are words.
_SIGNS: Final = {"deg": "°", "pct": " %", "s": " s", "ratio": "", "": "", "m": " m", "m/s": " m/s"}
_EVIDENCE: Final = "VRMDC"
#: The summary's figures that are not written by the ending of their name, and in what unit.
_SUMMARY: Final = {
    "steps": ("{:.0f}", ""), "cadence_spm": ("{:.0f}", "steps/min"), "duration_s": ("{:.1f}", "s"),
    "distance_m": ("{:.1f}", "m"), "speed_m_s": ("{:.2f}", "m/s"), "laps": ("{:.0f}", ""),
}  # fmt: skip
_ENDINGS: Final = {"_ratio_s": "leg/s", "_m_s": "m/s", "_deg": "deg", "_pct": "pct", "_m": "m", "_s": "s"}


def verdict(name: str) -> str:
    """A verdict in words."""
    return t(f"verdict.{name}")


def quality(name: str) -> str:
    """How good the footage is, in words."""
    return t(f"quality.{name}")


def side(name: str | None) -> str:
    """Left or right; nothing for "both", which is one finding for the whole body. A pair is told as ``both_sides``."""
    return t(f"common.{name}") if name in SIDES else ""


def both_sides() -> str:
    """Left and right of one check."""
    return t("common.both")


def no_score() -> str:
    """What stands where a score would."""
    return t("result.no_score")


def unit(name: str) -> str:
    """A unit as written after a number: ``"deg"`` is ``"°"``; an unknown one stands as it is."""
    return _SIGNS[name] if name in _SIGNS else f" {find(f'unit.{name}') or name}"


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
        return t("number.between", low=number(low), high=number(high, unit_name))
    if high is not None:
        return t("number.at_most", value=number(high, unit_name))
    return t("number.at_least", value=number(low, unit_name)) if low is not None else "–"


def against(value: str, finding: Finding) -> str:
    """A value, or the name of what is measured, with the finding's good band: "17.4°; good is at most 8.0°"."""
    return t("number.against", value=value, band=wanted(finding.limits, finding.unit))


def percent(share: float | None) -> str:
    """A share 0..1 as whole percent."""
    return "–" if share is None else f"{100 * share:.0f} %"


def evidence(tag: str) -> list[str]:
    """What each letter of an evidence tag such as "D, C" or "V54" means."""
    letters = dict.fromkeys(char for char in tag if char in _EVIDENCE)
    return [t(f"evidence.{letter}") for letter in letters]


def title(identifier: str) -> str:
    """An id as words, for want of a better title: "knee_over_toe" is "Knee over toe"."""
    return identifier.replace("_", " ").strip().capitalize()


def summary_rows(summary: object) -> list[tuple[str, str]]:
    """Label and value of every figure of the summary that is there and is a number."""
    rows = []
    for key, value in dict(summary).items():  # type: ignore[call-overload]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            continue
        _, form, unit_name = _form_of(key)
        rows.append((summary_label(key), form.format(value) + unit(unit_name)))
    return rows


def summary_label(key: str) -> str:
    """What a figure of the summary is called."""
    return find(f"summary.{key}") or title(_form_of(key)[0])


def _form_of(key: str) -> tuple[str, str, str]:
    """A figure's name without its unit, its precision, and the unit."""
    if key in _SUMMARY:
        return key, *_SUMMARY[key]
    known = BY_NAME.get(key)
    ending = next((end for end in (*_ENDINGS, "_ratio", "_spm") if key.endswith(end)), "")
    if known is not None:
        return key.removesuffix(ending), "{:.2f}", known.unit
    if ending in _ENDINGS:
        return key.removesuffix(ending), "{:.2f}", _ENDINGS[ending]
    return key.removesuffix("_ratio"), "{:.3g}", ""


def count(n: int, thing: str) -> str:
    """A number with its noun: "1 step", "2 steps"; ``thing`` is one of the ``count`` texts."""
    return t(f"count.{thing}_{'one' if n == 1 else 'many'}", n=n)
