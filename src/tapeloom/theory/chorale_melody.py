"""A melody harmonised as a chorale: the chords of each beat, and the three voices below."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import VELOCITY, Chorale
from tapeloom.theory.chorale_beats import Beat, cut_beats, sung
from tapeloom.theory.chorale_chords import Weighed, weigh_chords
from tapeloom.theory.chorale_grammar import symbols
from tapeloom.theory.chorale_reading import phrase_starts
from tapeloom.theory.chorale_search import Top, link, search, states_of
from tapeloom.theory.keys import find_keys
from tapeloom.theory.part_writing import CHORALE, Fault, Rules, find_faults

KEPT = (6, 14)  # chords of a beat that are voiced: the first try, and the second
HARMONY = 4.0  # how much the chords weigh against the way in which they are sung
OWN = ("leap", "tritone leap", "augmented second", "range")  # a given soprano's own affair


def harmonise_chorale(
    melody: Sequence[Note],
    key: Key | None = None,
    *,
    phrase_ends: Sequence[int] = (),
    beat: int = PPQ,
    bar: int = 4 * PPQ,
    rules: Rules = CHORALE,
) -> Chorale:
    """Harmonise a melody in four parts: a chord for each beat, cadences where phrases end.

    melody        one note at a time; it is sung by the soprano, an octave or two away if need be
    key           found from the melody where it isn't given
    phrase_ends   ticks at which the last notes of phrases begin (fermatas); the last note ends one
    beat, bar     ticks
    rules         what is a fault; none is made where there is a way without

    The chords that the grammar likes best are found first, by the cost of the best chorale that
    each could be part of; then their voicings are searched together.

    >>> tune = [Note(i * PPQ, PPQ, p) for i, p in enumerate((72, 74, 76, 77, 76, 74, 72))]
    >>> chorale = harmonise_chorale(tune, Key("C", "major"))
    >>> chorale.faults, [str(span.chord) for span in chorale.chords][-2:]
    ((), ['G', 'C'])
    """
    line = sung(melody)
    home = key or find_keys(line)[0].key
    mode = "minor" if home.is_minor else "major"
    ends = {note.start for note in line if note.start in set(phrase_ends)} | {line[-1].start}
    beats = cut_beats(line, ends, beat, bar)
    phrases = phrase_starts(line, sorted(ends))
    weighed = weigh_chords(beats, ends, phrases, home.pitch_class, mode)
    tries: list[Chorale] = []
    for kept in KEPT:
        tries.append(_voice(beats, line, home, weighed, phrases, rules, kept=kept))
        if not tries[-1].faults:
            break
    return min(tries, key=lambda found: len(found.faults))


def _voice(
    beats: Sequence[Beat], line: Sequence[Note], home: Key, weighed: Weighed,
    phrases: tuple[int, ...], rules: Rules, *, kept: int,
) -> Chorale:  # fmt: skip
    """Search the voicings of the likeliest chords of each beat together."""
    every = symbols("minor" if home.is_minor else "major")
    chosen, places = [], []
    for each, best, price in zip(beats, weighed.best, weighed.prices, strict=True):
        order = np.argsort(best, kind="stable")
        top = Top(each.pitches[0], each.pitches[-1], min(each.pitches))
        for count in (kept, len(every)):
            picked = order[:count]
            chords = [every[i].chord.transpose(home.pitch_class) for i in picked]
            place = states_of(chords, (HARMONY * price[picked]).tolist(), home, top)
            if len(place.rows):
                break
        else:
            raise InputError(
                f"no chord can be sung under {pitch_name(each.pitches[0])} at tick {each.start}"
            )
        chosen.append(picked)
        places.append(place)
    links = [
        link(
            places[i], places[i + 1], home, rules, phrase=beats[i + 1].start in phrases,
            between=HARMONY * weighed.betweens[i][np.ix_(chosen[i], chosen[i + 1])],
        )
        for i in range(len(beats) - 1)
    ]  # fmt: skip
    starts = [each.start for each in beats]

    def spans_of(path: Sequence[int]) -> tuple[ChordSpan, ...]:
        return tuple(
            ChordSpan(each.start, each.end, place.chords[place.which[state]])
            for each, place, state in zip(beats, places, path, strict=True)
        )

    def voices_of(path: Sequence[int]) -> tuple[tuple[Note, ...], ...]:
        rows = [place.rows[state].tolist() for place, state in zip(places, path, strict=True)]
        lower = (_line(beats, [row[voice] for row in rows]) for voice in range(3))
        return (*lower, tuple(line))

    def faults_of(path: Sequence[int]) -> tuple[Fault, ...]:
        found = find_faults(
            voices_of(path), rules=rules, chords=spans_of(path), key=home, beats=starts,
            phrases=phrases,
        )  # fmt: skip
        return tuple(each for each in found if each.name not in OWN or each.voices != (3,))

    def places_of(path: list[int]) -> list[int]:
        ticks = [each.tick for each in faults_of(path)]
        return [int(np.searchsorted(starts, tick, side="right")) - 1 for tick in ticks]

    path = search(places, links, places_of)
    return Chorale(voices_of(path), spans_of(path), home, faults_of(path), phrases)


def _line(beats: Sequence[Beat], pitches: Sequence[int]) -> tuple[Note, ...]:
    """Write one of the lower voices: what the soprano holds is held, where the pitch stays."""
    notes: list[Note] = []
    for each, pitch in zip(beats, pitches, strict=True):
        last = notes[-1] if notes else None
        if last and each.held and last.pitch == pitch and last.end == each.start:
            notes[-1] = replace(last, duration=each.end - last.start)
        else:
            notes.append(Note(each.start, each.end - each.start, pitch, VELOCITY))
    return tuple(notes)
