"""What sounds above a chord: its open tensions and the triads that hold them."""

from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import Chord

# What a step above the root is called within the octave and above it.
CHORD_NAMES = {
    0: "1", 1: "b2", 2: "2", 3: "b3", 4: "3", 5: "4", 6: "b5", 7: "5", 8: "#5", 9: "6", 10: "b7",
    11: "7",
}  # fmt: skip
TENSION_NAMES = {1: "b9", 2: "9", 3: "#9", 5: "11", 6: "#11", 8: "b13", 9: "13"}
# A dominant that states the first takes none of the second beside it.
_CONTRADICTS = {1: {2}, 2: {1, 3}, 3: {2}, 5: {6}, 8: {9}, 9: {8}}


def degree_names(quality: str) -> dict[int, str]:
    """Name the steps 0..11 that a quality states; what lies above the octave is a tension.

    >>> degree_names("7#9"), degree_names("dim7")[9]
    ({0: '1', 4: '3', 7: '5', 10: 'b7', 3: '#9'}, 'bb7')
    """
    intervals = Chord(0, quality).intervals
    names = {step: CHORD_NAMES[step] for step in intervals if step < 12}
    names |= {
        step % 12: TENSION_NAMES.get(step % 12, CHORD_NAMES[step % 12])
        for step in intervals
        if step >= 12
    }
    if {3, 6, 9} <= set(intervals) and not {7, 10, 11} & set(intervals):
        names[9] = "bb7"
    return names


@lru_cache(maxsize=1024)
def open_tensions(quality: str) -> tuple[int, ...]:
    """List the tensions that a quality leaves open, in semitones above the root, 1..9.

    A tension lies a whole tone above a chord tone, a semitone above none, and not a semitone
    below a tension that the chord states. A minor seventh chord takes no thirteenth: it would make
    the tritone of the dominant that follows.

    >>> open_tensions("maj7"), open_tensions("min7"), open_tensions("7")
    ((2, 6, 9), (2, 5), (2, 6, 9))
    """
    intervals = Chord(0, quality).intervals
    tones = {step % 12 for step in intervals}
    above = {(tone + 2) % 12 for tone in tones}
    near = {(tone + 1) % 12 for tone in tones}
    near |= {(step - 1) % 12 for step in intervals if step >= 12}
    if {3, 10} <= tones:
        near.add(9)
    return tuple(sorted((above - near - tones) & set(TENSION_NAMES)))


def _legal(quality: str) -> set[int]:
    """Return the steps that may sound over a quality: its own, its tensions, alterations."""
    intervals = Chord(0, quality).intervals
    tones = {step % 12 for step in intervals}
    legal = tones | set(open_tensions(quality))
    if {4, 10} <= tones:
        legal |= {1, 2, 3, 6, 8, 9}
        for step in intervals:
            # An altered fifth speaks for itself; other steps contradict as tensions only.
            if step >= 12 or (step == 8 and 7 not in tones):
                legal -= _CONTRADICTS.get(step % 12, set())
    return legal | tones


@dataclass(frozen=True, slots=True)
class UpperStructure:
    """A triad above a chord, and what its notes are to the chord."""

    triad: Chord
    degrees: tuple[str, ...]  # of the triad's root, third and fifth, such as ("9", "#11", "13")


@lru_cache(maxsize=1024)
def _structures(quality: str) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    stated = degree_names(quality)
    names = TENSION_NAMES | stated
    legal = _legal(quality)
    natural = set(stated) | set(open_tensions(quality))
    plain = {step for step in Chord(0, quality).intervals if step < 12}
    found = []
    for root in range(12):
        for kind in ("maj", "min"):
            steps = [(root + step) % 12 for step in Chord(0, kind).intervals]
            colours = sum(step not in plain for step in steps)
            if set(steps) <= legal and colours:
                rank = (sum(step not in natural for step in steps), -colours, root)
                found.append((rank, (root, kind, tuple(names[step] for step in steps))))
    return tuple(row for _, row in sorted(found))


def upper_structures(chord: Chord) -> tuple[UpperStructure, ...]:
    """List the major and minor triads that may sound above a chord and hold a tension.

    Those of open tensions come first, the richest before the plainer; a dominant chord also
    takes the alterations that don't contradict what it states.

    >>> [(str(found.triad), found.degrees) for found in upper_structures(Chord.parse("C7"))][:2]
    [('D', ('9', '#11', '13')), ('Gm', ('5', 'b7', '9'))]
    >>> {str(found.triad): found.degrees for found in upper_structures(Chord.parse("C7"))}["Ab"]
    ('b13', '1', '#9')
    """
    return tuple(
        UpperStructure(Chord((chord.root + root) % 12, kind), names)
        for root, kind, names in _structures(chord.quality)
    )
