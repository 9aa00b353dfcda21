"""What the outer lines and the metre tell of a key: a second look, beside `key_evidence`."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meters
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.key_evidence import ONE_METER, TURNS, first_bar

# Rows over the twelve pitch classes, each as a share of its sum. The line is the highest notes
# that begin, without those that fall out of its register; the bass is found likewise.
LINES = (
    "downbeats",  # bars at whose beginning it sounds
    "odd_downbeats",  # the same of the first bar, the third and so on
    "low",  # time, well below the mean pitch
    "middle",
    "high",
    "onsets",  # notes
    "line",  # time until the line's next note
    "line_held",  # the same, squared
    "line_ends",  # notes of the line that are followed by a pause or held
    "line_rests",  # by a longer one
    "highest",  # the highest note of the line
    "lowest",  # the lowest note of all
    "line_downbeats",  # notes of the line that begin a bar
    "line_begins",  # that come after a pause or a held note
    "bass_onsets",  # notes of the bass
    "bass_downbeats",  # that begin a bar
    "line_peaks",  # notes of the line above both of their neighbours
    "line_upper",  # within a third of its highest
)
LINE_ROWS = len(LINES) + 24  # then steps of the bass and of the line, from each class to each
LINE_INPUTS = LINE_ROWS * 12
_RARE = (8, 9, 13, 16)  # rows of ends, rests, beginnings and peaks
_BAND = 8  # semitones about the mean pitch that are its middle


def line_evidence(events: Events, *, meters: Meters = ONE_METER) -> NDArray[np.float64]:
    """Measure what the outer lines of a passage tell, shape (LINE_ROWS, 12).

    First come the LINES, then in twelve rows how often the bass moves from each pitch class to each
    other, in the last twelve the same of the line. All is zero where there are no notes, and a
    transposition turns everything and changes nothing else.

    meters   the first one tells where bars begin

    >>> from tapeloom.core.score import Note
    >>> tune = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate((60, 67, 64, 60))]
    >>> lines = line_evidence(Events.from_notes(tune))
    >>> lines[LINES.index("highest")].argmax(), lines[LINES.index("downbeats")].argmax()
    (np.int64(7), np.int64(0))
    """
    lines = np.zeros((LINE_ROWS, 12))
    if len(events):
        origin, bar = first_bar(events, meters)
        _kernel()(events.onset, events.end, events.pitch, origin, bar, lines)
    return lines


def lines_from_keys(lines: NDArray[np.float64]) -> NDArray[np.float32]:
    """Lay lines out as each tonic sees them, shape (..., 12 tonics, LINE_INPUTS).

    >>> lines_from_keys(np.zeros((LINE_ROWS, 12))).shape
    (12, 504)
    """
    flat = lines.astype(np.float32).reshape(*lines.shape[:-2], LINE_INPUTS)
    seen: NDArray[np.float32] = flat.take(_places(), axis=-1)
    return seen


@cache
def _places() -> NDArray[np.int64]:
    """Return where each tonic finds its inputs, shape (12, LINE_INPUTS)."""
    places = np.arange(LINE_INPUTS).reshape(LINE_ROWS, 12)
    turned = np.moveaxis(places[: len(LINES)][:, TURNS], 1, 0).reshape(12, -1)
    steps = places[len(LINES) :].reshape(2, 12, 12)[:, TURNS[:, :, None], TURNS[:, None, :]]
    return np.concatenate((turned, np.moveaxis(steps, 1, 0).reshape(12, -1)), axis=1)


def sweep_lines(
    onset: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    origin: int,
    bar: int,
    lines: NDArray[np.float64],
) -> None:
    """Count what the outer lines tell; fills `lines`, of zeros.

    >>> lines = np.zeros((LINE_ROWS, 12))
    >>> sweep_lines(*np.array([[0, PPQ], [PPQ, 2 * PPQ], [55, 60]]), 0, 4 * PPQ, lines)
    >>> lines[len(LINES) + 7, 0] > 0, lines[LINES.index("lowest"), 7]
    (np.True_, np.float64(1.0))
    """
    count = len(onset)
    total = pitch.sum()
    for k in range(count):
        p = pitch[k] % 12
        first, after = -((origin - onset[k]) // bar), -((origin - end[k]) // bar)
        lines[0, p] += after - first
        lines[1, p] += (after + 1) // 2 - (first + 1) // 2
        above = pitch[k] * count - total  # times the count, so that it is exact
        row = 2 if above < -_BAND * count else (4 if above >= _BAND * count else 3)
        lines[row, p] += end[k] - onset[k]
        lines[5, p] += 1.0
    at = np.zeros(count, np.int64)
    top = np.zeros(count, np.int64)
    until, notes, bass_before = 0, 0, -1
    level, floor = 0.0, 0.0  # where line and bass move, above their first notes
    first_high, first_low = -1, -1
    i = 0
    while i < count:
        j, high, low = i, i, i
        while j < count and onset[j] <= onset[i] + PPQ // 16:
            if pitch[j] > pitch[high]:
                high = j
            if pitch[j] < pitch[low]:
                low = j
            j += 1
        if first_high < 0:
            first_high, first_low = pitch[high], pitch[low]
        height, depth = pitch[high] - first_high, pitch[low] - first_low
        covered = notes > 0 and until > onset[high] + PPQ // 8 and top[notes - 1] > pitch[high]
        share = 0.02
        if not covered and height >= level - 7:
            at[notes], top[notes], until = onset[high], pitch[high], end[high]
            notes += 1
            share = 0.15
        level += share * (height - level)
        share = 0.02
        if depth <= floor + 5:
            p = pitch[low] % 12
            lines[14, p] += 1.0
            if (onset[low] - origin) % bar < PPQ // 8:
                lines[15, p] += 1.0
            if bass_before >= 0 and bass_before != p:
                lines[18 + bass_before, p] += 1.0
            bass_before = p
            share = 0.15
        floor += share * (depth - floor)
        i = j
    last = end.max()
    peak = top[:notes].max()
    for a in range(notes):
        p = top[a] % 12
        length = (at[a + 1] if a + 1 < notes else last) - at[a]
        quarters = length / PPQ
        lines[6, p] += min(length, 8 * PPQ)
        lines[7, p] += min(quarters * quarters, 16.0)
        lines[8, p] += quarters >= 1.5
        lines[9, p] += quarters >= 2.5
        lines[12, p] += (at[a] - origin) % bar < PPQ // 8
        lines[17, p] += top[a] >= peak - 4
        if a > 0:
            lines[13, p] += at[a] - at[a - 1] >= PPQ * 3 // 2
        if a + 1 < notes:
            lines[30 + p, top[a + 1] % 12] += 1.0
            if a > 0 and top[a - 1] < top[a] >= top[a + 1]:
                lines[16, p] += 1.0
    lines[10, peak % 12] = 1.0
    lines[11, pitch.min() % 12] = 1.0
    for row in range(18):
        heard = lines[row].sum()
        # Of what is rare a few cases count for less.
        lines[row] /= heard + 1.0 if row in _RARE else max(heard, 1e-9)
    lines[18:30] /= lines[18:30].sum() + 2.0
    lines[30:] /= lines[30:].sum() + 4.0


@cache
def _kernel() -> Any:
    """Compile the loop (numba takes half a second to import)."""
    from numba import njit

    return njit(cache=True)(sweep_lines)
