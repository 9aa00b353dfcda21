"""Print the tables of docs/loudness.md: what the meter reads of every test signal, the limiter too.

    python docs/make_loudness.py

The signals are those of tests/dsp/ebu.py, at four rates. It takes some minutes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.dsp.ebu import CASES, RATES  # noqa: E402

from tapeloom.dsp.limiter import TruePeakLimiter  # noqa: E402

CEILING_DB = -1.0


def conformance() -> Iterator[str]:
    """Tell by how much the reading that misses most is off, for each case and rate."""
    yield "| case | quantity | due | tolerance | " + " | ".join(f"{r:,} Hz" for r in RATES) + " |"
    yield "|---|---|---|---|" + "---|" * len(RATES)
    for case in CASES:
        due = f"{case.expected[0]:g}"
        if case.expected[-1] != case.expected[0]:
            due += f" to {case.expected[-1]:g}"
        allowed = f"±{case.above:g}"
        if case.below != case.above:
            allowed = f"+{case.above:g}, -{case.below:g}"
        cells = []
        for rate in RATES:
            worst = max(case.misses(rate), key=abs)
            is_met = -case.below <= worst <= case.above
            cells.append(f"{worst:+.3f}" if is_met else f"**{worst:+.3f}**")
        yield f"| {case.name} | {case.quantity} | {due} | {allowed} | {' | '.join(cells)} |"


def peak_db(x: np.ndarray, factor: int) -> float:
    """The peak between the samples, by a Fourier series of the whole with silence around it."""
    import scipy.signal

    padded = np.pad(x, ((0, 0), (2000, 2000)))
    highest = max(np.abs(scipy.signal.resample(c, c.size * factor)).max() for c in padded)
    return float(20.0 * np.log10(highest))


def signals(rate: int) -> dict[str, np.ndarray]:
    """Two seconds of what is hard on limiters."""
    rng = np.random.default_rng(1)
    n = np.arange(2 * rate)
    t = n / rate
    strike = np.exp(-7.0 * (t % 0.4))
    music = 0.4 * np.sin(2 * np.pi * 55 * t) + 0.2 * strike**4 * rng.standard_normal((2, n.size))
    for hz in (220.0, 277.0, 330.0, 1760.0, 3520.0, 7040.0):
        music += 0.15 * strike * np.sin(2 * np.pi * hz * t + rng.uniform(0, 6, (2, 1)))
    return {
        "music +6 dB": 2.0 * music / np.abs(music).max(),
        "white noise, 10 dB of limiting": 0.7 * rng.standard_normal((2, n.size)),
        "white noise that just touches": 0.25 * rng.standard_normal((2, n.size)),
        "a quarter of the rate at 0 degrees": 2.0 * np.sin(np.pi / 2 * n)[None],
        "a quarter of the rate at 20 degrees": 2.0 * np.sin(np.pi / 2 * n + 0.349)[None],
        "a quarter of the rate at 45 degrees": 2.0 * np.sin(np.pi / 2 * n + np.pi / 4)[None],
        "a square of 220 Hz at +12 dB": 4.0 * np.sign(np.sin(2 * np.pi * 220.3 * t))[None],
        "impulses of +18 dB": np.where(n % 9973 == 0, 8.0, 0.0)[None],
        "a step of +9.5 dB": np.where(n > rate, 3.0, 0.01)[None],
        "noise in bursts of 300 samples": 3.0 * rng.standard_normal((2, n.size)) * (n % 7000 < 300),
    }


def limiter() -> Iterator[str]:
    """Tell how far above its ceiling the limiter's output lies by two oracles."""
    rates = (44_100, 48_000, 96_000)
    heads = [f"{rate:,} Hz, {factor}×" for rate in rates for factor in (16, 64)]
    yield "| signal | " + " | ".join(heads) + " |"
    yield "|---|" + "---|" * len(heads)
    for name in signals(8000):
        cells = []
        for rate in rates:
            x = signals(rate)[name]
            work = TruePeakLimiter(rate, len(x), ceiling_db=CEILING_DB)
            late = np.pad(x, ((0, 0), (0, work.latency)))
            y = work.process(late)[:, work.latency :]
            cells += [f"{peak_db(y, factor) - CEILING_DB:+.3f}" for factor in (16, 64)]
        yield f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in conformance():
        print(line, flush=True)
    print()
    for line in limiter():
        print(line, flush=True)
