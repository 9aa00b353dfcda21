"""Faults of part writing: each one found in a passage, named, and put where it is."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import ChordSpan, Note, Score
from tapeloom.theory.four_part import RANGES
from tapeloom.theory.voice_costs import AWKWARD, tendencies
from tapeloom.theory.voicing import functions

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
Rows = NDArray[np.int64]  # (moments, voices), -1 where a voice rests
Voices = Sequence[Sequence[Note]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a fault, and where the limits lie."""

    faults: frozenset[str]  # names in FAULTS
    outer_direct: bool = True  # direct fifths and octaves between the outer voices only
    direct_leap: int = 3  # semitones from which the upper voice's leap makes them direct
    widest: int = 12  # semitones between neighbours above the bass
    ranges: tuple[tuple[int, int], ...] = ()  # of each voice, where the passage has as many

    def __post_init__(self) -> None:
        unknown = sorted(self.faults - set(FAULTS))
        if unknown:
            raise InputError(f"{unknown[0]!r} is no fault; choose from {', '.join(FAULTS)}")


_PARALLELS = ("parallel fifths", "parallel octaves", "parallel unisons")
STRICT = Rules(
    frozenset({*_PARALLELS, "direct fifth", "direct octave", "dissonance"}),
    outer_direct=False, direct_leap=1,
)  # fmt: skip
CHORALE = Rules(
    frozenset(FAULTS) - {"dissonance", "fifths by contrary motion", "octaves by contrary motion"},
    ranges=tuple(RANGES.values()),
)
KEYBOARD = Rules(frozenset({*_PARALLELS, "crossing", "missing third"}))
RULES = {"strict": STRICT, "chorale": CHORALE, "keyboard": KEYBOARD}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: where it is heard, what it is, who does it, and from and to which pitches.

    >>> fault = find_faults([[Note(0, 4, 49), Note(4, 4, 51)], [Note(0, 4, 56), Note(4, 4, 58)]])[0]
    >>> print(fault)
    tick 4: parallel fifths in voices 1 and 2, Db3 Ab3 to Eb3 Bb3
    >>> fault.describe(Key("E", "major")), fault.reason
    ('tick 4: parallel fifths in voices 1 and 2, C#3 G#3 to D#3 A#3', 'two voices keep a ...')
    """

    tick: int  # where it is complete; the index of the chord where there are no ticks
    name: str  # in FAULTS
    voices: tuple[int, ...]  # from the lowest, counted from 0; empty where all are meant
    end: tuple[int, ...] = ()  # the MIDI pitches of these voices
    start: tuple[int, ...] = ()  # those that they come from, where it is a move

    @property
    def reason(self) -> str:
        """What is wrong, in a sentence."""
        return FAULTS[self.name]

    def describe(self, key: Key | None = None) -> str:
        """Say it in words, spelled on the key's side of the circle of fifths (else flats)."""
        sharps = key is not None and key.signature > 0
        text = f"tick {self.tick}: {self.name}"
        if self.voices:
            who = " and ".join(str(voice + 1) for voice in self.voices)
            text += f" in voice{'s' if len(self.voices) > 1 else ''} {who}, "
        rows = [" ".join(pitch_name(pitch, sharps=sharps) for pitch in row)
                for row in (self.start, self.end) if row]  # fmt: skip
        return text + " to ".join(rows)

    def __str__(self) -> str:
        return self.describe()


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """Voices laid side by side: one row for each moment at which any of them begins a note."""

    ticks: tuple[int, ...]
    pitches: Rows  # (moments, voices), -1 where a voice rests
    struck: NDArray[np.bool_]  # (moments, voices), whether the voice begins a note here

    @classmethod
    def from_voices(cls, voices: Voices) -> "Texture":
        """Lay out lines of one note at a time, from the lowest voice to the highest."""
        lines = [sorted(voice, key=lambda note: note.start) for voice in voices]
        for number, line in enumerate(lines):
            for first, second in itertools.pairwise(line):
                if second.start < first.end:
                    raise InputError(
                        f"voice {number + 1} sounds two notes at tick {second.start}; "
                        "give each voice one at a time"
                    )
        ticks = sorted({note.start for line in lines for note in line})
        at = {tick: row for row, tick in enumerate(ticks)}
        pitches = np.full((len(ticks), len(lines)), -1, np.int64)
        struck = np.zeros(pitches.shape, np.bool_)
        for voice, line in enumerate(lines):
            for note in line:
                last = int(np.searchsorted(ticks, note.end))
                pitches[at[note.start] : last, voice] = note.pitch
                struck[at[note.start], voice] = True
        return cls(tuple(ticks), pitches, struck)

    @classmethod
    def from_score(cls, score: Score) -> "Texture":
        """Lay out the pitched parts of a score, each one voice, in order of their mean pitch."""
        parts = [part for part in score.parts if part.notes and part.role != "drums"]
        for part in parts:
            for first, second in itertools.pairwise(part.notes):
                if second.start < first.end:
                    raise InputError(
                        f"part {part.name!r} sounds two notes at tick {second.start}; "
                        "only parts of one note at a time are voices"
                    )
        height = {part.name: float(np.mean([note.pitch for note in part.notes])) for part in parts}
        ordered = sorted(parts, key=lambda part: height[part.name])
        return cls.from_voices([part.notes for part in ordered])

    @classmethod
    def from_chords(cls, chords: Sequence[Sequence[int | None]]) -> "Texture":
        """Lay out chords of equally many voices from the lowest; None rests; ticks are indices."""
        if len({len(chord) for chord in chords}) > 1:
            raise InputError("the chords differ in their numbers of voices; write None for a rest")
        rows = [[-1 if pitch is None else pitch for pitch in chord] for chord in chords]
        pitches = np.array(rows, np.int64).reshape(len(rows), len(rows[0]) if rows else 0)
        return cls(tuple(range(len(chords))), pitches, pitches >= 0)

    def at(self, ticks: Sequence[int]) -> "Texture":
        """Keep what sounds at some ticks alone, such as the beats: the frame of the passage.

        Passing notes no longer hide the parallels between these ticks.
        """
        rows = np.searchsorted(self.ticks, ticks, side="right") - 1
        if (rows < 0).any() or any(b <= a for a, b in itertools.pairwise(ticks)):
            raise InputError("ticks must rise, and none may lie before the first note")
        pitches = self.pitches[rows]
        return Texture(tuple(ticks), pitches, pitches >= 0)


def _fault(
    texture: Texture, row: int, name: str, voices: Sequence[int], *, moved: bool = False
) -> Fault:
    """Note down a fault of some voices at a moment, or of their move into it."""
    rows, who = texture.pitches, list(voices)
    start = tuple(rows[row - 1, who].tolist()) if moved else ()
    return Fault(texture.ticks[row], name, tuple(who), tuple(rows[row, who].tolist()), start)


def _pairs(texture: Texture, rules: Rules) -> Iterator[Fault]:
    """Find what two voices do together from one moment to the next."""
    rows = texture.pitches
    voices = rows.shape[1]
    a, b = rows[:-1], rows[1:]
    steps = np.where((a >= 0) & (b >= 0), b - a, 0)
    for low, high in itertools.combinations(range(voices), 2):
        i, j = steps[:, low], steps[:, high]
        over = b[:, high] >= b[:, low]  # else the voices are crossed
        before, after = np.abs(a[:, high] - a[:, low]), np.abs(b[:, high] - b[:, low])
        moved = (i != 0) & (j != 0)
        perfect = moved & np.isin(after % 12, (0, 7))
        same = perfect & (before % 12 == after % 12)
        alike = np.sign(i) == np.sign(j)
        is_outer = (low, high) == (0, voices - 1)
        leap = np.abs(np.where(over, j, i))
        for row in np.flatnonzero(perfect).tolist():
            fifth = after[row] % 12 == 7
            if same[row] and alike[row]:
                kind = "unisons" if before[row] == after[row] == 0 else "octaves"
                name = f"parallel {'fifths' if fifth else kind}"
            elif same[row]:
                name = f"{'fifths' if fifth else 'octaves'} by contrary motion"
            elif (
                alike[row]
                and leap[row] >= rules.direct_leap
                and (is_outer or not rules.outer_direct)
            ):
                name = f"direct {'fifth' if fifth else 'octave'}"
            else:
                continue
            yield _fault(texture, row + 1, name, (low, high), moved=True)


def _verticals(texture: Texture, rules: Rules) -> Iterator[Fault]:
    """Find what is wrong with a moment by itself: crossing, spacing, dissonance."""
    rows = texture.pitches
    voices = rows.shape[1]
    for low, high in itertools.combinations(range(voices), 2):
        x, y = rows[:, low], rows[:, high]
        sound = (x >= 0) & (y >= 0)
        fresh = (texture.struck[:, low] | texture.struck[:, high]) & sound
        interval = np.abs(y - x) % 12
        lowest = np.where(rows < 0, 999, rows).min(axis=1) if voices else x
        on_bass = np.minimum(x, y) == lowest
        harsh = ~np.isin(interval, (0, 3, 4, 7, 8, 9)) & (on_bass | ~np.isin(interval, (5, 6)))
        tests = {"dissonance": harsh}
        if high == low + 1:
            tests["crossing"] = x > y
            if low > 0:
                tests["spacing"] = y - x > rules.widest
        for name, found in tests.items():
            for row in np.flatnonzero(found & fresh).tolist():
                yield _fault(texture, row, name, (low, high))


def _overlaps(texture: Texture, rules: Rules) -> Iterator[Fault]:
    rows = texture.pitches
    a, b = rows[:-1], rows[1:]
    for low in range(rows.shape[1] - 1):
        high = low + 1
        sound = ((a >= 0) & (b >= 0))[:, [low, high]].all(axis=1)
        apart = (a[:, low] <= a[:, high]) & (b[:, low] <= b[:, high])
        beyond = (b[:, low] > a[:, high]) | (b[:, high] < a[:, low])
        for row in np.flatnonzero(sound & apart & beyond).tolist():
            yield _fault(texture, row + 1, "overlap", (low, high), moved=True)


def _lines(texture: Texture, rules: Rules, key: Key | None) -> Iterator[Fault]:
    """Find what a voice does alone: its range and its leaps."""
    for voice in range(texture.pitches.shape[1]):
        at = np.flatnonzero(texture.struck[:, voice])
        line = texture.pitches[at, voice]
        if len(rules.ranges) == texture.pitches.shape[1]:
            bottom, top = rules.ranges[voice]
            for row in np.flatnonzero((line < bottom) | (line > top)).tolist():
                yield _fault(texture, int(at[row]), "range", (voice,))
        for row, step in enumerate(np.diff(line)):
            name = _leap(int(line[row]), int(step), key)
            if name is not None:
                tick = texture.ticks[at[row + 1]]
                here, there = line[row : row + 2].tolist()
                yield Fault(tick, name, (voice,), (there,), (here,))


def _leap(pitch: int, step: int, key: Key | None) -> str | None:
    if abs(step) in AWKWARD or abs(step) > 12:
        return "tritone leap" if abs(step) == 6 else "leap"
    if abs(step) == 3 and key is not None and key.is_minor:
        ends = {(pitch - key.pitch_class) % 12, (pitch + step - key.pitch_class) % 12}
        return "augmented second" if ends == {8, 11} else None
    return None


def _harmony(texture: Texture, chords: Sequence[Chord | None]) -> Iterator[Fault]:
    """Find what the voices do to the chords: doublings, gaps, tones that ask to be resolved."""
    rows = texture.pitches
    for chord, run in itertools.groupby(range(len(chords)), key=lambda row: chords[row]):
        held = list(run)
        if chord is None:
            continue
        degrees = functions(chord.quality)
        heard = {int(pitch) % 12 for pitch in rows[held].flat if pitch >= 0}
        third = (chord.root + degrees["third"]) % 12 if "third" in degrees else None
        if len(heard) > 1 and third is not None and third not in heard:
            yield _fault(texture, held[0], "missing third", ())
        if degrees.get("seventh") in (10, 11):
            tone = (chord.root + degrees["seventh"]) % 12
            for row in held:
                yield from _doubled(texture, row, tone, "doubled seventh")
        last = held[-1]
        after = chords[last + 1] if last + 1 < len(chords) else None
        if after is not None:
            yield from _resolutions(texture, last, chord, after)


def _doubled(texture: Texture, row: int, tone: int, name: str) -> Iterator[Fault]:
    pitches = texture.pitches[row]
    who = np.flatnonzero((pitches >= 0) & (pitches % 12 == tone))
    if len(who) > 1 and texture.struck[row, who].any():
        yield _fault(texture, row, name, who.tolist())


def _resolutions(texture: Texture, row: int, chord: Chord, after: Chord) -> Iterator[Fault]:
    rows = texture.pitches
    outer = (0, rows.shape[1] - 1)
    for wish in tendencies(chord, after):
        for voice in np.flatnonzero((rows[row] >= 0) & (rows[row] % 12 == wish.tone)).tolist():
            here, there = int(rows[row, voice]), int(rows[row + 1, voice])
            # A leading tone inside the texture may fall to the fifth.
            free = wish.name == "leading tone" and voice not in outer
            if there >= 0 and there - here not in wish.steps and not free:
                yield _fault(texture, row + 1, f"unresolved {wish.name}", (voice,), moved=True)


def _leading_tones(
    texture: Texture, chords: Sequence[Chord | None], key: Key | None
) -> Iterator[Fault]:
    """Find the leading tone doubled, where no chord makes another degree of it."""
    if key is None:
        return
    tone = (key.pitch_class + 11) % 12
    for row, chord in enumerate(chords):
        if chord is None or tone in (chord.root, (chord.root + 4) % 12):
            yield from _doubled(texture, row, tone, "doubled leading tone")


def find_faults(
    voices: Voices | Texture,
    *,
    rules: Rules | str = CHORALE,
    chords: Sequence[ChordSpan] | Sequence[Chord] = (),
    key: Key | None = None,
) -> tuple[Fault, ...]:
    """Find the faults of part writing in a passage, in order of time.

    voices   lines of notes from the lowest voice to the highest, or a `Texture` of chords
    rules    what counts: strict (first species: consonances only, no motion in the same direction
             into a perfect interval), chorale (four parts), keyboard, or Rules of one's own
    chords   the harmony: spans in ticks, or a chord for each chord of the texture; without it
             nothing is said of sevenths and missing thirds
    key      tells the leading tone and the augmented second

    Parallels are heard between notes that follow one another at once in both voices.

    >>> passage = Texture.from_chords([(48, 55, 64, 72), (53, 60, 65, 77)])
    >>> [(fault.tick, fault.name, fault.voices) for fault in find_faults(passage)]
    [(1, 'parallel fifths', (0, 1)), (1, 'parallel octaves', (0, 3))]
    """
    if isinstance(rules, str):
        if rules not in RULES:
            raise InputError(f"{rules!r} are no rules; choose one of {', '.join(RULES)}")
        rules = RULES[rules]
    texture = voices if isinstance(voices, Texture) else Texture.from_voices(voices)
    if not texture.ticks:
        return ()
    harmony = _chords_at(texture, chords)
    found = itertools.chain(
        _pairs(texture, rules),
        _verticals(texture, rules),
        _overlaps(texture, rules),
        _lines(texture, rules, key),
        _harmony(texture, harmony),
        _leading_tones(texture, harmony, key),
    )
    return tuple(sorted(fault for fault in found if fault.name in rules.faults))


def _chords_at(
    texture: Texture, chords: Sequence[ChordSpan] | Sequence[Chord]
) -> list[Chord | None]:
    """Tell the chord of each moment."""
    spans = [each for each in chords if isinstance(each, ChordSpan)]
    plain = [each for each in chords if isinstance(each, Chord)]
    if plain:
        if len(plain) != len(texture.ticks):
            raise InputError(f"there are {len(plain)} chords, but {len(texture.ticks)} moments")
        return [*plain]
    return [
        next((span.chord for span in spans if span.start <= tick < span.end), None)
        for tick in texture.ticks
    ]
