"""A fire of logs: flames that lap, gases that hiss, wood that cracks.

After A. Farnell, "Designing Sound", MIT Press, 2010, practical 11.
"""

from dataclasses import dataclass

import numpy as np

from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of
from tapeloom.synth.oscillators import Signal, band_noise, ring
from tapeloom.synth.texture_parts import STRETCH_S, Events, Filtered, Wander, white_noise


@dataclass(slots=True)
class Fire:
    """Lapping low noise, a faint hiss, and cracks, now and then a log that bursts."""

    rate: int
    amount: float
    flames: Filtered
    lapping: tuple[Wander, ...]
    gases: Filtered
    hiss: Wander
    busy: Wander  # how much cracks at the moment
    pool: list[Signal]  # sounds of cracks, shape (n,)
    logs: list[Signal]  # sounds of bursting logs
    cracks: Events

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Fire":
        """Light it."""
        return cls(
            rate,
            amount,
            Filtered(rate, low_hz=45.0, high_hz=320.0),
            tuple(Wander(rate, rng, step_s=step_s) for step_s in (1.3, 0.31, 0.085)),
            Filtered(rate, low_hz=1700.0, high_hz=6500.0),
            Wander(rate, rng, step_s=0.9),
            Wander(rate, rng, step_s=2.7),
            [_crack(rate, rng) for _ in range(120)],
            [_log(rate, rng) for _ in range(12)],
            Events(),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        slow, middle, fast = (curve.take(frames, rng) for curve in self.lapping)
        flame = 0.25 + 0.5 * slow + 0.35 * slow * middle + 0.25 * middle * fast
        out = 0.020 * flame * self.flames.take(white_noise(frames, rng, shared=0.5))
        out += 0.0022 * self.hiss.take(frames, rng) ** 2 * self.gases.take(white_noise(frames, rng))
        busy = float(self.busy.take(frames, rng).mean())
        for _ in range(int(rng.poisson((4.0 + 16.0 * self.amount) * (0.2 + 1.6 * busy**2)))):
            self._add(int(rng.integers(frames)), rng)
        if rng.random() < 0.05 + 0.12 * self.amount:
            at = int(rng.integers(frames))
            left, right = pan_gains(float(rng.uniform(-0.4, 0.4)))
            log = float(rng.uniform(0.04, 0.11)) * self.logs[int(rng.integers(len(self.logs)))]
            self.cracks.add(at, np.stack([left * log, right * log]))
            # What breaks throws sparks for half a second.
            for later in rng.exponential(0.14, int(rng.integers(3, 12))):
                self._add(at + frames_of(float(later), self.rate), rng)
        return out + self.cracks.take(frames)

    def _add(self, at: int, rng: np.random.Generator) -> None:
        """Let one crack be heard from somewhere in the hearth."""
        level = min(0.012 * float(np.exp(rng.normal(0.0, 0.9))), 0.10)
        left, right = pan_gains(float(rng.uniform(-0.6, 0.6)))
        sound = level * self.pool[int(rng.integers(len(self.pool)))]
        self.cracks.add(at, np.stack([left * sound, right * sound]))


def _crack(rate: int, rng: np.random.Generator) -> Signal:
    """Draw a crack: a burst of a few milliseconds, and the splinter that it rings."""
    frames = frames_of(0.05, rate)
    t = np.arange(frames) / rate
    fall_s = float(np.exp(rng.normal(np.log(0.0022), 0.5)))
    low_hz = float(np.exp(rng.normal(np.log(1100.0), 0.4)))
    sound = band_noise(frames, rate, rng, low_hz=low_hz, high_hz=min(5.0 * low_hz, 9000.0))
    sound *= np.exp(-t / fall_s)
    hz = float(np.exp(rng.normal(np.log(1500.0), 0.5)))
    sound += ring(
        frames, rate, hz=np.array([hz, 2.3 * hz]), t60_s=np.array([0.022, 0.012]),
        left=np.array([0.7, 0.4]),
    )[0]  # fmt: skip
    fade_in(sound, rate, 0.0)
    fade_out(sound, rate, 0.01)
    return np.asarray(sound / max(float(np.abs(sound).max()), 1e-9))


def _log(rate: int, rng: np.random.Generator) -> Signal:
    """Draw the thump of a log that bursts."""
    frames = frames_of(0.2, rate)
    t = np.arange(frames) / rate
    sound = band_noise(frames, rate, rng, low_hz=180.0, high_hz=float(rng.uniform(900.0, 2200.0)))
    sound *= np.exp(-t / float(rng.uniform(0.012, 0.03)))
    hz = float(rng.uniform(260.0, 520.0))
    sound += ring(
        frames, rate, hz=hz * np.array([1.0, 1.7, 2.9]), t60_s=np.array([0.12, 0.09, 0.06]),
        left=np.array([0.8, 0.5, 0.3]),
    )[0]  # fmt: skip
    fade_in(sound, rate, 0.0)
    fade_out(sound, rate, 0.05)
    return np.asarray(sound / max(float(np.abs(sound).max()), 1e-9))
