"""What is wrong with a move of voices: the rules of motion, asked of many moves at once.

Each function takes two arrays of pitches, `a` and `b`, with the voices from the lowest on the last
axis and -1 for a rest. They are broadcast: rows of a passage against the rows after them tell the
passage's faults, and every voicing against every voicing of the next chord what a search may do.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

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
Pitches = NDArray[np.int64]
Found = Iterator[tuple[str, tuple[int, ...], NDArray[np.bool_]]]  # fault, voices, where


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


def pair_faults(a: Pitches, b: Pitches, rules: Rules) -> Found:
    """Find what two voices do together in a move: parallels and direct motion.

    >>> a, b = np.array([48, 55]), np.array([[50, 57], [50, 55]])
    >>> [(name, where.tolist()) for name, _, where in pair_faults(a, b, Rules(frozenset(FAULTS)))
    ...  if where.any()]
    [('parallel fifths', [True, False])]
    """
    voices = a.shape[-1]
    steps = np.where((a >= 0) & (b >= 0), b - a, 0)
    wanted = rules.faults
    for low, high in itertools.combinations(range(voices), 2):
        i, j = steps[..., low], steps[..., high]
        before, after = np.abs(a[..., high] - a[..., low]), np.abs(b[..., high] - b[..., low])
        goal = after % 12
        perfect = ((goal == 0) | (goal == 7)) & (i != 0) & (j != 0)
        if not perfect.any():
            continue
        same, alike, fifth = perfect & (before % 12 == goal), (i > 0) == (j > 0), goal == 7
        unison = (before == 0) & (after == 0)
        yield "parallel fifths", (low, high), same & alike & fifth
        yield "parallel unisons", (low, high), same & alike & unison
        yield "parallel octaves", (low, high), same & alike & ~fifth & ~unison
        if "fifths by contrary motion" in wanted or "octaves by contrary motion" in wanted:
            yield "fifths by contrary motion", (low, high), same & ~alike & fifth
            yield "octaves by contrary motion", (low, high), same & ~alike & ~fifth
        if (low, high) == (0, voices - 1) or not rules.outer_direct:
            over = b[..., high] >= b[..., low]  # else the voices are crossed
            leap = np.abs(np.where(over, j, i)) >= rules.direct_leap
            direct = perfect & ~same & alike & leap
            yield "direct fifth", (low, high), direct & fifth
            yield "direct octave", (low, high), direct & ~fifth


def overlap_faults(a: Pitches, b: Pitches, rules: Rules) -> Found:
    """Find where a voice goes beyond where its neighbour just was.

    >>> [where.tolist() for _, _, where in overlap_faults(
    ...     np.array([48, 55]), np.array([[57, 60], [53, 60]]), Rules(frozenset(FAULTS)))]
    [[True, False]]
    """
    room = rules.overlap_room
    for low in range(a.shape[-1] - 1):
        x, y, u, v = a[..., low], a[..., low + 1], b[..., low], b[..., low + 1]
        sound = (x >= 0) & (y >= 0) & (u >= 0) & (v >= 0) & (x <= y) & (u <= v)
        yield "overlap", (low, low + 1), sound & ((u > y + room) | (v < x - room))


def leap_faults(a: Pitches, b: Pitches, key: Key | None) -> Found:
    """Find the leaps that a voice finds awkward: tritones, sevenths, more than an octave.

    >>> [(name, where.tolist()) for name, _, where in leap_faults(
    ...     np.array([60]), np.array([[66], [70], [64]]), None) if where.any()]
    [('leap', [False, True, False]), ('tritone leap', [True, False, False])]
    """
    for voice in range(a.shape[-1]):
        x, y = a[..., voice], b[..., voice]
        size = np.where((x >= 0) & (y >= 0), np.abs(y - x), 0)
        yield "leap", (voice,), (size == 10) | (size == 11) | (size > 12)
        yield "tritone leap", (voice,), size == 6
        if key is not None and key.is_minor:
            here, there = (x - key.pitch_class) % 12, (y - key.pitch_class) % 12
            ends = ((here == 8) & (there == 11)) | ((here == 11) & (there == 8))
            yield "augmented second", (voice,), (size == 3) & ends


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
    >>> [(name, voices) for name, voices, where in resolution_faults(
    ...     np.array([43, 59, 65, 74]), np.array([48, 60, 67, 72]), g7, c, None) if where.any()]
    [('unresolved seventh', (2,))]
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
            yield f"unresolved {wish.name}", (voice,), wrong


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
