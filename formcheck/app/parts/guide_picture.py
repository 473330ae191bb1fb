"""What the phone should see, drawn: an athlete in the frame, with what can and cannot be judged pointed at. SVG text.

What is judged has a filled circle with a tick, what is not a dashed square with a cross, so that nothing rests on
colour alone. Labels of the first kind stand on the left, of the second on the right under the view that shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from textwrap import wrap
from typing import Final

from formcheck.app.parts.guide_sees import VIEWS, Part, Spot
from formcheck.core.spec import Posture
from formcheck.report.style import FONT, INK, LINK, QUIET, SIDE_COLOUR
from formcheck.texts import t

Point = tuple[float, float]
#: Where each part is pointed at: for what is judged, and for what is not.
Places = Mapping[Part, tuple[Point, Point]]
BLUE: Final = SIDE_COLOUR["left"]
WIDTH, HEIGHT, TOP, FRAME = 364, 300, 32, (122, 242)
SCALE = 1.27
LETTERS, LINE_PX, ROW_PX = 16, 15, 20


def picture_svg(posture: Posture | None, view: str, seen: Sequence[Spot], alt: str) -> str:
    """The drawing for ``view``; ``posture`` None draws somebody who stands and does nothing yet."""
    figure = (posture or "neutral", "side" if view in ("side", "oblique") else "facing")
    yes, no = _judged(seen, _PLACES[figure]), _not_judged(seen, _PLACES[figure])
    lowest = max([HEIGHT - 14, *(row.y + row.height for row in (*yes, *no))])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {lowest:.0f}" role="img" '
        f'aria-label="{escape(alt)}" font-family="{escape(FONT)}" font-size="13.5" fill="{INK}">'
        f"{_frame()}{_athlete(figure, view)}{_heading(True, bool(yes))}{_heading(False, bool(no))}"
        f"{''.join(map(_drawn, (*yes, *no)))}{_marks(seen, _PLACES[figure])}</svg>"
    )


def _frame() -> str:
    left, right = FRAME
    room = "".join(
        f'<path d="M{left + 7} {_at((0, y))[1]:.0f} H{right - 7}" stroke="{BLUE}" stroke-dasharray="6 5"/>'
        for y in (24, 185)
    )
    return (
        f'<rect x="{left}" y="{TOP}" width="{right - left}" height="{HEIGHT - TOP - 18}" rx="10" fill="#fff" '
        f'stroke="{INK}" stroke-width="3"/>{room}'
    )


def _at(place: Point) -> Point:
    """From the figure's own measure to the drawing's."""
    return (FRAME[0] + FRAME[1]) / 2 + (place[0] - 99) * SCALE, TOP + 8 + (place[1] - 18) * SCALE


def _athlete(figure: tuple[str, str], view: str) -> str:
    (hx, hy), strokes = _FIGURE[figure]
    x, y = _at((0, 0))
    limbs = "".join(f'<path d="{d}"/>' for d in strokes)
    eyes = "".join(f'<circle cx="{hx + d}" cy="{hy - 2}" r="2" fill="#fff"/>' for d in (-5, 5))
    prints = "".join(
        f'<ellipse cx="{cx}" cy="{193 + 4 * (i % 2)}" rx="5.5" ry="2.2"/>' for i, cx in enumerate(range(62, 140, 12))
    )
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) scale({SCALE})"><g stroke="{INK}" stroke-width="7" '
        f'stroke-linecap="round" stroke-linejoin="round" fill="none">{limbs}</g>'
        f'<circle cx="{hx}" cy="{hy}" r="13" fill="{INK}"/>{eyes if view == "front" else ""}'
        f'<g fill="{QUIET}" opacity="0.6">{prints}</g></g>'
    )


def mark(x: float, y: float, seen: bool) -> str:
    """The sign of what can be judged, or of what cannot."""
    place = f'transform="translate({x:.1f} {y:.1f})"'
    if seen:
        tick = '<path d="M-4 0.5 l3 3.2 l5 -7" stroke="#fff" stroke-width="2.2" fill="none"/>'
        return f'<g class="yes" {place}><circle r="8.5" fill="{BLUE}" stroke="#fff" stroke-width="1.5"/>{tick}</g>'
    cross = f'<path d="M-3.4 -3.4 L3.4 3.4 M3.4 -3.4 L-3.4 3.4" stroke="{INK}" stroke-width="2"/>'
    square = f'<rect x="-7.5" y="-7.5" width="15" height="15" rx="2" fill="#fff" stroke="{INK}" stroke-width="1.6"'
    return f'<g class="no" {place}>{square} stroke-dasharray="3 2"/>{cross}</g>'


def _marks(seen: Iterable[Spot], places: Places) -> str:
    wanted = dict.fromkeys((spot.part, spot.seen) for spot in seen)
    return "".join(mark(*_place(part, yes, places), yes) for part, yes in wanted)


def _place(part: Part, seen: bool, places: Places) -> Point:
    return _at(places[part][0 if seen else 1])


@dataclass(frozen=True)
class _Row:
    """Words beside the frame at ``y``, with a line to ``to``; a heading has none."""

    lines: tuple[str, ...]
    seen: bool
    to: Point | None
    y: float

    @property
    def height(self) -> float:
        return ROW_PX + (len(self.lines) - 1) * LINE_PX


def _judged(seen: Iterable[Spot], places: Places) -> list[_Row]:
    return _apart(_rows([spot for spot in seen if spot.seen], places))


def _not_judged(seen: Iterable[Spot], places: Places) -> list[_Row]:
    """Under the views that show them, the one with the highest places first."""
    groups = []
    for view in VIEWS:
        rows = _rows([spot for spot in seen if not spot.seen and spot.film == view], places)
        if rows:
            heading = _Row((t(f"guide.film_{view}"),), False, None, rows[0].y - ROW_PX)
            groups.append((sum(row.y for row in rows) / len(rows), [heading, *rows]))
    return _apart([row for _, rows in sorted(groups, key=lambda one: one[0]) for row in rows])


def _rows(mine: Iterable[Spot], places: Places) -> list[_Row]:
    """From the top down, each at the height of its place."""
    at = [(spot, _place(spot.part, spot.seen, places)) for spot in mine]
    return [
        _Row(tuple(wrap(spot.label, LETTERS, break_long_words=False)) or ("",), spot.seen, to, to[1] + 4)
        for spot, to in sorted(at, key=lambda one: one[1][1])
    ]


def _apart(rows: Sequence[_Row]) -> list[_Row]:
    """The rows moved so that none covers another: up where there is room, else down past the frame."""
    floor = float(HEIGHT - 18)
    raised: list[_Row] = []
    for row in reversed(rows):
        floor = min(row.y, floor - row.height + ROW_PX)
        raised.append(replace(row, y=floor))
        floor -= ROW_PX
    out: list[_Row] = []
    top = TOP + 12.0
    for row in reversed(raised):
        out.append(replace(row, y=max(row.y, top)))
        top = out[-1].y + row.height
    return out


def _heading(seen: bool, any_rows: bool) -> str:
    if not any_rows:
        return ""
    words = escape(t("guide.yes" if seen else "guide.no"))
    x, way, anchor = (FRAME[0] - 8, -1, "end") if seen else (FRAME[1] + 8, 1, "start")
    text = f'<text x="{x + way * 22}" y="19" text-anchor="{anchor}" font-weight="700">{words}</text>'
    return mark(x + way * 9, 14, seen) + text


def _drawn(row: _Row) -> str:
    x, anchor, start = (FRAME[0] - 9, "end", FRAME[0] - 6) if row.seen else (FRAME[1] + 9, "start", FRAME[1] + 6)
    look = "" if row.to else f' font-size="12" fill="{LINK}"'
    texts = "".join(
        f'<text x="{x}" y="{row.y + i * LINE_PX:.1f}" text-anchor="{anchor}"{look}>{escape(line)}</text>'
        for i, line in enumerate(row.lines)
    )
    if row.to is None:
        return texts
    line = f'stroke="{BLUE}"' if row.seen else f'stroke="{QUIET}" stroke-dasharray="3 3"'
    middle = row.y - 4.5 + (len(row.lines) - 1) * LINE_PX / 2
    return f'<path d="M{start} {middle:.1f} L{row.to[0]:.1f} {row.to[1]:.1f}" {line} opacity="0.8"/>{texts}'


#: Head and strokes of each figure; from the side it faces left.
_FIGURE: dict[tuple[str, str], tuple[tuple[int, int], tuple[str, ...]]] = {
    ("standing", "side"): ((113, 44), (
        "M112 64 L104 112", "M104 112 L84 142 L98 176 L80 178", "M104 112 L112 146 L132 172 L116 177",
        "M111 70 L90 94 L70 92",
    )),
    ("standing", "facing"): ((100, 42), (
        "M84 64 H116", "M100 60 V112", "M90 114 H110", "M90 114 L86 146 L84 178", "M110 114 L114 146 L116 178",
        "M84 66 L76 96 L88 116", "M116 66 L124 96 L112 116",
    )),
    ("neutral", "side"): ((101, 44), (
        "M101 64 V112", "M101 112 L100 144 L102 176 L84 178", "M101 112 L103 144 L108 176 L92 178",
        "M101 70 L104 94 L98 116",
    )),
    ("neutral", "facing"): ((100, 42), (
        "M84 64 H116", "M100 60 V112", "M90 114 H110", "M90 114 L88 146 L86 178", "M110 114 L112 146 L114 178",
        "M84 66 L76 92 L74 118", "M116 66 L124 92 L126 118",
    )),
    ("seated", "side"): ((124, 66), (
        "M122 84 L124 132", "M124 132 L88 120 L82 166 L64 170", "M124 132 L92 138 L74 172 L56 175",
        "M122 92 L132 116 L120 136",
    )),
    ("seated", "facing"): ((100, 64), (
        "M80 88 H120", "M100 84 V130", "M86 132 H114", "M86 132 L76 128 L76 172", "M114 132 L124 128 L124 172",
        "M80 90 L66 118 L70 138", "M120 90 L134 118 L130 138",
    )),
}  # fmt: skip

_PLACES: dict[tuple[str, str], Places] = {
    ("standing", "side"): {
        "whole": ((112, 63), (113, 60)), "head": ((107, 44), (120, 44)), "trunk": ((110, 76), (108, 94)),
        "hands": ((70, 92), (88, 93)), "hips": ((98, 113), (111, 113)), "knees": ((84, 142), (113, 147)),
        "feet": ((86, 177), (126, 174)), "steps": ((62, 195), (138, 195)),
    },
    ("standing", "facing"): {
        "whole": ((88, 64), (112, 64)), "head": ((86, 46), (115, 46)), "trunk": ((100, 76), (100, 94)),
        "hands": ((87, 112), (113, 112)), "hips": ((92, 116), (109, 116)), "knees": ((86, 146), (114, 146)),
        "feet": ((84, 178), (116, 178)), "steps": ((62, 195), (138, 195)),
    },
    ("neutral", "side"): {
        "whole": ((101, 62), (103, 62)), "head": ((96, 45), (109, 45)), "trunk": ((101, 74), (101, 93)),
        "hands": ((92, 114), (110, 114)), "hips": ((95, 113), (108, 113)), "knees": ((95, 144), (108, 144)),
        "feet": ((88, 176), (108, 176)), "steps": ((62, 195), (138, 195)),
    },
    ("neutral", "facing"): {
        "whole": ((88, 64), (112, 64)), "head": ((86, 46), (115, 46)), "trunk": ((100, 76), (100, 94)),
        "hands": ((74, 118), (126, 118)), "hips": ((92, 116), (109, 116)), "knees": ((88, 146), (112, 146)),
        "feet": ((86, 178), (114, 178)), "steps": ((62, 195), (138, 195)),
    },
    ("seated", "side"): {
        "whole": ((121, 84), (123, 86)), "head": ((125, 61), (131, 66)), "trunk": ((122, 100), (124, 115)),
        "hands": ((110, 139), (110, 139)), "hips": ((126, 131), (140, 132)), "knees": ((88, 120), (96, 138)),
        "feet": ((68, 170), (80, 174)), "steps": ((62, 195), (138, 195)),
    },
    ("seated", "facing"): {
        "whole": ((84, 88), (116, 88)), "head": ((86, 68), (115, 68)), "trunk": ((100, 92), (100, 108)),
        "hands": ((70, 138), (130, 138)), "hips": ((93, 131), (108, 131)), "knees": ((76, 126), (124, 126)),
        "feet": ((76, 172), (124, 172)), "steps": ((62, 195), (138, 195)),
    },
}  # fmt: skip
