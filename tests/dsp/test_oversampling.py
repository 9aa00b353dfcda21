"""True peak against an FFT oracle at sixteen times the rate."""

import numpy as np
import pytest
import scipy.signal

from tapeloom.dsp import oversampling
from tapeloom.dsp.oversampling import TAPS, TruePeak, interpolator

RATE = 44_100


def oracle(x: np.ndarray, factor: int = 16) -> float:
    return float(np.abs(scipy.signal.resample(x, x.shape[-1] * factor, axis=-1)).max())


def true_peak(x: np.ndarray, size: int = 1000) -> float:
    meter = TruePeak(RATE, len(x))
    for start in range(0, x.shape[1], size):
        meter.push(x[:, start : start + size])
    return meter.read()


@pytest.mark.parametrize("seed", range(5))
def test_band_limited_noise_peaks_as_high_as_it_does_at_sixteen_times_the_rate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sos = scipy.signal.butter(8, 16_000, fs=RATE, output="sos")
    x = scipy.signal.sosfilt(sos, rng.standard_normal((2, 20_000))) * np.hanning(20_000)
    assert true_peak(x) == pytest.approx(oracle(x), rel=0.012)  # 0.1 dB


@pytest.mark.parametrize("hz", [997.0, 5000.0, 11_025.0, 15_000.0, 19_000.0])
def test_a_sine_peaks_at_its_amplitude_whatever_its_phase(hz: float) -> None:
    for phase in np.linspace(0, np.pi, 7):
        x = np.sin(2 * np.pi * hz * np.arange(4000) / RATE + phase) * np.hanning(4000) ** 0.2
        assert true_peak(x[None]) == pytest.approx(1.0, abs=0.02)


def test_blocks_do_not_matter() -> None:
    x = np.random.default_rng(2).standard_normal((2, 5000))
    assert true_peak(x, 37) == true_peak(x, 5000)


def test_silence_has_no_peak_and_a_lone_sample_has_its_own() -> None:
    assert true_peak(np.zeros((1, 100))) == 0.0
    impulse = np.zeros((1, 100))
    impulse[0, 99] = 0.5
    assert true_peak(impulse) == pytest.approx(0.5)


@pytest.mark.parametrize("floor", [0.5, -1e-300])
def test_the_compiled_loop_is_what_is_written(floor: float) -> None:
    x = np.random.default_rng(2).standard_normal(200)
    x[50:150] *= 0.01
    compiled, written = np.zeros(200 - TAPS + 1), np.zeros(200 - TAPS + 1)
    taps = interpolator(8)
    one = oversampling._interpolated_peaks(x, taps, floor, compiled)
    two = oversampling._interpolated_peaks.py_func(x, taps, floor, written)
    assert one == pytest.approx(two, rel=1e-12)
    assert np.allclose(compiled, written, rtol=1e-12)
