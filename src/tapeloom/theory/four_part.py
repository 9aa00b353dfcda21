"""Chords in four parts: soprano, alto, tenor and bass, with what may be doubled and left out."""

import itertools
from functools import lru_cache

from tapeloom.core.harmony import Chord
from tapeloom.theory.voicing import steps_in_need

# MIDI pitches from the lowest to the highest that a choir's parts sing with ease.
RANGES = {"bass": (40, 60), "tenor": (48, 67), "alto": (55, 74), "soprano": (60, 79)}
# The furthest that Bach's chorales take them, but for a note in a hundred phrases.
LIMITS = {"bass": (38, 62), "tenor": (48, 69), "alto": (53, 74), "soprano": (60, 81)}
WIDEST = (24, 12, 12)  # semitones between neighbours, from the bass up


@lru_cache(maxsize=4096)
def doublings(chord: Chord) -> tuple[tuple[int, ...], ...]:
    """List the pitch classes that four parts may sing, each choice in rising order.

    Every tone is sung but a perfect fifth, which may be left out, and what a chord of five notes
    and more can best spare. A root, a perfect fifth or the third of a triad may be doubled; a
    seventh, a tension or an altered fifth may not; only a root comes three times.

    >>> doublings(Chord.parse("G7"))
    ((2, 5, 7, 11), (5, 7, 7, 11))
    """
    steps = steps_in_need(chord.quality)
    bass = chord.bass_pitch_class
    telling = [(chord.root + step) % 12 for step in steps if step not in (0, 7)]
    needed = [bass, *(tone for tone in telling if tone != bass)][:4]
    doubled = {(chord.root + step) % 12 for step in steps if step in (0, 7)}
    if len(steps) == 3:
        doubled |= {(chord.root + step) % 12 for step in steps if step in (3, 4)}
    if bass not in chord.pitch_classes:
        doubled -= {bass}
    found = set()
    for extra in itertools.combinations_with_replacement(sorted(doubled), 4 - len(needed)):
        choice = tuple(sorted([*needed, *extra]))
        often = any(choice.count(tone) > 2 for tone in choice if tone != chord.root)
        if (chord.root in choice or len(needed) == 4) and not often:
            found.add(choice)
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def four_part_voicings(
    chord: Chord, *, low: int = 40, high: int = 79, wide: bool = False
) -> tuple[tuple[int, ...], ...]:
    """List what a choir may sing of a chord: pitches of bass, tenor, alto and soprano.

    Each part keeps to its range and within low and high, the bass sings the chord's bass, no
    parts cross or meet, and the upper three lie within an octave of their neighbours.

    wide   the parts go to the LIMITS of their ranges, and neighbours may meet on one note

    >>> (48, 55, 64, 72) in four_part_voicings(Chord.parse("C"))
    True
    """
    choices = set(doublings(chord))
    tones = {tone for choice in choices for tone in choice}
    ranges = (LIMITS if wide else RANGES).values()
    reach = [(max(low, bottom), min(high, top)) for bottom, top in ranges]
    apart = 0 if wide else 1
    found: list[tuple[int, ...]] = [
        (pitch,)
        for pitch in range(reach[0][0], reach[0][1] + 1)
        if pitch % 12 == chord.bass_pitch_class
    ]
    for (bottom, top), widest in zip(reach[1:], WIDEST, strict=True):
        found = [
            (*below, pitch)
            for below in found
            for pitch in range(max(bottom, below[-1] + apart), min(top, below[-1] + widest) + 1)
            if pitch % 12 in tones
        ]
    return tuple(each for each in found if tuple(sorted(pitch % 12 for pitch in each)) in choices)
