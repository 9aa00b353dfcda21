"""The form: which sections a piece has, how long they are, who plays in them."""

import re
from collections.abc import Sequence

import numpy as np

# Blocks of the body by their number; each is two units (usually eight bars) long.
_BODIES: dict[int, tuple[str, ...]] = {
    1: ("A",),
    2: ("A B", "A A'"),
    3: ("A B A'", "A A' B"),
    4: ("A A' B A'", "A B A B", "A B A' B"),
    5: ("A A' B A A'", "A B A' B A'", "A A' B bridge A'"),
    6: ("A A' B A bridge A'", "A B A' bridge B A'", "A A' B A' B A'"),
    7: ("A A' B A bridge B A'", "A B A' B bridge A A'"),
    8: ("A A' B A A' bridge B A'", "A B A' bridge A B A' B"),
}  # fmt: skip
KINDS = ("intro", "A'", "A", "B", "bridge", "breakdown", "outro")

# Shift of the energy, and the layers beside those that `lead_layer` names, by kind of section.
ENERGY = {
    "intro": -0.2, "A": 0.0, "A'": 0.08, "B": 0.14, "bridge": -0.08, "breakdown": -0.22,
    "outro": -0.18,
}  # fmt: skip
_LAYERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "intro": (("keys",), ("keys", "extra"), ("keys", "bass"), ("keys", "pad")),
    "A": (("melody", "keys", "bass", "drums"),),
    "A'": (
        ("melody", "keys", "bass", "drums", "extra"),
        ("melody", "keys", "bass", "drums", "pad"),
    ),
    "B": (
        ("melody", "keys", "bass", "drums", "pad"),
        ("melody", "keys", "bass", "drums", "extra"),
    ),
    "bridge": (("melody", "keys", "pad", "bass"), ("melody", "keys", "extra", "drums")),
    "breakdown": (("melody", "keys", "pad"), ("keys", "extra", "bass"), ("melody", "keys", "bass")),
    "outro": (
        ("keys", "bass", "drums", "melody"),
        ("keys", "pad", "melody"),
        ("keys", "bass", "pad", "melody"),
    ),
}  # fmt: skip
ORDER = ("melody", "keys", "pad", "guitar", "bass", "drums")


def kind_of(name: str) -> str:
    """Return the kind of a section by its name.

    >>> kind_of("A'2"), kind_of("breakdown"), kind_of("Verse")
    ("A'", 'breakdown', 'A')
    """
    match = re.match("|".join(KINDS), name)
    return match[0] if match else "A"


def draw_form(bars: int, *, unit: int, rng: np.random.Generator) -> tuple[tuple[str, int], ...]:
    """Draw the sections of one piece as (name, bars); their sum is exactly `bars`.

    unit   bars of a phrase, usually four; the outro takes what is over

    >>> draw_form(24, unit=4, rng=np.random.default_rng(1))
    (('intro', 4), ('A', 8), ("A'", 8), ('outro', 4))
    """
    whole = bars // unit
    pick = rng.random(3)
    if whole < 3:
        body = bars - (1 if whole < 2 else unit) if bars > 2 else bars
        parts = [("A", body), ("outro", bars - body)]
        return tuple((name, length) for name, length in parts if length)
    intro = 1
    blocks, odd = divmod(whole - 2, 2)
    if blocks == 0:
        return (("intro", unit), ("A", unit), ("outro", bars - 2 * unit))
    names = [(name, 2 * unit) for name in _body(blocks, pick[0])]
    if odd:
        # A lone unit is a breakdown before the last return, or a longer intro.
        if len(names) >= 3 and pick[1] < 0.7:
            names.insert(len(names) - 1, ("breakdown", unit))
        elif len(names) >= 2 and pick[1] < 0.85:
            names.append(("A'", unit))
        else:
            intro = 2
    outro = bars - intro * unit - sum(length for _, length in names)
    sections = [("intro", intro * unit), *names, ("outro", outro)]
    numbered = number_names([name for name, _ in sections])
    return tuple((name, length) for name, (_, length) in zip(numbered, sections, strict=True))


def _body(blocks: int, pick: float) -> tuple[str, ...]:
    if blocks in _BODIES:
        choices = _BODIES[blocks]
        return tuple(choices[int(pick * len(choices))].split())
    half = blocks // 2
    first, second = _body(half, pick), _body(blocks - half - 1, 1.0 - pick - 1e-9)
    return (*first, "bridge", *second)


def number_names(names: Sequence[str]) -> list[str]:
    """Add a number to what returns.

    >>> number_names(["A", "B", "A"])
    ['A', 'B', 'A2']
    """
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}{seen[name]}")
    return result


def draw_layers(kind: str, *, extra: str, rng: np.random.Generator) -> tuple[str, ...]:
    """Draw which roles sound in a section.

    extra   the colour layer of the piece: guitar or pad
    """
    choices = _LAYERS[kind]
    chosen = {
        extra if role == "extra" else role for role in choices[int(rng.random() * len(choices))]
    }
    return tuple(role for role in ORDER if role in chosen)
