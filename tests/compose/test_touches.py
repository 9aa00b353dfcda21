"""What the composer marks: sparingly, playably, in the key, and without changing the notes."""

import itertools
from collections import Counter

import pytest

from tapeloom.compose import engine, plan
from tapeloom.compose.articulation import ARTICULATIONS
from tapeloom.compose.touches import BASS, FRETTED, MELODY, side_stream, touch_line
from tapeloom.core.brief import Brief
from tapeloom.core.score import score_from_json, score_to_json
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.rhythm.feels import STYLE_FEELS
from tapeloom.rhythm.ornaments import ORNAMENTS
from tapeloom.theory.instruments import DRUMS

MOODS = ("rain", "playful", "dark cafe", "dreamy", "warm city", "uplifting")


def compose(mood, seed, bars=48):
    brief = Brief(mood, seed=seed, bars=bars)
    drawn = plan(brief, stream(seed, "plan"))
    return drawn, engine().compose(drawn, stream(seed, "compose"))


@pytest.fixture(scope="module")
def records():
    return [compose(mood, seed) for mood in MOODS for seed in range(4)]


def notes_at(part):
    return {(note.start, note.pitch): note for note in part.notes}


def test_every_mark_is_on_a_note_and_known(records):
    known = {
        "drums": {*ORNAMENTS, "roll", "ghost", "fill", "riser"},
        "melody": {*ARTICULATIONS, "pickup"},
    }
    for _, score in records:
        for part in score.parts:
            for mark in part.marks:
                assert (mark.tick, mark.pitch) in notes_at(part)
                assert mark.name in known.get(part.role, set(ARTICULATIONS))


def test_marks_are_sparing_but_there(records):
    marks, notes = Counter(), Counter()
    for _, score in records:
        for part in score.parts:
            notes[part.role] += len(part.notes)
            marks[part.role] += sum(m.name not in ("ghost", "fill", "roll") or
                                    (part.role == "drums" and m.name == "roll")
                                    for m in part.marks)  # fmt: skip
    assert 0.03 < marks["melody"] / notes["melody"] < 0.25
    assert 0.03 < marks["bass"] / notes["bass"] < 0.25
    assert 0.001 < marks["drums"] / notes["drums"] < 0.02
    names = Counter(m.name for _, s in records for p in s.parts for m in p.marks)
    for name in ("flam", "drag", "ruff", "mordent", "bend", "hammer_on", "tenuto", "staccato"):
        assert names[name] > 0, name


def test_only_strings_slide_hammer_and_bend(records):
    for _, score in records:
        for part in score.parts:
            names = {mark.name for mark in part.marks}
            if part.role != "drums" and part.instrument not in FRETTED:
                assert not names & {"slide", "hammer_on", "bend"}


def test_mordents_and_bends_begin_in_the_key(records):
    for drawn, score in records:
        for part in score.parts:
            for mark in part.marks:
                if mark.name in ("mordent", "upper_mordent", "bend"):
                    key = next(k for tick, k in reversed(drawn.keys) if tick <= mark.tick)
                    assert mark.pitch % 12 in key.scale


def test_hammer_ons_rise_from_a_note_that_still_sounds(records):
    for _, score in records:
        for part in score.parts:
            for mark in part.marks:
                if mark.name == "hammer_on":
                    before = max(n for n in part.notes if n.start < mark.tick)
                    assert before.end == mark.tick
                    assert 0 < mark.pitch - before.pitch <= 4


def test_no_drum_ornament_on_a_foot_or_a_ghost_and_never_two_in_a_beat(records):
    feet = {DRUMS["kick"], DRUMS["pedal_hat"]}
    for _, score in records:
        for part in score.parts:
            if part.role != "drums":
                continue
            ghosts = {(m.tick, m.pitch) for m in part.marks if m.name == "ghost"}
            ticks = []
            for mark in part.marks:
                if mark.name in (*ORNAMENTS, "roll"):
                    assert mark.pitch not in feet
                    assert (mark.tick, mark.pitch) not in ghosts
                    ticks.append(mark.tick)
            assert all(b - a >= PPQ for a, b in itertools.pairwise(ticks))


def test_the_touches_leave_the_notes_as_they_were():
    drawn, score = compose("warm", 3)
    rng, same = stream(5, "melody"), stream(5, "melody")
    aside = side_stream(rng)
    assert rng.random() == same.random()
    for role, touches in (("melody", MELODY), ("bass", BASS)):
        touched = touch_line(score.part(role), touches, drawn, aside)
        assert touched.notes == score.part(role).notes
        assert set(score.part(role).marks) <= set(touched.marks)


def test_graces_are_left_alone(records):
    for _, score in records:
        part = score.part("melody")
        graces = [m for m in part.marks if m.name == "grace"]
        for grace in graces:
            main = min(n for n in part.notes if n.start > grace.tick)
            assert not [m for m in part.marks if (m.tick, m.pitch) == (main.start, main.pitch)]


def test_the_drum_part_tells_the_style_of_its_groove(records):
    for _, score in records:
        assert score.part("drums").style in STYLE_FEELS
        assert score_from_json(score_to_json(score)) == score
