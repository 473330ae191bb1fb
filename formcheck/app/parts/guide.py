"""Where to put the phone, drawn: a plan of the lane and the picture the phone should see. SVG text; no files.

The drawing shows what the exercise file's camera notes say in words: which side to film from, for a body
that faces one way and travels the other (or the same) way.
"""

from __future__ import annotations

from html import escape

from formcheck.core.spec import Exercise
from formcheck.report.style import FONT, INK, LINE, QUIET, SIDE_COLOUR

BLUE, PINK = SIDE_COLOUR["left"], SIDE_COLOUR["right"]
_PHONE = {"side": (180, 168, 0), "front": (34, 84, 90), "back": (330, 84, -90), "oblique": (82, 160, 40)}


def guide_svg(exercise: Exercise, view: str, labels: tuple[str, str], alt: str) -> str:
    """One drawing for one view; ``labels`` name its two halves ("seen from above", "in the picture")."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 226" '
        f'width="620" height="226" role="img" aria-label="{escape(alt)}" '
        f'font-family="{escape(FONT)}" '
        f'font-size="13" fill="{INK}">{_plan(exercise, view)}'
        f'<text x="180" y="218" text-anchor="middle" fill="{QUIET}">{escape(labels[0])}</text>'
        f'<g transform="translate(400 0)">{_picture(exercise, view)}'
        f'<text x="100" y="218" text-anchor="middle" fill="{QUIET}">{escape(labels[1])}</text></g></svg>'
    )


def _plan(exercise: Exercise, view: str) -> str:
    """The lane from above: the athlete faces left; travels right when the exercise goes backward."""
    travel = 1 if exercise.direction == "backward" else -1
    belt = exercise.signature.in_place is True
    ground = (
        f'<rect x="130" y="56" width="100" height="56" rx="8" fill="#E9EDF2" stroke="{LINE}"/>'
        if belt
        else f'<rect x="62" y="60" width="236" height="48" rx="6" fill="#E9EDF2" stroke="{LINE}"/>'
    )
    body = (
        f'<ellipse cx="180" cy="84" rx="10" ry="19" fill="{INK}"/><circle cx="178" cy="84" r="9" fill="{INK}"/>'
        f'<path d="M167 84 l9 -5 v10 z" fill="{PINK}"/>'
    )
    start = 180 + travel * 26
    arrow = (
        f'<path d="M{start} 84 h{travel * 46}" stroke="{BLUE}" stroke-width="5"/>'
        f'<path d="M{start + travel * 62} 84 l{-travel * 18} -10 v20 z" fill="{BLUE}"/>'
    )
    return ground + _sled(exercise) + body + arrow + _phone(view)


def _sled(exercise: Exercise) -> str:
    if "sled" not in exercise.id:
        return ""
    if exercise.posture == "seated":
        return f'<rect x="166" y="66" width="44" height="36" rx="4" fill="none" stroke="{QUIET}" stroke-width="3"/>'
    rope = f'<path d="M118 84 h44" stroke="{QUIET}" stroke-width="2"/>'
    return f'<rect x="84" y="70" width="34" height="28" rx="3" fill="#C3CAD3" stroke="{QUIET}"/>{rope}'


def _phone(view: str) -> str:
    x, y, turn = _PHONE[view]
    cone = f'<path d="M0 -8 L-62 -86 H62 Z" fill="{BLUE}" opacity="0.13"/>'
    body = (
        f'<rect x="-16" y="-8" width="32" height="18" rx="4" fill="{INK}"/><circle cx="0" cy="-8" r="5" fill="{BLUE}"/>'
    )
    return f'<g transform="translate({x} {y}) rotate({turn})">{cone}{body}</g>'


def _picture(exercise: Exercise, view: str) -> str:
    """The frame with head and feet inside it, and dashed lines for the room they need."""
    frame = f'<rect x="12" y="8" width="176" height="192" rx="10" fill="#fff" stroke="{INK}" stroke-width="3"/>'
    room = "".join(
        f'<path d="M20 {y} h160" stroke="{BLUE}" stroke-width="1.5" stroke-dasharray="6 5"/>' for y in (26, 184)
    )
    kind = "side" if view in ("side", "oblique") else "facing"
    line = f'<g stroke="{INK}" stroke-width="7" stroke-linecap="round" stroke-linejoin="round" fill="none">'
    head, strokes = _FIGURE[(exercise.posture, kind)]
    face = f'<circle cx="{head[0]}" cy="{head[1]}" r="13" fill="{INK}"/>'
    return f"{frame}{room}{line}" + "".join(f'<path d="{d}"/>' for d in strokes) + f"</g>{face}"


_FIGURE: dict[tuple[str, str], tuple[tuple[int, int], tuple[str, ...]]] = {
    ("standing", "side"): ((113, 44), (
        "M112 64 L104 112", "M104 112 L84 142 L98 176 L80 178", "M104 112 L112 146 L132 172 L116 177",
        "M111 70 L90 94 L70 92",
    )),
    ("standing", "facing"): ((100, 42), (
        "M84 64 H116", "M100 60 V112", "M90 114 H110", "M90 114 L86 146 L84 178", "M110 114 L114 146 L116 178",
        "M84 66 L76 96 L88 116", "M116 66 L124 96 L112 116",
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
