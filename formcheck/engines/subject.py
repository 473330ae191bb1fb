"""Decides over the whole clip who the subject is, and tells the engine where to look for that person.

``auto`` takes whom the picture is about: summed box area (near the camera and long seen) times how much the legs
alternate, since everything scored here is done on alternating legs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.core.phrases import say
from formcheck.core.types import Array, SubjectInfo
from formcheck.engines.base import Anywhere, Box, FramePose
from formcheck.engines.people import Person, overlap
from formcheck.errors import FormcheckError

#: What a person who only stands still counts against one whose legs work.
_STANDING_WEIGHT: Final = 0.15
_POINT_WITHIN_S: Final = 3.0  # of the clip's start: where "x,y" is looked up
_PASSING_SHARE: Final = 0.2  # seen less than this share of the longest seen: no candidate for a place in the picture
_MARGIN_GAPS: Final = 4.0  # how far beyond the sightings the subject is looked for: detectors miss much
_STEADY_GAPS: Final = 0.8  # sightings at least so far apart tell a speed
# How much larger than the body the search is, in body heights on each side, and how that grows with time unseen.
_SLACK: Final = 0.25
_DRIFT_PER_S: Final = 0.2
_CLIMB_PER_S: Final = 0.05
_NOWHERE: Final = Box(0.0, 0.0, 0.0, 0.0)
_SAME: Final = 0.4
_OTHER: Final = 0.2


@dataclass(frozen=True)
class Choice:
    """The subject among the people seen; ``person`` None where nobody was."""

    person: Person | None
    others: tuple[Person, ...]
    info: SubjectInfo


def choose(people: Sequence[Person], wish: str, width: int, height: int) -> Choice:
    """The subject by ``wish``: auto, largest, left, right, center, "x,y" (0..1) or a number from the left (1..).

    Raises FormcheckError if the wish is none of these or names somebody who is not there.
    """
    check_wish(wish)
    if not people:
        note = say("nobody_in_key_frames")
        return Choice(None, (), SubjectInfo("first_seen", 0, note))
    person = _pick(people, wish.strip().lower(), width, height)
    method = "only_person" if len(people) == 1 else wish.strip().lower()
    others = tuple(p for p in people if p is not person)
    return Choice(person, others, SubjectInfo(method, len(people), _note(people, person, width)))


def check_wish(wish: str) -> None:
    """Raises FormcheckError if ``wish`` is no way to name a subject; cheap, so ask before any work."""
    text = wish.strip().lower()
    if text in _PICKS or re.fullmatch(r"[1-9]\d*", text):
        return
    point = _point(text)
    if point is None or not all(0.0 <= value <= 1.0 for value in point):
        raise FormcheckError(
            f"expected a subject of {', '.join(_PICKS)}, a point x,y with both in 0..1, or a number from the left"
            f" (1, 2, ...), got '{wish}'"
        )


def _pick(people: Sequence[Person], wish: str, width: int, height: int) -> Person:
    if wish in _PICKS:
        return _PICKS[wish](people, width)
    point = _point(wish)
    if point is not None:
        return _nearest(people, (point[0] * width, point[1] * height))
    ordered = sorted(people, key=lambda p: p.median_x_px)
    number = int(wish)
    if number > len(ordered):
        raise FormcheckError(f"subject {number} was asked for, but {_count(len(ordered))} seen; try auto or largest")
    return ordered[number - 1]


def _by_work(people: Sequence[Person], width: int) -> Person:
    return max(people, key=lambda p: p.summed_area_px2 * (_STANDING_WEIGHT + p.leg_alternation))


def _largest(people: Sequence[Person], width: int) -> Person:
    return max(people, key=lambda p: p.summed_area_px2)


def _leftmost(people: Sequence[Person], width: int) -> Person:
    return min(_staying(people), key=lambda p: p.median_x_px)


def _rightmost(people: Sequence[Person], width: int) -> Person:
    return max(_staying(people), key=lambda p: p.median_x_px)


def _central(people: Sequence[Person], width: int) -> Person:
    return min(_staying(people), key=lambda p: abs(p.median_x_px - width / 2.0))


_PICKS: Final = {
    "auto": _by_work,
    "largest": _largest,
    "left": _leftmost,
    "right": _rightmost,
    "center": _central,
}


def _staying(people: Sequence[Person]) -> list[Person]:
    longest = max(len(p.sightings) for p in people)
    return [p for p in people if len(p.sightings) >= _PASSING_SHARE * longest]


def _nearest(people: Sequence[Person], point_px: tuple[float, float]) -> Person:
    start_s = min(p.sightings[0].time_s for p in people)
    early = [p for p in people if p.sightings[0].time_s <= start_s + _POINT_WITHIN_S]

    def away_px(person: Person) -> float:
        return min(_away_px(s.box, point_px) for s in person.sightings if s.time_s <= start_s + _POINT_WITHIN_S)

    return min(early, key=lambda p: (away_px(p), -p.summed_area_px2))


def _away_px(box: Box, point_px: tuple[float, float]) -> float:
    x, y = point_px
    dx = max(box.left - x, 0.0, x - box.right)
    dy = max(box.top - y, 0.0, y - box.bottom)
    return float(np.hypot(dx, dy))


def _point(text: str) -> tuple[float, float] | None:
    parts = text.split(",")
    if len(parts) != 2:
        return None
    try:
        return float(parts[0]), float(parts[1])
    except ValueError:
        return None


def _count(people: int) -> str:
    return "1 person was" if people == 1 else f"{people} people were"


def _note(people: Sequence[Person], person: Person, width: int) -> str:
    if len(people) == 1:
        return ""
    number = sorted(people, key=lambda p: p.median_x_px).index(person) + 1
    place = f"{person.median_x_px / width:.0%}"
    return say("people_seen", people=len(people), number=number, place=place, choose="choose with --subject")


def guide_to(choice: Choice, gap_s: float) -> SubjectGuide | Anywhere:
    """The guide to the chosen person, from key frames ``gap_s`` apart; anywhere if nobody was seen."""
    if choice.person is None:
        return Anywhere()
    return SubjectGuide(choice.person, choice.others, gap_s)


class SubjectGuide:
    """Leads to one person among those seen in key frames ``gap_s`` apart.

    An only person may be looked for anywhere, until the engine was caught following somebody else.
    """

    def __init__(self, person: Person, others: Sequence[Person], gap_s: float) -> None:
        self._gap_s = gap_s
        self._times_s = person.times_s
        self._boxes = np.array([(s.box.left, s.box.top, s.box.right, s.box.bottom) for s in person.sightings])
        self._own = {s.time_s: s.box for s in person.sightings}
        self._rivals = [s for other in others if _met(person, other) for s in other.sightings]
        self._alone = not others

    def search_box(self, time_s: float) -> Box | None:
        """A generous box about the subject; empty (look nowhere) where the subject is not in the picture."""
        if self._alone:
            return None
        beyond_s = max(self._times_s[0] - time_s, time_s - self._times_s[-1], 0.0)
        if beyond_s > _MARGIN_GAPS * self._gap_s:
            return _NOWHERE
        left, top, right, bottom = (float(edge) for edge in self._box_at(time_s))
        unsure_s = max(beyond_s, self._gap_s)
        aside = (_SLACK + _DRIFT_PER_S * unsure_s) * (bottom - top)
        upward = (_SLACK + _CLIMB_PER_S * unsure_s) * (bottom - top)
        return Box(left - aside, top - upward, right + aside, bottom + upward)

    def rejects(self, pose: FramePose) -> bool:
        """Whether ``pose`` is plainly somebody else, judged at key frames only."""
        own = self._own.get(pose.time_s)
        if own is None:
            rivals = [s.box for s in self._rivals if s.time_s == pose.time_s]
            return max((overlap(pose.box, box) for box in rivals), default=0.0) > _SAME
        somebody_else = overlap(pose.box, own) < _OTHER
        if somebody_else:
            self._alone = False
        return somebody_else

    def confirms(self, pose: FramePose) -> bool:
        """Whether ``pose`` is the subject, judged at key frames only."""
        own = self._own.get(pose.time_s)
        return own is not None and overlap(pose.box, own) > _SAME

    def _box_at(self, time_s: float) -> Array:
        """Between the sightings; before and after them as large as there, moved on at the speed of then."""
        times_s = self._times_s
        if times_s[0] <= time_s <= times_s[-1]:
            return np.array([np.interp(time_s, times_s, edge) for edge in self._boxes.T])
        first = bool(time_s < times_s[0])
        end = 0 if first else len(times_s) - 1
        away_s = np.abs(times_s - times_s[end])
        apart = np.flatnonzero(away_s >= min(_STEADY_GAPS * self._gap_s, float(away_s.max())))
        other = int(apart[0] if first else apart[-1])
        if other == end:
            return np.asarray(self._boxes[end])
        x, y = ((self._boxes[:, k] + self._boxes[:, k + 2]) / 2.0 for k in (0, 1))
        share = (time_s - times_s[end]) / (times_s[other] - times_s[end])
        dx, dy = share * (x[other] - x[end]), share * (y[other] - y[end])
        return np.asarray(self._boxes[end] + [dx, dy, dx, dy])


def _met(a: Person, b: Person) -> bool:
    return bool(set(a.times_s.tolist()) & set(b.times_s.tolist()))
