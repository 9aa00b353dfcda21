"""Concert ukulele with nylon strings, tuned G4 C4 E4 A4."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import Plucked, Strings
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

OPEN = (60, 64, 67, 69)
STIFFNESS = (9e-5, 7e-5, 5e-5, 4e-5)
# A small box: its air and its top lie an octave above a guitar's.
BODY = ((205.0, 0.7), (378.0, 1.0), (512.0, 0.6), (690.0, 0.6), (860.0, 0.6), (1120.0, 0.6))


def build(values: Values, rng: np.random.Generator) -> Plucked:
    """Build a ukulele from the table's values; its wood is drawn."""
    return Plucked(
        strings=Strings(
            open=OPEN, B=STIFFNESS, t60_s=2.1, at=60, halves=30.0, bright_hz=3000.0,
            bright_s=values["sparkle_s"], split_cents=values["split_cents"], quick=0.5,
            lasting=0.35,
        ),
        wood=draw_wood(rng, low=BODY, to_hz=9000.0, count=70, low_q=16.0, q=28.0, direct=0.45),
        position=values["position"],
        finger_s=values["finger_ms"] / 1000.0,
        pickup=0.2,
        body=1.0,
        noise=values["noise"],
        noise_hz=(1100.0, 4500.0),
        knock=values["knock"],
        mute=values["mute"],
        decay=values["decay"],
        release_s=0.13,
        lift=0.08,
        manner=Manner(cutoff_hz=values["cutoff_hz"], strum_s=0.06),
        tail_s=0.3,
        to_hz=10_000.0,
        tilt=0.3,
        lufs=-22.5,
    )  # fmt: skip


def _strum(beat: float, beats: float, pitches: tuple[int, ...], velocity: int) -> list[DemoNote]:
    return [
        DemoNote(beat + 0.018 * i, beats, pitch, velocity - 3 * i)
        for i, pitch in enumerate(pitches)
    ]


_C7, _AM7, _F, _G7 = (60, 64, 67, 71), (60, 64, 67, 69), (60, 65, 69, 72), (62, 65, 67, 71)
DEMO = tuple(
    note
    for bar, (chord, then) in enumerate(((_C7, _AM7), (_F, _G7)))
    for beat, beats, pitches, velocity in (
        (0.0, 0.9, chord, 88), (1.0, 0.4, chord, 70), (1.66, 0.27, chord[::-1], 60),
        (2.0, 0.6, then, 84), (2.66, 0.27, then[::-1], 62), (3.0, 0.5, then, 74),
        (3.66, 0.27, then[::-1], 64),
    )
    for note in _strum(4.0 * bar + beat, beats, pitches, velocity)
) + tuple(_strum(8.0, 3.0, (60, 64, 67, 71), 86))  # fmt: skip

DESIGN = Design(
    name="ukulele",
    about="Concert ukulele, fingers on nylon strings",
    parameters=(
        Parameter("position", "where the finger plucks, as a part of the string", 0.24, 0.08, 0.45,
                  spread=0.03),
        Parameter("finger_ms", "softness of the finger", 0.1, 0.04, 0.6, "ms", spread=0.02,
                  bright=-0.06),
        Parameter("sparkle_s", "ring of a partial near 3 kHz", 0.35, 0.08, 1.2, "s", spread=0.06,
                  bright=0.15),
        Parameter("decay", "stretches the ring", 1.0, 0.4, 1.6, spread=0.12),
        Parameter("split_cents", "beating of each string with itself", 0.7, 0.0, 3.0, "cents",
                  spread=0.3),
        Parameter("noise", "skin and nail on the string", 0.09, 0.0, 0.3, spread=0.02),
        Parameter("knock", "knock of the box", 0.14, 0.0, 0.4, spread=0.03),
        Parameter("mute", "palm on the strings", 0.0, 0.0, 1.0),
        Parameter("cutoff_hz", "low-pass of the microphone", 8500.0, 1500.0, 16_000.0, "Hz",
                  spread=700.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"split_cents": 2.4, "sparkle_s": 0.2, "cutoff_hz": 4500.0, "noise": 0.14},
        "far": {"cutoff_hz": 2500.0, "finger_ms": 0.3, "noise": 0.03},
        "muted": {"mute": 0.6},
    },
)  # fmt: skip
