"""A value against its band as a small inline SVG bar: good, minor and major stretches with the value on it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from markupsafe import Markup

from formcheck.core.types import Finding
from formcheck.report import words

WIDTH, BAR_TOP, BAR_HEIGHT, HEIGHT = 220, 10, 10, 36
LABEL_GAP = 38


def _range(limits: Mapping[str, float | None], value: float) -> tuple[float, float]:
    """Ends of the scale: every limit and the value, with a margin."""
    marks = [value, *(limit for limit in limits.values() if limit is not None)]
    low, high = min(marks), max(marks)
    margin = 0.22 * (high - low) or max(abs(high), 1.0)
    return low - margin, high + margin


def _verdict_at(limits: Mapping[str, float | None], x: float) -> str:
    def inside(kind: str) -> bool:
        low, high = limits.get(f"{kind}_min"), limits.get(f"{kind}_max")
        return (low is None or x >= low) and (high is None or x <= high)

    return "good" if inside("good") else "minor" if inside("minor") else "major"


def stretches(limits: Mapping[str, float | None], low: float, high: float) -> list[tuple[float, float, str]]:
    """The scale from ``low`` to ``high`` cut at the limits: (start, end, verdict)."""
    cuts = sorted({low, high, *(x for x in limits.values() if x is not None and low < x < high)})
    pairs = zip(cuts[:-1], cuts[1:], strict=True)
    return [(a, b, _verdict_at(limits, (a + b) / 2)) for a, b in pairs]


def _has_limit(limits: Mapping[str, float | None]) -> bool:
    return any(limit is not None for limit in limits.values())


def _labels(finding: Finding, place: dict[float, float]) -> list[str]:
    """Limits under the bar, the good ones first, none closer to another than can be read."""
    wanted = ["good_min", "good_max", "minor_min", "minor_max"]
    taken: list[float] = []
    out = []
    for limit in (finding.limits.get(key) for key in wanted):
        if limit is None or any(abs(place[limit] - x) < LABEL_GAP for x in taken):
            continue
        taken.append(place[limit])
        x = min(max(place[limit], 14), WIDTH - 14)
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - 3}" text-anchor="middle">{words.number(limit)}</text>')
    return out


def band_svg(finding: Finding) -> Markup:
    """The bar; empty where there is no value or no limit."""
    value = finding.value
    if value is None or not math.isfinite(value) or not _has_limit(finding.limits):
        return Markup("")
    low, high = _range(finding.limits, value)
    place = {x: WIDTH * (x - low) / (high - low) for x in (value, *finding.limits.values()) if x is not None}
    parts = [
        f'<rect class="{verdict}" x="{WIDTH * (a - low) / (high - low):.1f}" y="{BAR_TOP}" '
        f'width="{WIDTH * (b - a) / (high - low):.1f}" height="{BAR_HEIGHT}"/>'
        for a, b, verdict in stretches(finding.limits, low, high)
    ]
    x = place[value]
    parts.append(f'<path class="mark" d="M{x:.1f} {BAR_TOP + BAR_HEIGHT + 1}l-6 -{BAR_HEIGHT + 9}h12z"/>')
    says = words.against(words.number(value, finding.unit), finding)
    inner = "".join(parts + _labels(finding, place))
    return Markup(
        f'<svg class="band" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{Markup.escape(says)}">{inner}</svg>'
    )
