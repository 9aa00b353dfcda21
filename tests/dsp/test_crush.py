"""Bits and rates: the steps, the mirrors, the folding and the ring that samplers make."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.dsp import crush
from tapeloom.dsp.crush import SP_1200_HZ, Crusher
from tapeloom.dsp.filters import frequency_response
from tapeloom.dsp.four_poles import four_pole_sections
from tests.dsp.tones import RATE, in_blocks, settled, sine, spectrum_db

OPEN = {"cutoff_hz": 1e6}


def crusher(seed: int = 1, channels: int = 1, rate: int = RATE, **told: float) -> Crusher:
    return Crusher(rate, channels, rng=np.random.default_rng(seed), **told)


def test_the_mirrors_are_those_of_a_zero_order_hold() -> None:
    hz = 9000
    levels = spectrum_db(settled(crusher(bits=24.0, **OPEN).process(sine(hz, 0.5))))
    mirror = round(SP_1200_HZ) - hz
    droop = [20 * np.log10(np.sinc(f / SP_1200_HZ)) for f in (hz, mirror)]
    assert levels[hz] - 20 * np.log10(0.5) == pytest.approx(droop[0], abs=0.5)
    assert levels[mirror] - levels[hz] == pytest.approx(droop[1] - droop[0], abs=1.0)


def test_nothing_else_is_heard() -> None:
    levels = spectrum_db(settled(crusher(bits=24.0, **OPEN).process(sine(1000, 0.5))))
    levels[990:1011] = -200
    assert levels[:19_000].max() < -90


def test_without_a_filter_what_lies_above_half_the_rate_folds() -> None:
    folded = round(SP_1200_HZ) - 17_000
    without = spectrum_db(settled(crusher(bits=24.0, **OPEN).process(sine(17_000, 0.5))))
    told = {"bits": 24.0, "anti_alias": 1.0, **OPEN}
    guarded = spectrum_db(settled(crusher(**told).process(sine(17_000, 0.5))))
    assert without[folded] > -12
    assert guarded[folded] < without[folded] - 15


@pytest.mark.parametrize("bits", [4, 8, 12])
def test_each_bit_is_6_db_of_noise(bits: int) -> None:
    x = sine(997, 0.9, 3.0)
    y = settled(crusher(bits=float(bits), rate_hz=RATE, **OPEN).process(x))
    t = np.arange(RATE)
    parts = np.stack((np.sin(2 * np.pi * 997 * t / RATE), np.cos(2 * np.pi * 997 * t / RATE)))
    rest = y - parts.T @ (2 / RATE * parts @ y)
    ratio_db = 20 * np.log10(y.std() / rest.std())
    assert ratio_db == pytest.approx(6.02 * bits + 1.76 + 20 * np.log10(0.9), abs=3.0)


def test_a_few_bits_are_a_few_levels() -> None:
    values = []
    x = sine(7, 1.2, 1.0)
    work = crusher(bits=3.0, rate_hz=1000.0, **OPEN)
    for start in range(0, RATE, 44):
        work.process(x[:, start : start + 44])
        values.append(work._held[0, 1])
    assert set(np.round(np.array(values) * 4) / 4) == set(values)
    assert min(values) == -1.0
    assert max(values) == 0.75


def test_dither_makes_distortion_noise() -> None:
    x = sine(1000, 0.7 * 2.0**-7, 3.0)
    plain, dithered = (
        spectrum_db(settled(crusher(bits=8.0, rate_hz=RATE, dither=d, **OPEN).process(x)))
        for d in (0.0, 1.0)
    )
    assert plain[3000] > dithered[3000] + 15
    assert np.median(dithered[100:20_000]) > np.median(plain[100:20_000])


def test_a_sample_that_is_tuned_down_rings_in_tune_with_the_clock() -> None:
    levels = spectrum_db(settled(crusher(bits=24.0, tune=5.0, **OPEN).process(sine(1000, 0.5))))
    clear = spectrum_db(settled(crusher(bits=24.0, **OPEN).process(sine(1000, 0.5))))
    # The two clocks beat: samples played twice come at their difference.
    beat = round(SP_1200_HZ * (1 - 2 ** (-5 / 12)))
    for spur in (beat - 1000, beat + 1000):
        near = slice(spur - 4, spur + 5)
        assert levels[near].max() > -45
        assert clear[near].max() < -85


def test_silence_stays_silent_and_dither_needs_a_quantiser() -> None:
    silence = np.zeros((2, 5000))
    assert not crusher(channels=2, bits=6.0).process(silence).any()
    assert not crusher(channels=2, bits=24.0, dither=1.0).process(silence).any()


@given(
    st.lists(st.integers(1, 3000), min_size=1, max_size=4),
    st.floats(1000, 60_000),
    st.floats(1, 24),
    st.floats(0, 12),
)
def test_blocks_of_any_size_are_the_whole(
    sizes: list[int], rate_hz: float, bits: float, tune: float
) -> None:
    told = {"rate_hz": rate_hz, "bits": bits, "tune": tune, "dither": 0.5}
    x = np.random.default_rng(1).uniform(-1, 1, (2, 4000))
    whole = crusher(channels=2, **told).process(x)
    assert np.isfinite(whole).all()
    assert np.allclose(in_blocks(crusher(channels=2, **told), x, sizes), whole, atol=1e-12)


@pytest.mark.parametrize("resonance", [0.0, 0.5, 0.9])
def test_four_poles_fall_by_24_db_an_octave(resonance: float) -> None:
    sections = four_pole_sections(500.0, 192_000, resonance=resonance)
    hz = np.array([1.0, 500.0, 4000.0, 8000.0])
    levels = 20 * np.log10(np.abs(frequency_response(sections, hz, 192_000)))
    assert levels[0] == pytest.approx(0.0, abs=0.01)
    assert levels[2] - levels[3] == pytest.approx(24.0, abs=0.6)
    assert (levels[1] > 0.0) == (resonance > 0.4)


def test_what_cannot_be_set_is_refused() -> None:
    with pytest.raises(InputError, match="rate_hz is 500; it must lie between 1000 and"):
        crusher(rate_hz=500.0)
    with pytest.raises(InputError, match="cutoff_hz is 30000; it must lie between 0 and 22050"):
        four_pole_sections(30_000, RATE)


def test_the_compiled_loops_are_what_is_written() -> None:
    results = []
    for hold in (crush._hold, crush._hold.py_func):
        rng = np.random.default_rng(1)
        x, dither = rng.uniform(-1, 1, (2, 32 + 50)), rng.uniform(-1, 1, (2, 50))
        out = np.zeros((2, 50 + 32))
        hold(x, out, np.zeros(2), np.array([0.3, 0.45]), 0.1, dither, np.zeros((2, 3)),
             *crush._tables())  # fmt: skip
        results.append(out)
    assert np.allclose(*results)
    given = (np.random.default_rng(2).standard_normal(40), 3, 1.0, crush._tables()[0])
    assert crush._between(*given) == pytest.approx(crush._between.py_func(*given))
