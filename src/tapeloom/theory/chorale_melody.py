"""A melody harmonised as a chorale: the chords of each beat, and the three voices below."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import VELOCITY, Chorale
from tapeloom.theory.chorale_costs import Costs
from tapeloom.theory.chorale_grammar import arrivals, openings, rests, symbols, transitions
from tapeloom.theory.chorale_reading import phrase_starts
from tapeloom.theory.chorale_search import Top, link, search, states_of
from tapeloom.theory.four_part import LIMITS
from tapeloom.theory.keys import find_keys
from tapeloom.theory.part_moves import allowed_steps, wishes
from tapeloom.theory.part_writing import CHORALE, Fault, Rules, find_faults

FOREIGN = 9.0  # cost of a melody note on the beat that isn't the chord's, if it moves by step
STRANGE = 40.0  # if it doesn't
PASSING = 0.3  # of one after the beat, by step
SKIPPED = 5.0  # by leap
FORCED = 60.0  # parallels of the outer voices, or a bound tone that is not led on
DULL = 0.9  # a chord that stays, with its bass
LOOSE = 1.5  # how much more so into a stronger beat
KEPT = (6, 14)  # chords of a beat that are voiced: the first try, and the second
HARMONY = 4.0  # how much the chords weigh against the way in which they are sung
LONGEST = 4000  # beats
OWN = ("leap", "tritone leap", "augmented second", "range")  # a given soprano's own affair


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat of the melody: what sounds in it."""

    start: int
    end: int
    pitches: tuple[int, ...]  # in order; the first may be held from before
    held: bool  # whether the first is
    strong: bool


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
    line = _sung(melody)
    home = key or find_keys(line)[0].key
    mode = "minor" if home.is_minor else "major"
    ends = {note.start for note in line if note.start in set(phrase_ends)} | {line[-1].start}
    beats = _beats(line, ends, beat, bar)
    phrases = tuple(tick for tick in phrase_starts(line, sorted(ends)))
    margins, prices, betweens = _weigh(beats, line, ends, set(phrases), home, mode)
    tries: list[Chorale] = []
    for kept in KEPT:
        tries.append(
            _voice(beats, line, home, mode, margins, prices, betweens, phrases, rules, kept=kept)
        )
        if not tries[-1].faults:
            break
    return min(tries, key=lambda found: len(found.faults))


def _sung(melody: Sequence[Note]) -> list[Note]:
    """Put a melody into the soprano's range, by octaves."""
    line = sorted(melody)
    if len(line) < 2:
        raise InputError(
            f"the melody has {len(line)} note{'s' * (len(line) != 1)}; "
            "a chorale needs a phrase of two or more"
        )
    for first, second in itertools.pairwise(line):
        if second.start < first.end:
            raise InputError(
                f"the melody sounds two notes at tick {second.start}; give one voice alone"
            )
    low, high = min(note.pitch for note in line), max(note.pitch for note in line)
    bottom, top = LIMITS["soprano"]
    shifts = [by for by in (0, 12, -12, 24, -24, 36, -36) if bottom <= low + by <= high + by <= top]
    if not shifts:
        raise InputError(
            f"the melody goes from {pitch_name(low)} to {pitch_name(high)}; a soprano sings "
            f"{pitch_name(bottom)} to {pitch_name(top)}, so transpose it or give a smaller range"
        )
    return [replace(note, pitch=note.pitch + shifts[0]) for note in line]


def _beats(line: Sequence[Note], ends: set[int], beat: int, bar: int) -> list[Beat]:
    """Cut a melody into beats; the last note of a phrase is one, however long it is."""
    if line[-1].end // beat > LONGEST:
        raise InputError(f"the melody has over {LONGEST} beats; give a shorter one")
    cuts = set(range(line[0].start // beat * beat, line[-1].end, beat))
    for note in line:
        if note.start in ends:
            cuts -= set(range(note.start + 1, note.end))
            cuts.add(note.start)
            cuts.add(note.end)
    found = []
    ticks = sorted(cuts)
    for start, stop in zip(ticks, [*ticks[1:], line[-1].end], strict=True):
        inside = [note for note in line if note.start < stop and note.end > start]
        if not inside:
            continue
        first = max(start, inside[0].start)
        found.append(
            Beat(
                first, min(stop, max(note.end for note in inside)),
                tuple(note.pitch for note in inside), inside[0].start < first,
                (start % bar) in (0, bar // 2 if bar % (2 * beat) == 0 else 0),
            )
        )  # fmt: skip
    return found


@lru_cache(maxsize=2)
def _tones(mode: str) -> NDArray[np.bool_]:
    """Return whether each symbol's chord holds each pitch class, (symbols, 12)."""
    every = symbols(mode)
    held = np.zeros((len(every), 12), np.bool_)
    for row, symbol in zip(held, every, strict=True):
        row[list(symbol.chord.pitch_classes)] = True
    return held


@lru_cache(maxsize=4096)
def _fits(mode: str, pitches: tuple[int, ...]) -> Costs:
    """Return what each symbol costs under a beat of melody, pitches counted from the tonic."""
    held = _tones(mode)
    cost = np.zeros(len(held))
    for i, pitch in enumerate(pitches):
        foreign = ~held[:, pitch % 12]
        if i:
            cost += foreign * (PASSING if abs(pitch - pitches[i - 1]) <= 2 else SKIPPED)
        else:
            led = len(pitches) > 1 and abs(pitches[1] - pitch) <= 2
            resolved = held[:, pitches[1] % 12] if led else np.zeros(len(held), np.bool_)
            cost += foreign * np.where(resolved, FOREIGN, STRANGE)
    return cost


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """Tones that pairs of symbols bind, all pairs in one table."""

    bass: Costs  # (symbols, symbols) what a bound tone in the bass costs where it isn't led on
    pairs: NDArray[np.intp]  # (bound tones, 2): a symbol and the one after
    tones: NDArray[np.int64]  # (bound tones,) pitch classes
    steps: tuple[tuple[int, ...], ...]  # what the soprano may do with each


@lru_cache(maxsize=2)
def _bound(mode: str) -> _Bound:
    every = symbols(mode)
    key = Key("C", mode)
    bass = np.zeros((len(every), len(every)))
    found = []
    for (i, a), (j, b) in itertools.product(enumerate(every), enumerate(every)):
        below = a.chord.bass_pitch_class
        step = (b.chord.bass_pitch_class - below) % 12
        for wish in wishes(a.chord, b.chord, key):
            if wish.tone == below and step not in {each % 12 for each in wish.steps}:
                bass[i, j] = FORCED
            found.append((i, j, wish.tone, allowed_steps(wish, 3, 4)))
    return _Bound(
        bass, np.array([each[:2] for each in found]), np.array([each[2] for each in found]),
        tuple(each[3] for each in found),
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _bounds(mode: str, before: int, after: int, step: int) -> Costs:
    """Return what the outer voices cost where the melody moves, (symbols, symbols).

    before, after   the melody's pitch classes, counted from the tonic
    step            semitones that it moves
    """
    bound = _bound(mode)
    table = bound.bass.copy()
    for row in np.flatnonzero(bound.tones == before).tolist():
        if step not in bound.steps[row]:
            table[tuple(bound.pairs[row])] = FORCED
    if step % 12:
        below = np.array([each.chord.bass_pitch_class for each in symbols(mode)])
        here, there = (before - below)[:, None] % 12, (after - below)[None] % 12
        moved = below[:, None] != below[None]
        table[moved & (here == there) & ((here == 0) | (here == 7))] = FORCED
    return table


@lru_cache(maxsize=2)
def _staying(mode: str) -> Costs:
    """Return what it costs to stay on a chord, (symbols, symbols): in all, and with its bass."""
    chords = [each.chord for each in symbols(mode)]
    roots = np.array([chord.root for chord in chords])
    basses = np.array([chord.bass_pitch_class for chord in chords])
    stays: NDArray[np.bool_] = (roots[:, None] == roots[None]) & (basses[:, None] == basses[None])
    return np.asarray(DULL * stays)


def _weigh(
    beats: Sequence[Beat], line: Sequence[Note], ends: set[int], phrases: set[int], home: Key,
    mode: str,
) -> tuple[list[Costs], list[Costs], list[Costs]]:  # fmt: skip
    """Return, for each beat, each symbol's best total, its own cost, and the costs between beats.

    A symbol's best total is the cost of the best path through it: forward and backward sums.
    """
    every = symbols(mode)
    own = np.array([each.cost for each in every])
    grammar = transitions(mode)
    closing = [i for i, each in enumerate(beats) if each.start in ends]
    prices = [
        own + _fits(mode, tuple(pitch - home.pitch_class for pitch in each.pitches))
        for each in beats
    ]
    prices[0] = prices[0] + openings(mode)
    for i in closing:
        prices[i] = prices[i] + rests(mode, last=i == len(beats) - 1)
    betweens = []
    for i, (a, b) in enumerate(itertools.pairwise(beats), 1):
        cost = grammar
        if b.start in phrases:
            cost = 0.5 * np.minimum(grammar, 8.0)
        else:
            before, after = a.pitches[-1] - home.pitch_class, b.pitches[0] - home.pitch_class
            cost = cost + _bounds(mode, before % 12, after % 12, after - before) + _staying(mode)
            if b.strong:
                cost = cost + LOOSE * _staying(mode)
        betweens.append(cost + arrivals(mode) if i in closing else cost)
    forward = [prices[0]]
    for price, between in zip(prices[1:], betweens, strict=True):
        forward.append((forward[-1][:, None] + between).min(axis=0) + price)
    backward = [np.zeros(len(every))]
    for price, between in zip(reversed(prices), reversed(betweens), strict=False):
        backward.append((between + (price + backward[-1])[None]).min(axis=1))
    margins = [a + b for a, b in zip(forward, reversed(backward), strict=True)]
    return margins, prices, betweens


def _voice(
    beats: Sequence[Beat], line: Sequence[Note], home: Key, mode: str, margins: Sequence[Costs],
    prices: Sequence[Costs], betweens: Sequence[Costs], phrases: tuple[int, ...], rules: Rules, *,
    kept: int,
) -> Chorale:  # fmt: skip
    """Search the voicings of the likeliest chords of each beat together."""
    every = symbols(mode)
    chosen, places = [], []
    for each, margin, price in zip(beats, margins, prices, strict=True):
        order = np.argsort(margin, kind="stable")
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
            between=HARMONY * betweens[i][np.ix_(chosen[i], chosen[i + 1])],
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
