"""Hollow-body guitar with flat-wound strings, its neck pickup and a small amplifier."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import Plucked, Strings
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

# E2 to E4: flat-wound strings up to the third are thick and stiff.
OPEN = (40, 45, 50, 55, 59, 64)
STIFFNESS = (1.4e-4, 1.0e-4, 7e-5, 5e-5, 5e-5, 2.5e-5)
# Of an archtop: air and arched plates lie higher than a flat-top's.
BODY = ((118.0, 0.6), (205.0, 0.9), (268.0, 0.8), (360.0, 0.6), (455.0, 0.6), (610.0, 0.5))


def build(values: Values, rng: np.random.Generator) -> Plucked:
    """Build a guitar from the table's values; its wood is drawn."""
    return Plucked(
        strings=Strings(
            open=OPEN, B=STIFFNESS, t60_s=6.0, at=40, halves=34.0, bright_hz=2500.0,
            bright_s=values["sparkle_s"], split_cents=values["split_cents"], quick=0.55,
            lasting=0.4,
        ),
        wood=draw_wood(rng, low=BODY, to_hz=5000.0, direct=0.4),
        position=values["position"],
        finger_s=values["thumb_ms"] / 1000.0,
        pickup=0.24,
        body=values["wood"],
        noise=values["noise"],
        noise_hz=(700.0, 2600.0),
        knock=0.35 * values["wood"],
        mute=values["mute"],
        decay=values["decay"],
        release_s=0.14,
        lift=0.2,
        manner=Manner(
            cutoff_hz=values["tone_hz"],
            tremolo_hz=values["tremolo_hz"],
            tremolo_depth=values["tremolo"],
            tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
            tremolo_together=1.0,
            strum_s=0.06,
        ),
        tail_s=0.4,
        to_hz=6000.0,
        drive=values["drive"],
    )  # fmt: skip


# Two bars of ninths, and a line in thirds that answers them.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.4, 50, 84), (0.01, 1.4, 53, 78), (0.02, 1.4, 60, 80), (0.03, 1.4, 64, 86),
        (1.66, 0.3, 50, 60), (1.66, 0.3, 53, 58), (1.67, 0.3, 60, 60), (1.68, 0.3, 64, 64),
        (2.5, 0.4, 69, 84), (3.0, 0.6, 67, 80), (3.66, 0.3, 64, 72),
        (4.0, 1.4, 43, 86), (4.01, 1.4, 53, 78), (4.02, 1.4, 59, 80), (4.03, 1.4, 64, 84),
        (5.66, 0.8, 62, 80), (6.5, 0.5, 60, 74), (7.0, 0.5, 59, 76), (7.66, 0.3, 57, 70),
        (8.0, 3.5, 48, 84), (8.02, 3.5, 52, 76), (8.04, 3.5, 59, 80), (8.06, 3.5, 62, 84),
    )
)  # fmt: skip

DESIGN = Design(
    name="jazz_guitar",
    about="Hollow-body jazz guitar: flat-wound strings, neck pickup, dark amplifier",
    parameters=(
        Parameter("position", "where the thumb plucks, as a part of the string", 0.24, 0.06, 0.45,
                  spread=0.03),
        Parameter("thumb_ms", "softness of thumb or pick", 0.2, 0.05, 1.0, "ms", spread=0.04,
                  bright=-0.12),
        Parameter("sparkle_s", "ring of a partial near 2.5 kHz", 1.0, 0.1, 2.5, "s", spread=0.15,
                  bright=0.4),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 1.8, spread=0.12),
        Parameter("split_cents", "beating of each string with itself", 0.5, 0.0, 3.0, "cents",
                  spread=0.2),
        Parameter("wood", "how much of the body is heard beside the pickup", 0.3, 0.0, 0.9,
                  spread=0.08),
        Parameter("noise", "skin on the string", 0.05, 0.0, 0.3, spread=0.015),
        Parameter("mute", "palm on the strings", 0.0, 0.0, 1.0),
        Parameter("drive", "how far the amplifier rounds the loudest notes", 0.35, 0.0, 1.0,
                  spread=0.1),
        Parameter("tone_hz", "the guitar's tone knob and the loudspeaker", 3000.0, 700.0, 8000.0,
                  "Hz", spread=300.0, bright=2000.0),
        Parameter("tremolo", "depth of the amplifier's tremolo", 0.0, 0.0, 0.9),
        Parameter("tremolo_hz", "its rate", 5.0, 1.0, 9.0, "Hz", spread=0.6),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"split_cents": 2.2, "tone_hz": 2000.0, "drive": 0.8, "noise": 0.1},
        "far": {"tone_hz": 1200.0, "thumb_ms": 0.5, "wood": 0.5},
        "tremolo": {"tremolo": 0.55, "tone_hz": 3400.0},
        "muted": {"mute": 0.7},
    },
)  # fmt: skip
