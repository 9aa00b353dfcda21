"""A rotary speaker: a horn and a drum that turn before their loudspeakers.

Each turns the other's band about the listener's two ears: its distance changes (doppler) and so
does how much it points at them (amplitude and brightness).

J. Smith, S. Serafin, J. Abel and D. Berners, "Doppler simulation and the Leslie", DAFx 2002.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, high_pass, low_pass

Signal = NDArray[np.float64]

CROSSOVER_HZ = 800.0
SPEED_OF_SOUND = 343.0  # m/s
HORN_M, DRUM_M = 0.19, 0.15  # radius of the mouth's circle


@dataclass(frozen=True, slots=True)
class Rotary:
    """A speaker's settings; `start` gives one that plays."""

    horn_hz: float  # turns a second: 0.8 slow, 6.7 fast
    drum_hz: float  # 0.7 slow, 5.8 fast
    depth: float = 0.7  # of the amplitude's movement, 0..1
    spread: float = 1.0  # between the two microphones: 1 is a right angle and more
    horn_phase: float = 0.0  # cycles
    drum_phase: float = 0.0

    def start(self, rate: int) -> "TurningSpeaker":
        """Return a speaker that starts to play, for blocks of (2, n)."""
        return TurningSpeaker(self, rate)


@njit(cache=True, nogil=True)
def _between(line: Signal, at: int, t: float) -> float:
    """Read the line a part t of a sample before place `at`: Lagrange through six samples."""
    mask = line.shape[0] - 1
    p, q = t + 1.0, t + 2.0
    r, s, u = t - 1.0, t - 2.0, t - 3.0
    return float(
        -line[(at + 2) & mask] * p * t * r * s * u / 120.0
        + line[(at + 1) & mask] * q * t * r * s * u / 24.0
        - line[at & mask] * q * p * r * s * u / 12.0
        + line[(at - 1) & mask] * q * p * t * s * u / 12.0
        - line[(at - 2) & mask] * q * p * t * r * u / 24.0
        + line[(at - 3) & mask] * q * p * t * r * s / 120.0
    )


@njit(cache=True, nogil=True)
def rotor_kernel(
    out: Signal,
    band: Signal,
    line: Signal,
    at: int,
    step: float,
    phase: float,
    radius: float,
    depth: float,
    apart: float,
) -> tuple[int, float]:
    """Add what a turning mouth sends to two ears to `out` (2, n); return place and phase.

    line    delay line, whose length is a power of two; at: where the next sample is written
    step    cycles a sample; radius: samples that sound takes to cross it
    depth   of the amplitude; apart: cycles between the ears
    """  # fmt: skip
    mask = line.shape[0] - 1
    for n in range(out.shape[1]):
        line[at] = band[n]
        for ear in range(2):
            turn = 2.0 * np.pi * (phase + (apart if ear == 1 else 0.0))
            towards = np.cos(turn)
            lag = 4.0 + radius * (1.0 - towards)
            i = int(lag)
            t = lag - i
            y = _between(line, at - i, t)
            out[ear, n] += y * (1.0 - 0.5 * depth * (1.0 - towards))
        at = (at + 1) & mask
        phase += step
        if phase >= 1.0:
            phase -= 1.0
    return at, phase


class TurningSpeaker:
    """A rotary speaker over blocks: what is heard doesn't depend on their length."""

    def __init__(self, settings: Rotary, rate: int) -> None:
        self._settings, self._rate = settings, rate
        # Two Butterworth sections in a row on either side sum to a flat response.
        low, high = low_pass(CROSSOVER_HZ, rate), high_pass(CROSSOVER_HZ, rate)
        self._low = Biquads([low, low], channels=1)
        self._high = Biquads([high, high], channels=1)
        size = 1 << int(np.ceil(np.log2(2.0 * HORN_M / SPEED_OF_SOUND * rate + 16)))
        self._lines = (np.zeros(size), np.zeros(size))
        self._at = [0, 0]
        self._phase = [settings.horn_phase % 1.0, settings.drum_phase % 1.0]

    def process(self, block: Signal) -> Signal:
        """Return (2, n) of a block of (2, n): the cabinet hears one channel."""
        settings, rate = self._settings, self._rate
        mono = 0.5 * (block[:1] + block[1:])
        out = np.zeros(block.shape)
        rotors = (
            (self._high.process(mono)[0], settings.horn_hz, HORN_M, settings.depth, 0.3),
            (self._low.process(mono)[0], -settings.drum_hz, DRUM_M, 0.6 * settings.depth, 0.3),
        )
        for r, (band, hz, radius_m, depth, apart) in enumerate(rotors):
            self._at[r], self._phase[r] = rotor_kernel(
                out, band, self._lines[r], self._at[r], abs(hz) / rate, self._phase[r],
                radius_m / SPEED_OF_SOUND * rate, depth, np.copysign(apart * settings.spread, hz),
            )  # fmt: skip
        return out
