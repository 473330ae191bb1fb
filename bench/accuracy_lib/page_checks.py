"""The checks' part of ``docs/accuracy.md``: precision, recall, F1, false findings, misses."""

from __future__ import annotations

from bench.accuracy_lib.checks import CheckScores, FalseFinding, Miss, Outcome
from bench.accuracy_lib.page import number, table
from bench.accuracy_lib.rows import HALVES
from bench.accuracy_lib.tally import Tally


def _tally(t: Tally) -> str:
    if t.tp + t.fn == 0:
        return f"no fault planned; {t.fp} false"
    rates = f"{number(t.precision, 2)} / {number(t.recall, 2)} / **{number(t.f1, 2)}**"
    return f"{rates} ({t.tp} found, {t.fn} missed, {t.fp} false)"


def checks(by_half: dict[str, Outcome], names: list[str]) -> str:
    """Precision / recall / F1 of every check on clips and on steps."""
    body = []
    for name in names:
        dev, val = (by_half[h].scores.get(name, CheckScores()) for h in HALVES)
        both = _both(dev, val)
        reached = (
            "yes"
            if both.clips.tp and both.clips.f1 >= 0.95
            else "no"
            if both.clips.tp + both.clips.fn + both.clips.fp
            else "–"
        )
        planned = both.clips.tp + both.clips.fn
        body.append(
            [
                f"`{name}`",
                _tally(dev.clips),
                _tally(val.clips),
                _tally(both.steps),
                f"{both.exact} of {planned}",
                str(both.good_assessed),
                str(both.not_assessed),
                reached,
            ]
        )
    head = [
        "check",
        "clips, development: P / R / F1",
        "clips, validation: P / R / F1",
        "steps, both halves: P / R / F1",
        "at the very verdict",
        "rightly good",
        "not assessed",
        "F1 ≥ 0.95",
    ]
    return table(head, body)


def _both(a: CheckScores, b: CheckScores) -> CheckScores:
    def add(x: Tally, y: Tally) -> Tally:
        return Tally(x.tp + y.tp, x.fp + y.fp, x.fn + y.fn)

    return CheckScores(
        add(a.clips, b.clips),
        add(a.steps, b.steps),
        a.exact + b.exact,
        a.good_assessed + b.good_assessed,
        a.not_assessed + b.not_assessed,
    )


def false_findings(found: list[FalseFinding]) -> str:
    """Every finding with no fault behind it."""
    if not found:
        return "None."
    head = [
        "clip",
        "half",
        "check",
        "side",
        "said",
        "measure",
        "value",
        "true value",
        "a perfect pose gives",
        "planned near miss",
    ]
    return table(
        head,
        [
            [
                f.clip,
                f.half,
                f"`{f.check}`",
                f.side,
                f.verdict,
                f.measure,
                f"{number(f.value, 3)} {f.unit}",
                number(f.true_value, 3),
                f.perfect,
                "yes" if f.near_miss else "",
            ]
            for f in found
        ],
    )


def misses(missed: list[Miss]) -> str:
    """Every planned fault not found."""
    if not missed:
        return "None."
    head = ["clip", "half", "check", "side", "planned", "said", "a perfect pose gives"]
    return table(head, [[m.clip, m.half, f"`{m.check}`", m.side, m.planned, m.said, m.perfect] for m in missed])
