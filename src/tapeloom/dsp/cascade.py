"""Sections in series whose coefficients may move: what equalisers and crossovers run on.

Two sections and two channels are run side by side: their recurrences overlap in the processor.
While coefficients move, a section runs as the state-variable filter that it is equal to, whose
state means the same at every setting: A. Simper, "Solving the continuous SVF equations using
trapezoidal integration and equivalent currents", Cytomic, 2013.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.glide import RAMP

Signal = NDArray[np.float64]

_NOTHING = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
_GONE = 1e-60  # a state that has died away: denormal numbers are slow


@njit(cache=True, nogil=True)
def _run_pairs(
    x: Signal, sections: Signal, state: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Filter (channels, samples) in place; transposed direct form II.

    sections  (channels, sections, 6)
    state     (channels, sections, 2)
    """
    channels, frames = x.shape
    pairs = sections.shape[1] // 2 * 2
    for first in range(0, channels, 2):
        second = min(first + 1, channels - 1)
        left, right = x[first], x[second]
        for k in range(0, pairs, 2):
            b0, b1, b2, _, a1, a2 = sections[first, k]
            B0, B1, B2, _, A1, A2 = sections[second, k]
            d0, d1, d2, _, c1, c2 = sections[first, k + 1]
            D0, D1, D2, _, C1, C2 = sections[second, k + 1]
            p1, p2 = state[first, k]
            q1, q2 = state[second, k]
            r1, r2 = state[first, k + 1]
            s1, s2 = state[second, k + 1]
            for n in range(frames):
                u, v = left[n], right[n]
                y, z = b0 * u + p1, B0 * v + q1
                p1 = (b1 * u + p2) - a1 * y
                q1 = (B1 * v + q2) - A1 * z
                p2 = b2 * u - a2 * y
                q2 = B2 * v - A2 * z
                u, v = d0 * y + r1, D0 * z + s1
                r1 = (d1 * y + r2) - c1 * u
                s1 = (D1 * z + s2) - C1 * v
                r2 = d2 * y - c2 * u
                s2 = D2 * z - C2 * v
                left[n], right[n] = u, v
            state[first, k, 0], state[first, k, 1] = p1, p2
            state[second, k, 0], state[second, k, 1] = q1, q2
            state[first, k + 1, 0], state[first, k + 1, 1] = r1, r2
            state[second, k + 1, 0], state[second, k + 1, 1] = s1, s2
        for k in range(pairs, sections.shape[1]):  # the one that is left over
            b0, b1, b2, _, a1, a2 = sections[first, k]
            B0, B1, B2, _, A1, A2 = sections[second, k]
            p1, p2 = state[first, k]
            q1, q2 = state[second, k]
            for n in range(frames):
                u, v = left[n], right[n]
                y, z = b0 * u + p1, B0 * v + q1
                p1 = (b1 * u + p2) - a1 * y
                q1 = (B1 * v + q2) - A1 * z
                p2 = b2 * u - a2 * y
                q2 = B2 * v - A2 * z
                left[n], right[n] = y, z
            state[first, k, 0], state[first, k, 1] = p1, p2
            state[second, k, 0], state[second, k, 1] = q1, q2


@njit(cache=True, nogil=True)
def _run_moving(
    x: Signal, begin: Signal, end: Signal, state: Signal, moved: int, ramp: int
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Filter in place by state-variable filters whose settings go on a line to `end`.

    begin, end  (channels, sections, 5): g, k, m0, m1, m2 as `_state_variable` returns them
    state       (channels, sections, 2): what the two integrators hold
    """
    for c in range(x.shape[0]):
        for j in range(begin.shape[1]):
            s1, s2 = state[c, j]
            old, new = begin[c, j], end[c, j]
            for n in range(x.shape[1]):
                way = min(1.0, (moved + n + 1) / ramp)
                g = old[0] + way * (new[0] - old[0])
                k = old[1] + way * (new[1] - old[1])
                v0 = x[c, n]
                v1 = (s1 + g * (v0 - s2)) / (1.0 + g * (g + k))
                v2 = s2 + g * v1
                s1 = 2.0 * v1 - s1
                s2 = 2.0 * v2 - s2
                y = (old[2] + way * (new[2] - old[2])) * v0
                y += (old[3] + way * (new[3] - old[3])) * v1
                x[c, n] = y + (old[4] + way * (new[4] - old[4])) * v2
            state[c, j, 0], state[c, j, 1] = s1, s2


def _state_variable(sections: Signal) -> Signal:
    """Return the state-variable filters of the same responses, shape (..., 5).

    H(s) = m0 + (m1 s + m2) / (s^2 + k s + 1),   s = (z - 1) / (g (z + 1)):  every stable section
    is one of these, with g and k over 0.
    """
    b0, b1, b2, _, a1, a2 = np.moveaxis(sections, -1, 0)
    scale = 1.0 / (1.0 - a1 + a2)
    g = np.sqrt((1.0 + a1 + a2) * scale)
    k = 2.0 * (1.0 - a2) * scale / g
    n2, n0 = (b0 - b1 + b2) * scale, (b0 + b1 + b2) * scale / (g * g)
    n1 = 2.0 * (b0 - b2) * scale / g
    return np.ascontiguousarray(np.stack((g, k, n2, n1 - k * n2, n0 - n2), axis=-1))


def _carried_over(sections: Signal, state: Signal) -> Signal:
    """Return the state of state-variable filters that would ring on as the sections do."""
    carried = np.zeros(state.shape)
    for at in np.ndindex(state.shape[:2]):
        p1, p2 = state[at]
        ringing = np.array([p1, p2 - sections[at][4] * p1])  # the next two samples without input
        rows = np.empty((2, 2))
        filters = _state_variable(sections[at])[None, None]
        for j in range(2):
            silence, unit = np.zeros((1, 2)), np.zeros((1, 1, 2))
            unit[0, 0, j] = 1.0
            _run_moving(silence, filters, filters, unit, RAMP, RAMP)
            rows[:, j] = silence[0]
        carried[at] = np.linalg.lstsq(rows, ringing, rcond=1e-12)[0]
    return carried


class Cascade:
    """Sections in series over blocks, in float64, which can be moved to others without a click.

    sections  shape (channels, sections, 6): rows of b0 b1 b2 1 a1 a2; their number stays

    Sections that do nothing cost nothing, and where all do nothing the block is returned as it is.

    >>> from tapeloom.dsp.matched_filters import matched
    >>> cascade = Cascade(matched("low_pass", 1000.0, 44100)[None])
    >>> cascade.process(np.ones((1, 3))).round(3)
    array([[0.014, 0.043, 0.085]])
    >>> cascade.move(matched("low_pass", 2000.0, 44100)[None])
    >>> cascade.process(np.ones((1, 200)))[0, -1].round(3)
    np.float64(1.0)
    """

    def __init__(self, sections: NDArray[Any]) -> None:
        self._sections = np.array(sections, np.float64, order="C")
        self._state = np.zeros((*self._sections.shape[:2], 2))
        # Once moved it runs as state-variable filters: in the direct form a leap would boom.
        self._begin: Signal | None = None
        self._end = np.zeros(0)
        self._moved = RAMP

    @property
    def is_idle(self) -> bool:
        """Whether the next block would come back as it is."""
        return self._moved >= RAMP and not self._active().any()

    def move(self, sections: NDArray[Any]) -> None:
        """Start towards other sections, which are reached RAMP samples later."""
        if self._begin is None:
            self._state = _carried_over(self._sections, self._state)
            self._begin = self._end = _state_variable(self._sections)
        way = self._moved / RAMP
        self._begin = self._begin + way * (self._end - self._begin)
        self._sections = np.array(sections, np.float64, order="C")
        self._end, self._moved = _state_variable(self._sections), 0

    def process(self, block: NDArray[Any]) -> NDArray[Any]:
        """Return the filtered block (channels, samples), as float64 unless nothing was done."""
        if self.is_idle:
            return block
        y = np.array(block, np.float64, order="C")
        if self._begin is None:
            self._run(y)
        else:
            _run_moving(y, self._begin, self._end, self._state, self._moved, RAMP)
            self._moved = min(RAMP, self._moved + y.shape[1])
            if self.is_idle:
                self._state[:] = 0.0
        self._state[np.abs(self._state) < _GONE] = 0.0
        return y

    def _active(self) -> NDArray[np.bool_]:
        """Tell which sections do something: (sections,)."""
        active = (self._sections != _NOTHING).any(axis=(0, 2))
        if self._begin is None:
            active |= self._state.any(axis=(0, 2))
        return np.asarray(active)

    def _run(self, y: Signal) -> None:
        at = np.flatnonzero(self._active())
        state = np.ascontiguousarray(self._state[:, at])
        _run_pairs(y, np.ascontiguousarray(self._sections[:, at]), state)
        self._state[:, at] = state
