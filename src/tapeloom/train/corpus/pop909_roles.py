"""POP909 with its players: notes on the corrected grid of POP909-CL, told apart by the first set.

POP909-CL has all notes on one track, quantised, with chords, key and metre that people corrected;
POP909 has the same notes as they were played, on tracks for melody, bridge and piano. The n-th note
of a pitch is the same note in both, but for
a few that one of them has alone.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.midi import read_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.train.corpus.pop909 import read_song

ROLE_OF_TRACK = {"MELODY": "melody", "BRIDGE": "other", "PIANO": "keys"}
HIGHEST_BASS = 52  # E3: what lies higher is the chords'
FEWEST_BY_NUMBER = 0.5  # share of the notes that must pair by number: they tell the time
NEAR_S = 0.3  # seconds between two notes that may be one
MOST_MISSING = 0.02  # share of the notes that only one set may have
BASS_SPAN = 7  # semitones above the lowest note of a half bar that still are bass


def read_pop909_song(played: Path, quantised: Path) -> Score:
    """Read a song from its files in both sets.

    Velocities and tempo (the mean one) are POP909's, everything else is POP909-CL's. The piano's
    lowest line is the bass, the rest of it the keys.
    """
    sheet = read_song(quantised)
    written = sheet.score.parts[0].notes if sheet.score.parts else ()
    then = read_midi(played)
    by_track = {
        track: part.notes for part in then.parts for track in ROLE_OF_TRACK if part.name == track
    }
    told = _match(written, by_track, then, name=played.stem)
    roles: dict[str, list[Note]] = defaultdict(list)
    for note, track, twin in told:
        roles[ROLE_OF_TRACK[track]].append(replace(note, velocity=twin.velocity))
    half = 2 * PPQ
    bass, keys = split_hands(roles.pop("keys", []), half)
    roles |= {"keys": keys, "bass": bass}
    parts = tuple(
        Part(role, role, notes=tuple(_distinct(notes))) for role, notes in roles.items() if notes
    )
    return replace(sheet.score, parts=parts, tempo=_mean_tempo(told, then))


Told = tuple[Note, str, Note]  # as written, its track, as played


def _match(
    written: Sequence[Note], by_track: Mapping[str, Sequence[Note]], then: Score, *, name: str
) -> list[Told]:
    """Pair the notes of both sets: by number, and by time where a pitch has more in one of them."""
    played: dict[int, list[tuple[int, int, str, Note]]] = defaultdict(list)
    for track, notes in by_track.items():
        for note in notes:
            played[note.pitch].append((note.start, note.end, track, note))
    pitches: dict[int, list[Note]] = defaultdict(list)
    for note in sorted(written, key=lambda n: (n.start, n.end)):
        pitches[note.pitch].append(note)
    found: list[Told] = []
    odd: list[Note] = []
    for pitch, notes in pitches.items():
        twins = sorted(played[pitch])
        if len(twins) == len(notes):
            found += [(n, track, twin) for n, (_, _, track, twin) in zip(notes, twins, strict=True)]
        else:
            odd += notes
    if len(found) < FEWEST_BY_NUMBER * max(len(written), 1):
        raise InputError(f"pop909 {name}: the two sets differ in over half of their pitches")
    found.sort(key=lambda told: told[0].start)
    ticks = np.array([note.start for note, _, _ in found])
    seconds = np.array([then.tempo.tick_to_s(twin.start) for _, _, twin in found])
    missing = 0
    for note in odd:
        at = float(np.interp(note.start, ticks, seconds))
        near = [
            (abs(then.tempo.tick_to_s(start) - at), i)
            for i, (start, _, _, _) in enumerate(played[note.pitch])
        ]
        distance, i = min(near, default=(math.inf, -1))
        if distance > NEAR_S:
            missing += 1
            continue
        _, _, track, twin = played[note.pitch].pop(i)
        found.append((note, track, twin))
    if missing > MOST_MISSING * len(written):
        raise InputError(f"pop909 {name}: {missing} of {len(written)} notes are in one set only")
    return sorted(found, key=lambda told: told[0])


def _mean_tempo(told: Sequence[Told], then: Score) -> TempoMap:
    first, last = told[0], told[-1]
    ticks = last[0].start - first[0].start
    seconds = then.tempo.tick_to_s(last[2].start) - then.tempo.tick_to_s(first[2].start)
    bpm = 60.0 * ticks / PPQ / seconds if ticks > 0 and seconds > 0 else 0.0
    if not 20.0 <= bpm <= 400.0:
        raise InputError(f"pop909: a song's tempo would be {bpm:.0f} bpm")
    return TempoMap.constant(round(bpm, 2))


def split_hands(notes: Sequence[Note], span: int) -> tuple[list[Note], list[Note]]:
    """Part a piano's lowest line from what lies above it.

    span  ticks of a stretch, whose lowest notes are the bass where they begin below all that sounds

    >>> low, high = split_hands([Note(0, 8, 36), Note(0, 8, 60), Note(4, 4, 43), Note(6, 2, 48)], 8)
    >>> [note.pitch for note in low], [note.pitch for note in high]
    ([36], [60, 43, 48])
    """
    floor: dict[int, int] = {}
    for note in notes:
        at = note.start // span
        floor[at] = min(floor.get(at, 127), note.pitch)
    bass: list[Note] = []
    rest: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.start, n.pitch)):
        sounding = bass and bass[-1].end > note.start and bass[-1].pitch <= note.pitch
        is_low = note.pitch <= min(HIGHEST_BASS, floor[note.start // span] + BASS_SPAN)
        if is_low and not sounding:
            if bass and bass[-1].end > note.start:  # a line has one voice
                bass[-1] = replace(bass[-1], duration=note.start - bass[-1].start)
            bass.append(note)
        else:
            rest.append(note)
    return bass, rest


def _distinct(notes: Sequence[Note]) -> list[Note]:
    """Keep one of notes that begin together on one pitch, the longest."""
    longest: dict[tuple[int, int], Note] = {}
    for note in notes:
        at = note.start, note.pitch
        if at not in longest or longest[at].duration < note.duration:
            longest[at] = note
    return list(longest.values())
