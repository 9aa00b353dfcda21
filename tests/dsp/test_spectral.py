"""Freeze, blur, spectral gate, morph and denoise: what each does to tones and to noise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.audio import Audio, AudioStream
from tapeloom.core.errors import InputError
from tapeloom.dsp.denoise import NoiseProfile, learn_noise
from tapeloom.dsp.morphing import morph
from tapeloom.dsp.stft import fast_length
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Line
from tapeloom.studio.effects import Blur, Denoise, Freeze, Morph, SpectralGate
from tests.dsp.test_space import cut

RATE = 44_100


def tone(hz: float, seconds: float, amplitude: float = 0.2) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)[None]


def audio(x: np.ndarray) -> Audio:
    return Audio(x.astype(np.float32), RATE)


def read(stream: AudioStream) -> np.ndarray:
    return np.concatenate(list(stream.blocks()), axis=1).astype(np.float64)


def amplitude(x: np.ndarray, hz: float) -> float:
    """The amplitude of a steady partial, by projection."""
    window = np.hanning(x.size)
    z = np.exp(-2j * np.pi * hz / RATE * np.arange(x.size))
    return float(2 * np.abs((x * window) @ z) / window.sum())


def db(ratio: float) -> float:
    return float(20 * np.log10(ratio))


NOISE = 0.02 * np.random.default_rng(0).standard_normal((2, 4 * RATE))
TONES = np.tile(tone(440.0, 4.0) + tone(1320.0, 4.0, 0.1), (2, 1))
TONES[:, : round(1.5 * RATE)] = 0.0
NOISY = audio(NOISE + TONES)
STEADY = slice(2 * RATE, round(3.8 * RATE))


@pytest.mark.parametrize(
    "profile",
    [learn_noise(NOISY, start_s=0.1, end_s=1.3), learn_noise(NOISY)],
    ids=["stretch", "quietest"],
)
def test_denoise_gains_10_db_and_leaves_the_tones(profile: NoiseProfile) -> None:
    y = Denoise(profile)(NOISY).samples.astype(np.float64)
    for hz in (440.0, 1320.0):
        assert abs(db(amplitude(y[0, STEADY], hz) / amplitude(TONES[0, STEADY], hz))) < 0.5
    left = y[:, STEADY] - TONES[:, STEADY]
    assert db(NOISE[:, STEADY].std() / left.std()) > 10.0
    alone = slice(RATE // 4, round(1.2 * RATE))
    assert db(NOISE[:, alone].std() / y[:, alone].std()) == pytest.approx(18.0, abs=1.0)


def test_what_is_left_of_noise_does_not_twitter() -> None:
    # Musical noise is isolated peaks in the spectrogram: they raise the kurtosis of its powers.
    # (Y. Uemura et al., IWAENC 2008: the ratio of both kurtoses.)
    def kurtosis(x: np.ndarray) -> float:
        windows = np.lib.stride_tricks.sliding_window_view(x, 1024)[::512] * np.hanning(1024)
        power = np.abs(np.fft.rfft(windows)) ** 2
        power /= power.mean(axis=0)
        return float((power**4).mean() / (power**2).mean() ** 2)

    profile = learn_noise(NOISY, start_s=0.1, end_s=1.3)
    other = 0.02 * np.random.default_rng(5).standard_normal((1, 2 * RATE))
    y = Denoise(profile, reduction_db=24.0)(audio(other)).samples[0].astype(np.float64)
    assert kurtosis(y[RATE // 4 :]) / kurtosis(other[0, RATE // 4 :]) < 1.3


def test_denoise_follows_its_settings_and_refuses_another_rate() -> None:
    profile = learn_noise(NOISY)
    fading = Automated(
        Denoise(profile), (("reduction_db", Curve(((0.0, 0.0), (0.5, 0.0), (0.8, 24.0)))),)
    )
    y = fading(audio(NOISE)).samples
    assert db(y[:, : RATE // 3].std() / NOISE.std()) == pytest.approx(0.0, abs=0.3)
    assert db(y[:, 2 * RATE :].std() / NOISE.std()) < -20.0
    with pytest.raises(InputError, match="learnt at 44100 Hz and the sound has 48000 Hz"):
        Denoise(profile).open(48_000, 2)


def test_a_frozen_moment_goes_on_as_it_was() -> None:
    x = np.concatenate((tone(500.0, 1.5) + tone(750.0, 1.5), np.zeros((1, 2 * RATE))), axis=1)
    y = Freeze(1.0)(audio(x)).samples[0].astype(np.float64)
    assert np.abs(y[: round(0.95 * RATE)] - x[0, : round(0.95 * RATE)]).max() < 1e-5
    for start_s in (1.2, 2.0, 3.0):
        part = y[round(start_s * RATE) : round((start_s + 0.4) * RATE)]
        for hz in (500.0, 750.0):
            assert abs(db(amplitude(part, hz) / 0.2)) < 0.3
    assert np.abs(np.diff(y)).max() < 0.05


def test_freezing_nothing_changes_nothing() -> None:
    assert np.abs(Freeze(0.1, amount=0.0)(NOISY).samples - NOISY.samples).max() < 1e-5


def test_blurred_noise_is_as_loud_and_a_click_becomes_a_cloud() -> None:
    y = Blur(seed=1, blur_ms=200.0)(audio(NOISE)).samples
    assert db(y[:, 2 * RATE :].std() / NOISE.std()) == pytest.approx(0.0, abs=0.7)
    x = np.zeros((1, 2 * RATE))
    x[0, RATE // 2] = 1.0
    y = Blur(seed=1, blur_ms=200.0)(audio(x)).samples[0]
    energy = np.square(y).cumsum() / np.square(y).sum()
    # The power falls to 63 % in 200 ms: nine tenths of it take 0.46 s.
    assert np.searchsorted(energy, 0.9) / RATE == pytest.approx(0.5 + 0.46, abs=0.12)


def test_a_spectral_gate_opens_for_what_is_loud_at_its_frequency() -> None:
    x = np.tile(tone(440.0, 2.0, 0.1) + tone(3000.0, 2.0, 0.0005), (2, 1))
    y = SpectralGate(threshold_db=-50.0, range_db=40.0)(audio(x)).samples[0].astype(np.float64)
    part = slice(RATE // 2, round(1.8 * RATE))
    assert db(amplitude(y[part], 440.0) / 0.1) == pytest.approx(0.0, abs=0.05)
    assert db(amplitude(y[part], 3000.0) / 0.0005) == pytest.approx(-40.0, abs=1.0)


def test_a_morph_goes_from_one_sound_to_the_other() -> None:
    one, two = audio(tone(400.0, 1.0, 0.4)), audio(tone(400.0, 1.5, 0.04))
    part = slice(RATE // 4, round(0.8 * RATE))
    levels = [amplitude(read(morph(one, two, share))[0, part], 400.0) for share in (0, 0.5, 1)]
    assert [db(level) for level in levels] == pytest.approx(
        [db(0.4), (db(0.4) + db(0.04)) / 2, db(0.04)], abs=0.1
    )
    assert read(morph(one, two, 0.3)).shape == (1, round(1.5 * RATE))
    assert np.allclose(read(morph(one, two, 0.0))[:, :RATE], one.samples, atol=1e-6)


def test_a_morph_hears_its_key_in_time() -> None:
    x, other = (audio(tone(hz, 0.5, 0.3)).samples for hz in (300.0, 700.0))
    line = Line((Morph(1.0, key="pad"),), rate=RATE, channels=1)
    y = np.concatenate((line.push(x, {"pad": other}), line.finish()), axis=1)
    assert np.allclose(y[:, 3000:-3000], other[:, 3000:-3000], atol=1e-5)


EFFECTS: tuple[Any, ...] = (
    Freeze(0.1), Blur(3, blur_ms=20.0), SpectralGate(-40.0), Denoise(learn_noise(NOISY)),
    Morph(0.4),
)  # fmt: skip


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
@given(sizes=st.lists(st.integers(1, 65_536), min_size=1, max_size=5))
@settings(max_examples=8)
def test_blocks_of_any_sizes_are_the_whole(effect: Any, sizes: list[int]) -> None:
    x = NOISY.samples[:, RATE : RATE + 12_000]
    whole = effect.open(RATE, 2).process(x)
    work = effect.open(RATE, 2)
    parts, at = [], 0
    for size in cut(sizes, 12_000):
        parts.append(work.process(x[:, at : at + size]))
        at += size
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 1e-6


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_tails_end_in_silence(effect: Any) -> None:
    if isinstance(effect, Freeze):
        effect = Freeze(0.1, amount=0.0)  # or it would last for ever
    x = np.zeros((2, 3 * RATE), np.float32)
    x[:, :9000] = NOISY.samples[:, :9000]
    assert not effect(Audio(x, RATE)).samples[:, -RATE // 2 :].any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: learn_noise(NOISY, start_s=3.0, end_s=9.0), "from 3 to 9 s cannot be"),
        (lambda: learn_noise(audio(np.zeros((1, RATE)))), "there is no sound"),
        (lambda: learn_noise(NOISY, start_s=1.0, end_s=1.00001), "there is no sound"),
        (lambda: morph(NOISY, audio(tone(1.0, 1.0)), 0.5), "2 and 1 channels"),
        (lambda: morph(NOISY, NOISY, 1.5), "amount is 1.5"),
        (lambda: Freeze(-1.0), "at_s is -1"),
        (lambda: Blur(1, blur_ms=0.0), "blur_ms is 0"),
        (lambda: SpectralGate(3.0), "threshold_db is 3"),
        (lambda: Morph(2.0), "amount is 2"),
        (lambda: Freeze(1.0).open(RATE, 1).retune(Freeze(2.0)), "at_s of Freeze cannot move"),
        (lambda: Blur(1).open(RATE, 1).retune(Blur(2)), "seed of Blur cannot move"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


@given(st.floats(1.0, 20_000.0))
def test_fast_lengths_are_near_what_was_asked(samples: float) -> None:
    length = fast_length(samples)
    assert length == pytest.approx(max(4.0, samples), rel=0.13)
    while length % 2 == 0:
        length //= 2
    assert length in (1, 3, 5, 7)
