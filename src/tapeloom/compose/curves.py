"""The curves of a form: how energetic, dense and high each section is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.form import ENERGY, ORDER, kind_of
from tapeloom.core.score import Section

GROWTH = (0.02, 0.12)  # by how much the returns of A and B grow through a piece
LOWEST = 0.05
DENSITY_OF_ENERGY = 0.7  # how much of a change of energy is a change of density
REGISTER_OF_ENERGY = 4.0  # whole tones for a whole energy; small differences keep the register
HIGHEST = 4  # semitones that a section lies above or below the others
STEP = 0.18  # of energy that a layer is worth
STAYS = ("melody", "keys")  # by whom a section is known
JOINS = ("bass", "drums", "pad", "guitar")  # who comes in first where more is asked


def draw_energies(names: Sequence[str], base: float, rng: np.random.Generator) -> list[float]:
    """Draw the energy of each section of a piece: by its kind, and growing towards the end.

    base   0..1 of the piece

    >>> draw_energies(("intro", "A", "B", "A2", "outro"), 0.5, np.random.default_rng(1))
    [0.3, 0.464, 0.64, 0.536, 0.32]
    """
    growth = float(rng.uniform(*GROWTH))
    kinds = [kind_of(name) for name in names]
    body = [i for i, kind in enumerate(kinds) if kind in ("A", "A'", "B")]
    energies = []
    for i, kind in enumerate(kinds):
        through = body.index(i) / max(len(body) - 1, 1) - 0.5 if i in body else 0.0
        value = base + ENERGY[kind] + growth * through
        energies.append(round(float(np.clip(value, LOWEST, 1.0)), 3))
    return energies


def shape_sections(
    sections: Sequence[Section], energies: Sequence[float], *, density: float
) -> tuple[Section, ...]:
    """Return sections with an energy each, and the density and register that go with it.

    density   0..1 of the record: what a section of mean energy has

    >>> from tapeloom.core.time import PPQ
    >>> two = [Section(name, i * PPQ, (i + 1) * PPQ) for i, name in enumerate("AB")]
    >>> [(s.energy, s.density, s.register) for s in shape_sections(two, (0.2, 0.8), density=0.5)]
    [(0.2, 0.29, -2.0), (0.8, 0.71, 2.0)]
    """
    mean = float(np.mean(energies))
    shaped = []
    for section, energy in zip(sections, energies, strict=True):
        away = energy - mean
        shaped.append(
            replace(
                section,
                energy=energy,
                density=round(float(np.clip(density + DENSITY_OF_ENERGY * away, 0.0, 1.0)), 3),
                register=float(np.clip(2 * int(REGISTER_OF_ENERGY * away), -HIGHEST, HIGHEST)),
            )
        )
    return tuple(shaped)


def fit_layers(
    roles: Sequence[str], away: float, *, available: Sequence[str] = ORDER
) -> tuple[str, ...]:
    """Let layers come in or stay away where a section is to be more or less than its kind.

    away       the section's energy over what its kind usually has
    available  who may come in

    Melody and keys stay: a section is known by them.

    >>> fit_layers(("melody", "keys", "bass"), 0.4)
    ('melody', 'keys', 'pad', 'bass', 'drums')
    >>> fit_layers(("melody", "keys", "bass", "drums"), -0.25)
    ('melody', 'keys', 'bass')
    """
    chosen = set(roles)
    for _ in range(int(abs(away) / STEP)):
        if away > 0.0:
            choice = [role for role in JOINS if role not in chosen and role in available][:1]
            chosen.update(choice)
        else:
            loose = [role for role in reversed(JOINS) if role in chosen]
            if len(chosen) > 1:
                chosen.difference_update(loose[:1])
    return tuple(role for role in ORDER if role in chosen)
