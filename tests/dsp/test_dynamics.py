"""Limiter: a ceiling that nothing passes."""

import numpy as np
import pytest
import scipy.signal

from tapeloom.dsp import dynamics
from tapeloom.dsp.dynamics import TruePeakLimiter

RATE = 44_100
T = np.arange(RATE) / RATE


def db(x: float) -> float:
    return float(20 * np.log10(x))


def test_the_compiled_follower_is_what_is_written() -> None:
    x = np.abs(np.random.default_rng(0).standard_normal(300))
    x[200:] = 0.0
    one, two = x.copy(), x.copy()
    assert dynamics._follow(one, 0.5, 0.1, 0.2) == dynamics._follow.py_func(two, 0.5, 0.1, 0.2)
    assert np.array_equal(one, two)


def nasty(name: str) -> np.ndarray:
    rng = np.random.default_rng(5)
    n = np.arange(2 * RATE)
    low = scipy.signal.butter(4, 14_000, fs=RATE, output="sos")
    return {
        "quarter": 2.0 * np.sin(np.pi / 2 * n + np.pi / 4)[None],
        "noise": 0.7 * rng.standard_normal((2, n.size)),
        "dark noise": scipy.signal.sosfilt(low, rng.standard_normal((2, n.size))),
        "bursts": 3.0 * rng.standard_normal((2, n.size)) * (n % 7000 < 300),
        "square": 4.0 * np.sign(np.sin(2 * np.pi * 220.3 * n / RATE))[None],
        "impulses": np.where(n % 9973 == 0, 8.0, 0.0)[None],
        "swell": (n / n.size * 6.0 * np.sin(2 * np.pi * 55 * n / RATE))[None],
        "sixth": 1.8 * np.sin(np.pi / 3 * n + np.pi / 3)[None],
    }[name]


def limited(x: np.ndarray, size: int = 65_536) -> np.ndarray:
    work = TruePeakLimiter(RATE, len(x), ceiling_db=-1.0)
    x = np.concatenate((x, np.zeros((len(x), work.latency))), axis=1)
    parts = [work.process(x[:, at : at + size]) for at in range(0, x.shape[1], size)]
    return np.concatenate(parts, axis=1)[:, work.latency :]


@pytest.mark.parametrize(
    "name", ["quarter", "noise", "dark noise", "bursts", "square", "impulses", "swell", "sixth"]
)
def test_nothing_passes_the_ceiling_between_the_samples(name: str) -> None:
    y = limited(nasty(name))
    padded = np.pad(y, ((0, 0), (2000, 2000)))
    peak = np.abs(scipy.signal.resample(padded, padded.shape[1] * 16, axis=1)).max()
    # Full-band noise has content at the very edge of the band, which no short filter sees.
    slack = 0.6 if name in ("noise", "bursts") else 0.1
    assert db(peak) <= -1.0 + slack
    assert db(np.abs(y).max()) > -4.5


def test_below_the_ceiling_nothing_is_touched() -> None:
    x = 0.5 * np.sin(2 * np.pi * 330 * T)[None]
    assert np.array_equal(limited(x), x)


def test_a_peak_is_lowered_and_then_forgotten() -> None:
    x = 0.1 * np.sin(2 * np.pi * 330 * T)[None]
    x[0, 10_000] = 2.0
    y = limited(x)
    assert np.array_equal(y[0, :9000], x[0, :9000])
    assert np.allclose(y[0, -2000:], x[0, -2000:], rtol=0.01)


@pytest.mark.parametrize("size", [1000, 8192, 9999])
def test_blocks_are_as_good_as_the_whole(size: int) -> None:
    x = nasty("bursts")[:, :20_000]
    assert np.allclose(limited(x, size), limited(x), atol=1e-6)
