"""What the weather does: rain and wind."""

from dataclasses import dataclass

import numpy as np

from tapeloom.synth.envelopes import fade_in, frames_of
from tapeloom.synth.oscillators import Signal, ring
from tapeloom.synth.texture_parts import STRETCH_S, Events, Filtered, Wander, white_noise


@dataclass(slots=True)
class Rain:
    """A hiss of far drops, the patter on a roof, and some that hit the sill."""

    rate: int
    amount: float
    far: Filtered
    roof: Filtered
    gust: Wander
    pool: list[Signal]  # sounds of drops, shape (n,), of which each drop plays one
    drops: Events

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Rain":
        """Start a shower."""
        return cls(
            rate,
            amount,
            Filtered(rate, low_hz=900.0, high_hz=5600.0),
            Filtered(rate, low_hz=160.0, high_hz=900.0),
            Wander(rate, rng, step_s=3.7),
            [_drop(rate, rng) for _ in range(160)],
            Events(),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        count = int(rng.poisson(60.0 + 130.0 * self.amount))
        starts = rng.integers(frames, size=count).tolist()
        which = rng.integers(len(self.pool), size=count).tolist()
        # Far drops are many and faint, near ones few.
        levels = np.minimum(0.010 * np.exp(rng.normal(0.0, 0.9, count)), 0.09)
        angles = rng.uniform(0.03, 0.47, count) * np.pi
        sides = levels * np.stack([np.cos(angles), np.sin(angles)])
        for at, drop, side in zip(starts, which, sides.T, strict=True):
            self.drops.add(at, side[:, None] * self.pool[drop])
        noise = white_noise(frames, rng)
        # Noises of their own: bands of one noise would cancel where they meet.
        bed = 0.012 * self.far.take(noise) + 0.006 * self.roof.take(white_noise(frames, rng))
        bed *= 0.75 + 0.35 * self.gust.take(frames, rng)
        return bed + self.drops.take(frames)


def _drop(rate: int, rng: np.random.Generator) -> Signal:
    """Draw the sound of one drop: a bubble's ring and a tap."""
    hz = float(np.exp(rng.normal(np.log(2300.0), 0.45)))
    t60_s = float(rng.uniform(0.006, 0.028)) * (2300.0 / hz) ** 0.3
    sound: Signal = ring(
        frames_of(1.2 * t60_s + 0.002, rate),
        rate,
        hz=np.array([hz, hz * rng.uniform(1.3, 2.2)]),
        t60_s=np.array([t60_s, 0.4 * t60_s]),
        left=np.array([1.4, 0.7]),
    )[0]
    fade_in(sound, rate, 0.0)
    return sound


@dataclass(slots=True)
class Wind:
    """Air that rises and falls about the house, with a faint whistle in the gusts."""

    rate: int
    amount: float
    bands: tuple[Filtered, ...]
    gusts: tuple[Wander, ...]

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Wind":
        """Start to blow."""
        edges = ((70.0, 190.0), (170.0, 420.0), (380.0, 800.0), (760.0, 1500.0), (1400.0, 3200.0))
        return cls(
            rate,
            amount,
            tuple(Filtered(rate, low_hz=low, high_hz=high) for low, high in edges),
            tuple(Wander(rate, rng, step_s=step_s) for step_s in (5.3, 2.1, 0.7)),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        slow, middle, fast = (gust.take(frames, rng) for gust in self.gusts)
        force = 0.25 + 0.75 * (0.55 * slow + 0.33 * middle + 0.12 * fast)
        noise = white_noise(frames, rng, shared=0.3)
        out = np.zeros((2, frames))
        # The stronger it blows, the higher the bands that sound.
        power = force.copy()
        for level, filtered in zip((0.020, 0.022, 0.020, 0.016, 0.010), self.bands, strict=True):
            out += level * power * filtered.take(noise)
            power *= force
        return out
