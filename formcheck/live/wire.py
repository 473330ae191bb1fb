"""A shot in plain data, for a browser to draw over the picture it kept. The page's counterpart of ``picture``.

Places are in the sent picture's own pixels, unmirrored: who shows a mirror mirrors picture and places together, and
no word. Left and right are the athlete's. Decides nothing.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np

from formcheck.live.cues import LiveCue
from formcheck.live.picture import count_words, cue_words, on_picture
from formcheck.live.run import Shot
from formcheck.live.update import LiveUpdate
from formcheck.report.overlay import figure
from formcheck.report.overlay.painter import TEXT_SHARE
from formcheck.report.overlay.scene import NearSide, near_of
from formcheck.report.style import VERDICT_LOOK
from formcheck.texts import t
from formcheck.texts.sentences import all_said, tongue

Plain = dict[str, Any]


def to_wire(shot: Shot, size_px: tuple[int, int]) -> Plain:
    """Words, numbers and skeleton of a shot of a picture (width, height); numbers are null where there are none."""
    update = shot.update
    reading = shot.stage == "set" and update.status != "no_reading"
    none = (t("picture.no_reading") if update.status == "no_reading" else "", "")
    big, small = count_words(update) if reading else none
    return {
        "stage": shot.stage,
        "reading": reading,
        "big": big,
        "small": small,
        "countdown": shot.countdown,
        "direction": update.direction if reading else None,
        "steps": update.steps if reading else None,
        "cadence_spm": update.cadence_spm if reading else None,
        "evenness_pct": update.rhythm_cv_pct if reading else None,
        "hint": _hint(shot),
        "cue": None if update.cue is None or shot.stage != "set" else _cue(update.cue, update.time_s),
        "stop": _stop(update),
        **_body(update, size_px),
    }


def _hint(shot: Shot) -> str | None:
    """The framing hint, while no cue has the place."""
    update = shot.update
    if update.hint is None or (update.cue is not None and shot.stage == "set"):
        return None
    return update.hint.text if shot.stage != "set" or update.status != "ok" else None


def _cue(cue: LiveCue, now_s: float) -> Plain:
    """``since_ms`` is the camera's time from the end of the step that earned it to this frame."""
    look = VERDICT_LOOK[cue.severity]
    return {
        "id": f"{cue.shown_at_s:.3f}:{cue.id}",
        "text": cue_words(cue),
        "spoken": cue.spoken,
        "lang": tongue(cue.text),
        "sign": look.sign,
        "colour": look.fill,
        "since_ms": round(1e3 * (now_s - cue.earned_at_s)),
    }


def _stop(update: LiveUpdate) -> Plain | None:
    if update.stop is None or not update.stop.advised:
        return None
    return {"mark": t("picture.stop"), "reasons": "; ".join(all_said(update.stop.reasons))}


def _body(update: LiveUpdate, size_px: tuple[int, int]) -> Plain:
    """Lines of one width and colour together, in the order to draw them; dots; marks on joints at fault."""
    if update.landmarks_px is None or update.visibility is None:
        return {"strokes": [], "dots": [], "marks": []}
    unit = TEXT_SHARE * min(size_px)
    near: NearSide = "both" if update.view is None else near_of(update.view)
    active: Any = () if update.cue is None else (update.cue,)  # has what of a finding is drawn
    xy = on_picture(update.landmarks_px, update.visibility, size_px[0], mirror=False)
    strokes, dots = figure.skeleton(xy, near, active, unit)
    # far side, outlines, near side: fewer and longer lines for the browser
    strokes = sorted(strokes, key=lambda one: (one.colour != figure.FAR, one.colour != figure.DARK))
    marks = figure.marked_joints(xy, near, figure.fault_colours(active))
    return {
        "strokes": [
            {"width": width, "colour": _hex(colour), "lines": [[*_place(one.a), *_place(one.b)] for one in same]}
            for (width, colour), same in groupby(strokes, key=lambda one: (one.width, one.colour))
        ],
        "dots": [
            {"radius": round(radius, 1), "colour": _hex(colour), "at": [_place(one.at) for one in same]}
            for (radius, colour), same in groupby(
                sorted(dots, key=lambda one: -one.radius), key=lambda one: (one.radius, one.colour)
            )
        ],
        "marks": [
            {"at": _place(xy[index]), "size": figure.mark_size(unit), "shape": look.shape, "colour": look.fill}
            for index, verdict in marks
            for look in (VERDICT_LOOK[verdict],)
        ],
    }


def _place(xy: np.ndarray) -> list[float]:
    return [round(float(value), 1) for value in xy]


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)
