"""Pluck: a synthesised string whose filter shuts as fast as it opened."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.placing import key_pan
from tapeloom.synth.subtractive import Source, curve_times, subtract
from tapeloom.synth.voice import Manner, Voice


@dataclass(frozen=True, slots=True)
class Pluck:
    """A pulse and two saws; both the filter and the loudness fall from the first moment."""

    open_octaves: float  # above the note, where the filter begins at full velocity
    shut_s: float  # time constant of the filter's way down
    decay_s: float  # of the loudness to -60 dB, on C4
    resonance: float
    width: float  # of the pulse
    detune_cents: float
    manner: Manner
    tail_s: float = 0.5

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one of its own pitch."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        touch, pan, drift = rng.normal(0.0, 1.0, 3)
        decay_s = self.decay_s * 2.0 ** (-(pitch - 60.0) / 40.0)
        n = frames_of(min(duration_s + self.tail_s, 1.2 * decay_s + 0.3), rate)
        t = curve_times(n, rate)
        octaves = (self.open_octaves * (0.35 + 0.65 * v) + 0.12 * touch) * np.exp(-t / self.shut_s)
        turn = rng.uniform(-0.1, 0.1)
        sound = subtract(
            (
                Source("pulse", 0.5, width=self.width),
                Source("saw", 0.16, cents=0.5 * self.detune_cents, turn=turn),
                Source("saw", 0.16, cents=-0.5 * self.detune_cents, turn=-turn),
            ),
            n,
            rate,
            rng,
            hz=f,
            # A string that is pulled begins a hair sharp.
            cents=(4.0 + 3.0 * drift) * np.exp(-t / 0.015),
            cutoff_hz=np.minimum(f * 2.0 ** (0.35 + 0.5 * v + octaves), 11_000.0),
            resonance=self.resonance,
            drive=0.5,
        )
        sound *= np.exp(-np.log(1000.0) / (decay_s * rate) * np.arange(n))
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity)),
            pan=key_pan(pitch, width=0.35, chance=pan),
            rise_s=0.0018,
            held_s=duration_s,
            release_s=0.45,
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return Pluck(
        **fields_of(values, Pluck),
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


DESIGN = Design(
    "pluck",
    "A pulse and saws whose filter shuts at once: short, round, for broken chords",
    (
        Parameter("open_octaves", "above the note, where the filter begins",
                  3.2, 0.5, 6.0, spread=0.4, bright=1.6),
        Parameter("shut_s", "time constant of the filter's way down",
                  0.09, 0.02, 0.6, "s", spread=0.03, bright=0.04),
        Parameter("decay_s", "of the loudness, to -60 dB on C4", 2.2, 0.4, 6.0, "s", spread=0.5),
        Parameter("resonance", "of the filter", 0.22, 0.0, 0.85, spread=0.1),
        Parameter("width", "of the pulse", 0.22, 0.08, 0.5, spread=0.06),
        Parameter("detune_cents", "between the saws beside the pulse",
                  10.0, 0.0, 30.0, "cents", spread=3.0),
        Parameter("cutoff_hz", "where the amplifier ends",
                  6000.0, 1500.0, 14000.0, "Hz", spread=600.0, bright=3000.0),
    ),
    _build,
    tuple(
        DemoNote(0.5 * i, 0.45, pitch, 66 + 18 * (i % 3 == 0) + 6 * (i % 2))
        for i, pitch in enumerate((57, 64, 69, 72, 76, 72, 69, 64, 53, 60, 65, 69, 72, 76, 72, 69))
    ),
    {
        "worn": {"detune_cents": 22.0, "open_octaves": 2.2, "cutoff_hz": 3200.0},
        "far": {"open_octaves": 1.4, "shut_s": 0.14, "cutoff_hz": 2300.0},
    },
)  # fmt: skip
