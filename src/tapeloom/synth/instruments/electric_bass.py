"""Electric bass, played with the fingers or muted by the palm."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import Plucked, Strings
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

OPEN = (28, 33, 38, 43)  # E1 A1 D2 G2
STIFFNESS = (1.6e-4, 9e-5, 6e-5, 5e-5)
# A solid body hardly answers: the neck does.
NECK = ((54.0, 0.5), (142.0, 0.7), (265.0, 0.6), (410.0, 0.5))


def build(values: Values, rng: np.random.Generator) -> Plucked:
    """Build a bass from the table's values."""
    return Plucked(
        strings=Strings(
            open=OPEN, B=STIFFNESS, t60_s=8.0, at=28, halves=30.0, bright_hz=1800.0,
            bright_s=values["sparkle_s"], split_cents=0.4, quick=0.6, lasting=0.45,
        ),
        wood=draw_wood(rng, low=NECK, to_hz=2500.0, count=30, direct=0.7),
        position=values["position"],
        finger_s=values["finger_ms"] / 1000.0,
        pickup=values["pickup"],
        body=0.12,
        noise=values["noise"],
        noise_hz=(500.0, 2200.0),
        knock=0.05,
        mute=values["mute"],
        decay=values["decay"],
        release_s=0.11,
        lift=0.25,
        manner=Manner(cutoff_hz=values["tone_hz"]),
        tail_s=0.3,
        lufs=-19.0,
        to_hz=5000.0,
        drive=values["drive"],
        alone=True,
    )  # fmt: skip


# A line that leaves room: root, octave, a push into the next bar.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.3, 33, 96), (1.66, 0.3, 33, 68), (2.0, 0.5, 45, 88), (2.66, 0.3, 43, 76),
        (3.0, 0.6, 40, 84), (3.66, 0.3, 32, 72), (4.0, 1.3, 29, 96), (5.66, 0.3, 29, 70),
        (6.0, 0.6, 41, 86), (6.66, 0.3, 36, 78), (7.0, 0.5, 38, 84), (7.66, 0.3, 40, 74),
        (8.0, 1.0, 36, 94), (9.33, 0.3, 43, 76), (9.66, 0.3, 48, 82), (10.0, 1.0, 35, 90),
        (11.33, 0.3, 31, 76), (11.66, 0.3, 32, 74), (12.0, 2.5, 33, 96),
    )
)  # fmt: skip

DESIGN = Design(
    name="electric_bass",
    about="Electric bass with a split-coil pickup, fingered or muted",
    parameters=(
        Parameter("position", "where the fingers pluck, as a part of the string", 0.22, 0.06, 0.4,
                  spread=0.03),
        Parameter("finger_ms", "softness of the fingers", 0.3, 0.08, 1.5, "ms", spread=0.06,
                  bright=-0.2),
        Parameter("pickup", "place of the pickup, as a part of the string", 0.165, 0.05, 0.35,
                  spread=0.015),
        Parameter("sparkle_s", "ring of a partial near 1.8 kHz: old strings are dull", 1.6, 0.1,
                  3.0, "s", spread=0.3, bright=1.0),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 1.6, spread=0.1),
        Parameter("noise", "fingers on the winding", 0.04, 0.0, 0.3, spread=0.01),
        Parameter("mute", "palm on the strings", 0.0, 0.0, 1.0),
        Parameter("drive", "how far the amplifier rounds the loudest notes", 0.5, 0.0, 1.0,
                  spread=0.15),
        Parameter("tone_hz", "tone knob and loudspeaker", 2600.0, 400.0, 8000.0, "Hz",
                  spread=250.0, bright=1800.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"sparkle_s": 0.4, "tone_hz": 1500.0, "drive": 0.9, "noise": 0.08},
        "far": {"tone_hz": 700.0, "finger_ms": 0.8},
        "muted": {"mute": 0.85, "tone_hz": 1800.0, "position": 0.15},
    },
)  # fmt: skip
