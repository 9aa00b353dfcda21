"""What is wrong with a fugue: parallels, ranges, crossings, dissonances, entries not found."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.score import ChordSpan, Note
from tapeloom.theory.counterpoint.dissonance import Dissonance, find_dissonances
from tapeloom.theory.part_writing import FAULTS, Fault, Rules, find_faults

PARALLELS = frozenset(name for name in FAULTS if name.startswith("parallel"))
WATCHED = Rules(PARALLELS | {"crossing", "leap", "tritone leap", "octaves by contrary motion"})


@dataclass(frozen=True, slots=True)
class Report:
    """The faults of a texture, by what they are."""

    parallels: tuple[Fault, ...]
    crossings: int  # moments at which neighbouring voices are crossed
    moments: int  # of all
    leaps: int  # sevenths, tritones and what exceeds an octave
    outside: int  # notes beyond their voice's range
    free: tuple[Dissonance, ...]  # dissonances on beats that nothing explains
    beats: int  # of all

    @property
    def crossed_share(self) -> float:
        """Share of the moments at which voices are crossed, 0..1."""
        return self.crossings / max(self.moments, 1)

    @property
    def free_share(self) -> float:
        """Unexplained dissonances a beat."""
        return len(self.free) / max(self.beats, 1)


def check(
    lines: Sequence[Sequence[Note]],
    *,
    ranges: Sequence[tuple[int, int]],
    beat_ticks: int,
    pedal_ticks: int,
    chords: Sequence[ChordSpan] = (),
) -> Report:
    """Check voices from the lowest to the highest."""
    faults = find_faults(lines, rules=WATCHED)
    end = max(line[-1].end for line in lines if line)
    beats = range(0, end, beat_ticks)
    free = find_dissonances(lines, ticks=beats, chords=chords, pedal_ticks=pedal_ticks)
    moments = len({note.start for line in lines for note in line})
    outside = sum(
        not low <= note.pitch <= high
        for line, (low, high) in zip(lines, ranges, strict=True)
        for note in line
    )
    return Report(
        tuple(fault for fault in faults if fault.name in PARALLELS),
        sum(fault.name == "crossing" for fault in faults),
        moments,
        sum(fault.name.endswith("leap") for fault in faults),
        outside,
        tuple(d for d in free if d.kind == "free"),
        len(beats),
    )
