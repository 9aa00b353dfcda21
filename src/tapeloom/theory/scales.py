"""Scales as pitch classes, and steps along them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import MODES, Key
from tapeloom.core.pitch import line_of_fifths, name_on_line, pitch_class
from tapeloom.theory.scale_catalogue import ALIASES, PARENTS, SCALES, find_scale

__all__ = [
    "ALIASES",
    "SCALES",
    "ScaleMatch",
    "degree_of",
    "ladder",
    "modes_of",
    "nearest",
    "parent_scale",
    "pentatonic",
    "recognise_scale",
    "scale",
    "spell_scale",
    "step_along",
]


@dataclass(frozen=True, slots=True)
class ScaleMatch:
    """A scale that notes may come from."""

    tonic: int  # pitch class 0..11
    name: str  # a name in SCALES
    missing: tuple[int, ...]  # pitch classes of the scale that are not among the notes
    foreign: tuple[int, ...]  # notes outside of the scale
    score: float  # 0..1; 1 where notes and scale are the same


def scale(tonic: int, name: str) -> tuple[int, ...]:
    """Return a scale's pitch classes from its tonic up.

    >>> scale(9, "minor pentatonic"), scale(0, "Lydian b7")
    ((9, 0, 2, 4, 7), (0, 2, 4, 6, 7, 9, 10))
    """
    return tuple((tonic + step) % 12 for step in SCALES[find_scale(name)])


def parent_scale(tonic: int, name: str) -> tuple[int, str]:
    """Return the tonic and the name of the scale that a mode is turned from.

    >>> parent_scale(7, "altered"), parent_scale(2, "dorian")  # G altered, D dorian
    ((8, 'melodic minor'), (0, 'major'))
    """
    found = find_scale(name)
    parent, degree = PARENTS.get(found, (found, 0))
    return (tonic - SCALES[parent][degree]) % 12, parent


def modes_of(name: str) -> tuple[str, ...]:
    """List the names of the modes of a scale's family, from the parent's tonic up.

    >>> modes_of("altered")[3:]
    ('lydian dominant', 'mixolydian b6', 'locrian natural 2', 'altered')
    """
    parent, _ = PARENTS.get(find_scale(name), (find_scale(name), 0))
    return tuple(mode for mode, (of, _) in PARENTS.items() if of == parent) or (parent,)


def recognise_scale(
    pitch_classes: Collection[int], *, tonic: int | None = None, limit: int = 8
) -> tuple[ScaleMatch, ...]:
    """Rank the scales that notes may come from, the best first.

    The score is the share of notes and scale that both have (Jaccard's index); a note outside of
    the scale counts twice. Of equal ones the commoner comes first, as `SCALES` has them.

    tonic   pitch class, where it is known; else the modes of one scale are all offered

    >>> [match.name for match in recognise_scale([0, 2, 4, 6, 7, 9, 10], tonic=0)][:1]
    ['lydian dominant']
    """
    notes = frozenset(number % 12 for number in pitch_classes)
    if not notes:
        return ()
    found = []
    for at in range(12) if tonic is None else (tonic % 12,):
        for order, name in enumerate(SCALES):
            tones = frozenset(scale(at, name))
            foreign = notes - tones
            score = len(notes & tones) / (len(notes | tones) + len(foreign))
            away = at not in notes
            match = ScaleMatch(
                at, name, tuple(sorted(tones - notes)), tuple(sorted(foreign)), score
            )
            found.append((-score, away, order, at, match))
    return tuple(entry[-1] for entry in sorted(found, key=lambda entry: entry[:4])[:limit])


def spell_scale(tonic: str, name: str) -> tuple[str, ...]:
    """Spell a scale: seven tones take the seven letters, others the plainest names near them.

    >>> spell_scale("Eb", "dorian"), spell_scale("C", "blues")
    (('Eb', 'F', 'Gb', 'Ab', 'Bb', 'C', 'Db'), ('C', 'Eb', 'F', 'Gb', 'G', 'Bb'))
    >>> spell_scale("G#", "harmonic minor")[-1], spell_scale("F", "altered")
    ('F##', ('F', 'Gb', 'Ab', 'Bbb', 'Cb', 'Db', 'Eb'))
    """
    steps = SCALES[find_scale(name)]
    home = line_of_fifths(tonic)
    if len(steps) == 7:
        start = "CDEFGAB".index(tonic[0])
        letters = ["CDEFGAB"[(start + i) % 7] for i in range(7)]
        places = [line_of_fifths(letter) for letter in letters]
        wanted = [(pitch_class(tonic) + step) % 12 for step in steps]
        return tuple(
            name_on_line(place + 7 * ((number - 7 * place + 6) % 12 - 6))
            for place, number in zip(places, wanted, strict=True)
        )
    # Flats and what is diatonic; the raised fourth only where the fourth is there too.
    lowest = -6 if 6 in steps and 5 in steps and 7 in steps else -5
    return tuple(name_on_line(home + (7 * step - lowest) % 12 + lowest) for step in steps)


def pentatonic(key: Key) -> tuple[int, ...]:
    """Return the five pitch classes of a key that clash with nothing in it.

    The minor pentatonic where the third is minor, the major one else; in locrian, whose fifth is
    diminished, that of its third.

    >>> pentatonic(Key("C", "major")), pentatonic(Key("A", "minor"))
    ((0, 2, 4, 7, 9), (9, 0, 2, 4, 7))
    >>> pentatonic(Key("E", "phrygian"))
    (4, 7, 9, 11, 2)
    """
    name = "minor pentatonic" if key.is_minor else "major pentatonic"
    if key.mode == "locrian":
        return scale((key.pitch_class + 3) % 12, "minor pentatonic")
    return scale(key.pitch_class, name)


@lru_cache(maxsize=4096)
def _ladder(classes: frozenset[int], low: int, high: int) -> tuple[int, ...]:
    return tuple(pitch for pitch in range(low, high + 1) if pitch % 12 in classes)


def ladder(pitch_classes: Collection[int], low: int, high: int) -> tuple[int, ...]:
    """List the pitches of a scale or chord from `low` to `high`, both included.

    >>> ladder((0, 4, 7), 60, 72)
    (60, 64, 67, 72)
    """
    return _ladder(frozenset(pitch_classes), low, high)


def step_along(pitch: int, pitch_classes: Collection[int], *, steps: int) -> int:
    """Move along a scale; from outside of it, the first step leads to its next tone.

    >>> step_along(64, (0, 2, 4, 5, 7, 9, 11), steps=2)
    67
    >>> step_along(61, (0, 2, 4, 5, 7, 9, 11), steps=-1)
    60
    """
    if steps == 0:
        return pitch
    rungs = ladder(pitch_classes, pitch - 12 * (2 + abs(steps)), pitch + 12 * (2 + abs(steps)))
    if steps > 0:
        return rungs[bisect_right(rungs, pitch) + steps - 1]
    return rungs[bisect_left(rungs, pitch) + steps]


def nearest(pitch: float, pitch_classes: Collection[int]) -> int:
    """Return the closest pitch of a scale or chord; of two as close the lower one.

    >>> nearest(61, (0, 4, 7)), nearest(62, (0, 4, 7))
    (60, 60)
    """
    middle = round(pitch)
    around = ladder(pitch_classes, middle - 12, middle + 12)
    return min(around, key=lambda candidate: (abs(candidate - pitch), candidate))


def degree_of(pitch: int, key: Key) -> tuple[int, int]:
    """Return a pitch's scale degree 1..7 in a key and its alteration in semitones.

    >>> degree_of(64, Key("C", "major")), degree_of(66, Key("C", "major"))
    ((3, 0), (4, 1))
    """
    above = (pitch - key.pitch_class) % 12
    steps = MODES[key.mode]
    degree = max(i for i, step in enumerate(steps) if step <= above)
    return degree + 1, above - steps[degree]
