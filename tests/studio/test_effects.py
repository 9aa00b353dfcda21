"""One table, every effect: silence, mono, one sample, nothing, long, blocks and the whole."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tapeloom.studio
from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.studio.automation import Curve
from tapeloom.studio.chain import Effect, Line, ahead, apply, rebatch, run
from tapeloom.studio.effects import (
    Balance,
    Band,
    BandWidth,
    Blur,
    Cassette,
    Chorus,
    Compressor,
    Convolution,
    CorrelationGuard,
    Crusher,
    DeEsser,
    Duck,
    Ducker,
    Dynamics,
    Echo,
    Equalizer,
    Expander,
    Filter,
    Flanger,
    Freeze,
    Gain,
    Gate,
    Haas,
    Limiter,
    MidSide,
    Morph,
    Multiband,
    Pan,
    Phaser,
    PingPong,
    PseudoStereo,
    Radio,
    Reverb,
    Ride,
    Rotation,
    Saturation,
    SpectralGate,
    Tape,
    TapeDelay,
    TapeMachine,
    Transformer,
    TransientShaper,
    Tremolo,
    Tube,
    Vibrato,
    Vinyl,
    Width,
)

RATE = 44_100
ROOM = Audio(np.geomspace(1.0, 0.001, 9000, dtype=np.float32)[None] * np.float32(0.01), RATE)
EFFECTS: tuple[Effect, ...] = (
    Gain(-3.0),
    Pan(0.4),
    Equalizer((Band("high_pass", 80.0), Band("bell", 900.0, 3.0), Band("low_shelf", 200.0, -2.0))),
    Equalizer((Band("low_pass", 40_000.0), Band("high_shelf", 4000.0, 2.0))),
    Equalizer(
        (
            Band("high_pass", 40.0, slope_db=30, channel="side"),
            Band("bell", 2000.0, 1.0, dynamics=Dynamics()),
            Band("notch", 300.0, channel="left"),
        )
    ),
    Equalizer((Band("high_pass", 80.0), Band("tilt", 900.0, 3.0, channel="mid")), "linear"),
    Filter("band_pass", 700.0, q=0.3),
    Compressor(threshold_db=-30.0, ratio=4.0, makeup_db=3.0, mix=0.7),
    Compressor(-30.0, kind="vca", link=0.3, key_bands=(Band("high_pass", 120.0),)),
    Compressor(-30.0, kind="fet", auto_makeup=True),
    Compressor(-30.0, kind="opto", look_ahead_ms=3.0),
    Compressor(-30.0, kind="vari_mu", auto_release=True),
    Compressor(-10.0, kind="bus", upward=True),
    Expander(threshold_db=-6.0),
    Gate(threshold_db=-8.0, hold_ms=2.0, look_ahead_ms=1.0),
    DeEsser(threshold_db=-20.0, look_ahead_ms=2.0),
    DeEsser(threshold_db=-20.0, split=False),
    TransientShaper(attack_db=6.0, sustain_db=-6.0),
    Limiter(-12.0),
    Limiter(-18.0, 40.0, lookahead_ms=1.0, programme=1.0, clipper="soft", clip_over_db=1.0),
    Multiband(
        (200.0, 3000.0),
        ((Compressor(threshold_db=-30.0),), (Saturation(4.0),), (Width(1.3),)),
        (0.0, 1.0, 0.0),
    ),
    Multiband((900.0,), ((Limiter(-9.0),), ()), phase="linear", order=8),
    Saturation(9.0),
    Tape(seed=3),
    Reverb(decay_s=0.6, dry=1.0),
    Reverb(decay_s=0.6),
    Echo(time_ms=30.0),
    Duck((0.01, 0.2, 0.25), 6.0),
    Ducker(threshold_db=-20.0, depth_db=6.0),
    Filter("low_pass", 900.0),
    Ride(Curve(((0.0, -6.0), (0.3, 0.0), (0.5, -20.0)))),
    Filter("high_pass", 300.0, q=2.0),
    Width(0.5, mono_below_hz=120.0),
    *(Reverb(decay_s=0.4, kind=kind, width=1.2) for kind in ("room", "plate", "hall", "spring")),
    TapeDelay(time_ms=30.0, duck_db=6.0),
    PingPong(time_ms=25.0),
    Convolution(ROOM, predelay_ms=2.0),
    Chorus(),
    Flanger(),
    Vibrato(),
    Phaser(),
    Tremolo(shape="optical", spread_degrees=180.0),
    Freeze(0.3),
    Blur(seed=5, blur_ms=100.0),
    SpectralGate(-40.0),
    Morph(0.3),
    BandWidth(),
    MidSide(1.0, -2.0),
    Balance(-0.2),
    Rotation(10.0),
    Haas(),
    CorrelationGuard(0.5),
    PseudoStereo(),
    TapeMachine(drive_db=6.0),
    Cassette(amount=0.05, hiss_db=-120.0),
    Tube(drive_db=6.0),
    Transformer(),
    Crusher(bits=8.0, tune=3.0, cutoff_hz=9000.0),
    Vinyl(crackle_db=-120.0, hiss_db=-120.0, rumble_db=-120.0),
    Radio(noise_db=-120.0, static_db=-120.0),
)
NAMES = [f"{type(effect).__name__}{i}" for i, effect in enumerate(EFFECTS)]
every_effect = pytest.mark.parametrize("effect", EFFECTS, ids=NAMES)


def noise(channels: int, frames: int) -> Audio:
    x = np.random.default_rng(frames).uniform(-0.5, 0.5, (channels, frames))
    return Audio(x.astype(np.float32), RATE)


@every_effect
def test_settings_are_values(effect: Effect) -> None:
    assert dataclasses.replace(effect) == effect  # type: ignore[type-var]
    assert len({effect, dataclasses.replace(effect)}) == 1  # type: ignore[type-var]
    assert not hasattr(effect, "__dict__")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(effect, dataclasses.fields(effect)[0].name, 1)  # type: ignore[arg-type]


@every_effect
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [0, 1, 2, 70_000])
def test_length_and_shape_stay(effect: Effect, channels: int, frames: int) -> None:
    y = effect(noise(channels, frames))
    assert (y.channels, y.frames, y.rate) == (channels, frames, RATE)
    assert np.isfinite(y.samples).all()
    assert frames < 100 or y.samples.any()


@every_effect
@pytest.mark.parametrize("channels", [1, 2])
def test_silence_stays_silent(effect: Effect, channels: int) -> None:
    assert not effect(Audio(np.zeros((channels, 30_000), np.float32))).samples.any()


@every_effect
@pytest.mark.parametrize("size", [1000, 8192, 20_011])
def test_one_pass_over_blocks_is_one_pass_over_the_whole(effect: Effect, size: int) -> None:
    audio = noise(2, 40_000)
    blocks = list(run((effect,), audio, size=size))
    assert {block.shape[1] for block in blocks[:-1]} <= {size}
    assert np.allclose(np.concatenate(blocks, axis=1), effect(audio).samples, atol=1e-6)


@every_effect
def test_an_effect_at_work_twice_does_the_same_twice(effect: Effect) -> None:
    audio = noise(2, 9000)
    assert np.array_equal(effect(audio).samples, effect(audio).samples)


@every_effect
@pytest.mark.parametrize("rate", [8_000, 96_000])
def test_other_rates(effect: Effect, rate: int) -> None:
    y = effect(Audio(noise(2, 5000).samples, rate))
    assert np.isfinite(y.samples).all()


@pytest.mark.slow
@every_effect
def test_ten_minutes_of_sound_silence_and_impulses_stay_finite_and_bounded(effect: Effect) -> None:
    rate = 8_000
    rng = np.random.default_rng(10)
    line = Line((effect,), rate=rate, channels=1)
    highest = 0.0
    for minute in range(10):
        x = rng.uniform(-1.0, 1.0, (1, 60 * rate)).astype(np.float32)
        if minute % 3 == 1:
            x[:] = 0.0
        elif minute % 3 == 2:
            x[0] = np.arange(60 * rate) % 4001 == 0
        for start in range(0, x.shape[1], 9973):
            y = line.push(x[:, start : start + 9973])
            assert np.isfinite(y).all()
            highest = max(highest, float(np.abs(y).max(initial=0.0)))
    assert 0.0 < highest < 30.0


@pytest.mark.parametrize(
    "effect",
    [
        Limiter(0.0),
        Compressor(0.0, look_ahead_ms=7.0),
        Saturation(0.0),
        Tape(1, wow_percent=0.01, flutter_percent=0.001),
    ],
)
def test_latency_is_taken_out(effect: Effect) -> None:
    t = np.arange(20_000)
    pulse = 0.01 * np.exp(-(((t - 10_000) / 40.0) ** 2))[None].repeat(2, 0)
    y = effect(Audio(pulse.astype(np.float32))).samples[0]
    assert abs(int(y.argmax()) - 10_000) <= 4


@given(
    st.lists(st.sampled_from(EFFECTS), max_size=4),
    st.integers(1, 5000),
    st.integers(0, 12_000),
)
def test_any_chain_keeps_the_length(effects: list[Effect], size: int, frames: int) -> None:
    chain = tuple(effects)
    audio = noise(2, frames)
    blocks = list(run(chain, audio, size=max(size, frames // 20 + 1)))
    assert sum(block.shape[1] for block in blocks) == frames
    y = np.concatenate([np.zeros((2, 0), np.float32), *blocks], axis=1)
    assert np.allclose(y, apply(chain, audio).samples, atol=1e-5)


def test_a_chain_is_its_effects_one_after_another() -> None:
    audio = noise(2, 20_000)
    chain = (Saturation(6.0), Limiter(-9.0), Gain(-1.0))
    one_by_one = chain[2](chain[1](chain[0](audio)))
    assert np.allclose(apply(chain, audio).samples, one_by_one.samples, atol=1e-6)
    assert apply((), audio).samples is not None
    assert np.array_equal(apply((), audio).samples, audio.samples)


def test_a_duck_behind_a_late_effect_still_ducks_in_time() -> None:
    ones = Audio(np.full((2, 30_000), 0.1, np.float32))
    y = apply((Limiter(0.0), Duck((0.25,), 12.0)), ones).samples[0]
    assert y[:10_000] == pytest.approx(0.1)
    assert y.argmin() == pytest.approx(0.25 * RATE, abs=2)
    assert y.min() == pytest.approx(0.1 * 10 ** (-12 / 20), rel=0.01)
    assert y[round(0.44 * RATE) :] == pytest.approx(0.1, rel=1e-3)


def test_a_duck_never_jumps() -> None:
    ones = Audio(np.ones((1, RATE), np.float32))
    y = Duck((0.1, 0.15, 0.151, 0.5), 12.0)(ones).samples[0]
    assert np.abs(np.diff(y)).max() < 0.02


def test_width_makes_mono_below_and_keeps_the_sum() -> None:
    t = np.arange(RATE) / RATE
    low = np.stack((np.sin(2 * np.pi * 40 * t), np.zeros(RATE))).astype(np.float32) * 0.5
    y = Width(mono_below_hz=200.0)(Audio(low)).samples[:, RATE // 2 :]
    assert np.abs(y[0] - y[1]).max() < 0.05
    x = noise(2, 5000)
    assert np.allclose(Width(0.3)(x).samples.sum(axis=0), x.samples.sum(axis=0), atol=1e-6)
    mono = Width(0.0)(x).samples
    assert np.allclose(mono[0], mono[1], atol=1e-7)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Pan(1.5), "pan is 1.5"),
        (lambda: Band("comb", 100.0), "'comb' is no band"),
        (lambda: Band("bell", 0.0), "both must be over 0"),
        (lambda: Compressor(ratio=0.5), "ratio is 0.5"),
        (lambda: Compressor(mix=1.2), "mix is 1.2; it must lie between 0 and 1"),
        (lambda: Compressor(attack_ms=float("nan")), "attack_ms is nan; it must be at least 0"),
        (lambda: Compressor(kind="tube"), "'tube' is no kind; choose one of digital, vca"),
        (lambda: Compressor(kind="fet", auto_release=True), "vari_mu, bus have one"),
        (lambda: Compressor(upward=True, range_db=60.0), "range_db is 60;"),
        (lambda: Gate(hold_ms=-1.0), "hold_ms is -1;"),
        (lambda: DeEsser(low_hz=9000.0, high_hz=5000.0), "low_hz must be over 0"),
        (lambda: TransientShaper(attack_db=60.0), "attack_db is 60;"),
        (lambda: Echo(feedback=1.0), "feedback is 1.0"),
        (lambda: Echo(time_ms=0.0), "time_ms is 0.0"),
    ],
)
def test_what_cannot_be_set_is_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]


def test_a_thread_ahead_changes_nothing_and_passes_errors_on() -> None:
    audio = noise(2, 10_000)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(ahead(audio.blocks(999)), audio.blocks(999), strict=True)
    )

    def failing():
        yield audio.samples
        raise InputError("the file is damaged")

    with pytest.raises(InputError, match="damaged"):
        list(ahead(failing()))


def test_a_line_that_heard_nothing_has_nothing_to_say() -> None:
    line = Line((Limiter(),), rate=RATE, channels=2)
    assert line.finish().shape == (2, 0)
    assert list(rebatch([], 10)) == []


def test_public_names_are_those_of_the_front() -> None:
    named = {name for names in tapeloom.studio._HOMES.values() for name in names}
    assert set(tapeloom.studio.__all__) == named
