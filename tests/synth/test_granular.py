"""Clouds of grains: pitch, place, level, windows, and what folds back."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.synth.granular import WINDOWS, Cloud, grains_kernel, strew, window
from tests.synth.spectrum import folded_db

RATE = 44_100
STEADY = Cloud(80.0, 0.2, 0.5, detune_cents=0.0)


def tone(hz, seconds=3.0):
    return np.sin(2.0 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)


def loudest_hz(sound):
    heard = sound.mean(axis=0)
    power = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    return float(np.fft.rfftfreq(len(heard), 1.0 / RATE)[np.argmax(power)])


@pytest.mark.parametrize("semitones", [-12.0, 0.0, 7.0, 12.0])
def test_grains_are_pitched(semitones):
    cloud = replace(STEADY, semitones=semitones)
    found = strew(tone(500.0), 2 * RATE, RATE, cloud, np.random.default_rng(1))
    assert loudest_hz(found) == pytest.approx(500.0 * 2.0 ** (semitones / 12.0), abs=6.0)


def test_grains_come_from_their_place():
    sound = np.concatenate([tone(300.0, 2.0), tone(1_000.0, 2.0)])
    for position, hz in ((0.1, 300.0), (0.9, 1_000.0)):
        cloud = replace(STEADY, position=position)
        found = strew(sound, RATE, RATE, cloud, np.random.default_rng(1))
        assert loudest_hz(found) == pytest.approx(hz, abs=6.0)


def test_a_denser_cloud_is_no_louder():
    noise = np.random.default_rng(5).standard_normal(4 * RATE)
    levels = [
        float(np.std(strew(noise, 3 * RATE, RATE, replace(STEADY, density_hz=d, scatter=0.5),
                           np.random.default_rng(1))[:, RATE:]))
        for d in (30.0, 300.0)
    ]  # fmt: skip
    assert 20.0 * np.log10(levels[1] / levels[0]) == pytest.approx(0.0, abs=2.0)


def test_an_octave_up_folds_nothing():
    # What lies above half the new band would fold: it is taken off first.
    high = tone(15_000.0) + tone(2_001.0)
    cloud = Cloud(40.0, 1.5, 0.2, scatter=0.0, semitones=12.0, detune_cents=0.0)
    found = strew(high, int(1.3 * RATE), RATE, cloud, np.random.default_rng(1)).mean(axis=0)
    assert folded_db(found, 4_002.0, within_hz=200.0) < -60.0


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_begins_and_ends_at_nothing(name):
    shape = window(name)
    assert abs(shape[0]) < 1e-9
    assert abs(shape[-1]) < 1e-9
    assert 0.6 < shape.max() <= 1.0


def test_what_makes_no_cloud_is_refused():
    with pytest.raises(InputError, match="is no window of a grain; choose one of hann"):
        window("box")
    with pytest.raises(InputError, match="there may be up to 2000"):
        Cloud(0.0, 0.1, 0.5)
    with pytest.raises(InputError, match=r"of 5 s each"):
        Cloud(10.0, 5.0, 0.5)


def test_one_seed_repeats():
    first, again, other = (
        strew(tone(400.0, 1.0), RATE, RATE, STEADY, np.random.default_rng(seed)).tobytes()
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_the_compiled_loop_is_the_written_one():
    sound = tone(900.0, 0.02)
    outs = []
    for kernel in (grains_kernel, grains_kernel.py_func):
        out = np.zeros((2, 300))
        kernel(
            out, sound, np.array([0, 120]), np.array([2.0, 40.5]), np.array([1.0, 1.7]),
            np.array([200, 250]), np.array([1.0, 0.2]), np.array([0.1, 0.9]), window("hann"),
        )  # fmt: skip
        outs.append(out)
    np.testing.assert_allclose(outs[0], outs[1], atol=1e-12)
    assert np.abs(outs[0]).max() > 0.3
