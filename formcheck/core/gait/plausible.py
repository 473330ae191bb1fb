"""Whether a foot stands and swings for times a body could keep: if not, the model lost the foot, and so did we."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from formcheck.core.clean.filters import neighbours_median
from formcheck.core.gait.measures import StepTable
from formcheck.core.types import Array

#: Against the median of itself and its neighbours, two before and two after. A slow step or a rest makes one stance
#: long; nothing makes a swing so, or a stance that short, among others of the same foot.
OUT_OF_KEEPING: Final = 1.6
FEWEST: Final = 3


def odd_phases(tables: Iterable[StepTable]) -> tuple[int, int]:
    """Of all stances and swings with neighbours: how many are out of keeping with these, and how many there are."""
    odd = total = 0
    for table in tables:
        for k in (0, 1):
            contact, off = table.contact_s[table.side == k], table.off_s[table.side == k]
            stance, swing = _against_neighbours(off - contact), _against_neighbours(contact[1:] - off[:-1])
            odd += int((stance < 1 / OUT_OF_KEEPING).sum())
            odd += int(((swing < 1 / OUT_OF_KEEPING) | (swing > OUT_OF_KEEPING)).sum())
            total += stance.size + swing.size
    return odd, total


def _against_neighbours(lasts: Array) -> Array:
    lasts = lasts[np.isfinite(lasts)]
    if lasts.size < FEWEST:
        return np.empty(0)
    return np.asarray(lasts / neighbours_median(lasts))
