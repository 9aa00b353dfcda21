"""The pieces of an arrangement: how many, how long, how energetic, in which keys and metres."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.curves import LOWEST
from tapeloom.compose.energy_text import EnergyCurve
from tapeloom.compose.form import draw_form, number_names
from tapeloom.compose.form_text import FormPart
from tapeloom.compose.grid import bars_per_measure
from tapeloom.compose.loop_material import LoopMaterial
from tapeloom.compose.plan import LONGEST_PIECE_S, PIECE_S
from tapeloom.compose.section_plan import usual_energies
from tapeloom.compose.sets import SetStep, draw_keys
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ

DEFAULT_MINUTES = 4.0
OTHER_METER = {"4/4": Meter(3, 4), "3/4": Meter(4, 4), "6/8": Meter(4, 4)}
Form = tuple[tuple[str, int], ...]  # sections: name, bars


def draw_forms(
    material: LoopMaterial,
    form: Sequence[FormPart] | None,
    minutes: float | None,
    bars: int | None,
    rng: np.random.Generator,
) -> list[Form]:
    """Return the sections of each piece by name and bars."""
    meter = material.theme.meter
    unit = 4 * bars_per_measure(meter)  # bars of a phrase of four measures
    if form is not None:
        names = number_names([part.name for part in form])
        return [tuple(zip(names, [part.length(unit) for part in form], strict=True))]
    bar_s = 60 * meter.bar_ticks / PPQ / float(material.tempo)
    total = bars if bars is not None else max(4, round(60 * (minutes or DEFAULT_MINUTES) / bar_s))
    seconds = total * bar_s
    count = 1 if seconds <= LONGEST_PIECE_S else max(2, round(seconds / float(np.mean(PIECE_S))))
    ends = [unit * round(total * (i + 1) / count / unit) for i in range(count - 1)] + [total]
    return [draw_form(b - a, unit=unit, rng=rng) for a, b in itertools.pairwise([0, *ends])]


def piece_energies(
    forms: Sequence[Form], steps: Sequence[SetStep], curve: EnergyCurve | None
) -> list[tuple[float, ...]]:
    """Return the energy of each section of each piece; a set of pieces has an arc of its own."""
    if curve is not None:
        rest = iter(curve.over([length for form in forms for _, length in form]))
        return [tuple(next(rest) for _ in form) for form in forms]
    return [
        tuple(float(np.clip(e + step.energy_shift, LOWEST, 1.0)) for e in usual_energies(form))
        for form, step in zip(forms, steps, strict=True)
    ]


def related_pieces(
    material: LoopMaterial, steps: Sequence[SetStep], rng: np.random.Generator
) -> list[LoopMaterial]:
    """Return the material as each of a set of related pieces takes it; first and last at home.

    The keys and tempi are those of `sets`; every third piece is in another metre where the loop's
    has a counterpart.
    """
    other = OTHER_METER.get(material.theme.meter.signature)
    pieces = []
    for i, (key, _) in enumerate(draw_keys(material.theme.key, len(steps), rng)):
        piece = replace(material.in_key(key), tempo=material.tempo + steps[i].bpm_shift)
        changes = other is not None and i % 3 == 2 and i + 1 < len(steps)
        pieces.append(piece.in_meter(other) if changes and other is not None else piece)
    return pieces
