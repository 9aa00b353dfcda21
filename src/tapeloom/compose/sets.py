"""A long record as a set of related pieces: its keys, its tempi and its arc.

A set begins and ends at home, moves from key to key by one step of kinship at a time (from a mode
other than major and minor it may have to jump home), and grows to a peak behind its middle before
it comes to rest, as a disc jockey's set does.
"""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.harmony import Key
from tapeloom.theory.keys import related_keys

PEAK = 0.62  # where in a set its energy is highest, 0..1
ARC = 0.14  # by how much the energy of the pieces differs
FASTER_BPM = 4  # at the peak
STRAY_BPM = 1
FARTHEST = 4  # sharps or flats between home and any piece
RECENT = 4  # pieces within which a key is unlikely to come again
AGAIN = 0.2
# How a key follows from the one before: how likely, and why.
STEPS: dict[str, tuple[float, str]] = {
    "fifth up": (3.0, "a fifth up: one sharp more, a little brighter"),
    "fifth down": (3.0, "a fifth down: one flat more, a little warmer"),
    "relative": (2.5, "the relative key: the same notes around another tonic"),
    "parallel": (1.0, "the parallel key: the same tonic in the other light"),
    "third up": (0.7, "a minor third up: a fresh colour"),
    "third down": (0.7, "a minor third down: a fresh colour"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetStep:
    """A piece's place in the arc of a set."""

    energy_shift: float  # added to the energy of the record, about -0.1..0.1
    bpm_shift: int  # added to the tempo of the first piece


def draw_steps(count: int, rng: np.random.Generator) -> tuple[SetStep, ...]:
    """Draw the arc of a set of pieces; one piece has none.

    >>> draw_steps(1, np.random.default_rng(1))
    (SetStep(energy_shift=0.0, bpm_shift=0),)
    >>> [step.bpm_shift for step in draw_steps(8, np.random.default_rng(1))]
    [0, 1, 4, 4, 3, 3, 3, 1]
    """
    if count == 1:
        return (SetStep(0.0, 0),)
    through = np.linspace(0.0, 1.0, count)
    rising, falling = through / PEAK, (1.0 - through) / (1.0 - PEAK)
    arc = np.sin(0.5 * np.pi * np.minimum(rising, falling))
    strays = rng.integers(-STRAY_BPM, STRAY_BPM + 1, count)
    strays[0] = 0
    return tuple(
        SetStep(
            round(float(ARC * (height - arc.mean())), 3),
            int(np.clip(round(FASTER_BPM * float(height)) + int(stray), 0, FASTER_BPM)),
        )
        for height, stray in zip(arc, strays, strict=True)
    )


def draw_keys(home: Key, count: int, rng: np.random.Generator) -> list[tuple[Key, str]]:
    """Draw the keys of a set and why each follows: next door to the one before, home at last.

    >>> for key, why in draw_keys(Key.parse("Am"), 4, np.random.default_rng(2)):
    ...     print(f"{key} ({camelot(key)}): {why}")
    A minor (8A): home
    C major (8B): the relative key: the same notes around another tonic
    C minor (5A): the parallel key: the same tonic in the other light
    A minor (8A): home again, a minor third down: a fresh colour
    """
    keys = [(home, "home")]
    while len(keys) < count:
        left = count - 1 - len(keys)  # steps that remain behind this one
        if left == 0 and count > 2:
            near = related_keys(keys[-1][0])
            how = next((name for name, key in near.items() if _same(key, home)), None)
            keys.append((home, f"home again, {STEPS[how][1]}" if how else "home again"))
            break
        options = {
            name: key
            for name, key in related_keys(keys[-1][0]).items()
            if _fifths_between(key, home) <= FARTHEST
        }
        back = {name: key for name, key in options.items() if _reaches(key, home, left)}
        options = back if count > 2 and back else options
        recent = {key for key, _ in keys[-RECENT:]}
        weights = np.array([
            STEPS[name][0] * (AGAIN if key in recent else 1.0) for name, key in options.items()
        ])  # fmt: skip
        name = list(options)[int(rng.choice(len(weights), p=weights / weights.sum()))]
        keys.append((options[name], STEPS[name][1]))
    return keys


def _reaches(key: Key, home: Key, steps: int) -> bool:
    """Tell whether home can be reached from a key in so many steps, not a step too soon."""
    if steps > FARTHEST:
        return True  # no key that is near enough to be drawn is farther
    found = {key}
    for _ in range(steps):
        found = {
            near
            for known in found
            if not _same(known, home)
            for near in related_keys(known).values()
        }
    return any(_same(known, home) for known in found)


def _same(first: Key, second: Key) -> bool:
    """Tell whether two keys sound the same, however they are spelled."""
    return (first.pitch_class, first.mode) == (second.pitch_class, second.mode)


def _fifths_between(first: Key, second: Key) -> int:
    """Return how far apart two signatures are on the circle of fifths, 0..6."""
    away = abs(first.signature - second.signature) % 12
    return min(away, 12 - away)


def camelot(key: Key) -> str:
    """Return a key's place on the wheel by which disc jockeys mix: neighbours are a fifth apart.

    >>> camelot(Key.parse("Am")), camelot(Key.parse("C major")), camelot(Key.parse("E minor"))
    ('8A', '8B', '9A')
    """
    return f"{(key.signature + 7) % 12 + 1}{'A' if key.is_minor else 'B'}"
