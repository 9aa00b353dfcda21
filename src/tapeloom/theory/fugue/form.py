"""The form of a fugue: exposition, middle entries and episodes, stretto, pedal, close."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.invertible import PARALLELS
from tapeloom.theory.counterpoint.stretto import Stretto, find_strettos
from tapeloom.theory.fugue.blueprint import Blueprint, Span, fit, transposed
from tapeloom.theory.fugue.countersubject import beat_ticks, slot_ticks
from tapeloom.theory.fugue.episodes import add_episode
from tapeloom.theory.fugue.exposition import ORDERS, Themes, add_entry, add_exposition
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.keys import spell_key
from tapeloom.theory.part_writing import find_faults

MIN_BARS, MAX_BARS = 25, 60
# Semitones above the tonic and mode of the keys of middle entries, in order.
_MIDDLE = {
    False: ((9, "minor"), (2, "minor"), (5, "major"), (4, "minor"), (7, "major"), (9, "minor")),
    True: ((3, "major"), (5, "minor"), (8, "major"), (10, "major"), (7, "minor"), (3, "major")),
}
_GOOD_STRETTO = 5.0  # the cost up to which a stretto is heard
_PEDAL_UNITS, _STRETTOS = 2, 8


@dataclass(frozen=True, slots=True)
class Outline:
    """What was decided for a fugue before it was laid out."""

    order: tuple[int, ...]
    middle: tuple[Key, ...]
    strettos: tuple[Stretto, ...]  # those that sound, the best first
    episode_units: int


def draw_outline(subject: Subject, voices: int, rng: np.random.Generator) -> Outline:
    """Choose the order of entries, the keys and the stretto, so that the length is in bounds.

    The order is drawn among those in which neighbours follow one another. There are as many
    middle entries as bring the fugue to 25 bars, at least one; where the subject is long, fewer.
    """
    order = ORDERS[voices][int(rng.integers(len(ORDERS[voices])))]
    beat = beat_ticks(subject.meter)
    tried = find_strettos(subject.notes, subject.key, beat_ticks=beat, delay_step_ticks=beat)
    close = tuple(
        s for s in tried
        if s.delay_ticks < subject.period_ticks and not s.parallels
        and s.cost - 0.5 * s.delay_ticks / beat <= _GOOD_STRETTO
    )[:_STRETTOS]  # fmt: skip
    units = max(2, round(2 * subject.meter.bar_ticks / subject.unit_ticks))
    home = subject.key
    keys = [spell_key(home.pitch_class + step, mode) for step, mode in _MIDDLE[home.is_minor]]
    count = 1
    while count < len(keys) and _bars(subject, voices, count, units, close) < MIN_BARS + 4:
        count += 1
    return Outline(order, tuple(keys[: max(count, 2)]), close, units)


def _bars(
    subject: Subject, voices: int, middle: int, units: int, strettos: tuple[Stretto, ...]
) -> float:
    period, unit, bar = subject.period_ticks, subject.unit_ticks, subject.meter.bar_ticks
    ticks = voices * period + unit + (middle + 1) * units * unit + middle * period
    ticks += (period + strettos[0].delay_ticks if strettos else 0) + _PEDAL_UNITS * unit + period
    return ticks / bar + 2


def lay_out(
    subject: Subject, themes: Themes, outline: Outline, voices: int, rng: np.random.Generator
) -> Blueprint:
    """Set down all that is given: entries, countersubjects, sequences, pedal, close."""
    plan = Blueprint.begin(subject, voices)
    plan.set_key(0, subject.key)
    add_exposition(plan, themes, outline.order)
    everyone = range(voices)
    taken: set[int] = set()
    last = outline.order[-1]
    for key in outline.middle:
        enters = _next_voice(plan, last, voices, rng)
        others = [voice for voice in everyone if voice != enters]
        add_episode(plan, themes.countersubject, units=outline.episode_units, target=key,
                    voices=others, silent=enters, rng=rng, taken=taken)  # fmt: skip
        partner = others[int(rng.integers(len(others)))]
        add_entry(plan, themes, enters, key=key, partner=partner)
        last = enters
    enters = _next_voice(plan, last, voices, rng)
    others = [voice for voice in everyone if voice != enters]
    add_episode(plan, themes.countersubject, units=outline.episode_units, target=subject.key,
                voices=others, silent=enters, rng=rng, taken=taken)  # fmt: skip
    if outline.strettos:
        _add_stretto(plan, outline.strettos, enters)
    _to_bar(plan)
    _add_pedal(plan, themes, rng)
    top = voices - 1
    add_entry(plan, themes, top, key=subject.key, partner=None)
    _close(plan)
    return plan


def _next_voice(plan: Blueprint, last: int, voices: int, rng: np.random.Generator) -> int:
    """Choose who enters: another voice than the last, outer voices rather."""
    choices = [voice for voice in range(voices) if voice != last]
    weights = np.array([1.5 if voice in (0, voices - 1) else 1.0 for voice in choices])
    return int(rng.choice(choices, p=weights / weights.sum()))


def _add_stretto(plan: Blueprint, choices: Sequence[Stretto], first: int) -> None:
    """Let a second voice enter before the first has ended, where that sounds best.

    Every stretto is tried with every second voice and in every octave: an octave more turns
    fifths into fourths, and voices should not cross.
    """
    subject, now = plan.subject, plan.now
    key = subject.key
    options: list[tuple[float, int, Stretto, int, tuple[tuple[Note, ...], ...]]] = []
    for found, second in itertools.product(choices, range(len(plan.lines))):
        if second == first:
            continue
        for pair in itertools.product(
            _octaves(plan, subject, first, now, 0),
            _octaves(plan, subject, second, now + found.delay_ticks, found.steps),
        ):
            lines = pair if first < second else pair[::-1]
            options.append((found.cost + _strain(plan, lines, sorted((first, second))),
                            len(options), found, second, pair))  # fmt: skip
    _, _, found, second, (leader, follower) = min(options)
    plan.set_key(now, key)
    for voice, line in ((first, leader), (second, follower)):
        plan.rests[voice].append((now, line[0].start))
        plan.add(voice, line)
    beats = found.delay_ticks / beat_ticks(subject.meter)
    steps = follower[0].pitch - leader[0].pitch
    told = f"after {beats:g} beat{'s' * (beats != 1)}, {steps:+d} semitones"
    for voice, line, note in ((first, leader, "leads"), (second, follower, told)):
        plan.spans.append(Span(line[0].start, line[-1].end, voice, "stretto", key, note))
    length = subject.period_ticks + found.delay_ticks
    plan.now = now + -(-length // subject.unit_ticks) * subject.unit_ticks


def _octaves(
    plan: Blueprint, subject: Subject, voice: int, at: int, steps: int
) -> list[tuple[Note, ...]]:
    """Set the subject in each octave that a voice reaches."""
    low, high = plan.reach(voice)
    base = transposed(subject.notes, subject.key, subject.key, plan.ranges[voice], at=at,
                      steps=steps)  # fmt: skip
    moved = [
        tuple(replace(n, pitch=n.pitch + octave) for n in base) for octave in (-12, 0, 12)
        if low <= min(n.pitch for n in base) + octave
        and max(n.pitch for n in base) + octave <= high
    ]  # fmt: skip
    return moved or [base]


def _strain(plan: Blueprint, lines: Sequence[Sequence[Note]], voices: Sequence[int]) -> float:
    beat = beat_ticks(plan.subject.meter)
    start = max(line[0].start for line in lines)
    beats = range(-(-start // beat) * beat, min(line[-1].end for line in lines), beat)
    free = sum(d.kind == "free" for d in find_dissonances(lines, ticks=beats))
    crossed = sum(
        a.pitch > b.pitch for a in lines[0] for b in lines[1]
        if a.start < b.end and b.start < a.end
    )  # fmt: skip
    outside = sum(
        max(0, low - n.pitch) + max(0, n.pitch - high)
        for line, (low, high) in zip(lines, [plan.ranges[v] for v in voices], strict=True)
        for n in line
    )
    return (
        30.0 * len(find_faults(lines, rules=PARALLELS)) + 2.0 * free + 0.7 * crossed
        + 0.1 * outside
    )  # fmt: skip


def _to_bar(plan: Blueprint) -> None:
    """Go on to a bar line, so that pedal and close begin with a bar."""
    bar = plan.subject.meter.bar_ticks
    plan.now = -(-plan.now // bar) * bar


def _add_pedal(plan: Blueprint, themes: Themes, rng: np.random.Generator) -> None:
    """Hold the dominant in the bass under a sequence."""
    subject = plan.subject
    unit, start = subject.unit_ticks, plan.now
    units = max(_PEDAL_UNITS, 2 * subject.meter.bar_ticks // unit)
    dominant = fit([subject.key.pitch_class + 7], plan.ranges[0], near=plan.last_pitch(0))[0]
    plan.set_key(start, subject.key)
    top = len(plan.lines) - 1
    add_episode(plan, themes.countersubject, units=units, target=subject.key,
                voices=range(1, top + 1), silent=top, rng=rng, kind="episode")  # fmt: skip
    plan.add(0, [Note(start, plan.now - start, dominant)])
    plan.spans.append(Span(start, plan.now, 0, "pedal", subject.key, "dominant"))


def _close(plan: Blueprint) -> None:
    """End with subdominant, dominant and tonic; in minor the last chord is major."""
    subject = plan.subject
    bar, beat, key = subject.meter.bar_ticks, beat_ticks(subject.meter), subject.key
    plan.now = max(plan.now, -(-plan.lines[-1][-1].end // beat) * beat)
    start = -(-plan.now // bar) * bar
    while start - plan.now < 2 * beat:
        start += bar
    tonic = key.pitch_class
    half = start - 2 * beat
    plan.set_key(min(half, plan.now), key)
    slot = slot_ticks(subject)
    chords = (
        (half, start - beat, Chord((tonic + 5) % 12, "min" if key.is_minor else "maj")),
        (start - beat, start, Chord((tonic + 7) % 12, "7")),
        (start, start + bar, Chord(tonic, "maj")),
    )
    for begin, end, chord in chords:
        plan.chords |= dict.fromkeys(range(begin, end, slot), chord)
    low, high = plan.ranges[0]
    root = fit([tonic], (low, low + 14))[0]
    root += 12 if root < low else 0
    near = [root + 5 if root + 5 <= high else root - 7, root + 7 if root + 7 <= high else root - 5]
    bass = [Note(half, start - beat - half, near[0]), Note(start - beat, beat, near[1]),
            Note(start, bar, root)]  # fmt: skip
    plan.add(0, bass)
    top = len(plan.lines) - 1
    plan.add(
        top, [Note(start, bar, fit([60 + tonic], plan.ranges[top], near=plan.last_pitch(top))[0])]
    )
    plan.still_from = start
    end = start + bar
    plan.spans.append(Span(half, end, -1, "close", key, "perfect cadence"))
    plan.now = end
