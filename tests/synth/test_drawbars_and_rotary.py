"""The organ's wheels, and the speaker that turns."""

from itertools import pairwise

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.synth.drawbars import HIGHEST_HZ, drawbar_tone, registration, wheels_hz
from tapeloom.synth.rotary import CROSSOVER_HZ, Rotary, rotor_kernel
from tests.synth.spectrum import folded_db, harmonic

RATE = 44_100
FRAMES = int(1.2 * RATE)


def test_a_drawbar_is_three_decibels_a_number():
    amplitudes = registration("876543210")
    db = 20.0 * np.log10(amplitudes[:-1])
    np.testing.assert_allclose(np.diff(db), -3.0)
    assert amplitudes[-1] == 0.0


@pytest.mark.parametrize("text", ["88", "8888888889", "88800000x"])
def test_what_is_no_registration_is_refused(text):
    with pytest.raises(InputError, match="is no registration; write nine numbers"):
        registration(text)


def test_high_keys_fold_back_by_octaves():
    for hz in (65.0, 1000.0, 2093.0):
        found = wheels_hz(hz)
        assert (found <= HIGHEST_HZ).all()
        octaves = np.log2(hz * np.array([0.5, 1.5, 1, 2, 3, 4, 5, 6, 8]) / found)
        np.testing.assert_allclose(octaves, np.round(octaves), atol=1e-9)


def test_wheels_are_sines_that_begin_when_their_contact_closes():
    hz = wheels_hz(441.0)
    tone = drawbar_tone(
        FRAMES, RATE, hz=hz, amplitudes=registration("808000000"), phases=np.zeros(9),
        closes_s=np.array([0.0, 0.0, 0.01] + [0.0] * 6), edge_s=0.002,
    )  # fmt: skip
    assert folded_db(tone, 220.5) < -100.0
    assert abs(harmonic(tone, 441.0)) == pytest.approx(1.0, abs=1e-3)
    assert abs(harmonic(tone, 661.5)) < 1e-4
    silent = drawbar_tone(
        100, RATE, hz=hz, amplitudes=np.ones(9), phases=np.zeros(9), closes_s=np.full(9, 0.1),
        edge_s=0.002,
    )  # fmt: skip
    assert not silent.any()


def through(settings, sound, blocks):
    speaker = settings.start(RATE)
    edges = np.cumsum([0, *blocks])
    parts = [speaker.process(sound[:, a:b]) for a, b in pairwise(edges)]
    return np.concatenate(parts, axis=1)


def test_blocks_of_any_size_give_the_same_samples():
    sound = np.random.default_rng(1).standard_normal((2, 3_000))
    settings = Rotary(6.7, 5.8, horn_phase=0.2)
    whole = through(settings, sound, [3_000])
    assert through(settings, sound, [64, 1_000, 1, 1_935]).tobytes() == whole.tobytes()


def test_a_speaker_that_stands_is_flat_across_its_crossover():
    for hz in (100.0, 0.7 * CROSSOVER_HZ, CROSSOVER_HZ, 1.4 * CROSSOVER_HZ, 5_000.0):
        tone = np.tile(np.sin(2.0 * np.pi * hz * np.arange(FRAMES) / RATE), (2, 1))
        heard = through(Rotary(0.0, 0.0, depth=0.0, spread=0.0), tone, [FRAMES])
        assert 20.0 * np.log10(abs(harmonic(heard[0], hz))) == pytest.approx(0.0, abs=0.6)


def test_the_horn_shifts_the_pitch_up_and_down_and_the_ears_differ():
    hz, turns = 3_000.0, 6.0
    tone = np.tile(np.sin(2.0 * np.pi * hz * np.arange(FRAMES) / RATE), (2, 1))
    heard = through(Rotary(turns, 5.0), tone, [FRAMES])
    phase = np.unwrap(np.angle(np.exp(-2j * np.pi * hz * np.arange(FRAMES) / RATE) * _analytic(
        heard[0])))  # fmt: skip
    shift = np.gradient(phase)[4_000:-4_000] * RATE / (2.0 * np.pi) / hz
    # A mouth on a circle of 19 cm at 6 turns moves at 7.2 m/s: 2.1 % either way.
    assert np.percentile(shift, 99) == pytest.approx(0.021, abs=0.003)
    assert np.percentile(shift, 1) == pytest.approx(-0.021, abs=0.003)
    assert np.corrcoef(np.abs(_analytic(heard[0])), np.abs(_analytic(heard[1])))[0, 1] < 0.5
    # Nothing but sidebands of the turning.
    assert folded_db(heard[0], hz, within_hz=600.0) < -80.0


def _analytic(x):
    spectrum = np.fft.fft(x)
    spectrum[len(x) // 2 :] = 0.0
    return np.fft.ifft(2.0 * spectrum)


def test_the_compiled_loop_is_the_written_one():
    band = np.random.default_rng(1).standard_normal(300)
    outs = []
    for kernel in (rotor_kernel, rotor_kernel.py_func):
        out = np.zeros((2, 300))
        end = kernel(out, band, np.zeros(64), 0, 0.01, 0.3, 20.0, 0.6, 0.25)
        outs.append((out, end))
    np.testing.assert_allclose(outs[0][0], outs[1][0], atol=1e-12)
    assert outs[0][1] == pytest.approx(outs[1][1])
    assert outs[0][0].any()
