"""Glass pad: rubbed glasses, a wavetable whose high partials come and go one by one."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.chorus import apart_hz, pair_turn
from tapeloom.synth.ear import FULL, as_loud_as, ear_weight
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import ring
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.player import wander
from tapeloom.synth.spectra import control_times
from tapeloom.synth.voice import Manner, Voice
from tapeloom.synth.wavetables import Wavetable

MAX_HOLD_S = 120.0
_PARTIALS = (1, 2, 3, 4, 6, 9, 11, 14)
# Amplitude of each partial in five frames, from a bare rim to a bright one.
_FRAMES = (
    (1.0, 0.05, 0.00, 0.02, 0.00, 0.00, 0.00, 0.00),
    (1.0, 0.16, 0.04, 0.10, 0.01, 0.00, 0.00, 0.00),
    (1.0, 0.24, 0.18, 0.07, 0.10, 0.02, 0.00, 0.00),
    (1.0, 0.28, 0.12, 0.26, 0.08, 0.12, 0.03, 0.01),
    (1.0, 0.34, 0.24, 0.20, 0.22, 0.09, 0.11, 0.06),
)


@lru_cache(maxsize=1)
def _rims() -> Wavetable:
    """Return the frames as a table."""
    angle = 2.0 * np.pi * np.arange(256) / 256
    waves = [
        sum(a * np.sin(k * angle + 0.9 * k) for a, k in zip(row, _PARTIALS, strict=True))
        for row in _FRAMES
    ]
    return Wavetable.of(np.array(waves))


@dataclass(frozen=True, slots=True)
class GlassPad:
    """Three readings of the rims, a few cents apart, and the ring of the glass at the touch.

    T. Rossing, "Acoustics of the glass harmonica", JASA, 1994, for the modes of a wineglass.
    """

    shine: float  # how far into the bright frames it goes
    shimmer: float  # how much that wanders
    shimmer_hz: float
    detune_cents: float
    chime: float  # how loud the touch is
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
        t = control_times(n, rate)
        # High glasses have room for fewer partials.
        reach = 1.1 * self.shine * min(1.0, (700.0 / f) ** 0.25)
        out = np.zeros((2, n))
        origin, turn = rng.uniform(), pair_turn(apart_hz(f, self.detune_cents), rng)
        voices = ((0.0, 0.0, 0.8), (-1.0, -0.8, 0.3), (1.0, 0.8, 0.3))
        waver = 0.5 * wander(len(t), rate, rng, hz=0.8)
        for side, pan, level in voices:
            place = reach * v * (1.0 - np.exp(-t / (1.3 * self.attack_s)))
            place += 0.22 * self.shimmer * wander(len(t), rate, rng, hz=self.shimmer_hz)
            cents = side * self.detune_cents + waver
            wave = _rims().read(
                f / rate * 2.0 ** (cents / 1200.0), place, n, start=origin + side * turn
            )
            left, right = pan_gains(pan)
            out[0] += level * left * wave
            out[1] += level * right * wave
        out *= 1.7 / float(ear_weight(np.array([f]))[0])
        chime = ring(
            n,
            rate,
            hz=f * np.array([1.0, 2.32, 4.25, 6.63, 9.38]),
            t60_s=np.array([2.0, 1.4, 0.9, 0.5, 0.3]),
            left=self.chime * v * np.array([0.2, 0.2, 0.16, 0.1, 0.05]) * rng.uniform(0.6, 1.0, 5),
            right=self.chime * v * np.array([0.2, 0.14, 0.2, 0.06, 0.08]) * rng.uniform(0.6, 1, 5),
        )
        # It is touched before it sings.
        grow = 1.0 - np.exp(-(np.arange(n) / rate) / (0.45 * self.attack_s))
        shape = {"rise_s": 0.012, "held_s": held_s, "release_s": self.release_s, "fall_s": 0.05}
        gain = FULL * velocity_gain(velocity)
        # Where the readings' beats stand is luck; how loud a note is shouldn't be.
        asked = finish(grow, rate, **shape).astype(np.float64)
        note = finish(out * grow + chime, rate, **shape).astype(np.float64)
        return (gain * as_loud_as(note, asked, rate, until_s=held_s)).astype(np.float32)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return GlassPad(
        **fields_of(values, GlassPad),
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


DESIGN = Design(
    "glass_pad",
    "Rubbed glasses that ring when touched and shimmer as they sing",
    (
        Parameter("shine", "how bright the rims are", 0.7, 0.1, 1.0, spread=0.08, bright=0.5),
        Parameter("shimmer", "how much that wanders", 0.5, 0.0, 1.0, spread=0.15),
        Parameter("shimmer_hz", "how fast", 0.7, 0.1, 3.0, "Hz", spread=0.3),
        Parameter("detune_cents", "of the outer readings", 4.0, 0.0, 14.0, "cents", spread=1.2),
        Parameter("chime", "how loud the touch is", 0.6, 0.0, 1.5, spread=0.2),
        Parameter("attack_s", "in which it swells", 0.35, 0.05, 1.2, "s", spread=0.12),
        Parameter("release_s", "to -60 dB", 2.4, 0.3, 6.0, "s", spread=0.5),
        Parameter("cutoff_hz", "where the amplifier ends",
                  8000.0, 1500.0, 15000.0, "Hz", spread=800.0, bright=4000.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.8, 57, 66), DemoNote(0.0, 3.8, 64, 62), DemoNote(0.0, 3.8, 71, 70),
        DemoNote(2.0, 1.9, 76, 84), DemoNote(4.0, 3.8, 53, 66), DemoNote(4.0, 3.8, 60, 62),
        DemoNote(4.0, 3.8, 67, 68), DemoNote(6.0, 1.9, 79, 90), DemoNote(8.0, 4.0, 55, 62),
        DemoNote(8.0, 4.0, 62, 62), DemoNote(8.0, 4.0, 69, 72),
    ),
    {
        "worn": {"detune_cents": 9.0, "shine": 0.4, "shimmer": 0.9, "cutoff_hz": 4000.0},
        "far": {"shine": 0.25, "chime": 0.15, "attack_s": 0.8, "cutoff_hz": 2800.0},
    },
)  # fmt: skip
