"""The cheapest way through candidates, with so much changed as is asked for."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chord_model import ChordModel, chord_model
from tapeloom.theory.families import FAMILIES, family, symbol
from tapeloom.theory.melody_fit import clashes
from tapeloom.theory.places import Place
from tapeloom.theory.setting import Setting
from tapeloom.theory.techniques import TECHNIQUES, Candidate

USUAL_BITS = 2.5  # a chord that surprises so much costs nothing: about the model's mean
LEAST_BITS = 1.5  # to be more expected than this is no merit
SURPRISE = 0.33  # cost of a bit
MOTION = 0.12  # cost of a semitone that a tone moves on average
PLAINNESS = 1.6  # cost of a chord that the style would never write, at amount 1
ANCHOR = 1.5  # cost of a tonic that opens a phrase and goes
WANDERING = 0.8  # cost of two foreign chords in a row that don't lead into one another
HASTE = 0.6  # cost of a foreign chord that has less than a bar
BRIGHTNESS = 0.8  # cost of a major ninth or thirteenth on the V of a half-diminished ii
FORBIDDEN = 1e3


_FOREIGN = frozenset({"modal interchange", "chromatic mediant", "negative harmony", "Neapolitan"})


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Candidates as edges between the boundaries of spans, with what each and each join costs."""

    edges: tuple[Candidate, ...]
    costs: NDArray[np.float64]  # (edges,) whatever the amount is
    boldness: NDArray[np.float64]  # (edges,) 0..1
    distances: NDArray[np.float64]  # (edges,) 0..1 by spans
    plainness: NDArray[np.float64]  # (edges,) 1 for a kept chord that the style doesn't use
    anchors: NDArray[np.float64]  # (edges,) 1 where a tonic that opens a phrase would go
    sizes: NDArray[np.float64]  # (edges,) share of the piece that changes
    starting: tuple[NDArray[np.intp], ...]  # by boundary, the edges that start there
    ending: tuple[NDArray[np.intp], ...]
    joins: tuple[NDArray[np.float64], ...]  # by boundary, (ending, starting)

    def weigh(self, amount: float) -> NDArray[np.float64]:
        """Return the edges' costs at an amount: the less of it, the dearer is what is far off."""
        beyond = np.maximum(self.boldness - amount - 0.15, 0.0)
        foreign = 1.6 * (1.0 - amount) * self.distances
        sought = 1.5 * max(amount - 0.4, 0.0) * self.boldness
        plain = PLAINNESS * amount**0.5 * self.plainness
        anchored = ANCHOR * (1.2 - amount) * self.anchors
        return np.asarray(self.costs + 4.0 * beyond + foreign - sought + plain + anchored)

    def walk(self, costs: NDArray[np.float64]) -> list[int]:
        """Return the edges of the cheapest path."""
        total = np.full(len(self.edges), np.inf)
        back = np.full(len(self.edges), -1, np.intp)
        for j, starting in enumerate(self.starting):
            if j == 0:
                total[starting] = costs[starting]
                continue
            ending = self.ending[j]
            reach = total[ending][:, None] + self.joins[j]
            best = reach.argmin(axis=0)
            total[starting] = reach[best, np.arange(len(starting))] + costs[starting]
            back[starting] = ending[best]
        last = self.ending[-1]
        path = [int(last[total[last].argmin()])]
        while back[path[-1]] >= 0:
            path.append(int(back[path[-1]]))
        return path[::-1]

    def price(self, path: Sequence[int], costs: NDArray[np.float64]) -> float:
        """Return what a path costs."""
        total = float(costs[list(path)].sum())
        for before, after in itertools.pairwise(path):
            j = self.edges[after].first
            row = int(np.flatnonzero(self.ending[j] == before)[0])
            column = int(np.flatnonzero(self.starting[j] == after)[0])
            total += float(self.joins[j][row, column])
        return total

    def solve(self, costs: NDArray[np.float64], share: float, *, reward: float) -> list[int]:
        """Return the cheapest path that changes about a share of the piece, 0..1.

        A reward for change (a Lagrange multiplier) is raised until the share is reached: with
        exact paths the change grows with it. It rises to `reward` for a whole span, no higher:
        what would be wrong is not forced.
        """
        low, high = -8.0, reward
        path = self.walk(costs - high * self.sizes * len(self.starting))
        if float(self.sizes[path].sum()) <= share:
            return path
        for _ in range(14):
            middle = (low + high) / 2
            tried = self.walk(costs - middle * self.sizes * len(self.starting))
            if float(self.sizes[tried].sum()) <= share:
                low, path = middle, tried
            else:
                high = middle
        return path if low > -8.0 else self.walk(costs + 1e3 * self.sizes)


def build(
    setting: Setting,
    groups: Sequence[Sequence[Candidate]],
    *,
    places: Sequence[Place],
    keys: Sequence[Key] = (),
    fixed: Collection[int] = (),
) -> Lattice:
    """Price candidates and their joins by the chord model, the voices' motion and the basses.

    groups   candidates by the span on which they start
    places   of the spans
    keys     of the spans, where the key changes
    fixed    spans that stay as they are

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.theory.chart import read_chart
    >>> from tapeloom.theory.palette import STYLES
    >>> setting = Setting(read_chart("G7 | C"), Key("C", "major"), STYLES["jazz"])
    >>> from tapeloom.theory.substitutions import candidates
    >>> groups = [candidates(setting, 0), candidates(setting, 1)]
    >>> lattice = build(setting, groups, places=[Place(0, 0), Place(0, 1)], fixed=[1])
    >>> path = lattice.solve(lattice.weigh(0.0), 0.0, reward=1.0)
    >>> [lattice.edges[i].technique for i in path]
    ['kept', 'kept']
    """
    model = chord_model()
    keys = keys or [setting.key] * len(groups)
    held = set(fixed)
    edges = [
        c
        for group in groups
        for c in group
        if c.technique == "kept" or not held.intersection(range(c.first, c.last))
    ]
    count = len(groups)
    whole = max(sum(s.end - s.start for s in setting.spans), 1)
    lengths = [s.end - s.start for s in setting.spans]
    sizes = np.array([
        TECHNIQUES[c.technique].size * sum(lengths[c.first : c.last]) / whole for c in edges
    ])  # fmt: skip
    costs = np.array(
        [c.cost + _inner(setting, c, model, keys[c.first]) + _haste(setting, c) for c in edges]
    )
    liked = setting.style.qualities
    plain = np.array([
        float(c.technique == "kept" and c.spans[0].chord.quality not in liked) for c in edges
    ])  # fmt: skip
    index = range(len(edges))
    starting = tuple(np.array([i for i in index if edges[i].first == j]) for j in range(count))
    ending = tuple(np.array([i for i in index if edges[i].last == j], np.intp)
                   for j in range(count + 1))  # fmt: skip
    joins = [np.zeros((0, 0))] + [
        _join(setting, [edges[i] for i in ending[j]], [edges[i] for i in starting[j]],
              model, places[j], keys[j])
        for j in range(1, count)
    ]  # fmt: skip
    return Lattice(
        tuple(edges),
        costs,
        np.array([TECHNIQUES[c.technique].boldness for c in edges]),
        np.array([c.distance * (c.last - c.first) for c in edges]),
        plain,
        np.array([_moves_anchor(setting, c, places[c.first], keys[c.first]) for c in edges]),
        sizes,
        starting,
        ending,
        tuple(joins),
    )


def _moves_anchor(setting: Setting, candidate: Candidate, place: Place, key: Key) -> float:
    """Return 1 where a candidate takes a tonic away that opens four bars, else 0."""
    old = setting.spans[candidate.first].chord
    opens = place.beat == 0 and place.bar % 4 == 0 and old.root == key.pitch_class
    return float(opens and candidate.spans[0].chord.root != old.root)


def _haste(setting: Setting, candidate: Candidate) -> float:
    """Return what a foreign chord of less than a bar costs: it needs time to be understood."""
    span = candidate.spans[0]
    short = span.end - span.start < setting.bar_ticks(span.start)
    return HASTE * (short and candidate.technique in _FOREIGN)


def _history(setting: Setting, candidate: Candidate) -> list[int]:
    """Return the symbols up to a candidate's end: its own and, if few, the old ones before."""
    old = [symbol(s.chord) for s in setting.spans[max(candidate.first - 2, 0) : candidate.first]]
    return [*old, *(symbol(span.chord) for span in candidate.spans)]


def _inner(setting: Setting, candidate: Candidate, model: ChordModel, key: Key) -> float:
    """Return what the surprise within a candidate costs."""
    if len(candidate.spans) == 1:
        return 0.0
    past = _history(setting, candidate)
    before = len(past) - len(candidate.spans)
    total = 0.0
    for i in range(1, len(candidate.spans)):
        p = model.predict(past[: before + i], key)[past[before + i]]
        total += SURPRISE * (max(-float(np.log2(p)), LEAST_BITS) - USUAL_BITS)
    return total


def _join(
    setting: Setting,
    before: Sequence[Candidate],
    after: Sequence[Candidate],
    model: ChordModel,
    place: Place,
    key: Key,
) -> NDArray[np.float64]:
    """Return what each join costs, shape (before, after)."""
    lasts = [c.spans[-1].chord for c in before]
    firsts = [c.spans[0].chord for c in after]
    chances = np.array([model.predict(_history(setting, c), key, place=place)
                        for c in before])  # fmt: skip
    symbols = [symbol(chord) for chord in firsts]
    cost = SURPRISE * (np.maximum(-np.log2(chances[:, symbols]), LEAST_BITS) - USUAL_BITS)
    # What leads on may surprise as it comes in: that is its charm.
    cost *= np.where([c.expects is not None for c in after] & (cost > 0.0), 0.5, 1.0)
    cost += MOTION * tone_motion(lasts, firsts)
    roots = np.array([chord.root for chord in firsts])
    expected = np.array([-1 if c.expects is None else c.expects for c in before])
    cost += FORBIDDEN * ((expected[:, None] >= 0) & (expected[:, None] != roots))
    changed = np.array([c.technique != "kept" for c in before])[:, None] | np.array(
        [c.technique != "kept" for c in after]
    )
    falls = np.isin((np.array([chord.root for chord in lasts])[:, None] - roots) % 12, (0, 1, 7))
    foreign = np.array([c.technique in _FOREIGN for c in before])[:, None]
    foreign = foreign & np.array([c.technique in _FOREIGN for c in after])
    cost += WANDERING * (foreign & ~falls)
    was_same = setting.spans[after[0].first - 1].chord == setting.spans[after[0].first].chord
    same = np.array([symbol(chord) for chord in lasts])[:, None] == np.array(symbols)
    if was_same:
        # Two stretches of one long chord keep one colour.
        lasting_colour = np.array([chord.quality for chord in lasts])[:, None]
        cost += 0.7 * (same & (lasting_colour != np.array([chord.quality for chord in firsts])))
    else:
        cost += 1.5 * (same & changed)
    minor_two = np.array([chord.quality.startswith("hdim") for chord in lasts])[:, None]
    fifth = (np.array([chord.root for chord in lasts])[:, None] - roots) % 12 == 7
    bright = np.array([FAMILIES[family(chord.quality)] == "dominant" and 13 not in chord.intervals
                       and bool({14, 21} & set(chord.intervals)) for chord in firsts])  # fmt: skip
    cost += BRIGHTNESS * (minor_two & fifth & bright & changed)
    if setting.melody:
        # A note that is short on either side may be long over both.
        columns: dict[Chord, list[int]] = {}
        for column, chord in enumerate(firsts):
            columns.setdefault(chord, []).append(column)
        for row, chord in enumerate(lasts):
            for column in columns.get(chord, ()):
                if not changed[row, column]:
                    continue
                start, end = before[row].spans[-1].start, after[column].spans[0].end
                cost[row, column] += FORBIDDEN * clashes(chord, setting.over(start, end))
    basses = np.array([chord.bass_pitch_class for chord in firsts])
    lasting = np.array([chord.bass_pitch_class for chord in lasts])[:, None]
    slash = np.array([chord.bass is not None for chord in lasts])[:, None]
    steps = np.isin((lasting - basses) % 12, (1, 2, 10, 11))
    holds = lasting == basses
    slashed = np.array([chord.bass is not None for chord in firsts])
    # An inversion is a passing bass: it is reached by step, or from its own root, and left by step.
    own = np.array([chord.root for chord in lasts])[:, None] == roots
    cost += np.where(slash & changed, np.where(steps, -0.2, np.where(holds, 0.1, 1.2)), 0.0)
    reached = np.where(steps, -0.1, np.where(holds | own, 0.1, 0.9))
    cost += np.where(slashed & changed, reached, 0.0)
    return np.asarray(cost)


def tone_motion(before: Sequence[Chord], after: Sequence[Chord]) -> NDArray[np.float64]:
    """Return the mean semitones from the tones of some chords to the nearest tones of others.

    >>> tone_motion([Chord.parse("G7")], [Chord.parse("C"), Chord.parse("F#")])
    array([[1., 1.]])
    """
    tones = np.zeros((len(before), 12))
    for row, chord in zip(tones, before, strict=True):
        row[list(chord.pitch_classes)] = 1.0 / len(set(chord.pitch_classes))
    away = np.empty((len(after), 12))
    classes = np.arange(12)
    for row, chord in zip(away, after, strict=True):
        gap = np.abs(classes[:, None] - np.array(chord.pitch_classes))
        row[:] = np.minimum(gap, 12 - gap).min(axis=1)
    return np.asarray(tones @ away.T)
