"""The harmony under lines that are given: the cheapest path through the chords of the keys."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note

# Degree (semitones above the tonic) and quality of the chords of a key, and what each costs.
_CHORDS = {
    False: ((0, "maj", 0.0), (2, "min", 0.3), (4, "min", 0.9), (5, "maj", 0.2), (7, "maj", 0.1),
            (7, "7", 0.3), (9, "min", 0.4), (11, "dim", 0.7)),
    True: ((0, "min", 0.0), (2, "dim", 0.5), (3, "maj", 0.5), (5, "min", 0.2), (7, "maj", 0.1),
           (7, "7", 0.3), (8, "maj", 0.4), (10, "maj", 0.7), (11, "dim", 0.5), (7, "min", 1.0)),
}  # fmt: skip
# What it costs to go from a degree's chord to another's (semitones above the tonic).
_DEGREES = {0: 0, 2: 1, 3: 2, 4: 2, 5: 3, 7: 4, 8: 5, 9: 5, 10: 6, 11: 6}
_MOVES = (
    (0.2, 0.3, 0.6, 0.2, 0.2, 0.3, 0.5),  # I
    (1.0, 0.3, 1.2, 1.0, 0.0, 1.0, 0.3),  # II
    (1.0, 0.8, 0.3, 0.4, 1.0, 0.1, 1.0),  # III
    (0.3, 0.3, 1.2, 0.3, 0.0, 0.8, 0.3),  # IV
    (0.0, 1.2, 1.0, 1.2, 0.2, 0.3, 0.6),  # V
    (0.7, 0.1, 0.8, 0.1, 0.4, 0.3, 0.8),  # VI
    (0.0, 1.2, 0.3, 1.2, 0.5, 0.8, 0.3),  # VII
)
_OUTSIDE, _PASSING, _HELD, _SIXFOUR = 3.0, 0.25, 0.8, 1.6
_STAYS = (0.0, 0.2, 0.5)  # by level: the chord is the same as before
_OFF_BEAT = 0.9  # it changes between beats


@dataclass(frozen=True, slots=True)
class Place:
    """One step of the plan."""

    start: int  # ticks
    end: int
    key: Key
    level: int  # 2 begins a bar, 1 a beat, 0 lies between beats
    chord: Chord | None = None  # what it must be


@lru_cache(maxsize=64)
def vocabulary(key: Key) -> tuple[tuple[Chord, float], ...]:
    """List the chords of a key, each with what it costs.

    >>> [str(chord) for chord, _ in vocabulary(Key("C", "major"))]
    ['C', 'Dm', 'Em', 'F', 'G', 'G7', 'Am', 'Bdim']
    """
    return tuple(
        (Chord((key.pitch_class + step) % 12, quality), cost)
        for step, quality, cost in _CHORDS[key.is_minor]
    )


def plan_chords(
    lines: Sequence[Sequence[Note]],
    beats: Sequence[Place],
    *,
    bass: int | None = None,
) -> tuple[Chord, ...]:
    """Choose a chord for each place that the lines fit, by the cheapest path (Viterbi).

    A note on the beat that is no chord tone costs much, unless it is held over and falls by step,
    or passes by step; chords go where they go in tonal music, and change on beats rather than
    between them; a bass that sings the fifth of its chord is avoided.

    lines  what sounds already, in any order
    bass   which of the lines is the bass, where one is

    >>> tune = [Note(i * 4, 4, pitch) for i, pitch in enumerate((72, 71, 72))]
    >>> c = Key("C", "major")
    >>> beats = [Place(i * 4, i * 4 + 4, c, 1) for i in range(3)]
    >>> [str(chord) for chord in plan_chords([tune], beats)]
    ['C', 'G', 'C']
    """
    heard = [_heard(line, beats, i == bass) for i, line in enumerate(lines)]
    paths: list[list[tuple[float, int]]] = []
    options: list[tuple[tuple[Chord, float], ...]] = []
    for i, beat in enumerate(beats):
        forced = ((beat.chord, 0.0),) if beat.chord is not None else ()
        choices = forced or vocabulary(beat.key)
        row = []
        for chord, own in choices:
            tones = chord.pitch_classes
            cost = own + sum(_fit(part[i], tones) for part in heard)
            if not i:
                row.append((cost, -1))
                continue
            came = min(
                ((paths[-1][j][0] + _move(before, chord, beat), j)
                 for j, (before, _) in enumerate(options[-1])),
            )  # fmt: skip
            row.append((cost + came[0], came[1]))
        paths.append(row)
        options.append(choices)
    if not paths:
        return ()
    at = min(range(len(paths[-1])), key=lambda j: paths[-1][j][0])
    found = []
    for row, choices in zip(reversed(paths), reversed(options), strict=True):
        found.append(choices[at][0])
        at = row[at][1]
    return tuple(reversed(found))


def _move(before: Chord, chord: Chord, beat: Place) -> float:
    if before == chord:
        return _STAYS[beat.level]
    tonic = beat.key.pitch_class
    start = _DEGREES.get((before.root - tonic) % 12)
    end = _DEGREES.get((chord.root - tonic) % 12)
    late = 0.0 if beat.level else _OFF_BEAT
    if start is None or end is None:
        return 0.6 + late
    if before.root == chord.root:
        return late + (0.1 if chord.quality == "7" else 0.8)
    return _MOVES[start][end] + late


def _heard(
    line: Sequence[Note], beats: Sequence[Place], is_bass: bool
) -> list[list[tuple[int, float, bool]]]:
    """Weigh the notes of a line in each beat: pitch class, cost outside the chord, in the bass."""
    starts = [note.start for note in line]
    found = []
    for beat in beats:
        first = max(bisect_right(starts, beat.start) - 1, 0)
        row = []
        for i in range(first, len(line)):
            note = line[i]
            if note.start >= beat.end:
                break
            if note.end <= beat.start:
                continue
            after = line[i + 1] if i + 1 < len(line) else None
            down = note.pitch - after.pitch if after else 0
            up = note.pitch - line[i - 1].pitch if i else 0
            share = (min(note.end, beat.end) - max(note.start, beat.start)) / (
                beat.end - beat.start
            )
            passes = abs(down) in (1, 2) and abs(up) in (1, 2)
            if note.start < beat.start:
                cost = _HELD if down in (1, 2) else _OUTSIDE
            elif note.start == beat.start:
                cost = _OUTSIDE * (0.4 + 0.6 * share) * (1.0 if beat.level else 0.8)
                if passes:
                    cost *= 0.7 if beat.level else 0.3
            else:
                cost = _PASSING if passes else _OUTSIDE * (0.3 + 0.7 * share)
            row.append((note.pitch % 12, cost, is_bass and note.start <= beat.start))
        found.append(row)
    return found


def _fit(notes: Sequence[tuple[int, float, bool]], tones: Sequence[int]) -> float:
    cost = 0.0
    for pitch_class, outside, low in notes:
        if pitch_class not in tones:
            cost += outside
        elif low and len(tones) > 2 and pitch_class == tones[2]:
            cost += _SIXFOUR
    return cost
