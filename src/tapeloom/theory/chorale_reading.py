"""Reading four voices as a chorale: the chord of each beat, and the faults of the whole."""

import itertools
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.keys import find_keys
from tapeloom.theory.part_writing import CHORALE, Fault, Rules, find_faults
from tapeloom.theory.texture import Texture, Voices

# What four voices sound of a chord, in the order in which chords are thought of.
_SOUNDED = (
    ("maj", (0, 4, 7)), ("min", (0, 3, 7)), ("dim", (0, 3, 6)), ("aug", (0, 4, 8)),
    ("7", (0, 4, 7, 10)), ("7", (0, 4, 10)), ("min7", (0, 3, 7, 10)), ("min7", (0, 3, 10)),
    ("maj7", (0, 4, 7, 11)), ("maj7", (0, 4, 11)), ("hdim7", (0, 3, 6, 10)),
    ("dim7", (0, 3, 6, 9)), ("maj", (0, 4)), ("min", (0, 3)),
)  # fmt: skip


@lru_cache(maxsize=1)
def _readings() -> dict[frozenset[int], tuple[tuple[int, str], ...]]:
    """Return the roots and qualities that some pitch classes may be."""
    found: dict[frozenset[int], tuple[tuple[int, str], ...]] = {}
    for quality, steps in _SOUNDED:
        for root in range(12):
            tones = frozenset((root + step) % 12 for step in steps)
            found[tones] = (*found.get(tones, ()), (root, quality))
    return found


def read_vertical(pitches: Sequence[int]) -> Chord | None:
    """Name the triad or seventh chord that some voices sound; None where they sound another thing.

    pitches   from the lowest voice; -1 rests

    >>> str(read_vertical((47, 55, 62, 67))), read_vertical((48, 55, 65, 72))
    ('G/B', None)
    """
    sounding = [pitch for pitch in pitches if pitch >= 0]
    readings = _readings().get(frozenset(pitch % 12 for pitch in sounding))
    if readings is None:
        return None
    bass = min(sounding) % 12
    root, quality = next((each for each in readings if each[0] == bass), readings[0])
    return Chord(root, quality, bass)


def read_harmony(texture: Texture, beats: Sequence[int]) -> tuple[ChordSpan, ...]:
    """Read the chord of each beat: the first that all voices agree on, suspensions resolved.

    A bare fifth that sounds through a whole beat is read as a triad without its third.

    >>> rows = [(48, 60, 65, 67), (48, 60, 64, 67), (43, 59, 62, 67)]
    >>> [str(span.chord) for span in read_harmony(Texture.from_chords(rows), (0, 2))]
    ['C', 'G']
    """
    at = np.array(texture.ticks)
    found: list[ChordSpan] = []
    stops = [*beats[1:], max(int(at[-1]) + 1, beats[-1] + 1)] if len(at) and beats else []
    for start, stop in zip(beats, stops, strict=False):
        first = max(int(np.searchsorted(at, start, side="right")) - 1, 0)
        last = max(int(np.searchsorted(at, stop, side="left")), first + 1)
        rows = texture.pitches[first:last]
        chord = next(filter(None, (read_vertical(row.tolist()) for row in rows)), None)
        chord = chord or _bare_fifth(rows)
        if chord is not None:
            found.append(ChordSpan(start, stop, chord))
    return tuple(found)


def _bare_fifth(rows: NDArray[np.int64]) -> Chord | None:
    tones = {int(pitch) % 12 for pitch in rows.flat if pitch >= 0}
    root = next((tone for tone in tones if tones == {tone, (tone + 7) % 12}), None)
    return None if root is None else Chord(root)


def check_chorale(
    voices: Voices,
    *,
    key: Key | None = None,
    chords: Sequence[ChordSpan] = (),
    beat: int = PPQ,
    phrases: Sequence[int] = (),
    rules: Rules = CHORALE,
) -> tuple[Fault, ...]:
    """Find the faults of a chorale: the harmony is read from the voices where it isn't given.

    voices    from the lowest, each one note at a time
    key       found from the notes where it isn't given
    beat      ticks of a beat; the first beat lies at tick 0
    phrases   ticks at which a phrase after the first begins

    >>> def voice(*pitches):
    ...     return [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(pitches)]
    >>> voices = voice(48, 43, 48), voice(60, 59, 60), voice(64, 65, 64), voice(67, 71, 72)
    >>> for fault in check_chorale(voices, key=Key("C", "major")):
    ...     print(fault.name, fault.voices)
    doubled leading tone (1, 3)
    parallel octaves (1, 3)
    """
    texture = Texture.from_voices(voices)
    if not texture.ticks:
        return ()
    notes = [note for voice in voices for note in voice]
    first = texture.ticks[0] // beat * beat
    beats = list(range(first, max(note.end for note in notes), beat))
    if not chords:
        chords = read_harmony(texture, beats)
    else:
        beats = sorted({*beats, *(span.start for span in chords)})
    home = key or find_keys(notes)[0].key
    return find_faults(texture, rules=rules, chords=chords, key=home, beats=beats, phrases=phrases)


def phrase_starts(melody: Sequence[Note], ends: Sequence[int]) -> tuple[int, ...]:
    """Return the ticks at which phrases begin after notes that end one (fermatas).

    ends   ticks at which the last notes of phrases begin

    >>> phrase_starts([Note(0, 4, 60), Note(4, 4, 62), Note(8, 4, 64)], (4,))
    (8,)
    """
    line = sorted(melody)
    return tuple(after.start for note, after in itertools.pairwise(line) if note.start in set(ends))
