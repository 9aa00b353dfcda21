"""Other chords for some bars of a finished score: what accompanies follows, the melody stays."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.rewrite import Locks, infill, key_at
from tapeloom.core.errors import InputError
from tapeloom.core.meter import count_bars, meter_at
from tapeloom.core.pitch import pitch_class_name
from tapeloom.core.score import ChordSpan, Part, Score
from tapeloom.theory.chart import chord_text, read_chart, spell_root, split_bars
from tapeloom.theory.melody_fit import degree_name, is_avoid, melody_over

HARMONY = ("keys", "pad", "guitar")  # the roles that play chords
_SILENT = ("-", "N.C.", "NC", "N")


def read_line(text: str, score: Score, *, first_bar: int) -> tuple[tuple[ChordSpan, ...], range]:
    """Read a lead-sheet line as chords of a score's bars, from one on; return the bars, too.

    A bar that `%` holds goes on with the chord before, which may be the score's own.

    text       such as `Am7 | Dm7 G7 | -`, a bar each between bar lines (`theory.chart`)
    first_bar  counted from 0
    """
    written = split_bars(text)
    starts = score.bar_starts
    bars = range(first_bar, first_bar + len(written))
    if bars.stop > len(starts):
        raise InputError(
            f"the line has {len(written)} bars; from bar {first_bar + 1} on the score has "
            f"{max(0, len(starts) - first_bar)}"
        )
    before = score.chord_at(starts[bars.start] - 1)
    last = str(before) if before is not None else "-"
    spans: list[ChordSpan] = []
    for bar, told in zip(bars, written, strict=True):
        words = [last] if told in ([], ["%"]) else told
        last = next(word for word in reversed(words) if word not in (".", "/"))
        if all(word in (*_SILENT, ".", "/") for word in words):
            continue
        start, meter = starts[bar], meter_at(score.meters, starts[bar])
        stop = starts[bar + 1] if bar + 1 < len(starts) else start + meter.bar_ticks
        spans += [
            ChordSpan(span.start + start, min(span.end + start, stop), span.chord)
            for span in read_chart(f"{' '.join(words)} |", meter=meter)
            if span.start + start < stop
        ]
    if not spans:
        raise InputError("there is no chord in the line; write one like Dm7 G7 | Cmaj7")
    return tuple(spans), bars


def put_chords(
    score: Score, spans: Sequence[ChordSpan], bars: range, *, roles: Sequence[str],
    rng: np.random.Generator,
) -> Score:  # fmt: skip
    """Put chords in the place of those of some bars, and write parts of these bars anew to them.

    A bar in which a part is silent stays silent. What rings into the bars from before and is no
    note of the new chord ends there. Everything else stays to the tick.

    bars   counted from 0
    roles  whose parts follow: of `HARMONY` and `bass`
    """
    starts = score.bar_starts
    start = starts[bars.start]
    end = (starts[bars.stop] if bars.stop < len(starts)
           else starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks)  # fmt: skip
    kept = [
        ChordSpan(a, b, old.chord)
        for old in score.chords
        for a, b in ((old.start, min(old.end, start)), (max(old.start, end), old.end))
        if a < b
    ]
    told = replace(score, chords=tuple(sorted((*kept, *spans), key=lambda span: span.start)))
    rngs = rng.spawn(len(score.parts))
    return replace(told, parts=tuple(
        _following(told, part, bars, side) if part.role in roles else part
        for part, side in zip(score.parts, rngs, strict=True)
    ))  # fmt: skip


def _following(score: Score, part: Part, bars: range, rng: np.random.Generator) -> Part:
    edges = [*score.bar_starts, score.end]
    silent = tuple(
        bar for bar in bars
        if not any(n.start < edges[bar + 1] and n.end > edges[bar] for n in part.notes)
    )  # fmt: skip
    if len(silent) == len(bars):
        return part
    begin = edges[bars.start]
    chord = score.chord_at(begin)
    tones = chord.pitch_classes if chord is not None else ()
    cut = tuple(
        replace(note, duration=begin - note.start)
        if note.start < begin < note.end and note.pitch % 12 not in tones else note
        for note in part.notes
    )  # fmt: skip
    part = replace(part, notes=cut)
    others = tuple(other for other in score.parts if other.name != part.name)
    alone = replace(score, parts=(part, *others))  # the first of its role
    locks = Locks(bars=silent, chords=True)
    return infill(alone, role=part.role, bars=bars, locks=locks, rng=rng).parts[0]


def clashes_of(score: Score, spans: Sequence[ChordSpan]) -> list[str]:
    """Tell in sentences which long melody notes rub against the chords under them."""
    told: list[str] = []
    for part in (part for part in score.parts if part.role == "melody"):
        for span in spans:
            key = key_at(score, span.start)
            for note in melody_over(part.notes, span.start, span.end, meters=score.meters):
                if not (note.is_long and is_avoid(span.chord, note.pitch)):
                    continue
                name = spell_root(note.pitch, key) if score.keys else pitch_class_name(note.pitch)
                bar = count_bars(score.meters, span.start + 1)
                told.append(
                    f"bar {bar}: the {part.name} holds {name}, "
                    f"the {degree_name(span.chord, note.pitch)} of "
                    f"{chord_text(span.chord, key)}, which rubs against it"
                )
    return list(dict.fromkeys(told))
