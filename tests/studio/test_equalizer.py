"""Equalizers: bypass, bands of one channel, dynamics, movement, nothing that clicks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import run
from tapeloom.studio.effects import Band, Dynamics, Equalizer, Filter

RATE = 44_100
MANY = Equalizer(
    (
        Band("high_pass", 30.0, slope_db=24),
        Band("bell", 400.0, -3.0, 2.0, channel="mid"),
        Band("high_shelf", 6000.0, 4.0, channel="side"),
        Band("bell", 2500.0, 2.0, channel="left"),
        Band("bell", 3000.0, 0.0, 1.0, dynamics=Dynamics(-30.0, 3.0)),
        Band("tilt", 900.0, 2.0),
        Band("notch", 50.0, q=8.0, channel="right"),
        Band("low_pass", 15_000.0, slope_db=48),
    )
)


def noise(frames: int, channels: int = 2) -> Audio:
    x = np.random.default_rng(frames).uniform(-0.5, 0.5, (channels, frames))
    return Audio(x.astype(np.float32), RATE)


def in_blocks(effect: Equalizer | Automated, audio: Audio, size: int) -> np.ndarray:
    process = effect.open(audio.rate, audio.channels)
    return np.concatenate([process.process(block) for block in audio.blocks(size)], axis=1)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@pytest.mark.parametrize("channel", ["stereo", "side"])
def test_bands_without_gain_return_the_sound_bit_by_bit(phase: str, channel: str) -> None:
    flat = Equalizer(
        (Band("bell", 900.0, channel=channel), Band("low_shelf", 90.0), Band("tilt", 500.0)),
        phase,
    )
    audio = noise(30_000)
    assert np.array_equal(flat(audio).samples, audio.samples)
    assert np.array_equal(Equalizer(())(audio).samples, audio.samples)


@given(st.sampled_from(["minimum", "linear"]), st.integers(1, 65_536))
@settings(max_examples=8)
def test_blocks_of_any_size_are_the_whole(phase: str, size: int) -> None:
    bands = MANY.bands if phase == "minimum" else tuple(b for b in MANY.bands if not b.dynamics)
    audio = noise(min(66_000, 300 * size))
    effect = Equalizer(bands, phase)
    whole = in_blocks(effect, audio, audio.frames)
    assert np.abs(in_blocks(effect, audio, size) - whole).max() < 1e-6


@pytest.mark.parametrize(
    ("channel", "untouched"),
    [("mid", (1, -1)), ("side", (1, 1)), ("left", (0, 1)), ("right", (1, 0))],
)
@pytest.mark.parametrize("phase", ["minimum", "linear"])
def test_a_band_of_one_channel_leaves_the_other_alone(
    channel: str, untouched: tuple[int, int], phase: str
) -> None:
    audio = noise(40_000)
    y = Equalizer((Band("bell", 1000.0, 9.0, channel=channel),), phase)(audio).samples
    left, right = untouched
    rest = left * audio.samples[0] + right * audio.samples[1]
    assert np.allclose(left * y[0] + right * y[1], rest, atol=1e-6)
    assert not np.allclose(y, audio.samples, atol=1e-2)


def test_mono_has_a_middle_and_nothing_else() -> None:
    audio = noise(5000, channels=1)
    for channel in ("side", "left", "right"):
        band = Band("bell", 1000.0, 9.0, channel=channel)
        assert np.array_equal(Equalizer((band,))(audio).samples, audio.samples)
    middle = Equalizer((Band("bell", 1000.0, 9.0, channel="mid"),))(audio)
    both = Equalizer((Band("bell", 1000.0, 9.0),))(audio)
    assert np.array_equal(middle.samples, both.samples)
    quiet = Band("bell", 1000.0, channel="side", dynamics=Dynamics())
    assert np.array_equal(Equalizer((quiet,))(audio).samples, audio.samples)


def test_linear_phase_sounds_as_loud_at_every_frequency_as_least_phase() -> None:
    bands = (Band("high_pass", 60.0), Band("bell", 3000.0, 5.0), Band("high_shelf", 9000.0, -4.0))
    pulse = np.zeros((1, 65_536), np.float32)
    pulse[0, 32_768] = 1.0
    curves = [
        abs(np.fft.rfft(Equalizer(bands, phase)(Audio(pulse, RATE)).samples[0]))
        for phase in ("minimum", "linear")
    ]
    hz = np.fft.rfftfreq(65_536, 1 / RATE)
    heard = (hz > 25) & (hz < 20_000)
    assert np.abs(20 * np.log10(curves[0] / curves[1]))[heard].max() < 0.1


def test_a_dynamic_band_on_the_side_hears_the_side_alone() -> None:
    t = np.arange(RATE) / RATE
    loud = 0.5 * np.sin(2 * np.pi * 3000 * t)
    duck = Equalizer(
        (Band("bell", 3000.0, channel="side", dynamics=Dynamics(-40.0, 8.0, range_db=18.0)),)
    )
    middle = Audio(np.stack((loud, loud)).astype(np.float32), RATE)
    assert np.allclose(duck(middle).samples, middle.samples, atol=1e-6)
    side = Audio(np.stack((loud, -loud)).astype(np.float32), RATE)
    level = np.abs(duck(side).samples[:, -2000:]).max()
    assert 20 * np.log10(level / 0.5) == pytest.approx(-18.0, abs=0.2)


def test_a_filter_follows_a_curve_without_clicks_whatever_the_blocks() -> None:
    t = np.arange(RATE // 2) / RATE
    audio = Audio((0.5 * np.sin(2 * np.pi * 100.0 * t))[None].astype(np.float32), RATE)
    jump = Curve(((0.0, 300.0), (0.2, 300.0), (0.2, 9000.0)))
    moving = Automated(Filter("low_pass", 300.0, slope_db=24), (("cutoff_hz", jump),))
    y = moving(audio).samples
    # Its delay shrinks while it opens, so that the sine runs faster for a moment.
    assert np.abs(np.diff(y)).max() < 2.0 * np.abs(np.diff(audio.samples)).max()
    blocks = np.concatenate(list(run((moving,), audio, size=777)), axis=1)
    assert np.array_equal(blocks, y)
    settled = Filter("low_pass", 9000.0, slope_db=24)(audio).samples
    assert np.allclose(y[:, -4000:], settled[:, -4000:], atol=1e-3)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
def test_gains_move_from_nothing_to_something(phase: str) -> None:
    process = Equalizer((Band("low_shelf", 500.0, channel="mid"),), phase).open(RATE, 2)
    ones = np.full((2, 30_000), 0.1, np.float32)
    assert process.process(ones)[0, -1] == pytest.approx(0.1)
    process.retune(Equalizer((Band("low_shelf", 500.0, 12.0, channel="mid"),), phase))
    y = process.process(ones)
    assert y[0, -1] == pytest.approx(0.1 * 10 ** (12 / 20), rel=1e-3)
    assert np.abs(np.diff(y)).max() < 0.02


def test_dynamics_move_too() -> None:
    process = Equalizer((Band("bell", 500.0, dynamics=Dynamics()),)).open(RATE, 1)
    process.retune(Equalizer((Band("bell", 500.0, 6.0, dynamics=Dynamics(0.0)),)))
    t = np.arange(RATE) / RATE
    x = (0.01 * np.sin(2 * np.pi * 500 * t))[None].astype(np.float32)
    assert np.abs(process.process(x)[0, -2000:]).max() == pytest.approx(0.01 * 1.995, rel=0.01)


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@pytest.mark.parametrize(
    "x",
    [
        np.zeros((2, 20_000)),
        np.eye(2, 20_000),
        np.sign(np.sin(np.arange(40_000) * 0.05)).reshape(2, -1),
        np.ones((2, 1)),
    ],
    ids=["silence", "impulses", "full-scale squares", "one sample"],
)
def test_nothing_breaks_it(phase: str, x: np.ndarray) -> None:
    bands = MANY.bands if phase == "minimum" else tuple(b for b in MANY.bands if not b.dynamics)
    y = Equalizer(bands, phase)(Audio(x.astype(np.float32), RATE)).samples
    assert np.isfinite(y).all()
    assert np.abs(y).max() < 8.0
    assert x.any() or not y.any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Equalizer((), "zero"), "'zero' is no phase"),
        (
            lambda: Equalizer((Band("bell", 9.0, dynamics=Dynamics()),), "linear"),
            "linear phase has no dynamics",
        ),
        (lambda: Band("notch", 99.0, dynamics=Dynamics()), "a notch has no dynamics"),
        (lambda: Band("low_pass", 99.0, slope_db=7), "slope_db is 7"),
        (lambda: Band("bell", 99.0, channel="top"), "'top' is no channel"),
        (lambda: Band("bell", 99.0).section(RATE), "a bell is no pass"),
        (lambda: Dynamics(ratio=0.0), "ratio 0"),
        (lambda: Filter("comb", 99.0), "'comb' is no band"),
    ],
)
def test_what_cannot_be_set_is_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]


def test_bands_cannot_become_others_in_the_middle_of_a_stream() -> None:
    process = Equalizer((Band("bell", 500.0),)).open(RATE, 1)
    for other in (
        Equalizer((Band("notch", 500.0),)),
        Equalizer((Band("bell", 500.0),) * 2),
        Equalizer((Band("bell", 500.0),), "linear"),
    ):
        with pytest.raises(InputError, match="cannot change in the middle of a stream"):
            process.retune(other)


@pytest.mark.slow
def test_ten_minutes_and_a_silence_after_them() -> None:
    process = MANY.open(RATE, 2)
    rng = np.random.default_rng(8)
    for second in range(600):
        block = rng.uniform(-1.0, 1.0, (2, RATE)) if second < 300 else np.zeros((2, RATE))
        y = process.process(block.astype(np.float32))
        assert np.isfinite(y).all()
        assert np.abs(y).max() < 8.0
    assert not y.any()
