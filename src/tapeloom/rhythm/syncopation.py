"""How much a rhythm pulls against its meter: the measures of the literature, on one footing.

All take a cycle. Where a measure needs to know what comes before the bar or after it, `looped`
says whether the cycle repeats (as a timeline does) or stands alone. Values for the best-known
timelines are in the tests; several measures are defined twice in print, and each docstring says
which reading is taken.
"""

from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType

from tapeloom.core.errors import InputError
from tapeloom.rhythm.evenness import interval_entropy, off_beatness
from tapeloom.rhythm.metric_grid import MetricGrid, usual_grid
from tapeloom.rhythm.necklaces import Rhythm

NO_SYNCOPATION = -1  # Longuet-Higgins and Lee's measure where no rest outweighs its note


def _grid_for(rhythm: Rhythm, grid: MetricGrid | None) -> MetricGrid:
    grid = grid or usual_grid(rhythm.pulses)
    if grid.pulses != rhythm.pulses:
        raise InputError(
            f"the rhythm has {rhythm.pulses} pulses and the meter {grid.pulses}; "
            "they must be the same"
        )
    return grid


def longuet_higgins_lee(
    rhythm: Rhythm, *, grid: MetricGrid | None = None, looped: bool = False
) -> int:
    """Sum what rests outweigh the notes before them by, in levels of the meter's tree.

    The tree is cut where a part holds one note at its beginning, or none; each rest counts the
    nearest earlier note that isn't heavier. -1 means that there is no such pair, 0 that they
    weigh the same.

    H. C. Longuet-Higgins and C. S. Lee, "The Rhythmic Interpretation of Monophonic Music", Music
    Perception 1 (1984), summed over all rests as C. Song's SynPy does; `largest_syncopation_sum`
    counts one rest for each note.

    >>> longuet_higgins_lee(Rhythm.parse("x..x..x...x.x..."))
    4
    >>> longuet_higgins_lee(Rhythm.parse("x...x...x...x..."))
    -1
    """
    leaves = _leaves(rhythm, _grid_for(rhythm, grid))
    if looped:
        leaves = [next(leaf for leaf in reversed(leaves) if leaf[1]), *leaves]
    found = []
    for i, (rest, sounds) in enumerate(leaves):
        if sounds:
            continue
        earlier = (note for note, sounding in reversed(leaves[:i]) if sounding and note >= rest)
        note = next(earlier, None)
        if note is not None:
            found.append(note - rest)
    return sum(found) if found else NO_SYNCOPATION


def largest_syncopation_sum(rhythm: Rhythm, *, grid: MetricGrid | None = None) -> int:
    """Sum over the notes what the heaviest pulse before the next note outweighs each by.

    Longuet-Higgins and Lee's measure with one rest for each note, the cycle looped; 0 is none.

    >>> largest_syncopation_sum(Rhythm.parse("x..x...x..x.x..."))
    5
    """
    depths = _grid_for(rhythm, grid).depths
    n = rhythm.pulses
    total = 0
    for onset, gap in zip(rhythm.onsets, rhythm.intervals, strict=True):
        rests = [depths[(onset + step) % n] for step in range(1, gap)]
        total += max(depths[onset] - min(rests), 0) if rests else 0
    return total


def _leaves(rhythm: Rhythm, grid: MetricGrid) -> list[tuple[int, bool]]:
    """Return the tree's ends in order of time: depth of the pulse, whether a note begins there."""
    sounding = set(rhythm.onsets)
    leaves: list[tuple[int, bool]] = []

    def cut(first: int, end: int, level: int) -> None:
        notes = [pulse for pulse in range(first, end) if pulse in sounding]
        if not notes or notes == [first]:
            leaves.append((grid.depths[first], bool(notes)))
            return
        inner = [pulse for pulse in grid.levels[level + 1] if first <= pulse < end]
        for a, b in zip(inner, [*inner[1:], end], strict=True):
            cut(a, b, level + 1)

    cut(0, grid.pulses, 0)
    return leaves


def weighted_note_to_beat_distance(rhythm: Rhythm, *, beat: int = 4) -> Fraction:
    """Average over the notes the weight of not lying on a beat, heavier when held over one.

    beat  pulses of a beat: 4 for sixteenths of 4/4, 3 for eighths of 12/8

    With T the distance to the nearest beat in beats, a note off the beat weighs 2 / T if it lasts
    beyond the next beat and ends before the one after it, else 1 / T; it lasts to the next note,
    the last one to the first of the next cycle.

    F. Gómez, A. Melvin, D. Rappaport and G. T. Toussaint, "Mathematical Measures of Syncopation"
    (BRIDGES 2005). A note that ends exactly on the second beat after it counts 1 / T, as in the
    paper's table (its text, and SynPy, can be read as 2 / T).

    >>> weighted_note_to_beat_distance(Rhythm.parse("x..x..x...x.x..."))
    Fraction(14, 5)
    """
    if beat < 1 or rhythm.pulses % beat:
        raise InputError(f"beats of {beat} pulses don't divide a cycle of {rhythm.pulses}")
    total = Fraction(0)
    for onset, length in zip(rhythm.onsets, rhythm.intervals, strict=True):
        after = onset % beat
        if after:
            distance = Fraction(min(after, beat - after), beat)
            held = beat < after + length < 2 * beat
            total += (2 if held else 1) / distance
    return total / len(rhythm)


def keith(rhythm: Rhythm) -> int:
    """Sum Keith's syncopations: 1 a hesitation, 2 an anticipation, 3 both at once.

    A note's length is rounded down to a power of two, d; it hesitates if it ends off the multiples
    of d and anticipates if it begins off them. The pulses must be a power of two.

    M. Keith, "From Polychords to Pólya" (1991).

    >>> keith(Rhythm.parse("x..x..x...x.x..."))
    6
    """
    return sum(2 * begins_off + ends_off for begins_off, ends_off in _off_beat_ends(rhythm))


def keith_toussaint(rhythm: Rhythm) -> int:
    """Count the notes that begin off the multiples of their length, as Toussaint tells Keith.

    G. T. Toussaint, "The Geometry of Musical Rhythm" (2013). Every syncopation counts 1 and
    hesitations don't count; lengths as in `keith`.

    >>> keith_toussaint(Rhythm.parse("x..x..x...x.x..."))
    2
    """
    return sum(begins_off for begins_off, _ in _off_beat_ends(rhythm))


def _off_beat_ends(rhythm: Rhythm) -> list[tuple[bool, bool]]:
    if rhythm.pulses & (rhythm.pulses - 1):
        raise InputError(
            f"Keith's measure needs 2, 4, 8, 16, … pulses in the cycle, not {rhythm.pulses}"
        )
    found = []
    for onset, length in zip(rhythm.onsets, rhythm.intervals, strict=True):
        d = 1 << (length.bit_length() - 1)
        found.append((onset % d != 0, (onset + length) % d != 0))
    return found


def metric_complexity(rhythm: Rhythm, *, grid: MetricGrid | None = None) -> int:
    """Return by how much the onsets' metric weights fall short of the heaviest pulses' sum.

    G. T. Toussaint, "A Mathematical Analysis of African, Brazilian, and Cuban Clave Rhythms"
    (BRIDGES 2002): the weights of sixteen pulses are 5 1 2 1 3 1 2 1 4 1 2 1 3 1 2 1.

    >>> metric_complexity(Rhythm.parse("x..x..x...x.x..."))
    4
    """
    weights = _grid_for(rhythm, grid).weights
    heaviest = sorted(weights, reverse=True)[: len(rhythm)]
    return sum(heaviest) - sum(weights[onset] for onset in rhythm.onsets)


def pressing(rhythm: Rhythm, *, grid: MetricGrid | None = None, looped: bool = False) -> Fraction:
    """Average Pressing's cognitive costs of the parts on each level of the meter, and sum them.

    A part costs 0 if at most its beginning sounds, 1 if evenly filled, 2 if it runs on from its
    beginning, 3 if it leads up to a note on the next part, 5 if its beginning is silent.

    J. Pressing, "Cognitive Complexity and the Structure of Musical Patterns" (1999), in the reading
    of C. Song's SynPy, which knows one kind of syncopated part; but the parts are always those of
    the meter, where SynPy, having left out unused pulses, halves some bars of threes elsewhere.

    >>> pressing(Rhythm.parse("x..x..x...x.x..."))
    Fraction(69, 8)
    """
    grid = _grid_for(rhythm, grid)
    sounding = set(rhythm.onsets)
    total = Fraction(0)
    # Levels finer than the rhythm needs would only add parts that cost nothing.
    used = next(i for i, level in enumerate(grid.levels) if sounding <= set(level))
    pulses_in_use = set(grid.levels[used])
    for level in range(used):
        parts = list(grid.parts(level))
        costs = []
        for first, end in parts:
            inner = [pulse in sounding for pulse in range(first, end) if pulse in pulses_in_use]
            leads_on = end in sounding or (looped and end == grid.pulses and 0 in sounding)
            costs.append(_pressing_cost(inner, leads_on))
        total += Fraction(sum(costs), len(parts))
    return total


def _pressing_cost(part: list[bool], leads_on: bool) -> int:
    notes = sum(part)
    shortest = next(
        part[:: len(part) // k]
        for k in range(1, len(part) + 1)
        if len(part) % k == 0 and sum(part[:: len(part) // k]) == notes
    )
    if not any(shortest[1:]):
        return 0
    if all(shortest):
        return 1
    if shortest[0] and not (shortest[-1] and leads_on):
        return 2
    return 3 if shortest[-1] and leads_on else 5


Measure = Callable[[Rhythm, MetricGrid], float]


def _beat_of(grid: MetricGrid) -> int:
    """Return the pulses of a beat: the longest even parts of at most four."""
    sizes = ({end - first for first, end in grid.parts(i)} for i in range(len(grid.levels)))
    return next(max(size) for size in sizes if len(size) == 1 and max(size) <= 4)


MEASURES: MappingProxyType[str, Measure] = MappingProxyType({
    "lhl": lambda rhythm, grid: longuet_higgins_lee(rhythm, grid=grid, looped=True),
    "wnbd": lambda rhythm, grid: float(
        weighted_note_to_beat_distance(rhythm, beat=_beat_of(grid))
    ),
    "keith": lambda rhythm, _: keith(rhythm),
    "off-beatness": lambda rhythm, _: off_beatness(rhythm),
    "metric complexity": lambda rhythm, grid: metric_complexity(rhythm, grid=grid),
    "pressing": lambda rhythm, grid: float(pressing(rhythm, grid=grid, looped=True)),
    "entropy": lambda rhythm, _: interval_entropy(rhythm),
})  # fmt: skip


def syncopation(
    rhythm: Rhythm, *, measure: str = "metric complexity", grid: MetricGrid | None = None
) -> float:
    """Measure a looped rhythm by one of `MEASURES`, named.

    >>> syncopation(Rhythm.parse("x..x..x...x.x..."), measure="wnbd")
    2.8
    """
    if measure not in MEASURES:
        raise InputError(f"{measure!r} is no measure of syncopation; take {', '.join(MEASURES)}")
    return float(MEASURES[measure](rhythm, _grid_for(rhythm, grid)))
