"""Borrowing from a song: its melody or its chords are kept, everything else is written around."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.band import GUITARS, draw_band, named_in
from tapeloom.compose.engines import child_streams, write_parts
from tapeloom.compose.form import ENERGY, ORDER, draw_layers, number_names
from tapeloom.compose.grid import bars_per_measure, measures
from tapeloom.compose.hands import hands_in
from tapeloom.compose.harmony import end_on, join_equal, lay_out
from tapeloom.compose.likeness import likeness
from tapeloom.compose.line import class_costs
from tapeloom.compose.melody import chord_under
from tapeloom.compose.plan import Piece, Plan, draw_progressions
from tapeloom.compose.rhythms import layers_of, phrase_bars
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import instrument
from tapeloom.theory.keys import find_keys
from tapeloom.theory.progressions import FAMILIES, Bars, progressions
from tapeloom.theory.recognition import recognise_chords

_SUNG = re.compile(r"melod|vocal|vox|voice|lead|sing|tune|solo", re.IGNORECASE)
KEPT = ("melody", "chords")
# The price of a chord that lies all outside the key, against that of a clash.
_BORROWED = 2.0
_DOUBT = 0.02  # how probable a stated key must be by the notes, to be believed


def accompany(
    song: Score, brief: Brief, *, kept: Sequence[str] = KEPT, rng: np.random.Generator
) -> Score:
    """Keep a song's melody and/or chords and write the rest of a record around them.

    song   any score that was read from a file
    kept   "melody", "chords" or both; a kept melody stays note for note
    """
    unknown = [name for name in kept if name not in KEPT]
    if unknown or not kept:
        raise InputError(
            f"{', '.join(unknown) or 'nothing'} cannot be kept; choose of melody, chords"
        )
    if not _pitched(song):
        raise InputError("the song has no pitched notes; choose a file with a melody or chords")
    tune = find_melody(song)
    if "melody" in kept and tune is None:
        raise InputError("the song has no line that could be its melody; keep its chords instead")
    streams = child_streams(rng)
    key = Key.parse(brief.key) if brief.key else key_of(song)
    sung = tune.notes if tune and "melody" in kept else ()
    plan = plan_around(song, brief, key=key, melody=sung, rng=streams["chords"])
    keeps_chords = "chords" in kept
    chords = find_chords(song, plan, key) if keeps_chords else harmonise(sung, plan, brief, key)
    score = write_parts(plan, chords, streams)
    if not sung:
        return score
    parts = [part for part in score.parts if part.role != "melody"]
    name = plan.instrument_of("melody")
    melody = Part("melody", "melody", name, sung, instrument(name).program)
    return replace(score, parts=(melody, *parts))


def _pitched(song: Score) -> list[Note]:
    return [note for part in song.parts if part.role != "drums" for note in part.notes]


def find_melody(song: Score) -> Part | None:
    """Return the part that most likely is the tune: by its name, else high, single and busy."""
    best: tuple[float, Part] | None = None
    for part in song.parts:
        if part.role in ("drums", "bass") or len(part.notes) < 4:
            continue
        overlaps = sum(
            a.end > b.start + PPQ // 16 for a, b in zip(part.notes, part.notes[1:], strict=False)
        )
        single = 1.0 - overlaps / len(part.notes)
        pitch = float(np.median([note.pitch for note in part.notes]))
        span = max(1, part.end - part.notes[0].start)
        busy = min(1.0, len(part.notes) * 2 * PPQ / span)
        named = part.role == "melody" or bool(_SUNG.search(part.name))
        score = 3.0 * named * single + 2.0 * single + min(pitch, 84.0) / 30.0 + 0.5 * busy
        if (named or single > 0.8) and (best is None or score > best[0]):
            best = (score, part)
    return best[1] if best else None


def skyline(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Keep the highest note of each onset that nothing higher covers, cut at the next one."""
    line: list[Note] = []
    for _, group in itertools.groupby(sorted(notes, key=lambda n: n.start), lambda n: n.start):
        top = max(group, key=lambda n: n.pitch)
        if line and line[-1].end > top.start:
            if line[-1].pitch > top.pitch:
                continue
            line[-1] = replace(line[-1], duration=top.start - line[-1].start)
        line.append(top)
    return tuple(line)


def plan_around(
    song: Score, brief: Brief, *, key: Key, melody: Sequence[Note], rng: np.random.Generator
) -> Plan:
    """Draw a plan that fits a song: its bars, its tempo unless the brief has one, its phrases."""
    character = brief.character
    words = (*brief.moods, *brief.scenes)
    drawn = draw_band(words, character, rng.spawn(1)[0], named_in(brief.words))
    rng.random(2)  # as compose.plan
    instruments = _instruments_for(melody, drawn)
    sections = tuple(
        replace(section, density=character.density)
        for section in _sections(song, melody, dict(instruments), character.energy, rng)
    )
    tempo = song.tempo
    if brief.bpm is not None:
        tempo = TempoMap.constant(brief.bpm)
    over, polyrhythm = layers_of(brief, tuple(meter for _, meter in song.meters))
    return Plan(
        tempo=tempo,
        meters=song.meters,
        pieces=(Piece(key, draw_progressions(character, key, 0, rng)),),
        sections=sections,
        instruments=instruments,
        density=character.density,
        energy=character.energy,
        register=character.register,
        clave=over,
        polyrhythm=polyrhythm,
        hands=hands_in(brief.words),
    )


def _instruments_for(
    melody: Sequence[Note], drawn: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Give a kept melody to an instrument that reaches all of its notes."""
    if not melody:
        return drawn
    low, high = min(n.pitch for n in melody), max(n.pitch for n in melody)
    chosen = dict(drawn)
    for name in (chosen["melody"], "felt_piano", "electric_piano"):
        reach = instrument(name)
        if reach.low <= low and high <= reach.high:
            chosen["melody"] = name
            other = "electric_piano" if name == "felt_piano" else "felt_piano"
            chosen["keys"] = other if chosen["keys"] == name else chosen["keys"]
            return tuple(chosen.items())
    raise InputError(
        f"the melody reaches from {low} to {high}; no instrument plays beyond 21 to 108, "
        "so transpose it first"
    )


def _sections(
    song: Score,
    melody: Sequence[Note],
    instruments: dict[str, str],
    energy: float,
    rng: np.random.Generator,
) -> tuple[Section, ...]:
    """Cut the song into phrases of eight bars and name them by what returns in the melody."""
    end = max(note.end for note in _pitched(song))
    starts = bar_starts(song.meters, end)
    last_meter = meter_at(song.meters, starts[-1])
    edges = [*starts, starts[-1] + last_meter.bar_ticks]
    unit = 2 * phrase_bars(meter_at(song.meters, starts[len(starts) // 2]))
    first = _downbeat(song, melody, starts)
    cuts = list(range(first, len(starts), unit))
    if len(cuts) > 1 and len(starts) - cuts[-1] < unit // 2:
        cuts.pop()  # a short rest belongs to the last phrase
    if first or not cuts:
        cuts.insert(0, 0)  # the lead-in
    blocks = [(edges[a], edges[b]) for a, b in zip(cuts, [*cuts[1:], len(starts)], strict=True)]
    kinds = _kinds(blocks, melody or _pitched(song), has_melody=bool(melody))
    extra = "pad" if instruments["melody"] in GUITARS or rng.random() < 0.4 else "guitar"
    names = number_names(kinds)
    sections = []
    for (start, stop), kind, name in zip(blocks, kinds, names, strict=True):
        roles = set(draw_layers(kind, extra=extra, rng=rng))
        if melody:
            roles.discard("melody")
            if any(start <= note.start < stop for note in melody):
                roles.add("melody")
        loud = float(np.clip(energy + ENERGY[kind], 0.05, 1.0))
        kept = tuple(role for role in ORDER if role in roles)
        sections.append(Section(name, start, stop, round(loud, 3), 0, kept))
    return tuple(sections)


def _downbeat(song: Score, melody: Sequence[Note], starts: Sequence[int]) -> int:
    """Return the bar with which the phrases begin.

    Where bars are so short that several make a measure, the phase is the one on which most weight
    falls, low and long notes counting most. A melody that enters late begins a phrase.
    """
    joined = bars_per_measure(meter_at(song.meters, starts[len(starts) // 2]))
    weights = np.zeros(joined)
    index = {tick: i for i, tick in enumerate(starts)}
    if joined > 1:
        near = np.asarray(starts)
        for note in _pitched(song):
            i = (
                int(np.argmin(np.abs(near - note.start)))
                if len(near) < 2
                else int(
                    np.clip(np.searchsorted(near, note.start + PPQ // 8) - 1, 0, len(near) - 1)
                )
            )
            if abs(note.start - starts[i]) <= PPQ // 8:
                low = 2.0 if note.pitch < 52 else 0.5
                weights[i % joined] += low * min(note.duration / PPQ, 4.0)
    phase = int(weights.argmax())
    if not melody:
        return phase
    enters = max(i for tick, i in index.items() if tick <= melody[0].start + PPQ)
    return phase + max(0, (enters - phase) // joined * joined)


def _kinds(
    blocks: Sequence[tuple[int, int]], notes: Sequence[Note], *, has_melody: bool
) -> list[str]:
    """Name each block by how alike it is to those before it."""
    held = [[note for note in notes if a <= note.start < b] for a, b in blocks]
    models: list[tuple[str, int]] = []
    kinds: list[str] = []
    for i, (start, _) in enumerate(blocks):
        last = i == len(blocks) - 1
        if has_melody and len(held[i]) < 3:
            kinds.append("intro" if i == 0 else "outro" if last else "breakdown")
            continue
        alike = [
            (likeness(held[j], held[i], starts=(blocks[j][0], start)), kind) for kind, j in models
        ]
        score, kind = max(alike, default=(0.0, "A"))
        if not models:
            kind = "A"
        elif score < 0.3 and len(models) < 3:
            kind = ("A", "B", "bridge")[len(models)]
        elif kind == "A" and (score < 0.85 or kinds.count("A") % 2):
            kind = "A'"
        if kind not in [name for name, _ in models] and kind != "A'":
            models.append((kind, i))
        kinds.append("outro" if last and len(blocks) > 3 and not has_melody else kind)
    return kinds


def find_chords(song: Score, plan: Plan, key: Key) -> tuple[ChordSpan, ...]:
    """Recognise the song's chords on its quarters; a tune with other parts below is left out."""
    tune = find_melody(song)
    below = [
        note
        for part in song.parts
        if part is not tune and part.role != "drums"
        for note in part.notes
    ]
    notes = sorted(below if len(below) >= 4 else _pitched(song))
    edges: list[int] = []
    for section in plan.sections:
        for measure in measures(section.start, section.end, plan.meters):
            edges.extend(range(measure.start, measure.end, PPQ))
    edges.append(plan.end)
    # The price of a change was found on POP909's chord labels.
    return recognise_chords(notes, edges, key=key, change_cost=2.0)


@dataclass(frozen=True, slots=True)
class _Fit:
    cost: float
    bars: Bars


def harmonise(melody: Sequence[Note], plan: Plan, brief: Brief, key: Key) -> tuple[ChordSpan, ...]:
    """Choose for each section the progression over which its melody sounds best."""
    families = dict.fromkeys((*brief.character.progressions, *FAMILIES))
    options = [
        (rank, progression.in_key(key))
        for rank, family in enumerate(families)
        for progression in progressions(family, key.mode)
    ]
    spans: list[ChordSpan] = []
    known: dict[str, Bars] = {}
    for section in plan.sections:
        grid = measures(section.start, section.end, plan.meters)
        notes = [note for note in melody if section.start <= note.start < section.end]
        letter = section.name.rstrip("0123456789")
        if letter not in known:
            fits = [
                _Fit(
                    _clash(notes, laid, key) + _BORROWED * _borrowed(laid, key) + 0.02 * rank, bars
                )
                for rank, bars in options
                for laid in [lay_out(bars, grid, stretch=1)]
            ]
            known[letter] = min(fits, key=lambda fit: fit.cost).bars
        laid = lay_out(known[letter], grid, stretch=1)
        if section is plan.sections[-1]:
            laid = end_on(laid, grid, Chord(key.pitch_class, "min9" if key.is_minor else "maj9"))
        spans.extend(laid)
    return join_equal(spans)


def key_of(song: Score) -> Key:
    """Return the key that a song states, or the one that its notes are in where they deny it.

    Programs write C major into a file that nobody gave a key.
    """
    ranked = find_keys(_pitched(song))
    for guess in ranked:
        if song.key is None or guess.score < _DOUBT:
            break
        if (guess.key.pitch_class, guess.key.mode) == (song.key.pitch_class, song.key.mode):
            return song.key
    return ranked[0].key


def _borrowed(spans: Sequence[ChordSpan], key: Key) -> float:
    """Return how much of the chords, by their lengths, lies outside the key: 0..1."""
    total = sum(span.end - span.start for span in spans)
    outside = sum(
        (span.end - span.start) * len(set(span.chord.pitch_classes) - set(key.scale))
        / len(span.chord.pitch_classes)
        for span in spans
    )  # fmt: skip
    return outside / total if total else 0.0


def _clash(notes: Sequence[Note], spans: Sequence[ChordSpan], key: Key) -> float:
    """Return how badly a melody fits chords: the mean price of its notes by their lengths."""
    total = sum(note.duration for note in notes)
    price = sum(
        note.duration
        * min(8.0, class_costs(chord_under(spans, note.start, note.end), key, 2)[note.pitch % 12])
        for note in notes
    )
    return price / total if total else 0.0
