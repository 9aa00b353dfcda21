"""Concert harp: a string for each pitch, plucked by fingertips near its middle."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import Plucked, Strings
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

BOARD = ((62.0, 0.5), (148.0, 0.9), (171.0, 0.8), (237.0, 0.7), (330.0, 0.6), (440.0, 0.6))


def build(values: Values, rng: np.random.Generator) -> Plucked:
    """Build a harp from the table's values; its soundboard is drawn."""
    return Plucked(
        strings=Strings(
            open=(), B=(6e-5,), t60_s=8.0, at=48, halves=24.0, bright_hz=3000.0,
            bright_s=values["sparkle_s"], split_cents=values["split_cents"], quick=0.7,
            lasting=0.45,
        ),
        wood=draw_wood(rng, low=BOARD, to_hz=8000.0, direct=0.5),
        position=values["position"],
        finger_s=values["finger_ms"] / 1000.0,
        pickup=0.2,
        body=1.0,
        noise=values["noise"],
        noise_hz=(600.0, 2800.0),
        knock=values["knock"],
        mute=values["mute"],
        decay=values["decay"],
        release_s=values["after_s"],
        lift=0.0,
        manner=Manner(pedal=True, cutoff_hz=values["cutoff_hz"]),
        tail_s=2.5,
        lufs=-21.5,
        to_hz=9000.0,
        tilt=0.25,
        width=0.3,
    )  # fmt: skip


# Broken chords up and down over a low fifth, the last one rolled.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 4.0, 43, 84), (0.0, 3.8, 50, 74), (0.5, 3.3, 57, 70), (1.0, 2.8, 62, 74),
        (1.5, 2.3, 66, 78), (2.0, 1.8, 69, 82), (2.5, 1.3, 74, 86), (3.0, 1.0, 69, 72),
        (3.5, 0.6, 66, 68), (4.0, 4.0, 40, 84), (4.0, 3.8, 47, 74), (4.5, 3.3, 55, 70),
        (5.0, 2.8, 59, 74), (5.5, 2.3, 62, 78), (6.0, 1.8, 66, 82), (6.5, 1.3, 71, 88),
        (7.0, 1.0, 78, 84), (7.5, 0.6, 74, 72), (8.0, 5.0, 36, 84), (8.1, 4.9, 43, 76),
        (8.2, 4.8, 52, 76), (8.3, 4.7, 59, 78), (8.4, 4.6, 62, 80), (8.5, 4.5, 66, 84),
        (8.6, 4.4, 71, 88), (8.7, 4.3, 79, 92),
    )
)  # fmt: skip

DESIGN = Design(
    name="harp",
    about="Concert harp, ringing on after each note",
    parameters=(
        Parameter("position", "where the finger plucks, as a part of the string", 0.34, 0.08, 0.49,
                  spread=0.04),
        Parameter("finger_ms", "softness of the fingertip", 0.16, 0.05, 0.8, "ms", spread=0.03,
                  bright=-0.1),
        Parameter("sparkle_s", "ring of a partial near 3 kHz", 1.0, 0.15, 2.5, "s", spread=0.1,
                  bright=0.3),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 1.6, spread=0.1),
        Parameter("after_s", "time to fall silent once a note has ended", 3.0, 0.2, 6.0, "s",
                  spread=0.3),
        Parameter("split_cents", "beating of each string with itself", 0.5, 0.0, 3.0, "cents",
                  spread=0.2),
        Parameter("noise", "skin on the string", 0.05, 0.0, 0.3, spread=0.015),
        Parameter("knock", "the board's answer to the pluck", 0.07, 0.0, 0.4, spread=0.02),
        Parameter("mute", "hand on the strings (etouffe)", 0.0, 0.0, 1.0),
        Parameter("cutoff_hz", "low-pass of the microphone", 9000.0, 1500.0, 16_000.0, "Hz",
                  spread=800.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"split_cents": 2.3, "sparkle_s": 0.4, "cutoff_hz": 4200.0, "noise": 0.12},
        "far": {"cutoff_hz": 2600.0, "finger_ms": 0.4, "noise": 0.02},
        "muted": {"mute": 0.6, "after_s": 0.3},
    },
)  # fmt: skip
