"""A measure's numbers: one value a step (or one for the set), each with the time it stands for.

Which frames a phase means and which statistic is taken is data (``spec.Measure``); how is here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from formcheck.core import windows
from formcheck.core.gait.measures import StepTable, by_side
from formcheck.core.skeleton import SIDES, Side
from formcheck.core.spec import Measure
from formcheck.core.types import Array, Bools, Index, Lap, Signals
from formcheck.core.vocabulary import BY_NAME, SIGNALS

EARLY_SHARE = 0.4
DRIVE = (0.2, 0.8)
START_S = 2.0
WARM_UP_S = 0.3  # a tracker settles on the body in its first frames
BASELINE_STEPS = 6  # the first three strides
BASELINE_MIN = 2
MIN_SET_VALUES = 4
ODD_VALUE = 2.0  # robust SDs from the median to which a value is drawn in
CONTACT_SD_S = 0.018  # of a contact's time against truth, from the side (bench/accuracy.py)

SIGNAL_NAMES = frozenset(q.name for q in SIGNALS)


@dataclass(frozen=True)
class SetData:
    """All laps of one exercise in a clip. Arrays (n,) run over their steps in time order.

    ``number`` is the step's index in the report; ``lap`` the lap's. ``values`` holds the per-step measures.
    """

    signals: Signals
    laps: tuple[Lap, ...]
    table: StepTable
    number: Array
    lap: Array
    values: dict[str, Array]
    set_values: dict[str, float]
    fps: float


@dataclass(frozen=True)
class Series:
    """Values (m,) of a measure in time order; ``at_s`` when; ``step`` report indices (-1 for the set)."""

    value: Array
    at_s: Array
    step: Array
    set_level: bool
    members: tuple[int, ...] = field(default_factory=tuple)  # set level: the steps behind the one value


EMPTY = Series(np.empty(0), np.empty(0), np.empty(0), set_level=False)


def evaluate(measure: Measure, data: SetData, side: Side | None) -> Series:
    """The measure's values for one side, or for both together (``side`` None). Empty where there are none."""
    mine = np.ones(len(data.number), dtype=bool) if side is None else data.table.side == SIDES.index(side)
    if measure.signal in SIGNAL_NAMES:
        series = _from_signal(measure, data, mine, side)
    elif measure.signal in data.set_values:
        series = _single(data.set_values[measure.signal], data, mine)
    elif measure.signal in data.values:
        series = _from_steps(measure, data, mine)
    else:
        return EMPTY
    return _relative(series, data) if measure.relative_to_start else series


def _from_signal(measure: Measure, data: SetData, mine: Bools, side: Side | None) -> Series:
    if measure.phase == "set":
        return _whole_set(measure, data, mine, side)
    if measure.phase == "start":
        return _start(measure, data, side)
    start, end = _phase(measure.phase, data.table)
    if measure.phase == "contact":
        values = _at_contact(measure.signal, data)
        at = data.table.contact_s
    else:
        index = windows.frames_between(data.signals.time_s, start, end)
        if measure.persist_s > 0:
            index = np.where((end - start >= measure.persist_s)[:, None], index, -1)
        values = windows.statistic(measure.statistic, _rows(measure.signal, data, index), index)
        at = (start + end) / 2
    return _kept(values, at, data, mine)


def _rows(name: str, data: SetData, index: Index) -> Array:
    if BY_NAME[name].sided:
        return by_side(data.signals, name, index, data.table.side)
    return windows.gather(data.signals[name], index)


def _at_contact(name: str, data: SetData) -> Array:
    time_s, when = data.signals.time_s, data.table.contact_s
    if not BY_NAME[name].sided:
        return windows.at_times(time_s, data.signals[name], when)
    both = [windows.at_times(time_s, data.signals[name.format(side=s)], when) for s in SIDES]
    return np.where(data.table.side == 0, both[0], both[1])


def _phase(phase: str, table: StepTable) -> tuple[Array, Array]:
    contact, off, again = table.contact_s, table.off_s, table.next_same_s
    stance = off - contact
    spans = {
        "contact": (contact, contact),
        "early_stance": (contact, contact + EARLY_SHARE * stance),
        "mid_drive": (contact + DRIVE[0] * stance, contact + DRIVE[1] * stance),
        "stance": (contact, off),
        "swing": (off, again),
        "stride": (contact, again),
    }
    return spans[phase]


def _kept(values: Array, at_s: Array, data: SetData, mine: Bools) -> Series:
    keep = mine & np.isfinite(values)
    return Series(values[keep], at_s[keep], data.number[keep], set_level=False)


def _columns(measure: Measure, side: Side | None) -> list[str]:
    if not BY_NAME[measure.signal].sided:
        return [measure.signal]
    return [measure.signal.format(side=s) for s in ((side,) if side else SIDES)]


def _whole_set(measure: Measure, data: SetData, mine: Bools, side: Side | None) -> Series:
    time_s = data.signals.time_s
    found = []
    for lap in data.laps:
        inside = (time_s >= lap.start_s) & (time_s <= lap.end_s)
        index = np.flatnonzero(inside)[None, :]
        for column in _columns(measure, side):
            rows = windows.gather(data.signals[column], index)
            found.append(float(windows.statistic(measure.statistic, rows, index)[0]))
    finite = [v for v in found if np.isfinite(v)]
    return _single(float(np.median(finite)) if finite else float("nan"), data, mine)


def _start(measure: Measure, data: SetData, side: Side | None) -> Series:
    """Up to the last two seconds before the first contact of the set, if the clip shows them."""
    if not len(data.table.contact_s) or not data.laps:
        return EMPTY
    first = float(data.table.contact_s[0])
    begin = np.array([max(data.laps[0].start_s + WARM_UP_S, first - START_S)])
    index = windows.frames_between(data.signals.time_s, begin, np.array([first]))
    values = [
        float(windows.statistic(measure.statistic, windows.gather(data.signals[c], index), index)[0])
        for c in _columns(measure, side)
    ]
    finite = [v for v in values if np.isfinite(v)]
    if not finite or first - begin[0] < 0.3:
        return EMPTY
    return Series(np.array([float(np.mean(finite))]), begin, np.array([-1.0]), set_level=True, members=())


def _single(value: float, data: SetData, mine: Bools) -> Series:
    if not np.isfinite(value):
        return EMPTY
    at = data.laps[0].start_s if data.laps else 0.0
    members = tuple(int(i) for i in data.number[mine])
    return Series(np.array([value]), np.array([at]), np.array([-1.0]), set_level=True, members=members)


def _from_steps(measure: Measure, data: SetData, mine: Bools) -> Series:
    values, at = data.values[measure.signal], data.table.contact_s
    if measure.phase != "set":
        return _kept(values, at, data, mine)
    keep = mine & np.isfinite(values)
    if keep.sum() < max(MIN_SET_VALUES, measure.min_steps):
        return EMPTY
    if measure.statistic == "symmetry_pct":
        value = _symmetry_pct(values, data.table.side, keep)
    elif measure.statistic == "cv_pct":
        value = _cv_pct(measure.signal, values[keep], data)
    else:
        value = set_statistic(measure.statistic, values[keep])
    return _single(value, data, keep)


def set_statistic(name: str, values: Array) -> float:
    """A statistic of the steps' values in time order; NaN where there are too few of them."""
    n = len(values)
    if name in ("mean", "median", "min", "max", "sd"):
        return float(getattr(np, {"sd": "std"}.get(name, name))(values))
    if name == "share":
        return float(np.mean(values > 0))
    block = min(BASELINE_STEPS, n // 2)
    if block < BASELINE_MIN:
        return float("nan")
    first, last = values[:block], values[-block:]
    if name == "drift":
        return float(np.median(last) - np.median(first))
    if name == "loss_pct":
        best = float(np.max(_stride_means(first)))
        return 100.0 * (1.0 - float(np.median(last)) / best) if best > 0 else float("nan")
    if name == "jump_pct":
        strides = _stride_means(values)
        return float(100.0 * np.max(np.abs(np.diff(strides)) / strides[:-1])) if len(strides) > 1 else float("nan")
    raise ValueError(f"statistic: expected one of the vocabulary's, got {name!r}")


def _stride_means(values: Array) -> Array:
    """Means of two steps in a row: a left-right difference is not a change of speed."""
    pairs = len(values) // 2
    return values[: 2 * pairs].reshape(pairs, 2).mean(axis=1) if pairs else values


def _cv_pct(name: str, values: Array, data: SetData) -> float:
    mean = float(np.mean(values))
    if mean <= 0:
        return float("nan")
    low, middle, high = np.quantile(values, [0.16, 0.5, 0.84])
    reach = ODD_VALUE * 0.5 * float(high - low)  # one odd contact does not make a rhythm uneven
    sd = float(np.std(np.clip(values, middle - reach, middle + reach), ddof=1))
    return 100.0 * sqrt(max(0.0, sd**2 - _floor(name, data) ** 2)) / mean


def _floor(name: str, data: SetData) -> float:
    """SD that the clip alone adds: whole frames, and how sharply a contact shows; for a length, times the speed."""
    interval = sqrt(frame_rate_floor_s(data.fps) ** 2 + 2.0 * CONTACT_SD_S**2)
    if name.endswith("_time_s"):
        return interval
    if name in ("step_length_ratio", "stride_length_ratio"):
        speed = data.values.get("step_speed_ratio_s", np.empty(0))
        finite = speed[np.isfinite(speed)]
        return interval * float(np.median(finite)) if finite.size else 0.0
    return 0.0


def frame_rate_floor_s(fps: float) -> float:
    """SD that whole frames alone add to an interval: 1 / (fps sqrt 6) (biomechanics, finding 3), s.

    Contacts here are interpolated between frames, so this is an upper bound: a fault must stand clear of it.
    """
    return 1.0 / (fps * sqrt(6.0))


def _symmetry_pct(values: Array, side: Index, keep: Bools) -> float:
    """100 |L - R| / mean of the side medians, less what the sides' own scatter explains (one standard error)."""
    sides = [values[keep & (side == k)] for k in (0, 1)]
    if min(len(s) for s in sides) < 2:
        return float("nan")
    left, right = (float(np.median(s)) for s in sides)
    scatter = sqrt(sum(float(np.var(s, ddof=1)) / len(s) for s in sides))
    mean = 0.5 * (left + right)
    return 100.0 * max(0.0, abs(left - right) - scatter) / mean if mean > 0 else float("nan")


def _relative(series: Series, data: SetData) -> Series:
    """Each value less the median of those of the first three strides (which then judge nothing)."""
    base_steps = set(data.number[:BASELINE_STEPS].tolist())
    base = np.array([s in base_steps for s in series.step.tolist()])
    if series.set_level or base.sum() < BASELINE_MIN or base.all():
        return EMPTY
    baseline = float(np.median(series.value[base]))
    return Series(series.value[~base] - baseline, series.at_s[~base], series.step[~base], set_level=False)
