"""A room with people: voices without words, and cups."""

from dataclasses import dataclass

import numpy as np

from tapeloom.dsp.filters import Biquads
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import fade_in, frames_of
from tapeloom.synth.oscillators import Signal, band, ring
from tapeloom.synth.texture_parts import STRETCH_S, Events, Filtered, Wander, white_noise

MURMUR = 0.034  # amplitude of the voices in a room


class _Talker:
    """A far voice without words: a buzz through two formants, in syllables and phrases."""

    def __init__(self, rate: int, rng: np.random.Generator) -> None:
        self._rate = rate
        self._pitch_hz = float(rng.choice([105.0, 190.0]) * rng.uniform(0.85, 1.2))
        self._turn = float(rng.random())  # of the vocal folds, in periods
        first, second = float(rng.uniform(320.0, 620.0)), float(rng.uniform(950.0, 1500.0))
        self._open = Filtered(rate, low_hz=0.7 * first, high_hz=1.4 * first, channels=1)
        self._front = Filtered(rate, low_hz=0.8 * second, high_hz=1.25 * second, channels=1)
        self._tune = Wander(rate, rng, step_s=float(rng.uniform(0.25, 0.4)))
        self._vowel = Wander(rate, rng, step_s=float(rng.uniform(0.1, 0.2)))
        self._syllables = Wander(rate, rng, step_s=float(rng.uniform(0.09, 0.14)))
        self._phrases = Wander(rate, rng, step_s=float(rng.uniform(1.1, 2.3)))
        self.left, self.right = pan_gains(float(rng.uniform(-0.8, 0.8)))

    def take(self, frames: int, rng: np.random.Generator) -> Signal:
        """Return the next stretch, shape (n,)."""
        hz = self._pitch_hz * (0.86 + 0.28 * self._tune.take(frames, rng))
        turns = self._turn + np.cumsum(hz) / self._rate
        self._turn = float(turns[-1]) % 1.0
        buzz = (0.5 + 0.5 * np.cos(2.0 * np.pi * turns)) ** 4
        buzz += 0.12 * (rng.random(frames) - 0.5)
        vowel = self._vowel.take(frames, rng)
        voiced: Signal = (1.0 - 0.6 * vowel) * self._open.take(buzz[None])[0]
        voiced += 0.4 * vowel * self._front.take(buzz[None])[0]
        # Nobody talks all the time, nor all at once.
        voiced *= np.clip(2.0 * self._phrases.take(frames, rng) - 0.7, 0.0, 1.0)
        voiced *= 0.15 + 0.85 * self._syllables.take(frames, rng)
        return voiced


@dataclass(slots=True)
class Cafe:
    """A café: air, a murmur of voices without words, now and then a cup."""

    rate: int
    amount: float
    air: Filtered
    talkers: tuple[_Talker, ...]
    distance: Biquads
    cups: Events
    coarse: int  # the murmur has no treble: it is made at this fraction of the rate
    last: Signal  # the murmur's last sample, (2, 1), from which the next stretch is joined

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Cafe":
        """Open the door."""
        coarse = max(d for d in range(1, 7) if d == 1 or (rate % d == 0 and rate >= 6_000 * d))
        return cls(
            rate,
            amount,
            Filtered(rate, low_hz=50.0, high_hz=420.0),
            tuple(_Talker(rate // coarse, rng) for _ in range(6)),
            # Distance takes the treble, and with it what joining by lines adds.
            Biquads(band(rate, low_hz=160.0, high_hz=1500.0) * 2, channels=2),
            Events(),
            coarse,
            np.zeros((2, 1)),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        murmur = np.zeros((2, frames // self.coarse))
        for talker in self.talkers:
            voiced = talker.take(murmur.shape[1], rng)
            murmur[0] += talker.left * voiced
            murmur[1] += talker.right * voiced
        before = np.concatenate([self.last, murmur[:, :-1]], axis=1)[:, :, None]
        ramp = np.arange(1, self.coarse + 1) / self.coarse
        joined = before + (murmur[:, :, None] - before) * ramp
        self.last = murmur[:, -1:]
        out = MURMUR * self.distance.process(joined.reshape(2, frames))
        out += 0.008 * self.air.take(white_noise(frames, rng, shared=0.4))
        if rng.random() < 0.10 + 0.12 * self.amount:
            self.cups.add(int(rng.integers(frames)), self._cup(rng))
        return out + self.cups.take(frames)

    def _cup(self, rng: np.random.Generator) -> Signal:
        """Set a cup down somewhere: a few high modes, soft and far."""
        base = float(rng.uniform(1500.0, 2600.0))
        hz = base * np.array([1.0, 1.62, 2.31, 2.9]) * rng.uniform(0.97, 1.03, 4)
        gains = 0.012 * float(rng.uniform(0.3, 1.0)) * np.array([1.0, 0.6, 0.35, 0.2])
        left, right = pan_gains(float(rng.uniform(-0.8, 0.8)))
        sound = ring(
            frames_of(0.3, self.rate),
            self.rate,
            hz=hz,
            t60_s=np.array([0.16, 0.12, 0.08, 0.05]),
            left=gains * left,
            right=gains * right,
        )
        fade_in(sound, self.rate, 0.0015)
        return sound
