"""The higher rate and back: flat, without images, in time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.dsp import resampled
from tapeloom.dsp.resampled import Oversampled, factor_for, half_band
from tests.dsp.tones import in_blocks


def unchanged(fast: np.ndarray) -> None:
    """Change nothing."""


class Singer:
    """A tone that is there at the higher rate only."""

    def __init__(self, cycles: float) -> None:
        self.turn, self.place = 2 * np.pi * cycles, 0

    def sing(self, fast: np.ndarray) -> None:
        fast[0] = np.sin(self.turn * (self.place + np.arange(fast.shape[1])))
        self.place += fast.shape[1]


@pytest.mark.parametrize("factor", [1, 2, 4, 8, 16])
def test_up_and_back_is_a_delay_that_is_flat_to_20_khz(factor: int) -> None:
    work = Oversampled(2, factor=factor)
    x = np.zeros((2, 4096))
    x[:, 1000] = 1.0
    y = work.process(x, unchanged)[0]
    assert y.argmax() == 1000 + work.latency
    response = np.abs(np.fft.rfft(y))[: round(0.4535 * 4096)]
    assert np.abs(20 * np.log10(response)).max() < 0.001


@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_what_is_made_above_the_band_stays_out_of_it(factor: int) -> None:
    for cycles in np.linspace(0.548, factor / 2 - 0.01, 23):
        work = Oversampled(1, factor=factor)
        singer = Singer(cycles / factor)
        y = work.process(np.zeros((1, 3000)), singer.sing)[0, 500:2500]
        assert np.abs(y).max() < 10 ** (-98 / 20)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=4))
@settings(max_examples=15)
def test_blocks_of_any_size_are_the_whole_bit_by_bit(sizes: list[int]) -> None:
    x = np.random.default_rng(1).standard_normal((2, 4000))

    class Squared:
        def __init__(self) -> None:
            self.work = Oversampled(2, factor=4)

        def process(self, block: np.ndarray) -> np.ndarray:
            return self.work.process(block, lambda fast: np.square(fast, out=fast))

    assert np.array_equal(in_blocks(Squared(), x, sizes), Squared().process(x))


def test_the_factor_reaches_the_rate_that_is_asked_for() -> None:
    assert factor_for(48_000, reach_hz=705_600) == 16
    assert factor_for(192_000, reach_hz=176_400) == 1


def test_the_compiled_loops_are_what_is_written() -> None:
    x = np.random.default_rng(2).standard_normal((2, 69 + 20))
    one, two = np.zeros((2, 40)), np.zeros((2, 40))
    resampled._double(x, half_band(0), one)
    resampled._double.py_func(x, half_band(0), two)
    assert np.allclose(one, two)
    one, two = np.zeros((2, 20)), np.zeros((2, 20))
    resampled._halve(x[:, :54].copy(), x, half_band(0), one)
    resampled._halve.py_func(x[:, :54].copy(), x, half_band(0), two)
    assert np.allclose(one, two)
    one, two = np.zeros((2, 2, 12)), np.zeros((2, 2, 12))
    resampled._part(x[:, :20].copy(), one[0], one[1])
    resampled._part.py_func(x[:, :20], two[0], two[1])
    assert np.array_equal(one, two)
    assert np.array_equal(one[1, :, 2:], x[:, 1:20:2])
