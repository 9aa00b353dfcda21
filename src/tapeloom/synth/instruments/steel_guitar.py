"""Steel-string guitar, picked."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import Plucked, Strings
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

# E2 to E4: four wound, two plain; light-gauge strings of 648 mm.
OPEN = (40, 45, 50, 55, 59, 64)
STIFFNESS = (9e-5, 6e-5, 4e-5, 3e-5, 3.5e-5, 1.5e-5)
# Of a dreadnought: air, top, back, and what follows.
BODY = ((102.0, 0.7), (188.0, 1.0), (228.0, 0.6), (335.0, 0.6), (420.0, 0.6), (545.0, 0.6))


def build(values: Values, rng: np.random.Generator) -> Plucked:
    """Build a guitar from the table's values; its wood is drawn."""
    return Plucked(
        strings=Strings(
            open=OPEN, B=STIFFNESS, t60_s=8.5, at=40, halves=40.0, bright_hz=3500.0,
            bright_s=values["sparkle_s"], split_cents=values["split_cents"], quick=0.6,
            lasting=0.35,
        ),
        wood=draw_wood(rng, low=BODY, to_hz=9000.0, direct=0.45),
        position=values["position"],
        finger_s=values["pick_ms"] / 1000.0,
        pickup=0.2,
        body=1.0,
        noise=values["pick_noise"],
        noise_hz=(1500.0, 6500.0),
        knock=values["knock"],
        mute=values["mute"],
        decay=values["decay"],
        release_s=0.16,
        lift=0.12,
        manner=Manner(cutoff_hz=values["cutoff_hz"], strum_s=0.06),
        tail_s=0.4,
        to_hz=11_000.0,
        tilt=0.4,
        lufs=-23.0,
    )  # fmt: skip


# Travis picking: the thumb alternates, the fingers answer.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 2.0, 45, 88), (0.5, 1.5, 64, 74), (1.0, 1.0, 52, 76), (1.25, 1.0, 60, 70),
        (1.75, 1.2, 59, 72), (2.0, 2.0, 45, 86), (2.5, 1.5, 64, 78), (3.0, 1.0, 52, 74),
        (3.25, 0.75, 57, 68), (3.5, 0.5, 60, 74), (4.0, 2.0, 41, 88), (4.5, 1.5, 64, 76),
        (5.0, 1.0, 53, 76), (5.25, 1.0, 60, 72), (5.75, 1.2, 57, 70), (6.0, 2.0, 48, 86),
        (6.5, 1.5, 64, 80), (7.0, 1.0, 52, 74), (7.25, 0.75, 60, 70), (7.5, 0.5, 62, 72),
        (8.0, 4.0, 45, 90), (8.03, 4.0, 52, 80), (8.06, 4.0, 57, 78), (8.09, 4.0, 60, 82),
        (8.12, 4.0, 64, 84),
    )
)  # fmt: skip

DESIGN = Design(
    name="steel_guitar",
    about="Steel-string acoustic guitar, picked",
    parameters=(
        Parameter("position", "where the pick strikes, as a part of the string", 0.15, 0.06, 0.4,
                  spread=0.03),
        Parameter("pick_ms", "softness of the pick", 0.11, 0.04, 0.6, "ms", spread=0.02,
                  bright=-0.06),
        Parameter("sparkle_s", "ring of a partial near 3.5 kHz", 1.6, 0.2, 3.0, "s", spread=0.2,
                  bright=0.6),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 1.6, spread=0.12),
        Parameter("split_cents", "beating of each string with itself", 0.6, 0.0, 3.0, "cents",
                  spread=0.25),
        Parameter("pick_noise", "scrape of the pick", 0.08, 0.0, 0.4, spread=0.03),
        Parameter("knock", "knock of the body", 0.10, 0.0, 0.4, spread=0.03),
        Parameter("mute", "palm on the strings", 0.0, 0.0, 1.0),
        Parameter("cutoff_hz", "low-pass of the microphone", 8500.0, 1500.0, 16_000.0, "Hz",
                  spread=700.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"sparkle_s": 0.5, "split_cents": 2.2, "cutoff_hz": 4500.0, "pick_noise": 0.15},
        "far": {"cutoff_hz": 2600.0, "pick_ms": 0.3, "position": 0.3, "pick_noise": 0.03},
        "muted": {"mute": 0.75, "knock": 0.16},
    },
)  # fmt: skip
