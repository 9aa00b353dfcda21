"""A second melody, which answers a lo-fi lead in its rests.

It takes a fragment of the phrase that the lead has just sung, as it was or turned upside down,
bends it to the chords, lies on one side of the lead, and ends as the lead comes in, or holds a
tone of the chord that is consonant with it. A long note that ends a phrase is as good as a rest.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.band import ALIKE
from tapeloom.compose.line import LineNote, find_pitches
from tapeloom.compose.lines import phrases_of
from tapeloom.compose.melody import chord_under
from tapeloom.compose.rewrite import key_at
from tapeloom.core.score import Note, Part, Score, Section
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import INSTRUMENTS, Instrument
from tapeloom.theory.instruments import instrument as instrument_named

NAME = "answer"
ROLE = "other"
_EIGHTH = PPQ // 2
_LEAST = 3 * _EIGHTH  # ticks of silence that can be answered
_LONGEST = 8 * PPQ
_HEARD = 3 * _EIGHTH  # ticks after which a long note of the lead is as good as a rest
_RUBS = (1, 2, 6, 10, 11)  # semitones that would rub it
_WINDOW = 14  # semitones in which it moves
_APART = 2  # semitones that it keeps from the lead
_SOFTER = 14  # velocity under the lead's
_CALM = 0.3  # energy of sections under which the lead is left alone
_SKIPPED = 0.2  # of the rests are left silent
_MIDDLE = 70  # a lead that lies over it on average is answered from below
# Players of an answer where the lead has no partner in the synth.
_OTHERS = ("vibraphone", "flute", "nylon_guitar", "clarinet", "kalimba", "celesta", "solo_cello",
           "muted_trumpet", "felt_piano", "electric_piano")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rest:
    """A silence of the lead, and the phrases on its both sides."""

    start: int  # ticks, where an answer may begin
    end: int  # ticks, where the lead comes in
    before: tuple[Note, ...]
    after: tuple[Note, ...]


def write_counter_melody(
    score: Score,
    *,
    rng: np.random.Generator,
    instrument: str | None = None,
    sections: Sequence[Section] | None = None,
) -> Part | None:
    """Write a part that answers the melody in its rests; None where there is nothing to answer.

    instrument  who plays it, a name in theory.instruments; one that goes with the lead when None
    sections    where it may play; where None, those with some energy, or all of a score that
                names none

    The part is called `answer` and has the role `other`; the mixer knows the name and sets it
    behind the lead.
    """
    lead = next((part for part in score.parts if part.role == "melody" and part.notes), None)
    if lead is None or not score.chords:
        return None
    player = instrument_named(instrument or _partner(score, lead, rng))
    is_below = float(np.mean([note.pitch for note in lead.notes])) >= _MIDDLE
    bass = next((part.notes for part in score.parts if part.role == "bass"), ())
    notes: list[Note] = []
    for rest in _rests(lead.notes, score, sections):
        draws = rng.random(3)
        if draws[0] >= _SKIPPED:
            answer = _answer(rest, score, player, is_below=is_below, draws=draws[1:])
            notes += _mended(answer, score, lead.notes, bass) if answer else []
    if not notes:
        return None
    return Part(NAME, ROLE, player.name, tuple(notes), player.program)


def _partner(score: Score, lead: Part, rng: np.random.Generator) -> str:
    """Choose a player who goes with the lead and whom nobody else is like."""
    busy = {part.instrument for part in score.parts}
    barred = busy.union(*(kind for kind in ALIKE if kind & busy))
    partners = INSTRUMENTS[lead.instrument].partners if lead.instrument in INSTRUMENTS else ()
    options = [name for name in partners if name in _OTHERS and name not in barred]
    options += [name for name in _OTHERS if name not in (*barred, *options)]
    return options[min(int(rng.integers(3)), len(options) - 1)] if options else "vibraphone"


def _rests(line: Sequence[Note], score: Score, sections: Sequence[Section] | None) -> list[_Rest]:
    """Find the lead's silences after each phrase, within the sections."""
    chosen = sections
    if chosen is None:
        chosen = [each for each in score.sections if each.energy >= _CALM]
    whole = not score.sections and sections is None
    bounds = [(0, score.end)] if whole else [(each.start, each.end) for each in chosen]
    phrases = phrases_of(line)
    found: list[_Rest] = []
    for i, phrase in enumerate(phrases):
        end = max(note.end for note in phrase)
        bound = next((b for b in bounds if b[0] <= phrase[-1].start < b[1]), None)
        if bound is None:
            continue
        following = phrases[i + 1] if i + 1 < len(phrases) else ()
        comes_in = following[0].start if following else bound[1]
        # A long last note is as good as a rest, once it has been heard.
        last = phrase[-1]
        free = min(end, last.start + _HEARD) if last.duration > _HEARD else end
        start = -(-(free + _EIGHTH // 2) // _EIGHTH) * _EIGHTH
        stop = min(comes_in, bound[1], start + _LONGEST)
        if stop - start >= _LEAST:
            after = tuple(following[:3]) if stop == comes_in else ()
            found.append(_Rest(start, stop, tuple(phrase), after))
    return found


def _answer(
    rest: _Rest, score: Score, player: Instrument, *, is_below: bool, draws: np.ndarray
) -> list[Note]:
    """Bend a fragment of the phrase before to a rest."""
    fragment = _fragment(rest, head=bool(draws[0] < 0.5))
    low, high = _room(rest, player, is_below=is_below)
    if len(fragment) < 2 or high - low < 5:
        return []
    way = -1 if draws[1] < 0.45 else 1  # upside down, or as it was
    key = key_at(score, rest.start)
    middle, first = (low + high) / 2, fragment[0].pitch
    lines: list[LineNote] = []
    for i, note in enumerate(fragment):
        step = way * (note.pitch - fragment[i - 1].pitch) if i else 0
        is_last = i == len(fragment) - 1
        heavy = 2 if note.start % PPQ == 0 or note.duration >= PPQ or is_last else 0
        lines.append(
            LineNote(chord_under(score.chords, note.start, note.end), key, heavy,
                     goal=middle + 0.6 * way * (note.pitch - first), step=float(step))
        )  # fmt: skip
    pitches = find_pitches(lines, low=low, high=high)
    level = int(np.mean([note.velocity for note in rest.before])) - _SOFTER
    notes = [replace(note, pitch=pitch, velocity=max(level - 2 * (i % 2), 25), moves=())
             for i, (note, pitch) in enumerate(zip(fragment, pitches, strict=True))]  # fmt: skip
    notes[-1] = _held(notes[-1], rest, score)
    return notes


def _fragment(rest: _Rest, *, head: bool) -> list[Note]:
    """Take the head or the tail of the phrase before, as much as the rest holds; set it there."""
    source = sorted(rest.before)
    room = rest.end - rest.start
    count = min(len(source), 6)
    while count > 1:
        taken = source[:count] if head else source[-count:]
        last = min(taken[-1].duration, PPQ)
        if taken[-1].start + last - taken[0].start <= room:
            break
        count -= 1
    taken = source[:count] if head else source[-count:]
    shift = rest.start - taken[0].start
    moved = [replace(note, start=note.start + shift) for note in taken]
    ends = [note.start for note in moved[1:]] + [rest.end]
    return [replace(note, duration=max(min(note.duration, end - note.start), 1))
            for note, end in zip(moved, ends, strict=True)]  # fmt: skip


def _room(rest: _Rest, player: Instrument, *, is_below: bool) -> tuple[int, int]:
    """Return the pitches on one side of what the lead sings around the rest."""
    near = [note.pitch for note in (*rest.before[-4:], *rest.after)]
    if is_below:
        high = min(min(near) - _APART, player.comfortable[1])
        return max(high - _WINDOW, player.comfortable[0]), high
    low = max(max(near) + _APART, player.comfortable[0])
    return low, min(low + _WINDOW, player.comfortable[1])


def _held(note: Note, rest: _Rest, score: Score) -> Note:
    """Let the last note ring until the lead comes in, or a beat longer where it goes with it."""
    room = rest.end - note.start
    ringing = replace(note, duration=min(max(note.duration, PPQ), room))
    if not rest.after or room > 2 * PPQ:
        return ringing
    entry = rest.after[0]
    stop = min(rest.end + PPQ, rest.after[1].start if len(rest.after) > 1 else rest.end + PPQ)
    chord = score.chord_at(entry.start)
    agrees = abs(entry.pitch - note.pitch) % 12 in (3, 4, 8, 9)
    if chord is None or note.pitch % 12 not in chord.pitch_classes or not agrees:
        return ringing
    return replace(note, duration=stop - note.start)


def _mended(
    answer: Sequence[Note], score: Score, lead: Sequence[Note], bass: Sequence[Note]
) -> list[Note]:
    """Give another tone of its chord to a note that rubs the lead or goes in fifths with the bass.

    What no other tone mends is left out.
    """
    bottom, top = min(n.pitch for n in answer), max(n.pitch for n in answer)
    notes: list[Note] = []
    for note in answer:
        before = notes[-1] if notes else None
        held = _at(lead, note.start)
        lows = (_at(bass, before.start) if before else None, _at(bass, note.start))
        chord = chord_under(score.chords, note.start, note.end)
        others = [p for p in range(bottom, top + 1) if p % 12 in chord.pitch_classes]
        for pitch in (note.pitch, *sorted(others, key=lambda p: abs(p - note.pitch))):
            rubs = held is not None and abs(held - pitch) % 12 in _RUBS
            lags = before is not None and _in_parallel(before.pitch, lows[0], pitch, lows[1])
            if not rubs and not lags:
                notes.append(replace(note, pitch=pitch))
                break
    return notes


def _at(line: Sequence[Note], tick: int) -> int | None:
    """Return the pitch that a line sounds at a tick."""
    i = bisect_right(line, tick, key=lambda note: note.start) - 1
    return line[i].pitch if i >= 0 and line[i].end > tick else None


def _in_parallel(upper: int, lower: int | None, upper_after: int, lower_after: int | None) -> bool:
    """Return whether two voices keep a fifth or an octave while both move the same way."""
    if lower is None or lower_after is None:
        return False
    moved = (upper_after - upper) * (lower_after - lower) > 0
    interval, after = (upper - lower) % 12, (upper_after - lower_after) % 12
    return moved and interval == after and after in (0, 7)
