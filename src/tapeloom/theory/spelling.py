"""Spelling pitches in context: which of F# and Gb a note is, by key, chord and where it goes.

Names are places on the line of fifths (F -1, C 0, G 1, F# 6, Bb -2), see `core.pitch`.
"""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.pitch import line_of_fifths, pitch_class_name, plain_name
from tapeloom.core.score import ChordSpan
from tapeloom.theory.events import Events
from tapeloom.theory.intervals import SpelledPitch, spelled

# Steps of the letter names above a tonic by semitones, in the harmonic chromatic scale.
_CHROMATIC_STEPS = np.array((0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6))
_LETTER_CLASSES = np.array((0, 2, 4, 5, 7, 9, 11))
_LETTER_PLACES = np.array((0, 2, 4, -1, 1, 3, 5), np.int64)  # C to B on the line of fifths
_BEFORE, _AFTER = 10, 42  # notes of context, as D. Meredith chose them
_REPETITIONS = 4  # how often a note may be repeated before it goes on
# What speaks for a name; chosen on the melodies of half of OpenEWLD's lead sheets.
_IN_CHORD, _RESOLVES, _NEIGHBOUR, _USUAL, _FREELY = 1.0, 3.0, 1.0, 0.25, 0.5
_FIRM = {6: 3.0, 10: 2.5}  # the raised fourth and the flat seventh hold their names


def spell(
    events: Events,
    *,
    keys: Sequence[tuple[int, Key]] = (),
    chords: Sequence[ChordSpan] = (),
) -> NDArray[np.int64]:
    """Spell the notes of a passage; return their places on the line of fifths, shape (notes,).

    With keys known, the tones of the key keep their names; for another note the degree of the
    chord that it is speaks, where it goes and whence it came (a semitone up from a raised note,
    down from a lowered one), and what it would be without a key. Without keys, ps13, stage 1:
    D. Meredith, "The ps13 Pitch Spelling Algorithm", Journal of New Music Research 35, 2006.

    keys     (tick, key) pairs in order; the first holds from the beginning
    chords   what sounds when, as far as it is known

    >>> from tapeloom.core.score import Note
    >>> line = [Note(i, 1, p) for i, p in enumerate((62, 61, 62, 68, 69, 70, 69))]
    >>> line = Events.from_notes(line)
    >>> [plain_name(place) for place in spell(line, keys=((0, Key("D", "minor")),))]
    ['D', 'C#', 'D', 'G#', 'A', 'Bb', 'A']
    """
    if not len(events):
        return np.zeros(0, np.int64)
    if not keys:
        return _spell_freely(events.pitch)
    return _spell_in_keys(events, keys, chords)


def spell_pitches(
    pitches: Sequence[int], *, key: Key | None = None, chord: Chord | None = None
) -> tuple[SpelledPitch, ...]:
    """Spell a line of MIDI pitches, one after the other.

    >>> [str(pitch) for pitch in spell_pitches([60, 63, 66, 68], chord=Chord.parse("Ab7/C"))]
    ['C4', 'Eb4', 'Gb4', 'Ab4']
    >>> [str(pitch) for pitch in spell_pitches([63, 64, 63, 62], key=Key("C", "major"))]
    ['D#4', 'E4', 'Eb4', 'D4']
    """
    ticks = np.arange(len(pitches))
    events = Events.from_columns(ticks, ticks + 1, pitches)
    spans = [ChordSpan(0, max(len(pitches), 1), chord)] if chord else []
    home = key
    if key is None and chord is not None:
        home = Key(pitch_class_name(chord.root), "minor" if 3 in chord.intervals else "major")
    places = spell(events, keys=((0, home),) if home else (), chords=spans)
    return tuple(spelled(int(p), int(place)) for p, place in zip(events.pitch, places, strict=True))


def _spell_in_keys(
    events: Events, keys: Sequence[tuple[int, Key]], chords: Sequence[ChordSpan]
) -> NDArray[np.int64]:
    """Give each note the name that most speaks for."""
    changes = np.array([tick for tick, _ in keys])
    which = np.maximum(np.searchsorted(changes, events.onset, side="right") - 1, 0)
    starts = np.array([span.start for span in chords], np.int64)
    over = np.searchsorted(starts, events.onset, side="right") - 1
    resolutions, neighbours = find_resolutions(events)
    freely = _spell_freely(events.pitch)
    tables: dict[int, tuple[NDArray[np.int64], NDArray[np.bool_], tuple[int, int]]] = {}
    chord_tables: dict[tuple[int, int], dict[int, int]] = {}
    places = np.empty(len(events), np.int64)
    for i, number in enumerate((events.pitch % 12).tolist()):
        k = int(which[i])
        if k not in tables:
            tables[k] = _key_table(keys[k][1])
        usual, own, (low, high) = tables[k]
        place = int(usual[number])
        if own[number]:
            places[i] = place
            continue
        down = place if place < (low + high) / 2 else place - 12
        votes = {down: 0.0, down + 12: 0.0}
        if int(freely[i]) in votes:
            votes[int(freely[i])] += _FREELY
        c, named = int(over[i]), None
        if c >= 0 and events.onset[i] < chords[c].end:
            if (k, c) not in chord_tables:
                chord_tables[k, c] = chord_places(chords[c].chord, keys[k][1])
            named = chord_tables[k, c].get(number)
            if named in votes:
                votes[named] += _IN_CHORD
        above = (number - keys[k][1].pitch_class) % 12
        is_seventh = c >= 0 and named in votes and (number - chords[c].chord.root) % 12 == 10
        votes[place] += _USUAL if is_seventh else _FIRM.get(above, _USUAL)
        if resolutions[i]:
            votes[down + 12 if resolutions[i] > 0 else down] += _RESOLVES
        if neighbours[i]:
            votes[down + 12 if neighbours[i] > 0 else down] += _NEIGHBOUR
        places[i] = max(votes, key=lambda candidate: votes[candidate])
    return places


def _key_table(key: Key) -> tuple[NDArray[np.int64], NDArray[np.bool_], tuple[int, int]]:
    """Return the usual places of the twelve pitch classes, which are the key's, and its ends.

    Minor owns its raised sixth and seventh too.
    """
    usual = np.array([key.place_of(number) for number in range(12)])
    own = np.isin(np.arange(12), key.scale)
    low, high = int(usual[own].min()), int(usual[own].max())
    if key.mode == "minor":
        own[(key.pitch_class + 9) % 12] = own[(key.pitch_class + 11) % 12] = True
    return usual, own, (low, high)


def chord_places(chord: Chord, key: Key) -> dict[int, int]:
    """Return the places on the line of fifths of a chord's pitch classes, spelled in a key.

    >>> {plain_name(place) for place in chord_places(Chord.parse("E7"), Key("A")).values()} == {
    ...     "E", "G#", "B", "D"}
    True
    """
    root = line_of_fifths(plain_root(chord.symbol(key)))
    return {
        (chord.root + step) % 12: root + int(_LETTER_PLACES[(number - 1) % 7]) + 7 * alteration
        for (number, alteration), step in zip(
            QUALITIES[chord.quality].degrees, chord.intervals, strict=True
        )
    }


def find_resolutions(events: Events) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tell where each note's part goes and whence it came, by semitones.

    First, 1 where a note a semitone higher follows (repetitions skipped), -1 where a lower one
    does; then 1 where a note a semitone higher came before, -1 where a lower one did; else 0.

    >>> from tapeloom.core.score import Note
    >>> find_resolutions(Events.from_notes([Note(0, 4, 61), Note(4, 4, 61), Note(8, 4, 62)]))
    (array([1, 1, 0]), array([ 0,  0, -1]))
    """
    onward = np.zeros(len(events), np.int64)
    back = np.zeros(len(events), np.int64)
    for part in np.unique(events.part):
        rows = np.flatnonzero(events.part == part)
        chords: list[tuple[int, list[int]]] = []  # the rows of each onset
        for row, onset in zip(rows.tolist(), events.onset[rows].tolist(), strict=True):
            if chords and chords[-1][0] == onset:
                chords[-1][1].append(row)
            else:
                chords.append((onset, [row]))
        pitches = [{int(events.pitch[row]) for row in group} for _, group in chords]
        for i, (_, group) in enumerate(chords):
            for row in group:
                pitch = int(events.pitch[row])
                onward[row] = _step(pitch, pitches[i + 1 : i + 1 + _REPETITIONS])
                back[row] = _step(pitch, pitches[max(i - _REPETITIONS, 0) : i][::-1])
    return onward, back


def _step(pitch: int, others: Sequence[set[int]]) -> int:
    """Return 1 or -1 where the nearest that is no repetition lies a semitone above or below."""
    for around in others:
        if pitch not in around:
            return int(pitch + 1 in around) - int(pitch - 1 in around)
    return 0


def _spell_freely(pitches: NDArray[np.int64]) -> NDArray[np.int64]:
    """Spell notes in order of onset without a key: ps13, stage 1.

    Each pitch class in the context votes, as often as it sounds, for the letter that the note has
    in its harmonic chromatic scale; all letters together are then moved so that the names lie as
    near to the middle of the line of fifths as they can.
    """
    classes = pitches % 12
    count = len(classes)
    sounding = np.zeros((count + 1, 12))
    np.cumsum(np.eye(12)[classes], axis=0, out=sounding[1:])
    at = np.arange(count)
    context = sounding[np.minimum(at + _AFTER, count)] - sounding[np.maximum(at - _BEFORE, 0)]
    first = classes[0]
    tonics = np.arange(12)
    # The letters of each tonic, relative to the first note's: the first note is letter 0.
    tonic_letters = -_CHROMATIC_STEPS[(first - tonics) % 12]
    letters = (tonic_letters + _CHROMATIC_STEPS[(classes[:, None] - tonics) % 12]) % 7
    votes = np.zeros((count, 7))
    for letter in range(7):
        votes[:, letter] = np.where(letters == letter, context, 0.0).sum(axis=1)
    chosen = votes.argmax(axis=1)
    named = []
    for start in range(7):
        letter = (chosen + start) % 7
        alteration = (classes - _LETTER_CLASSES[letter] + 6) % 12 - 6
        named.append(_LETTER_PLACES[letter] + 7 * alteration)
    # The naturals F to B lie around 2, the place of D.
    return min(named, key=lambda places: float(np.abs(places - 2).sum()))


def spell_chords(chords: Sequence[Chord], key: Key) -> tuple[str, ...]:
    """Write chord symbols as they are spelled in a key and before one another.

    A diminished chord that steps up to the next root is a raised degree, one that steps down a
    lowered one; a dominant a semitone above the next root is the flat side's (`Db7` to `C`).

    >>> c = Key("C", "major")
    >>> spell_chords([Chord.parse(text) for text in ("Em7", "Ebdim7", "Dm7", "Db7", "C")], c)
    ('Em7', 'Ebdim7', 'Dm7', 'Db7', 'C')
    >>> spell_chords([Chord.parse(text) for text in ("C", "Dbdim7", "Dm7", "Ebdim7", "Em7")], c)
    ('C', 'C#dim7', 'Dm7', 'D#dim7', 'Em7')
    """
    written = []
    for chord, following in zip_longest(chords, chords[1:]):
        plain = chord.symbol(key)
        if following is None or chord.root in key.scale:
            written.append(plain)
            continue
        step = (following.root - chord.root) % 12
        is_diminished = chord.intervals[1:3] == (3, 6)
        if step not in (1, 11) or (step == 1 and not is_diminished):
            written.append(plain)
            continue
        goal = key.place_of(following.root)
        place = goal + (5 if step == 1 else -5)  # a minor second away: another letter
        written.append(chord.symbol(key, root=plain_name(place)))
    return tuple(written)


def plain_root(symbol: str) -> str:
    """Return the root's name at the beginning of a chord symbol.

    >>> plain_root("Ebm7"), plain_root("C7b9")
    ('Eb', 'C')
    """
    return symbol[:2] if symbol[1:2] in ("#", "b") else symbol[:1]
