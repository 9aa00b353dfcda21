"""Filters: what the cookbook promises, scipy as the oracle, blocks as good as the whole."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.dsp import filters
from tapeloom.dsp.filters import (
    Biquads,
    bell,
    frequency_response,
    high_pass,
    high_shelf,
    low_pass,
    low_shelf,
)

RATE = 44_100
DESIGNS = [
    low_pass(900, RATE),
    high_pass(300, RATE, q=1.3),
    bell(2000, RATE, gain_db=7, q=2),
    low_shelf(200, RATE, gain_db=-9),
    high_shelf(5000, RATE, gain_db=4),
]


def level_db(section: np.ndarray, hz: float) -> float:
    return float(20 * np.log10(abs(frequency_response([section], [hz], RATE)[0])))


@given(st.floats(20, 20_000))
def test_passes_are_3_db_down_at_their_cutoff(cutoff_hz: float) -> None:
    assert level_db(low_pass(cutoff_hz, RATE), cutoff_hz) == pytest.approx(-3.0103, abs=1e-3)
    assert level_db(high_pass(cutoff_hz, RATE), cutoff_hz) == pytest.approx(-3.0103, abs=1e-3)


@given(st.floats(100, 8000), st.floats(-12, 12))
def test_a_bell_gains_at_its_centre_and_shelves_half_of_it_at_theirs(
    hz: float, gain: float
) -> None:
    assert level_db(bell(hz, RATE, gain_db=gain), hz) == pytest.approx(gain, abs=1e-6)
    assert level_db(low_shelf(hz, RATE, gain_db=gain), hz) == pytest.approx(gain / 2, abs=1e-6)
    assert level_db(high_shelf(hz, RATE, gain_db=gain), hz) == pytest.approx(gain / 2, abs=1e-6)
    assert level_db(low_shelf(hz, RATE, gain_db=gain), 0.01) == pytest.approx(gain, abs=1e-3)
    assert level_db(high_shelf(hz, RATE, gain_db=gain), 22_049) == pytest.approx(gain, abs=1e-3)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_scipy_agrees(channels: int) -> None:
    x = np.random.default_rng(1).standard_normal((channels, 2000))
    expected = scipy.signal.sosfilt(np.array(DESIGNS), x)
    assert np.allclose(Biquads(DESIGNS, channels=channels).process(x), expected, atol=1e-12)


@pytest.mark.parametrize("size", [1, 7, 500])
def test_blocks_are_as_good_as_the_whole(size: int) -> None:
    x = np.random.default_rng(1).standard_normal((2, 1500))
    whole = Biquads(DESIGNS, channels=2).process(x)
    work = Biquads(DESIGNS, channels=2)
    parts = [work.process(x[:, at : at + size]) for at in range(0, 1500, size)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole)


def test_the_compiled_loop_is_what_is_written() -> None:
    x = np.random.default_rng(1).standard_normal((2, 50))
    sections = np.array(DESIGNS)
    compiled, written = x.copy(), x.copy()
    filters._run_sections(compiled, sections, np.zeros((2, 5, 2)))
    filters._run_sections.py_func(written, sections, np.zeros((2, 5, 2)))
    assert np.allclose(compiled, written, atol=1e-14)


def test_a_filter_falls_silent_without_denormal_numbers() -> None:
    work = Biquads([high_pass(30, RATE)], channels=1)
    work.process(np.ones((1, 100)))
    for _ in range(30):
        y = work.process(np.zeros((1, 65_536)))
    assert not y.any()


@pytest.mark.parametrize("cutoff_hz", [0.0, -5.0, 22_050.0, 30_000.0])
def test_a_cutoff_beyond_the_signal_is_refused(cutoff_hz: float) -> None:
    with pytest.raises(InputError, match="between 0 and 22050"):
        low_pass(cutoff_hz, RATE)
