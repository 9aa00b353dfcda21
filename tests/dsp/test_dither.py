"""Fewer bits: no distortion, noise where the ear is dull, and never more than was promised."""

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.dsp.dither import SHAPERS, Quantiser, _quantise

RATE = 44_100
T = np.arange(4 * RATE) / RATE
SOFT = 10 ** (-80 / 20) * np.sin(2 * np.pi * 1000 * T)[None]


def quantised(x: np.ndarray, **settings: object) -> np.ndarray:
    made = Quantiser(len(x), rng=np.random.default_rng(1), **settings)  # type: ignore[arg-type]
    return made.process(x)


def spectrum_db(x: np.ndarray) -> np.ndarray:
    window = np.hanning(x.size)
    return 20 * np.log10(np.abs(np.fft.rfft(x * window)) / window.sum() * 2 + 1e-12)


@pytest.mark.parametrize("bits", [8, 16, 24])
@pytest.mark.parametrize("shaper", SHAPERS)
def test_every_sample_lies_on_a_step_and_near_where_it_was(bits: int, shaper: str) -> None:
    x = np.random.default_rng(2).uniform(-0.5, 0.5, (2, 20_000))
    made = Quantiser(2, bits=bits, shaper=shaper, rng=np.random.default_rng(1))
    y = made.process(x)
    steps = y * 2 ** (bits - 1)
    assert np.array_equal(steps, np.round(steps))
    assert np.abs(y - x).max() <= made.margin


def test_a_soft_tone_has_no_harmonics_with_dither_and_has_them_without() -> None:
    plain = np.round(SOFT[0] * 2**15) / 2**15
    harmonics = [spectrum_db(plain)[round(hz * 4)] for hz in (3000, 5000, 7000)]
    dithered = spectrum_db(quantised(SOFT, shaper="none")[0])
    assert max(harmonics) > -113
    assert max(dithered[round(hz * 4)] for hz in (3000, 5000, 7000)) < -118


def test_shaped_noise_leaves_the_ear_alone() -> None:
    flat = np.median(spectrum_db(quantised(SOFT, shaper="none")[0])[4 * 2000 : 4 * 5000])
    shaped = spectrum_db(quantised(SOFT)[0])
    assert np.median(shaped[4 * 2000 : 4 * 5000]) < flat - 8
    assert np.median(shaped[4 * 18_000 : 4 * 21_000]) > flat + 8


@pytest.mark.parametrize("size", [1, 77, 4096])
def test_the_size_of_blocks_changes_nothing(size: int) -> None:
    x = np.random.default_rng(3).uniform(-1, 1, (2, 5000))
    made = Quantiser(2, rng=np.random.default_rng(1))
    parts = [made.process(x[:, i : i + size]) for i in range(0, 5000, size)]
    assert np.array_equal(np.concatenate(parts, axis=1), quantised(x))


def test_full_scale_is_never_passed() -> None:
    y = quantised(np.ones((1, 1000)) * np.where(np.arange(1000) % 2, 1.0, -1.0))
    assert y.max() <= 1.0 - 2.0**-15
    assert y.min() >= -1.0


def test_the_compiled_loop_is_what_is_written() -> None:
    x = np.random.default_rng(4).uniform(-1, 1, (2, 300))
    dither = np.random.default_rng(5).uniform(-1, 1, x.shape)
    taps = np.array(SHAPERS["lipshitz"])
    results = []
    for run in (_quantise, _quantise.py_func):
        y, errors = x.copy(), np.zeros((2, 5))
        run(y, dither, taps, errors, 128.0)
        results.append((y, errors))
    assert np.array_equal(results[0][0], results[1][0])
    assert np.allclose(results[0][1], results[1][1])


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="bits is 1; it must lie between 2 and 24"):
        Quantiser(1, bits=1, rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="choose one of none, lipshitz"):
        Quantiser(1, shaper="loud", rng=np.random.default_rng(1))
