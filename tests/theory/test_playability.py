"""What players refuse is found, and mended parts can be played."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.harmony import Chord
from tapeloom.core.score import Mark, Move, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.guitar import GuitarShape, guitar_shapes
from tapeloom.theory.instruments import KITS, KNOWN, instrument
from tapeloom.theory.orchestration import check_playability, mend_playability, player_of, tally
from tapeloom.theory.orchestration.hands import can_hold
from tapeloom.theory.orchestration.mending import mend_part
from tapeloom.theory.orchestration.playability import check_part

MINUTE = TempoMap.constant(60)


def line(name: str, pitches: Sequence[int], quarters: float = 1.0, role: str = "melody") -> Part:
    step = round(quarters * PPQ)
    notes = tuple(Note(i * step, step, pitch) for i, pitch in enumerate(pitches))
    return Part("part", role, name, notes)


def chord(name: str, *pitches: int) -> Part:
    return Part("part", "keys", name, tuple(Note(0, PPQ, pitch) for pitch in pitches))


def kinds(part: Part, tempo: TempoMap = MINUTE) -> set[str]:
    return {problem.kind for problem in check_part(part, tempo)}


FAULTY = {
    "a flute below C4": (line("flute", (59, 60)), "range"),
    "a violin below its G string": (line("violin", (54, 60)), "range"),
    "a tuba's thirty-seconds": (line("tuba", (41, 43, 45, 46, 48, 46), 1 / 8), "speed"),
    "a horn's trill of leaps": (line("horn", (48, 67, 48, 67), 1 / 8), "leap"),
    "a harp's drum roll": (line("harp", (60,) * 8, 1 / 8), "repeats"),
    "thirds three octaves apart": (chord("felt_piano", 36, 40, 60, 64, 84, 88), "stretch"),
    "a hand of a tenth and more": (chord("accordion", 60, 77), "stretch"),
    "three low neighbours on a guitar": (chord("nylon_guitar", 40, 41, 42), "stretch"),
    "a double stop on one string": (chord("violin", 55, 58), "stretch"),
    "a tenth with both on the G string": (chord("violin", 56, 61), "stretch"),
    "a chord on a flute": (chord("flute", 60, 64), "polyphony"),
    "five strings of four": (chord("ukulele", 60, 64, 67, 69, 72), "polyphony"),
    "half a minute on one breath": (line("tuba", (41, 43, 45) * 20, 0.5), "breath"),
    "hands across the keyboard": (line("upright_piano", (21, 64, 108), 1 / 8), "leap"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_planted_faults_are_found(case: str) -> None:
    part, kind = FAULTY[case]
    found = check_part(part, MINUTE)
    assert kind in {problem.kind for problem in found}
    assert all(problem.text and problem.tick < problem.end for problem in found)


CLEAN = [
    line("flute", (72, 74, 76, 77, 79, 77, 76, 74), 1 / 8),
    line("violin", (55, 62, 69, 76, 69, 62) * 20, 1 / 8),
    chord("felt_piano", 36, 43, 48, 60, 64, 67, 72),
    chord("nylon_guitar", 48, 52, 55, 60, 64),
    chord("jazz_guitar", 43, 53, 59, 64),
    chord("violin", 57, 64),
    chord("vibraphone", 60, 64, 69, 72),
    chord("violins", 60, 64, 67),
    line("oboe", (72, 74, 76, 77) * 4),
    line("electric_bass", (28, 40, 28, 40) * 4, 1 / 4, role="bass"),
]


@pytest.mark.parametrize("part", CLEAN, ids=lambda part: part.instrument)
def test_what_players_do_every_day_is_no_fault(part: Part) -> None:
    assert check_part(part, MINUTE) == []
    assert mend_part(part, MINUTE) == (part, [])


def test_a_grace_note_is_no_tempo() -> None:
    notes = (Note(0, 500, 71), Note(500, PPQ, 72), Note(2 * PPQ, PPQ, 74))
    assert check_part(Part("x", "melody", "tuba", notes), TempoMap.constant(60))[0].kind == "range"
    assert kinds(Part("x", "melody", "flute", notes)) == set()


def test_strained_passages_are_told_when_asked_for() -> None:
    high = Score((line("flute", (92, 93, 94, 95)),), MINUTE)
    assert check_playability(high) == ()
    assert "the best of the flute; here its sound is brilliant" in str(
        check_playability(high, comfort=True)[0]
    )


def test_drums_are_for_others() -> None:
    kit = Part("drums", "drums", "jazz_kit", tuple(Note(0, 1, pitch) for pitch in range(30, 60)))
    assert player_of(kit) is None
    assert check_playability(Score((kit,))) == ()
    assert mend_playability(Score((kit,))) == (Score((kit,)), ())


@pytest.mark.parametrize(
    ("program", "role", "pitch", "name"),
    [(40, "other", 60, "violin"), (42, "other", 40, "cello"), (0, "bass", 30, "upright_bass"),
     (70, "other", 25, "contrabassoon"), (70, "other", 60, "bassoon"), (53, "other", 45,
     "tenor_voice"), (0, "keys", 60, "electric_piano")],
)  # fmt: skip
def test_a_player_is_found_by_program_and_notes(
    program: int, role: str, pitch: int, name: str
) -> None:
    found = player_of(Part("x", role, notes=(Note(0, 1, pitch),), program=program))
    assert found is not None
    assert found.name == name or found.program == program


def test_a_preset_is_its_instrument() -> None:
    assert player_of(Part("x", "keys", "electric_piano:worn")) == KNOWN["electric_piano"]


@st.composite
def parts(draw: st.DrawFn) -> Part:
    name = draw(st.sampled_from([name for name in KNOWN if name not in KITS]))
    step = draw(st.sampled_from((PPQ // 8, PPQ // 4, PPQ // 3, PPQ)))
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 24), st.integers(1, 6), st.integers(24, 100)),
            min_size=1, max_size=24,
        )
    )  # fmt: skip
    notes = tuple(Note(start * step, length * step, pitch) for start, length, pitch in rows)
    return Part("part", draw(st.sampled_from(("melody", "keys", "bass"))), name, notes)


@settings(max_examples=80, deadline=None)
@given(parts(), st.sampled_from((50, 90, 170)))
def test_whatever_is_mended_can_be_played(part: Part, bpm: int) -> None:
    tempo = TempoMap.constant(bpm)
    mended, reasons = mend_part(part, tempo)
    assert check_part(mended, tempo) == []
    assert bool(reasons) == bool(check_part(part, tempo))
    assert mend_part(mended, tempo) == (mended, [])
    assert mended.notes
    tones = {note.pitch % 12 for note in part.notes}
    assert {note.pitch % 12 for note in mended.notes} <= tones  # octaves, never other notes


def test_a_phrase_moves_as_a_whole() -> None:
    low = line("flute", (48, 52, 55, 52, 64))
    mended, reasons = mend_playability(Score((low,), MINUTE))
    assert [note.pitch for note in mended.parts[0].notes] == [72, 76, 79, 76, 88]
    assert reasons == ("part: 5 notes moved by octaves into the range of the flute",)


def test_marks_and_moves_go_along() -> None:
    bent = Note(0, PPQ, 50, 80, (Move(PPQ // 2, "bend", 1.0),))
    marks = (Mark(0, 50, "tenuto"), Mark(PPQ, 52, "accent"), Mark(9, 9, "other"))
    part = Part("part", "melody", "flute", (bent, Note(PPQ, PPQ, 52)), marks=marks)
    mended, _ = mend_part(part, MINUTE)
    assert [mark.pitch - mark.tick // PPQ for mark in mended.marks if mark.pitch > 9] == [62, 63]
    assert mended.notes[0].moves == bent.moves


def test_a_breath_is_taken_before_a_bar() -> None:
    long = line("flute", (72, 74, 76, 77) * 10, 0.5)
    mended, reasons = mend_playability(Score((long,), MINUTE))
    gaps = [
        b.start for a, b in zip(mended.parts[0].notes, mended.parts[0].notes[1:], strict=False)
        if b.start > a.end
    ]  # fmt: skip
    assert gaps
    assert all(tick % (4 * PPQ) == 0 for tick in gaps)
    assert len(mended.parts[0].notes) == 40
    assert "for a breath of the flute" in reasons[0]


def test_long_notes_give_time_for_a_breath() -> None:
    assert kinds(line("tuba", (41, 43, 45) * 10)) == set()  # a second each
    assert kinds(line("tuba", (41, 43, 45) * 10, 0.5)) == {"breath"}


def test_a_note_longer_than_a_breath_ends_early() -> None:
    mended, _ = mend_part(line("tuba", (41,), 30.0), MINUTE)
    assert mended.notes[0].duration <= 6 * PPQ


def test_runs_lose_what_falls_off_the_beat() -> None:
    run = line("tuba", (41, 43, 45, 46) * 6, 1 / 8)
    mended, reasons = mend_part(run, MINUTE)
    assert {note.start for note in mended.notes} == set(range(0, 3 * PPQ, PPQ // 4))
    assert reasons == ["part: 12 notes left out of runs too quick for the tuba"]
    beats = line("tuba", (41, 43) * 8)
    assert len(mend_part(beats, TempoMap.constant(600))[0].notes) == 8  # every other beat


def test_repeated_notes_are_tied() -> None:
    mended, reasons = mend_part(line("harp", (60,) * 8, 1 / 8), MINUTE)
    assert [note.start for note in mended.notes] == [0, PPQ // 4, PPQ // 2, 3 * PPQ // 4]
    assert all(note.duration == PPQ // 4 for note in mended.notes)
    assert reasons == ["part: 4 notes tied that repeat too quickly for the harp"]


def test_a_breath_costs_notes_where_all_are_short() -> None:
    short = line("flute", (72, 74, 76, 77) * 40, 1 / 8)
    mended, _ = mend_part(short, MINUTE)
    assert check_part(mended, MINUTE) == []
    assert 150 <= len(mended.notes) < 160


def test_the_last_resort_is_said() -> None:
    notes = (Note(0, PPQ, 40), Note(0, PPQ, 82), Note(PPQ // 4, PPQ, 83), Note(PPQ // 2, PPQ, 41))
    part = Part("part", "guitar", "steel_guitar", notes)
    fast = TempoMap.constant(240)
    mended, reasons = mend_part(part, fast)
    assert check_part(mended, fast) == []
    assert "can't be played as written by the steel-string guitar" in reasons[-1]


def test_inner_doublings_go_first() -> None:
    mended, _ = mend_part(chord("felt_piano", 36, 48, 60, 64, 84, 88), MINUTE)
    pitches = [note.pitch for note in mended.notes]
    assert pitches[0] == 36
    assert pitches[-1] == 88
    assert {pitch % 12 for pitch in pitches} == {0, 4}


def test_problems_are_counted_by_kind() -> None:
    found = check_part(line("flute", (50, 72, 51)), MINUTE)
    assert tally(found) == {"range": 2}
    assert str(found[0]).startswith("tick 0, part: D3 lies below C4")


@pytest.mark.parametrize("name", ["C", "Am7", "F", "B7", "Gmaj7", "Dm9", "E7#9"])
def test_every_shape_that_a_guitarist_holds_is_held(name: str) -> None:
    for shape in guitar_shapes(Chord.parse(name))[:20]:
        assert can_hold(instrument("nylon_guitar"), shape.pitches), str(shape)


def test_a_guitarist_has_four_fingers() -> None:
    shape = GuitarShape.parse("123412")
    assert shape.fingers > 4
    assert not can_hold(instrument("jazz_guitar"), shape.pitches)


def test_hands_hold_what_hands_hold() -> None:
    piano = instrument("grand_piano")
    assert can_hold(piano, (36, 40, 43, 48, 50, 60, 62, 64, 67, 72))  # ten fingers
    assert not can_hold(piano, tuple(range(60, 71)))  # eleven notes
    assert can_hold(instrument("warm_pad"), (36, 60, 96))  # no hand plays it
    assert not can_hold(instrument("ukulele"), (60, 61))
