"""The surface of an old record: crackle, pops, ticks that come round, hiss and rumble.

33 1/3 turns a minute are 1.8 s: a scratch ticks at that period for a while, then moves on.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, high_pass, high_shelf, low_pass
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.noise import noise_gain

TURN_S = 1.8
_PIECE = 8_192  # samples that are drawn together


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
        self._hiss_gain = db_to_gain(hiss_db) / noise_gain(hiss, rate)
        self._rumble_gain = db_to_gain(rumble_db) / noise_gain(rumble, rate)
        self._groove = Biquads(
            [high_pass(500.0, rate, q=0.6), low_pass(min(7500.0, nyquist), rate)], channels=2
        )
        self._thud = _thud(rate)
        self._scratches: list[_Scratch] = []
        # Left and right ticks, thuds: what reaches over the end of a piece.
        self._ringing = np.zeros((3, max(self._thud.size, round(0.005 * rate))))
        self._start = 0
        self._ready = np.zeros((2, 0))

    def take(self, samples: int) -> NDArray[np.float64]:
        """Return the next (2, samples)."""
        parts = [self._ready]
        held = self._ready.shape[1]
        while held < samples:
            # Whole pieces are drawn, so that block sizes don't change what is drawn.
            parts.append(self._next_piece())
            held += _PIECE
        joined = np.concatenate(parts, axis=1)
        self._ready = joined[:, samples:].copy()
        return joined[:, :samples]

    def retune(self, *, crackle_per_s: float, pops_per_s: float) -> None:
        """Take other numbers for what is still to be drawn."""
        self._crackle_per_s, self._pops_per_s = crackle_per_s, pops_per_s

    def _next_piece(self) -> NDArray[np.float64]:
        rng, piece_s = self._rng, _PIECE / self._rate
        # What began in the piece before rings on at the beginning.
        ticks = np.pad(self._ringing[:2], ((0, 0), (0, _PIECE)))
        thuds = np.pad(self._ringing[2], (0, _PIECE))
        for at in rng.integers(0, _PIECE, rng.poisson(self._crackle_per_s * piece_s)):
            level_db = self._crackle_db + 5.0 * float(np.clip(rng.standard_normal(), -2.5, 2.0))
            self._tick(ticks, int(at), level_db, float(rng.uniform(-0.8, 0.8)))
        self._come_round(ticks, piece_s)
        for at in rng.integers(0, _PIECE, rng.poisson(self._pops_per_s * piece_s)):
            level_db = self._crackle_db + 4.0 + 3.0 * float(rng.standard_normal())
            gain = db_to_gain(min(level_db, self._crackle_db + 9.0))
            thuds[int(at) : int(at) + self._thud.size] += gain * self._thud
        self._start += _PIECE
        self._ringing = np.vstack((ticks[:, _PIECE:], thuds[_PIECE:]))
        hiss = self._hiss.process(rng.standard_normal((2, _PIECE)))
        rumble = self._rumble.process(rng.standard_normal((1, _PIECE)))
        crackle = self._groove.process(ticks[:, :_PIECE])
        low = self._rumble_gain * rumble[0] + thuds[:_PIECE]
        return np.asarray(crackle + self._hiss_gain * hiss + low)

    def _tick(self, ticks: NDArray[np.float64], at: int, level_db: float, pan: float) -> None:
        """Add a burst of 0.1 to 1 ms that dies away."""
        rate, rng = self._rate, self._rng
        duration_s = 0.0001 * 10.0 ** float(rng.uniform(0.0, 1.0))
        length = max(2, round(4.0 * duration_s * rate))
        burst = rng.standard_normal(length) * np.exp(-np.arange(length) / (duration_s * rate))
        # The groove's filters take about 4 dB off the peak of such noise.
        burst *= 1.6 * db_to_gain(level_db) / float(np.abs(burst).max())
        ticks[0, at : at + length] += burst * math.sqrt(1.0 - pan)
        ticks[1, at : at + length] += burst * math.sqrt(1.0 + pan)

    def _come_round(self, ticks: NDArray[np.float64], piece_s: float) -> None:
        """Add the scratches that tick once a turn, and draw new ones."""
        rng, start = self._rng, self._start
        if self._crackle_per_s > 0.0 and len(self._scratches) < 3 and rng.random() < 0.1 * piece_s:
            at, turns = start + int(rng.integers(0, _PIECE)), int(rng.integers(4, 16))
            level_db = self._crackle_db + float(rng.uniform(-4.0, 4.0))
            self._scratches.append(_Scratch(at, level_db, float(rng.uniform(-0.7, 0.7)), turns))
        for scratch in self._scratches:
            while scratch.at < start + _PIECE and scratch.turns > 0:
                level_db = scratch.level_db + 2.0 * float(rng.standard_normal())
                self._tick(ticks, scratch.at - start, level_db, scratch.pan)
                scratch.at += round(TURN_S * self._rate)
                scratch.turns -= 1
        self._scratches = [scratch for scratch in self._scratches if scratch.turns > 0]


@dataclass(slots=True)
class _Scratch:
    """A tick that comes round."""

    at: int  # the sample of its next tick
    level_db: float
    pan: float
    turns: int  # left


def _thud(rate: int) -> NDArray[np.float64]:
    """Return a pop: a low thump of 60 ms with a peak of 1."""
    impulse = np.zeros((1, round(0.06 * rate)))
    impulse[0, 0] = 1.0
    thump = Biquads([low_pass(180.0, rate), high_pass(40.0, rate)], channels=1).process(impulse)[0]
    thump *= np.linspace(1.0, 0.0, thump.size)
    return np.asarray(thump / np.abs(thump).max())


def vinyl_noise(samples: int, rate: int, *, rng: np.random.Generator, **settings: Any) -> Any:
    """Return (2, samples) of surface noise, see `VinylNoise`.

    >>> vinyl_noise(100, 44100, rng=np.random.default_rng(2)).shape
    (2, 100)
    """
    return VinylNoise(rate, rng=rng, **settings).take(samples)
