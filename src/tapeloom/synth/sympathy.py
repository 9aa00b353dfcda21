"""Sympathetic resonance: strings that nobody strikes ring along while the pedal frees them.

A bank of string loops listens to all that is played; each answers at its own partials alone.
J. Smith, "Physical Audio Signal Processing" (coupled strings); B. Bank, "Physics-Based Sound
Synthesis of String Instruments", 2006.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.pedalling import Pedal

PITCHES = range(36, 60)  # two octaves of free strings
T60_S = 5.0  # of the lowest; higher ones ring shorter
BRIGHT = 0.35  # how fast their upper partials fade: the loop's low-pass, 0 not at all
DAMPED_S = 0.25  # in which a string falls by 60 dB while its damper lies on it

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def sympathy_kernel(
    out: Floats, heard: Floats, depth: Floats, lines: Floats, at: NDArray[np.int64],
    length: NDArray[np.int64], keep: Floats, damped: Floats, tuning: Floats, state: Floats,
    left: Floats, right: Floats,
) -> None:  # fmt: skip
    """Add what the strings answer to `out` (2, n).

    heard  (n,) what is played; depth  (n,) of the pedal, 0..1
    lines  (strings, longest) delay lines; at, length  (strings,) their place and samples
    keep   (strings,) what a turn leaves; damped: of that under the damper
    tuning (strings,) coefficients of the all-passes that make up fractions of a sample
    state  (strings, 3) of low-pass and all-pass
    """
    for s in range(lines.shape[0]):
        place, turn, line = at[s], length[s], lines[s]
        low, last_in, last_out = state[s]
        for n in range(out.shape[1]):
            back = line[place]
            low = (1.0 - BRIGHT) * back + BRIGHT * low
            last_out = tuning[s] * (low - last_out) + last_in
            last_in = low
            free = depth[n]
            y = last_out * keep[s] * (damped[s] + (1.0 - damped[s]) * free)
            line[place] = y + free * heard[n] + 1e-20
            out[0, n] += left[s] * y
            out[1, n] += right[s] * y
            place += 1
            if place == turn:
                place = 0
        at[s] = place
        state[s] = low, last_in, last_out


class Sympathy:
    """Free strings that hear a part's notes, block by block."""

    def __init__(self, rate: int, pedal: Pedal, *, amount: float) -> None:
        hz = np.array([midi_to_hz(pitch) for pitch in PITCHES])
        # The low-pass and the all-pass delay by a little over half a sample each.
        rest = rate / hz - BRIGHT / (1.0 - BRIGHT)
        self._length = np.maximum(np.floor(rest - 0.35), 2).astype(np.int64)
        part = rest - self._length
        self._tuning = (1.0 - part) / (1.0 + part)
        self._lines = np.zeros((len(hz), int(self._length.max())))
        self._keep = 10.0 ** (-3.0 / (hz * T60_S * (hz[0] / hz) ** 0.5))
        self._damped = 10.0 ** (-3.0 / (hz * DAMPED_S))
        self._at = np.zeros(len(hz), np.int64)
        self._state = np.zeros((len(hz), 3))
        place = np.linspace(-0.7, 0.7, len(hz))
        # Loops add up energy over T60; scaled so that the answer lies at about `amount`.
        gain = amount * np.sqrt((1.0 - self._keep**2) / len(hz))
        self._left, self._right = (
            gain * np.sqrt(0.5 - 0.5 * place),
            gain * np.sqrt(0.5 + 0.5 * place),
        )
        self._pedal, self._rate, self._now = pedal, rate, 0

    def process(self, block: Floats) -> Floats:
        """Return a block (2, n) with what the strings add to it."""
        frames = block.shape[1]
        times = (self._now + np.arange(frames)) / self._rate
        self._now += frames
        known = np.concatenate([[0.0], self._pedal.depth])
        depth = known[np.searchsorted(self._pedal.times_s, times, side="right")]
        depth = np.where(times < self._pedal.end_s, depth, 0.0)
        out = np.ascontiguousarray(block, np.float64).copy()
        sympathy_kernel(
            out, 0.5 * (block[0] + block[1]), depth, self._lines, self._at, self._length,
            self._keep, self._damped, self._tuning, self._state, self._left, self._right,
        )  # fmt: skip
        return out
