"""Places to listen in: rain, wind and a room with people, as endless streams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tapeloom.core.audio import BLOCK, RATE, Samples
from tapeloom.core.errors import InputError
from tapeloom.core.seed import stream
from tapeloom.dsp.filters import Biquads
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import fade, fade_in, frames_of
from tapeloom.synth.oscillators import Signal, band, ring

FADE_IN_S = 2.0
MONO_BELOW_HZ = 120.0
MURMUR = 0.034  # amplitude of the voices in a room
STRETCH_S = 1.0  # what is synthesised at a time; filters and long events carry over


class Bed(Protocol):
    """A texture in the making: each call continues the last."""

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""


class _Filtered:
    """Bands cut from noise by filters whose state carries over, brought to unit power."""

    def __init__(self, rate: int, *, low_hz: float, high_hz: float, channels: int = 2) -> None:
        self._filter = Biquads(band(rate, low_hz=low_hz, high_hz=high_hz), channels=channels)
        # White noise keeps the share of its power that lies in the band.
        self._gain = float(np.sqrt(0.5 * rate / max(high_hz - low_hz, 10.0)))

    def take(self, noise: Signal) -> Signal:
        """Return the band of a noise of shape (channels, n)."""
        filtered: Signal = self._filter.process(noise)
        return filtered * self._gain


def _noise(frames: int, rng: np.random.Generator, *, shared: float = 0.0) -> Signal:
    """Return stereo noise of unit power, shape (2, n); `shared` is the correlation of its sides.

    Flat, since filters make it normal and normal numbers take three times as long.
    """
    noise: Signal = (rng.random((2, frames)) - 0.5) * 12.0**0.5
    if shared > 0.0:
        # right' = shared left + sqrt(1 - shared^2) right
        noise[1] *= (1.0 - shared**2) ** 0.5
        noise[1] += shared * noise[0]
    return noise


class _Wander:
    """A slow random curve 0..1 through one new point each `step_s`, smooth at the points."""

    def __init__(self, rate: int, rng: np.random.Generator, *, step_s: float) -> None:
        self._step = frames_of(step_s, rate)
        self._from, self._to = float(rng.random()), float(rng.random())
        self._at = 0

    def take(self, frames: int, rng: np.random.Generator) -> Signal:
        """Return the next stretch of the curve."""
        out = np.empty(frames)
        filled = 0
        while filled < frames:
            count = min(frames - filled, self._step - self._at)
            x = np.arange(self._at, self._at + count) / self._step
            rise = self._to - self._from
            out[filled : filled + count] = self._from + rise * (x * x * (3.0 - 2.0 * x))
            self._at += count
            filled += count
            if self._at == self._step:
                self._from, self._to, self._at = self._to, float(rng.random()), 0
        return out


class _Events:
    """Short sounds laid into the stream, which may ring on into the next stretches."""

    def __init__(self) -> None:
        self._sum = np.zeros((2, 0))

    def add(self, at: int, sound: Signal) -> None:
        missing = at + sound.shape[1] - self._sum.shape[1]
        if missing > 0:
            self._sum = np.concatenate([self._sum, np.zeros((2, missing))], axis=1)
        self._sum[:, at : at + sound.shape[1]] += sound

    def take(self, frames: int) -> Signal:
        self.add(frames, np.zeros((2, 1)))
        out, self._sum = self._sum[:, :frames], self._sum[:, frames:]
        return out


@dataclass(slots=True)
class Rain:
    """A hiss of far drops, the patter on a roof, and some that hit the sill."""

    rate: int
    amount: float
    far: _Filtered
    roof: _Filtered
    gust: _Wander
    pool: list[Signal]  # sounds of drops, shape (n,), of which each drop plays one
    drops: _Events

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Rain":
        """Start a shower."""
        return cls(
            rate,
            amount,
            _Filtered(rate, low_hz=900.0, high_hz=5600.0),
            _Filtered(rate, low_hz=160.0, high_hz=900.0),
            _Wander(rate, rng, step_s=3.7),
            [_drop(rate, rng) for _ in range(160)],
            _Events(),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        count = int(rng.poisson(60.0 + 130.0 * self.amount))
        starts = rng.integers(frames, size=count).tolist()
        which = rng.integers(len(self.pool), size=count).tolist()
        # Far drops are many and faint, near ones few.
        levels = np.minimum(0.010 * np.exp(rng.normal(0.0, 0.9, count)), 0.09)
        angles = rng.uniform(0.03, 0.47, count) * np.pi
        sides = levels * np.stack([np.cos(angles), np.sin(angles)])
        for at, drop, side in zip(starts, which, sides.T, strict=True):
            self.drops.add(at, side[:, None] * self.pool[drop])
        noise = _noise(frames, rng)
        # Noises of their own: bands of one noise would cancel where they meet.
        bed = 0.012 * self.far.take(noise) + 0.006 * self.roof.take(_noise(frames, rng))
        bed *= 0.75 + 0.35 * self.gust.take(frames, rng)
        return bed + self.drops.take(frames)


def _drop(rate: int, rng: np.random.Generator) -> Signal:
    """Draw the sound of one drop: a bubble's ring and a tap."""
    hz = float(np.exp(rng.normal(np.log(2300.0), 0.45)))
    t60_s = float(rng.uniform(0.006, 0.028)) * (2300.0 / hz) ** 0.3
    sound: Signal = ring(
        frames_of(1.2 * t60_s + 0.002, rate),
        rate,
        hz=np.array([hz, hz * rng.uniform(1.3, 2.2)]),
        t60_s=np.array([t60_s, 0.4 * t60_s]),
        left=np.array([1.4, 0.7]),
    )[0]
    fade_in(sound, rate, 0.0)
    return sound


@dataclass(slots=True)
class Wind:
    """Air that rises and falls about the house, with a faint whistle in the gusts."""

    rate: int
    amount: float
    bands: tuple[_Filtered, ...]
    gusts: tuple[_Wander, ...]

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Wind":
        """Start to blow."""
        edges = ((70.0, 190.0), (170.0, 420.0), (380.0, 800.0), (760.0, 1500.0), (1400.0, 3200.0))
        return cls(
            rate,
            amount,
            tuple(_Filtered(rate, low_hz=low, high_hz=high) for low, high in edges),
            tuple(_Wander(rate, rng, step_s=step_s) for step_s in (5.3, 2.1, 0.7)),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        slow, middle, fast = (gust.take(frames, rng) for gust in self.gusts)
        force = 0.25 + 0.75 * (0.55 * slow + 0.33 * middle + 0.12 * fast)
        noise = _noise(frames, rng, shared=0.3)
        out = np.zeros((2, frames))
        # The stronger it blows, the higher the bands that sound.
        power = force.copy()
        for level, filtered in zip((0.020, 0.022, 0.020, 0.016, 0.010), self.bands, strict=True):
            out += level * power * filtered.take(noise)
            power *= force
        return out


class _Talker:
    """A far voice without words: a buzz through two formants, in syllables and phrases."""

    def __init__(self, rate: int, rng: np.random.Generator) -> None:
        self._rate = rate
        self._pitch_hz = float(rng.choice([105.0, 190.0]) * rng.uniform(0.85, 1.2))
        self._turn = float(rng.random())  # of the vocal folds, in periods
        first, second = float(rng.uniform(320.0, 620.0)), float(rng.uniform(950.0, 1500.0))
        self._open = _Filtered(rate, low_hz=0.7 * first, high_hz=1.4 * first, channels=1)
        self._front = _Filtered(rate, low_hz=0.8 * second, high_hz=1.25 * second, channels=1)
        self._tune = _Wander(rate, rng, step_s=float(rng.uniform(0.25, 0.4)))
        self._vowel = _Wander(rate, rng, step_s=float(rng.uniform(0.1, 0.2)))
        self._syllables = _Wander(rate, rng, step_s=float(rng.uniform(0.09, 0.14)))
        self._phrases = _Wander(rate, rng, step_s=float(rng.uniform(1.1, 2.3)))
        self.left, self.right = pan_gains(float(rng.uniform(-0.8, 0.8)))

    def take(self, frames: int, rng: np.random.Generator) -> Signal:
        """Return the next stretch, shape (n,)."""
        hz = self._pitch_hz * (0.86 + 0.28 * self._tune.take(frames, rng))
        turns = self._turn + np.cumsum(hz) / self._rate
        self._turn = float(turns[-1]) % 1.0
        buzz = (0.5 + 0.5 * np.cos(2.0 * np.pi * turns)) ** 4
        buzz += 0.12 * (rng.random(frames) - 0.5)
        vowel = self._vowel.take(frames, rng)
        voiced: Signal = (1.0 - 0.6 * vowel) * self._open.take(buzz[None])[0]
        voiced += 0.4 * vowel * self._front.take(buzz[None])[0]
        # Nobody talks all the time, nor all at once.
        voiced *= np.clip(2.0 * self._phrases.take(frames, rng) - 0.7, 0.0, 1.0)
        voiced *= 0.15 + 0.85 * self._syllables.take(frames, rng)
        return voiced


@dataclass(slots=True)
class Room:
    """A café: air, a murmur of voices without words, now and then a cup."""

    rate: int
    amount: float
    air: _Filtered
    talkers: tuple[_Talker, ...]
    distance: Biquads
    cups: _Events
    coarse: int  # the murmur has no treble: it is made at this fraction of the rate
    last: Signal  # the murmur's last sample, (2, 1), from which the next stretch is joined

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Room":
        """Open the door."""
        coarse = max(d for d in range(1, 7) if d == 1 or (rate % d == 0 and rate >= 6_000 * d))
        return cls(
            rate,
            amount,
            _Filtered(rate, low_hz=50.0, high_hz=420.0),
            tuple(_Talker(rate // coarse, rng) for _ in range(6)),
            # Distance takes the treble, and with it what joining by lines adds.
            Biquads(band(rate, low_hz=160.0, high_hz=1500.0) * 2, channels=2),
            _Events(),
            coarse,
            np.zeros((2, 1)),
        )

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        murmur = np.zeros((2, frames // self.coarse))
        for talker in self.talkers:
            voiced = talker.take(murmur.shape[1], rng)
            murmur[0] += talker.left * voiced
            murmur[1] += talker.right * voiced
        before = np.concatenate([self.last, murmur[:, :-1]], axis=1)[:, :, None]
        ramp = np.arange(1, self.coarse + 1) / self.coarse
        joined = before + (murmur[:, :, None] - before) * ramp
        self.last = murmur[:, -1:]
        out = MURMUR * self.distance.process(joined.reshape(2, frames))
        out += 0.008 * self.air.take(_noise(frames, rng, shared=0.4))
        if rng.random() < 0.10 + 0.12 * self.amount:
            self.cups.add(int(rng.integers(frames)), self._cup(rng))
        return out + self.cups.take(frames)

    def _cup(self, rng: np.random.Generator) -> Signal:
        """Set a cup down somewhere: a few high modes, soft and far."""
        base = float(rng.uniform(1500.0, 2600.0))
        hz = base * np.array([1.0, 1.62, 2.31, 2.9]) * rng.uniform(0.97, 1.03, 4)
        gains = 0.012 * float(rng.uniform(0.3, 1.0)) * np.array([1.0, 0.6, 0.35, 0.2])
        left, right = pan_gains(float(rng.uniform(-0.8, 0.8)))
        sound = ring(
            frames_of(0.3, self.rate),
            self.rate,
            hz=hz,
            t60_s=np.array([0.16, 0.12, 0.08, 0.05]),
            left=gains * left,
            right=gains * right,
        )
        fade_in(sound, self.rate, 0.0015)
        return sound


TEXTURES: dict[str, Callable[[int, float, np.random.Generator], Bed]] = {
    "rain": Rain.begin,
    "wind": Wind.begin,
    "room": Room.begin,
}


def texture_blocks(
    name: str, *, amount: float, frames: int, rate: int = RATE, seed: int, block: int = BLOCK
) -> Iterator[Samples]:
    """Yield `frames` samples of a texture in blocks of shape (2, n).

    amount  0..1: how dense it is, and how loud (6 dB from a trace to full)
    """
    if name not in TEXTURES:
        raise InputError(f"{name!r} is no texture; choose one of {', '.join(TEXTURES)}")
    amount = float(np.clip(amount, 0.0, 1.0))
    bed = TEXTURES[name](rate, amount, stream(seed, name, "begin"))
    gain = 0.5 + 0.5 * amount
    rise = frames_of(FADE_IN_S, rate)
    opening = fade(rise)
    # As in every part, what lies below 120 Hz is the same on both sides.
    sides = Biquads(band(rate, low_hz=MONO_BELOW_HZ), channels=1)
    held = np.zeros((2, 0))
    made = second = 0
    for start in range(0, frames, block):
        size = min(block, frames - start)
        while held.shape[1] < size:
            # Each second has its own stream: the first minute of an hour is that of a minute.
            fresh = gain * bed.stretch(stream(seed, name, second))
            if made < rise:
                part = opening[made : made + fresh.shape[1]]
                fresh[:, : len(part)] *= part
            middle = 0.5 * (fresh[:1] + fresh[1:])
            side = sides.process(0.5 * (fresh[:1] - fresh[1:]))
            held = np.concatenate([held, np.concatenate([middle + side, middle - side])], axis=1)
            made += fresh.shape[1]
            second += 1
        yield held[:, :size].astype(np.float32)
        held = held[:, size:]
