"""Marks in a score, and what they do to what is played."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose.articulation import ARTICULATIONS, OVERLAP_S, TURN_S
from tapeloom.compose.perform import STRAIGHT, Feel, perform
from tapeloom.core.harmony import Key
from tapeloom.core.score import Bend, Mark, Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import DRUMS

S = PPQ // 4
PLAIN = replace(STRAIGHT, phrasing=0.0)
TUNE = (Note(0, PPQ, 60), Note(PPQ, PPQ // 2, 64), Note(2 * PPQ, PPQ, 67), Note(3 * PPQ, PPQ, 65))


def play(name, tick, pitch, *, role="guitar", feel=PLAIN):
    part = Part("line", role, "nylon_guitar", TUNE, marks=(Mark(tick, pitch, name),))
    score = Score((part,), TempoMap.constant(60), keys=((0, Key("C", "major")),))
    return perform(score, feel, stream(1, "p")).parts[0]


def plain():
    return play("fill", 0, 60)  # a mark that says nothing to a guitar


def test_every_articulation_says_what_it_does_and_does_something():
    before = plain()
    for name, sign in ARTICULATIONS.items():
        assert sign.says
        if name == "roll":
            continue  # of chords: tests/compose/test_perform.py
        after = play(name, PPQ, 64)
        assert (after.notes, after.bends) != (before.notes, before.bends), name


def test_lengths():
    assert play("staccato", 0, 60).notes[0].duration_s == pytest.approx(0.45)
    bound = play("legato", PPQ, 64).notes[1].duration_s
    assert 1.0 <= bound <= 1.0 + OVERLAP_S + 1e-6  # over the rest
    assert play("ghost", 0, 60).notes[0].duration_s == pytest.approx(0.5)


def test_levels():
    was = plain().notes[0].velocity
    assert play("ghost", 0, 60).notes[0].velocity <= 0.5 * was + 1
    assert play("accent", 0, 60).notes[0].velocity == was + 12
    assert play("hammer_on", PPQ, 64).notes[1].velocity < plain().notes[1].velocity


def semitones(bends):
    return [(round(b.time_s, 3), round(2.0 * b.value / 8192, 2)) for b in bends]


def test_a_slide_is_reached_from_the_note_before_and_lands_on_pitch():
    played = play("slide", PPQ, 64)  # up from a C that ends where it begins
    assert played.notes[0].duration_s == pytest.approx(1.0)
    found = semitones(played.bends)
    assert found[0] == (1.0, -2.0)
    assert found[-1][1] == 0.0
    assert [v for _, v in found] == sorted(v for _, v in found)
    assert found[-1][0] < 1.2


def test_a_bend_is_pulled_up_from_the_step_below_after_the_attack():
    found = semitones(play("bend", 2 * PPQ, 67).bends)  # a G, from its F
    assert found[0] == (2.0, -2.0)
    assert all(at > 2.05 for at, _ in found[1:])
    assert found[-1][1] == 0.0


@pytest.mark.parametrize(("name", "touched"), [("mordent", 65), ("upper_mordent", 69)])
def test_a_mordent_touches_its_neighbour_in_the_key(name, touched):
    notes = play(name, 2 * PPQ, 67).notes
    assert [n.pitch for n in notes] == [60, 64, 67, touched, 67, 65]
    onsets = [n.onset_s for n in notes[2:5]]
    assert onsets == pytest.approx([2.0, 2.0 + TURN_S, 2.0 + 2 * TURN_S])
    assert notes[4].onset_s + notes[4].duration_s == pytest.approx(3.0)


def test_a_mordent_on_a_short_note_is_played_plain():
    notes = (Note(0, S, 60), Note(S, S, 62))
    part = Part("m", "melody", notes=notes, marks=(Mark(0, 60, "mordent"),))
    played = perform(Score((part,), TempoMap.constant(90)), PLAIN, stream(1, "p")).parts[0]
    assert [n.pitch for n in played.notes] == [60, 62]


def test_written_bends_are_played():
    bends = (Bend(0, 0), Bend(PPQ, 8191), Bend(2 * PPQ, -4096))
    part = Part("m", "guitar", notes=TUNE, bends=bends)
    played = perform(Score((part,), TempoMap.constant(60)), PLAIN, stream(1, "p")).parts[0]
    assert semitones(played.bends) == [(0, 0), (1, 2), (2, -1)]


def bass_and_kick():
    kicks = [Note(k * 2 * PPQ, S, DRUMS["kick"], 100) for k in range(64)]
    bass = [Note(k * PPQ, PPQ // 2, 40, 80) for k in range(128)]
    parts = (
        Part("bass", "bass", "upright_bass", tuple(bass)),
        Part("drums", "drums", "", tuple(kicks)),
    )
    return Score(parts, TempoMap.constant(75))


def test_the_bass_follows_the_kick_that_it_falls_together_with():
    feel = Feel(swing=0.5, lateness_ms={"bass": 5.0}, timing_sd_ms=8.0, humanise=0.5, breath_ms=0)
    feel = replace(feel, ritardando_ms=0.0)
    performance = perform(bass_and_kick(), feel, stream(3, "p"))
    bass = np.array([n.onset_s for n in performance.part("bass").notes])
    kick = np.array([n.onset_s for n in performance.part("drums").notes])
    together = 1000.0 * (bass[::2] - kick)
    alone = 1000.0 * (bass[1::2] - 0.8 * np.arange(1, 128, 2))
    assert together.mean() == pytest.approx(5.0, abs=1.0)
    assert together.std() < 3.0
    assert alone.std() > 4.0


def test_the_top_of_a_chord_on_keys_leads():
    chord = tuple(Note(0, PPQ, pitch) for pitch in (52, 55, 59, 64))
    score = Score((Part("keys", "keys", "felt_piano", chord),), TempoMap.constant(60))
    late = replace(score, parts=(replace(score.parts[0], notes=tuple(
        replace(n, start=PPQ) for n in chord)),))  # fmt: skip
    played = perform(late, replace(PLAIN, lead_ms=10.0), stream(1, "p")).parts[0].notes
    top = next(n for n in played if n.pitch == 64)
    assert {round(n.onset_s, 6) for n in played if n.pitch != 64} == {1.0}
    assert top.onset_s == pytest.approx(0.99)


def test_no_two_marks_of_a_part_contradict_each_other():
    from tapeloom.compose import engine, plan
    from tapeloom.core.brief import Brief

    for seed in range(6):
        drawn = plan(Brief("playful", bars=24, seed=seed), stream(seed, "plan"))
        score = engine("theory").compose(drawn, stream(seed, "compose"))
        for part in score.parts:
            places = [(m.tick, m.pitch) for m in part.marks if m.name != "fill"]
            assert len(places) == len(set(places))
            starts = {(n.start, n.pitch) for n in part.notes}
            assert set(places) <= starts
        pairs = itertools.pairwise(score.part("drums").notes)
        assert all(a.start <= b.start for a, b in pairs)
