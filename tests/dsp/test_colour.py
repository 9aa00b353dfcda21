"""Saturation, tape, reverb, echo and vinyl: what each does to simple signals."""

import numpy as np
import pytest

from tapeloom.dsp import reverb, saturation, tape
from tapeloom.dsp.delay import Echo
from tapeloom.dsp.filters import Biquads, low_pass
from tapeloom.dsp.reverb import FeedbackDelayNetwork
from tapeloom.dsp.saturation import LATENCY, TapeSaturator
from tapeloom.dsp.tape import WowAndFlutter
from tapeloom.dsp.vinyl import TURN_S, VinylNoise

RATE = 44_100


def spectrum_db(x: np.ndarray) -> np.ndarray:
    """Levels of a signal of one second, bin k at k Hz, a sine of 1 reading 0."""
    window = np.blackman(x.size)
    return 20 * np.log10(np.abs(np.fft.rfft(x * window)) / window.sum() * 2 + 1e-15)


def sine(hz: float, amplitude: float, seconds: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)[None]


@pytest.mark.parametrize("hz", [3001, 7019, 11_003, 15_013])
def test_saturation_folds_nothing_back_above_minus_80_db(hz: int) -> None:
    x = sine(hz, 0.5, 1.2)
    y = TapeSaturator(1, drive_db=6.0).process(x)[0, 4000 : 4000 + RATE]
    levels = spectrum_db(y)
    heard = np.ones(levels.size, bool)
    for harmonic in range(1, 8):
        if harmonic * hz < RATE / 2:
            heard[harmonic * hz - 4 : harmonic * hz + 5] = False
    assert levels[heard][:17_000].max() < levels[hz] - 80


def test_distortion_at_0_vu_is_1_to_3_percent_and_of_the_third_harmonic() -> None:
    y = TapeSaturator(1, drive_db=6.0).process(sine(1000, 10 ** (-15 / 20), 1.2))
    levels = spectrum_db(y[0, 4000 : 4000 + RATE])
    third = 10 ** ((levels[3000] - levels[1000]) / 20)
    assert 0.005 < third < 0.03
    assert levels[2000] < levels[3000] - 40


def test_a_soft_signal_only_comes_late() -> None:
    x = 0.001 * np.random.default_rng(0).standard_normal((2, 4000))
    smooth = Biquads([low_pass(6000, RATE)] * 4, channels=2).process(x)
    y = TapeSaturator(2, drive_db=0.0).process(smooth)
    late = smooth[:, 100 : 4000 - LATENCY]
    assert np.allclose(y[:, 100 + LATENCY :], late, atol=0.01 * np.abs(late).max())


def test_saturation_is_flat_up_to_its_ceiling_and_never_beyond() -> None:
    y = TapeSaturator(1, drive_db=12.0).process(sine(100, 20.0))
    assert np.abs(y).max() < 10 ** (-12 / 20) * 1.2


def test_tape_keeps_the_bars_where_they_are() -> None:
    work = WowAndFlutter(RATE, 1, rng=np.random.default_rng(4), wow_percent=0.25)
    x = np.zeros((1, 30 * RATE))
    clicks = np.arange(RATE // 2, 29 * RATE, RATE)
    x[0, clicks] = 1.0
    y = work.process(x)[0]
    off = [y[at : at + 2 * work.latency].argmax() - work.latency for at in clicks]
    assert np.abs(off).max() < 0.001 * RATE  # a millisecond
    assert abs(np.mean(off)) < 0.0005 * RATE
    assert np.ptp(off) > 5


def test_the_pitch_wanders_by_what_was_asked_for() -> None:
    work = WowAndFlutter(
        RATE, 1, rng=np.random.default_rng(4), wow_hz=0.8, wow_percent=0.2, flutter_percent=0.05
    )
    y = work.process(sine(2000, 1.0, 20.0))[0, RATE:]
    analytic = np.fft.ifft(np.fft.fft(y) * (np.arange(y.size) < y.size // 2) * 2)
    speed = np.diff(np.unwrap(np.angle(analytic))) * RATE / (2 * np.pi) / 2000 - 1
    speed = np.convolve(speed, np.ones(441) / 441, "valid")[RATE:-RATE]
    assert 0.001 < np.abs(speed).max() < 0.0027
    assert abs(speed.mean()) < 0.0001


def test_tape_keeps_level_and_phase_of_low_tones() -> None:
    work = WowAndFlutter(RATE, 1, rng=np.random.default_rng(4))
    y = work.process(sine(200, 0.5, 4.0))[0, RATE:]
    assert np.sqrt(np.mean(y**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def impulse_response(seconds: float = 3.0, **settings: float) -> np.ndarray:
    x = np.zeros((2, round(seconds * RATE)))
    x[:, 0] = 1.0
    return FeedbackDelayNetwork(RATE, **settings).process(x)


@pytest.mark.parametrize("decay_s", [0.6, 1.4, 2.2])
def test_the_room_decays_by_60_db_in_about_its_time(decay_s: float) -> None:
    y = impulse_response(4.0, decay_s=decay_s, damping=0.0)
    # Lines that move blur the highest notes, which then die sooner.
    y = Biquads([low_pass(1500, RATE)] * 2, channels=2).process(y)[0]
    left = 10 * np.log10(np.cumsum((y**2)[::-1])[::-1] + 1e-30)
    left -= left[0]
    measured = 2 * (np.argmax(left < -35) - np.argmax(left < -5)) / RATE
    assert measured == pytest.approx(decay_s, rel=0.12)


def test_the_room_is_dense_after_100_ms_and_rings_nowhere() -> None:
    y = impulse_response(2.0, predelay_ms=0.0)[0]
    # Abel & Huang, AES 121 (2006): of Gaussian noise 31.7 % lies beyond one standard deviation.
    for start in range(RATE // 10, RATE // 2, RATE // 20):
        part = y[start : start + 882]
        assert np.mean(np.abs(part) > part.std()) / 0.3173 > 0.8
    tail = y[RATE // 3 : RATE // 3 + 32_768] * np.hanning(32_768)
    levels = 20 * np.log10(np.abs(np.fft.rfft(tail)) + 1e-12)[200:2200]
    # The highest of two thousand Rayleigh magnitudes lies 11 dB over their median.
    assert levels.max() - np.median(levels) < 20


def test_high_notes_die_first_and_both_sides_differ() -> None:
    y = impulse_response(damping=0.7)
    early, late = (np.abs(np.fft.rfft(y[0, at : at + 8192])) for at in (2000, 30_000))
    low, high = slice(40, 200), slice(1500, 2500)
    assert late[high].mean() / early[high].mean() < 0.2 * late[low].mean() / early[low].mean()
    assert abs(np.corrcoef(y)[0, 1]) < 0.1


def test_noise_comes_out_of_the_room_about_as_loud_as_it_went_in() -> None:
    x = np.random.default_rng(0).standard_normal((2, 4 * RATE))
    for decay_s in (0.8, 2.0):
        y = FeedbackDelayNetwork(RATE, decay_s=decay_s).process(x)[:, 2 * RATE :]
        assert abs(20 * np.log10(y.std())) < 3


def test_predelay_is_silent() -> None:
    y = impulse_response(0.5, predelay_ms=20.0)
    assert not y[:, : round(0.03 * RATE)].any()


@pytest.mark.parametrize("rate", [8_000, 96_000, 192_000])
def test_the_room_works_at_any_rate(rate: int) -> None:
    y = FeedbackDelayNetwork(rate, decay_s=0.5).process(np.ones((2, rate)))
    assert np.isfinite(y).all()
    assert y.any()


def test_echoes_come_in_time_softer_and_darker() -> None:
    x = np.zeros((1, 1000))
    x[0, 0] = 1.0
    y = Echo(1, samples=300, feedback=0.5, sections=[low_pass(4000, RATE)]).process(x)[0]
    assert not y[:300].any()
    first, second = y[300:600], y[600:900]
    assert np.abs(second).max() < 0.5 * np.abs(first).max()
    assert second.sum() == pytest.approx(0.5 * first.sum(), rel=0.01)


def test_vinyl_is_as_loud_as_it_says() -> None:
    quiet = VinylNoise(
        RATE,
        rng=np.random.default_rng(1),
        crackle_per_s=0,
        pops_per_s=0,
        hiss_db=-50,
        rumble_db=-90,
    ).take(4 * RATE)
    assert 20 * np.log10(quiet.std()) == pytest.approx(-50, abs=0.3)
    loud = VinylNoise(RATE, rng=np.random.default_rng(1), crackle_db=-36).take(20 * RATE)
    assert -40 < 20 * np.log10(np.abs(loud).max()) < -20
    assert np.isfinite(loud).all()


def test_crackles_come_as_often_as_asked_for() -> None:
    noise = VinylNoise(
        RATE,
        rng=np.random.default_rng(3),
        crackle_per_s=10,
        pops_per_s=0,
        hiss_db=-110,
        rumble_db=-110,
    ).take(30 * RATE)
    envelope = np.abs(noise).max(axis=0).reshape(-1, 441).max(axis=1)
    onsets = np.sum((envelope[1:] > 10 ** (-60 / 20)) & (envelope[:-1] <= 10 ** (-60 / 20)))
    assert 6 < onsets / 30 < 14


def test_scratches_tick_once_a_turn() -> None:
    noise = VinylNoise(
        RATE,
        rng=np.random.default_rng(5),
        crackle_per_s=1,
        pops_per_s=0,
        hiss_db=-110,
        rumble_db=-110,
    ).take(120 * RATE)
    envelope = np.abs(noise).max(axis=0).reshape(-1, 441).max(axis=1) > 0.001
    turn = round(TURN_S * 100)
    again = np.mean(envelope[turn:] & envelope[:-turn])
    by_chance = np.mean([np.mean(envelope[k:] & envelope[:-k]) for k in range(101, 171, 7)])
    assert again > 3 * by_chance


def test_one_seed_is_one_surface() -> None:
    one, two, other = (VinylNoise(RATE, rng=np.random.default_rng(s)).take(9000) for s in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_the_compiled_loops_are_what_is_written() -> None:
    rng = np.random.default_rng(9)
    x = rng.standard_normal(60)
    one, two = np.zeros(40), np.zeros(40)
    saturation._add_filtered(x, rng.standard_normal(21), one)
    rng = np.random.default_rng(9)
    x = rng.standard_normal(60)
    saturation._add_filtered.py_func(x, rng.standard_normal(21), two)
    assert np.allclose(one, two)

    pair, delays = rng.standard_normal((2, 80)), rng.uniform(4, 15, 50)
    one, two = np.zeros((2, 50)), np.zeros((2, 50))
    tape._read_late(pair, delays, one)
    tape._read_late.py_func(pair, delays, two)
    assert np.allclose(one, two)

    room = FeedbackDelayNetwork(8000, predelay_ms=0.0)
    x = rng.standard_normal((2, 300))
    expected = room.process(x)
    compiled = reverb._reverberate
    try:
        reverb._reverberate = compiled.py_func
        written = FeedbackDelayNetwork(8000, predelay_ms=0.0).process(x)
    finally:
        reverb._reverberate = compiled
    assert np.allclose(expected, written)
