"""A true-peak limiter that looks ahead, checks what it did, and corrects it.

Three steps, each with its own delay:

1. What lies within 4 % of half of the rate is faded out around peaks: no interpolator of finite
   length knows how high it rises between the samples.
2. The gain that each true peak needs is held for a window and smoothed by two moving means of half
   of it: it arrives when the peak does and has no corner. It recovers by programme.
3. Moving gain makes new peaks, of some hundredths of a decibel. They are measured as in step 2 and
   lowered by a second, slower gain.

D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6),
2012, on smoothing and programme-dependent release.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.clipper import Clipper
from tapeloom.dsp.dynamics import smoothing
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.moving import moving_max, moving_mean, smooth
from tapeloom.dsp.oversampling import interpolation, peaks_between

Signal = NDArray[np.float64]
_PIECE = 8_192  # samples that are limited together: what the processor's cache holds
_GONE = 1e-6  # a reduction that has recovered but for this much has recovered
_TAPS = 256  # of the interpolator: exact up to 0.492 of the rate
_EDGE_TAPS = 127
_EDGE_WIDTH = 0.018  # of the rate: half of what is lowered at its edge
_AROUND = 48  # samples on either side in which the edge's envelope is looked for
_DOUBT = 3.0  # times its envelope, the edge may move a peak
_NEAR = 0.7  # of the ceiling: under it no peak can be taken for one above
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


@lru_cache
def edge_filter() -> NDArray[np.float64]:
    """Design a linear-phase filter for what lies at the upper edge of the band.

    >>> taps = edge_filter()
    >>> taps.size, round(abs(float(taps @ (-1.0) ** np.arange(127))), 3)
    (127, 1.0)
    """
    n = np.arange(_EDGE_TAPS) - _EDGE_TAPS // 2
    low = np.sinc(2.0 * _EDGE_WIDTH * n) * np.kaiser(_EDGE_TAPS, 6.0)
    taps = low / low.sum() * np.where(n % 2, -1.0, 1.0)
    taps.setflags(write=False)
    return np.asarray(taps)


@njit(cache=True, nogil=True)
def _filter_symmetric(
    x: NDArray[np.float64], taps: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Set out[n] to the sum of taps[k] x[n + k], where the taps are an odd number and symmetric."""
    middle = taps.size // 2
    for start in range(0, out.size, 512):
        y = out[start : start + 512]
        for n in range(y.size):
            y[n] = taps[middle] * x[start + middle + n]
        for k in range(middle):
            tap = taps[k]
            earlier = x[start + k : start + k + y.size]
            later = x[start + taps.size - 1 - k : start + taps.size - 1 - k + y.size]
            for n in range(y.size):
                y[n] += tap * (earlier[n] + later[n])


class _Delay:
    """What waits: the last `length` values on the last axis, before those that come."""

    def __init__(self, *shape: int) -> None:
        self._held = np.zeros(shape)

    def join(self, x: Signal) -> Signal:
        """Return what was held and x in one, and hold the end of it."""
        joined = np.concatenate((self._held, x), axis=-1)
        self._held = joined[..., x.shape[-1] :].copy()
        return joined

    @property
    def is_silent(self) -> bool:
        """Whether all that is held is 0."""
        return not self._held.any()


class _Window:
    """Holds values around where they are due and smooths the ends: in force when they are due.

    half     samples of each of two moving means
    plateau  samples for which a value stays in force, half of them before it is due
    """

    def __init__(self, half: int, plateau: int = 0) -> None:
        self._half, self._length = half, 2 * half + plateau
        self.latency = 2 * half - 2 + plateau // 2
        self._wanted, self._held = _Delay(self._length - 1), _Delay(2 * half - 2)

    def hold(self, wanted: Signal) -> Signal:
        """Return the largest of each window."""
        quiet = self._wanted.is_silent and not wanted.any()
        joined = self._wanted.join(wanted)
        return np.zeros(wanted.size) if quiet else moving_max(joined, self._length)

    def smooth(self, held: Signal) -> Signal:
        """Return the held values without corners, `latency` samples late."""
        quiet = self._held.is_silent and not held.any()
        joined = self._held.join(held)
        if quiet:
            return np.zeros(held.size)
        return smooth(joined, self._half)


class _Edge:
    """Takes the edge of the band away around peaks that may with it lie over the ceiling."""

    def __init__(self, *, half: int, behind: int, latency: int) -> None:
        ramp = half // 3
        self._fade = _Window(ramp, 4 * (half - ramp))
        self._behind, self._latency = behind, latency
        self.reach = 2 * _EDGE_TAPS + max(0, _AROUND - latency)

    def take(self, joined: Signal, late: Signal, peaks: Signal, ceiling: float) -> Signal:
        """Return `late` without the edge where it must go.

        joined  all that is known, from `reach` samples before `late` on
        late    the samples `behind` and `latency` ago
        peaks   those of samples `behind` ago
        """
        near = peaks > _NEAR * ceiling
        concern = np.zeros(peaks.size)
        begin = joined.shape[1] - peaks.size - self._behind
        for first, end in _stretches(near):
            size = np.abs(_edge_of(joined, begin + first - _AROUND, end - first + 2 * _AROUND))
            # What an interpolator misses is about as large as the edge itself.
            envelope = moving_max(size.max(axis=0), 2 * _AROUND + 1)
            doubtful = peaks[first:end] + _DOUBT * envelope > ceiling
            concern[first:end] = near[first:end] & doubtful
        fade = self._fade.smooth(self._fade.hold(concern))
        if not fade.any():
            return late
        begin -= self._latency
        fade *= _beside_silence(joined, begin, peaks.size)
        late = late.copy()
        for first, end in _stretches(fade > 0.0):
            edge = _edge_of(joined, begin + first, end - first)
            late[:, first:end] -= fade[first:end] * edge
        return late


def _stretches(holds: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (begin, end) of the stretches in which a condition holds, near ones as one."""
    at = np.flatnonzero(holds)
    if not at.size:
        return []
    ends = np.flatnonzero(np.diff(at) > 2 * _EDGE_TAPS)
    firsts = np.concatenate(([0], ends + 1))
    lasts = np.concatenate((ends, [at.size - 1]))
    return [(int(at[i]), int(at[j]) + 1) for i, j in zip(firsts, lasts, strict=True)]


def _edge_of(x: Signal, begin: int, length: int) -> Signal:
    """Return the edge of the band of x[:, begin : begin + length]."""
    first = begin - _EDGE_TAPS // 2
    out = np.empty((len(x), length))
    for channel, edge in zip(x, out, strict=True):
        _filter_symmetric(channel[first : first + length + _EDGE_TAPS - 1], edge_filter(), edge)
    return out


def _beside_silence(x: Signal, begin: int, length: int) -> Signal:
    """Return 1 for x[:, begin : begin + length], less within 64 samples of digital silence.

    In silence itself it is 0: where sound begins or stops at once the filter would ring into
    silence, and whoever cuts the silence off would cut the ringing.
    """
    run, ramp = _EDGE_TAPS // 2 + 1, _EDGE_TAPS // 2 + 2
    around = run + ramp - 2
    sounds = (x[:, begin - around : begin + length + around] != 0.0).any(axis=0)
    if sounds.all():
        return np.ones(length)
    runs = 1.0 - moving_max(sounds.astype(np.float64), run)
    silent = moving_max(moving_max(runs, run), ramp)
    return 1.0 - moving_mean(silent, ramp)


class _Pass:
    """One look at the peaks and one gain that keeps them under the ceiling."""

    def __init__(
        self, rate: int, channels: int, *, half: int, guards_edge: bool, **settings: float
    ) -> None:
        self._rate = rate
        self._filters, self._gain = interpolation(_TAPS, 4), _Window(half)
        behind = self._filters.reach
        self.latency = behind + self._gain.latency
        self._edge: _Edge | None = None
        waits = max(self.latency, 2 * behind)
        if guards_edge:
            self._edge = _Edge(half=half, behind=behind, latency=self._gain.latency)
            waits = max(waits, self.latency + self._edge.reach)
        self.looks_back = 2 * behind
        self._history = _Delay(channels, waits)
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
        floor = self._ceiling if self._edge is None else _NEAR * self._ceiling
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
        reduction = self._gain.smooth(held)
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
    526
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
        """Take other settings from here on; the gain moves to them as it does to peaks."""
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
