"""One visual language for overlay, report and app: colours, shapes and signs. Nothing is drawn here.

Colours are from the Okabe-Ito set, told apart with every common colour blindness; a verdict always
carries a shape and a word as well, so nothing rests on colour alone. ``ink`` is the text colour that
reaches 4.5:1 on white, ``fill`` the colour of areas and marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from formcheck.core.types import Quality, Verdict


@dataclass(frozen=True)
class Look:
    """How a verdict looks: ``fill`` for marks, ``ink`` for text on white, ``sign`` a shape in Unicode."""

    fill: str
    ink: str
    sign: str
    shape: str  # circle | triangle | octagon | ring


VERDICT_LOOK: Final[dict[Verdict, Look]] = {
    "good": Look(fill="#009E73", ink="#00664A", sign="\u25cf", shape="circle"),
    "minor": Look(fill="#E69F00", ink="#8A5A00", sign="\u25b2", shape="triangle"),
    "major": Look(fill="#D55E00", ink="#A63F00", sign="\u25a0", shape="octagon"),
    "not_assessed": Look(fill="#8C8C8C", ink="#595959", sign="\u25cb", shape="ring"),
}
QUALITY_LOOK: Final[dict[Quality, Look]] = {
    "accepted": VERDICT_LOOK["good"],
    "warning": VERDICT_LOOK["minor"],
    "rejected": VERDICT_LOOK["major"],
}
#: Left and right are told apart by colour and by line (solid and dashed).
SIDE_COLOUR: Final = {"left": "#0072B2", "right": "#AA4499"}
SIDE_DASH: Final = {"left": "solid", "right": "dash"}
STOP_COLOUR: Final = "#B00020"
STANCE_SHADE: Final = "#56B4E9"
INK: Final = "#1B1F24"
PAPER: Final = "#FFFFFF"
QUIET: Final = "#5A6370"
LINE: Final = "#D5DAE0"
LINK: Final = "#005A8E"
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"


def rgb(colour: str) -> tuple[int, int, int]:
    """``"#RRGGBB"`` as three integers, for drawing on pictures."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
