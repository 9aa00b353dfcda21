"""Exercises in four parts: progressions in Roman numerals, and faults planted into chorales.

They measure the writer (`theory.chorale`) and the checker (`theory.part_writing`): what is written
has no fault, and every fault that is planted is found where it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.four_part import LIMITS
from tapeloom.theory.numerals import RomanNumeral
from tapeloom.theory.part_moves import allowed_steps, leading_tones, wishes
from tapeloom.theory.voicing import functions

# Functional progressions, from plain triads to applied chords, mixture and augmented sixths.
NUMERALS: dict[str, tuple[str, ...]] = {
    "major": (
        "I IV V I",
        "I ii6 V I",
        "I vi IV V I",
        "I V6 I IV ii6 V7 I",
        "I I6 IV V V42 I6 ii65 V I",
        "I V43 I6 IV I64 V7 I",
        "I IV6 V6 I vi ii6 V7 vi IV V I",
        "I viio6 I6 ii6 V7 I",
        "I iii IV I6 ii65 Cad64 V7 I",
        "I vi ii V7 I IV I",
        "I V7/IV IV viio6 I V I",
        "I V65/V V V7 I",
        "I vi V43/V V V42 I6 IV V7 I",
        "I V7/vi vi V7/ii ii V7 I",
        "I iv6 V7 I",
        "I bVI iv6 Cad64 V7 I",
        "I N6 V7 I",
        "I Ger65 Cad64 V7 I",
        "I IV viio6 iii vi ii V7 I",
        "I viio7/V V V65 I ii7 V7 I",
        "I IV7 V65/V V7 vi iiø65 V7 I",
        "vi ii65 V7 I I6 viio7/ii ii V43 I",
    ),
    "minor": (
        "i iv V i",
        "i iio6 V i",
        "i VI iv V7 i",
        "i V6 i iv6 V V7 VI iio6 V i",
        "i i6 iv V V42 i6 iiø65 V i",
        "i V43 i6 iv i64 V7 i",
        "i VII III VI iiø65 V7 i",
        "i viio6 i6 iv V7 i",
        "i III iv i6 iiø65 Cad64 V7 i",
        "i iv VII III VI iio6 V i",
        "i V7/III III V65 i iv V i",
        "i viio7 i V65/V V V7 i",
        "i V42/iv iv6 Cad64 V7 i",
        "i N6 V42 i6 iv V i",
        "i VI It6 V V7 i",
        "i Ger65 Cad64 V7 i",
        "i iv6 V6 i viio43 i6 iiø65 V7 VI",
        "i v6 iv6 V V65 i",
    ),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """Four voices chord by chord, from the bass up."""

    rows: tuple[tuple[int, ...], ...]
    chords: tuple[Chord, ...]
    key: Key


@dataclass(frozen=True, slots=True)
class Planted:
    """A passage with a fault in it, and where it must be found."""

    passage: Passage
    name: str  # in part_writing.FAULTS
    at: int  # the chord at which the fault is complete
    voices: tuple[int, ...]  # empty where the fault names none


def progression(text: str, key: Key) -> tuple[Chord, ...]:
    """Read Roman numerals in a key.

    >>> [str(chord) for chord in progression("I V65/V V", Key("F", "major"))]
    ['F', 'G7/B', 'C']
    """
    return tuple(RomanNumeral.parse(word).chord(key) for word in text.split())


def plant(passage: Passage, name: str, rng: np.random.Generator) -> Planted | None:
    """Plant a fault into a passage at a place that can hold it; None where there is none.

    >>> rows = ((48, 60, 64, 67), (53, 60, 65, 69))
    >>> passage = Passage(rows, (Chord(0), Chord(5)), Key("C", "major"))
    >>> planted = plant(passage, "parallel octaves", np.random.default_rng(0))
    >>> planted.at, planted.voices
    (1, (2, 3))
    """
    rows = [list(row) for row in passage.rows]
    found = _PLANTERS[name](passage, rows, name, rng)
    if found is None or min(map(min, rows)) < 0 or max(map(max, rows)) > 127:
        return None
    at, voices = found
    changed = Passage(tuple(tuple(row) for row in rows), passage.chords, passage.key)
    return Planted(changed, name, at, voices)


Rows = list[list[int]]
Place = tuple[int, tuple[int, ...]] | None
Planter = Callable[[Passage, Rows, str, np.random.Generator], Place]


def _moving(rows: Sequence[Sequence[int]], rng: np.random.Generator, voice: int) -> int | None:
    """Choose a chord into which a voice moves."""
    moved = [i for i in range(1, len(rows)) if rows[i][voice] != rows[i - 1][voice]]
    return int(rng.choice(moved)) if moved else None


def _plant_parallel(_: Passage, rows: Rows, name: str, rng: np.random.Generator) -> Place:
    low, high = sorted(rng.choice(4, 2, replace=False).tolist())
    at = _moving(rows, rng, low)
    if at is None:
        return None
    sizes = {"parallel fifths": (7, 19), "parallel octaves": (12, 24), "parallel unisons": (0,)}
    interval = int(rng.choice(sizes[name]))
    for i in (at - 1, at):
        rows[i][high] = rows[i][low] + interval
    return at, (low, high)


def _plant_contrary(_: Passage, rows: Rows, name: str, rng: np.random.Generator) -> Place:
    low, high = sorted(rng.choice(4, 2, replace=False).tolist())
    at = _moving(rows, rng, low)
    if at is None or abs(rows[at][low] - rows[at - 1][low]) >= 12:
        return None
    near, far = (7, 19) if name.startswith("fifths") else (12, 24)
    rises = rows[at][low] > rows[at - 1][low]
    rows[at - 1][high] = rows[at - 1][low] + (far if rises else near)
    rows[at][high] = rows[at][low] + (near if rises else far)
    return at, (low, high)


def _plant_direct(_: Passage, rows: Rows, name: str, rng: np.random.Generator) -> Place:
    at = _moving(rows, rng, 0)
    if at is None:
        return None
    step = rows[at][0] - rows[at - 1][0]
    interval = 19 if name == "direct fifth" else 24
    leaps = [leap for leap in (3, 4, 5, 8) if leap != abs(step)]
    leap = int(rng.choice(leaps)) * (1 if step > 0 else -1)
    rows[at][3] = rows[at][0] + interval
    rows[at - 1][3] = rows[at][3] - leap
    return at, (0, 3)


def _plant_crossing(_: Passage, rows: Rows, __: str, rng: np.random.Generator) -> Place:
    at, low = int(rng.integers(len(rows))), int(rng.integers(3))
    rows[at][low] = rows[at][low + 1] + int(rng.integers(1, 6))
    return at, (low, low + 1)


def _plant_overlap(_: Passage, rows: Rows, __: str, rng: np.random.Generator) -> Place:
    at, low = int(rng.integers(1, len(rows))), int(rng.integers(3))
    rows[at][low] = rows[at - 1][low + 1] + int(rng.integers(3, 7))
    rows[at][low + 1] = max(rows[at][low + 1], rows[at][low] + 3)
    return at, (low, low + 1)


def _plant_spacing(_: Passage, rows: Rows, __: str, rng: np.random.Generator) -> Place:
    at, low = int(rng.integers(len(rows))), int(rng.integers(1, 3))
    rows[at][low + 1] = rows[at][low] + int(rng.integers(13, 18))
    return at, (low, low + 1)


def _plant_range(_: Passage, rows: Rows, __: str, rng: np.random.Generator) -> Place:
    at, voice = int(rng.integers(len(rows))), int(rng.integers(4))
    bottom, top = tuple(LIMITS.values())[voice]
    beyond = int(rng.integers(1, 8))
    rows[at][voice] = bottom - beyond if rng.random() < 0.5 else top + beyond
    return at, (voice,)


def _plant_leap(_: Passage, rows: Rows, name: str, rng: np.random.Generator) -> Place:
    at, voice = int(rng.integers(1, len(rows))), int(rng.integers(4))
    up = 1 if rng.random() < 0.5 else -1
    sizes = (6,) if name == "tritone leap" else (10, 11, 13, 14, 16)
    rows[at][voice] = rows[at - 1][voice] + up * int(rng.choice(sizes))
    for later in rows[at + 1 :]:  # it doesn't turn back
        later[voice] = rows[at][voice]
    return at, (voice,)


def _plant_augmented_second(
    passage: Passage, rows: Rows, _: str, rng: np.random.Generator
) -> Place:
    if not passage.key.is_minor:
        return None
    at, voice = int(rng.integers(1, len(rows))), int(rng.integers(4))
    sixth = (passage.key.pitch_class + 8) % 12
    low = rows[at][voice] - (rows[at][voice] - sixth) % 12
    rows[at - 1][voice], rows[at][voice] = (low, low + 3) if rng.random() < 0.5 else (low + 3, low)
    return at, (voice,)


def _plant_unresolved(passage: Passage, rows: Rows, name: str, rng: np.random.Generator) -> Place:
    places = []
    for i in range(len(rows) - 1):
        if (passage.chords[i].root, passage.chords[i].quality) == (
            passage.chords[i + 1].root, passage.chords[i + 1].quality,
        ):  # fmt: skip
            continue
        for wish in wishes(passage.chords[i], passage.chords[i + 1], passage.key):
            places += [
                (i, voice, wish) for voice in range(4)
                if name == f"unresolved {wish.name}" and rows[i][voice] % 12 == wish.tone
            ]  # fmt: skip
    if not places:
        return None
    at, voice, wish = places[int(rng.integers(len(places)))]
    wrong = [step for step in range(-7, 8) if step and step not in allowed_steps(wish, voice, 4)]
    rows[at + 1][voice] = rows[at][voice] + int(rng.choice(wrong))
    return at + 1, (voice,)


def _plant_doubled(passage: Passage, rows: Rows, name: str, rng: np.random.Generator) -> Place:
    places = []
    for i, chord in enumerate(passage.chords):
        tones = leading_tones(chord, passage.key)
        if name == "doubled seventh":
            seventh = functions(chord.quality).get("seventh")
            tones = ((chord.root + seventh) % 12,) if seventh in (10, 11) else ()
        places += [(i, tone) for tone in tones if any(p % 12 == tone for p in rows[i])]
    if not places:
        return None
    at, tone = places[int(rng.integers(len(places)))]
    others = [voice for voice in range(4) if rows[at][voice] % 12 != tone]
    voice = int(rng.choice(others))
    away = (tone - rows[at][voice] + 6) % 12 - 6
    rows[at][voice] += away
    return at, tuple(v for v in range(4) if rows[at][v] % 12 == tone)


def _plant_missing_third(passage: Passage, rows: Rows, _: str, rng: np.random.Generator) -> Place:
    places = [
        i for i, chord in enumerate(passage.chords)
        if "third" in functions(chord.quality)
        and (i == 0 or chord != passage.chords[i - 1])
        and (i == len(rows) - 1 or chord != passage.chords[i + 1])
    ]  # fmt: skip
    if not places:
        return None
    at = int(rng.choice(places))
    chord = passage.chords[at]
    third = (chord.root + functions(chord.quality)["third"]) % 12
    for voice, pitch in enumerate(rows[at]):
        if pitch % 12 == third:
            rows[at][voice] = pitch + (chord.root - pitch + 6) % 12 - 6
    return at, ()


_PLANTERS: dict[str, Planter] = {
    "parallel fifths": _plant_parallel,
    "parallel octaves": _plant_parallel,
    "parallel unisons": _plant_parallel,
    "fifths by contrary motion": _plant_contrary,
    "octaves by contrary motion": _plant_contrary,
    "direct fifth": _plant_direct,
    "direct octave": _plant_direct,
    "crossing": _plant_crossing,
    "overlap": _plant_overlap,
    "spacing": _plant_spacing,
    "range": _plant_range,
    "leap": _plant_leap,
    "tritone leap": _plant_leap,
    "augmented second": _plant_augmented_second,
    "unresolved leading tone": _plant_unresolved,
    "unresolved seventh": _plant_unresolved,
    "doubled leading tone": _plant_doubled,
    "doubled seventh": _plant_doubled,
    "missing third": _plant_missing_third,
}
PLANTED = tuple(_PLANTERS)  # the names of the faults that can be planted
