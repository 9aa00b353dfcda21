"""Grains: short windowed pieces of any sound, many at once, from chosen places at a chosen pitch.

C. Roads, "Microsound", MIT Press, 2001.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

Signal = NDArray[np.float64]

WINDOWS = ("hann", "tukey", "falling")
_WINDOW = 1024  # samples of a window's table


def window(name: str) -> Signal:
    """Return a grain's window, shape (1025,), 0 at both ends.

    >>> window("hann")[[0, 512, 1024]].round(3).tolist()
    [0.0, 1.0, 0.0]
    """
    x = np.linspace(0.0, 1.0, _WINDOW + 1)
    if name == "hann":
        return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * x), np.float64)
    if name == "tukey":
        edge = np.minimum(np.minimum(x, 1.0 - x) / 0.2, 1.0)
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * edge), np.float64)
    if name == "falling":
        rise = np.minimum(x / 0.04, 1.0)
        fall = np.exp(-5.0 * x) * np.minimum((1.0 - x) / 0.1, 1.0)
        return np.asarray((0.5 - 0.5 * np.cos(np.pi * rise)) * fall, np.float64)
    raise InputError(f"{name!r} is no window of a grain; choose one of {', '.join(WINDOWS)}")


@dataclass(frozen=True, slots=True)
class Cloud:
    """How grains are strewn."""

    density_hz: float  # grains a second
    length_s: float  # of a grain
    position: float  # where in the sound they are taken from, 0..1
    scatter: float = 0.05  # about that place, 0..1
    semitones: float = 0.0
    detune_cents: float = 6.0  # standard deviation, grain by grain
    width: float = 0.7  # of their places left and right
    window: str = "hann"
    period: float = 0.0  # samples of the sound's cycle, to which places keep; 0: they are anywhere

    def __post_init__(self) -> None:
        if not 0.0 < self.density_hz <= 2_000.0 or not 0.001 <= self.length_s <= 2.0:
            raise InputError(
                f"a cloud of {self.density_hz:g} grains a second of {self.length_s:g} s each; "
                "there may be up to 2000, of 0.001 to 2 s"
            )


@njit(cache=True, nogil=True)
def grains_kernel(
    out: Signal,
    sound: Signal,
    start: NDArray[np.int64],
    place: Signal,
    speed: Signal,
    length: NDArray[np.int64],
    left: Signal,
    right: Signal,
    shape: Signal,
) -> None:
    """Add grains to `out` (2, n): each reads the sound from its place at its speed.

    start, length  samples of the output; place: samples of the sound, which reads as 0 beyond
    """
    last = sound.shape[0] - 2
    size = shape.shape[0] - 1
    for g in range(start.shape[0]):
        stop = min(length[g], out.shape[1] - start[g])
        across = size / length[g]
        for n in range(stop):
            x = place[g] + n * speed[g]
            if x < 1.0 or x >= last:
                continue
            i = int(x)
            t = x - i
            a, b, c, d = sound[i - 1], sound[i], sound[i + 1], sound[i + 2]
            slope = 0.5 * (c - a)
            after = 0.5 * (d - b)
            u = b - c
            y = b + t * (slope + t * (-3.0 * u - 2.0 * slope - after
                                      + t * (2.0 * u + slope + after)))  # fmt: skip
            y *= shape[int(n * across)]
            out[0, start[g] + n] += left[g] * y
            out[1, start[g] + n] += right[g] * y


def strew(sound: Signal, frames: int, rate: int, cloud: Cloud, rng: np.random.Generator) -> Signal:
    """Return a cloud of grains from a mono sound, shape (2, frames).

    Grains that are read faster than at their own speed come from a sound with its highest octaves
    taken off, so that nothing folds. The level doesn't depend on how many overlap.
    """
    from tapeloom.synth.oscillators import band_pass

    count = max(1, round(cloud.density_hz * frames / rate))
    start = np.sort(rng.integers(0, frames, count))
    speed = 2.0 ** (cloud.semitones / 12.0 + cloud.detune_cents * rng.standard_normal(count) / 1200)
    length = np.full(count, max(8, round(cloud.length_s * rate)), np.int64)
    middle = cloud.position + cloud.scatter * rng.uniform(-1.0, 1.0, count)
    room = np.maximum(len(sound) - length * speed - 4.0, 1.0)
    place = 1.0 + np.clip(middle, 0.0, 1.0) * room
    if cloud.period > 0.0:
        # Where a grain begins the sound has the phase that it would have read on from the first,
        # and grains side by side lie as much above the pitch as below it.
        steady = 2.0 ** (cloud.semitones / 12.0)
        speed = steady * np.exp(np.abs(np.log(speed / steady)) * (-1.0) ** np.arange(count))
        place += (steady * start - place) % cloud.period
    angle = np.pi / 4.0 * (1.0 + cloud.width * rng.uniform(-1.0, 1.0, count))
    fastest = float(speed.max())
    if fastest > 1.0:
        sound = band_pass(sound, rate, high_hz=0.4 * rate / fastest, order=4)
    shape = window(cloud.window)
    overlap = cloud.density_hz * cloud.length_s * float(np.mean(shape**2))
    gain = 1.0 / np.sqrt(max(overlap, 1.0))
    out = np.zeros((2, frames))
    grains_kernel(
        out, np.ascontiguousarray(sound), start, place, speed, length,
        gain * np.cos(angle), gain * np.sin(angle), shape,
    )  # fmt: skip
    return out
