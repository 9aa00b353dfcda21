"""Passing notes for a chorale: where a voice moves a third, the step between, if it stays clean."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import Chorale
from tapeloom.theory.part_writing import CHORALE, Fault, Rules, find_faults

SHORTEST = PPQ  # ticks of a note that may be divided
MOST_AT_ONCE = 2  # voices that pass together


def decorate_chorale(chorale: Chorale, *, soprano: bool = False, rules: Rules = CHORALE) -> Chorale:
    """Fill the thirds that voices move with passing notes, on the second half of a note.

    soprano   whether it passes too; a given melody stays as it is
    rules     a passing note that makes a fault by them is left out

    Each is tried in order of time and kept where the whole has no more faults than before.

    >>> from tapeloom.core.harmony import Chord
    >>> from tapeloom.theory.chorale import write_chorale
    >>> chords = [Chord.parse(name) for name in "C Am F Dm G C".split()]
    >>> plain = write_chorale(chords, Key("C", "major"))
    >>> passing = decorate_chorale(plain)
    >>> passing.faults == plain.faults, len(passing.voices[0]) > len(plain.voices[0])
    (True, True)
    """
    voices = [list(voice) for voice in chorale.voices]
    count = len(chorale.faults)
    taken: dict[int, int] = {}  # by tick, the voices that pass there
    for start, voice in sorted(_thirds(chorale, voices if soprano else voices[:3])):
        at = next(i for i, note in enumerate(voices[voice]) if note.start == start)
        note, after = voices[voice][at : at + 2]
        half = note.duration // 2
        if taken.get(start + half, 0) == MOST_AT_ONCE:
            continue
        for pitch in _between(note.pitch, after.pitch, chorale.key):
            split = [
                replace(note, duration=half),
                replace(note, start=start + half, duration=note.duration - half, pitch=pitch),
            ]
            line = [*voices[voice][:at], *split, *voices[voice][at + 1 :]]
            tried = [line if i == voice else other for i, other in enumerate(voices)]
            if len(_faults(chorale, tried, rules)) <= count:
                voices = tried
                taken[start + half] = taken.get(start + half, 0) + 1
                break
    return replace(
        chorale, voices=tuple(map(tuple, voices)), faults=_faults(chorale, voices, rules)
    )


def _thirds(chorale: Chorale, voices: Sequence[Sequence[Note]]) -> Iterator[tuple[int, int]]:
    """Yield where a voice moves a third within a phrase: the first note's tick, and the voice."""
    for voice, line in enumerate(voices):
        for note, after in itertools.pairwise(line):
            third = abs(after.pitch - note.pitch) in (3, 4)
            bound = after.start == note.end and after.start not in chorale.phrases
            if third and bound and note.duration >= SHORTEST:
                yield note.start, voice


def _between(here: int, there: int, key: Key) -> list[int]:
    """List the notes of the key between two; in minor the sixth and seventh are raised going up."""
    tones = set(key.scale)
    if key.is_minor and there > here:
        tones = (tones - {(key.pitch_class + 8) % 12, (key.pitch_class + 10) % 12}) | {
            (key.pitch_class + 9) % 12, (key.pitch_class + 11) % 12,
        }  # fmt: skip
    step = 1 if there > here else -1
    return [pitch for pitch in range(here + step, there, step) if pitch % 12 in tones]


def _faults(chorale: Chorale, voices: Sequence[Sequence[Note]], rules: Rules) -> tuple[Fault, ...]:
    """Find the faults of the voices, but for what a given soprano does alone."""
    own = {(fault.tick, fault.name) for fault in chorale.faults}
    found = find_faults(
        voices, rules=rules, chords=chorale.chords, key=chorale.key, phrases=chorale.phrases,
        beats=[span.start for span in chorale.chords],
    )  # fmt: skip
    return tuple(f for f in found if f.voices != (3,) or (f.tick, f.name) in own)
