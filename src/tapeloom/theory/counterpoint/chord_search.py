"""Three or four voices in whole notes around a cantus firmus, by beam search from bar to bar.

The least that each chord still has to pay until the close is found first, from the end back; the
beam goes by that.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.harmony import Key
from tapeloom.theory.counterpoint.context import octaves_off
from tapeloom.theory.counterpoint.dissonances import DIMINISHED_FIFTH, is_consonant
from tapeloom.theory.counterpoint.exercise import spell_in_mode
from tapeloom.theory.counterpoint.frame import THIRDS_AND_SIXTHS
from tapeloom.theory.counterpoint.line_tables import flat_of
from tapeloom.theory.counterpoint.melodies import leap_fault
from tapeloom.theory.counterpoint.motions import motion_fault
from tapeloom.theory.counterpoint.rules import RULES
from tapeloom.theory.counterpoint.style import STYLE

Chord = tuple[int, ...]  # pitches from the lowest voice to the highest
_MOST_CHORDS = 220  # of a bar, the cheapest


@dataclass(frozen=True, slots=True)
class ChordTask:
    """What is asked of the companions.

    ranges      each voice's lowest and highest pitch; the cantus's own is not used
    leading     which voice closes with the step that the cantus doesn't make; None for any
    waiting     which voice begins with a rest; None for none
    """

    cantus: tuple[int, ...]
    place: int
    mode: Key
    ranges: tuple[tuple[int, int], ...]
    leading: int | None = None
    waiting: int | None = None


def closing_pitches(mode: Key, cantus: Sequence[int]) -> tuple[int, int]:
    """Return the pitch class of the step that closes against the cantus, and the semitones it goes.

    Under or over a cantus that falls to the final it is the leading tone, raised where the mode has
    a whole tone there; on E it is D. A cantus that rises is met by the second degree.

    >>> closing_pitches(Key("D", "dorian"), (64, 62)), closing_pitches(Key("E", "phrygian"),
    ...                                                                (65, 64))
    ((1, 1), (2, 2))
    """
    final = mode.pitch_class
    if cantus[-2] < cantus[-1]:
        second = mode.scale[1]
        return second, (final - second + 6) % 12 - 6
    rise = 2 if (final + 1) % 12 in mode.scale else 1
    return (final - rise) % 12, rise


class ChordSearch:
    """A search for chords around a cantus.

    >>> task = ChordTask((62, 65, 64, 62), 0, Key("D", "dorian"), ((62, 65), (62, 76), (67, 81)))
    >>> best = ChordSearch(task).find(count=1)[0][1]
    >>> [chord[0] for chord in best], best[-1][0] % 12
    ([62, 65, 64, 62], 2)
    """

    def __init__(
        self, task: ChordTask, *, width: int = 300, rng: np.random.Generator | None = None
    ) -> None:
        self.task, self.width = task, width
        self.count = len(task.ranges)
        self.heights = {p: spell_in_mode(p, task.mode).height for p in range(128)}
        self.closing, self.rise = closing_pitches(task.mode, task.cantus)
        self.flat = flat_of(task.mode)
        self.bars = len(task.cantus)
        self.chance = (
            np.zeros((self.bars, 128)) if rng is None
            else rng.uniform(0.0, 0.8, (self.bars, 128))
        )  # fmt: skip
        self.melodies: dict[tuple[int, int], float | None] = {}
        self.motions: dict[tuple[int, int, int, int], tuple[str, float]] = {}
        self.steps: list[dict[Chord, list[tuple[float, Chord]]]] = []

    def find(self, *, count: int = 20) -> list[tuple[float, tuple[Chord, ...]]]:
        """Return the cheapest rows of chords with their costs, the best first."""
        remaining = self._look_ahead()
        # By the last two chords: the least that the whole will cost, the cost, and the chords.
        front: dict[tuple[Chord, ...], tuple[float, float, tuple[Chord, ...]]] = {
            (chord,): (cost + remaining[0][chord], cost, (chord,))
            for cost, chord in self._chords(0)
            if chord in remaining[0]
        }
        for bar in range(1, self.bars):
            states = sorted(front.values())[: self.width]
            front = {}
            for _, cost, rows in states:
                for step, chord in self.steps[bar][rows[-1]]:
                    total = cost + step
                    if len(rows) > 1:
                        total += self._lines(rows[-2], rows[-1], chord)
                    key = (rows[-1], chord)
                    at_least = total + remaining[bar][chord]
                    if key not in front or at_least < front[key][0]:
                        front[key] = (at_least, total, (*rows, chord))
        return [(cost, rows) for _, cost, rows in sorted(front.values())[:count]]

    def _look_ahead(self) -> list[dict[Chord, float]]:
        """Return for each bar the least that remains to be paid from each chord to the close.

        The chords are judged by pairs, from the last bar back; chords without a way on are left
        out. What three chords in succession cost comes on top, so that this is a lower bound.
        """
        chords = [self._chords(bar) for bar in range(self.bars)]
        remaining: list[dict[Chord, float]] = [{} for _ in chords]
        remaining[-1] = {chord: 0.0 for _, chord in chords[-1]}
        self.steps = [{} for _ in chords]
        for bar in range(self.bars - 1, 0, -1):
            for _, before in chords[bar - 1]:
                ways = []
                for worth, chord in chords[bar]:
                    if chord not in remaining[bar]:
                        continue
                    step = self._step(before, chord, bar)
                    if step is not None:
                        ways.append((worth + step, chord))
                if ways:
                    self.steps[bar][before] = ways
                    remaining[bar - 1][before] = min(w + remaining[bar][c] for w, c in ways)
        return remaining

    # Chords by themselves.

    def _chords(self, bar: int) -> list[tuple[float, Chord]]:
        """List the chords that a bar may have, with what each costs."""
        task = self.task
        columns = []
        for voice, (low, high) in enumerate(task.ranges):
            if voice == task.place:
                columns.append([task.cantus[bar]])
                continue
            tones = self._tones(bar, voice)
            columns.append([p for p in range(low, high + 1) if p % 12 in tones])
        found = []
        for chord in itertools.product(*columns):
            if any(b < a for a, b in itertools.pairwise(chord)):
                continue
            if self._fits(bar, chord):
                found.append((self._worth(bar, chord), chord))
        return sorted(found)[:_MOST_CHORDS]

    def _tones(self, bar: int, voice: int) -> set[int]:
        task, scale = self.task, set(self.task.mode.scale)
        final = task.mode.pitch_class
        if bar == self.bars - 1:
            if voice in (0, task.leading):
                return {final}
            return {final, (final + 4) % 12, (final + 7) % 12}
        if bar == self.bars - 2:
            # The leading tone takes the place of the unraised one.
            unraised = {(final - 2) % 12} if self.rise == 1 else set()
            return {self.closing} if voice == task.leading else (scale - unraised) | {self.closing}
        if bar == 0:
            tones = {final, (final + 7) % 12, task.mode.scale[2]}
            return {final} if voice == 0 else tones
        return scale | {self.flat}

    def _fits(self, bar: int, chord: Chord) -> bool:
        """Tell whether a chord is consonant, and has what its place asks for."""
        bass = chord[0]
        for i, j in itertools.combinations(range(self.count), 2):
            size = (self.heights[chord[j]] - self.heights[chord[i]], chord[j] - chord[i])
            closes = bar == self.bars - 2 and (bass + 1) % 12 == self.task.mode.pitch_class
            if not is_consonant(size, over_bass=chord[i] == bass) and not (
                closes and octaves_off(size) == DIMINISHED_FIFTH
            ):
                return False
        if bar == 0 and self.task.waiting == 0:
            low, *upper = chord[1:]
            agree = all(is_consonant((self.heights[p] - self.heights[low], p - low)) for p in upper)
            return agree and low % 12 == self.task.mode.pitch_class
        if bar == self.bars - 2:
            return [p % 12 for p in chord].count(self.closing) == 1
        return True

    def _worth(self, bar: int, chord: Chord) -> float:
        cost = float(sum(self.chance[bar, pitch] for pitch in chord))
        over = {(pitch - chord[0]) % 12 for pitch in chord}
        inner = 0 < bar < self.bars - 1
        if inner and not over & THIRDS_AND_SIXTHS:
            cost += RULES["missing third"].weight
        if inner and len(over) < 3:
            cost += STYLE.doubling
        for voice, (a, b) in enumerate(itertools.pairwise(chord)):
            if a == b:
                cost += STYLE.shared + (RULES["unison"].weight if inner else 0.0)
            cost += STYLE.wide_chord * max(0, b - a - (12 if voice else 16))
            cost += RULES["spacing"].weight * (b - a > 19)
        lowered = sum(pitch % 12 == self.flat for pitch in chord)
        if self.flat not in self.task.mode.scale:
            cost += STYLE.lowered(self.task.mode.mode) * lowered
        return cost

    # From chord to chord.

    def _step(self, before: Chord, chord: Chord, bar: int) -> float | None:
        """Return what it costs to go on to a chord; None where a rule forbids it."""
        cost = 0.0
        for voice in range(self.count):
            if voice == self.task.place:
                continue
            sung = self._sing(before[voice], chord[voice])
            if sung is None:
                return None
            cost += sung
        for i, j in itertools.combinations(range(self.count), 2):
            name, worth = self._move(before[i], chord[i], before[j], chord[j])
            if name and RULES[name].is_hard(self.count):
                return None
            cost += worth
            if name.startswith("direct") and (i, j) == (0, self.count - 1) and bar < self.bars - 1:
                cost += worth
        if bar == self.bars - 1 and not self._closes(before, chord):
            return None
        moves = [b - a for a, b in zip(before, chord, strict=True)]
        if all(move > 0 for move in moves) or all(move < 0 for move in moves):
            cost += STYLE.all_alike
        return cost

    def _lines(self, early: Chord, before: Chord, chord: Chord) -> float:
        """Return what three notes in each voice cost."""
        cost = 0.0
        for voice, (a, b, c) in enumerate(zip(early, before, chord, strict=True)):
            if voice == self.task.place:
                continue
            if a == b == c:
                cost += RULES["standing line"].weight
            elif (b - a) * (c - b) > 0 and min(abs(b - a), abs(c - b)) > 2:
                far = abs(c - a) in (10, 11) or abs(c - a) > 12
                cost += RULES["leaps that make a seventh"].weight if far else 0.3
            elif a == c != b:
                cost += STYLE.turned_back
        return cost

    def _sing(self, before: int, after: int) -> float | None:
        key = (before, after)
        if key not in self.melodies:
            steps = self.heights[after] - self.heights[before]
            fault = leap_fault(steps, after - before)
            cost = STYLE.melodic(steps)
            raised = before % 12 == self.closing and before % 12 not in self.task.mode.scale
            self.melodies[key] = None if fault or (raised and steps != 1) else cost
        return self.melodies[key]

    def _move(self, a: int, b: int, c: int, d: int) -> tuple[str, float]:
        key = (a, b, c, d)
        if key not in self.motions:
            before = (self.heights[c] - self.heights[a], c - a)
            after = (self.heights[d] - self.heights[b], d - b)
            name = motion_fault(before, after, (b - a, d - c))
            cost = RULES[name].weight if name else 0.0
            crossing = self.heights[b] - self.heights[c], b - c
            other = self.heights[d] - self.heights[a], d - a
            for steps, semitones in (crossing, other):
                if steps % 7 == 0 and semitones % 12:
                    cost += RULES["false relation"].weight
            self.motions[key] = (name, cost)
        return self.motions[key]

    def _closes(self, before: Chord, chord: Chord) -> bool:
        final = self.task.mode.pitch_class
        rises = 2 if (final + 1) % 12 in self.task.mode.scale else 1
        moves = [(b - a, b % 12 == final) for a, b in zip(before, chord, strict=True)]
        return (rises, True) in moves and any(goal and move in (-1, -2) for move, goal in moves)
