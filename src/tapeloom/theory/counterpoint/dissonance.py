"""Dissonances between voices, and what explains each: passing, neighbour, suspension, seventh."""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.score import ChordSpan, Note

CONSONANT = frozenset({0, 3, 4, 7, 8, 9})  # semitones within an octave; the fourth above a bass not
KINDS = ("passing", "neighbour", "suspension", "chord", "pedal", "free")


@dataclass(frozen=True, slots=True, order=True)
class Dissonance:
    """Two voices that sound a dissonance at a tick."""

    tick: int
    voices: tuple[int, int]  # from the lowest, counted from 0
    pitches: tuple[int, int]
    kind: str  # one of KINDS; free is what nothing explains


def find_dissonances(
    voices: Sequence[Sequence[Note]],
    *,
    ticks: Sequence[int],
    chords: Sequence[ChordSpan] = (),
    pedal_ticks: int = 0,
) -> tuple[Dissonance, ...]:
    """Find what is dissonant at some ticks (the beats, say), and explain it where that can be done.

    A passing note comes by step and goes on by step, a neighbour comes and returns by step, a
    suspension is held from before and falls by step. Tones of one chord explain each other where
    the chords are given, and a note of at least `pedal_ticks` is a pedal (0: none is). A fourth
    counts above the lowest voice only, and a tritone among upper voices does not count.

    >>> upper, lower = [Note(0, 2, 72), Note(2, 1, 71)], [Note(0, 1, 69), Note(1, 2, 62)]
    >>> [d.kind for d in find_dissonances([lower, upper], ticks=(0, 1, 2))]
    ['suspension']
    """
    lines = [sorted(line, key=lambda note: note.start) for line in voices]
    starts = [[note.start for note in line] for line in lines]
    found = []
    for tick in ticks:
        sounding: dict[int, int] = {}  # voice -> index of its note
        for voice, line in enumerate(lines):
            at = bisect_right(starts[voice], tick) - 1
            if at >= 0 and line[at].end > tick:
                sounding[voice] = at
        if len(sounding) < 2:
            continue
        lowest = min(lines[v][i].pitch for v, i in sounding.items())
        chord = next((span.chord for span in chords if span.start <= tick < span.end), None)
        tones = chord.pitch_classes if chord else ()
        for (low, i), (high, j) in itertools.combinations(sounding.items(), 2):
            pair = (lines[low][i].pitch, lines[high][j].pitch)
            interval = abs(pair[1] - pair[0]) % 12
            if interval in CONSONANT or (interval in (5, 6) and min(pair) != lowest):
                continue
            if pedal_ticks and max(lines[low][i].duration, lines[high][j].duration) >= pedal_ticks:
                kind = "pedal"
            elif pair[0] % 12 in tones and pair[1] % 12 in tones and interval != 5:
                kind = "chord"
            else:
                kinds = (explain(lines[low], i, tick), explain(lines[high], j, tick))
                kind = next((k for k in KINDS if k in kinds), "free")
            found.append(Dissonance(tick, (low, high), pair, kind))
    return tuple(found)


def explain(line: Sequence[Note], index: int, tick: int) -> str:
    """Tell what a note could be as a dissonance at a tick; `free` where it is none of these.

    >>> line = [Note(0, 1, 60), Note(1, 1, 62), Note(2, 1, 64)]
    >>> explain(line, 1, 1), explain(line, 0, 0)
    ('passing', 'free')
    """
    note = line[index]
    before = line[index - 1] if index and line[index - 1].end == note.start else None
    after = line[index + 1] if index + 1 < len(line) and line[index + 1].start == note.end else None
    down = note.pitch - after.pitch if after else 0
    if after and note.start < tick and down in (1, 2):
        return "suspension"
    if before is None or after is None:
        return "free"
    up = note.pitch - before.pitch
    # A note struck again on the beat after its preparation is a suspension too.
    if up == 0 and down in (1, 2):
        return "suspension"
    if abs(up) not in (1, 2) or abs(down) not in (1, 2):
        return "free"
    return "passing" if (up > 0) == (down < 0) else "neighbour"
