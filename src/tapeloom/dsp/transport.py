"""A transport whose speed wanders by as much as its meter says, and whose head may stand askew.

Wow that drifts as an Ornstein-Uhlenbeck process and flutter of three harmonics, as J. Chowdhury,
"Real-time Physical Modelling for Analog Tape Machines", DAFx-19, measured them; depths are weighted
peaks by IEC 60386 (see `flutter`), which calibrate the true deviations.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.flutter import flutter_weight
from tapeloom.dsp.glide import Glide
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.tape import FLUTTER_HARMONICS
from tapeloom.dsp.wander import Wander

Signal = NDArray[np.float64]
REACH_MS = 25.0  # how far a moment may wander from its place
_CONTROL_HZ = 1400.0  # how often a delay is computed
_TAPS = 32
_PHASES = 512
_DRIFT = 0.15  # the wow's frequency moves by up to this share
_DRIFT_S = 1.5
# The middles of ten equally likely parts of a normal distribution.
_NORMAL = np.array([-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645])
_RANGES = {
    "wow_hz": (0.3, 6.0),
    "wow_percent": (0.0, 10.0),
    "flutter_hz": (6.0, 100.0),
    "flutter_percent": (0.0, 10.0),
    "skew_us": (-5000.0, 5000.0),
}


@lru_cache
def _between() -> Signal:
    """Design the reader between samples, (phases + 1, taps); phase 0 is the sample itself.

    Flat to 0.43 of the rate within 0.05 dB.
    """
    at = np.arange(_TAPS) - (_TAPS // 2 - 1) - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.i0(6.0 * np.sqrt(np.maximum(0.0, 1.0 - (at / (_TAPS // 2)) ** 2)))
    taps = np.sinc(at) * window
    taps /= taps.sum(axis=1, keepdims=True)
    taps.setflags(write=False)
    return np.asarray(taps)


@njit(cache=True, nogil=True)
def _read(
    x: Signal, points: Signal, first: int, control: int, skews: Signal, table: Signal, out: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Read x (channels, history + n) as late as the points say, and by each channel's skew.

    points  delays in samples at every `control` samples; the second belongs to out[-first]
    """
    taps = table.shape[1]
    phases = table.shape[0] - 1
    history = x.shape[1] - out.shape[1]
    weights = np.empty(taps)
    for n in range(out.shape[1]):
        at = (first + n) // control
        t = (first + n - at * control) / control
        a, b, c, d = points[at], points[at + 1], points[at + 2], points[at + 3]
        # Catmull and Rom's cubic: a speed without steps.
        late = b + 0.5 * t * (
            (c - a) + t * ((2.0 * a - 5.0 * b + 4.0 * c - d) + t * (3.0 * (b - c) + d - a))
        )
        for channel in range(x.shape[0]):
            delay = late + skews[channel]
            if channel == 0 or skews[channel] != skews[channel - 1]:
                whole = math.ceil(delay)
                phase = (whole - delay) * phases
                row = int(phase)
                f = phase - row
                for k in range(taps):
                    weights[k] = table[row, k] + f * (table[row + 1, k] - table[row, k])
                i = history + n - whole - (taps // 2 - 1)
            near = x[channel, i : i + taps]
            p, q, r, s = 0.0, 0.0, 0.0, 0.0
            # Four sums side by side: one would wait for itself.
            for k in range(0, taps, 4):
                p += weights[k] * near[k]
                q += weights[k + 1] * near[k + 1]
                r += weights[k + 2] * near[k + 2]
                s += weights[k + 3] * near[k + 3]
            out[channel, n] = (p + q) + (r + s)


@lru_cache(maxsize=256)
def _wow_depth(wow_hz: float) -> float:
    """Return the weighted peak of a wow whose unweighted deviation is 1."""
    speed = 1.0 + _DRIFT * np.tanh(0.5 * _NORMAL)
    swing = np.abs(np.cos(np.pi * (np.arange(64) + 0.5) / 64))
    weighted = speed * flutter_weight((wow_hz * speed).tolist())
    return float(np.quantile(weighted[:, None] * swing, 0.95))


@lru_cache(maxsize=256)
def _flutter_depth(flutter_hz: float, phases: tuple[float, ...]) -> float:
    """Return the weighted peak of a flutter whose harmonics' deviations sum to 1."""
    total = sum(FLUTTER_HARMONICS)
    turn = 2.0 * np.pi * np.arange(256) / 256
    weights = flutter_weight([k * flutter_hz for k in (1, 2, 3)])
    wave = np.zeros(256)
    for k, (weight, phase) in enumerate(zip(FLUTTER_HARMONICS, phases, strict=True), start=1):
        wave += weights[k - 1] * weight / total * np.cos(k * turn + phase)
    depths = 0.85 + 0.15 * np.tanh(_NORMAL)
    return float(np.quantile(np.abs(wave)[:, None] * depths, 0.95))


class Transport:
    """Speed that wanders around the true one over blocks; the music stays where it is.

    wow_hz, flutter_hz            0.3..6 and 6..100
    wow_percent, flutter_percent  each the weighted peak that a meter reads of it alone
    skew_us                       by how much the first channel is late against the second

    >>> deck = Transport(44100, 2, rng=np.random.default_rng(1), wow_percent=0.1)
    >>> deck.process(np.zeros((2, 100))).shape, deck.latency
    ((2, 100), 1119)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        wow_hz: float = 0.7,
        wow_percent: float = 0.05,
        flutter_hz: float = 9.0,
        flutter_percent: float = 0.03,
        skew_us: float = 0.0,
    ) -> None:
        self._rate = rate
        self._control = max(1, round(rate / _CONTROL_HZ))
        self._reach = math.ceil(REACH_MS / 1000.0 * rate)
        self.latency = self._reach + _TAPS // 2
        start = {
            "wow_hz": wow_hz,
            "wow_percent": wow_percent,
            "flutter_hz": flutter_hz,
            "flutter_percent": flutter_percent,
            "skew_us": skew_us,
        }
        self._wow_phase = float(rng.uniform(0.0, 2.0 * math.pi))
        self._flutter_phase = 0.0
        self._phases = tuple(float(p) for p in rng.uniform(0.0, 2.0 * math.pi, 3))
        self._check(start)
        self._glide = Glide(rate, start)
        self._skews = np.zeros(channels)
        self._set(start)
        period_s = self._control / rate
        self._wander = Wander(rng, rows=2, period_s=period_s, time_s=_DRIFT_S)
        self._history = np.zeros((channels, self.latency + self._reach + _TAPS))
        self._frames = 0
        self._points = np.zeros(0)  # delays from the control point `_first` on
        self._first = -1

    def _swings(self, now: Mapping[str, float]) -> tuple[float, list[float]]:
        """Return the delays of the wow and of the flutter's harmonics, in seconds."""
        wow = now["wow_percent"] / 100.0 / (2.0 * math.pi * now["wow_hz"])
        flutter = now["flutter_percent"] / 100.0 / (2.0 * math.pi * now["flutter_hz"])
        flutter /= _flutter_depth(now["flutter_hz"], self._phases) * sum(FLUTTER_HARMONICS)
        return wow / _wow_depth(now["wow_hz"]), [
            flutter * weight / k for k, weight in enumerate(FLUTTER_HARMONICS, start=1)
        ]

    def _check(self, now: Mapping[str, float]) -> None:
        check_ranges(now, _RANGES)
        wow, flutter = self._swings(now)
        reach_ms = 1000.0 * (wow + sum(flutter)) + abs(now["skew_us"]) / 2000.0
        if reach_ms > REACH_MS:
            raise InputError(
                f"wow, flutter and skew together move the sound by {reach_ms:.1f} ms; they may by "
                f"{REACH_MS:g}: take less of them, or a quicker wow"
            )

    def _set(self, now: Mapping[str, float]) -> None:
        self._wow, self._flutter = self._swings(now)
        self._wow_hz, self._flutter_hz = now["wow_hz"], now["flutter_hz"]
        skew = now["skew_us"] * 1e-6 * self._rate / 2.0
        self._skews = skew * np.where(np.arange(len(self._skews)) % 2 == 0, 1.0, -1.0)
        if len(self._skews) == 1:
            self._skews[:] = 0.0

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        self._check({**self._glide.now, **settings})
        self._glide.move(settings)

    def _extend(self, last: int) -> None:
        """Draw delays up to the control point `last`."""
        count = last + 1 - (self._first + self._points.size)
        if count <= 0:
            return
        period_s = self._control / self._rate
        drift, level = self._wander.take(count)
        # One addition after another: a sum by pieces would depend on the block size.
        turns = 2.0 * math.pi * period_s * self._wow_hz * (1.0 + _DRIFT * np.tanh(0.5 * drift))
        wow = np.cumsum(np.concatenate(([self._wow_phase], turns)))
        turn = 2.0 * math.pi * period_s * self._flutter_hz
        flutter = np.cumsum(np.concatenate(([self._flutter_phase], np.full(count, turn))))
        self._wow_phase, self._flutter_phase = float(wow[-1]), float(flutter[-1])
        late = self._wow * np.sin(wow[:-1])
        depth = 0.85 + 0.15 * np.tanh(level)
        for k, (swing, phase) in enumerate(zip(self._flutter, self._phases, strict=True), start=1):
            late += depth * swing * np.sin(k * flutter[:-1] + phase)
        room = self._reach - float(np.abs(self._skews).max())
        late = self.latency + np.clip(late * self._rate, -room, room)
        self._points = np.concatenate((self._points, late))

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the (channels, samples) with its speed wandering, `latency` samples late."""
        out = np.empty(block.shape)
        x = np.concatenate((self._history, block), axis=1)
        kept = self._history.shape[1]
        for start, end, now in self._glide.pieces(block.shape[1]):
            if now is not None:
                self._set(now)
            self._extend((self._frames + end - start) // self._control + 2)
            passed = max(0, self._frames // self._control - 1 - self._first)
            self._points, self._first = self._points[passed:], self._first + passed
            first = self._frames - (self._first + 1) * self._control
            near = x[:, start : kept + end]
            _read(near, self._points, first, self._control, self._skews, _between(),
                  out[:, start:end])  # fmt: skip
            self._frames += end - start
        self._history = x[:, block.shape[1] :].copy()
        return out
