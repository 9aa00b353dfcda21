"""A warm small room or plate: a feedback delay network of sixteen slowly moving lines.

J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 90, 1991;
J. Dattorro, "Effect Design, part 1", JAES 45(9), 1997 (the diffusers at its input).
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LINES = 16
# Milliseconds, spread evenly on a logarithmic scale and then jittered off any common period.
_LINE_MS = (
    11.3, 12.9, 13.7, 15.1, 16.9, 18.1, 19.9, 21.7, 23.9, 26.3, 28.1, 31.3, 33.7, 36.1, 40.3, 43.9,
)  # fmt: skip
_DIFFUSER_MS = ((4.77, 3.60, 12.73, 9.31), (4.61, 3.83, 12.41, 9.67))  # left, right
_DIFFUSION = (0.75, 0.75, 0.625, 0.625)
_DIFFUSERS = len(_DIFFUSION)
CHUNK = 64  # samples that are computed together, and between two drawn positions of a line
_SIGNS = (1, -1, 1, 1, -1, 1, -1, -1, 1, 1, -1, 1, -1, 1, 1, -1)


@njit(cache=True, nogil=True)
def _reverberate(
    x: NDArray[np.float64],
    lines: NDArray[np.float64],
    settings: NDArray[np.float64],
    state: NDArray[np.float64],
    diffusers: NDArray[np.float64],
    diffuser_settings: NDArray[np.float64],
    start: int,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Run the network over x (2, samples); `start` is the index of its first sample.

    settings  (6, lines): length, gain, damping, radians a sample, depth, sign
    state     (3, lines): what the damping holds, the delay now, its change a sample
    """
    count, size = lines.shape
    span = diffusers.shape[1]
    stages = diffusers.shape[0] // 2
    scale = 1.0 / math.sqrt(count)
    # No line is shorter than a chunk, so that all its samples are known when it begins: loops
    # over time become vector instructions.
    v = np.empty((count, CHUNK))
    fed = np.empty(CHUNK)
    done = 0
    while done < x.shape[1]:
        now = start + done
        length = min(CHUNK - now % CHUNK, x.shape[1] - done)
        for i in range(count):
            if now % CHUNK == 0:
                turn = settings[3, i] * (now + CHUNK) + 2.4 * i
                target = settings[0, i] + settings[4, i] * math.sin(turn)
                state[2, i] = (target - state[1, i]) / CHUNK
            delay, change = state[1, i], state[2, i]
            p, held = settings[2, i], state[0, i]
            gain = settings[1, i] * (1.0 - p)
            for n in range(length):
                whole = int(delay)
                f = delay - whole
                at = now + n - whole
                near, far = lines[i, at & (size - 1)], lines[i, (at - 1) & (size - 1)]
                held = gain * (near + f * (far - near)) + p * held
                if -1e-60 < held < 1e-60:
                    held = 0.0
                v[i, n] = held
                delay += change
            state[0, i], state[1, i] = held, delay
        left, right = out[0, done : done + length], out[1, done : done + length]
        left[:] = 0.0
        right[:] = 0.0
        for i in range(count):
            sign = settings[5, i]
            heard = left if i % 2 == 0 else right
            for n in range(length):
                heard[n] += sign * v[i, n]
        # A Hadamard matrix mixes the lines without loss.
        half = 1
        while half < count:
            for i in range(count):
                if i & half == 0:
                    one, two = v[i], v[i + half]
                    for n in range(length):
                        total = one[n] + two[n]
                        two[n] = one[n] - two[n]
                        one[n] = total
            half *= 2
        for side in range(2):
            y = fed[:length]
            y[:] = x[side, done : done + length]
            for k in range(stages):
                row = side * stages + k
                g, late = diffuser_settings[1, row], int(diffuser_settings[0, row])
                for n in range(length):
                    before = diffusers[row, (now + n - late) & (span - 1)]
                    inner = y[n] + g * before
                    if -1e-60 < inner < 1e-60:
                        inner = 0.0
                    y[n] = before - g * inner
                    diffusers[row, (now + n) & (span - 1)] = inner
            for i in range(side, count, 2):
                # Each line takes its neighbour's mix, so that no line feeds itself alone.
                neighbour, sign = v[(i + 1) % count], settings[5, i]
                for n in range(length):
                    lines[i, (now + n) & (size - 1)] = neighbour[n] * scale + sign * y[n]
        done += length


class FeedbackDelayNetwork:
    """A stereo reverb over blocks: wet sound only.

    decay_s     time to fall by 60 dB, low frequencies
    damping     how much faster high frequencies die away: 0 as slowly, near 1 at once
    size        1 is a small room; lengths of all lines scale with it
    predelay_ms silence before the first reflection

    >>> reverb = FeedbackDelayNetwork(44100, decay_s=0.5)
    >>> impulse = np.zeros((2, 44100)); impulse[:, 0] = 1.0
    >>> y = reverb.process(impulse)
    >>> bool(np.square(y[:, 22050:]).sum() < 1e-5 * np.square(y).sum())
    True
    """

    def __init__(
        self,
        rate: int,
        *,
        decay_s: float = 1.4,
        damping: float = 0.7,
        size: float = 1.0,
        predelay_ms: float = 15.0,
    ) -> None:
        lengths = np.array(_LINE_MS) * size * rate / 1000.0
        gains = 10.0 ** (-3.0 * lengths / (rate * decay_s))
        # Jot's one-pole: at the Nyquist frequency the decay is shorter by 1 - damping.
        high = 10.0 ** (-3.0 * lengths / (rate * decay_s * max(0.02, 1.0 - damping)))
        poles = (1.0 - high / gains) / (1.0 + high / gains)
        wander_hz = 0.25 + 0.043 * np.arange(LINES)
        self._settings = np.stack(
            [
                lengths,
                gains,
                poles,
                2.0 * math.pi * wander_hz / rate,
                np.full(LINES, 0.00015 * rate),
                np.array(_SIGNS, np.float64),
            ]
        )
        depth = self._settings[4]
        self._state = np.zeros((3, LINES))
        self._state[1] = lengths + depth * np.sin(np.arange(LINES) * 2.4)
        self._lines = np.zeros((LINES, _power_of_two(lengths.max() + depth.max() + 2)))
        taps = np.array(_DIFFUSER_MS).ravel() * rate / 1000.0
        self._diffuser_settings = np.stack([np.round(taps), np.tile(_DIFFUSION, 2)])
        self._diffusers = np.zeros((2 * _DIFFUSERS, _power_of_two(taps.max() + 1)))
        self._waiting = np.zeros((2, round(predelay_ms / 1000.0 * rate)))
        self._now = 0
        # Noise comes out about as loud as it went in, whatever the decay.
        self._level = 0.5 / math.sqrt(0.5 * float(np.mean(1.0 / (1.0 - gains**2))))

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the wet sound of (2, samples)."""
        x = np.concatenate((self._waiting, block), axis=1)
        frames = block.shape[1]
        self._waiting = x[:, frames:].copy()
        out = np.empty((2, frames))
        _reverberate(
            np.ascontiguousarray(x[:, :frames]),
            self._lines,
            self._settings,
            self._state,
            self._diffusers,
            self._diffuser_settings,
            self._now,
            out,
        )
        self._now += frames
        out *= self._level
        return out


def _power_of_two(at_least: float) -> int:
    return 1 << math.ceil(math.log2(at_least))
