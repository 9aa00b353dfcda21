"""A score made ready for paper: lengths that can be read, two voices a staff, parts drawn together.

Players ring, pedal and let go early; a page shows what they are to play. No onset and no pitch of
a score on the grid changes; onsets off it go to the nearest sixteenth or triplet.
"""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from tapeloom.core.meter import meter_at
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import instrument

_SIXTEENTH, _EIGHTH, _TRIPLET = PPQ // 4, PPQ // 2, PPQ // 3
_FINEST = PPQ // 24  # what lies on multiples of it was meant
_FEET = (35, 36, 44)
_MIDDLE = 60  # where two staves meet
_VOICES = 2  # that one staff shows


def tidy(score: Score) -> Score:
    """Return a score whose notes can be read; see the module.

    >>> short = Part("lead", "melody", "flute", (Note(0, 9000, 72), Note(PPQ, 9500, 74)))
    >>> [note.duration for note in tidy(Score((short,))).parts[0].notes]
    [10080, 10080]
    """
    bars = score.bar_starts or [0]
    parts = []
    for part in score.parts:
        placed = _on_the_grid(part)
        if part.role == "drums":
            notes = _strokes(placed.notes, score, bars)
        else:
            low = [n for n in placed.notes if n.pitch < _MIDDLE] if _is_grand(part) else []
            high = [n for n in placed.notes if n.pitch >= _MIDDLE] if _is_grand(part) else []
            staves = [low, high] if _is_grand(part) else [list(placed.notes)]
            small = {(mark.tick, mark.pitch) for mark in placed.marks if mark.name == "grace"}
            notes = [note for staff in staves for note in _readable(staff, small)]
        parts.append(replace(placed, notes=tuple(notes)))
    return replace(score, parts=tuple(parts))


def _is_grand(part: Part) -> bool:
    known = instrument(part.instrument) if part.instrument else None
    return known.clef == "grand" if known else part.role in ("keys", "pad", "other")


def _snapped(tick: int) -> int:
    if tick % _FINEST == 0:
        return tick
    return min((round(tick / step) * step for step in (_SIXTEENTH, _TRIPLET)),
               key=lambda place: abs(place - tick))  # fmt: skip


def _on_the_grid(part: Part) -> Part:
    notes = (replace(note, start=_snapped(note.start)) for note in part.notes)
    single = {(note.start, note.pitch): note for note in notes}
    marks = {replace(mark, tick=_snapped(mark.tick)) for mark in part.marks}
    return replace(part, notes=tuple(single.values()), marks=tuple(marks))


def _strokes(notes: Sequence[Note], score: Score, bars: Sequence[int]) -> list[Note]:
    """Let each stroke last until the next one of hands or feet, at most to its beat's end."""
    result: list[Note] = []
    for is_foot in (False, True):
        pool = [note for note in notes if (note.pitch in _FEET) == is_foot]
        onsets = sorted({note.start for note in pool})
        for note in pool:
            bar = bars[max(bisect_right(bars, note.start) - 1, 0)]
            meter = meter_at(score.meters, note.start)
            beat = PPQ * 3 // 2 if meter.is_compound else max(meter.unit_ticks, PPQ // 2)
            beat_end = note.start + beat - (note.start - bar) % beat
            at = bisect_right(onsets, note.start)
            end = min(beat_end, onsets[at]) if at < len(onsets) else beat_end
            result.append(replace(note, duration=end - note.start))
    return result


def _readable(notes: Sequence[Note], small: set[tuple[int, int]]) -> list[Note]:
    """Join what begins together, fill small holes, and cut what a third voice would need."""
    graces = [note for note in notes if (note.start, note.pitch) in small]
    plain = sorted(
        (note for note in notes if (note.start, note.pitch) not in small),
        key=lambda note: (note.start, note.pitch),
    )
    groups: list[list[Note]] = []
    for _, together in itertools.groupby(plain, key=lambda note: note.start):
        chord = list(together)
        top, under = chord[-1], chord[:-1]
        rest = max((note.end for note in under), default=0)
        if abs(rest - top.end) <= PPQ // 2:
            rest = top.end
        groups += [[replace(n, duration=rest - n.start) for n in under]] if under else []
        if under and rest == top.end:
            groups[-1].append(top)
        else:
            groups.append([top])
    starts = sorted({group[0].start for group in groups})
    ended = [_ending(group, starts) for group in groups]
    shown: list[list[Note]] = []
    for number, group in enumerate(ended):
        start = group[0].start
        sounding = [i for i, other in enumerate(shown) if other[0].end > start]
        # What begins here needs voices of its own.
        needed = sum(other[0].start == start for other in ended[number:])
        while sounding and len(sounding) + needed > _VOICES:
            older = [i for i in sounding if shown[i][0].start < start]
            if not older:
                break
            lowest = min(older, key=lambda i: shown[i][-1].pitch)
            shown[lowest] = [replace(n, duration=start - n.start) for n in shown[lowest]]
            sounding.remove(lowest)
        shown.append(group)
    return [*graces, *(note for group in shown for note in group)]


def _ending(group: list[Note], starts: Sequence[int]) -> list[Note]:
    """End a chord on the grid, or where the next one begins if it nearly reaches it."""
    start, end = group[0].start, _snapped(group[0].end)
    at = bisect_right(starts, start)
    if at < len(starts):
        following = starts[at]
        gap, length = following - end, following - start
        if -_SIXTEENTH < gap <= max(_SIXTEENTH, length // 4):
            end = following
    if (end - start) % _SIXTEENTH and (end - start) % _TRIPLET and end not in starts:
        end = start + max(round((end - start) / _SIXTEENTH), 1) * _SIXTEENTH
    if end - start > PPQ and end % _EIGHTH and end not in starts:
        end -= end % _EIGHTH  # a long note ends where its end can be counted
    end = max(end, start + _FINEST)
    return [replace(note, duration=end - start) for note in group]


def condense(score: Score) -> Score:
    """Draw a score's parts together: the tune, all the rest on two staves, and the drums.

    >>> both = Score((Part("a", "melody", notes=(Note(0, PPQ, 72),)),
    ...               Part("b", "other", notes=(Note(0, PPQ, 60),)),
    ...               Part("c", "bass", notes=(Note(0, PPQ, 40),))))
    >>> [part.name for part in condense(both).parts]
    ['Melody', 'Reduction']
    """
    melody = [part for part in score.parts if part.role == "melody" and part.notes][:1]
    rest = [part for part in score.parts if part.role != "drums" and part not in melody]
    drums = [part for part in score.parts if part.role == "drums" and part.notes]
    parts = [replace(part, name="Melody", instrument="") for part in melody]
    notes = _together(rest)
    if notes:
        parts.append(Part("Reduction", "keys", "upright_piano", notes))
    if drums:
        marks = tuple(mark for part in drums for mark in part.marks)
        parts.append(Part("Drums", "drums", drums[0].instrument, _together(drums), marks=marks))
    return replace(score, parts=tuple(parts))


def _together(parts: Sequence[Part]) -> tuple[Note, ...]:
    """Gather the notes of parts; of those on one key at one time the longest stays."""
    found: dict[tuple[int, int], Note] = {}
    for part in parts:
        for note in part.notes:
            old = found.get((note.start, note.pitch))
            if old is None or old.duration < note.duration:
                found[note.start, note.pitch] = note
    return tuple(found.values())
