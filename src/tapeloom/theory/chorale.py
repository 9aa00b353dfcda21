"""Four-part writing: soprano, alto, tenor and bass for a progression, free of faults."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale_costs import Costs
from tapeloom.theory.chorale_search import States, link, search, states_of
from tapeloom.theory.inversions import bass_prices, inversions, position_price
from tapeloom.theory.part_writing import CHORALE, Fault, Rules, find_faults
from tapeloom.theory.texture import Texture

VOICES = ("bass", "tenor", "alto", "soprano")
VELOCITY = 76
BASS = 4.0  # how much the line of a bass that may choose weighs against the rest
OPEN_END = 1.5  # cost of a phrase whose soprano ends on another tone than the root
MOST_CHORDS = 2000


@dataclass(frozen=True, slots=True)
class Chorale:
    """Four voices, the chords that they sing, and what is left to be desired."""

    voices: tuple[tuple[Note, ...], ...]  # bass, tenor, alto, soprano
    chords: tuple[ChordSpan, ...]  # with the basses that they stand on
    key: Key
    faults: tuple[Fault, ...] = ()  # what no solution could avoid
    phrases: tuple[int, ...] = ()  # ticks at which phrases after the first begin

    def voicings(self) -> tuple[tuple[int, ...], ...]:
        """Return the pitches that sound as each chord begins, from the bass up.

        >>> spans = [ChordSpan(0, PPQ, Chord.parse("C"))]
        >>> write_chorale(spans, Key("C", "major")).voicings()
        ((48, 55, 64, 72),)
        """
        texture = Texture.from_voices(self.voices).at([span.start for span in self.chords])
        return tuple(tuple(row) for row in texture.pitches.tolist())


def write_chorale(
    chords: Sequence[ChordSpan] | Sequence[Chord],
    key: Key,
    *,
    free_inversions: bool = False,
    phrases: Sequence[int] = (),
    rules: Rules = CHORALE,
) -> Chorale:
    """Write four voices for a progression: the best of all ways to sing it, by what they cost.

    chords            spans in ticks, or chords of a quarter each
    key               tells the leading tone
    free_inversions   chords without a written bass may stand on any of their tones, so that the
                      bass is a line of its own; else on their roots
    phrases           ticks at which phrases after the first begin
    rules             what is a fault; none is made where there is a way without

    Dynamic programming over every voicing within the ranges: the moves with faults are charged so
    much that the fewest are made, and parallels are none.

    >>> chorale = write_chorale([Chord.parse(c) for c in "C F G7 C".split()], Key("C", "major"))
    >>> chorale.faults
    ()
    >>> chorale.voicings()[-1][0] % 12
    0
    """
    spans = _spans(chords)
    starts = set(phrases)
    ends = {i for i, span in enumerate(spans[1:]) if span.start in starts} | {len(spans) - 1}
    firm = ends | {i - 1 for i in ends} | {0}
    options = [inversions(span.chord) if free_inversions else (span.chord,) for span in spans]
    places = [
        states_of(each, [position_price(chord, firm=i in firm) for chord in each], key)
        for i, each in enumerate(options)
    ]
    _refuse_unsung(places)
    for i in ends:
        place = places[i]
        roots = np.array([chord.root for chord in place.chords])[place.which]
        place.costs[:] += OPEN_END * (place.rows[:, 3] % 12 != roots)
    known: dict[tuple[tuple[Chord, ...], tuple[Chord, ...], bool], Costs] = {}
    links = []
    for i, (a, b) in enumerate(itertools.pairwise(places)):
        phrase = spans[i + 1].start in starts
        asked = (a.chords, b.chords, phrase)
        if asked not in known:
            between = BASS * bass_prices(a.chords, b.chords) if free_inversions else None
            known[asked] = link(a, b, key, rules, between=between, phrase=phrase)
        links.append(known[asked])

    def chosen(path: Sequence[int]) -> tuple[ChordSpan, ...]:
        return tuple(
            ChordSpan(span.start, span.end, place.chords[place.which[state]])
            for span, place, state in zip(spans, places, path, strict=True)
        )

    def faults_of(path: Sequence[int]) -> tuple[Fault, ...]:
        rows = [place.rows[state].tolist() for place, state in zip(places, path, strict=True)]
        found = chosen(path)
        return find_faults(
            _lines(rows, found), rules=rules, chords=found, key=key,
            beats=[span.start for span in found], phrases=phrases,
        )  # fmt: skip

    at = {span.start: i for i, span in enumerate(spans)}
    path = search(places, links, lambda path: [at[fault.tick] for fault in faults_of(path)])
    rows = [place.rows[state].tolist() for place, state in zip(places, path, strict=True)]
    found = chosen(path)
    return Chorale(_lines(rows, found), found, key, faults_of(path), tuple(phrases))


def _spans(chords: Sequence[ChordSpan] | Sequence[Chord]) -> tuple[ChordSpan, ...]:
    if not chords:
        raise InputError("there is no chord to write four voices for")
    if len(chords) > MOST_CHORDS:
        raise InputError(f"there are {len(chords)} chords; four voices take {MOST_CHORDS} at most")
    spans = [each for each in chords if isinstance(each, ChordSpan)]
    plain = [each for each in chords if isinstance(each, Chord)]
    return (*spans, *(ChordSpan(i * PPQ, (i + 1) * PPQ, each) for i, each in enumerate(plain)))


def _refuse_unsung(places: Sequence[States]) -> None:
    for place in places:
        if not len(place.rows):
            raise InputError(
                f"{place.chords[0]} cannot be sung by four voices; write a chord with fewer notes"
            )


def _lines(
    rows: Sequence[Sequence[int]], spans: Sequence[ChordSpan]
) -> tuple[tuple[Note, ...], ...]:
    """Give each voice its notes."""
    return tuple(
        tuple(
            Note(span.start, span.end - span.start, row[voice], VELOCITY)
            for row, span in zip(rows, spans, strict=True)
        )
        for voice in range(len(VOICES))
    )
