"""The converters of early samplers: fewer bits, a lower rate, steps between the samples.

The signal is read at the very moments of the lower rate, whether or not a filter has removed what
lies above half of it, and comes out as steps at those moments, without any other aliases of ours:
each step is drawn band-limited (E. Brandt, "Hard sync without aliasing", ICMC 2001). So what is
heard is what the machine made: the mirrors of a zero-order hold, and the folding of its sampling.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import low_pass
from tapeloom.dsp.four_poles import four_pole_sections
from tapeloom.dsp.glide import Glide
from tapeloom.dsp.moving_filters import MovingBiquads
from tapeloom.dsp.ranges import check_ranges

Signal = NDArray[np.float64]
SP_1200_HZ = 26_040.0
_TAPS = 32
_PHASES = 256
_HALF = _TAPS // 2
_OPEN = 0.45  # of the rate: a cut-off from there up is none
_THROUGH = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
_RANGES = {
    "rate_hz": (1000.0, 1e6),
    "bits": (1.0, 24.0),
    "tune": (0.0, 12.0),
    "dither": (0.0, 1.0),
    "anti_alias": (0.0, 1.0),
    "cutoff_hz": (20.0, 1e6),
    "resonance": (0.0, 0.9),
}


@lru_cache
def _tables() -> tuple[Signal, Signal]:
    """Return the reader between samples and what a band-limited step lacks, (phases + 1, taps)."""
    phase = np.arange(_PHASES + 1)[:, None] / _PHASES
    at = np.arange(_TAPS) - (_HALF - 1) - phase

    def impulse(t: Signal) -> Signal:
        window = np.i0(7.0 * np.sqrt(np.maximum(0.0, 1.0 - (t / _HALF) ** 2))) / np.i0(7.0)
        return np.asarray(0.95 * np.sinc(0.95 * t) * window)

    reader = impulse(at)
    reader /= reader.sum(axis=1, keepdims=True)
    fine = np.arange(-_HALF * _PHASES, _HALF * _PHASES + 1) / _PHASES
    sums = np.cumsum(impulse(fine))
    # By the trapezoidal rule it is 1/2 in the middle, as the step itself.
    step = (sums - 0.5 * impulse(fine)) / sums[-1]
    smooth = np.interp(at, fine, step, left=0.0, right=1.0)
    return reader, smooth - (np.arange(_TAPS) >= _HALF)


@njit(cache=True, nogil=True)
def _between(x: Signal, at: int, phase: float, table: Signal) -> float:  # pragma: no cover
    row = min(int(phase * _PHASES), _PHASES - 1)
    f = phase * _PHASES - row
    y = 0.0
    for k in range(_TAPS):
        y += (table[row, k] + f * (table[row + 1, k] - table[row, k])) * x[at + k]
    return y


@njit(cache=True, nogil=True)
def _hold(
    x: Signal,
    out: Signal,
    clocks: Signal,
    turns: Signal,
    step: float,
    dither: Signal,
    held: Signal,
    reader: Signal,
    lack: Signal,
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Add to out (channels, n + taps) the steps that x (channels, taps + n) is held in.

    clocks  (2,): the sampling's and the playback's, 0..1
    turns   (2,): by how much either goes on in a sample
    step    the size of a step of the quantiser; 0 for none
    dither  (channels, n) in steps
    held    (channels, 3): what was sampled, what sounds, whether a new one waits
    """
    for n in range(out.shape[1] - _TAPS):
        for c in range(2):
            clocks[c] += turns[c]
        if clocks[0] >= 1.0:
            clocks[0] -= 1.0
            # The moment lies this far before sample n.
            ago = min(clocks[0] / turns[0], 1.0)
            for channel in range(x.shape[0]):
                # x begins a filter's length early; its middle is read.
                value = _between(x[channel], n, 1.0 - ago, reader)
                if step > 0.0:
                    value = step * np.floor(value / step + 0.5 + dither[channel, n])
                    value = min(max(value, -1.0), 1.0 - step)
                held[channel, 0], held[channel, 2] = value, 1.0
        if clocks[1] >= 1.0:
            clocks[1] -= 1.0
            ago = min(clocks[1] / turns[1], 1.0)
            phase = (1.0 - ago) * _PHASES
            row = min(int(phase), _PHASES - 1)
            f = phase - row
            for channel in range(x.shape[0]):
                if held[channel, 2] > 0.0:
                    rise = held[channel, 0] - held[channel, 1]
                    held[channel, 1], held[channel, 2] = held[channel, 0], 0.0
                    if rise != 0.0:
                        for k in range(_TAPS):
                            t = lack[row, k] + f * (lack[row + 1, k] - lack[row, k])
                            out[channel, n + k] += rise * t
        for channel in range(x.shape[0]):
            out[channel, n + _HALF] += held[channel, 1]


class Crusher:
    """A sampler's converters at work over blocks.

    rate_hz     of its converters, from 1000 up to the signal's own rate
    bits        1..24, between whole numbers too; 24 stands for no quantiser
    tune        semitones (0..12) that it was sampled higher and is tuned back down by: the ring of
                samples that are played twice
    dither      0..1: triangular noise of up to one step before the quantiser
    anti_alias  0..1: how much of a filter below half of the lower rate is there
    cutoff_hz   of the low-pass on its output, four poles as an SSM2044; none from 0.45
                of the rate up
    resonance   of that filter, 0..0.9

    >>> sampler = Crusher(44100, 1, rng=np.random.default_rng(1), bits=4.0)
    >>> y = sampler.process(0.3 * np.sin(np.arange(2000) * 0.05)[None])
    >>> sampler.latency, bool(np.abs(y).max() < 0.5)
    (32, True)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        rate_hz: float = SP_1200_HZ,
        bits: float = 12.0,
        tune: float = 0.0,
        dither: float = 0.0,
        anti_alias: float = 0.0,
        cutoff_hz: float = 12_000.0,
        resonance: float = 0.0,
    ) -> None:
        self._rate, self._rng = rate, rng
        self.latency = _TAPS
        start = {
            "rate_hz": rate_hz,
            "bits": bits,
            "tune": tune,
            "dither": dither,
            "anti_alias": anti_alias,
            "cutoff_hz": cutoff_hz,
            "resonance": resonance,
        }
        check_ranges(start, _RANGES)
        start["cutoff_hz"] = min(cutoff_hz, _OPEN * rate)
        self._glide = Glide(rate, start)
        self._before = np.zeros((channels, _TAPS))
        self._after = np.zeros((channels, _TAPS))
        self._held = np.zeros((channels, 3))
        self._clocks = np.zeros(2)
        self._guard = MovingBiquads([low_pass(0.2 * rate, rate)] * 2, channels=channels)
        self._output = MovingBiquads([low_pass(0.2 * rate, rate)] * 2, channels=channels)
        self._turns, self._step = np.zeros(2), 0.0
        self._set(start)

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        check_ranges({**self._glide.now, **settings}, _RANGES)
        if "cutoff_hz" in settings:
            settings["cutoff_hz"] = min(settings["cutoff_hz"], _OPEN * self._rate)
        self._glide.move(settings)

    def _set(self, now: dict[str, float]) -> None:
        rate_hz = min(now["rate_hz"], float(self._rate))
        self._turns = np.array([rate_hz * 2.0 ** (-now["tune"] / 12.0), rate_hz]) / self._rate
        self._step = 2.0 ** (1.0 - now["bits"]) if now["bits"] < 24.0 else 0.0
        self._dither, self._guarded = now["dither"], now["anti_alias"]
        guard_hz = min(0.42 * self._rate * self._turns[0], 0.45 * self._rate)
        self._guard.retune([low_pass(guard_hz, self._rate, q=q) for q in (0.5412, 1.3066)])
        open_wide = now["cutoff_hz"] >= _OPEN * self._rate
        self._output.retune(
            [_THROUGH] * 2
            if open_wide
            else four_pole_sections(now["cutoff_hz"], self._rate, resonance=now["resonance"])
        )

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the (channels, samples) after the converters, `latency` samples late."""
        out = np.empty(block.shape)
        for start, end, now in self._glide.pieces(block.shape[1]):
            if now is not None:
                self._set(now)
            out[:, start:end] = self._convert(np.asarray(block[:, start:end], np.float64))
        return out

    def _convert(self, x: Signal) -> Signal:
        channels, frames = x.shape
        x = x + self._guarded * (self._guard.process(x) - x)
        near = np.concatenate((self._before, x), axis=1)
        self._before = near[:, frames:].copy()
        if self._dither > 0.0:
            draws = self._rng.random((frames, channels, 2))
            dither = self._dither * np.ascontiguousarray((draws[..., 0] - draws[..., 1]).T)
        else:
            dither = np.zeros((channels, frames))
        out = np.zeros((channels, frames + _TAPS))
        out[:, :_TAPS] = self._after
        _hold(near, out, self._clocks, self._turns, self._step, dither, self._held, *_tables())
        self._after = out[:, frames:].copy()
        return self._output.process(out[:, :frames])
