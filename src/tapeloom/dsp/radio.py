"""Radio and telephone: a narrow band, a sender that squashes, noise and static on the way.

A station rides the level up to its limit, lifts the highs by its pre-emphasis and clips what goes
beyond full modulation; the receiver lowers the highs again, and with them the noise. A telephone's
line is companded by the mu-law (ITU-T G.711 codes 8 bits with mu = 255).
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.emphasis import inverse, radio_receiver
from tapeloom.dsp.filters import Section, high_pass, low_pass
from tapeloom.dsp.followers import follow, smoothing
from tapeloom.dsp.glide import STEP, Glide
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.moving_filters import MovingBiquads
from tapeloom.dsp.noise import Noise, level_or_off
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.resampled import Oversampled, factor_for
from tapeloom.dsp.saturation import soft_clip
from tapeloom.dsp.vinyl import VinylNoise
from tapeloom.dsp.wander import Wander

Signal = NDArray[np.float64]
_LOW_Q, _HIGH_Q = (0.5412, 1.3066), (0.5098, 0.6013, 0.9, 2.5629)  # Butterworth, 4 and 8 poles
_RIDDEN_DB = -14.0  # the level that the sender rides to
_DEEPEST_DB, _MOST_DB = -50.0, 24.0  # below it is left alone; by no more is anything lifted
_ATTACK_MS, _RELEASE_MS, _DETECTOR_MS = 4.0, 220.0, 8.0
_MU = 255.0
_CODES = 127.0  # to either side of 0
_FADE_S = 1.2
_CONTROL = 64
_RANGES = {
    "low_hz": (10.0, 2000.0),
    "high_hz": (500.0, 96_000.0),
    "squash": (0.0, 1.0),
    "drive_db": (-30.0, 36.0),
    "emphasis_us": (0.0, 100.0),
    "companding": (0.0, 1.0),
    "mono": (0.0, 1.0),
    "fading_db": (0.0, 30.0),
    "noise_db": (-math.inf, 0.0),
    "static_db": (-math.inf, 6.0),
    "static_per_s": (0.0, 1000.0),
}


def mu_law(x: Signal) -> Signal:
    """Return a signal of -1..1 as its 8-bit mu-law code is heard.

    >>> mu_law(np.array([0.0, 0.5, -0.001])).round(5).tolist()
    [0.0, 0.49531, -0.00096]
    """
    scale = math.log1p(_MU)
    codes = np.rint(_CODES * np.log1p(_MU * np.minimum(np.abs(x), 1.0)) / scale)
    return np.asarray(np.sign(x) * np.expm1(codes * (scale / _CODES)) / _MU)


class Radio:
    """Sender, way and receiver over blocks.

    low_hz, high_hz  the band, 24 dB an octave below and 48 above
    squash           0..1: how far every level is ridden to one
    drive_db         into the limit of full modulation; soft sounds keep their level
    emphasis_us      0, 50 or 75 as stations have it
    companding       0..1: how much of the 8-bit line is there
    mono             0..1
    fading_db        how deep the signal fades at times
    noise_db         RMS in dBFS before the receiver's filters; none from -120 down
    static_db        peak of a typical crack in dBFS; static_per_s how many

    >>> Radio(44100, 1, rng=np.random.default_rng(1)).process(np.zeros((1, 64))).any()
    np.False_
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        low_hz: float = 120.0,
        high_hz: float = 4500.0,
        squash: float = 0.6,
        drive_db: float = 0.0,
        emphasis_us: float = 0.0,
        companding: float = 0.0,
        mono: float = 1.0,
        fading_db: float = 0.0,
        noise_db: float = -120.0,
        static_db: float = -120.0,
        static_per_s: float = 0.0,
    ) -> None:
        self._rate = rate
        noise_rng, static_rng, fade_rng = rng.spawn(3)
        factor = factor_for(rate, reach_hz=176_400.0)
        self._up = Oversampled(channels, factor=factor)
        self.latency = self._up.latency
        start = {
            "low_hz": low_hz,
            "high_hz": high_hz,
            "squash": squash,
            "drive_db": drive_db,
            "emphasis_us": emphasis_us,
            "companding": companding,
            "mono": mono,
            "fading_db": fading_db,
            "noise_db": noise_db,
            "static_db": static_db,
            "static_per_s": static_per_s,
        }
        check_ranges(start, _RANGES)
        self._told = start
        self._glide = Glide(rate, _as_gains(start))
        self._studio = MovingBiquads(self._band(start), channels=channels)
        self._receiver = MovingBiquads(self._band(start), channels=channels)
        self._fast_rate = factor * rate
        flat, span = [radio_receiver(0.0, rate)], factor * STEP
        self._sender = MovingBiquads(flat, channels=channels, span=span)
        self._lowering = MovingBiquads(flat, channels=channels, span=span)
        self._quieting = MovingBiquads(flat, channels=channels)
        self._noise = Noise(rate, channels, rng=noise_rng, sections=[])
        self._static = VinylNoise(
            rate,
            rng=static_rng,
            crackle_per_s=static_per_s,
            pops_per_s=0.0,
            crackle_db=0.0,
            hiss_db=-np.inf,
            rumble_db=-np.inf,
        )
        self._power = self._ridden_db = 0.0
        self._wander = Wander(fade_rng, rows=1, period_s=_CONTROL / rate, time_s=_FADE_S)
        self._frames, self._fades = 0, np.zeros(0)
        self._limit = 1.0
        self._set(self._glide.now)

    def _band(self, now: dict[str, float]) -> list[Section]:
        low_hz = min(now["low_hz"], 0.2 * self._rate)
        high_hz = min(now["high_hz"], 0.45 * self._rate)
        lows = [high_pass(low_hz, self._rate, q=q) for q in _LOW_Q]
        return [*lows, *(low_pass(high_hz, self._rate, q=q) for q in _HIGH_Q)]

    def _set(self, now: dict[str, float]) -> None:
        self._studio.retune(self._band(now))
        self._receiver.retune(self._band(now))
        self._quieting.retune([radio_receiver(now["emphasis_us"], self._rate)])
        lowering = radio_receiver(now["emphasis_us"], self._fast_rate)
        self._lowering.retune([lowering])
        self._sender.retune([inverse(lowering)])
        self._limit = 1.0 / db_to_gain(now["drive_db"])

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        told = {**self._told, **settings}
        check_ranges(told, _RANGES)
        self._told = told
        self._static.retune(crackle_per_s=told["static_per_s"], pops_per_s=0.0)
        self._glide.move(_as_gains(told))

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the received (channels, samples), `latency` samples late."""
        out = np.empty(block.shape)
        for start, end, now in self._glide.pieces(block.shape[1]):
            if now is not None:
                self._set(now)
            out[:, start:end] = self._send(np.asarray(block[:, start:end], np.float64))
        return out

    def _send(self, x: Signal) -> Signal:
        now, frames = self._glide.now, x.shape[1]
        x = self._studio.process(x + now["mono"] * (x.mean(axis=0) - x))
        x = self._ride(x, now["squash"])
        if now["companding"]:
            x += now["companding"] * (mu_law(x) - x)
        y = self._up.process(x, self._modulate)
        y *= self._fading(frames, now["fading_db"])
        if now["noise_gain"] or now["static_gain"]:
            y += self._quieting.process(self._disturbance(x.shape, now))
        return self._receiver.process(y)

    def _disturbance(self, shape: tuple[int, ...], now: dict[str, float]) -> Signal:
        """Return what joins the sound on its way."""
        joined = np.zeros(shape)
        if now["noise_gain"]:
            noise = self._noise.take(shape[1])
            joined += now["noise_gain"] * (noise + now["mono"] * (noise[:1] - noise))
        if now["static_gain"]:
            joined += now["static_gain"] * self._static.take(shape[1]).mean(axis=0)
        return joined

    def _ride(self, x: Signal, squash: float) -> Signal:
        """Bring every level nearer to one, all channels by one gain."""
        step = smoothing(_DETECTOR_MS, self._rate)
        power, self._power = follow(
            np.square(x).max(axis=0), rise=step, fall=step, start=self._power
        )
        level_db = 10.0 * np.log10(2.0 * power + 1e-12)
        lift = squash * np.clip(_RIDDEN_DB - level_db, -40.0, _MOST_DB)
        # What is too soft to be music is not lifted, and less so the softer it is.
        lift = np.where(level_db < _DEEPEST_DB, np.minimum(lift, 0.0), lift)
        ridden, self._ridden_db = follow(
            lift,
            rise=smoothing(_RELEASE_MS, self._rate),
            fall=smoothing(_ATTACK_MS, self._rate),
            start=self._ridden_db,
        )
        return np.asarray(x * np.exp(ridden * (math.log(10.0) / 20.0)))

    def _modulate(self, fast: Signal) -> None:
        sent = self._sender.process(fast) / self._limit
        fast[:] = self._lowering.process(self._limit * soft_clip(sent))

    def _fading(self, frames: int, fading_db: float) -> Signal:
        """Return the next gains: a slow wanderer, drawn at every _CONTROL samples."""
        count = (self._frames + frames) // _CONTROL + 2 - self._frames // _CONTROL
        missing = count - self._fades.size
        if missing > 0:
            self._fades = np.concatenate((self._fades, self._wander.take(missing)[0]))
        at = self._frames % _CONTROL + np.arange(frames)
        wander = np.interp(at / _CONTROL, np.arange(self._fades.size), self._fades)
        passed = (self._frames + frames) // _CONTROL - self._frames // _CONTROL
        self._fades = self._fades[passed:]
        self._frames += frames
        return np.asarray(10.0 ** (-fading_db / 20.0 * (0.5 + 0.5 * np.tanh(wander))))


def _as_gains(settings: dict[str, float]) -> dict[str, float]:
    """Return settings with noises as factors: levels that are off cannot glide."""
    gains = {k: v for k, v in settings.items() if k not in ("noise_db", "static_db")}
    for name in ("noise", "static"):
        gains[f"{name}_gain"] = level_or_off(settings[f"{name}_db"])
    return gains
