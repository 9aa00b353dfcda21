"""Clavinet: tangents press strings against an anvil before two pickups; yarn damps them."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import Plucked, Strings
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

CASE = ((95.0, 0.6), (170.0, 0.8), (290.0, 0.8), (430.0, 0.7))


def build(values: Values, rng: np.random.Generator) -> Plucked:
    """Build a clavinet from the table's values."""
    return Plucked(
        strings=Strings(
            open=(), B=(1.2e-4,), t60_s=5.5, at=48, halves=26.0, bright_hz=4000.0,
            bright_s=values["sparkle_s"], split_cents=values["split_cents"], quick=0.6,
            lasting=0.4,
        ),
        wood=draw_wood(rng, low=CASE, to_hz=3000.0, count=30, low_q=9.0, q=15.0, direct=0.6),
        # The tangent strikes the end of the string: all partials start alike.
        position=0.052,
        finger_s=values["rubber_ms"] / 1000.0,
        pickup=0.11,
        second=0.31,
        blend=values["blend"],
        body=0.06,
        noise=values["clack"],
        noise_hz=(900.0, 4200.0),
        knock=0.5 * values["clack"],
        mute=values["mute"],
        decay=values["decay"],
        release_s=values["yarn_s"],
        lift=values["lift"],
        manner=Manner(
            cutoff_hz=values["tone_hz"],
            tremolo_hz=values["tremolo_hz"],
            tremolo_depth=values["tremolo"],
            tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
        ),
        tail_s=0.25,
        to_hz=7000.0,
        drive=values["drive"],
    )  # fmt: skip


# Sixteenths with rests in them: what is left out makes it move.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 0.4, 45, 96), (0.5, 0.15, 57, 78), (0.75, 0.15, 60, 86), (1.25, 0.15, 57, 70),
        (1.5, 0.15, 62, 92), (1.75, 0.15, 60, 72), (2.25, 0.3, 64, 96), (2.25, 0.3, 55, 84),
        (2.75, 0.15, 57, 74), (3.0, 0.15, 45, 84), (3.25, 0.15, 60, 78), (3.5, 0.3, 62, 88),
        (4.0, 0.4, 45, 96), (4.5, 0.15, 57, 78), (4.75, 0.15, 60, 86), (5.25, 0.15, 57, 70),
        (5.5, 0.15, 63, 94), (5.75, 0.15, 62, 74), (6.0, 0.15, 60, 72), (6.25, 0.4, 67, 98),
        (6.25, 0.4, 62, 86), (6.75, 0.15, 64, 76), (7.0, 0.15, 62, 84), (7.25, 0.15, 60, 74),
        (7.5, 0.15, 57, 86), (8.0, 1.5, 45, 98), (8.0, 1.5, 60, 88), (8.0, 1.5, 64, 90),
    )
)  # fmt: skip

DESIGN = Design(
    name="clavinet",
    about="Clavinet through a small amplifier",
    parameters=(
        Parameter("rubber_ms", "softness of the tangents' rubber", 0.16, 0.05, 0.8, "ms",
                  spread=0.03, bright=-0.1),
        Parameter("blend", "second pickup with (above 0) or against the first (below)", 0.6, -1.0,
                  1.0, spread=0.2),
        Parameter("sparkle_s", "ring of a partial near 4 kHz", 0.9, 0.1, 2.5, "s", spread=0.15,
                  bright=0.4),
        Parameter("decay", "stretches the ring", 1.0, 0.2, 1.6, spread=0.1),
        Parameter("split_cents", "beating of each string with itself", 0.5, 0.0, 3.0, "cents",
                  spread=0.2),
        Parameter("clack", "noise of key and anvil", 0.07, 0.0, 0.3, spread=0.02),
        Parameter("mute", "the damper slide on the strings", 0.0, 0.0, 1.0),
        Parameter("yarn_s", "time in which the yarn silences a string", 0.07, 0.03, 0.4, "s",
                  spread=0.015),
        Parameter("lift", "noise of a tangent that leaves its string", 0.35, 0.0, 1.0, spread=0.08),
        Parameter("drive", "how far the amplifier rounds the loudest notes", 0.4, 0.0, 1.0,
                  spread=0.15),
        Parameter("tone_hz", "tone switch and loudspeaker", 4800.0, 900.0, 12_000.0, "Hz",
                  spread=400.0, bright=3000.0),
        Parameter("tremolo", "depth of a slow tremolo from side to side", 0.0, 0.0, 0.9),
        Parameter("tremolo_hz", "its rate", 3.0, 0.3, 8.0, "Hz", spread=0.6),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"split_cents": 2.6, "sparkle_s": 0.4, "clack": 0.16, "tone_hz": 3000.0,
                 "drive": 0.8},
        "far": {"tone_hz": 1500.0, "rubber_ms": 0.4, "clack": 0.02},
        "thin": {"blend": -0.9},
        "muted": {"mute": 0.55},
    },
    demo_bpm=84.0,
)  # fmt: skip
