"""The 33 BlazePose landmarks by name, their mirror pairs and the bones drawn between them.

Code asks for a landmark by name (``SKELETON["knee_l"]``); a bare index stands nowhere else.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")

LANDMARKS: Final[tuple[str, ...]] = (
    "nose", "eye_inner_l", "eye_l", "eye_outer_l", "eye_inner_r", "eye_r", "eye_outer_r",
    "ear_l", "ear_r", "mouth_l", "mouth_r", "shoulder_l", "shoulder_r", "elbow_l", "elbow_r",
    "wrist_l", "wrist_r", "pinky_l", "pinky_r", "index_l", "index_r", "thumb_l", "thumb_r",
    "hip_l", "hip_r", "knee_l", "knee_r", "ankle_l", "ankle_r", "heel_l", "heel_r", "toe_l", "toe_r",
)  # fmt: skip
N_LANDMARKS: Final = len(LANDMARKS)
SKELETON: Final[dict[str, int]] = {name: i for i, name in enumerate(LANDMARKS)}

LEG_PARTS: Final = ("hip", "knee", "ankle", "heel", "toe")
ARM_PARTS: Final = ("shoulder", "elbow", "wrist")

_BONE_NAMES: Final = (
    ("shoulder_l", "shoulder_r"), ("hip_l", "hip_r"), ("shoulder_l", "hip_l"), ("shoulder_r", "hip_r"),
    ("shoulder_l", "elbow_l"), ("elbow_l", "wrist_l"), ("shoulder_r", "elbow_r"), ("elbow_r", "wrist_r"),
    ("hip_l", "knee_l"), ("knee_l", "ankle_l"), ("ankle_l", "heel_l"), ("heel_l", "toe_l"), ("ankle_l", "toe_l"),
    ("hip_r", "knee_r"), ("knee_r", "ankle_r"), ("ankle_r", "heel_r"), ("heel_r", "toe_r"), ("ankle_r", "toe_r"),
)  # fmt: skip
BONES: Final[tuple[tuple[int, int], ...]] = tuple((SKELETON[a], SKELETON[b]) for a, b in _BONE_NAMES)


def joint(part: str, side: Side) -> int:
    """Index of a paired landmark, e.g. ``joint("knee", "left")``; KeyError if the part is unknown."""
    return SKELETON[f"{part}_{side[0]}"]


def _mirror_name(name: str) -> str:
    swap = {"_l": "_r", "_r": "_l"}
    return name[:-2] + swap[name[-2:]] if name[-2:] in swap else name


#: ``x[:, MIRROR]`` exchanges left and right landmarks.
MIRROR: Final = np.array([SKELETON[_mirror_name(name)] for name in LANDMARKS])
