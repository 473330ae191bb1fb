"""What live draws on a frame: skeleton, one cue, step count and rhythm, framing, countdown, stop. Decides nothing.

Frames are RGB, drawn in place. A mirrored picture is mirrored first; words are then not mirrored, and left stays
the athlete's left.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from formcheck.core.types import Array
from formcheck.engines.base import BEYOND_FRAME_VISIBILITY
from formcheck.live.cues import LiveCue
from formcheck.live.run import Shot
from formcheck.live.update import LiveUpdate
from formcheck.report import words
from formcheck.report.overlay import board, figure, plates
from formcheck.report.overlay.painter import TEXT_SHARE
from formcheck.report.overlay.scene import NearSide, near_of
from formcheck.report.style import STOP_COLOUR, rgb
from formcheck.texts import t
from formcheck.texts.sentences import said


def mirrored(picture: plates.Picture) -> plates.Picture:
    """The picture as a mirror shows it."""
    return np.asarray(cv2.flip(picture, 1))


def paint(picture: plates.Picture, shot: Shot, mirror: bool) -> None:
    """Draw a shot on ``picture``, which is mirrored already if ``mirror``."""
    update = shot.update
    unit = TEXT_SHARE * min(picture.shape[:2])
    _body(picture, update, mirror, unit)
    gap = round(0.4 * unit)
    if update.status == "no_reading":
        _lines(picture, t("picture.no_reading"), "", unit)
    elif shot.stage == "set":
        _lines(picture, *count_words(update), unit)
    if update.stop is not None and update.stop.advised:
        plate = _banner(t("picture.stop"), round(1.1 * unit), STOP_COLOUR)
        plates.lay(picture, plate, picture.shape[1] - plate.size[0] - gap, gap)
    if update.cue is not None and shot.stage == "set":
        _cue(picture, update.cue, unit)
    elif update.hint is not None and (shot.stage != "set" or update.status != "ok"):
        plate = _banner(update.hint.text, round(1.2 * unit), "#0072B2")
        _centred(picture, plate, picture.shape[0] - plate.size[1] - 2 * gap)
    if shot.countdown is not None:
        plate = _banner(str(shot.countdown), round(5 * unit), "#10141A")
        _centred(picture, plate, round(0.3 * picture.shape[0]))


def count_words(update: LiveUpdate) -> tuple[str, str]:
    """Step count, and cadence with its evenness, as written."""
    count = t("picture.step", n=update.steps) if update.steps else t("picture.no_steps")
    if update.cadence_spm is None:
        return count, ""
    cadence = f"{update.cadence_spm:.0f}" + words.unit("steps/min")
    if update.rhythm_cv_pct is None:
        return count, cadence
    return count, t("picture.varies", cadence=cadence, share=f"{update.rhythm_cv_pct:.0f} %")


def cue_words(cue: LiveCue) -> str:
    """The exercise file's cue, with the side it is about."""
    if cue.side == "both":
        return said(cue.text)
    return t("picture.cue_side", side=t(f"picture.{cue.side}"), cue=said(cue.text))


def _body(picture: plates.Picture, update: LiveUpdate, mirror: bool, unit: float) -> None:
    if update.landmarks_px is None or update.visibility is None:
        return
    near: NearSide = "both" if update.view is None else near_of(update.view)
    xy = on_picture(update.landmarks_px, update.visibility, picture.shape[1], mirror)
    active = () if update.cue is None else (update.cue,)
    figure.draw_skeleton(picture, xy, near, active, unit)  # type: ignore[arg-type]
    figure.draw_fault_marks(picture, xy, near, figure.fault_colours(active), unit)  # type: ignore[arg-type]


def on_picture(landmarks_px: Array, visibility: Array, width: int, mirror: bool) -> Array:
    """Where to draw the landmarks (33, 2): mirrored in place only, their names and sides stay; unseen NaN."""
    xy = np.where((visibility > BEYOND_FRAME_VISIBILITY)[:, None], landmarks_px, np.nan)
    if mirror:
        xy[:, 0] = width - 1 - xy[:, 0]
    return xy


def _lines(picture: plates.Picture, big: str, small: str, unit: float) -> None:
    gap = round(0.4 * unit)
    plate = plates.label(big, round(1.5 * unit))
    plates.lay(picture, plate, gap, gap)
    if small:
        plates.lay(picture, plates.label(small, round(0.9 * unit), bold=False), gap, 2 * gap + plate.size[1])


def _cue(picture: plates.Picture, cue: LiveCue, unit: float) -> None:
    gap = round(0.4 * unit)
    width = min(picture.shape[1] - 2 * gap, round(24 * unit))
    plate = board.cue_plate(cue_words(cue), cue.severity, round(1.2 * unit), width)
    _centred(picture, plate, picture.shape[0] - plate.size[1] - gap)


def _centred(picture: plates.Picture, plate: plates.Plate, top: int) -> None:
    plates.lay(picture, plate, (picture.shape[1] - plate.size[0]) // 2, top)


@lru_cache(maxsize=32)
def _banner(text: str, size: int, colour: str) -> plates.Plate:
    """White words on a coloured plate."""
    pad = round(0.4 * size)
    width, height = round(plates.text_width(text, size)) + 2 * pad + 4, round(1.25 * size) + pad
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=pad, fill=(*rgb(colour), 235))
    plates.write(draw, (pad, 0.3 * pad), text, size, True)
    return plates.prepare(np.asarray(image))
