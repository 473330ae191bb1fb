"""Turns one ``[[check]]`` block into a ``Measure``, refusing what the core could not carry out.

Kind and time must fit each other:

* a per-frame signal: any phase, and a window statistic over that phase of each step (or of the start, or the set);
* a per-step measure, judged step by step: ``phase = "stride"`` and ``statistic = "mean"`` (the step's own value);
* a per-step measure over the whole set: ``phase = "set"`` and a set statistic;
* a set measure: ``phase = "set"`` and ``statistic = "mean"`` (the value itself).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from math import inf, isfinite
from typing import Any, get_args

from formcheck.core import vocabulary
from formcheck.core.spec import Band, Measure, SideRule
from formcheck.core.vocabulary import Quantity
from formcheck.errors import ExerciseFileError
from formcheck.exercises import reading as read
from formcheck.exercises.reading import Table

BAND_KEYS = ("good_min", "good_max", "minor_min", "minor_max")
PHASES: tuple[str, ...] = get_args(vocabulary.Phase)
SET_NAMES = {q.name for q in vocabulary.SET_MEASURES}
STEP_NAMES = {q.name for q in vocabulary.STEP_MEASURES}
EVIDENCE = re.compile(r"[VRMDC](, [VRMDC])*")

#: Keys with a default in ``Measure``, other than views, which default to the signal's.
TUNING = tuple(f.name for f in fields(Measure) if f.default is not MISSING)
DEFINITION_KEYS = (
    "title", "signal", "phase", "statistic", "side", "views", "cue", "cue_low", "why", "source", "evidence",
    "statements", *TUNING,
)  # fmt: skip
BLOCK_KEYS = ("use", "check", *DEFINITION_KEYS, *BAND_KEYS)


def read_measure(block: Table, shared: Mapping[str, Table], checks: Mapping[str, Any], where: str) -> Measure:
    """One ``[[check]]`` block; keys of the block win over those of the shared measure it ``use``s."""
    where = f"{where} ({block.get('use') or block.get('check') or 'no name'})"
    read.check_keys(block, BLOCK_KEYS, where)
    table = _with_shared(block, shared, where)
    check = read.choice(table, "check", where, checks)
    quantity = vocabulary.BY_NAME[read.choice(table, "signal", where, vocabulary.BY_NAME)]
    phase = read.choice(table, "phase", where, PHASES)
    statistic = read.choice(table, "statistic", where, vocabulary.STATISTICS)
    side: Any = read.choice(table, "side", where, get_args(SideRule))
    _check_fit(quantity, phase, statistic, side, where)
    band = _widened(_band(table, where), read.number(table, "uncertainty", where, 0.0))
    return Measure(
        check=check,
        title=read.text(table, "title", where),
        signal=quantity.name,
        phase=phase,
        statistic=statistic,
        side=side,
        band=band,
        unit=_unit(quantity, statistic),
        views=_views(table, quantity, checks[check]["views"], where),
        cue=_cue(table, "cue", (band.good_max, band.minor_max), where),
        cue_low=_cue(table, "cue_low", (band.good_min, band.minor_min), where),
        why=read.text(table, "why", where),
        source=read.text(table, "source", where),
        evidence=_evidence(table, where),
        statements=read.statements(table, where),
        **_tuning(table, quantity, phase, where),
    )


def _with_shared(block: Table, shared: Mapping[str, Table], where: str) -> dict[str, Any]:
    if "use" not in block:
        return dict(block)
    name = read.choice(block, "use", where, shared)
    own = {key: value for key, value in block.items() if key != "use"}
    merged = {**shared[name], **own}
    if own.get("check", shared[name]["check"]) != shared[name]["check"]:
        raise ExerciseFileError(f"{where}: 'check' contradicts 'use'; leave 'check' out")
    return merged


def is_per_step(quantity: Quantity) -> bool:
    """Whether a quantity is one number a step, rather than a column over time or one number a set."""
    return quantity.name in STEP_NAMES


def _check_fit(quantity: Quantity, phase: str, statistic: str, side: str, where: str) -> None:
    allowed = _allowed_statistics(quantity, phase, where)
    if statistic not in allowed:
        raise ExerciseFileError(
            f"{where}: statistic '{statistic}' does not fit signal '{quantity.name}' in phase '{phase}'; "
            f"use one of: {', '.join(allowed)}"
        )
    own_side = quantity.sided or is_per_step(quantity)
    if side == "each" and (not own_side or statistic == "symmetry_pct"):
        raise ExerciseFileError(f'{where}: \'side\' is "each", but there is one value for both; use "both"')


def _allowed_statistics(quantity: Quantity, phase: str, where: str) -> tuple[str, ...]:
    if quantity.name in SET_NAMES:
        phases: dict[str, tuple[str, ...]] = {"set": ("mean",)}
    elif is_per_step(quantity):
        phases = {"set": vocabulary.SET_STATISTICS, "stride": ("mean",)}
    else:
        phases = dict.fromkeys(PHASES, vocabulary.WINDOW_STATISTICS)
    if phase not in phases:
        wanted = " or ".join(f"'{p}'" for p in phases)
        raise ExerciseFileError(f"{where}: phase '{phase}' does not fit signal '{quantity.name}'; use {wanted}")
    return phases[phase]


def _band(table: Table, where: str) -> Band:
    good_min = read.number(table, "good_min", where, -inf)
    good_max = read.number(table, "good_max", where, inf)
    band = Band(
        good_min,
        good_max,
        read.number(table, "minor_min", where, -inf),
        read.number(table, "minor_max", where, inf),
    )
    if not (isfinite(good_min) or isfinite(good_max)):
        raise ExerciseFileError(f"{where}: no band; give 'good_min', 'good_max' or both")
    if good_min > good_max:
        raise ExerciseFileError(f"{where}: 'good_min' {good_min:g} is above 'good_max' {good_max:g}; swap them")
    if band.minor_min > good_min or band.minor_max < good_max:
        raise ExerciseFileError(f"{where}: the minor band must contain the good band; widen minor_min or minor_max")
    return band


def _widened(band: Band, uncertainty: float) -> Band:
    """The band by which a fault is named only where it stands clear of the measurement's own uncertainty."""
    low, high = -uncertainty, uncertainty
    return Band(band.good_min + low, band.good_max + high, band.minor_min + low, band.minor_max + high)


def _unit(quantity: Quantity, statistic: str) -> str:
    if statistic.endswith("_pct"):
        return "pct"
    return "ratio" if statistic == "share" else quantity.unit


def _views(table: Table, quantity: Quantity, check_views: tuple[str, ...], where: str) -> tuple[str, ...]:
    views = read.texts(table, "views", where, quantity.views)
    for view in views:
        for allowed, what in ((quantity.views, quantity.name), (check_views, "this check")):
            if view not in allowed:
                raise ExerciseFileError(f"{where}: view '{view}' cannot show {what}; {read.hint(view, allowed)}")
    if not views:
        raise ExerciseFileError(f"{where}: 'views' is empty; leave it out or name a view")
    return views


def _cue(table: Table, key: str, limits: tuple[float, float], where: str) -> str:
    """The sentence for one side of the band; it must be there where that side has a limit."""
    cue = read.text(table, key, where, "")
    side = "upper" if key == "cue" else "lower"
    if isfinite(limits[0]) and not cue:
        raise ExerciseFileError(f"{where}: key '{key}' is missing, but the band has a {side} limit; say what to do")
    return cue if isfinite(limits[0]) else ""


def _evidence(table: Table, where: str) -> str:
    tags = read.text(table, "evidence", where)
    if not EVIDENCE.fullmatch(tags):
        raise ExerciseFileError(f"{where}: 'evidence' expected V, R, M, D or C (\"D, C\" for two), got '{tags}'")
    return tags


def _tuning_number(table: Table, key: str, whole: bool, where: str) -> float:
    value = read.number(table, key, where, 0.0)
    if whole and (value < 1 or value != int(value)):
        raise ExerciseFileError(f"{where}: '{key}' expected a whole number from 1 up, got {value:g}")
    if value < 0:
        raise ExerciseFileError(f"{where}: '{key}' expected 0 or more, got {value:g}")
    return int(value) if whole else value


def _tuning(table: Table, quantity: Quantity, phase: str, where: str) -> dict[str, Any]:
    """The keys that have a default in ``Measure``, each of its kind and range."""
    out: dict[str, Any] = {}
    for spec in fields(Measure):
        if spec.name not in table or spec.name not in TUNING:
            continue
        if isinstance(spec.default, bool):
            out[spec.name] = read.flag(table, spec.name, where, None)
        elif isinstance(spec.default, tuple):
            out[spec.name] = read.texts(table, spec.name, where)
        else:
            out[spec.name] = _tuning_number(table, spec.name, isinstance(spec.default, int), where)
    for key in ("persist_share", "reliability"):
        if out.get(key, 0.0) > 1:
            raise ExerciseFileError(f"{where}: '{key}' expected a share from 0 to 1")
    if out.get("relative_to_start") and phase in ("start", "set"):
        raise ExerciseFileError(f"{where}: 'relative_to_start' compares steps; phase '{phase}' has none")
    return out
