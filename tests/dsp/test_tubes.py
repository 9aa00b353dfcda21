"""Tubes and transformers: which harmonics, at which notes, and nothing folded back."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.dsp import transformer, triode
from tapeloom.dsp.filters import Biquads, low_pass
from tapeloom.dsp.moving_filters import MovingBiquads, _run_moving
from tapeloom.dsp.transformer import Transformer
from tapeloom.dsp.triode import Triode, plate_current
from tests.dsp.tones import RATE, VU, harmonics_db, in_blocks, settled, sine, worst_alias_db


def test_a_tube_makes_the_second_harmonic_above_all() -> None:
    levels = harmonics_db(Triode(RATE, 1), 1000, VU)
    assert -46 < levels[2] < -34  # about 1 %
    assert levels[2] > max(levels[3:10]) + 15
    hot = harmonics_db(Triode(RATE, 1, drive_db=6.0), 1000, VU)
    assert hot[2] == pytest.approx(levels[2] + 6.0, abs=1.0)


def test_the_valve_is_korens() -> None:
    # 250 V on the plate, -2 V on the grid: the data sheet says 1.2 mA, his model 0.95.
    current = float(plate_current(np.array([-2.0]), np.array([250.0]))[0])
    inner = 600 * (1 / 100 - 2 / np.sqrt(300 + 250**2))
    e = 250 / 600 * np.log(1 + np.exp(inner))
    assert current == pytest.approx(2 * e**1.4 / 1060)
    assert 0.0009 < current < 0.0013


def test_the_plate_lies_on_the_load_line() -> None:
    table = triode.stage_table()
    plate_v = -table[round((-1.5 - triode._LOW_V) * triode._STEPS), 0]
    grid_v = triode.conducting_grid(np.array([-1.5]))
    assert plate_v + 1e5 * plate_current(grid_v, np.array([plate_v]))[0] == pytest.approx(300.0)


def test_a_grid_that_conducts_pulls_the_bias_down_for_a_while() -> None:
    quiet, loud = sine(1000, 0.1, 0.5), sine(1000, 1.0, 0.5)
    x = np.concatenate((quiet, loud, quiet, quiet), axis=1)
    y = Triode(RATE, 1, drive_db=12.0, grid=1.0, recover_ms=150.0).process(x)[0]
    before, after, later = (
        np.ptp(y[round(at * RATE) : round((at + 0.02) * RATE)]) for at in (0.4, 1.1, 1.9)
    )
    assert after < 0.9 * before
    assert later == pytest.approx(before, rel=0.01)
    still = Triode(RATE, 1, drive_db=12.0, grid=0.0).process(x)[0]
    assert np.ptp(still[round(1.1 * RATE) : round(1.12 * RATE)]) == pytest.approx(before, rel=0.02)


def test_a_transformer_distorts_lows_and_leaves_the_middle_alone() -> None:
    thirds = [harmonics_db(Transformer(RATE, 1, drive_db=12.0), hz, 0.5)[3] for hz in (40, 80, 160)]
    assert thirds[0] > -25
    assert thirds[0] > thirds[1] + 12 > thirds[2] + 24
    middle = harmonics_db(Transformer(RATE, 1, drive_db=12.0), 1000, 0.5)
    assert max(middle[2:10]) < -80
    assert harmonics_db(Transformer(RATE, 1, drive_db=12.0), 40, 0.5)[2] < -100


def test_a_transformer_is_its_linear_circuit_for_soft_sounds() -> None:
    for hz in (10, 100, 1000):
        y = settled(Transformer(RATE, 1, low_hz=10.0).process(sine(hz, 1e-4, 3.0)))
        expected = 1 / np.sqrt(1 + (10.0 / hz) ** 2)
        assert np.sqrt(2) * y.std() / 1e-4 == pytest.approx(expected, rel=0.01)


def test_it_rings_at_the_top() -> None:
    x = np.zeros((1, RATE))
    x[0, 50] = 1e-3
    y = Transformer(RATE, 1, resonance_hz=15_000, resonance_db=2.0).process(x)[0]
    levels = 20 * np.log10(np.abs(np.fft.rfft(y)) / 1e-3)
    assert levels[:20_000].argmax() == pytest.approx(15_000, rel=0.02)
    assert levels[15_000] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("make", [Triode, Transformer])
@pytest.mark.parametrize(("hz", "amplitude"), [(3001, 0.5), (11_003, 1.0), (15_013, 0.5)])
def test_nothing_is_folded_back_above_minus_80_db(make: type, hz: int, amplitude: float) -> None:
    assert worst_alias_db(lambda: make(RATE, 1, drive_db=6.0), hz, amplitude) < -80


@pytest.mark.parametrize("make", [Triode, Transformer])
@pytest.mark.parametrize("rate", [8000, 192_000])
def test_any_rate_any_blocks_and_any_square(make: type, rate: int) -> None:
    x = np.sign(np.sin(np.arange(4000) * 0.01)).reshape(1, -1).repeat(2, 0)
    whole = make(rate, 2, drive_db=36.0).process(x)
    assert np.isfinite(whole).all()
    assert np.abs(whole).max() < 10.0
    assert np.allclose(in_blocks(make(rate, 2, drive_db=36.0), x, [1, 333, 64]), whole, atol=1e-9)


def test_what_cannot_be_set_is_refused() -> None:
    with pytest.raises(InputError, match=r"bias_v is 1; it must lie between -3 and -0\.3"):
        Triode(RATE, 1, bias_v=1.0)
    with pytest.raises(InputError, match="core_hz is 0; it must lie between 5 and 500"):
        Transformer(RATE, 1).retune(core_hz=0.0)


def test_filters_that_move_end_where_they_should() -> None:
    x = np.random.default_rng(1).standard_normal((2, 9000))
    moved, there = MovingBiquads([low_pass(9000, RATE)], channels=2), low_pass(400, RATE)
    moved.process(x[:, :50])
    moved.retune([there])
    expected = Biquads([there], channels=2).process(x)
    assert np.allclose(in_blocks(moved, x, [7, 300])[:, 5000:], expected[:, 5000:], atol=1e-9)
    fresh = MovingBiquads([low_pass(9000, RATE)], channels=2)
    fresh.retune([there])
    assert np.array_equal(fresh.process(x), expected)


def test_the_compiled_loops_are_what_is_written() -> None:
    for kernel, given in (
        (triode._amplify, lambda: (triode.stage_table(), np.array([1.0, -1.0, 50.0, 0.5]),
                                   np.array([9.0, -1.2, 55.0, 0.9]),
                                   np.array([0.1, 0.2, 0.01]), np.zeros(2))),
        (transformer._core, lambda: (1e-5, 30.0, 1e-3, np.zeros((2, 2)))),
        (_run_moving, lambda: (np.array([low_pass(90, RATE)]), np.array([low_pass(900, RATE)]),
                               3, 32, np.zeros((2, 1, 2)))),
    ):  # fmt: skip
        x = np.random.default_rng(3).uniform(-1, 1, (2, 60))
        one, two = x.copy(), x.copy()
        kernel(one, *given())
        kernel.py_func(two, *given())
        assert np.allclose(one, two)
        assert not np.allclose(one, x)
