"""The learned engines: the transformer writes notes, alone or over the theory engine's harmony.

`transformer` takes form, layers and instruments from the plan and writes the chords as well;
`hybrid` writes over the theory engine's chords, and theory repairs what is out of place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

import numpy as np

from tapeloom.compose.brushwork import BRUSHED, brush_part
from tapeloom.compose.casting import recast
from tapeloom.compose.finishing import finish
from tapeloom.compose.harmony import write_harmony
from tapeloom.compose.layers import with_clave_kicks, without_rim, write_percussion
from tapeloom.compose.plan import Plan
from tapeloom.compose.repair import repair
from tapeloom.compose.rewrite import ONE_AT_A_TIME, Locks, insert, key_at, runs
from tapeloom.compose.touches import BASS, MELODY, ornament_drums, touch_line, touch_stabs
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.core.meter import meter_at
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.strikes import separate
from tapeloom.neural.controls import CALM_ENERGY, Controls
from tapeloom.neural.drafting import Draft, Drafter
from tapeloom.neural.limits import Limits, limits_for, limits_of
from tapeloom.neural.outline import Outline
from tapeloom.neural.script import infill_script
from tapeloom.neural.token_codec import ORDER, Codec, Page, controls_of
from tapeloom.neural.tokens import PLACE_TICKS, to_c
from tapeloom.theory.instruments import KNOWN, instrument

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
        harmony_rng, pieces_rng, touches_rng, finish_rng = rng.spawn(4)
        chords = write_harmony(plan, harmony_rng) if self.plans_harmony else ()
        drafts: list[Draft] = []
        written: list[tuple[int, Score]] = []
        for number, piece in enumerate(plan.pieces):
            sections = [section for section in plan.sections if section.piece == number]
            if not sections:
                continue
            outline = outline_of(plan, sections, piece.key, chords)
            limits = limits_of(outline.controls, instruments=dict(plan.instruments))
            drafter = self.drafter
            if self.plans_harmony:
                drafter = replace(drafter, finish=repair)
            draft = drafter.draft(outline, limits, pieces_rng.spawn(1)[0])
            drafts.append(draft)
            written.append((sections[0].start, draft.score))
        score = _assemble(plan, written, touches_rng)
        score = replace(score, chords=chords) if self.plans_harmony else score
        score = finish(score, rng=finish_rng)
        return recast(score, plan.other_band), tuple(drafts)

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
        if role in locks.roles or (locks.rhythm and role == "drums"):
            return score  # a drum without its rhythm is nothing to choose
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
        first = bisect_left(edges, place.start)
        stop = max(bisect_left(edges, place.end), first + 1)
        middle = first + (stop - first) // 2
        for role in dict.fromkeys(part.role for part in score.parts):
            notes = score.part(role).notes
            sounding = any(edges[middle] <= note.start < place.end for note in notes)
            if role in locks.roles or not sounding or role == "other":
                continue
            bars = range(middle, stop) if role == "melody" else range(stop - 1, stop)
            score = self.infill(score, role=role, bars=bars, locks=locks, rng=rng)
        return score

    def _fill(
        self, score: Score, part: Part, run: range, locks: Locks, rng: np.random.Generator
    ) -> list[Note]:
        """Return the notes that the model writes into a run of bars."""
        edges = [*score.bar_starts, score.end]
        first, last = max(run.start - AROUND, 0), min(run.stop + AROUND, len(edges) - 1)
        key = key_at(score, edges[run.start])
        start, end = edges[run.start], _whole(score, run.stop)
        old = tuple(n for n in part.notes if start <= n.start < end and n not in locks.notes)
        heard = score
        if locks.rhythm:  # of this part alone, and without what stays anyway
            alone = [n for n in part.notes if n in old or not start <= n.start < end]
            heard = _with_one(score, replace(part, notes=tuple(alone)))
        seen = cut(heard, edges[first], _whole(score, last), key)
        masked = [bar - first for bar in run]
        controls = replace(controls_of(seen, style="lofi"), key=key)
        page = _naming(Codec().page(seen, controls), part.role)
        instruments = {
            part.role: part.instrument for part in score.parts if part.instrument in KNOWN
        }
        limits = _wide_enough(limits_for(key, instruments=instruments), part, key)
        meters = [meter_at(seen.meters, tick) for tick in seen.bar_starts]
        script = infill_script(page, part.role, masked, limits=limits, meter=meters[0],
                               rhythm=locks.rhythm, meters=meters)  # fmt: skip
        filled = self.drafter.fill(script, part.role, key, float(controls.bpm), rng)
        placed = _into_place(filled, seen, edges[first])
        inside = [note for note in placed if start <= note.start < end]
        if locks.rhythm:
            others = [note for note in part.notes if note not in old]
            return _repitched(old, inside, edges[first], others)
        cut_off = [replace(note, duration=min(note.duration, end - note.start)) for note in inside]
        return separate(cut_off, alone=part.role in ONE_AT_A_TIME)


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
        sounding = held if role == "drums" else separate(held, alone=role in ONE_AT_A_TIME)
        part = Part(role, role, name, tuple(sounding), instrument(name).program)
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
        if part.instrument == BRUSHED:
            part = brush_part(part, plan.sections, plan.meters)
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


def _whole(score: Score, bar: int) -> int:
    """Return where a bar begins; the end of the last one is that of its meter."""
    starts = score.bar_starts
    if bar < len(starts):
        return starts[bar]
    return starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks


def _with_one(score: Score, part: Part) -> Score:
    """Return a score in which a part is the only one of its role."""
    others = [other for other in score.parts if other.role != part.role]
    return replace(score, parts=(*others, part))


def _naming(page: Page, role: str) -> Page:
    """Return a page that has a role, if only silently."""
    if role in page.roles:
        return page
    roles = tuple(known for known in ORDER if known in (*page.roles, role))
    return replace(page, roles=roles, bars=tuple({**bar, role: ()} for bar in page.bars))


def _into_place(notes: Sequence[Note], seen: Score, start: int) -> list[Note]:
    """Move notes from a sequence, whose bars are whole, to the bars of what was seen.

    A bar that a change of meter cuts short loses what would lie beyond it.
    """
    bars = seen.bar_starts
    stops = [*bars[1:], seen.end]
    meters = [meter_at(seen.meters, bar) for bar in bars]
    written = [0, *accumulate(meter.bar_ticks for meter in meters)]
    placed = []
    for note in notes:
        bar = min(bisect_right(written, note.start) - 1, len(bars) - 1)
        at = note.start - written[bar] + bars[bar]
        if at < stops[bar]:
            placed.append(replace(note, start=at + start))
    return placed


def _repitched(
    old: Sequence[Note], fresh: Sequence[Note], origin: int, others: Sequence[Note]
) -> list[Note]:
    """Give old notes the pitches that were chosen for them: their rhythm was told on the grid.

    origin  tick of the grid's first place
    others  notes that stay: where one of them rings, its pitch cannot be struck
    """

    def by_place(notes: Sequence[Note]) -> dict[int, list[Note]]:
        found: dict[int, list[Note]] = {}
        for note in sorted(notes, key=lambda note: note.pitch):
            found.setdefault(round((note.start - origin) / PLACE_TICKS), []).append(note)
        return found

    chosen, notes = by_place(fresh), []
    for place, held in by_place(old).items():
        at = held[0].start
        ringing = {note.pitch for note in others if note.start <= at < note.end}
        pitches = [note.pitch for note in chosen.get(place, ()) if note.pitch not in ringing]
        notes += [replace(n, pitch=p) for n, p in zip(held, pitches, strict=False)]
        # What the grid has no place for keeps its pitch, or its name where another took that.
        taken = {*pitches, *ringing}
        for note in held[len(pitches) :]:
            octaves = (note.pitch, note.pitch + 12, note.pitch - 12)
            free = next((pitch for pitch in octaves if pitch not in taken), None)
            if free is not None and 0 <= free <= 127:
                notes.append(replace(note, pitch=free))
                taken.add(free)
    return notes


def _wide_enough(limits: Limits, part: Part, key: Key) -> Limits:
    """Let a part go on where it lies, if that is outside what its role usually spans."""
    if part.role == "drums" or not part.notes:
        return limits
    low, high = limits.ranges.get(part.role, (0, 127))
    pitches = [note.pitch + to_c(key) for note in part.notes]
    reach = (max(min(low, *pitches), 0), min(max(high, *pitches), 127))
    return replace(limits, ranges={**limits.ranges, part.role: reach})
