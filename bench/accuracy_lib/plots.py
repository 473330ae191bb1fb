"""The pictures of ``docs/accuracy.md``: Bland–Altman for knee and lean, histograms of event errors."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.accuracy_lib.samples import ClipResult
from bench.accuracy_lib.tally import agreement

INK, NEAR, FAR, GREY = "#1f2933", "#1769aa", "#d9822b", "#9aa5b1"
mpl.rcParams.update(
    {
        "svg.hashsalt": "formcheck",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "font.family": "DejaVu Sans",
    }
)
EVERY = 5  # frames: neighbours say the same


def draw_all(results: list[ClipResult], folder: Path) -> None:
    """Write all pictures as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "knee": bland_altman(results, "knee_flexion_deg", "knee flexion", ("near", "far")),
        "lean": bland_altman(results, "trunk_lean_deg", "trunk lean", ("both",)),
        "events": event_histograms(results),
    }
    for name, figure in pictures.items():
        partial = folder / f".{name}.part.png"
        figure.savefig(partial, dpi=110, metadata={"Software": None})
        partial.replace(folder / f"{name}.png")


def bland_altman(results: list[ClipResult], quantity: str, title: str, legs: tuple[str, ...]) -> Figure:
    """Difference against mean, every fifth frame, both halves; one panel a leg."""
    figure = Figure(figsize=(5.2 * len(legs) + 0.6, 4.2), layout="constrained")
    panels = figure.subplots(1, len(legs), sharey=True, squeeze=False)[0]
    for axes, leg in zip(panels, legs, strict=True):
        samples = [s for r in results for s in r.samples if s.quantity == quantity and s.leg == leg]
        truth = np.concatenate([s.truth[::EVERY] for s in samples] or [np.empty(0)])
        ours = np.concatenate([s.ours[::EVERY] for s in samples] or [np.empty(0)])
        _scatter(axes, truth, ours, FAR if leg == "far" else NEAR)
        axes.set_title(
            f"{title}{'' if leg == 'both' else f', {leg} leg'} ({len(samples)} clips)", loc="left", color=INK
        )
        axes.set_xlabel("mean of formcheck and truth, degrees")
    panels[0].set_ylabel("formcheck minus truth, degrees")
    return figure


def _scatter(axes: Axes, truth: np.ndarray, ours: np.ndarray, colour: str) -> None:
    axes.scatter((truth + ours) / 2, ours - truth, s=5, alpha=0.25, color=colour, linewidths=0, rasterized=True)
    found = agreement([ours - truth])
    if found.n == 0:
        return
    axes.axhline(0, color=GREY, lw=0.8)
    for value, style, words in (
        (found.bias, "-", "bias"),
        (found.low, "--", "95 % limit"),
        (found.high, "--", "95 % limit"),
    ):
        axes.axhline(value, color=INK, lw=1.1, ls=style)
        axes.text(
            1.0,
            value,
            f"{words} {value:+.1f}",
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="bottom",
            color=INK,
            fontsize=9,
        )
    reach = max(5.0, 1.1 * found.high, -1.1 * found.low, 1.25 * float(np.nanpercentile(np.abs(ours - truth), 99)))
    axes.set_ylim(-reach, reach)
    low, high = np.nanpercentile((truth + ours) / 2, [0.2, 99.8])
    axes.set_xlim(low - 5.0, high + 5.0)


def event_histograms(results: list[ClipResult]) -> Figure:
    """Contact and lift-off, backward and forward, side view: formcheck over raw extremes."""
    figure = Figure(figsize=(10.8, 6.4), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True)
    bins = np.arange(-205, 206, 10)
    for row, backward in enumerate((True, False)):
        for column, (kind, word) in enumerate((("contact", "contact"), ("off", "lift-off"))):
            axes = panels[row][column]
            for method, colour, label in (
                ("raw", GREY, "raw landmarks, extremes"),
                ("ours", NEAR, "formcheck"),
            ):
                errors = [
                    1000 * e.errors_s
                    for r in results
                    for e in r.events
                    if (e.method, e.kind, e.backward, e.view) == (method, kind, backward, "side")
                ]
                found = agreement(errors)
                if found.n:
                    text = f"{label}: {found.mae:.0f} ms, bias {found.bias:+.0f} (n {found.n})"
                    axes.hist(np.concatenate(errors), bins=bins, color=colour, alpha=0.75, label=text)
            axes.axvline(0, color=INK, lw=0.8)
            axes.set_title(f"{'backward' if backward else 'forward'} {word}, side view", loc="left", color=INK)
            axes.set_ylim(0, axes.get_ylim()[1] * 1.3)
            axes.legend(frameon=False, fontsize=9, loc="upper left")
    for axes in panels[1]:
        axes.set_xlabel("estimate minus truth, ms")
    return figure
