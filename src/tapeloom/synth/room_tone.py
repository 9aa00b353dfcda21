"""A room where nobody speaks: air that hardly moves, a hum in the wall, the room's modes."""

from dataclasses import dataclass

import numpy as np

from tapeloom.dsp.filters import Biquads, bell
from tapeloom.synth.envelopes import frames_of
from tapeloom.synth.oscillators import Signal
from tapeloom.synth.texture_parts import STRETCH_S, Filtered, Wander, white_noise

SOUND_M_PER_S = 343.0
MODES_BELOW_HZ = 240.0  # above, a small room's modes lie too close to be told apart
MOST_MODES = 14
MAINS_HZ = (50.0, 60.0)
_HUM = ((1.0, 0.5), (2.0, 1.0), (3.0, 0.22), (4.0, 0.38), (6.0, 0.16))  # partial, amplitude
_BANDS = ((45.0, 160.0, 0.0028), (140.0, 520.0, 0.0036), (460.0, 1700.0, 0.0024),
          (1500.0, 5200.0, 0.0013))  # fmt: skip


def modes_hz(sides_m: tuple[float, float, float]) -> list[float]:
    """Return the lowest modes of a room with hard walls, from the deepest up.

        f = c / 2 sqrt((l / Lx)^2 + (m / Ly)^2 + (n / Lz)^2)

    sides_m  length, width and height

    H. Kuttruff, "Room Acoustics", on the normal modes of rectangular rooms with rigid walls.

    >>> [round(hz, 1) for hz in modes_hz((4.9, 3.6, 2.5))[:3]]
    [35.0, 47.6, 59.1]
    """
    numbers = np.stack(np.meshgrid(*[np.arange(9)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    hz = 0.5 * SOUND_M_PER_S * np.sqrt(np.sum((numbers / np.array(sides_m)) ** 2, axis=1))
    return sorted(float(f) for f in hz if 0.0 < f < MODES_BELOW_HZ)


@dataclass(slots=True)
class RoomTone:
    """Air in bands that rise and fall slowly, coloured by the modes of a small room, and a hum."""

    rate: int
    air: tuple[Filtered, ...]
    drift: tuple[Wander, ...]  # of each band's level
    modes: Biquads
    partials: tuple[tuple[float, float], ...]  # Hz and amplitude of what hums
    load: Wander  # how much current the house draws
    at: int  # samples so far

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "RoomTone":
        """Close the door."""
        sides = (rng.uniform(3.4, 5.6), rng.uniform(2.6, 4.2), rng.uniform(2.3, 2.8))
        mains = float(rng.choice(MAINS_HZ))
        sections = [
            bell(hz, rate, gain_db=float(rng.uniform(3.0, 9.0)), q=float(0.3 * hz * 0.45))
            for hz in modes_hz(sides)[:MOST_MODES]
        ]
        return cls(
            rate,
            tuple(Filtered(rate, low_hz=low, high_hz=high) for low, high, _ in _BANDS),
            tuple(Wander(rate, rng, step_s=step_s) for step_s in (6.1, 4.3, 7.7, 5.2)),
            Biquads(sections, channels=2),
            tuple(
                (partial * mains, 0.0010 * amplitude * float(rng.uniform(0.5, 1.2)))
                for partial, amplitude in _HUM
            ),
            Wander(rate, rng, step_s=9.1),
            0,
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        out = np.zeros((2, frames))
        for (_, _, level), band, drift in zip(_BANDS, self.air, self.drift, strict=True):
            noise = band.take(white_noise(frames, rng, shared=0.25))
            out += level * (0.7 + 0.6 * drift.take(frames, rng)) * noise
        out = self.modes.process(out)
        t = (self.at + np.arange(frames)) / self.rate
        hum = sum(a * np.sin(2.0 * np.pi * hz * t) for hz, a in self.partials)
        self.at += frames
        return out + (0.6 + 0.4 * self.load.take(frames, rng)) * hum
