"""Rows of the accuracy table: which samples, what has been published, what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from bench.accuracy_lib.samples import ClipResult
from bench.accuracy_lib.tally import Agreement, agreement
from formcheck.core.types import Array

HALVES = ("development", "validation")
METHODS = ("ours", "raw", "perfect")
NONE = "none found"
ANGLES = "OpenCap Monocular 4.8°, OpenPose 5.6°, BlazePose Heavy 7.1° (bias −5.1°) [V4, V8, V9]"
LEAN = "2-D trackers 3.2–5.5°, 3.9° after fusion [V13, V14]"
FPPA = "human rater 2–4° [V16]; single-leg squat against 3-D r 0.20 [V1]"
FOOT = "ankle about 7° [V8]; heel and toe unpublished"
PELVIS = "out of plane r −0.09 to 0.80 [V6]"


@dataclass(frozen=True)
class Quantity:
    """A row: title, sample key, legs (empty: all), unit, decimals, published best, target MAE."""

    title: str
    key: str
    legs: tuple[str, ...] = ()
    unit: str = "°"
    digits: int = 1
    published: str = NONE
    target: float | None = None
    seated: bool | None = None


QUANTITIES = (
    Quantity("knee flexion, both legs", "knee_flexion_deg", published=ANGLES, target=5.0),
    Quantity("knee flexion, near leg", "knee_flexion_deg", ("near",), published=ANGLES, target=5.0),
    Quantity("knee flexion, far leg", "knee_flexion_deg", ("far",), published=ANGLES, target=5.0),
    Quantity("knee flexion, near leg, seated", "knee_flexion_deg", ("near",), published=NONE, seated=True),
    Quantity("knee flexion, near leg, standing", "knee_flexion_deg", ("near",), published=ANGLES, seated=False),
    Quantity("knee flexion at contact, near leg", "knee_flexion_deg@contact", ("near",), published=ANGLES),
    Quantity("trunk lean", "trunk_lean_deg", published=LEAN, target=4.0),
    Quantity("rocking range per stride", "rocking_range_deg", published=NONE, target=2.0),
    Quantity("FPPA, every frame up to 60° of flexion", "fppa_deg", published=FPPA, target=4.0),
    Quantity("FPPA, mid-drive median of a step", "fppa_deg@mid_drive", published=FPPA, target=4.0),
    Quantity("knee against toe sideways, shank lengths", "knee_toe_offset_ratio", unit="", digits=3),
    Quantity("foot placement at contact, near leg, shank lengths", "foot_placement_ratio@contact", ("near",), "", 3),
    Quantity("foot placement at contact, far leg, shank lengths", "foot_placement_ratio@contact", ("far",), "", 3),
    Quantity("knee over toe at contact, near leg, foot lengths", "knee_over_toe_ratio@contact", ("near",), "", 3),
    Quantity("knee over toe at contact, far leg, foot lengths", "knee_over_toe_ratio@contact", ("far",), "", 3),
    Quantity("foot pitch (heel lift), every frame, near leg", "foot_pitch_deg", ("near",), published=FOOT),
    Quantity(
        "heel lift, mid-drive median of a step, near leg",
        "foot_pitch_deg@mid_drive",
        ("near",),
        published=FOOT,
    ),
    Quantity("heel lift, mid-drive median of a step, far leg", "foot_pitch_deg@mid_drive", ("far",), published=FOOT),
    Quantity("pelvis yaw against its own median", "pelvis_yaw_deg", published=PELVIS),
    Quantity("pelvis twist range per stride", "pelvis_twist_range_deg", published=PELVIS),
)


@dataclass(frozen=True)
class Row:
    """One line: agreement by half for formcheck, raw landmarks and a perfect pose."""

    title: str
    unit: str
    digits: int
    ours: dict[str, Agreement]
    raw: dict[str, Agreement]
    perfect: dict[str, Agreement]
    published: str
    target: float | None

    @property
    def reached(self) -> str:
        """On the validation half: yes, no, or nothing where there is no target."""
        mae = self.ours["validation"].mae
        if self.target is None or not np.isfinite(mae):
            return ""
        return "yes" if mae <= self.target else "no"


def _suits(quantity: Quantity, result: ClipResult) -> bool:
    fixture = result.fixture
    if quantity.key.startswith("fppa") and abs(fixture.yaw_deg) > 5.0:
        return False
    seated = fixture.truth.data["exercise"] == "power_sled_backward_push"
    return quantity.seated is None or quantity.seated == seated


def errors_of(quantity: Quantity, results: Iterable[ClipResult], method: str) -> list[Array]:
    """One array of errors a clip and leg; frames that formcheck left empty are left out for raw and perfect too."""
    out = []
    for result in results:
        if not _suits(quantity, result):
            continue
        for sample in result.samples:
            if sample.quantity == quantity.key and (not quantity.legs or sample.leg in quantity.legs):
                shown = np.isfinite(sample.ours)
                out.append(np.where(shown, getattr(sample, method) - sample.truth, np.nan))
    return out


def _row(
    title: str,
    unit: str,
    digits: int,
    published: str,
    target: float | None,
    errors: Callable[[str, str], list[Array]],
) -> Row:
    table = {m: {h: agreement(errors(m, h)) for h in HALVES} for m in METHODS}
    return Row(title, unit, digits, table["ours"], table["raw"], table["perfect"], published, target)


def angle_rows(results: list[ClipResult]) -> list[Row]:
    """Frame by frame and step by step; camera yaw once a clip, by view."""
    rows = []
    for quantity in QUANTITIES:

        def errors(method: str, half: str, quantity: Quantity = quantity) -> list[Array]:
            return errors_of(quantity, [r for r in results if r.fixture.half == half], method)

        rows.append(_row(quantity.title, quantity.unit, quantity.digits, quantity.published, quantity.target, errors))
    for kind in ("side", "front", "back", "oblique"):

        def yaw(method: str, half: str, kind: str = kind) -> list[Array]:
            at = METHODS.index(method)
            mine = [r for r in results if r.fixture.half == half and r.fixture.kind == kind]
            return [np.array([r.yaw_error[at]]) for r in mine]

        rows.append(_row(f"camera yaw, {kind} view, one value a clip", "°", 1, NONE, None, yaw))
    return rows


#: (title, kind, backward, view, legs, fast) -> target seconds
EVENT_ROWS = tuple(
    (
        f"{way} {word}, {view} view, {leg} leg{'s' if leg == 'both' else ''}, {rate}",
        kind,
        way == "backward",
        view,
        leg,
        fast,
    )
    for way in ("backward", "forward")
    for kind, word in (("contact", "contact"), ("off", "lift-off"))
    for view, leg in (
        ("side", "near"),
        ("side", "far"),
        ("front", "both"),
        ("back", "both"),
        ("oblique", "both"),
    )
    for rate, fast in (("24–30 fps", False), ("60 fps", True))
)
EVENTS_PUBLISHED = {
    (True, "contact"): "IMU against markers 18.5 ± 18.3 ms; from video " + NONE + " [V23]",
    (True, "off"): "IMU against markers 20.4 ± 15.2 ms; from video " + NONE + " [V23]",
    (False, "contact"): "markers about 17 ms (Zeni); video step time 20 ms [V8]",
    (False, "off"): "markers about 17 ms (Zeni); video step time 20 ms [V8]",
}


@dataclass(frozen=True)
class EventRow:
    """Timing errors in milliseconds, and events missed and made up (formcheck's), by half."""

    row: Row
    missed: dict[str, int]
    extra: dict[str, int]


def event_rows(results: list[ClipResult]) -> list[EventRow]:
    """Those with at least one event."""
    out = []
    for title, kind, backward, view, leg, fast in EVENT_ROWS:

        def chosen(method: str, half: str, kind=kind, backward=backward, view=view, leg=leg, fast=fast):  # type: ignore[no-untyped-def]
            return [
                e
                for r in results
                if r.fixture.half == half
                for e in r.events
                if (e.method, e.kind, e.backward, e.view, e.fps > 45) == (method, kind, backward, view, fast)
                and (leg == "both" or e.leg == leg)
            ]

        row = _row(
            title,
            "ms",
            0,
            EVENTS_PUBLISHED[backward, kind],
            20.0 if fast else 33.0,
            lambda m, h, chosen=chosen: [1000.0 * e.errors_s for e in chosen(m, h)],
        )
        if any(row.ours[h].n for h in HALVES):
            out.append(
                EventRow(
                    row,
                    *(
                        {h: sum(getattr(e, what) for e in chosen("ours", h)) for h in HALVES}
                        for what in ("missed", "extra")
                    ),
                )
            )
    return out
