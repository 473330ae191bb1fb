"""The command line and the Python that do what this run did."""

from __future__ import annotations

import shlex

import streamlit as st

from formcheck.app.jobs.store import Job
from formcheck.app.run import ESTIMATE_KEYS, OPTION_KEYS
from formcheck.core.types import Report
from formcheck.exercises.limits import Limits, as_words
from formcheck.texts import t

FLAGS = {
    "engine": "--engine", "model": "--model", "subject": "--subject", "start_s": "--start", "end_s": "--end",
    "slowmo": "--slowmo", "athlete_height_cm": "--athlete-height-cm", "load_kg": "--load-kg",
    "body_mass_kg": "--body-mass-kg", "slope_deg": "--slope-deg",
}  # fmt: skip


def told(job: Job) -> dict[str, object]:
    """What the user set, in the order of the API."""
    return {k: job.options[k] for k in (*ESTIMATE_KEYS, *OPTION_KEYS) if job.options.get(k) is not None}


def command_line(job: Job, limits: Limits) -> str:
    """The ``formcheck score`` command of this run, by the own limits."""
    parts = ["formcheck", "score", shlex.quote(job.name), "--exercise", job.exercise]
    for key, value in told(job).items():
        parts += [FLAGS[key], shlex.quote(f"{value:g}" if isinstance(value, float) else str(value))]
    for word in as_words(limits):
        parts += ["--limit", shlex.quote(word)]
    return " ".join([*parts, "--out", "formcheck-out"])


def python_code(job: Job, limits: Limits) -> str:
    """The Python of this run, by the own limits."""
    extra = "".join(f", {key}={value!r}" for key, value in told(job).items())
    imports, catalogue = ["from formcheck.api import analyse"], ["catalogue = load_catalogue()"]
    if limits:
        imports.append("from formcheck.exercises.limits import with_limits")
        catalogue = [f"limits = {limits!r}", "catalogue = with_limits(load_catalogue(), limits)"]
    imports.append("from formcheck.exercises.load import load_catalogue")
    imports.append("from formcheck.report.write import write_outputs")
    lines = [
        *imports, "", *catalogue,
        f"analysis = analyse({job.name!r}, {job.exercise!r}{extra}, catalogue=catalogue)",
        f'write_outputs(analysis, "formcheck-out", {job.name!r}, catalogue=catalogue)',
        "print(analysis.report.score)", "",
    ]  # fmt: skip
    return "\n".join(lines)


def panel(job: Job, report: Report, limits: Limits) -> None:
    """Both, to copy."""
    st.markdown(f"**{t('result.cli')}**")
    st.code(command_line(job, limits), language="bash", wrap_lines=True)
    st.markdown(f"**{t('result.python')}**")
    st.code(python_code(job, limits), language="python", wrap_lines=True)
    engine = report.engine
    st.caption(f"formcheck {report.formcheck_version} · {engine.name} {engine.version} · {engine.model}")
