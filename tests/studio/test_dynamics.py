"""Compressors and their kin as effects: side-chains, settings that move, parts of a mix."""

from typing import Any

import numpy as np
import pytest

from tapeloom.core.audio import Audio, Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Effect, Line, run
from tapeloom.studio.effects import (
    Band,
    Compressor,
    DeEsser,
    Expander,
    Gate,
    Limiter,
    TransientShaper,
)

RATE = 44_100
T = np.arange(RATE) / RATE
TONE = np.tile(0.3 * np.sin(2 * np.pi * 220 * T), (2, 1)).astype(np.float32)
MOVES: tuple[tuple[Effect, dict[str, tuple[float, float]]], ...] = (
    *(
        (
            Compressor(-30.0, ratio=4.0, attack_ms=0.02, release_ms=50.0, kind=kind),
            {
                "threshold_db": (-40.0, -10.0),
                "ratio": (1.0, 20.0),
                "knee_db": (0.0, 18.0),
                "attack_ms": (0.02, 80.0),
                "release_ms": (20.0, 900.0),
                "makeup_db": (-12.0, 12.0),
                "mix": (0.0, 1.0),
                "link": (0.0, 1.0),
                "range_db": (0.0, 30.0),
            },
        )
        for kind in ("digital", "vca", "fet", "opto", "vari_mu", "bus")
    ),
    (
        Expander(-5.0, attack_ms=5.0, release_ms=50.0),
        {
            "threshold_db": (-40.0, 0.0),
            "ratio": (1.0, 8.0),
            "range_db": (0.0, 40.0),
            "hold_ms": (0.0, 90.0),
            "hysteresis_db": (0.0, 9.0),
            "link": (0.0, 1.0),
        },
    ),
    (
        DeEsser(-60.0, low_hz=100.0, high_hz=900.0),
        {"threshold_db": (-60.0, 0.0), "ratio": (1.0, 20.0), "range_db": (0.0, 24.0)},
    ),
    (
        TransientShaper(),
        {"attack_db": (-20.0, 20.0), "sustain_db": (-20.0, 20.0), "attack_ms": (5.0, 90.0)},
    ),
)
CASES = [(effect, name, ends) for effect, moves in MOVES for name, ends in moves.items()]


def jumping(effect: Effect, name: str, ends: tuple[float, float]) -> Effect:
    """Set a setting back and forth at once, which automation spreads over its glide."""
    points = [(0.1 + 0.1 * k, ends[(k + m) % 2]) for k in range(8) for m in (0, 1)]
    return Automated(effect, ((name, Curve(((0.0, ends[0]), *points))),))


@pytest.mark.parametrize(("effect", "name", "ends"), CASES)
def test_a_setting_that_jumps_does_not_click(
    effect: Effect, name: str, ends: tuple[float, float]
) -> None:
    y = jumping(effect, name, ends)(Audio(TONE, RATE)).samples[0, RATE // 20 :]
    bend = np.abs(np.diff(y, 2)).max()
    # A few times the bend of the tone itself; a step of 1 dB between two samples is 100 times it.
    steady = np.abs(y).max() * (2 * np.pi * 220 / RATE) ** 2
    assert bend < 8.0 * steady


@pytest.mark.parametrize(("effect", "name", "ends"), CASES)
def test_a_setting_that_moves_moves_the_same_in_any_blocks(
    effect: Effect, name: str, ends: tuple[float, float]
) -> None:
    x = Audio(TONE[:, :9000] * np.float32(1.5), RATE)
    moving = Automated(effect, ((name, Curve(((0.0, ends[0]), (0.1, ends[1]), (0.15, ends[0])))),))
    whole = moving(x).samples
    for size in (1001, 64):
        blocks = np.concatenate(list(run((moving,), x, size=size)), axis=1)
        assert np.abs(blocks - whole).max() < 1e-6


def test_a_threshold_told_in_the_middle_of_a_stream_does_not_click() -> None:
    process = Compressor(0.0, ratio=20.0, attack_ms=0.01).open(RATE, 2)
    first = process.process(TONE[:, :20_000])
    process.retune(Compressor(-40.0, ratio=20.0, attack_ms=0.01, makeup_db=6.0))
    y = np.concatenate((first, process.process(TONE[:, 20_000:])), axis=1)[0]
    assert np.abs(y[-1000:]).max() < 0.05
    assert np.abs(np.diff(y, 2)).max() < 8 * np.abs(np.diff(TONE[0], 2)).max()


def test_an_automated_setting_arrives() -> None:
    fade = Automated(Compressor(-40.0, ratio=20.0), (("mix", Curve(((0.0, 0.0), (0.5, 1.0)))),))
    y = fade(Audio(TONE, RATE)).samples[0]
    assert np.abs(y[:2000]).max() == pytest.approx(0.3, rel=0.05)
    assert np.abs(y[-2000:]).max() == pytest.approx(
        np.abs(Compressor(-40.0, ratio=20.0)(Audio(TONE, RATE)).samples[0, -2000:]).max(), rel=0.01
    )


def pushed(chain: tuple[Effect, ...], x: Samples, key: Samples, size: int) -> Samples:
    line = Line(chain, rate=RATE, channels=2)
    parts: list[Any] = [
        line.push(x[:, at : at + size], {"kick": key[:, at : at + size]})
        for at in range(0, x.shape[1], size)
    ]
    return np.concatenate([*parts, line.finish()], axis=1)


@pytest.mark.parametrize("effect", [Compressor(-30.0, ratio=20.0, key="kick"), Gate(key="kick")])
@pytest.mark.parametrize("size", [700, 65_536])
def test_a_channel_rides_the_gain_of_another(effect: Effect, size: int) -> None:
    key = np.zeros((1, RATE), np.float32)
    key[:, 10_000:20_000] = 0.9 * np.sin(2 * np.pi * 100 * T[:10_000])
    # Behind a late effect the side-chain is still in time.
    y = np.abs(pushed((Limiter(), effect), TONE, key, size)[0])
    off, on = y[4000:9500].max(), y[14_000:19_000].max()
    assert (off > 5 * on) if isinstance(effect, Compressor) else (on > 5 * off)


def test_a_key_that_is_not_there_leaves_an_effect_with_its_own_sound() -> None:
    alone, keyed = (Compressor(-30.0, key=key)(Audio(TONE, RATE)) for key in (None, "kick"))
    assert np.array_equal(alone.samples, keyed.samples)


def test_bands_on_the_side_chain_can_be_set_anew() -> None:
    deaf = Compressor(-30.0, ratio=20.0, key_bands=(Band("high_pass", 5000.0),) * 2)
    process = deaf.open(RATE, 2)
    assert np.abs(process.process(TONE)[0, -1000:]).max() == pytest.approx(0.3, rel=0.02)
    process.retune(Compressor(-30.0, ratio=20.0))
    assert np.abs(process.process(TONE)[0, -1000:]).max() < 0.06


def test_a_look_ahead_cannot_be_automated() -> None:
    moving = Automated(Gate(), (("look_ahead_ms", Curve(((0.0, 1.0), (1.0, 5.0)))),))
    with pytest.raises(InputError, match="look_ahead_ms cannot change"):
        moving(Audio(TONE, RATE))


def test_compressors_as_they_were_called_before_are_digital() -> None:
    before = Compressor(-27.0, 2.5, 6.0, 12.0, 300.0, 2.5, 1.0)
    assert before == Compressor(
        threshold_db=-27.0,
        ratio=2.5,
        knee_db=6.0,
        attack_ms=12.0,
        release_ms=300.0,
        makeup_db=2.5,
        kind="digital",
    )
    told = Compressor(-18.0, 2.0, 6.0, 15.0, 150.0)(Audio(TONE, RATE)).samples
    assert np.array_equal(Compressor()(Audio(TONE, RATE)).samples, told)
