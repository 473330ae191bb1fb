"""The words on the picture: step count and phase at the top, the cue while a fault happens, the stop mark."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from formcheck.report import words
from formcheck.report.overlay import plates
from formcheck.report.overlay.scene import Scene
from formcheck.report.style import STOP_COLOUR, VERDICT_LOOK, rgb
from formcheck.texts import t

MOST_CUES = 2


@lru_cache(maxsize=16)
def _status(count: str, phase: str, size: int) -> plates.Plate:
    """Step count, and under it which foot does what."""
    pad, small = round(0.4 * size), round(0.68 * size)
    big = round(1.15 * size)
    width = max(plates.text_width(count, big), plates.text_width(phase, small)) + 2 * pad + 4
    height = round(big * 1.2 + (small * 1.35 if phase else 0) + 1.1 * pad)
    image = Image.new("RGBA", (round(width), height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, round(width) - 1, height - 1), radius=pad, fill=plates.PLATE)
    plates.write(draw, (pad, 0.3 * pad), count, big, True)
    plates.write(draw, (pad, 0.3 * pad + big * 1.2), phase, small, False, (205, 214, 224))
    return plates.prepare(np.asarray(image))


@lru_cache(maxsize=24)
def cue_plate(text: str, verdict: str, size: int, width: int) -> plates.Plate:
    """A cue across the picture: the verdict's shape on its colour at the left, the words beside it."""
    look = VERDICT_LOOK[verdict]  # type: ignore[index]
    block, pad = round(1.9 * size), round(0.4 * size)
    lines = plates.wrap(text, size, width - block - 2 * pad)
    height = round(max(1.9 * size, len(lines) * 1.25 * size + 1.2 * pad))
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=pad, fill=(16, 20, 26, 228))
    draw.rounded_rectangle((0, 0, block, height - 1), radius=pad, fill=rgb(look.fill))
    plates.draw_sign(draw, (block / 2, height / 2), 0.62 * size, look.shape, (255, 255, 255))
    top = (height - len(lines) * 1.25 * size) / 2
    for i, line in enumerate(lines):
        plates.write(draw, (block + pad, top + i * 1.25 * size), line, size, True)
    return plates.prepare(np.asarray(image))


@lru_cache(maxsize=8)
def _stop_plate(text: str, size: int, width: int) -> plates.Plate:
    pad = round(0.4 * size)
    lines = plates.wrap(text, size, width - 2 * pad)
    wide = round(max(plates.text_width(line, size) for line in lines) + 2 * pad + 4)
    height = round(len(lines) * 1.25 * size + pad)
    image = Image.new("RGBA", (wide, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, wide - 1, height - 1), radius=pad, fill=(*rgb(STOP_COLOUR), 235))
    for i, line in enumerate(lines):
        plates.write(draw, (pad, 0.35 * pad + i * 1.25 * size), line, size, True)
    return plates.prepare(np.asarray(image))


def status_words(scene: Scene, i: int) -> tuple[str, str]:
    """Step count and phase at a frame, as written."""
    total = len(scene.report.steps)
    none = "overlay.not_judged" if scene.report.tracking.quality == "rejected" else "overlay.no_steps"
    count = t("overlay.step_of", n=scene.steps_done[i], total=total) if total else t(none)
    phase = scene.phase[i]
    return count, t("overlay.foot", side=words.side(scene.near[i]), phase=t(f"overlay.{phase}")) if phase else ""


def draw_status(frame: plates.Picture, scene: Scene, i: int, unit: float) -> None:
    """Step count and phase at the top left."""
    gap = round(0.4 * unit)
    count, phase = status_words(scene, i)
    plates.lay(frame, _status(count, phase, round(unit)), gap, gap)


def draw_stop(frame: plates.Picture, scene: Scene, i: int, unit: float) -> None:
    """From the moment the set should have ended: a red plate at the top right."""
    stop = scene.report.stop
    if stop.advised and stop.at_s is not None and scene.time_s[i] >= stop.at_s:
        text = t("overlay.stop_at", when=words.clock(stop.at_s))
        plate = _stop_plate(text, round(0.8 * unit), round(0.46 * frame.shape[1]))
        gap = round(0.4 * unit)
        plates.lay(frame, plate, frame.shape[1] - plate.size[0] - gap, gap)


def draw_cues(frame: plates.Picture, scene: Scene, i: int, below: bool, unit: float) -> None:
    """The cues of the worst active faults, one check once: at the foot, or under the step count."""
    by_check = {finding.check: finding for finding in reversed(scene.cued[i])}
    cues = [by_check[check] for check in dict.fromkeys(f.check for f in scene.cued[i])][:MOST_CUES]
    gap = round(0.3 * unit)
    width = min(frame.shape[1] - 2 * gap, round(26 * unit))
    made = [cue_plate(finding.cue, finding.verdict, round(unit), width) for finding in cues]
    heights = sum(plate.size[1] + gap for plate in made)
    top = frame.shape[0] - heights if below else round(3.4 * unit)
    for plate in made:
        plates.lay(frame, plate, gap, top)
        top += plate.size[1] + gap
