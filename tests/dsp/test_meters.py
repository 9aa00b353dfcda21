"""Clipping, overs, correlation over time, ratios of peak to loudness, and target curves."""

import math

import numpy as np
import pytest

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.dsp.clipping import ClipMeter, OverMeter
from tapeloom.dsp.meters import Reading, SignalMeter
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.dsp.target_curve import TargetCurve, deviations_db, sloped

RATE = 44_100
T = np.arange(6 * RATE) / RATE


def reading(x: np.ndarray, size: int = 10_000) -> Reading:
    meter = SignalMeter(RATE, len(x))
    for start in range(0, x.shape[1], size):
        meter.push(x[:, start : start + size])
    return meter.read()


def test_runs_at_full_scale_are_found_across_blocks_and_channels() -> None:
    x = np.zeros((2, 1000), np.float32)
    x[0, 95:105] = 1.0  # over the edge of a block
    x[0, 300:302] = 1.0  # two samples are no clipping
    x[1, 500:503] = -1.0
    meter = ClipMeter(2)
    for start in range(0, 1000, 100):
        meter.push(x[:, start : start + 100])
    found = meter.read()
    assert (found.count, found.samples, found.longest) == (2, 13, 10)
    assert [(p.start, p.length, p.channel) for p in found.places] == [(95, 10, 0), (500, 3, 1)]


def test_a_run_that_goes_on_is_counted_once() -> None:
    meter = ClipMeter(1)
    for count in (5, 10):
        meter.push(np.ones((1, 5)))
        assert (meter.read().count, meter.read().longest) == (1, count)


def test_the_positive_end_of_16_bits_is_full_scale() -> None:
    meter = ClipMeter(1)
    meter.push(np.full((1, 4), 32_767 / 32_768))
    assert meter.read().count == 1


@pytest.mark.parametrize("size", [64, 997, 20_000])
def test_overs_are_where_a_tone_at_a_quarter_of_the_rate_rises(size: int) -> None:
    n = np.arange(20_000)
    x = 0.72 * np.sin(np.pi / 2 * n + np.pi / 4)[None] * np.exp(-(((n - 10_000) / 800) ** 2)) * 2
    assert np.abs(x).max() > 1.0 > np.abs(x[:, :9000]).max()
    meter = OverMeter(RATE, 1)
    for start in range(0, x.shape[1], size):
        meter.push(x[:, start : start + size])
    meter.finish()
    found = meter.read()
    assert found.count == 1
    # 1.44 exp(-(n / 800)^2) falls under 1 after 483 samples.
    assert found.places[0].start == pytest.approx(10_000 - 483, abs=4)
    assert found.places[0].length == pytest.approx(2 * 483, abs=8)
    assert found.places[0].peak == pytest.approx(1.44, abs=0.01)


def test_correlation_over_time_finds_the_second_that_cancels_in_mono() -> None:
    left = 0.3 * np.random.default_rng(1).standard_normal(T.size)
    right = np.where((T > 2.5) & (T < 4.0), -left, left)
    meter = SignalMeter(RATE, 2)
    meter.push(np.stack((left, right)))
    curve = meter.correlation_curve()
    assert curve[0] == pytest.approx(1.0)
    assert curve[300] == pytest.approx(-1.0)  # the second from 3 s on
    found = meter.read()
    assert found.min_correlation == pytest.approx(-1.0)
    assert found.correlation == pytest.approx(0.5, abs=0.02)


def test_ratios_of_a_square_and_a_sine() -> None:
    sine, square = (0.5 * wave for wave in (np.sin(2 * np.pi * 997 * T), np.sign(np.sin(60 * T))))
    found = reading(np.stack((sine, sine)))
    assert found.crest_db == pytest.approx(3.01, abs=0.01)
    assert found.plr_db == pytest.approx(0.0, abs=0.05)  # two channels add 3 dB
    assert found.min_psr_db == pytest.approx(0.0, abs=0.05)
    assert reading(square[None]).crest_db == pytest.approx(0.0, abs=0.01)


def test_psr_is_least_where_it_is_crushed() -> None:
    rng = np.random.default_rng(2)
    dynamic = 0.02 * rng.standard_normal(12 * RATE)
    dynamic[:: RATE // 2] = 0.9
    crushed = 0.3 * np.sign(rng.standard_normal(4 * RATE))
    assert reading(dynamic[None]).min_psr_db > 20
    both = reading(np.concatenate((dynamic, crushed))[None])
    assert both.min_psr_db == pytest.approx(reading(crushed[None]).min_psr_db, abs=0.3)


def test_offset_is_told_and_silence_has_no_ratios() -> None:
    found = reading(np.full((2, 4 * RATE), 0.1))
    assert found.dc_dbfs == pytest.approx(-20.0, abs=0.01)
    silent = reading(np.zeros((2, 4 * RATE)))
    assert silent.rms_dbfs == silent.loudness.integrated_lufs == -math.inf
    assert math.isnan(silent.plr_db)
    assert math.isnan(silent.crest_db)
    assert math.isnan(silent.min_psr_db)
    assert silent.min_correlation == 1.0
    assert math.isnan(reading(np.ones((1, 100))).min_psr_db)


def test_pink_noise_lies_on_a_curve_that_falls_by_three_decibels_an_octave() -> None:
    rng = np.random.default_rng(3)
    spectrum = np.fft.rfft(rng.standard_normal(20 * RATE))
    spectrum[1:] /= np.sqrt(np.arange(1, spectrum.size))
    pink = np.fft.irfft(spectrum)
    x = Audio((0.1 * pink / np.abs(pink).max())[None].astype(np.float32), RATE)
    measured = measure_spectrum(x)
    assert all(abs(db) < 1.0 for hz, db in deviations_db(measured, sloped(-3.01)) if hz > 100)
    flat = dict(deviations_db(measured, sloped(0.0), low_hz=100.0))
    assert flat[125.0] - flat[8000.0] == pytest.approx(18.06, abs=1.5)
    silence = Audio(np.zeros((1, RATE), np.float32), RATE)
    assert deviations_db(measure_spectrum(silence), sloped(0.0)) == []


@pytest.mark.parametrize(("points", "sentence"), [
    (((100.0, 0.0),), "has 1 points"),
    (((200.0, 0.0), (100.0, 0.0)), "in the order of frequency"),
    (((0.0, 0.0), (100.0, 0.0)), "0 Hz is no frequency"),
])  # fmt: skip
def test_a_curve_that_cannot_be_is_refused(
    points: tuple[tuple[float, float], ...], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        TargetCurve(points)
