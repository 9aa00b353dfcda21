"""Real music made worse in known ways: what a critic has to tell from the real thing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import meter_at
from tapeloom.core.score import ChordSpan, Note, Part, Score

Ints = NDArray[np.int64]


def excerpt(score: Score, *, first: int, bars: int) -> Score:
    """Cut some bars out of a score; notes and chords that reach over its edges are shortened.

    >>> from tapeloom.core.score import Part
    >>> score = Score((Part("tune", "melody", notes=(Note(0, 50000, 60), Note(60000, 9, 62))),))
    >>> excerpt(score, first=1, bars=1).parts[0].notes
    (Note(start=19680, duration=9, pitch=62, velocity=80),)
    """
    edges = [*score.bar_starts, score.end]
    if not 0 <= first < first + bars < len(edges):
        raise InputError(f"bars {first + 1} to {first + bars} of {len(edges) - 1} can't be cut out")
    start, end = edges[first], edges[first + bars]
    parts = tuple(
        replace(part, controls=(), bends=(), marks=(), notes=tuple(
            replace(n, start=n.start - start, duration=min(n.end, end) - n.start)
            for n in part.notes if start <= n.start < end
        ))
        for part in score.parts
    )  # fmt: skip
    chords = tuple(
        ChordSpan(max(s.start, start) - start, min(s.end, end) - start, s.chord)
        for s in score.chords if s.start < end and s.end > start
    )  # fmt: skip
    keys = [key for tick, key in score.keys if tick <= start][-1:] or [k for _, k in score.keys[:1]]
    meters = ((0, meter_at(score.meters, start)),
              *((t - start, m) for t, m in score.meters if start < t < end))  # fmt: skip
    return replace(
        score, parts=parts, chords=chords, sections=(), meters=meters,
        keys=tuple((0, key) for key in keys),
    )  # fmt: skip


def move_bars(
    score: Score,
    order: Ints,
    shifts: Ints,
    *,
    roles: frozenset[str] | None = None,
    chords: bool = True,
) -> Score:
    """Put bar order[i] in the place of bar i, transposed by shifts[i]; all bars are as long.

    roles   the parts that are moved, all when None
    chords  whether the chords move along
    """
    width = meter_at(score.meters, 0).bar_ticks
    if len(score.meters) > 1 or len(order) != len(score.bar_starts):
        raise InputError("bars are moved within one meter, and each place is told a bar")
    places = list(zip(order.tolist(), shifts.tolist(), strict=True))

    def moved(part: Part) -> Part:
        if roles is not None and part.role not in roles:
            return part
        bars: dict[int, list[Note]] = {}
        for note in part.notes:
            bars.setdefault(note.start // width, []).append(note)
        return replace(part, notes=tuple(
            replace(note, start=note.start + (i - bar) * width,
                    pitch=note.pitch + shift * (part.role != "drums"))
            for i, (bar, shift) in enumerate(places) for note in bars.get(bar, [])
        ))  # fmt: skip

    spans = list(score.chords)
    if chords:
        spans = []
        for i, (bar, shift) in enumerate(places):
            low, high, by = bar * width, (bar + 1) * width, (i - bar) * width
            spans += [
                ChordSpan(max(s.start, low) + by, min(s.end, high) + by, s.chord.transpose(shift))
                for s in score.chords if s.start < high and s.end > low
            ]  # fmt: skip
    return replace(score, parts=tuple(map(moved, score.parts)), chords=tuple(spans))


def shuffle_bars(score: Score, rng: np.random.Generator) -> Score:
    """Play the bars in another order, chords and all parts together."""
    count = len(score.bar_starts)
    return move_bars(score, rng.permutation(count), np.zeros(count, np.int64))


def transpose_bars(score: Score, rng: np.random.Generator) -> Score:
    """Transpose every bar by itself, chords and all parts together."""
    count = len(score.bar_starts)
    return move_bars(score, np.arange(count), rng.integers(-5, 7, count))


def shuffle_melody(score: Score, rng: np.random.Generator) -> Score:
    """Play the melody's bars in another order over the same accompaniment."""
    count = len(score.bar_starts)
    return move_bars(score, rng.permutation(count), np.zeros(count, np.int64),
                     roles=frozenset({"melody"}), chords=False)  # fmt: skip


def loop_bar(score: Score, rng: np.random.Generator) -> Score:
    """Play one bar again and again."""
    count = len(score.bar_starts)
    order = np.full(count, int(rng.integers(count)))
    return move_bars(score, order, np.zeros(count, np.int64))


def flatten_lines(score: Score, _: np.random.Generator) -> Score:
    """Keep every part on the pitch that it plays most, within its rhythm."""

    def flat(part: Part) -> Part:
        if part.role == "drums" or not part.notes:
            return part
        pitch = Counter(note.pitch for note in part.notes).most_common(1)[0][0]
        return replace(part, notes=tuple(replace(note, pitch=pitch) for note in part.notes))

    return replace(score, parts=tuple(map(flat, score.parts)))


def random_in_key(score: Score, rng: np.random.Generator) -> Score:
    """Draw every pitch anew: any of the key within a sixth of what was there."""
    key = score.key or Key("C", "major")
    scale = [p for p in range(128) if p % 12 in key.scale]

    def drawn(note: Note) -> Note:
        near = [p for p in scale if abs(p - note.pitch) <= 9]
        return replace(note, pitch=int(rng.choice(near)))

    return replace(score, parts=tuple(
        part if part.role == "drums" else replace(part, notes=tuple(map(drawn, part.notes)))
        for part in score.parts
    ))  # fmt: skip


CORRUPTIONS: dict[str, Callable[[Score, np.random.Generator], Score]] = {
    "bars shuffled": shuffle_bars,
    "bars transposed": transpose_bars,
    "melody shuffled": shuffle_melody,
    "random in key": random_in_key,
    "one bar looped": loop_bar,
    "lines flattened": flatten_lines,
}
