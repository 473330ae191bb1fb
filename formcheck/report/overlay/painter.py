"""One frame of the overlay: skeleton, arcs, fault marks, words and strip on the picture."""

from __future__ import annotations

import numpy as np

from formcheck.core.types import Analysis, Array, Finding
from formcheck.report.overlay import board, figure, plates, timeline
from formcheck.report.overlay.scene import Scene, make_scene

LONG_SIDE_PX = 1280
ENOUGH_FRAMES = 1000  # to tell where in the picture the athlete mostly is
TEXT_SHARE = 0.048  # text height over the picture's shorter side: readable on a phone held upright


def fitted(width: int, height: int, long_side_px: int = LONG_SIDE_PX) -> tuple[int, int]:
    """Even width and height no longer than ``long_side_px``, in the same proportion."""
    scale = min(1.0, long_side_px / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


class Painter:
    """Draws frames of one clip at one size; what does not change is drawn once, here.

    The canvas is the picture with a strip below it, so that the timeline hides nothing of the athlete.
    """

    def __init__(self, analysis: Analysis, width: int, height: int) -> None:
        video = analysis.report.video
        self.picture_size = (width, height)
        self.signals = analysis.signals
        self.scene: Scene = make_scene(analysis)
        self._landmarks_px = analysis.landmarks_px
        self._scale = np.array([width / video.width, height / video.height])
        self.unit = TEXT_SHARE * min(width, height)
        self.strip = timeline.make_strip(self.scene, width, self.unit)
        self.size = (width, height + self.strip.height)
        self.cues_below = self._more_room_below()

    def _more_room_below(self) -> bool:
        """Whether cues cover less of the athlete at the foot of the picture than under the step count."""
        every = max(1, len(self._landmarks_px) // ENOUGH_FRAMES)  # of a long clip, so as not to hold it once more
        y = self._landmarks_px[::every, :, 1] * self._scale[1]
        if not np.isfinite(y).any():
            return True
        head, foot = np.nanpercentile(y, [2, 98])
        return bool(self.picture_size[1] - foot >= min(head - 3.4 * self.unit, 2.6 * self.unit))

    def xy(self, i: int) -> Array:
        """(33, 2) landmarks of an analysed frame, in pixels of the drawn picture."""
        return np.asarray(self._landmarks_px[i] * self._scale)

    def index_of(self, time_s: float) -> int:
        """The analysed frame nearest to a time."""
        times = self.scene.time_s
        after = int(np.clip(np.searchsorted(times, time_s), 0, len(times) - 1))
        before = max(after - 1, 0)
        return before if time_s - times[before] < times[after] - time_s else after

    def body(self, frame: plates.Picture, i: int, xy: Array, active: tuple[Finding, ...], unit: float) -> None:
        """Skeleton, arcs and marks of the faults ``active``, in place; ``xy`` (33, 2) in the frame's pixels."""
        near = self.scene.near[i]
        figure.draw_skeleton(frame, xy, near, active, unit)
        if self.scene.phase[i] != "swing":
            figure.draw_plumb(frame, xy, near, active, unit)
        figure.draw_arcs(frame, xy, self.signals, self.scene, i, active, unit)
        figure.draw_fault_marks(frame, xy, near, figure.fault_colours(active), unit)

    def blank(self) -> plates.Picture:
        """An empty canvas to paint on; may be used again and again."""
        return np.zeros((self.size[1], self.size[0], 3), np.uint8)

    def paint(self, rgb: plates.Picture, time_s: float, canvas: plates.Picture) -> None:
        """Fill ``canvas`` with the picture ``rgb`` (of the picture's size) and all that is drawn at that time."""
        i, height = self.index_of(time_s), self.picture_size[1]
        picture = canvas[:height]
        picture[:] = rgb
        self.body(picture, i, self.xy(i), self.scene.active[i], self.unit)
        board.draw_status(picture, self.scene, i, self.unit)
        board.draw_stop(picture, self.scene, i, self.unit)
        board.draw_cues(picture, self.scene, i, self.cues_below, self.unit)
        timeline.draw_strip(canvas, self.strip, time_s)
