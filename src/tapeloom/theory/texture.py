"""Voices laid side by side, so that what they do together can be seen."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Score

Rows = NDArray[np.int64]  # (moments, voices), -1 where a voice rests
Voices = Sequence[Sequence[Note]]


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """Voices laid side by side: one row for each moment at which any of them begins a note."""

    ticks: tuple[int, ...]
    pitches: Rows  # (moments, voices), -1 where a voice rests
    struck: NDArray[np.bool_]  # (moments, voices), whether the voice begins a note here

    @classmethod
    def from_voices(cls, voices: Voices) -> "Texture":
        """Lay out lines of one note at a time, from the lowest voice to the highest."""
        lines = [sorted(voice, key=lambda note: note.start) for voice in voices]
        for number, line in enumerate(lines):
            for first, second in itertools.pairwise(line):
                if second.start < first.end:
                    raise InputError(
                        f"voice {number + 1} sounds two notes at tick {second.start}; "
                        "give each voice one at a time"
                    )
        ticks = sorted({note.start for line in lines for note in line})
        at = {tick: row for row, tick in enumerate(ticks)}
        pitches = np.full((len(ticks), len(lines)), -1, np.int64)
        struck = np.zeros(pitches.shape, np.bool_)
        for voice, line in enumerate(lines):
            for note in line:
                last = int(np.searchsorted(ticks, note.end))
                pitches[at[note.start] : last, voice] = note.pitch
                struck[at[note.start], voice] = True
        return cls(tuple(ticks), pitches, struck)

    @classmethod
    def from_score(cls, score: Score) -> "Texture":
        """Lay out the pitched parts of a score, each one voice, in order of their mean pitch."""
        parts = [part for part in score.parts if part.notes and part.role != "drums"]
        for part in parts:
            for first, second in itertools.pairwise(part.notes):
                if second.start < first.end:
                    raise InputError(
                        f"part {part.name!r} sounds two notes at tick {second.start}; "
                        "only parts of one note at a time are voices"
                    )
        height = {part.name: float(np.mean([note.pitch for note in part.notes])) for part in parts}
        ordered = sorted(parts, key=lambda part: height[part.name])
        return cls.from_voices([part.notes for part in ordered])

    @classmethod
    def from_chords(cls, chords: Sequence[Sequence[int | None]]) -> "Texture":
        """Lay out chords of equally many voices from the lowest; None rests; ticks are indices."""
        if len({len(chord) for chord in chords}) > 1:
            raise InputError("the chords differ in their numbers of voices; write None for a rest")
        rows = [[-1 if pitch is None else pitch for pitch in chord] for chord in chords]
        pitches = np.array(rows, np.int64).reshape(len(rows), len(rows[0]) if rows else 0)
        return cls(tuple(range(len(chords))), pitches, pitches >= 0)

    def at(self, ticks: Sequence[int]) -> "Texture":
        """Keep what sounds at some ticks alone, such as the beats: the frame of the passage.

        Passing notes no longer hide the parallels between these ticks.
        """
        rows = np.searchsorted(self.ticks, ticks, side="right") - 1
        if (rows < 0).any() or any(b <= a for a, b in itertools.pairwise(ticks)):
            raise InputError("ticks must rise, and none may lie before the first note")
        pitches = self.pitches[rows]
        return Texture(tuple(ticks), pitches, pitches >= 0)
