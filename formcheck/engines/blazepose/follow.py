"""Follows people from frame to frame: each one's region comes from their own previous landmarks.

The detector runs only where somebody is missing, as in MediaPipe's VIDEO mode; nothing is smoothed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.engines.base import Box
from formcheck.engines.blazepose.detector import Detector
from formcheck.engines.blazepose.landmarks import LandmarkModel, Person
from formcheck.engines.blazepose.picture import Picture
from formcheck.engines.blazepose.region import Region

MAX_PEOPLE: Final = 5
#: Two regions that overlap more than this are of one person.
_SAME_PERSON_OVERLAP: Final = 0.5
_SEARCH_MARGIN: Final = 1.2
_WORTH_A_CLOSER_LOOK: Final = 0.8
#: Newcomers are looked for this often.
_LOOK_AROUND_S: Final = 1.0


def everybody(
    picture: Picture, detector: Detector, model: LandmarkModel, known: Person | None = None
) -> list[Person]:
    """All people in ``picture``, ``known`` first, then the most certain; at most MAX_PEOPLE."""
    people = [] if known is None else [known]
    regions = detector.find(picture)
    if known is not None:
        regions = [region for region in regions if region.overlap(known.region) <= _SAME_PERSON_OVERLAP]
    for person in model.find(picture, regions[: MAX_PEOPLE - len(people)]):
        if person is not None and not any(_same_person(person, other) for other in people):
            people.append(person)
    return people


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
        if not self._regions or time_s - self._looked_at_s >= _LOOK_AROUND_S:
            self._admit(self._detector.find(picture))
            self._looked_at_s = time_s
        people = self._model.find(picture, list(self._regions.values()))
        seen = [Tracked(t, p) for t, p in zip(self._regions, people, strict=True) if p is not None]
        if len(seen) < len(self._regions):
            self._looked_at_s = -math.inf  # somebody was lost: look around in the next frame
        kept: list[Tracked] = []
        for one in seen:
            if not any(_same_person(one.person, other.person) for other in kept):
                kept.append(one)
        self._regions = {k.track: k.person.next_region for k in kept if k.person.next_region is not None}
        return kept

    def _admit(self, found: list[Region]) -> None:
        for region in found:
            known = any(region.overlap(other) > _SAME_PERSON_OVERLAP for other in self._regions.values())
            if not known and len(self._regions) < self._max_people:
                self._regions[self._next_track] = region
                self._next_track += 1


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
