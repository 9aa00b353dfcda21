"""Tubular bells, with something of a church bell where it is asked for."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner

# A tube's modes lie at the squares of 3, 5, 7, 9, 11 ...; the fourth, fifth and sixth are near
# 2 : 3 : 4, and the ear hears the octave below the fourth as the strike note (T. Rossing, N.
# Fletcher, "The Physics of Musical Instruments", 2nd edition, 1998, chapter 19).
TUBE = tuple(odd**2 / 40.5 for odd in (3, 5, 7, 9, 11, 13, 15, 17))
# Hum, prime, tierce, quint, nominal, and those above it (chapter 21).
CHURCH = (0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0)


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a set of bells from the table's values."""
    cast = values["church"]
    tube_gain = (0.10, 0.32, 0.55, 1.0, 0.72, 0.48, 0.28, 0.14)
    tube_ring = (1.3, 1.1, 1.0, 0.8, 0.6, 0.42, 0.3, 0.2)
    church_gain = (0.5, 0.75, 0.55, 0.2, 1.0, 0.3, 0.45, 0.3)
    church_ring = (1.6, 0.9, 0.75, 0.4, 0.6, 0.3, 0.3, 0.2)
    modes = [
        # The tuned partial first: the mallet's spectrum is told from it.
        *zip(TUBE, tube_gain, tube_ring, [1.0 - cast] * 8, strict=True),
        *zip(CHURCH, church_gain, church_ring, [cast] * 8, strict=True),
    ]
    strike = [mode for mode in modes if mode[0] == 2.0 and mode[3] > 0.0][:1]
    rest = [mode for mode in modes if mode not in strike and mode[3] > 0.0]
    return Struck(
        modes=tuple(
            Mode(
                ratio,
                gain * share * (values["hum"] if ratio < 0.9 else 1.0),
                ring,
                stray_cents=0.0 if ratio == 2.0 else 6.0,
            )
            for ratio, gain, ring, share in strike + rest
        ),
        t60_s=6.5 * values["decay"],
        halves=24.0,
        mallet_s=values["hammer_ms"] / 1000.0,
        grows=0.6,
        thud=values["thud"],
        thud_hz=(500.0, 3200.0),
        thud_s=0.02,
        release_s=3.2,
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
        tail_s=3.0,
        pair_cents=values["beat_cents"],
        pair=0.4,
        keys=int(rng.integers(1 << 31)),
        width=0.2,
        lufs=-22.0,
    )


# A slow peal under which a record ends or begins.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.0, 69, 86), (1.0, 1.0, 76, 74), (2.0, 1.0, 72, 78), (3.0, 1.0, 67, 72),
        (4.0, 1.0, 65, 86), (5.0, 1.0, 72, 72), (6.0, 1.0, 71, 76), (7.0, 1.0, 67, 70),
        (8.0, 2.0, 60, 86), (9.0, 2.0, 67, 72), (10.0, 3.0, 76, 80),
    )
)  # fmt: skip

DESIGN = Design(
    name="bells",
    about="Tubular bells, towards church bells as one likes",
    parameters=(
        Parameter("hammer_ms", "contact of the hammer on middle C", 0.32, 0.08, 2.0, "ms",
                  spread=0.05, bright=-0.22),
        Parameter("church", "0 tubes .. 1 cast bells with their minor third", 0.0, 0.0, 1.0),
        Parameter("hum", "how much is heard below the strike note", 1.0, 0.0, 2.0, spread=0.2),
        Parameter("decay", "stretches the ring", 1.0, 0.2, 2.0, spread=0.12),
        Parameter("beat_cents", "beating of a bell with itself", 1.2, 0.0, 6.0, "cents",
                  spread=0.6),
        Parameter("thud", "noise of the hammer", 0.06, 0.0, 0.3, spread=0.02),
        Parameter("cutoff_hz", "low-pass of the microphone", 6500.0, 1000.0, 16_000.0, "Hz",
                  spread=600.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"beat_cents": 5.0, "cutoff_hz": 3000.0, "decay": 0.7},
        "far": {"cutoff_hz": 1700.0, "hammer_ms": 0.9, "thud": 0.02},
        "church": {"church": 1.0},
    },
)  # fmt: skip
