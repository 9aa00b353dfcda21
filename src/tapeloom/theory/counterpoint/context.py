"""An exercise laid out for judging: heights in steps, moments, and who moves where."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapeloom.theory.counterpoint.exercise import BAR, Exercise, Moment

# (steps modulo the octave, semitones modulo the octave) of the consonances.
PERFECT = frozenset({(0, 0), (4, 7)})
IMPERFECT = frozenset({(2, 3), (2, 4), (5, 8), (5, 9)})
CONSONANT = PERFECT | IMPERFECT
# Allowed besides between two voices of which neither is the lowest.
BETWEEN_UPPERS = frozenset({(3, 4), (3, 5), (3, 6), (4, 6), (4, 8)})
Size = tuple[int, int]  # steps, semitones


@dataclass(frozen=True)
class Move:
    """Two voices that both leave a note for another at one tick; `low` is the lower voice."""

    tick: int
    low: int
    high: int
    before: Size  # from the lower voice up; negative where they are crossed
    after: Size
    steps: tuple[int, int]  # semitones that each moves


class Context:
    """What the judges of an exercise ask for again and again.

    >>> from tapeloom.core.score import Note
    >>> line = tuple(Note(i * BAR, BAR, pitch) for i, pitch in enumerate((62, 64, 62)))
    >>> over = tuple(Note(i * BAR, BAR, pitch) for i, pitch in enumerate((69, 71, 69)))
    >>> from tapeloom.core.harmony import Key
    >>> context = Context(Exercise((line, over), Key("D", "dorian"), (1, 1)))
    >>> [move.after for move in context.moves], context.size(0, 0, 1, 0)
    ([(4, 7), (4, 7)], (4, 7))
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.voices = exercise.voices
        self.heights = [[exercise.name(note).height for note in line] for line in exercise.voices]
        self.moments: list[Moment] = exercise.moments()
        self.at = {moment.tick: moment for moment in self.moments}

    def size(self, low: int, i: int, high: int, j: int) -> Size:
        """Measure from note `i` of one voice up to note `j` of another."""
        return (
            self.heights[high][j] - self.heights[low][i],
            self.voices[high][j].pitch - self.voices[low][i].pitch,
        )

    def lowest(self, moment: Moment) -> int | None:
        """Return the voice that sounds lowest."""
        sounding = [
            (self.voices[voice][i].pitch, voice)
            for voice, i in enumerate(moment.places)
            if i is not None
        ]
        return min(sounding)[1] if sounding else None

    def is_struck(self, voice: int, moment: Moment) -> bool:
        """Tell whether a voice begins a note."""
        i = moment.places[voice]
        return i is not None and self.voices[voice][i].start == moment.tick

    @cached_property
    def moves(self) -> list[Move]:
        """Every move of two voices at one tick, in order of time."""
        return [move for pair in self.pairs() for move in self._moves_of(*pair)]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield every two voices, the lower first."""
        return itertools.combinations(range(len(self.voices)), 2)

    def _moves_of(self, low: int, high: int) -> Iterator[Move]:
        for moment in self.moments:
            i, j = moment.places[low], moment.places[high]
            if i is None or j is None or not i or not j:
                continue
            if not (self.is_struck(low, moment) and self.is_struck(high, moment)):
                continue
            if not (self.flows(low, i) and self.flows(high, j)):
                continue
            yield Move(
                moment.tick, low, high,
                self.size(low, i - 1, high, j - 1), self.size(low, i, high, j),
                (
                    self.voices[low][i].pitch - self.voices[low][i - 1].pitch,
                    self.voices[high][j].pitch - self.voices[high][j - 1].pitch,
                ),
            )  # fmt: skip

    def flows(self, voice: int, i: int) -> bool:
        """Tell whether a note follows another without a rest."""
        line = self.voices[voice]
        return i > 0 and line[i - 1].end == line[i].start

    def downbeats(self) -> Iterator[tuple[Moment, Moment]]:
        """Yield the moments at each bar line and at the one before it."""
        for bar in range(1, self.exercise.bars):
            before, after = self.at.get((bar - 1) * BAR), self.at.get(bar * BAR)
            if before is not None and after is not None:
                yield before, after


def octaves_off(size: Size) -> Size:
    """Return an interval within the octave, upwards.

    >>> octaves_off((9, 16)), octaves_off((-4, -7)), octaves_off((0, 1))
    ((2, 4), (4, 7), (0, 1))
    """
    steps, semitones = (
        size if size[0] > 0 or (size[0] == 0 and size[1] >= 0) else (-size[0], -size[1])
    )
    octave = steps // 7
    return steps - 7 * octave, semitones - 12 * octave
