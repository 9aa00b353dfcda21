"""Organ: nine drawbars, keys that click, and a speaker that turns."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.drawbars import FOOTAGES, STEP_DB, drawbar_tone, wheels_hz
from tapeloom.synth.ear import FULL, spectrum_level
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import Signal, ring
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.rotary import Rotary
from tapeloom.synth.voice import Manner, Voice

MAX_HOLD_S = 120.0  # a held key is let go after two minutes
_NAMES = ("16", "5_13", "8", "4", "2_23", "2", "1_35", "1_13", "1")
_DEFAULT = (7, 4, 8, 5, 2, 2, 0, 0, 1)


@dataclass(frozen=True, slots=True)
class Organ:
    """Tonewheels through drawbars.

    An organ's keys know no touch: here velocity is the swell pedal, which lets the upper drawbars
    through as it opens and drives the preamplifier.
    """

    drawbars: tuple[float, ...]  # 0..8 each, 16' to 1'
    click: float  # how unevenly a key's contacts close
    percussion: float  # amplitude of the third harmonic that fades
    leak: float  # of neighbouring wheels
    drive: float
    manner: Manner
    tail_s: float = 0.12

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key is pressed anew."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        n = frames_of(min(duration_s, MAX_HOLD_S) + self.tail_s, rate)
        hz = wheels_hz(f)
        amplitudes = self._amplitudes(v)
        # Contacts close within some milliseconds, at the phases that the wheels have by then.
        closes_s = 0.009 * self.click * rng.uniform(0.0, 1.0, len(hz)) * (1.2 - 0.5 * v)
        # Wheels are geared together: their phases are chance, but one wheel serves all keys.
        phases = rng.uniform(0.0, 2.0 * np.pi, len(hz))
        edge_s = 0.0008 + 0.003 * (1.0 - self.click)
        tone = drawbar_tone(
            n, rate, hz=hz, amplitudes=amplitudes, phases=phases, closes_s=closes_s, edge_s=edge_s
        )
        if self.percussion > 0.0 and hz[4] < 0.4 * rate:
            t = np.arange(n) / rate
            fading = np.exp(-t / 0.11) * (1.0 - np.exp(-t / 0.0012))
            tone += self.percussion * v * np.sin(2.0 * np.pi * hz[4] * t + phases[4]) * fading
        if self.leak > 0.0:
            near = np.concatenate([hz * 2.0 ** (1.0 / 12.0), hz * 2.0 ** (-1.0 / 12.0)])
            heard = 0.01 * self.leak * rng.uniform(0.2, 1.0, len(near))
            phase = rng.uniform(0.0, 6.28, len(near))
            tone += ring(n, rate, hz=near, t60_s=np.full(len(near), 1e6), left=heard, phase=phase)[
                0
            ]
        # A cube makes third harmonics only: wheels end at 6 kHz, so that nothing folds.
        x = tone / float(np.abs(amplitudes).sum() + 0.5 * self.percussion + 0.1)
        sound = x - 0.33 * self.drive * (0.2 + 0.8 * v) * x**3
        gain = FULL * velocity_gain(velocity) / max(self._level(hz, amplitudes), 1e-6)
        gain *= float(np.abs(amplitudes).sum() + 0.5 * self.percussion + 0.1)
        return finish(
            sound, rate, gain=gain, rise_s=0.0015, held_s=min(duration_s, MAX_HOLD_S),
            release_s=0.05,
        )  # fmt: skip

    def _amplitudes(self, v: float) -> Signal:
        """Return each wheel's amplitude: the swell pedal opens the upper ones last."""
        numbers = np.array(self.drawbars)
        drawn = np.where(numbers > 0.25, 10.0 ** ((numbers - 8.0) * STEP_DB / 20.0), 0.0)
        opening = np.maximum(np.log2(np.array(FOOTAGES)), 0.0)
        return np.asarray(drawn * v ** (0.32 * opening), np.float64)

    def _level(self, hz: Signal, amplitudes: Signal) -> float:
        return float(spectrum_level(amplitudes, hz))


def _build(values: Values, rng: np.random.Generator) -> Voice:
    fast = values["speed"]
    return Organ(
        **fields_of(values, Organ),
        drawbars=tuple(values[f"drawbar_{name}"] for name in _NAMES),
        manner=Manner(
            cutoff_hz=values["cutoff_hz"],
            cabinet=Rotary(
                horn_hz=0.75 + 5.95 * fast,
                drum_hz=0.66 + 5.1 * fast,
                depth=values["depth"],
                horn_phase=rng.uniform(),
                drum_phase=rng.uniform(),
            ),
        ),
    )


DESIGN = Design(
    "organ",
    "Nine drawbars of sines, keys that click, and a horn and a drum that turn",
    (
        *(
            Parameter(f"drawbar_{name}", f"the {name.replace('_', ' ')} foot drawbar",
                      float(number), 0.0, 8.0, spread=0.9 if 0 < number < 8 else 0.0,
                      bright=1.2 if index > 3 else 0.0)
            for index, (name, number) in enumerate(zip(_NAMES, _DEFAULT, strict=True))
        ),
        Parameter("click", "how sharply the keys click", 0.5, 0.0, 1.0, spread=0.15),
        Parameter("percussion", "a third harmonic that fades at once",
                  0.25, 0.0, 1.0, spread=0.15),
        Parameter("leak", "how much neighbouring wheels are heard", 0.4, 0.0, 1.0, spread=0.2),
        Parameter("drive", "of the preamplifier", 0.5, 0.0, 1.0, spread=0.2),
        Parameter("speed", "of the rotors: 0 slow, 1 fast", 0.0, 0.0, 1.0),
        Parameter("depth", "of the rotors' movement", 0.6, 0.0, 1.0, spread=0.1),
        Parameter("cutoff_hz", "where the horn ends",
                  5200.0, 1500.0, 9000.0, "Hz", spread=400.0, bright=2200.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.9, 48, 70), DemoNote(0.0, 3.9, 55, 70), DemoNote(0.0, 1.9, 64, 70),
        DemoNote(0.0, 1.9, 70, 70), DemoNote(2.0, 1.9, 65, 74), DemoNote(2.0, 0.45, 69, 74),
        DemoNote(2.5, 0.2, 70, 84), DemoNote(2.75, 1.1, 72, 90), DemoNote(4.0, 3.8, 53, 72),
        DemoNote(4.0, 3.8, 57, 72), DemoNote(4.0, 3.8, 63, 72), DemoNote(4.5, 0.3, 67, 88),
        DemoNote(5.0, 0.3, 65, 80), DemoNote(5.5, 2.3, 72, 96),
    ),
    {
        "worn": {"leak": 1.0, "click": 0.9, "drive": 0.9, "cutoff_hz": 3600.0},
        "far": {"drawbar_4": 2.0, "drawbar_2_23": 0.0, "drawbar_2": 0.0, "drawbar_1": 0.0,
                "percussion": 0.0, "click": 0.15, "cutoff_hz": 2200.0},
        "jazz": {"drawbar_16": 8.0, "drawbar_5_13": 8.0, "drawbar_8": 8.0, "drawbar_4": 0.0,
                 "drawbar_2_23": 0.0, "drawbar_2": 0.0, "drawbar_1": 0.0, "percussion": 0.5},
        "fast": {"speed": 1.0},
    },
)  # fmt: skip
