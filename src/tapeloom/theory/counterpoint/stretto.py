"""Stretto: where a line can be answered by itself before it has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.imitation import imitate
from tapeloom.theory.counterpoint.invertible import PARALLELS
from tapeloom.theory.part_writing import find_faults

STEPS = (-11, -7, -4, -3, 0, 3, 4, 7, 11)  # unison, octaves, fourths, fifths and a twelfth
_FREE, _PARALLEL, _HELD = 2.0, 6.0, 0.5  # what a dissonance, a parallel and a late entry cost


@dataclass(frozen=True, slots=True)
class Stretto:
    """One way for a line to overlap with itself, and what is wrong with it."""

    delay_ticks: int  # from one entry to the next
    steps: int  # diatonic steps from the first entry to the second
    overlap: float  # share of the line that is overlapped, 0..1
    dissonances: int  # beats that nothing explains
    parallels: int  # fifths, octaves and unisons
    cost: float  # the lower the better

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.dissonances and not self.parallels


def overlap(line: Sequence[Note], key: Key, *, delay_ticks: int, steps: int) -> list[list[Note]]:
    """Return the two voices of a stretto, the lower one first (of equals, the leader)."""
    follower = list(imitate(line, key=key, steps=steps, delay_ticks=delay_ticks))
    return [follower, list(line)] if steps < 0 else [list(line), follower]


def find_strettos(
    line: Sequence[Note],
    key: Key,
    *,
    beat_ticks: int,
    delay_step_ticks: int = 0,
    steps: Sequence[int] = STEPS,
) -> tuple[Stretto, ...]:
    """Try every distance and interval at which a line can follow itself, the best one first.

    beat_ticks        the beats on which consonance is asked for
    delay_step_ticks  the grid of distances; 0 takes the beat
    steps             diatonic steps to try; negative is below

    The cost weighs dissonances that nothing explains, parallels and how late the second entry is:
    the closer a stretto the better, where it sounds.

    >>> line = [Note(i * 4, 4, pitch) for i, pitch in enumerate((60, 64, 67, 72))]
    >>> best = find_strettos(line, Key("C", "major"), beat_ticks=4)[0]
    >>> best.is_clean, best.overlap > 0.2
    (True, True)
    """
    if len(line) < 2:
        raise InputError("a stretto needs a line of at least two notes")
    grid = delay_step_ticks or beat_ticks
    length = line[-1].end - line[0].start
    found = []
    for delay in range(grid, length, grid):
        for step in steps:
            voices = overlap(line, key, delay_ticks=delay, steps=step)
            inside = range(line[0].start + delay, line[-1].end)
            ticks = [t for t in inside if t % beat_ticks == 0] if len(inside) < 64 else [
                *range(-(-inside.start // beat_ticks) * beat_ticks, inside.stop, beat_ticks)
            ]  # fmt: skip
            wrong = find_dissonances(voices, ticks=ticks)
            free = sum(d.kind == "free" for d in wrong)
            parallels = len(find_faults(voices, rules=PARALLELS))
            cost = _FREE * free + _PARALLEL * parallels + _HELD * delay / beat_ticks
            shared = (length - delay) / length
            found.append(Stretto(delay, step, shared, free, parallels, cost))
    return tuple(sorted(found, key=lambda s: (s.cost, s.delay_ticks, abs(s.steps))))
