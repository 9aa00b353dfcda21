"""A spring reverb: sound that runs to and fro in coils, its highs later than its lows.

V. Välimäki, J. Parker, J. S. Abel, "Parametric spring reverberation effect", JAES 58(7/8), 2010:
a cascade of stretched all-pass filters in a feedback loop bends each echo into a chirp that rises
to the transition frequency, above which little is heard. The lengths and coefficients are ours.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.delay_lines import PIECE, DelayLines, Wait
from tapeloom.dsp.filters import Biquads, low_pass

TRANSITION_HZ = 4_300.0
# To and fro in milliseconds, and the coefficient of the all-passes: how far the chirp is bent.
SPRINGS = ((33.1, 0.62), (41.3, 0.58), (35.9, 0.60), (44.9, 0.64))  # left, left, right, right
STAGES = 80  # all-passes a spring
MID_HZ = 1_000.0  # where the decay is what was asked for
MIN_SIZE = 0.5
_BUTTERWORTH = (0.5062, 0.5612, 0.7071, 1.1013, 3.1962)  # tenth order
_SWAY_MS = 0.12  # by how much a spring's length moves, so that late echoes blur
_SWAY_HZ = 1.3
_CHUNK = 32  # samples of a spring that are computed together: no spring is as short
_SLIDE = 0.06  # of a sample a sample: how fast a spring's length may change


@njit(cache=True, nogil=True)
def _ring(
    x: NDArray[np.float64],
    lines: NDArray[np.float64],
    first: int,
    settings: NDArray[np.float64],
    state: NDArray[np.float64],
    held: NDArray[np.float64],
    start: int,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Run the springs over x (springs, samples); `start` is the index of its first sample.

    settings  (6, springs): length, gain, damping, coefficient, radians a sample, sway
    state     (2, springs): length now, what the damping holds
    held      (springs, stages, stretch): what each all-pass holds
    """
    stages, stretch = held.shape[1], held.shape[2]
    v = np.empty(_CHUNK)
    for spring in range(x.shape[0]):
        line, a = lines[spring], settings[3, spring]
        gain, p = settings[1, spring], settings[2, spring]
        delay, low = state[0, spring], state[1, spring]
        for done in range(0, x.shape[1], _CHUNK):
            length = min(_CHUNK, x.shape[1] - done)
            at = first + done
            for n in range(length):
                turn = settings[4, spring] * (start + done + n) + 1.7 * spring
                wanted = settings[0, spring] + settings[5, spring] * math.sin(turn)
                delay += max(-_SLIDE, min(_SLIDE, wanted - delay))
                whole = int(delay)
                f = delay - whole
                i = at + n - whole
                back = line[i] + f * (line[i - 1] - line[i])
                low += (1.0 - p) * (back - low)
                v[n] = x[spring, done + n] - gain * low
            # Each all-pass is `stretch` recursions of the first order, woven into each other.
            for stage in range(stages):
                memory = held[spring, stage]
                k = (start + done) % stretch
                for n in range(length):
                    y = a * v[n] + memory[k]
                    memory[k] = v[n] - a * y
                    v[n] = y
                    k = k + 1 if k + 1 < stretch else 0
            for n in range(length):
                line[at + n] = v[n]
                out[spring, done + n] = v[n]
        if abs(low) < 1e-30:
            low = 0.0
        state[0, spring], state[1, spring] = delay, low


class SpringReverb:
    """Two springs a side over blocks: wet sound only.

    decay_s      time to fall by 60 dB at 1 kHz
    damping      how much faster the highs of the chirps die away, 0 to 1
    size         how long the springs are, at least 0.5
    predelay_ms  silence before

    >>> spring = SpringReverb(44100, decay_s=1.0)
    >>> impulse = np.zeros((2, 44100)); impulse[:, 0] = 1.0
    >>> y = spring.process(impulse)
    >>> bool(np.square(y[:, 33000:]).sum() < 1e-3 * np.square(y).sum())
    True
    """

    def __init__(
        self,
        rate: int,
        *,
        decay_s: float = 2.0,
        damping: float = 0.3,
        size: float = 1.0,
        predelay_ms: float = 0.0,
    ) -> None:
        self._rate = rate
        self._stretch = max(1, round(rate / 2.0 / TRANSITION_HZ))
        count = len(SPRINGS)
        turn = 2.0 * math.pi * _SWAY_HZ / rate * (1.0 + 0.17 * np.arange(count))
        sway = np.full(count, _SWAY_MS / 1000.0 * rate)
        loop = self._loop(decay_s, damping, size)
        self._settings = np.stack([*loop, np.array([a for _, a in SPRINGS]), turn, sway])
        self._state = np.stack([self._settings[0].copy(), np.zeros(count)])
        self._held = np.zeros((count, STAGES, self._stretch))
        self._lines = DelayLines(count, reach=self._reach())
        # Above the transition the coils carry nothing.
        edge_hz = min(0.92 * rate / 2.0 / self._stretch, 0.45 * rate)
        self._tone = Biquads([low_pass(edge_hz, rate, q=q) for q in _BUTTERWORTH], channels=count)
        self._wait = Wait(2, samples=round(predelay_ms / 1000.0 * rate), longest=rate)
        self._now = 0
        self._level = math.sqrt(1.0 - float(np.mean(self._settings[1])) ** 2)

    def _reach(self) -> int:
        longest = max(self._settings[0].max(), self._state[0].max()) + self._settings[5].max()
        return math.ceil(float(longest)) + 2

    def _loop(self, decay_s: float, damping: float, size: float) -> NDArray[np.float64]:
        """Return lengths, gains and poles of the springs."""
        length = np.array([ms for ms, _ in SPRINGS]) * max(size, MIN_SIZE) * self._rate / 1000.0
        length = np.maximum(length, _CHUNK + 2.0 + _SWAY_MS / 1000.0 * self._rate)
        a = np.array([a for _, a in SPRINGS])
        w = 2.0 * math.pi * min(MID_HZ, self._rate / 8.0) / self._rate * self._stretch
        bent = STAGES * self._stretch * (1.0 - a * a) / (1.0 + a * a + 2.0 * a * math.cos(w))
        gain = 10.0 ** (-3.0 * (length + bent) / (self._rate * decay_s))
        # The loop's one-pole takes a little at 1 kHz as well, which its gain gives back.
        pole = np.full(len(a), 0.85 * damping)
        z = np.exp(-1j * w / self._stretch)
        lost = np.abs((1.0 - pole) / (1.0 - pole * z))
        return np.stack([length, np.minimum(gain / lost, 0.995), pole])

    def retune(self, *, decay_s: float, damping: float, size: float, predelay_ms: float) -> None:
        """Take other settings from here on; lengths slide."""
        self._settings[:3] = self._loop(decay_s, damping, size)
        self._lines.grow(self._reach())
        self._wait.move(round(predelay_ms / 1000.0 * self._rate))

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the wet sound of (2, samples)."""
        x = self._wait.process(block)
        out = np.empty(x.shape)
        for start in range(0, x.shape[1], PIECE):
            fed = np.repeat(x[:, start : start + PIECE], len(SPRINGS) // 2, axis=0)
            heard = np.empty(fed.shape)
            self._lines.make_room(fed.shape[1])
            _ring(
                fed,
                self._lines.values,
                self._lines.at,
                self._settings,
                self._state,
                self._held,
                self._now,
                heard,
            )
            self._lines.advance(fed.shape[1])
            self._now += fed.shape[1]
            heard = self._tone.process(heard)
            # The second spring of a side hangs the other way round.
            out[:, start : start + PIECE] = self._level * (heard[::2] - heard[1::2])
        if not self._held.any() or np.abs(self._held).max() < 1e-30:
            self._held[:] = 0.0
        return out
