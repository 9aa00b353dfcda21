"""Oscillators against their Fourier series, and what folds back."""

import numpy as np
import pytest

from tapeloom.synth.bandlimited import SHAPES, corners_kernel, oscillator, residuals
from tapeloom.synth.decimation import decimate, decimate_kernel
from tests.synth.spectrum import folded_db, harmonic

RATE = 44_100


def steady(hz, seconds=1.2):
    return np.full(int(seconds * RATE), hz / RATE)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("hz", [61.7, 997.3, 5003.7])
def test_nothing_folds_back_below_20_khz(shape, hz):
    wave = oscillator(shape, steady(hz), start=0.37, width=0.31)
    assert folded_db(wave, hz) < -100.0


def test_a_moving_pulse_width_makes_sidebands_and_no_aliases():
    hz = 2001.3
    sway = 0.3 + 0.2 * np.sin(2.0 * np.pi * 0.9 * np.arange(int(1.2 * RATE)) / RATE)
    wave = oscillator("pulse", steady(hz), width=sway)
    assert folded_db(wave, hz, within_hz=60.0) < -95.0


@pytest.mark.parametrize(
    ("shape", "series"),
    [
        ("saw", lambda k: 2.0 / (np.pi * k)),
        ("pulse", lambda k: 4.0 / (np.pi * k) * abs(np.sin(np.pi * k * 0.3))),
        ("triangle", lambda k: 8.0 / (np.pi * k) ** 2 * (k % 2)),
    ],
)
def test_harmonics_are_those_of_the_series(shape, series):
    hz = 441.0
    wave = oscillator(shape, steady(hz), start=0.2, width=0.3)
    for k in (1, 2, 3, 4, 5, 9, 20):
        assert abs(harmonic(wave, k * hz)) == pytest.approx(series(k), abs=1e-4)
    assert abs(wave[4410 : 4410 + 100 * 350].mean()) < 1e-4


@pytest.mark.parametrize("shape", SHAPES.values())
def test_the_compiled_loop_is_the_written_one(shape):
    step = np.linspace(0.03, 0.21, 260)
    width = np.linspace(0.2, 0.7, 260)
    outs = []
    for kernel in (corners_kernel, corners_kernel.py_func):
        out = np.zeros(260)
        kernel(out, step, 0.4, shape, width, *residuals())
        outs.append(out)
    np.testing.assert_allclose(outs[0], outs[1], atol=1e-12)
    assert np.abs(outs[0]).max() > 0.5


@pytest.mark.parametrize("factor", [2, 4])
def test_decimation_keeps_the_band_and_its_place(factor):
    t = np.arange(8_000 * factor) / (RATE * factor)
    low, high = np.sin(2.0 * np.pi * 9_000.0 * t), np.sin(2.0 * np.pi * 26_000.0 * t)
    kept = decimate(low, factor)
    np.testing.assert_allclose(kept[100:-100], low[::factor][100:-100], atol=2e-4)
    assert np.abs(decimate(high, factor)[100:-100]).max() < 1e-4
    assert decimate(low, 1) is low


def test_the_decimators_loop_is_a_sum_of_taps():
    phases = np.arange(12.0).reshape(2, 6)
    taps = np.array([[1.0, 0.5], [0.0, -1.0]])
    out = np.zeros(5)
    decimate_kernel.py_func(out, phases, taps)
    n = np.arange(5)
    np.testing.assert_allclose(out, phases[0, n] + 0.5 * phases[0, n + 1] - phases[1, n + 1])
