"""One voice of any species against others in whole notes: the best lines, by beam search.

Lines grow note by note from the left. Of those that reach one tick, the ones with the same recent
notes, compass and duties are one state, of which the cheapest is kept (dynamic programming); of
the states, the cheapest `width` go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.context import PERFECT, octaves_off
from tapeloom.theory.counterpoint.dissonances import is_consonant
from tapeloom.theory.counterpoint.exercise import BAR, EIGHTH, HALF, QUARTER, spell_in_mode
from tapeloom.theory.counterpoint.melodies import WIDEST_COMPASS, leap_fault
from tapeloom.theory.counterpoint.motions import motion_fault
from tapeloom.theory.counterpoint.rules import RULES
from tapeloom.theory.counterpoint.style import STYLE

Row = tuple[int, int, int]  # start, duration, pitch


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a line.

    others    the other voices' pitches by bar, from the lowest voice to the highest
    place     how many of the others lie below the line
    allowed   for the first bar, the bar before the last and the last: pitches to choose from
    """

    others: tuple[tuple[int, ...], ...]  # (bars, others)
    place: int
    mode: Key
    species: int
    low: int
    high: int
    first: frozenset[int]
    before_last: frozenset[int]
    last: frozenset[int]


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
    """A search for one line; the tables that it asks again and again.

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
        self.task, self.width = task, width
        self.bars = len(task.others)
        self.strict = len(task.others[0]) == 1
        mode = task.mode
        self.heights = {p: spell_in_mode(p, mode).height for p in range(128)}
        # The raised sixth degree that leads to a raised seventh.
        bridge = (mode.pitch_class - 3) % 12
        self.bridges = {
            p - 2 for p in task.before_last
            if p % 12 not in mode.scale and bridge not in mode.scale and (p - 2) % 12 == bridge
        }  # fmt: skip
        fixed = task.first | task.before_last | task.last | self.bridges
        self.flat = (task.mode.pitch_class + _flat_of(mode)) % 12
        self.pitches = [
            p for p in range(task.low, task.high + 1)
            if p % 12 in mode.scale or p % 12 == self.flat or p in fixed
        ]  # fmt: skip
        self.agree = [{p for p in self.pitches if self._agrees(bar, p)} for bar in range(self.bars)]
        self.upright = [{p: self._upright(bar, p) for p in self.pitches}
                        for bar in range(self.bars)]  # fmt: skip
        self.moves: dict[int, list[tuple[int, int, float]]] = {}
        for p in self.pitches:
            sung = [q for q in self.pitches
                    if not leap_fault(self.heights[q] - self.heights[p], q - p)]  # fmt: skip
            self.moves[p] = [
                (q, self.heights[q] - self.heights[p],
                 STYLE.melodic(self.heights[q] - self.heights[p]))
                for q in sung
                if q != p or task.species == 1
            ]  # fmt: skip
        self.crossed = [{p for p in self.pitches if self._crosses(bar, p)}
                        for bar in range(self.bars)]  # fmt: skip
        self.joints: dict[tuple[int, int, int], float | None] = {}
        shape = (self.bars, 8, 128)
        self.chance: NDArray[np.float64] = (
            np.zeros(shape) if rng is None else rng.uniform(0.0, 0.8, shape)
        )

    # What a pitch is worth in a bar.

    def _agrees(self, bar: int, pitch: int) -> bool:
        others = self.task.others[bar]
        lowest = min(*others, pitch) if others else pitch
        return all(
            is_consonant(self._size(pitch, other), over_bass=lowest in (pitch, other))
            for other in others
        )

    def _size(self, pitch: int, other: int) -> tuple[int, int]:
        low, high = sorted((pitch, other))
        return self.heights[high] - self.heights[low], high - low

    def _crosses(self, bar: int, pitch: int) -> bool:
        others, place = self.task.others[bar], self.task.place
        return any(pitch < other for other in others[:place]) or any(
            pitch > other for other in others[place:]
        )

    def _upright(self, bar: int, pitch: int) -> float | None:
        """Return what a pitch costs on a downbeat; None where it must not stand there."""
        total = 0.0
        if self._crosses(bar, pitch):
            if not self.strict:
                return None
            total += RULES["crossing"].weight
        inner = 0 < bar < self.bars - 1
        for k, other in enumerate(self.task.others[bar]):
            size = octaves_off(self._size(pitch, other))
            if pitch == other and inner:
                if self.strict:
                    return None
                total += RULES["unison"].weight
            total += STYLE.fifth if size == (4, 7) else STYLE.octave if size == (0, 0) else 0.0
            if k in (self.task.place - 1, self.task.place):
                total += STYLE.wide * max(0, abs(pitch - other) - 16)
        return total

    def _joint(self, bar: int, before: int, after: int) -> float | None:
        """Return what a move over a bar line costs against the others' moves; None if forbidden."""
        key = (bar, before, after)
        if key not in self.joints:
            self.joints[key] = self._judge_joint(bar, before, after)
        return self.joints[key]

    def _judge_joint(self, bar: int, before: int, after: int) -> float | None:
        total = 0.0
        for k, (a, b) in enumerate(
            zip(self.task.others[bar - 1], self.task.others[bar], strict=True)
        ):
            below = k < self.task.place
            rows = ((a, before), (b, after)) if below else ((before, a), (after, b))
            sizes = [(self.heights[y] - self.heights[x], y - x) for x, y in rows]
            steps = (rows[1][0] - rows[0][0], rows[1][1] - rows[0][1])
            name = motion_fault(sizes[0], sizes[1], steps)
            if name:
                if RULES[name].is_hard(len(self.task.others[0]) + 1):
                    return None
                total += RULES[name].weight
            elif steps[0] * steps[1] > 0:
                total += STYLE.similar
                alike = octaves_off(sizes[0])[0] == octaves_off(sizes[1])[0]
                total += 0.3 if alike else 0.0  # thirds after thirds, sixths after sixths
            elif octaves_off(sizes[1]) == (0, 0) and sizes[1][0] > 0 and (
                -2 <= steps[1] < 0 and steps[0] > 2
            ):  # fmt: skip
                total += RULES["battuta"].weight
            if a != b and (self.heights[after] - self.heights[a]) % 7 == 0 and (after - a) % 12:
                total += RULES["false relation"].weight
        return total

    # Growing lines.

    def find(self, *, count: int = 8) -> list[tuple[float, tuple[Note, ...]]]:
        """Return the cheapest lines with their costs, the best first; empty where there is none."""
        fronts: dict[int, dict[tuple[object, ...], _State]] = {}
        for start, duration in _beginnings(self.task.species):
            for pitch in sorted(self.task.first & self.agree[0]):
                state = self._born(start, duration, pitch)
                if state is not None:
                    self._keep(fronts, state)
        end = (self.bars - 1) * BAR
        while fronts:
            tick = min(fronts)
            states = sorted(fronts.pop(tick).values(), key=lambda state: state.cost)[: self.width]
            if tick > end:
                return [(s.cost, tuple(Note(*row) for row in s.rows)) for s in states[:count]]
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
        worth = self.upright[0][pitch]
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
        worth = self.upright[bar].get(pitch)
        if worth is None:
            return None
        state.cost += worth
        if pitch not in self.agree[bar]:
            state.held = self.heights[pitch]
        if self.task.species == 4 and not self._saved(state, line, pitch):
            return None
        if self.task.species == 5:
            state.cost += self._rhythm(state.rows, bar)
        return state

    def _figures(self, tick: int, state: _State) -> Sequence[tuple[int, ...]]:
        """List the note lengths that may follow: one note, or a pair of eighths."""
        offset, bar = tick % BAR, tick // BAR
        if bar == self.bars - 1:
            return ((BAR,),) if offset == 0 else ()
        closing = bar == self.bars - 2
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
                for pitch, steps, worth in self.moves[each.rows[-1][2]]
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
        agrees = pitch in self.agree[bar]
        if not agrees and (
            offset == 0 or abs(steps) != 1 or duration > HALF
            or (duration == HALF and (offset != HALF or start + duration == self.bars * BAR))
        ):  # fmt: skip
            return None
        if not self._resolves(rows, steps):
            return None
        if abs(steps) > 2 and not self._is_plain(before[2]):
            return None
        if before[1] == EIGHTH and abs(steps) != 1:
            return None
        held = state.held
        if held is not None:
            falls = self.heights[pitch] == held - 1
            if falls and agrees and offset in (HALF, QUARTER):
                held = None
            elif offset >= HALF:
                return None
        if duration == EIGHTH:
            worth += STYLE.eighths / 2
        cost = state.cost + worth + self._draw(start, pitch)
        if pitch % 12 == self.flat and self.flat not in self.task.mode.scale:
            cost += STYLE.lowered(self.task.mode.mode)
        if offset and pitch in self.crossed[bar]:
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
            upright, joint = self.upright[bar][pitch], self._joint(bar, before[2], pitch)
            if upright is None or joint is None:
                return None
            cost += upright + joint
            if self.task.species in (2, 4) and not self._saved(state, start, pitch):
                return None
            if self.task.species == 4 and bar < self.bars - 1:
                cost += RULES["broken ligature"].weight
            if self.task.species == 5:
                cost += self._rhythm(rows, bar) + STYLE.no_ligature
        elif self.upright[bar][pitch] is None and not self.strict:
            return None
        run = state.run
        if len(rows) > 1 and steps * (self.heights[before[2]] - self.heights[rows[-2][2]]) <= 0:
            cost += self._outline(rows, run)
            run = len(rows) - 1
        grown = _State(cost, (*rows, (start, duration, pitch)), low, high, held, run,
                       peaks, peak_end)  # fmt: skip
        return self._tied(grown)

    def _is_offered(self, bar: int, end: int, pitch: int) -> bool:
        """Tell whether a pitch may be taken here: the close has its own."""
        task = self.task
        if bar == self.bars - 1:
            return pitch in task.last
        if end == (self.bars - 1) * BAR:
            return pitch in task.before_last
        if self._is_plain(pitch):
            return True
        raised = task.before_last if task.species in (3, 5) else frozenset()
        return bar == self.bars - 2 and pitch in raised | self.bridges

    def _is_plain(self, pitch: int) -> bool:
        return pitch % 12 in self.task.mode.scale or pitch % 12 == self.flat

    def _resolves(self, rows: tuple[Row, ...], steps: int) -> bool:
        """Tell whether the last note, if it is dissonant, goes on as its figure asks."""
        if len(rows) < 2:
            return True
        start, duration, pitch = rows[-1]
        came = self.heights[pitch] - self.heights[rows[-2][2]]
        if pitch not in self.agree[start // BAR]:
            passing = steps == came
            neighbour = steps == -came and duration <= QUARTER
            cambiata = came == -1 and steps == -2 and (
                duration == QUARTER and start % HALF == QUARTER and self.task.species in (3, 5)
            )  # fmt: skip
            return passing or neighbour or cambiata
        if len(rows) > 2:
            early = rows[-2]
            if came == -2 and early[2] not in self.agree[early[0] // BAR]:
                return steps == 1
        return True

    def _saved(self, state: _State, tick: int, pitch: int) -> bool:
        """Tell whether no fifth or octave follows one on the downbeat before, unless saved."""
        if not self.strict or tick < BAR:
            return True
        rows = [row for row in state.rows if row[0] + row[1] > tick - BAR]
        if not rows or rows[0][0] > tick - BAR:
            return True
        first, bar = rows[0][2], tick // BAR
        a, b = self.task.others[bar - 1][0], self.task.others[bar][0]
        goal = octaves_off(self._size(pitch, b))
        if goal not in PERFECT:
            return True
        if octaves_off(self._size(first, a)) != goal or (pitch - first) * (b - a) <= 0:
            return True
        if goal == (4, 7) and self.task.species == 4:
            return True  # a ligature saves fifths, and costs enough where it is broken
        line = [self.heights[row[2]] for row in rows if row[0] < tick]
        return any(abs(y - x) >= 3 for x, y in zip(line, line[1:], strict=False))

    def _melodic(self, rows: tuple[Row, ...], pitch: int, steps: int) -> float:
        """Return what a note costs by the two before it."""
        if len(rows) < 2:
            return 0.0
        cost = 0.0
        early, before = rows[-2][2], rows[-1][2]
        came = self.heights[before] - self.heights[early]
        if steps * came > 0:
            if abs(steps) > 1 and abs(came) > 1:
                both = abs(pitch - early)
                cost += RULES["leaps that make a seventh"].weight if both in (10, 11) or both > 12 \
                    else 0.3
            if abs(came) >= 5:
                cost += RULES["leap not turned"].weight
        if pitch == early:
            cost += STYLE.turned_back
            if len(rows) > 2 and rows[-3][2] == before:
                cost += 2 * STYLE.turned_back
        if steps == 0 and came == 0:
            cost += RULES["standing line"].weight
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
        if bar == self.bars - 1 and shapes[0] != ((HALF, HALF),):
            cost += STYLE.loose_close
        elif 1 < bar < self.bars - 1:
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


def _flat_of(mode: Key) -> int:
    """Return the degree, in semitones above the final, that is lowered against the tritone.

    It is B flat where the mode's signature is that of the white keys.
    """
    return (7 * (mode.signature - 2) - mode.pitch_class) % 12
