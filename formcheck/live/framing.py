"""What to change before the set can be seen: the whole body in the picture, large enough, from a useful side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from formcheck.core.checks.quality import LEG_PARTS_NEEDED, MIN_BODY_SHARE
from formcheck.core.clean.prepare import EDGE_MARGIN, MIN_VISIBILITY, leg_length_px
from formcheck.core.skeleton import SIDES, SKELETON, joint
from formcheck.core.types import Array, Bools, ViewName
from formcheck.texts import t

HintId = Literal["nobody", "feet", "head", "small", "turn_side", "turn_known"]

#: A part counts as outside when it is so in this share of the last moments.
MOST: Final = 0.5
#: Below this a foot is guessed, not seen.
FOOT_VISIBILITY: Final = 0.3
#: Hints about what cannot be measured at all; the others only ask for a better picture.
BLIND: Final[tuple[HintId, ...]] = ("nobody", "feet")


@dataclass(frozen=True)
class Hint:
    """One thing to do about the picture."""

    id: HintId

    @property
    def text(self) -> str:
        """As it is shown."""
        return t(f"framing.{self.id}")


HINTS: Final[dict[HintId, Hint]] = {name: Hint(name) for name in get_args(HintId)}


def legs_seen(landmarks_px: Array, visibility: Array, size_px: tuple[int, int]) -> Bools:
    """(n,) whether a whole leg is in the picture; of (n, 33, 2) and (n, 33)."""
    inside = _inside(landmarks_px, size_px) & (visibility >= MIN_VISIBILITY)
    legs = [inside[:, [joint(part, side) for part in LEG_PARTS_NEEDED]].all(axis=1) for side in SIDES]
    return np.asarray(legs[0] | legs[1])


def _inside(landmarks_px: Array, size_px: tuple[int, int]) -> Bools:
    size = np.array(size_px, dtype=np.float64)
    within = (landmarks_px >= -EDGE_MARGIN * size) & (landmarks_px <= (1 + EDGE_MARGIN) * size)
    return np.asarray(within.all(axis=-1))


def body_hint(landmarks_px: Array, visibility: Array, size_px: tuple[int, int]) -> Hint | None:
    """What keeps the body of the last moments (n, 33, 2) from being measured; None if nothing does."""
    somebody = np.isfinite(landmarks_px).any(axis=(1, 2))
    if somebody.mean() < MOST:
        return HINTS["nobody"]
    px, seen = landmarks_px[somebody], visibility[somebody]
    inside = _inside(px, size_px)
    clear = inside & (seen >= FOOT_VISIBILITY)
    feet = [clear[:, joint("ankle", side)] & clear[:, joint("toe", side)] for side in SIDES]
    if not (feet[0] | feet[1]).mean() > 1.0 - MOST:
        return HINTS["feet"]
    if not inside[:, SKELETON["nose"]].mean() > 1.0 - MOST:
        return HINTS["head"]
    if leg_length_px(px) < MIN_BODY_SHARE * size_px[1]:
        return HINTS["small"]
    return None


def view_hint(view: ViewName, wanted: tuple[str, ...]) -> Hint | None:
    """What keeps the view from telling much; ``wanted`` are the views ("side", "front", "back") of the exercise."""
    kind = "side" if view in ("left_side", "right_side") else view
    if kind in wanted:
        return None
    return HINTS["turn_known" if "front" in wanted else "turn_side"]
