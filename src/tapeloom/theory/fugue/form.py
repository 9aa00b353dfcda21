"""The form of a fugue: exposition, middle entries and episodes, stretto, pedal, close."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.stretto import Stretto, find_strettos
from tapeloom.theory.fugue.blueprint import Blueprint, Span, fit, transposed
from tapeloom.theory.fugue.countersubject import beat_ticks
from tapeloom.theory.fugue.episodes import add_episode
from tapeloom.theory.fugue.exposition import ORDERS, Themes, add_entry, add_exposition
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.keys import spell_key

MIN_BARS, MAX_BARS = 25, 60
# Semitones above the tonic and mode of the keys of middle entries, in order.
_MIDDLE = {
    False: ((9, "minor"), (2, "minor"), (5, "major"), (4, "minor"), (7, "major"), (9, "minor")),
    True: ((3, "major"), (5, "minor"), (8, "major"), (10, "major"), (7, "minor"), (3, "major")),
}
_GOOD_STRETTO = 5.0  # the cost up to which a stretto is heard
_PEDAL_UNITS = 2


@dataclass(frozen=True, slots=True)
class Outline:
    """What was decided for a fugue before it was laid out."""

    order: tuple[int, ...]
    middle: tuple[Key, ...]
    stretto: Stretto | None
    episode_units: int


def draw_outline(subject: Subject, voices: int, rng: np.random.Generator) -> Outline:
    """Choose the order of entries, the keys and the stretto, so that the length is in bounds.

    The order is drawn among those in which neighbours follow one another. There are as many
    middle entries as bring the fugue to 25 bars, at least one; where the subject is long, fewer.
    """
    order = ORDERS[voices][int(rng.integers(len(ORDERS[voices])))]
    beat = beat_ticks(subject.meter)
    tried = find_strettos(subject.notes, subject.key, beat_ticks=beat, delay_step_ticks=beat)
    close = [s for s in tried if s.delay_ticks < subject.period_ticks and not s.parallels]
    stretto = close[0] if close and close[0].cost - 0.5 * close[0].delay_ticks / beat \
        <= _GOOD_STRETTO else None  # fmt: skip
    units = max(2, round(2 * subject.meter.bar_ticks / subject.unit_ticks))
    home = subject.key
    keys = [spell_key(home.pitch_class + step, mode) for step, mode in _MIDDLE[home.is_minor]]
    count = 1
    while count < len(keys) and _bars(subject, voices, count, units, stretto) < MIN_BARS + 4:
        count += 1
    return Outline(order, tuple(keys[: max(count, 2)]), stretto, units)


def _bars(
    subject: Subject, voices: int, middle: int, units: int, stretto: Stretto | None
) -> float:
    period, unit, bar = subject.period_ticks, subject.unit_ticks, subject.meter.bar_ticks
    ticks = voices * period + unit + (middle + 1) * units * unit + middle * period
    ticks += (period + stretto.delay_ticks if stretto else 0) + _PEDAL_UNITS * unit + period
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
    if outline.stretto is not None:
        _add_stretto(plan, outline.stretto, enters, rng)
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


def _add_stretto(plan: Blueprint, found: Stretto, first: int, rng: np.random.Generator) -> None:
    """Let a second voice enter before the first has ended."""
    subject, now = plan.subject, plan.now
    leader = transposed(subject.notes, subject.key, subject.key, plan.ranges[first], at=now,
                        near=plan.last_pitch(first))  # fmt: skip
    above = found.steps > 0 or (found.steps == 0 and first == 0)
    voices = len(plan.lines)
    choices = [v for v in range(voices) if (v > first if above else v < first)]
    second = choices[0 if above else -1] if choices else (first + 1) % voices
    follower = transposed(subject.notes, subject.key, subject.key, plan.ranges[second],
                          at=now + found.delay_ticks, steps=found.steps)  # fmt: skip
    plan.set_key(now, subject.key)
    plan.add(first, leader)
    plan.rests[second].append((now, now + found.delay_ticks))
    plan.add(second, follower)
    told = f"after {found.delay_ticks / beat_ticks(subject.meter):g} beats, {found.steps:+d} steps"
    for voice, line, note in ((first, leader, "leads"), (second, follower, told)):
        plan.spans.append(Span(line[0].start, line[-1].end, voice, "stretto", subject.key, note))
    length = subject.period_ticks + found.delay_ticks
    plan.now = now + -(-length // subject.unit_ticks) * subject.unit_ticks


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
    if start - plan.now < 2 * beat:
        start += bar
    tonic = key.pitch_class
    half = start - 2 * beat if start - 2 * beat >= plan.now else plan.now
    plan.set_key(min(half, plan.now), key)
    fourth = Chord((tonic + 5) % 12, "min" if key.is_minor else "maj")
    plan.chords[half] = fourth
    plan.chords[start - beat] = Chord((tonic + 7) % 12, "7")
    for tick in range(start, start + bar, beat):
        plan.chords[tick] = Chord(tonic, "maj")
    low, high = plan.ranges[0]
    root = fit([tonic], (low, low + 14))[0]
    root += 12 if root < low else 0
    near = [root + 5 if root + 5 <= high else root - 7, root + 7 if root + 7 <= high else root - 5]
    bass = [Note(half, start - beat - half, near[0]), Note(start - beat, beat, near[1]),
            Note(start, bar, root)]  # fmt: skip
    plan.add(0, bass)
    plan.still_from = start
    end = start + bar
    plan.spans.append(Span(half, end, -1, "close", key, "perfect cadence"))
    plan.now = end
