"""The drummer: the learned touch under the kit's feel, ornaments, two hands and two feet."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose import engine, plan
from tapeloom.compose.drums import write_drums
from tapeloom.compose.perform import Feel, draw_feel, perform
from tapeloom.core.brief import Brief
from tapeloom.core.meter import Meter
from tapeloom.core.score import Mark, Note, Part, Score, Section
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.feels import FEELS
from tapeloom.rhythm.limbs import sticking
from tapeloom.rhythm.microtiming import drum_name
from tapeloom.rhythm.ornaments import ORNAMENTS
from tapeloom.theory.instruments import DRUMS

BAR = 4 * PPQ
S = PPQ // 4
STILL = Feel(
    swing=0.5, timing_sd_ms=0.0, velocity_sd=0.0, phrasing=0.0, breath_ms=0.0, ritardando_ms=0.0
)


def beat(bars=16, bpm=80, energy=0.6):
    section = Section("A", 0, bars * BAR, energy, roles=("drums",))
    drums = write_drums(
        (section,), meters=((0, Meter()),), end=bars * BAR, density=0.7, energy=energy,
        rng=stream(2, "drums"),
    )  # fmt: skip
    return Score((drums,), TempoMap.constant(bpm), sections=(section,))


def play(score, feel, seed=1):
    return perform(score, feel, stream(seed, "perform")).parts[0]


def is_playable(played):
    order = sorted(played.notes, key=lambda note: note.onset_s)
    found = sticking([n.onset_s for n in order], [drum_name(n.pitch) for n in order])
    return found.is_playable


def one_stroke(mark, *others, drum="snare", velocity=100, length=S):
    notes = (Note(2 * PPQ, length, DRUMS[drum], velocity), *others)
    part = Part("drums", "drums", "dusty_kit", notes, marks=(Mark(2 * PPQ, DRUMS[drum], mark),))
    return Score((part,), TempoMap.constant(60))


@pytest.mark.parametrize("mark", sorted(ORNAMENTS))
def test_an_ornament_falls_before_the_stroke_which_stays(mark):
    strokes = play(one_stroke(mark), STILL).notes
    assert len(strokes) == len(ORNAMENTS[mark])
    assert strokes[-1].onset_s == 2.0
    assert strokes[-1].velocity == 100
    for stroke, wanted in zip(strokes, ORNAMENTS[mark], strict=True):
        assert stroke.onset_s == pytest.approx(2.0 + wanted.offset_ms / 1000.0, abs=1e-6)
    assert all(stroke.velocity < 60 for stroke in strokes[:-1])


def test_a_roll_fills_its_note_and_rises():
    strokes = play(one_stroke("roll", length=PPQ), STILL).notes
    onsets = [stroke.onset_s for stroke in strokes]
    assert len(strokes) == 15
    assert onsets[0] == 2.0
    assert max(onsets) < 3.0
    assert np.ptp(np.diff(onsets)) < 1e-5
    assert strokes[-2].velocity > strokes[2].velocity


def test_an_ornament_that_no_hand_is_free_for_becomes_simpler_or_none():
    # Both hands strike other drums right before: no ruff fits, and nothing else either.
    busy = tuple(Note(2 * PPQ - PPQ // 8, S, DRUMS[drum]) for drum in ("closed_hat", "rim"))
    assert len(play(one_stroke("ruff", *busy), STILL).notes) == 3
    # A hat on the same beat leaves one hand, which can play a drag's double stroke no faster
    # than it bounces: what is played is always possible.
    with_hat = play(one_stroke("ruff", Note(2 * PPQ, S, DRUMS["closed_hat"])), STILL)
    assert is_playable(with_hat)
    assert 2 <= len(with_hat.notes) <= 4


def test_the_straightest_feel_adds_no_strokes():
    assert len(play(one_stroke("flam"), replace(STILL, ornaments=False)).notes) == 1


def test_a_foot_flams_nothing():
    assert len(play(one_stroke("flam", drum="kick"), STILL).notes) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "mood",
    [
        "rain",
        pytest.param("playful", marks=pytest.mark.slow),
        pytest.param("dark cafe", marks=pytest.mark.slow),
    ],
)
def test_nothing_that_is_played_is_impossible_for_two_hands_and_two_feet(mood):
    for seed in range(4):
        brief = Brief(mood, seed=seed, bars=32)
        score = engine().compose(plan(brief, stream(seed, "plan")), stream(seed, "compose"))
        drums = score.part("drums")
        feel = draw_feel(brief.character, stream(seed, "feel"), style=drums.style)
        for loose in (feel, replace(feel, humanise=1.0, timing_sd_ms=20.0)):
            played = perform(replace(score, parts=(drums,)), loose, stream(seed, "perform"))
            assert is_playable(played.parts[0])


def test_the_learned_touch_changes_from_hit_to_hit_and_keeps_each_drum_in_its_place():
    score, feel = beat(), replace(STILL, humanise=0.4, drummer="hiphop", ornaments=False)
    played = play(score, feel)
    written = score.parts[0]
    for name in ("kick", "snare", "closed_hat"):
        pairs = zip(
            [n for n in written.notes if n.pitch == DRUMS[name]],
            [n for n in played.notes if n.pitch == DRUMS[name]],
            strict=True,
        )
        late_ms = [1000.0 * (p.onset_s - score.tempo.tick_to_s(w.start)) for w, p in pairs]
        if len(late_ms) >= 20:
            assert abs(np.mean(late_ms)) < 1.0
            assert 1.0 < np.std(late_ms) < 15.0


def test_more_of_the_touch_strays_further_and_none_is_the_score():
    def spread_ms(amount):
        score = beat()
        played = play(score, replace(STILL, humanise=amount, ornaments=False))
        written = {}
        for note in score.parts[0].notes:
            written.setdefault(note.pitch, []).append(score.tempo.tick_to_s(note.start))
        late = [
            1000.0 * (note.onset_s - at)
            for pitch, ats in written.items()
            for at, note in zip(
                ats, [n for n in played.notes if n.pitch == pitch], strict=True
            )
        ]  # fmt: skip
        return float(np.std(late))

    spreads = [spread_ms(amount) for amount in (0.0, 0.15, 0.3, 0.5)]
    assert spreads[0] == pytest.approx(0.0, abs=1e-3)
    assert spreads == sorted(spreads)
    assert spreads[2] == pytest.approx(2.0 * spreads[1], rel=0.15)


def test_written_loudness_rules_and_the_touch_only_varies_it():
    score = beat()
    played = play(score, replace(STILL, humanise=0.35, ornaments=False))
    ghosts = {(m.tick, m.pitch) for m in score.parts[0].marks if m.name == "ghost"}
    assert ghosts
    by_pitch = {}
    for note in score.parts[0].notes:
        by_pitch.setdefault(note.pitch, []).append(note)
    for pitch, written in by_pitch.items():
        heard = [n for n in played.notes if n.pitch == pitch]
        for w, p in zip(written, heard, strict=True):
            if (w.start, pitch) in ghosts:
                assert 20 <= p.velocity <= 45
            else:
                assert abs(p.velocity - w.velocity) <= 18
        loud = [p.velocity - w.velocity for w, p in zip(written, heard, strict=True)]
        if len(loud) > 30:
            assert abs(np.mean(loud)) < 4.0
            assert np.std(loud) > 1.0


def test_louder_sections_stay_louder_under_the_touch():
    def mean(energy):
        notes = play(beat(energy=energy), replace(STILL, humanise=0.35, ornaments=False)).notes
        return np.mean([n.velocity for n in notes if n.pitch == DRUMS["kick"]])

    assert mean(0.9) > mean(0.2) + 8


def test_a_place_of_the_feel_moves_only_that_place():
    feel = replace(STILL, place_ms={("kick", "sixteenth"): 12.0})
    notes = tuple(Note(step * S, S, DRUMS["kick"], 90) for step in (0, 3, 8, 11))
    score = Score((Part("drums", "drums", "dusty_kit", notes),), TempoMap.constant(60))
    assert [n.onset_s for n in play(score, feel).notes] == [0.0, 0.762, 2.0, 2.762]


def test_a_strange_kit_is_played_too():
    notes = tuple(Note(i * S, S, pitch, 80) for i, pitch in enumerate((41, 45, 50, 60, 90, 36)))
    score = Score((Part("drums", "drums", "", notes),))
    feel = replace(FEELS["dusty"].player(), humanise=0.5)
    assert sorted(n.pitch for n in play(score, feel).notes) == sorted(n.pitch for n in notes)


def test_same_seed_same_drummer():
    feel = replace(FEELS["dilla"].player(), humanise=0.4)
    assert play(beat(), feel, 3) == play(beat(), feel, 3)
    assert play(beat(), feel, 3) != play(beat(), feel, 4)
