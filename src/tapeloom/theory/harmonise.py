"""Chords for a melody that has none: the likeliest way through a model of harmony."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Note
from tapeloom.theory.chart import COMMON_METERS
from tapeloom.theory.families import FAMILIES, SIZE, START, family, frame
from tapeloom.theory.keys import find_keys
from tapeloom.theory.melody_fit import AVOID, LONG, MelodyNote, melody_over, role
from tapeloom.theory.ngrams import NGrams
from tapeloom.theory.palette import STYLES, harmony_style
from tapeloom.theory.setting import Setting

FIT = 1.2  # how much the melody weighs against the way of harmony
CLASH = 20.0  # cost of an avoid note under a long melody note
CHANGE = 2.0  # cost of a change at richness 0, and its reward at 1
HELD = 2.0  # cost of a chord that is held into a new pair of bars, at richness 1
_STALE = {0: 2.0, 4: 1.0}  # twice that into a new four bars
END = 5.0  # cost of an end away from the tonic
_PLAIN = ("maj", "7", "min7", "min", "hdim7", "dim7", "7sus4", "aug")  # by family
_FILE = Path(__file__).parents[1] / "models" / "harmoniser.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Harmoniser:
    """What melodies sound over chords, and how chords follow one another in songs and in jazz.

    `melody` holds the logarithm of a melody note's chance by family and semitones above the root,
    shape (8, 12). `ways` tell, half bar by half bar (bar by bar in odd meters), what follows
    [place among four bars, place in the bar, the chord before]; a held chord follows itself.
    """

    melody: NDArray[np.float64]
    ways: dict[str, NGrams]


def phase(tick: int, meters: Meters) -> tuple[int, int]:
    """Return a step's place among four bars, 0..15, and in its bar, 0..3 (2 and 3 in odd meters).

    >>> phase(60480, ((0, Meter(4, 4)),)), phase(0, ((0, Meter(3, 4)),))
    ((3, 1), (8, 2))
    """
    meter = meter_at(meters, tick)
    since = tick - max((at for at, _ in meters if at <= tick), default=0)
    late = int(since % meter.bar_ticks != 0)
    odd = int(step_ticks(meter) == meter.bar_ticks)
    return since // meter.bar_ticks % 4 * 2 + late + 8 * odd, late + 2 * odd


def step_ticks(meter: Meter) -> int:
    """Return how often a chord may change: half a bar where its beats are even, else a bar.

    >>> step_ticks(Meter(4, 4)), step_ticks(Meter(3, 4))
    (20160, 30240)
    """
    even = meter.numerator % 2 == 0 and meter.numerator > 2
    return meter.bar_ticks // 2 if even else meter.bar_ticks


@lru_cache(maxsize=1)
def harmoniser() -> Harmoniser:
    """Return the tables that come with the package (see models/harmoniser.md).

    >>> sorted(harmoniser().ways), harmoniser().melody.shape
    (['jazz', 'songs'], (8, 12))
    """
    with np.load(_FILE, allow_pickle=False) as file:
        arrays = dict(file)
    ways = {name: NGrams.from_arrays(arrays, name, size=SIZE) for name in ("jazz", "songs")}
    return Harmoniser(np.asarray(arrays["melody"], np.float64), ways)


def harmonise(
    melody: Sequence[Note],
    *,
    meters: Meters = COMMON_METERS,
    key: Key | None = None,
    style: str = "jazz",
    richness: float = 0.5,
    end: int | None = None,
) -> tuple[ChordSpan, ...]:
    """Find chords for a melody, one or two a bar, from the bar of its first note to its end.

    key       found from the melody where it isn't given
    style     a name in palette.STYLES
    richness  0 changes seldom, 1 often
    end       tick of the end; the end of the last note's bar where it isn't given

    A hidden Markov model: the states are roots and families, what is heard is the melody, learned
    tables tell what melodies sound over chords and how chords follow one another in songs or in
    jazz, whichever the style leans to, and Viterbi's algorithm finds the path.
    No chord has an avoid note under a note of a quarter or longer, where the style has any that
    hasn't.

    >>> tune = [Note(i * 10080, 10080, p) for i, p in enumerate((64, 62, 60, 62, 64, 64, 60, 60))]
    >>> [str(s.chord) for s in harmonise(tune, key=Key("C", "major"), style="pop")]
    ['C']
    """
    if not melody:
        raise InputError("there is no melody to harmonise; it has no notes")
    if not 0.0 <= richness <= 1.0:
        raise InputError(f"richness is {richness}; it must lie between 0 and 1")
    manner = harmony_style(style)
    line = tuple(sorted(melody))
    key = key or find_keys(line)[0].key
    cuts = _cuts(line, meters, end)
    slots = list(itertools.pairwise(cuts))
    fits = np.array([_fit(melody_over(line, a, b, meters=meters), style) for a, b in slots])
    stays = np.array([_stay(line, at, style) for at, _ in slots])
    path = _walk(fits, stays, slots, key, meters, richness, manner.way)
    setting = Setting((ChordSpan(cuts[0], cuts[-1], Chord(0)),), key, manner, meters, line)
    return _dress(setting, slots, path)


def _cuts(melody: Sequence[Note], meters: Meters, end: int | None) -> list[int]:
    """Return the ticks at which a chord may begin, and the end."""
    stop = max(note.end for note in melody)
    if end is None:
        last = bar_starts(meters, stop)[-1]
        end = last + meter_at(meters, last).bar_ticks
    if end <= melody[0].start:
        raise InputError(f"the end, tick {end}, lies before the melody begins")
    grid = steps(meters, end)
    bars = [bar for bar in bar_starts(meters, end) if bar <= melody[0].start]
    return [*(tick for tick in grid if tick >= bars[-1]), end]


def steps(meters: Meters, end: int) -> list[int]:
    """List the ticks at which a chord may change: bars and, where they are even, their halves.

    >>> [tick // 10080 for tick in steps(((0, Meter(4, 4)), (40320, Meter(3, 4))), 100800)]
    [0, 2, 4, 7]
    """
    ticks: list[int] = []
    for start, stop in itertools.pairwise([*bar_starts(meters, end), end]):
        ticks.extend(range(start, stop, step_ticks(meter_at(meters, start))))
    return ticks


@lru_cache(maxsize=16)
def _avoided(style: str) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return the pitch classes that each chord of a style avoids, (chords, 12), and its symbol."""
    avoids, symbols = [], []
    for quality in STYLES[style].qualities:
        if quality in QUALITIES:
            avoided = [role(quality, above) == AVOID for above in range(12)]
            for root in range(12):
                avoids.append(np.roll(avoided, root))
                symbols.append(8 * root + family(quality))
    return np.array(avoids), np.array(symbols, np.intp)


@lru_cache(maxsize=1)
def _heard() -> NDArray[np.float64]:
    """Return the cost of each pitch class over each root and family, shape (96, 12)."""
    table = harmoniser().melody
    return np.array([np.roll(-table[s % 8], s // 8) for s in range(SIZE)])


def _fit(melody: Sequence[MelodyNote], style: str) -> NDArray[np.float64]:
    """Return what each root and family costs under a melody, shape (96,)."""
    avoids, symbols = _avoided(style)
    weight = np.zeros(12)
    long = np.zeros(12, bool)
    for note in melody:
        weight[note.pitch % 12] += note.weight * (0.5 if note.resolves else 1.0)
        long[note.pitch % 12] |= note.is_long
    clash = np.full(SIZE, 2.0 * CLASH)  # families that the style hasn't
    np.minimum.at(clash, symbols, CLASH * (avoids & long).any(axis=1))
    return clash + FIT * (_heard() @ weight)


def _stay(melody: Sequence[Note], tick: int, style: str) -> NDArray[np.float64]:
    """Return what it costs to hold a chord over a tick, shape (96,).

    A note across it may be long over what is held though it is short on both sides.
    """
    avoids, symbols = _avoided(style)
    across = np.zeros(12, bool)
    for note in melody:
        if note.start < tick < note.end and note.duration >= LONG:
            across[note.pitch % 12] = True
    cost = np.zeros(SIZE)
    if across.any():
        cost[symbols] = CLASH
        np.minimum.at(cost, symbols, CLASH * (avoids & across).any(axis=1))
    return cost


@lru_cache(maxsize=256)
def _following(way: str, place: tuple[int, int]) -> NDArray[np.float64]:
    """Return the cost of each symbol after each other in C or A minor, and after both beginnings.

    Shape (98, 96).
    """
    grams = harmoniser().ways[way]
    rows = [grams.distribution([*place, before]) for before in range(START + 2)]
    return -np.log(np.array(rows))


def _walk(
    fits: NDArray[np.float64],
    stays: NDArray[np.float64],
    slots: Sequence[tuple[int, int]],
    key: Key,
    meters: Meters,
    richness: float,
    way: str,
) -> list[int]:
    """Return the cheapest states, one for each slot."""
    turn = 8 * frame(key)
    heard = np.roll(fits, -turn, axis=1)  # as in C or A minor
    stays = np.roll(stays, -turn, axis=1)
    tonic = 8 * ((key.pitch_class - frame(key)) % 12)
    homes = ("minor", "minor7") if key.is_minor else ("major",)
    away = np.full(SIZE, END)
    away[[tonic + FAMILIES.index(name) for name in homes]] = 0.0
    change = CHANGE * (1.0 - 2.0 * richness) * (1.0 - np.eye(SIZE))
    total = heard[0]
    back = np.zeros(heard.shape, np.intp)
    for i, (start, _) in enumerate(slots):
        place = phase(start, meters)
        following = _following(way, place)
        if i == 0:
            total = heard[0] + following[START + key.is_minor]
            continue
        held = HELD * richness * _STALE.get(place[0] % 8, 0.0) + stays[i]
        reach = total[:, None] + following[:SIZE] + change + np.diag(held)
        back[i] = reach.argmin(axis=0)
        total = reach.min(axis=0) + heard[i]
    path = [int((total + away).argmin())]
    for i in range(len(slots) - 1, 0, -1):
        path.append(int(back[i][path[-1]]))
    return [(state + turn) % SIZE for state in reversed(path)]


def _dress(
    setting: Setting, slots: Sequence[tuple[int, int]], path: Sequence[int]
) -> tuple[ChordSpan, ...]:
    """Give each stretch of one state the quality that suits style, melody and what follows."""
    stretches: list[tuple[int, int, int]] = []
    for (start, end), state in zip(slots, path, strict=True):
        if stretches and stretches[-1][2] == state:
            stretches[-1] = (stretches[-1][0], end, state)
        else:
            stretches.append((start, end, state))
    spans: list[ChordSpan] = []
    target: Chord | None = None
    for start, end, state in reversed(stretches):
        root, kind = state // 8, FAMILIES[state % 8]
        inside = [(a, b) for a, b in slots if start <= a < end]
        whole = setting.dressed(root, kind, start, end, target=target)
        for a, b in [(start, end)] if whole else reversed(inside):
            options = setting.dressed(root, kind, a, b, target=target)
            chord = options[0][0] if options else Chord(root, _PLAIN[state % 8])
            if spans and spans[0].chord == chord and spans[0].start == b:
                spans[0] = ChordSpan(a, spans[0].end, chord)
            else:
                spans.insert(0, ChordSpan(a, b, chord))
        target = spans[0].chord
    return tuple(spans)
