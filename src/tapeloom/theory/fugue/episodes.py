"""Episodes: a fragment of the subject and what goes with it, in sequence from key to key."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.imitation import Degree, degrees, place
from tapeloom.theory.counterpoint.invertible import PARALLELS
from tapeloom.theory.fugue.blueprint import Blueprint, Span
from tapeloom.theory.fugue.countersubject import Countersubject, beat_ticks
from tapeloom.theory.part_writing import find_faults

_STEPS = (-1, 1, -2)  # diatonic steps of a sequence; falling by step is the usual one
_STEP_COST = {-1: 0.0, 1: 0.8, -2: 1.0}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of the subject with the countersubject's beneath or above it."""

    start: int  # ticks from the subject's bar line
    subject: tuple[Note, ...]  # ticks count from the stretch's beginning
    countersubject: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An episode that could be: two voices and what speaks against it."""

    fragment: Fragment
    step: int
    lines: tuple[tuple[Note, ...], tuple[Note, ...]]
    voices: tuple[int, int]
    cost: float


def fragments(
    subject: Sequence[Note], found: Countersubject, length: int, grid: int
) -> tuple[Fragment, ...]:
    """Cut the subject into stretches of a length that can stand alone.

    A stretch begins with a note on the grid and has at least three notes.
    """
    cut = []
    end = subject[-1].end
    for start in range(0, end - length + 1, grid):
        ours = _window(subject, start, length)
        theirs = _window(found.notes, start, length)
        if len(ours) >= 3 and ours[0].start == 0:
            cut.append(Fragment(start, ours, theirs))
    return tuple(cut)


def _window(line: Sequence[Note], start: int, length: int) -> tuple[Note, ...]:
    kept = []
    for note in line:
        if start <= note.start < start + length:
            stop = min(note.end, start + length)
            kept.append(Note(note.start - start, stop - note.start, note.pitch))
    return tuple(kept)


def add_episode(
    plan: Blueprint,
    found: Countersubject,
    *,
    units: int,
    target: Key,
    voices: Sequence[int],
    silent: int | None,
    rng: np.random.Generator,
    kind: str = "episode",
    taken: set[int] | None = None,
) -> None:
    """Add an episode: the best sequence that any fragment makes, from the key to the target.

    units    how often the fragment is heard, each a unit of the subject long
    voices   who may have the fragments
    silent   who rests in the last unit, to enter after it
    taken    the stretches that earlier episodes took; others are preferred, and it is added to
    """
    subject = plan.subject
    unit = subject.unit_ticks
    here = plan.key_at(max(plan.now - 1, 0))
    keys = [here if i < (units + 1) // 2 else target for i in range(units)]
    cut = fragments(subject.notes, found, unit, beat_ticks(subject.meter))
    used = taken if taken is not None else set()
    drafts = [
        replace(made, cost=made.cost + float(rng.uniform(0, 0.6)) + 2.0 * (fragment.start in used))
        for fragment in cut or _heads(subject.notes, unit)
        for step, level in itertools.product(_STEPS, range(-6, 8))
        for pair in itertools.permutations(voices, 2)
        if (made := _sequence(plan, fragment, keys, step, level, pair)) is not None
    ]
    # What is dear to judge is judged in the order of what is cheap, while it can still win.
    best: Draft | None = None
    for made in sorted(drafts, key=lambda made: made.cost):
        if best is not None and made.cost >= best.cost:
            break
        judged = replace(made, cost=made.cost + _clashing(plan, made, len(keys)))
        if best is None or judged.cost < best.cost:
            best = judged
    for i, key in enumerate(keys):
        plan.set_key(plan.now + i * unit, key)
    end = plan.now + units * unit
    if best is not None:
        used.add(best.fragment.start)
        told = f"the subject from tick {best.fragment.start} in sequence by {best.step:+d} steps"
        for voice, line, who in zip(best.voices, best.lines, ("subject", "countersubject"),
                                    strict=True):  # fmt: skip
            plan.add(voice, line)
            if line:
                plan.spans.append(Span(plan.now, end, voice, kind, target, f"{who}: {told}"))
    else:
        plan.spans.append(Span(plan.now, end, -1, kind, target, "free"))
    if silent is not None:
        plan.rests[silent].append((end - unit, end))
    plan.now = end


def _heads(subject: Sequence[Note], unit: int) -> tuple[Fragment, ...]:
    """Take the head where no stretch of the subject can stand alone."""
    first = subject[0].start
    head = tuple(
        Note(n.start - first, min(n.end - first, unit) - (n.start - first), n.pitch)
        for n in subject
        if n.start - first < unit
    )
    return (Fragment(0, head, ()),)


def _sequence(
    plan: Blueprint, fragment: Fragment, keys: Sequence[Key], step: int, level: int,
    pair: tuple[int, int],
) -> Draft | None:  # fmt: skip
    subject, unit = plan.subject, plan.subject.unit_ticks
    home = subject.key
    lines: list[tuple[Note, ...]] = []
    cost = _STEP_COST[step]
    for voice, part in zip(pair, (fragment.subject, fragment.countersubject), strict=True):
        line: list[Note] = []
        octave: int | None = None
        for i, key in enumerate(keys):
            away = Degree.of(60 + key.pitch_class, home).step
            steps = level + i * step - away
            pitches = place(degrees([n.pitch for n in part], home), home, key, steps=steps)
            if octave is None and pitches:
                octave = _octave(plan, voice, pitches, len(keys) * step)
            line += [
                replace(n, start=n.start + plan.now + i * unit, pitch=p + (octave or 0))
                for n, p in zip(part, pitches, strict=True)
                if 0 <= p + (octave or 0) <= 127
            ]
        low, high = plan.reach(voice)
        if any(not low <= n.pitch <= high for n in line):
            return None
        cost += _join(plan, voice, line)
        lines.append(tuple(line))
    return Draft(fragment, step, (lines[0], lines[1]), pair, cost)


def _clashing(plan: Blueprint, made: Draft, count: int) -> float:
    """Weigh what the two voices of a sequence do to each other."""
    ordered = made.lines if made.voices[0] < made.voices[1] else made.lines[::-1]
    if not all(ordered):
        return 1.5
    crossed = sum(
        a.pitch > b.pitch for a in ordered[0] for b in ordered[1]
        if a.start < b.end and b.start < a.end
    )  # fmt: skip
    beat = beat_ticks(plan.subject.meter)
    beats = range(plan.now, plan.now + count * plan.subject.unit_ticks, beat)
    free = sum(d.kind == "free" for d in find_dissonances(ordered, ticks=beats))
    return 1.5 * crossed + 20.0 * len(find_faults(ordered, rules=PARALLELS)) + 2.0 * free


def _octave(plan: Blueprint, voice: int, pitches: Sequence[int], drift: int) -> int:
    low, high = plan.ranges[voice]
    middle = (low + high) / 2
    mean = sum(pitches) / len(pitches) + drift * 0.85
    return 12 * round((middle - mean) / 12)


def _join(plan: Blueprint, voice: int, line: Sequence[Note]) -> float:
    """Weigh the leap into the sequence, where the voice is given to its very beginning."""
    last = plan.lines[voice][-1] if plan.lines[voice] else None
    if last is None or not line or line[0].start - last.end > plan.subject.unit_ticks // 2:
        return 0.0
    leap = abs(line[0].pitch - last.pitch)
    if line[0].start - last.end > 0:
        return max(0.0, (leap - 7) * 0.3)
    return 0.0 if leap <= 4 else 8.0 if leap in (6, 10, 11) or leap > 12 else 0.25 * leap
