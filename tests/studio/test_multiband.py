"""Multiband chains: untouched bands give the sound back, bands stay together, keys are heard."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.audio import Audio, Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Line, Process, run
from tapeloom.studio.effects import (
    Band,
    Compressor,
    Duck,
    Equalizer,
    Gain,
    Limiter,
    Multiband,
    Saturation,
    Width,
)
from tapeloom.studio.effects.work import Work

RATE = 44_100
CUTS = (200.0, 2500.0)
CHAINS = (
    (Compressor(threshold_db=-30.0, ratio=3.0),),
    (Saturation(6.0), Limiter(-3.0)),
    (Width(0.5), Equalizer((Band("bell", 6000.0, 3.0),))),
)


def noise(frames: int) -> Audio:
    x = np.random.default_rng(frames).uniform(-0.5, 0.5, (2, frames))
    return Audio(x.astype(np.float32), RATE)


def test_untouched_linear_bands_give_the_sound_back() -> None:
    audio = noise(40_000)
    y = Multiband(CUTS, ((), (), ()), phase="linear")(audio).samples
    assert np.abs(y - audio.samples).max() < 10 ** (-120 / 20)


@pytest.mark.parametrize("order", [2, 4, 8])
def test_untouched_bands_of_least_phase_have_a_flat_sum(order: int) -> None:
    x = np.zeros((1, 65_536), np.float32)
    x[0, 0] = 1.0
    y = Multiband(CUTS, ((), (), ()), order=order)(Audio(x, RATE)).samples[0]
    response = 20 * np.log10(abs(np.fft.rfft(y)))
    assert np.abs(response[20:-20]).max() < 0.01


def test_late_chains_keep_the_bands_together() -> None:
    audio = Audio(noise(60_000).samples * 0.01, RATE)
    late = ((Limiter(0.0), Limiter(0.0)), (), (Limiter(0.0),))
    y = Multiband(CUTS, late, phase="linear")(audio).samples
    assert np.abs(y - audio.samples).max() < 1e-6


@given(st.sampled_from(["minimum", "linear"]), st.integers(1, 65_536))
@settings(max_examples=6)
def test_blocks_of_any_size_are_the_whole(phase: str, size: int) -> None:
    audio = noise(min(66_000, 150 * size))
    effect = Multiband(CUTS, CHAINS, (1.0, 0.0, -2.0), phase=phase)
    blocks = np.concatenate(list(run((effect,), audio, size=size)), axis=1)
    assert np.abs(blocks - effect(audio).samples).max() < 1e-6


def test_solo_mute_and_gain() -> None:
    audio = noise(30_000)
    empty = ((), (), ())
    alone = [Multiband(CUTS, empty, soloed=(band,))(audio).samples for band in range(3)]
    assert np.allclose(sum(alone), Multiband(CUTS, empty)(audio).samples, atol=1e-6)
    muted = Multiband(CUTS, empty, muted=(0, 2))(audio).samples
    assert np.allclose(muted, alone[1], atol=1e-6)
    louder = Multiband(CUTS, empty, (0.0, 6.0, 0.0), soloed=(1,))(audio).samples
    assert np.allclose(louder, alone[1] * 10 ** (6 / 20), atol=1e-5)


def test_a_duck_in_a_late_band_ducks_in_time() -> None:
    ones = Audio(np.full((2, 60_000), 0.1, np.float32), RATE)
    chains = ((Limiter(0.0), Duck((0.5,), 12.0)), ())
    y = Multiband((200.0,), chains, phase="linear")(ones).samples[0]
    assert y.argmin() == pytest.approx(0.5 * RATE, abs=200)


@dataclass(frozen=True, slots=True)
class Listens(Effect):
    """Returns its side-chain."""

    key: str | None = "drums"

    def open(self, rate: int, channels: int) -> Process:
        heard: list[Samples] = []
        return Work(lambda block: heard.pop(0), hear=heard.append)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@pytest.mark.parametrize("size", [100, 4096, 30_000])
def test_a_band_hears_the_side_chain_in_time(phase: str, size: int) -> None:
    audio = noise(30_000)
    key = np.random.default_rng(9).uniform(-1, 1, (2, 30_000)).astype(np.float32)
    effect = Multiband((500.0,), ((Limiter(6.0), Listens()), ()), muted=(1,), phase=phase)
    line = Line((effect,), rate=RATE, channels=2)
    parts = [
        line.push(audio.samples[:, at : at + size], {"drums": key[:, at : at + size]})
        for at in range(0, 30_000, size)
    ]
    assert np.allclose(np.concatenate([*parts, line.finish()], axis=1), key, atol=1e-6)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
def test_cuts_gains_and_effects_move_without_clicks(phase: str) -> None:
    t = np.arange(3 * RATE) / RATE
    x = (0.3 * np.sin(2 * np.pi * 150 * t))[None].repeat(2, 0).astype(np.float32)
    first = Multiband((100.0, 2000.0), ((), (Gain(0.0),), ()), phase=phase)
    second = Multiband((300.0, 5000.0), ((), (Gain(-3.0),), ()), (6.0, 0.0, 0.0), phase=phase)
    process = first.open(RATE, 2)
    y = [process.process(x[:, :RATE])]
    process.retune(second)
    y.append(process.process(x[:, RATE:]))
    moved = np.concatenate(y, axis=1)[:, 2 * process.latency :]
    assert np.abs(np.diff(moved[:, RATE // 2 :])).max() < 0.06
    fresh = second(Audio(x, RATE)).samples
    assert np.abs(moved[:, -9000:]).max() == pytest.approx(np.abs(fresh[:, -9000:]).max(), rel=0.01)


def test_what_cannot_be_is_refused() -> None:
    whole = Multiband(CUTS, ((), (), ()))
    for changes, message in (
        ({"chains": ((), ())}, "2 chains"),
        ({"gains_db": (1.0,)}, "1 gains"),
        ({"muted": (3,)}, "between 0 and 2"),
        ({"phase": "none"}, "'none' is no phase"),
        ({"order": 5}, "order is 5"),
        ({"cutoffs_hz": (300.0, 200.0)}, "must rise"),
        ({"chains": ((Listens("a"),), (Listens("b"),), ())}, "listen to a, b"),
    ):
        with pytest.raises(InputError, match=message):
            replace(whole, **changes)
    process = whole.open(RATE, 2)
    with pytest.raises(InputError, match="order cannot change"):
        process.retune(replace(whole, order=8))
    with pytest.raises(InputError, match="effects of a chain cannot change"):
        process.retune(replace(whole, chains=((Gain(),), (), ())))
