"""What controllers do to a whole part: volume, expression, brightness, and the wheel's vibrato.

Volume (7) and expression (11) follow the General MIDI 2 curve, 40 log10(value / 127) dB;
brightness (74) moves a low-pass; the modulation wheel (1) is a vibrato that notes are bent by.
"""

from collections.abc import Iterable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.performance import PlayedPart
from tapeloom.synth.bending import STEP_S, Bending

VOLUME, EXPRESSION, BRIGHTNESS, WHEEL = 7, 11, 74, 1
RAMP_S = 0.01  # in which one value becomes the next: a step would click
OPEN_HZ, OCTAVES = 16_000.0, 5.0  # of the low-pass at 127, and how far it falls at 0
VIBRATO_HZ, VIBRATO_CENTS = 5.4, 45.0  # at full wheel

Floats = NDArray[np.float64]


def curve(part: PlayedPart, number: int, times_s: Floats, *, start: float) -> Floats:
    """Return a controller's value 0..127 at times, sliding from each value to the next.

    start  its value before the first message
    """
    changes = sorted((c.time_s, float(c.value)) for c in part.controls if c.number == number)
    return sliding(changes, times_s, start=start)


def sliding(changes: Iterable[tuple[float, float]], times_s: Floats, *, start: float) -> Floats:
    """Return values at times, sliding within RAMP_S to each (time, value) in order.

    >>> sliding([(1.0, 64.0)], np.array([0.0, 1.005, 2.0]), start=0.0).round(6).tolist()
    [0.0, 32.0, 64.0]
    """
    at, values, level = [0.0], [start], start
    for time, value in changes:
        at += [max(time, at[-1]), max(time, at[-1]) + RAMP_S]
        values += [level, value]
        level = value
    return np.interp(times_s, at, values)


@njit(cache=True, nogil=True)
def darken_kernel(block: Floats, keep: Floats, state: Floats) -> None:
    """Low-pass a block (2, n) in place by one pole: keep (n,) is what it holds of its past."""
    for c in range(block.shape[0]):
        y = state[c]
        for n in range(block.shape[1]):
            y = block[c, n] + keep[n] * (y - block[c, n])
            block[c, n] = y
        state[c] = y if abs(y) > 1e-20 else 0.0


class Expression:
    """A part's controllers, block by block."""

    def __init__(self, part: PlayedPart, rate: int) -> None:
        self._part, self._rate, self._now = part, rate, 0
        numbers = {control.number for control in part.controls}
        self._gains = [number for number in (VOLUME, EXPRESSION) if number in numbers]
        self._darkens = BRIGHTNESS in numbers
        self._state = np.zeros(2)

    @property
    def acts(self) -> bool:
        """Whether any of its controllers is used."""
        return bool(self._gains) or self._darkens

    def process(self, block: Floats) -> Floats:
        """Return a block (2, n) as the controllers want it."""
        times = (self._now + np.arange(block.shape[1])) / self._rate
        self._now += block.shape[1]
        out = np.array(block, np.float64)
        for number in self._gains:
            full = 100.0 if number == VOLUME else 127.0  # General MIDI begins with these
            out *= (curve(self._part, number, times, start=full) / full) ** 2
        if self._darkens:
            value = curve(self._part, BRIGHTNESS, times, start=64.0)
            darken_kernel(out, kept_by(value, self._rate), self._state)
        return out


def kept_by(brightness: Floats, rate: int) -> Floats:
    """Return what the low-pass of `darken_kernel` holds of its past, of a brightness 0..127."""
    hz = OPEN_HZ * 2.0 ** (OCTAVES * np.minimum(brightness / 64.0 - 1.0, 0.0))
    return np.where(brightness >= 64.0, 0.0, np.exp(-2.0 * np.pi * hz / rate))


def with_wheel(bending: Bending, part: PlayedPart, *, onset_s: float, held_s: float) -> Bending:
    """Return a note's bending with the modulation wheel's vibrato in it."""
    if not any(control.number == WHEEL and control.value > 0 for control in part.controls):
        return bending
    t = np.asarray(np.arange(int(np.ceil(held_s / (4 * STEP_S))) + 2) * (4 * STEP_S), np.float64)
    return bending.plus(vibrato(t, curve(part, WHEEL, onset_s + t, start=0.0) / 127.0))


def vibrato(times_s: Floats, depth: Floats) -> Bending:
    """Return the wheel's vibrato of a depth 0..1 at times since a note's onset."""
    sway = VIBRATO_CENTS / 100.0 * depth * np.sin(2.0 * np.pi * VIBRATO_HZ * times_s)
    return Bending(times_s, sway)
