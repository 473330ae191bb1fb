"""What every measure's value is off on clips where it is truly good: what ``uncertainty`` in measures.toml rests on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

import numpy as np

from bench.accuracy_lib.clips import Fixture, cached_pose, find_fixtures
from bench.accuracy_lib.page import number, table
from bench.accuracy_lib.samples import exercise_of
from fixtures.generator.expect import judge as true_verdicts
from fixtures.generator.expect import measures_of
from formcheck.api import analyse_pose
from formcheck.core.checks import judge

HEAD = ["measure", "widened by", "clips and legs", "bias", "mean absolute error", "90th percentile"]


def uncertainties(folders: Iterable[Path], engine: str, model: str, cache: Path) -> str:
    """A row a measure and uncertainty, over the shipped development half and the clips in ``folders``."""
    fixtures = [fixture for fixture in find_fixtures() if fixture.half == "development"]
    fixtures += [fixture for folder in folders for fixture in find_fixtures(folder=folder)]
    errors: dict[tuple[str, float], list[float]] = {}
    for fixture in fixtures:
        for key, error in _errors(fixture, engine, model, cache):
            errors.setdefault(key, []).append(error)
    return table(HEAD, [_row(name, given, np.array(off)) for (name, given), off in sorted(errors.items())])


def _row(name: str, given: float, off: np.ndarray) -> list[str]:
    size = np.abs(off)
    figures = (off.mean(), size.mean(), np.quantile(size, 0.9))
    return [f"`{name}`", f"{given:g}", str(len(off)), *(number(float(one), 3) for one in figures)]


def _errors(fixture: Fixture, engine: str, model: str, cache: Path) -> list[tuple[tuple[str, float], float]]:
    """Estimate minus truth of every measure that could be taken and is truly good."""
    names = {m.get("title", ""): m["id"] for lap in fixture.truth.data["laps"] for m in measures_of(lap["exercise"])}
    true = {(t.measure, t.side): t.value for t in true_verdicts(fixture.truth) if t.verdict == "good"}
    found, judge_one = [], judge._judge_one

    def noted(measure, data, side, *rest):  # type: ignore[no-untyped-def]
        finding = judge_one(measure, data, side, *rest)
        key = (names.get(measure.title, ""), side or "both")
        if finding.value is not None and np.isfinite(true.get(key, np.nan)):
            found.append(((key[0], measure.uncertainty), finding.value - true[key]))
        return finding

    with patch.object(judge, "_judge_one", noted):
        analyse_pose(cached_pose(fixture.video, engine, model, cache), exercise_of(fixture))
    return found
