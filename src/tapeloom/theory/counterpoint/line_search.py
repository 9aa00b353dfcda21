"""One voice of any species against others in whole notes: the best lines, by beam search.

Lines grow note by note from the left. Of those that reach one tick, the ones with the same recent
notes, compass and duties are one state, of which the cheapest is kept (dynamic programming); of
the states, the cheapest `width` go on.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.context import PERFECT, octaves_off
from tapeloom.theory.counterpoint.exercise import BAR, EIGHTH, HALF, QUARTER
from tapeloom.theory.counterpoint.line_tables import LineTables, Row, Task
from tapeloom.theory.counterpoint.melodies import WIDEST_COMPASS
from tapeloom.theory.counterpoint.rules import RULES
from tapeloom.theory.counterpoint.style import STYLE

_MEMORY = 6  # notes after which the other form of a degree is forgotten


@dataclass(slots=True)
class _State:
    cost: float
    rows: tuple[Row, ...]
    low: int
    high: int
    held: int | None  # the height from which a suspension must fall a step, if one is pending
    run: int  # the row at which the present direction began
    peaks: int = 0  # how often the highest note has come again
    peak_end: int = 0  # when it last ended


class LineSearch:
    """A search for one line; its lines are grown from the left.

    >>> from tapeloom.core.harmony import Key
    >>> cantus = (62, 65, 64, 62, 67, 65, 69, 67, 65, 64, 62)
    >>> task = Task(tuple((p,) for p in cantus), 1, Key("D", "dorian"), 1, 60, 79,
    ...             frozenset({69, 74}), frozenset({73}), frozenset({74}))
    >>> best = LineSearch(task).find(count=1)[0]
    >>> len(best[1]), best[1][-2].pitch
    (11, 73)
    """

    def __init__(
        self, task: Task, *, width: int = 120, rng: np.random.Generator | None = None
    ) -> None:
        self.task, self.width, self.tables = task, width, LineTables(task)
        shape = (self.tables.bars, 8, 128)
        self.chance: NDArray[np.float64] = (
            np.zeros(shape) if rng is None else rng.uniform(0.0, 0.8, shape)
        )

    def find(self, *, count: int = 8) -> list[tuple[float, tuple[Note, ...]]]:
        """Return the cheapest lines with their costs, the best first; empty where there is none.

        A beam that dies out before the close is widened.
        """
        for width in (self.width, 5 * self.width):
            found = self._find(width)
            if found:
                return [(s.cost, tuple(Note(*row) for row in s.rows)) for s in found[:count]]
        return []

    def _find(self, width: int) -> list[_State]:
        fronts: dict[int, dict[tuple[object, ...], _State]] = {}
        for start, duration in _beginnings(self.task.species):
            for pitch in sorted(self.task.first & self.tables.agree[0]):
                state = self._born(start, duration, pitch)
                if state is not None:
                    self._keep(fronts, state)
        end = (self.tables.bars - 1) * BAR
        while fronts:
            tick = min(fronts)
            states = sorted(fronts.pop(tick).values(), key=lambda state: state.cost)[:width]
            if tick > end:
                return states
            for state in states:
                for figure in self._figures(tick, state):
                    for grown in self._grow(state, figure):
                        self._keep(fronts, grown)
        return []

    def _keep(self, fronts: dict[int, dict[tuple[object, ...], _State]], state: _State) -> None:
        start, duration, _ = state.rows[-1]
        front = fronts.setdefault(start + duration, {})
        recent = state.rows[-4:] if self.task.species in (3, 5) else state.rows[-3:]
        key = (recent, state.low, state.high, state.peaks, state.held,
               state.rows[state.run][2])  # fmt: skip
        known = front.get(key)
        if known is None or state.cost < known.cost:
            front[key] = state

    def _born(self, start: int, duration: int, pitch: int) -> _State | None:
        worth = self.tables.upright[0][pitch]
        if worth is None:
            return None
        rows = ((start, duration, pitch),)
        cost = worth + self._draw(start, pitch)
        state = _State(cost, rows, pitch, pitch, None, 0, 0, start + duration)
        return self._tied(state)

    def _draw(self, start: int, pitch: int) -> float:
        return float(self.chance[start // BAR, start % BAR // EIGHTH, pitch])

    def _tied(self, state: _State) -> _State | None:
        """Judge a note that is held over a bar line: it agrees there, or is a suspension."""
        start, duration, pitch = state.rows[-1]
        line = (start // BAR + 1) * BAR
        if start + duration <= line:
            return state
        bar = line // BAR
        worth = self.tables.upright[bar].get(pitch)
        if worth is None:
            return None
        state.cost += worth
        if pitch not in self.tables.agree[bar]:
            state.held = self.tables.heights[pitch]
        if self.task.species == 4 and not self._saved(state, line, pitch):
            return None
        if self.task.species == 5:
            state.cost += self._rhythm(state.rows, bar)
        return state

    def _figures(self, tick: int, state: _State) -> Sequence[tuple[int, ...]]:
        """List the note lengths that may follow: one note, or a pair of eighths."""
        offset, bar = tick % BAR, tick // BAR
        if bar == self.tables.bars - 1:
            return ((BAR,),) if offset == 0 else ()
        closing = bar == self.tables.bars - 2
        species = self.task.species
        if species < 4:
            return (({1: BAR, 2: HALF, 3: QUARTER}[species],),)
        if species == 4:
            if offset == 0:
                return ((HALF,),)
            return ((HALF,),) if closing else ((BAR,), (HALF,))
        if offset == 0:
            return ((HALF,), (QUARTER,))
        if offset == HALF:
            return (
                ((HALF,), (QUARTER,)) if closing else
                ((HALF,), (QUARTER,), (HALF + QUARTER,), (BAR,))
            )  # fmt: skip
        if closing or any(row[1] == EIGHTH and row[0] // BAR == bar for row in state.rows[-3:]):
            return ((QUARTER,),)
        return ((QUARTER,), (EIGHTH, EIGHTH))

    def _grow(self, state: _State, figure: tuple[int, ...]) -> list[_State]:
        states = [state]
        for k, duration in enumerate(figure):
            states = [
                grown
                for each in states
                for pitch, steps, worth in self.tables.moves[each.rows[-1][2]]
                if (k == 0 or abs(steps) == 1)
                and (grown := self._extend(each, duration, pitch, steps, worth)) is not None
            ]
        return states

    def _extend(
        self, state: _State, duration: int, pitch: int, steps: int, worth: float
    ) -> _State | None:
        """Add a note where no rule forbids it."""
        rows = state.rows
        before = rows[-1]
        start = before[0] + before[1]
        bar, offset = divmod(start, BAR)
        low, high = min(state.low, pitch), max(state.high, pitch)
        if high - low > WIDEST_COMPASS or not self._is_offered(bar, start + duration, pitch):
            return None
        agrees = pitch in self.tables.agree[bar]
        if not agrees and (
            offset == 0 or abs(steps) != 1 or duration > HALF
            or (duration == HALF and (offset != HALF or start + duration == self.tables.bars * BAR))
        ):  # fmt: skip
            return None
        if not self._resolves(rows, steps):
            return None
        if abs(steps) > 2 and not self.tables.is_plain(before[2]):
            return None
        if before[1] == EIGHTH and abs(steps) != 1:
            return None
        held = state.held
        if held is not None:
            falls = self.tables.heights[pitch] == held - 1
            if falls and agrees and offset in (HALF, QUARTER):
                held = None
            elif offset >= HALF:
                return None
        if duration == EIGHTH:
            worth += STYLE.eighths / 2
        cost = state.cost + worth + self._draw(start, pitch)
        if pitch % 12 == self.tables.flat and self.tables.flat not in self.task.mode.scale:
            cost += STYLE.lowered(self.task.mode.mode)
        if offset and pitch in self.tables.crossed[bar]:
            cost += RULES["crossing"].weight
        peaks, peak_end = state.peaks, state.peak_end
        if pitch > state.high:
            cost -= peaks * RULES["second climax"].weight
            peaks, peak_end = 0, start + duration
        elif pitch == state.high and self.task.species != 4:
            again = start - peak_end >= BAR
            cost += again * RULES["second climax"].weight
            peaks, peak_end = peaks + again, start + duration
        cost += self._melodic(rows, pitch, steps)
        if offset == 0:
            upright, joint = (
                self.tables.upright[bar][pitch],
                self.tables.joint(bar, before[2], pitch),
            )
            if upright is None or joint is None:
                return None
            cost += upright + joint
            if self.task.species in (2, 4) and not self._saved(state, start, pitch):
                return None
            if self.task.species == 4 and bar < self.tables.bars - 1:
                cost += RULES["broken ligature"].weight
            if self.task.species == 5:
                cost += self._rhythm(rows, bar) + STYLE.no_ligature
        elif self.tables.upright[bar][pitch] is None and not self.tables.strict:
            return None
        run = state.run
        if (
            len(rows) > 1
            and steps * (self.tables.heights[before[2]] - self.tables.heights[rows[-2][2]]) <= 0
        ):
            cost += self._outline(rows, run)
            run = len(rows) - 1
        grown = _State(cost, (*rows, (start, duration, pitch)), low, high, held, run,
                       peaks, peak_end)  # fmt: skip
        return self._tied(grown)

    def _is_offered(self, bar: int, end: int, pitch: int) -> bool:
        """Tell whether a pitch may be taken here: the close has its own."""
        task = self.task
        if bar == self.tables.bars - 1:
            return pitch in task.last
        if end == (self.tables.bars - 1) * BAR:
            return pitch in task.before_last
        if self.tables.is_plain(pitch):
            return True
        raised = task.before_last if task.species in (3, 5) else frozenset()
        return bar == self.tables.bars - 2 and pitch in raised | self.tables.bridges

    def _resolves(self, rows: tuple[Row, ...], steps: int) -> bool:
        """Tell whether the last note, if it is dissonant, goes on as its figure asks."""
        if len(rows) < 2:
            return True
        start, duration, pitch = rows[-1]
        came = self.tables.heights[pitch] - self.tables.heights[rows[-2][2]]
        if pitch not in self.tables.agree[start // BAR]:
            passing = steps == came
            neighbour = steps == -came and duration <= QUARTER
            cambiata = came == -1 and steps == -2 and (
                duration == QUARTER and start % HALF == QUARTER and self.task.species in (3, 5)
            )  # fmt: skip
            return passing or neighbour or cambiata
        if len(rows) > 2:
            early = rows[-2]
            if came == -2 and early[2] not in self.tables.agree[early[0] // BAR]:
                return steps == 1
        return True

    def _saved(self, state: _State, tick: int, pitch: int) -> bool:
        """Tell whether no fifth or octave follows one on the downbeat before, unless saved."""
        if not self.tables.strict or tick < BAR:
            return True
        rows = [row for row in state.rows if row[0] + row[1] > tick - BAR]
        if not rows or rows[0][0] > tick - BAR:
            return True
        first, bar = rows[0][2], tick // BAR
        a, b = self.task.others[bar - 1][0], self.task.others[bar][0]
        goal = octaves_off(self.tables.size(pitch, b))
        if goal not in PERFECT:
            return True
        if octaves_off(self.tables.size(first, a)) != goal or (pitch - first) * (b - a) <= 0:
            return True
        if goal == (4, 7) and self.task.species == 4:
            return True  # a ligature saves fifths, and costs enough where it is broken
        line = [self.tables.heights[row[2]] for row in rows if row[0] < tick]
        return any(abs(y - x) >= 3 for x, y in itertools.pairwise(line))

    def _melodic(self, rows: tuple[Row, ...], pitch: int, steps: int) -> float:
        """Return what a note costs by the two before it."""
        if len(rows) < 2:
            return 0.0
        cost = 0.0
        early, before = rows[-2][2], rows[-1][2]
        came = self.tables.heights[before] - self.tables.heights[early]
        if steps * came > 0:
            if abs(steps) > 1 and abs(came) > 1:
                both = abs(pitch - early)
                cost += (
                    RULES["leaps that make a seventh"].weight
                    if both in (10, 11) or both > 12
                    else 0.3
                )
            if abs(came) >= 5:
                cost += RULES["leap not turned"].weight
        if pitch == early:
            cost += STYLE.turned_back
            if len(rows) > 2 and rows[-3][2] == before:
                cost += 2 * STYLE.turned_back
        if steps == 0 and came == 0:
            cost += RULES["standing line"].weight
        if not self.tables.is_certain[pitch]:
            letter = self.tables.heights[pitch] % 7
            recent = {row[2] for row in rows[-_MEMORY:]}
            if any(self.tables.heights[p] % 7 == letter and (p - pitch) % 12 for p in recent):
                cost += STYLE.mixed
        if len(rows) > 6 and [r[2] for r in rows[-3:]] == [r[2] for r in rows[-7:-4]] and (
            rows[-4][2] == pitch
        ):  # fmt: skip
            cost += RULES["figure repeated"].weight
        return cost

    def _outline(self, rows: tuple[Row, ...], run: int) -> float:
        """Return what a run in one direction costs: a tritone that it spans."""
        if len(rows) - 1 - run < 2:
            return 0.0
        first, last = rows[run][2], rows[-1][2]
        spans_tritone = abs(last - first) == 6
        return RULES["tritone outline"].weight if spans_tritone else 0.0

    def _rhythm(self, rows: tuple[Row, ...], bar: int) -> float:
        """Return what the rhythm of the bar that has just ended costs."""
        cost = 0.0
        shapes = [
            tuple((r[0] % BAR, r[1]) for r in rows[-18:] if r[0] // BAR == b)
            for b in (bar - 1, bar - 2, bar - 3)
        ]
        if shapes[0] == shapes[1]:
            cost += STYLE.same_shape
            if shapes[1] == shapes[2]:
                cost += RULES["plain florid"].weight
        elif shapes[0] == shapes[2]:
            cost += STYLE.like_earlier
        if bar == self.tables.bars - 1 and shapes[0] != ((HALF, HALF),):
            cost += STYLE.loose_close
        elif 1 < bar < self.tables.bars - 1:
            cost += STYLE.attacks[min(len(shapes[0]), 6)]
        if [r[1] for r in rows[-3:]] == [QUARTER, QUARTER, HALF] and rows[-1][0] % BAR == HALF:
            cost += STYLE.stiff_start
        return cost


def _beginnings(species: int) -> Sequence[tuple[int, int]]:
    """List how a line may begin: start and duration."""
    return {
        1: ((0, BAR),),
        2: ((HALF, HALF),),
        3: ((0, QUARTER),),
        4: ((HALF, BAR),),
        5: ((HALF, BAR), (HALF, HALF + QUARTER), (HALF, HALF)),
    }[species]
