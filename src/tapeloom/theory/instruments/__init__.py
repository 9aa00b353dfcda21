"""What each instrument can play, how it sounds by register, and whom it goes with.

`INSTRUMENTS` are those that the synth plays, `KNOWN` are all that an arranger can write for.
Loudness by register is set by hand at mezzo-forte. Between families it keeps to half of what
N. Rimsky-Korsakov, "Principles of Orchestration" (1913), says of forte: a trumpet, a trombone or a
tuba is as strong as two horns, and a horn as two woodwinds; in piano they are alike.
"""

from tapeloom.theory.instruments.catalogue import (
    INSTRUMENTS,
    KNOWN,
    instrument,
    of_program,
    played_by,
)
from tapeloom.theory.instruments.description import COMMON_PRACTICE, Instrument, Register
from tapeloom.theory.instruments.kits import DRUMS, KITS, PERCUSSION

__all__ = [
    "COMMON_PRACTICE",
    "DRUMS",
    "INSTRUMENTS",
    "KITS",
    "KNOWN",
    "PERCUSSION",
    "Instrument",
    "Register",
    "instrument",
    "of_program",
    "played_by",
]
