"""The page ``docs/accuracy.md`` as text, from rows and outcomes. No measuring here."""

from __future__ import annotations

import re

import numpy as np

from bench.accuracy_lib.breaks import Group
from bench.accuracy_lib.real import RealRow
from bench.accuracy_lib.rows import HALVES, EventRow, Row
from bench.accuracy_lib.samples import ClipResult
from bench.accuracy_lib.tally import Agreement


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def number(value: float, digits: int, signed: bool = False) -> str:
    """A figure, or a dash for NaN; with a proper minus."""
    if not np.isfinite(value):
        return "–"
    return f"{value:{'+' if signed else ''}.{digits}f}".replace("-", "−")


def _agreement(a: Agreement, digits: int) -> str:
    if a.n == 0:
        return "–"
    limits = f"{number(a.low, digits, True)} to {number(a.high, digits, True)}"
    return f"**{number(a.mae, digits)}** ({number(a.bias, digits, True)}; {limits}; n {a.n}, {a.clips} clips)"


def _short(a: Agreement, digits: int) -> str:
    return "–" if a.n == 0 else f"{number(a.mae, digits)} ({number(a.bias, digits, True)})"


def row_cells(row: Row) -> list[str]:
    """Title, both halves, raw, perfect pose, published, target, reached."""
    target = "" if row.target is None else f"≤ {row.target:g}{row.unit}"
    raw = " / ".join(_short(row.raw[h], row.digits) for h in HALVES)
    perfect = " / ".join(_short(row.perfect[h], row.digits) for h in HALVES)
    title = f"{row.title}{', ' + row.unit if row.unit else ''}"
    return [
        title,
        *(_agreement(row.ours[h], row.digits) for h in HALVES),
        raw,
        perfect,
        row.published,
        target,
        row.reached,
    ]


ROW_HEAD = [
    "what",
    "development",
    "validation",
    "raw landmarks, dev / val",
    "perfect pose, dev / val",
    "published best",
    "reach",
    "reached",
]


def angles(rows: list[Row]) -> str:
    """Angles and distances."""
    return table(ROW_HEAD, [row_cells(r) for r in rows if any(r.ours[h].n for h in HALVES)])


def events(rows: list[EventRow]) -> str:
    """Contact and lift-off timing."""
    head = [*ROW_HEAD[:3], "missed, made up (dev / val)", *ROW_HEAD[3:]]
    body = []
    for item in rows:
        cells = row_cells(item.row)
        counts = " / ".join(f"{item.missed[h]}, {item.extra[h]}" for h in HALVES)
        body.append([*cells[:3], counts, *cells[3:]])
    return table(head, body)


def steps(results: list[ClipResult]) -> str:
    """Step count, cadence and step-time variation, by half; and the clips that are not exact."""
    body = []
    for half in HALVES:
        mine = [r for r in results if r.fixture.half == half]
        shares = [
            _exact([r for r in mine if r.fixture.clean], "steps"),
            _exact(mine, "steps"),
            _exact([r for r in mine if r.steps.raw_steps >= 0], "raw_steps"),
            _exact(mine, "perfect_steps"),
        ]
        body.append([half, str(len(mine)), *shares, *_cadence(mine)])
    text = table(STEPS_HEAD, body)
    wrong = [_wrong_steps(r) for r in results if not r.steps.exact(r.steps.steps)]
    head = ["clip", "half", "true", "formcheck", "raw", "perfect pose", "feet alternate"]
    return text + ("\n\nNot exact:\n\n" + table(head, wrong) if wrong else "")


STEPS_HEAD = [
    "half",
    "clips",
    "step count exact, clips without a fault",
    "exact, all clips",
    "raw exact (side views)",
    "perfect pose exact",
    "cadence MAE (bias), steps/min",
    "within 1 step/min",
    "raw cadence MAE",
    "step-time CV error, percent points",
]


def _wrong_steps(result: ClipResult) -> list[str]:
    steps = result.steps
    true = " or ".join(str(n) for n in dict.fromkeys(steps.true_steps))
    raw = str(steps.raw_steps) if steps.raw_steps >= 0 else "–"
    return [
        result.fixture.name,
        result.fixture.half,
        true,
        str(steps.steps),
        raw,
        str(steps.perfect_steps),
        "yes" if steps.alternate else "no",
    ]


def _exact(results: list[ClipResult], which: str) -> str:
    return f"{sum(r.steps.exact(getattr(r.steps, which)) for r in results)} of {len(results)}"


def _cadence(results: list[ClipResult]) -> list[str]:
    ours = np.array([r.steps.cadence[1] - r.steps.cadence[0] for r in results])
    raw = np.array([r.steps.cadence[2] - r.steps.cadence[0] for r in results])
    cv = np.array([r.steps.step_cv[1] - r.steps.step_cv[0] for r in results])
    ours, raw, cv = (v[np.isfinite(v)] for v in (ours, raw, cv))
    if ours.size == 0:
        return ["–"] * 4
    return [
        f"{number(float(np.abs(ours).mean()), 2)} ({number(float(ours.mean()), 2, True)})",
        f"{int((np.abs(ours) <= 1.0).sum())} of {ours.size}",
        number(float(np.abs(raw).mean()), 2) if raw.size else "–",
        f"{number(float(np.abs(cv).mean()), 1)} ({number(float(cv.mean()), 1, True)})" if cv.size else "–",
    ]


def swaps(results: list[ClipResult]) -> str:
    """Mislabelled frames before and after repair."""
    body = []
    for half in HALVES:
        mine = [r for r in results if r.fixture.half == half and r.swaps is not None]
        total = [sum(getattr(r.swaps, f) for r in mine) for f in ("frames", "before", "after", "harmed")]
        share = [f"{n} ({number(100 * n / total[0], 2)} %)" if total[0] else "–" for n in total[1:]]
        worst = sorted(
            (r for r in mine if r.swaps and r.swaps.after), key=lambda r: -(r.swaps.after if r.swaps else 0)
        )[:4]
        body.append(
            [
                half,
                str(len(mine)),
                str(total[0]),
                *share,
                ", ".join(f"{r.fixture.name} {r.swaps.after}" for r in worst if r.swaps),
            ]
        )
    head = [
        "half",
        "side and oblique clips",
        "frames with the legs apart",
        "mislabelled, raw",
        "after repair",
        "made wrong by repair",
        "left in",
    ]
    return table(head, body)


def real(rows: list[RealRow]) -> str:
    """Real people."""
    if not rows:
        return "The real clips are not on this machine."
    cells = [[r.what, r.reference, r.ours, r.raw, r.reached] for r in rows]
    signed = [[re.sub(r"(?<![\w.])-(?=\d)", "−", cell) for cell in row] for row in cells]
    return table(["what", "reference", "formcheck", "raw", "reached"], signed)


def breaks(groups: list[Group]) -> str:
    """Where it breaks."""
    body = [
        [
            g.by,
            g.name,
            str(g.clips),
            _short(g.knee, 1),
            _short(g.lean, 1),
            _short(g.contact_ms, 0),
            number(g.false_per_clip, 2),
        ]
        for g in groups
    ]
    return table(
        [
            "by",
            "group",
            "clips",
            "knee flexion, near leg, ° MAE (bias)",
            "trunk lean, °",
            "contact, ms",
            "false findings a clip",
        ],
        body,
    )
