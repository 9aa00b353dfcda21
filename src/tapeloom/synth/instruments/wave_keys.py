"""Wave keys: a wavetable that morphs under each note, through a state-variable filter."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.chorus import apart_hz, pair_turn
from tapeloom.synth.ear import FULL, as_loud_as
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.player import wander
from tapeloom.synth.spectra import control_times
from tapeloom.synth.state_variable import state_variable
from tapeloom.synth.voice import Manner, Voice
from tapeloom.synth.wavetables import Wavetable

MAX_HOLD_S = 120.0
FRAMES = 8
_MIDDLE_HZ = 262.0  # where the filter's setting holds as it is written


@lru_cache(maxsize=1)
def own_table() -> Wavetable:
    """Return the table that plays where a patch names no other: from a reed to an open mouth."""
    k = np.arange(1.0, 65.0)
    angle = 2.0 * np.pi * np.arange(512) / 512
    frames = []
    for x in np.linspace(0.0, 1.0, FRAMES):
        amplitude = k ** -(2.3 - 1.0 * x) * np.where(k % 2 == 0, 0.18 + 0.7 * x, 1.0)
        amplitude *= 1.0 + 2.2 * x * np.exp(-((np.log(k / (3.0 + 7.0 * x)) / 0.45) ** 2))
        frames.append((amplitude[:, None] * np.sin(np.outer(k, angle) + 0.6 * k[:, None])).sum(0))
    return Wavetable.of(np.array(frames))


@dataclass(frozen=True, slots=True)
class WaveKeys:
    """A reading on the pitch and a pair about it, struck into the table and through the filter."""

    place: float  # where in the table a held note rests, 0..1
    strike: float  # how far beyond it a hard touch begins
    motion: float  # how far the place wanders
    detune_cents: float  # of the pair
    filter_hz: float  # of a note at middle C
    q: float
    band: float  # share of the band-pass in what is heard
    sweep: float  # octaves by which a hard touch opens the filter
    attack_s: float
    decay_s: float  # to a sixth of the way down
    sustain: float  # level that a held note sinks to
    release_s: float
    manner: Manner
    table: Wavetable = field(default_factory=own_table)

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
        t = control_times(n, rate)
        place = self.place * (0.4 + 0.6 * v) + self.strike * v**1.5 * np.exp(-t / 0.3)
        place += 0.2 * self.motion * wander(len(t), rate, rng, hz=0.6)
        fall = np.exp(-t / (0.3 + 0.4 * self.decay_s))
        octaves = self.sweep * v * fall + 1.6 * (v - 0.7)
        # A filter below the fundamental would leave nothing but its slope.
        cutoff_hz = np.maximum(self.filter_hz * (f / _MIDDLE_HZ) ** 0.5 * 2.0**octaves, 1.3 * f)
        origin, turn = rng.uniform(), pair_turn(apart_hz(f, self.detune_cents), rng)
        out = np.zeros((2, n))
        for side, pan, share in ((0.0, 0.0, 0.8), (-1.0, -0.85, 0.3), (1.0, 0.85, 0.3)):
            step = f / rate * 2.0 ** (side * self.detune_cents / 1200.0)
            wave = self.table.read(np.full(len(t), step), place, n, start=origin + side * turn)
            left, right = pan_gains(pan)
            out[0] += share * left * wave
            out[1] += share * right * wave
        for channel in out:
            channel[:] = state_variable(
                channel, rate, cutoff_hz=cutoff_hz, q=self.q, low=1.0 - self.band, band=self.band
            )
        seconds = np.arange(n) / rate
        level = self.sustain + (1.0 - self.sustain) * np.exp(-seconds / (0.56 * self.decay_s))
        shape = {"rise_s": self.attack_s, "held_s": held_s, "release_s": self.release_s,
                 "fall_s": 0.05}  # fmt: skip
        asked = finish(level, rate, **shape).astype(np.float64)
        note = finish(out * level, rate, **shape).astype(np.float64)
        gain = FULL * velocity_gain(velocity)
        return (gain * as_loud_as(note, asked, rate, until_s=held_s)).astype(np.float32)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return _with_table(values, rng, own_table())


def _with_table(values: Values, rng: np.random.Generator, table: Wavetable) -> Voice:
    return WaveKeys(
        **fields_of(values, WaveKeys), manner=Manner(cutoff_hz=values["cutoff_hz"]), table=table
    )


DESIGN = Design(
    "wave_keys",
    "Keys that morph through a wavetable, of ours or of a patch's WAV, and a resonant filter",
    (
        Parameter("place", "where in the table a held note rests", 0.45, 0.0, 1.0,
                  spread=0.12, bright=0.7),
        Parameter("strike", "how far beyond it a hard touch begins", 0.5, 0.0, 1.0, spread=0.15),
        Parameter("motion", "how far the place wanders", 0.25, 0.0, 1.0, spread=0.1),
        Parameter("detune_cents", "of the pair about the pitch",
                  5.0, 0.0, 18.0, "cents", spread=1.5),
        Parameter("filter_hz", "the filter at middle C",
                  1500.0, 250.0, 8000.0, "Hz", spread=250.0, bright=2200.0),
        Parameter("q", "how sharp the filter is: 0.71 is flat", 1.1, 0.6, 8.0, spread=0.25),
        Parameter("band", "share of the band-pass", 0.15, 0.0, 1.0, spread=0.1),
        Parameter("sweep", "by which a hard touch opens the filter",
                  1.6, 0.0, 4.0, "octaves", spread=0.4),
        Parameter("attack_s", "in which it sets in", 0.008, 0.003, 0.6, "s", spread=0.004),
        Parameter("decay_s", "in which it sinks", 0.9, 0.1, 4.0, "s", spread=0.3),
        Parameter("sustain", "level that a held note sinks to", 0.42, 0.0, 1.0, spread=0.12),
        Parameter("release_s", "to -60 dB", 0.55, 0.1, 4.0, "s", spread=0.15),
        Parameter("cutoff_hz", "where the amplifier ends",
                  7500.0, 1500.0, 15000.0, "Hz", spread=700.0, bright=3500.0),
    ),
    _build,
    (
        DemoNote(0.0, 1.4, 50, 76), DemoNote(0.0, 1.4, 57, 70), DemoNote(0.0, 1.4, 65, 78),
        DemoNote(1.5, 0.4, 69, 96), DemoNote(2.0, 1.8, 64, 88), DemoNote(4.0, 1.4, 48, 76),
        DemoNote(4.0, 1.4, 55, 70), DemoNote(4.0, 1.4, 64, 76), DemoNote(5.5, 0.4, 71, 60),
        DemoNote(6.0, 1.8, 67, 104), DemoNote(8.0, 3.5, 46, 72), DemoNote(8.0, 3.5, 53, 68),
        DemoNote(8.0, 3.5, 62, 80), DemoNote(10.0, 1.5, 77, 50),
    ),
    {
        "worn": {"detune_cents": 11.0, "filter_hz": 900.0, "motion": 0.6, "cutoff_hz": 3600.0},
        "far": {"filter_hz": 600.0, "strike": 0.1, "attack_s": 0.05, "cutoff_hz": 2600.0},
        "organ": {"sustain": 1.0, "strike": 0.0, "sweep": 0.3, "attack_s": 0.02},
    },
    with_table=_with_table,
)  # fmt: skip
