"""A whole fugue from a subject: planned, harmonised, its free voices written and mended."""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.theory.fugue.answer import find_answer
from tapeloom.theory.fugue.blueprint import ENTRIES, Blueprint, Span
from tapeloom.theory.fugue.checking import Report, check
from tapeloom.theory.fugue.countersubject import (
    make_frame,
    notes_of,
    slot_ticks,
    write_countersubject,
)
from tapeloom.theory.fugue.exposition import Themes
from tapeloom.theory.fugue.form import draw_outline, lay_out
from tapeloom.theory.fugue.frame import Frame, Sounding, lay
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.voice_writing import Task, write_voice

VOICES = (3, 4)
_ATTEMPTS, _ROUNDS = 4, 3
_GOOD_SHARE = 0.02  # of unexplained dissonances a beat, with which a fugue is taken at once


@dataclass(frozen=True, slots=True)
class Fugue:
    """A fugue with its analysis."""

    subject: Subject
    themes: Themes
    lines: tuple[tuple[Note, ...], ...]  # from the lowest voice to the highest
    ranges: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...]  # in order of time
    keys: tuple[tuple[int, Key], ...]
    chords: tuple[ChordSpan, ...]
    report: Report

    @property
    def bars(self) -> int:
        """Its length in bars."""
        end = max(line[-1].end for line in self.lines)
        return -(-end // self.subject.meter.bar_ticks)

    @property
    def entries(self) -> tuple[Span, ...]:
        """The spans in which a voice has subject or answer."""
        return tuple(span for span in self.spans if span.kind in ENTRIES)

    def analysis(self) -> dict[str, Any]:
        """Return the labelled analysis as plain data."""
        answer = self.themes.answer
        return {
            "key": str(self.subject.key),
            "meter": str(self.subject.meter),
            "bars": self.bars,
            "answer": {
                "kind": "real" if answer.is_real else "tonal",
                "notes": [
                    {"subject": n.subject, "answer": n.answer, "mutated": n.mutated,
                     "reason": n.reason}
                    for n in answer.explained
                ],
            },
            "countersubject": {
                "clashes": [clash.reason for clash in self.themes.countersubject.clashes],
            },
            "keys": [[tick, str(key)] for tick, key in self.keys],
            "spans": [
                {"start": s.start, "end": s.end, "voice": s.voice, "kind": s.kind,
                 "key": str(s.key), "note": s.note}
                for s in self.spans
            ],
        }  # fmt: skip


def compose_fugue(
    subject: Subject, *, voices: int, rng: np.random.Generator, attempts: int = _ATTEMPTS
) -> Fugue:
    """Compose a fugue on a subject.

    voices    3 or 4
    attempts  how many plans may be tried until one has no fault; the best is returned

    The given lines come first (entries, countersubjects, sequences), then the harmony that they
    allow, then the free voices, each written against all others by beam search, the bass first,
    and written again once the others are there.
    """
    if voices not in VOICES:
        raise InputError(f"a fugue in {voices} voices is asked for; it can have 3 or 4")
    answer = find_answer(subject)
    themes = Themes(answer, write_countersubject(subject, answer, rng))
    best: Fugue | None = None
    for _ in range(attempts):
        outline = draw_outline(subject, voices, rng)
        plan = lay_out(subject, themes, outline, voices, rng)
        made = _write(plan, themes, rng)
        if best is None or _badness(made.report) < _badness(best.report):
            best = made
        if not best.report.parallels and best.report.free_share < _GOOD_SHARE:
            break
    assert best is not None  # noqa: S101  (there is at least one attempt)
    return best


def _badness(report: Report) -> float:
    return (
        100.0 * len(report.parallels) + 3.0 * report.outside + 2.0 * len(report.free)
        + report.crossings + report.leaps
    )  # fmt: skip


def _write(plan: Blueprint, themes: Themes, rng: np.random.Generator) -> Fugue:
    meter = plan.subject.meter
    bar = meter.bar_ticks
    heard = [[n for n in line if n.duration <= bar or n.end >= plan.now] for line in plan.lines]
    frame = make_frame(heard, plan.keys, end=plan.now, meter=meter, bass=0,
                       slot=slot_ticks(plan.subject), forced=plan.chords,
                       still_from=plan.still_from)  # fmt: skip
    chords = _spans(frame)
    writer = _Writer(plan, frame, rng)
    report: Report | None = None
    best: tuple[tuple[Note, ...], ...] = ()
    for round_ in range(_ROUNDS):
        writer.write()
        lines = writer.lines()
        now = check(lines, ranges=[plan.reach(v) for v in range(len(lines))],
                    beat_ticks=frame.beat_ticks, pedal_ticks=bar + 1, chords=chords)  # fmt: skip
        if report is None or _badness(now) < _badness(report):
            report, best = now, lines
        if round_ and not report.parallels:
            break
    assert report is not None  # noqa: S101  (there is at least one round)
    return Fugue(plan.subject, themes, best, plan.ranges, tuple(sorted(plan.spans)),
                 tuple(plan.keys), chords, report)  # fmt: skip


def _spans(frame: Frame) -> tuple[ChordSpan, ...]:
    found = []
    for chord, run in itertools.groupby(frame.slots, key=lambda slot: slot.chord):
        slots = list(run)
        found.append(ChordSpan(slots[0].tick, slots[-1].tick + frame.slot_ticks, chord))
    return tuple(found)


class _Writer:
    """The voices while they are written."""

    def __init__(self, plan: Blueprint, frame: Frame, rng: np.random.Generator) -> None:
        self.plan, self.frame, self.rng = plan, frame, rng
        self.given = [self._filled(voice) for voice in range(len(plan.lines))]
        self.free: list[dict[int, list[Note]]] = [{} for _ in plan.lines]
        self.gaps = [self._gaps(voice) for voice in range(len(plan.lines))]

    def lines(self) -> tuple[tuple[Note, ...], ...]:
        """Return what each voice has, given and free."""
        return tuple(
            tuple(sorted([*given, *itertools.chain(*free.values())]))
            for given, free in zip(self.given, self.free, strict=True)
        )

    def write(self) -> None:
        """Fill the gaps of each voice against all others."""
        count = len(self.given)
        order = [0, count - 1, *range(1, count - 1)]
        for voice in order:
            self.free[voice] = {}
            lines = self.lines()
            others = [(rank, lay(line, self.frame)) for rank, line in enumerate(lines)
                      if rank != voice]  # fmt: skip
            for first, last in self.gaps[voice]:
                self._fill(voice, first, last, others)

    def _filled(self, voice: int) -> list[Note]:
        """Let a given note last to the next slot where a gap follows it."""
        line = sorted(self.plan.lines[voice])
        slot = self.frame.slot_ticks
        found = []
        for note, after in itertools.zip_longest(line, line[1:]):
            end = -(-note.end // slot) * slot
            if after is not None and end > after.start:
                end = max(note.end, after.start)
            found.append(replace(note, duration=end - note.start))
        return found

    def _gaps(self, voice: int) -> list[tuple[int, int]]:
        """List the slots that a voice has to fill: where it neither is given nor rests."""
        slot = self.frame.slot_ticks
        busy = [False] * len(self.frame.slots)
        for note in self.given[voice]:
            for i in range(note.start // slot, min(-(-note.end // slot), len(busy))):
                busy[i] = True
        for start, end in self.plan.rests[voice]:
            for i in range(start // slot, min(-(-end // slot), len(busy))):
                busy[i] = True
        gaps = []
        at = 0
        for is_busy, run in itertools.groupby(busy):
            length = len(list(run))
            if not is_busy:
                gaps.append((at, at + length))
            at += length
        return gaps

    def _fill(
        self, voice: int, first: int, last: int, others: list[tuple[int, list[Sounding]]]
    ) -> None:
        plan, frame = self.plan, self.frame
        start = frame.slots[first].tick
        end = frame.slots[last - 1].tick + frame.slot_ticks
        given = self.given[voice]
        before = next((n.pitch for n in given if n.end == start), -1)
        after = next((n.pitch for n in given if n.start == end), -1)
        low, high = plan.ranges[voice]
        task = Task(first, last, low, high, voice, len(plan.lines), before, after)
        strikes = write_voice(frame, others, task, self.rng)
        notes = notes_of(strikes, frame, end)
        if notes and notes[0].start > start and before >= 0:  # the given note is held on
            held = next(n for n in given if n.end == start)
            given[given.index(held)] = replace(held, duration=notes[0].start - held.start)
        self.free[voice][first] = list(notes)
