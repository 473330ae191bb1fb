"""Where to put the phone, seen from above: the lane, the athlete, the way they go, the phone. SVG text; no files."""

from __future__ import annotations

from html import escape
from typing import Final

from formcheck.core.spec import Exercise
from formcheck.report.style import FONT, INK, LINE, QUIET, SIDE_COLOUR
from formcheck.texts import t

BLUE, PINK = SIDE_COLOUR["left"], SIDE_COLOUR["right"]
#: Place and turn of the phone; the athlete, in the middle, faces left.
_PHONE: Final = {"side": (180, 168, 0), "front": (62, 84, 90), "back": (298, 84, -90), "oblique": (96, 158, 42)}
_SLED: Final = f'<rect x="100" y="70" width="30" height="28" rx="3" fill="#C3CAD3" stroke="{QUIET}"/>'
_ROPE: Final = f'<path d="M130 84 h34" stroke="{QUIET}" stroke-width="2"/>'


def plan_of(exercise: Exercise, view: str, alt: str) -> str:
    """The plan for one exercise: its lane or belt, its sled, its way."""
    travel = 1 if exercise.direction == "backward" else -1
    belt = exercise.signature.in_place is True
    arrow = _arrow(180 + travel * 26, 84, travel * 62, 5)
    return _drawn(_ground(belt) + _sled(exercise) + _athlete() + arrow + _phone(view), alt)


def plan_of_any(view: str, alt: str) -> str:
    """For an exercise not known yet: no sled and no way, the first phone at the side and the second in front."""
    other = "front" if view == "side" else "side"
    phones = f'<g opacity="0.35">{_phone(other, cone=False)}</g>{_phone(view)}'
    numbers = "".join(_number(n, one, one == view) for n, one in ((1, "side"), (2, "front")))
    return _drawn(_ground(False) + _athlete() + phones + numbers, alt)


def plan_up_and_back(view: str, alt: str) -> str:
    """The whole lane, pushed up one way and pulled back the other; the athlete faces the sled both ways."""
    lane = f'<rect x="88" y="60" width="184" height="48" rx="6" fill="#E9EDF2" stroke="{LINE}"/>'
    ways = (
        f'{_arrow(156, 28, -62, 4)}<text x="166" y="34">{escape(t("guide.up"))}</text>'
        f'{_arrow(94, 49, 62, 4)}<text x="166" y="55">{escape(t("guide.back"))}</text>'
    )
    wide = 94 if view == "side" else 56  # from the side the phone sees the lane from end to end
    return _drawn(lane + _SLED + _ROPE + _athlete() + ways + _phone(view, wide=wide), alt)


def _drawn(body: str, alt: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="44 12 272 172" role="img" aria-label="{escape(alt)}" '
        f'font-family="{escape(FONT)}" font-size="17" fill="{INK}">{body}</svg>'
    )


def _ground(belt: bool) -> str:
    if belt:
        return f'<rect x="130" y="56" width="100" height="56" rx="8" fill="#E9EDF2" stroke="{LINE}"/>'
    return f'<rect x="88" y="60" width="184" height="48" rx="6" fill="#E9EDF2" stroke="{LINE}"/>'


def _athlete() -> str:
    return (
        f'<ellipse cx="180" cy="84" rx="10" ry="19" fill="{INK}"/><circle cx="178" cy="84" r="9" fill="{INK}"/>'
        f'<path d="M167 84 l9 -5 v10 z" fill="{PINK}"/>'
    )


def _sled(exercise: Exercise) -> str:
    if "sled" not in exercise.id:
        return ""
    if exercise.posture == "seated":
        return f'<rect x="166" y="66" width="44" height="36" rx="4" fill="none" stroke="{QUIET}" stroke-width="3"/>'
    return _SLED + _ROPE


def _arrow(x: float, y: float, length: float, thick: float) -> str:
    way = 1 if length > 0 else -1
    return (
        f'<path d="M{x} {y} h{length - way * 16}" stroke="{BLUE}" stroke-width="{thick}"/>'
        f'<path d="M{x + length} {y} l{-way * 18} -{2 * thick} v{4 * thick} z" fill="{BLUE}"/>'
    )


def _phone(view: str, cone: bool = True, wide: float = 56) -> str:
    x, y, turn = _PHONE[view]
    sees = f'<path d="M0 -8 L{-wide} -86 H{wide} Z" fill="{BLUE}" opacity="0.13"/>' if cone else ""
    body = (
        f'<rect x="-16" y="-8" width="32" height="18" rx="4" fill="{INK}"/><circle cx="0" cy="-8" r="5" fill="{BLUE}"/>'
    )
    return f'<g transform="translate({x} {y}) rotate({turn})">{sees}{body}</g>'


def _number(n: int, view: str, now: bool) -> str:
    x, y, _ = _PHONE[view]
    place = (x + 34, y + 1) if view == "side" else (x, y - 36)
    fill, ink = (BLUE, "#fff") if now else ("#fff", INK)
    return (
        f'<circle cx="{place[0]}" cy="{place[1]}" r="12" fill="{fill}" stroke="{INK}"/>'
        f'<text x="{place[0]}" y="{place[1] + 5}" text-anchor="middle" font-weight="700" fill="{ink}">{n}</text>'
    )
