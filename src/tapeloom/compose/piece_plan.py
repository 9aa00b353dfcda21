"""The pieces of an arrangement: how many, how long, how energetic, in which keys and metres."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.curves import LOWEST
from tapeloom.compose.energy_text import EnergyCurve
from tapeloom.compose.form import draw_form, number_names
from tapeloom.compose.form_text import FormPart
from tapeloom.compose.grid import bars_per_measure
from tapeloom.compose.loop_material import LoopMaterial
from tapeloom.compose.plan import LONGEST_PIECE_S, PIECE_S
from tapeloom.compose.section_plan import usual_energies
from tapeloom.compose.sets import SetStep, draw_keys, draw_steps
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ

DEFAULT_MINUTES = 4.0
OTHER_METER = {"4/4": Meter(3, 4), "3/4": Meter(4, 4), "6/8": Meter(4, 4)}
Form = tuple[tuple[str, int], ...]  # sections: name, bars


@dataclass(frozen=True, slots=True)
class PiecePlan:
    """One piece of an arrangement before its notes."""

    material: LoopMaterial  # in the key, the tempo and the metre of the piece
    form: Form
    energies: tuple[float, ...]  # of each section, 0..1


def plan_pieces(
    material: LoopMaterial,
    *,
    form: Sequence[FormPart] | None,
    energy: EnergyCurve | None,
    minutes: float | None,
    bars: int | None,
    rng: np.random.Generator,
) -> tuple[PiecePlan, ...]:
    """Plan the pieces of an arrangement: one, or a set where it is over five and a half minutes.

    A set's keys, tempi and arc of energy are those of `sets`; first and last are at home. Every
    third piece is in another metre where the loop's has a counterpart.

    form, energy, minutes, bars   as in `arranging.arrange_loop`
    """
    meter = material.theme.meter
    bar_s = 60 * meter.bar_ticks / PPQ / float(material.tempo)
    seconds = 60 * (minutes or DEFAULT_MINUTES) if bars is None else bars * bar_s
    is_set = form is None and seconds > LONGEST_PIECE_S
    count = max(2, round(seconds / float(np.mean(PIECE_S)))) if is_set else 1
    steps = draw_steps(count, rng)
    pieces = _related(material, steps, rng)
    if form is not None:
        names = number_names([part.name for part in form])
        lengths = [part.length(_unit(meter)) for part in form]
        forms: list[Form] = [tuple(zip(names, lengths, strict=True))]
    else:
        totals = _by_time(pieces, seconds) if bars is None else _by_bars(pieces, bars)
        forms = [
            draw_form(total, unit=_unit(piece.theme.meter), rng=rng)
            for piece, total in zip(pieces, totals, strict=True)
        ]
    energies = _energies(forms, steps, energy)
    return tuple(PiecePlan(*each) for each in zip(pieces, forms, energies, strict=True))


def _unit(meter: Meter) -> int:
    """Return the bars of a phrase of four measures."""
    return 4 * bars_per_measure(meter)


def _by_time(pieces: Sequence[LoopMaterial], seconds: float) -> list[int]:
    """Return the bars of each piece, of whole phrases but for the last, for a length in all."""
    elapsed = 0.0
    totals: list[int] = []
    for i, piece in enumerate(pieces):
        meter = piece.theme.meter
        bar_s = 60 * meter.bar_ticks / PPQ / float(piece.tempo)
        wanted = (seconds * (i + 1) / len(pieces) - elapsed) / bar_s
        unit = 1 if i + 1 == len(pieces) else _unit(meter)
        totals.append(max(4, unit * round(wanted / unit)))
        elapsed += totals[-1] * bar_s
    return totals


def _by_bars(pieces: Sequence[LoopMaterial], bars: int) -> list[int]:
    unit, count = _unit(pieces[0].theme.meter), len(pieces)
    ends = [unit * round(bars * (i + 1) / count / unit) for i in range(count - 1)]
    return [b - a for a, b in itertools.pairwise([0, *ends, bars])]


def _energies(
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


def _related(
    material: LoopMaterial, steps: Sequence[SetStep], rng: np.random.Generator
) -> list[LoopMaterial]:
    """Return the material as each of a set of related pieces takes it."""
    other = OTHER_METER.get(material.theme.meter.signature)
    pieces = []
    for i, (key, _) in enumerate(draw_keys(material.theme.key, len(steps), rng)):
        piece = replace(material.in_key(key), tempo=material.tempo + steps[i].bpm_shift)
        changes = other is not None and i % 3 == 2 and i + 1 < len(steps)
        pieces.append(piece.in_meter(other) if changes and other is not None else piece)
    return pieces
