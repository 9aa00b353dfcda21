"""Tape: its hysteresis, its head, its transport and its meter, against equations and standards."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.dsp import hysteresis, transport
from tapeloom.dsp.dropouts import Dropouts
from tapeloom.dsp.flutter import flutter_weight, speed_deviation, weighted_flutter_percent
from tapeloom.dsp.hysteresis import Hysteresis
from tapeloom.dsp.playback_head import PlaybackHead, head_loss
from tapeloom.dsp.tape_machine import TapeMachine
from tapeloom.dsp.transport import Transport
from tests.dsp.tones import RATE, VU, harmonics_db, in_blocks, sine, worst_alias_db

STILL = {"wow_percent": 0.0, "flutter_percent": 0.0}
FLAT = {"spacing_um": 0.0, "coating_um": 0.0, "gap_um": 0.0, "bump_db": 0.0}


def machine(channels: int = 1, rate: int = RATE, seed: int = 1, **settings: float) -> TapeMachine:
    rng = np.random.default_rng(seed)
    return TapeMachine(rate, channels, rng=rng, **{**STILL, **settings})


def test_distortion_at_0_vu_is_1_to_3_percent_and_of_the_third_harmonic() -> None:
    levels = harmonics_db(machine(), 1000, VU)
    total = np.sqrt(np.sum(10 ** (levels[2:10] / 10)))
    assert 0.01 < total < 0.03
    assert levels[3] > max(levels[2], *levels[4:10]) + 20


def test_0_vu_comes_out_as_0_vu_whatever_the_tape() -> None:
    for settings in ({}, {"drive_db": 9.0}, {"bias": 0.2}, {"saturation": 0.9}):
        y = machine(**FLAT, **settings).process(sine(1000, VU))[0, RATE:]
        assert 20 * np.log10(np.sqrt(2) * y.std() / VU) == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize("hz", [3001, 7019, 11_003, 15_013])
@pytest.mark.parametrize("amplitude", [VU, 0.5])
def test_tape_folds_nothing_back_above_minus_80_db(hz: int, amplitude: float) -> None:
    assert worst_alias_db(machine, hz, amplitude) < -80


def test_drive_and_saturation_distort_more_and_bias_less() -> None:
    third = [
        harmonics_db(machine(**settings), 1000, VU)[3]
        for settings in ({"bias": 1.0}, {}, {"bias": 0.2}, {"drive_db": 6.0}, {"saturation": 0.9})
    ]
    assert third[0] < third[1] < min(third[2:])


def rk4(h: np.ndarray, k: float, c: float) -> np.ndarray:
    """The paper's equation for dM/dH with alpha 0, by Runge and Kutta's fourth-order steps."""

    def slope(field: float, m: float, delta: float) -> float:
        anhysteretic = 1 / np.tanh(field) - 1 / field if abs(field) > 1e-4 else field / 3
        steep = 1 / field**2 - 1 / np.sinh(field) ** 2 if abs(field) > 1e-4 else 1 / 3
        # (1 - c) delta_M (M_an - M) / ((1 - c) delta k) + c dM_an / dH
        lag = anhysteretic - m
        return (lag / (delta * k) if lag * delta > 0 else 0.0) + c * steep

    out, m = np.zeros(h.size), 0.0
    for n in range(1, h.size):
        a, d = h[n - 1], h[n] - h[n - 1]
        delta = np.sign(d)
        k1 = slope(a, m, delta)
        k2 = slope(a + d / 2, m + d / 2 * k1, delta)
        k3 = slope(a + d / 2, m + d / 2 * k2, delta)
        k4 = slope(a + d, m + d * k3, delta)
        m += d / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out[n] = m
    return out


def test_the_loop_is_that_of_the_papers_equation() -> None:
    t = np.arange(6000) / 2000
    x = (0.6 * np.sin(2 * np.pi * t) + 0.25 * np.sin(2 * np.pi * 3.3 * t))[None]
    tape = Hysteresis(44_100, 1, bias=0.4)
    field, k, c, scale = tape._aim
    expected = rk4(field * x[0], k, c)
    tape.process(x)
    assert np.abs(x[0] * field / scale - expected).max() < 2e-3
    assert np.ptp(expected) > 0.5


def test_the_tape_stays_magnetic_but_no_direct_current_comes_out() -> None:
    x = np.zeros((1, 3 * RATE))
    x[0, :2000] = 0.8
    tape = Hysteresis(RATE, 1, bias=0.3)
    y = x.copy()
    tape.process(y)
    assert y[0, -1] > 0.01
    assert np.abs(machine(bias=0.3).process(x)[0, -RATE // 2 :]).max() < 1e-5


@pytest.mark.parametrize(
    ("speed_ips", "face_mm"), [(30.0, 6.35), (15.0, 6.35), (7.5, 3.0), (1.875, 1.0)]
)
def test_the_bump_lies_where_a_wavelength_is_as_long_as_the_head(
    speed_ips: float, face_mm: float
) -> None:
    x = np.zeros((1, 4 * RATE))
    x[0, 100] = 1.0
    y = PlaybackHead(RATE, 1, speed_ips=speed_ips, face_mm=face_mm, bump_db=3.0).process(x)
    levels = 20 * np.log10(np.abs(np.fft.rfft(y[0])))[: 4 * 400]
    assert levels.argmax() / 4 == pytest.approx(speed_ips * 25.4 / face_mm, rel=0.1)
    assert levels.max() == pytest.approx(3.0, abs=0.5)


def test_losses_are_those_of_the_paper() -> None:
    x = np.zeros((1, RATE))
    x[0, 100] = 1.0
    told = {"speed_ips": 3.75, "spacing_um": 1.0, "coating_um": 6.0, "gap_um": 2.0}
    y = PlaybackHead(RATE, 1, **told, bump_db=0.0).process(x)[0]
    hz = np.array([1000.0, 3000.0, 6000.0, 10_000.0])
    measured = np.abs(np.fft.rfft(y))[hz.astype(int)]
    assert np.allclose(20 * np.log10(measured / head_loss(hz, **told)), 0.0, atol=0.3)
    # Spacing alone: 54.6 dB times the distance over the wavelength.
    wavelength_um = 3.75 * 25_400 / hz
    told |= {"coating_um": 0.0, "gap_um": 0.0}
    assert np.allclose(20 * np.log10(head_loss(hz, **told)), -54.575 / wavelength_um, atol=0.01)


def test_the_weighting_is_the_standards() -> None:
    # IEC 60386, table of the weighting network.
    hz = [0.2, 0.4, 0.8, 2.0, 4.0, 10.0, 40.0, 200.0]
    db = [-30.6, -15.0, -6.0, -0.9, 0.0, -2.1, -10.4, -23.0]
    assert np.allclose(20 * np.log10(flutter_weight(hz)), db, atol=0.01)
    assert flutter_weight([0.0])[0] == 0.0


@pytest.mark.parametrize("swing_hz", [0.8, 4.0, 20.0, 63.0])
def test_the_meter_reads_a_known_swing(swing_hz: float) -> None:
    t = np.arange(8 * RATE) / RATE
    # 0.4 % at its peak: the phase swings by 0.004 * 3150 / swing_hz.
    tone = np.sin(2 * np.pi * 3150 * t + 12.6 / swing_hz * np.sin(2 * np.pi * swing_hz * t))
    expected = 0.4 * float(flutter_weight([swing_hz])[0])
    assert weighted_flutter_percent(tone, RATE) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    ("kind", "hz"), [("wow", 0.5), ("wow", 1.0), ("wow", 6.0), ("flutter", 6.0), ("flutter", 25.0),
                     ("flutter", 100.0)]
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2])
def test_the_meter_reads_the_wow_and_flutter_that_was_asked_for(
    kind: str, hz: float, seed: int
) -> None:
    told = {**STILL, f"{kind}_hz": hz, f"{kind}_percent": 0.15}
    deck = Transport(RATE, 1, rng=np.random.default_rng(seed), **told)
    y = deck.process(sine(3150, 0.5, 16.0))[0, RATE // 2 :]
    assert weighted_flutter_percent(y, RATE) == pytest.approx(0.15, rel=0.2)
    assert abs(speed_deviation(y, RATE)[0].mean()) < 0.02


def test_a_transport_keeps_its_place_and_refuses_to_leave_it() -> None:
    x = np.random.default_rng(3).standard_normal((2, 9000))
    deck = Transport(RATE, 2, rng=np.random.default_rng(1), **STILL)
    y = deck.process(x)
    assert np.allclose(y[:, deck.latency :], x[:, : -deck.latency], atol=1e-12)
    with pytest.raises(InputError, match="take less of them, or a quicker wow"):
        Transport(RATE, 1, rng=np.random.default_rng(1), wow_hz=0.3, wow_percent=2.0)
    with pytest.raises(InputError, match="flutter_hz is 300; it must lie between 6 and 100"):
        deck.retune(flutter_hz=300.0)


def test_a_head_askew_is_early_on_one_side() -> None:
    x = sine(500, 0.5, 1.0).repeat(2, 0)
    deck = Transport(RATE, 2, rng=np.random.default_rng(1), **STILL, skew_us=100.0)
    y = deck.process(x)[:, RATE // 2 :]
    spectra = np.fft.rfft(y)[:, 250]
    late_us = np.angle(spectra[1] / spectra[0]) / (2 * np.pi * 500) * 1e6
    assert late_us == pytest.approx(100.0, rel=0.01)


def test_hiss_is_as_loud_as_it_says_and_off_is_off() -> None:
    y = machine(2, hiss_db=-50.0, **FLAT).process(np.zeros((2, 2 * RATE)))
    assert 20 * np.log10(y.std()) == pytest.approx(-50.0, abs=0.3)
    assert abs(np.corrcoef(y)[0, 1]) < 0.05
    assert not machine(2, wow_percent=0.1).process(np.zeros((2, 3000))).any()


def test_dropouts_come_as_often_and_as_deep_as_told() -> None:
    work = Dropouts(RATE, 1, rng=np.random.default_rng(4), per_minute=60.0, depth_db=20.0)
    y = work.process(np.ones((1, 60 * RATE)))[0]
    sunk = y < 10 ** (-5 / 20)
    assert 40 < np.sum(sunk[1:] & ~sunk[:-1]) < 80
    assert 10 ** (-40 / 20) < y.min() < 10 ** (-14 / 20)
    assert np.abs(np.diff(y)).max() < 0.02


def test_a_machine_at_work_moves_without_a_jump_of_level() -> None:
    deck = machine(**FLAT)
    x = sine(1000, 0.02, 1.0)
    y = [deck.process(x[:, :20_000])]
    deck.retune(drive_db=-20.0)
    y = np.concatenate([*y, deck.process(x[:, 20_000:])], axis=1)[0, deck.latency + 200 :]
    envelope = np.abs(y[: y.size // 441 * 441].reshape(-1, 441)).max(axis=1)
    assert np.ptp(20 * np.log10(envelope)) < 1.0


@pytest.mark.parametrize("rate", [8000, 22_050, 192_000])
def test_tape_runs_at_any_rate_in_any_blocks(rate: int) -> None:
    x = np.random.default_rng(5).uniform(-1, 1, (2, 3000))
    told = {"wow_percent": 0.1, "flutter_percent": 0.1, "hiss_db": -50.0,
            "dropouts_per_minute": 600.0}  # fmt: skip
    whole = machine(2, rate, **told).process(x)
    assert np.isfinite(whole).all()
    assert np.allclose(in_blocks(machine(2, rate, **told), x, [1, 700, 63]), whole, atol=1e-9)


def test_the_compiled_loops_are_what_is_written() -> None:
    rng = np.random.default_rng(9)
    table = hysteresis.langevin_table()
    aim = np.array([5.0, 1.0, 0.8, 4.0])
    results = []
    for kernel in (hysteresis._magnetise, hysteresis._magnetise.py_func):
        x = np.random.default_rng(1).uniform(-1, 1, (3, 40))
        kernel(x, table, aim * 0.5, aim, 0.1, np.zeros((3, 3)))
        results.append(x)
    assert np.allclose(*results)
    h, one, two = rng.uniform(-90, 90, 30), np.zeros(30), np.zeros(30)
    hysteresis._anhysteretic(h, table, one)
    hysteresis._anhysteretic.py_func(h, table, two)
    assert np.allclose(one, two)
    assert np.allclose(one[np.abs(h) < 64], (1 / np.tanh(h) - 1 / h)[np.abs(h) < 64], atol=1e-7)
    results = []
    for kernel in (hysteresis._irreversible, hysteresis._irreversible.py_func):
        aims, shares = np.random.default_rng(2).uniform(-1, 1, (2, 2, 20))
        m = np.zeros((2, 20))
        kernel(aims, shares, m)
        results.append(m)
    assert np.allclose(*results)
    results = []
    for one, two in (
        (hysteresis._approach, hysteresis._weigh),
        (hysteresis._approach.py_func, hysteresis._weigh.py_func),
    ):
        h, an, k = np.random.default_rng(3).uniform(0.1, 1, (3, 21))
        aims, shares, y = np.zeros((3, 20))
        one(h, an, k, aims, shares)
        two(y, an[1:], aims, shares, k)
        results.append(y)
    assert np.allclose(*results)

    x, points = rng.standard_normal((2, 120)), rng.uniform(30, 40, 8)
    results = []
    for kernel in (transport._read, transport._read.py_func):
        out = np.zeros((2, 60))
        kernel(x, points, 3, 20, np.array([0.5, -0.5]), transport._between(), out)
        results.append(out)
    assert np.allclose(*results)
