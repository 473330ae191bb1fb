"""Where it breaks: the same errors grouped by body, view, speed, distance, clothes, light, leg and camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.accuracy_lib.checks import Outcome
from bench.accuracy_lib.samples import ClipResult
from bench.accuracy_lib.tally import Agreement, agreement


@dataclass(frozen=True)
class Group:
    """One group of clips: knee flexion (near leg), trunk lean, contact timing (ms) and false findings a clip."""

    by: str
    name: str
    clips: int
    knee: Agreement
    lean: Agreement
    contact_ms: Agreement
    false_per_clip: float


def _distance(result: ClipResult) -> str:
    """How tall the leg is in the picture, as a share of its height."""
    truth, camera = result.fixture.truth, result.fixture.truth.data["camera"]
    leg = np.linalg.norm(truth.image[:, truth.index["hip_l"]] - truth.image[:, truth.index["ankle_l"]], axis=1)
    share = float(np.nanmedian(leg)) / camera["height"]
    return (
        "leg under 0.22 of the picture's height"
        if share < 0.22
        else "leg 0.22 to 0.35"
        if share < 0.35
        else "leg over 0.35"
    )


def _clothes(result: ClipResult) -> str:
    from fixtures.generator.people import PEOPLE

    return "tights" if PEOPLE[result.fixture.truth.data["person"]].trousers == "tights" else "loose trousers or shorts"


def _speed(result: ClipResult) -> str:
    cadence = result.steps.cadence[0]
    return (
        "under 80 steps/min"
        if cadence < 80
        else "80 to 100"
        if cadence < 100
        else "over 100"
        if cadence >= 100
        else "no strides"
    )


def _footage(result: ClipResult) -> str:
    name = result.fixture.name
    special = (
        "bystander",
        "crossing",
        "in_and_out",
        "hidden",
        "sunlit",
        "dark",
        "variable",
        "handheld",
        "panning",
        "motion_blur",
        "fps24",
        "fps60",
    )
    return next((s for s in special if s in name), "plain")


GROUPINGS: tuple[tuple[str, Callable[[ClipResult], str]], ...] = (
    ("body", lambda r: str(r.fixture.truth.data["person"])),
    ("view", lambda r: r.fixture.view.replace("_", " ")),
    ("exercise", lambda r: str(r.fixture.truth.data["exercise"])),
    ("speed", _speed),
    ("size in the picture", _distance),
    (
        "camera height",
        lambda r: "over 1.5 m" if r.fixture.truth.data["camera"]["eye_m"][0][2] > 1.5 else "up to 1.5 m",
    ),
    ("clothes", _clothes),
    ("footage", _footage),
)


def groups(results: list[ClipResult], outcome: Outcome) -> list[Group]:
    """All groups of all groupings, in order of appearance."""
    out = []
    for by, key in GROUPINGS:
        names = sorted({key(r) for r in results})
        for name in names:
            mine = [r for r in results if key(r) == name]
            out.append(_group(by, name, mine, outcome))
    return out


def _group(by: str, name: str, mine: list[ClipResult], outcome: Outcome) -> Group:
    clips = {r.fixture.name for r in mine}

    def of(quantity: str, legs: tuple[str, ...]) -> Agreement:
        return agreement(
            [s.ours - s.truth for r in mine for s in r.samples if s.quantity == quantity and s.leg in legs]
        )

    contacts = [1000.0 * e.errors_s for r in mine for e in r.events if e.method == "ours" and e.kind == "contact"]
    false = sum(f.clip in clips for f in outcome.false)
    return Group(
        by,
        name,
        len(mine),
        of("knee_flexion_deg", ("near",)),
        of("trunk_lean_deg", ("both",)),
        agreement(contacts),
        false / len(mine),
    )
