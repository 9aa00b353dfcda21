"""A true-peak limiter that looks ahead, checks what it did, and corrects it.

Three steps, each with its own delay:

1. What lies within 4 % of half of the rate is faded out around peaks (`band_edge`).
2. The gain that each true peak needs is held for a window and smoothed by two moving means of half
   of it: it arrives when the peak does and has no corner. It recovers by programme.
3. Moving gain makes new peaks, of some hundredths of a decibel. They are measured as in step 2 and
   lowered by a second, slower gain.

D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6),
2012, on smoothing and programme-dependent release.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.band_edge import LATENCY, NEAR, Edge
from tapeloom.dsp.clipper import Clipper
from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.interpolation import interpolation
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.lookahead import Delay, Window
from tapeloom.dsp.oversampling import peaks_between

Signal = NDArray[np.float64]
_PIECE = 8_192  # samples that are limited together: what the processor's cache holds
_GONE = 1e-6  # a reduction that has recovered but for this much has recovered
_TAPS = 256  # of the first interpolator: exact up to 0.492 of the rate
_LAST_TAPS = 768  # of the second: the edge of a beginning is still there
_CHARGE = 2.0  # release times in which sustained reduction takes hold
_SUSTAIN = 6.0  # release times in which it lets go


@njit(cache=True, nogil=True)
def _recover(
    x: NDArray[np.float64],
    fall: float,
    charge: float,
    sustain: float,
    programme: float,
    gone: float,
    state: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Let held reductions fall in place, not below `programme` times their slow average."""
    fast, slow = state[0], state[1]
    for n in range(x.size):
        wanted = x[n]
        fast = wanted if wanted > fast else fast + fall * (wanted - fast)
        slow += (charge if wanted > slow else sustain) * (wanted - slow)
        if fast < gone and slow < gone:
            fast = slow = 0.0
        x[n] = max(fast, programme * slow)
    state[0], state[1] = fast, slow


class _Pass:
    """One look at the peaks and one gain that keeps them under the ceiling."""

    def __init__(
        self, rate: int, channels: int, *, half: int, guards_edge: bool, **settings: float
    ) -> None:
        self._rate = rate
        self._filters = interpolation(_TAPS if guards_edge else _LAST_TAPS, 4)
        self._gain = Window(half)
        behind = self._filters.reach
        latency, reach = self._gain.latency, 0
        self._edge: Edge | None = None
        if guards_edge:
            latency = max(latency, LATENCY)
            self._edge = Edge(behind=behind, latency=latency)
            reach = self._edge.reach
        self._gain_waits = Delay(latency - self._gain.latency)
        self.latency = behind + latency
        waits = max(self.latency + reach, 2 * behind)
        self.looks_back = 2 * behind
        self._history = Delay(channels, waits)
        self._state = np.zeros(2)
        self.retune(**settings)

    def retune(self, *, ceiling: float, release_ms: float, programme: float) -> None:
        """Take other settings from here on."""
        self._ceiling, self._programme = ceiling, programme
        self._fall = smoothing(release_ms, self._rate)
        self._charge = smoothing(_CHARGE * release_ms, self._rate)
        self._sustain = smoothing(_SUSTAIN * release_ms, self._rate)

    def process(self, x: Signal, *, is_known: bool = False) -> tuple[Signal, bool]:
        """Return the next samples, `latency` late, and whether they differ from the input's.

        is_known  whether all that is looked at is known to lie under the ceiling
        """
        frames = x.shape[1]
        joined = self._history.join(x)
        length = joined.shape[1]
        floor = self._ceiling if self._edge is None else NEAR * self._ceiling
        seen = joined[:, length - frames - 2 * self._filters.reach :]
        peaks = np.zeros(frames)
        if not is_known:
            peaks, _ = peaks_between(seen, self._filters, floor=floor)
        late = joined[:, length - frames - self.latency : length - self.latency]
        # Between two samples a peak belongs to both: a window is one longer than it must be.
        wanted = np.zeros(frames)
        over = peaks > self._ceiling
        wanted[over] = 1.0 - self._ceiling / peaks[over]
        held = self._gain.hold(wanted)
        if self._state.any() or held.any():
            _recover(held, self._fall, self._charge, self._sustain, self._programme, _GONE,
                     self._state)  # fmt: skip
        reduction = self._gain_waits.join(self._gain.smooth(held))[:frames]
        now = late
        if self._edge is not None:
            now = self._edge.take(joined, late, peaks, self._ceiling)
        if reduction.any():
            now = now * (1.0 - reduction)
        return now, now is not late


class TruePeakLimiter:
    """A look-ahead limiter whose output stays under its ceiling between the samples too.

    ceiling_db    dBTP, -60 to 24; held within 0.02 dB as read at 64 times the rate
    release_ms    time constant of the recovery from a short peak, 1 to 5000
    lookahead_ms  time in which the gain moves ahead of a peak, 0.5 to 50
    programme     0: one release for all; 1: after sustained reduction, recovery takes 6 times as
                  long, as an average that is charged in twice the release is not left

    clipper       "off", or "hard" or "soft": peaks are clipped before they are limited
    clip_over_db  how far over the ceiling the clipper works, 0 to 24

    Under the ceiling the samples pass bit by bit, `latency` samples late. All channels get one
    gain. Around what is limited, sound within 4 % of half of the rate is taken out; so it is where
    a peak lies under the ceiling by less than such sound may add between the samples (white noise;
    not music that ends at 20 kHz).

    >>> limiter = TruePeakLimiter(44100, 1, ceiling_db=-6.0)
    >>> limiter.latency
    1244
    >>> y = limiter.process(2.0 * np.sin(np.arange(44100) * 0.3)[None])
    >>> bool(np.abs(y).max() <= 0.502)
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        ceiling_db: float = -1.0,
        release_ms: float = 120.0,
        lookahead_ms: float = 3.0,
        programme: float = 0.5,
        clipper: str = "off",
        clip_over_db: float = 1.5,
    ) -> None:
        if not 0.5 <= lookahead_ms <= 50.0:
            raise InputError(f"lookahead_ms is {lookahead_ms:g}; it must lie between 0.5 and 50")
        half = max(6, round(0.0005 * lookahead_ms * rate))
        settings = _settings(ceiling_db, release_ms, programme)
        self._first = _Pass(rate, channels, half=half, guards_edge=True, **settings)
        self._second = _Pass(rate, channels, half=half, guards_edge=False, **settings)
        self.latency = self._first.latency + self._second.latency
        self._untouched = 0  # samples since the first pass last did something
        self._clipper: Clipper | None = None
        if clipper != "off":
            threshold_db = _clip_threshold(ceiling_db, clip_over_db)
            self._clipper = Clipper(channels, threshold_db=threshold_db, shape=clipper)
            self.latency += self._clipper.latency

    def retune(
        self,
        *,
        ceiling_db: float,
        release_ms: float,
        programme: float = 0.5,
        clip_over_db: float = 1.5,
    ) -> None:
        """Take other settings from here on; the gain moves to them as it does to peaks.

        What is still waiting keeps to a lower ceiling too: it comes down up to `latency` early.
        """
        for each in (self._first, self._second):
            each.retune(**_settings(ceiling_db, release_ms, programme))
        if self._clipper is not None:
            self._clipper.retune(threshold_db=_clip_threshold(ceiling_db, clip_over_db))

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the limited (channels, samples), `latency` samples late."""
        out = np.empty(block.shape)
        for start in range(0, block.shape[1], _PIECE):
            piece = np.asarray(block[:, start : start + _PIECE], np.float64)
            if self._clipper is not None:
                piece = self._clipper.process(piece)
            out[:, start : start + _PIECE] = self._limit(piece)
        return out

    def _limit(self, x: Signal) -> Signal:
        y, is_touched = self._first.process(x)
        is_known = not is_touched and self._untouched >= self._second.looks_back
        self._untouched = 0 if is_touched else self._untouched + x.shape[1]
        return self._second.process(y, is_known=is_known)[0]


def _settings(ceiling_db: float, release_ms: float, programme: float) -> dict[str, float]:
    if not -60.0 <= ceiling_db <= 24.0:
        raise InputError(f"ceiling_db is {ceiling_db:g}; it must lie between -60 and 24")
    if not 1.0 <= release_ms <= 5000.0:
        raise InputError(f"release_ms is {release_ms:g}; it must lie between 1 and 5000")
    if not 0.0 <= programme <= 1.0:
        raise InputError(f"programme is {programme:g}; it must lie between 0 and 1")
    return {
        "ceiling": db_to_gain(ceiling_db),
        "release_ms": release_ms,
        "programme": programme,
    }


def _clip_threshold(ceiling_db: float, clip_over_db: float) -> float:
    if not 0.0 <= clip_over_db <= 24.0:
        raise InputError(f"clip_over_db is {clip_over_db:g}; it must lie between 0 and 24")
    return ceiling_db + clip_over_db
