"""The arranger: from a loop, a tune or a lead sheet to a piece that grows over minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from tapeloom.compose.arrange import write_guitar, write_pad
from tapeloom.compose.band import GUITARS, draw_band
from tapeloom.compose.bassline import write_bass
from tapeloom.compose.comping import keys_layer, write_keys
from tapeloom.compose.curves import shape_sections
from tapeloom.compose.drums import write_drums
from tapeloom.compose.energy_text import EnergyCurve
from tapeloom.compose.engines import child_streams
from tapeloom.compose.finishing import finish
from tapeloom.compose.form_text import FormPart
from tapeloom.compose.joining import join_pieces
from tapeloom.compose.loop_material import LoopMaterial, read_loop
from tapeloom.compose.loop_players import play_keys, play_own_bass
from tapeloom.compose.piece_plan import PiecePlan, plan_pieces
from tapeloom.compose.plan import Piece, Plan
from tapeloom.compose.recognition import unrecognised
from tapeloom.compose.section_chords import turned, write_chords
from tapeloom.compose.section_plan import SectionPlan, plan_sections
from tapeloom.compose.stretch import Stretch
from tapeloom.compose.theme_lines import Place, answer_tune, voice_of, write_tune
from tapeloom.compose.transcription import transcribe
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.score import Note, Part, Score, Section
from tapeloom.core.time import TempoMap
from tapeloom.theory.instruments import KITS, instrument
from tapeloom.theory.orchestration import Ensemble, ensemble, mend_balance, mend_playability

MINUTES = (0.5, 120.0)
BARS = (4, 5000)
LETTERS = ("A", "B", "bridge")
MOST_TRIES = 6  # at a tune all of whose sections are known for what they are made of
TASKS = {
    "lead": "melody", "comp": "keys", "pad": "pad", "arpeggio": "guitar", "bass": "bass",
    "drums": "drums",
}  # of a band's player -> role  # fmt: skip
FEWEST_ANSWERS = 1  # notes a bar; where the tune leaves room for fewer, the guitar picks chords


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An arrangement, and the plan that it was made by."""

    score: Score
    material: LoopMaterial
    plans: tuple[SectionPlan, ...]  # one for each of the score's sections
    mended: tuple[str, ...] = ()  # what was changed so that it can be played and the tune heard


def arrange_loop(
    loop: Score,
    *,
    form: Sequence[FormPart] | None = None,
    energy: EnergyCurve | None = None,
    minutes: float | None = None,
    bars: int | None = None,
    key: Key | None = None,
    bpm: float | None = None,
    band: str | None = None,
    rng: np.random.Generator,
) -> Arrangement:
    """Arrange a loop: sections made of its material, layers and dynamics that follow an energy.

    A is the loop itself and comes back developed (A'), B leads a fragment of it through a related
    key, the bridge another mode of it; intro, breakdown and outro are thinner layers of the theme.
    Over five and a half minutes it becomes a set of related pieces, each with a key and a tempo
    of its own and every third one in another metre.

    loop     see `loop_material.read_loop`
    form     such as `form_text.parse_form` reads; drawn for the length where None
    energy   such as `energy_text.parse_energy` reads; that of the kinds of section where None
    minutes  0.5..120, four where neither minutes, bars nor form are given
    bars     4..5000
    key      another key for the whole; the loop's own where None
    bpm      quarters a minute, 40..200; the loop's own where None
    band     a name in theory.orchestration.ENSEMBLES; the loop's own players, and others drawn to
             them, where None
    """
    _check(form, minutes, bars, bpm)
    known = None if band is None else ensemble(band)
    streams = rng.spawn(4)
    material = read_loop(loop, rng=streams[0])
    if key is not None:
        material = material.in_key(key)
    tempo = material.tempo if bpm is None else Fraction(bpm).limit_denominator(1000)
    material = replace(material, tempo=tempo)
    pieces = plan_pieces(
        material, form=form, energy=energy, minutes=minutes, bars=bars, rng=streams[1]
    )
    seats = _seats(known) or _drawn_seats(material, streams[2])
    transcribed = known.name if known is not None and not _seats(known) else None
    for _ in range(MOST_TRIES):
        made = _attempt(material, pieces, seats, transcribed, streams[3].spawn(1)[0])
        # What finishing changed may have made a section strange again; a set is long enough.
        if len(pieces) > 1 or not unrecognised(made.score, _letters(made.plans)):
            break
    return made


def _attempt(
    material: LoopMaterial,
    pieces: Sequence[PiecePlan],
    seats: Mapping[str, str],
    band: str | None,
    rng: np.random.Generator,
) -> Arrangement:
    """Arrange the pieces, join them, and finish the whole.

    band   for which it is transcribed; None where its players have the arranger's own roles
    """
    streams = rng.spawn(len(pieces) + 2)
    made = [_arrange_piece(piece, seats, i, streams[i]) for i, piece in enumerate(pieces)]
    score = join_pieces([score for score, _ in made])
    if band is not None:
        score = transcribe(score, band, rng=streams[-2])
    score = finish(score, rng=streams[-1])
    score, unplayable = mend_playability(score)
    score, covered = mend_balance(score)
    plans = tuple(plan for _, plans in made for plan in plans)
    return Arrangement(score, material, plans, (*unplayable, *covered))


def _letters(plans: Sequence[SectionPlan]) -> list[str]:
    """Return whose material each section is: a bridge is made of the theme."""
    return ["B" if plan.letter == "B" else "A" for plan in plans]


def _seats(band: Ensemble | None) -> dict[str, str]:
    """Return who plays which role of the arranger's own, where a band has those roles and no other.

    Other bands are written for by transcription.
    """
    if band is None or any(player.task not in TASKS for player in band.players):
        return {}
    seats = {TASKS[player.task]: player.instrument for player in band.players}
    return seats if {"melody", "keys"} <= set(seats) else {}


def _drawn_seats(material: LoopMaterial, rng: np.random.Generator) -> dict[str, str]:
    band = dict(draw_band((), Brief().character, rng)) | dict(material.instruments)
    if band["melody"] in GUITARS:
        del band["guitar"]  # two of them would hide one another
    return band


def _check(
    form: Sequence[FormPart] | None, minutes: float | None, bars: int | None, bpm: float | None
) -> None:
    if sum(each is not None for each in (form, minutes, bars)) > 1:
        raise InputError("form, minutes and bars all say how long it is; give one of them")
    for name, value, (low, high) in (
        ("minutes", minutes, MINUTES), ("bars", bars, BARS), ("bpm", bpm, (40, 200)),
    ):  # fmt: skip
        if value is not None and not low <= value <= high:
            raise InputError(f"{name} is {value:g}; it must lie between {low:g} and {high:g}")


def _arrange_piece(
    piece: PiecePlan, seats: Mapping[str, str], number: int, rng: np.random.Generator
) -> tuple[Score, tuple[SectionPlan, ...]]:
    """Arrange one piece from tick 0.

    seats   role -> instrument, of those who may play
    """
    streams = child_streams(rng)
    material, energies = piece.material, piece.energies
    theme = material.theme
    character = Brief().character
    plans = plan_sections(
        piece.form, energies, key=theme.key, seats=tuple(seats), before=number,
        rng=streams["chords"],
    )  # fmt: skip
    sections = shape_sections(_lay(plans, theme.meter), energies, density=character.density)
    meters: Meters = ((0, theme.meter),)
    sources = {
        "A": theme,
        "B": turned(theme).in_key(_key_of(plans, "B", theme.key)),
        "bridge": theme.in_key(_key_of(plans, "bridge", theme.key)),
    }
    chords = write_chords(plans, sections, sources, meters, streams["chords"])
    places = [
        Place(section, plan, meters, chords) for section, plan in zip(sections, plans, strict=True)
    ]
    plan = Plan(
        TempoMap.constant(material.tempo), meters,
        tuple(Piece(sources[letter].key) for letter in LETTERS), sections, tuple(seats.items()),
        character.density, float(np.mean(energies)), 0.0,
    )  # fmt: skip
    places, tune = _write_tune(material, sources, places, plan, streams["melody"])
    parts = _write_parts(material, tune, places, plan, streams)
    score = Score(
        tuple(part for part in parts if part.notes),
        tempo=plan.tempo, meters=meters, keys=plan.keys, chords=chords,
        sections=tuple(replace(section, piece=number) for section in sections),
    )  # fmt: skip
    return score, tuple(place.plan for place in places)


def _write_tune(
    material: LoopMaterial,
    sources: dict[str, Stretch],
    places: Sequence[Place],
    plan: Plan,
    rng: np.random.Generator,
) -> tuple[list[Place], list[Note]]:
    """Write the tune; sections that are no longer known for theirs are developed less."""
    found = list(places)
    letters = _letters([place.plan for place in places])
    seed = int(rng.integers(2**62))
    for _ in range(MOST_TRIES):
        stream = np.random.default_rng(seed)
        tune = write_tune(material, sources, found, plan.instrument_of("melody"), stream)
        score = Score(
            (Part("melody", "melody", notes=tuple(tune)),), meters=plan.meters, keys=plan.keys,
            sections=plan.sections,
        )  # fmt: skip
        lost = unrecognised(score, letters)
        if not lost:
            break
        if all(not found[i].plan.treatments for i in lost):
            seed += 1  # another contrast
        for i in lost:
            known = found[i].plan
            found[i] = replace(found[i], plan=replace(known, treatments=known.treatments[:-1]))
    return found, tune


def _lay(plans: Sequence[SectionPlan], meter: Meter) -> tuple[Section, ...]:
    """Lay sections one after the other; each one's piece is the number of its letter's key."""
    sections = []
    at = 0
    for plan in plans:
        end = at + plan.bars * meter.bar_ticks
        sections.append(
            Section(plan.name, at, end, plan.energy, LETTERS.index(plan.letter), plan.roles)
        )
        at = end
    return tuple(sections)


def _key_of(plans: Sequence[SectionPlan], letter: str, home: Key) -> Key:
    return next((plan.key for plan in plans if plan.letter == letter), home)


def _write_parts(
    material: LoopMaterial,
    tune: Sequence[Note],
    places: Sequence[Place],
    plan: Plan,
    streams: dict[str, np.random.Generator],
) -> list[Part]:
    """Write every part: the loop's own figures where it has them, the writers' else."""
    chords = places[0].chords
    theme = material.theme
    drums = write_drums(
        tuple(replace(section, piece=0) for section in plan.sections), meters=plan.meters,
        end=plan.end, density=plan.density, energy=plan.energy, rng=streams["drums"],
        kit=dict(plan.instruments).get("drums", KITS[0]), groove=material.groove,
    )  # fmt: skip
    parts = [_part("melody", plan, tune), _write_keys(material, places, plan, streams["keys"])]
    seats = dict(plan.instruments)
    if "pad" in seats:
        parts.append(write_pad(plan, chords, streams["pad"]))
    if "guitar" in seats:
        guitar = write_guitar(plan, chords, streams["guitar"])
        parts.append(replace(guitar, notes=_with_answers(guitar.notes, tune, places)))
    if "bass" in material.own and "bass" in seats:
        parts.append(_part("bass", plan, play_own_bass(theme, places, streams["bass"])))
    elif "bass" in seats:
        parts.append(write_bass(plan, chords, drums, streams["bass"]))
    return [*parts, drums]


def _write_keys(
    material: LoopMaterial, places: Sequence[Place], plan: Plan, rng: np.random.Generator
) -> Part:
    if "keys" not in material.own:
        return write_keys(plan, places[0].chords, rng)
    name = plan.instrument_of("keys")
    ceiling = voice_of(plan.instrument_of("melody"), material.theme.melody).low + 3
    notes, marks = play_keys(material.theme, places, keys_layer(name, rng, ceiling=ceiling), rng)
    return replace(_part("keys", plan, notes), marks=tuple(marks))


def _part(role: str, plan: Plan, notes: Sequence[Note]) -> Part:
    name = plan.instrument_of(role)
    return Part(role, role, name, tuple(notes), instrument(name).program)


def _with_answers(
    picked: Sequence[Note], tune: Sequence[Note], places: Sequence[Place]
) -> tuple[Note, ...]:
    """Let the guitar answer the tune instead of picking chords where the plan says so."""
    notes = list(picked)
    for place in places:
        if place.plan.counters:
            begin, end = place.section.start, place.section.end
            answers = answer_tune(tune, place)
            if len(answers) >= FEWEST_ANSWERS * place.plan.bars:
                notes = [note for note in notes if not begin <= note.start < end]
                notes.extend(answers)
    return tuple(notes)
