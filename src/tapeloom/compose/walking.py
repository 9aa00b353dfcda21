"""Jazz time: a walking bass, and chords on the beats and between them."""

from collections.abc import Sequence

import numpy as np

from tapeloom.compose.melody import chord_under
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meters, bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import beat_starts
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.instruments import Instrument
from tapeloom.theory.scales import step_along

_EIGHTH = PPQ // 2
# A bar of four beats: onset and length of each chord, in eighths. The first is the Charleston.
COMPING: tuple[tuple[tuple[int, int], ...], ...] = (
    ((0, 3), (3, 3)), ((1, 3), (4, 2)), ((0, 2), (5, 2)), ((3, 4),), ((0, 6),), ((1, 2), (5, 3)),
    ((0, 3), (3, 2), (6, 1)), ((2, 4), (7, 1)),
)  # fmt: skip
_BASS_LEVEL, _CHORD_LEVEL = 80, 64


def walk(
    chords: Sequence[ChordSpan], meters: Meters, start: int, end: int, key: Key,
    player: Instrument, rng: np.random.Generator,
) -> list[Note]:  # fmt: skip
    """Walk a bass in beats: each chord's own bass first, then its tones, and a step into the next.

    >>> from tapeloom.core.meter import Meter
    >>> from tapeloom.theory.instruments import instrument
    >>> spans = (ChordSpan(0, 4 * PPQ, Chord.parse("Dm7")), ChordSpan(4 * PPQ, 8 * PPQ,
    ...                                                               Chord.parse("G7")))
    >>> line = walk(spans, ((0, Meter()),), 0, 8 * PPQ, Key("C", "major"),
    ...             instrument("upright_bass"), np.random.default_rng(1))
    >>> len(line), line[0].pitch % 12, line[4].pitch % 12, abs(line[4].pitch - line[3].pitch) <= 2
    (8, 2, 7, True)
    """
    low, high = player.comfortable
    beats = [
        bar + beat
        for bar in bar_starts(meters, end)
        for beat in beat_starts(meter_at(meters, bar))
        if start <= bar + beat < end
    ]
    begins = {span.start: span for span in chords}
    ticks = sorted({*beats, *(tick for tick in begins if start <= tick < end)})
    covered = [tick for tick in ticks if any(span.start <= tick < span.end for span in chords)]
    draws = rng.random((len(covered), 2))
    notes: list[Note] = []
    at = (low + high) // 2 - 4
    way = 1
    for i, tick in enumerate(covered):
        following = covered[i + 1] if i + 1 < len(covered) else end
        chord = chord_under(chords, tick, tick + 1)
        ahead = begins.get(following)
        if tick in begins or not notes:
            pitch = _near(chord.bass_pitch_class, at, low, high)
        elif ahead is not None:
            pitch = _approach(at, ahead.chord, chord, key, low, high, float(draws[i, 0]))
        else:
            way = _way(at, way, low, high, float(draws[i, 0]))
            pitch = _next_tone(at, chord, key, way, low, high, step=bool(draws[i, 1] < 0.35))
        length = following - tick
        notes.append(Note(tick, length, pitch, _BASS_LEVEL + round(8 * float(draws[i, 1]))))
        at = pitch
    return notes


def _near(tone: int, pitch: int, low: int, high: int) -> int:
    options = [p for p in range(low, high + 1) if p % 12 == tone]
    return min(options, key=lambda p: (abs(p - pitch), p))


def _way(at: int, way: int, low: int, high: int, draw: float) -> int:
    if at >= high - 3 or at <= low + 3:
        return -1 if at >= high - 3 else 1
    return way if draw < 0.7 else -way


def _next_tone(
    at: int, chord: Chord, key: Key, way: int, low: int, high: int, *, step: bool
) -> int:
    if step:
        pitch = step_along(at, chord_scale(chord, key), steps=way)
        if low <= pitch <= high:
            return pitch
    tones = [p for p in range(low, high + 1) if p % 12 in chord.pitch_classes and p != at]
    return min(tones, key=lambda p: (abs(p - at - 4 * way), p))


def _approach(
    at: int, ahead: Chord, chord: Chord, key: Key, low: int, high: int, draw: float
) -> int:  # fmt: skip
    """Choose a note a half or a whole step from the next bass."""
    target = _near(ahead.bass_pitch_class, at, low, high)
    side = -1 if at < target else 1
    scale = chord_scale(chord, key)
    pitch = target + side if draw < 0.5 else step_along(target, scale, steps=side)
    if pitch == at or not low <= pitch <= high:
        pitch = target - side
    return pitch if low <= pitch <= high else target


def comp_in_swing(
    chords: Sequence[ChordSpan], meters: Meters, start: int, end: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Draw where chords are struck, as (start, end) in ticks; each chord is struck at least once.

    Two bars' figures are drawn for the stretch and alternate, with another one now and then. Bars
    that aren't of four beats have their chords at the beginning.
    """
    pair = rng.integers(len(COMPING), size=2)
    strikes: dict[int, int] = {}
    for number, bar in enumerate(tick for tick in bar_starts(meters, end) if tick >= start):
        ticks = meter_at(meters, bar).bar_ticks
        if ticks != 4 * PPQ:
            strikes[bar] = min(bar + ticks, end)
            continue
        choice = pair[number % 2] if rng.random() < 0.75 else rng.integers(len(COMPING))
        for onset, length in COMPING[int(choice)]:
            tick = bar + onset * _EIGHTH
            if tick < end:
                strikes[tick] = min(tick + length * _EIGHTH, end)
    for span in chords:
        if start <= span.start < end and not any(span.start <= t < span.end for t in strikes):
            strikes[span.start] = span.end
    ordered = sorted(strikes)
    stops = [*ordered[1:], end]
    return [(tick, min(strikes[tick], stop)) for tick, stop in zip(ordered, stops, strict=True)]
