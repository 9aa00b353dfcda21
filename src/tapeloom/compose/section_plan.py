"""The plan of an arrangement: its sections, their energy, layers, keys and treatments."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.compose.form import ORDER, kind_of
from tapeloom.core.harmony import Key
from tapeloom.theory.keys import related_keys

# How energetic a kind of section is by itself; the piece grows over them by GROWTH to its end.
ENERGY = {
    "intro": 0.14, "A": 0.42, "A'": 0.55, "B": 0.68, "bridge": 0.4, "breakdown": 0.22,
    "outro": 0.16,
}  # fmt: skip
GROWTH = 0.22
# From which energy on a layer plays; what plays in every section is the material's.
ENTERS = {"melody": 0.0, "keys": 0.0, "bass": 0.28, "drums": 0.36, "pad": 0.5, "guitar": 0.64}
COUNTER = 0.74  # from which energy on the guitar answers the melody instead of picking chords

# What each appearance of a kind of section makes of the line, in turn; () states it as it is.
TREATED: dict[str, tuple[tuple[str, ...], ...]] = {
    "intro": (
        ("enter",), ("head",), ("augment",), ("thin",), ("enter", "ornament"), ("thin", "invert"),
    ),
    "A": ((), ("ornament",), ("answer",), ("displace", "ornament"), ("sequence",)),
    "A'": (
        ("answer", "ornament"), ("register",), ("sequence", "ornament"), ("diminish",),
        ("invert", "register"),
    ),
    "B": ((), ("ornament",), ("register",), ("answer",), ("diminish",)),
    "bridge": (("augment",), ("thin", "invert"), ("answer", "retrograde")),
    "breakdown": (("answer", "thin"), ("augment",), ("thin", "displace")),
    "outro": (
        ("thin",), ("head",), ("augment",), ("answer", "thin"), ("thin", "ornament"),
        ("head", "ornament"), ("retrograde", "thin"),
    ),
}  # fmt: skip
# The chance that a returning section's chords are another colour of themselves.
RECOLOURED = {"A'": 0.3, "A": 0.2, "B": 0.2}


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section before its notes."""

    name: str
    bars: int
    energy: float  # 0..1
    letter: str  # whose material it develops: A, B or bridge
    key: Key
    treatments: tuple[str, ...]  # names in compose.treatments
    roles: tuple[str, ...]
    recoloured: float = 0.0  # 0..1, how much of its chords takes another colour
    counters: bool = False  # whether the guitar answers in the melody's rests


def usual_energies(form: Sequence[tuple[str, int]]) -> tuple[float, ...]:
    """Return the energy of each section of a piece: by its kind, growing towards the end.

    >>> usual_energies((("intro", 4), ("A", 8), ("B", 8), ("A'", 8), ("outro", 4)))
    (0.14, 0.475, 0.79, 0.715, 0.16)
    """
    total = sum(length for _, length in form)
    at = 0
    energies = []
    for name, length in form:
        kind = kind_of(name)
        grows = 0.0 if kind in ("intro", "outro", "breakdown") else (at + length / 2) / total
        energies.append(round(min(ENERGY[kind] + GROWTH * grows, 1.0), 3))
        at += length
    return tuple(energies)


def plan_sections(
    form: Sequence[tuple[str, int]],
    energies: Sequence[float],
    *,
    key: Key,
    seats: Sequence[str],
    before: int = 0,
    rng: np.random.Generator,
) -> tuple[SectionPlan, ...]:
    """Plan the sections of one piece.

    form      names and bars
    energies  of each section, 0..1
    seats     the roles that the band has
    before    how many pieces of the same loop came before: theirs is not said again
    """
    regions = _regions(key, rng)
    seen: dict[str, int] = {}
    plans: list[SectionPlan] = []
    for (name, length), level in zip(form, energies, strict=True):
        kind = kind_of(name)
        times = seen.get(kind, before)
        seen[kind] = times + 1
        letter = kind if kind in ("B", "bridge") else "A"
        roles = _roles(level, seats)
        plans.append(
            SectionPlan(
                name, length, level, letter, regions[letter], _treatments(kind, times, rng), roles,
                recoloured=RECOLOURED.get(kind, 0.0) * (times > before or kind == "A'"),
                counters="guitar" in roles and level >= COUNTER,
            )
        )  # fmt: skip
    return tuple(plans)


def _regions(home: Key, rng: np.random.Generator) -> dict[str, Key]:
    """Choose the keys of the contrast and of the bridge: next door, and back another way."""
    near = related_keys(home)
    names = ["relative", "fifth down"]
    first = names.pop(int(rng.integers(2)))
    second = "parallel" if first == "relative" and rng.random() < 0.5 else names[0]
    return {"A": home, "B": near[first], "bridge": near[second]}


def _treatments(kind: str, times: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Return what the so many-th appearance of a kind makes of the line; never () twice."""
    rows = TREATED[kind]
    if times < len(rows):
        return rows[times]
    first, second = (rows[1 + int(i)] for i in rng.integers(len(rows) - 1, size=2))
    return tuple(dict.fromkeys((*first, *second)))


def _roles(level: float, seats: Sequence[str]) -> tuple[str, ...]:
    return tuple(role for role in ORDER if role in seats and level >= ENTERS[role])
