"""Expander, gate, de-esser and transient shaper: their laws, and what must not break them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.dsp import gates
from tapeloom.dsp.deesser import DeEsser
from tapeloom.dsp.filters import high_pass
from tapeloom.dsp.gates import Gate
from tapeloom.dsp.transients import TransientShaper

from .riding import NASTY, gain_db, in_blocks, nasty, time_ms, tone

RATE = 48_000
RIDERS: dict[str, Any] = {
    "expander": lambda: Gate(RATE, 2, threshold_db=-20.0, ratio=2.0, hysteresis_db=0.0, link=0.5),
    "gate": lambda: Gate(RATE, 2, threshold_db=-20.0, look_ahead_ms=1.0),
    "de-esser": lambda: DeEsser(RATE, 2, threshold_db=-20.0),
    "early de-esser": lambda: DeEsser(RATE, 2, threshold_db=-20.0, look_ahead_ms=2.0),
    "wide de-esser": lambda: DeEsser(RATE, 2, threshold_db=-20.0, split=False, look_ahead_ms=2.0),
    "transients": lambda: TransientShaper(RATE, 2, attack_db=9.0, sustain_db=-9.0),
}
every_rider = pytest.mark.parametrize("name", RIDERS)


def steady_gain_db(work: Any, x: np.ndarray) -> float:
    return float(gain_db(x, work.process(x))[-RATE // 10 :].mean())


@pytest.mark.parametrize(("level_db", "gain"), [(-70, -24), (-50, -20), (-45, -10), (-30, 0)])
def test_an_expander_lowers_by_its_ratio_and_no_further_than_its_range(
    level_db: float, gain: float
) -> None:
    work = Gate(RATE, 1, threshold_db=-40, ratio=3, range_db=24, hysteresis_db=0, hold_ms=0)
    assert steady_gain_db(work, tone([(level_db, 1.0)], 997.0, RATE)) == pytest.approx(
        gain, abs=0.1
    )


def test_a_gate_opens_and_shuts_in_the_time_that_is_set() -> None:
    x = tone([(-70.0, 0.3), (-10.0, 0.5), (-70.0, 1.0)], 5000.0, RATE)
    asked = {"range_db": 40.0, "attack_ms": 5.0, "hold_ms": 0.0, "release_ms": 100.0}
    gain = gain_db(x, Gate(RATE, 1, threshold_db=-40.0, **asked).process(x))
    assert gain[round(0.29 * RATE)] == pytest.approx(-40.0, abs=0.01)
    opening, closing = gain[round(0.3 * RATE) :], gain[round(0.8 * RATE) :]
    assert time_ms(opening, RATE, to_db=0.0) == pytest.approx(5.0, rel=0.05)
    assert time_ms(closing, RATE, to_db=-40.0) == pytest.approx(100.0, rel=0.05)


@pytest.mark.parametrize("hold_ms", [50.0, 200.0])
def test_a_gate_stays_open_for_its_hold(hold_ms: float) -> None:
    x = tone([(-10.0, 0.3), (-70.0, 1.0)], 5000.0, RATE)
    work = Gate(RATE, 1, threshold_db=-40.0, hold_ms=hold_ms, release_ms=1.0)
    gain = gain_db(x, work.process(x))[round(0.3 * RATE) :]
    assert time_ms(gain, RATE, to_db=-60.0, share=0.01) == pytest.approx(hold_ms, abs=2.0)


def test_hysteresis_keeps_a_gate_from_chattering() -> None:
    levels = [(-10.0, 0.2), *[(-38.5, 0.05), (-41.5, 0.05)] * 10]
    x = tone(levels, 2000.0, RATE)
    for hysteresis_db, changes in ((0.0, True), (4.0, False)):
        asked = {"hysteresis_db": hysteresis_db, "hold_ms": 0.0, "release_ms": 5.0}
        gain = gain_db(x, Gate(RATE, 1, threshold_db=-40.0, **asked).process(x))
        assert (gain[round(0.2 * RATE) :].min() < -20.0) == changes


def test_looking_ahead_opens_a_gate_before_the_stroke() -> None:
    x = tone([(-80.0, 0.2), (-6.0, 0.2)], 1000.0, RATE)
    firsts = []
    for look_ahead_ms in (0.0, 5.0):
        work = Gate(RATE, 1, threshold_db=-30.0, attack_ms=1.0, look_ahead_ms=look_ahead_ms)
        y = work.process(x)
        at = round(0.2 * RATE) + work.latency
        firsts.append(np.abs(y[0, at : at + 24]).max())
    assert firsts[0] < 0.05
    assert firsts[1] > 0.45


def test_a_key_opens_a_gate_and_a_filter_keeps_the_bass_from_it() -> None:
    soft, loud = np.full((1, RATE), 0.001), tone([(-6.0, 1.0)], 50.0, RATE)
    assert gain_db(soft, Gate(RATE, 1).process(soft, loud))[-1] == pytest.approx(0.0, abs=0.01)
    filtered = Gate(RATE, 1, key_sections=[high_pass(2000.0, RATE)] * 2)
    assert gain_db(soft, filtered.process(soft, loud))[-1] < -50.0
    filtered.retune()
    assert gain_db(soft, filtered.process(soft, loud))[-1] == pytest.approx(0.0, abs=0.01)


def voice(level_db: float) -> np.ndarray:
    """A vowel of low partials, then a hiss around 6.5 kHz."""
    t = np.arange(RATE) / RATE
    vowel = sum(np.sin(2 * np.pi * 180 * k * t) / k**1.5 for k in range(1, 16))
    hiss = np.random.default_rng(4).standard_normal(RATE)
    spectrum = np.fft.rfft(hiss)
    hz = np.fft.rfftfreq(RATE, 1 / RATE)
    hiss = np.fft.irfft(np.where((hz > 5000) & (hz < 8500), spectrum, 0))
    x = np.concatenate((vowel / np.abs(vowel).max(), 0.5 * hiss / np.abs(hiss).max()))
    return 10 ** (level_db / 20) * x[None]


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize("level_db", [0.0, -40.0])
def test_a_de_esser_takes_down_hiss_and_no_vowel_at_any_level(split: bool, level_db: float) -> None:
    x = voice(level_db)
    y = DeEsser(RATE, 1, split=split).process(x)
    vowel, hiss = slice(9600, RATE), slice(RATE + 4800, None)
    assert np.abs(y[0, vowel] - x[0, vowel]).max() < 0.005 * np.abs(x[0, vowel]).max()
    lowered = 10 * np.log10(np.square(y[0, hiss]).sum() / np.square(x[0, hiss]).sum())
    assert -8.0 < lowered < -4.5


def test_a_split_de_esser_leaves_the_bass_under_the_hiss() -> None:
    x = voice(0.0)[:, RATE:] + 0.02 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)
    both = [DeEsser(RATE, 1, split=split).process(x)[0, 4800:] for split in (True, False)]
    found = [np.abs(np.fft.rfft(y * np.hanning(y.size)))[90] for y in (x[0, 4800:], *both)]
    assert found[1] == pytest.approx(found[0], rel=0.03)
    assert found[2] < 0.7 * found[0]


@pytest.mark.parametrize("split", [True, False])
def test_a_de_esser_that_has_nothing_to_do_only_delays(split: bool) -> None:
    x = nasty("noise", 9000)
    work = DeEsser(RATE, 2, threshold_db=0.0, split=split, look_ahead_ms=5.0)
    assert work.latency == 240
    assert np.allclose(work.process(x)[:, 240:], x[:, :-240], atol=1e-12)


def strokes(level_db: float) -> np.ndarray:
    n = np.arange(RATE // 2)
    stroke = np.exp(-n / (0.08 * RATE)) * np.sin(2 * np.pi * 800 * n / RATE)
    return 10 ** (level_db / 20) * np.tile(stroke, 3)[None]


@pytest.mark.parametrize("level_db", [0.0, -30.0])
def test_a_transient_shaper_works_alike_at_any_level(level_db: float) -> None:
    x = strokes(level_db)
    begin = RATE // 2 * 2
    harder = gain_db(x, TransientShaper(RATE, 1, attack_db=8.0).process(x))[begin:]
    assert harder[: RATE // 100].max() == pytest.approx(8.0, abs=0.5)
    assert harder[RATE // 8] < 2.0
    assert harder[RATE // 3] == pytest.approx(0.0, abs=0.1)
    drier = gain_db(x, TransientShaper(RATE, 1, sustain_db=-8.0).process(x))[begin:]
    assert drier[: RATE // 200].max() > -1.0
    assert -8.01 < drier[RATE // 4] < -6.0


def test_a_transient_shaper_leaves_a_steady_tone_and_at_zero_everything() -> None:
    x = tone([(-12.0, 2.0)], 440.0, RATE)
    work = TransientShaper(RATE, 1, attack_db=12.0, sustain_db=12.0)
    assert steady_gain_db(work, x) == pytest.approx(0.0, abs=0.05)
    assert np.array_equal(TransientShaper(RATE, 1).process(strokes(0.0)), strokes(0.0))


@every_rider
@pytest.mark.parametrize("kind", NASTY)
def test_nothing_breaks_it(name: str, kind: str) -> None:
    x = nasty(kind, 20_000)
    y = RIDERS[name]().process(x)
    assert np.isfinite(y).all()
    assert np.abs(y).max() <= np.abs(x).max() * 3.0
    assert RIDERS[name]().process(x[:, :1]).shape == (2, 1)
    assert RIDERS[name]().process(x[:, :0]).shape == (2, 0)


@every_rider
@given(sizes=st.lists(st.integers(1, 65_536), min_size=1, max_size=4))
@settings(max_examples=12)
def test_blocks_of_any_size_give_the_whole(name: str, sizes: list[int]) -> None:
    x = nasty("bursts", min(70_000, 200 * len(sizes) * min(sizes)))
    parts = in_blocks(RIDERS[name]().process, x, sizes)
    assert np.abs(parts - RIDERS[name]().process(x)).max() < 1e-6


def test_what_cannot_change_in_a_stream_is_refused() -> None:
    for work in (Gate(RATE, 1), DeEsser(RATE, 1), TransientShaper(RATE, 1)):
        with pytest.raises(InputError, match="look_ahead_ms cannot change from"):
            work.retune(look_ahead_ms=2.0)
    with pytest.raises(InputError, match="low_hz cannot change"):
        DeEsser(RATE, 1).retune(low_hz=3000.0)


def test_the_compiled_kernel_is_what_is_written() -> None:
    levels = np.random.default_rng(1).uniform(-60, 0, 200).cumsum() % -60.0
    before, after = np.array([-30.0, 1.0, 20.0]), np.array([-20.0, 1e6, 60.0])
    fixed = np.array([3.0, 2.0, 0.5, 0.1])
    one, two = np.empty(200), np.empty(200)
    states = np.array([0.0, 0.0, 20.0]), np.array([0.0, 0.0, 20.0])
    gates._open_and_close(levels, before, after, 5, 0.02, fixed, states[0], one)
    gates._open_and_close.py_func(levels, before, after, 5, 0.02, fixed, states[1], two)
    assert np.allclose(one, two)
    assert np.allclose(*states)
    assert one.min() == pytest.approx(0.0, abs=1.0)
    assert math.isclose(min(one.max(), 60.0), one.max())
