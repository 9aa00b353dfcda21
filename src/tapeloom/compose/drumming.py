"""How a drum part is played: the learned drummer's touch, the feel's places, flams and drags."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meter
from tapeloom.core.performance import PlayedNote
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.feels import place_of
from tapeloom.rhythm.limbs import HABIT, sticking
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.ornaments import ORNAMENTS, ornament, roll
from tapeloom.theory.instruments import DRUMS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STROKES = (*ORNAMENTS, "roll")  # the marks of a drum part that are more than one stroke
SWAY = 0.4  # how much of the learned drummer's louder and softer is heard beside what is written
FURTHEST_SWAY = 14.0  # of velocity
AROUND_S = 0.4  # what a hand may have to do near an ornament
ROLL_STROKES_PER_S = 14.0

DRUM_NAMES = {key: name for name, key in DRUMS.items()}


@dataclass(frozen=True, slots=True)
class DrumLine:
    """A drum part's notes as columns, with the bar that each lies in."""

    starts: Ints  # ticks
    offsets: Ints  # ticks since the start of its bar
    pitches: Ints
    written: Floats  # velocities
    ghosts: NDArray[np.bool_]
    meters: Sequence[Meter]  # the meter of each note's bar
    bpm: float


def places_s(line: DrumLine, feel: Feel) -> Floats:
    """Return what the feel adds to each drum's lateness at its place in the bar, in seconds."""
    found = np.zeros(len(line.starts))
    if not feel.place_ms:
        return found
    known: dict[tuple[int, int, Meter], float] = {}
    for i, (pitch, offset, meter) in enumerate(
        zip(line.pitches.tolist(), line.offsets.tolist(), line.meters, strict=True)
    ):
        step, rest = divmod(offset, step_ticks(meter))
        here = (pitch, step, meter)
        if rest or pitch not in DRUM_NAMES:
            continue
        if here not in known:
            place = place_of(step, meter)
            known[here] = feel.place_ms.get((DRUM_NAMES[pitch], place), 0.0) / 1000.0
        found[i] = known[here]
    return found


def touch(line: DrumLine, feel: Feel, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the learned drummer's offsets in seconds and changes of velocity.

    The changes are from what each drum is on average, ghosts apart, so that the written levels
    stay; hits on other keys than the kit's have none.
    """
    offsets, sway = np.zeros(len(line.starts)), np.zeros(len(line.starts))
    known = np.array([pitch in DRUM_NAMES for pitch in line.pitches.tolist()], np.bool_)
    if feel.humanise == 0.0 or not known.any():
        return offsets, sway
    from tapeloom.neural.humaniser import DrumPart, Humaniser

    part = DrumPart(
        tuple(line.starts[known].tolist()),
        tuple(DRUM_NAMES[pitch] for pitch in line.pitches[known].tolist()),
        tuple(line.offsets[known].tolist()),
        float(np.clip(line.bpm, 20.0, 400.0)),
        feel.drum_style,
    )
    played = Humaniser.load().play(part, rng, amount=feel.humanise)
    offsets[known] = played.offsets_ms / 1000.0
    groups = 2 * line.pitches[known] + line.ghosts[known]
    _, group = np.unique(groups, return_inverse=True)
    means = np.bincount(group, played.velocities) / np.bincount(group)
    change = SWAY * (played.velocities - means[group])
    sway[known] = np.clip(change, -FURTHEST_SWAY, FURTHEST_SWAY)
    # What a drum does on average was already decided by the feel: early hats stay early hats.
    _, drum = np.unique(line.pitches[known], return_inverse=True)
    leans = np.bincount(drum, offsets[known]) / np.bincount(drum)
    offsets[known] -= leans[drum]
    return offsets, sway


def ornamented(notes: Sequence[PlayedNote], marked: Sequence[str | None]) -> tuple[PlayedNote, ...]:
    """Play the strokes of flams, drags, ruffs, slides and rolls, as far as two hands can.

    marked  for each note the name of its ornament in STROKES, or None

    The written strokes all stay; a grace for which no hand is free is left out.
    """
    if not any(marked):
        return tuple(notes)
    graces: list[PlayedNote] = []
    kept: list[PlayedNote] = []
    for note, name in zip(notes, marked, strict=True):
        kept.append(note)
        if name is None or note.pitch not in DRUM_NAMES:
            continue
        if name == "roll":
            onsets, velocities = roll(
                onset_s=note.onset_s, length_s=min(max(note.duration_s, 0.05), 20.0),
                velocity=note.velocity, strokes_per_s=ROLL_STROKES_PER_S,
            )  # fmt: skip
            strokes = zip(onsets[1:].tolist(), velocities[1:].tolist(), strict=True)
        else:
            onsets, velocities = ornament(name, onset_s=note.onset_s, velocity=note.velocity)
            strokes = zip(onsets[:-1].tolist(), velocities[:-1].tolist(), strict=True)
        graces += [PlayedNote(at, 0.03, note.pitch, int(loud)) for at, loud in strokes]
    onsets_s = np.array([note.onset_s for note in kept])
    order = np.argsort(onsets_s, kind="stable")
    played: list[PlayedNote] = []
    for grace in graces:
        low, high = np.searchsorted(
            onsets_s[order], [grace.onset_s - AROUND_S, grace.onset_s + AROUND_S]
        )
        near = [kept[int(i)] for i in order[low:high]]
        beside = [g for g in played if abs(g.onset_s - grace.onset_s) < AROUND_S]
        around = sorted([*near, *beside, grace])
        hits = [hit for hit in around if DRUM_NAMES.get(hit.pitch) in HABIT]
        limbs = sticking([hit.onset_s for hit in hits], [DRUM_NAMES[hit.pitch] for hit in hits])
        before = [hit for hit in hits if hit is not grace]
        without = sticking([h.onset_s for h in before], [DRUM_NAMES[h.pitch] for h in before])
        if len(limbs.dropped) <= len(without.dropped):
            played.append(grace)
    return tuple(sorted([*kept, *played]))
