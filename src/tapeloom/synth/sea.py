"""A beach: waves that rise, break and run back over the sand."""

from dataclasses import dataclass

import numpy as np

from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import frames_of
from tapeloom.synth.oscillators import Signal
from tapeloom.synth.texture_parts import STRETCH_S, Filtered, Wander, white_noise

# Of each band: Hz, level, seconds to its height, how steep it rises. The treble comes last, as
# foam, and stays longest.
_BANDS = (
    (60.0, 260.0, 0.024, 2.3, 3.0),
    (240.0, 1000.0, 0.018, 2.7, 4.0),
    (900.0, 3000.0, 0.012, 3.1, 3.5),
    (2500.0, 7500.0, 0.0075, 3.9, 2.2),
)
_LONGEST_S = 18.0


@dataclass(frozen=True, slots=True)
class _Wave:
    """One wave: how long ago it began, how high and how slow it is, where it breaks."""

    begun_s: float
    height: float
    slowness: float
    left: float
    right: float


@dataclass(slots=True)
class Waves:
    """Waves on a flat shore, over the far surf."""

    rate: int
    amount: float
    bands: tuple[Filtered, ...]
    surf: Filtered
    far: Wander
    waves: list[_Wave]
    next_s: float  # until the next wave
    now_s: float

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Waves":
        """Sit down on the sand."""
        sea = cls(
            rate,
            amount,
            tuple(Filtered(rate, low_hz=low, high_hz=high) for low, high, *_ in _BANDS),
            Filtered(rate, low_hz=120.0, high_hz=1300.0),
            Wander(rate, rng, step_s=6.1),
            [],
            float(rng.uniform(3.0, 6.0)),
            0.0,
        )
        sea.waves.append(sea._wave(-1.5, rng))
        return sea

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        t = self.now_s + np.arange(frames) / self.rate
        while self.next_s < self.now_s + STRETCH_S:
            self.waves.append(self._wave(self.next_s, rng))
            self.next_s += float(rng.uniform(5.5, 9.5)) * (1.25 - 0.5 * self.amount)
        self.waves = [w for w in self.waves if self.now_s - w.begun_s < _LONGEST_S * w.slowness]
        out = np.zeros((2, frames))
        for (_, _, level, height_s, steep), filtered in zip(_BANDS, self.bands, strict=True):
            swell = np.zeros((2, frames))
            for wave in self.waves:
                # (x e^(1 - x))^k: up to 1 at x = 1, then slowly down.
                x = np.clip(t - wave.begun_s, 0.0, None) / (height_s * wave.slowness)
                rise = wave.height * (x * np.exp(1.0 - x)) ** steep
                swell += np.stack([wave.left * rise, wave.right * rise])
            out += level * swell * filtered.take(white_noise(frames, rng, shared=0.2))
        far = 0.5 + self.far.take(frames, rng)
        out += 0.0042 * far * self.surf.take(white_noise(frames, rng))
        self.now_s += STRETCH_S
        return out

    def _wave(self, begun_s: float, rng: np.random.Generator) -> _Wave:
        left, right = pan_gains(float(rng.uniform(-0.5, 0.5)))
        return _Wave(
            begun_s, float(rng.uniform(0.55, 1.1)), float(rng.uniform(0.8, 1.3)),
            1.41 * left, 1.41 * right,
        )  # fmt: skip
