"""Links the people seen in key frames into persons over time, by place, size, motion and the colours they wear.

Pure: sightings in, persons out. No judgement here on who the athlete is (see ``subject``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from formcheck.core.skeleton import SKELETON
from formcheck.core.types import Array, Frame
from formcheck.engines.base import Box, FramePose

# A body height is the length of a box's diagonal; the gates are for people on foot, seen a second apart.
_REACH_HEIGHTS_S: Final = 0.8  # a person's unforeseen way in one second
_SLACK_S: Final = 0.3
_MAX_COST: Final = 2.0
_MAX_REACH: Final = 1.5
_MAX_SIZE_LOG: Final = 0.7
_FORGET_GAPS: Final = 3.0  # after this many gaps between key frames a person has to be recognised anew
_RUN_HEIGHTS_S: Final = 1.5
_SAME_SIZE_LOG: Final = 0.5
_SAME_COLOURS: Final = 0.6
_COLOUR_STEPS: Final = 4  # per channel
_NEVER: Final = 1e6


@dataclass(frozen=True, eq=False)
class Sighting:
    """A person in a key frame; ``colours`` (64,) is the share of each colour on the trunk."""

    time_s: float
    pose: FramePose
    box: Box
    colours: Array

    @property
    def height_px(self) -> float:
        """The box's diagonal: the same for a standing, a seated and a leaning body, more or less."""
        return float(np.hypot(self.box.right - self.box.left, self.box.bottom - self.box.top)) or 1.0


@dataclass(frozen=True, eq=False)
class Person:
    """One person's sightings, in time order; never empty."""

    sightings: tuple[Sighting, ...]

    @property
    def times_s(self) -> Array:
        """When the person was seen (n,)."""
        return np.array([s.time_s for s in self.sightings])

    @property
    def median_x_px(self) -> float:
        """Where across the picture the person mostly is."""
        return float(np.median([s.box.centre_px[0] for s in self.sightings]))

    @property
    def summed_area_px2(self) -> float:
        """Box areas summed over the sightings: big and long seen is much."""
        return float(sum(s.box.area_px2 for s in self.sightings))

    @property
    def leg_alternation(self) -> float:
        """How much the ankles change places, in trunk lengths (SD); 0 for one who stands, or is seen once."""
        if len(self.sightings) < 2:
            return 0.0
        apart = [
            (s.pose.landmarks_px[SKELETON["ankle_l"]] - s.pose.landmarks_px[SKELETON["ankle_r"]])
            / max(s.pose.trunk_px, s.height_px / 8.0)
            for s in self.sightings
        ]
        return float(np.hypot(*np.std(np.array(apart), axis=0)))


def sight(frame: Frame, pose: FramePose) -> Sighting:
    """``pose`` as a sighting, its box clipped to the picture."""
    height, width = frame.rgb.shape[:2]
    trunk = trunk_box(pose, width, height)
    left, top, right, bottom = (int(edge) for edge in (trunk.left, trunk.top, trunk.right, trunk.bottom))
    return sighting(pose, (width, height), frame.rgb[top:bottom, left:right])


def sighting(pose: FramePose, size: tuple[int, int], trunk_rgb: npt.NDArray[np.uint8]) -> Sighting:
    """``pose`` in a picture of ``size`` (width, height) as a sighting; ``trunk_rgb`` (h, w, 3) shows its trunk."""
    return Sighting(pose.time_s, pose, _within(pose.box, *size), _colours(trunk_rgb))


def trunk_box(pose: FramePose, width: int, height: int) -> Box:
    """Whole pixels about shoulders and hips, in the picture; without area where the trunk is not in it."""
    corners = pose.landmarks_px[[SKELETON[n] for n in ("shoulder_l", "shoulder_r", "hip_l", "hip_r")]]
    margin = 0.1 * pose.trunk_px  # in side view the four corners lie nearly on a line
    low, high = np.floor(corners.min(axis=0) - margin), np.ceil(corners.max(axis=0) + margin)
    return _within(Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])), width, height)


def _within(box: Box, width: int, height: int) -> Box:
    return Box(
        *(min(max(0.0, edge), float(end)) for edge, end in ((box.left, width), (box.top, height))),
        *(min(max(0.0, edge), float(end)) for edge, end in ((box.right, width), (box.bottom, height))),
    )


def link(samples: Sequence[Sequence[Sighting]], gap_s: float) -> tuple[Person, ...]:
    """Persons from the sightings of each key frame (in time order, about ``gap_s`` apart)."""
    chains: list[list[Sighting]] = []
    for seen in samples:
        if not seen:
            continue
        now_s = seen[0].time_s
        open_chains = [c for c in chains if now_s - c[-1].time_s <= _FORGET_GAPS * gap_s]
        taken = _assign(open_chains, seen)
        for row, column in taken:
            open_chains[row].append(seen[column])
        started = set(range(len(seen))) - {column for _, column in taken}
        chains.extend([seen[column]] for column in sorted(started))
    return tuple(Person(tuple(chain)) for chain in _rejoin(chains))


def _assign(chains: Sequence[Sequence[Sighting]], seen: Sequence[Sighting]) -> list[tuple[int, int]]:
    if not chains:
        return []
    cost = np.array([[_cost(chain, sighting) for sighting in seen] for chain in chains])
    rows, columns = linear_sum_assignment(cost)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if cost[r, c] < _NEVER]


def _cost(chain: Sequence[Sighting], sighting: Sighting) -> float:
    last = chain[-1]
    gap_s = sighting.time_s - last.time_s
    height_px = max(last.height_px, sighting.height_px)
    missed_px = np.linalg.norm(sighting.pose.hip_px - _foreseen_px(chain, gap_s))
    reach = float(missed_px) / (_REACH_HEIGHTS_S * height_px * (_SLACK_S + gap_s))
    size = abs(np.log(sighting.height_px / last.height_px))
    cost = reach + size + colour_distance(last.colours, sighting.colours)
    return cost if cost < _MAX_COST and reach < _MAX_REACH and size < _MAX_SIZE_LOG else _NEVER


def _foreseen_px(chain: Sequence[Sighting], gap_s: float) -> Array:
    last = chain[-1]
    if len(chain) < 2:
        return last.pose.hip_px
    before = chain[-2]
    velocity = (last.pose.hip_px - before.pose.hip_px) / (last.time_s - before.time_s)
    return np.asarray(last.pose.hip_px + velocity * gap_s)


def _rejoin(chains: list[list[Sighting]]) -> list[list[Sighting]]:
    """Chains that follow one another in time and look alike are one person who left and came back."""
    joined: list[list[Sighting]] = []
    for chain in sorted(chains, key=lambda c: c[0].time_s):
        alike = [j for j in joined if j[-1].time_s < chain[0].time_s and _look_alike(j[-1], chain[0])]
        if alike:
            min(alike, key=lambda j: colour_distance(j[-1].colours, chain[0].colours)).extend(chain)
        else:
            joined.append(list(chain))
    return joined


def _look_alike(a: Sighting, b: Sighting) -> bool:
    """Whether ``b``, later, may be ``a`` come back: as big, dressed alike, and near enough to have got there."""
    size = abs(np.log(a.height_px / b.height_px))
    way = float(np.linalg.norm(b.pose.hip_px - a.pose.hip_px)) / max(a.height_px, b.height_px)
    near = way < _RUN_HEIGHTS_S * (b.time_s - a.time_s)
    return bool(near and size < _SAME_SIZE_LOG and colour_distance(a.colours, b.colours) < _SAME_COLOURS)


def colour_distance(a: Array, b: Array) -> float:
    """Hellinger distance of two colour shares (64,): 0 the same, 1 nothing in common."""
    return float(np.sqrt(max(0.0, 1.0 - np.sum(np.sqrt(a * b)))))


def _colours(patch: npt.NDArray[np.uint8]) -> Array:
    """(64,) the share of each colour in ``patch`` (h, w, 3); all the same for a patch without pixels."""
    if patch.size == 0:
        return np.full(_COLOUR_STEPS**3, 1.0 / _COLOUR_STEPS**3)
    steps = (patch.reshape(-1, 3).astype(np.int64) * _COLOUR_STEPS) // 256
    codes = steps @ np.array([_COLOUR_STEPS**2, _COLOUR_STEPS, 1])
    counts = np.bincount(codes, minlength=_COLOUR_STEPS**3)
    return counts / counts.sum()


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    both = Box(max(a.left, b.left), max(a.top, b.top), min(a.right, b.right), min(a.bottom, b.bottom)).area_px2
    either = a.area_px2 + b.area_px2 - both
    return both / either if either > 0 else 0.0
