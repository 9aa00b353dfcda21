"""Fux's own solutions, as MarkGotham/species encodes them (CC0); read where ../shared is."""

import gzip
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.counterpoint.check import check
from tapeloom.theory.counterpoint.context import PERFECT, Context, octaves_off
from tapeloom.theory.counterpoint.exercise import BAR, Exercise, species_of, spell_in_mode

FILE = Path(__file__).parents[3] / "shared/bench/theory/fux_solutions.jsonl.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="needs the benchmark beside the checkout")
MODES = {"d": "dorian", "e": "phrygian", "f": "lydian", "g": "mixolydian", "a": "minor",
         "c": "major"}  # fmt: skip

# Where Fux, or his encoder, breaks a strict rule: why, and every fault.
EXCEPTIONS = {
    "022": ("a fourth while the voices are crossed; a leap of a major seventh, perhaps a slip",
            {"dissonance", "leap"}),
    "085b": ("a tie that the encoding lost", {"repeated note"}),
    "086a": ("ties that the encoding lost", {"dissonance", "repeated note"}),
    "118": ("the bass is that of 117, another cantus: an encoding slip",
            {"close", "dissonance", "opening", "parallel octaves"}),
    "125": ("octaves from F to E between the upper voices, and a cadence without D to E",
            {"cadence", "parallel octaves"}),
    "126": ("the last note is a half: an encoding slip", {"close", "rhythm"}),
    "141": ("a fourth over the bass, held against the G of the companion", {"dissonance"}),
    "143": ("closes with the minor third, the cantus being the bass", {"close"}),
    "159": ("a seventh on a weak quarter, leapt to and falling by step", {"dissonance"}),
    "165": ("closes on G over D: perhaps a slip for A", {"close", "dissonance"}),
    "176": ("fifths from F and C to G and D between the middle voices", {"parallel fifths"}),
    "184": ("octaves between companion and counterpoint, twice, and a clash of both with C",
            {"dissonance", "parallel octaves"}),
    "204": ("three species at once: quarters leap against the suspended voice", {"dissonance"}),
}  # fmt: skip


@cache
def solutions() -> dict[str, tuple[Exercise, dict[str, str], list[list[str]]]]:
    found = {}
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            count, place = len(row["voices"]), row["cantus_firmus"]
            cantus = {"Lower": 0, "Upper": count - 1}.get(place)
            cantus = count - int(place) if cantus is None else cantus
            voices = tuple(
                tuple(Note(round(at * PPQ), round(length * PPQ), pitch)
                      for at, length, pitch, _ in voice)
                for voice in row["voices"]
            )  # fmt: skip
            kinds = tuple(1 if k == cantus else species_of(v) for k, v in enumerate(voices))
            mode = Key(row["final"].upper(), MODES[row["final"]])
            names = [[name for *_, name in voice] for voice in row["voices"]]
            found[row["id"][4:]] = (Exercise(voices, mode, kinds, cantus), row, names)
    return found


def two_voices_first_species() -> Iterator[Exercise]:
    for exercise, row, _ in solutions().values():
        if len(exercise.voices) == 2 and row["species"] == "1":
            yield exercise


def test_all_are_there_and_spelled_as_fux_spells_them() -> None:
    assert len(solutions()) == 120
    for exercise, row, names in solutions().values():
        assert [[str(exercise.name(n)) for n in line] for line in exercise.voices] == names
        told = set(map(int, row["species"].split(",")))
        assert set(exercise.species) - {1} == told - {1}


def test_all_pass_but_for_the_exceptions() -> None:
    broken = {}
    for name, (exercise, _, _) in solutions().items():
        faults = {fault.name for fault in check(exercise) if fault.is_hard}
        if faults:
            broken[name] = faults
    assert broken == {name: faults for name, (_, faults) in EXCEPTIONS.items()}


def test_nine_of_ten_in_first_species_are_clean_and_022_is_not() -> None:
    clean = [not any(f.is_hard for f in check(e)) for e in two_voices_first_species()]
    assert (len(clean), sum(clean)) == (10, 9)
    faults = check(solutions()["022"][0])
    assert [(f.bar, f.name) for f in faults if f.is_hard] == [(8, "dissonance"), (11, "leap")]


def test_known_facts_of_the_first_species_in_two_voices() -> None:
    """The counts of FACTS.md, 5d."""
    verticals = crossed = similar = 0
    openings, penultimates = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for exercise in two_voices_first_species():
        context = Context(exercise)
        sizes = [context.size(0, i, 1, i) for i in range(exercise.bars)]
        verticals += len(sizes)
        crossed += sum(size[1] < 0 for size in sizes)
        openings[octaves_off(sizes[0])] += 1
        penultimates[octaves_off(sizes[-2])] += 1
        assert octaves_off(sizes[-1]) == (0, 0)
        similar += sum(
            octaves_off(m.after) in PERFECT and m.steps[0] * m.steps[1] > 0 for m in context.moves
        )
    assert (verticals, crossed, similar) == (118, 9, 0)
    assert openings == {(0, 0): 8, (4, 7): 2}
    assert penultimates == {(5, 9): 5, (2, 3): 5}


def test_no_voice_leaps_a_tritone_a_sixth_that_is_major_or_a_seventh_but_022() -> None:
    for name, (exercise, _, _) in solutions().items():
        leaps = {f.name for f in check(exercise) if f.is_hard} & {"leap", "awkward leap"}
        assert bool(leaps) == (name == "022")


def plant(exercise: Exercise, interval: int) -> Iterator[tuple[Exercise, int, tuple[int, int]]]:
    """Move two notes of a voice so that they run parallel to another, at each place that allows."""
    context = Context(exercise)
    for move in context.moves:
        moment = context.at[move.tick]
        i, j = moment.places[move.low], moment.places[move.high]
        if not i or not j or not move.steps[0]:
            continue
        low, high = exercise.voices[move.low], exercise.voices[move.high]
        pitches = [low[k].pitch + interval for k in (i - 1, i)]
        spelled = [spell_in_mode(low[k].pitch, exercise.mode).height for k in (i - 1, i)]
        above = [spell_in_mode(p, exercise.mode).height for p in pitches]
        if [a - s for a, s in zip(above, spelled, strict=True)] != [interval // 12 * 7 or 4] * 2:
            continue  # over a G sharp the mode has no fifth
        changed = list(high)
        for k, pitch in zip((j - 1, j), pitches, strict=True):
            changed[k] = replace(high[k], pitch=pitch)
        voices = list(exercise.voices)
        voices[move.high] = tuple(changed)
        yield replace(exercise, voices=tuple(voices)), move.tick, (move.low, move.high)


def find_planted(names: list[str]) -> tuple[int, int]:
    planted = found = 0
    for name, interval in itertools.product(names, (7, 12)):
        kind = "parallel fifths" if interval == 7 else "parallel octaves"
        for exercise, tick, voices in plant(solutions()[name][0], interval):
            planted += 1
            found += any(
                (f.tick, f.name, f.voices) == (tick, kind, voices) for f in check(exercise)
            )
    return planted, found


def test_planted_parallels_are_all_found() -> None:
    planted, found = find_planted(list(solutions())[::12])
    assert planted > 200
    assert found == planted


@pytest.mark.slow
def test_parallels_planted_anywhere_are_all_found() -> None:
    planted, found = find_planted(list(solutions()))
    assert planted > 2500
    assert found == planted


def test_a_voice_in_parallel_with_the_cantus_is_faulted_at_every_step() -> None:
    for exercise in two_voices_first_species():
        cantus = exercise.voices[exercise.cantus]
        above = tuple(replace(note, pitch=note.pitch + 12) for note in cantus)
        doubled = replace(exercise, voices=(cantus, above), cantus=0)
        ticks = {f.tick for f in check(doubled) if f.name == "parallel octaves"}
        moved = {b.start for a, b in itertools.pairwise(cantus) if a.pitch != b.pitch}
        assert ticks == moved
        assert all(tick % BAR == 0 for tick in ticks)
