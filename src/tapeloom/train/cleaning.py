"""Cleaning songs before models learn from them: what is mended, what is left out, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tapeloom.core.meter import bar_starts
from tapeloom.core.score import ChordSpan, Mark, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.fingerprints import line_of, note_passages
from tapeloom.neural.tokens import knows
from tapeloom.train.corpus.song import Song

RANGE = (21, 108)  # MIDI pitches of a piano's keys: what lies beyond is a mistake
STUCK = 16 * PPQ  # ticks: a longer note was left on
LONGEST_SILENCE = 2  # bars in a row without a note or a chord; more are cut out
FEWEST_EVENTS = 8  # notes and chords of a song
TEMPI = (40.0, 340.0)  # quarter notes a minute: others are halved or doubled into it
SAME = 0.3  # share of the smaller song's melody passages: two songs are one
FEWEST_COMMON = 12  # passages
GRID = PPQ // 24  # ticks of a place of the tokens' grid
SIXTEENTHS, TRIPLETS = (0, 6, 12, 18, 24), (0, 8, 16, 24)  # places of a quarter
JITTER = 1  # places off one of them that an onset may be played
STROKES = ((0, 40), (48, 72), (96, 104))  # a drum stroke's least velocity -> what is written
ACCENT = 20  # velocities above or below its bar's middle that a note is written with
COMMONPLACE = 12  # songs: a passage that more of them have makes no two of them the same


@dataclass(slots=True)
class CleaningReport:
    """What was done to how many songs."""

    kept: Counter[str] = field(default_factory=Counter)  # by source
    dropped: list[tuple[str, str, str]] = field(default_factory=list)  # source, key, why
    mended: Counter[tuple[str, str]] = field(default_factory=Counter)  # (source, what) -> songs


def clean(songs: Iterable[Song], report: CleaningReport) -> Iterator[Song]:
    """Mend what can be mended, leave out the rest, one song at a time.

    A second version of a melody under another key is left out, so that no song lies on both sides
    of the split; other performances under the same key stay.
    """
    known = Twins()
    for song in songs:
        mended, notes = mend(song.score)
        why = fault(mended)
        twin = known.twin_of(song.key, mended) if why is None else None
        if why is None and twin is not None:
            why = f"it is {twin} under another name"
        if why is not None:
            report.dropped.append((song.source, song.key, why))
            continue
        report.kept[song.source] += 1
        report.mended.update((song.source, note) for note in notes)
        yield replace(song, score=mended)


def fault(score: Score) -> str | None:
    """Tell why nothing can be learned from a score; None where something can."""
    strange = next((meter for _, meter in score.meters if not knows(meter)), None)
    if strange is not None:
        return f"it has bars of {strange}"
    events = sum(len(part.notes) for part in score.parts) + len(score.chords)
    if events < FEWEST_EVENTS:
        return f"it has {events} notes and chords"
    return None


def mend(score: Score) -> tuple[Score, tuple[str, ...]]:
    """Return a score without stuck, stray or doubled notes, upbeats and long silences.

    >>> stuck = Score((Part("a", "keys", notes=(Note(0, 40 * PPQ, 60),)),))
    >>> mend(stuck)[1]
    ('stuck notes',)
    """
    told: list[str] = []
    parts = tuple(_as_written(_mend_part(part, told), score, told) for part in score.parts)
    parts = tuple(part for part in parts if part.notes)
    score = replace(score, parts=parts)
    for name, mending in (("an upbeat", _fill_upbeat), ("silences", _cut_silences),
                          ("its tempo", _fold_tempo)):  # fmt: skip
        changed = mending(score)
        if changed != score:
            told.append(name)
            score = changed
    return score, tuple(dict.fromkeys(told))


def _mend_part(part: Part, told: list[str]) -> Part:
    notes: dict[tuple[int, int], Note] = {}
    for note in part.notes:
        if part.role != "drums" and not RANGE[0] <= note.pitch <= RANGE[1]:
            told.append("notes out of range")
            continue
        kept = note
        if note.duration > STUCK:
            told.append("stuck notes")
            kept = replace(note, duration=4 * PPQ)
        at = kept.start, kept.pitch
        if at in notes:
            told.append("doubled notes")
        if at not in notes or notes[at].duration < kept.duration:
            notes[at] = kept
    return replace(part, notes=tuple(notes.values()))


def _as_written(part: Part, score: Score, told: list[str]) -> Part:
    """Return a part as it would be written: a score has no performance in it (compose/perform).

    Onsets next to a sixteenth or a triplet go there; a note lasts whole sixteenths, of triplets
    whole triplets. A pitched note has its bar's level or an accent, a drum stroke is soft, plain or
    loud.
    """
    if part.role == "drums":
        notes = tuple(replace(n, velocity=_stroke(n.velocity)) for n in part.notes)
    else:
        middle = _levels(part, score)
        bar = score.meters[0][1].bar_ticks
        written: dict[tuple[int, int], Note] = {}
        for note in part.notes:
            start = _near(note.start, (*SIXTEENTHS, *TRIPLETS), JITTER)
            grid = TRIPLETS if start % PPQ in (8 * GRID, 16 * GRID) else SIXTEENTHS
            end = max(_near(note.end, grid, 24), start + grid[1] * GRID)
            level = middle[note.start // bar]
            off = note.velocity - level
            velocity = level if abs(off) < ACCENT else level + (ACCENT if off > 0 else -ACCENT)
            fresh = Note(start, end - start, note.pitch, min(max(velocity, 1), 127))
            written.setdefault((start, note.pitch), fresh)
        notes = tuple(written.values())
    changed = replace(part, notes=notes)
    if changed.notes != part.notes:
        told.append("what is played, not written")
    return changed


def _stroke(velocity: int) -> int:
    return max(level for least, level in STROKES if velocity >= least)


def _levels(part: Part, score: Score) -> dict[int, int]:
    """Return the middle velocity of each bar's notes."""
    bar = score.meters[0][1].bar_ticks
    held: dict[int, list[int]] = {}
    for note in part.notes:
        held.setdefault(note.start // bar, []).append(note.velocity)
    return {number: sorted(values)[len(values) // 2] for number, values in held.items()}


def _near(tick: int, places: Sequence[int], reach: int) -> int:
    """Return the nearest of a quarter's places, if it is no more than `reach` places off.

    >>> _near(PPQ + GRID, SIXTEENTHS, 1) == PPQ, _near(3 * GRID, SIXTEENTHS, 1) == 3 * GRID
    (True, True)
    """
    quarter, rest = divmod(tick, PPQ)
    place = min(places, key=lambda place: abs(rest - place * GRID))
    return quarter * PPQ + place * GRID if abs(rest - place * GRID) <= reach * GRID else tick


def _fill_upbeat(score: Score) -> Score:
    """Make a short first bar whole by silence before it; a short last one stays as it is."""
    meters = list(score.meters)
    if (
        len(meters) > 1
        and not knows(meters[-1][1])
        and score.end - meters[-1][0] <= (meters[-2][1].bar_ticks)
    ):
        meters.pop()  # a last bar that the upbeat completes
    if len(meters) > 1 and not knows(meters[0][1]):
        short, whole = meters[0][1].bar_ticks, meters[1][1].bar_ticks
        if meters[1][0] == short < whole:
            later = whole - short
            moved = [(0, meters[1][1]), *((tick + later, m) for tick, m in meters[2:])]
            return replace(shift(score, later), meters=tuple(moved))
    return replace(score, meters=tuple(meters))


def shift(score: Score, ticks: int) -> Score:
    """Move notes, chords and sections later, or earlier where `ticks` is negative; meters stay."""
    return replace(
        score,
        parts=tuple(
            replace(
                part,
                notes=tuple(replace(n, start=n.start + ticks) for n in part.notes),
                marks=tuple(Mark(m.tick + ticks, m.pitch, m.name) for m in part.marks),
            )
            for part in score.parts
        ),
        chords=tuple(ChordSpan(c.start + ticks, c.end + ticks, c.chord) for c in score.chords),
        sections=tuple(
            replace(s, start=s.start + ticks, end=s.end + ticks) for s in score.sections
        ),
        keys=tuple((max(tick + ticks, 0), key) for tick, key in score.keys),
    )


def _cut_silences(score: Score) -> Score:
    """Cut bars in which nothing sounds, but for LONGEST_SILENCE of them; none at the beginning."""
    if len(score.meters) > 1 or not score.end:
        return score
    bar = score.meters[0][1].bar_ticks
    count = len(bar_starts(score.meters, max(score.end, _chord_end(score))))
    sounds = np.zeros(count, np.bool_)
    for part in score.parts:
        for note in part.notes:
            sounds[note.start // bar : -(-note.end // bar)] = True
    for span in score.chords:
        sounds[span.start // bar : -(-span.end // bar)] = True
    if sounds.all():
        return score
    silent = 0
    keep = np.ones(count, np.bool_)
    begun = False
    for number, sound in enumerate(sounds):
        begun = begun or bool(sound)
        silent = 0 if sound else silent + 1
        keep[number] = sound or (begun and silent <= LONGEST_SILENCE)
    if keep.all():
        return score
    earlier = bar * np.cumsum(~keep)

    def at(tick: int) -> int:
        return tick - int(earlier[min(tick // bar, count - 1)])

    return replace(
        score,
        parts=tuple(
            replace(part, notes=tuple(replace(n, start=at(n.start)) for n in part.notes), marks=())
            for part in score.parts
        ),
        chords=tuple(
            ChordSpan(at(c.start), at(c.start) + c.end - c.start, c.chord) for c in score.chords
        ),
        sections=(),
        keys=score.keys[:1],
    )


def _chord_end(score: Score) -> int:
    return score.chords[-1].end if score.chords else 0


def _fold_tempo(score: Score) -> Score:
    bpm = float(score.tempo.initial_bpm)
    folded = bpm
    while folded < TEMPI[0]:
        folded *= 2
    while folded > TEMPI[1]:
        folded /= 2
    return score if folded == bpm else replace(score, tempo=TempoMap.constant(folded))


class Twins:
    """Remembers the melodies that went by, whatever their key and tempo."""

    def __init__(self) -> None:
        self._owners: dict[int, set[str]] = {}
        self._sizes: dict[str, int] = {}

    def twin_of(self, key: str, score: Score) -> str | None:
        """Return the key of a song before this one that has the same melody, and remember it."""
        hashes = _melody_hashes(score)
        common: Counter[str] = Counter()
        for value in hashes:
            owners = self._owners.get(value, set())
            if len(owners) <= COMMONPLACE:
                common.update(owners - {key})
        for other, count in common.most_common(3):
            if count >= max(FEWEST_COMMON, SAME * min(self._sizes[other], len(hashes))):
                return other
        for value in hashes:
            self._owners.setdefault(value, set()).add(key)
        self._sizes[key] = max(self._sizes.get(key, 0), len(hashes))
        return None


def _melody_hashes(score: Score) -> set[int]:
    found: set[int] = set()
    for part in score.parts:
        if part.role == "melody":
            passages = note_passages(line_of(part))
            found |= set(passages.hashes[passages.telling].tolist())
    return found
