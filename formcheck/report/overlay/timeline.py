"""The strip under the picture: steps of each foot, faults, stop mark; only the playhead moves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw

from formcheck.report import words
from formcheck.report.overlay import plates
from formcheck.report.overlay.scene import Scene, Window
from formcheck.report.style import STOP_COLOUR, VERDICT_LOOK, rgb
from formcheck.texts import t

LIGHT_SIDE = {
    "left": (110, 190, 245),
    "right": (236, 150, 215),
}  # style.SIDE_COLOUR, lighter for a dark ground
GROUND = (16, 20, 26)
LANES = 3
ROW = 0.66  # of the text size: height of a row of steps and of a lane of faults


@dataclass(frozen=True)
class Strip:
    """The static strip (RGB) and where time lies on it: x = left + (t - start_s) * per_s."""

    picture: plates.Picture
    left: float
    per_s: float
    start_s: float
    unit: float
    stop_box: tuple[int, int] | None = None

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self.picture.shape[0])

    def x(self, time_s: float) -> float:
        """Pixel of a time."""
        return self.left + (time_s - self.start_s) * self.per_s


def lanes_of(scene: Scene) -> list[str]:
    """The checks that get a lane of their own, worst first; the others share the last one."""
    return list(dict.fromkeys(window.finding.check for window in scene.windows))[:LANES]


def lane_windows(scene: Scene) -> list[Window]:
    """The scene's windows without those that a worse one of the same check begins and covers (left and right)."""
    kept: list[Window] = []
    for window in scene.windows:
        own = [w for w in kept if w.finding.check == window.finding.check]
        if not any(w.start_s <= window.start_s and window.end_s <= w.end_s for w in own):
            kept.append(window)
    return kept


def strip_height(scene: Scene, unit: float) -> int:
    """Even height of the strip: two rows of steps, a lane a fault, a row for the clock."""
    rows = 2 + max(1, len(lanes_of(scene)))
    return 2 * round((0.3 + ROW * rows + 0.95) * unit / 2)


def make_strip(scene: Scene, width: int, unit: float) -> Strip:
    """Draw the strip for frames of that width; ``unit`` is the text size in pixels."""
    image = Image.new("RGB", (width, strip_height(scene, unit)), GROUND)
    draw = ImageDraw.Draw(image)
    left, right = 1.3 * unit, width - 0.6 * unit
    start, end = float(scene.time_s[0]), float(scene.time_s[-1])
    per_s = (right - left) / max(end - start, 1e-6)
    strip = Strip(np.asarray(image), left, per_s, start, unit)
    _steps(draw, strip, scene)
    _faults(draw, strip, scene, end)
    box = _stop(draw, strip, scene, end)
    return replace(strip, picture=np.array(image), stop_box=box)


def _steps(draw: ImageDraw.ImageDraw, strip: Strip, scene: Scene) -> None:
    """One dot a step, left foot above, right foot below; small enough not to touch when steps are many."""
    unit = strip.unit
    gaps = np.diff([strip.x(step.contact_s) for step in scene.report.steps])
    radius = float(np.clip(0.45 * np.min(gaps, initial=unit), 1.2, 0.22 * unit))
    for row, side in enumerate(("left", "right")):
        y = (0.2 + ROW * (row + 0.5)) * unit
        size = round(0.62 * unit)
        plates.write(draw, (0.42 * unit, y - 0.42 * unit), t(f"overlay.{side}_letter"), size, True, LIGHT_SIDE[side])
        for step in scene.report.steps:
            if step.side == side:
                x = strip.x(step.contact_s)
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=LIGHT_SIDE[side])


def _faults(draw: ImageDraw.ImageDraw, strip: Strip, scene: Scene, end_s: float) -> None:
    """A lane a check, worst first, with a bar for every stretch at fault, begun by the verdict's shape."""
    unit, lanes = strip.unit, lanes_of(scene)
    top = (0.3 + 2 * ROW) * unit
    for lane in range(max(1, len(lanes))):
        y = top + (lane + 0.5) * ROW * unit
        draw.line((strip.left, y, strip.x(end_s), y), fill=(70, 77, 86), width=max(1, round(unit * 0.06)))
    for window in reversed(lane_windows(scene)):  # worst first, so that it is drawn last
        look = VERDICT_LOOK[window.finding.verdict]
        lane = lanes.index(window.finding.check) if window.finding.check in lanes else len(lanes) - 1
        y = top + (lane + 0.5) * ROW * unit
        x0, x1 = strip.x(window.start_s), strip.x(min(window.end_s, end_s))
        box = (x0, y - 0.26 * unit, max(x1, x0 + 0.3 * unit), y + 0.26 * unit)
        draw.rounded_rectangle(box, radius=unit * 0.12, fill=rgb(look.fill))
        if x1 - x0 > 0.8 * unit:
            plates.draw_sign(draw, (x0 + 0.36 * unit, y), 0.24 * unit, look.shape, (255, 255, 255))


def _stop(draw: ImageDraw.ImageDraw, strip: Strip, scene: Scene, end_s: float) -> tuple[int, int] | None:
    """A flag where the set should have ended; returns the pixels its word takes."""
    stop = scene.report.stop
    if not stop.advised or stop.at_s is None:
        return None
    x, unit = strip.x(stop.at_s), strip.unit
    top, deep = strip.height - 0.85 * unit, strip.height
    draw.rectangle((x - 0.07 * unit, 0, x + 0.07 * unit, deep), fill=rgb(STOP_COLOUR))
    size = round(0.58 * unit)
    word = t("overlay.stop")
    width = plates.text_width(word, size) + 0.4 * unit
    x0 = x - width if x + width > strip.x(end_s) + 0.5 * unit else x
    draw.rectangle((x0, top, x0 + width, deep), fill=rgb(STOP_COLOUR))
    plates.write(draw, (x0 + 0.2 * unit, top + 0.08 * unit), word, size, True)
    return round(x0), round(x0 + width)


def _clock_left(strip: Strip, x: int, width: int, frame_width: int) -> int:
    """Left edge of the clock: under the playhead, but beside the word STOP and inside the frame."""
    left = min(max(x - width // 2, 0), frame_width - width)
    if strip.stop_box is None or left + width <= strip.stop_box[0] or left >= strip.stop_box[1]:
        return left
    before, after = strip.stop_box[0] - width, strip.stop_box[1]
    fits_before, fits_after = before >= 0, after + width <= frame_width
    nearer_before = x <= sum(strip.stop_box) / 2
    return before if fits_before and (nearer_before or not fits_after) else after


def draw_strip(frame: plates.Picture, strip: Strip, time_s: float) -> None:
    """Put the strip at the foot of the frame, with the playhead and its time."""
    height, width = frame.shape[:2]
    top = height - strip.height
    frame[top:] = strip.picture
    x = round(strip.x(time_s))
    cv2.line(frame, (x, top), (x, height), (255, 255, 255), max(2, round(0.12 * strip.unit)))
    clock = plates.label(words.clock(time_s), round(0.62 * strip.unit))
    plates.lay(frame, clock, _clock_left(strip, x, clock.size[0], width), height - clock.size[1])
