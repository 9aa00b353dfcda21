"""Warm pad: an ensemble of slowly drifting wavetables."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.chorus import apart_hz, pair_turn
from tapeloom.synth.ear import FULL, as_loud_as, spectrum_level
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import CONTROL, TABLE, Signal, cycle, ensemble_kernel
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.voice import Manner, Voice

# Of the steady voice and the four about it: they move it, and cannot cancel it.
STRENGTHS = np.array([0.92, 0.2, 0.2, 0.18, 0.18])
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
        turn, scatter = rng.uniform(0.0, 2.0 * np.pi), rng.normal(0.0, 0.15)
        hold_s = min(duration_s, MAX_HOLD_S)
        n = frames_of(hold_s + self.release_s, rate)
        opening = self.attack_s * (1.5 - 0.6 * v)
        t = np.arange(n // CONTROL + 2) * (CONTROL / rate)
        morph = (0.02 + 0.95 * v) * (1.0 - np.exp(-t / (1.5 * opening)))
        morph *= 1.0 + 0.25 * np.sin(2.0 * np.pi * self.breath_hz * t + turn)
        cents = np.array(self.detune_cents) * (1.0 + scatter)
        # The ear takes detuning of low notes for beating.
        if pitch < 48:
            cents *= 0.6
        apart = [apart_hz(f, cents[2]), apart_hz(f, cents[4])]
        first, second = (TABLE * pair_turn(each, rng) for each in apart)
        start = rng.uniform(0.0, TABLE) + np.array([0.0, -first, first, -second, second])
        start %= TABLE
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
            self.drift_cents / 1200.0 * np.log(2.0) * np.array([0.2, 1.0, 1.0, 1.0, 1.0]),
            2.0 * np.pi * np.array(self.drift_hz) * CONTROL / rate,
            np.ascontiguousarray(gains[:, 0]),
            np.ascontiguousarray(gains[:, 1]),
        )
        shape = {"rise_s": opening, "held_s": hold_s, "release_s": self.release_s, "fall_s": 0.05}
        gain = FULL * velocity_gain(velocity)
        # Where the voices' beats stand is luck; how loud a note is shouldn't be.
        asked = finish(np.ones(n), rate, **shape).astype(np.float64)
        note = as_loud_as(
            finish(out, rate, **shape).astype(np.float64), asked, rate, until_s=hold_s
        )
        return (gain * note).astype(np.float32)

    def _wave(self, hz: float, rate: int, corner_hz: float) -> Signal:
        """Return one cycle of unit weighted level with its harmonics in band."""
        corner_hz *= (max(hz, 60.0) / 262.0) ** 0.3
        k = np.arange(1.0, 1 + max(1, min(400, int(min(8.0 * corner_hz, 0.42 * rate) / hz))))
        amplitude: Signal = np.where(k % 2 == 0, self.even, 1.0) / k
        amplitude = amplitude / (1.0 + (k * hz / corner_hz) ** 2) ** 1.2
        amplitude /= spectrum_level(amplitude, k * hz)
        return cycle(amplitude, 0.35 * k**1.5)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    cents = np.array([0.0, -4.0, 4.0, -8.5, 8.5]) * (values["detune_cents"] / 8.5)
    return WarmPad(
        detune_cents=tuple(map(float, cents)),
        pans=(0.0, -0.8, 0.8, 0.95, -0.95),
        drift_hz=tuple(map(float, rng.uniform(0.12, 0.6, 5))),
        drift_cents=values["drift_cents"],
        dark_hz=values["dark_hz"],
        bright_hz=values["bright_hz"],
        even=values["even"],
        attack_s=values["attack_s"],
        release_s=values["release_s"],
        breath_hz=values["breath_hz"],
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


DESIGN = Design(
    "warm_pad",
    "A steady voice and four about it that drift, between a dark wave and a bright one",
    (
        Parameter("detune_cents", "of the outermost voices", 8.3, 0.0, 20.0, "cents", spread=1.9),
        Parameter("drift_cents", "how far the voices waver", 2.5, 0.0, 12.0, "cents", spread=1.0),
        Parameter("dark_hz", "corner of the dark wave",
                  450.0, 120.0, 1200.0, "Hz", spread=70.0, bright=200.0),
        Parameter("bright_hz", "corner of the bright wave",
                  1700.0, 400.0, 5000.0, "Hz", spread=200.0, bright=1400.0),
        Parameter("even", "amplitude of the even harmonics: 1 is a saw, 0 a square",
                  0.62, 0.0, 1.0, spread=0.27),
        Parameter("attack_s", "in which it swells", 0.5, 0.05, 1.0, "s", spread=0.2),
        Parameter("release_s", "to -60 dB", 2.1, 0.3, 6.0, "s", spread=0.5),
        Parameter("breath_hz", "how often its brightness comes and goes",
                  0.12, 0.02, 0.6, "Hz", spread=0.06),
        Parameter("cutoff_hz", "where the amplifier ends",
                  5750.0, 1200.0, 12000.0, "Hz", spread=750.0, bright=3000.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.8, 53, 70), DemoNote(0.0, 3.8, 60, 66), DemoNote(0.0, 3.8, 64, 68),
        DemoNote(0.0, 3.8, 67, 70), DemoNote(4.0, 3.8, 52, 70), DemoNote(4.0, 3.8, 59, 66),
        DemoNote(4.0, 3.8, 62, 68), DemoNote(4.0, 3.8, 67, 74), DemoNote(8.0, 4.0, 50, 66),
        DemoNote(8.0, 4.0, 57, 62), DemoNote(8.0, 4.0, 64, 70), DemoNote(8.0, 4.0, 65, 64),
    ),
    {
        "worn": {"drift_cents": 8.0, "detune_cents": 14.0, "bright_hz": 1100.0,
                 "cutoff_hz": 3200.0},
        "far": {"dark_hz": 280.0, "bright_hz": 750.0, "attack_s": 0.9, "cutoff_hz": 2400.0},
    },
)  # fmt: skip
