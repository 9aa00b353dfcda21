"""LoopMaterial: what a loop holds, role by role, and what is written where a role is missing."""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from tapeloom.compose.arrange import spans_in
from tapeloom.compose.borrow import find_melody, harmonise, key_of, skyline
from tapeloom.compose.figures import read_groove
from tapeloom.compose.grid import measures
from tapeloom.compose.likeness import likeness
from tapeloom.compose.material import material_of
from tapeloom.compose.melody import MIDDLE, draw_theme, melody_range, place_units, sing
from tapeloom.compose.plan import Piece, Plan
from tapeloom.compose.stretch import Stretch, cut_notes
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.patterns import Groove
from tapeloom.theory.instruments import INSTRUMENTS
from tapeloom.theory.keys import find_keys
from tapeloom.theory.recognition import recognise_chords

MOST_BARS = 64
LONGEST_THEME = 16  # bars; of a longer loop the theme is a phrase of eight
PHRASE = 8  # bars
FEWEST_BARS = 4  # a shorter loop is repeated until it has as many
FEWEST_NOTES = 3
FEWEST_BELOW = 4  # notes under a tune that tell chords
SPEAKS = 0.7  # of the notes that its stretches have on average, in one that can make a contrast
_SPLIT = 52  # E3: in a part that holds all, what lies no higher is the bass


@dataclass(frozen=True, slots=True)
class LoopMaterial:
    """A loop as a composer sees it: the theme, what contrasts with it, how each role plays."""

    theme: Stretch
    contrast: Stretch  # the phrase, or the unit of two measures, least like the theme's first
    tempo: Fraction  # quarters a minute
    bars: int  # of the loop, before it was repeated
    groove: Groove | None = None
    instruments: tuple[tuple[str, str], ...] = ()  # role, name in theory.instruments
    own: tuple[str, ...] = ()  # roles that the loop itself has; the others are written

    def in_key(self, key: Key) -> "LoopMaterial":
        """Return the material in another key or mode."""
        return replace(self, theme=self.theme.in_key(key), contrast=self.contrast.in_key(key))

    def in_meter(self, meter: Meter) -> "LoopMaterial":
        """Return the material in another metre; its groove is then written anew."""
        groove = self.groove if meter == self.theme.meter else None
        return replace(self, theme=self.theme.in_meter(meter),
                       contrast=self.contrast.in_meter(meter), groove=groove)  # fmt: skip


def read_loop(loop: Score, *, rng: np.random.Generator) -> LoopMaterial:
    """Find a loop's melody, chords, bass, keys and groove; write what it lacks of the first two.

    loop   one to 64 bars in one metre: a loop, a tune, a lead sheet; chords alone will do

    Lead-in bars without a note are left out. A loop of up to 16 bars is the theme as a whole; of a
    longer one its first eight bars are, and the phrase of eight least like them is the contrast.
    """
    first, count, meter = _extent(loop)
    bar = meter.bar_ticks
    ticks = count * bar
    lines = _lines(loop)
    begin = first
    melody, keys, bass, drums = (cut_notes(line, begin, begin + ticks) for line in lines)
    own = tuple(
        role
        for role, notes in zip(("melody", "keys", "bass", "drums"), (melody, keys, bass, drums),
                               strict=True)
        if notes
    )  # fmt: skip
    key = _key_of(loop)
    chords = _chords(loop, melody, (*keys, *bass), key, meter, begin, ticks, rng)
    stretch = Stretch(key, meter, ticks, chords, melody, keys, bass)
    if not melody:
        stretch = replace(stretch, melody=_write_melody(stretch, rng))
    groove = read_groove(drums, meter, count)
    whole = stretch
    while whole.bars < FEWEST_BARS:
        whole = whole.then(stretch)
    theme, contrast = _parts(whole)
    return LoopMaterial(
        theme, contrast, Fraction(loop.tempo.bpm_at(begin)), count, groove, _instruments(loop), own
    )


def _extent(loop: Score) -> tuple[int, int, Meter]:
    """Return the tick of the first bar with a note, the number of bars, and their metre."""
    pitched = [n for part in loop.parts if part.role != "drums" for n in part.notes]
    if not pitched and not loop.chords:
        what = "has drums only" if any(part.notes for part in loop.parts) else "has no notes"
        raise InputError(f"the loop {what}; give one with a melody or chords")
    if not loop.chords and len(pitched) < FEWEST_NOTES:
        raise InputError(
            f"the loop has {len(pitched)} pitched note{'s' * (len(pitched) > 1)}; "
            f"it needs at least {FEWEST_NOTES}, or chords"
        )
    onsets = [n.start for n in pitched] + [span.start for span in loop.chords]
    ends = [n.start + 1 for n in pitched] + [span.end for span in loop.chords]
    last = max(ends)
    starts = bar_starts(loop.meters, last)
    first = max(bisect_right(starts, min(onsets)) - 1, 0)
    count = len(starts) - first
    if count > MOST_BARS:
        raise InputError(
            f"the loop has {count} bars; it must have 1 to {MOST_BARS}, so choose some of them, "
            "such as bars 9 to 16"
        )
    meter = meter_at(loop.meters, starts[first])
    for start in starts[first:]:
        other = meter_at(loop.meters, start)
        if other.bar_ticks != meter.bar_ticks:
            raise InputError(f"the loop is in {meter} and in {other}; choose bars in one metre")
    return starts[first], count, meter


def bars_of(score: Score, first: int, last: int) -> Score:
    """Return some bars of a score alone, from tick 0.

    first, last   counted from 1, both included
    """
    starts = score.bar_starts
    if not 1 <= first <= last <= len(starts):
        raise InputError(
            f"bars {first} to {last} are not there; the file has the bars 1 to {len(starts)}"
        )
    edges = [*starts, starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks]
    begin, end = edges[first - 1], edges[last]
    keys = [key for tick, key in score.keys if tick <= begin][-1:] or [k for _, k in score.keys[:1]]
    meters = [(max(tick - begin, 0), m) for tick, m in score.meters if tick < end]
    return Score(
        tuple(
            replace(part, notes=cut_notes(part.notes, begin, end), controls=(), bends=(), marks=())
            for part in score.parts
        ),
        tempo=TempoMap.constant(score.tempo.bpm_at(begin)),
        meters=tuple(dict(meters).items()),
        keys=tuple((0, key) for key in keys),
        chords=tuple(
            ChordSpan(s.start - begin, s.end - begin, s.chord)
            for s in spans_in(score.chords, begin, end)
        ),
    )


def _lines(loop: Score) -> tuple[tuple[Note, ...], ...]:
    """Return a loop's melody, keys, bass and drums."""
    drums = [note for part in loop.parts if part.role == "drums" for note in part.notes]
    bass = [note for part in loop.parts if part.role == "bass" for note in part.notes]
    others = [part for part in loop.parts if part.role not in ("drums", "bass") and part.notes]
    tune = find_melody(loop)
    if tune is not None:
        melody = skyline(tune.notes)
        keys = [note for part in others if part is not tune for note in part.notes]
    elif len(others) == 1 and _has_a_top(others[0]):
        melody = material_of(replace(loop, parts=(others[0],), sections=())).melody
        sung = {(note.start, note.pitch) for note in melody}
        keys = [note for note in others[0].notes if (note.start, note.pitch) not in sung]
    else:
        melody, keys = (), [note for part in others for note in part.notes]
    if not bass:
        bass = [note for note in keys if note.pitch <= _SPLIT]
        keys = [note for note in keys if note.pitch > _SPLIT]
    return melody, tuple(sorted(keys)), _lowest(bass), tuple(sorted(drums))


def _has_a_top(part: Part) -> bool:
    """Tell whether a part's highest notes move as a tune does: oftener than its chords change."""
    top = skyline(part.notes)
    moves = sum(a.pitch != b.pitch for a, b in itertools.pairwise(top))
    return len(top) >= FEWEST_NOTES and moves > 0.5 * len(top) and _mean(top) > _SPLIT


def _mean(notes: Sequence[Note]) -> float:
    return float(np.mean([note.pitch for note in notes]))


def _lowest(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Keep the lowest note of each onset, cut at the next one."""
    by_onset: dict[int, Note] = {}
    for note in notes:
        low = by_onset.get(note.start)
        by_onset[note.start] = note if low is None or note.pitch < low.pitch else low
    line = [by_onset[tick] for tick in sorted(by_onset)]
    if not line:
        return ()
    ends = [*(note.start for note in line[1:]), line[-1].end]
    return tuple(
        replace(note, duration=min(note.duration, end - note.start))
        for note, end in zip(line, ends, strict=True)
    )


def _key_of(loop: Score) -> Key:
    if any(part.notes for part in loop.parts if part.role != "drums"):
        return key_of(loop)
    if loop.key is not None:
        return loop.key
    tones = [
        Note(span.start, span.end - span.start, 60 + tone)
        for span in loop.chords
        for tone in span.chord.pitch_classes
    ]
    return find_keys(tones)[0].key


def _chords(
    loop: Score,
    melody: Sequence[Note],
    below: Sequence[Note],
    key: Key,
    meter: Meter,
    begin: int,
    ticks: int,
    rng: np.random.Generator,
) -> tuple[ChordSpan, ...]:
    """Return the chords that a loop states, or those heard in it, or some that suit its tune."""
    meters = ((0, meter),)
    if loop.chords:
        spans = spans_in(loop.chords, begin, begin + ticks)
        stated = [ChordSpan(s.start - begin, s.end - begin, s.chord) for s in spans]
        if stated:
            # What is silent between them belongs to the chord before; a lead-in to the first.
            starts = [0, *(span.start for span in stated[1:])]
            ends = [*starts[1:], ticks]
            return tuple(
                ChordSpan(a, b, s.chord) for a, b, s in zip(starts, ends, stated, strict=True)
            )
    if len(below) >= FEWEST_BELOW:
        edges = [*range(0, ticks, PPQ), ticks]
        return recognise_chords(sorted(below), edges, key=key, change_cost=2.0)
    section = Section("A", 0, ticks, roles=("melody",))
    plan = Plan(
        TempoMap.constant(90), meters, (Piece(key),), (section,), (), 0.5, 0.5, 0.0
    )  # harmonise reads the sections and the meters
    return harmonise(melody, plan, Brief(), key)


def _write_melody(stretch: Stretch, rng: np.random.Generator) -> tuple[Note, ...]:
    """Write a tune over the chords of a loop that has none."""
    low, high = melody_range("felt_piano", 0.0)
    grid = measures(0, stretch.ticks, ((0, stretch.meter),))
    theme = draw_theme(grid, density=0.5, low=low, high=high, rng=rng)
    placed = place_units(theme, "A", grid, returns=False, rng=rng)
    return tuple(sing(placed, grid, stretch.chords, stretch.key, low=low, high=high, energy=0.5))


def _parts(whole: Stretch) -> tuple[Stretch, Stretch]:
    """Return the theme and what contrasts with it most."""
    bar = whole.meter.bar_ticks
    theme = whole if whole.bars <= LONGEST_THEME else whole.cut(0, PHRASE * bar)
    length = 2 * bar if theme is whole else PHRASE * bar
    begins = range(length, whole.ticks - length + 1, length)
    rest = [whole.cut(at, at + length) for at in begins]
    usual = len(whole.melody) * length / whole.ticks
    fewest = max(FEWEST_NOTES, SPEAKS * usual)
    spoken = [stretch for stretch in rest if len(stretch.melody) >= fewest]
    if not spoken:
        return theme, theme.cut(0, min(length, theme.ticks))
    first = whole.cut(0, length).melody
    return theme, min(spoken, key=lambda s: likeness(first, s.melody, starts=(0, 0)))


def _instruments(loop: Score) -> tuple[tuple[str, str], ...]:
    """Return the instruments that a loop names, by role."""
    tune = find_melody(loop)
    named: dict[str, str] = {}
    for part in loop.parts:
        role = "melody" if part is tune else part.role
        if part.notes and part.instrument in INSTRUMENTS and role != "other":
            named.setdefault(role, part.instrument)
    return tuple(named.items())


def sung_register(notes: Sequence[Note], *, low: int, high: int) -> int:
    """Return by how many semitones, whole octaves, a tune must move to lie well in a range.

    Among the octaves in which most of it lies within, the one nearest to where melodies lie.
    """
    if not notes:
        return 0
    middle = _mean(notes)

    def cost(octaves: int) -> tuple[float, float]:
        by = 12 * octaves
        outside = sum(not low <= note.pitch + by <= high for note in notes)
        return (outside, abs(middle + by - min(max(MIDDLE, low + 5), high - 5)))

    return 12 * min(range(-4, 5), key=cost)
