"""Marks of pitched parts: what a player makes of each, in time, length, level and pitch."""

from dataclasses import replace

import numpy as np
import pytest

from tapeloom.compose.articulation import ARTICULATIONS
from tapeloom.compose.perform import STRAIGHT, perform
from tapeloom.core.harmony import Key
from tapeloom.core.midi import read_midi, write_performance_midi
from tapeloom.core.performance import performance_from_json, performance_to_json
from tapeloom.core.score import Bend, Mark, Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap

FEEL = STRAIGHT.scaled(1.0)
LINE = (Note(0, PPQ, 60, 80), Note(PPQ, PPQ, 64, 80), Note(2 * PPQ, PPQ, 67, 80),
        Note(4 * PPQ, PPQ, 65, 80))  # fmt: skip


def part(*marks, role="other", notes=LINE, **more):
    return Part("line", role, "nylon_guitar", notes, marks=tuple(marks), **more)


def play(line, ornaments=True, key="C"):
    score = Score((line,), TempoMap.constant(60), keys=((0, Key(key, "major")),))
    return perform(score, replace(FEEL, ornaments=ornaments), stream(1, "perform"))


def second(mark, **more):
    """Play the line with a mark on its second note; return that note and all of the part."""
    played = play(part(Mark(PPQ, 64, mark), **more)).parts[0]
    return played.notes[1], played


def test_every_articulation_says_what_it_does():
    assert {"legato", "tenuto", "staccato", "accent", "ghost", "slide", "hammer_on", "bend",
            "grace", "mordent", "upper_mordent", "glissando",
            "roll"} == set(ARTICULATIONS)  # fmt: skip
    assert all(sign.says for sign in ARTICULATIONS.values())


@pytest.mark.parametrize(
    ("mark", "length_s", "velocity"),
    [("staccato", 0.45, 80), ("tenuto", 1.0, 83), ("accent", 1.0, 92), ("ghost", 0.5, 40)],
)
def test_a_mark_sets_length_and_level(mark, length_s, velocity):
    note, _ = second(mark)
    assert note.duration_s == pytest.approx(length_s)
    assert note.velocity == velocity


def test_a_bass_lets_go_early_but_not_in_a_tenuto_or_legato():
    plain = play(part(role="bass")).parts[0].notes[1]
    assert plain.duration_s == pytest.approx(0.93)
    for mark in ("tenuto", "legato", "slide"):
        assert second(mark, role="bass")[0].duration_s == pytest.approx(1.0)


def test_legato_reaches_the_next_note_even_over_a_hole():
    held = (Note(0, PPQ // 2, 60), Note(PPQ, PPQ // 2, 64), Note(2 * PPQ, PPQ, 67))
    note, played = second("legato", notes=held)
    assert note.onset_s + note.duration_s == pytest.approx(played.notes[2].onset_s)
    assert played.notes[0].duration_s == pytest.approx(0.5)


def test_a_hammered_note_is_softer_and_bound_to_the_one_before():
    notes = (Note(0, PPQ // 2, 62, 80), Note(PPQ, PPQ, 64, 80))
    note, played = second("hammer_on", notes=notes)
    assert note.velocity == 59
    assert played.notes[0].duration_s == pytest.approx(1.0)


@pytest.mark.parametrize(("mark", "neighbour"), [("mordent", 62), ("upper_mordent", 65)])
def test_a_mordent_touches_the_neighbour_in_the_key(mark, neighbour):
    _, played = second(mark)
    quick = [n for n in played.notes if 1.0 <= n.onset_s < 2.0]
    assert [n.pitch for n in quick] == [64, neighbour, 64]
    assert quick[0].onset_s == 1.0
    assert quick[2].onset_s == pytest.approx(1.124)
    assert quick[2].onset_s + quick[2].duration_s == pytest.approx(2.0)
    assert quick[1].velocity < quick[0].velocity


def test_a_glissando_runs_up_the_scale_of_the_key_into_its_note():
    for key, run in (("C", [55, 57, 59, 60, 62, 64]), ("E", [56, 57, 59, 61, 63, 64])):
        played = play(part(Mark(PPQ, 64, "glissando")), key=key).parts[0]
        quick = [n for n in played.notes if 1.0 <= n.onset_s < 2.0]
        assert [n.pitch for n in quick] == run
        steps = np.diff([n.onset_s for n in quick])
        assert np.allclose(steps, 0.062, atol=1e-5)
        assert quick[-1].onset_s + quick[-1].duration_s == pytest.approx(2.0)


def test_a_note_too_short_for_a_mordent_is_played_plain():
    notes = (Note(0, PPQ, 60), Note(PPQ, PPQ // 16, 64), Note(2 * PPQ, PPQ, 67))
    assert len(second("mordent", notes=notes)[1].notes) == 3
    line = part(Mark(PPQ, 64, "mordent"))
    assert len(play(line, ornaments=False).parts[0].notes) == 4


@pytest.mark.parametrize(
    ("mark", "first", "seconds"), [("slide", -8192, 0.11), ("bend", -8192, 0.2)]
)
def test_a_glide_begins_off_the_pitch_and_arrives(mark, first, seconds):
    _, played = second(mark)
    bends = played.bends
    assert bends[0].time_s == 1.0
    assert bends[0].value == first  # two semitones: from C below E, or from D, its step
    assert bends[-1].time_s == pytest.approx(1.0 + seconds, abs=1e-6)
    assert bends[-1].value == 0
    values = [bend.value for bend in bends]
    assert values == sorted(values)
    assert [bend.time_s for bend in bends] == sorted(bend.time_s for bend in bends)


def test_a_bend_comes_from_the_step_below_and_a_slide_from_the_note_before():
    semitone = (Note(0, PPQ, 60), Note(PPQ, PPQ, 65))  # F in C major: E lies a semitone below
    assert play(part(Mark(PPQ, 65, "bend"), notes=semitone)).parts[0].bends[0].value == -4096
    falling = (Note(0, PPQ, 67), Note(PPQ, PPQ, 64))
    assert play(part(Mark(PPQ, 64, "slide"), notes=falling)).parts[0].bends[0].value == 8191


def test_a_glide_ends_within_a_short_note():
    notes = (Note(0, PPQ, 60), Note(PPQ, PPQ // 8, 64), Note(PPQ + PPQ // 8, PPQ, 67))
    note, played = second("bend", notes=notes)
    assert played.bends[-1].value == 0
    assert played.bends[-1].time_s <= note.onset_s + note.duration_s


def test_chords_and_parts_with_bends_of_their_own_are_not_bent_by_marks():
    chord = (Note(0, PPQ, 60), Note(PPQ, PPQ, 64), Note(PPQ, PPQ, 67))
    assert second("slide", notes=chord)[1].bends == ()
    own = play(part(Mark(PPQ, 64, "slide"), bends=(Bend(0, 100), Bend(PPQ // 2, 0)))).parts[0]
    assert [(b.time_s, b.value) for b in own.bends] == [(0.0, 100), (0.5, 0)]


def test_bends_survive_json_and_midi(tmp_path):
    performance = play(part(Mark(PPQ, 64, "slide"), role="melody"))
    assert performance_from_json(performance_to_json(performance)) == performance
    write_performance_midi(tmp_path / "p.mid", performance, ticks_per_quarter=PPQ)
    back = read_midi(tmp_path / "p.mid").parts[0].bends
    played = performance.parts[0].bends
    assert [bend.value for bend in back] == [bend.value for bend in played]
    times = [bend.tick / PPQ for bend in back]
    assert np.allclose(times, [bend.time_s for bend in played], atol=1e-4)


def test_a_performance_of_an_older_version_has_no_bends():
    data = performance_to_json(play(part()))
    for entry in data["parts"]:
        del entry["bends"]
    assert performance_from_json(data).parts[0].bends == ()
