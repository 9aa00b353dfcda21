"""Upright bass, plucked."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import damp, fade_in, fade_out, frames_of, level, velocity_gain
from tapeloom.synth.oscillators import band_noise
from tapeloom.synth.strings import Body, comb, pluck, struck_shape, through_body
from tapeloom.synth.voice import Manner


@dataclass(frozen=True, slots=True)
class UprightBass:
    """A double bass played pizzicato near the end of the fingerboard."""

    body: Body
    position: float  # of the plucking finger, as a part of the string
    cutoff_hz: float  # of the finger at full strength
    decay: float  # stretches the ring
    sag_cents: float  # how sharp a strong pluck begins
    growl: float  # how much of the string slaps the fingerboard
    manner: Manner
    tail_s: float = 0.35

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one before: always, the hand moves on."""
        return True

    def note(
        self, pitch: int, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        place, strength = rng.normal(0.0, 1.0, 2)
        t60_s = self.decay * 4.2 * 2.0 ** (-(pitch - 28) / 24.0)
        n = frames_of(min(duration_s + self.tail_s, 1.3 * t60_s + 0.2), rate)
        cutoff_hz = self.cutoff_hz * (0.45 + 0.55 * v) * (1.0 + 0.05 * strength)
        cutoff_hz = min(max(cutoff_hz, 2.5 * f), 0.45 * rate)
        touch = struck_shape(frames_of(0.05, rate), rate, rng, cutoff_hz=cutoff_hz, noise=0.25)
        position = float(np.clip(self.position + 0.015 * place, 0.1, 0.45))
        touch = comb(touch, rate, hz=f, position=position)
        spread = 1.0 + 0.15 * rng.standard_normal(len(self.body.hz))
        drive = through_body(touch, self.body.response(rate, seconds=0.25, spread=spread))
        sound = pluck(drive, n, rate, hz=f, t60_s=t60_s, bright_t60_s=0.22)
        sound = _sag(sound, rate, cents=self.sag_cents * v, settle_s=0.06)
        # A long string slaps the wood: the waveform flattens on one side while it is loud.
        peak = float(np.abs(sound[: frames_of(0.2, rate)]).max())
        if peak > 1e-9:
            swing = self.growl * (0.2 + v) * sound / peak
            sound = np.log1p(np.exp(-2.0 * np.abs(swing))) + np.maximum(swing, 0.0) * 0.5 + swing
            sound -= np.log(2.0)
        fade_in(sound, rate, 0.003)
        sound = level(sound, rate, rms=0.13 * velocity_gain(velocity), window_s=0.25)
        head = min(n, frames_of(0.016, rate))
        skin = band_noise(head, rate, rng, low_hz=700.0, high_hz=1900.0)
        sound[:head] += 0.007 * (0.3 + v) * skin * np.hanning(head)
        if n > frames_of(duration_s, rate):
            damp(sound, rate, at_s=duration_s, t60_s=0.2)
        fade_out(sound, rate, 0.02)
        return np.stack([sound, sound]).astype(np.float32)


def _sag(sound: np.ndarray, rate: int, *, cents: float, settle_s: float) -> np.ndarray:
    """Begin sharp and settle on the pitch: read the string by a clock that runs ahead, then less.

    The clock is late by the whole advance at first, so that it ends on time.
    """
    n = len(sound)
    t = np.arange(n) / rate
    ahead = (2.0 ** (cents / 1200.0) - 1.0) * settle_s * (1.0 - np.exp(-t / settle_s))
    return np.interp((t + ahead) * rate, np.arange(n), sound)


def draw_upright_bass(rng: np.random.Generator, *, brightness: float) -> UprightBass:
    """Draw an upright bass."""
    hz = np.array([64.0, 104.0, 152.0, 208.0, 290.0, 430.0, 640.0]) * rng.uniform(0.95, 1.05, 7)
    gain = np.array([0.5, 0.7, 0.35, 0.4, 0.3, 0.22, 0.15]) * rng.choice([-1.0, 1.0], 7)
    t60_s = np.array([0.22, 0.2, 0.15, 0.13, 0.1, 0.07, 0.05])
    return UprightBass(
        body=Body(
            tuple(map(float, hz)), tuple(map(float, t60_s)), tuple(map(float, gain)), direct=1.0
        ),
        position=rng.uniform(0.2, 0.3),
        cutoff_hz=rng.uniform(650.0, 850.0) + 350.0 * brightness,
        decay=rng.uniform(0.85, 1.15),
        sag_cents=rng.uniform(9.0, 17.0),
        growl=rng.uniform(0.5, 0.9),
        manner=Manner(cutoff_hz=rng.uniform(2200.0, 2800.0) + 1600.0 * brightness),
    )
