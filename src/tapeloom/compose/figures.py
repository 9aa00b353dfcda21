"""Figures: what each player of a loop does, as patterns that can be played over other chords."""

import itertools
from collections.abc import Sequence

import numpy as np

from tapeloom.compose.arrange import spans_in
from tapeloom.compose.bassline import BassPattern, BassStroke
from tapeloom.compose.comping import Comping, Stroke
from tapeloom.compose.grid import STEP, Measure
from tapeloom.compose.melody import chord_under
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.patterns import VELOCITIES, Groove
from tapeloom.theory.instruments import DRUMS
from tapeloom.theory.voicing import functions

VOICES = 4  # of a comping pattern
_DRUM_OF = {key: name for name, key in DRUMS.items()} | {
    35: "kick", 40: "snare", 53: "ride", 55: "crash", 57: "crash", 59: "ride", 82: "shaker",
}  # fmt: skip


def pairs(grid: Sequence[Measure]) -> list[Sequence[Measure]]:
    """Take measures two by two; an odd last one stays alone."""
    return [grid[i : i + 2] for i in range(0, len(grid), 2)]


def read_compings(
    notes: Sequence[Note], grid: Sequence[Measure], chords: Sequence[ChordSpan]
) -> tuple[Comping, ...]:
    """Read the keys' strokes in each pair of measures: when, how long, and which voices.

    A stroke of one note is one of the voices by its rank among the pitches under its chord; one of
    two is the lower or the upper half.
    """
    return tuple(
        Comping(_strokes(notes, pair, chords), rolls=0.0, pushes=False) for pair in pairs(grid)
    )


def _strokes(
    notes: Sequence[Note], pair: Sequence[Measure], chords: Sequence[ChordSpan]
) -> tuple[Stroke, ...]:
    begin, end = pair[0].start, pair[-1].end
    struck: dict[int, list[Note]] = {}
    for note in notes:
        if begin <= note.start < end:
            step = min(round((note.start - begin) / STEP), (end - begin) // STEP - 1)
            struck.setdefault(max(step, 0) * STEP, []).append(note)
    ladders = {
        span.start: sorted({n.pitch for n in notes if span.start <= n.start < span.end})
        for span in spans_in(chords, begin, end)
    }
    offsets = sorted(struck)
    strokes: list[Stroke] = []
    if not offsets:
        return ()
    for offset, following in zip(offsets, [*offsets[1:], end - begin], strict=True):
        group = struck[offset]
        ladder = next(
            (rungs for start, rungs in reversed(ladders.items()) if start <= begin + offset), []
        )
        held = min(following - offset, max(note.duration for note in group))
        strokes.append(Stroke(offset, max(held, STEP), _voices(group, ladder)))
    return tuple(strokes)


def _voices(group: Sequence[Note], ladder: Sequence[int]) -> str:
    if len(group) >= 3:
        return "x"
    middle = float(np.mean([note.pitch for note in group]))
    rank = sum(pitch < middle for pitch in ladder) / max(len(ladder) - 1, 1)
    if len(group) == 2:
        return "t" if rank >= 0.5 else "l"
    return str(min(round(rank * (VOICES - 1)), VOICES - 1))


def read_bass_patterns(
    notes: Sequence[Note], grid: Sequence[Measure], chords: Sequence[ChordSpan]
) -> tuple[BassPattern, ...]:
    """Read what the bass does in each pair of measures: roots, fifths, octaves, ways on."""
    patterns = []
    gaps = []
    for a, b in itertools.pairwise(notes):
        gaps.append(min(max((b.start - a.end) / max(b.start - a.start, 1), 0.0), 0.5))
    gap = float(np.median(gaps)) if gaps else 0.1
    for pair in pairs(grid):
        begin, end = pair[0].start, pair[-1].end
        inside = [note for note in notes if begin <= note.start < end]
        lowest = min((note.pitch for note in inside), default=0)
        strokes: dict[int, str] = {}
        for i, note in enumerate(inside):
            chord = chord_under(chords, note.start, note.start + 1)
            following = inside[i + 1].start if i + 1 < len(inside) else end
            ahead = chord_under(chords, following, following + 1) if following < end else chord
            fifth = (chord.root + functions(chord.quality).get("fifth", 7)) % 12
            if note.pitch % 12 == chord.bass_pitch_class:
                kind = "octave" if note.pitch - lowest >= 12 else "root"
            elif ahead != chord:
                kind = "approach"
            else:
                kind = "fifth" if note.pitch % 12 == fifth else "root"
            strokes[round((note.start - begin) / STEP) * STEP] = kind
        found = (BassStroke(at, kind) for at, kind in sorted(strokes.items()) if at < end - begin)
        patterns.append(BassPattern(tuple(found), gap=gap, approach=0.8))
    return tuple(patterns)


def read_groove(notes: Sequence[Note], meter: Meter, bars: int) -> Groove | None:
    """Read drums as a groove of whole bars on sixteenths; None where no drum of the kit is struck.

    >>> from tapeloom.core.time import PPQ
    >>> hits = [Note(0, 9, 36, 100), Note(PPQ, 9, 38, 90), Note(2 * PPQ, 9, 36, 60)]
    >>> read_groove(hits, Meter(3, 4), 1).lines
    {'kick': 'X.......-...', 'snare': '....x.......'}
    """
    step = step_ticks(meter)
    count = meter.bar_ticks // step * bars
    lines: dict[str, list[str]] = {}
    for note in notes:
        name, at = _DRUM_OF.get(note.pitch), round(note.start / step)
        if name is None or at >= count:
            continue
        sign = min(VELOCITIES, key=lambda sign: abs(VELOCITIES[sign] - note.velocity))
        lines.setdefault(name, ["."] * count)[at] = sign
    if not lines:
        return None
    density = min(1.0, len(notes) / bars / 16)
    texts = {name: "".join(line) for name, line in lines.items()}
    return Groove("loop", texts, density=density, meter=meter)
