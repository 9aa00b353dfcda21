"""The whole analysis of a piece: keys, chords, numerals, functions and how phrases close."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meters
from tapeloom.core.pitch import FLAT_NAMES, SHARP_NAMES
from tapeloom.core.score import ChordSpan, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.boundaries import find_edges
from tapeloom.theory.cadence import Cadence, find_cadences
from tapeloom.theory.chord_model import chord_model
from tapeloom.theory.chord_rules import LABELS, rule_evidence
from tapeloom.theory.degrees import NO_DEGREES, Degree, Degrees, read_degrees
from tapeloom.theory.events import Events, weigh
from tapeloom.theory.families import symbol
from tapeloom.theory.functions import label_of, name_functions
from tapeloom.theory.keys import key_distribution, spell_key
from tapeloom.theory.patterns import FoundPattern, find_patterns
from tapeloom.theory.recognition import (
    COMMON_TIME,
    chord_notes,
    described_bass,
    described_evidence,
)
from tapeloom.theory.span_features import check_edges, describe
from tapeloom.theory.spans import FUNCTIONS, KeySpan, LabelledChord
from tapeloom.theory.tension import Tension, tension
from tapeloom.theory.tracking import Track, track

__all__ = [
    "FUNCTIONS",
    "Analysis",
    "Degree",
    "Degrees",
    "KeySpan",
    "LabelledChord",
    "analyse",
    "analyse_events",
    "analyse_progression",
]

# What the rules' evidence for chords counts beside the net's: the net has seen a chord's neighbours
# already, and the grammar weighs them once more.
_RULES = 0.5
_MOST_ACCIDENTALS = 6
_REMEMBERED = 8  # chords, more than the chord model looks back
_BY_NOTES = np.array([0.25, 0.4, 0.75, 1.0])  # how sure a chord is of which so many notes sound
_MOSTLY = 0.6  # the share of the notes that must be the chord's own
_PLAYED = 0.5  # what the key of the notes counts beside that of the chords, where both are given
_ENDING = 0.5  # what the key at the end counts beside all the time before it
_STATED, _UNSTATED = 0.0, -12.0  # log-probability of a chord that is given, and of any other
_NO_TENSION = Tension((), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class Analysis:
    """What harmony there is in a piece.

    `key` is the key of the whole, None where nothing tells; `keys` are the local ones, in order and
    without gaps; `chords` are in order and leave silence out. `tension` holds one value a chord.
    """

    key: Key | None
    key_confidence: float  # 0..1
    keys: tuple[KeySpan, ...] = ()
    chords: tuple[LabelledChord, ...] = ()
    cadences: tuple[Cadence, ...] = ()
    degrees: Degrees = NO_DEGREES  # of the melody
    tension: Tension = _NO_TENSION
    patterns: tuple[FoundPattern, ...] = ()  # their indices count `chords`

    def key_at(self, tick: int) -> Key | None:
        """Return the local key at a tick; None outside of all."""
        return next((span.key for span in self.keys if span.holds(tick)), None)


NOTHING = Analysis(None, 0.0)
LONGEST = 40_000 * PPQ  # ticks: half a day of music


def analyse(score: Score, *, edges: Sequence[int] | None = None) -> Analysis:
    """Analyse a score: keys, chords, cadences, tension, patterns and the melody's degrees.

    edges   ticks at which chords begin, and the last one's end; where there are none, the score's
            own chords are taken, and where it has none, they are found

    Drums are not heard. A score without pitched notes and chords has no key and nothing else.

    >>> from tapeloom.core.score import Note, Part
    >>> bars = ((48, 64, 67, 72), (53, 65, 69, 72), (43, 65, 71, 74), (48, 64, 67, 72))
    >>> notes = tuple(Note(i * 40320, 40320, pitch) for i, bar in enumerate(bars) for pitch in bar)
    >>> found = analyse(Score((Part("piano", "keys", notes=notes),)))
    >>> str(found.key), [chord.numeral for chord in found.chords], found.cadences[-1].kind
    ('C major', ['I', 'IV', 'V7', 'I'], 'PAC')
    """
    events = Events.from_score(score)
    voices = [i for i, part in enumerate(score.parts) if part.role == "melody" and part.notes]
    melody = events.part == voices[0] if voices else None
    stated = score.chords if edges is None else ()
    return _analyse(events, score.meters, edges, stated, melody, [key for _, key in score.keys])


def analyse_events(
    events: Events, meters: Meters = COMMON_TIME, edges: ArrayLike | None = None
) -> Analysis:
    """Analyse notes in columns, as `analyse` does a score.

    >>> analyse_events(Events.from_notes([])).key is None
    True
    """
    return _analyse(events, meters, edges, (), None)


def analyse_progression(chords: Sequence[Chord], *, key: Key | None = None) -> Analysis:
    """Analyse chord symbols, each one quarter note long.

    key   the key in which all of them are to be read; found where None

    >>> found = analyse_progression([Chord.parse(name) for name in ("Dm7", "G7", "Cmaj7", "A7")])
    >>> str(found.key), [chord.numeral for chord in found.chords]
    ('C major', ['ii7', 'V7', 'I7', 'V7/ii'])
    """
    spans = [ChordSpan(i * PPQ, (i + 1) * PPQ, chord) for i, chord in enumerate(chords)]
    return _read_chords(spans, Events.from_notes([]), COMMON_TIME, None, key)


def _analyse(
    events: Events,
    meters: Meters,
    edges: ArrayLike | None,
    stated: Sequence[ChordSpan],
    melody: NDArray[np.bool_] | None,
    written: Sequence[Key] = (),
) -> Analysis:
    """Analyse notes, or where they are stated chords.

    written   the score's own keys, which say how theirs is spelled and nothing else
    """
    if not stated and not len(events):
        return NOTHING
    if events.last > LONGEST:
        raise InputError(
            f"the piece lasts {events.last // PPQ} quarter notes; "
            f"analysis reads at most {LONGEST // PPQ}"
        )
    if stated:
        return _read_chords(stated, events, meters, melody, None, written)
    at = find_edges(events, meters) if edges is None else check_edges(edges)
    weights = weigh(events, at)
    sounding = np.flatnonzero(weights.sum(axis=1) > 0)
    if not len(sounding):
        return NOTHING
    home = key_distribution(events, meters=meters)
    channels, general = describe(events, at)
    evidence = described_evidence(channels, general) + _RULES * rule_evidence(channels)
    found = track(
        evidence[sounding],
        described_bass(channels, general)[sounding],
        (np.diff(at) / PPQ)[sounding],
        weights[sounding],
        home=home,
    )
    states = np.zeros(len(evidence), np.int64)
    labels = np.where(found.labels < len(LABELS), found.labels, LABELS.index("maj"))
    states[sounding] = found.roots * len(LABELS) + labels
    basses = described_bass(channels, general, states=states)[sounding]
    certain = _certainty(weights[sounding], found)
    found = replace(found, shares=found.shares * certain)
    chords = [_chord(*row) for row in zip(found.roots, found.labels, basses, strict=True)]
    spans = [
        ChordSpan(int(at[i]), int(at[i + 1]), chord)
        for i, chord in zip(sounding, chords, strict=True)
    ]
    if edges is None:
        spans, found = _merge(spans, found)
    return _assemble(spans, found, home, events, meters, melody, written=written)


def _certainty(weights: NDArray[np.float64], found: Track) -> NDArray[np.float64]:
    """Return how far the notes of each span can tell a chord at all, 0..1, (spans,).

    One or two pitch classes fit many chords, and where most of what sounds is foreign none fits.
    """
    tonics = np.where(found.labels < len(LABELS), found.roots, found.roots + 5) % 12
    triads = np.array([LABELS.index("maj"), LABELS.index("min")])
    labels = np.append(np.arange(len(LABELS)), triads)[found.labels]
    notes = chord_notes()[tonics * len(LABELS) + labels]
    heard = ((weights > 0) & notes).sum(axis=1)
    inside = (weights * notes).sum(axis=1) / weights.sum(axis=1)
    result: NDArray[np.float64] = _BY_NOTES[np.minimum(heard, 3)] * np.minimum(
        inside / _MOSTLY, 1.0
    )
    return result


def _merge(spans: Sequence[ChordSpan], found: Track) -> tuple[list[ChordSpan], Track]:
    """Join neighbours of the same chord in the same key."""
    kept: list[int] = []
    joined: list[ChordSpan] = []
    for i, span in enumerate(spans):
        last = joined[-1] if kept and found.keys[i] == found.keys[kept[-1]] else None
        if last and (last.end, last.chord) == (span.start, span.chord):
            joined[-1] = ChordSpan(last.start, span.end, span.chord)
        else:
            kept.append(i)
            joined.append(span)
    return joined, found.take(kept)


def _chord(root: int, label: int, bass: int) -> Chord:
    """Make a chord of a track's numbers; the cadential six-four is the tonic over its fifth."""
    if label >= len(LABELS):
        return Chord((int(root) + 5) % 12, ("maj", "min")[label - len(LABELS)], int(root))
    return Chord(int(root), LABELS[label], int(bass) if bass >= 0 else None)


def _read_chords(
    spans: Sequence[ChordSpan],
    events: Events,
    meters: Meters,
    melody: NDArray[np.bool_] | None,
    key: Key | None,
    written: Sequence[Key] = (),
) -> Analysis:
    """Analyse chords that are given."""
    if not spans:
        return NOTHING
    evidence = np.full((len(spans), 12, len(LABELS)), _UNSTATED)
    weights = np.zeros((len(spans), 12))
    for i, span in enumerate(spans):
        chord = span.chord
        for label in _readings(chord.quality):
            evidence[i, chord.root, LABELS.index(label)] = _STATED
        weights[i, list({*chord.pitch_classes, chord.bass_pitch_class})] = 1.0
    basses = np.array([span.chord.bass_pitch_class for span in spans])
    lengths = np.array([(span.end - span.start) / PPQ for span in spans])
    found = track(evidence, basses, lengths, weights)
    # The chord is given, only the key is in doubt.
    found = replace(found, shares=found.key_shares[np.arange(len(spans)), found.keys])
    # Pieces end in their key.
    held = lengths @ found.key_shares / lengths.sum() + _ENDING * found.key_shares[-1]
    played = key_distribution(events if len(events) else _sound(spans), meters=meters)
    home = held / held.sum() + _PLAYED * played
    return _assemble(spans, found, home / home.sum(), events, meters, melody, key, written)


def _sound(spans: Sequence[ChordSpan]) -> Events:
    """Play chords as blocks over their bass, each within an octave above the first one's root."""
    low = spans[0].chord.root
    rows = [
        (span.start, span.end, octave + low + (tone - low) % 12)
        for span in spans
        for octave, tones in (
            (36, (span.chord.bass_pitch_class,)),
            (60, span.chord.pitch_classes),
        )
        for tone in tones
    ]
    return Events.from_columns(*np.array(rows, np.int64).T)


def _readings(quality: str) -> tuple[str, ...]:
    """List the labels as which a quality may be read: a seventh may be a mere colour."""
    label = label_of(quality)
    if quality == "5":
        return ("maj", "min")
    return {"maj7": ("maj7", "maj"), "min7": ("min7", "min"), "minmaj7": ("minmaj7", "min")}.get(
        label, (label,)
    )


def _assemble(
    spans: Sequence[ChordSpan],
    found: Track,
    home: NDArray[np.float64],
    events: Events,
    meters: Meters,
    melody: NDArray[np.bool_] | None,
    key: Key | None = None,
    written: Sequence[Key] = (),
) -> Analysis:
    """Name what was tracked, and find what closes, strains and repeats."""
    lengths = np.array([span.end - span.start for span in spans], np.float64)
    if key is None:
        numbers = [int(home.argmax()), *found.keys.tolist(), *found.regions.tolist()]
        whole, *spelled = _spell_together(numbers, written)
        keys, regions = spelled[: len(spans)], spelled[len(spans) :]
        sure = float(home.max())
        held = found.key_shares[np.arange(len(spans)), found.keys]
    else:
        whole, sure, held = key, 1.0, np.ones(len(spans))
        keys = regions = [key] * len(spans)
    chords = [span.chord for span in spans]
    named = name_functions(chords, keys, regions)
    labelled = tuple(
        LabelledChord(span.start, span.end, span.chord, where, *name, float(min(share, 1.0)))
        for span, where, name, share in zip(spans, keys, named, found.shares, strict=True)
    )
    local = _join(spans, keys, held * lengths)
    return Analysis(
        key=whole,
        key_confidence=min(sure, 1.0),
        keys=local,
        chords=labelled,
        cadences=find_cadences(events, meters, labelled, local),
        degrees=read_degrees(events, local, melody=melody),
        tension=tension(chords, keys, home=whole, surprise=_surprise(chords, keys)),
        patterns=find_patterns(chords),
    )


def _surprise(chords: Sequence[Chord], keys: Sequence[Key]) -> list[float]:
    """Return the bits by which each chord surprises a model of jazz harmony, in its local key."""
    model = chord_model()
    symbols = [symbol(chord) for chord in chords]
    return [
        -math.log2(model.predict(symbols[max(i - _REMEMBERED, 0) : i], key)[symbols[i]])
        for i, key in enumerate(keys)
    ]


def _spell_together(numbers: Sequence[int], written: Sequence[Key]) -> list[Key]:
    """Spell keys, tonic + 12 * is_minor each, the first so that it lies near all, all near it.

    written   where a spelling of the first one is among them, it is spelled so
    """
    counts = Counter(numbers)
    # What can be spelled in two ways says nothing of where the others lie.
    sure = {n: plain.signature for n in counts for plain, *others in [_spellings(n)] if not others}
    where = sum(sure[n] * counts[n] for n in sure) / max(sum(counts[n] for n in sure), 1)
    names = _spellings(numbers[0])
    stated = [key for key in written if key.mode == names[0].mode
              and key.pitch_class == names[0].pitch_class]  # fmt: skip
    first = min(stated or names, key=lambda key: abs(key.signature - where))
    near = {
        number: min(_spellings(number), key=lambda key: abs(key.signature - first.signature))
        for number in counts
    }
    return [first, *(near[number] for number in numbers[1:])]


@cache
def _spellings(number: int) -> tuple[Key, ...]:
    """Return a key's names of at most six accidentals, the plainest first."""
    mode = "minor" if number >= 12 else "major"
    plain = spell_key(number % 12, mode)
    names = (FLAT_NAMES[number % 12], SHARP_NAMES[number % 12])
    others = (Key(name, mode) for name in names if name != plain.tonic)
    return (plain, *(key for key in others if abs(key.signature) <= _MOST_ACCIDENTALS))


def _join(
    spans: Sequence[ChordSpan], keys: Sequence[Key], held: NDArray[np.float64]
) -> tuple[KeySpan, ...]:
    """Join chords of one key; a key holds until the next one begins."""
    starts = [0] + [i for i, (a, b) in enumerate(pairwise(keys), 1) if a != b]
    found = []
    for first, after in zip(starts, [*starts[1:], len(keys)], strict=True):
        length = sum(span.end - span.start for span in spans[first:after])
        end = spans[after].start if after < len(keys) else spans[-1].end
        sure = min(float(held[first:after].sum()) / length, 1.0)
        found.append(KeySpan(spans[first].start, end, keys[first], sure))
    return tuple(found)
