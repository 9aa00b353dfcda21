"""How energetic the sections of a score are, as measured from its notes.

The form asks for an energy; this tells what was written. Four things count, each 0..1, and their
weights are settled here once: how many onsets there are, how loud the beats are, how many layers
sound, and how high the top voice lies. They follow what listeners and analysts of pop songs call
build-up: more events, louder, fuller, higher.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.score import Part, Score, Section
from tapeloom.core.time import PPQ

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DENSITY, LOUDNESS, LAYERS, BRIGHTNESS = 0.35, 0.3, 0.25, 0.1  # weights; their sum is 1
MOST_ONSETS = 8.0  # a quarter, all parts together; a chord is one onset of its part
SOFTEST, LOUDEST = 40.0, 110.0  # velocities of a beat's loudest stroke
MOST_LAYERS = 6.0
DARKEST, BRIGHTEST = 55.0, 85.0  # MIDI pitches of the top voice


@dataclass(frozen=True, slots=True)
class EnergyParts:
    """What makes the energy of one section; each value lies between 0 and 1."""

    density: float
    loudness: float
    layers: float
    brightness: float

    @property
    def total(self) -> float:
        """The weighted sum, 0..1."""
        return (
            DENSITY * self.density
            + LOUDNESS * self.loudness
            + LAYERS * self.layers
            + BRIGHTNESS * self.brightness
        )


def measured_energy(score: Score) -> tuple[float, ...]:
    """Return the energy of each section, 0..1, as its notes have it.

    >>> from tapeloom.core.score import Note
    >>> quiet = [Note(i * PPQ, PPQ, 60, 50) for i in range(4)]
    >>> loud = [Note((8 + i) * PPQ // 2, PPQ // 2, 72, 100) for i in range(8)]
    >>> part = Part("keys", "keys", notes=(*quiet, *loud))
    >>> sections = (Section("A", 0, 4 * PPQ), Section("B", 4 * PPQ, 8 * PPQ))
    >>> [round(value, 2) for value in measured_energy(Score((part,), sections=sections))]
    [0.14, 0.44]
    """
    return tuple(parts.total for parts in energy_parts(score))


def energy_parts(score: Score) -> tuple[EnergyParts, ...]:
    """Return what makes the energy of each section.

    density     onsets a quarter of all parts together, of MOST_ONSETS
    loudness    the mean velocity of the loudest stroke in each quarter that has one
    layers      how many parts sound in a quarter on average, of MOST_LAYERS
    brightness  the mean pitch of the highest note that sounds in each quarter, without drums
    """
    columns = [_columns(part) for part in score.parts]
    drums = [part.role == "drums" for part in score.parts]
    return tuple(_section_parts(section, columns, drums) for section in score.sections)


def energy_agreement(score: Score) -> float:
    """Return the correlation of the energies that are asked with those measured, -1..1.

    A score that asks the same of all its sections agrees with itself: 1.
    """
    asked = np.array([section.energy for section in score.sections])
    found = np.array(measured_energy(score))
    if len(asked) < 2 or np.ptp(asked) < 1e-9:
        return 1.0
    if np.ptp(found) < 1e-9:
        return 0.0
    return float(np.corrcoef(asked, found)[0, 1])


def _columns(part: Part) -> tuple[Ints, Ints, Ints, Floats]:
    """Return the starts, ends, pitches and velocities of a part's notes."""
    n = len(part.notes)
    starts = np.fromiter((note.start for note in part.notes), np.int64, n)
    lengths = np.fromiter((note.duration for note in part.notes), np.int64, n)
    pitches = np.fromiter((note.pitch for note in part.notes), np.int64, n)
    velocities = np.fromiter((note.velocity for note in part.notes), np.float64, n)
    return starts, starts + lengths, pitches, velocities


def _section_parts(
    section: Section, columns: list[tuple[Ints, Ints, Ints, Floats]], drums: list[bool]
) -> EnergyParts:
    quarters = max(-(-(section.end - section.start) // PPQ), 1)
    onsets = 0
    loudest = np.zeros(quarters)
    layers = np.zeros(quarters)
    top = np.zeros(quarters)
    for (starts, ends, pitches, velocities), is_drums in zip(columns, drums, strict=True):
        first, stop = np.searchsorted(starts, [section.start, section.end])
        if first == stop:
            continue
        own = slice(int(first), int(stop))
        onsets += len(np.unique(starts[own]))
        begin = (starts[own] - section.start) // PPQ
        np.maximum.at(loudest, begin, velocities[own])
        last = np.minimum((ends[own] - section.start - 1) // PPQ, quarters - 1)
        sounds = np.zeros(quarters, np.bool_)
        for a, b, pitch in zip(begin.tolist(), last.tolist(), pitches[own].tolist(), strict=True):
            sounds[a : b + 1] = True
            if not is_drums:
                top[a : b + 1] = np.maximum(top[a : b + 1], pitch)
        layers += sounds
    return EnergyParts(
        density=_share(onsets * PPQ / (section.end - section.start), 0.0, MOST_ONSETS),
        loudness=_share(_mean(loudest), SOFTEST, LOUDEST),
        layers=_share(float(layers.mean()), 0.0, MOST_LAYERS),
        brightness=_share(_mean(top), DARKEST, BRIGHTEST),
    )


def _mean(values: Floats) -> float:
    """Return the mean of the values above 0; 0 where there are none."""
    heard = values[values > 0.0]
    return float(heard.mean()) if len(heard) else 0.0


def _share(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
