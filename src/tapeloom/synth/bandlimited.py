"""Saw, pulse and triangle without aliases: naive waves whose corners are replaced by round ones.

Where the naive wave jumps, the difference between a step of limited band and a plain step is added
(BLEP); where it bends, the integral of that difference (BLAMP). The step is the integral of a
windowed sinc, which here ends late enough that what it lets through folds above 20 kHz only.

E. Brandt, "Hard sync without aliasing", ICMC 2001; T. Stilson and J. Smith, "Alias-free digital
synthesis of classic analog waveforms", ICMC 1996.
"""

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]

SHAPES = {"saw": 0, "pulse": 1, "triangle": 2}
HALF = 24  # samples that a corner reaches to either side
PHASES = 256  # places between two samples for which the corner is tabled
CUTOFF = 0.492  # of the rate, where the sinc is 6 dB down: 80 dB down at 0.546
BETA = 8.3  # of the Kaiser window


@lru_cache(maxsize=1)
def residuals() -> tuple[Signal, Signal]:
    """Return what a rounded step and a rounded bend have over plain ones, (PHASES + 1, 2 HALF).

    Row p, column k is the residual at k - HALF + p / PHASES samples after the event.
    """
    t = np.arange(-HALF * PHASES, HALF * PHASES + 1) / PHASES
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1.0 - (t / HALF) ** 2)))
    pulse = 2.0 * CUTOFF * np.sinc(2.0 * CUTOFF * t) * window
    step = np.concatenate([[0.0], np.cumsum(0.5 * (pulse[1:] + pulse[:-1]))])
    step = step / step[-1] - (t > 0.0) - 0.5 * (t == 0.0)
    bend = np.concatenate([[0.0], np.cumsum(0.5 * (step[1:] + step[:-1]))]) / PHASES
    places = np.arange(2 * HALF)[None, :] * PHASES + np.arange(PHASES + 1)[:, None]
    step[HALF * PHASES] = -0.5  # the row that follows an event at once is read from the right
    left = step.copy()
    left[HALF * PHASES] = 0.5
    table = step[places]
    # Row PHASES of the column before the event ends at its left side.
    table[PHASES, HALF - 1] = left[HALF * PHASES]
    return np.ascontiguousarray(table), np.ascontiguousarray(bend[places])


@njit(cache=True, nogil=True)
def _corner(out: Signal, at: int, since: float, size: float, table: Signal) -> None:
    """Add a corner that lies `since` samples before sample `at`, of a size, in place."""
    place = since * (table.shape[0] - 1)
    row = min(int(place), table.shape[0] - 2)
    part = place - row
    width = table.shape[1]
    first = at - width // 2
    for k in range(max(0, -first), min(width, out.shape[0] - first)):
        low = table[row, k]
        out[first + k] += size * (low + part * (table[row + 1, k] - low))


@njit(cache=True, nogil=True)
def corners_kernel(
    out: Signal, step: Signal, start: float, shape: int, width: Signal, jump: Signal, bend: Signal
) -> None:
    """Add one oscillator of amplitude 1 to `out`, shape (n,).

    step   cycles a sample, at every sample, below 0.5; start: cycles at the first
    shape  0 saw (rising), 1 pulse, 2 triangle
    width  share of the cycle that a pulse is high, at every sample
    """
    phase = start % 1.0
    beyond = phase - width[0]  # how far the phase is past the end of the pulse
    for n in range(out.shape[0]):
        d = step[n]
        before = phase
        phase += d
        wrapped = phase >= 1.0
        if wrapped:
            phase -= 1.0
        if shape == 0:
            out[n] += 2.0 * phase - 1.0
            if wrapped:
                _corner(out, n, phase / d, -2.0, jump)
        elif shape == 1:
            w = width[n]
            out[n] += (1.0 if phase < w else -1.0) - (2.0 * w - 1.0)
            # The end of the pulse moves too: both together say when it was passed.
            now = phase - w + (1.0 if wrapped else 0.0)
            if beyond < 0.0 <= now:
                _corner(out, n, now / (now - beyond), -2.0, jump)
            if wrapped:
                _corner(out, n, phase / d, 2.0, jump)
                if phase >= w:
                    _corner(out, n, (phase - w) / d, -2.0, jump)
            beyond = phase - w
        else:
            out[n] += 1.0 - 4.0 * abs(phase - 0.5)
            if wrapped:
                _corner(out, n, phase / d, 8.0 * d, bend)
                if phase >= 0.5:
                    _corner(out, n, (phase - 0.5) / d, -8.0 * d, bend)
            elif before < 0.5 <= phase:
                _corner(out, n, (phase - 0.5) / d, -8.0 * d, bend)


def oscillator(
    shape: str, step: Signal, *, start: float = 0.0, width: Signal | float = 0.5
) -> Signal:
    """Return a wave of amplitude 1 and no DC, shape (n,).

    step   cycles a sample at every sample, at most 0.49
    start  cycles at the beginning
    width  of a pulse, 0.02..0.98, one or one a sample

    >>> oscillator("saw", np.full(200, 0.01)).shape
    (200,)
    """
    out = np.zeros(len(step))
    asked = np.asarray(width, np.float64)
    # Only a pulse has a width at every sample.
    asked = np.broadcast_to(asked, step.shape) if shape == "pulse" else asked.reshape(-1)[:1]
    widths = np.clip(asked, 0.02, 0.98)
    jump, bend = residuals()
    steps = np.clip(step, 1e-9, 0.49)
    corners_kernel(out, steps, start, SHAPES[shape], np.ascontiguousarray(widths), jump, bend)
    return out
