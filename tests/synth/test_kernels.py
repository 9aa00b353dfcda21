"""The compiled loops, run as plain Python and compiled, against closed forms."""

import numpy as np
import pytest

from tapeloom.synth.envelopes import finish_kernel
from tapeloom.synth.oscillators import CONTROL, TABLE, cycle, ensemble_kernel, ring, ring_kernel
from tapeloom.synth.pickups import pickup_kernel
from tapeloom.synth.strings import pluck, string_kernel

RATE = 44_100


def kernels(kernel):
    return [pytest.param(kernel.py_func, id="python"), pytest.param(kernel, id="compiled")]


@pytest.mark.parametrize("kernel", kernels(ring_kernel))
def test_a_mode_is_a_decaying_sine(kernel):
    out = np.zeros((2, 400))
    w, d, phase = 0.31, 0.004, 0.7
    kernel(out, np.array([w]), np.array([d]), np.array([phase]), np.array([0.5]), np.array([-0.25]))
    n = np.arange(400)
    expected = np.exp(-d * n) * np.sin(phase + w * n)
    np.testing.assert_allclose(out, [0.5 * expected, -0.25 * expected], atol=1e-12)


@pytest.mark.parametrize("kernel", kernels(ring_kernel))
def test_a_mode_that_nobody_hears_is_left_out(kernel):
    out = np.zeros((2, 80))
    one = np.array([0.2])
    kernel(out, one, one, one, np.array([1e-6]), np.array([0.0]))
    assert not out.any()
    kernel(out, one, np.array([2.0]), one, np.array([1.0]), np.array([1.0]))
    assert out[0, 0] != 0.0
    assert not out[:, 16:].any()  # e^-2 a sample: gone after six


def test_a_mode_ends_inaudibly_and_never_sounds_beyond_the_rate():
    out = ring(
        RATE, RATE, hz=np.array([440.0, 30_000.0]), t60_s=np.array([0.2, 5.0]), left=np.ones(2)
    )
    assert out.shape == (2, RATE)
    assert np.abs(out[:, RATE // 2 :]).max() == 0.0
    at_60_db = np.abs(out[0, int(0.2 * RATE) :][:200]).max()
    assert at_60_db == pytest.approx(1e-3, rel=0.05)


@pytest.mark.parametrize("kernel", kernels(string_kernel))
def test_a_string_without_losses_repeats_its_pluck_each_period(kernel):
    out = np.zeros((2, 50))
    kernel(out, np.array([1.0, -0.5]), 10, 0.0, 1.0, 0.0, 1.0, 0.5)
    expected = np.zeros(50)
    # The all-pass of coefficient 0 is one more sample of delay.
    for start in range(0, 50, 11):
        expected[start : start + 2] = [1.0, -0.5][: 50 - start]
    np.testing.assert_allclose(out, [expected, 0.5 * expected], atol=1e-12)


@pytest.mark.parametrize("hz", [41.2, 110.0, 329.63, 987.77])
def test_a_string_rings_at_its_pitch_and_falls_in_its_time(hz):
    out = np.zeros((2, 2 * RATE))
    pluck(out, np.array([1.0]), RATE, hz=hz, t60_s=1.5, bright_hz=3000.0, bright_t60_s=0.3)
    n = np.arange(out.shape[1])
    # Compare the fundamental's amplitude and phase one second apart.
    window = np.hanning(RATE // 2)
    tone = out[0] * np.exp(-2j * np.pi * hz * n / RATE)
    early = (tone[4410 : 4410 + len(window)] * window).sum()
    late = (tone[4410 + RATE : 4410 + RATE + len(window)] * window).sum()
    fall_db = 20.0 * np.log10(abs(late) / abs(early))
    assert fall_db == pytest.approx(-60.0 / 1.5, abs=2.0)
    turn = np.angle(late / early) / (2.0 * np.pi)  # periods gained in one second
    assert abs(1200.0 * np.log2(1.0 + turn / hz)) < 1.0


@pytest.mark.parametrize("kernel", kernels(ensemble_kernel))
def test_a_reader_plays_its_table_at_its_pitch(kernel):
    sine = cycle([1.0], [0.0])
    tables = np.stack([sine, np.zeros(TABLE + 1)], axis=1)
    out = np.zeros((2, 600))
    step = TABLE * 441.0 / RATE
    one = np.array([1.0])
    kernel(
        out, tables, np.zeros(11), np.array([step]), np.zeros(1), np.zeros(1), np.zeros(1),
        one, 0.5 * one,
    )  # fmt: skip
    expected = np.sin(2.0 * np.pi * 441.0 * np.arange(600) / RATE)
    np.testing.assert_allclose(out, [expected, 0.5 * expected], atol=2e-5)


@pytest.mark.parametrize("kernel", kernels(ensemble_kernel))
def test_morphing_goes_from_the_dark_wave_to_the_bright_one(kernel):
    dark, bright = cycle([1.0], [0.0]), cycle([0.0, 1.0], [0.0, 0.0])
    tables = np.stack([dark, bright - dark], axis=1)
    out = np.zeros((2, TABLE))
    zero, one = np.zeros(1), np.ones(1)
    kernel(out, tables, np.ones(TABLE // CONTROL + 2), one, zero, zero, zero, one, one)
    np.testing.assert_allclose(out[0], bright[:-1], atol=1e-9)


def test_a_cycle_ends_where_it_began():
    wave = cycle([1.0, 0.5, 0.25], [0.1, 0.2, 0.3])
    assert wave[0] == wave[-1]
    assert len(wave) == TABLE + 1
    assert np.sqrt(np.mean(wave[:-1] ** 2)) == pytest.approx(np.sqrt((1 + 0.25 + 0.0625) / 2))


@pytest.mark.parametrize("kernel", kernels(pickup_kernel))
def test_a_pickup_hears_motion_not_rest(kernel):
    out = np.empty(300)
    kernel(out, np.zeros((2, 300)), 0.4, 10.0, 5.0)
    assert not out.any()
    swing = np.zeros((2, 300))
    swing[0] = 0.8 * np.sin(2.0 * np.pi * np.arange(300) / 30.0)
    kernel(out, swing, 0.4, 1.0, 0.01)
    spectrum = np.abs(np.fft.rfft(out[60:]))
    # 240 samples hold 8 periods: every eighth bin is a harmonic; the offset makes even ones.
    assert spectrum[8] > 10.0 * spectrum[9]
    assert spectrum[16] > 0.1 * spectrum[8]


@pytest.mark.parametrize("kernel", kernels(finish_kernel))
def test_finishing_fades_both_ends_and_damps(kernel):
    out = np.empty((2, 1000), np.float32)
    damping = np.log(1000.0) / 200.0  # 60 dB in 200 samples
    kernel(out, np.ones((1, 1000)), 1.0, 0.5, 100, 500, damping, 0.01, 50)
    assert out[0, 0] < 1e-3
    assert out[0, 100:500] == pytest.approx(1.0)
    assert out[0, 699] == pytest.approx(1e-3, rel=0.1)
    assert abs(out[0, -1]) < 1e-6
    np.testing.assert_allclose(out[1], 0.5 * out[0], rtol=1e-6)
