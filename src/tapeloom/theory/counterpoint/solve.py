"""Solving exercises: the best counterpoint of a species to a cantus firmus, without a fault."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.cantus import Cantus
from tapeloom.theory.counterpoint.check import check, cost
from tapeloom.theory.counterpoint.chord_search import ChordSearch, ChordTask, closing_pitches
from tapeloom.theory.counterpoint.exercise import BAR, MOST_VOICES, Exercise
from tapeloom.theory.counterpoint.line_search import LineSearch
from tapeloom.theory.counterpoint.line_tables import Task
from tapeloom.theory.counterpoint.melodies import HIGHEST, LOWEST
from tapeloom.theory.counterpoint.rules import Fault

MOST_SOLUTIONS = 16
_WIDTH = {1: 200, 2: 160, 3: 120, 4: 200, 5: 80}
_FRAMES = 24  # rows of companions that are tried
_MOST_ROWS, _PREFERENCES = 60, 3
_ENOUGH = 4  # of them with a solution
_ROOM = 12  # semitones that a voice has at least
_APART = 0.25  # of the notes at least differ between alternatives


@dataclass(frozen=True, slots=True)
class Solution:
    """An exercise as solved, what it cost, and the advice that it doesn't take."""

    exercise: Exercise
    cost: float
    faults: tuple[Fault, ...]  # none of them hard


def solve(
    cantus: Cantus,
    *,
    species: int = 1,
    voices: int = 2,
    place: int = 0,
    voice: int | None = None,
    count: int = 1,
    rng: np.random.Generator | None = None,
) -> tuple[Solution, ...]:
    """Solve an exercise: the best counterpoints that were found, the best first.

    species   1 to 5, of one voice; the others move in whole notes
    voices    2 to 4, the cantus counted
    place     where the cantus lies, 0 the lowest
    voice     which voice has the species; the highest that is free where None
    count     how many alternatives, which differ in at least a quarter of their notes
    rng       draws what is preferred, for other solutions of the same quality

    Raises InputError where no solution without a fault is found.

    >>> from tapeloom.theory.counterpoint.cantus import FUX
    >>> solution = solve(FUX["dorian"])[0]
    >>> [str(solution.exercise.name(note)) for note in solution.exercise.voices[1][-3:]]
    ['A4', 'C#5', 'D5']
    """
    _check(species, voices, place, count)
    free = [v for v in range(voices) if v != place]
    chosen = free[-1] if voice is None else voice
    if chosen not in free:
        raise InputError(
            f"voice {chosen + 1} cannot have the species; choose one of "
            f"{', '.join(str(v + 1) for v in free)}"
        )
    if voices == 2:
        found = _two(cantus, species, place, rng, many=count)
    else:
        found = _more(cantus, species, voices, place, chosen, rng, many=count)
    sound = []
    for style, exercise in found:
        faults = check(exercise)
        if not any(fault.is_hard for fault in faults):
            sound.append(Solution(exercise, round(style + cost(faults), 3), faults))
    if not sound:
        raise InputError(
            f"no solution of species {species} in {voices} voices was found for this cantus firmus "
            f"as voice {place + 1}; try another place, species or transposition"
        )
    return _distinct(sorted(sound, key=lambda solution: solution.cost), count)


def _check(species: int, voices: int, place: int, count: int) -> None:
    if species not in range(1, 6):
        raise InputError(f"species is {species}; it must be 1 to 5")
    if not 2 <= voices <= MOST_VOICES:
        raise InputError(f"voices is {voices}; an exercise has 2 to {MOST_VOICES}")
    if not 0 <= place < voices:
        raise InputError(f"the cantus is voice {place + 1}; it must be 1 to {voices}")
    if not 1 <= count <= MOST_SOLUTIONS:
        raise InputError(f"count is {count}; it must be 1 to {MOST_SOLUTIONS}")


def _two(
    cantus: Cantus, species: int, place: int, rng: np.random.Generator | None, *, many: int
) -> list[tuple[float, Exercise]]:
    """Solve in two voices: above the cantus where it lies at place 0."""
    above = place == 0
    cantus = _moved(cantus, lambda moved: [_beside(moved, above)])
    low, high = _beside(cantus, above)
    final = cantus.mode.pitch_class
    closing, _ = closing_pitches(cantus.mode, cantus.pitches)
    others = tuple((pitch,) for pitch in cantus.pitches)
    task = Task(
        others, int(above), cantus.mode, species, low, high,
        _of_classes({final, (final + 7) % 12} if above else {final}, low, high),
        _of_classes({closing}, low, high), _of_classes({final}, low, high),
    )  # fmt: skip
    lines = LineSearch(task, width=_WIDTH[species], rng=rng).find(count=16 * many + 16)
    given = _wholes(cantus.pitches)
    return [
        (style, _exercise(cantus, (given, line) if above else (line, given), place, species,
                          int(above)))
        for style, line in lines
    ]  # fmt: skip


def _more(
    cantus: Cantus, species: int, voices: int, place: int, chosen: int,
    rng: np.random.Generator | None, *, many: int,
) -> list[tuple[float, Exercise]]:  # fmt: skip
    """Solve in three or four voices: companions in whole notes, then the voice of the species."""
    cantus = _moved(cantus, lambda moved: voice_ranges(moved, voices, place))
    ranges = voice_ranges(cantus, voices, place)
    florid = species > 1
    _, rise = closing_pitches(cantus.mode, cantus.pitches)
    # On E the bass steps up to the final wherever the cantus lies over it; else the species does.
    leading = 0 if rise == 2 and place else chosen
    task = ChordTask(
        cantus.pitches, place, cantus.mode, ranges, leading=leading if florid else None,
        waiting=chosen if species in (2, 4, 5) else None,
    )  # fmt: skip
    if not florid:
        frames = ChordSearch(task, rng=rng).find(count=16 * many + 16)
        return [
            (style, _exercise(cantus, tuple(_wholes(row) for row in zip(*rows, strict=True)),
                              place, 1, chosen))
            for style, rows in frames
        ]  # fmt: skip
    found: list[tuple[float, Exercise]] = []
    tried: set[tuple[tuple[int, ...], ...]] = set()
    solved = 0
    for style, rows in _frames(task, rng):
        others = tuple(chord[:chosen] + chord[chosen + 1 :] for chord in rows)
        if others in tried:
            continue
        tried.add(others)
        lines = _florid_lines(cantus, species, chosen, ranges[chosen], rows, rng)
        companions = [_wholes(row) for row in zip(*others, strict=True)]
        before = len(found)
        for worth, line in lines:
            parts = (*companions[:chosen], line, *companions[chosen:])
            exercise = _exercise(cantus, parts, place, species, chosen)
            if not any(fault.is_hard for fault in check(exercise)):
                found.append((style + worth, exercise))
        solved += len(found) > before
        if solved >= _ENOUGH * many or len(tried) >= _FRAMES * many:
            break
    return found


def _frames(
    task: ChordTask, rng: np.random.Generator | None
) -> Iterator[tuple[float, tuple[tuple[int, ...], ...]]]:
    """Yield rows of companions: the best, then what other preferences find."""
    yield from ChordSearch(task, rng=rng).find(count=_MOST_ROWS)
    for preference in range(_PREFERENCES):
        other = np.random.default_rng(preference) if rng is None else rng
        yield from ChordSearch(task, rng=other).find(count=_MOST_ROWS)


def _florid_lines(
    cantus: Cantus, species: int, chosen: int, compass: tuple[int, int],
    rows: Sequence[tuple[int, ...]], rng: np.random.Generator | None,
) -> list[tuple[float, tuple[Note, ...]]]:  # fmt: skip
    """Find the lines of a species among companions, one of which it takes the place of."""
    others = tuple(chord[:chosen] + chord[chosen + 1 :] for chord in rows)
    mode, final = cantus.mode, cantus.mode.pitch_class
    low, high = compass
    opening = {final} if chosen == 0 else {final, mode.scale[2], (final + 7) % 12}
    before_last, last = rows[-2][chosen], rows[-1][chosen]
    task = Task(
        others, chosen, mode, species, low, high, _of_classes(opening, low, high),
        frozenset({before_last}), frozenset({last}),
    )  # fmt: skip
    return LineSearch(task, width=_WIDTH[species] // 2, rng=rng).find(count=12)


def voice_ranges(cantus: Cantus, voices: int, place: int) -> tuple[tuple[int, int], ...]:
    """Return each voice's lowest and highest pitch around a cantus, a sixth from voice to voice.

    >>> from tapeloom.theory.counterpoint.cantus import FUX
    >>> voice_ranges(FUX["dorian"], 3, 1)
    ((47, 65), (56, 74), (65, 83))
    """
    middle = (min(cantus.pitches) + max(cantus.pitches)) // 2
    apart = 9 if voices == 3 else 8
    centres = [middle + apart * (voice - place) for voice in range(voices)]
    return tuple((max(c - 9, LOWEST), min(c + 9, HIGHEST)) for c in centres)


def _beside(cantus: Cantus, above: bool) -> tuple[int, int]:
    """Return the lowest and highest pitch of the one voice above or below a cantus."""
    bottom, top = min(cantus.pitches), max(cantus.pitches)
    low, high = (bottom - 3, top + 12) if above else (bottom - 14, top + 3)
    return max(low, LOWEST), min(high, HIGHEST)


def _moved(cantus: Cantus, ranges_of: Callable[[Cantus], Sequence[tuple[int, int]]]) -> Cantus:
    """Move a cantus by octaves until every voice beside it has room, as Fux moves his."""
    for octaves in (0, -1, 1, -2, 2):
        pitches = tuple(pitch + 12 * octaves for pitch in cantus.pitches)
        moved = Cantus(pitches, cantus.mode)
        fits = min(pitches) >= LOWEST and max(pitches) <= HIGHEST
        if fits and all(high - low >= _ROOM for low, high in ranges_of(moved)):
            return moved
    raise InputError("the cantus firmus spans too much for the voices beside it; take fewer voices")


def _of_classes(classes: set[int], low: int, high: int) -> frozenset[int]:
    return frozenset(p for p in range(low, high + 1) if p % 12 in classes)


def _wholes(pitches: Sequence[int]) -> tuple[Note, ...]:
    return tuple(Note(i * BAR, BAR, pitch) for i, pitch in enumerate(pitches))


def _exercise(
    cantus: Cantus, parts: tuple[tuple[Note, ...], ...], place: int, species: int, chosen: int
) -> Exercise:
    kinds = tuple(species if voice == chosen else 1 for voice in range(len(parts)))
    return Exercise(parts, cantus.mode, kinds, place)


def _distinct(solutions: list[Solution], count: int) -> tuple[Solution, ...]:
    """Keep the best, and further ones that differ enough from all that are kept."""
    kept: list[Solution] = []
    for solution in solutions:
        if len(kept) == count:
            break
        if all(_apart(solution.exercise, other.exercise) >= _APART for other in kept):
            kept.append(solution)
    return tuple(kept)


def _apart(one: Exercise, other: Exercise) -> float:
    """Return the share of the notes outside the cantus that the other doesn't have."""
    lines = [voice for voice in range(len(one.voices)) if voice != one.cantus]
    notes = [{(v, n.start, n.pitch) for v in lines for n in e.voices[v]} for e in (one, other)]
    return 1 - len(notes[0] & notes[1]) / max(len(notes[0]), 1)
