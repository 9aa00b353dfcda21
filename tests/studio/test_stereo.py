"""Stereo: widths, turning, delays, and that mono never loses what it was promised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.dsp import image
from tapeloom.dsp.stereo import comb_loss_db, correlation, mono_loss_db
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Effect, run
from tapeloom.studio.effects import (
    Balance,
    BandWidth,
    CorrelationGuard,
    Haas,
    MidSide,
    PseudoStereo,
    Rotation,
    Width,
)

RATE = 44_100
ALL = (
    Width(0.5, 120.0),
    BandWidth((200.0, 4000.0), (0.0, 1.0, 1.6), keep_energy=True),
    MidSide(-1.0, 2.0),
    Balance(0.3),
    Rotation(20.0),
    Haas(12.0),
    CorrelationGuard(0.3),
    PseudoStereo(0.6),
)


def noise(frames: int = 30_000) -> Audio:
    x = np.random.default_rng(frames).uniform(-0.5, 0.5, (2, frames))
    return Audio(x.astype(np.float32), RATE)


def tone(hz: float, *, left: float = 0.5, right: float = 0.5, seconds: float = 1.0) -> Audio:
    wave = np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return Audio(np.stack((left * wave, right * wave)).astype(np.float32), RATE)


def level_db(x: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(x, dtype=np.float64))))


def test_mono_below_is_24_db_an_octave_steep() -> None:
    sides = []
    for hz in (50.0, 100.0, 200.0):
        y = Width(mono_below_hz=200.0)(tone(hz, right=-0.5)).samples[:, RATE // 2 :]
        sides.append(level_db(y[0] - y[1]))
    assert sides[1] - sides[0] == pytest.approx(24.0, abs=0.6)
    assert sides[2] - level_db(tone(200.0, left=1.0).samples[0]) == pytest.approx(-6.0, abs=0.1)


def test_a_width_for_each_band() -> None:
    wide = BandWidth((500.0,), (0.0, 2.0))
    low = wide(tone(60.0, right=0.0)).samples[:, RATE // 2 :]
    assert np.abs(low[0] - low[1]).max() < 0.01
    high = wide(tone(6000.0, right=0.0)).samples[:, RATE // 2 :]
    assert level_db(high[0] - high[1]) - level_db(high.sum(axis=0)) == pytest.approx(6.0, abs=0.1)


def test_band_widths_of_1_change_no_magnitude_and_keep_energy_keeps_it() -> None:
    audio = noise(60_000)
    same = BandWidth((300.0, 3000.0), (1.0, 1.0, 1.0))(audio).samples
    assert level_db(same) == pytest.approx(level_db(audio.samples), abs=0.02)
    other = BandWidth((300.0, 3000.0), (0.2, 1.5, 0.6), keep_energy=True)(audio).samples
    assert level_db(other) == pytest.approx(level_db(audio.samples), abs=0.1)


@given(st.floats(-180.0, 180.0))
@settings(max_examples=10)
def test_turning_keeps_the_power_and_turns_back(degrees: float) -> None:
    audio = noise(3000)
    turned = Rotation(degrees)(audio)
    assert level_db(turned.samples) == pytest.approx(level_db(audio.samples), abs=1e-4)
    assert np.allclose(Rotation(-degrees)(turned).samples, audio.samples, atol=1e-6)


def test_middle_side_and_balance() -> None:
    audio = noise(3000)
    louder = MidSide(6.0, 0.0)(audio).samples
    gain = 10 ** (6 / 20)
    assert np.allclose(louder.sum(axis=0), gain * audio.samples.sum(axis=0), atol=1e-5)
    assert np.allclose(louder[0] - louder[1], audio.samples[0] - audio.samples[1], atol=1e-5)
    right = Balance(1.0)(audio).samples
    assert not right[0].any()
    assert np.array_equal(right[1], audio.samples[1])
    for nothing in (MidSide(), Balance(), Rotation()):
        assert np.array_equal(nothing(audio).samples, audio.samples)


def test_haas_tells_what_mono_loses() -> None:
    effect = Haas(10.0, level_db=-6.0)
    at_notch = effect(tone(50.0, seconds=2.0)).samples.mean(axis=0)[RATE:]
    at_peak = effect(tone(100.0, seconds=2.0)).samples.mean(axis=0)[RATE:]
    assert level_db(at_peak) - level_db(at_notch) == pytest.approx(effect.mono_loss_db, abs=0.01)
    assert comb_loss_db(0.0)[1] == np.inf
    assert Haas(0.0, level_db=0.0).mono_loss_db == 0.0
    with pytest.raises(InputError, match=r"costs 15.3 dB .* most_loss_db is 6"):
        Haas(most_loss_db=6.0)
    assert Haas(level_db=-12.0, most_loss_db=6.0).mono_loss_db < 6.0


def test_a_delay_moves_without_a_click_and_arrives() -> None:
    audio = tone(200.0)
    times = Curve(((0.0, 5.0), (0.3, 5.0), (0.3, 25.0)))
    y = Automated(Haas(5.0, level_db=0.0), (("delay_ms", times),))(audio).samples
    assert np.abs(np.diff(y[1])).max() < 5 * np.abs(np.diff(audio.samples[1])).max()
    assert np.allclose(y[1, -9000:], Haas(25.0, level_db=0.0)(audio).samples[1, -9000:], atol=1e-6)


@pytest.mark.parametrize("floor", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("right", [-1.0, -0.3])
def test_the_guard_keeps_the_correlation_over_its_floor(floor: float, right: float) -> None:
    rng = np.random.default_rng(5)
    shared, own = rng.standard_normal((2, 3 * RATE)) * 0.1
    x = np.stack((shared + own, right * shared + own)).astype(np.float32)
    y = CorrelationGuard(floor)(Audio(x, RATE)).samples
    windows = [y[:, at : at + RATE // 5] for at in range(RATE // 2, 2 * RATE, RATE // 5)]
    assert min(correlation(window) for window in windows) > floor - 0.05
    assert np.allclose(y.sum(axis=0), x.sum(axis=0), atol=1e-6)


def test_the_guard_leaves_what_is_sound_alone() -> None:
    rng = np.random.default_rng(6)
    shared, own = rng.standard_normal((2, RATE)) * 0.1
    x = Audio(np.stack((shared + 0.3 * own, shared - 0.3 * own)).astype(np.float32), RATE)
    assert np.allclose(CorrelationGuard(0.2)(x).samples[:, 9000:], x.samples[:, 9000:], atol=1e-6)
    guard = image.CorrelationGuard(RATE, floor=0.0)
    guard.process(np.stack((own, -own)))
    assert guard.width < 0.1


def test_pseudo_stereo_is_wide_and_keeps_mono() -> None:
    mono = noise(2 * RATE).samples[:1].repeat(2, 0)
    y = PseudoStereo(0.8)(Audio(mono, RATE)).samples
    assert np.allclose(y.sum(axis=0), mono.sum(axis=0), atol=1e-6)
    assert correlation(y) < 0.5
    low = PseudoStereo(0.8)(tone(40.0)).samples[:, RATE // 2 :]
    assert np.abs(low[0] - low[1]).max() < 0.01
    assert mono_loss_db(y) > 1.0
    assert (mono_loss_db(np.zeros((2, 9))), mono_loss_db(np.array([[1.0], [-1.0]]))) == (0, np.inf)


@given(st.sampled_from(ALL), st.integers(1, 65_536))
def test_blocks_of_any_size_are_the_whole(effect: Effect, size: int) -> None:
    audio = noise(min(66_000, 100 * size))
    blocks = np.concatenate(list(run((effect,), audio, size=size)), axis=1)
    assert np.abs(blocks - effect(audio).samples).max() < 1e-6


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (Width(1.0, 100.0), Width(0.0, 400.0)),
        (Width(), Width(0.5, 200.0)),
        (BandWidth(), BandWidth((100.0, 900.0), (1.0, 0.0, 2.0))),
        (MidSide(), MidSide(-6.0, 6.0)),
        (Balance(-1.0), Balance(1.0)),
        (Rotation(), Rotation(90.0)),
        (Haas(5.0), Haas(6.0, level_db=-9.0)),
        (CorrelationGuard(0.0), CorrelationGuard(0.9)),
        (PseudoStereo(0.0), PseudoStereo(1.0, 500.0)),
    ],
)
def test_settings_leap_without_a_click(start: Effect, end: Effect) -> None:
    x = tone(100.0, right=-0.2).samples
    process = start.open(RATE, 2)
    process.process(x)
    process.retune(end)
    y = np.concatenate([process.process(x[:, at : at + 1000]) for at in range(0, RATE, 1000)], 1)
    assert np.abs(np.diff(y[:, :-1000])).max() < 0.06
    settled = end(Audio(np.tile(x, 2), RATE)).samples[:, -2000:]
    assert np.allclose(y[:, -2000:], settled, atol=1e-3)


@pytest.mark.parametrize("effect", ALL)
def test_mono_stays_as_it_is_and_may_be_set_anew(effect: Effect) -> None:
    x = noise(500).samples[:1]
    process = effect.open(RATE, 1)
    process.retune(effect)
    assert np.array_equal(process.process(x), x)


def test_the_compiled_guard_is_what_is_written() -> None:
    x = np.random.default_rng(1).standard_normal((2, 60))
    outs = []
    for function in (image._run_guard, image._run_guard.py_func):
        y = x.copy()
        function(y, np.full(60, 0.4), np.full(3, 0.1), np.array([0.0, 0.0, 0.0, 1.0]))
        outs.append(y)
    assert np.allclose(*outs, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BandWidth((100.0,), (1.0,)), "there are 1 widths"),
        (lambda: BandWidth((100.0,), (1.0, -1.0)), "a width is -1"),
        (lambda: Balance(2.0), "balance is 2.0"),
        (lambda: Haas(51.0), "delay_ms is 51"),
        (lambda: Haas(channel="up"), "'up' is no channel"),
        (lambda: CorrelationGuard(1.0), "floor is 1"),
        (lambda: image.CorrelationGuard(RATE, floor=-0.1), "floor is -0.1"),
        (lambda: PseudoStereo(1.5), "amount of 1.5"),
        (lambda: BandWidth().open(RATE, 2).retune(BandWidth((9.0,), (1.0, 1.0))), "bands cannot"),
        (lambda: Haas().open(RATE, 2).retune(Haas(channel="left")), "channel of Haas cannot move"),
    ],
)
def test_what_cannot_be_set_is_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]
