"""Figures of species counterpoint: `python benchmarks/counterpoint.py --help`.

`check SOLUTIONS.jsonl.gz` counts which of Fux's solutions (../shared/bench/theory) the checker
passes and how many planted parallels it finds; `solve` times every cantus firmus of Fux's in every
species and place. Both print Markdown tables.
"""

import argparse
import gzip
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import process_time

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.counterpoint.cantus import FUX
from tapeloom.theory.counterpoint.check import check
from tapeloom.theory.counterpoint.context import Context
from tapeloom.theory.counterpoint.exercise import Exercise, species_of
from tapeloom.theory.counterpoint.solve import solve

MODES = {"d": "dorian", "e": "phrygian", "f": "lydian", "g": "mixolydian", "a": "minor",
         "c": "major"}  # fmt: skip


def read(path: Path) -> Iterator[tuple[str, str, Exercise]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
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
            yield row["id"], row["species"], Exercise(voices, mode, kinds, cantus)


def planted(exercise: Exercise, interval: int) -> Iterator[tuple[Exercise, int, tuple[int, int]]]:
    """Move two notes of one voice into parallel with another, wherever both move at once."""
    context = Context(exercise)
    for move in context.moves:
        moment = context.at[move.tick]
        i, j = moment.places[move.low], moment.places[move.high]
        if not i or not j or not move.steps[0]:
            continue
        low, high = exercise.voices[move.low], list(exercise.voices[move.high])
        sizes = set()
        for k, m in ((i - 1, j - 1), (i, j)):
            high[m] = replace(high[m], pitch=low[k].pitch + interval)
            sizes.add(exercise.name(high[m]).height - exercise.name(low[k]).height)
        if sizes == {4 if interval == 7 else 7}:
            voices = list(exercise.voices)
            voices[move.high] = tuple(high)
            yield replace(exercise, voices=tuple(voices)), move.tick, (move.low, move.high)


def show_check(path: Path) -> None:
    clean, total, advice = Counter[tuple[int, str]](), Counter[tuple[int, str]](), Counter[str]()
    found = Counter[bool]()
    broken = []
    begun = process_time()
    exercises = list(read(path))
    for name, species, exercise in exercises:
        faults = check(exercise)
        hard = sorted({fault.name for fault in faults if fault.is_hard})
        key = (len(exercise.voices), species)
        total[key] += 1
        clean[key] += not hard
        advice.update(fault.name for fault in faults if not fault.is_hard)
        if hard:
            broken.append(f"{name}: {', '.join(hard)}")
    seconds = process_time() - begun
    for (_, _, exercise), interval in itertools.product(exercises, (7, 12)):
        kind = "parallel fifths" if interval == 7 else "parallel octaves"
        for changed, tick, voices in planted(exercise, interval):
            found[(tick, kind, voices) in {(f.tick, f.name, f.voices) for f in check(changed)}] += 1
    print("| voices | species | solutions | without a fault |\n|---|---|---|---|")
    for key in sorted(total):
        print(f"| {key[0]} | {key[1]} | {total[key]} | {clean[key]} |")
    print(f"\nAll: {sum(clean.values())} of {sum(total.values())}, {seconds:.2f} s of CPU.")
    print(f"Planted parallels found: {found[True]} of {found.total()}.")
    print("Advice not taken: " + ", ".join(f"{n} {k}" for k, n in advice.most_common()))
    print("\n".join(broken))


def show_solve(voices: int, species: list[int]) -> None:
    print("| voices | species | cantus in voice | solved | seconds of CPU (most) | cost (mean) | "
          "advice not taken (mean) |\n|---|---|---|---|---|---|---|")  # fmt: skip
    for kind, place in itertools.product(species, range(voices)):
        seconds, costs, advice = [], [], []
        for cantus in FUX.values():
            begun = process_time()
            try:
                best = solve(cantus, species=kind, voices=voices, place=place)[0]
            except InputError:
                continue
            finally:
                seconds.append(process_time() - begun)
            costs.append(best.cost)
            advice.append(len(best.faults))
        mean = [sum(row) / max(len(row), 1) for row in (costs, advice)]
        print(f"| {voices} | {kind} | {place + 1} | {len(costs)} of {len(FUX)} | "
              f"{max(seconds):.1f} | {mean[0]:.1f} | {mean[1]:.1f} |", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").add_argument("solutions", type=Path)
    solving = commands.add_parser("solve")
    solving.add_argument("--voices", type=int, default=2)
    solving.add_argument("--species", type=int, nargs="*", default=[1, 2, 3, 4, 5])
    given = parser.parse_args()
    if given.command == "check":
        show_check(given.solutions)
    else:
        show_solve(given.voices, given.species)


if __name__ == "__main__":
    main()
