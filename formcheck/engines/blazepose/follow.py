"""Follows people from frame to frame: each one's region comes from their own previous landmarks.

The detector runs only where somebody is missing, as in MediaPipe's VIDEO mode; nothing is smoothed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.engines.base import Box
from formcheck.engines.blazepose.detector import Detector
from formcheck.engines.blazepose.landmarks import LandmarkModel, Person
from formcheck.engines.blazepose.picture import Picture
from formcheck.engines.blazepose.region import Region
from formcheck.engines.people import overlap

MAX_PEOPLE: Final = 5
#: Two regions that overlap more than this are of one person.
_SAME_PERSON_OVERLAP: Final = 0.5
_SEARCH_MARGIN: Final = 1.2
_WORTH_A_CLOSER_LOOK: Final = 0.8
#: Beside people already found, one must be seen this well and be this large to be no ghost.
_LEAST_VISIBILITY: Final = 0.65
_LEAST_AREA: Final = 0.15
_SAME_BODY: Final = 0.3
#: Newcomers are looked for this often.
_LOOK_AROUND_S: Final = 1.0


def everybody(
    picture: Picture, detector: Detector, model: LandmarkModel, known: Sequence[Person] = ()
) -> list[Person]:
    """All people in ``picture``, ``known`` first, then the most certain; at most MAX_PEOPLE.

    Those found are painted over to find the next, until nobody more is seen.
    """
    people = list(known)
    while len(people) < MAX_PEOPLE:
        regions = detector.find(picture, hidden=[_box(person) for person in people])
        found = model.find(picture, regions[: MAX_PEOPLE - len(people)])
        more = [person for person in found if person is not None and _is_new(person, people)]
        if not more:
            break
        people += more
    return people


def _is_new(person: Person, known: list[Person]) -> bool:
    """Whether ``person`` is no ghost (a console, a limb that was not painted over) and not known already."""
    if not known:
        return True
    box, others = _box(person), [_box(other) for other in known]
    return (
        float(np.minimum(person.visibility, person.inside).mean()) >= _LEAST_VISIBILITY
        and box.area_px2 >= _LEAST_AREA * max(other.area_px2 for other in others)
        and all(overlap(box, other) < _SAME_BODY for other in others)
    )


def _box(person: Person) -> Box:
    low, high = person.landmarks_px.min(axis=0), person.landmarks_px.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


class Follower:
    """Follows one person, from ``region`` if one is given; else the most certain one, or the ``largest``."""

    def __init__(
        self, detector: Detector, model: LandmarkModel, region: Region | None = None, largest: bool = False
    ) -> None:
        self._detector, self._model = detector, model
        self._region, self._largest = region, largest

    @property
    def following(self) -> bool:
        """Whether it has somebody to follow into the next frame."""
        return self._region is not None

    def step(self, picture: Picture, search: Box | None = None) -> Person | None:
        """The person in the next frame; ``search`` is where to look if nobody is being followed.

        None is anywhere; a box without area is nowhere.
        """
        region = self._region or self._find(picture, search)
        person = self._model.find(picture, [region])[0] if region is not None else None
        self._region = person.next_region if person is not None else None
        return person

    def drop(self) -> None:
        """Follow this person no further."""
        self._region = None

    def _find(self, picture: Picture, search: Box | None) -> Region | None:
        if search is not None and search.area_px2 <= 0:
            return None
        found = self._detector.find(picture, None if search is None else _square(search, picture))
        if self._largest:
            found = sorted(found, key=lambda region: -region.size_px)
        if search is not None:
            found = [region for region in found if _holds(search, region)]
        return found[0] if found else None


@dataclass(frozen=True)
class Tracked:
    """A person in one frame, with the number of their track."""

    track: int
    person: Person


class Crowd:
    """Follows several people, one region each; a track's number is never given twice."""

    def __init__(self, detector: Detector, model: LandmarkModel, max_people: int = MAX_PEOPLE) -> None:
        self._detector, self._model, self._max_people = detector, model, max_people
        self._regions: dict[int, Region] = {}
        self._next_track = 0
        self._looked_at_s = -math.inf

    def step(self, picture: Picture, time_s: float) -> list[Tracked]:
        """Everybody followed into this frame, the longest-followed first."""
        people = self._model.find(picture, list(self._regions.values()))
        kept: list[Tracked] = []
        for track, person in zip(self._regions, people, strict=True):
            if person is not None and not any(_same_person(person, other.person) for other in kept):
                kept.append(Tracked(track, person))
        lost = len(kept) < len(self._regions)
        if lost or not kept or time_s - self._looked_at_s >= _LOOK_AROUND_S:
            kept += self._newcomers(picture, [one.person for one in kept])
            self._looked_at_s = time_s
        self._regions = {k.track: k.person.next_region for k in kept if k.person.next_region is not None}
        return kept

    def _newcomers(self, picture: Picture, known: list[Person]) -> list[Tracked]:
        everyone = everybody(picture, self._detector, self._model, known)
        new = [Tracked(self._next_track + i, person) for i, person in enumerate(everyone[len(known) :])]
        self._next_track += len(new)
        return new[: self._max_people - len(known)]


def _same_person(one: Person, other: Person) -> bool:
    """Whether two regions have come to rest on one body: landmarks nearer than a twentieth of the region."""
    apart_px = np.linalg.norm(one.landmarks_px - other.landmarks_px, axis=1)
    return float(np.median(apart_px)) < 0.05 * max(one.region.size_px, other.region.size_px)


def _holds(box: Box, region: Region) -> bool:
    inside_x = box.left <= region.center_x_px <= box.right
    return inside_x and box.top <= region.center_y_px <= box.bottom


def _square(box: Box, picture: Picture) -> Region | None:
    """A square to look for people in, closer than in the whole picture; None if it would hardly be closer."""
    size_px = max(box.right - box.left, box.bottom - box.top) * _SEARCH_MARGIN
    return (
        Region(*box.centre_px, size_px)
        if size_px < _WORTH_A_CLOSER_LOOK * max(picture.width, picture.height)
        else None
    )
