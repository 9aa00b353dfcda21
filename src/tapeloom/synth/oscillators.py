"""Sources of sound: ringing modes, detuned wavetables, and bands of noise."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, high_pass, low_pass

Signal = NDArray[np.float64]

LANES = 8  # the recurrence of a mode strides over this many samples, so that a processor overlaps
FLOOR = 1e-5  # -100 dBFS: a mode below it has ended
TABLE = 1024  # samples in one cycle of a wavetable
CONTROL = 64  # samples between two updates of the slow drift


@njit(cache=True, nogil=True)
def ring_kernel(
    out: Signal, angle: Signal, decay: Signal, phase: Signal, left: Signal, right: Signal
) -> None:
    """Add decaying sines to `out` (1 or 2, a multiple of LANES): angle and decay are per sample.

    y[n] = 2 r^L cos(L w) y[n - L] - r^2L y[n - 2L], with a stride of L lanes, all independent.
    """
    wide = out.shape[0] == 2
    older = np.empty(LANES)
    old = np.empty(LANES)
    for m in range(angle.shape[0]):
        w, d = angle[m], decay[m]
        loudest = max(abs(left[m]), abs(right[m]))
        if loudest <= FLOOR:
            continue
        length = out.shape[1]
        if d > 0.0:
            length = int(min(float(length), np.log(loudest / FLOOR) / d + 1.0))
        blocks = (length + LANES - 1) // LANES
        for k in range(LANES):
            older[k] = np.exp(-d * (k - 2 * LANES)) * np.sin(phase[m] + w * (k - 2 * LANES))
            old[k] = np.exp(-d * (k - LANES)) * np.sin(phase[m] + w * (k - LANES))
        c1 = 2.0 * np.exp(-d * LANES) * np.cos(w * LANES)
        c2 = -np.exp(-2.0 * d * LANES)
        g0, g1 = left[m], right[m]
        for b in range(blocks):
            for k in range(LANES):
                y = c1 * old[k] + c2 * older[k]
                older[k] = old[k]
                old[k] = y
                out[0, b * LANES + k] += g0 * y
                if wide:
                    out[1, b * LANES + k] += g1 * y


def ring(
    frames: int,
    rate: int,
    *,
    hz: Signal,
    t60_s: Signal,
    left: Signal,
    right: Signal | None = None,
    phase: Signal | None = None,
) -> Signal:
    """Return the sum of decaying sines, shape (2, frames); modes above 0.45 rate are left out.

    hz, t60_s    frequency and time to fall by 60 dB of each mode
    left, right  amplitude of each mode in each channel (right: as left)
    phase        radians at the first sample (0)
    """
    wide = right is not None
    right = left if right is None else right
    phase = np.zeros(len(hz)) if phase is None else phase
    audible = hz < 0.45 * rate
    out = np.zeros((2 if wide else 1, -(-frames // LANES) * LANES))
    ring_kernel(
        out,
        2.0 * np.pi * hz[audible] / rate,
        np.log(1000.0) / (np.maximum(t60_s[audible], 1e-3) * rate),
        phase[audible],
        left[audible],
        right[audible],
    )
    return out[:, :frames] if wide else np.repeat(out[:, :frames], 2, axis=0)


@njit(cache=True, nogil=True)
def ensemble_kernel(
    out: Signal,
    tables: Signal,
    morph: Signal,
    step: Signal,
    start: Signal,
    drift: Signal,
    drift_step: Signal,
    left: Signal,
    right: Signal,
) -> None:
    """Add detuned readers of a morphing wavetable to `out` (2, n).

    tables      (TABLE + 1, 2): one cycle of the dark wave and what the bright one has more, the
                first sample repeated at the end
    morph       (n / CONTROL + 2,): 0 dark .. 1 bright, at every CONTROLth sample
    step        table samples a sample, of each reader; start: its first position
    drift       depth of each reader's slow vibrato as a fraction of step, drift_step its radians
                each CONTROL samples
    """
    voices = step.shape[0]
    position = start.copy()
    turn = start.copy()
    increment = step.copy()
    m = 0.0
    slope = 0.0
    for n in range(out.shape[1]):
        if n % CONTROL == 0:
            for v in range(voices):
                increment[v] = step[v] * (1.0 + drift[v] * np.sin(turn[v]))
                turn[v] += drift_step[v]
            m = morph[n // CONTROL]
            slope = (morph[n // CONTROL + 1] - m) / CONTROL
        m += slope
        sum_left = 0.0
        sum_right = 0.0
        for v in range(voices):  # the inner loop: readers don't wait for one another
            p = position[v]
            i = np.uint32(p)
            f = p - i
            here = tables[i, 0] + m * tables[i, 1]
            there = tables[i + np.uint32(1), 0] + m * tables[i + np.uint32(1), 1]
            y = here + f * (there - here)
            sum_left += left[v] * y
            sum_right += right[v] * y
            p += increment[v]
            while p >= TABLE:  # more than once where a rate hardly carries the pitch
                p -= TABLE
            position[v] = p
        out[0, n] += sum_left
        out[1, n] += sum_right


def cycle(amplitudes: Sequence[float] | Signal, phases: Sequence[float] | Signal) -> Signal:
    """Return one cycle of harmonics 1, 2, 3 ..., shape (TABLE + 1,), the end meeting the start."""
    spectrum = np.zeros(TABLE // 2 + 1, np.complex128)
    count = min(len(amplitudes), TABLE // 4)
    spectrum[1 : count + 1] = np.asarray(amplitudes)[:count] * np.exp(
        1j * (np.asarray(phases)[:count] - np.pi / 2)
    )
    wave = np.fft.irfft(spectrum * TABLE / 2, TABLE)
    return np.append(wave, wave[0])


def fast_size(least: int) -> int:
    """Return an even length of at least so many samples whose transform is quick.

    >>> fast_size(100_000), fast_size(131_000)
    (100000, 131072)
    """
    from scipy.fft import next_fast_len

    return 2 * int(next_fast_len(-(-least // 2), real=True))


def band_noise(
    frames: int, rate: int, rng: np.random.Generator, *, low_hz: float, high_hz: float
) -> Signal:
    """Return noise of unit root mean square between two corner frequencies, shape (n,)."""
    shaped = band_pass(rng.standard_normal(frames), rate, low_hz=low_hz, high_hz=high_hz)
    return shaped / max(float(np.sqrt(np.mean(shaped**2))), 1e-9)


def band_pass(
    sound: Signal, rate: int, *, low_hz: float = 0.0, high_hz: float = 0.0, order: int = 1
) -> Signal:
    """Filter a whole sound, shape (n,) or (2, n), 12 dB per octave and order; 0 leaves a side."""
    sections = band(rate, low_hz=low_hz, high_hz=high_hz) * order
    rows = np.atleast_2d(sound)
    return Biquads(sections, channels=len(rows)).process(rows).reshape(sound.shape)


def band(rate: int, *, low_hz: float = 0.0, high_hz: float = 0.0) -> list[Signal]:
    """Return the sections of a high-pass, a low-pass or both; a corner beyond reach is left out."""
    sections = []
    if 0.0 < low_hz < 0.49 * rate:
        sections.append(high_pass(low_hz, rate))
    if 0.0 < high_hz < 0.49 * rate:
        sections.append(low_pass(high_hz, rate))
    return sections
