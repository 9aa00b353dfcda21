"""Warm pad: an ensemble of slowly drifting wavetables."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import CONTROL, TABLE, Signal, cycle, ensemble_kernel
from tapeloom.synth.voice import Manner

# Of the steady voice and the four about it: they move it, and cannot cancel it.
STRENGTHS = np.array([0.85, 0.26, 0.26, 0.24, 0.24])
MAX_HOLD_S = 120.0  # a held key is let go after two minutes


@dataclass(frozen=True, slots=True)
class WarmPad:
    """A steady voice and four a few cents off, drifting, between a dark and a bright wave."""

    detune_cents: tuple[float, ...]  # of each voice; the first is 0
    pans: tuple[float, ...]  # -1..1, of each voice
    drift_hz: tuple[float, ...]  # rate of each voice's slow vibrato
    drift_cents: float  # its depth
    dark_hz: float  # corner of the dark wave
    bright_hz: float  # corner of the bright wave
    even: float  # amplitude of the even harmonics: 1 is a saw, 0 a square
    attack_s: float
    release_s: float  # to -60 dB
    breath_hz: float  # rate at which brightness comes and goes
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops another: never."""
        return False

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        voices = len(self.detune_cents)
        start = rng.uniform(0.0, TABLE, voices)
        turn, scatter = rng.uniform(0.0, 2.0 * np.pi), rng.normal(0.0, 0.15)
        hold_s = min(duration_s, MAX_HOLD_S)
        n = frames_of(hold_s + self.release_s, rate)
        opening = self.attack_s * (1.5 - 0.6 * v)
        t = np.arange(n // CONTROL + 2) * (CONTROL / rate)
        morph = (0.05 + 0.85 * v) * (1.0 - np.exp(-t / (1.5 * opening)))
        morph *= 1.0 + 0.25 * np.sin(2.0 * np.pi * self.breath_hz * t + turn)
        cents = np.array(self.detune_cents) * (1.0 + scatter)
        # The ear takes detuning of low notes for beating.
        if pitch < 48:
            cents *= 0.6
        gains = np.array([pan_gains(pan) for pan in self.pans]) * STRENGTHS[:, None]
        dark, bright = (self._wave(f, rate, hz) for hz in (self.dark_hz, self.bright_hz))
        out = np.zeros((2, n))
        ensemble_kernel(
            out,
            np.ascontiguousarray(np.stack([dark, bright - dark], axis=1)),
            np.minimum(morph, 1.0),
            TABLE * f / rate * 2.0 ** (cents / 1200.0),
            start,
            # The steady voice keeps the pitch.
            self.drift_cents / 1200.0 * np.log(2.0) * np.array([0.25, 1.0, 1.0, 1.0, 1.0]),
            2.0 * np.pi * np.array(self.drift_hz) * CONTROL / rate,
            np.ascontiguousarray(gains[:, 0]),
            np.ascontiguousarray(gains[:, 1]),
        )
        return finish(
            out,
            rate,
            gain=0.06 * velocity_gain(velocity) * 10.0 ** (-0.06 * max(0, pitch - 60) / 20.0),
            rise_s=opening,
            held_s=hold_s,
            release_s=self.release_s,
            fall_s=0.05,
        )

    def _wave(self, hz: float, rate: int, corner_hz: float) -> Signal:
        """Return one cycle of unit root mean square with its harmonics in band."""
        corner_hz *= (max(hz, 60.0) / 262.0) ** 0.3
        k = np.arange(1.0, 1 + max(1, min(400, int(min(8.0 * corner_hz, 0.42 * rate) / hz))))
        amplitude: Signal = np.where(k % 2 == 0, self.even, 1.0) / k
        amplitude = amplitude / (1.0 + (k * hz / corner_hz) ** 2) ** 1.2
        amplitude /= np.sqrt(0.5 * np.sum(amplitude**2))
        return cycle(amplitude, 0.35 * k**1.5)


def draw_warm_pad(rng: np.random.Generator, *, brightness: float) -> WarmPad:
    """Draw a warm pad."""
    cents = np.array([0.0, -4.0, 4.0, -8.5, 8.5]) * rng.uniform(0.75, 1.2)
    cents[1:] += rng.normal(0.0, 0.3, 4)
    return WarmPad(
        detune_cents=tuple(map(float, cents)),
        pans=(0.0, -0.8, 0.8, 0.95, -0.95),
        drift_hz=tuple(map(float, rng.uniform(0.12, 0.6, 5))),
        drift_cents=rng.uniform(1.5, 3.5),
        dark_hz=rng.uniform(280.0, 420.0) + 200.0 * brightness,
        bright_hz=rng.uniform(800.0, 1200.0) + 1400.0 * brightness,
        even=rng.uniform(0.35, 0.9),
        attack_s=rng.uniform(0.3, 0.7),
        release_s=rng.uniform(1.6, 2.6),
        breath_hz=rng.uniform(0.06, 0.18),
        manner=Manner(cutoff_hz=rng.uniform(3500.0, 5000.0) + 3000.0 * brightness),
    )
