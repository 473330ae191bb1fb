"""Tracks and contacts made the report's laps and steps, with every measure of every step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from formcheck.core.checks.evaluate import SetData
from formcheck.core.clean.filters import runs
from formcheck.core.gait.contacts import find_contacts
from formcheck.core.gait.measures import StepTable, side_name, step_measures, tabulate
from formcheck.core.gait.tracks import Track
from formcheck.core.types import Array, Lap, Signals, Step
from formcheck.core.vocabulary import STEP_MEASURES

QUIET_SPEED: float = 0.12  # leg lengths a second, mean of the body's parts: standing still, with pose noise
LOOK_BACK_S = 5.0  # stillness is sought this long before the first contact

MIN_LEAD_S = 0.8  # a clip that shows less before its first contact shows no start


@dataclass(frozen=True)
class LapSteps:
    """One track with its lap, its contacts as a table, the first step's index, and measures by name."""

    track: Track
    lap: Lap
    table: StepTable
    first: int
    values: dict[str, Array]


def lay_out(signals: Signals, tracks: list[Track]) -> list[LapSteps]:
    """Laps with steps, in order; stretches without a step are left out (exercise still empty)."""
    out: list[LapSteps] = []
    first = 0
    for track, contacts in zip(tracks, find_contacts(tracks), strict=True):
        if len(contacts) < 2:
            continue
        table = tabulate(contacts)
        values = step_measures(signals, track, table)
        lap = Lap(
            index=len(out), exercise="", direction=track.direction, facing=track.facing, view=track.view,
            yaw_deg=track.yaw_deg, start_s=float(track.time_s[0]), end_s=float(track.time_s[-1]), gait=track.gait,
        )  # fmt: skip
        out.append(LapSteps(track, lap, table, first, values))
        first += len(contacts)
    return out


def steps_of(laps: list[LapSteps]) -> tuple[Step, ...]:
    """The report's steps, all laps, in time order."""
    names = [q.name for q in STEP_MEASURES]
    steps = []
    for lap in laps:
        columns = {name: lap.values[name].tolist() for name in names if name in lap.values}
        for i in range(len(lap.table.side)):
            measures = {name: column[i] for name, column in columns.items()}
            steps.append(
                Step(
                    lap.first + i, lap.lap.index, side_name(int(lap.table.side[i])),
                    float(lap.table.contact_s[i]), float(lap.table.off_s[i]), measures,
                )
            )  # fmt: skip
    return tuple(steps)


def set_data(signals: Signals, laps: list[LapSteps], fps: float) -> SetData:
    """The laps of one exercise pooled for its checks; each lap has its exercise by now."""
    tables = [lap.table for lap in laps]
    table = StepTable(
        np.concatenate([t.side for t in tables]), *(
            np.concatenate([getattr(t, name) for t in tables])
            for name in ("contact_s", "off_s", "next_same_s", "step_time_s")
        ),
    )  # fmt: skip
    names = {q.name for q in STEP_MEASURES}
    values = {
        name: np.concatenate([lap.values.get(name, np.full(len(lap.table.side), np.nan)) for lap in laps])
        for name in names
    }
    return SetData(
        signals=signals,
        laps=tuple(lap.lap for lap in laps),
        table=table,
        number=np.concatenate([lap.first + np.arange(len(lap.table.side)) for lap in laps]),
        lap=np.concatenate([np.full(len(lap.table.side), lap.lap.index) for lap in laps]),
        values=values,
        set_values=_set_values(signals, laps, values),
        fps=fps,
    )


def _set_values(signals: Signals, laps: list[LapSteps], values: dict[str, Array]) -> dict[str, float]:
    stalls = values["stall_s"][np.isfinite(values["stall_s"])]
    return {
        "quiet_before_start_s": quiet_before_start_s(signals, float(laps[0].table.contact_s[0])),
        "stall_share": float(np.mean(stalls > 0)) if stalls.size else float("nan"),
        "ad2_regularity": _regularity(signals, laps[0]),
    }


def quiet_before_start_s(signals: Signals, first_contact_s: float) -> float:
    """The longest stillness in the last seconds before the first contact, s; NaN if the clip shows no start."""
    time_s, speed = signals.time_s, signals["body_speed_ratio_s"]
    before = (time_s < first_contact_s) & np.isfinite(speed)
    if not before.any() or first_contact_s - time_s[0] < MIN_LEAD_S:
        return float("nan")
    window = before & (time_s >= first_contact_s - LOOK_BACK_S)
    still = [time_s[b - 1] - time_s[a] for a, b in runs(window & (speed < QUIET_SPEED))]
    return float(max(still, default=0.0))


def _regularity(signals: Signals, lap: LapSteps) -> float:
    """Ad2: autocorrelation of the hips' height at one stride, 1 = every stride alike."""
    stride = lap.values["stride_time_s"]
    if not np.isfinite(stride).any():
        return float("nan")
    height = signals["hip_height_ratio"][lap.track.start : lap.track.stop]
    lag = int(round(float(np.nanmedian(stride)) / float(np.median(np.diff(lap.track.time_s)))))
    if not 0 < lag < len(height):
        return float("nan")
    a, b = height[:-lag], height[lag:]
    ok = np.isfinite(a) & np.isfinite(b)
    if ok.sum() < 2 * lag or a[ok].std() < 1e-9 or b[ok].std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(a[ok], b[ok])[0, 1])


def named(lap: LapSteps, exercise: str) -> LapSteps:
    """The same lap, told which exercise it is."""
    return replace(lap, lap=replace(lap.lap, exercise=exercise))
