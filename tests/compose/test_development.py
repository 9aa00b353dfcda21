"""Laws of the techniques: what each of them keeps, and what it turns around."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.compose.development import (
    augment,
    call_and_response,
    counter_rhythm,
    diminish,
    displace,
    fragment,
    invert,
    ornament,
    retrograde,
    sequence,
    thin,
)
from tapeloom.compose.grid import STEP, measures
from tapeloom.compose.motifs import Motif, MotifNote
from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter

BAR = 16 * STEP
GRID = measures(0, 2 * BAR, ((0, Meter()),))


@st.composite
def motifs(draw: st.DrawFn) -> Motif:
    """Two bars of one note at a time on sixteenths."""
    onsets = sorted(draw(st.sets(st.integers(0, 31), min_size=1, max_size=12)))
    ends = [*onsets[1:], 32]
    notes = [
        MotifNote(onset * STEP, draw(st.integers(1, end - onset)) * STEP, draw(st.integers(-7, 7)))
        for onset, end in zip(onsets, ends, strict=True)
    ]
    return Motif(tuple(notes), 2 * BAR)


def contours(motif: Motif) -> list[int]:
    return [note.contour for note in motif.notes]


def onsets(motif: Motif) -> list[int]:
    return [note.onset for note in motif.notes]


def is_one_voice(motif: Motif) -> bool:
    if not motif.notes:
        return True
    ends = [*onsets(motif)[1:], motif.ticks]
    return all(n.onset + n.duration <= end for n, end in zip(motif.notes, ends, strict=True))


@settings(max_examples=25, deadline=None)
@given(motifs(), st.integers(2, 4))
def test_what_is_augmented_and_diminished_is_itself(motif: Motif, factor: int) -> None:
    assert diminish(augment(motif, factor), factor) == motif
    assert augment(motif, factor).ticks == factor * motif.ticks
    assert contours(augment(motif, factor)) == contours(motif)


@settings(max_examples=25, deadline=None)
@given(motifs(), st.integers(-5, 5))
def test_what_is_inverted_or_turned_back_twice_is_itself(motif: Motif, axis: int) -> None:
    assert invert(invert(motif, axis=axis), axis=axis) == motif
    assert retrograde(retrograde(motif)) == motif
    steps = np.diff(contours(motif))
    assert (np.diff(contours(invert(motif))) == -steps).all()
    assert contours(retrograde(motif)) == contours(motif)[::-1]


@settings(max_examples=25, deadline=None)
@given(motifs(), st.lists(st.integers(-3, 3), min_size=1, max_size=4))
def test_a_sequence_moves_every_statement_by_its_steps(motif: Motif, steps: list[int]) -> None:
    made = sequence(motif, steps)
    count = len(motif.notes)
    assert made.ticks == len(steps) * motif.ticks
    for i, by in enumerate(steps):
        part = made.notes[i * count : (i + 1) * count]
        assert [note.contour - by for note in part] == contours(motif)
        assert [note.onset - i * motif.ticks for note in part] == onsets(motif)


@settings(max_examples=25, deadline=None)
@given(motifs(), st.integers(1, 31))
def test_fragments_cut_at_one_place_hold_every_note_once(motif: Motif, cut: int) -> None:
    head = fragment(motif, cut * STEP)
    tail = fragment(motif, motif.ticks - cut * STEP, tail=True)
    assert contours(head) + contours(tail) == contours(motif)
    assert is_one_voice(head)


@settings(max_examples=25, deadline=None)
@given(motifs(), st.floats(0.0, 1.0))
def test_thinning_keeps_the_first_and_the_strong(motif: Motif, keep: float) -> None:
    thinned = thin(motif, GRID, keep=keep)
    assert thinned.notes[0].onset == motif.notes[0].onset
    assert set(onsets(thinned)) <= set(onsets(motif))
    assert len(thinned.notes) == max(1, round(keep * len(motif.notes)))
    assert is_one_voice(thinned)


def test_of_two_equal_notes_the_one_on_the_beat_stays() -> None:
    three = Motif(tuple(MotifNote(at * STEP, STEP, at) for at in (0, 3, 8)), 2 * BAR)
    assert onsets(thin(three, GRID, keep=0.67)) == [0, 8 * STEP]


@settings(max_examples=25, deadline=None)
@given(motifs(), st.integers(0, 2**16))
def test_ornaments_come_between_the_notes_that_stay(motif: Motif, seed: int) -> None:
    made = ornament(motif, np.random.default_rng(seed), share=1.0)
    kept = {(note.onset, note.contour) for note in motif.notes}
    assert kept <= {(note.onset, note.contour) for note in made.notes}
    assert is_one_voice(made)


def test_a_leap_of_a_third_is_filled_by_the_step_between() -> None:
    leap = Motif((MotifNote(0, 8 * STEP, 0), MotifNote(8 * STEP, STEP, 2)), BAR)
    assert contours(ornament(leap, np.random.default_rng(1), share=1.0)) == [0, 1, 2]


@settings(max_examples=25, deadline=None)
@given(motifs(), st.integers(0, 31))
def test_displacing_around_the_whole_length_comes_home(motif: Motif, by: int) -> None:
    moved = displace(displace(motif, by * STEP), motif.ticks - by * STEP)
    assert onsets(moved) == onsets(motif)
    assert contours(moved) == contours(motif)
    assert is_one_voice(displace(motif, by * STEP))


def test_the_response_ends_lower_and_longer_than_it_was() -> None:
    call = Motif(tuple(MotifNote(i * 4 * STEP, 2 * STEP, i) for i in range(8)), 2 * BAR)
    answered = call_and_response(call, call)
    assert answered.notes[:4] == call.notes[:4]
    assert answered.notes[-1].contour <= call.notes[0].contour
    assert answered.notes[-1].duration > call.notes[-1].duration


@settings(max_examples=25, deadline=None)
@given(motifs())
def test_a_counter_rhythm_never_strikes_with_its_motif(motif: Motif) -> None:
    assert not set(onsets(counter_rhythm(motif))) & set(onsets(motif))


def test_a_fragment_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="between 1 and"):
        fragment(Motif((), BAR), 0)
    with pytest.raises(InputError, match="more than 0"):
        augment(Motif((), BAR), 0)


@pytest.mark.parametrize("change", [invert, retrograde, augment, diminish, counter_rhythm])
def test_silence_stays_silence(change: object) -> None:
    silence = Motif((), BAR)
    assert change(silence).notes == () or change is counter_rhythm  # type: ignore[operator]
    assert thin(silence, GRID, keep=0.5) == displace(silence, STEP) == silence
    assert call_and_response(silence, silence) == silence
