from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.groove import LATENESS_MS
from tapeloom.rhythm.microtiming import played_notes
from tapeloom.rhythm.quantise import dequantise, quantise
from tapeloom.rhythm.swing_ratio import Swing
from tapeloom.rhythm.templates import GroovePlace, GrooveTemplate, apply_template
from tapeloom.theory.instruments import DRUMS
from tests.rhythm.players import play

COMMON = ((0, Meter(4, 4)),)
SIXTEENTH = PPQ // 4
TRIPLET = PPQ // 3
KIT = ("kick", "snare", "closed_hat", "open_hat", "ride")


def plain(notes):
    return sorted((note.start, note.duration, note.pitch) for note in notes)


def humanise(score, amount, seed, swing=None):
    """Play with so much of a hard feel: 62 %, the latest snare, the earliest hats, 7 ms drift."""
    late = {
        name: amount * (high if high > -low else low) for name, (low, high) in LATENESS_MS.items()
    }
    return play(
        score.part("drums").notes, tempo=score.tempo, meters=score.meters,
        swing=Swing(0.5 + amount * 0.12) if swing is None else swing,
        late_ms=late, drift_ms=7.0 * amount, seed=seed,
    )  # fmt: skip


@st.composite
def drum_scores(draw, meters=COMMON):
    """A few bars, each beat in sixteenths or (where a hit on its second third tells) in threes."""
    bars = draw(st.integers(2, 6))
    notes = {}
    meter = meters[0][1]
    beats = bars * meter.bar_ticks // PPQ
    for beat in range(beats):
        threes = draw(st.sampled_from([False] * 7 + [True]))
        step = TRIPLET if threes else SIXTEENTH
        for drum in KIT[:3]:
            places = draw(st.sets(st.integers(0, PPQ // step - 1), max_size=3))
            if threes and drum == "closed_hat":
                places = {0, 1, 2}
            for place in places:
                start = beat * PPQ + place * step
                notes[start, DRUMS[drum]] = Note(start, step // 2, DRUMS[drum], 80)
    for beat in range(beats):  # somebody keeps the time
        start = beat * PPQ
        notes.setdefault((start, DRUMS["closed_hat"]), Note(start, 1260, DRUMS["closed_hat"], 70))
    tempo = TempoMap.constant(draw(st.integers(60, 110)))
    part = Part("drums", "drums", "kit", tuple(notes.values()))
    return Score((part,), tempo=tempo, meters=meters)


@settings(derandomize=True)
@given(drum_scores(), st.floats(0.0, 0.5), st.integers(0, 2**31))
def test_quantise_restores_what_was_humanised(score, amount, seed):
    played = humanise(score, amount, seed)
    found = quantise(played, tempo=score.tempo, meters=score.meters)
    assert plain(found.notes) == plain(score.part("drums").notes)


@settings(derandomize=True)
@given(drum_scores(), st.floats(0.5, 0.62), st.sampled_from([8, 16]), st.integers(0, 2**31))
def test_a_known_swing_is_taken_out(score, ratio, level, seed):
    swing = Swing(ratio, level)
    played = humanise(score, 0.5, seed, swing)
    found = quantise(played, tempo=score.tempo, meters=score.meters, swing=swing)
    assert plain(found.notes) == plain(score.part("drums").notes)


@given(drum_scores(), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 2**31))
def test_dequantise_gives_back_what_was_played(score, amount, strength, seed):
    played = humanise(score, amount, seed)
    found = quantise(played, tempo=score.tempo, meters=score.meters, strength=strength)
    assert dequantise(found) == played
    assert dequantise(found, amount=0.0) == found.notes


@given(drum_scores())
def test_what_is_on_the_grid_stays(score):
    notes = score.part("drums").notes
    found = quantise(notes, tempo=score.tempo, meters=score.meters)
    assert found.notes == notes
    assert found.swing == Swing()
    assert found.mean_shift_ticks == 0.0


@settings(max_examples=15, derandomize=True)
@given(drum_scores(meters=((0, Meter(7, 8)),)), st.floats(0.0, 0.5), st.integers(0, 2**31))
def test_seven_eight_comes_back_too(score, amount, seed):
    straight = [note for note in score.part("drums").notes if note.start % SIXTEENTH == 0]
    straight = tuple(replace(note, duration=1260) for note in straight)
    score = replace(score, parts=(replace(score.part("drums"), notes=straight),))
    played = humanise(score, amount, seed, Swing())
    found = quantise(played, tempo=score.tempo, meters=score.meters)
    assert plain(found.notes) == plain(straight)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_strength_goes_part_of_the_way(strength):
    played = tuple(Note(beat * PPQ + 200, 2520, 42) for beat in range(8))
    found = quantise(played, tempo=TempoMap(), meters=COMMON, strength=strength)
    assert [n.start for n in found.notes] == [
        beat * PPQ + round(200 * (1 - strength)) for beat in range(8)
    ]


def test_triplets_are_found_beat_by_beat():
    starts = [0, 2520, 5040, 7560, *(PPQ + i * TRIPLET for i in range(3)), 2 * PPQ, 2 * PPQ + 5040]
    played = [Note(start + 90, 1000, 42) for start in starts]
    found = quantise(played, tempo=TempoMap.constant(90), meters=COMMON)
    assert [note.start for note in found.notes] == starts
    assert found.triplets == (False,) * 4 + (True,) * 3 + (False,) * 2
    without = quantise(played, tempo=TempoMap.constant(90), meters=COMMON, triplets=False)
    assert not any(without.triplets)


def test_quantising_to_a_groove_plays_the_groove():
    groove = GrooveTemplate(
        "late", Meter(), (("snare", (GroovePlace(4, 18.0, 1.0), GroovePlace(12, 9.0, 1.0))),),
        Swing(0.6),
    )  # fmt: skip
    tempo = TempoMap.constant(80)
    written = tuple(Note(step * SIXTEENTH, 1260, 38, 90) for step in (0, 1, 4, 7, 12, 15))
    rough = [replace(note, start=note.start + 150 - 60 * (i % 3)) for i, note in enumerate(written)]
    found = quantise(rough, tempo=tempo, meters=COMMON, swing=Swing(), groove=groove)
    target = apply_template(written, groove, tempo=tempo, meters=COMMON, velocities=False)
    assert [note.start for note in found.notes] == [note.start for note in target]


def test_chords_of_the_keys_come_back_from_a_performance():
    from tapeloom.compose.perform import perform

    pitches = (52, 55, 59, 62)
    notes = tuple(
        Note(start, 2 * PPQ, pitch) for start in range(0, 16 * PPQ, 2 * PPQ) for pitch in pitches
    )
    score = Score((Part("keys", "keys", "electric_piano", notes),), TempoMap.constant(74))
    feel = Feel(
        swing=0.55, lateness_ms={"keys": 6.0}, timing_sd_ms=3.0, strum_ms=14.0, strum_chance=0.5,
        breath_ms=0.0, ritardando_ms=0.0,
    )  # fmt: skip
    played = played_notes(perform(score, feel, stream(4, "player")).part("keys"), tempo=score.tempo)
    found = quantise(played, tempo=score.tempo, meters=score.meters, role="keys")
    assert plain(found.notes) == plain(notes)


def test_nothing_is_quantised_to_nothing():
    assert quantise((), tempo=TempoMap(), meters=COMMON).notes == ()


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_out_of_range_is_refused(strength):
    with pytest.raises(InputError, match="strength"):
        quantise([Note(0, 10, 40)], tempo=TempoMap(), meters=COMMON, strength=strength)


def test_a_note_never_loses_its_length():
    rng = np.random.default_rng(3)
    played = [Note(int(start), 1, 42) for start in np.sort(rng.integers(0, 8 * PPQ, 64))]
    found = quantise(played, tempo=TempoMap(), meters=COMMON)
    assert min(note.duration for note in found.notes) >= PPQ // 8
