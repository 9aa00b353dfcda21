"""Lead: one synthesised voice that slides from note to note."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.player import Vibrato, pitch_cents
from tapeloom.synth.spectra import control_times
from tapeloom.synth.subtractive import Source, curve_times, detuned_saws, subtract
from tapeloom.synth.voice import Manner, Voice

MAX_HOLD_S = 28.0


@dataclass(frozen=True, slots=True)
class Lead:
    """Saws and a pulse through a ladder filter, one note at a time."""

    cutoff: float  # of the filter in harmonics of the note, at middle velocity
    envelope: float  # octaves that the filter opens at an attack
    resonance: float
    drive: float
    detune_cents: float
    pulse: float  # level of the pulse
    vibrato_cents: float
    vibrato_hz: float
    drift_cents: float
    attack_s: float
    release_s: float
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s + 0.3

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one before: always, there is one voice."""
        return True

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(max(duration_s, 0.04), MAX_HOLD_S)
        n = frames_of(held_s + self.tail_s, rate)
        vibrato = Vibrato(self.vibrato_hz, self.vibrato_cents, 0.35, 0.45)
        wave, grown = vibrato.turns(n, rate, rng)
        cents = pitch_cents(
            n, rate, rng, held_s=held_s, scoop_cents=-8.0, scoop_s=0.02,
            drift_cents=self.drift_cents, vibrato=self.vibrato_cents * wave * grown,
        )  # fmt: skip
        t = curve_times(n, rate)
        opening = self.envelope * (0.4 + 0.6 * v) * np.exp(-t / 0.22)
        place = np.log2(self.cutoff) + 1.9 * (v - 0.6) + opening * (1.0 - np.exp(-t / 0.008))
        sound = subtract(
            (
                *detuned_saws(0.5, self.detune_cents, rng),
                Source("pulse", 0.3 * self.pulse, width=0.42, sway=0.12, sway_hz=0.7),
            ),
            n,
            rate,
            rng,
            hz=f,
            cents=np.interp(t, control_times(n, rate), cents),
            cutoff_hz=np.minimum(f * 2.0**place, 9_000.0),
            resonance=self.resonance,
            drive=self.drive,
        )
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity), window_s=0.34),
            rise_s=1.6 * self.attack_s,
            held_s=held_s,
            release_s=self.release_s,
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return Lead(
        **fields_of(values, Lead),
        manner=Manner(cutoff_hz=values["cutoff_hz"], glide_s=values["glide_s"]),
    )


DESIGN = Design(
    "lead",
    "One voice of saws and a pulse that slides between notes and warms to long ones",
    (
        Parameter("cutoff", "of the filter in harmonics of the note",
                  4.5, 1.0, 16.0, spread=0.8, bright=3.0),
        Parameter("envelope", "octaves that the filter opens at an attack",
                  1.3, 0.0, 4.0, spread=0.3),
        Parameter("resonance", "of the filter", 0.2, 0.0, 0.9, spread=0.08),
        Parameter("drive", "into the filter", 0.8, 0.1, 2.0, spread=0.2),
        Parameter("detune_cents", "between the outer saws", 13.0, 0.0, 36.0, "cents", spread=4.0),
        Parameter("pulse", "how loud the pulse is", 0.6, 0.0, 1.5, spread=0.3),
        Parameter("vibrato_cents", "depth of the vibrato that sets in late",
                  12.0, 0.0, 50.0, "cents", spread=4.0),
        Parameter("vibrato_hz", "its rate", 5.2, 3.0, 7.5, "Hz", spread=0.4),
        Parameter("drift_cents", "how unsteady the oscillators are",
                  1.2, 0.0, 12.0, "cents", spread=0.5),
        Parameter("attack_s", "of the loudness", 0.012, 0.003, 0.2, "s", spread=0.004),
        Parameter("release_s", "to -60 dB", 0.28, 0.05, 2.0, "s", spread=0.08),
        Parameter("glide_s", "in which it slides from note to note",
                  0.07, 0.0, 0.4, "s", spread=0.03),
        Parameter("cutoff_hz", "where the amplifier ends",
                  6000.0, 1500.0, 14000.0, "Hz", spread=600.0, bright=3000.0),
    ),
    _build,
    (
        DemoNote(0.5, 0.5, 69, 74), DemoNote(1.0, 0.5, 72, 80), DemoNote(1.5, 1.5, 76, 92),
        DemoNote(3.0, 0.5, 74, 78), DemoNote(3.5, 0.5, 72, 74), DemoNote(4.0, 2.4, 67, 86),
        DemoNote(6.75, 0.25, 69, 70), DemoNote(7.0, 1.0, 71, 84), DemoNote(8.0, 3.2, 69, 80),
    ),
    {
        "worn": {"drift_cents": 6.0, "detune_cents": 24.0, "cutoff": 3.0, "cutoff_hz": 3500.0},
        "far": {"cutoff": 1.8, "envelope": 0.6, "attack_s": 0.05, "cutoff_hz": 2400.0},
    },
)  # fmt: skip
