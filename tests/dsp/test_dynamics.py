"""The compressor: the static curve and times."""

import numpy as np
import pytest

from tapeloom.dsp import dynamics
from tapeloom.dsp.dynamics import Compressor, reduction_db

RATE = 44_100
T = np.arange(RATE) / RATE


def db(x: float) -> float:
    return float(20 * np.log10(x))


@pytest.mark.parametrize(("level_db", "expected_db"), [(-40, -40), (-10, -15), (-4, -12)])
def test_a_steady_tone_comes_out_where_the_curve_says(level_db: float, expected_db: float) -> None:
    x = 10 ** (level_db / 20) * np.sin(2 * np.pi * 1000 * T)[None]
    y = Compressor(RATE, threshold_db=-20, ratio=2, knee_db=0).process(x)
    assert db(np.abs(y[0, -2000:]).max()) == pytest.approx(expected_db, abs=0.15)


def test_the_knee_is_smooth_and_meets_both_lines() -> None:
    levels = np.linspace(-40, 0, 401)
    hard = reduction_db(levels, threshold_db=-20, ratio=4, knee_db=0)
    soft = reduction_db(levels, threshold_db=-20, ratio=4, knee_db=12)
    outside = np.abs(levels + 20) >= 6
    assert np.allclose(hard[outside], soft[outside])
    assert soft[200] > 0 == hard[200]
    assert np.abs(np.diff(soft, 2)).max() < 0.01


def test_the_attack_lets_a_transient_through() -> None:
    x = np.concatenate((np.zeros(1000), np.ones(RATE)))[None] * np.sin(
        2 * np.pi * 1000 * np.arange(RATE + 1000) / RATE
    )
    y = Compressor(RATE, threshold_db=-30, ratio=10, attack_ms=30).process(x)
    early, late = np.abs(y[0, 1000:1100]).max(), np.abs(y[0, -2000:]).max()
    assert early > 4 * late


def test_all_channels_get_one_gain() -> None:
    x = np.stack((np.sin(2 * np.pi * 500 * T), 0.1 * np.sin(2 * np.pi * 500 * T)))
    y = Compressor(RATE, threshold_db=-30, ratio=8).process(x)
    assert np.allclose(y[1], 0.1 * y[0])


def test_a_key_ducks_what_is_itself_soft() -> None:
    soft, key = np.full((2, RATE), 0.01), np.ones((1, RATE))
    work = Compressor(RATE, threshold_db=-20, ratio=10)
    assert np.abs(work.process(soft, key)[:, -1]).max() < 0.002


def test_parallel_compression_keeps_half_of_the_dry_sound() -> None:
    x = np.sin(2 * np.pi * 1000 * T)[None]
    y = Compressor(RATE, threshold_db=-60, ratio=100, mix=0.5).process(x)
    assert np.abs(y[0, -2000:]).max() == pytest.approx(0.5, abs=0.01)


def test_the_compiled_follower_is_what_is_written() -> None:
    x = np.abs(np.random.default_rng(0).standard_normal(300))
    x[200:] = 0.0
    one, two = x.copy(), x.copy()
    assert dynamics._follow(one, 0.5, 0.1, 0.2) == dynamics._follow.py_func(two, 0.5, 0.1, 0.2)
    assert np.array_equal(one, two)
