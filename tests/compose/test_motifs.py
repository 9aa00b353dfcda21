import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.compose.grid import STEP, measures
from tapeloom.compose.harmony import end_on, join_equal, lay_out, lead_into, vary_bars
from tapeloom.compose.line import LineNote, class_costs, find_pitches
from tapeloom.compose.melody import chord_under, melody_range
from tapeloom.compose.motifs import (
    CELLS,
    Motif,
    answer,
    cell,
    draw_contour,
    draw_motif,
    shift,
    vary,
)
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan
from tapeloom.core.time import PPQ
from tapeloom.theory.progressions import Progression

C = Key("C", "major")
grids = st.sampled_from(("4/4", "3/4", "6/8", "5/4", "7/8", "12/8")).map(
    lambda text: measures(0, 2 * Meter.parse(text).bar_ticks, ((0, Meter.parse(text)),))
)
seeds = st.integers(0, 2**32).map(np.random.default_rng)


def is_sound(motif: Motif) -> bool:
    ends = [note.onset + note.duration for note in motif.notes]
    onsets = [note.onset for note in motif.notes]
    apart = all(end <= onset for end, onset in zip(ends, onsets[1:], strict=False))
    return apart and ends[-1] <= motif.ticks and all(note.duration > 0 for note in motif.notes)


@given(grids, st.floats(0, 1), seeds)
def test_motifs_and_all_that_is_made_of_them_can_be_sung(grid, density, rng) -> None:  # type: ignore[no-untyped-def]
    motif = draw_motif(grid, density=density, rng=rng)
    assert len(motif.notes) >= 3
    for made in (motif, answer(motif, rng), vary(motif, rng, amount=3), shift(motif, 2)):
        assert is_sound(made)


@given(grids, seeds)
def test_a_sequence_keeps_rhythm_and_intervals(grid, rng) -> None:  # type: ignore[no-untyped-def]
    motif = draw_motif(grid, density=0.5, rng=rng)
    moved = shift(motif, -2)
    assert [n.onset for n in moved.notes] == [n.onset for n in motif.notes]
    assert {a.contour - b.contour for a, b in zip(motif.notes, moved.notes, strict=True)} == {2}


@given(grids, seeds)
def test_an_answer_begins_as_the_motif_does(grid, rng) -> None:  # type: ignore[no-untyped-def]
    motif = draw_motif(grid, density=0.5, rng=rng)
    assert answer(motif, rng).notes[0].onset == motif.notes[0].onset
    assert answer(motif, rng).notes[0].contour == motif.notes[0].contour


@given(st.integers(1, 12), seeds)
def test_contours_leap_once_at_most(count: int, rng: np.random.Generator) -> None:
    contour = draw_contour(count, span=5.0, rng=rng)
    moves = [abs(b - a) for a, b in itertools.pairwise(contour)]
    assert sum(move > 2 for move in moves) <= 1
    assert all(move <= 5 for move in moves)


def test_cells_fill_their_group_and_no_more() -> None:
    for steps, row in CELLS.items():
        assert all(len(text) == steps for text in row)
        assert all(set(text) <= set("x-.") for text in row)
    for level in (0.0, 0.5, 1.0, 2.0, -1.0):
        for ticks in (STEP // 2, 3 * STEP, 8 * STEP, 10 * STEP, 16 * STEP, 20 * STEP):
            assert all(at + held <= ticks for at, held in cell(ticks, level))


def test_a_line_lands_on_chord_tones_where_it_is_heavy() -> None:
    chord = Chord.parse("Fmaj7")
    notes = [LineNote(chord, C, 2, goal=71.0, step=0.0) for _ in range(4)]
    assert {pitch % 12 for pitch in find_pitches(notes, low=65, high=77)} <= set(
        chord.pitch_classes
    )


def test_a_line_keeps_pinned_pitches_and_meets_its_neighbours() -> None:
    chord = Chord.parse("Cmaj9")
    notes = [LineNote(chord, C, 0, goal=70.0, step=0.0, pinned=66 if i == 1 else None)
             for i in range(3)]  # fmt: skip
    assert find_pitches(notes, low=60, high=80)[1] == 66
    up = find_pitches([LineNote(chord, C, 1, 70.0, 0.0)], low=60, high=80, after=79, before=79)
    down = find_pitches([LineNote(chord, C, 1, 70.0, 0.0)], low=60, high=80, after=62, before=62)
    assert up[0] > down[0]
    assert find_pitches([], low=60, high=80) == ()


def test_avoid_notes_cost_most_when_they_are_heavy() -> None:
    light, heavy = (class_costs(Chord.parse("Cmaj7"), C, weight) for weight in (0, 2))
    assert heavy[5] > heavy[2] > heavy[4]
    assert heavy[5] - heavy[4] > light[5] - light[4]


def test_an_anticipation_belongs_to_the_next_chord() -> None:
    spans = [ChordSpan(0, 16, Chord.parse("Dm7")), ChordSpan(16, 32, Chord.parse("G7"))]
    assert chord_under(spans, 14, 24) == Chord.parse("G7")
    assert chord_under(spans, 8, 18) == Chord.parse("Dm7")
    assert chord_under(spans, 90, 99) == Chord.parse("G7")


def test_melodies_lie_where_their_instrument_sings() -> None:
    assert melody_range("felt_piano", 4.0) == (69, 87)
    low, high = melody_range("nylon_guitar", -4.0)
    assert 40 <= low < high <= 79


GRID = measures(0, 32 * PPQ, ((0, Meter()),))
BARS = Progression("IIm9 V13 | Imaj9 | VIm9 | IIm9 V13").in_key(C)


def test_progressions_are_laid_over_measures() -> None:
    spans = lay_out(BARS, GRID, stretch=1)
    assert [str(span.chord) for span in spans[:4]] == ["Dm9", "G13", "Cmaj9", "Am9"]
    assert spans[1].start == 2 * PPQ
    slow = lay_out(BARS, GRID, stretch=2)
    assert [(str(s.chord), s.start // PPQ) for s in slow[:3]] == [
        ("Dm9", 0), ("G13", 4), ("Cmaj9", 8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "last"), [(0.1, "Cmaj9 Ab7#11"), (0.5, "Cmaj9 D13"), (0.9, "Am9 D13")]
)
def test_a_section_leads_into_the_next(how: float, last: str) -> None:
    spans = lay_out(Progression("Imaj9 | IVmaj9 | Imaj9 | Imaj9").in_key(C), GRID, stretch=1)
    led = lead_into(spans, GRID, Chord.parse("Gmaj9"), how=how)
    assert " ".join(str(span.chord) for span in led).endswith(last)
    assert led[-1].end == GRID[-1].end
    # A chord a fifth above its target leads there by itself.
    assert lead_into(spans, GRID, Chord.parse("Fmaj9"), how=how) == spans


def test_the_end_rests_on_the_tonic() -> None:
    ended = end_on(lay_out(BARS, GRID, stretch=1), GRID, Chord.parse("Cmaj9"))
    assert ended[-1].chord == Chord.parse("Cmaj9")
    assert ended[-1].end - ended[-1].start == 8 * PPQ


@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "lydian"])
@given(st.floats(0, 1), st.integers(0, 99))
@settings(max_examples=15)
def test_variation_keeps_the_first_chord_and_the_number_of_bars(
    mode: str, amount: float, seed: int
) -> None:
    key = Key("C", mode)
    bars = Progression("Imaj9 | IVmaj9 IVm6 | IIm9 | V13").in_key(key)
    varied = vary_bars(bars, key, amount=amount, rng=np.random.default_rng(seed))
    assert varied[0] == bars[0]
    assert [len(bar) for bar in varied] == [len(bar) for bar in bars]
    assert vary_bars(bars, key, amount=0.0, rng=np.random.default_rng(seed)) == bars


def test_equal_neighbours_are_joined() -> None:
    same = Chord.parse("Am9")
    joined = join_equal([ChordSpan(0, 4, same), ChordSpan(4, 8, same), ChordSpan(9, 12, same)])
    assert joined == (ChordSpan(0, 8, same), ChordSpan(9, 12, same))
