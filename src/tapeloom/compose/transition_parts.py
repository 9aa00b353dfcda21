"""What each means of a transition does to the parts."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

import numpy as np

from tapeloom.compose.retouch import Retouch
from tapeloom.core.meter import meter_at
from tapeloom.core.score import Control, Note, Part, Score, Section
from tapeloom.core.time import PPQ
from tapeloom.rhythm.fills import end_with, fills_for
from tapeloom.rhythm.limbs import FEET
from tapeloom.rhythm.meters import SIXTEENTH, beat_starts, step_ticks
from tapeloom.rhythm.microtiming import drum_name
from tapeloom.rhythm.patterns import BACKBEATS, TIMEKEEPERS, VELOCITIES, Groove
from tapeloom.theory.instruments import DRUMS, INSTRUMENTS, KITS
from tapeloom.theory.scales import step_along

EXPRESSION = 11  # the controller by which a pad swells
SWELL = (62, 127)  # of it, from and to
SWELL_STEPS = 8
STAYING = ("melody", "keys")  # who doesn't leave before a fall
EIGHTH = PPQ // 2
BRUSHED = "brushes_kit"
RISER_VELOCITY = 44, 50  # of a cymbal's roll: at no energy, and what full energy adds


def played_by(part: Part, start: int, end: int) -> Sequence[Note]:
    """Return the notes of a part that begin in a stretch."""
    first = bisect_left(part.notes, start, key=lambda note: note.start)
    stop = bisect_left(part.notes, end, key=lambda note: note.start)
    return part.notes[first:stop]


def kit_of(score: Score) -> Part | None:
    """Return the part of the drum kit, the first of its role that strikes a kick or a backbeat."""
    kit = {DRUMS["kick"], *(DRUMS[name] for name in BACKBEATS)}
    for part in score.parts:
        if part.role == "drums" and any(note.pitch in kit for note in part.notes[:200]):
            return part
    return None


def without_percussion(score: Score) -> list[Part]:
    """Return the parts but for percussion beside the kit: a clave keeps time through a break."""
    kit = kit_of(score)
    return [part for part in score.parts if part.role != "drums" or part is kit]


def write_fill(
    score: Score, here: Section, last_bar: int, touches: dict[str, Retouch],
    rng: np.random.Generator,
) -> bool:  # fmt: skip
    """End a section with a drum fill, unless its drums have one or are silent."""
    kit = kit_of(score)
    if kit is None or not played_by(kit, last_bar, here.end):
        return False
    if any(mark.name == "fill" and last_bar <= mark.tick < here.end for mark in kit.marks):
        return True
    meter = meter_at(score.meters, last_bar)
    step = step_ticks(meter)
    if here.end - last_bar != meter.bar_ticks or kit.instrument == BRUSHED:
        return False
    beat = 6 if meter.is_compound and meter.denominator == 8 else 4
    steps = meter.bar_ticks // step
    longest = steps - 1 if here.energy >= 0.55 else max(steps // 2, beat)
    fills = [
        fill for fill in fills_for(energy=here.energy, beat=beat, longest=longest)
        if fill.steps < steps
    ]  # fmt: skip
    if not fills:
        return False
    counts = Counter(drum_name(note.pitch) for note in played_by(kit, here.start, here.end))
    lines = {"kick": "x" + "." * (steps - 1)}
    for drums, usual in ((TIMEKEEPERS, "closed_hat"), (BACKBEATS, "snare")):
        used = max(drums, key=lambda name: counts[name])
        lines[used if counts[used] else usual] = "." * steps
    groove = Groove("played", lines, meter=meter)
    fill = fills[int(rng.integers(len(fills)))]
    bar, added = end_with({}, fill, groove)
    touches[kit.name].silence(here.end - fill.steps * step, here.end)
    for place, drum in sorted(added):
        loud = round(VELOCITIES[bar[place, drum]] * (0.86 + 0.24 * here.energy))
        note = Note(last_bar + place * step, min(step, SIXTEENTH), DRUMS[drum], min(loud, 120))
        touches[kit.name].add(note, "fill")
    return True


def write_pickup(
    score: Score, here: Section, there: Section, touches: dict[str, Retouch],
    rng: np.random.Generator,
) -> bool:  # fmt: skip
    """Lead the melody into its next section by two or three eighths along the scale."""
    part = next((part for part in score.parts if part.role == "melody"), None)
    if part is None or "melody" not in (there.roles or ("melody",)):
        return False
    ahead = played_by(part, there.start, there.start + EIGHTH)
    count = int(rng.integers(2, 4))
    begin = here.end - count * EIGHTH
    if not ahead or begin <= here.start:
        return False
    before = part.notes[: bisect_left(part.notes, here.end, key=lambda note: note.start)]
    if before and before[-1].start >= begin - EIGHTH:
        return False  # it leads on already
    target = ahead[0].pitch
    way = -1 if not before or before[-1].pitch <= target else 1  # from below, or from above
    key = next((key for tick, key in reversed(score.keys) if tick <= there.start), None)
    if key is None:
        return False
    pitches = [step_along(target, key.scale, steps=way * (count - i)) for i in range(count)]
    low, high = _reach(part)
    if min(pitches) < low or max(pitches) > high:
        return False
    touches[part.name].silence(begin, here.end)
    loud = ahead[0].velocity - 8
    for i, pitch in enumerate(pitches):
        velocity = max(min(loud + 2 * i, 112), 1)
        touches[part.name].add(Note(begin + i * EIGHTH, EIGHTH, pitch, velocity), "pickup")
    return True


def _reach(part: Part) -> tuple[int, int]:
    if part.instrument in INSTRUMENTS:
        return INSTRUMENTS[part.instrument].low, INSTRUMENTS[part.instrument].high
    return 0, 127


def swell_cymbal(
    score: Score, here: Section, there: Section, last_bar: int, touches: dict[str, Retouch]
) -> bool:
    """Roll on a cymbal through the last beats, while the feet go on."""
    kit = kit_of(score)
    if kit is None or kit.instrument not in ("", *KITS) or not played_by(kit, last_bar, here.end):
        return False
    beats = beat_starts(meter_at(score.meters, last_bar))
    begin = max(last_bar + beats[len(beats) // 2], here.end - 2 * PPQ)
    length = here.end - begin
    if length < PPQ // 2:
        return False
    feet = {DRUMS[name] for name in FEET if name in DRUMS}
    touches[kit.name].silence(begin, here.end, lambda note: note.pitch in feet)
    loud = round(RISER_VELOCITY[0] + RISER_VELOCITY[1] * there.energy)
    touches[kit.name].add(Note(begin, length, DRUMS["crash"], loud), "roll", "riser")
    return True


def swell_pad(score: Score, here: Section, last_bar: int, touches: dict[str, Retouch]) -> bool:
    """Let the pad grow through the last bar by its expression controller."""
    pads = [
        part
        for part in score.parts
        if part.role == "pad"
        and any(note.end > last_bar and note.start < here.end for note in part.notes)
        and not any(control.number == EXPRESSION for control in part.controls)
    ]
    for part in pads:
        length = here.end - last_bar
        for i in range(SWELL_STEPS + 1):
            share = (i / SWELL_STEPS) ** 2
            value = round(SWELL[0] + share * (SWELL[1] - SWELL[0]))
            tick = last_bar + i * length // SWELL_STEPS
            touches[part.name].controls.append(Control(tick, EXPRESSION, value))
    return bool(pads)


def drop_layers(
    score: Score, here: Section, there: Section, last_bar: int, touches: dict[str, Retouch]
) -> bool:
    """Let those who are silent in the next section leave a bar early, but for melody and keys.

    Where all go on, the kit thins out to its time and its kick on one.
    """
    if last_bar <= here.start:
        return False
    leaving = [
        part
        for part in without_percussion(score)
        if part.role not in STAYING
        and played_by(part, last_bar, here.end)
        and not played_by(part, there.start, there.end)
    ]
    staying = [
        part
        for part in score.parts
        if part not in leaving
        and any(note.end > last_bar and note.start < here.end for note in part.notes)
    ]
    if leaving and staying:
        for part in leaving:
            keeps_first = part.role == "drums"
            begin = last_bar + (SIXTEENTH if keeps_first else 0)
            touches[part.name].silence(begin, here.end)
        return True
    kit = kit_of(score)
    if kit is None or not played_by(kit, last_bar, here.end):
        return False
    time = {DRUMS[name] for name in (*TIMEKEEPERS, "pedal_hat")}
    touches[kit.name].silence(
        last_bar, here.end, lambda note: note.pitch in time or note.start == last_bar
    )
    return True
