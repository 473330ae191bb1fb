"""What each mend of the core brings: the same clips with it and without it, by half.

A mend is taken away by putting what would stand there without it in its place; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from unittest.mock import patch

import numpy as np

from bench.accuracy_lib import samples
from bench.accuracy_lib.checks import Outcome, add_clip
from bench.accuracy_lib.rows import HALVES, QUANTITIES, errors_of
from bench.accuracy_lib.samples import ClipResult
from formcheck.api import analyse_pose
from formcheck.core import pipeline
from formcheck.core.clean import filters, swaps
from formcheck.core.gait import contacts, frontal
from formcheck.core.signals import columns, sagittal
from formcheck.core.signals import frontal as frontal_signals
from formcheck.core.spec import Catalogue
from formcheck.core.types import Analysis, PoseSequence
from formcheck.exercises import load, measures

Figure = Callable[[Sequence[ClipResult]], str]


@dataclass(frozen=True)
class Mend:
    """``off`` names what to put in its place: module, attribute, value."""

    what: str
    off: tuple[tuple[Any, str, Any], ...]
    figures: tuple[tuple[str, Figure], ...]


def mae(title: str) -> tuple[str, Figure]:
    """A row of the accuracy table by its title."""
    quantity = next(q for q in QUANTITIES if q.title == title)

    def figure(results: Sequence[ClipResult]) -> str:
        errors = [e[np.isfinite(e)] for e in errors_of(quantity, results, "ours")]
        every = np.concatenate(errors) if errors else np.empty(0)
        return f"{np.abs(every).mean():.{quantity.digits}f}{quantity.unit}" if every.size else "–"

    return title, figure


def timing(kind: str, views: tuple[str, ...], legs: tuple[str, ...]) -> tuple[str, Figure]:
    """Mean absolute error of contacts or lift-offs, ms."""

    def figure(results: Sequence[ClipResult]) -> str:
        own = [e for r in results for e in r.events if e.method == "ours" and e.kind == kind]
        errors = [e.errors_s for e in own if e.view in views and e.leg in legs]
        every = np.concatenate(errors) if errors else np.empty(0)
        return f"{1000 * np.abs(every).mean():.0f} ms" if every.size else "–"

    return f"{'contact' if kind == 'contact' else 'lift-off'}, {' and '.join(views)}, {' and '.join(legs)}", figure


def steps_exact(results: Sequence[ClipResult]) -> str:
    """Clips whose number of steps is right."""
    return f"{sum(r.steps.exact(r.steps.steps) for r in results)} of {len(results)}"


def swapped(results: Sequence[ClipResult]) -> str:
    """Frames with left and right exchanged."""
    return str(sum(r.swaps.after for r in results if r.swaps))


def findings(results: Sequence[ClipResult]) -> str:
    """False findings, and planned faults that are missed."""
    outcome = Outcome()
    for result in results:
        add_clip(outcome, result.fixture, result.analysis, result.ideal)
    return f"{len(outcome.false)} false, {len(outcome.missed)} missed"


FINDINGS = ("findings", findings)
STEPS = ("steps exact", steps_exact)
NEAR, FAR = "knee flexion, near leg", "knee flexion, far leg"


@cache
def _plain_catalogue() -> Catalogue:
    with patch.object(measures, "_widened", lambda band, _: band):
        return load._built_in.__wrapped__()


def _by_plain_limits(pose: PoseSequence, exercise: str) -> Analysis:
    return analyse_pose(pose, exercise, catalogue=_plain_catalogue())


MENDS: Final = (
    Mend(
        "outliers out, and a 6 Hz low-pass",
        ((filters, "hampel", lambda v, *_, **__: v), (filters, "low_pass", lambda _, v, *__, **___: v)),
        (mae(NEAR), timing("contact", ("side",), ("near", "far")), FINDINGS),
    ),
    Mend(
        "left and right exchanged back",
        ((swaps, "find_swaps", lambda xy, _: np.zeros(len(xy), dtype=bool)),),
        (("frames swapped", swapped), STEPS),
    ),
    Mend(
        "the far hip put where yaw and the near hip say",
        ((sagittal, "side_hips", lambda pose, track: pose.part("hip")[:, track.start : track.stop]),),
        (mae(FAR),),
    ),
    Mend(
        "the hip lowered for one who sits",
        ((sagittal, "SEATED_HIP_LEGS", 0.0),),
        (mae("knee flexion, near leg, seated"),),
    ),
    Mend(
        "the toe point carried to the shoe's tip",
        ((sagittal, "TOE_CAP_LEGS", 0.0),),
        (mae("knee over toe at contact, near leg, foot lengths"),),
    ),
    Mend(
        "the flat foot's pitch from the clip itself",
        ((sagittal, "_flat_pitch_deg", lambda *_: 0.0),),
        (mae("heel lift, mid-drive median of a step, near leg"),),
    ),
    Mend(
        "FPPA stretched for what the model takes away",
        ((frontal_signals, "FPPA_GAIN", 1.0),),
        (mae("FPPA, mid-drive median of a step"), FINDINGS),
    ),
    Mend(
        "the pelvis' turn from the hips' width, seen from ahead at an angle",
        ((columns, "_yaw_by_width_deg", columns._yaw_by_depth_deg),),
        (mae("pelvis twist range per stride"), FINDINGS),
    ),
    Mend(
        "head-on swings fitted with the foot's turning",
        tuple((frontal, name, 1e6) for name in ("TURNING", "STANDING", "HIDDEN_TURNING", "HIDDEN_STANDING")),
        (timing("contact", ("front", "back"), ("both",)), timing("off", ("front", "back"), ("both",))),
    ),
    Mend(
        "no step for a foot dragged along by the other's swing",
        ((contacts, "without_phantoms", lambda _, events: events),),
        (STEPS, FINDINGS),
    ),
    Mend(
        "footage with lost feet not judged",
        ((pipeline, "odd_phases", lambda _: (0, 0)),),
        (FINDINGS,),
    ),
    Mend(
        "limits widened by the measurement's uncertainty",
        ((samples, "analyse_pose", _by_plain_limits),),
        (FINDINGS,),
    ),
)


def table(results: Sequence[ClipResult]) -> str:
    """Markdown: a line for each figure of each mend, without and with it, for each half."""
    head = "| mend | figure | development: without → with | validation: without → with |"
    lines = [head, "| --- | --- | --- | --- |"]
    for mend in MENDS:
        without = _without(mend, results)
        for title, figure in mend.figures:
            cells = [f"{figure(_of(without, half))} → **{figure(_of(results, half))}**" for half in HALVES]
            lines.append(f"| {mend.what} | {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _of(results: Sequence[ClipResult], half: str) -> list[ClipResult]:
    return [r for r in results if r.fixture.half == half]


def _without(mend: Mend, results: Sequence[ClipResult]) -> list[ClipResult]:
    frontal._fits.cache_clear()
    with ExitStack() as stack:
        for module, name, value in mend.off:
            stack.enter_context(patch.object(module, name, value))
        out = [samples.measure(r.fixture, r.pose) for r in results]
    frontal._fits.cache_clear()
    return out
