"""Pieces and passages whose keys are known: songs, lead sheets set for piano, exercises."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Key
from tapeloom.core.score import Score
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.key_evidence import key_evidence
from tapeloom.theory.key_lines import line_evidence
from tapeloom.train.corpus.lead_sheet import LeadSheet, is_validation
from tapeloom.train.exercises import exercise
from tapeloom.train.harmonies import Harmony
from tapeloom.train.textures import accompany

KINDS = ("song", "part", "sheet", "minor_sheet", "jazz", "minor_jazz", "exercise", "assembled")
PASSAGE_TICKS = 32 * PPQ
PARTS = 8  # long parts taken of each song
_CLEAN = 0.12  # share of the notes that a passage of a lead sheet may have outside of its key
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 9, 10, 11)
# Where pieces go from their key, and how often.
_EXCURSIONS = {
    "major": (("7 major", 4), ("9 minor", 2), ("5 major", 2), ("2 minor", 1), ("0 minor", 1),
              ("4 minor", 0.7), ("8 major", 0.4), ("3 major", 0.3)),
    "minor": (("3 major", 5), ("7 minor", 2), ("5 minor", 2), ("8 major", 1.5), ("0 major", 1.2),
              ("10 major", 0.6)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence of one piece, and its key."""

    vectors: NDArray[np.float64]
    keywise: NDArray[np.float64]
    lines: NDArray[np.float64]
    key: int  # tonic's pitch class, 12 more in minor
    kind: str  # one of KINDS
    song: str  # the same for all examples of a song
    is_validation: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch in one key, its tonic moved to C."""

    events: Events  # from tick 0
    length: int
    close: int  # where its last tonic chord after a dominant begins; 0 where there is none
    closed: int  # and ends


def number_of(key: Key) -> int:
    """Return the number of a major or minor key.

    >>> number_of(Key("A", "minor"))
    21
    """
    return key.pitch_class + 12 * key.is_minor


def heard(events: Events, key: int, kind: str, song: str) -> Example:
    """Take the evidence of events; the song is moved to begin with the first note's bar.

    >>> from tapeloom.core.score import Note
    >>> heard(Events.from_notes([Note(0, PPQ, 60)]), 0, "song", "001").is_validation
    False
    """
    lines = line_evidence(events)
    return Example(*key_evidence(events), lines, key, kind, song, is_validation(song))


def cut(events: Events, start: int, end: int) -> Events:
    """Cut out a passage and move it to tick 0.

    >>> from tapeloom.core.score import Note
    >>> cut(Events.from_notes([Note(0, 9, 60)]), 4, 8).end
    array([4])
    """
    held = events.between(start, end)
    return Events.from_columns(held.onset - start, held.end - start, held.pitch, held.part)


def key_spans(score: Score, events: Events) -> list[tuple[int, int, int]]:
    """List where each stated key begins and ends, in ticks, and its number.

    The last one ends with the last note's bar of four quarters; without notes or keys there are
    none.

    >>> from tapeloom.core.score import Note, Part
    >>> score = Score((Part("piano", "keys", notes=(Note(0, PPQ, 60),)),))
    >>> key_spans(score, Events.from_score(score))
    []
    """
    if not score.keys or not len(events):
        return []
    last = (int(events.onset.max()) // (4 * PPQ) + 1) * 4 * PPQ
    starts = [0, *(max(tick, 0) for tick, _ in score.keys[1:])]
    numbers = [number_of(key) for _, key in score.keys]
    return list(zip(starts, [*starts[1:], last], numbers, strict=True))


def passages(
    events: Events, spans: Iterable[tuple[int, int, int]], *, step: int
) -> Iterator[tuple[Events, int]]:
    """Yield passages of eight bars, one begun every `step` ticks of each key's span, with its key.

    At least six of the bars lie in the span; what holds less than twenty notes is left out.
    """
    for start, stop, key in spans:
        begin = -(-start // (4 * PPQ)) * 4 * PPQ
        for at in range(begin, stop - 24 * PPQ, step):
            passage = cut(events, at, at + PASSAGE_TICKS)
            if len(passage) >= 20:
                yield passage, key


def songs(sheets: Iterable[LeadSheet], rng: np.random.Generator) -> Iterator[tuple[Example, bool]]:
    """Yield whole songs of one key, long parts of them, and passages of eight bars.

    The second value tells whether it is a passage.
    """
    for sheet in sheets:
        events, song = Events.from_score(sheet.score), sheet.title
        spans = key_spans(sheet.score, events)
        if not spans:
            continue
        bars = spans[-1][1] // (4 * PPQ)
        keys = {key for _, _, key in spans}
        if len(keys) == 1:
            (whole,) = keys
            yield heard(events, whole, "song", song), False
            for _ in range(PARTS):
                first = int(rng.integers(0, max(1, int(bars * 0.5)) + 1))
                length = max(16, int(rng.uniform(0.3, 1.0) * bars))
                part = cut(events, first * 4 * PPQ, (first + length) * 4 * PPQ)
                if len(part) > 60:
                    yield heard(part, whole, "part", song), False
        for passage, key in passages(events, spans, step=16 * PPQ):
            yield heard(passage, key, "song", song), True


def set_sheet(score: Score, rng: np.random.Generator, *, to_minor: bool = False) -> Events:
    """Set a lead sheet for piano; `to_minor` turns a tune in major into its parallel minor.

    Then diatonic chords and the melody get the minor third and sixth, the dominant stays; the
    third and sixth degrees' chords get the minor seventh degree too.
    """
    tonic = score.keys[0][1].pitch_class
    plain = rng.random() < 0.6
    chords = []
    for span in score.chords:
        steps = [step % 12 for step in span.chord.intervals]
        if plain:
            keep = 4 if {3, 6} <= set(steps) or {4, 10} <= set(steps) else 3
            steps = steps[:keep]
        played = tuple(dict.fromkeys((span.chord.root + step) % 12 for step in steps))
        bass = span.chord.bass_pitch_class
        if to_minor and {(pc - tonic) % 12 for pc in played} <= set(_MAJOR):
            darker = {4: 3, 9: 8} | ({11: 10} if (played[0] - tonic) % 12 in (4, 9) else {})
            played = tuple(_darken(pc, tonic, darker) for pc in played)
            bass = _darken(bass, tonic, darker)
        chords.append(
            Harmony(span.start, span.end, played[0], "maj", bass, frozenset(played), played)
        )
    texture = str(rng.choice(["block", "block", "offbeat", "broken", "sweep"]))
    rows = accompany(rng, chords, texture, low=int(rng.integers(33, 46)))
    notes = score.parts[0].notes if score.parts else ()
    lift = 12 * int(rng.integers(2))
    for note, after in itertools.zip_longest(notes, notes[1:]):
        pitch = note.pitch
        degree = (pitch - tonic) % 12
        move = after.pitch - pitch if after is not None else 0
        rising = move > 0 and (degree + move) % 12 == 11
        falling = move < 0 and (degree + move) % 12 == 9
        if to_minor and (degree == 4 or (degree == 9 and not rising) or (degree == 11 and falling)):
            pitch -= 1
        rows.append((note.start, note.end, pitch + lift, 0))
    return Events.from_columns(*np.array(rows, np.int64).reshape(-1, 4).T)


def _darken(pitch_class: int, tonic: int, darker: dict[int, int]) -> int:
    degree = (pitch_class - tonic) % 12
    return (tonic + darker.get(degree, degree)) % 12


def sheets(
    tunes: Iterable[LeadSheet], rng: np.random.Generator, *, kind: str, times: int = 1
) -> Iterator[tuple[Example, bool]]:
    """Yield lead sheets set for piano, whole and in passages of eight bars, major ones twice."""
    for tune in tunes:
        if any("key" in problem or "tonic" in problem for problem in tune.problems):
            continue
        key = tune.score.keys[0][1]
        bar = tune.score.meters[0][1].bar_ticks
        for to_minor in (False, True)[: 1 if key.is_minor else 2]:
            number = key.pitch_class + 12 * (to_minor or key.is_minor)
            name = f"minor_{kind}" if to_minor else kind
            for _ in range(times):
                events = set_sheet(tune.score, rng, to_minor=to_minor)
                if len(events) < 20:
                    continue
                yield heard(events, number, name, tune.title), False
                for at in range(int(rng.integers(4)) * bar, events.last - 4 * bar, 8 * bar):
                    passage = cut(events, at, at + 8 * bar)
                    if len(passage) >= 16 and _is_clean(passage, number):
                        yield heard(passage, number, name, tune.title), True


def _is_clean(events: Events, key: int) -> bool:
    """Tell whether few notes lie outside of the key."""
    scale = _MINOR if key >= 12 else _MAJOR
    inside = np.isin((events.pitch - key) % 12, scale)
    lengths = events.end - events.onset
    return bool(lengths[~inside].sum() <= _CLEAN * lengths.sum())


def exercises(count: int, rng: np.random.Generator) -> Iterator[Example]:
    """Yield passages of exercises, each in one key for 85 % of its time or more.

    >>> example = next(exercises(1, np.random.default_rng(0)))
    >>> example.kind, 0 <= example.key < 24
    ('exercise', True)
    """
    made = 0
    while made < count:
        piece = exercise(rng, length=int(rng.integers(20, 60)))
        last = piece.chords[-1].end
        length = int(rng.choice([12, 16, 24, 24, 32, 32])) * PPQ
        for at in range(0, max(last - length * 7 // 10, 1), length):
            start = at + int(rng.integers(4)) * PPQ
            times: dict[int, int] = {}
            for chord in piece.chords:
                shared = min(chord.end, start + length) - max(chord.start, start)
                if shared > 0 and chord.key is not None:
                    number = chord.key[0] + 12 * (chord.key[1] == "minor")
                    times[number] = times.get(number, 0) + shared
            passage = cut(piece.events, start, start + length)
            if not times or len(passage) < 16:
                continue
            key = max(times, key=times.__getitem__)
            if times[key] >= 0.85 * sum(times.values()):
                made += 1
                yield heard(passage, key, "exercise", f"exercise {made}")


def gather_sections(count: int, rng: np.random.Generator) -> dict[str, list[Section]]:
    """Cut exercises into sections of one key, by mode."""
    found: dict[str, list[Section]] = {"major": [], "minor": []}
    for _ in range(count):
        piece = exercise(rng, length=int(rng.integers(24, 56)))
        for key, group in itertools.groupby(piece.chords, key=lambda chord: chord.key):
            chords = list(group)
            if key is None or len(chords) < 6:
                continue
            start, stop = chords[0].start, chords[-1].end
            begun = (piece.events.onset >= start) & (piece.events.onset < stop)
            events = Events.from_columns(
                piece.events.onset[begun] - start,
                np.minimum(piece.events.end[begun], stop) - start,
                piece.events.pitch[begun] - key[0],
                piece.events.part[begun],
            )
            close, closed = _last_close(chords, key[0])
            found[key[1]].append(
                Section(events, stop - start, max(close - start, 0), max(closed - start, 0))
            )
    return found


def _last_close(chords: Sequence[Harmony], tonic: int) -> tuple[int, int]:
    """Return where the last tonic triad after a dominant begins and ends; zeros for none."""
    for before, chord in reversed(list(itertools.pairwise(chords[3:]))):
        home = chord.root == chord.bass == tonic and chord.quality in ("maj", "min")
        if home and (before.root - tonic) % 12 in (7, 11):
            return chord.start, chord.end
    return 0, 0


def assemble(
    sections: dict[str, list[Section]], count: int, rng: np.random.Generator
) -> Iterator[Example]:
    """Yield whole pieces: sections at home and away, the last one at home and closing there.

    A few pieces in minor end in major.
    """
    closing = {mode: [s for s in each if s.closed] for mode, each in sections.items()}
    for number in range(count):
        mode = "major" if rng.random() < 0.58 else "minor"
        plan = [(0, mode)]
        for _ in range(int(rng.integers(6))):
            for _ in range(int(rng.choice([1, 1, 2]))):
                names, odds = zip(*_EXCURSIONS[mode], strict=True)
                weights = np.array(odds)
                away, there = str(rng.choice(names, p=weights / weights.sum())).split()
                plan.append((int(away), there))
            plan.append((0, mode))
        final = "major" if len(plan) > 1 and rng.random() < 0.06 else mode
        parts, tick = [], 0
        for shift, there in plan[:-1]:
            section = sections[there][int(rng.integers(len(sections[there])))]
            parts.append(_moved(section.events, tick, shift))
            tick += section.length
        last = closing[final][int(rng.integers(len(closing[final])))]
        parts.append(_moved(_close(last, rng), tick, 0))
        columns = [np.concatenate([getattr(part, name) for part in parts])
                   for name in ("onset", "end", "pitch", "part")]  # fmt: skip
        events = Events.from_columns(*columns)
        if len(events) >= 30:
            yield heard(events, 12 * (mode == "minor"), "assembled", f"assembled {number}")


def _moved(events: Events, ticks: int, shift: int) -> Events:
    return Events.from_columns(
        events.onset + ticks,
        events.end + ticks,
        events.pitch + (shift + 6) % 12 - 6,
        events.part,
    )


def _close(section: Section, rng: np.random.Generator) -> Events:
    """End a section on its last tonic chord, which is often held."""
    events, stop = section.events, section.closed
    ends = np.minimum(events.end, stop)
    kept = events.onset < stop
    if rng.random() < 0.6:
        kept = events.onset <= section.close
        longer = stop + int(rng.choice([0, 1, 2])) * PPQ
        ends = np.where(events.onset == section.close, longer, ends)
    return Events.from_columns(
        events.onset[kept], ends[kept], events.pitch[kept], events.part[kept]
    )
