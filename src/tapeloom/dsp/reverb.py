"""Rooms, plates and halls: a feedback delay network of sixteen slowly moving lines.

J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 90,
1991; J. Dattorro, "Effect Design, part 1", JAES 45(9), 1997 (the diffusers at its input).
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.delay_lines import PIECE, DelayLines, Wait
from tapeloom.dsp.early import Early
from tapeloom.dsp.spaces import WARM, Space

CHUNK = 64  # samples that are computed together, and between two drawn positions of a line
_MOST_DAMPED = 0.9
_SLIDE = 0.06  # of a sample a sample: how fast a line's length may change
_SIGNS = (1, -1, 1, 1, -1, 1, -1, -1, 1, 1, -1, 1, -1, 1, 1, -1)
LINES = len(_SIGNS)


@njit(cache=True, nogil=True)
def _reverberate(
    x: NDArray[np.float64],
    lines: NDArray[np.float64],
    settings: NDArray[np.float64],
    state: NDArray[np.float64],
    diffusers: NDArray[np.float64],
    diffuser_settings: NDArray[np.float64],
    start: int,
    first: int,
    first_diffused: int,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Run the network over x (2, samples); `start` is the index of its first sample.

    lines      written from index `first` on, the diffusers from `first_diffused` on
    settings   (6, lines): length, gain, damping, radians a sample, depth, sign
    state      (4, lines): what the damping holds, the delay now, its change a sample, the gain now
    """
    count = lines.shape[0]
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
        here, diffused = first + done, first_diffused + done
        for i in range(count):
            if now % CHUNK == 0:
                turn = settings[3, i] * (now + CHUNK) + 2.4 * i
                target = settings[0, i] + settings[4, i] * math.sin(turn)
                change = (target - state[1, i]) / CHUNK
                state[2, i] = max(-_SLIDE, min(_SLIDE, change))
            delay, change = state[1, i], state[2, i]
            n = 0
            while n < length:
                # As long as the delay keeps its whole part, two slices are blended.
                whole = int(delay)
                run = length - n
                if change > 0.0:
                    run = min(run, int((whole + 1 - delay) / change) + 1)
                elif change < 0.0:
                    run = min(run, int((whole - delay) / change) + 1)
                at = here + n - whole
                near, far = lines[i, at : at + run], lines[i, at - 1 : at - 1 + run]
                read = v[i, n : n + run]
                f = delay - whole
                for k in range(run):
                    read[k] = near[k] + (f + k * change) * (far[k] - near[k])
                delay += run * change
                n += run
            state[1, i] = delay
            gain, before = settings[1, i], state[3, i]
            if before != gain:
                at = now % CHUNK
                for n in range(length):
                    way = (at + n + 1) / CHUNK
                    v[i, n] *= (before + way * (gain - before)) / gain
                if at + length == CHUNK:
                    state[3, i] = gain
        # Four one-poles side by side: their recurrences overlap in the processor.
        for i in range(0, count, 4):
            a, b, c, d = v[i], v[i + 1], v[i + 2], v[i + 3]
            pa, pb, pc, pd = (
                settings[2, i],
                settings[2, i + 1],
                settings[2, i + 2],
                settings[2, i + 3],
            )
            ga, gb = settings[1, i] * (1.0 - pa), settings[1, i + 1] * (1.0 - pb)
            gc, gd = settings[1, i + 2] * (1.0 - pc), settings[1, i + 3] * (1.0 - pd)
            ha, hb, hc, hd = state[0, i], state[0, i + 1], state[0, i + 2], state[0, i + 3]
            for n in range(length):
                ha = ga * a[n] + pa * ha
                hb = gb * b[n] + pb * hb
                hc = gc * c[n] + pc * hc
                hd = gd * d[n] + pd * hd
                a[n], b[n], c[n], d[n] = ha, hb, hc, hd
            state[0, i], state[0, i + 1], state[0, i + 2], state[0, i + 3] = ha, hb, hc, hd
            for k in range(i, i + 4):
                # What has died away is silenced: denormal numbers are slow.
                if abs(state[0, k]) < 1e-60:
                    state[0, k] = 0.0
        for side in range(2):
            heard = out[side, done : done + length]
            heard[:] = 0.0
            for i in range(side, count, 2):
                sign, line = settings[5, i], v[i]
                for n in range(length):
                    heard[n] += sign * line[n]
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
            for row in range(side * stages, (side + 1) * stages):
                g, late = diffuser_settings[1, row], int(diffuser_settings[0, row])
                before = diffusers[row, diffused - late : diffused - late + length]
                inner = diffusers[row, diffused : diffused + length]
                for n in range(length):
                    inner[n] = y[n] + g * before[n]
                    y[n] = before[n] - g * inner[n]
            for i in range(side, count, 2):
                # Each line takes its neighbour's mix, so that no line feeds itself alone.
                neighbour, sign = v[(i + 1) % count], settings[5, i]
                line = lines[i, here : here + length]
                for n in range(length):
                    line[n] = neighbour[n] * scale + sign * y[n]
        done += length


class FeedbackDelayNetwork:
    """A stereo reverb over blocks: wet sound only.

    decay_s     time to fall by 60 dB, low frequencies
    damping     how much faster high frequencies die away: 0 as slowly, near 1 at once
    size        1 is the space as its table has it; lengths of all lines scale with it
    predelay_ms silence before the first reflection, at most 1000
    space       the table

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
        space: Space = WARM,
    ) -> None:
        self._rate, self._space = rate, space
        wander_hz = space.wander_hz + 0.043 * np.arange(LINES)
        depth = np.full(LINES, space.wander_ms / 1000.0 * rate)
        self._settings = np.stack(
            [
                *self._loop(decay_s, damping, size),
                2.0 * math.pi * wander_hz / rate,
                depth,
                np.array(_SIGNS, np.float64),
            ]
        )
        lengths, gains = self._settings[0], self._settings[1]
        self._state = np.zeros((4, LINES))
        self._state[1] = lengths + depth * np.sin(np.arange(LINES) * 2.4)
        self._state[3] = gains
        self._lines = DelayLines(LINES, reach=math.ceil(lengths.max() + depth.max()) + 2)
        taps = np.round(np.array(space.diffuser_ms).ravel() * rate / 1000.0)
        self._diffuser_settings = np.stack([taps, np.tile(space.diffusion, 2)])
        self._diffusers = DelayLines(len(taps), reach=int(taps.max()))
        self._wait = Wait(2, samples=round(predelay_ms / 1000.0 * rate), longest=rate)
        self._early = Early(rate, space, size) if space.walls_m else None
        self._now = 0
        # Noise comes out about as loud as it went in, whatever the decay.
        self._level = 0.5 / math.sqrt(0.5 * float(np.mean(1.0 / (1.0 - gains**2))))

    def _loop(self, decay_s: float, damping: float, size: float) -> NDArray[np.float64]:
        """Return lengths, gains and poles of the lines."""
        # No line may be shorter than a chunk, whose samples are computed together.
        shortest = CHUNK + 2.0 + self._space.wander_ms / 1000.0 * self._rate
        lengths = np.array(self._space.line_ms) * size * self._rate / 1000.0
        lengths = np.maximum(lengths, shortest)
        gains = 10.0 ** (-3.0 * lengths / (self._rate * decay_s))
        # Jot's one-pole: at the Nyquist frequency the decay is shorter by 1 - damping.
        high = 10.0 ** (-3.0 * lengths / (self._rate * decay_s * max(0.02, 1.0 - damping)))
        # A pole near 1 would ring longer itself than a short decay lasts.
        poles = np.minimum((1.0 - high / gains) / (1.0 + high / gains), _MOST_DAMPED)
        return np.stack([lengths, gains, poles])

    def retune(self, *, decay_s: float, damping: float, size: float, predelay_ms: float) -> None:
        """Take other settings from here on; lengths slide, as a tape's do when its speed turns."""
        self._settings[:3] = self._loop(decay_s, damping, size)
        longest = self._settings[0].max() + self._settings[4].max()
        self._lines.grow(math.ceil(max(longest, self._state[1].max())) + 2)
        self._wait.move(round(predelay_ms / 1000.0 * self._rate))
        if self._early is not None:
            self._early.move(size)

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the wet sound of (2, samples)."""
        x = self._wait.process(block)
        out = np.empty(x.shape)
        for start in range(0, x.shape[1], PIECE):
            piece = np.ascontiguousarray(x[:, start : start + PIECE])
            length = piece.shape[1]
            late = np.empty(piece.shape)
            for memory in (self._lines, self._diffusers):
                memory.make_room(length)
            _reverberate(
                piece,
                self._lines.values,
                self._settings,
                self._state,
                self._diffusers.values,
                self._diffuser_settings,
                self._now,
                self._lines.at,
                self._diffusers.at,
                late,
            )
            self._now += length
            for memory in (self._lines, self._diffusers):
                memory.advance(length)
            out[:, start : start + length] = late * self._level
            if self._early is not None:
                out[:, start : start + length] += self._early.process(piece)
        return out
