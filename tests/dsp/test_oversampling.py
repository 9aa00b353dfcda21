"""True peak against an FFT oracle at sixteen times the rate."""

import numpy as np
import pytest
import scipy.signal

from tapeloom.dsp import oversampling
from tapeloom.dsp.interpolation import interpolation
from tapeloom.dsp.oversampling import PeaksBetween, TruePeak, peaks_between

RATE = 44_100


def oracle(x: np.ndarray, factor: int = 16) -> float:
    return float(np.abs(scipy.signal.resample(x, x.shape[-1] * factor, axis=-1)).max())


def true_peak(x: np.ndarray, size: int = 1000) -> float:
    meter = TruePeak(len(x))
    for start in range(0, x.shape[1], size):
        meter.push(x[:, start : start + size])
    return meter.read()


@pytest.mark.parametrize("seed", range(5))
def test_band_limited_noise_peaks_as_high_as_it_does_at_sixteen_times_the_rate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sos = scipy.signal.butter(8, 16_000, fs=RATE, output="sos")
    x = scipy.signal.sosfilt(sos, rng.standard_normal((2, 20_000))) * np.hanning(20_000)
    assert true_peak(x) == pytest.approx(oracle(x), rel=0.003)  # 0.03 dB


@pytest.mark.parametrize("hz", [997.0, 5000.0, 11_025.0, 15_000.0, 19_000.0])
def test_a_sine_peaks_at_its_amplitude_whatever_its_phase(hz: float) -> None:
    for phase in np.linspace(0, np.pi, 7):
        x = np.sin(2 * np.pi * hz * np.arange(4000) / RATE + phase) * np.hanning(4000) ** 0.2
        assert true_peak(x[None]) == pytest.approx(1.0, abs=0.005)


def test_blocks_do_not_matter() -> None:
    x = np.random.default_rng(2).standard_normal((2, 5000))
    assert true_peak(x, 37) == true_peak(x, 5000)


def test_silence_has_no_peak_and_a_lone_sample_has_its_own() -> None:
    assert true_peak(np.zeros((1, 100))) == 0.0
    impulse = np.zeros((1, 100))
    impulse[0, 99] = 0.5
    assert true_peak(impulse) == pytest.approx(0.5)


@pytest.mark.parametrize("floor", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("follows", [False, True])
def test_what_is_skipped_could_not_have_been_the_peak(floor: float, follows: bool) -> None:
    rng = np.random.default_rng(4)
    filters = interpolation(64, 4)
    quiet_and_loud = np.repeat(10 ** rng.uniform(-2, 0.3, 40), 64)
    x = rng.standard_normal((1, 2560 + 2 * filters.reach))
    x[:, filters.reach : -filters.reach] *= quiet_and_loud
    everything, top = peaks_between(x, filters, floor=0.0)
    found, highest = peaks_between(x, filters, floor=floor, follows=follows)
    over = everything > floor
    if follows:
        assert highest == max(floor, everything.max())
    else:
        assert np.array_equal(found[over], everything[over])
        assert top == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_a_64_times_oracle_reads_the_same_within_a_twentieth_of_a_decibel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sos = scipy.signal.butter(8, 0.97, output="sos")
    x = scipy.signal.sosfilt(sos, rng.standard_normal((1, 8000)))
    x = np.pad(x, ((0, 0), (2000, 2000)))
    assert 20 * np.log10(true_peak(x) / oracle(x, 64)) == pytest.approx(0.0, abs=0.05)


def test_the_finder_tells_where_the_peaks_are() -> None:
    finder = PeaksBetween(2)
    x = np.zeros((2, 3000))
    x[1, 1000:1002] = 0.8  # between them the signal is higher
    x[0, 2000] = 0.9
    parts = [finder.process(x[:, at : at + 700], floor=0.5) for at in range(0, 3000, 700)]
    peaks = np.concatenate(parts)[finder.latency :]
    assert peaks[1000] == pytest.approx(0.8 * 4 / np.pi, rel=0.01)
    assert peaks[2000] == pytest.approx(0.9, rel=0.01)
    assert not peaks[:990].any()


def test_the_compiled_loops_are_what_is_written() -> None:
    filters = interpolation(16, 4)
    x = np.random.default_rng(2).standard_normal(90 + 2 * filters.reach).astype(np.float32)
    arguments = (filters.half, filters.between, filters.half_bound, filters.between_bound)
    for floor, follows in ((0.5, False), (0.0, True)):
        compiled, written = np.zeros(90), np.zeros(90)
        one = oversampling._raise_peaks(x, *arguments, floor, follows, compiled)
        two = oversampling._raise_peaks.py_func(x, *arguments, floor, follows, written)
        assert one == pytest.approx(two, rel=1e-5)
        assert np.allclose(compiled, written, rtol=1e-5)
    tops, bends = np.zeros(2, np.float32), np.zeros(2, np.float32)
    oversampling._survey.py_func(x[:100], tops, bends)
    assert tops[0] == np.abs(x[:64]).max()
    assert bends.max() == pytest.approx(np.abs(np.diff(x[:100], 2)).max(), rel=1e-6)
    twice = np.zeros(40, np.float32)
    oversampling._double.py_func(x, filters.half, twice)
    assert np.array_equal(twice[::2], x[7:27])
    fine = np.zeros((20, 4), np.float32)
    oversampling._refine.py_func(twice, filters.between, fine)
    assert fine[:, 0] == pytest.approx(np.abs(twice[5:25]), abs=1e-6)
    peaks = np.zeros(1)
    line = np.array([0, 0, 1, 2, 2.5, 2, 1, 0, 0], np.float32)
    assert oversampling._settle.py_func(line, 3, 0.0, True, peaks) == peaks[0] == 2.5
