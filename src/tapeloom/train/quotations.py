"""How well the originality check sees quotations, and how often it sees what isn't there.

Passages of known songs are transposed, played at another tempo and ornamented, and set into a tune
of random steps; the same tunes without a passage tell the false alarms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.fingerprints import Line
from tapeloom.neural.originality import OriginalityIndex

BAR = 4 * PPQ
TEMPI = (0.5, 1.0, 1.5, 2.0)  # how much longer the notes of a quotation are
ORNAMENTS = ("none", "grace", "passing")
RATE = 1 / 6  # of the notes that are ornamented
FEWEST_NOTES = 10  # of four bars of a quoted passage
TRIES = 50  # to find a passage
_WAITS = (PPQ // 2, PPQ // 2, PPQ // 2, PPQ, PPQ, PPQ // 4, 3 * PPQ // 2, 2 * PPQ)


@dataclass(frozen=True, slots=True)
class Detection:
    """What the check tells of quotations of one kind."""

    ornament: str
    bars: int  # of the quotation, as it was written
    count: int
    seen: float  # share of which a run or a window matched, 0..1
    refused: float  # share that exceeds the human baseline


def random_tune(rng: np.random.Generator, *, bars: int) -> tuple[Note, ...]:
    """Draw a tune of random steps in C major and random note values.

    >>> len(random_tune(np.random.default_rng(0), bars=4)) > 8
    True
    """
    tones = [12 * octave + step for octave in (4, 5, 6) for step in MODES["major"]]
    count = 8 * bars
    steps = rng.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3], count)
    waits = rng.choice(_WAITS, count)
    notes, place, tick = [], len(tones) // 2, 0
    for step, wait in zip(steps.tolist(), waits.tolist(), strict=True):
        if tick + wait > bars * BAR:
            break
        place = place + step if 0 <= place + step < len(tones) else place - step
        notes.append(Note(tick, wait, tones[place]))
        tick += wait
    return tuple(notes)


def quote(
    line: Line, start: int, end: int, rng: np.random.Generator, *, ornament: str, at: int
) -> tuple[Note, ...]:
    """Take a passage out of a line, transposed, stretched and ornamented, to begin at a tick.

    ornament  none; grace: a short note a step below before some notes; passing: some notes are
              halved and a neighbour takes the second half
    """
    inside = (line.onset >= start) & (line.onset < end)
    onset, pitch = line.onset[inside], line.pitch[inside]
    stretch, up = rng.choice(TEMPI), int(rng.integers(-6, 7))
    ornamented = rng.random(len(onset)) < RATE
    side = rng.choice([-2, 2], len(onset))
    ends = np.append(onset[1:], onset[-1] + PPQ)
    notes = []
    for i, (a, b, p) in enumerate(zip(onset.tolist(), ends.tolist(), pitch.tolist(), strict=True)):
        first, last = (at + round((tick - start) * stretch) for tick in (a, b))
        high = min(max(p + up, 2), 125)
        length = max(last - first, 2)
        if ornamented[i] and ornament == "grace":
            short = min(length // 4, PPQ // 8)
            notes += [Note(first, short, high - 1), Note(first + short, length - short, high)]
        elif ornamented[i] and ornament == "passing":
            half = length // 2
            notes += [Note(first, half, high), Note(first + half, half, high + int(side[i]))]
        else:
            notes.append(Note(first, length, high))
    return tuple(notes)


def false_alarms(
    index: OriginalityIndex, rng: np.random.Generator, *, count: int = 200, bars: int = 32
) -> tuple[float, float]:
    """Return the shares of random tunes that share a run or window with a song, and are refused."""
    found = [index.check(_tune(random_tune(rng, bars=bars))) for _ in range(count)]
    seen = sum(each.longest_run > 0 or each.copied_share > 0 for each in found)
    return seen / count, sum(not each.is_original for each in found) / count


def detection(
    index: OriginalityIndex,
    lines: Sequence[Line],
    rng: np.random.Generator,
    *,
    ornament: str,
    bars: int,
    count: int = 200,
    around: int = 8,
) -> Detection:
    """Measure how many quotations are seen.

    lines    of the songs that the index knows
    bars     of each quotation
    around   bars of a random tune before it
    """
    seen = refused = done = 0
    for _ in range(TRIES * count):
        if done == count:
            break
        line = lines[int(rng.integers(len(lines)))]
        start = int(rng.integers(max(int(line.onset[-1]) // BAR - bars, 1))) * BAR
        inside = (line.onset >= start) & (line.onset < start + bars * BAR)
        if inside.sum() < FEWEST_NOTES * bars / 4 or len(np.unique(line.pitch[inside])) < 4:
            continue
        before = random_tune(rng, bars=around)
        passage = quote(line, start, start + bars * BAR, rng, ornament=ornament, at=around * BAR)
        found = index.check(_tune((*before, *passage)))
        done += 1
        seen += found.longest_run > 0 or found.copied_share > 0
        refused += not found.is_original
    if done < count:
        raise InputError(f"the lines hold too few passages of {bars} bars with notes enough")
    return Detection(ornament, bars, count, seen / count, refused / count)


def _tune(notes: tuple[Note, ...]) -> Score:
    return Score((Part("melody", "melody", notes=notes),))
