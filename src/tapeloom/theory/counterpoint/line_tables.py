"""What every pitch is worth beside given voices in whole notes, worked out once for a search."""

from dataclasses import dataclass

from tapeloom.core.harmony import Key
from tapeloom.theory.counterpoint.context import octaves_off
from tapeloom.theory.counterpoint.dissonances import is_consonant
from tapeloom.theory.counterpoint.exercise import spell_in_mode
from tapeloom.theory.counterpoint.frame import THIRDS_AND_SIXTHS
from tapeloom.theory.counterpoint.melodies import leap_fault
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


class LineTables:
    """The pitches that a line may take, where they agree, what they and their moves cost.

    >>> task = Task(((62,), (64,), (62,)), 1, Key("D", "dorian"), 1, 62, 75,
    ...             frozenset({69, 74}), frozenset({73}), frozenset({74}))
    >>> tables = LineTables(task)
    >>> sorted(tables.agree[1]), tables.upright[0][69], tables.joint(1, 69, 71)
    ([64, 67, 71, 72, 73], 0.25, None)
    """

    def __init__(self, task: Task) -> None:
        self.task = task
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
        self.flat = flat_of(mode)
        self.pitches = [
            p for p in range(task.low, task.high + 1)
            if p % 12 in mode.scale or p % 12 == self.flat or p in fixed
        ]  # fmt: skip
        letters = {p: (self.heights[p] % 7, p % 12) for p in self.pitches}
        forms = {letter: len({form for other, form in letters.values() if other == letter})
                 for letter, _ in letters.values()}  # fmt: skip
        # Whether the line knows a degree in one form only.
        self.is_certain = {p: forms[letters[p][0]] == 1 for p in self.pitches}
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

    def is_plain(self, pitch: int) -> bool:
        """Tell whether a pitch needs no reason: the mode has it, or lowers a note to it."""
        return pitch % 12 in self.task.mode.scale or pitch % 12 == self.flat

    def _agrees(self, bar: int, pitch: int) -> bool:
        others = self.task.others[bar]
        lowest = min(*others, pitch) if others else pitch
        return all(
            is_consonant(self.size(pitch, other), over_bass=lowest in (pitch, other))
            for other in others
        )

    def size(self, pitch: int, other: int) -> tuple[int, int]:
        """Measure between two pitches, from the lower one up."""
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
        sounding = (*self.task.others[bar], pitch)
        over = {(p - min(sounding)) % 12 for p in sounding}
        if inner and not self.strict and not over & THIRDS_AND_SIXTHS:
            total += RULES["missing third"].weight
        for k, other in enumerate(self.task.others[bar]):
            size = octaves_off(self.size(pitch, other))
            if pitch == other and inner:
                if self.strict:
                    return None
                total += RULES["unison"].weight
            total += STYLE.fifth if size == (4, 7) else STYLE.octave if size == (0, 0) else 0.0
            if k in (self.task.place - 1, self.task.place):
                total += STYLE.wide * max(0, abs(pitch - other) - 16)
        return total

    def joint(self, bar: int, before: int, after: int) -> float | None:
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


def flat_of(mode: Key) -> int:
    """Return the pitch class that is lowered against the tritone: B flat on the white keys.

    >>> flat_of(Key("D", "dorian")), flat_of(Key("G", "dorian"))
    (10, 3)
    """
    return 7 * (mode.signature - 2) % 12
