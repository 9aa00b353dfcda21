"""Faults of part writing: each one found in a passage, named, and put where it is."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import ChordSpan
from tapeloom.theory.four_part import LIMITS
from tapeloom.theory.part_moves import (
    FAULTS,
    Rules,
    allowed_steps,
    leading_tones,
    leap_faults,
    overlap_faults,
    pair_faults,
    wishes,
)
from tapeloom.theory.texture import Texture, Voices
from tapeloom.theory.voicing import functions

__all__ = [
    "CHORALE", "FAULTS", "KEYBOARD", "RULES", "STRICT", "Fault", "Rules", "Texture", "find_faults",
]  # fmt: skip

_PARALLELS = ("parallel fifths", "parallel octaves", "parallel unisons")
STRICT = Rules(
    frozenset({*_PARALLELS, "direct fifth", "direct octave", "dissonance"}),
    outer_direct=False, direct_leap=1,
)  # fmt: skip
# Four voices, as a choir sings them. What Bach does in his chorales as a matter of course is none:
# a tritone that turns back, a voice that goes a whole tone beyond where its neighbour was, voices
# that cross or lie wide apart in passing, an inner leading tone that falls to the fifth.
CHORALE = Rules(
    frozenset(FAULTS) - {"dissonance"},
    ranges=tuple(LIMITS.values()), overlap_room=2, turned_tritones=True,
    lasting=frozenset({"crossing", "spacing", "doubled leading tone", "doubled seventh"}),
)  # fmt: skip
KEYBOARD = Rules(frozenset({*_PARALLELS, "crossing", "missing third"}))
RULES = {"strict": STRICT, "chorale": CHORALE, "keyboard": KEYBOARD}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: where it is heard, what it is, who does it, and from and to which pitches.

    >>> from tapeloom.core.score import Note
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


def _fault(
    texture: Texture, row: int, name: str, voices: Sequence[int], *, moved: bool = False
) -> Fault:
    """Note down a fault of some voices at a moment, or of their move into it."""
    rows, who = texture.pitches, list(voices)
    start = tuple(rows[row - 1, who].tolist()) if moved else ()
    return Fault(texture.ticks[row], name, tuple(who), tuple(rows[row, who].tolist()), start)


def _moves(texture: Texture, rules: Rules, starts: NDArray[np.bool_]) -> Iterator[Fault]:
    """Find what voices do together from one moment to the next."""
    a, b = texture.pitches[:-1], texture.pitches[1:]
    found = itertools.chain(pair_faults(a, b, rules), overlap_faults(a, b, rules.overlap_room))
    for name, voices, where in found:
        free = starts[1:] & (not name.startswith("parallel"))
        for i, row in np.argwhere(where & ~free).tolist():
            yield _fault(texture, row + 1, name, voices[i], moved=True)


def _verticals(
    texture: Texture, rules: Rules, beats: Sequence[NDArray[np.int64]]
) -> Iterator[Fault]:
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
            for row in _told(name, found & sound, fresh, rules, beats):
                yield _fault(texture, row, name, (low, high))


def _told(
    name: str,
    found: NDArray[np.bool_],
    fresh: NDArray[np.bool_],
    rules: Rules,
    beats: Sequence[NDArray[np.int64]],
) -> list[int]:
    """Return the moments at which a standing fault is told."""
    if name in rules.lasting and beats:
        return _lasting(found, beats)
    at: list[int] = np.flatnonzero(found & fresh).tolist()
    return at


def _lasting(found: NDArray[np.bool_], beats: Sequence[NDArray[np.int64]]) -> list[int]:
    """Return the first moment of each stretch of beats through which something lasts."""
    through = [bool(found[beat].all()) for beat in beats]
    return [
        int(beat[0])
        for beat, here, before in zip(beats, through, [False, *through], strict=False)
        if here and not before
    ]


def _beats(texture: Texture, ticks: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return the moments of each beat, what is held into it from before among them."""
    at = np.array(texture.ticks)
    found = []
    for start, stop in itertools.pairwise([*ticks, int(at[-1]) + 1]):
        first = int(np.searchsorted(at, start, side="right")) - 1
        last = int(np.searchsorted(at, stop, side="left"))
        if first >= 0 and last > first:
            found.append(np.arange(first, last))
    return found


def _lines(
    texture: Texture, rules: Rules, key: Key | None, starts: NDArray[np.bool_]
) -> Iterator[Fault]:
    """Find what a voice does alone: its range and its leaps."""
    for voice in range(texture.pitches.shape[1]):
        at = np.flatnonzero(texture.struck[:, voice])
        line = texture.pitches[at, voice]
        if len(rules.ranges) == texture.pitches.shape[1]:
            bottom, top = rules.ranges[voice]
            for row in np.flatnonzero((line < bottom) | (line > top)).tolist():
                yield _fault(texture, int(at[row]), "range", (voice,))
        for name, _, where in leap_faults(line[:-1, None], line[1:, None], key):
            for row in np.flatnonzero(where[0]).tolist():
                if starts[at[row] + 1 : at[row + 1] + 1].any():
                    continue
                here, there = line[row : row + 2].tolist()
                ahead = line[row + 2 :]
                turn = next((pitch for pitch in ahead.tolist() if pitch != there), there)
                turned = rules.turned_tritones and (turn - there) * (there - here) < 0
                if name == "tritone leap" and turned:
                    continue
                yield Fault(texture.ticks[at[row + 1]], name, (voice,), (there,), (here,))


def _harmony(
    texture: Texture,
    chords: Sequence[Chord | None],
    key: Key | None,
    starts: NDArray[np.bool_],
) -> Iterator[Fault]:
    """Find what the voices do to the chords: doublings, gaps, tones that ask to be resolved."""
    rows = texture.pitches
    for chord, run in itertools.groupby(range(len(chords)), key=lambda row: chords[row]):
        held = list(run)
        if chord is None:
            continue
        degrees = functions(chord.quality)
        heard = {int(pitch) % 12 for pitch in rows[held].flat if pitch >= 0}
        third = (chord.root + degrees["third"]) % 12 if "third" in degrees else None
        full = len(heard) > 1 or int((rows[held] >= 0).sum(axis=1).max()) > 2
        if full and third is not None and third not in heard:
            yield _fault(texture, held[0], "missing third", ())
        last = held[-1]
        after = chords[last + 1] if last + 1 < len(chords) else None
        if after is not None and not starts[last + 1]:
            yield from _resolutions(texture, last, chord, after, key)


def _resolutions(
    texture: Texture, row: int, chord: Chord, after: Chord, key: Key | None
) -> Iterator[Fault]:
    rows = texture.pitches
    voices = rows.shape[1]
    for wish in wishes(chord, after, key):
        for voice in np.flatnonzero((rows[row] >= 0) & (rows[row] % 12 == wish.tone)).tolist():
            here, there = int(rows[row, voice]), int(rows[row + 1, voice])
            if there < 0 or there - here in allowed_steps(wish, voice, voices):
                continue
            if there == here and _is_suspended(rows[row + 1 :, voice], wish.steps):
                continue
            yield _fault(texture, row + 1, f"unresolved {wish.name}", (voice,), moved=True)


def _is_suspended(line: NDArray[np.int64], steps: Sequence[int]) -> bool:
    """Tell whether a held note goes where it must when it moves at last."""
    moved = np.flatnonzero(line != line[0])
    return bool(len(moved)) and int(line[moved[0]] - line[0]) in steps


def _doublings(
    texture: Texture, chords: Sequence[Chord | None], key: Key | None, rules: Rules,
    beats: Sequence[NDArray[np.int64]],
) -> Iterator[Fault]:  # fmt: skip
    """Find leading tones and sevenths in two voices."""
    rows = texture.pitches
    tones: dict[tuple[str, int], NDArray[np.bool_]] = {}
    for row, chord in enumerate(chords):
        named = [("doubled leading tone", tone) for tone in leading_tones(chord, key)]
        seventh = functions(chord.quality).get("seventh") if chord else None
        if chord and seventh in (10, 11):
            named.append(("doubled seventh", (chord.root + seventh) % 12))
        for each in named:
            tones.setdefault(each, np.zeros(len(rows), np.bool_))[row] = True
    for (name, tone), bound in tones.items():
        sounds = (rows >= 0) & (rows % 12 == tone)
        twice = (sounds.sum(axis=1) > 1) & bound
        fresh = (texture.struck & sounds).any(axis=1)
        for row in _told(name, twice, fresh, rules, beats):
            yield _fault(texture, row, name, np.flatnonzero(sounds[row]).tolist())


def find_faults(
    voices: Voices | Texture,
    *,
    rules: Rules | str = CHORALE,
    chords: Sequence[ChordSpan] | Sequence[Chord] = (),
    key: Key | None = None,
    beats: Sequence[int] = (),
    phrases: Sequence[int] = (),
) -> tuple[Fault, ...]:
    """Find the faults of part writing in a passage, in order of time.

    voices   lines of notes from the lowest voice to the highest, or a `Texture` of chords
    rules    what counts: strict (first species: consonances only, no motion in the same direction
             into a perfect interval), chorale (four parts), keyboard, or Rules of one's own
    chords   the harmony: spans in ticks, or a chord for each chord of the texture; without it
             nothing is said of sevenths and missing thirds
    key      tells the leading tone and the augmented second
    beats    ticks, rising, of the beats: what is a fault only where it lasts (Rules.lasting) must
             last through one, and is told once; without them each moment is judged
    phrases  ticks at which a new phrase begins: into it only parallels are heard

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
    starts = np.isin(texture.ticks, list(phrases))
    played = _beats(texture, beats) if beats else []
    found = itertools.chain(
        _moves(texture, rules, starts),
        _verticals(texture, rules, played),
        _lines(texture, rules, key, starts),
        _harmony(texture, harmony, key, starts),
        _doublings(texture, harmony, key, rules, played),
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
