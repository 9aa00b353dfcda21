import itertools

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.theory.counterpoint.cantus import (
    FUX,
    Cantus,
    find_mode,
    make_cantus,
    parse_mode,
    read_pitches,
)
from tapeloom.theory.counterpoint.check import check
from tapeloom.theory.counterpoint.exercise import BAR, species_of
from tapeloom.theory.counterpoint.line_search import LineSearch
from tapeloom.theory.counterpoint.line_tables import Task
from tapeloom.theory.counterpoint.solve import Solution, solve

TINY = make_cantus(read_pitches("D4 F4 E4 G4 E4 D4"))
SHORT = make_cantus(read_pitches("D4 F4 E4 D4 G4 F4 E4 D4"))


def assert_sound(solution: Solution, cantus: Cantus, species: int, place: int) -> None:
    exercise = solution.exercise
    assert not [fault for fault in check(exercise) if fault.is_hard]
    given = [note.pitch for note in exercise.voices[place]]
    assert len({a - b for a, b in zip(given, cantus.pitches, strict=True)}) == 1  # by octaves
    assert (given[0] - cantus.pitches[0]) % 12 == 0
    assert exercise.cantus == place
    assert max(exercise.species) == species
    assert species in {species_of(line) for line in exercise.voices}


@pytest.mark.parametrize(("species", "place"), list(itertools.product(range(1, 6), (0, 1))))
def test_each_species_is_solved_above_and_below_without_any_fault(species: int, place: int) -> None:
    cantus = TINY if species in (3, 5) else SHORT
    best = solve(cantus, species=species, place=place)[0]
    assert_sound(best, cantus, species, place)
    assert best.faults == ()


@pytest.mark.parametrize("mode", FUX)
def test_each_of_fux_s_cantus_firmi_is_solved_note_against_note(mode: str) -> None:
    for place in (0, 1):
        best = solve(FUX[mode], place=place)[0]
        assert_sound(best, FUX[mode], 1, place)
        low, high = best.exercise.voices
        sizes = {(b.pitch - a.pitch) % 12 for a, b in zip(low, high, strict=True)}
        assert sizes <= {0, 3, 4, 7, 8, 9}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "species", "place"), list(itertools.product(FUX, range(1, 6), (0, 1)))
)
def test_every_cantus_in_every_species_above_and_below(mode: str, species: int, place: int) -> None:
    assert_sound(solve(FUX[mode], species=species, place=place)[0], FUX[mode], species, place)


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "voices", "species"),
                         list(itertools.product(FUX, (3, 4), range(1, 6))))  # fmt: skip
def test_every_cantus_in_three_and_four_voices(mode: str, voices: int, species: int) -> None:
    for place in range(voices):
        best = solve(FUX[mode], species=species, voices=voices, place=place)[0]
        assert_sound(best, FUX[mode], species, place)


@pytest.mark.slow
@pytest.mark.parametrize(("voices", "species", "place", "voice"), [
    (3, 1, 1, None), (3, 2, 0, 1), (3, 4, 1, 2), (3, 3, 2, 0), (4, 1, 3, None), (4, 5, 0, 3),
])  # fmt: skip
def test_three_and_four_voices(voices: int, species: int, place: int, voice: int | None) -> None:
    best = solve(TINY, species=species, voices=voices, place=place, voice=voice)[0]
    assert_sound(best, TINY, species, place)
    if voice is not None:
        assert best.exercise.species[voice] == species


def test_phrygian_closes_without_a_raised_note() -> None:
    cantus = make_cantus(read_pitches("E4 G4 A4 F4 G4 F4 E4"))
    for place, voices in ((0, 2), (1, 3)):
        solution = solve(cantus, species=4, voices=voices, place=place)[0]
        assert_sound(solution, cantus, 4, place)
        moves = {(a.pitch % 12, b.pitch % 12)
                 for *_, a, b in solution.exercise.voices}  # fmt: skip
        assert {(5, 4), (2, 4)} <= moves


def test_other_modes_raise_the_leading_tone_and_aeolian_the_sixth_before_it() -> None:
    cantus = make_cantus(read_pitches("A3 C4 B3 D4 C4 B3 A3"))
    line = solve(cantus, species=2, place=0)[0].exercise.voices[1]
    assert [note.pitch % 12 for note in line[-3:]] == [6, 8, 9]


def test_a_cantus_that_rises_to_its_final_is_met_from_above() -> None:
    cantus = make_cantus(read_pitches("C4 E4 D4 F4 E4 B3 C4".replace("E4 B3", "D4 B3")))
    line = solve(cantus, place=0)[0].exercise.voices[1]
    assert [note.pitch % 12 for note in line[-2:]] == [2, 0]


def test_transposed_cantus_firmi_are_solved_alike() -> None:
    home = solve(SHORT, species=2)[0]
    for shift in (-2, 3):
        moved = Cantus(tuple(p + shift for p in SHORT.pitches),
                       Key({-2: "C", 3: "F"}[shift], "dorian"))  # fmt: skip
        other = solve(moved, species=2)[0]
        assert_sound(other, moved, 2, 0)
        assert abs(other.cost - home.cost) < 2


def test_the_search_finds_what_trying_everything_finds() -> None:
    cantus = (62, 65, 64, 62)
    task = Task(tuple((p,) for p in cantus), 1, Key("D", "dorian"), 1, 62, 77,
                frozenset({62, 69, 74}), frozenset({73}), frozenset({74}))  # fmt: skip
    wide = LineSearch(task, width=10**6).find(count=10**6)
    narrow = LineSearch(task, width=40).find(count=5)
    assert [cost for cost, _ in narrow] == [cost for cost, _ in wide][:5]
    lines = {tuple(note.pitch for note in line) for _, line in wide}
    assert len(lines) == len(wide)
    # Every line that the checker passes is among them.
    from tapeloom.core.score import Note
    from tapeloom.theory.counterpoint.exercise import Exercise

    low = tuple(Note(i * BAR, BAR, p) for i, p in enumerate(cantus))
    scale = [p for p in range(62, 78) if p % 12 in {0, 2, 4, 5, 7, 9, 11, 10}]
    for a, b in itertools.product((62, 69, 74), scale):
        high = tuple(Note(i * BAR, BAR, p) for i, p in enumerate((a, b, 73, 74)))
        good = not any(f.is_hard for f in check(Exercise((low, high), task.mode, (1, 1))))
        assert good == ((a, b, 73, 74) in lines)


def test_the_same_seed_finds_the_same_and_another_seed_something_else() -> None:
    def draw(seed: int) -> Solution:
        return solve(TINY, species=2, rng=np.random.default_rng(seed))[0]

    assert draw(1) == draw(1)
    assert len({draw(seed).exercise.voices for seed in range(3)}) > 1
    for seed in range(2):
        assert_sound(draw(seed), TINY, 2, 0)


def test_alternatives_differ_and_the_best_comes_first() -> None:
    found = solve(SHORT, species=1, count=4)
    assert len(found) == 4
    assert [s.cost for s in found] == sorted(s.cost for s in found)
    for one, other in itertools.combinations(found, 2):
        same = set(one.exercise.voices[1]) & set(other.exercise.voices[1])
        assert len(same) <= 0.75 * len(one.exercise.voices[1])
    assert solve(SHORT)[0] == found[0]


def test_a_high_cantus_in_the_bass_is_taken_down_an_octave() -> None:
    solution = solve(TINY, voices=4, place=0)[0]
    assert solution.exercise.voices[0][0].pitch == 50


@pytest.mark.parametrize(
    ("text", "mode"),
    [("E4 G4 F4 E4", "E phrygian"), ("G3 Bb3 A3 G3", "G dorian"), ("F4 A4 G4 F4", "F lydian"),
     ("C4 E4 D4 C4", "C major"), ("Bb3 D4 C4 Bb3", "Bb major"), ("F#4 A4 G#4 F#4", "F# minor")],
)  # fmt: skip
def test_a_mode_is_found_by_the_final_and_the_notes(text: str, mode: str) -> None:
    assert str(find_mode(read_pitches(text))) == mode
    assert find_mode(read_pitches(text)).mode in {parse_mode(mode, ()).mode}


def test_a_mode_s_name_alone_takes_the_cantus_s_final() -> None:
    assert str(parse_mode("ionian", (67,))) == "G major"
    assert str(parse_mode("phrygian", (66,))) == "F# phrygian"
    with pytest.raises(InputError):
        parse_mode("hypophrygian", (62,))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("D4", "1 note"),
        ("D4 E4 " * 200 + "D4", "401 notes"),
        ("D1 F1 E1 D1", "transpose it"),
        ("D7 F7 E7 D7", "transpose it"),
        ("D3 F4 E5 D5", "a twelfth"),
        ("D4 F4 A4 D4", "by step"),
        ("D4 F4 Eb4 F#4 E4 D4", "doesn't belong"),
    ],
)
def test_what_is_no_cantus_firmus_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_cantus(read_pitches(text))


def test_a_cantus_that_ends_elsewhere_than_its_mode_is_refused() -> None:
    with pytest.raises(InputError, match="must end on E"):
        make_cantus((62, 65, 64, 62), Key("E", "phrygian"))


@pytest.mark.parametrize(
    "wrong",
    [{"species": 6}, {"species": 0}, {"voices": 17}, {"voices": 1}, {"place": 2}, {"count": 0},
     {"voice": 0}, {"voices": 3, "voice": 3}],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError):
        solve(SHORT, **wrong)  # type: ignore[arg-type]


def test_a_cantus_that_no_voice_can_join_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LineSearch, "find", lambda _, count: [])
    with pytest.raises(InputError, match="no solution"):
        solve(SHORT, species=4)
    wide = Cantus((40, 84, 41, 40), Key("E", "phrygian"))
    with pytest.raises(InputError, match="spans too much"):
        solve(wide, voices=4, place=3)
