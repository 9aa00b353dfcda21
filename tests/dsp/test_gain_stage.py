"""What lies under every rider of gain: decibels, envelopes, glides, gains laid on the sound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.dsp import decibels, detectors, gain_stage
from tapeloom.dsp.decibels import db_to_gains, powers_to_db
from tapeloom.dsp.detectors import Detector, quadrature
from tapeloom.dsp.gain_stage import GainStage
from tapeloom.dsp.glide import Ramp

RATE = 44_100


@given(st.floats(1e-20, 1e20))
def test_decibels_of_a_power_are_those_of_the_logarithm(power: float) -> None:
    found = powers_to_db(np.array([power]), floor=0.0)[0]
    assert found == pytest.approx(10 * np.log10(power), abs=1e-7)


@given(st.floats(-300.0, 300.0))
def test_gains_are_powers_of_ten(db: float) -> None:
    assert db_to_gains(np.array([db]))[0] == pytest.approx(10 ** (db / 20), rel=1e-8)


def test_nothing_at_all_has_a_level_and_no_change_is_exact() -> None:
    assert powers_to_db(np.zeros(3)).tolist() == pytest.approx([-240.0] * 3)
    assert db_to_gains(np.zeros(3)).tolist() == [1.0] * 3


def test_the_compiled_logarithms_are_what_is_written() -> None:
    x = np.random.default_rng(0).uniform(0.0, 3.0, 50)
    one, two = np.zeros((3, 50)), np.zeros((3, 50))
    decibels.to_db(x, 1e-9, *one)
    decibels.to_db.py_func(x, 1e-9, *two)
    assert np.allclose(one[0], two[0], rtol=1e-13)
    levels = np.linspace(-99.0, 99.0, 50)
    decibels.to_gain(levels, *one)
    decibels.to_gain.py_func(levels, *two)
    assert np.allclose(one[0], two[0], rtol=1e-13)


@pytest.mark.parametrize("hz", [40.0, 100.0, 997.0, 9000.0, 20_000.0])
def test_the_envelope_of_a_tone_does_not_ripple(hz: float) -> None:
    x = 0.5 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)[None]
    for peak in (True, False):
        levels = powers_to_db(Detector(1, peak=peak).powers(x)[0])[-5000:]
        assert np.abs(levels - 20 * np.log10(0.5)).max() < 0.08


def test_the_two_chains_are_a_quarter_of_a_cycle_apart() -> None:
    w = 2 * np.pi * np.geomspace(30.0, 22_000.0, 500) / RATE
    z = np.exp(-1j * w)
    first, second = np.ones_like(z), z.copy()
    for k, a in enumerate(quadrature(8, 30 / RATE)):
        section = (a - z**2) / (1 - a * z**2)
        first, second = (first * section, second) if k % 2 == 0 else (first, second * section)
    assert np.degrees(np.abs(np.angle(second / first))) == pytest.approx(90.0, abs=1.0)


@pytest.mark.parametrize("peak", [True, False])
@pytest.mark.parametrize("phase", [0, 1])
def test_the_compiled_envelope_is_what_is_written(peak: bool, phase: int) -> None:
    x = np.random.default_rng(1).standard_normal((2, 101))
    a = quadrature(8, 0.001)
    powers = np.empty((2, 51 - phase)), np.empty((2, 51 - phase))
    states = np.zeros((2, 11)), np.zeros((2, 11))
    detectors._envelope(x, a, states[0], phase, peak, powers[0])
    detectors._envelope.py_func(x, a, states[1], phase, peak, powers[1])
    assert np.allclose(*powers)
    assert np.allclose(*states)


@pytest.mark.parametrize("frames", [1, 2, 7, 8])
@pytest.mark.parametrize("phase", [0, 1])
def test_gains_are_laid_on_the_samples_that_they_were_found_at(frames: int, phase: int) -> None:
    gains = np.random.default_rng(2).uniform(0.0, 1.0, (2, (frames + 1 - phase) // 2))
    found = np.empty((2, frames)), np.empty((2, frames))
    lasts = np.array([0.5, 0.7]), np.array([0.5, 0.7])
    gain_stage._lay(np.ones((2, frames)), gains, lasts[0], phase, found[0])
    gain_stage._lay.py_func(np.ones((2, frames)), gains, lasts[1], phase, found[1])
    assert np.allclose(*found)
    assert np.array_equal(*lasts)
    known = np.concatenate(([[0.5], [0.7]], gains), axis=1)
    assert np.array_equal(lasts[0], known[:, -1])
    for n in range(frames):
        k = (n - phase) // 2 + 1
        between = known[:, k] if (n - phase) % 2 else (known[:, k - 1] + known[:, k]) / 2
        assert found[0][:, n] == pytest.approx(between)


def test_a_ramp_that_is_moved_on_its_way_goes_on_from_there() -> None:
    frames = 64
    ramp = Ramp([0.0, 5.0], frames=frames)
    ramp.move([1.0, 5.0])
    assert ramp.along(0, 1, frames)[0, -1] == 1.0
    ramp.pass_by(frames // 2)
    ramp.move([0.0, 5.0])
    there = ramp.along(0, 1, 3 * frames)[0]
    assert there[0] == pytest.approx(0.5, abs=1 / frames)
    assert np.abs(np.diff(there)).max() <= 1 / frames
    ramp.pass_by(3 * frames)
    assert ramp.along(0, 1, 9).tolist() == [[0.0], [5.0]]


def test_a_stage_delays_across_blocks() -> None:
    x = np.arange(1.0, 11.0)[None]
    stage = GainStage(1, look_ahead=3)
    parts = [stage.delay(x[:, at : at + 2]) for at in range(0, 10, 2)]
    assert np.concatenate(parts, axis=1)[0].tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
