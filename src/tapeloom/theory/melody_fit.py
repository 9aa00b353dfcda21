"""How well a chord suits the melody over it: chord tones, legal tensions, avoid notes.

Every semitone above the root has a role in each family of chords, as jazz pedagogy teaches it: a
note a semitone above a chord tone is to be avoided, except as an altered tension of a dominant that
has no natural one of that degree; a tension is legal where it lies a whole tone above a chord tone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meters, meter_at
from tapeloom.core.pitch import pitch_class_name
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import spell_root
from tapeloom.theory.families import FAMILIES, family

CHORD_TONE, TENSION, COLOUR, AVOID = "chord tone", "tension", "colour", "avoid"
# What a note of each role costs under a melody, 0..1; a colour is legal but marked.
PRICES = {CHORD_TONE: 0.0, TENSION: 0.12, COLOUR: 0.4, AVOID: 1.0}
LONG = PPQ  # ticks: a note that sounds over a chord for a quarter or more is long

# Family -> tensions and colours in semitones above the root; what is neither is avoided.
_LEGAL: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "major": ((2, 6, 9, 11), ()),
    "dominant": ((2, 9), (1, 3, 6, 8)),
    "minor7": ((2, 5), (9,)),
    "minor": ((2, 5, 9, 11), ()),
    "half-diminished": ((5, 8), (2,)),
    "diminished": ((2, 5, 8), (11,)),
    "suspended": ((2, 9), (4,)),
    "augmented": ((2, 6), (9, 11)),
}
_NAMES = {
    0: "root", 1: "flat ninth", 2: "ninth", 3: "minor third", 4: "major third", 5: "eleventh",
    6: "sharp eleventh", 7: "fifth", 8: "flat thirteenth", 9: "thirteenth", 10: "seventh",
    11: "major seventh",
}  # fmt: skip


@lru_cache(maxsize=8192)
def role(quality: str, above: int) -> str:
    """Return the role of a note so many semitones above the root: chord tone … avoid.

    >>> role("maj7", 5), role("maj7", 6), role("7", 1), role("9", 1), role("7b9", 2)
    ('avoid', 'tension', 'colour', 'avoid', 'avoid')
    """
    above %= 12
    steps = QUALITIES[quality].intervals
    tones = {step % 12 for step in steps}
    if above in tones:
        return CHORD_TONE
    kind = FAMILIES[family(quality)]
    tensions, colours = _LEGAL[kind]
    # Two ninths, or a natural and an altered fifth or thirteenth, don't sound together.
    rivals: dict[int, tuple[int, ...]] = {1: (2,), 2: (1, 3), 3: (2,), 8: (9,), 9: (8,), 6: (5,)}
    if kind in ("dominant", "suspended") and any(rival in tones for rival in rivals.get(above, ())):
        return AVOID
    altered = kind == "dominant" and above in (1, 8)
    if (above - 1) % 12 in tones and not altered:
        return AVOID  # a minor ninth above a chord tone
    if kind == "major" and 11 not in tones and above == 11:
        return TENSION if 9 not in tones else COLOUR
    if 7 not in tones and above == 7 and 6 not in tones and 8 not in tones:
        return CHORD_TONE  # a fifth that was left out
    if above in tensions:
        return TENSION
    if above in colours:
        return COLOUR
    return AVOID


def is_avoid(chord: Chord, pitch: int) -> bool:
    """Tell whether a pitch is an avoid note over a chord: pass through, don't stay.

    >>> is_avoid(Chord.parse("Cmaj7"), 65), is_avoid(Chord.parse("C9sus4"), 65)
    (True, False)
    """
    return role(chord.quality, pitch - chord.root) == AVOID


def degree_name(chord: Chord, pitch: int) -> str:
    """Name what a melody note is over a chord.

    >>> degree_name(Chord.parse("Db7"), 65), degree_name(Chord.parse("G7#9"), 70)
    ('major third', 'sharp ninth')
    """
    above = (pitch - chord.root) % 12
    steps = QUALITIES[chord.quality].intervals
    tones = {step % 12 for step in steps}
    if above == 3 and 4 in tones:
        return "sharp ninth"
    if above == 6 and 6 in steps:
        return "flat fifth"
    if above == 8 and 8 in steps:
        return "sharp fifth"
    if above == 9 and 9 in steps:
        return "diminished seventh" if 3 in steps and 6 in steps else "sixth"
    if above == 5 and 5 in steps:
        return "fourth"
    return _NAMES[above]


@dataclass(frozen=True, slots=True)
class MelodyNote:
    """What of a melody note sounds over a chord."""

    pitch: int  # MIDI pitch
    ticks: int  # how long it sounds over the chord
    weight: float  # length in quarters by metrical weight, more for what is held
    resolves: bool = False  # a short note that moves on by step

    @property
    def is_long(self) -> bool:
        """Whether it sounds long enough for an avoid note to hurt."""
        return self.ticks >= LONG


def melody_over(
    melody: Sequence[Note], start: int, end: int, *, meters: Meters
) -> tuple[MelodyNote, ...]:
    """Return what of a melody sounds from one tick to another.

    The metrical weight is 1 on a downbeat or where the chord itself comes in, 0.8 in the middle of
    a bar, 0.65 on other beats and 0.35 off the beat.

    >>> from tapeloom.core.meter import Meter
    >>> line = [Note(0, 10080, 60), Note(10080, 5040, 62)]
    >>> [(n.pitch, round(n.weight, 2)) for n in melody_over(line, 0, 20160, meters=((0, Meter()),))]
    [(60, 1.0), (62, 0.33)]
    """
    found = []
    for i, note in enumerate(melody):
        if note.end <= start or note.start >= end:
            continue
        first, last = max(note.start, start), min(note.end, end)
        following = melody[i + 1].pitch if i + 1 < len(melody) else None
        steps = following is not None and 0 < abs(following - note.pitch) <= 2
        short = last - first < LONG
        weight = (last - first) / PPQ * _accent(first, start, meters)
        found.append(MelodyNote(note.pitch, last - first, weight, short and steps))
    return tuple(found)


def _accent(tick: int, start: int, meters: Meters) -> float:
    meter = meter_at(meters, tick)
    changed = max((at for at, _ in meters if at <= tick), default=0)
    offset = (tick - changed) % meter.bar_ticks
    beat = meter.unit_ticks * (3 if meter.is_compound else 1)
    if offset == 0 or tick == start:
        return 1.0
    if 2 * offset == meter.bar_ticks:
        return 0.8
    return 0.65 if offset % beat == 0 else 0.35


def clashes(chord: Chord, melody: Sequence[MelodyNote]) -> bool:
    """Tell whether a long note of the melody is an avoid note over a chord.

    >>> clashes(Chord.parse("Cmaj7"), [MelodyNote(65, 10080, 1.0)])
    True
    """
    return any(note.is_long and is_avoid(chord, note.pitch) for note in melody)


def misfit(chord: Chord, melody: Sequence[MelodyNote]) -> float:
    """Return how badly a chord suits a melody over it, in quarters of pure clash, 0 or more.

    A short note that moves on by step costs a third; the root as melody over a major seventh,
    a semitone above it, costs a little too.

    >>> misfit(Chord.parse("C6"), [MelodyNote(60, 10080, 1.0)])
    0.0
    >>> misfit(Chord.parse("Cmaj7"), [MelodyNote(65, 5040, 0.5, resolves=True)]) < 0.2
    True
    """
    total = 0.0
    for note in melody:
        above = (note.pitch - chord.root) % 12
        price = PRICES[role(chord.quality, above)]
        if above == 0 and 11 in chord.intervals:
            price = 0.3
        total += price * note.weight * (0.33 if note.resolves else 1.0)
    return total


def describe(chord: Chord, melody: Sequence[MelodyNote], *, key: Key | None = None) -> str:
    """Say what the weightiest melody note is over a chord, those that only pass left out.

    Empty where no melody sounds.

    >>> describe(Chord.parse("Db7"), [MelodyNote(65, 10080, 1.0)])
    'melody F is its major third'
    """
    staying = [note for note in melody if not is_avoid(chord, note.pitch)]
    if not staying:
        return ""
    note = max(staying, key=lambda n: (n.weight, n.pitch))
    name = pitch_class_name(note.pitch) if key is None else spell_root(note.pitch, key)
    return f"melody {name} is its {degree_name(chord, note.pitch)}"
