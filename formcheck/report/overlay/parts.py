"""Where each check is drawn: the joints it concerns and the angle it shows. Places only, no judgement.

A check that is not listed is drawn at the hips, so that a new one is never invisible.
"""

from __future__ import annotations

from typing import Final, Literal

from formcheck.core.skeleton import SIDES, SKELETON, joint
from formcheck.core.types import FindingSide

ArcKind = Literal["knee", "trunk", "fppa", "lateral"]

JOINTS: Final[dict[str, tuple[str, ...]]] = {
    "knee_over_toe": ("knee", "toe"),
    "knee_valgus": ("knee",),
    "knee_toe_alignment": ("knee", "toe"),
    "foot_placement": ("knee", "ankle"),
    "stance_width": ("ankle",),
    "torso_upright": ("shoulder", "hip"),
    "torso_rock": ("shoulder", "hip"),
    "lateral_sway": ("shoulder", "hip"),
    "hip_twist": ("hip",),
    "pelvis_anchor": ("hip",),
    "knee_bend": ("knee",),
    "depth": ("hip", "knee"),
    "heel_lift": ("heel",),
    "neck_crane": ("ear", "shoulder"),
    "hands_steady": ("wrist",),
    "step_rhythm": ("ankle",),
    "step_spacing": ("ankle",),
    "symmetry": ("ankle",),
    "cadence": ("ankle",),
    "smoothness": ("hip",),
    "sled_stall": ("hip",),
    "slowdown": ("hip",),
    "posture_drift": ("shoulder", "hip"),
    "quiet_start": ("hip",),
}
ARCS: Final[dict[str, ArcKind]] = {
    "knee_over_toe": "knee",
    "knee_bend": "knee",
    "depth": "knee",
    "foot_placement": "knee",
    "torso_upright": "trunk",
    "torso_rock": "trunk",
    "posture_drift": "trunk",
    "knee_valgus": "fppa",
    "lateral_sway": "lateral",
}
ARC_SIGNAL: Final[dict[ArcKind, str]] = {
    "knee": "knee_flexion_{side}_deg",
    "trunk": "trunk_lean_deg",
    "fppa": "fppa_{side}_deg",
    "lateral": "trunk_lateral_deg",
}


def joints_of(check: str, side: FindingSide | None) -> tuple[int, ...]:
    """Landmark indices the check concerns on that side; on both sides for "both" and None."""
    sides = (side,) if side in SIDES else SIDES
    return tuple(joint(part, s) for part in JOINTS.get(check, ("hip",)) for s in sides)  # type: ignore[arg-type]


#: The head's points beside the ear are not drawn; they crowd the face.
DRAWN: Final = tuple(
    SKELETON[f"{part}_{s[0]}"]
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
    for s in SIDES
)
