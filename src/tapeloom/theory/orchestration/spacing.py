"""How the notes of a chord lie and which of them are doubled, by style."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.pitch import pitch_class_name, pitch_name
from tapeloom.core.score import Part, Score
from tapeloom.theory.orchestration.problems import Problem, player_of
from tapeloom.theory.voicing import FLOORS, functions

_BASS_TOP = 48  # C3: below it close notes rumble


@dataclass(frozen=True, slots=True)
class SpacingRules:
    """What a style asks of chords. Names of tones are those of `voicing.functions`."""

    doubles: tuple[str, ...]  # what is doubled, the best first
    singles: tuple[str, ...]  # what sounds once only
    widest: int  # semitones between neighbours above the bass
    open_bass: bool = True  # whether intervals need room in the low register (voicing.FLOORS)
    minor_ninths: bool = False  # whether a minor ninth may stand between any two notes
    about: str = ""


STYLES: dict[str, SpacingRules] = {
    "chorale": SpacingRules(
        ("root", "fifth", "third"), ("seventh",), 12, open_bass=False,
        about="the root first, then the fifth; upper voices within an octave of one another",
    ),
    "orchestral": SpacingRules(
        ("root", "fifth", "third"), ("seventh", "colour"), 16,
        about="wide below and close above, as the harmonics lie; the third is doubled last",
    ),
    "jazz": SpacingRules(
        ("root", "fifth", "ninth"), ("third", "seventh"), 14,
        about="guide tones once; what is doubled is root, fifth or a colour",
    ),
    "lofi": SpacingRules(
        ("root", "fifth"), ("seventh", "colour"), 16,
        about="one bass, nothing close beside it, colours once",
    ),
    "pop": SpacingRules(
        ("root", "fifth", "third"), ("seventh",), 19, about="roots and fifths in octaves",
    ),
}  # fmt: skip


def spacing_rules(style: str) -> SpacingRules:
    """Return a style's rules; InputError names the styles where there is no such one."""
    if style not in STYLES:
        raise InputError(f"{style!r} is no style of spacing; choose one of {', '.join(STYLES)}")
    return STYLES[style]


def doubling_order(chord: Chord, *, style: str) -> tuple[int, ...]:
    """List the pitch classes of a chord that a style doubles, the best first.

    >>> doubling_order(Chord.parse("Dm7"), style="chorale")
    (2, 9, 5)
    """
    tones = functions(chord.quality)
    return tuple(
        (chord.root + tones[name]) % 12 for name in spacing_rules(style).doubles if name in tones
    )


def find_spacing_faults(
    pitches: Sequence[int], chord: Chord | None = None, *, style: str
) -> tuple[str, ...]:
    """Say what a style has against the spacing and the doublings of a chord, a sentence each.

    pitches  MIDI pitches that sound together, in any order
    chord    what they mean; without it doublings aren't judged

    >>> find_spacing_faults((36, 40, 43), style="orchestral")
    ('C2 and E2 are too close for so low a place', 'E2 and G2 are too close for so low a place')
    >>> find_spacing_faults((43, 53, 59, 65), Chord.parse("G7"), style="jazz")
    ('the seventh, F, sounds twice',)
    """
    rules = spacing_rules(style)
    rising = sorted(set(pitches))
    return tuple(_faults(rising, sorted(pitches), chord, rules))


def _faults(
    rising: Sequence[int], pitches: Sequence[int], chord: Chord | None, rules: SpacingRules
) -> Iterator[str]:
    for place, (below, above) in enumerate(pairwise(rising)):
        gap = above - below
        names = f"{pitch_name(below)} and {pitch_name(above)}"
        if rules.open_bass and below < FLOORS.get(gap, 0):
            yield f"{names} are too close for so low a place"
        if place > 0 and gap > rules.widest:
            yield f"{names} lie {gap} semitones apart; {rules.widest} is the most above the bass"
    dominant = chord is not None and 4 in chord.intervals and 10 in chord.intervals
    if not rules.minor_ninths and not dominant:
        for below, above in combinations(rising, 2):
            if above - below == 13:
                yield f"{pitch_name(below)} and {pitch_name(above)} make a minor ninth"
    if chord is None:
        return
    counts = Counter(pitch % 12 for pitch in pitches)
    tones = functions(chord.quality)
    for name in rules.singles:
        if name in tones:
            tone = (chord.root + tones[name]) % 12
            if counts[tone] > 1:
                word = {2: "twice", 3: "three times"}.get(counts[tone], f"{counts[tone]} times")
                yield f"the {name}, {pitch_class_name(tone)}, sounds {word}"


def check_spacing(score: Score, *, style: str = "lofi") -> tuple[Problem, ...]:
    """Find the chords of a score whose accompaniment is spaced or doubled against a style.

    Judged is what the pitched parts but the tune sound as each of the score's chords begins.

    >>> from tapeloom.core.score import ChordSpan, Note
    >>> low = Part("keys", "keys", "felt_piano", tuple(Note(0, 4, p) for p in (36, 40, 43)))
    >>> chords = (ChordSpan(0, 4, Chord.parse("C")),)
    >>> print(check_spacing(Score((low,), chords=chords))[0])
    tick 0, keys: C2 and E2 are too close for so low a place
    """
    spacing_rules(style)
    parts = [
        part for part in score.parts
        if part.role != "melody" and part.notes and player_of(part) is not None
    ]  # fmt: skip
    at = dict.fromkeys((part.name for part in parts), 0)
    found = []
    for span in score.chords:
        sounding: list[tuple[int, str]] = []
        for part in parts:
            first = at[part.name]
            while first < len(part.notes) and part.notes[first].end <= span.start:
                first += 1
            at[part.name] = first
            sounding += _at(part, first, span.start)
        for text in find_spacing_faults([pitch for pitch, _ in sounding], span.chord, style=style):
            lowest = min(sounding)[1]
            kind = "doubling" if text.startswith("the ") else "spacing"
            found.append(Problem(span.start, span.end, lowest, kind, text))
    return tuple(found)


def _at(part: Part, first: int, tick: int) -> list[tuple[int, str]]:
    found = []
    for note in part.notes[first:]:
        if note.start > tick:
            break
        if note.end > tick:
            found.append((note.pitch, part.name))
    return found
