"""Two sets of one exercise: videos kept in step, differences in words and numbers, curves over the stride."""

from __future__ import annotations

import html
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from formcheck.app.components.mount import pair
from formcheck.app.parts import difference
from formcheck.app.parts.common import (
    exercise_name,
    load_report,
    owner,
    result_url,
    runs,
    scored,
    side_words,
    titles,
    verdict_words,
)
from formcheck.app.parts.player_data import load_signals
from formcheck.app.run import read_spreads
from formcheck.compare import Clip, Comparison, Curve, Difference, compare
from formcheck.core.types import Report
from formcheck.report import words
from formcheck.report.style import SIDE_COLOUR, STANCE_SHADE
from formcheck.texts import section, t

SIGNALS = (
    "knee_flexion_left_deg", "knee_flexion_right_deg", "trunk_lean_deg", "knee_over_toe_left_ratio",
    "knee_over_toe_right_ratio", "hip_speed_ratio_s", "hip_flexion_left_deg", "hip_flexion_right_deg",
    "fppa_left_deg", "fppa_right_deg", "trunk_lateral_deg",
)  # fmt: skip
TOLD = 4
COLOURS = (SIDE_COLOUR["left"], SIDE_COLOUR["right"])


def page() -> None:
    """Choose A and B, then everything about how they differ."""
    st.title(t("compare.title"), anchor=False)
    st.write(t("compare.intro"))
    done = _done()
    if len(done) < 2:
        st.info(t("compare.need_two"))
        return
    one, two = st.columns(2)
    older, newer = _usual(done)
    a = _choose(one, "a", done, older)
    b = _choose(two, "b", done, newer)
    st.query_params.update(a=a, b=b)
    reports = [load_report(runs().out(x)) for x in (a, b)]
    if reports[0].exercise != reports[1].exercise:
        names = [exercise_name(report.exercise) for report in reports]
        st.warning(t("compare.other_exercise", a=names[0], b=names[1]))
        return
    if reports[0].view != reports[1].view:
        views = [t(f"view.{report.view}") for report in reports]
        st.warning(t("compare.other_view", a=views[0], b=views[1]), icon=":material/videocam:")
    clips = [Clip(report, _signals(runs().out(x))) for report, x in zip(reports, (a, b), strict=True)]
    spreads = [read_spreads(runs().folder(x)) for x in (a, b)]
    found = compare(clips[0], clips[1], spreads[0], spreads[1], SIGNALS)
    _videos(a, b, reports, found)
    _differences(found)
    _curves(found)


def _done() -> list[str]:
    """The owner's scored runs, newest first; a run that the address names counts, whoever made it."""
    store = runs()
    own = [x for x in reversed(store.tickets()) if store.job(x).owner == owner() and scored(x)]
    named = [x for key in ("a", "b") if (x := st.query_params.get(key, "")) and store.knows(x)]
    return list(dict.fromkeys([*own, *(x for x in named if scored(x))]))


def _usual(done: list[str]) -> tuple[str, str]:
    """The newest set and the one of its exercise before it; of all sets, where there is no such one."""
    exercise = load_report(runs().out(done[0])).exercise
    alike = [x for x in done[1:] if load_report(runs().out(x)).exercise == exercise]
    return (alike or done[1:])[0], done[0]


def _choose(column: st.delta_generator.DeltaGenerator, key: str, done: list[str], usual: str) -> str:
    asked = st.query_params.get(key)
    place = done.index(asked if asked in done else usual)
    label = column.selectbox(t(f"compare.{key}"), done, index=place, format_func=_label, key=f"compare:{key}")
    return str(label)


def _label(ticket: str) -> str:
    report = load_report(runs().out(ticket))
    when = report.created_at[:16].replace("T", " ")
    return f"{runs().job(ticket).name} · {exercise_name(report.exercise)} · {when}"


@st.cache_data(show_spinner=False, max_entries=16)
def _read(path: str, changed: float) -> object:
    return load_signals(Path(path))


def _signals(out: Path):  # noqa: ANN202 - a Signals; the cache hides its type
    path = out / "signals.csv"
    return _read(str(path), path.stat().st_mtime)


def _videos(a: str, b: str, reports: list[Report], found: Comparison) -> None:
    knots = found.knots.tolist()
    ends = [report.video.duration_s for report in reports]
    if len(knots) < 2:
        st.info(t("compare.not_aligned"))
        knots = [[0.0, 0.0], [min(ends), min(ends)]]
    scores = [words.no_score() if r.score is None else f"{r.score:.0f}" for r in reports]
    st.markdown(f"**{t('compare.scores', a=scores[0], b=scores[1])}**")
    unseen = [runs().job(x).name for x in (a, b) if not (runs().out(x) / "overlay.mp4").is_file()]
    if unseen:
        st.info(t("compare.no_video", names=", ".join(unseen)), icon=":material/videocam_off:")
        return
    pair(
        {
            "a": result_url(a, "overlay.mp4"), "b": result_url(b, "overlay.mp4"),
            "label_a": f"{t('compare.a')}: {runs().job(a).name}", "label_b": f"{t('compare.b')}: {runs().job(b).name}",
            "knots": knots, "start_s": knots[0][0], "end_s": knots[-1][0],
            "words": section("compare") | {"speed": t("player.speed")},
        },
        key=f"pair:{a}:{b}",
    )  # fmt: skip


def _differences(found: Comparison) -> None:
    st.subheader(t("compare.differences"), anchor=False, help=t("compare.mdc_help"))
    if not found.differences:
        st.write(t("compare.none"))
    order = sorted(found.differences, key=_by_weight)
    for one in [d for d in order if d.real][:TOLD]:
        st.markdown(f"- {difference.sentence(one)}")
    rows = [
        {
            t("compare.table_check"): titles().check(d.check) + side_words(d.side), "A": words.number(d.a, d.unit),
            "B": words.number(d.b, d.unit), t("compare.table_change"): words.number(d.change, d.unit),
            t("compare.table_noise"): words.number(d.noise, d.unit),
            t("compare.table_verdict"): _short(d.real),
            t("compare.verdict_a"): verdict_words(d.verdict_a), t("compare.verdict_b"): verdict_words(d.verdict_b),
        }
        for d in order
    ]  # fmt: skip
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=t("compare.table"))
        st.caption(t("compare.noise_plain"), help=t("compare.mdc_help"))
        with st.expander(t("compare.all")):
            for one in order:
                st.markdown(f"- {difference.sentence(one)}")
    for key, alone in (("only_a", found.only_a), ("only_b", found.only_b)):
        if alone:
            names = dict.fromkeys(titles().check(f.check) + side_words(f.side) for f in alone)
            st.caption(t(f"compare.{key}", checks=", ".join(names)))


def _by_weight(one: Difference) -> tuple[bool, bool, bool, float]:
    """Changes of verdict first, then real ones by how far they exceed noise, then the rest."""
    excess = abs(one.change) / one.noise if one.noise else 0.0
    return one.real is not True, one.verdict_a == one.verdict_b, one.real is None, -excess


def _short(real: bool | None) -> str:
    return t("compare.unknown") if real is None else t("compare.real" if real else "compare.noise")


def _curves(found: Comparison) -> None:
    if not found.curves:
        return
    st.subheader(t("compare.curves"), anchor=False)
    st.caption(t("compare.curves_help"))
    lines = zip(("a", "b"), ("solid", "dashed"), COLOURS, strict=True)
    keys = (
        f'<span style="border-bottom:3px {" ".join(how)}">{html.escape(t(f"compare.{x}"))}</span>' for x, *how in lines
    )
    st.html(f'<div class="fc-row">{"".join(keys)}</div>')
    columns = st.columns(2, gap="large")
    for place, curve in enumerate(found.curves):
        with columns[place % 2]:
            said = difference.curve_sentence(curve)
            st.markdown(said)
            st.altair_chart(_chart(curve).properties(description=said))


def _chart(curve: Curve) -> alt.LayerChart:
    percent = np.arange(len(curve.mean_a))
    parts = [
        pd.DataFrame({"percent": percent, "mean": mean, "low": mean - sd, "high": mean + sd, "clip": name})
        for name, mean, sd in (("A", curve.mean_a, curve.sd_a), ("B", curve.mean_b, curve.sd_b))
    ]
    scale = alt.Scale(domain=["A", "B"], range=list(COLOURS))
    base = alt.Chart(pd.concat(parts)).encode(
        x=alt.X("percent:Q", title=t("compare.percent_axis")),
        color=alt.Color("clip:N", scale=scale, title=None, legend=None),
    )
    title = difference.curve_unit(curve.signal) or None
    band = base.mark_area(opacity=0.2).encode(y=alt.Y("low:Q", title=title).scale(zero=False), y2="high:Q")
    dash = alt.StrokeDash("clip:N", scale=alt.Scale(domain=["A", "B"], range=[[1, 0], [6, 4]]), title=None, legend=None)
    line = base.mark_line(strokeWidth=2.5).encode(y=alt.Y("mean:Q", title=title).scale(zero=False), strokeDash=dash)
    off = (
        alt.Chart(pd.DataFrame({"x": [curve.off_pct]})).mark_rule(color=STANCE_SHADE, strokeDash=[4, 4]).encode(x="x:Q")
    )
    return (band + line + off).properties(height=230)
