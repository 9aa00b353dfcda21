"""Noise of a known level: what machines whisper."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section, high_pass, high_shelf
from tapeloom.dsp.level import OFF_DB, db_to_gain


def noise_gain(sections: Sequence[Section], rate: int) -> float:
    """Return the RMS gain of filters for white noise.

    >>> noise_gain([], 8000)
    1.0
    """
    impulse = np.zeros((1, rate))
    impulse[0, 0] = 1.0
    return math.sqrt(float(np.square(Biquads(sections, channels=1).process(impulse)).sum()))


def level_or_off(db: float) -> float:
    """Convert a noise's level to a factor, 0 from OFF_DB down.

    >>> level_or_off(-20.0), level_or_off(-120.0)
    (0.1, 0.0)
    """
    return db_to_gain(db) if db > OFF_DB else 0.0


def hiss_sections(rate: int) -> list[Section]:
    """Return the filters of tape hiss: little below 300 Hz, more above 5 kHz.

    >>> len(hiss_sections(44100)), len(hiss_sections(8000))
    (2, 1)
    """
    sections = [high_pass(300.0, rate, q=0.5)]
    return [*sections, high_shelf(5000.0, rate, gain_db=4.0)] if rate > 12_000 else sections


class Noise:
    """White noise through filters, at an RMS level of 1, of its own in each channel.

    >>> noise = Noise(44100, 2, rng=np.random.default_rng(1), sections=hiss_sections(44100))
    >>> noise.take(44100).shape
    (2, 44100)
    """

    def __init__(
        self, rate: int, channels: int, *, rng: np.random.Generator, sections: Sequence[Section]
    ) -> None:
        self._rng, self._channels = rng, channels
        self._filter = Biquads(sections, channels=channels)
        self._gain = 1.0 / noise_gain(sections, rate)

    def take(self, frames: int) -> NDArray[np.float64]:
        """Return the next (channels, frames)."""
        # Drawn sample by sample, so that block sizes don't change it.
        white = self._rng.standard_normal((frames, self._channels))
        return self._filter.process(self._gain * white.T)
