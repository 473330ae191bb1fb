"""The floor's slope from where the feet stood, for a level camera at the side of an athlete who travels."""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.core import windows
from formcheck.core.clean.prepare import CleanPose
from formcheck.core.gait.measures import StepTable
from formcheck.core.gait.tracks import Track
from formcheck.core.types import Array

MIN_STEPS: Final = 4
MIN_TRAVEL_LEGS: Final = 1.0


def floor_slope_deg(pose: CleanPose, track: Track, table: StepTable) -> float:
    """+ uphill in the direction of travel; NaN in place, from front or back, or over too short a way.

    A camera held askew tilts the floor with it: read to about the camera's own level.
    """
    if track.direction == "in_place" or track.view not in ("left_side", "right_side"):
        return float("nan")
    middle = (table.contact_s + table.off_s) / 2
    span = slice(track.start, track.stop)
    places = np.stack([_planted(pose, span, k, middle) for k in (0, 1)])
    at = places[table.side, np.arange(len(table.side))]
    at = at[np.isfinite(at).all(axis=1)]
    if len(at) < MIN_STEPS or np.ptp(at[:, 0]) < MIN_TRAVEL_LEGS * pose.leg_px:
        return float("nan")
    rise = -np.polyfit(at[:, 0], at[:, 1], 1)[0]
    travel = track.forward * (1.0 if track.direction == "forward" else -1.0)
    return float(np.degrees(np.arctan(rise)) * travel)


def _planted(pose: CleanPose, span: slice, k: int, when_s: Array) -> Array:
    """(n, 2) px of the middle of one foot at given times."""
    foot = (pose.part("heel")[k, span] + pose.part("toe")[k, span]) / 2
    return np.stack([windows.at_times(pose.time_s[span], foot[:, axis], when_s) for axis in (0, 1)], axis=1)
