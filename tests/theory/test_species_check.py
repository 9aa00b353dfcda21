from dataclasses import replace

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.pitch import pitch_class_name
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.check import check
from tapeloom.theory.counterpoint.exercise import BAR, HALF, Exercise, species_of
from tapeloom.theory.counterpoint.rules import RULES
from tapeloom.theory.counterpoint.text import read_line, write_line

from .species_exercises import FAULTY, TRIO, UNADVISED, A, D, read_exercise

# One exercise of each species without a fault, cantus below and above.
CLEAN = (
    ("D dorian", D, "A4 A4 G4 B4 B4 A4 C#5 D5"),
    ("D dorian", "D4 A3 G3 F3 E3 D3 C#3 D3", D),
    ("D dorian", D, "rh D5h A4h B4h C5h E5h F5h D5h E5h B4h D5h A4h B4h C#5h D5"),
    ("D dorian", "D3q E3q F3q G3q A3q F3q G3q A3q C4q B3q A3q G3q B3q A3q G3q F3q E3q G3q F3q G3q "
     "A3q F3q E3q F3q G3q A3q B3q C#4q D4", D),
    ("D dorian", D, "rh A4 C5 B4 D5 E5 D5 C#5h D5"),
    ("D dorian", D, "rh A4h. G4q F4q A4q B4q C5q D5q E5q F5q G5q F5h. E5q D5q C5q D5q E5q D5 "
     "C#5h D5"),
    ("A minor", A, "rh A4h G4h C5h D5h G4h F4h G4h A4h E4h F#4h G#4h A4"),
    ("D dorian", *TRIO),
)  # fmt: skip


def hard(exercise: Exercise) -> set[tuple[str, int]]:
    return {(fault.name, fault.bar) for fault in check(exercise) if fault.is_hard}


@pytest.mark.parametrize(("mode", "voices"), [(row[0], row[1:]) for row in CLEAN])
def test_good_counterpoint_has_no_fault(mode: str, voices: tuple[str, ...]) -> None:
    assert hard(read_exercise(mode, *voices)) == set()


@pytest.mark.parametrize("row", FAULTY, ids=lambda row: f"{row[0]}-{row[1]}")
def test_each_known_fault_is_found_where_it_is_and_no_other(row: tuple[str, ...]) -> None:
    name, bar, mode, *voices = row
    assert hard(read_exercise(mode, *voices)) == {(name, bar)}


@pytest.mark.parametrize("row", UNADVISED, ids=lambda row: row[0])
def test_advice_that_is_not_taken_is_told(row: tuple[str, ...]) -> None:
    name, bar, mode, *voices = row
    assert (name, bar) in {(fault.name, fault.bar) for fault in check(read_exercise(mode, *voices))}


def test_every_strict_rule_has_an_exercise_that_breaks_it() -> None:
    assert {rule.name for rule in RULES.values() if rule.hard_to} == {row[0] for row in FAULTY}


def test_a_fault_says_where_it_is_and_what_is_heard() -> None:
    fault = check(read_exercise("D dorian", D, "A4 C5 G4 B4 B4 A4 C#5 D5"))[0]
    assert str(fault) == "bar 2: parallel fifths in voices 1 and 2, D4 A4 to F4 C5"
    assert (fault.tick, fault.bar, fault.beat) == (BAR, 2, 1)
    assert "same direction" in fault.rule.says


@pytest.mark.parametrize("row", FAULTY + UNADVISED, ids=lambda row: f"{row[0]}-{row[1]}")
def test_faults_stay_when_everything_is_transposed(row: tuple[str, ...]) -> None:
    _, _, mode, *voices = row
    exercise = read_exercise(mode, *voices)
    ranged = {"range"}  # the only rule that knows how high a voice sings
    before = [(f.tick, f.name, f.voices) for f in check(exercise) if f.name not in ranged]
    for shift in range(-5, 7):
        tonic = pitch_class_name(exercise.mode.pitch_class + shift)
        moved = replace(
            exercise, mode=Key(tonic, exercise.mode.mode),
            voices=tuple(tuple(replace(n, pitch=n.pitch + shift) for n in line)
                         for line in exercise.voices),
        )  # fmt: skip
        after = [(f.tick, f.name, f.voices) for f in check(moved) if f.name not in ranged]
        assert before == after, tonic


@pytest.mark.parametrize(
    ("line", "species"),
    [
        ("D4 E4 D4", 1),
        ("rh A4h C5h B4h A4h G4h A4", 2),
        ("A4q B4q C5q D5q C5", 3),
        ("rh A4 G4 F4 E4 D4h E4", 4),
        ("rh A4h. G4q F4q E4q D4h E4h F4", 5),
        ("D4", 1),
    ],
)
def test_a_species_is_told_by_its_rhythm(line: str, species: int) -> None:
    assert species_of(read_line(line)) == species


def test_lines_are_written_as_they_are_read() -> None:
    text = "rh A4h. G4q F4q E4q D4h E4e F4e Bb4w. A4"
    assert write_line(read_line(text), Key("D", "dorian")) == text


@pytest.mark.parametrize("text", ["H4", "A4x", "", "A", "A4q..", "4A"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_line(text)


def test_exercises_that_cannot_be_are_refused() -> None:
    line, key = (Note(0, BAR, 60), Note(BAR, BAR, 62)), Key("C", "major")
    overlapping = (Note(0, BAR, 60), Note(HALF, BAR, 62))
    for voices, species, cantus in (
        ((line,), (1,), 0),
        ((line,) * 5, (1,) * 5, 0),
        ((line, line), (1,), 0),
        ((line, line), (1, 6), 0),
        ((line, line), (1, 1), 2),
        ((line, ()), (1, 1), 0),
        ((line, overlapping), (1, 1), 0),
    ):
        with pytest.raises(InputError):
            Exercise(voices, key, species, cantus)


def test_a_table_of_rules_names_its_sources() -> None:
    for rule in RULES.values():
        assert rule.says
        assert rule.source
        assert set(rule.species) <= {1, 2, 3, 4, 5}
        assert rule.weight > 0
