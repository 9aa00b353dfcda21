"""Frequency modulation as phase modulation: two to six sines that turn each other's phases.

J. Chowning, "The synthesis of complex audio spectra by means of frequency modulation", JAES, 1973;
J. Chowning and D. Bristow, "FM Theory and Applications", Yamaha, 1986, for algorithms and scaling.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.synth.decimation import decimate

Signal = NDArray[np.float64]

CONTROL = 64  # samples (of the higher rate) between two levels
SINE = 4096  # samples in the sine's table
_SINE: Signal = np.sin(2.0 * np.pi * np.arange(SINE + 1) / SINE)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """Who modulates whom: operators are numbered from 0, a modulator above what it modulates."""

    operators: int
    modulates: tuple[tuple[int, int], ...]  # (modulator, modulated)
    carriers: tuple[int, ...]
    feedback: int  # the operator that modulates itself


# Those with six operators carry the numbers of the DX7.
ALGORITHMS: dict[str, Algorithm] = {
    "pair": Algorithm(2, ((1, 0),), (0,), 1),
    "both": Algorithm(2, (), (0, 1), 1),
    "stack of 3": Algorithm(3, ((1, 0), (2, 1)), (0,), 2),
    "two on one": Algorithm(3, ((1, 0), (2, 0)), (0,), 2),
    "stack of 4": Algorithm(4, ((1, 0), (2, 1), (3, 2)), (0,), 3),
    "two pairs": Algorithm(4, ((1, 0), (3, 2)), (0, 2), 3),
    "one on three": Algorithm(4, ((3, 0), (3, 1), (3, 2)), (0, 1, 2), 3),
    "four": Algorithm(4, (), (0, 1, 2, 3), 3),
    "1": Algorithm(6, ((1, 0), (3, 2), (4, 3), (5, 4)), (0, 2), 5),
    "5": Algorithm(6, ((1, 0), (3, 2), (5, 4)), (0, 2, 4), 5),
    "16": Algorithm(6, ((1, 0), (2, 0), (3, 2), (4, 0), (5, 4)), (0,), 5),
    "22": Algorithm(6, ((1, 0), (5, 2), (5, 3), (5, 4)), (0, 2, 3, 4), 5),
    "32": Algorithm(6, (), (0, 1, 2, 3, 4, 5), 5),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """One sine.

    level     amplitude of a carrier, index in radians of a modulator, at velocity 127 on C4
    decay_s   time to fall by 60 dB towards `sustain`; it doubles every `slow` semitones down
    sustain   share of the level that stays
    """

    ratio: float  # of the note's frequency
    level: float
    attack_s: float = 0.001
    decay_s: float = 4.0
    sustain: float = 0.0
    touch: float = 1.0  # level ~ velocity^touch
    scale_db: float = 0.0  # level change per octave above C4
    slow: float = 36.0  # semitones
    detune_cents: float = 0.0
    phase: float = 0.0  # cycles

    def levels(self, t: Signal, *, pitch: float, velocity: float) -> Signal:
        """Return its level at times in seconds; velocity 0..1."""
        octaves = (pitch - 60.0) / 12.0
        strength = self.level * velocity**self.touch * 10.0 ** (self.scale_db * octaves / 20.0)
        decay_s = self.decay_s * 2.0 ** (-(pitch - 60.0) / self.slow)
        fall = self.sustain + (1.0 - self.sustain) * np.exp(-np.log(1000.0) * t / decay_s)
        return np.asarray(strength * fall * (1.0 - np.exp(-2.3 * t / self.attack_s)), np.float64)


@njit(cache=True, nogil=True)
def operators_kernel(
    out: Signal,
    step: Signal,
    start: Signal,
    levels: Signal,
    bends: Signal,
    modulates: Signal,
    carries: Signal,
    feedback: float,
    fed: int,
    sine: Signal,
) -> None:
    """Write the sum of the carriers, shape (n,).

    step, start  cycles a sample, cycles at the beginning, of each operator
    levels       (n / CONTROL + 2, operators); bends: (n / CONTROL + 2,) factors of every step
    modulates    (operators, operators): 1 where the row modulates the column
    carries      1 of a carrier
    feedback     radians; fed: the operator that gets them
    """
    count = step.shape[0]
    size = sine.shape[0] - 1
    turn = size / (2.0 * np.pi)
    phase = start.copy()
    value = np.zeros((count, CONTROL))
    place = np.zeros(CONTROL)
    older = 0.0
    old = 0.0
    # Block by block, operator by operator: but for the one with feedback, samples don't wait.
    for first in range(0, out.shape[0], CONTROL):
        c = first // CONTROL
        length = min(CONTROL, out.shape[0] - first)
        out[first : first + length] = 0.0
        for k in range(count - 1, -1, -1):
            increment = step[k] * bends[c] * size
            base = phase[k] * size
            for n in range(CONTROL):
                place[n] = base + n * increment
            phase[k] = ((base + CONTROL * increment) / size) % 1.0
            for m in range(k + 1, count):
                if modulates[m, k] > 0.0:
                    for n in range(CONTROL):
                        place[n] += turn * value[m, n]
            level = levels[c, k]
            slope = (levels[c + 1, k] - level) / CONTROL
            own = feedback if k == fed else 0.0
            if own > 0.0:
                for n in range(CONTROL):
                    # The mean of two samples keeps the loop from hunting.
                    x = place[n] + turn * own * 0.5 * (old + older)
                    x -= np.floor(x / size) * size
                    i = min(int(x), size - 1)
                    older = old
                    old = sine[i] + (x - i) * (sine[i + 1] - sine[i])
                    value[k, n] = (level + n * slope) * old
            else:
                for n in range(CONTROL):
                    # Far enough up to be positive, and the table's size is a power of two.
                    x = place[n] + 64.0 * size
                    whole = np.int64(x)
                    i = whole & (size - 1)
                    y = sine[i] + (x - whole) * (sine[i + 1] - sine[i])
                    value[k, n] = (level + n * slope) * y
            if carries[k] > 0.0:
                for n in range(length):
                    out[first + n] += value[k, n]


def modulate(
    algorithm: Algorithm,
    operators: tuple[Operator, ...],
    frames: int,
    rate: int,
    *,
    hz: float,
    pitch: float,
    velocity: float,
    feedback: float = 0.0,
    bend: Signal | None = None,
    factor: int = 4,
) -> Signal:
    """Return a note without its release, shape (frames,).

    pitch     MIDI, for key scaling; velocity 0..1
    feedback  radians
    bend      factor of the pitch at every CONTROLth sample of the higher rate
    factor    of the rate at which the sines run, so that wide spectra don't fold
    """
    if len(operators) != algorithm.operators:
        raise InputError(
            f"the algorithm has {algorithm.operators} operators; {len(operators)} are given"
        )
    fast = rate * factor
    count = frames * factor
    t = np.arange(count // CONTROL + 2, dtype=np.float64) * (CONTROL / fast)
    levels = [each.levels(t, pitch=pitch, velocity=velocity) for each in operators]
    cents = np.array([each.detune_cents for each in operators])
    step = hz * np.array([each.ratio for each in operators]) * 2.0 ** (cents / 1200.0) / fast
    matrix = np.zeros((len(operators), len(operators)))
    for modulator, modulated in algorithm.modulates:
        matrix[modulator, modulated] = 1.0
    carries = np.zeros(len(operators))
    carries[list(algorithm.carriers)] = 1.0
    out = np.empty(count)
    operators_kernel(
        out,
        # A sine beyond the rate is not played: its modulation would be noise.
        np.where(step < 0.45, step, 0.0),
        np.array([each.phase for each in operators]),
        np.ascontiguousarray(np.stack(levels, axis=1)),
        np.ones(len(t)) if bend is None else bend,
        matrix,
        carries,
        feedback,
        algorithm.feedback,
        _SINE,
    )
    return decimate(out, factor)
