"""Chords for a plan: progressions over the sections, varied in returns, led on at ends."""

from collections.abc import Sequence

import numpy as np

from tapeloom.compose.form import kind_of
from tapeloom.compose.grid import Measure, measures
from tapeloom.compose.plan import Plan
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Section
from tapeloom.theory.chords import recolour
from tapeloom.theory.progressions import Bars, dominant_of, tritone_substitute, two_five
from tapeloom.theory.reharmony import vary

LETTER_OF = {
    "intro": "A", "A": "A", "A'": "A", "B": "B", "bridge": "bridge", "breakdown": "A", "outro": "A",
}  # fmt: skip
# Modes whose colour a foreign dominant would wash out.
MODAL = frozenset({"phrygian", "locrian", "mixolydian", "lydian"})
OWN = (0.0, 0.15)  # by how much a record's progression departs from its family's
RETURN = (0.15, 0.3)  # and a returning section from its first time
TONICS = {
    "major": "maj9", "minor": "min9", "dorian": "min9", "phrygian": "min7", "lydian": "maj9",
    "mixolydian": "13", "locrian": "hdim7",
}  # fmt: skip


def write_harmony(plan: Plan, rng: np.random.Generator) -> tuple[ChordSpan, ...]:
    """Write the chords of the whole record, span after span without a gap."""
    spans: list[ChordSpan] = []
    themes: dict[tuple[int, str], Bars] = {}
    bars = [_section_bars(plan, section, themes, rng) for section in plan.sections]
    ends = rng.random((len(bars), 2))
    for i, section in enumerate(plan.sections):
        piece = plan.pieces[section.piece]
        grid = measures(section.start, section.end, plan.meters)
        slots = lay_out(bars[i], grid, stretch=piece.stretch)
        if i + 1 == len(bars):
            tonic = Chord(piece.key.pitch_class, TONICS[piece.key.mode])
            slots = end_on(slots, grid, tonic)
        else:
            following = plan.sections[i + 1]
            target = bars[i + 1][0][0]
            joins = following.piece != section.piece
            if joins or (ends[i, 0] < 0.6 and piece.key.mode not in MODAL):
                slots = lead_into(slots, grid, target, how=1.0 if joins else float(ends[i, 1]))
        spans.extend(slots)
    return join_equal(spans)


def _section_bars(
    plan: Plan,
    section: Section,
    themes: dict[tuple[int, str], Bars],
    rng: np.random.Generator,
) -> Bars:
    """Return a section's progression in its piece's key; a return is varied.

    `themes` remembers how each piece's A, B and bridge go, once their progression was made its own.
    """
    piece = plan.pieces[section.piece]
    kind = kind_of(section.name)
    letter = LETTER_OF[kind]
    here = (section.piece, letter)
    if here not in themes:
        bars = piece.progression(letter).in_key(piece.key)
        amount = rng.uniform(*OWN)
        themes[here] = vary_bars(bars, piece.key, amount=amount, rng=rng)
    bars = themes[here]
    if kind in ("A'", "breakdown"):
        varied = vary_bars(bars, piece.key, amount=rng.uniform(*RETURN), rng=rng)
        bars = (*bars, *varied) if rng.random() < 0.6 else varied
    return bars


def vary_bars(bars: Bars, key: Key, *, amount: float, rng: np.random.Generator) -> Bars:
    """Vary a progression by an amount from 0 to 1, never its first chord.

    In modes that live from their colour no chord is borrowed: tensions come and go.
    """
    flat = [chord for chords in bars for chord in chords]
    if key.mode in MODAL:
        draws = rng.random((len(flat), 2))
        varied: Sequence[Chord] = [
            recolour(chord, key, richness=1 if how < 0.75 else -1)
            if i and whether < 2 * amount
            else chord
            for i, (chord, (whether, how)) in enumerate(zip(flat, draws, strict=True))
        ]
    else:
        varied = vary(flat, key, rng=rng, amount=amount, style="lofi", locks=(0,))
    rest = iter(varied)
    return tuple(tuple(next(rest) for _ in chords) for chords in bars)


def lay_out(bars: Bars, grid: Sequence[Measure], *, stretch: int) -> list[ChordSpan]:
    """Repeat a progression over measures, `stretch` measures to each of its bars."""
    spans: list[ChordSpan] = []
    if len(grid) < stretch * len(bars):
        stretch = 1
    for i, measure in enumerate(grid):
        chords = bars[(i // stretch) % len(bars)]
        if stretch == 2 and len(chords) == 2:
            chords = (chords[i % 2],)
        spans.extend(_in_measure(measure, chords))
    return spans


def _in_measure(measure: Measure, chords: Sequence[Chord]) -> list[ChordSpan]:
    middle = measure.middle
    if len(chords) == 1 or middle == 0:
        return [ChordSpan(measure.start, measure.end, chords[-1])]
    turn = measure.start + middle
    return [
        ChordSpan(measure.start, turn, chords[0]),
        ChordSpan(turn, measure.end, chords[1]),
    ]


def lead_into(
    spans: list[ChordSpan], grid: Sequence[Measure], target: Chord, *, how: float
) -> list[ChordSpan]:
    """Let the last measure lead to the next section's first chord by a dominant or a ii-V."""
    last = grid[-1]
    held = [span for span in spans if span.end <= last.start]
    final = next(span for span in spans if span.end > last.start).chord
    if final.root == (target.root + 7) % 12 or len(grid) < 2:
        return spans  # it leads on already
    dominant = dominant_of(target)
    if how < 0.3:
        dominant = tritone_substitute(dominant)
    if how < 0.65:
        return [*held, *_in_measure(last, (final, dominant))]
    return [*held, *_in_measure(last, two_five(target))]


def end_on(spans: list[ChordSpan], grid: Sequence[Measure], tonic: Chord) -> list[ChordSpan]:
    """Let the last measure, or the last two of a longer section, rest on the tonic."""
    rest = grid[-2].start if len(grid) > 4 else grid[-1].start
    return [*(span for span in spans if span.end <= rest), ChordSpan(rest, grid[-1].end, tonic)]


def join_equal(spans: Sequence[ChordSpan]) -> tuple[ChordSpan, ...]:
    """Join neighbours that hold the same chord."""
    joined: list[ChordSpan] = []
    for span in spans:
        if joined and joined[-1].chord == span.chord and joined[-1].end == span.start:
            joined[-1] = ChordSpan(joined[-1].start, span.end, span.chord)
        else:
            joined.append(span)
    return tuple(joined)
