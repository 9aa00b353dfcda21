"""What textures are made of: bands of endless noise, slow curves, and events laid into a stream."""

from typing import Protocol

import numpy as np

from tapeloom.dsp.filters import Biquads
from tapeloom.synth.envelopes import frames_of
from tapeloom.synth.oscillators import Signal, band

STRETCH_S = 1.0  # what is synthesised at a time; filters and long events carry over


class Bed(Protocol):
    """A texture in the making: each call continues the last."""

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""


class Filtered:
    """Bands cut from noise by filters whose state carries over, brought to unit power."""

    def __init__(self, rate: int, *, low_hz: float, high_hz: float, channels: int = 2) -> None:
        self._filter = Biquads(band(rate, low_hz=low_hz, high_hz=high_hz), channels=channels)
        # White noise keeps the share of its power that lies in the band.
        self._gain = float(np.sqrt(0.5 * rate / max(high_hz - low_hz, 10.0)))

    def take(self, noise: Signal) -> Signal:
        """Return the band of a noise of shape (channels, n)."""
        filtered: Signal = self._filter.process(noise)
        return filtered * self._gain


def white_noise(frames: int, rng: np.random.Generator, *, shared: float = 0.0) -> Signal:
    """Return stereo noise of unit power, shape (2, n); `shared` is the correlation of its sides.

    Flat, since filters make it normal and normal numbers take three times as long.
    """
    noise: Signal = (rng.random((2, frames)) - 0.5) * 12.0**0.5
    if shared > 0.0:
        # right' = shared left + sqrt(1 - shared^2) right
        noise[1] *= (1.0 - shared**2) ** 0.5
        noise[1] += shared * noise[0]
    return noise


class Wander:
    """A slow random curve 0..1 through one new point each `step_s`, smooth at the points."""

    def __init__(self, rate: int, rng: np.random.Generator, *, step_s: float) -> None:
        self._step = frames_of(step_s, rate)
        self._from, self._to = float(rng.random()), float(rng.random())
        self._at = 0

    def take(self, frames: int, rng: np.random.Generator) -> Signal:
        """Return the next stretch of the curve."""
        out = np.empty(frames)
        filled = 0
        while filled < frames:
            count = min(frames - filled, self._step - self._at)
            x = np.arange(self._at, self._at + count) / self._step
            rise = self._to - self._from
            out[filled : filled + count] = self._from + rise * (x * x * (3.0 - 2.0 * x))
            self._at += count
            filled += count
            if self._at == self._step:
                self._from, self._to, self._at = self._to, float(rng.random()), 0
        return out


class Events:
    """Short sounds laid into the stream, which may ring on into the next stretches."""

    def __init__(self) -> None:
        self._sum = np.zeros((2, 0))

    def add(self, at: int, sound: Signal) -> None:
        """Lay a sound, shape (2, n), in at this sample of what comes next."""
        missing = at + sound.shape[1] - self._sum.shape[1]
        if missing > 0:
            self._sum = np.concatenate([self._sum, np.zeros((2, missing))], axis=1)
        self._sum[:, at : at + sound.shape[1]] += sound

    def take(self, frames: int) -> Signal:
        """Return the next stretch."""
        self.add(frames, np.zeros((2, 1)))
        out, self._sum = self._sum[:, :frames], self._sum[:, frames:]
        return out
