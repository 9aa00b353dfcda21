"""Where sounds begin: sudden rises of energy, to the millisecond, as blocks come in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RISE = 10.0  # how many times louder than before something must be to begin
FLOOR = 1e-9  # mean square of the difference signal under which nothing begins
PAST_MS, NEAR_MS, APART_MS = 40, 10, 25  # before; in which the steepest rise is taken; refractory


class OnsetFinder:
    """Finds onsets in blocks, each when what follows it for some milliseconds is known.

    Energies of the difference signal in steps of 1 ms are compared with those of 40 ms before.

    >>> finder = OnsetFinder(8000)
    >>> x = np.zeros((1, 8000)); x[0, 4000] = 1.0
    >>> finder.push(x)
    >>> finder.onsets, finder.known_until > 7000
    ([4000], True)
    """

    def __init__(self, rate: int) -> None:
        self._step = max(1, round(rate / 1000))
        self.onsets: list[int] = []  # samples; who has used one may drop it
        self._energy = np.zeros(PAST_MS)  # of the steps from _first on
        self._peaks = np.zeros(PAST_MS, np.int64)  # where in each step the loudest sample lies
        self._first = -PAST_MS
        self._pending = np.zeros((1, 0))
        self._last_value: NDArray[np.float64] | None = None
        self._last_onset = -(10**9)

    @property
    def known_until(self) -> int:
        """The sample before which no further onset will be found."""
        return max(0, (self._first + PAST_MS) * self._step)

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        if not block.shape[1]:
            return
        x = np.asarray(block, np.float64)
        before = np.zeros((len(x), 1)) if self._last_value is None else self._last_value
        self._last_value = x[:, -1:]
        power = np.square(np.diff(x, axis=1, prepend=before)).mean(axis=0, keepdims=True)
        joined = np.concatenate((self._pending, power), axis=1)
        steps = joined.shape[1] // self._step
        self._pending = joined[:, steps * self._step :]
        parts = joined[0, : steps * self._step].reshape(steps, self._step)
        self._energy = np.concatenate((self._energy, parts.mean(axis=1)))
        self._peaks = np.concatenate((self._peaks, parts.argmax(axis=1)))
        self._find()

    def finish(self) -> None:
        """Take silence, after which all is known."""
        channels = 1 if self._last_value is None else len(self._last_value)
        self.push(np.zeros((channels, (2 * NEAR_MS + 2) * self._step)))

    def _find(self) -> None:
        ready = self._energy.size - PAST_MS - 2 * NEAR_MS  # steps that can be judged
        if ready <= 0:
            return
        sums = np.concatenate(([0.0], np.cumsum(self._energy)))
        steps = np.arange(PAST_MS, self._energy.size)
        past = (sums[steps] - sums[steps - PAST_MS]) / PAST_MS
        now = self._energy[PAST_MS:]
        rise = np.where(now > FLOOR, now / (past + 0.01 * FLOOR), 0.0)
        for k in np.flatnonzero(rise[:ready] > RISE).tolist():
            step = self._first + PAST_MS + k
            steepest = k + int(rise[k : k + NEAR_MS].argmax())
            at = (step - k + steepest) * self._step + int(self._peaks[PAST_MS + steepest])
            if at - self._last_onset >= APART_MS * self._step:
                self.onsets.append(at)
                self._last_onset = at
        self._energy, self._peaks = self._energy[ready:], self._peaks[ready:]
        self._first += ready
