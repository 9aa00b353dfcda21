"""Checking an exercise: every fault, where it is, and how grave it is."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

from tapeloom.theory.counterpoint.context import Context
from tapeloom.theory.counterpoint.dissonances import find_dissonances
from tapeloom.theory.counterpoint.exercise import Exercise
from tapeloom.theory.counterpoint.frame import find_frame
from tapeloom.theory.counterpoint.melodies import find_melodic
from tapeloom.theory.counterpoint.motions import find_motions
from tapeloom.theory.counterpoint.rhythms import find_rhythms
from tapeloom.theory.counterpoint.rules import Fault


def check(exercise: Exercise) -> tuple[Fault, ...]:
    """Find every fault of an exercise, in order of time; `is_hard` tells strict from advice.

    The cantus firmus is taken as it is given: only what the others do to it is judged.

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.core.score import Note
    >>> from tapeloom.theory.counterpoint.exercise import BAR
    >>> lines = [tuple(Note(i * BAR, BAR, pitch) for i, pitch in enumerate(row))
    ...          for row in ((62, 65, 64, 62), (69, 72, 73, 74))]
    >>> for fault in check(Exercise(tuple(lines), Key("D", "dorian"), (1, 1))):
    ...     print(fault)
    bar 2: parallel fifths in voices 1 and 2, D4 A4 to F4 C5
    bar 3: chromatic step in voice 2, C5 C#5
    """
    context = Context(exercise)
    count = len(exercise.voices)
    lines = [voice for voice in range(count) if voice != exercise.cantus]
    found = itertools.chain(
        *(find_melodic(context, voice) for voice in lines),
        *(find_rhythms(context, voice) for voice in range(count)),
        find_motions(context),
        _dissonances(context),
        find_frame(context),
    )
    most = max(exercise.species)
    return tuple(
        sorted(
            replace(fault, is_hard=fault.rule.is_hard(count))
            for fault in set(found)
            if _applies(exercise, fault, most)
        )
    )


def _applies(exercise: Exercise, fault: Fault, most: int) -> bool:
    """Tell whether a fault's rule holds for the species of the voices that make it."""
    species = max((exercise.species[voice] for voice in fault.voices), default=most)
    return species in fault.rule.species


def _dissonances(context: Context) -> Iterable[Fault]:
    for moment, low, high in find_dissonances(context):
        heard = [
            str(context.exercise.name(context.voices[voice][i]))
            for voice in (low, high)
            if (i := moment.places[voice]) is not None
        ]
        yield Fault(moment.tick, "dissonance", (low, high), " ".join(heard))


def cost(faults: Iterable[Fault]) -> float:
    """Add up what the advice that was not taken costs.

    >>> cost([Fault(0, "battuta", (0, 1), is_hard=False), Fault(0, "spacing", (0, 1))])
    1.0
    """
    return sum(fault.rule.weight for fault in faults if not fault.is_hard)
