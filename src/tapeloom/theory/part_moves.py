"""What is wrong with a move of voices: the rules of motion, asked of many moves at once.

Each function takes two arrays of pitches, `a` and `b`, with the voices from the lowest on the last
axis and -1 for a rest. They are broadcast: rows of a passage against the rows after them tell the
passage's faults, and every voicing against every voicing of the next chord what a search may do.
What is found comes with the voices on the first axis: one entry for each voice or pair of voices.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.voice_costs import Tendency, tendencies

# What each fault is called, and what is wrong with it.
FAULTS = {
    "parallel fifths": "two voices keep a perfect fifth while both move",
    "parallel octaves": "two voices keep an octave while both move",
    "parallel unisons": "two voices keep a unison while both move",
    "fifths by contrary motion": "two voices go from fifth to fifth in opposite directions",
    "octaves by contrary motion": "two voices go from octave to octave in opposite directions",
    "direct fifth": "two voices move the same way into a perfect fifth",
    "direct octave": "two voices move the same way into an octave or a unison",
    "dissonance": "two voices sound a dissonance, or a fourth above the lowest voice",
    "crossing": "a voice sounds above the next higher one",
    "overlap": "a voice goes beyond where its neighbour just was",
    "spacing": "neighbouring upper voices lie more than an octave apart",
    "range": "a voice leaves its range",
    "leap": "a voice leaps a seventh or more than an octave",
    "tritone leap": "a voice leaps a tritone",
    "augmented second": "a voice steps between the lowered sixth and the leading tone",
    "unresolved leading tone": "a leading tone doesn't rise to the tonic",
    "unresolved seventh": "a chord's seventh doesn't fall by step",
    "doubled leading tone": "two voices sound the leading tone",
    "doubled seventh": "two voices sound the chord's seventh",
    "missing third": "a chord sounds without its third",
}
Pitches = NDArray[np.integer[Any]]
Voices = tuple[tuple[int, ...], ...]
Found = Iterator[tuple[str, Voices, NDArray[np.bool_]]]  # fault, who, where: (who, ...)


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a fault, and where the limits lie."""

    faults: frozenset[str]  # names in FAULTS
    outer_direct: bool = True  # direct fifths and octaves between the outer voices only
    direct_leap: int = 3  # semitones from which the upper voice's leap makes them direct
    widest: int = 12  # semitones between neighbours above the bass
    ranges: tuple[tuple[int, int], ...] = ()  # of each voice, where the passage has as many
    overlap_room: int = 0  # semitones that a voice may go beyond where its neighbour was
    turned_tritones: bool = False  # a tritone is no fault where the voice turns back after it
    lasting: frozenset[str] = frozenset()  # faults that last a beat, or are none

    def __post_init__(self) -> None:
        unknown = sorted((self.faults | self.lasting) - set(FAULTS))
        if unknown:
            raise InputError(f"{unknown[0]!r} is no fault; choose from {', '.join(FAULTS)}")


@lru_cache(maxsize=32)
def _pairs(voices: int) -> Voices:
    return tuple(itertools.combinations(range(voices), 2))


def _of(pitches: Pitches, who: Sequence[int]) -> Pitches:
    """Return some voices of an array, on its first axis."""
    return np.moveaxis(pitches[..., list(who)], -1, 0)


def pair_faults(a: Pitches, b: Pitches, rules: Rules) -> Found:
    """Find what two voices do together in a move: parallels and direct motion.

    >>> a, b = np.array([48, 55]), np.array([[50, 57], [50, 55]])
    >>> [(name, who, where.tolist())
    ...  for name, who, where in pair_faults(a, b, Rules(frozenset(FAULTS))) if where.any()]
    [('parallel fifths', ((0, 1),), [[True, False]])]
    """
    pairs = _pairs(a.shape[-1])
    lows, highs = [low for low, _ in pairs], [high for _, high in pairs]
    x, y, u, v = _of(a, lows), _of(a, highs), _of(b, lows), _of(b, highs)
    before, after = np.abs(y - x), np.abs(v - u)
    goal = after % 12
    fifth, octave = goal == 7, goal == 0
    moved = (x != u) & (y != v)
    if (a < 0).any() or (b < 0).any():
        moved &= (x >= 0) & (u >= 0) & (y >= 0) & (v >= 0)
    moved &= fifth | octave
    alike = (u > x) == (v > y)
    same = moved & (before % 12 == goal)
    together, apart = same & alike, same & ~alike
    unison = (before == 0) & (after == 0)
    yield "parallel fifths", pairs, together & fifth
    yield "parallel unisons", pairs, together & unison
    yield "parallel octaves", pairs, together & octave & ~unison
    yield "fifths by contrary motion", pairs, apart & fifth
    yield "octaves by contrary motion", pairs, apart & octave
    outer = [i for i, pair in enumerate(pairs) if pair == (0, a.shape[-1] - 1)]
    at = slice(outer[0], outer[0] + 1) if rules.outer_direct and outer else slice(None)
    high = np.where(v >= u, v - y, u - x)[at]  # what the upper voice does, crossed or not
    direct = (moved & ~same & alike)[at] & (np.abs(high) >= rules.direct_leap)
    yield "direct fifth", pairs[at], direct & fifth[at]
    yield "direct octave", pairs[at], direct & octave[at]


def overlap_faults(a: Pitches, b: Pitches, room: int) -> Found:
    """Find where a voice goes more than some semitones beyond where its neighbour just was.

    >>> [where.tolist() for _, _, where in overlap_faults(
    ...     np.array([48, 55]), np.array([[57, 60], [53, 60]]), 0)]
    [[[True, False]]]
    """
    voices = a.shape[-1]
    lows, highs = range(voices - 1), range(1, voices)
    x, y, u, v = _of(a, lows), _of(a, highs), _of(b, lows), _of(b, highs)
    apart = (x <= y) & (u <= v)
    if (a < 0).any() or (b < 0).any():
        apart = apart & (x >= 0) & (u >= 0) & (y >= 0) & (v >= 0)
    pairs = tuple(zip(lows, highs, strict=True))
    yield "overlap", pairs, apart & ((u > y + room) | (v < x - room))


def leap_faults(a: Pitches, b: Pitches, key: Key | None) -> Found:
    """Find the leaps that a voice finds awkward: tritones, sevenths, more than an octave.

    >>> [(name, where.tolist()) for name, _, where in leap_faults(
    ...     np.array([60]), np.array([[66], [70], [64]]), None) if where.any()]
    [('leap', [[False, True, False]]), ('tritone leap', [[True, False, False]])]
    """
    who = tuple((voice,) for voice in range(a.shape[-1]))
    x, y = np.moveaxis(a, -1, 0), np.moveaxis(b, -1, 0)
    size = np.abs(y - x)
    if (a < 0).any() or (b < 0).any():
        size = np.where((x >= 0) & (y >= 0), size, 0)
    yield "leap", who, (size >= 10) & (size != 12)
    yield "tritone leap", who, size == 6
    if key is not None and key.is_minor:
        here, there = (x - key.pitch_class) % 12, (y - key.pitch_class) % 12
        ends = ((here == 8) & (there == 11)) | ((here == 11) & (there == 8))
        yield "augmented second", who, (size == 3) & ends


@lru_cache(maxsize=16384)
def wishes(chord: Chord, after: Chord, key: Key | None) -> tuple[Tendency, ...]:
    """List the tones of a chord that must move on in one way into the next.

    Of what `voice_costs.tendencies` names, a plain triad's third is no leading tone where it is
    another degree of the key (I to IV), and the seventh of a chord that is no dominant is bound
    where the root falls a fifth or rises a step.

    >>> c = Key("C", "major")
    >>> [w.name for w in wishes(Chord.parse("G7"), Chord.parse("C"), c)]
    ['seventh', 'leading tone']
    >>> wishes(Chord.parse("C"), Chord.parse("F"), c), wishes(Chord(9, "min7"), Chord(5), c)
    ((), ())
    """
    found = []
    rise = (after.root - chord.root) % 12
    is_dominant = 4 in chord.intervals and 10 in chord.intervals
    for wish in tendencies(chord, after):
        if wish.name == "leading tone":
            own = key is not None and wish.tone in key.scale
            leads = key is None or wish.tone == (key.pitch_class - 1) % 12
            if own and not leads and 4 in chord.intervals and not is_dominant:
                continue
        elif not is_dominant and rise not in (1, 2, 5):
            continue
        found.append(wish)
    return tuple(found)


def allowed_steps(wish: Tendency, voice: int, voices: int) -> tuple[int, ...]:
    """Return the steps that content a tone in a voice; inside, a leading tone may fall a third.

    >>> wish = Tendency(11, "leading tone", (1, 0))
    >>> allowed_steps(wish, 1, 4), allowed_steps(wish, 3, 4)
    ((1, 0, -4), (1, 0))
    """
    inside = 0 < voice < voices - 1
    return (*wish.steps, -4) if wish.name == "leading tone" and inside else wish.steps


def resolution_faults(a: Pitches, b: Pitches, chord: Chord, after: Chord, key: Key | None) -> Found:
    """Find the leading tones and sevenths that don't go where they must.

    >>> g7, c = Chord.parse("G7"), Chord.parse("C")
    >>> [(name, who, where.tolist()) for name, who, where in resolution_faults(
    ...     np.array([43, 59, 65, 74]), np.array([48, 60, 67, 72]), g7, c, None) if where.any()]
    [('unresolved seventh', ((2,),), [True])]
    """
    voices = a.shape[-1]
    for wish in wishes(chord, after, key):
        for voice in range(voices):
            x, y = a[..., voice], b[..., voice]
            held = (x >= 0) & (y >= 0) & (x % 12 == wish.tone)
            if not held.any():
                continue
            wrong, step = held, y - x
            for allowed in allowed_steps(wish, voice, voices):
                wrong = wrong & (step != allowed)
            yield f"unresolved {wish.name}", ((voice,),), wrong[None]


@lru_cache(maxsize=8192)
def leading_tones(chord: Chord | None, key: Key | None) -> tuple[int, ...]:
    """Return the pitch classes that a chord holds as a leading tone, which isn't doubled.

    The key's own in its dominant and in the chord on it, and a dominant seventh's third.

    >>> c = Key("C", "major")
    >>> leading_tones(Chord.parse("G"), c), leading_tones(Chord.parse("A7"), c)
    ((11,), (1,))
    >>> leading_tones(Chord.parse("Em"), c)
    ()
    """
    found = set()
    if key is not None:
        tone = (key.pitch_class + 11) % 12
        if chord is None or tone in (chord.root, (chord.root + 4) % 12):
            found.add(tone)
    if chord is not None and 4 in chord.intervals and 10 in chord.intervals:
        found.add((chord.root + 4) % 12)
    return tuple(sorted(found))
