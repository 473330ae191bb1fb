"""What live tells at each frame, and how a session is set. No logic here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from formcheck.core.types import Array, Direction, StopAdvice, ViewName
from formcheck.live.cues import LiveCue
from formcheck.live.framing import Hint

Status = Literal["ok", "no_reading", "framing"]
Phase = Literal["left_stance", "right_stance", "both_stance", "unknown"]


@dataclass(frozen=True)
class LiveSettings:
    """How a session works; no judgement of the body. Seconds are the video's."""

    window_s: float = 10.0
    tick_s: float = 1 / 15
    cue_gap_s: float = 4.0
    cue_show_s: float = 3.5
    cue_again_s: float = 10.0
    keep_s: float = 3600.0  # of the set, for the report at its end


@dataclass(frozen=True, eq=False)
class LiveUpdate:
    """What is known at one frame. With status "no_reading" every number is None and nothing is cued.

    ``direction`` is the way of the lap that goes on; None between laps.
    ``landmarks_px`` (33, 2) in this frame's own pixels, unmirrored, and ``visibility`` (33,): for drawing; None
    where nobody was found. ``new_cue`` is True at the frame at which the cue begins: the moment to say it.
    """

    index: int
    time_s: float
    status: Status
    hint: Hint | None
    exercise: str | None
    direction: Direction | None
    view: ViewName | None
    steps: int | None
    cadence_spm: float | None
    rhythm_cv_pct: float | None
    phase: Phase | None
    cue: LiveCue | None
    new_cue: bool
    stop: StopAdvice | None
    landmarks_px: Array | None
    visibility: Array | None


def nothing(index: int, time_s: float, hint: Hint, landmarks_px: Array | None, visibility: Array | None) -> LiveUpdate:
    """The update without a reading: a hint, what was found of a body, and no number."""
    return LiveUpdate(
        index=index, time_s=time_s, status="no_reading", hint=hint, exercise=None, direction=None,
        view=None, steps=None, cadence_spm=None, rhythm_cv_pct=None, phase=None, cue=None, new_cue=False, stop=None,
        landmarks_px=landmarks_px, visibility=visibility,
    )  # fmt: skip
