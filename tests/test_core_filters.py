import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from formcheck.core.clean import filters as f


def grid(seconds=4.0, fps=30.0):
    return np.arange(int(seconds * fps)) / fps


def test_low_pass_keeps_a_slow_wave_and_its_phase_and_kills_a_fast_one():
    t = grid(fps=60)
    slow, fast = np.sin(2 * np.pi * 1.0 * t), 0.5 * np.sin(2 * np.pi * 20 * t)
    out = f.low_pass(t, (slow + fast)[:, None])[:, 0]
    assert np.abs(out - slow)[20:-20].max() < 0.02


def test_causal_low_pass_never_looks_ahead():
    t = grid()
    x = np.random.default_rng(1).normal(size=(len(t), 2))
    whole, part = f.low_pass(t, x, causal=True), f.low_pass(t[:50], x[:50], causal=True)
    np.testing.assert_allclose(whole[:50], part)


def test_uneven_timestamps_give_the_same_wave_as_even_ones():
    rng = np.random.default_rng(0)
    t = np.cumsum(rng.uniform(0.02, 0.05, 200))
    slow = np.sin(2 * np.pi * 0.8 * t)
    out = f.low_pass(t, slow[:, None])[:, 0]
    assert np.abs(out - slow)[15:-15].max() < 0.03


def test_low_pass_never_bridges_a_gap():
    t = grid()
    x = np.sin(t)[:, None].copy()
    x[40:60] = np.nan
    y = x.copy()
    y[60:] += 100.0
    out_x, out_y = f.low_pass(t, x), f.low_pass(t, y)
    np.testing.assert_allclose(out_x[:40], out_y[:40])
    assert np.isnan(out_x[40:60]).all()


def test_gap_limit_is_in_seconds_whatever_the_frame_rate():
    for fps in (24, 60, 240):
        t = grid(fps=fps)
        x = t[:, None].copy()
        short, long = (t > 1.0) & (t < 1.2), (t > 2.0) & (t < 2.6)
        x[short | long] = np.nan
        out = f.fill_gaps(t, x, max_gap_s=0.3)
        np.testing.assert_allclose(out[short, 0], t[short], atol=1e-9)
        assert np.isnan(out[long]).all()


def test_gaps_at_either_end_stay_open():
    t = grid()
    x = np.ones((len(t), 1))
    x[:3] = x[-3:] = np.nan
    out = f.fill_gaps(t, x)
    assert np.isnan(out[:3]).all() and np.isnan(out[-3:]).all()


def test_hampel_takes_out_a_spike_and_nothing_else():
    t = grid()
    x = (100 * np.sin(2 * np.pi * t))[:, None]
    spiked = x.copy()
    spiked[50] += 150
    out = f.hampel(spiked, floor=10.0)
    assert np.isnan(out[50, 0])
    np.testing.assert_allclose(np.delete(out, 50), np.delete(x, 50))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.6))
def test_nan_is_never_made_a_number_by_smoothing(seed, share):
    rng = np.random.default_rng(seed)
    t = grid(2)
    x = rng.normal(size=(len(t), 5))
    x[rng.uniform(size=x.shape) < share] = np.nan
    assert np.isnan(f.low_pass(t, x)[np.isnan(x)]).all()
    assert np.isnan(f.hampel(x, 0.5)[np.isnan(x)]).all()


def test_nothing_is_written_into_the_argument():
    t = grid()
    x = np.random.default_rng(0).normal(size=(len(t), 3))
    x[5] = np.nan
    x.setflags(write=False)
    f.hampel(x, 0.1), f.fill_gaps(t, x), f.low_pass(t, x)  # would raise


def test_frame_rate_is_that_of_the_usual_interval():
    t = np.delete(grid(fps=60), [20, 21, 22, 70])
    assert f.frame_rate_hz(t) == pytest.approx(60)


@pytest.mark.parametrize("frames", [4, 5, 9, 30, 200])
def test_the_two_way_filter_is_scipys(frames):
    time_s, block = np.arange(frames) / 30.0, np.random.default_rng(frames).normal(size=(frames, 3)).cumsum(axis=0)
    sos = signal.butter(f.FILTER_ORDER, 6.0, fs=30.0, output="sos")
    expected = signal.sosfiltfilt(sos, block, axis=0, padtype="odd", padlen=min(frames - 1, int(30.0 / 6.0 * 1.5)))
    np.testing.assert_allclose(f.low_pass(time_s, block, 6.0), expected, atol=1e-6)
