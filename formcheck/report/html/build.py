"""Fills the page: template, style and script of this folder, with the words and pictures of one analysis."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import PurePath
from typing import Any

import jinja2
from markupsafe import Markup

from formcheck import texts
from formcheck.core.spec import Catalogue
from formcheck.core.types import Analysis, Finding, Report
from formcheck.report import words
from formcheck.report.digest import Digest, digest, rank, setting_line, stop_line, titles_of
from formcheck.report.html.bands import band_svg
from formcheck.report.html.plots import OPEN_PLOTS, Plot, make_axis, make_plots
from formcheck.report.spoken import spoken
from formcheck.texts import t

QUALITY_SIGN = {"accepted": "good", "warning": "minor", "rejected": "major"}


def _asset(name: str) -> str:
    return files("formcheck.report.html").joinpath(name).read_text(encoding="utf-8")


def _t(key: str, **values: object) -> Markup:
    """A text for the page, with markup of its own kept in ``values``."""
    return Markup.escape(t(key)).format(**values)


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    env = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    env.filters |= {
        "against": words.against,
        "clock": words.clock,
        "number": words.number,
        "percent": words.percent,
        "wanted": words.wanted,
        "evidence": words.evidence,
        "band": band_svg,
        "side": words.side,
        "verdict": words.verdict,
    }
    env.globals["t"] = _t
    return env.from_string(_asset("page.html.j2"))


def _what_first(summary: Digest) -> str:
    """What to work on first, in the exercise's own words."""
    if summary.top:
        return t("page.first", cue=summary.top[0].worst.cue)
    return t("page.nothing_to_mend") if summary.good else ""


def _footage(report: Report) -> list[tuple[str, str]]:
    video, tracking = report.video, report.tracking
    rows = {
        "seen_from": t(f"view.{report.view}"),
        "turned": "–" if report.yaw_deg is None else f"{abs(report.yaw_deg):.0f}°",
        "athlete_seen": words.percent(tracking.coverage),
        "people_seen": str(tracking.subject.people_seen),
        "swaps": str(tracking.swaps_repaired),
        "picture": f"{video.width} × {video.height}",
        "rate": t("page.fps_varying" if video.variable_frame_rate else "page.fps", n=f"{video.fps:.0f}"),
    }
    if video.slow_motion_factor != 1:
        rows["slow_motion"] = t("page.slowed", n=f"{video.slow_motion_factor:g}")
    return [(t(f"page.{key}"), value) for key, value in rows.items()]


def _programme(report: Report) -> list[tuple[str, list[Any]]]:
    topics = list(dict.fromkeys(line.topic for line in report.programme))
    lines = sorted(report.programme, key=lambda line: topics.index(line.topic))
    return [(topic, list(group)) for topic, group in groupby(lines, key=lambda line: line.topic)]


def _plot_data(plots: list[Plot]) -> dict[str, Any]:
    return {
        plot.name: {
            "unit": f" {plot.unit}" if plot.unit and plot.unit not in "°%" else plot.unit,
            "digits": 1 if plot.unit == "°" else 2,
            "lines": [{"side": words.side(line.side), "values": line.values} for line in plot.lines],
        }
        for plot in plots
    }


def _worst(findings: tuple[Finding, ...]) -> str:
    verdicts = {finding.verdict for finding in findings}
    return next((verdict for verdict in ("major", "minor") if verdict in verdicts), "good")


def render_html(
    analysis: Analysis,
    stills: Mapping[int, str] | None = None,
    catalogue: Catalogue | None = None,
    overlay_name: str | None = None,
) -> str:
    """The page. ``stills`` are data URIs by place among the top faults; ``overlay_name`` a video beside it."""
    report = spoken(analysis.report)
    summary, titles = digest(report), titles_of(catalogue)
    axis, plots = make_axis(analysis), make_plots(analysis, catalogue)
    first_s = float(analysis.signals.time_s[0]) if len(analysis.signals.time_s) else 0.0
    data = {
        "start_s": first_s, "time_s": axis.time_s, "plots": _plot_data(plots), "not_seen": t("page.not_seen"),
    }  # fmt: skip
    return _template().render(
        report=report, digest=summary, titles=titles, axis=axis, plots=plots, open_plots=OPEN_PLOTS,
        stills=stills or {}, overlay_name=overlay_name, data=data, style=Markup(_asset("style.css")),
        script=Markup(_asset("script.js")), setting=setting_line(report, titles), stop=stop_line(report),
        file_name=PurePath(report.video.path).name, what_first=_what_first(summary),
        facts=words.summary_rows(report.summary), footage=_footage(report), programme=_programme(report),
        notices=report.warnings, worst=_worst(report.findings),
        judged=[f for f in sorted(report.findings, key=rank) if f.verdict != "not_assessed"],
        good_names=list(dict.fromkeys(titles.check(f.check) for f in summary.good)),
        quality_words=words.quality(report.tracking.quality), quality_sign=QUALITY_SIGN[report.tracking.quality],
        safety=titles.safety.get(report.exercise) or t("page.safety"), language=texts.code(),
    )  # fmt: skip
