"""What live tells at each frame, and how a session is set. No logic here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from formcheck.core.types import Array, StopAdvice
from formcheck.live.cues import LiveCue
from formcheck.live.framing import Hint

Status = Literal["ok", "no_reading", "framing"]
Phase = Literal["left_stance", "right_stance", "both_stance", "unknown"]


@dataclass(frozen=True)
class LiveSettings:
    """How a session works; no judgement of the body. Seconds are the video's."""

    window_s: float = 10.0
    tick_s: float = 0.1
    cue_gap_s: float = 4.0
    cue_show_s: float = 3.5
    cue_again_s: float = 10.0
    keep_s: float = 3600.0  # of the set, for the report at its end


@dataclass(frozen=True, eq=False)
class LiveUpdate:
    """What is known at one frame. With status "no_reading" every number is None and nothing is cued.

    ``landmarks_px`` (33, 2) in this frame's own pixels, unmirrored, and ``visibility`` (33,): for drawing; None
    where nobody was found. ``new_cue`` is True at the frame at which the cue begins: the moment to say it.
    """

    index: int
    time_s: float
    status: Status
    hint: Hint | None
    exercise: str | None
    steps: int | None
    cadence_spm: float | None
    rhythm_cv_pct: float | None
    phase: Phase | None
    cue: LiveCue | None
    new_cue: bool
    stop: StopAdvice | None
    landmarks_px: Array | None
    visibility: Array | None
