"""Looking through a score that somebody edited: what cannot be, and what cannot sound so."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters, count_bars
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import Note, Part, Score, score_from_json
from tapeloom.core.strikes import separate
from tapeloom.core.time import PPQ

MOST_BARS, MOST_NOTES = 5_000, 100_000
MOST_PROBLEMS = 200
_LISTS = ("tempo", "meters", "keys", "chords", "sections", "parts")
_BPM = re.compile(r"[0-9]{1,12}(?:[/.][0-9]{1,12})?", re.ASCII)
_LONGEST = 60  # letters of a chord, a key, a meter
_DAMAGED = (InputError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where."""

    problem: str  # a sentence
    part: str | None = None
    bar: int | None = None  # counted from 1

    def __str__(self) -> str:
        where = [self.part] if self.part is not None else []
        where += [f"bar {self.bar}"] if self.bar is not None else []
        return f"{', '.join(where)}: {self.problem}" if where else self.problem


def read_score(data: Mapping[str, Any]) -> Score:
    """Read the content of a score.json that came from outside.

    Raises InputError with the first thing that cannot be, and for a score that is too long.
    """
    for fault in _faults(data):
        raise InputError(str(fault))
    score = score_from_json(data)
    bars, notes = count_bars(score.meters, score.end), sum(len(p.notes) for p in score.parts)
    if bars > MOST_BARS or notes > MOST_NOTES:
        raise InputError(
            f"the score has {bars} bars and {notes} notes; "
            f"at most {MOST_BARS} and {MOST_NOTES} can be worked on"
        )
    return score


def check_score(data: Mapping[str, Any]) -> tuple[Score | None, tuple[Problem, ...]]:
    """Return a score in its canonical form, and what is wrong with it.

    None in its place where something cannot be. Else what no instrument can play is mended, and
    told: a note that sounds on when its key is struck again ends there; a mark without its note
    is left out.
    """
    faults = tuple(_first(_faults(data)))
    if faults:
        return None, faults
    score = read_score(data)
    parts = tuple(_mended(part) for part in score.parts)
    problems = (*_played(score), *_placed(score))
    return replace(score, parts=parts), tuple(_first(iter(problems)))


def _first(problems: Iterator[Problem]) -> Iterator[Problem]:
    for _, problem in zip(range(MOST_PROBLEMS), problems, strict=False):
        yield problem


def _faults(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what cannot be read as a score."""
    if wrong := [name for name in _LISTS if not isinstance(data.get(name), list)]:
        yield Problem(f"the score has no list of {wrong[0]}")
        return
    texts = [row[-1] for name in _LISTS[:4] for row in data[name] if isinstance(row, list) and row]
    if long := next((t for t in texts if not isinstance(t, str) or len(t) > _LONGEST), None):
        yield Problem(f"{str(long)[:40]!r} is no tempo, meter, key or chord")
        return
    if bad := next((t for t in _texts(data["tempo"]) if not _BPM.fullmatch(t)), None):
        yield Problem(f"{bad!r} is no tempo; write it as a number such as 82.5")
        return
    meters: Meters = ((0, Meter()),)
    try:
        head = score_from_json({**data, "ticks_per_quarter": data.get("ticks_per_quarter", PPQ),
                                "parts": []})  # fmt: skip
        meters = head.meters
        _check_ticks(data)
    except _DAMAGED as error:
        yield Problem(_sentence(error))
    names: list[Any] = []
    for number, told in enumerate(data["parts"]):
        name = told.get("name") if isinstance(told, dict) else None
        if not isinstance(name, str) or not isinstance(told.get("notes"), list):
            yield Problem(f"part {number + 1} has no name or no list of notes")
            continue
        if name in names:
            yield Problem("another part has this name, too; name them apart", name)
        names.append(name)
        yield from _part_faults(name, told, meters)


def _texts(rows: Sequence[Any]) -> list[str]:
    return [row[-1] for row in rows if isinstance(row, list) and row]


def _check_ticks(data: Mapping[str, Any]) -> None:
    rows = [row[:-1] for name in _LISTS[:4] for row in data[name]]
    rows += [[section["start"], section["end"], section.get("piece", 0)]
             for section in data["sections"]]  # fmt: skip
    rows.append([data.get("ticks_per_quarter", PPQ)])
    for row in rows:
        for value in row:
            if type(value) is not int:
                raise InputError(f"{value!r} is no tick; ticks are whole numbers")


def _part_faults(name: str, told: Mapping[str, Any], meters: Meters) -> Iterator[Problem]:
    for fields in told["notes"]:
        try:
            if any(type(value) is not int for value in fields[:4]) or not 4 <= len(fields) <= 5:
                raise InputError(f"{str(fields)[:60]} is no note; it has four whole numbers")
            Note(*fields[:4])
        except _DAMAGED as error:
            yield Problem(_sentence(error), name, _bar_of(fields, meters))
    plain = {"format": 1, "ticks_per_quarter": PPQ, **{each: [] for each in _LISTS}}
    plain["tempo"], plain["meters"] = [[0, "80"]], [[0, "4/4"]]
    bends = [n for n in told["notes"] if isinstance(n, list) and len(n) == 5]
    try:
        score_from_json({**plain, "parts": [{**told, "notes": bends}]})
        rows = [(row, 3) for row in told["controls"]] + [(row, 2) for row in told["bends"]]
        rows += [(row[:2], 2) for row in told["marks"]]
        for row, length in rows:
            if len(row) != length or any(type(value) is not int for value in row):
                raise InputError(f"{str(row)[:60]} is no controller, bend or mark")
        names = [told["instrument"], told.get("style", ""), *(mark[2] for mark in told["marks"])]
        if any(not isinstance(each, str) or len(each) > _LONGEST for each in names):
            raise InputError("its instrument, its style and its marks are short words")
    except _DAMAGED as error:
        yield Problem(_sentence(error), name)


def _bar_of(fields: Any, meters: Meters) -> int | None:
    start = fields[0] if isinstance(fields, list) and fields else None
    return count_bars(meters, start + 1) if type(start) is int and 0 <= start < 2**40 else None


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, InputError) else f"it cannot be read: {error!r}"[:200]


def _mended(part: Part) -> Part:
    notes = tuple(separate(part.notes, alone=False))
    places = {(note.start, note.pitch) for note in notes}
    marks = tuple(m for m in dict.fromkeys(part.marks) if (m.tick, m.pitch) in places)
    return replace(part, notes=notes, marks=marks)


def _played(score: Score) -> Iterator[Problem]:
    """Yield what cannot be played as it is written."""
    from tapeloom.synth.catalogue import NAMES, split_name
    from tapeloom.theory.instruments import KNOWN

    for part in score.parts:
        name, _ = split_name(part.instrument)
        if part.instrument and name not in (*KNOWN, *NAMES):
            yield Problem(f"{part.instrument!r} is no instrument", part.name)
        known = KNOWN.get(name) if part.role != "drums" else None
        told: set[tuple[int, str]] = set()
        sounding: dict[int, int] = {}
        for note in part.notes:
            bar = count_bars(score.meters, note.start + 1)
            if known is not None and not known.fits(note.pitch) and (bar, "range") not in told:
                told.add((bar, "range"))
                yield Problem(
                    f"{pitch_name(note.pitch)} lies outside of the {known.title}'s range "
                    f"({pitch_name(known.low)} to {pitch_name(known.high)})", part.name, bar,
                )  # fmt: skip
            if sounding.get(note.pitch, 0) > note.start and (bar, "again") not in told:
                told.add((bar, "again"))
                yield Problem(
                    f"{pitch_name(note.pitch)} is struck again while it sounds; "
                    "the first one ends there", part.name, bar,
                )  # fmt: skip
            sounding[note.pitch] = max(sounding.get(note.pitch, 0), note.end)


def _placed(score: Score) -> Iterator[Problem]:
    """Yield what stands where nothing belongs."""
    for part in score.parts:
        places = {(note.start, note.pitch) for note in part.notes}
        for mark in part.marks:
            if (mark.tick, mark.pitch) not in places:
                bar = count_bars(score.meters, mark.tick + 1)
                yield Problem(f"a mark {mark.name!r} has no note; it is left out", part.name, bar)
    starts = {0, *score.bar_starts, score.end}
    for section in score.sections:
        for tick in (section.start, section.end):
            if tick not in starts:
                bar = count_bars(score.meters, tick + 1)
                yield Problem(f"the section {section.name!r} has an edge within the bar", None, bar)
    last = max((section.end for section in score.sections), default=score.end)
    for part in score.parts:
        beyond = [note for note in part.notes if note.start >= last]
        if beyond:
            bar = count_bars(score.meters, beyond[0].start + 1)
            yield Problem(f"{len(beyond)} notes stand behind the last section", part.name, bar)
