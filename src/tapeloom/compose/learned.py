"""The learned engines: the transformer writes notes, alone or over the theory engine's harmony.

`transformer` takes form, layers and instruments from the plan and writes the chords as well;
`hybrid` writes over the theory engine's chords, and theory repairs what is out of place.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from tapeloom.compose.harmony import write_harmony
from tapeloom.compose.layers import with_clave_kicks, without_rim, write_percussion
from tapeloom.compose.plan import Plan
from tapeloom.compose.repair import repair
from tapeloom.compose.rewrite import Locks, insert, key_at, runs
from tapeloom.compose.touches import BASS, MELODY, ornament_drums, touch_line, touch_stabs
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.core.meter import meter_at
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.neural.constraints import Limits, limits_for
from tapeloom.neural.controls import CALM_ENERGY, Controls
from tapeloom.neural.drafting import Draft, Drafter
from tapeloom.neural.outline import Outline
from tapeloom.neural.script import infill_script
from tapeloom.neural.token_codec import Codec, controls_of
from tapeloom.neural.tokens import to_c
from tapeloom.theory.instruments import instrument

DENSITY = (6.5, 11.0)  # pitched notes a bar that a plan's density 0 and 1 ask for
AROUND = 8  # bars on each side of a gap that the model sees


class TransformerEngine:
    """Composes with the model that comes with the package."""

    name = "transformer"
    plans_harmony = False

    def __init__(self, drafter: Drafter | None = None) -> None:
        self._drafter = drafter

    @property
    def drafter(self) -> Drafter:
        """The model, its critic and its index; the package's unless others were given."""
        return self._drafter or _shipped()

    def compose(self, plan: Plan, rng: np.random.Generator) -> Score:
        """Write a whole record from its plan."""
        return self.draft(plan, rng)[0]

    def draft(self, plan: Plan, rng: np.random.Generator) -> tuple[Score, tuple[Draft, ...]]:
        """Write a whole record, and tell how its pieces were drawn."""
        harmony_rng, pieces_rng, touches_rng = rng.spawn(3)
        chords = write_harmony(plan, harmony_rng) if self.plans_harmony else ()
        drafts: list[Draft] = []
        written: list[tuple[int, Score]] = []
        for number, piece in enumerate(plan.pieces):
            sections = [section for section in plan.sections if section.piece == number]
            if not sections:
                continue
            outline = outline_of(plan, sections, piece.key, chords)
            limits = limits_for(
                piece.key, instruments=dict(plan.instruments), density=outline.controls.density
            )
            drafter = self.drafter
            if self.plans_harmony:
                drafter = replace(drafter, finish=repair)
            draft = drafter.draft(outline, limits, pieces_rng.spawn(1)[0])
            drafts.append(draft)
            written.append((sections[0].start, draft.score))
        return _assemble(plan, written, touches_rng), tuple(drafts)

    def infill(
        self, score: Score, *, role: str, bars: range, locks: Locks, rng: np.random.Generator
    ) -> Score:
        """Rewrite bars of a role so that they fit both sides; nothing else changes."""
        edges = [*score.bar_starts, score.end]
        if not bars or bars.step != 1 or not 0 <= bars.start < bars.stop < len(edges):
            raise InputError(
                f"bars {bars.start + 1} to {bars.stop} cannot be rewritten; "
                f"the score has {len(edges) - 1}"
            )
        part = next((part for part in score.parts if part.role == role), None)
        if part is None:
            told = ", ".join(dict.fromkeys(part.role for part in score.parts)) or "none"
            raise InputError(f"the score has no part for {role}; its parts are {told}")
        if role in locks.roles:
            return score
        for run in runs(bars, locks.bars):
            fresh = self._fill(score, part, run, locks, rng)
            part = insert(part, fresh, edges[run.start], edges[run.stop], locks)
        return score.with_part(part)

    def vary(self, score: Score, *, section: int, locks: Locks, rng: np.random.Generator) -> Score:
        """Vary a section: each part's later half is written anew with the first half in sight."""
        if not 0 <= section < len(score.sections):
            raise InputError(
                f"section {section} doesn't exist; the score has {len(score.sections)}, from 0"
            )
        place = score.sections[section]
        edges = [*score.bar_starts, score.end]
        first, stop = edges.index(place.start), edges.index(place.end)
        middle = first + (stop - first) // 2
        for part in score.parts:
            sounding = any(edges[middle] <= note.start < place.end for note in part.notes)
            if part.role in locks.roles or not sounding or part.role == "other":
                continue
            bars = range(middle, stop) if part.role == "melody" else range(stop - 1, stop)
            score = self.infill(score, role=part.role, bars=bars, locks=locks, rng=rng)
        return score

    def _fill(
        self, score: Score, part: Part, run: range, locks: Locks, rng: np.random.Generator
    ) -> list[Note]:
        """Return the notes that the model writes into a run of bars."""
        edges = [*score.bar_starts, score.end]
        first, last = max(run.start - AROUND, 0), min(run.stop + AROUND, len(edges) - 1)
        key = key_at(score, edges[run.start])
        seen = cut(score, edges[first], edges[last], key)
        masked = [bar - first for bar in run]
        controls = replace(controls_of(seen, style="lofi"), key=key)
        page = Codec().page(seen, controls)
        instruments = {part.role: part.instrument for part in score.parts if part.instrument}
        limits = limits_for(key, instruments=instruments)
        limits = _wide_enough(limits, part, key)
        meter = meter_at(seen.meters, 0)
        script = infill_script(page, part.role, masked, limits=limits, meter=meter,
                               rhythm=locks.rhythm)  # fmt: skip
        filled = self.drafter.fill(script, part.role, key, float(controls.bpm), rng)
        start, end = edges[run.start], edges[run.stop]
        moved = [replace(note, start=note.start + edges[first]) for note in filled]
        return [replace(note, duration=min(note.duration, end - note.start))
                for note in moved if start <= note.start < end]  # fmt: skip


class HybridEngine(TransformerEngine):
    """Theory plans form and harmony, the transformer writes the parts, theory repairs them."""

    name = "hybrid"
    plans_harmony = True


@lru_cache(maxsize=1)
def _shipped() -> Drafter:
    return Drafter.load()


def outline_of(
    plan: Plan, sections: Sequence[Section], key: Key, chords: Sequence[ChordSpan]
) -> Outline:
    """Return what the model is asked for: a piece of a plan, moved to the beginning."""
    start, end = sections[0].start, sections[-1].end
    meters = [(max(tick - start, 0), meter) for tick, meter in plan.meters if tick < end]
    first = meter_at(plan.meters, start)
    inside = tuple((tick, meter) for tick, meter in meters if tick > 0)
    bright = MODES[key.mode][2] == 4
    brisk = plan.energy > CALM_ENERGY
    mood = ("happy" if bright else "tense") if brisk else ("calm" if bright else "sad")
    density = float(np.interp(plan.density, (0.0, 1.0), DENSITY))
    bpm = float(next(value for tick, value in reversed(plan.tempo.changes) if tick <= start))
    return Outline(
        Controls(key, bpm, first, "lofi", mood, "any", density),
        tuple(replace(s, start=s.start - start, end=s.end - start) for s in sections),
        ((0, first), *inside),
        tuple(
            ChordSpan(max(c.start, start) - start, min(c.end, end) - start, c.chord)
            for c in chords if c.start < end and c.end > start
        ),
    )  # fmt: skip


def _assemble(plan: Plan, written: Sequence[tuple[int, Score]], rng: np.random.Generator) -> Score:
    """Put the pieces one behind another, give each part its instrument and its touches."""
    notes: dict[str, list[Note]] = {}
    chords: list[ChordSpan] = []
    for start, score in written:
        for part in score.parts:
            notes.setdefault(part.role, []).extend(
                replace(note, start=note.start + start) for note in part.notes
            )
        chords += [ChordSpan(c.start + start, c.end + start, c.chord) for c in score.chords]
    parts = []
    names = dict(plan.instruments)
    for (role, held), side in zip(notes.items(), rng.spawn(len(notes)), strict=True):
        name = names.get(role, "felt_piano")
        part = Part(role, role, name, tuple(held), instrument(name).program)
        parts.append(_touched(part, plan, side))
    percussion = write_percussion(plan)
    if percussion is not None:
        kit = next((part for part in parts if part.role == "drums"), None)
        parts = [part for part in parts if part.role != "drums"]
        if kit is not None:
            parts.append(without_rim(with_clave_kicks(kit, percussion, plan.clave), percussion))
        parts.append(percussion)
    return Score(
        tuple(parts), tempo=plan.tempo, meters=plan.meters, keys=plan.keys,
        chords=tuple(chords), sections=plan.sections,
    )  # fmt: skip


def _touched(part: Part, plan: Plan, rng: np.random.Generator) -> Part:
    if part.role == "drums":
        return ornament_drums(part, plan.sections, rng)
    if part.role == "keys":
        return touch_stabs(part, plan.sections, rng)
    if part.role in ("melody", "bass"):
        return touch_line(part, MELODY if part.role == "melody" else BASS, plan, rng)
    return part


def cut(score: Score, start: int, end: int, key: Key) -> Score:
    """Return the bars from one tick to another as a score of its own."""
    meters = [(tick - start, meter) for tick, meter in score.meters if start < tick < end]
    parts = tuple(
        replace(
            part, marks=(), controls=(), bends=(),
            notes=tuple(
                replace(n, start=n.start - start, duration=min(n.duration, end - n.start))
                for n in part.notes if start <= n.start < end
            ),
        )
        for part in score.parts
    )  # fmt: skip
    return Score(
        parts, tempo=score.tempo, keys=((0, key),),
        meters=((0, meter_at(score.meters, start)), *meters),
        chords=tuple(
            ChordSpan(max(c.start, start) - start, min(c.end, end) - start, c.chord)
            for c in score.chords if c.start < end and c.end > start
        ),
        sections=(Section("A", 0, end - start),),
    )  # fmt: skip


def _wide_enough(limits: Limits, part: Part, key: Key) -> Limits:
    """Let a part go on where it lies, if that is outside what its role usually spans."""
    if part.role == "drums" or not part.notes:
        return limits
    low, high = limits.ranges.get(part.role, (0, 127))
    pitches = [note.pitch + to_c(key) for note in part.notes]
    reach = (max(min(low, *pitches), 0), min(max(high, *pitches), 127))
    return replace(limits, ranges={**limits.ranges, part.role: reach})
