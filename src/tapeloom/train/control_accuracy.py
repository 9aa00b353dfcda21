"""Whether generated music is what was asked: tempo, key, chords, density, mood.

Key, chords and mood are told by the notes alone: what a score states of itself is not looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import bar_starts
from tapeloom.core.score import ChordSpan, Note, Score
from tapeloom.theory.events import Events
from tapeloom.theory.keys import find_key
from tapeloom.theory.recognition import recognise_chords
from tapeloom.train.confidence import wilson

CONTROLS = ("tempo", "key", "chords", "density", "mood")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a generator was asked for; None was left open."""

    bpm: float | None = None
    key: Key | None = None
    chords: tuple[ChordSpan, ...] = ()
    density: float | None = None  # pitched notes a bar
    mood: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How values are sorted into the bins that a model knows (`neural.controls`)."""

    tempo_bin: Callable[[float], int]
    density_bin: Callable[[float], int]
    mood: Callable[[Score], str]  # of a score that states no key


@dataclass(frozen=True, slots=True)
class Share:
    """How often something was as asked."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """The share, 0..1; 0 of none."""
        return self.hits / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        return wilson(self.hits, self.count)


def notes_of(score: Score) -> list[Note]:
    """Return the pitched notes in order of time."""
    return sorted(n for part in score.parts if part.role != "drums" for n in part.notes)


def heard_key(score: Score) -> Key | None:
    """Return the key that the notes tell; None without notes."""
    notes = notes_of(score)
    return find_key(Events.from_notes(notes), meters=score.meters).key if notes else None


def density(score: Score) -> float:
    """Return the pitched notes a bar, over all bars up to the last note."""
    notes = notes_of(score)
    bars = len(bar_starts(score.meters, max((note.end for note in notes), default=0)))
    return len(notes) / bars if bars else 0.0


def heard_chords(score: Score, asked: Sequence[ChordSpan]) -> list[bool]:
    """Tell for each chord that was asked for whether the notes sound it.

    Between the asked edges the likeliest chords are found; right is the same root with the same
    kind of third, or the same pitch classes (C6 and Am7).
    """
    notes = notes_of(score)
    if not notes:
        return [False] * len(asked)
    edges = sorted({tick for span in asked for tick in (span.start, span.end)})
    found = recognise_chords(notes, edges, change_cost=0.0)
    at = np.searchsorted([span.start for span in found], [span.start for span in asked], "right")
    return [alike(span.chord, found[i - 1].chord) for span, i in zip(asked, at, strict=True)]


def alike(first: Chord, second: Chord) -> bool:
    """Tell whether two chords have the same root and kind of third, or the same pitch classes.

    >>> alike(Chord.parse("Cmaj7"), Chord.parse("C")), alike(Chord.parse("C6"), Chord.parse("Am7"))
    (True, True)
    """
    if set(first.pitch_classes) == set(second.pitch_classes):
        return True

    def third(chord: Chord) -> int:
        return next((step for step in (4, 3) if step in chord.intervals), 0)

    return first.root == second.root and third(first) == third(second)


def control_accuracy(pieces: Sequence[tuple[Asked, Score]], rules: Rules) -> Mapping[str, Share]:
    """Return for each of CONTROLS how often the music is what was asked; chords one by one."""
    hits: dict[str, list[bool]] = {name: [] for name in CONTROLS}
    for asked, score in pieces:
        if asked.bpm is not None:
            hits["tempo"].append(
                rules.tempo_bin(asked.bpm) == rules.tempo_bin(score.tempo.initial_bpm)
            )
        if asked.key is not None:
            key = heard_key(score)
            hits["key"].append(
                key is not None
                and (key.pitch_class, key.is_minor) == (asked.key.pitch_class, asked.key.is_minor)
            )
        if asked.chords:
            hits["chords"] += heard_chords(score, asked.chords)
        if asked.density is not None:
            hits["density"].append(
                rules.density_bin(asked.density) == rules.density_bin(density(score))
            )
        if asked.mood is not None:
            hits["mood"].append(rules.mood(replace(score, keys=())) == asked.mood)
    return {name: Share(sum(row), len(row)) for name, row in hits.items()}
