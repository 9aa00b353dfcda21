"""Crossovers: bands that add up, steep cuts, cuts that move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.dsp.band_edges import ORDERS
from tapeloom.dsp.crossover import LinearSplit, LinkwitzRiley, linkwitz_riley
from tapeloom.dsp.filters import frequency_response

RATE = 44_100
FIVE = (60.0, 200.0, 800.0, 3000.0, 9000.0)


def pulse(frames: int = 65_536) -> np.ndarray:
    x = np.zeros((1, frames))
    x[0, 0] = 1.0
    return x


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("cutoffs_hz", [(500.0,), (100.0, 2500.0), FIVE, (900.0, 1000.0, 30_000.0)])
def test_the_sum_is_flat_within_a_hundredth_of_a_decibel(
    order: int, cutoffs_hz: tuple[float, ...]
) -> None:
    bands = LinkwitzRiley(RATE, 1, cutoffs_hz=cutoffs_hz, order=order).process(pulse())
    response = 20 * np.log10(abs(np.fft.rfft(bands.sum(axis=0)[0])))
    hz = np.fft.rfftfreq(65_536, 1 / RATE)
    assert np.abs(response[(hz > 10) & (hz < 22_000)]).max() < 0.01


@pytest.mark.parametrize("order", ORDERS)
def test_a_cut_is_6_db_down_where_it_lies_and_as_steep_as_its_order(order: int) -> None:
    bands = LinkwitzRiley(RATE, 1, cutoffs_hz=(1000.0,), order=order).process(pulse())[:, 0]
    hz = np.fft.rfftfreq(65_536, 1 / RATE)
    low, high = 20 * np.log10(abs(np.fft.rfft(bands)) + 1e-12)
    at = [int(np.argmin(abs(hz - f))) for f in (125.0, 250.0, 1000.0, 2000.0, 4000.0)]
    assert low[at[2]] == pytest.approx(-6.02, abs=0.05)
    assert high[at[2]] == pytest.approx(-6.02, abs=0.05)
    assert high[at[1]] - high[at[0]] == pytest.approx(6.02 * order, abs=0.4)
    assert low[at[3]] - low[at[4]] > 5.4 * order


@pytest.mark.parametrize("order", ORDERS)
def test_linear_bands_add_up_to_the_input(order: int) -> None:
    x = np.random.default_rng(1).standard_normal((2, 30_000))
    split = LinearSplit(RATE, 2, cutoffs_hz=FIVE, order=order)
    total = split.process(x).sum(axis=0)
    assert np.allclose(total[:, split.latency :], x[:, : -split.latency], atol=1e-13)


@given(st.sampled_from([LinkwitzRiley, LinearSplit]), st.lists(st.integers(1, 9000), min_size=1))
@settings(max_examples=12)
def test_blocks_of_any_size_are_the_whole(kind: type, sizes: list[int]) -> None:
    sizes = sizes[:6]
    x = np.random.default_rng(2).standard_normal((2, sum(sizes)))
    whole = kind(RATE, 2, cutoffs_hz=(300.0, 4000.0)).process(x)
    work = kind(RATE, 2, cutoffs_hz=(300.0, 4000.0))
    parts = [work.process(part) for part in np.split(x, np.cumsum(sizes)[:-1], axis=1)]
    assert np.array_equal(np.concatenate(parts, axis=2), whole)


def test_linear_bands_add_up_while_their_cuts_move() -> None:
    x = np.random.default_rng(3).standard_normal((1, 40_000))
    split = LinearSplit(RATE, 1, cutoffs_hz=(300.0, 4000.0))
    first = split.process(x[:, :15_000])
    split.retune((100.0, 900.0))
    bands = np.concatenate((first, split.process(x[:, 15_000:])), axis=2)
    total = bands.sum(axis=0)
    assert np.allclose(total[:, split.latency :], x[:, : -split.latency], atol=1e-13)


def test_cuts_that_move_arrive_without_a_click() -> None:
    t = np.arange(RATE) / RATE
    x = np.sin(2 * np.pi * 200 * t)[None]
    split = LinkwitzRiley(RATE, 1, cutoffs_hz=(100.0,))
    first = split.process(x)
    split.retune((400.0,))
    bands = np.concatenate((first[..., -3000:], split.process(x)), axis=2)
    assert np.abs(np.diff(bands.sum(axis=0))).max() < 3 * np.abs(np.diff(x)).max()
    settled = LinkwitzRiley(RATE, 1, cutoffs_hz=(400.0,)).process(x)
    assert np.allclose(bands[..., -2000:], settled[..., -2000:], atol=1e-6)


@pytest.mark.parametrize("kind", [LinkwitzRiley, LinearSplit])
@pytest.mark.parametrize(
    ("cutoffs_hz", "message"),
    [((), "make 1 bands"), ((1, 2, 3, 4, 5, 6), "make 7 bands"), ((9, 9), "must rise"),
     ((0.0,), "must rise")],
)  # fmt: skip
def test_cuts_that_make_no_bands_are_refused(kind: type, cutoffs_hz: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        kind(RATE, 1, cutoffs_hz=cutoffs_hz)


@pytest.mark.parametrize("kind", [LinkwitzRiley, LinearSplit])
def test_an_order_without_a_sum_is_refused(kind: type) -> None:
    with pytest.raises(InputError, match="order is 3"):
        kind(RATE, 1, cutoffs_hz=(100.0,), order=3)


def test_an_all_pass_is_flat() -> None:
    for order in ORDERS:
        _, _, all_pass = linkwitz_riley(100.0, RATE, order=order)
        response = abs(frequency_response(all_pass, [30.0, 100.0, 9000.0], RATE))
        assert response == pytest.approx(1.0, abs=1e-12)
