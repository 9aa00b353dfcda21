"""Another groove for a score that exists: quantised, put in a feel, humanised.

Each note has a written place, found by `rhythm.read_written`; a change moves the note from where it
is played towards where the new groove plays that place, by an amount.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import meter_at
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.neural.humaniser import DRUMS, FURTHEST, STAND_INS, DrumPart, Humaniser
from tapeloom.rhythm.feels import KitFeel
from tapeloom.rhythm.groove import LATENESS_MS, drift
from tapeloom.rhythm.limbs import HABIT
from tapeloom.rhythm.meters import SIXTEENTH, step_ticks
from tapeloom.rhythm.microtiming import instruments_of, measure, read_written, steps_in_cycle
from tapeloom.rhythm.overview import MOST_NOTES, leading_notes
from tapeloom.rhythm.quantise import quantise
from tapeloom.rhythm.swing_ratio import Swing, swung
from tapeloom.rhythm.templates import (
    GrooveTemplate,
    extract_template,
    later,
    template_of,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRIFT_MS, DRIFT_VELOCITY = 8.0, 5.0  # standard deviations of a wholly humanised pitched part
BPM = (20.0, 400.0)  # that the humaniser knows
READABLE = 0.5  # humanised so far, a score can be read back: what can't is pulled in
READINGS = 6
LONG = 8  # bars from which a place that was hit once is chance


@dataclass(frozen=True, slots=True)
class GrooveChange:
    """What is done to a score's groove, in this order: quantise, feel or template, humanise."""

    quantise: float = 0.0  # strength, 0 (as played) .. 1 (on the grid)
    triplets: bool = True  # whether a beat may be read in threes
    feel: KitFeel | None = None
    template: GrooveTemplate | None = None
    swing: Swing | None = None  # in place of the feel's or the template's; alone it re-swings
    amount: float = 1.0  # of feel, template and swing, 0 (as it is) .. 1
    humanise: float = 0.0  # 0 .. 1
    style: str | None = None  # of the drummer who humanises, one of neural.humaniser.STYLES

    def __post_init__(self) -> None:
        for name in ("quantise", "amount", "humanise"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise InputError(f"{name} is {value}; it must lie between 0 and 1")
        if self.feel is not None and self.template is not None:
            raise InputError("a feel and a template are both given; give one of them")
        DrumPart((), (), (), 90.0, self.style)  # checks the style

    @property
    def new_swing(self) -> Swing | None:
        """The swing that is asked for."""
        if self.swing is not None:
            return self.swing
        if self.feel is not None:
            return Swing(self.feel.swing, self.feel.swing_level)
        return self.template.swing if self.template else None

    @property
    def is_nothing(self) -> bool:
        """Whether a score stays as it is."""
        return not (self.quantise or self.humanise or (self.amount and self.new_swing))


def regroove(score: Score, change: GrooveChange, rng: np.random.Generator) -> Score:
    """Change how a score is played; chords, sections, tempo and controllers stay.

    >>> from tapeloom.rhythm.feels import FEELS
    >>> kit = Part("Kit", "drums", notes=(Note(0, 100, 36), Note(10080, 100, 38)))
    >>> change = GrooveChange(feel=FEELS["dusty"])
    >>> played = regroove(Score((kit,)), change, np.random.default_rng(1))
    >>> [note.start for note in played.parts[0].notes]
    [0, 10382]
    """
    _check_template(score, change.template)
    base = int(rng.integers(2**53))
    leader, _ = leading_notes(score.parts)
    if change.is_nothing or not leader:
        return score
    swing = _swing_of(score, change.triplets)
    written = [_written(part, score, swing, change.triplets) for part in score.parts]
    shared = drift(score.end // SIXTEENTH + 2, stream(base, "together"))
    human = [np.ones(len(notes)) for notes in written]
    for turn in range(READINGS + 1):
        parts = tuple(
            _change(part, notes, share, score, change, swing, shared, stream(base, part.name))
            for part, notes, share in zip(score.parts, written, human, strict=True)
        )
        changed = replace(score, parts=parts)
        readable = turn < READINGS and 0.0 < change.humanise <= READABLE
        if not readable or not _pull_in(human, written, changed):
            break
    return changed


def extract_groove(score: Score, *, name: str = "groove", bars: int = 1) -> GrooveTemplate:
    """Take a template of all that a score plays: its drums, and each pitched role beside them.

    bars   length of the cycle, 1..16
    """
    leader, role = leading_notes(score.parts)
    if not leader:
        raise InputError("there are no notes in it, so there is no groove to extract")
    fewest = 2 if len(score.bar_starts) >= LONG * bars else 1
    found = extract_template(
        leader, tempo=score.tempo, meters=score.meters, name=name, role=role, bars=bars,
        fewest_hits=fewest,
    )  # fmt: skip
    rows = dict(found.instruments)
    for other in dict.fromkeys(part.role for part in score.parts if part.notes):
        if other in (role, "drums"):
            continue
        notes = [note for part in score.parts if part.role == other for note in part.notes]
        measured = measure(
            notes, tempo=score.tempo, meters=score.meters, role=other, swing=found.swing, bars=bars
        )
        more = template_of(
            measured, name=name, meter=found.meter, bpm=found.bpm, fewest_hits=fewest
        )
        rows |= dict(more.instruments)
    # As many digits as can be told and read.
    return replace(
        found,
        bpm=round(found.bpm, 3),
        swing=replace(found.swing, ratio=round(found.swing.ratio, 4)),
        instruments=tuple(
            (
                instrument,
                tuple(
                    replace(
                        place,
                        offset_ms=round(place.offset_ms, 2),
                        velocity_ratio=max(round(place.velocity_ratio, 3), 0.001),
                    )
                    for place in places
                ),
            )
            for instrument, places in rows.items()
        ),
    )


def _check_template(score: Score, template: GrooveTemplate | None) -> None:
    for _, meter in score.meters if template else ():
        if template and meter.bar_ticks != template.meter.bar_ticks:
            raise InputError(
                f"the groove {template.name!r} is in {template.meter} and the score in {meter}; "
                "they must have bars of one length"
            )


def _swing_of(score: Score, triplets: bool) -> Swing:
    """Read the swing in which a score is played."""
    notes, role = leading_notes(score.parts)
    return read_written(
        notes[:MOST_NOTES], tempo=score.tempo, meters=score.meters, role=role, triplets=triplets
    )[1]


def _written(part: Part, score: Score, swing: Swing, triplets: bool) -> tuple[Note, ...]:
    """Return a part's notes where they would be written."""
    return quantise(
        part.notes, tempo=score.tempo, meters=score.meters, role=part.role, swing=swing,
        triplets=triplets,
    ).notes  # fmt: skip


def _pull_in(human: list[Floats], written: Sequence[Sequence[Note]], played: Score) -> bool:
    """Halve a player's deviations round what would be read as something else than is written.

    Return whether there was any.
    """
    swing = _swing_of(played, True)
    found = False
    for share, notes, part in zip(human, written, played.parts, strict=True):
        if not notes:
            continue
        read = _written(part, played, swing, True)
        wrong = Counter(map(_place, notes)) - Counter(map(_place, read))
        if wrong:
            starts = np.array([note.start for note in notes], np.int64)
            beats = np.array(sorted({start for start, _, _ in wrong}), np.int64)
            after = np.clip(np.searchsorted(beats, starts), 0, len(beats) - 1)
            before = np.maximum(after - 1, 0)
            near = np.minimum(np.abs(beats[after] - starts), np.abs(beats[before] - starts))
            share[near <= PPQ] *= 0.5
            found = True
    return found


def _place(note: Note) -> tuple[int, int, int]:
    return note.start, note.end, note.pitch


def _change(
    part: Part, written: Sequence[Note], human: Floats, score: Score, change: GrooveChange,
    read: Swing, shared: Floats, rng: np.random.Generator,
) -> Part:  # fmt: skip
    own, swell = drift(len(shared), rng), drift(len(shared), rng)
    if not part.notes:
        return part
    starts, ends = (at.astype(np.float64) for at in _ends(part.notes))
    on, off = _ends(written)
    old_on = swung(on, read, meters=score.meters)
    velocities = np.array([note.velocity for note in part.notes], np.float64)

    played = starts
    starts = starts + change.quantise * (on - starts)
    ends = ends + change.quantise * (off - ends)
    swing = change.new_swing
    if swing is not None:
        names = instruments_of(part.notes, role=part.role)
        if change.feel is None and change.template is None:
            kept = (1.0 - change.quantise) * (played - old_on)
            late_s = np.zeros(len(on))
        else:
            kept = np.zeros(len(on))
            late_ms, accents = _touch(change, score, names, on, velocities)
            late_s = late_ms / 1000.0
            velocities = velocities + change.amount * (accents - velocities)
        new_on = later(swung(on, swing, meters=score.meters) + kept, late_s, score.tempo)
        new_off = later(swung(off, swing, meters=score.meters) + kept, late_s, score.tempo)
        starts = starts + change.amount * (new_on - starts)
        ends = ends + change.amount * (new_off - ends)
    if change.humanise:
        late_s, velocities = _humanised(
            part, score, change, on, velocities, 0.6 * shared + 0.8 * own, swell, rng
        )
        starts, ends = (
            later(at, human * late_s, score.tempo).astype(np.float64) for at in (starts, ends)
        )
    return _with_notes(part, starts, ends, velocities)


def _ends(notes: Sequence[Note]) -> tuple[Ints, Ints]:
    return (
        np.array([note.start for note in notes], np.int64),
        np.array([note.end for note in notes], np.int64),
    )


def _touch(
    change: GrooveChange, score: Score, names: Sequence[str], on: Ints, velocities: Floats
) -> tuple[Floats, Floats]:
    """Return how late each note is in the new groove, in milliseconds, and how loud."""
    accents = velocities.copy()
    if change.template is not None:
        template = change.template
        steps = steps_in_cycle(on, meters=score.meters, bars=template.bars).tolist()
        touch = [template.touch(name, step) for name, step in zip(names, steps, strict=True)]
        known = {(name, place.step) for name, places in template.instruments for place in places}
        who = np.array(names)
        means = {name: float(velocities[who == name].mean()) for name in set(names)}
        for i, (name, step) in enumerate(zip(names, steps, strict=True)):
            if (name, step) in known:
                accents[i] = means[name] * touch[i][1]
        return np.array([offset for offset, _ in touch]), accents
    assert change.feel is not None  # noqa: S101  one of the two is given
    feel = change.feel
    bars = np.array(score.bar_starts, np.int64)
    bar = np.clip(np.searchsorted(bars, on, side="right") - 1, 0, None)
    late = []
    for name, tick, start in zip(names, on.tolist(), bars[bar].tolist(), strict=True):
        meter = meter_at(score.meters, start)
        step, between = divmod(tick - start, step_ticks(meter))
        if name not in HABIT:
            late.append(role_lateness_ms(feel, name))
        elif between:
            late.append(feel.lateness_ms.get(name, 0.0))
        else:
            late.append(feel.offset_ms(name, step=step, meter=meter))
    return np.array(late), accents


def role_lateness_ms(feel: KitFeel, role: str) -> float:
    """Return how far a pitched role hangs back in a kit's feel: as far as its snare, in proportion.

    >>> from tapeloom.rhythm.feels import FEELS
    >>> [round(role_lateness_ms(FEELS[name], "melody"), 1) for name in ("straight", "dusty")]
    [0.0, 9.4]
    """
    share = feel.lateness_ms.get("snare", 0.0) / (sum(LATENESS_MS["snare"]) / 2.0)
    return share * sum(LATENESS_MS.get(role, (0.0, 0.0))) / 2.0


def _humanised(
    part: Part, score: Score, change: GrooveChange, on: Ints, velocities: Floats, slow: Floats,
    swell: Floats, rng: np.random.Generator,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return what a player adds: seconds late, and the velocities that become of those given."""
    bpm = float(np.clip(score.tempo.initial_bpm, *BPM))
    step = np.minimum(on // SIXTEENTH, len(slow) - 1)
    furthest = FURTHEST * 60_000.0 / bpm
    late_ms = change.humanise * np.clip(DRIFT_MS * slow[step], -furthest, furthest)
    louder = velocities + change.humanise * DRIFT_VELOCITY * swell[step]
    names = instruments_of(part.notes, role=part.role)
    known = np.flatnonzero([part.role == "drums" and n in {*DRUMS, *STAND_INS} for n in names])
    if len(known):
        bars = np.array(score.bar_starts, np.int64)
        offsets = on - bars[np.clip(np.searchsorted(bars, on, side="right") - 1, 0, None)]
        kit = DrumPart(
            tuple(on[known].tolist()), tuple(names[i] for i in known.tolist()),
            tuple(offsets[known].tolist()), bpm, change.style,
        )  # fmt: skip
        touch = Humaniser.load().play(kit, rng, amount=change.humanise)
        late_ms[known] = touch.offsets_ms
        louder[known] = velocities[known] + change.humanise * (touch.velocities - velocities[known])
    return late_ms / 1000.0, louder


def _with_notes(part: Part, starts: Floats, ends: Floats, velocities: Floats) -> Part:
    """Return a part with its notes moved; a key's notes that followed each other still do."""
    on = np.maximum(np.rint(starts), 0.0).astype(np.int64)
    off = np.maximum(np.rint(ends).astype(np.int64), on + 1)
    loud = np.clip(np.rint(velocities), 1, 127).astype(np.int64)
    last: dict[int, int] = {}
    for i, note in enumerate(part.notes):
        before = last.get(note.pitch)
        if before is not None and part.notes[before].end <= note.start:
            off[before] = max(min(off[before], on[i]), on[before] + 1)
        last[note.pitch] = i
    notes = tuple(
        replace(note, start=int(a), duration=int(b - a), velocity=int(v))
        for note, a, b, v in zip(part.notes, on, off, loud, strict=True)
    )
    moved = {
        (note.start, note.pitch): new.start for note, new in zip(part.notes, notes, strict=True)
    }
    marks = tuple(
        replace(mark, tick=moved.get((mark.tick, mark.pitch), mark.tick)) for mark in part.marks
    )
    return replace(part, notes=notes, marks=marks)
