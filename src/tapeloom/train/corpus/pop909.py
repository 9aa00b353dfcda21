"""POP909-CL: pop songs for piano, quantised, with chords that people corrected.

Each song is one MIDI file: a first track with all notes, a second that plays the chords in close
position over their bass.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path

from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.core.midi import read_midi
from tapeloom.core.score import ChordSpan, Note
from tapeloom.theory.chord_rules import LABELS
from tapeloom.train.corpus.lead_sheet import LeadSheet


@cache
def _by_shape() -> dict[frozenset[int], Chord]:
    """Return the chord that each set of pitch classes above C as the bass stands for.

    A chord in root position goes first, then the plainer quality.
    """
    shapes: dict[frozenset[int], Chord] = {}
    for inversion in range(4):
        for label in LABELS:
            steps = QUALITIES[label].intervals
            if inversion and (inversion >= len(steps) or label.endswith(("sus2", "sus4"))):
                continue
            shape = frozenset((step - steps[inversion]) % 12 for step in steps)
            shapes.setdefault(shape, Chord(-steps[inversion] % 12, label, 0))
    return shapes


def chord_of(pitches: Sequence[int]) -> Chord | None:
    """Name the chord that the chord track plays, the lowest note its bass; None for no chord.

    >>> str(chord_of([52, 55, 60])), chord_of([60, 62])
    ('C/E', None)
    """
    if not pitches:
        return None
    bass = min(pitches) % 12
    shape = _by_shape().get(frozenset((pitch - bass) % 12 for pitch in pitches))
    return None if shape is None else shape.transpose(bass)


def read_song(path: Path) -> LeadSheet:
    """Read one song: its notes as one part, its chords as spans where they have a name.

    A span ends where the next one begins, even if it has no name. The title is the song's number,
    which is also its song key.
    """
    score = read_midi(path)
    if len(score.parts) < 2:
        return LeadSheet(path.stem, "", None, score, ("There is no track of chords.",))
    played = [
        (start, max(note.end for note in notes), chord_of([note.pitch for note in notes]))
        for start, notes in _chords_played(score.parts[1].notes)
    ]
    starts = [start for start, _, _ in played[1:]]
    spans, problems = [], []
    for (start, end, chord), following in zip(played, [*starts, None], strict=True):
        if chord is None:
            problems.append(f"The chord at tick {start} has no name.")
        else:
            spans.append(ChordSpan(start, min(end, following or end), chord))
    score = replace(score, parts=score.parts[:1], chords=tuple(spans))
    return LeadSheet(path.stem, "", None, score, tuple(problems))


def _chords_played(notes: Sequence[Note]) -> Iterator[tuple[int, list[Note]]]:
    for start, group in groupby(notes, key=lambda note: note.start):
        yield start, list(group)


def read_pop909(folder: Path, *, excluded: frozenset[str] = frozenset()) -> Iterator[LeadSheet]:
    """Read every song of a folder in order, but for the excluded numbers (`{"003"}`)."""
    for path in sorted(folder.glob("*.mid")):
        if path.stem not in excluded:
            yield read_song(path)
