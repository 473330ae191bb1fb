"""A comparison in words: every sentence comes from the texts file, every number from the comparison."""

from __future__ import annotations

from formcheck.app.parts.common import side_words, titles
from formcheck.app.parts.player_data import signal_label
from formcheck.compare import Curve, Difference
from formcheck.core.skeleton import SIDES
from formcheck.core.vocabulary import BY_NAME
from formcheck.report import words
from formcheck.texts import t
from formcheck.texts.sentences import said


def judgement(one: Difference) -> str:
    """Whether the change is more than noise."""
    if one.real is None or one.noise is None:
        return t("compare.judge_unknown")
    return t("compare.judge_real" if one.real else "compare.judge_noise", noise=words.number(one.noise, one.unit))


def sentence(one: Difference) -> str:
    """One difference as a sentence or two."""
    name, side, measure = titles().check(one.check), side_words(one.side), said(one.measure)
    a, b = words.number(one.a, one.unit), words.number(one.b, one.unit)
    if a == b:
        return t("compare.same", title=name, side=side, measure=measure, a=a)
    text = t(
        "compare.sentence", title=name, side=side, measure=measure, a=a, b=b, judgement=judgement(one),
        direction=t("compare.more" if one.change > 0 else "compare.less"),
        change=words.number(abs(one.change), one.unit),
    )  # fmt: skip
    if one.real and one.closer:
        text += " " + t("compare.closer" if one.closer > 0 else "compare.farther")
    return text


def curve_label(name: str) -> str:
    """A signal column's name for people, with its side."""
    side = next((s for s in SIDES if f"_{s}_" in name), "")
    base = name.replace(f"_{side}_", "_{side}_", 1) if side else name
    return signal_label(BY_NAME[base]) + side_words(side)


def curve_unit(name: str) -> str:
    """A signal column's unit, for an axis."""
    side = next((s for s in SIDES if f"_{s}_" in name), "")
    return words.unit(BY_NAME[name.replace(f"_{side}_", "_{side}_", 1) if side else name].unit).strip()


def curve_sentence(curve: Curve) -> str:
    """Where the curves differ most beyond noise."""
    label, place = curve_label(curve.signal), curve.widest()
    if place is None:
        return t("compare.curve_none", label=label)
    side = next((s for s in SIDES if f"_{s}_" in curve.signal), "")
    base = curve.signal.replace(f"_{side}_", "_{side}_", 1) if side else curve.signal
    phase = t("compare.stance" if place[0] <= curve.off_pct else "compare.swing")
    change = words.number(abs(place[1]), BY_NAME[base].unit)
    direction = t("compare.more" if place[1] > 0 else "compare.less")
    return t(
        "compare.curve_sentence", label=label, change=change, direction=direction, percent=f"{place[0]:.0f}",
        phase=phase,
    )  # fmt: skip
