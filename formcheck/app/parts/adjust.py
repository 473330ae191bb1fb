"""Own limits on a copy of the exercise: sliders, the findings that follow, and a new report from kept poses."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import streamlit as st

from formcheck.app.jobs.store import Job
from formcheck.app.parts.common import catalogue, exercise_select, runs, side_words, titles, verdict_words
from formcheck.app.run import OPTION_KEYS, POSES, options_of, rescore
from formcheck.core.spec import Measure
from formcheck.core.types import Finding, PoseSequence, Report
from formcheck.exercises.limits import KEYS, measure_key, movable, with_limits
from formcheck.io import pose_file
from formcheck.report import words
from formcheck.report.digest import rank
from formcheck.texts import t
from formcheck.texts.sentences import said

RANGES: dict[str, tuple[str, float, float, float]] = {
    "athlete_height_cm": ("height", 50.0, 260.0, 1.0),
    "load_kg": ("load", 0.0, 2000.0, 0.5),
    "body_mass_kg": ("mass", 10.0, 400.0, 0.5),
    "slope_deg": ("slope", -45.0, 45.0, 0.5),
}


@st.cache_resource(show_spinner=False, max_entries=4)
def _poses(path: str, changed: float) -> PoseSequence:
    return pose_file.load(path)


def limits(ticket: str) -> dict[str, dict[str, dict[str, float]]]:
    """The own limits that the page shows: those the run was scored by, until they are moved."""
    kept = runs().job(ticket).options.get("limits") or {}
    return st.session_state.setdefault(f"limits:{ticket}", deepcopy(kept))


def rescored(ticket: str) -> Report | None:
    """The report by own limits; None where they are those of the run's own report."""
    job, own = runs().job(ticket), limits(ticket)
    path = runs().folder(ticket) / POSES
    if own == (job.options.get("limits") or {}) or not path.is_file():
        return None
    pose = _poses(str(path), path.stat().st_mtime)
    return rescore(pose, job.exercise, options_of(job.options), with_limits(catalogue(), own)).report


def details(key: str, asked: dict[str, Any] | None = None, columns: int = 2) -> dict[str, float | None]:
    """Fields for what the user may tell beyond the clip, ``columns`` beside each other."""
    asked = asked or {}
    found: dict[str, float | None] = {}
    for place, (name, (label, low, high, step)) in enumerate(RANGES.items()):
        if place % columns == 0:
            row = st.columns(columns)
        found[name] = row[place % columns].number_input(
            t(f"upload.{label}"), min_value=low, max_value=high, value=asked.get(name), step=step,
            help=t(f"upload.{label}_help"), key=f"{key}:{name}",
        )  # fmt: skip
    return found


def panel(ticket: str, stored: Report, shown: Report) -> None:
    """Sliders for one check's limits, what changed, and a new report."""
    if not (runs().folder(ticket) / POSES).is_file():
        st.info(t("adjust.no_poses"))
        return
    st.write(t("adjust.intro"))
    measured = [f for f in stored.findings if f.verdict != "not_assessed"]
    measures = _measures(stored, measured)
    if measures:
        _sliders(ticket, measures, measured)
        _changes(stored, shown)
    else:
        st.write(t("adjust.none"))
    _again(ticket)


def _measures(report: Report, measured: list[Finding]) -> dict[str, tuple[str, Measure]]:
    """``exercise/check|title`` to the exercise and measure of each finding whose limits can be moved."""
    found: dict[str, tuple[str, Measure]] = {}
    for finding in sorted(measured, key=rank):
        exercise = finding.exercise or report.exercise
        spec = catalogue().exercises.get(exercise)
        for measure in spec.measures if spec else ():
            if (measure.check, measure.title) == (finding.check, finding.measure) and movable(measure):
                found.setdefault(f"{exercise}/{measure_key(measure)}", (exercise, measure))
    return found


def _sliders(ticket: str, measures: dict[str, tuple[str, Measure]], measured: list[Finding]) -> None:
    chosen = st.selectbox(
        t("adjust.check"), list(measures), key=f"adjust:{ticket}",
        format_func=lambda k: f"{titles().check(measures[k][1].check)}: {said(measures[k][1].title)}",
    )  # fmt: skip
    exercise, measure = measures[chosen]
    own = [f for f in measured if (f.check, f.measure) == (measure.check, measure.title)]
    values = [words.number(f.value, f.unit) + side_words(f.side) for f in own]
    st.caption(t("adjust.value", value=", ".join(values)))
    low, high, step = _span(measure, [f.value for f in own if f.value is not None])
    for key in movable(measure):
        limit = float(getattr(measure.band, key))
        name = f"slide:{ticket}:{chosen}:{key}"
        st.slider(
            f"{t(f'adjust.{key}')} ({words.unit(measure.unit).strip() or '–'})", low, high, key=name, step=step,
            value=limits(ticket).get(exercise, {}).get(measure_key(measure), {}).get(key, limit),
            on_change=_moved, args=(ticket, exercise, measure, key, name),
        )  # fmt: skip
    st.button(t("adjust.reset"), key=f"reset:{ticket}", on_click=_reset, args=(ticket,), disabled=not limits(ticket))


def _span(measure: Measure, values: list[float]) -> tuple[float, float, float]:
    """Ends and step of the sliders: room about the limits and the values seen."""
    points = [float(getattr(measure.band, key)) for key in movable(measure)] + values
    reach = max(max(points) - min(points), 0.5 * max(abs(p) for p in points), 1e-3)
    step = 0.5 if measure.unit in ("deg", "pct", "steps/min") else 0.01
    low, high = min(points) - reach, max(points) + reach
    return round(low / step) * step, round(high / step) * step + step, step


def _moved(ticket: str, exercise: str, measure: Measure, key: str, name: str) -> None:
    own = limits(ticket).setdefault(exercise, {}).setdefault(measure_key(measure), {})
    own[key] = float(st.session_state[name])


def _reset(ticket: str) -> None:
    st.session_state[f"limits:{ticket}"] = {}
    for name in [n for n in st.session_state if str(n).startswith(f"slide:{ticket}:")]:
        del st.session_state[name]


def _changes(stored: Report, shown: Report) -> None:
    after = {(f.exercise, f.check, f.side): f for f in shown.findings}
    for before in stored.findings:
        now = after.get((before.exercise, before.check, before.side))
        if now is not None and now.verdict != before.verdict:
            line = t(
                "adjust.changed", title=titles().check(before.check), side=side_words(before.side),
                before=verdict_words(before.verdict), after=verdict_words(now.verdict),
            )  # fmt: skip
            st.markdown(f"- {line}")


def _again(ticket: str) -> None:
    job = runs().job(ticket)
    st.divider()
    st.write(t("adjust.again"))
    exercise_select(f"again:{ticket}", job.exercise)
    details(f"again:{ticket}", dict(job.options), columns=4)
    st.button(
        t("adjust.apply"), key=f"apply:{ticket}", help=t("adjust.apply_help"), on_click=_make_report, args=(ticket,)
    )  # fmt: skip
    if st.session_state.pop(f"made:{ticket}", False):
        st.rerun()  # the whole page: it shows the new run now


def _make_report(ticket: str) -> None:
    """A callback, so that a click counts even where a field's change is still on its way."""
    job = runs().job(ticket)
    told = {name: st.session_state.get(f"again:{ticket}:{name}") for name in OPTION_KEYS}
    options = {k: v for k, v in job.options.items() if k not in OPTION_KEYS} | told
    options |= {"limits": {e: dict(own) for e, own in limits(ticket).items()}, "poses_of": ticket}
    fresh: Job = replace(job, exercise=st.session_state[f"again:{ticket}"], options=options, created_s=0.0)
    st.session_state[f"made:{ticket}"] = True
    st.query_params["run"] = runs().create(fresh)


__all__ = ["KEYS", "details", "limits", "panel", "rescored"]
