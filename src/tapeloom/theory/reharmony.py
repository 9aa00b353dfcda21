"""Reharmonisation: other chords under the same melody, by an amount, in a style, with reasons."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, Meters, meter_at
from tapeloom.core.score import ChordSpan, Note, Score, Section
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import chord_text, write_chart
from tapeloom.theory.chord_model import key_of
from tapeloom.theory.families import family
from tapeloom.theory.lattice import Lattice, build
from tapeloom.theory.melody_fit import describe, misfit
from tapeloom.theory.palette import harmony_style
from tapeloom.theory.places import Place, places
from tapeloom.theory.setting import Setting
from tapeloom.theory.substitutions import candidates
from tapeloom.theory.techniques import Candidate

FREE_END = 0.95  # above this amount even the last chord may go elsewhere
FAR_END = 1.5  # cost of an end away from its root
SHARE = 0.75  # of the piece that changes at amount 1, a new chord counting about 0.8
REWARD = 1.8  # the most that a change is sought for, at half amount
SPREAD = 0.35  # how much chance weighs against the costs


@dataclass(frozen=True, slots=True)
class Change:
    """What was put in place of what, and why."""

    start: int  # ticks
    end: int
    before: tuple[Chord, ...]
    after: tuple[Chord, ...]
    technique: str  # a name in substitutions.TECHNIQUES
    reason: str
    melody: str = ""  # what the melody is over the chord that is new
    following: Chord | None = None  # what comes next

    def text(self, key: Key | None = None) -> str:
        """Write the change as one line."""
        ahead = (*self.after[1:], self.following)
        pairs = zip(self.after, ahead, strict=True)
        new = " ".join(chord_text(chord, key, following=next_) for chord, next_ in pairs)
        old = " ".join(chord_text(chord, key) for chord in self.before)
        return "; ".join(filter(None, (f"{new} for {old}: {self.reason}", self.melody)))


@dataclass(frozen=True, slots=True)
class Reharmonisation:
    """New chords, what was changed, and what they cost (a mean by span; lower is better)."""

    chords: tuple[ChordSpan, ...]
    changes: tuple[Change, ...]
    cost: float
    key: Key
    meters: Meters = ((0, Meter()),)
    misfit: float = 0.0  # quarters of clash with the melody by quarter of the piece

    def chart(self) -> str:
        """Write the chords as bars."""
        return write_chart(self.chords, meters=self.meters, key=self.key)

    def explanations(self) -> tuple[str, ...]:
        """Write each change as one line."""
        return tuple(change.text(self.key) for change in self.changes)


def reharmonise(
    chords: Sequence[ChordSpan] | Score,
    *,
    key: Key | None = None,
    keys: Sequence[tuple[int, Key]] = (),
    melody: Sequence[Note] = (),
    meters: Meters | None = None,
    sections: Sequence[Section] = (),
    amount: float = 0.5,
    style: str = "jazz",
    locks: Collection[int] = (),
    rng: np.random.Generator | None = None,
    count: int = 1,
) -> tuple[Reharmonisation, ...]:
    """Find other chords for a melody or a progression, the best first.

    chords   spans in order, or a score that holds them (then its melody, key, meters, sections too)
    key      found from the chords where it isn't given
    keys     (tick, key) where the key changes; each chord is judged in the one that holds
    amount   0 changes nothing, 1 as much as suits; bold techniques come in as it grows
    style    a name in palette.STYLES
    locks    indices of chords that are to stay, from 0
    rng      same state, same result; None is a fixed one
    count    alternatives, 1..32; fewer come back where there are no more

    No chord that is put in has an avoid note under a melody note of a quarter or longer. The last
    chord keeps its root unless the amount is above 0.95.

    >>> from tapeloom.theory.chart import read_chart
    >>> tune = read_chart("Dm7 G7 Cmaj7 Cmaj7")
    >>> found = reharmonise(tune, amount=0.6, locks=[2, 3])[0]
    >>> [str(span.chord) for span in found.chords[-2:]]
    ['Cmaj7', 'Cmaj7']
    >>> reharmonise(tune, amount=0.0)[0].chords == tune
    True
    """
    if isinstance(chords, Score):
        keys = keys or (chords.keys if key is None else ())
        key = key or chords.key
        meters = meters or chords.meters
        sections = sections or chords.sections
        tunes = [part.notes for part in chords.parts if part.role == "melody"]
        melody = melody or (tunes[0] if tunes else ())
        chords = chords.chords
    spans = tuple(chords)
    meters = meters or ((0, Meter()),)
    _check(spans, amount, locks, count)
    key = key or key_of([span.chord for span in spans])
    line = tuple(sorted(melody))
    if amount == 0.0:
        setting = Setting(spans, key, harmony_style(style), meters, line)
        return (_result(setting, [_kept(i, span) for i, span in enumerate(spans)], 0.0),)
    spans, origins = _divide(spans, meters, set(locks))
    fixed = [i for i, origin in enumerate(origins) if origin in set(locks)]
    setting = Setting(spans, key, harmony_style(style), meters, line)
    local = [_key_at(span.start, keys, key) for span in spans]
    settings = {each: setting.in_key(each) for each in set(local)}
    groups = [candidates(settings[each], i) for i, each in enumerate(local)]
    spots = places(
        [span.start for span in spans], meters=meters, sections=sections, end=spans[-1].end
    )
    lattice = build(setting, _allowed(groups, amount), places=spots, keys=local, fixed=fixed)
    rng = np.random.default_rng(0) if rng is None else rng
    paths = _alternatives(setting, lattice, amount, rng, count)
    return tuple(
        _result(setting, [lattice.edges[i] for i in path], cost, origins) for cost, path in paths
    )


def vary(
    chords: Sequence[Chord],
    key: Key,
    *,
    rng: np.random.Generator,
    amount: float = 0.3,
    style: str = "lofi",
    locks: Collection[int] = (),
) -> tuple[Chord, ...]:
    """Vary a progression that goes round: as many chords as before, of a bar each, no melody.

    >>> line = [Chord.parse(name) for name in ("Cmaj9", "Am9", "Dm9", "G13")]
    >>> len(vary(line, Key("C", "major"), rng=np.random.default_rng(1), amount=0.5))
    4
    """
    bar = 4 * PPQ
    # The first chord once more, so that the last one leads there.
    around = (*chords, *chords[:1])
    spans = tuple(ChordSpan(i * bar, (i + 1) * bar, chord) for i, chord in enumerate(around))
    _check(spans[:-1], amount, locks, 1)
    if amount == 0.0:
        return tuple(chords)
    setting = Setting(spans, key, harmony_style(style))
    groups = [
        [c for c in candidates(setting, i, splits=False) if len(c.spans) == c.last - c.first]
        for i in range(len(spans))
    ]
    spots = [Place(0, i % 8) for i in range(len(spans))]
    lattice = build(setting, _allowed(groups, amount), places=spots, fixed=(*locks, len(chords)))
    path = _alternatives(setting, lattice, amount, rng, 1)[0][1]
    return tuple(span.chord for i in path for span in lattice.edges[i].spans)[:-1]


def _check(spans: Sequence[ChordSpan], amount: float, locks: Collection[int], count: int) -> None:
    if not spans:
        raise InputError("there are no chords to reharmonise; harmonise finds some for a melody")
    if not 0.0 <= amount <= 1.0:
        raise InputError(f"amount is {amount}; it must lie between 0 and 1")
    if not 1 <= count <= 32:
        raise InputError(f"count is {count}; it must lie between 1 and 32")
    for lock in locks:
        if not 0 <= lock < len(spans):
            raise InputError(f"chord {lock} is locked, but there are chords 0 to {len(spans) - 1}")
    for before, after in itertools.pairwise(spans):
        if after.start < before.end:
            raise InputError("chords must follow one another without overlap")


def _key_at(tick: int, keys: Sequence[tuple[int, Key]], otherwise: Key) -> Key:
    held = [key for start, key in sorted(keys, key=lambda change: change[0]) if start <= tick]
    return held[-1] if held else otherwise


def _kept(index: int, span: ChordSpan) -> Candidate:
    return Candidate(index, index + 1, (span,), "kept", "as it was", 0.0, 0.0)


def _divide(
    spans: Sequence[ChordSpan], meters: Meters, locks: Collection[int]
) -> tuple[tuple[ChordSpan, ...], tuple[int, ...]]:
    """Cut chords of more than two bars into stretches of two, and tell which chord each was."""
    cut: list[ChordSpan] = []
    origins: list[int] = []
    for i, span in enumerate(spans):
        step = 2 * meter_at(meters, span.start).bar_ticks
        starts = [span.start]
        if i not in locks:
            starts = list(range(span.start, span.end, step))
        for start, end in zip(starts, [*starts[1:], span.end], strict=True):
            cut.append(ChordSpan(start, end, span.chord))
            origins.append(i)
    return tuple(cut), tuple(origins)


def _allowed(groups: Sequence[Sequence[Candidate]], amount: float) -> list[list[Candidate]]:
    """Leave out what would move the beginning or the end from its root at this amount."""
    last = len(groups) - 1
    colours = ("kept", "extension", "simplification", "suspension")
    kept = [list(group) for group in groups]
    if amount <= FREE_END:
        kept[last] = [c for c in kept[last] if c.technique in colours]
        for group in kept[:last]:
            group[:] = [c for c in group if c.last <= last or c.technique == "Coltrane changes"]
    else:
        kind = family(kept[last][0].spans[0].chord.quality)
        kept[last] = [
            replace(c, cost=c.cost + FAR_END * (c.technique not in colours))
            for c in kept[last]
            if c.technique in (*colours, "modal interchange", "chromatic mediant")
            and (c.technique in colours or family(c.spans[-1].chord.quality) == kind)
        ]
    home = groups[0][0].spans[0].chord.root
    if amount < 0.5:
        kept[0] = [c for c in kept[0] if c.spans[0].chord.root == home]
    return kept


def _alternatives(
    setting: Setting, lattice: Lattice, amount: float, rng: np.random.Generator, count: int
) -> list[tuple[float, list[int]]]:
    """Return so many different paths with their costs, the cheapest first."""
    costs = lattice.weigh(amount)
    used = np.zeros(len(costs))
    found: dict[tuple[int, ...], float] = {}
    for attempt in range(3 * count):
        draws = rng.standard_normal(len(costs))
        wider = 1.0 + 0.5 * min(attempt, 6)  # later ones look farther off
        noise = wider * SPREAD * _alike(setting, lattice, draws)
        path = lattice.solve(
            costs + noise + 0.8 * used, SHARE * amount, reward=REWARD * (0.5 + amount)
        )
        used[path] += [lattice.edges[i].technique != "kept" for i in path]
        found.setdefault(tuple(path), lattice.price(path, costs) / len(setting.spans))
        if len(found) == count and attempt >= count - 1:
            break
    ranked = sorted((cost, list(path)) for path, cost in found.items())
    return ranked[:count]


def _alike(setting: Setting, lattice: Lattice, draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the same chance to the same change in the same surroundings, so that strains repeat."""
    first: dict[tuple[object, ...], int] = {}
    picks = np.empty(len(draws), np.intp)
    for i, edge in enumerate(lattice.edges):
        old = setting.spans[edge.first]
        after = setting.following(edge.last - 1)
        situation = (edge.technique, old.chord, after, old.end - old.start,
                     tuple(span.chord for span in edge.spans))  # fmt: skip
        picks[i] = first.setdefault(situation, i)
    return np.asarray(draws[picks])


def _result(
    setting: Setting, path: Sequence[Candidate], cost: float, origins: Sequence[int] = ()
) -> Reharmonisation:
    joined: list[ChordSpan] = []
    changes: list[Change] = []
    origin = -1
    for edge in path:
        first, last = edge.spans[0], edge.spans[1:]
        same = bool(origins) and origin == origins[edge.first]
        origin = origins[edge.last - 1] if origins else -1
        change = [] if edge.technique == "kept" else [_change(setting, edge)]
        if same and joined[-1].chord == first.chord:
            joined[-1] = ChordSpan(joined[-1].start, first.end, first.chord)
            if change and changes and changes[-1].after == change[0].after and not last:
                changes[-1] = replace(changes[-1], end=change[0].end)
                change = []
        else:
            joined.append(first)
        joined.extend(last)
        changes.extend(change)
    spans = tuple(joined)
    clash = sum(misfit(span.chord, setting.over(span.start, span.end)) for span in spans)
    quarters = max(sum(span.end - span.start for span in spans) / PPQ, 1e-9)
    return Reharmonisation(
        spans,
        tuple(changes),
        cost,
        setting.key,
        setting.meters,
        clash / quarters,
    )


def _change(setting: Setting, edge: Candidate) -> Change:
    old = setting.spans[edge.first : edge.last]
    before = tuple(span.chord for span in old)
    # The chord that is farthest from what stood there is the one worth a word on the melody.
    known = {chord.root for chord in before}
    new = [span for span in edge.spans if span.chord.root not in known] or list(edge.spans)
    line = describe(new[-1].chord, setting.over(new[-1].start, new[-1].end), key=setting.key)
    if line and len(edge.spans) > 1:
        line = f"{line} ({setting.text(new[-1].chord)})"
    return Change(
        edge.spans[0].start,
        edge.spans[-1].end,
        before,
        tuple(span.chord for span in edge.spans),
        edge.technique,
        edge.reason,
        line,
        setting.following(edge.last - 1),
    )
