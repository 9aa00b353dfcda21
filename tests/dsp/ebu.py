"""The signals of EBU Tech 3341 (version 4) and Tech 3342 that can be synthesised, and what is due.

Sines of 1 kHz in both channels unless said, levels in dBFS, phase running on over the joints. Cases
3341-7 and -8, 3342-5 and -6 are recorded programme.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.loudness import MOMENTARY_STEPS, SHORT_TERM_STEPS, Meter, curve_lufs

RATES = (44_100, 48_000, 96_000, 192_000)
Steps = tuple[tuple[float, float | None], ...]


@dataclass(frozen=True)
class Case:
    """A test signal: what is read of it at a rate, what is expected, and by how much it may miss.

    Where there are several readings, each has an expected value.
    """

    name: str
    quantity: str
    read: Callable[[int], list[float]]
    expected: tuple[float, ...]
    below: float = 0.1
    above: float = 0.1

    def misses(self, rate: int) -> list[float]:
        """Return by how much each reading misses what is expected."""
        return [a - b for a, b in zip(self.read(rate), self.expected, strict=True)]


def tone(steps: Steps, rate: int) -> NDArray:
    """A sine of 1 kHz in steps of (seconds, level in dBFS or None), shape (samples,)."""
    lengths = [round(seconds * rate) for seconds, _ in steps]
    gains = [0.0 if db is None else 10 ** (db / 20) for _, db in steps]
    ten_cycles = np.sin(2 * np.pi * 1000 / rate * np.arange(rate // 100))
    return np.repeat(gains, lengths) * np.resize(ten_cycles, sum(lengths))


def metered(parts: Iterator[NDArray], rate: int, *, true_peak: bool = False) -> Meter:
    """Push (channels, samples) after (channels, samples)."""
    meter: Meter | None = None
    for part in parts:
        meter = meter or Meter(rate, len(part), true_peak=true_peak)
        meter.push(part)
    assert meter is not None
    return meter


def stereo(steps: Steps, rate: int) -> Meter:
    one = tone(steps, rate)
    return metered(iter([np.stack([one, one])]), rate)


def _integrated(*steps: tuple[float, float | None]) -> Callable[[int], list[float]]:
    return lambda rate: [stereo(steps, rate).read().integrated_lufs]


def _steady(*steps: tuple[float, float | None]) -> Callable[[int], list[float]]:
    def read(rate: int) -> list[float]:
        found = stereo(steps, rate).read()
        return [found.max_momentary_lufs, found.max_short_term_lufs, found.integrated_lufs]

    return read


def _surround(rate: int) -> list[float]:
    front, centre, back = (tone(((20.0, db),), rate) for db in (-28.0, -24.0, -30.0))
    five = np.stack([front, front, centre, back, back])
    return [metered(iter([five]), rate).read().integrated_lufs]


def _constant(
    window: int, from_s: float, *steps: tuple[float, float]
) -> Callable[[int], list[float]]:
    """Least and most of a curve, whose windows lie wholly behind a time."""

    def read(rate: int) -> list[float]:
        curve = curve_lufs(stereo(steps, rate).steps, window)
        late = curve[max(0, round(from_s * 100) - window) :]
        return [float(late.min()), float(late.max())]

    return read


def _files(gap_s: float, length_s: float, quantity: str) -> Callable[[int], list[float]]:
    """Twenty files: the i-th has i gaps of silence, a tone at -23, and a second of silence."""

    def read(rate: int) -> list[float]:
        return [
            getattr(
                stereo(((i * gap_s, None), (length_s, -23.0), (1.0, None)), rate).read(), quantity
            )
            for i in range(20)
        ]

    return read


def _rising(gap_s: float, length_s: float, quantity: str) -> Callable[[int], list[float]]:
    """One file of twenty segments, each louder by 1 dB and begun later than the one before."""

    def read(rate: int) -> list[float]:
        meter = Meter(rate, 2, true_peak=False)
        found = []
        for i in range(20):
            steps = ((i * gap_s, None), (length_s, -38.0 + i), (length_s - i * gap_s, None))
            one = tone(steps, rate)
            meter.push(np.stack([one, one]))
            found.append(getattr(meter.read(), quantity))
        return found

    return read


def _faded(x: NDArray, rate: int) -> NDArray:
    n = rate // 100
    ramp = np.concatenate((np.arange(n) / n, np.ones(x.size - 2 * n), np.arange(n)[::-1] / n))
    return x * ramp


def _true_peak(x: NDArray, rate: int) -> list[float]:
    return [metered(iter([np.stack([x, x])]), rate, true_peak=True).read().true_peak_dbtp]


def _sine(divisor: int, degrees: float, amplitude: float) -> Callable[[int], list[float]]:
    def read(rate: int) -> list[float]:
        x = amplitude * np.sin(2 * np.pi * np.arange(rate) / divisor + np.radians(degrees))
        return _true_peak(_faded(x, rate), rate)

    return read


def _burst(offset: int) -> Callable[[int], list[float]]:
    """A period of fs/4 at full level between fs/6 at half of it, made at four times the rate."""

    def read(rate: int) -> list[float]:
        x = 0.5 * np.sin(2 * np.pi * np.arange(24 * 400) / 24)
        middle = x.size // 2
        x = np.concatenate((x[:middle], np.sin(2 * np.pi * np.arange(16) / 16), x[middle:]))
        n = np.arange(-256, 257)
        low_pass = np.sinc(n * 0.24) * 0.24 * np.kaiser(n.size, 8)
        return _true_peak(np.convolve(x, low_pass)[256:-256][offset::4], rate)

    return read


def _range(*levels: float) -> Callable[[int], list[float]]:
    return lambda rate: [stereo(tuple((20.0, db) for db in levels), rate).read().range_lu]


_M, _S = "max_momentary_lufs", "max_short_term_lufs"
_SLOW, _FAST = ((1.34, -20.0), (1.66, -30.0)) * 5, ((0.18, -20.0), (0.22, -30.0)) * 25
_TWENTY = (-23.0,) * 20
_STAIRS = tuple(-38.0 + i for i in range(20))
_PEAK = {"below": 0.4, "above": 0.2}
CASES = (
    Case("3341-1", "M, S, I", _steady((20.0, -23.0)), (-23.0,) * 3),
    Case("3341-2", "M, S, I", _steady((20.0, -33.0)), (-33.0,) * 3),
    Case("3341-3", "I", _integrated((10.0, -36.0), (60.0, -23.0), (10.0, -36.0)), (-23.0,)),
    Case("3341-4", "I", _integrated((10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0),
                                    (10.0, -72.0)), (-23.0,)),
    Case("3341-5", "I", _integrated((20.0, -26.0), (20.1, -20.0), (20.0, -26.0)), (-23.0,)),
    Case("3341-6", "I, 5.0", _surround, (-23.0,)),
    Case("3341-9", "S from 3 s", _constant(SHORT_TERM_STEPS, 3.0, *_SLOW), (-23.0, -23.0)),
    Case("3341-10", "max S, 20 files", _files(0.15, 3.0, _S), _TWENTY),
    Case("3341-11", "max S, 20 segments", _rising(0.15, 3.0, _S), _STAIRS),
    Case("3341-12", "M from 1 s", _constant(MOMENTARY_STEPS, 1.0, *_FAST), (-23.0, -23.0)),
    Case("3341-13", "max M, 20 files", _files(0.02, 0.4, _M), _TWENTY),
    Case("3341-14", "max M, 20 segments", _rising(0.02, 0.4, _M), _STAIRS),
    Case("3341-15", "true peak", _sine(4, 0.0, 0.50), (-6.0,), **_PEAK),
    Case("3341-16", "true peak", _sine(4, 45.0, 0.50), (-6.0,), **_PEAK),
    Case("3341-17", "true peak", _sine(6, 60.0, 0.50), (-6.0,), **_PEAK),
    Case("3341-18", "true peak", _sine(8, 67.5, 0.50), (-6.0,), **_PEAK),
    Case("3341-19", "true peak", _sine(4, 45.0, 1.41), (3.0,), **_PEAK),
    *(Case(f"3341-{20 + i}", "true peak", _burst(i), (0.0,), **_PEAK) for i in range(4)),
    Case("3342-1", "LRA", _range(-20.0, -30.0), (10.0,), 1.0, 1.0),
    Case("3342-2", "LRA", _range(-20.0, -15.0), (5.0,), 1.0, 1.0),
    Case("3342-3", "LRA", _range(-40.0, -20.0), (20.0,), 1.0, 1.0),
    Case("3342-4", "LRA", _range(-50.0, -35.0, -20.0, -35.0, -50.0), (15.0,), 1.0, 1.0),
)  # fmt: skip
