"""The history's charts: values over time with noise and wanted bands. Shapes and colours are the verdicts'."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from formcheck.history.models import TrainingSet
from formcheck.history.programme import Figures
from formcheck.history.trends import Trend
from formcheck.report import words
from formcheck.report.style import INK, QUIET, SIDE_COLOUR, VERDICT_LOOK
from formcheck.texts import t
from formcheck.texts.sentences import said

_MARKS = {"good": "circle", "minor": "triangle-up", "major": "square"}
_FILLS = [VERDICT_LOOK["good"].fill, VERDICT_LOOK["minor"].fill, VERDICT_LOOK["major"].fill]
DAY = "%d %b"


def _time(title: str | None = None) -> alt.X:
    return alt.X("when:T", title=title, axis=alt.Axis(format=DAY, labelOverlap=True))


def score_chart(sets: Sequence[TrainingSet]) -> alt.LayerChart:
    """Score of each set over time."""
    data = pd.DataFrame([{"when": s.done_at, "score": s.score, "clip": s.clip} for s in sets if s.score is not None])
    if data.empty:
        data = pd.DataFrame({"when": pd.to_datetime([]), "score": [], "clip": []})
    base = alt.Chart(data).encode(
        x=_time(), y=alt.Y("score:Q", title=t("history.score"), scale=alt.Scale(domain=[0, 100])),
        tooltip=["when:T", "score:Q", "clip:N"],
    )  # fmt: skip
    return (base.mark_line(color=QUIET) + base.mark_point(size=90, filled=True, color=INK)).properties(height=180)


def check_chart(trend: Trend) -> alt.LayerChart:
    """One check's values with the noise band about the start and the wanted band."""
    rows = [{"when": p.done_at, "value": p.value, "verdict": words.verdict(p.verdict)} for p in trend.points]
    data = pd.DataFrame(rows)
    unit = words.unit(trend.unit).strip()
    domain = _domain(trend)
    measure = said(trend.measure)
    title = _wrapped(f"{measure} ({unit})" if unit else measure)
    y = alt.Y("value:Q", title=title, scale=alt.Scale(domain=domain, nice=False))
    names = [words.verdict(k) for k in _MARKS]
    legend = alt.Legend(orient="top")
    base = alt.Chart(data).encode(x=_time(), y=y)
    points = base.mark_point(size=110, filled=True, opacity=1).encode(
        tooltip=["when:T", "value:Q", "verdict:N"],
        color=alt.Color("verdict:N", title=None, legend=legend, scale=alt.Scale(domain=names, range=_FILLS)),
        shape=alt.Shape("verdict:N", title=None, scale=alt.Scale(domain=names, range=list(_MARKS.values()))),
    )
    layers: list[alt.Chart] = []
    low, high = trend.good
    if low is not None or high is not None:
        ends = (domain[0] if low is None else low, domain[1] if high is None else high)
        layers.append(_band(ends, domain, VERDICT_LOOK["good"].fill, 0.14))
    if trend.band is not None:
        layers.append(_band((trend.baseline - trend.band, trend.baseline + trend.band), domain, QUIET, 0.25))
    return alt.layer(*layers, base.mark_line(color=QUIET), points).properties(height=270)


def _domain(trend: Trend) -> list[float]:
    """The values and the noise band with some room, and a limit of the wanted band where it is near."""
    values = [p.value for p in trend.points]
    if trend.band is not None:
        values += [trend.baseline - trend.band, trend.baseline + trend.band]
    reach = max(max(values) - min(values), 0.05 * max(abs(v) for v in values), 1e-6)
    near = [v for v in trend.good if v is not None and min(values) - 2 * reach <= v <= max(values) + 2 * reach]
    return [min([*values, *near]) - 0.25 * reach, max([*values, *near]) + 0.25 * reach]


def _wrapped(label: str, width: int = 34) -> list[str]:
    lines = [""]
    for word in label.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _band(ends: tuple[float, float], domain: Sequence[float], colour: str, opacity: float) -> alt.Chart:
    low, high = max(ends[0], domain[0]), min(ends[1], domain[1])
    data = pd.DataFrame({"low": [min(low, high)], "high": [high]})
    scale = alt.Scale(domain=list(domain), nice=False)
    return alt.Chart(data).mark_rect(color=colour, opacity=opacity).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")


def load_chart(found: Figures) -> alt.VConcatChart:
    """Load and duration, day by day."""
    data = pd.DataFrame([
        {"when": pd.Timestamp(d.day), "load": d.load_kg, "minutes": d.duration_s / 60 if d.duration_s else None}
        for d in found.days
    ])  # fmt: skip
    base = alt.Chart(data).encode(x=_time())
    load = base.mark_bar(color=SIDE_COLOUR["left"], size=14).encode(y=alt.Y("load:Q", title=t("history.load")))
    minutes = base.mark_bar(color=SIDE_COLOUR["right"], size=14).encode(
        y=alt.Y("minutes:Q", title=t("history.minutes"))
    )
    return alt.vconcat(
        load.properties(height=110, width="container"), minutes.properties(height=110, width="container")
    )
