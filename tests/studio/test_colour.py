"""Machines with an amount: what 0 leaves, what moves, what any block and any input does."""

import dataclasses
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.dsp.filters import Biquads, high_pass
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import run
from tapeloom.studio.effects import (
    CRUSHERS,
    RADIOS,
    TAPES,
    TRANSFORMERS,
    TUBES,
    VINYLS,
    Cassette,
    Crusher,
    Radio,
    TapeMachine,
    Transformer,
    Tube,
    Vinyl,
)
from tapeloom.studio.effects.amount import Colour

RATE = 44_100
# Each with all of its noise, for what must hold whatever is drawn.
NOISY: tuple[Colour, ...] = (
    TapeMachine(hiss_db=-50.0, dropouts_per_minute=60.0),
    Cassette(),
    Tube(),
    Transformer(),
    Crusher(dither=0.5, tune=3.0),
    Vinyl(),
    Radio(),
)
# Each without noise and without a pitch that wanders, so that clicks show.
STILL: tuple[Colour, ...] = (
    TapeMachine(wow_percent=0.0, flutter_percent=0.0),
    Tube(),
    Transformer(),
    Crusher(bits=24.0, rate_hz=44_100.0),
    Vinyl(crackle_db=-120.0, hiss_db=-120.0, rumble_db=-120.0, wow_percent=0.0),
    Radio(noise_db=-120.0, static_db=-120.0, fading_db=0.0),
)
# Where each setting jumps to. Bits and rates of the crusher are steps by nature.
JUMPS = {
    "amount": 0.0, "drive_db": 12.0, "bias": 0.1, "saturation": 1.0, "speed_ips": 1.875,
    "spacing_um": 5.0, "coating_um": 1.0, "gap_um": 10.0, "face_mm": 2.0, "bump_db": 6.0,
    "wow_percent": 0.3, "wow_hz": 3.0, "flutter_percent": 0.3, "flutter_hz": 50.0,
    "bias_v": -2.5, "grid": 1.0, "recover_ms": 500.0, "core_hz": 200.0, "resonance_hz": 5000.0,
    "resonance_db": 5.0, "anti_alias": 1.0, "cutoff_hz": 500.0, "resonance": 0.9, "wear": 1.0,
    "inner": 1.0, "rpm": 45.0, "level_db": 12.0, "mono_below_hz": 500.0, "high_hz": 1000.0,
    "squash": 1.0, "emphasis_us": 50.0, "companding": 1.0, "mono": 0.0, "fading_db": 20.0,
}  # fmt: skip


def named(effects: Iterable[Colour]) -> list[str]:
    return [type(effect).__name__ for effect in effects]


def music(channels: int, frames: int, rate: int = RATE) -> Audio:
    x = np.random.default_rng(frames).uniform(-0.5, 0.5, (channels, frames))
    return Audio(x.astype(np.float32), rate)


@pytest.mark.parametrize("effect", NOISY, ids=named(NOISY))
@pytest.mark.parametrize("channels", [1, 2])
def test_an_amount_of_0_is_the_sound_itself_bit_by_bit(effect: Colour, channels: int) -> None:
    x = music(channels, 9000)
    assert np.array_equal(dataclasses.replace(effect, amount=0.0)(x).samples, x.samples)


@pytest.mark.parametrize("effect", STILL, ids=named(STILL))
def test_less_is_nearer_to_the_sound(effect: Colour) -> None:
    t = np.arange(RATE) / RATE
    chord = sum(0.1 * np.sin(2 * np.pi * hz * t) for hz in (110, 275, 660, 1980, 5500))
    x = Audio(np.stack((chord, 0.8 * chord)).astype(np.float32), RATE)
    away = [
        np.std((dataclasses.replace(effect, amount=amount)(x).samples - x.samples)[:, 9000:])
        for amount in (0.0, 0.03, 0.3, 1.0)
    ]
    assert away[0] == 0.0
    assert away == sorted(away)


@pytest.mark.parametrize("effect", NOISY, ids=named(NOISY))
@given(
    sizes=st.integers(1, 65_536),
    frames=st.integers(1, 6000),
    amount=st.sampled_from([0.02, 0.5, 1.0]),
)
@settings(max_examples=6)
def test_blocks_of_any_size_are_the_whole(
    effect: Colour, sizes: int, frames: int, amount: float
) -> None:
    effect = dataclasses.replace(effect, amount=amount)
    x = music(2, frames)
    size = max(sizes, frames // 40 + 1) if frames > 200 else sizes
    blocks = np.concatenate(list(run((effect,), x, size=size)), axis=1)
    assert np.abs(blocks - effect(x).samples).max() <= 1e-6


@pytest.mark.parametrize("effect", NOISY, ids=named(NOISY))
@pytest.mark.parametrize("size", [1, 63, 5000])
def test_a_curve_is_the_same_in_any_blocks(effect: Colour, size: int) -> None:
    x = music(2, 300 if size == 1 else 5000)
    coming = Curve(((0.0, 0.0), (0.005, 0.0), (0.01, 1.0), (0.08, 0.0), (0.1, 0.5)))
    moving = Automated(effect, (("amount", coming),))
    blocks = np.concatenate(list(run((moving,), x, size=size)), axis=1)
    assert np.abs(blocks - moving(x).samples).max() <= 1e-6


@pytest.mark.parametrize(
    ("effect", "name"),
    [
        (effect, field.name)
        for effect in STILL
        for field in dataclasses.fields(effect)  # type: ignore[arg-type]
        if field.name in JUMPS
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_setting_that_jumps_does_not_click(effect: Colour, name: str) -> None:
    t = np.arange(13_000) / RATE
    tone = np.stack((0.5 * np.sin(2 * np.pi * 100 * t), 0.4 * np.sin(2 * np.pi * 100 * t + 1.0)))
    x = Audio(tone.astype(np.float32), RATE)
    was, to = getattr(effect, name), JUMPS[name]
    curve = Curve(((0.0, was), (0.15, was), (0.15, to)))
    y = Automated(effect, ((name, curve),))(x).samples
    high = Biquads([high_pass(5000.0, RATE)] * 4, channels=2).process(y)
    there = dataclasses.replace(effect, **{name: to})(x).samples
    steady = Biquads([high_pass(5000.0, RATE)] * 4, channels=2).process(there)[:, 5000:]
    # Of a tone of 100 Hz at -6 dBFS nothing is heard above 5 kHz, where a click has most.
    assert np.abs(high[:, 5000:]).max() < max(10 ** (-58 / 20), 2 * np.abs(steady).max())
    assert np.isfinite(y).all()


@pytest.mark.parametrize("effect", NOISY, ids=named(NOISY))
@pytest.mark.parametrize("kind", ["impulse", "square", "silence", "one sample"])
def test_hostile_sounds_come_out_finite(effect: Colour, kind: str) -> None:
    x = np.zeros((2, 1 if kind == "one sample" else 6000), np.float32)
    if kind == "square":
        x[:] = np.sign(np.sin(np.arange(6000) * 0.02))
    elif kind != "silence":
        x[:, 0] = 1.0
    y = effect(Audio(x, RATE)).samples
    assert y.shape == x.shape
    assert np.isfinite(y).all()
    assert np.abs(y).max() < 4.0


@pytest.mark.parametrize("effect", NOISY, ids=named(NOISY))
@pytest.mark.parametrize("rate", [8000, 48_000, 192_000])
def test_every_rate(effect: Colour, rate: int) -> None:
    y = effect(music(2, 3000, rate)).samples
    assert np.isfinite(y).all()
    assert y.any()


@pytest.mark.parametrize("effect", NOISY, ids=named(NOISY))
def test_the_sound_stays_in_time(effect: Colour) -> None:
    effect = dataclasses.replace(effect, amount=0.3)
    t = np.arange(20_000)
    pulse = 0.3 * np.exp(-(((t - 10_000) / 60.0) ** 2))[None].repeat(2, 0).astype(np.float32)
    y = effect(Audio(pulse, RATE)).samples.sum(axis=0)
    assert abs(int(y.argmax()) - 10_000) < 45  # a millisecond: tape wanders


def test_one_seed_is_one_noise_and_cannot_move() -> None:
    x = music(2, 5000)
    for make in (Cassette, Vinyl, Radio):
        assert np.array_equal(make(seed=3)(x).samples, make(seed=3)(x).samples)
        assert not np.array_equal(make(seed=3)(x).samples, make(seed=4)(x).samples)
        moving = Automated(make(seed=1), (("seed", Curve(((0.0, 1.0), (1.0, 9.0)))),))
        with pytest.raises(InputError, match=f"seed of {make.__name__} cannot move"):
            moving(x)


@pytest.mark.parametrize(
    "preset",
    [preset for table in (TAPES, TUBES, TRANSFORMERS, CRUSHERS, VINYLS, RADIOS)
     for preset in table.values()],
)  # fmt: skip
def test_every_preset_sounds(preset: Colour) -> None:
    y = preset(music(2, 2500)).samples
    assert np.isfinite(y).all()
    assert y.std() > 0.01


@pytest.mark.parametrize("make", [TapeMachine, Tube, Transformer, Crusher, Vinyl, Radio])
def test_an_amount_lies_between_0_and_1(make: type[Colour]) -> None:
    with pytest.raises(InputError, match=r"amount is 1\.5; it must lie between 0 and 1"):
        make(amount=1.5)  # type: ignore[call-arg]
