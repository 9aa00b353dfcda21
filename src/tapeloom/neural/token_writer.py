"""A score's bars as tokens: its leads, its chords and each role's notes."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.core.meter import bar_starts, meter_at
from tapeloom.core.score import Score
from tapeloom.neural.tokens import (
    DRUM_KEYS,
    DURATIONS,
    LEFT,
    MICRO,
    PLACE_TICKS,
    SECTIONS,
    TOKEN_IDS,
    VELOCITIES,
    places_in,
)


def bar_places(score: Score) -> list[int]:
    """Return where the bars begin, in places of the grid; each note and chord lies in one."""
    end = max(score.end, score.chords[-1].end if score.chords else 0)
    whole = max(round(end / PLACE_TICKS), 1) * PLACE_TICKS
    return [start // PLACE_TICKS for start in bar_starts(score.meters, whole)]


def write_leads(score: Score, starts: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return what begins each bar: how many are left, a new meter, a section's name."""
    names = {section.start // PLACE_TICKS: section.name for section in score.sections}
    before = score.meters[0][1]
    leads = []
    for number, place in enumerate(starts):
        lead = [TOKEN_IDS["BAR"], TOKEN_IDS[f"LEFT_{_left(len(starts) - number)}"]]
        meter = meter_at(score.meters, place * PLACE_TICKS)
        if meter != before:
            lead.append(TOKEN_IDS[f"METER_{meter.signature}"])
            before = meter
        if place in names:
            lead.append(TOKEN_IDS[f"SECTION_{_section(names[place])}"])
        leads.append(tuple(lead))
    return tuple(leads)


def _left(bars: int) -> int:
    return next(low for low, high in LEFT if low <= bars <= high)


def _section(name: str) -> str:
    """Return the section of the vocabulary that a name stands for."""
    fitting = [known for known in SECTIONS if name.startswith(known)]
    return max(fitting, key=len) if fitting else "A"


def write_chords(score: Score, starts: Sequence[int], shift: int) -> list[list[int]]:
    """Return each bar's chords; what holds on is said again at the bar's beginning."""
    changes: list[tuple[int, Chord | None]] = []
    for span in score.chords:
        begin, end = round(span.start / PLACE_TICKS), round(span.end / PLACE_TICKS)
        if changes and changes[-1][0] >= begin:
            changes.pop()
        if begin < end:
            changes += [(begin, span.chord.transpose(shift)), (end, None)]
    places = [place for place, _ in changes]
    bars: list[list[int]] = []
    for number, first in enumerate(starts):
        stop = first + places_in(meter_at(score.meters, first * PLACE_TICKS))
        stop = min([stop, *starts[number + 1 : number + 2]])
        at = bisect_right(places, first) - 1
        held = changes[at][1] if at >= 0 else None
        inside = changes[bisect_right(places, first) : bisect_left(places, stop)]
        tokens: list[int] = []
        said: Chord | None = None
        for place, chord in [(first, held), *inside]:
            if place > first and chord == said:
                continue
            tokens.append(TOKEN_IDS[f"POS_{place - first}"])
            tokens += _chord_tokens(chord)
            said = chord
        bars.append(tokens)
    return bars


def _chord_tokens(chord: Chord | None) -> list[int]:
    if chord is None:
        return [TOKEN_IDS["NOCHORD"]]
    known = chord.quality if f"QUAL_{chord.quality}" in TOKEN_IDS else _nearest_quality(chord)
    tokens = [TOKEN_IDS[f"ROOT_{chord.root}"], TOKEN_IDS[f"QUAL_{known}"]]
    if chord.bass is not None:
        tokens.append(TOKEN_IDS[f"BASS_{(chord.bass - chord.root) % 12}"])
    return tokens


def _nearest_quality(chord: Chord) -> str:
    """Return the named quality that shares most with one that has no name."""
    wanted = {step % 12 for step in chord.intervals}
    return min(
        (name for name in QUALITIES),
        key=lambda name: len(wanted ^ {step % 12 for step in QUALITIES[name].intervals}),
    )


def write_notes(
    score: Score, role: str, starts: Sequence[int], shift: int, *, micro: bool
) -> list[list[int]]:
    """Return each bar's notes of a role."""
    is_drums = role == "drums"
    fine = MICRO if is_drums and micro else 1
    found: dict[tuple[int, int], tuple[int, int]] = {}  # (fine place, pitch) -> end, velocity
    for part in score.parts:
        if part.role != role:
            continue
        for note in part.notes:
            if is_drums and note.pitch not in DRUM_KEYS:
                continue
            at = round(note.start * fine / PLACE_TICKS)
            end = round(note.end / PLACE_TICKS)
            pitch = note.pitch if is_drums else in_range(note.pitch + shift)
            before = found.get((at, pitch), (0, 0))
            found[at, pitch] = max(end, before[0]), max(note.velocity, before[1])
    bars: list[list[int]] = [[] for _ in starts]
    spoken: dict[int, tuple[int, int]] = {}  # bar -> fine place and velocity last said
    for (at, pitch), (end, velocity) in sorted(found.items()):
        place, off = (at, 0) if fine == 1 else _split(at)
        number = min(max(bisect_right(starts, place) - 1, 0), len(starts) - 1)
        tokens = bars[number]
        said_at, said_velocity = spoken.get(number, (-(10**9), -1))
        if said_at != at:
            tokens.append(TOKEN_IDS[f"POS_{place - starts[number]}"])
            if off:
                tokens.append(TOKEN_IDS[f"MICRO_{off}"])
        loudness = _nearest(VELOCITIES, velocity)
        if loudness != said_velocity:
            tokens.append(TOKEN_IDS[f"VEL_{loudness}"])
        spoken[number] = (at, loudness)
        if is_drums:
            tokens.append(TOKEN_IDS[f"DRUM_{pitch}"])
        else:
            length = DURATIONS[_nearest(DURATIONS, max(end - place, 1))]
            tokens += [TOKEN_IDS[f"PITCH_{pitch}"], TOKEN_IDS[f"DUR_{length}"]]
    return bars


def _split(at: int) -> tuple[int, int]:
    """Return the place and the quarters of a step (-1..2) of a fine place."""
    place = (at + 1) // MICRO
    return place, at - place * MICRO


def in_range(pitch: int) -> int:
    """Return a pitch of MIDI's range, an octave away where it lies outside."""
    return pitch + 12 if pitch < 0 else pitch - 12 if pitch > 127 else pitch


def _nearest(table: Sequence[int], value: int) -> int:
    """Return the index of the nearest entry of a rising table, the lower of two alike."""
    above = min(bisect_left(table, value), len(table) - 1)
    below = max(above - 1, 0)
    return below if value - table[below] <= abs(table[above] - value) else above
