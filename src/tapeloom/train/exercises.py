"""Harmony exercises: made-up pieces in common-practice textures whose chords are known.

They teach chord recognition what pop songs don't hold: chorales, broken chords, melodies over a
bass, suspensions and passing tones, inversions, applied and diminished chords, modulations. A
cadential six-four is labelled as the dominant that it delays.
"""

from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.harmony import QUALITIES
from tapeloom.core.time import PPQ
from tapeloom.theory.chord_rules import LABELS
from tapeloom.theory.events import Events
from tapeloom.train.harmonies import Harmony, Tune, colour, progress
from tapeloom.train.textures import (
    Row,
    accompany,
    basses_of,
    decorate,
    hold_pedal,
    lead_voices,
    melody,
)

TEXTURES = ("chorale", "broken", "offbeat", "block", "two_voices", "sweep", "line", "quartet")


@dataclass(frozen=True, slots=True)
class Exercise:
    """Notes and the chords that they were made from."""

    events: Events
    chords: tuple[Harmony, ...]


def lounge(rng: np.random.Generator, tune: Tune) -> Exercise:
    """Set a tune's chords in voicings with tensions, with a melody or without.

    >>> lounge(np.random.default_rng(0), [(0, "maj7", PPQ)]).chords[0].quality
    'maj7'
    """
    chords = colour(rng, tune)
    texture = str(rng.choice(["block", "block", "offbeat", "broken", "sweep"]))
    rows = accompany(rng, chords, texture, low=int(rng.integers(33, 48)))
    if rng.random() < 0.6:
        rows += melody(rng, chords, part=0, low=60, high=86)
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Exercise(Events.from_columns(*columns), tuple(chords))


def plain(rng: np.random.Generator, *, length: int) -> Exercise:
    """Play chords of all qualities whole, each note held: what must never be misread.

    >>> plain(np.random.default_rng(0), length=2).events.end.max() > 0
    np.True_
    """
    unit = int(rng.choice([1, 2, 4, 8, 16, 32])) * PPQ // 8
    few = tuple(rng.choice(LABELS, size=int(rng.integers(1, len(LABELS))), replace=False))
    inverted = rng.random() * 0.2 * (rng.random() < 0.5)
    chords: list[Harmony] = []
    rows: list[Row] = []
    for k in range(length):
        root, quality = int(rng.integers(12)), str(rng.choice(few))
        steps = QUALITIES[quality].intervals
        sure = quality not in ("dim7", "aug", "sus2", "sus4")  # the bass alone tells their root
        low = int(rng.choice(steps)) if sure and rng.random() < inverted else 0
        played = tuple((root + step) % 12 for step in steps)
        start, end, bass = k * unit, (k + 1) * unit, (root + low) % 12
        chords.append(Harmony(start, end, root, quality, bass, frozenset(played), played))
        base = 60 if rng.random() < 0.5 else 48
        pitches = {36 + bass, *(base + pc for pc in played)}
        if len(steps) == 4 and low == 0 and rng.random() < 0.15:
            pitches -= {base + played[2]}  # without the fifth
        pitches |= {base + 12 + pc for pc in played if rng.random() < 0.2}
        rows += [(start, end, pitch, 0) for pitch in sorted(pitches)]
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Exercise(Events.from_columns(*columns), tuple(chords))


def exercise(rng: np.random.Generator, *, length: int = 32) -> Exercise:
    """Draw one exercise of about this many chords in common-practice style.

    >>> piece = exercise(np.random.default_rng(0), length=6)
    >>> piece.chords[-1].end >= piece.events.onset.max()
    np.True_
    """
    chords = progress(rng, length=length)
    texture = str(rng.choice(TEXTURES, p=(0.2, 0.18, 0.12, 0.1, 0.13, 0.08, 0.04, 0.15)))
    rows: list[Row] = []
    amount = rng.random() * 0.35
    if texture in ("chorale", "quartet"):
        inner = lead_voices(rng, chords, count=3, low=52, high=79)
        for voice in range(3):
            line = [(chord, upper[voice]) for chord, upper in zip(chords, inner, strict=True)]
            rows += decorate(rng, line, part=voice, amount=amount)
        basses = list(zip(chords, basses_of(rng, chords, low=38), strict=True))
        rows += decorate(rng, basses, part=3, amount=amount * 0.7)
        if texture == "quartet":
            rows = [row for row in rows if row[3] != 2]
            rows += melody(rng, chords, part=2, low=64, high=91)
    elif texture == "two_voices":
        rows = melody(rng, chords, part=0, low=60, high=86)
        if rng.random() < 0.5:
            line = list(zip(chords, basses_of(rng, chords, low=38), strict=True))
            rows += decorate(rng, line, part=1, amount=amount)
        else:
            low = [replace(chord, sounding=(chord.bass, *chord.sounding)) for chord in chords]
            rows += melody(rng, low, part=1, low=40, high=62)
    elif texture == "line":
        rows = melody(rng, chords, part=0, low=50, high=86)
        if rng.random() < 0.5:
            rows += [(a, b, pitch - 12, 1) for a, b, pitch, _ in rows]
    else:
        rows = accompany(rng, chords, texture, low=int(rng.integers(33, 48)))
        rows += melody(rng, chords, part=0, low=62, high=90)
        if rng.random() < 0.3:
            rows += melody(rng, chords, part=2, low=58, high=80)
    if rng.random() < 0.12:
        rows += hold_pedal(rng, chords)
    short = rng.random() < 0.2
    onset, end, pitch, part = np.array(rows, np.int64).reshape(-1, 4).T
    if short:
        end = onset + np.maximum((end - onset) // 2, 1)
    return Exercise(Events.from_columns(onset, end, pitch, part), tuple(chords))
