"""The surface of an old record: crackle, pops, ticks that come round, hiss and rumble.

33 1/3 turns a minute are 1.8 s: a scratch ticks at that period for a while, then moves on.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section, high_pass, high_shelf, low_pass
from tapeloom.dsp.level import db_to_gain

TURN_S = 1.8


class VinylNoise:
    """Endless surface noise in blocks of any size, stereo, drawn from a generator.

    crackle_per_s  how many crackles a second
    crackle_db     level of a typical crackle's peak in dBFS; single ones are up to 10 dB louder
    pops_per_s     low thuds a second
    hiss_db        RMS of the hiss in dBFS

    >>> noise = VinylNoise(44100, rng=np.random.default_rng(1))
    >>> whole = VinylNoise(44100, rng=np.random.default_rng(1)).take(50_000)
    >>> parts = [noise.take(20_000), noise.take(30_000)]
    >>> whole.shape, bool((np.hstack(parts) == whole).all())
    ((2, 50000), True)
    """

    def __init__(
        self,
        rate: int,
        *,
        rng: np.random.Generator,
        crackle_per_s: float = 15.0,
        crackle_db: float = -36.0,
        pops_per_s: float = 0.3,
        hiss_db: float = -60.0,
        rumble_db: float = -62.0,
    ) -> None:
        self._rate, self._rng = rate, rng
        self._crackle_per_s, self._crackle_db = crackle_per_s, crackle_db
        self._pops_per_s = pops_per_s
        nyquist = 0.45 * rate
        hiss = [
            high_pass(300.0, rate, q=0.5),
            high_shelf(5000.0, rate, gain_db=3.0) if rate > 12_000 else low_pass(nyquist, rate),
        ]
        rumble = [low_pass(28.0, rate), high_pass(12.0, rate)]
        self._hiss, self._rumble = Biquads(hiss, channels=2), Biquads(rumble, channels=1)
        # By the filters' gain for white noise of RMS 1, levels are what they say.
        self._hiss_gain = db_to_gain(hiss_db) / _noise_gain(hiss, rate)
        self._rumble_gain = db_to_gain(rumble_db) / _noise_gain(rumble, rate)
        self._groove = Biquads(
            [high_pass(500.0, rate, q=0.6), low_pass(min(7500.0, nyquist), rate)], channels=2
        )
        self._thud = _thud(rate)
        self._scratches: list[tuple[int, float, float, int]] = []  # at, level, pan, turns left
        self._ringing = np.zeros(self._thud.size)  # of the second before
        self._second = 0
        self._ready = np.zeros((2, 0))

    def take(self, samples: int) -> NDArray[np.float64]:
        """Return the next (2, samples)."""
        parts = [self._ready]
        held = self._ready.shape[1]
        while held < samples:
            # Whole seconds are drawn, so that block sizes don't change what is drawn.
            parts.append(self._next_second())
            held += self._rate
        joined = np.concatenate(parts, axis=1)
        self._ready = joined[:, samples:].copy()
        return joined[:, :samples]

    def _next_second(self) -> NDArray[np.float64]:
        rate, rng = self._rate, self._rng
        start = self._second * rate
        self._second += 1
        ticks = np.zeros((2, rate))
        for at in rng.integers(0, rate, rng.poisson(self._crackle_per_s)):
            level_db = self._crackle_db + 5.0 * float(np.clip(rng.standard_normal(), -2.5, 2.0))
            self._tick(ticks, int(at), level_db, float(rng.uniform(-0.8, 0.8)))
        self._come_round(ticks, start)
        thuds = np.zeros(rate + self._thud.size)
        thuds[: self._thud.size] = self._ringing
        for at in rng.integers(0, rate, rng.poisson(self._pops_per_s)):
            level_db = self._crackle_db + 4.0 + 3.0 * float(rng.standard_normal())
            gain = db_to_gain(min(level_db, self._crackle_db + 9.0))
            thuds[int(at) : int(at) + self._thud.size] += gain * self._thud
        self._ringing = thuds[rate:]
        hiss = self._hiss.process(rng.standard_normal((2, rate)))
        rumble = self._rumble.process(rng.standard_normal((1, rate)))
        low = self._rumble_gain * rumble[0] + thuds[:rate]
        return np.asarray(self._groove.process(ticks) + self._hiss_gain * hiss + low)

    def _tick(self, ticks: NDArray[np.float64], at: int, level_db: float, pan: float) -> None:
        """Add a burst of 0.1 to 1 ms that dies away."""
        rate, rng = self._rate, self._rng
        duration_s = 0.0001 * 10.0 ** float(rng.uniform(0.0, 1.0))
        length = min(max(2, round(4.0 * duration_s * rate)), ticks.shape[1] - at)
        burst = rng.standard_normal(length) * np.exp(-np.arange(length) / (duration_s * rate))
        burst *= db_to_gain(level_db) / max(1e-9, float(np.abs(burst).max())) * 1.6
        ticks[0, at : at + length] += burst * math.sqrt(1.0 - pan)
        ticks[1, at : at + length] += burst * math.sqrt(1.0 + pan)

    def _come_round(self, ticks: NDArray[np.float64], start: int) -> None:
        rate, rng = self._rate, self._rng
        if self._crackle_per_s > 0.0 and len(self._scratches) < 3 and rng.random() < 0.12:
            level_db = self._crackle_db + float(rng.uniform(-4.0, 4.0))
            at = start + int(rng.integers(0, rate))
            self._scratches.append((at, level_db, float(rng.uniform(-0.7, 0.7)), _turns(rng)))
        going: list[tuple[int, float, float, int]] = []
        for at, level_db, pan, turns in self._scratches:
            while at < start + rate and turns > 0:
                self._tick(ticks, at - start, level_db + 2.0 * float(rng.standard_normal()), pan)
                at, turns = at + round(TURN_S * rate), turns - 1  # noqa: PLW2901
            if turns > 0:
                going.append((at, level_db, pan, turns))
        self._scratches = going


def _turns(rng: np.random.Generator) -> int:
    return int(rng.integers(4, 16))


def _thud(rate: int) -> NDArray[np.float64]:
    """Return a pop: a low thump of 60 ms with a peak of 1."""
    impulse = np.zeros((1, round(0.06 * rate)))
    impulse[0, 0] = 1.0
    thump = Biquads([low_pass(180.0, rate), high_pass(40.0, rate)], channels=1).process(impulse)[0]
    thump *= np.linspace(1.0, 0.0, thump.size)
    return np.asarray(thump / np.abs(thump).max())


def _noise_gain(sections: list[Section], rate: int) -> float:
    """Return the RMS gain of filters for white noise."""
    impulse = np.zeros((1, rate))
    impulse[0, 0] = 1.0
    return math.sqrt(float(np.square(Biquads(sections, channels=1).process(impulse)).sum()))


def vinyl_noise(samples: int, rate: int, *, rng: np.random.Generator, **settings: Any) -> Any:
    """Return (2, samples) of surface noise, see `VinylNoise`.

    >>> vinyl_noise(100, 44100, rng=np.random.default_rng(2)).shape
    (2, 100)
    """
    return VinylNoise(rate, rng=rng, **settings).take(samples)
