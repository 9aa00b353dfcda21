"""The tune of an arrangement: each section's line made of the loop's, and what answers it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.compose.development import OCTAVE, THIRD, counter_rhythm
from tapeloom.compose.figures import pairs
from tapeloom.compose.grid import Measure, measure_at, measures
from tapeloom.compose.line import STEP_SEMITONES
from tapeloom.compose.loop_material import LoopMaterial, sung_register
from tapeloom.compose.melody import chord_under, melody_range
from tapeloom.compose.motifs import Motif, MotifNote
from tapeloom.compose.recast import pitch_in
from tapeloom.compose.refit import Wish, motif_of, place, refit
from tapeloom.compose.section_plan import SectionPlan
from tapeloom.compose.stretch import Stretch
from tapeloom.compose.treatments import Room, Units, sentence_of, treat
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meters
from tapeloom.core.score import ChordSpan, Note, Section
from tapeloom.theory.instruments import instrument
from tapeloom.theory.scales import nearest

HIGHER = 3  # semitones by which the contrast lies above the theme, about
BEYOND = 5  # semitones that a developed line may lie above the tune's range
_BELOW = 9  # semitones that an answer lies under the tune
_ANSWER_RANGE = (52, 72)


@dataclass(frozen=True, slots=True)
class Place:
    """A section with its plan, its measures and the chords of the whole piece."""

    section: Section
    plan: SectionPlan
    meters: Meters
    chords: tuple[ChordSpan, ...]

    @property
    def grid(self) -> tuple[Measure, ...]:
        """The measures of the section."""
        return measures(self.section.start, self.section.end, self.meters)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who sings: an instrument, the range of the tune, and the octaves by which it was moved."""

    low: int
    high: int
    lowest: int  # of the instrument's comfortable range
    highest: int
    moved: int  # semitones from the loop's own register


def voice_of(name: str, tune: Sequence[Note]) -> Voice:
    """Return where an instrument sings a tune: whole octaves from where it was."""
    low, high = melody_range(name, 0.0)
    lowest, highest = instrument(name).comfortable
    moved = sung_register(tune, low=low, high=high)
    pitches = [note.pitch + moved for note in tune]
    return Voice(
        max(min([low, *pitches]), lowest), min(max([high, *pitches]), highest), lowest, highest,
        moved,
    )  # fmt: skip


def write_tune(
    material: LoopMaterial, sources: dict[str, Stretch], places: Sequence[Place], name: str,
    rng: np.random.Generator,
) -> list[Note]:  # fmt: skip
    """Write the line of every section in which the melody plays.

    sources   by letter the stretch whose tune and chords a section's are made of
    name      of the instrument in theory.instruments
    """
    voice = voice_of(name, material.theme.melody)
    notes: list[Note] = []
    for place_ in places:
        if "melody" not in place_.plan.roles:
            continue
        stretch = sources[place_.plan.letter]
        if _is_statement(place_.plan):
            wishes = _state(stretch, place_, voice)
        else:
            wishes = _develop(material, stretch, place_, voice, rng)
        if place_ is places[-1]:
            wishes = _close(wishes, place_, voice)
        # A developed line may go beyond the tune, or it would lie flat at the edge.
        beyond = 12 if "register" in place_.plan.treatments else BEYOND
        low, high = max(voice.low - 2, voice.lowest), min(voice.high + beyond, voice.highest)
        before = notes[-1].pitch if notes else None
        line = refit(
            wishes, place_.grid, place_.chords, place_.plan.key, low=low, high=high, before=before
        )
        notes.extend(_louder(note, place_) for note in line)
    return notes


def _is_statement(plan: SectionPlan) -> bool:
    return plan.letter == "A" and not plan.treatments


def _state(stretch: Stretch, place_: Place, voice: Voice) -> list[Wish]:
    """Take the loop's tune as it is; where the chord is another one now, its notes may move."""
    section = place_.section
    wishes: list[Wish] = []
    for at in range(section.start, section.end, stretch.ticks):
        for note in stretch.melody:
            start = at + note.start
            if start >= section.end:
                break
            held = min(note.duration, section.end - start)
            pitch = _folded(note.pitch + voice.moved, voice)
            own = chord_under(stretch.chords, note.start, note.end)
            same = chord_under(place_.chords, start, start + held).root == own.root
            wishes.append(Wish(Note(start, held, pitch), stays=same))
    return wishes


def _folded(pitch: int, voice: Voice) -> int:
    while pitch > voice.highest:
        pitch -= 12
    while pitch < voice.lowest:
        pitch += 12
    return pitch


def _develop(
    material: LoopMaterial, stretch: Stretch, place_: Place, voice: Voice, rng: np.random.Generator
) -> list[Wish]:
    grid = place_.grid
    units_here = pairs(grid)
    anchor = _anchor(material.theme, material.theme.key) + voice.moved
    home = _home(material, place_.plan, anchor)
    units = _units(material, stretch, place_.plan, len(units_here), rng)
    room = Room(tuple(units_here), _lift(units, home, voice), rng)
    units = treat([_cut(unit, pair) for unit, pair in zip(units, units_here, strict=True)],
                  place_.plan.treatments, room)  # fmt: skip
    return [
        wish
        for unit, pair in zip(units, units_here, strict=True)
        for wish in place(unit, pair[0].start, anchor=home, key=place_.plan.key, end=pair[-1].end)
    ]


def _home(material: LoopMaterial, plan: SectionPlan, anchor: int) -> int:
    """Return the tone that a section's contours stand on, for a tune that stands on `anchor`."""
    moved = pitch_in(anchor, material.theme.key, plan.key)
    return _nearest_octave(moved, anchor + HIGHER * (plan.letter == "B"))


def _is_one_unit(stretch: Stretch) -> bool:
    return len(pairs(measures(0, stretch.ticks, ((0, stretch.meter),)))) == 1


def _units(
    material: LoopMaterial,
    stretch: Stretch,
    plan: SectionPlan,
    count: int,
    rng: np.random.Generator,
) -> Units:
    """Return so many units of a section's material, before they are treated."""
    if plan.letter == "B":
        contrast = material.contrast.in_key(plan.key)
        own = units_of(contrast, _anchor(contrast, plan.key))
        if _is_one_unit(contrast):
            return sentence_of(own[0], count, rng)
        return [own[i % len(own)] for i in range(count)]
    own = units_of(stretch, _anchor(stretch, stretch.key))
    return [own[i % len(own)] for i in range(count)]


def units_of(stretch: Stretch, anchor: int) -> Units:
    """Read a stretch's tune as motifs of two measures each."""
    grid = measures(0, stretch.ticks, ((0, stretch.meter),))
    return [
        motif_of(
            stretch.melody, stretch.key, start=pair[0].start,
            ticks=pair[-1].end - pair[0].start, anchor=anchor,
        )
        for pair in pairs(grid)
    ]  # fmt: skip


def _anchor(stretch: Stretch, key: Key) -> int:
    """Return the tone of a key nearest to the middle of a tune."""
    if not stretch.melody:
        return nearest(72, key.scale)
    return nearest(float(np.median([note.pitch for note in stretch.melody])), key.scale)


def _nearest_octave(pitch: int, goal: int) -> int:
    return pitch + 12 * round((goal - pitch) / 12)


def _cut(unit: Motif, pair: Sequence[Measure]) -> Motif:
    ticks = pair[-1].end - pair[0].start
    notes = tuple(
        MotifNote(n.onset, min(n.duration, ticks - n.onset), n.contour)
        for n in unit.notes
        if n.onset < ticks
    )
    return Motif(notes, ticks)


def _lift(units: Units, anchor: int, voice: Voice) -> int:
    """Return by how many steps a line can rise: an octave where there is room, or else a third."""
    top = max((note.contour for unit in units for note in unit.notes), default=0)
    return OCTAVE if anchor + STEP_SEMITONES * top + 12 <= voice.highest + 2 else THIRD


def _close(wishes: Sequence[Wish], place_: Place, voice: Voice) -> list[Wish]:
    """End the piece on one long tone of the key's triad that suits its last chord."""
    grid = place_.grid
    last = grid[-2] if len(grid) > 4 else grid[-1]
    kept = [wish for wish in wishes if wish.note.start < last.start]
    key = place_.plan.key
    sounding = place_.chords[-1].chord.pitch_classes
    triad = (key.scale[0], key.scale[2], key.scale[4])
    quiet = [tone for tone in triad if (tone - 1) % 12 not in sounding] or triad  # rubs with none
    near = min(max(kept[-1].note.pitch if kept else 72, voice.low + 2), voice.high - 2)
    return [*kept, Wish(Note(last.start, last.ticks, nearest(near, quiet)), stays=True)]


def _louder(note: Note, place_: Place) -> Note:
    weight = measure_at(place_.grid, note.start).weight(note.start)
    loud = round(68 + 12 * place_.plan.energy + 9 * weight)
    return Note(note.start, note.duration, note.pitch, loud)


def answer_tune(tune: Sequence[Note], place_: Place) -> list[Note]:
    """Write a line that speaks in the rests and long notes of a section's tune, below it."""
    section, key = place_.section, place_.plan.key
    inside = [note for note in tune if section.start <= note.start < section.end]
    if not inside:
        return []
    low, high = _ANSWER_RANGE
    middle = float(np.median([note.pitch for note in inside]))
    anchor = nearest(min(max(middle - _BELOW, low + 5), high - 5), key.scale)
    wishes: list[Wish] = []
    for pair in pairs(place_.grid):
        ticks = pair[-1].end - pair[0].start
        unit = motif_of(
            inside, key, start=pair[0].start, ticks=ticks, anchor=nearest(middle, key.scale)
        )
        reply = counter_rhythm(unit)
        wishes.extend(
            place(reply, pair[0].start, anchor=anchor, key=key, end=pair[-1].end)
        )  # fmt: skip
    line = refit(wishes, place_.grid, place_.chords, key, low=low, high=high)
    return [_louder(Note(n.start, n.duration, n.pitch, 60), place_) for n in line]
