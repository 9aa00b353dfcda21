"""An exercise in species counterpoint: a cantus firmus, the voices set against it, and the mode."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.intervals import SpelledPitch, spelled

BAR = 4 * PPQ  # the cantus firmus's whole note, in ticks
HALF, QUARTER, EIGHTH = 2 * PPQ, PPQ, PPQ // 2
MOST_VOICES = 4
FLATS_OF_MODE = 3  # names on the flat side of the signature's own, before the sharps begin


@lru_cache(maxsize=4096)
def spell_in_mode(pitch: int, mode: Key) -> SpelledPitch:
    """Spell a pitch as the modes do: leading tones raised, the note over the sixth degree lowered.

    >>> [str(spell_in_mode(pitch, Key("D", "dorian"))) for pitch in (60, 61, 66, 68, 70)]
    ['C4', 'C#4', 'F#4', 'G#4', 'Bb4']
    """
    low = mode.signature - FLATS_OF_MODE
    return spelled(pitch, low + (7 * pitch - low) % 12)


@dataclass(frozen=True, slots=True)
class Exercise:
    """Voices from the lowest to the highest over one cantus firmus in whole notes.

    species   of each voice, 1 to 5; the cantus firmus and its companions in whole notes are 1
    cantus    which voice is the cantus firmus, from 0, the lowest

    >>> lower = tuple(Note(i * BAR, BAR, pitch) for i, pitch in enumerate((62, 64, 62)))
    >>> upper = tuple(Note(i * BAR, BAR, pitch) for i, pitch in enumerate((74, 73, 74)))
    >>> exercise = Exercise((lower, upper), Key("D", "dorian"), (1, 1), cantus=0)
    >>> exercise.bars, str(exercise.name(upper[1]))
    (3, 'C#5')
    """

    voices: tuple[tuple[Note, ...], ...]
    mode: Key
    species: tuple[int, ...]
    cantus: int = 0

    def __post_init__(self) -> None:
        if not 2 <= len(self.voices) <= MOST_VOICES:
            raise InputError(f"there are {len(self.voices)} voices; an exercise has 2 to 4")
        if len(self.species) != len(self.voices):
            raise InputError("each voice needs its species")
        if any(number not in range(1, 6) for number in self.species):
            raise InputError(f"species is {max(self.species)}; it must be 1 to 5")
        if not 0 <= self.cantus < len(self.voices):
            raise InputError(f"the cantus is voice {self.cantus + 1}; there are {len(self.voices)}")
        for number, line in enumerate(self.voices, 1):
            if not line:
                raise InputError(f"voice {number} has no notes")
            for first, second in itertools.pairwise(line):
                if second.start < first.end:
                    raise InputError(
                        f"voice {number} sounds two notes in bar {second.start // BAR + 1}; "
                        "give each voice one at a time"
                    )

    @property
    def bars(self) -> int:
        """Whole notes from the beginning to the end."""
        return -(-max(line[-1].end for line in self.voices) // BAR)

    def name(self, note: Note) -> SpelledPitch:
        """Spell a note in the mode."""
        return spell_in_mode(note.pitch, self.mode)

    def moments(self) -> list["Moment"]:
        """List what sounds whenever a voice begins a note."""
        ticks = sorted({note.start for line in self.voices for note in line})
        at = [-1] * len(self.voices)
        found = []
        for tick in ticks:
            for voice, line in enumerate(self.voices):
                while at[voice] + 1 < len(line) and line[at[voice] + 1].start <= tick:
                    at[voice] += 1
            places = tuple(
                i if i >= 0 and line[i].end > tick else None
                for i, line in zip(at, self.voices, strict=True)
            )
            found.append(Moment(tick, places))
        return found


@dataclass(frozen=True, slots=True)
class Moment:
    """A tick at which a voice begins a note, and which of its notes each voice sounds there."""

    tick: int
    places: tuple[int | None, ...]  # indices into the voices; None rests


def species_of(line: Sequence[Note]) -> int:
    """Tell a voice's species by its rhythm.

    >>> species_of([Note(0, HALF, 60), Note(HALF, HALF, 62), Note(BAR, BAR, 64)])
    2
    """
    inner = line[:-1]
    if not inner:
        return 1
    ties = sum(is_tied(note) for note in inner)
    if {note.duration for note in inner} <= {HALF, BAR, BAR + HALF}:
        wholes = sum(note.duration == BAR for note in inner) - ties
        if ties >= 2 and ties > wholes:
            return 4
        return 2 if sum(note.duration == HALF for note in inner) > len(inner) / 2 else 1
    quarters = sum(note.duration == QUARTER for note in inner)
    return 3 if quarters > 0.9 * len(inner) and not ties else 5


def is_tied(note: Note) -> bool:
    """Tell whether a note is held over a bar line."""
    return note.start // BAR != (note.end - 1) // BAR
