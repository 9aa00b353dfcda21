"""Wavetables: single cycles in a row, read at any pitch without aliases, morphing between them.

Every frame is kept once per octave of pitch, each time with half the harmonics.

R. Bristow-Johnson, "Wavetable synthesis 101, a fundamental perspective", AES 101, 1996.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.audio import AudioFile
from tapeloom.core.errors import InputError

Signal = NDArray[np.float64]

FRAME = 2048  # samples in a cycle, as in the files of Serum
OCTAVES = 11  # 1024 harmonics, 512 ... 1
MAX_FRAMES = 256
CONTROL = 64  # samples between two values of a curve
_CYCLE = (16, 8192)  # samples that a file of one cycle may have


@dataclass(frozen=True, slots=True, eq=False)
class Wavetable:
    """Frames to read.

    octaves  float32, (OCTAVES, frames, FRAME + 3): octave j holds harmonics up to 1024 / 2^j;
             one sample before the cycle and two after it serve the interpolation
    """

    octaves: NDArray[np.float32]

    @classmethod
    def of(cls, frames: NDArray[np.floating]) -> "Wavetable":
        """Make a table of cycles, shape (frames, any number of samples).

        Each loses its DC; all are brought to a peak of 1 together.

        >>> Wavetable.of(np.sin(np.arange(64) * np.pi / 32)[None]).octaves.shape
        (11, 1, 2051)
        """
        spectrum = np.fft.rfft(np.asarray(frames, np.float64), axis=1)
        spectrum *= FRAME / frames.shape[1]
        spectrum[:, 0] = 0.0
        kept = np.zeros((len(frames), FRAME // 2 + 1), np.complex128)
        count = min(spectrum.shape[1], FRAME // 2)
        kept[:, :count] = spectrum[:, :count]
        octaves = np.empty((OCTAVES, len(frames), FRAME + 3), np.float32)
        for j in range(OCTAVES):
            kept[:, (FRAME // 2 >> j) + 1 :] = 0.0
            waves = np.fft.irfft(kept, FRAME, axis=1)
            octaves[j] = np.concatenate([waves[:, -1:], waves, waves[:, :2]], axis=1)
        peak = float(np.abs(octaves).max())
        return cls(octaves / np.float32(peak) if peak > 0.0 else octaves)

    def read(self, cycles: Signal, place: Signal, frames: int, *, start: float = 0.0) -> Signal:
        """Return a reading, shape (frames,).

        cycles  a sample, at every CONTROLth sample: frames / CONTROL + 2 values
        place   0 the first frame .. 1 the last, as often
        start   cycles at the beginning
        """
        highest = float(np.max(cycles))
        # The most harmonics that stay below 0.46 of the rate at the highest pitch.
        octave = int(np.ceil(np.log2(max(FRAME / 2 * highest / 0.46, 1.0))))
        if octave >= OCTAVES:
            return np.zeros(frames)
        out = np.empty(frames)
        places = np.clip(place, 0.0, 1.0) * (self.octaves.shape[1] - 1)
        wavetable_kernel(out, self.octaves[octave], cycles, places, start % 1.0)
        return out


@njit(cache=True, nogil=True)
def wavetable_kernel(
    out: Signal, table: NDArray[np.float32], cycles: Signal, place: Signal, start: float
) -> None:
    """Write a reading of (frames, size + 3) by cubic interpolation, fading from frame to frame.

    cycles, place  cycles a sample and frame number, at every CONTROLth sample
    """
    size = table.shape[1] - 3
    last = table.shape[0] - 1
    phase = start
    step = cycles[0]
    step_slope = 0.0
    at = place[0]
    at_slope = 0.0
    for n in range(out.shape[0]):
        if n % CONTROL == 0:
            c = n // CONTROL
            step = cycles[c]
            step_slope = (cycles[c + 1] - step) / CONTROL
            at = place[c]
            at_slope = (place[c + 1] - at) / CONTROL
        x = phase * size
        i = int(x)
        t = x - i
        row = min(int(at), last)
        part = at - row
        after = min(row + 1, last)
        # The frames are mixed first: the cubic is the same for any mixture.
        a = table[row, i] + part * (table[after, i] - table[row, i])
        b = table[row, i + 1] + part * (table[after, i + 1] - table[row, i + 1])
        c3 = table[row, i + 2] + part * (table[after, i + 2] - table[row, i + 2])
        d = table[row, i + 3] + part * (table[after, i + 3] - table[row, i + 3])
        # Hermite's cubic through b and c3 with the slopes of their neighbours.
        slope = 0.5 * (c3 - a)
        next_slope = 0.5 * (d - b)
        u = b - c3
        out[n] = b + t * (slope + t * (-3.0 * u - 2.0 * slope - next_slope
                                       + t * (2.0 * u + slope + next_slope)))  # fmt: skip
        phase += step
        while phase >= 1.0:
            phase -= 1.0
        step += step_slope
        at += at_slope


def read_wavetable(path: Path) -> Wavetable:
    """Read a WAV: frames of 2048 samples in a row as Serum writes them, or a single cycle.

    Raises InputError where the file is neither.
    """
    audio = AudioFile.open(path)
    frames, rest = divmod(audio.frames, FRAME)
    are_frames = rest == 0 and 1 <= frames <= MAX_FRAMES
    if not are_frames and not _CYCLE[0] <= audio.frames <= _CYCLE[1]:
        raise InputError(
            f"{path} has {audio.frames} samples; a wavetable is one cycle of {_CYCLE[0]} to "
            f"{_CYCLE[1]} samples or 1 to {MAX_FRAMES} frames of {FRAME}"
        )
    samples = audio.read().samples.astype(np.float64).mean(axis=0)
    if not np.isfinite(samples).all() or not samples.any():
        raise InputError(f"{path} is silent or damaged; a wavetable holds cycles of a wave")
    return Wavetable.of(samples.reshape(frames, FRAME) if are_frames else samples[None])
