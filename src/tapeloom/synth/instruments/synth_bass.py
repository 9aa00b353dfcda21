"""Synth bass: saws and a square an octave below through a ladder filter that closes."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.subtractive import Source, curve_times, detuned_saws, subtract
from tapeloom.synth.voice import Manner, Voice

MAX_HOLD_S = 28.0


@dataclass(frozen=True, slots=True)
class SynthBass:
    """The bass of an old monophonic synthesiser."""

    cutoff: float  # harmonics of the note at which the filter rests
    envelope: float  # octaves above that at an attack
    shut_s: float  # time constant of its fall
    resonance: float
    drive: float
    detune_cents: float
    sub: float  # level of the square an octave below
    release_s: float
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return max(self.release_s, 0.3) + 0.1

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one before: always, there is one voice."""
        return True

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        touch, drift = rng.normal(0.0, 1.0, 2)
        held_s = min(duration_s, MAX_HOLD_S)
        n = frames_of(held_s + self.tail_s, rate)
        t = curve_times(n, rate)
        opening = (self.envelope * (0.15 + 0.85 * v) + 0.1 * touch) * np.exp(-t / self.shut_s)
        rest = np.log2(self.cutoff) + 0.9 * (v - 0.6)
        sound = subtract(
            (
                *detuned_saws(0.65, self.detune_cents, rng),
                Source("pulse", 0.35 * self.sub, octave=-1.0),
            ),
            n,
            rate,
            rng,
            hz=f,
            cents=(6.0 + 4.0 * drift) * np.exp(-t / 0.012),
            cutoff_hz=np.clip(f * 2.0 ** (rest + opening), 60.0, 6_000.0),
            resonance=self.resonance,
            drive=self.drive,
        )
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity)),
            rise_s=0.003,
            held_s=held_s,
            release_s=self.release_s,
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return SynthBass(
        **fields_of(values, SynthBass),
        manner=Manner(cutoff_hz=values["cutoff_hz"], glide_s=values["glide_s"]),
    )


DESIGN = Design(
    "synth_bass",
    "Saws and a square below them through a ladder filter that closes",
    (
        Parameter("cutoff", "harmonics of the note at which the filter rests",
                  3.0, 1.0, 12.0, spread=0.5, bright=1.6),
        Parameter("envelope", "octaves above that at an attack", 1.8, 0.0, 4.0, spread=0.3),
        Parameter("shut_s", "time constant of the filter's fall",
                  0.16, 0.03, 0.8, "s", spread=0.05),
        Parameter("resonance", "of the filter", 0.25, 0.0, 0.85, spread=0.1),
        Parameter("drive", "into the filter", 1.0, 0.1, 2.5, spread=0.25),
        Parameter("detune_cents", "between the outer saws", 8.0, 0.0, 30.0, "cents", spread=2.0),
        Parameter("sub", "how loud the octave below is", 0.5, 0.0, 1.5, spread=0.15),
        Parameter("release_s", "to -60 dB", 0.14, 0.05, 1.0, "s", spread=0.04),
        Parameter("glide_s", "in which it slides from note to note",
                  0.03, 0.0, 0.3, "s", spread=0.015),
        Parameter("cutoff_hz", "where the amplifier ends",
                  2800.0, 700.0, 8000.0, "Hz", spread=300.0, bright=1600.0),
    ),
    _build,
    (
        DemoNote(0.0, 0.7, 33, 96), DemoNote(0.75, 0.2, 45, 70), DemoNote(1.5, 0.5, 40, 84),
        DemoNote(2.0, 0.9, 43, 90), DemoNote(3.25, 0.25, 40, 72), DemoNote(3.5, 0.5, 38, 82),
        DemoNote(4.0, 0.7, 29, 98), DemoNote(4.75, 0.2, 41, 70), DemoNote(5.5, 0.5, 36, 84),
        DemoNote(6.0, 1.9, 38, 90),
    ),
    {
        "worn": {"detune_cents": 22.0, "drive": 1.8, "cutoff": 2.0, "cutoff_hz": 1700.0},
        "far": {"cutoff": 1.6, "envelope": 0.7, "cutoff_hz": 1000.0},
    },
)  # fmt: skip
