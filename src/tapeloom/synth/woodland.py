"""A wood in the morning: a few birds, each with its song and its tree, and leaves."""

from dataclasses import dataclass

import numpy as np

from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of
from tapeloom.synth.oscillators import Signal, band_noise, band_pass
from tapeloom.synth.texture_parts import STRETCH_S, Events, Filtered, Wander, white_noise


@dataclass(frozen=True, slots=True)
class _Syllable:
    """A whistle between three pitches, perhaps trilled."""

    at_s: float
    length_s: float
    hz: tuple[float, float, float]  # where it begins, goes and ends
    trill_hz: float  # 0: none
    trill_depth: float
    level: float


@dataclass(slots=True)
class _Bird:
    """One bird: its motifs, how long it rests, and where it sits."""

    motifs: tuple[tuple[_Syllable, ...], ...]
    rest_s: float
    pan: float
    level: float
    far_hz: float  # what the distance leaves of the treble
    next_s: float


def _motif(low_hz: float, high_hz: float, rng: np.random.Generator) -> tuple[_Syllable, ...]:
    """Draw a motif: a few syllables, some of which are repeated."""
    at_s, out = 0.0, []
    hz = float(rng.uniform(low_hz, high_hz))
    for _ in range(int(rng.integers(1, 5))):
        length_s = float(rng.uniform(0.05, 0.22))
        to = float(np.clip(hz * np.exp(rng.normal(0.0, 0.22)), low_hz, high_hz))
        bend = float(np.sqrt(hz * to) * np.exp(rng.normal(0.0, 0.14)))
        trill = float(rng.uniform(18.0, 42.0)) if rng.random() < 0.25 else 0.0
        shape = (hz, bend, to)
        level = float(rng.uniform(0.6, 1.0))
        for _ in range(int(rng.choice([1, 1, 2, 3, 4]))):
            depth = float(rng.uniform(0.03, 0.1))
            out.append(_Syllable(at_s, length_s, shape, trill, depth, level))
            at_s += length_s + float(rng.uniform(0.02, 0.09))
        hz = to
    return tuple(out)


@dataclass(slots=True)
class Birds:
    """Birds near and far, with the echo of the trunks, over leaves."""

    rate: int
    amount: float
    birds: tuple[_Bird, ...]
    leaves: Filtered
    breath: Wander
    echo: Signal  # the wood's answer, (2, n)
    songs: Events
    now_s: float

    @classmethod
    def begin(cls, rate: int, amount: float, rng: np.random.Generator) -> "Birds":
        """Wake up early."""
        birds = []
        for i in range(4 + round(4 * amount)):
            low_hz = float(rng.uniform(1700.0, 3600.0))
            nearness = float(rng.uniform(0.15, 1.0)) ** 1.5
            birds.append(
                _Bird(
                    tuple(_motif(low_hz, 1.9 * low_hz, rng) for _ in range(3)),
                    float(rng.uniform(2.5, 8.0)) * (1.4 - 0.7 * amount),
                    float(rng.uniform(-0.85, 0.85)),
                    0.011 + 0.045 * nearness,
                    3500.0 + 6500.0 * nearness,
                    float(rng.uniform(0.2, 1.5)) + 0.9 * i,
                )
            )
        frames = frames_of(1.2, rate)
        t = np.arange(frames) / rate
        echo = rng.standard_normal((2, frames)) * np.exp(-np.log(1000.0) * t / 1.1)
        echo *= 1.0 - np.exp(-t / 0.05)
        echo = band_pass(echo, rate, low_hz=700.0, high_hz=4200.0)
        echo *= 0.35 / np.sqrt(np.mean(np.sum(echo**2, axis=1)))
        fade_out(echo, rate, 0.2)
        return cls(
            rate, amount, tuple(birds), Filtered(rate, low_hz=350.0, high_hz=3600.0),
            Wander(rate, rng, step_s=3.3), echo, Events(), 0.0,
        )  # fmt: skip

    def stretch(self, rng: np.random.Generator) -> Signal:
        """Return the next second, shape (2, n)."""
        frames = frames_of(STRETCH_S, self.rate)
        for bird in self.birds:
            while bird.next_s < self.now_s + STRETCH_S:
                at = round((bird.next_s - self.now_s) * self.rate)
                song = self._song(bird, rng)
                self.songs.add(max(0, at), song)
                bird.next_s += song.shape[1] / self.rate + float(rng.exponential(bird.rest_s))
        self.now_s += STRETCH_S
        breath = 0.35 + 0.65 * self.breath.take(frames, rng)
        leaves = self.leaves.take(white_noise(frames, rng))
        return 0.0038 * breath * leaves + self.songs.take(frames)

    def _song(self, bird: _Bird, rng: np.random.Generator) -> Signal:
        """Sing one motif as it comes this time, shape (2, n)."""
        motif = bird.motifs[int(rng.choice(3, p=[0.6, 0.25, 0.15]))]
        pitch, pace = np.exp(rng.normal(0.0, 0.012)), float(np.exp(rng.normal(0.0, 0.04)))
        end_s = (motif[-1].at_s + motif[-1].length_s) * pace
        dry = np.zeros(frames_of(end_s + 0.02, self.rate))
        for syllable in motif:
            sound = self._whistle(syllable, pitch, pace, rng)
            at = frames_of(syllable.at_s * pace, self.rate) - 1
            sound = sound[: len(dry) - at]
            dry[at : at + len(sound)] += sound
        dry = band_pass(bird.level * dry, self.rate, high_hz=bird.far_hz)
        length = len(dry) + self.echo.shape[1] - 1
        size = 1 << (length - 1).bit_length()
        wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(self.echo, size, axis=1), size)
        out = np.asarray(wet[:, :length])
        left, right = pan_gains(bird.pan)
        out[:, : len(dry)] += np.stack([left * dry, right * dry])
        return out

    def _whistle(
        self, syllable: _Syllable, pitch: float, pace: float, rng: np.random.Generator
    ) -> Signal:
        """Sing one syllable, shape (n,)."""
        frames = frames_of(syllable.length_s * pace, self.rate)
        x = (np.arange(frames) + 0.5) / frames
        first, middle, last = np.log(np.array(syllable.hz) * pitch)
        # A parabola through the three pitches, on a scale of octaves.
        curve = first * (1 - x) * (1 - 2 * x) + 4 * middle * x * (1 - x) + last * x * (2 * x - 1)
        turn = 2.0 * np.pi * syllable.trill_hz * x * syllable.length_s * pace
        hz = np.exp(curve) * (1.0 + syllable.trill_depth * np.sin(turn) * (syllable.trill_hz > 0))
        phase = 2.0 * np.pi * np.cumsum(hz) / self.rate
        level = syllable.level * float(rng.uniform(0.85, 1.0)) * np.sin(np.pi * x) ** 0.7
        level *= 1.0 - 0.4 * (syllable.trill_hz > 0) * (0.5 + 0.5 * np.cos(turn))
        sound = level * (np.sin(phase) + 0.06 * np.sin(2.0 * phase))
        # A little breath in every whistle.
        sound += 0.03 * level * band_noise(frames, self.rate, rng, low_hz=1500.0, high_hz=8000.0)
        fade_in(sound, self.rate, 0.004)
        fade_out(sound, self.rate, 0.006)
        return np.asarray(sound)
