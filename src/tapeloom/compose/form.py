"""The form: which sections a piece has, how long they are, who plays in them."""

import re
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from tapeloom.compose.form_grammar import draw_sections
from tapeloom.core.score import Section

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
SAME_ENERGY = 0.15  # what sections of a kind may differ in and still share their patterns
T = TypeVar("T")
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

    The sections come from the grammar of forms (`form_grammar`).

    >>> draw_form(26, unit=4, rng=np.random.default_rng(3))
    (('intro', 4), ('A', 8), ('B', 8), ('outro', 6))
    """
    whole = bars // unit
    if whole < 3:
        body = bars - (1 if whole < 2 else unit) if bars > 2 else bars
        parts = [("A", body), ("outro", bars - body)]
        return tuple((name, length) for name, length in parts if length)
    drawn = draw_sections(whole, rng)
    lengths = [unit * phrases for _, phrases in drawn]
    lengths[-1] += bars - sum(lengths)
    return tuple(zip(number_names([name for name, _ in drawn]), lengths, strict=True))


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


def recall(known: dict[tuple[int, str], list[tuple[float, T]]], section: Section) -> T | None:
    """Return what was drawn for a section of the same kind and about the same energy, if any.

    What returns keeps its patterns; what returns much louder or quieter gets others.
    """
    drawn = known.get((section.piece, kind_of(section.name)), [])
    fitting = [entry for entry in drawn if abs(entry[0] - section.energy) <= SAME_ENERGY]
    return min(fitting, key=lambda entry: abs(entry[0] - section.energy))[1] if fitting else None


def remember(known: dict[tuple[int, str], list[tuple[float, T]]], section: Section, drawn: T) -> T:
    """Keep what was drawn for a section, and return it."""
    known.setdefault((section.piece, kind_of(section.name)), []).append((section.energy, drawn))
    return drawn
