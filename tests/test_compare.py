"""Comparing two clips: equal clips do not differ, planted differences are found, noise is not news."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.compare import Clip, compare, knots, mdc, mdc_between
from formcheck.core.types import Signals, Step, readonly
from tests.report_factory import make_analysis, make_finding

SIGNAL = "knee_flexion_left_deg"


def walk(stride_s: float = 1.2, count: int = 8, begin_s: float = 0.0, first: str = "left") -> tuple[Step, ...]:
    sides = ("left", "right") if first == "left" else ("right", "left")
    half = stride_s / 2
    return tuple(
        Step(i, 0, sides[i % 2], begin_s + i * half, begin_s + i * half + 0.6 * stride_s, {})  # type: ignore[arg-type]
        for i in range(count)
    )


def clip(steps: tuple[Step, ...], lift: float = 0.0, seed: int = 1, value: float = 0.1) -> Clip:
    """A clip whose left knee follows the stride's phase, ``lift`` degrees more at mid-swing."""
    time_s = np.arange(0.0, 12.0, 1 / 60)
    left = np.array([s.contact_s for s in steps if s.side == "left"])
    phase = np.interp(time_s, left, np.arange(len(left)), left=np.nan, right=np.nan) % 1.0
    noise = np.random.default_rng(seed).normal(0.0, 1.0, len(time_s))
    knee = 20 + 30 * np.sin(np.pi * phase) + lift * np.exp(-(((phase - 0.8) / 0.06) ** 2)) + noise
    report = replace(make_analysis(duration_s=5.0).report, steps=steps, findings=(make_finding(value=value),))
    return Clip(report, Signals(readonly(time_s), {SIGNAL: readonly(knee)}))


@given(sd=st.floats(0.001, 100), n=st.integers(1, 500))
def test_more_steps_make_a_smaller_change_count(sd: float, n: int) -> None:
    assert mdc(sd, n + 1) < mdc(sd, n)
    assert mdc(sd, n) == pytest.approx(1.96 * math.sqrt(2) * sd / math.sqrt(n))


def test_no_steps_give_no_noise_figure() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        mdc_between(1.0, 0, 1.0, 5)


def test_a_clip_compared_with_itself_does_not_differ() -> None:
    one = clip(walk(count=16))
    found = compare(one, one, {0: (0.05, 8)}, {0: (0.05, 8)}, [SIGNAL])
    (difference,) = found.differences
    assert difference.change == 0.0 and difference.real is False and difference.closer == 0
    assert found.curves[0].widest() is None
    assert np.array_equal(found.knots[:, 0], found.knots[:, 1])


def test_a_change_within_step_noise_is_not_real_and_one_beyond_it_is() -> None:
    a, near, far = clip(walk(), value=0.10), clip(walk(), value=0.12), clip(walk(), value=-0.30)
    spread = {0: (0.06, 9)}
    (small,) = compare(a, near, spread, spread).differences
    (large,) = compare(a, far, spread, spread).differences
    assert (small.real, large.real) == (False, True)
    assert large.closer == -1  # the good band begins at -0.15


def test_without_a_spread_the_noise_is_said_to_be_unknown() -> None:
    (difference,) = compare(clip(walk()), clip(walk(), value=0.5), {}, {}).differences
    assert difference.noise is None and difference.real is None


def test_a_bump_planted_at_mid_swing_is_found_there_though_the_tempo_differs() -> None:
    a, b = clip(walk(1.2, 16), seed=1), clip(walk(1.0, 20), lift=15.0, seed=2)
    (curve,) = compare(a, b, {}, {}, [SIGNAL]).curves
    place = curve.widest()
    assert place is not None
    assert place[0] == pytest.approx(80, abs=4) and place[1] == pytest.approx(15, abs=3)


def test_steps_are_matched_by_side() -> None:
    a, b = walk(1.2, 8), walk(1.0, 9, begin_s=2.0, first="right")
    pairs = knots(a, b)
    assert pairs[0].tolist() == [a[0].contact_s, b[1].contact_s]
    assert np.all(np.diff(pairs, axis=0) > 0)


def test_a_finding_assessed_in_one_clip_only_is_listed_apart() -> None:
    a, b = clip(walk()), clip(walk())
    blind = replace(b.report, findings=(replace(b.report.findings[0], verdict="not_assessed", value=None),))
    found = compare(a, Clip(blind, b.signals), {}, {})
    assert not found.differences and [f.check for f in found.only_a] == ["knee_over_toe"]


def test_too_few_strides_give_no_curve() -> None:
    short = clip(walk(count=4))
    assert compare(short, clip(walk(count=16)), {}, {}, [SIGNAL]).curves == ()
