"""Skeleton, fault marks and angle arcs on one frame (RGB, drawn in place). Coordinates in the frame's pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from formcheck.core.skeleton import BONES, LANDMARKS, SIDES, SKELETON, Side, joint
from formcheck.core.types import Array, Finding, Signals, Verdict
from formcheck.report.overlay import plates
from formcheck.report.overlay.parts import ARC_SIGNAL, ARCS, DRAWN, ArcKind, joints_of
from formcheck.report.overlay.scene import NearSide, Scene
from formcheck.report.style import VERDICT_LOOK, rgb
from formcheck.texts import t

DARK = (16, 20, 26)
NEAR, FAR = (255, 255, 255), (176, 186, 196)
WORD_FROM_DEG = 3.0
ARC_FROM_DEG = 4.0  # a shorter arc is a blob
SHIFT = 4  # cv2 takes sub-pixel points as integers of 1/16 pixel
#: The lighter of each verdict's colours reads on dark plates and on people alike.
ARC_COLOUR = {verdict: rgb(look.fill) for verdict, look in VERDICT_LOOK.items()} | {"good": (120, 220, 185)}


@lru_cache(maxsize=4)
def _bones(near: NearSide) -> tuple[tuple[int, int, bool], ...]:
    """Bones with whether each is near, the far ones first so that the near ones lie on top."""
    far_tail = {"left": "_r", "right": "_l", "both": "?"}[near]

    def is_near(bone: tuple[int, int]) -> bool:
        return not all(LANDMARKS[i].endswith(far_tail) for i in bone)

    return tuple(sorted(((a, b, is_near((a, b))) for a, b in BONES), key=lambda bone: bone[2]))


def _point(xy: Array) -> tuple[int, int]:
    return int(round(xy[0] * 2**SHIFT)), int(round(xy[1] * 2**SHIFT))


def _line(frame: plates.Picture, a: Array, b: Array, colour: tuple[int, int, int], width: int) -> None:
    cv2.line(frame, _point(a), _point(b), colour, width, cv2.LINE_AA, SHIFT)


def fault_bones(active: Sequence[Finding]) -> dict[tuple[int, int], Verdict]:
    """Bones between two joints of one active fault, to its verdict (``active`` is worst first)."""
    colours: dict[tuple[int, int], Verdict] = {}
    for finding in active:
        joints = joints_of(finding.check, finding.side)
        for bone in BONES:
            if bone[0] in joints and bone[1] in joints:
                colours.setdefault(bone, finding.verdict)
    return colours


def fault_colours(active: Sequence[Finding]) -> dict[int, Verdict]:
    """Joint index to the verdict of the worst active fault there (``active`` is worst first)."""
    colours: dict[int, Verdict] = {}
    for finding in active:
        for index in joints_of(finding.check, finding.side):
            colours.setdefault(index, finding.verdict)
    return colours


@dataclass(frozen=True)
class Stroke:
    """A line of the skeleton; ends (2,) and width in the frame's pixels."""

    a: Array
    b: Array
    width: int
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class Dot:
    """A joint of the skeleton; centre (2,) and radius in the frame's pixels."""

    at: Array
    radius: float
    colour: tuple[int, int, int]


def skeleton(xy: Array, near: NearSide, active: Sequence[Finding], unit: float) -> tuple[list[Stroke], list[Dot]]:
    """What the skeleton is drawn of, in order: near side bold, far side thin; bones at fault in the fault's colour."""
    faults, bones = fault_colours(active), fault_bones(active)
    seen = np.isfinite(xy).all(axis=1)
    strokes, dots = [], []
    for a, b, is_near in _bones(near):
        if not (seen[a] and seen[b]):
            continue
        width = max(2, round(unit * (0.17 if is_near else 0.08)))
        fault = bones.get((a, b)) if is_near else None
        colour = rgb(VERDICT_LOOK[fault].fill) if fault else NEAR if is_near else FAR
        if is_near:
            strokes.append(Stroke(xy[a], xy[b], width + max(2, round(unit * 0.1)), DARK))
        strokes.append(Stroke(xy[a], xy[b], width, colour))
    for index in DRAWN:
        hidden = near in SIDES and LANDMARKS[index][-1] != near[0]
        if seen[index] and not hidden and index not in faults:
            dots += [Dot(xy[index], unit * 0.17, DARK), Dot(xy[index], unit * 0.1, NEAR)]
    return strokes, dots


def draw_skeleton(frame: plates.Picture, xy: Array, near: NearSide, active: Sequence[Finding], unit: float) -> None:
    """Bones and joints."""
    strokes, dots = skeleton(xy, near, active, unit)
    for one in strokes:
        _line(frame, one.a, one.b, one.colour, one.width)
    for dot in dots:
        cv2.circle(frame, _point(dot.at), round(dot.radius * 2**SHIFT), dot.colour, -1, cv2.LINE_AA, SHIFT)


def marked_joints(xy: Array, near: NearSide, faults: dict[int, Verdict]) -> list[tuple[int, Verdict]]:
    """Joints to mark, by index: all at fault that are seen; of a pair seen from the side, the near one only."""
    marked = []
    for index, verdict in faults.items():
        name = LANDMARKS[index]
        mirror = joint(name[:-2], "right" if name.endswith("_l") else "left")
        hidden = near in SIDES and name[-1] != near[0] and mirror in faults
        if not hidden and np.isfinite(xy[index]).all():
            marked.append((index, verdict))
    return marked


def mark_size(unit: float) -> int:
    """Height of a fault's mark in pixels."""
    return max(12, round(unit * 0.85))


def draw_fault_marks(frame: plates.Picture, xy: Array, near: NearSide, faults: dict[int, Verdict], unit: float) -> None:
    """The verdict's shape on every joint at fault."""
    size = mark_size(unit)
    for index, verdict in marked_joints(xy, near, faults):
        look = VERDICT_LOOK[verdict]
        x, y = xy[index]
        plates.lay(frame, plates.sign(look.shape, size, look.fill), round(x) - size // 2, round(y) - size // 2)


def _middle(xy: Array, part: str) -> Array:
    return (xy[joint(part, "left")] + xy[joint(part, "right")]) / 2


def _arc_rays(xy: Array, kind: ArcKind, side: Side) -> tuple[Array, Array, Array]:
    """Corner of the angle, the direction it is measured from and the direction it is measured to."""
    if kind in ("knee", "fppa"):
        hip, knee, ankle = (xy[joint(part, side)] for part in ("hip", "knee", "ankle"))
        return knee, knee - hip, ankle - knee
    hip, shoulder = _middle(xy, "hip"), _middle(xy, "shoulder")
    return hip, np.array([0.0, -np.hypot(*(shoulder - hip))]), shoulder - hip


def _dashed(frame: plates.Picture, start: Array, ray: Array, unit: float) -> None:
    length = float(np.hypot(*ray))
    step = unit * 0.3
    for at in np.arange(0.0, length, 2 * step):
        ends = [start + ray / length * along for along in (at, min(at + step, length))]
        _line(frame, ends[0], ends[1], (235, 240, 245), max(1, round(unit * 0.06)))


def draw_arc(
    frame: plates.Picture, xy: Array, kind: ArcKind, side: Side, value: float, verdict: Verdict, unit: float
) -> None:
    """The angle between two rays with its number; nothing where a point or the number is missing."""
    corner, start, end = _arc_rays(xy, kind, side)
    if not (np.isfinite(value) and np.isfinite([corner, start, end]).all()) or np.hypot(*end) < 1:
        return
    radius = 0.62 * float(np.hypot(*end)) if kind in ("trunk", "lateral") else 0.5 * float(np.hypot(*end))
    first, last = (float(np.degrees(np.arctan2(ray[1], ray[0]))) for ray in (start, end))
    turn = (last - first + 180) % 360 - 180
    _dashed(frame, corner, start * (1.25 * radius / max(float(np.hypot(*start)), 1e-6)), unit)
    size = (round(radius * 2**SHIFT),) * 2
    coats = ((DARK, 0.26), (ARC_COLOUR[verdict], 0.15)) if abs(turn) >= ARC_FROM_DEG else ()
    for colour, share in coats:
        cv2.ellipse(
            frame, _point(corner), size, 0, first, first + turn, colour, max(2, round(unit * share)),
            cv2.LINE_AA, SHIFT,
        )  # fmt: skip
    _number(frame, corner, radius, first, turn, kind, value, verdict, unit)


def _toward(kind: ArcKind, value: float) -> str:
    """The sign of an angle in a word, where it is large enough to matter to the eye."""
    if abs(value) < WORD_FROM_DEG or kind == "knee":
        return ""
    above, under = {"trunk": ("forward", "back"), "fppa": ("in", "out"), "lateral": ("right", "left")}[kind]
    return " " + t(f"overlay.{above if value > 0 else under}")


def _number(
    frame: plates.Picture, corner: Array, radius: float, first: float, turn: float, kind: ArcKind,
    value: float, verdict: Verdict, unit: float,
) -> None:  # fmt: skip
    text = f"{abs(value):.0f}°" + _toward(kind, value)
    colour = "#{:02X}{:02X}{:02X}".format(*ARC_COLOUR[verdict])
    plate = plates.label(text, max(12, round(unit * 0.72)), colour)
    beyond = np.radians(first - np.copysign(22, turn))  # beside the dashed ray, off the limb
    reach = radius + 0.45 * max(plate.size)
    at = corner + reach * np.array([np.cos(beyond), np.sin(beyond)])
    plates.lay(frame, plate, round(at[0] - plate.size[0] / 2), round(at[1] - plate.size[1] / 2))


def arc_verdict(active: Sequence[Finding], kind: ArcKind, side: Side | None) -> Verdict:
    """The verdict an arc's colour shows: of the worst active fault it belongs to, else good."""
    for finding in active:
        if ARCS.get(finding.check) == kind and (side is None or finding.side in (side, "both", None)):
            return finding.verdict
    return "good"


def draw_arcs(
    frame: plates.Picture,
    xy: Array,
    signals: Signals,
    scene: Scene,
    i: int,
    active: Sequence[Finding],
    unit: float,
) -> None:
    """Every arc of the checks in play, for the near side (both sides where neither is nearer)."""
    near = scene.near[i]
    for kind in scene.arcs:
        paired = kind in ("knee", "fppa")
        sides: tuple[Side, ...] = SIDES if near == "both" and paired else ("left",) if near == "both" else (near,)
        for side in sides:
            column = signals.columns.get(ARC_SIGNAL[kind].format(side=side))
            if column is not None:
                verdict = arc_verdict(active, kind, side if paired else None)
                draw_arc(frame, xy, kind, side, float(column[i]), verdict, unit)


def draw_plumb(frame: plates.Picture, xy: Array, near: NearSide, active: Sequence[Finding], unit: float) -> None:
    """While the knee stops short of the toes: a dashed upright from the toe tip to the knee's height."""
    for finding in active:
        side = finding.side if finding.side in SIDES else near
        if finding.check == "knee_over_toe" and side in SIDES:
            toe, knee = xy[joint("toe", side)], xy[joint("knee", side)]
            if np.isfinite([toe, knee]).all() and abs(knee[1] - toe[1]) > 1:
                _dashed(frame, toe, np.array([0.0, (knee[1] - toe[1]) * 1.1]), unit)


def body_height_px(xy: Array) -> float:
    """How tall the figure stands in the picture (median over frames); NaN if it is never seen whole."""
    tall = xy[:, SKELETON["ankle_l"], 1] - xy[:, SKELETON["nose"], 1]
    return float(np.nanmedian(tall)) if np.isfinite(tall).any() else float("nan")
