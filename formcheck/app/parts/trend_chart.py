"""The history's charts: values over time with noise and wanted bands. Shapes and colours are the verdicts'."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from formcheck.app.texts import t
from formcheck.history.models import TrainingSet
from formcheck.history.programme import Figures
from formcheck.history.trends import Trend
from formcheck.report import words
from formcheck.report.style import INK, QUIET, SIDE_COLOUR, VERDICT_LOOK

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
    data = pd.DataFrame([
        {"when": p.done_at, "value": p.value, "verdict": words.VERDICT.get(p.verdict, p.verdict), "kind": p.verdict}
        for p in trend.points
    ])  # fmt: skip
    label = f"{trend.measure} ({words.unit(trend.unit).strip()})" if words.unit(trend.unit).strip() else trend.measure
    y = alt.Y("value:Q", title=_wrapped(label), scale=alt.Scale(zero=False))
    names = [words.VERDICT[k] for k in _MARKS]
    points = (
        alt.Chart(data)
        .mark_point(size=110, filled=True, opacity=1)
        .encode(
            x=_time(), y=y, tooltip=["when:T", "value:Q", "verdict:N"],
            color=alt.Color("verdict:N", title=None, scale=alt.Scale(domain=names, range=_FILLS)),
            shape=alt.Shape("verdict:N", title=None, scale=alt.Scale(domain=names, range=list(_MARKS.values()))),
        )
    )  # fmt: skip
    line = alt.Chart(data).mark_line(color=QUIET).encode(x=_time(), y=y)
    layers: list[alt.Chart] = []
    if trend.band is not None:
        layers.append(_band(trend.baseline - trend.band, trend.baseline + trend.band, QUIET, 0.22))
    values = [p.value for p in trend.points]
    reach = max(max(values) - min(values), 1e-6)
    low, high = trend.good
    if low is not None or high is not None:
        ends = (low if low is not None else min(values) - reach, high if high is not None else max(values) + reach)
        layers.append(_band(min(ends), max(ends), VERDICT_LOOK["good"].fill, 0.12))
    return alt.layer(*layers, line, points).properties(height=260)


def _wrapped(label: str, width: int = 34) -> list[str]:
    lines = [""]
    for word in label.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _band(low: float, high: float, colour: str, opacity: float) -> alt.Chart:
    data = pd.DataFrame({"low": [low], "high": [high]})
    return alt.Chart(data).mark_rect(color=colour, opacity=opacity).encode(y="low:Q", y2="high:Q")


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
