"""Wooden boxes and boards: what a body does to the strings that it carries.

A body is a set of modes, heard at two places. Few stand alone at the bottom, above them they are so
dense that only their statistics matter (T. Rossing, N. Fletcher, "The Physics of Musical
Instruments", 2nd edition, 1998, chapters 9 and 12). Strings and body are linear: each partial is
weighted by the body's response at its frequency, and the modes themselves ring as a knock.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.synth.oscillators import Signal, ring

HEARD_HZ = (80.0, 5000.0)  # the response is 1 on average over this band


@dataclass(frozen=True, slots=True)
class Wood:
    """The modes of a body, and how strongly each is heard left and right."""

    hz: tuple[float, ...]
    q: tuple[float, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
    direct: float  # what is heard of any frequency, between the modes

    def response(self, hz: Signal) -> Signal:
        """Return how much of each frequency is heard, shape (2, len(hz)), 1 on average."""
        return np.asarray(self.direct + np.abs(self._moved(hz)))

    def phase(self, hz: Signal) -> Signal:
        """Return how far the body turns each frequency, in radians."""
        return np.asarray(np.angle(self.direct + self._moved(hz).sum(axis=0)))

    def _moved(self, hz: Signal) -> NDArray[np.complex128]:
        f, q = np.array(self.hz)[:, None], np.array(self.q)[:, None]
        width = 1j * hz * f / q
        resonance = width / (f**2 - hz**2 + width)  # (modes, len(hz)), 1 at its peak
        return np.asarray(np.array([self.left, self.right]) @ resonance)

    def knock(
        self, frames: int, rate: int, rng: np.random.Generator, *, contact_s: float
    ) -> Signal:
        """Return what is heard of a knock on the body, shape (2, frames), of unit peak."""
        hz = np.array(self.hz)
        push = contact(hz, contact_s) * rng.normal(1.0, 0.35, len(hz))
        sound = ring(
            frames,
            rate,
            hz=hz,
            t60_s=2.2 * np.array(self.q) / hz,
            left=np.array(self.left) * push,
            right=np.array(self.right) * push,
        )
        return sound / max(float(np.abs(sound).max()), 1e-9)


def contact(hz: Signal, contact_s: float) -> Signal:
    """Return the spectrum of a push that lasts `contact_s`: flat, then 15 dB down per octave."""
    return np.asarray((1.0 + (hz * contact_s / 0.8) ** 2) ** -1.25)


def draw_wood(
    rng: np.random.Generator,
    *,
    low: tuple[tuple[float, float], ...],
    to_hz: float = 7000.0,
    count: int = 90,
    low_q: float = 22.0,
    q: float = 35.0,
    direct: float = 0.35,
) -> Wood:
    """Draw a body.

    low     frequency and gain of the modes at the bottom, each a few per cent off
    to_hz   up to where the dense ones reach; count: how many there are
    low_q   sharpness of the ones at the bottom; q: of the others
    direct  what is heard between the modes
    """
    named = np.array(low)
    hz = named[:, 0] * rng.uniform(0.965, 1.035, len(named))
    start = np.sqrt(1.25 * hz[-1])
    dense = (start + (np.sqrt(to_hz) - start) * np.sort(rng.uniform(0.0, 1.0, count))) ** 2
    gain = rng.normal(0.0, 0.55, count)
    # Short waves reach two places in any phase, long ones in the same.
    lean = np.minimum(1.0, dense / 1500.0)
    other = gain * (1.0 - lean) + lean * rng.normal(0.0, 0.55, count)
    signs = rng.choice([-1.0, 1.0], len(named))
    lows = np.abs(named[:, 1]) * signs
    wood = Wood(
        hz=tuple(map(float, np.concatenate([hz, dense]))),
        q=tuple(map(float, np.concatenate([np.full(len(named), low_q), np.full(count, q)]))),
        left=tuple(map(float, np.concatenate([lows, gain]))),
        right=tuple(map(float, np.concatenate([lows * rng.uniform(0.8, 1.25, len(lows)), other]))),
        direct=direct,
    )
    heard = wood.response(np.geomspace(*HEARD_HZ, 200))
    level = 1.0 / float(np.sqrt(np.mean(heard**2)))
    return Wood(
        wood.hz,
        wood.q,
        tuple(level * x for x in wood.left),
        tuple(level * x for x in wood.right),
        level * direct,
    )
