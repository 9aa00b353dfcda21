"""Transcription: a score for one band made a score for another.

The tune stays note for note but for its octaves, chosen phrase by phrase, and the bass keeps the
first note under each chord. What lies between is written anew for those who play it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.arrange import PAD, Layer, draw_figure, hold, pick, without_overlaps
from tapeloom.compose.comping import comp, draw_comping
from tapeloom.compose.drums import write_drums
from tapeloom.compose.form import ORDER, kind_of
from tapeloom.compose.grid import measures
from tapeloom.compose.lines import breathe, one_at_a_time, place_line
from tapeloom.compose.material import Material, material_of
from tapeloom.compose.passage import Passage, as_parts, place_bass
from tapeloom.compose.textures import TEXTURES
from tapeloom.compose.two_hands import (
    bass_and_broken_chords,
    strike,
    tune_and_chords,
    voice_under,
)
from tapeloom.compose.walking import comp_in_swing, walk
from tapeloom.core.meter import bar_starts
from tapeloom.core.score import Mark, Note, Part, Score, Section
from tapeloom.theory.instruments import KITS, instrument
from tapeloom.theory.orchestration.ensembles import Ensemble, Player, Task, ensemble
from tapeloom.theory.orchestration.mending import mend_part

_SWINGS = 0.55  # energy that a jazz band's drums have at least
_CALM = 0.35  # energy under which broken and long chords rest
_OTHER_LEADER = ("B", "bridge")  # kinds of sections in which another player may have the tune


def transcribe(score: Score, band: str, *, rng: np.random.Generator) -> Score:
    """Arrange a score for another band: a name in theory.orchestration.ENSEMBLES.

    What the score doesn't say is found: its tune, its bass, its chords. Tempo, meters, keys, chords
    and sections stay. InputError where there is nothing to arrange or no such band.

    >>> from tapeloom.core.time import PPQ
    >>> tune = Part("melody", "melody", notes=(Note(0, PPQ, 72), Note(PPQ, 3 * PPQ, 76)))
    >>> made = transcribe(Score((tune,)), "string-quartet", rng=np.random.default_rng(1))
    >>> [part.instrument for part in made.parts], [n.pitch for n in made.part("melody").notes]
    (['violin', 'violin', 'viola', 'cello'], [72, 76])
    """
    known = ensemble(band)
    material = material_of(score)
    sections = _sections(score, material)
    passages = [Passage.of(material, each.start, each.end) for each in sections]
    if known.kind == "lines":
        parts = _for_voices(known, material, sections, passages, rng)
    else:
        parts = _for_band(known, material, sections, passages, rng)
    bars = np.array(bar_starts(material.meters, material.end), np.int64)
    # A seam between sections may leave a leap that nobody makes in time.
    playable = [mend_part(part, material.tempo, bars=bars)[0] for part in parts if part.notes]
    return replace(score, parts=tuple(playable), chords=material.chords, keys=material.keys)


def _sections(score: Score, material: Material) -> list[Section]:
    """Return the sections without gaps between them, each with the roles that sound in it."""
    bars = {*bar_starts(material.meters, material.end), material.end}
    edges = {tick for each in score.sections for tick in (each.start, each.end)}
    bounds = sorted({0, material.end} | (edges & bars))
    named = {each.start: each for each in score.sections}
    found = []
    for start, end in itertools.pairwise(bounds):
        own = named.get(start, Section("A", start, end))
        roles = own.roles or _sounding(score, start, end)
        found.append(replace(own, start=start, end=end, roles=roles))
    return found


def _sounding(score: Score, start: int, end: int) -> tuple[str, ...]:
    heard = {
        part.role for part in score.parts
        if any(start <= note.start < end for note in part.notes)
    }  # fmt: skip
    lacks_drums = all(part.role != "drums" for part in score.parts)
    return tuple(role for role in ORDER if role in heard or (role == "drums" and lacks_drums))


def _for_voices(
    known: Ensemble, material: Material, sections: Sequence[Section],
    passages: Sequence[Passage], rng: np.random.Generator,
) -> list[Part]:  # fmt: skip
    """Set each section in a texture, with the tune in the hands that it suits."""
    notes: dict[str, list[Note]] = {player.name: [] for player in known.players}
    marks: dict[str, list[Mark]] = {player.name: [] for player in known.players}
    is_accompanied = bool(material.accompaniment or material.bass)
    for section, passage in zip(sections, passages, strict=True):
        players = _led_by(_leader(known, passage, section), known)
        texture = _texture(section, passage, rng)
        silent = not passage.pulse and not passage.bass
        if is_accompanied and silent and passage.melody:
            texture = "solo"
        for part in TEXTURES[texture](passage, players, rng):
            notes[part.name] += part.notes
            marks[part.name] += part.marks
    return [
        Part(
            player.name, player.role, player.instrument,
            tuple(_final(notes[player.name], player, material)),
            instrument(player.instrument).program, marks=tuple(marks[player.name]),
        )
        for player in known.players
    ]  # fmt: skip


def _final(notes: Sequence[Note], player: Player, material: Material) -> list[Note]:
    """Let a player breathe over the seams of the sections, too."""
    known = instrument(player.instrument)
    return breathe(one_at_a_time(notes), known, material.tempo) if notes else []


def _texture(section: Section, passage: Passage, rng: np.random.Generator) -> str:
    draw = rng.random()
    kind = kind_of(section.name)
    if kind == "B" and draw < 0.35:
        return "homophonic"
    if kind == "A'" and draw < 0.45 and len(passage.bars) >= 4:
        return "polyphonic"
    return "accompanied"


def _leader(known: Ensemble, passage: Passage, section: Section) -> Player:
    """Choose who has the tune: the first player, or in contrasting sections who it suits better.

    It suits whom its register suits and who is agile enough for its shortest notes.
    """
    lead = known.with_task("lead")[0]
    if kind_of(section.name) not in _OTHER_LEADER or not passage.melody:
        return lead
    rivals = [
        each for each in known.with_task("inner")[:2]
        if each.instrument != lead.instrument and instrument(each.instrument).family != "voice"
    ]  # fmt: skip
    return min([*rivals, lead], key=lambda player: _unfit(player, passage, is_first=player is lead))


def _unfit(player: Player, passage: Passage, *, is_first: bool) -> float:
    known = instrument(player.instrument)
    placed = place_line(passage.melody, known)
    moved = np.mean([abs(a.pitch - b.pitch) for a, b in zip(placed, passage.melody, strict=True)])
    outside = np.mean([not known.comfortable[0] <= n.pitch <= known.comfortable[1] for n in placed])
    shortest_s = min(
        (passage.tempo.tick_to_s(b.start) - passage.tempo.tick_to_s(a.start)
         for a, b in itertools.pairwise(placed)), default=1.0,
    )  # fmt: skip
    hurried = shortest_s * known.notes_per_s < 1.3
    return float(moved / 24 + 2 * outside + 3 * hurried + 0.4 * is_first)


def _led_by(leader: Player, known: Ensemble) -> list[Player]:
    """Give the tune to a player; who had it takes the voice that is free."""
    tasks: dict[str, Task] = {player.name: player.task for player in known.players}
    tasks[known.with_task("lead")[0].name] = "inner"
    tasks[leader.name] = "lead"
    return [replace(player, task=tasks[player.name]) for player in known.players]


def _for_band(
    known: Ensemble, material: Material, sections: Sequence[Section],
    passages: Sequence[Passage], rng: np.random.Generator,
) -> list[Part]:  # fmt: skip
    """Write every player's part for itself, over the chords."""
    streams = rng.spawn(len(known.players))
    parts: list[Part] = []
    for player, stream in zip(known.players, streams, strict=True):
        if player.task == "drums":
            parts += _drums(player, known, material, sections, stream)
            continue
        notes: list[Note] = []
        marks: list[Mark] = []
        for section, passage in zip(sections, passages, strict=True):
            written = _written(player, known, section, passage, stream)
            led = player.name if player.task in ("lead", "solo") else ""
            (made,) = as_parts({player.name: written}, passage, [player], led=led)
            notes += made.notes
            marks += made.marks
        place = instrument(player.instrument)
        alone = place.polyphony == 1
        clean = _final(notes, player, material) if alone else without_overlaps(notes)
        parts.append(Part(player.name, player.role, player.instrument, tuple(clean),
                          place.program, marks=tuple(marks)))  # fmt: skip
    return parts


def _written(
    player: Player, known: Ensemble, section: Section, passage: Passage, rng: np.random.Generator
) -> list[Note]:
    place = instrument(player.instrument)
    has_bass = bool(known.with_task("bass", "walk"))
    if player.task == "lead" or (player.task == "solo" and not passage.chords):
        return place_line(passage.melody, place)
    if not passage.chords:
        return []
    match player.task:
        case "bass":
            return place_bass(passage, player)
        case "walk":
            return walk(passage.chords, passage.meters, passage.start, passage.end, passage.key,
                        place, rng)  # fmt: skip
        case "solo":
            return tune_and_chords(passage, place, rng, alone=not has_bass)
        case "accompany":
            return bass_and_broken_chords(passage, place, rng)
        case "comp":
            return _comping(known, section, passage, rng, ceiling=place.comfortable[1])
        case "arpeggio" if section.energy >= _CALM:
            grid = measures(section.start, section.end, passage.meters)
            layer = Layer("drop2", 4, max(45, place.low), min(71, place.high))
            return pick(draw_figure(rng), grid, passage.harmony, layer, section=section)
        case "pad" if section.energy >= _CALM:
            return hold(passage.harmony, replace(PAD, low=max(PAD.low, place.low)), section=section)
        case _:
            return []


def _comping(
    known: Ensemble, section: Section, passage: Passage, rng: np.random.Generator, *, ceiling: int
) -> list[Note]:
    """Write chords in the band's rhythm: rootless and swung in jazz, a loop's strokes in lo-fi."""
    high = min(69, ceiling)
    if known.kind == "jazz":
        strokes = comp_in_swing(passage.chords, passage.meters, passage.start, passage.end, rng)
        voicings = voice_under(passage, style="rootless", voices=4, low=50, high=high, bass=False)
        return strike(passage, voicings, strokes, passage.melody, level=62)
    grid = measures(section.start, section.end, passage.meters)
    drawn = draw_comping(grid, energy=0.6 * section.energy, density=0.4, rng=rng)
    sounding = replace(section, roles=("melody", "keys", "bass", "drums"))
    layer = Layer("rootless", 4, 48, high)
    played, _ = comp(drawn, grid, passage.harmony, layer, section=sounding, rng=rng)
    return played


def _drums(
    player: Player, known: Ensemble, material: Material, sections: Sequence[Section],
    rng: np.random.Generator,
) -> list[Part]:  # fmt: skip
    """Keep a loop's drums for a lo-fi band; write others in the manner of the kit."""
    if material.drums and known.kind == "lofi":
        first, *others = material.drums
        kit = first.instrument if first.instrument in KITS else player.instrument
        return [replace(first, name=player.name, instrument=kit), *others]
    energy = float(np.mean([section.energy for section in sections]))
    if known.kind == "jazz":  # a ride that swings, not a still groove
        energy = max(energy, _SWINGS)
    made = write_drums(
        sections, meters=material.meters, end=material.end, density=0.45, energy=energy, rng=rng,
        kit=player.instrument,
    )  # fmt: skip
    return [replace(made, name=player.name)]
