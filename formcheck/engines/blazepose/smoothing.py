"""MediaPipe's own causal smoothing (one-euro filter), for comparing with it; the engine gives raw landmarks.

MediaPipe smooths in VIDEO mode only where it follows a single person. Time is the frame's; no clock is read.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from formcheck.core.types import Array

_START_RATE_HZ = 30.0


def _weight(cutoff_hz: npt.ArrayLike, step_s: float) -> Array:
    return np.asarray(1 / (1 + 1 / (2 * math.pi * np.asarray(cutoff_hz, float) * step_s)))


class OneEuro:
    """A one-euro filter over an array; ``beta`` opens it with speed, measured in object lengths a second."""

    def __init__(self, min_cutoff_hz: float, beta: float, speed_cutoff_hz: float = 1.0) -> None:
        self._min_cutoff_hz, self._beta, self._speed_cutoff_hz = min_cutoff_hz, beta, speed_cutoff_hz
        self._time_s: float | None = None
        self._raw: Array | None = None
        self._out: Array | None = None
        self._speed: Array | None = None

    def push(self, values: Array, time_s: float, object_length: float) -> Array:
        """The smoothed ``values`` at ``time_s``, which must grow; lengths in the unit of ``values``."""
        step_s = 1 / _START_RATE_HZ if self._time_s is None else time_s - self._time_s
        if self._raw is None or self._out is None or self._speed is None:
            self._out, self._speed = values.copy(), np.zeros_like(values)
        else:
            speed = (values - self._raw) / (object_length * step_s)
            self._speed = self._speed + _weight(self._speed_cutoff_hz, step_s) * (speed - self._speed)
            share = _weight(self._min_cutoff_hz + self._beta * np.abs(self._speed), step_s)
            self._out = self._out + share * (values - self._out)
        self._raw, self._time_s = values.copy(), time_s
        return self._out.copy()


class MediaPipeSmoothing:
    """Smooths one person's landmarks the way MediaPipe does; ``reset`` when the person is lost."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._image = OneEuro(0.05, 80.0)
        self._world = OneEuro(0.1, 40.0)
        self._visibility: Array | None = None

    def push(
        self, landmarks_px: Array, visibility: Array, world_m: Array, time_s: float, region_px: float
    ) -> tuple[Array, Array, Array]:
        """Smoothed (landmarks_px, visibility, world_m); ``region_px`` is the side of the next frame's region."""
        world_length = float(np.ptp(world_m[:, :2], axis=0).mean())
        seen = visibility if self._visibility is None else 0.9 * self._visibility + 0.1 * visibility
        self._visibility = seen
        return (
            self._image.push(landmarks_px, time_s, region_px),
            seen.copy(),
            self._world.push(world_m, time_s, world_length),
        )
