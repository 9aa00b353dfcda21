"""Grain pad: a cloud of grains from a tone of our own that slowly opens."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.ear import FULL, as_loud_as
from tapeloom.synth.envelopes import Signal, finish, frames_of, velocity_gain
from tapeloom.synth.granular import Cloud, strew
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.spectra import control_times
from tapeloom.synth.voice import Manner, Voice
from tapeloom.synth.wavetables import Wavetable

MAX_HOLD_S = 120.0
TONE_S = 3.0  # of the sound that grains are taken from
_PARTIALS = (1, 2, 3, 4, 5, 7, 8, 10, 13, 16)
# Amplitude of each partial, from a closed tone to an open one.
_FRAMES = (
    (1.0, 0.10, 0.03, 0.01, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00),
    (1.0, 0.30, 0.06, 0.08, 0.02, 0.01, 0.00, 0.00, 0.00, 0.00),
    (1.0, 0.22, 0.30, 0.06, 0.12, 0.02, 0.03, 0.00, 0.00, 0.00),
    (1.0, 0.42, 0.14, 0.30, 0.05, 0.14, 0.03, 0.06, 0.01, 0.00),
    (1.0, 0.30, 0.36, 0.12, 0.26, 0.06, 0.16, 0.05, 0.08, 0.03),
    (1.0, 0.50, 0.22, 0.34, 0.16, 0.22, 0.10, 0.16, 0.06, 0.08),
)


@lru_cache(maxsize=1)
def _opening() -> Wavetable:
    angle = 2.0 * np.pi * np.arange(256) / 256
    waves = [
        sum(a * np.sin(k * angle + 1.3 * k) for a, k in zip(row, _PARTIALS, strict=True))
        for row in _FRAMES
    ]
    return Wavetable.of(np.array(waves))


@lru_cache(maxsize=96)
def _tone(hz: float, rate: int) -> Signal:
    """Return the tone that grains of a pitch are taken from, shape (n,): it opens to its end."""
    frames = frames_of(TONE_S, rate)
    count = len(control_times(frames, rate))
    tone = _opening().read(np.full(count, hz / rate), np.linspace(0.0, 1.0, count), frames)
    tone.setflags(write=False)
    return tone


@dataclass(frozen=True, slots=True)
class GrainPad:
    """Grains that keep to the tone's own periods, so that however many sound it is one pitch."""

    density_hz: float  # grains a second
    grain_s: float  # length of each
    place: float  # where in the tone they are taken from: 0 closed, 1 open
    scatter: float  # about that place
    detune_cents: float
    octave: float  # level of the grains an octave up
    width: float
    attack_s: float
    release_s: float
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
        held_s = min(duration_s, MAX_HOLD_S)
        n = frames_of(held_s + self.release_s, rate)
        tone = _tone(f, rate)
        # Grains of high notes would lose one another's phase.
        detune_cents = self.detune_cents * min(1.0, 300.0 / f)
        # High tones have room for fewer partials.
        reach = min(1.0, (600.0 / f) ** 0.3)
        place = min(1.0, self.place * (0.35 + 0.95 * v) * reach)
        cloud = Cloud(
            self.density_hz, self.grain_s, place, scatter=self.scatter,
            detune_cents=detune_cents, width=self.width, period=rate / f,
        )  # fmt: skip
        # The cloud begins before the note, so that it is as thick at once.
        early = frames_of(self.grain_s, rate)
        out = strew(tone, n + early, rate, cloud, rng)
        above = Cloud(
            0.5 * self.density_hz, 1.4 * self.grain_s, 0.5 * place, scatter=self.scatter,
            semitones=12.0, detune_cents=detune_cents, width=min(1.0, 1.3 * self.width),
            period=rate / f,
        )  # fmt: skip
        out += self.octave * (0.3 + 0.7 * v) * strew(tone, n + early, rate, above, rng)
        shape = {"rise_s": self.attack_s, "held_s": held_s, "release_s": self.release_s,
                 "fall_s": 0.05}  # fmt: skip
        asked = finish(np.ones(n), rate, **shape).astype(np.float64)
        note = finish(out[:, early:], rate, **shape).astype(np.float64)
        gain = FULL * velocity_gain(velocity)
        return (gain * as_loud_as(note, asked, rate, until_s=held_s)).astype(np.float32)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return GrainPad(**fields_of(values, GrainPad), manner=Manner(cutoff_hz=values["cutoff_hz"]))


DESIGN = Design(
    "grain_pad",
    "A cloud of grains from a tone that opens, with a second cloud an octave up",
    (
        Parameter("density_hz", "grains a second", 46.0, 12.0, 200.0, "Hz", spread=12.0),
        Parameter("grain_s", "length of a grain", 0.16, 0.03, 0.6, "s", spread=0.04),
        Parameter("place", "where in the tone: 0 closed, 1 open",
                  0.55, 0.05, 1.0, spread=0.1, bright=0.4),
        Parameter("scatter", "about that place", 0.2, 0.0, 0.5, spread=0.08),
        Parameter("detune_cents", "of a grain", 5.0, 0.0, 20.0, "cents", spread=1.5),
        Parameter("octave", "how loud the cloud an octave up is", 0.3, 0.0, 1.0, spread=0.1),
        Parameter("width", "of the cloud", 0.75, 0.0, 1.0, spread=0.1),
        Parameter("attack_s", "in which it swells", 0.4, 0.05, 1.5, "s", spread=0.12),
        Parameter("release_s", "to -60 dB", 2.2, 0.3, 6.0, "s", spread=0.5),
        Parameter("cutoff_hz", "where the amplifier ends",
                  6500.0, 1500.0, 15000.0, "Hz", spread=700.0, bright=3500.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.8, 53, 66), DemoNote(0.0, 3.8, 60, 62), DemoNote(0.0, 3.8, 69, 70),
        DemoNote(2.0, 1.9, 76, 84), DemoNote(4.0, 3.8, 50, 66), DemoNote(4.0, 3.8, 57, 62),
        DemoNote(4.0, 3.8, 65, 68), DemoNote(6.0, 1.9, 72, 96), DemoNote(8.0, 4.0, 46, 62),
        DemoNote(8.0, 4.0, 58, 62), DemoNote(8.0, 4.0, 65, 76),
    ),
    {
        "worn": {"detune_cents": 12.0, "scatter": 0.4, "grain_s": 0.09, "cutoff_hz": 3800.0},
        "far": {"place": 0.25, "octave": 0.12, "attack_s": 0.8, "cutoff_hz": 2600.0},
        "hail": {"density_hz": 16.0, "grain_s": 0.07, "attack_s": 0.1, "octave": 0.6},
    },
)  # fmt: skip
