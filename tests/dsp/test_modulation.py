"""Chorus, flanger, vibrato, phaser, tremolo: notches, depths and speeds as theory has them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.dsp import delay_lines, modulation, phaser
from tapeloom.dsp.modulation import MovingDelay
from tapeloom.dsp.oscillator import SHAPES
from tapeloom.dsp.phaser import Phaser as AllPasses
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.effects import Chorus, Flanger, Phaser, Tremolo, Vibrato
from tests.dsp.test_space import cut, pitches, tone

RATE = 44_100


def response_db(effect: Any, hz: np.ndarray) -> np.ndarray:
    """The magnitude of an effect that stands still."""
    x = np.zeros((1, 2048), np.float32)
    x[0, 0] = 1.0
    y = effect(Audio(x, RATE)).samples[0].astype(np.float64)
    z = np.exp(-2j * np.pi * hz[:, None] / RATE * np.arange(y.size))
    return 20 * np.log10(np.abs(z @ y) + 1e-12)


def test_vibrato_swings_as_far_and_as_fast_as_asked() -> None:
    x = Audio((0.5 * tone(1000.0, 3.0)).astype(np.float32), RATE)
    y = Vibrato(rate_hz=5.0, depth_cents=40.0)(x).samples[0].astype(np.float64)
    cents = 1200 * np.log2(pitches(y)[RATE // 2 : -RATE // 2] / 1000.0)
    assert cents.max() == pytest.approx(40.0, abs=2.0)
    assert cents.min() == pytest.approx(-40.0, abs=2.0)
    spectrum = np.abs(np.fft.rfft(cents[: 2 * RATE - 10]))
    assert spectrum[1:40].argmax() + 1 == pytest.approx(5.0 * cents.size / RATE, abs=1)


def test_vibrato_without_depth_is_the_sound_itself() -> None:
    x = Audio(np.random.default_rng(0).uniform(-1, 1, (2, 5000)).astype(np.float32), RATE)
    assert np.allclose(Vibrato(depth_cents=0.0)(x).samples, x.samples, atol=1e-6)


def test_a_flanger_that_stands_still_is_a_comb() -> None:
    # 1 ms and its dry sound: notches at 500, 1500, 2500 Hz, peaks between.
    comb = Flanger(delay_ms=1.0, depth_ms=0.0, feedback=0.0, wet=0.5, dry=0.5)
    levels = response_db(comb, np.array([500.0, 1500.0, 2500.0, 1000.0, 2000.0]))
    assert (levels[:3] < -25).all()
    assert levels[3:] == pytest.approx(0.0, abs=0.05)
    sharp = response_db(replace(comb, feedback=0.8), np.array([1000.0]))
    assert sharp[0] == pytest.approx(20 * np.log10(0.5 + 0.5 / 0.2), abs=0.1)


@pytest.mark.parametrize("stages", [4, 6, 8, 12])
def test_a_phaser_has_half_as_many_notches_as_stages(stages: int) -> None:
    still = Phaser(stages=stages, low_hz=1000.0, high_hz=1000.0, feedback=0.0)
    # Each all-pass turns by 2 atan(tan(w/2) / tan(w0/2)); odd halves of a turn cancel the dry one.
    turns = (2 * np.arange(stages // 2) + 1) * np.pi / stages
    notches = RATE / np.pi * np.arctan(np.tan(turns / 2) * np.tan(np.pi * 1000 / RATE))
    assert (response_db(still, notches) < -60).all()
    grid = response_db(still, np.geomspace(20, 20_000, 1000))
    inner = grid[1:-1]
    assert np.sum((inner < grid[:-2]) & (inner < grid[2:]) & (inner < -12)) == stages // 2


def test_a_chorus_spreads_a_pitch_and_keeps_about_its_loudness() -> None:
    x = Audio(np.tile(0.3 * tone(880.0, 3.0), (2, 1)).astype(np.float32), RATE)
    y = Chorus()(x).samples
    levels = np.abs(np.fft.rfft(y[0] * np.hanning(y.shape[1])))
    centre = 880 * 3
    around = np.r_[centre - 40 : centre - 4, centre + 5 : centre + 41]
    plain = np.abs(np.fft.rfft(x.samples[0] * np.hanning(y.shape[1])))
    assert levels[around].max() > 100 * plain[around].max()
    assert 20 * np.log10(y.std() / x.samples.std()) == pytest.approx(1.0, abs=2.0)
    assert np.abs(y[0] - y[1]).max() > 0.05


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tremolo_goes_from_full_to_its_depth(shape: str) -> None:
    ones = Audio(np.ones((1, RATE), np.float32), RATE)
    y = Tremolo(rate_hz=4.0, depth=0.75, shape=shape)(ones).samples[0]
    assert y.max() == pytest.approx(1.0, abs=0.001)
    assert y.min() == pytest.approx(0.25, abs=0.001)
    assert np.abs(np.fft.rfft(y - y.mean()))[:40].argmax() == 4
    assert np.abs(np.diff(y)).max() < 0.01


def test_opposite_sides_pan_and_keep_their_sum() -> None:
    ones = Audio(np.ones((2, RATE), np.float32), RATE)
    y = Tremolo(rate_hz=2.0, depth=1.0, spread_degrees=180.0)(ones).samples
    assert y.sum(axis=0) == pytest.approx(1.0, abs=1e-5)
    assert y[0].argmax() != y[1].argmax()


EFFECTS: tuple[tuple[Any, dict[str, tuple[float, float]]], ...] = (
    (Chorus(), {"rate_hz": (0.3, 2.0), "depth_ms": (1.0, 3.0), "wet": (0.2, 0.6),
                "spread_degrees": (0.0, 120.0)}),
    (Flanger(), {"rate_hz": (0.2, 1.0), "depth_ms": (2.0, 4.0), "feedback": (-0.5, 0.5)}),
    (Phaser(), {"low_hz": (150.0, 400.0), "high_hz": (1000.0, 3000.0), "feedback": (-0.6, 0.6),
                "rate_hz": (0.2, 2.0), "wet": (0.1, 0.6)}),
    (Vibrato(), {"rate_hz": (4.0, 6.0), "depth_cents": (0.0, 40.0)}),
    (Tremolo(shape="square"), {"rate_hz": (1.0, 6.0), "depth": (0.1, 1.0)}),
)  # fmt: skip


@pytest.mark.parametrize(("effect", "moves"), EFFECTS, ids=lambda v: type(v).__name__)
def test_settings_jump_without_a_click(effect: Any, moves: dict[str, tuple[float, float]]) -> None:
    x = np.concatenate((0.3 * tone(220.0, 1.0), 0.3 * tone(330.0, 1.0))).astype(np.float32)
    curves = tuple(
        (name, Curve(((0.0, before), (0.6, before), (0.6, after))))
        for name, (before, after) in moves.items()
    )
    y = Automated(effect, curves)(Audio(x, RATE)).samples
    highs = sosfilt(butter(4, 6000, "highpass", fs=RATE, output="sos"), y.astype(np.float64))
    assert np.abs(highs[:, RATE // 2 : -2000]).max() < 0.3 * 10 ** (-50 / 20)


@pytest.mark.parametrize("effect", [effect for effect, _ in EFFECTS])
@given(sizes=st.lists(st.integers(1, 65_536), min_size=1, max_size=5))
@settings(max_examples=8)
def test_blocks_of_any_sizes_are_the_whole(effect: Any, sizes: list[int]) -> None:
    x = np.random.default_rng(7).uniform(-0.5, 0.5, (2, 12_000)).astype(np.float32)
    whole = effect.open(RATE, 2).process(x)
    work = effect.open(RATE, 2)
    parts, at = [], 0
    for size in cut(sizes, 12_000):
        parts.append(work.process(x[:, at : at + size]))
        at += size
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 1e-6


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Chorus(voices=7), "voices is 7"),
        (lambda: Chorus(depth_ms=8.0, delay_ms=5.0), "depth_ms is 8; it must be at most delay_ms"),
        (lambda: Flanger(feedback=1.0), "feedback is 1; it must lie between"),
        (lambda: Phaser(stages=5), "stages is 5; it must be even"),
        (lambda: AllPasses(RATE, 1, stages=14), "stages is 14"),
        (lambda: Tremolo(shape="saw"), "'saw' is no shape; choose one of sine"),
        (lambda: modulation.Tremolo(RATE, 1, shape="saw"), "'saw' is no shape"),
        (lambda: Vibrato(rate_hz=0.1, depth_cents=100.0), "lower depth_cents or raise rate_hz"),
        (lambda: Chorus().open(RATE, 2).retune(Chorus(voices=2)), "voices of Chorus cannot move"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_the_compiled_loops_are_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(9).standard_normal((2, 300))
    makers: tuple[Callable[[], Any], ...] = (
        lambda: MovingDelay(8000, 2, base_ms=4.0, depth_ms=3.0, feedback=0.4, voices=2),
        lambda: AllPasses(8000, 2, stages=4, low_hz=200.0, high_hz=900.0),
    )
    expected = [make().process(x) for make in makers]
    monkeypatch.setattr(modulation, "_read_moving", modulation._read_moving.py_func)
    monkeypatch.setattr(modulation, "lagrange", delay_lines.lagrange.py_func)
    monkeypatch.setattr(phaser, "_sweep", phaser._sweep.py_func)
    for make, y in zip(makers, expected, strict=True):
        assert np.allclose(make().process(x), y, atol=1e-9)
