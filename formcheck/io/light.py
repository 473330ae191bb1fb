"""Whether a clip was filmed in too little light: the pose models then see feet where there are none."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Final

import numpy as np

from formcheck.core.types import Frame

#: Two stops under middle grey: that is 18 % of the light, 118 of 255 in sRGB, and a quarter of it is 61.
DARK_LEVEL: Final = 61
#: A clip may begin black; half a second on it is what it is.
_LOOK_AT: Final = 15
_EVERY_PX: Final = 4


def too_dark(frames: Iterable[Frame]) -> bool:
    """Whether half of the picture is darker than ``DARK_LEVEL``; looks at one of the first ``frames``."""
    last = deque(islice(frames, _LOOK_AT), maxlen=1)
    return any(np.median(frame.rgb[::_EVERY_PX, ::_EVERY_PX].mean(axis=2)) < DARK_LEVEL for frame in last)
