"""Draw a subject: a head that is known again, a line with one climax, a tail that comes home."""

import itertools
from collections.abc import Sequence

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.imitation import Degree, raise_leading
from tapeloom.theory.fugue.countersubject import beat_ticks, make_frame, slot_ticks
from tapeloom.theory.fugue.subject import Subject

# Rhythms of one beat in its quarters (in its thirds where it is compound); negative is a rest.
_HEADS = ((4,), (4,), (2, 2), (-2, 2), (3, 1))
_BODIES = ((2, 2), (2, 1, 1), (1, 1, 2), (1, 1, 1, 1), (4,), (3, 1))
_COMPOUND_HEADS, _COMPOUND_BODIES = ((3,), (2, 1), (-2, 1)), ((1, 1, 1), (2, 1), (3,))
_OPENINGS = (  # diatonic steps above the tonic
    (0, 4), (4, 0), (0, 1, 2), (0, 2, 4), (0, -1, 0), (4, 5, 4), (0, 4, 5), (0, 3, 2), (7, 4),
)  # fmt: skip
_MIDDLES = (0, 3, 1, 5, 4)  # roots of the chords between the first tonic and the last dominant
_STEP_WEIGHTS = {0: 0.2, 1: 6.0, 2: 1.2, 3: 0.5, 4: 0.35, 5: 0.2, 7: 0.1}
_LOWEST, _HIGHEST = -3, 8
_TRIES = 120


def draw_subject(
    rng: np.random.Generator,
    *,
    key: Key,
    meter: Meter | None = None,
    bars: int | None = None,
    modulating: bool = False,
) -> Subject:
    """Draw a subject of one to four bars (two or three where no number is given).

    Many lines are drawn over a plan of chords; the one is taken that has the clearest climax, a
    span between a sixth and a tenth, most steps, leaps that are made good, more than one note
    value, and harmony that its notes say plainly.

    modulating   end in the dominant's key

    >>> subject = draw_subject(np.random.default_rng(1), key=Key("D", "minor"), bars=2)
    >>> subject.modulation is None, 6 <= max(subject.pitches) - min(subject.pitches) <= 17
    (True, True)
    """
    if bars is not None and not 1 <= bars <= 4:
        raise InputError(f"a subject of {bars} bars is asked for; it is drawn with 1 to 4")
    meter = meter or Meter()
    length = bars or int(rng.integers(2, 4))
    best: tuple[float, Subject] | None = None
    for _ in range(_TRIES):
        subject = _draw(rng, key, meter, length, modulating=modulating)
        if subject is None or (subject.modulation is not None) != modulating:
            continue
        worth = _worth(subject)
        if best is None or worth > best[0]:
            best = (worth, subject)
    if best is None:
        raise InputError(f"no subject was found in {key}, {meter}; draw again with another seed")
    return best[1]


def _draw(
    rng: np.random.Generator, key: Key, meter: Meter, bars: int, *, modulating: bool
) -> Subject | None:
    beat = beat_ticks(meter)
    beats = bars * meter.bar_ticks // beat
    starts = _rhythm(rng, beats, beat, compound=beat != meter.unit_ticks)
    end = beats * beat + beat
    opening = _OPENINGS[int(rng.integers(len(_OPENINGS)))]
    roots = [0, *(int(rng.choice(_MIDDLES)) for _ in range(beats - 2)), 4, 0]
    steps: list[int] = []
    for i, tick in enumerate(starts[:-1]):
        if i < len(opening):
            steps.append(opening[i])
            continue
        root = roots[tick // beat]
        weights = [
            _weight(step, steps, (step - root) % 7 in (0, 2, 4), on_beat=tick % beat == 0,
                    left=len(starts) - 1 - i)
            for step in range(_LOWEST, _HIGHEST + 1)
        ]  # fmt: skip
        total = sum(weights)
        steps.append(_LOWEST + int(rng.choice(len(weights), p=[w / total for w in weights])))
    goal = 4 if modulating else int(rng.choice((0, 0, 2)))
    steps.append(goal + 7 * round((steps[-1] - goal) / 7))
    line = [Degree(step) for step in steps]
    if modulating:
        third = len(line) // 2
        line = [
            Degree(d.step, 1) if i >= third and d.step % 7 == 3 else d for i, d in enumerate(line)
        ]
    if key.is_minor:
        line = raise_leading(line)
    stops = [*starts[1:], end]
    notes = tuple(
        Note(start, stop - start, degree.pitch(key))
        for start, stop, degree in zip(starts, stops, line, strict=True)
    )
    lift = 12 * ((60 - min(n.pitch for n in notes)) // 12)
    try:
        return Subject(tuple(Note(n.start, n.duration, n.pitch + lift) for n in notes), key, meter)
    except InputError:
        return None


def _rhythm(rng: np.random.Generator, beats: int, beat: int, *, compound: bool) -> list[int]:
    """Draw where notes begin: a calm head, a body that repeats a figure, the end on a beat."""
    heads: tuple[tuple[int, ...], ...]
    bodies: tuple[tuple[int, ...], ...]
    heads, bodies = (_COMPOUND_HEADS, _COMPOUND_BODIES) if compound else (_HEADS, _BODIES)
    parts = 3 if compound else 4
    count = max(1, beats // 3)
    cells: list[tuple[int, ...]] = [heads[int(rng.integers(len(heads)))] for _ in range(count)]
    figure = [bodies[int(rng.integers(len(bodies)))] for _ in range(2)]
    cells += [figure[i % 2] for i in range(beats - count)]
    cells = [cell if i == 0 else tuple(abs(x) for x in cell) for i, cell in enumerate(cells)]
    starts = []
    for i, cell in enumerate(cells):
        at = i * beat
        for value in cell:
            if value > 0:
                starts.append(at)
            at += abs(value) * beat // parts
    return [*starts, beats * beat]


def _weight(step: int, past: Sequence[int], is_tone: bool, *, on_beat: bool, left: int) -> float:
    move = step - past[-1]
    weight = _STEP_WEIGHTS.get(abs(move), 0.01)
    if on_beat:
        weight *= 3.0 if is_tone else 0.5
    elif not is_tone and abs(move) > 1:
        weight *= 0.3
    if len(past) > 1:
        before = past[-1] - past[-2]
        if abs(before) > 2:
            weight *= 2.0 if move * before < 0 else 0.3
        if step == past[-2]:
            weight *= 0.4
    if left <= 3:  # the tail comes down to where it ends
        weight *= 1.0 / (1.0 + 0.5 * abs(step - 1))
    return weight


def _worth(subject: Subject) -> float:
    steps = [degree.step for degree in subject.degrees]
    moves = [b - a for a, b in itertools.pairwise(steps)]
    semitones = [b - a for a, b in itertools.pairwise(subject.pitches)]
    span = max(steps) - min(steps)
    top = max(steps)
    stepwise = sum(abs(move) == 1 for move in moves) / len(moves)
    values = {note.duration for note in subject.notes[:-1]}
    worth = 3.0 * (steps.count(top) == 1) - 0.5 * (steps.count(top) - 1)
    worth += 2.0 * (0 < steps.index(top) < len(steps) - 2)
    worth -= 1.0 * max(0, span - 9) + 1.5 * max(0, 5 - span)
    worth -= 6.0 * max(0.0, 0.5 - stepwise) + 4.0 * max(0.0, stepwise - 0.85)
    worth -= 2.0 * sum(move == 0 for move in moves)
    worth -= 3.0 * sum(abs(size) in (6, 10, 11) or abs(size) > 12 for size in semitones)
    worth -= 3.0 * sum(abs(size) == 3 and abs(move) == 1
                       for size, move in zip(semitones, moves, strict=True))  # fmt: skip
    worth -= 1.0 * sum(abs(a) > 3 and a * b > 0 for a, b in itertools.pairwise(moves)) + 0.7 * sum(
        a == -b and abs(a) > 0 for a, b in itertools.pairwise(moves)
    ) / len(moves)
    worth -= 0.8 * max(0, sum(abs(move) > 2 for move in moves) - 3)
    worth += min(len(values), 3) - 3.0 * (len(subject.notes) < 7) - 2.0 * (len(values) < 2)
    worth += 1.0 * (abs(moves[-1]) == 1) - 2.0 * (abs(moves[-1]) > 4)
    return worth - _vagueness(subject)


def _vagueness(subject: Subject) -> float:
    """Count the beats whose note is no tone of the chord that fits the line best."""
    frame = make_frame([subject.notes], [(0, subject.key)], end=subject.notes[-1].end,
                       meter=subject.meter, slot=slot_ticks(subject))  # fmt: skip
    pitches = {note.start: note.pitch for note in subject.notes}
    return float(sum(
        slot.level > 0 and pitches.get(slot.tick, slot.chord.root) % 12
        not in slot.chord.pitch_classes
        for slot in frame.slots
    ))  # fmt: skip
