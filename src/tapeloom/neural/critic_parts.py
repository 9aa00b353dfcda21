"""What a critic looks at in a piece: each part of its judgement measured by itself.

Every measure is a plain number of the score, nan where the score can't tell it (no chords, too few
notes). `neural.critic` turns them into points by what real songs measure.
"""

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import meter_at
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.fingerprints import Line, line_of
from tapeloom.theory.chord_model import chord_model
from tapeloom.theory.events import Events
from tapeloom.theory.keys import find_key
from tapeloom.theory.melody_fit import PRICES, role
from tapeloom.theory.part_writing import KEYBOARD, Rules, find_faults
from tapeloom.theory.places import places
from tapeloom.theory.tension import dissonance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POSITIONS = 16  # of a bar
LAGS = (1, 2, 4, 8)  # bars after which music is expected to come back
RESOLVES = 0.33  # of its price, what a short note that moves on by step costs (see melody_fit)
REGISTERS = {"melody": (52, 91), "bass": (24, 55)}  # MIDI pitches; other parts have the middle
MIDDLE = (36, 91)
OUTER = Rules(
    (KEYBOARD.faults - {"missing third"}) | {"leap", "tritone leap", "direct octave"}
)  # fmt: skip
DEGREES, WIDEST = 12, 12  # of a line's steps: from each degree of the scale, up to an octave
_GUESS = 1 / (2 * WIDEST + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A score laid out for measuring."""

    score: Score
    key: Key
    bars: Ints  # ticks at which bars begin, and where the last one ends
    onset: Ints  # of all pitched notes
    end: Ints
    pitch: Ints
    part: Ints  # number of each note's part
    parts: tuple[Part, ...]  # pitched ones that have notes
    lines: tuple[Line, ...]  # of them

    @classmethod
    def of(cls, score: Score) -> "Page":
        """Lay out a score; a key that it doesn't tell is found."""
        parts = tuple(p for p in score.parts if p.role != "drums" and p.notes)
        notes = [(n.start, n.end, n.pitch, i) for i, p in enumerate(parts) for n in p.notes]
        onset, end, pitch, part = np.array(sorted(notes), np.int64).reshape(-1, 4).T
        starts = score.bar_starts
        last = starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks if starts else 0
        key = score.key
        if key is None:
            heard = [note for p in parts for note in p.notes]
            key = find_key(Events.from_notes(heard), meters=score.meters).key
        bars = np.array([*starts, last], np.int64)
        return cls(score, key, bars, onset, end, pitch, part, parts, tuple(map(line_of, parts)))

    def chord_numbers(self, ticks: Ints) -> Ints:
        """Return the number of the chord that holds at each tick, -1 where none does."""
        spans = self.score.chords
        if not spans:
            return np.full(len(ticks), -1, np.int64)
        at = np.searchsorted([span.start for span in spans], ticks, side="right") - 1
        ends = np.array([span.end for span in spans])
        return np.where((at >= 0) & (ticks < ends[at]), at, -1)

    def offsets(self, ticks: Ints) -> tuple[Ints, Floats]:
        """Return the bar of each tick and how far into it it lies, 0..1."""
        bar = np.clip(np.searchsorted(self.bars, ticks, side="right") - 1, 0, len(self.bars) - 2)
        return bar, (ticks - self.bars[bar]) / np.diff(self.bars)[bar]


@lru_cache(maxsize=1024)
def _prices(chord: Chord) -> tuple[float, ...]:
    """Return what each pitch class costs over a chord, 0 a chord tone to 1 a note to avoid."""
    if chord.bass is None:
        return tuple(PRICES[role(chord.quality, p - chord.root)] for p in range(12))
    plain = _prices(Chord(chord.root, chord.quality))
    return tuple(0.0 if p == chord.bass else price for p, price in enumerate(plain))


def accents(page: Page, ticks: Ints) -> Floats:
    """Return the metrical weight of ticks, from 1 on a downbeat to 0.35 off the beat."""
    _, place = page.offsets(ticks)
    beat = np.isclose(place * 4 % 1.0, 0.0)
    weight = np.where(beat, 0.65, 0.35)
    weight[np.isclose(place, 0.5)] = 0.8
    weight[np.isclose(place, 0.0)] = 1.0
    return weight


def key_fit(page: Page) -> float:
    """Return the share of the sounding time that lies in the key; minor has all its sevenths."""
    if not len(page.pitch):
        return math.nan
    length = page.end - page.onset
    tones = {*page.key.scale}
    if page.key.is_minor:
        tones |= {(page.key.pitch_class + step) % 12 for step in (9, 11)}
    inside = np.isin(page.pitch % 12, list(tones))
    return float(length[inside].sum() / length.sum())


def chord_fit(page: Page) -> float:
    """Return how well notes suit the chords: 1 chord tones alone, 0 notes to avoid alone.

    By length and metrical weight; what is short and moves on by step counts for a third.
    """
    number = page.chord_numbers(page.onset)
    known = number >= 0
    if not known.any():
        return math.nan
    prices = np.array([_prices(span.chord) for span in page.score.chords])
    price = prices[number, page.pitch % 12]
    short = page.end - page.onset < PPQ
    step = np.zeros(len(page.pitch), np.bool_)
    for part in range(len(page.parts)):
        at = np.flatnonzero(page.part == part)
        step[at[:-1]] = np.isin(np.abs(np.diff(page.pitch[at])), (1, 2))
    price = np.where(short & step, RESOLVES * price, price)
    weight = accents(page, page.onset) * np.minimum(page.end - page.onset, 4 * PPQ)
    return float(1.0 - (price * weight)[known].sum() / weight[known].sum())


def bass_fit(page: Page) -> float:
    """Return the share of chords whose lowest note, where they begin, is the chord's bass."""
    spans = [s for s in page.score.chords if s.end - s.start >= PPQ]
    right = told = 0
    for span in spans:
        first, last = np.searchsorted(page.onset, (span.start, span.start + PPQ // 2))
        if last > first:
            told += 1
            right += int(page.pitch[first:last].min()) % 12 == span.chord.bass_pitch_class
    return right / told if told >= 2 else math.nan


def voice_leading(page: Page) -> float:
    """Return the faults of the outer voices (parallels, crossings, awkward leaps) a moment."""
    if len(page.lines) < 2:
        return math.nan
    by_height = sorted(page.lines, key=lambda line: float(line.pitch.mean()))
    voices = [_as_notes(line) for line in (by_height[0], by_height[-1])]
    moments = len({note.start for voice in voices for note in voice})
    return len(find_faults(voices, rules=OUTER)) / moments


def _as_notes(line: Line) -> list[Note]:
    ends = np.append(line.onset[1:], line.onset[-1] + PPQ)
    rows = zip(line.onset.tolist(), (ends - line.onset).tolist(), line.pitch.tolist(), strict=True)
    return [Note(*row) for row in rows]


def continuity(page: Page) -> float:
    """Return how much wider lines step over bar lines than within bars, in semitones."""
    over, within = [], []
    for line in page.lines:
        bar, _ = page.offsets(line.onset)
        step = np.abs(np.diff(line.pitch))
        crossed = np.diff(bar) == 1
        over.append(step[crossed])
        within.append(step[np.diff(bar) == 0])
    if not over or not sum(map(len, over)) or not sum(map(len, within)):
        return math.nan
    return float(np.concatenate(over).mean() - np.concatenate(within).mean())


def line_surprise(page: Page, steps: Floats) -> float:
    """Return how little the steps of melody and bass were to be expected, in bits a note.

    steps   probability of each step (-12..12 semitones) from each degree, shape (12, 25)
    """
    bits = [
        -np.log2(steps[degree, step])
        for line in page.lines if line.kind != "accompaniment"
        for degree, step in [degree_steps(line, page.key)]
    ]  # fmt: skip
    total = np.concatenate([np.zeros(0), *bits])
    return float(total.mean()) if len(total) >= 4 else math.nan


def degree_steps(line: Line, key: Key) -> tuple[Ints, Ints]:
    """Return for each note but the last its degree in semitones and its step + WIDEST.

    In a minor key degrees are counted from the relative major's tonic.
    """
    tonic = key.pitch_class + (3 if key.is_minor else 0)
    step = np.clip(np.diff(line.pitch), -WIDEST, WIDEST) + WIDEST
    return (line.pitch[:-1] - tonic) % 12, step


def count_steps(pages: list[Page]) -> Floats:
    """Count the steps of melodies and basses as probabilities, shape (12, 25)."""
    table = np.full((DEGREES, 2 * WIDEST + 1), _GUESS)
    for page in pages:
        for line in page.lines:
            if line.kind != "accompaniment":
                np.add.at(table, degree_steps(line, page.key), 1.0)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def bar_shapes(page: Page) -> tuple[Floats, Floats]:
    """Return each bar's onsets of all parts (bars, parts x 16) and pitches (bars, 16 x 12)."""
    count = len(page.bars) - 1
    sounding = [part for part in page.score.parts if part.notes]
    rhythm = np.zeros((count, len(sounding), POSITIONS))
    for i, part in enumerate(sounding):
        bar, place = page.offsets(np.array([note.start for note in part.notes], np.int64))
        rhythm[bar, i, (place * POSITIONS).astype(int)] = 1.0
    bar, place = page.offsets(page.onset)
    pitches = np.zeros((count, POSITIONS, 12))
    np.add.at(pitches, (bar, (place * POSITIONS).astype(int), page.pitch % 12), 1.0)
    return rhythm.reshape(count, -1), pitches.reshape(count, -1)


def groove(rhythm: Floats, parts: int) -> float:
    """Return how alike the rhythms of neighbouring bars are, part by part, 0..1."""
    if len(rhythm) < 2 or not parts:
        return math.nan
    return float(1.0 - np.abs(np.diff(rhythm, axis=0)).mean())


def repetition(pitches: Floats) -> tuple[float, float]:
    """Return how much more bars come back after 1, 2, 4 or 8 bars than anywhere, and the variety.

    The likeness of two bars is the cosine of their onsets by place and pitch class; variety is 1
    less the mean likeness of all pairs.
    """
    norm = np.linalg.norm(pitches, axis=1)
    heard = pitches[norm > 0] / norm[norm > 0, None]
    if len(heard) < max(LAGS) + 1:
        return math.nan, math.nan
    alike = heard @ heard.T
    count = len(heard)
    mean = float((alike.sum() - count) / (count * (count - 1)))
    back = max(float(np.diagonal(alike, lag).mean()) for lag in LAGS)
    return back - mean, 1.0 - mean


def register(page: Page) -> float:
    """Return the share of the notes that lie in the register of their role."""
    if not len(page.pitch):
        return math.nan
    bounds = np.array([REGISTERS.get(part.role, MIDDLE) for part in page.parts])[page.part]
    return float(((page.pitch >= bounds[:, 0]) & (page.pitch <= bounds[:, 1])).mean())


def harshness(page: Page) -> tuple[float, float]:
    """Return the mean dissonance on the beats, 0..1, and the share of notes that clash.

    A note clashes where it sounds a semitone or a minor ninth from one of another part on a beat.
    """
    first, last = -(-page.onset // PPQ), -(-page.end // PPQ)  # beats at which a note sounds
    held = last - first
    note = np.repeat(np.arange(len(held)), held)
    beat = np.arange(held.sum()) - np.repeat(np.cumsum(held) - held, held) + first[note]
    own = np.zeros((int(last.max(initial=0)), len(page.parts), 128), np.int64)
    own[beat, page.part[note], page.pitch[note]] = 1
    together = own.sum(axis=(1, 2)) >= 2
    own = own[together]
    if not len(own):
        return math.nan, math.nan
    others = own.sum(axis=1, keepdims=True) - own
    near = np.zeros_like(own)
    for step in (1, 13):
        near[..., step:] |= others[..., :-step]
        near[..., :-step] |= others[..., step:]
    clashing = (near > 0) & (own > 0)
    sounding = np.pad(own.sum(axis=1), ((0, 0), (0, 4)))
    heard = sounding.reshape(len(own), 11, 12).sum(axis=1)
    values = [dissonance(frozenset(np.flatnonzero(row).tolist())) for row in heard]
    return float(np.mean(values)), float(clashing.sum() / own.sum())


def chord_surprise(page: Page) -> float:
    """Return how little the chords were to be expected, in bits a chord."""
    spans = [a for a, b in itertools.pairwise(page.score.chords) if a.chord != b.chord]
    spans += page.score.chords[-1:]
    if len(spans) < 4:
        return math.nan
    spots = places([s.start for s in spans], meters=page.score.meters,
                   sections=page.score.sections, end=int(page.bars[-1]))  # fmt: skip
    chords = [span.chord for span in spans]
    return float(chord_model().surprise(chords, page.key, places=spots).mean())


def measure_parts(score: Score, steps: Floats) -> dict[str, float]:
    """Measure everything that the critic looks at.

    steps   of `count_steps`
    """
    page = Page.of(score)
    if len(page.bars) < 2 or not len(page.pitch):
        return {}
    rhythm, pitches = bar_shapes(page)
    back, variety = repetition(pitches)
    harsh, clashes = harshness(page)
    return {
        "key_fit": key_fit(page),
        "chord_fit": chord_fit(page),
        "bass_fit": bass_fit(page),
        "voice_leading": voice_leading(page),
        "continuity": continuity(page),
        "line_surprise": line_surprise(page, steps),
        "groove": groove(rhythm, len(page.parts)),
        "repetition": back,
        "variety": variety,
        "register": register(page),
        "dissonance": harsh,
        "clashes": clashes,
        "chord_surprise": chord_surprise(page),
        "density": len(page.pitch) / (len(page.bars) - 1),
    }
