"""Expander and gate: what is soft becomes softer, or goes.

U. Zoelzer (ed.), "DAFX: Digital Audio Effects", 2nd edition, Wiley, 2011, chapter 4: static curve
of an expander; a gate is one of a very high ratio. Two thresholds and a hold keep it from
chattering.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.decibels import db_to_gains, powers_to_db
from tapeloom.dsp.detectors import Detector
from tapeloom.dsp.filters import Section
from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.gain_stage import Rider, refuse_changes
from tapeloom.dsp.level import db_to_gain

Signal = NDArray[np.float64]
_STEEPEST = 1e6  # dB for a dB: an infinite ratio
_AT_REST = 1e-9  # dB


@njit(cache=True, nogil=True)
def _open_and_close(
    levels: Signal,
    before: Signal,
    after: Signal,
    moved: int,
    step: float,
    fixed: Signal,
    state: Signal,
    out: Signal,
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill out with the reduction at each level, in dB.

    before, after  threshold, steepness (ratio - 1) and range
    fixed          hysteresis in dB, hold in looks, step of opening, step of closing
    state          1 where open, looks that the hold still lasts, reduction; carried on
    """
    hysteresis, hold, opening, closing = fixed[0], fixed[1], fixed[2], fixed[3]
    is_open, left, y = state[0], state[1], state[2]
    for m in range(levels.size):
        way = min(1.0, (moved + 2 * m + 1) * step)
        threshold = before[0] + way * (after[0] - before[0])
        steepness = before[1] + way * (after[1] - before[1])
        limit = before[2] + way * (after[2] - before[2])
        under = threshold - levels[m]
        if under <= 0.0:
            is_open = 1.0
        if under <= hysteresis:
            left = hold
        elif left > 0.0:
            left -= 1.0
        else:
            is_open = 0.0
        wanted = 0.0 if is_open == 1.0 else min(steepness * max(under, 0.0), limit)
        y += (closing if wanted > y else opening) * (wanted - y)
        if y < _AT_REST:
            y = 0.0
        out[m] = y
    state[0], state[1], state[2] = is_open, left, y


class Gate(Rider):
    """An expander over blocks; with an infinite ratio a gate. It begins closed.

    rate, channels  of the sound; the side-chain may have any number of channels
    threshold_db    dBFS of a sine's peak, above which it is open
    ratio           how many dB down for each dB below; math.inf: a gate
    range_db        how far down it goes at most
    attack_ms, release_ms   63 % of the way open or shut, in dB
    hold_ms         how long it stays open after the sound has gone
    hysteresis_db   how far below the threshold the sound has gone then
    look_ahead_ms   by how much the sound is late, so that it is open before it
    key_sections    filters on the side-chain
    link            1: one gain for all channels, 0: each has its own

    >>> x = np.full((1, 9000), 0.001)
    >>> Gate(44100, 1, threshold_db=-40).process(x)[0, -1] < 2e-6
    np.True_
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        look_ahead_ms: float = 0.0,
        key_sections: Sequence[Section] = (),
        **settings: Any,
    ) -> None:
        self._kept = {"look_ahead_ms": look_ahead_ms}
        self._looks = rate / 2.0
        self._channels, self._split = channels, False
        self._detector = Detector(channels, sections=key_sections)
        numbers = self._set(**settings)
        self._state = np.tile([0.0, 0.0, numbers[2]], (channels, 1))
        super().__init__(
            rate,
            channels,
            numbers=numbers,
            look_ahead_ms=look_ahead_ms,
            gain=db_to_gain(-numbers[2]),
        )

    def _set(
        self,
        *,
        threshold_db: float = -40.0,
        ratio: float = float("inf"),
        range_db: float = 60.0,
        attack_ms: float = 0.5,
        hold_ms: float = 20.0,
        release_ms: float = 80.0,
        hysteresis_db: float = 4.0,
        link: float = 1.0,
    ) -> list[float]:
        opening, closing = smoothing(attack_ms, self._looks), smoothing(release_ms, self._looks)
        hold = round(hold_ms / 1000.0 * self._looks)
        self._fixed = np.array([hysteresis_db, hold, opening, closing])
        self._split = self._split or (link < 1.0 and self._channels > 1)
        return [threshold_db, min(ratio - 1.0, _STEEPEST), range_db, link]

    def retune(self, *, key_sections: Sequence[Section] = (), **settings: Any) -> None:
        """Take other settings; what cannot change in the middle of a stream is refused."""
        refuse_changes(self._kept, settings)
        self._ramp.move(self._set(**{k: v for k, v in settings.items() if k not in self._kept}))
        self._detector.filter(key_sections)

    def _gains(self, heard: Signal, phase: int, count: int) -> Signal:
        ramp = self._ramp
        link = self._now(phase, count)[3]
        powers = self._detector.powers(heard, phase, link=link, split=self._split)
        gains = np.empty(powers.shape)
        for lane, power in enumerate(powers):
            levels, out = powers_to_db(power), np.empty(count)
            _open_and_close(
                levels,
                ramp.before,
                ramp.after,
                ramp.moved + phase,
                ramp.step,
                self._fixed,
                self._state[lane],
                out,
            )
            gains[lane] = db_to_gains(-out)
        if powers.shape[0] < self._channels:
            self._state[:] = self._state[0]
        return gains
