"""A motif's note at its place in a score, before its pitch is found."""

from dataclasses import dataclass

from tapeloom.compose.motifs import MotifNote


@dataclass(frozen=True, slots=True)
class Placed:
    """A motif's note at its place, its pitch not found yet."""

    start: int  # ticks
    note: MotifNote
    anchor: float  # MIDI pitch that the contour stands on
    begins: bool = False  # a unit begins here: the interval from the note before matters less
    pinned: int | None = None  # a pitch that it must keep
