"""Fugues: Bach's answers, countersubjects that invert, entries found again, no parallels."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.counterpoint.imitation import imitate
from tapeloom.theory.counterpoint.invertible import PARALLELS, check_inversion
from tapeloom.theory.fugue.answer import dominant, find_answer
from tapeloom.theory.fugue.bach import EXAMPLES, Example, compare
from tapeloom.theory.fugue.checking import check
from tapeloom.theory.fugue.countersubject import with_answer, write_countersubject
from tapeloom.theory.fugue.drawing import draw_subject
from tapeloom.theory.fugue.entries import find_entries
from tapeloom.theory.fugue.harmony import Place, plan_chords
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.subject_text import read_line
from tapeloom.theory.fugue.writing import Fugue, compose_fugue
from tapeloom.theory.part_writing import find_faults

SHORT = EXAMPLES[7]  # WTC I, 17: one bar
MODULATING = EXAMPLES[3]


@pytest.fixture(scope="module")
def fugue() -> Fugue:
    return compose_fugue(SHORT.read()[0], voices=3, rng=np.random.default_rng(1), attempts=2)


def notes(text: str) -> tuple[Note, ...]:
    return read_line(text)[0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rule_answers_as_bach_did(example: Example) -> None:
    subject, his = example.read()
    assert compare(find_answer(subject), his) == ()


def test_each_changed_note_has_its_reason() -> None:
    subject, _ = MODULATING.read()
    told = find_answer(subject).explained
    assert "begins on the dominant" in told[0].reason
    assert all("dominant key" in note.reason for note in told[10:])
    assert not any(note.mutated for note in told[1:10])
    assert find_answer(subject, tonal=False).is_real


def test_an_answer_is_in_the_dominant_and_keeps_the_rhythm() -> None:
    subject, _ = EXAMPLES[1].read()
    answer = find_answer(subject)
    assert str(answer.key) == "G minor" == str(dominant(subject.key))
    assert [n.start for n in answer.notes] == [n.start for n in subject.notes]


def test_opening_dominants_are_answered_by_the_tonic_when_they_return_before_it() -> None:
    line = notes("G4:4 G4 C5 B4 C5 D5 C5")
    answer = find_answer(Subject(line, Key("C", "major")))
    assert [n.mutated for n in answer.explained][:4] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [("C4:4", "1 note;"), ("C4:4 C4 D4 C4", "three pitches"),
     ("C4:4 D4 E4 C6", "spans"), ("C1:4 D1 E1 F1", "move it by"),
     (" ".join(["C4:1 D4 E4 F4"] * 10), "40 bars"), ("C8:4 D8 E8 F8", "move it by")],
)  # fmt: skip
def test_a_line_that_is_no_subject_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Subject(notes(text), Key("C", "major"))


def test_two_notes_at_once_and_other_modes_are_refused() -> None:
    both = (*notes("C4:4 D4 E4 F4"), Note(3 * PPQ, PPQ, 72))
    with pytest.raises(InputError, match="two notes at once"):
        Subject(both, Key("C", "major"))
    with pytest.raises(InputError, match="major or minor"):
        Subject(notes("C4:4 D4 E4 F4"), Key("D", "dorian"))


def test_a_subject_counts_from_its_own_bar() -> None:
    late = tuple(replace(n, start=n.start + 8 * PPQ) for n in notes("C4:4 D4 E4 C4"))
    assert Subject(late, Key("C", "major")).notes[0].start == 0


def test_text_is_read_and_nonsense_is_named() -> None:
    line, key, meter = read_line("key: F# minor\nmeter: 6/8\nF#4:4. | r:8 G#4 Bb4:2..")
    assert (str(key), str(meter)) == ("F# minor", "6/8")
    assert [(n.start, n.duration, n.pitch) for n in line] == [
        (0, 15120, 66), (20160, 5040, 68), (25200, 35280, 70)
    ]  # fmt: skip
    for wrong in ("C5:3", "H4:4", "C5:4...", "C"):
        with pytest.raises(InputError, match="is no note"):
            read_line(wrong)


def test_a_drawn_subject_has_a_shape_and_a_key() -> None:
    for seed, (key, meter, modulating) in enumerate(
        [("D minor", "4/4", False), ("Bb major", "6/8", True)]
    ):
        subject = draw_subject(np.random.default_rng(seed), key=Key.parse(key), bars=2,
                               meter=Meter.parse(meter), modulating=modulating)  # fmt: skip
        assert (subject.modulation is not None) == modulating
        assert 5 <= max(subject.pitches) - min(subject.pitches) <= 17
        home = subject.notes[-1].pitch - subject.key.pitch_class
        assert home % 12 in ((7,) if modulating else (0, 3, 4))
        steps = [abs(b - a) for a, b in itertools.pairwise(subject.pitches)]
        assert not {6, 10, 11} & set(steps[2:-1]) or max(steps) <= 12
    again = [draw_subject(np.random.default_rng(5), key=Key("G", "major"), bars=1) for _ in "ab"]
    assert again[0] == again[1]
    with pytest.raises(InputError, match="1 to 4"):
        draw_subject(np.random.default_rng(0), key=Key("G", "major"), bars=9)


def test_the_countersubject_inverts_and_moves_with_the_answer() -> None:
    subject, _ = EXAMPLES[1].read()
    answer = find_answer(subject)
    found = write_countersubject(subject, answer, np.random.default_rng(2))
    assert found.clashes == check_inversion(subject.notes, found.notes, key=subject.key,
                                            beat_ticks=PPQ) == ()  # fmt: skip
    assert found.free_dissonances == 0
    moved = with_answer(found, subject, answer)
    assert not find_faults([answer.notes, moved], rules=PARALLELS)
    assert {b.pitch - a.pitch for a, b in zip(found.notes, moved, strict=True)} == {7}
    assert found.notes[0].start >= subject.notes[3].end  # once the changed note is past


def test_the_harmony_says_what_a_subject_implies() -> None:
    subject, _ = EXAMPLES[1].read()
    places = [Place(i * PPQ, (i + 1) * PPQ, subject.key, 2 if i % 4 == 0 else 1) for i in range(8)]
    chords = [str(chord) for chord in plan_chords([subject.notes], places)]
    assert chords[0] == chords[4] == "Cm"
    assert plan_chords([subject.notes], []) == ()


def test_a_fugue_has_no_parallels_and_keeps_its_ranges(fugue: Fugue) -> None:
    assert not find_faults(fugue.lines, rules=PARALLELS)
    assert fugue.report.outside == 0
    assert fugue.report.crossed_share < 0.05
    assert fugue.report.free_share < 0.06
    assert 25 <= fugue.bars <= 60
    for line in fugue.lines:
        assert all(a.end <= b.start for a, b in itertools.pairwise(line))


def test_every_entry_that_was_planned_is_found(fugue: Fugue) -> None:
    found = {(e.voice, e.start): e for e in find_entries(fugue.lines, fugue.subject.notes)}
    for span in fugue.entries:
        assert (span.voice, span.start) in found, span
    kinds = {span.kind: found[span.voice, span.start].kind for span in fugue.entries}
    assert kinds["answer"] == "tonal"
    assert kinds["subject"] in ("real", "diatonic")


def test_the_exposition_answers_in_every_voice(fugue: Fugue) -> None:
    first = fugue.entries[:3]
    assert {span.voice for span in first} == {0, 1, 2}
    assert [span.kind for span in first] == ["subject", "answer", "subject"]
    for span in first:  # a voice is silent until it enters
        assert fugue.lines[span.voice][0].start == span.start
    assert {"episode", "pedal", "close", "countersubject", "codetta"} <= {
        span.kind for span in fugue.spans
    }


def test_a_fugue_closes_on_the_tonic(fugue: Fugue) -> None:
    tonic = fugue.subject.key.pitch_class
    last = [line[-1].pitch % 12 for line in fugue.lines]
    assert last[0] == last[-1] == tonic
    assert (tonic + 4) % 12 in last
    assert set(last) <= {tonic, (tonic + 4) % 12, (tonic + 7) % 12}
    assert len({line[-1].end for line in fugue.lines}) == 1


def test_the_analysis_is_plain_data(fugue: Fugue) -> None:
    told = fugue.analysis()
    assert told["answer"]["kind"] == "tonal"
    assert len(told["spans"]) == len(fugue.spans)
    assert all(0 <= span["start"] < span["end"] for span in told["spans"])


@pytest.mark.slow
def test_one_seed_is_one_fugue(fugue: Fugue) -> None:
    subject, _ = SHORT.read()
    again = compose_fugue(subject, voices=3, rng=np.random.default_rng(1), attempts=2)
    assert again.lines == fugue.lines
    with pytest.raises(InputError, match="3 or 4"):
        compose_fugue(subject, voices=17, rng=np.random.default_rng(7))


def test_the_analyser_hears_other_shapes_and_no_others() -> None:
    subject, _ = EXAMPLES[1].read()
    upside = imitate(subject.notes, key=subject.key, inverted=True, delay_ticks=8 * PPQ)
    slow = imitate(subject.notes, key=subject.key, stretch=Fraction(2), delay_ticks=40 * PPQ)
    lines = [upside, slow]
    assert find_entries(lines, subject.notes) == ()
    kinds = [e.kind for e in find_entries(lines, subject.notes, inverted=True,
                                          stretches=(Fraction(1), Fraction(2)))]  # fmt: skip
    assert kinds == ["inverted", "augmented"]
    other, _ = EXAMPLES[2].read()
    assert find_entries([other.notes], subject.notes) == ()


def test_planted_faults_are_found(fugue: Fugue) -> None:
    top = fugue.lines[-1]
    doubled = tuple(replace(n, pitch=n.pitch - 12) for n in top)
    report = check([doubled, top], ranges=[(0, 127), (0, 60)], beat_ticks=PPQ, pedal_ticks=10**6)
    assert len(report.parallels) > 20
    assert report.outside > 20


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
@pytest.mark.parametrize("voices", [3, 4])
def test_fugues_on_bachs_subjects(number: int, voices: int) -> None:
    subject, _ = EXAMPLES[number].read()
    made = compose_fugue(subject, voices=voices, rng=np.random.default_rng(number))
    assert not made.report.parallels
    found = {(e.voice, e.start) for e in find_entries(made.lines, subject.notes)}
    assert all((span.voice, span.start) in found for span in made.entries)
    assert made.report.free_share < 0.06
    assert 25 <= made.bars <= 60
