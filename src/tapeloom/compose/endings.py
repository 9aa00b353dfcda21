"""How pieces end, so that no record just stops.

    ritardando  the tempo slows through the last two bars
    held        the last chord is held, and nobody moves under it
    fade        the piece thins out: softer from bar to bar, layers leave one by one
    tag         the two bars before the close are said again, softer
    cold        one short stroke together, then silence

Calm pieces slow down, hold or fade; lively ones stop cold or say a tag. Each piece of a set has an
ending; only the last one slows down, so that a record keeps the length that was asked.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from tapeloom.compose.transition_parts import played_by
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import DRUMS

SAYS: dict[str, str] = {
    "ritardando": "the tempo slows through the last two bars",
    "held": "the last chord is held",
    "fade": "layers leave one by one, softer and softer",
    "tag": "the two bars before the close are said again",
    "cold": "one short stroke together, then silence",
}
# What endings there are, and how likely each is, by the least energy of the last section.
CHOICES: tuple[tuple[float, tuple[tuple[float, tuple[str, ...]], ...]], ...] = (
    (0.5, ((0.4, ("cold",)), (0.3, ("tag", "held")), (0.3, ("ritardando", "held")))),
    (0.3, ((0.5, ("ritardando", "held")), (0.25, ("tag", "ritardando", "held")),
           (0.25, ("fade", "held")))),
    (0.0, ((0.6, ("ritardando", "held")), (0.4, ("fade", "held")))),
)  # fmt: skip
SLOWEST = 0.78  # of the tempo, at the end of a ritardando
LEAVE_ORDER = ("drums", "guitar", "other", "bass", "pad")  # in a fade; keys and melody stay
FADED = 0.5  # of a note's velocity at the end of a fade
TAG_LEVEL = 0.86
SHORT = PPQ // 2  # of a cold stop's stroke
ACCENT = 8  # velocity that it is louder


@dataclass(frozen=True, slots=True)
class Ending:
    """How one piece ends."""

    section: Section
    bars: tuple[int, ...]  # ticks at which its bars begin
    kinds: tuple[str, ...]

    @property
    def last(self) -> int:
        """The tick of the last downbeat."""
        return self.bars[-1]


def end_piece(score: Score, *, rng: np.random.Generator) -> Score:
    """Return a score whose pieces end, each in a way that suits its last section.

    The last section's `leads_on` of each piece names the ending. The score gets no longer.
    """
    sections = list(score.sections)
    starts = score.bar_starts
    endings: list[Ending] = []
    for i, section in enumerate(sections):
        draw = float(rng.random())
        is_last = i + 1 == len(sections)
        if not is_last and sections[i + 1].piece == section.piece:
            continue
        bars = starts[bisect_left(starts, section.start) : bisect_left(starts, section.end)]
        kinds = tuple(
            kind
            for kind in _draw_ending(section.energy, draw)
            if bars and _possible(kind, bars, is_last=is_last)
        )
        if kinds:
            endings.append(Ending(section, tuple(bars), kinds))
            sections[i] = replace(section, leads_on=kinds)
    score = replace(score, sections=tuple(sections))
    for ending in endings:
        if "tag" in ending.kinds:
            score = replace(score, chords=_chords_again(score.chords, ending))
        if "ritardando" in ending.kinds:
            score = replace(score, tempo=_slower(score.tempo, ending))
    return replace(score, parts=tuple(_ended(part, score, endings) for part in score.parts))


def _draw_ending(energy: float, draw: float) -> tuple[str, ...]:
    choices = next(rows for least, rows in CHOICES if energy >= least)
    total = 0.0
    for weight, kinds in choices:
        total += weight
        if draw < total:
            return kinds
    return choices[-1][1]


def _possible(kind: str, bars: Sequence[int], *, is_last: bool) -> bool:
    if kind == "ritardando":
        return is_last and len(bars) > 2
    if kind == "tag":
        return len(bars) >= 6 and bars[-4] - bars[-6] == bars[-2] - bars[-4]
    return kind != "fade" or len(bars) >= 4


def _slower(tempo: TempoMap, ending: Ending) -> TempoMap:
    """Slow down beat by beat, ever faster, as a runner does who comes to rest.

    A. Friberg and J. Sundberg, "Does music performance allude to locomotion? A model of final
    ritardandi derived from measurements of stopping runners", JASA 105(3), 1999: with their q = 2
    the square of the tempo falls evenly.
    """
    begin = ending.bars[max(len(ending.bars) - 2, 0)]
    base = tempo.bpm_at(begin)
    changes = [change for change in tempo.changes if change[0] < begin]
    count = max((ending.section.end - begin) // PPQ, 1)
    for i in range(count):
        through = (i + 0.5) / count
        factor = math.sqrt(1.0 - (1.0 - SLOWEST**2) * through)
        changes.append((begin + i * PPQ, (base * Fraction(factor)).limit_denominator(1000)))
    return TempoMap(tuple(changes))


def _chords_again(chords: Sequence[ChordSpan], ending: Ending) -> tuple[ChordSpan, ...]:
    """Put the chords of two bars in the place of the next two."""
    source, begin, end = ending.bars[-6], ending.bars[-4], ending.bars[-2]
    shift = begin - source
    kept = [
        piece
        for span in chords
        for piece in (
            (max(span.start, 0), min(span.end, begin), span.chord),
            (max(span.start, end), span.end, span.chord),
        )
        if piece[0] < piece[1]
    ]
    again = [
        (max(span.start, source) + shift, min(span.end, begin) + shift, span.chord)
        for span in chords
        if span.start < begin and span.end > source
    ]
    return tuple(ChordSpan(*piece) for piece in sorted([*kept, *again], key=lambda p: p[0]))


def _ended(part: Part, score: Score, endings: Sequence[Ending]) -> Part:
    """Return a part with all its endings."""
    notes: list[Note] = []
    marks = list(part.marks)
    done = 0
    for ending in endings:
        first, stop = (
            bisect_left(part.notes, tick, key=lambda note: note.start)
            for tick in (ending.section.start, ending.section.end)
        )
        tail = list(part.notes[first:stop])
        notes += part.notes[done:first]
        done = stop
        for kind in ending.kinds if tail else ():
            if kind == "held":
                tail = _hold(tail, part, ending)
            elif kind == "fade":
                tail = _fade(tail, part, score, ending)
            elif kind == "cold":
                tail = _stop_cold(tail, part, ending)
            elif kind == "tag":
                shift = ending.bars[-4] - ending.bars[-6]
                marks += [
                    replace(mark, tick=mark.tick + shift)
                    for mark in part.marks
                    if ending.bars[-6] <= mark.tick < ending.bars[-4]
                ]
                tail = _say_again(tail, ending)
        notes += tail
    notes += part.notes[done:]
    places = {(note.start, note.pitch) for note in notes}
    kept = {mark for mark in marks if (mark.tick, mark.pitch) in places}
    return replace(part, notes=tuple(notes), marks=tuple(kept))


def _cut(notes: Sequence[Note], tick: int) -> list[Note]:
    """Return what begins before a tick, cut there."""
    return [
        replace(note, duration=min(note.duration, tick - note.start))
        for note in notes
        if note.start < tick
    ]


def _final_chord(notes: Sequence[Note], last: int) -> list[Note]:
    """Return what is struck on the last downbeat, or rings into the last bar, or comes next."""
    struck = [note for note in notes if note.start == last]
    ringing = [note for note in notes if note.start < last < note.end]
    later = [note for note in notes if note.start > last]
    if struck or ringing:
        return struck or ringing
    return [note for note in later if note.start == later[0].start]


def _hold(notes: list[Note], part: Part, ending: Ending) -> list[Note]:
    """Hold a part's last chord to the end; drums are silent behind the last downbeat."""
    if part.role == "drums":
        return [note for note in notes if note.start <= ending.last]
    final = _final_chord(notes, ending.last)
    if not final:
        return notes
    others = [note for note in notes if note not in final]
    before = _cut(others, max(ending.last, final[0].start))
    return [
        *before,
        *(replace(note, duration=ending.section.end - note.start) for note in final),
    ]


def _fade(notes: list[Note], part: Part, score: Score, ending: Ending) -> list[Note]:
    """Play softer from the middle on; a layer leaves when its turn comes."""
    middle, end = ending.bars[len(ending.bars) // 2], ending.section.end
    leaving = [
        other.name
        for role in LEAVE_ORDER
        for other in score.parts
        if other.role == role and played_by(other, ending.section.start, end)
    ]
    stays = any(
        other.name not in leaving and played_by(other, middle, end) for other in score.parts
    )
    leaving = leaving if stays else leaving[:-1]
    if part.name in leaving:
        late = [bar for bar in ending.bars if bar >= middle]
        notes = _cut(notes, late[leaving.index(part.name) * len(late) // len(leaving)])
    faded = []
    for note in notes:
        through = max(note.start - middle, 0) / (end - middle)
        velocity = max(round(note.velocity * (1.0 - (1.0 - FADED) * through)), 1)
        faded.append(replace(note, velocity=velocity))
    return faded


def _say_again(notes: list[Note], ending: Ending) -> list[Note]:
    """Put two bars in the place of the next two, softer."""
    source, begin, end = ending.bars[-6], ending.bars[-4], ending.bars[-2]
    again = [
        replace(
            note,
            start=note.start + begin - source,
            duration=min(note.duration, begin - note.start),
            velocity=max(round(TAG_LEVEL * note.velocity), 1),
        )
        for note in notes
        if source <= note.start < begin
    ]
    return [*_cut(notes, begin), *again, *(note for note in notes if note.start >= end)]


def _stop_cold(notes: list[Note], part: Part, ending: Ending) -> list[Note]:
    """End a part with one short stroke on the last downbeat."""
    before = _cut(notes, ending.last)
    if part.role == "drums":
        kick, crash = DRUMS["kick"], DRUMS["crash"]
        if not any(note.pitch == kick for note in notes):
            return before
        loud = max(note.velocity for note in notes if note.pitch == kick)
        strokes = ((kick, loud), (crash, max(loud - 2 * ACCENT, 1)))
        return [*before, *(Note(ending.last, SHORT // 2, p, v) for p, v in strokes)]
    final = _final_chord(notes, ending.last) or [n for n in notes if n.start == notes[-1].start]
    return [
        *before,
        *(
            replace(
                note, start=ending.last, duration=SHORT, velocity=min(note.velocity + ACCENT, 118)
            )
            for note in final
        ),
    ]
