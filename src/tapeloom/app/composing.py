"""A brief composed and played, without a sound: what `compose` and a record's folder share."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing, write_json
from tapeloom.core.meter import bar_starts
from tapeloom.core.midi import write_midi, write_performance_midi
from tapeloom.core.performance import Performance
from tapeloom.core.score import ChordSpan, Part, Score
from tapeloom.core.seed import stream
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.feels import draw_feel


def compose_brief(brief: Brief, *, engine: str = "theory") -> Score:
    """Compose the score of a brief, the same for `tapeloom compose` and `tapeloom make`."""
    return draft_brief(brief, engine=engine)[0]


def draft_brief(brief: Brief, *, engine: str = "theory") -> tuple[Score, list[dict[str, Any]]]:
    """Compose the score of a brief, and tell how a learned engine drew each of its pieces.

    Of the theory engine there is nothing to tell: it has no candidates and knows no songs.
    """
    from tapeloom.compose import engine as engine_named
    from tapeloom.compose import plan
    from tapeloom.compose.learned import TransformerEngine

    drawn, rng = plan(brief, stream(brief.seed, "plan")), stream(brief.seed, "compose")
    composer = engine_named(engine)
    if isinstance(composer, TransformerEngine):
        score, drafts = composer.draft(drawn, rng)
        return score, [draft.to_json() for draft in drafts]
    return composer.compose(drawn, rng), []


def pieces_of(brief: Brief) -> list[dict[str, Any]]:
    """Return the plan of a record's pieces: keys, why they follow, tempi, and where they begin."""
    from tapeloom.compose import plan
    from tapeloom.compose.sets import camelot

    drawn = plan(brief, stream(brief.seed, "plan"))
    firsts = {section.piece: section for section in reversed(drawn.sections)}
    return [
        {
            "key": str(piece.key),
            "camelot": camelot(piece.key),
            "why": piece.why,
            "bpm": float(drawn.tempo.bpm_at(firsts[number].start)),
            "start_s": round(drawn.tempo.tick_to_s(firsts[number].start), 3),
        }
        for number, piece in enumerate(drawn.pieces)
    ]


def feel_of(brief: Brief, score: Score) -> Feel:
    """Return the feel in which a brief's record is played: by its mood and its groove."""
    style = next((part.style for part in score.parts if part.role == "drums"), "")
    return draw_feel(brief.character, stream(brief.seed, "feel"), style=style)


def perform_brief(brief: Brief, score: Score) -> Performance:
    """Play a brief's score with the feel that belongs to the record."""
    from tapeloom.compose.perform import perform

    return perform(score, feel_of(brief, score), stream(brief.seed, "perform"))


def score_facts(score: Score) -> dict[str, Any]:
    """Return what record.json and `tapeloom compose --json` say of a score."""
    from tapeloom.compose.energy import measured_energy
    from tapeloom.compose.transitions import transitions_of

    why = {told.section: told.why for told in transitions_of(score)}
    return {
        "bpm": float(score.tempo.initial_bpm),
        "key": str(score.key) if score.key else None,
        "meter": str(score.meters[0][1]),
        "meters": [
            [bar_starts(score.meters, tick + 1).index(tick) + 1, str(meter)]
            for tick, meter in score.meters
        ],
        "bars": len(bar_starts(score.meters, score.end)),
        "sections": [
            {
                "name": section.name,
                "start_s": round(score.tempo.tick_to_s(section.start), 6),
                "end_s": round(score.tempo.tick_to_s(section.end), 6),
                "energy": section.energy,
                "measured_energy": round(energy, 3),
                "leads_on": list(section.leads_on),
                "why": why.get(number, ""),
            }
            for number, (section, energy) in enumerate(
                zip(score.sections, measured_energy(score), strict=True)
            )
        ],
        "instruments": {part.name: part.instrument for part in score.parts},
    }


def write_composition(
    brief: Brief, path: Path, *, engine: str = "theory", performed: bool = False
) -> Mapping[str, Any]:
    """Compose a brief to a MIDI file, and play it to NAME-performance.mid beside it.

    Return what was written: the files, the seed, and the facts of the score. What a learned engine
    tells of its draft, quality and originality, goes to NAME.json beside the score too.
    """
    score, drafts = draft_brief(brief, engine=engine)
    write_midi(path, score)
    if drafts:
        write_json(path.with_suffix(".json"), {"engine": engine, "seed": brief.seed,
                                               "drafts": drafts})  # fmt: skip
    played = path.with_name(f"{path.stem}-performance{path.suffix}") if performed else None
    if played is not None:
        write_performance_midi(played, perform_brief(brief, score))
    return {
        "file": str(path),
        "performance": str(played) if played else None,
        "seed": brief.seed,
        "engine": engine,
        "drafts": drafts,
        **score_facts(score),
        "pieces": pieces_of(brief),
        "duration_s": round(score.tempo.tick_to_s(score.end), 3),
        "notes": {part.name: len(part.notes) for part in score.parts},
    }


def part_to_infill(score: Score, role: str, bars: range, *, name: str = "the score") -> Part:
    """Return the part of a role whose bars are to be written anew; InputError where it isn't.

    bars  counted from 0
    name  what an error calls the score
    """
    count = len(score.bar_starts)
    if bars.stop > count:
        raise InputError(f"{name} has {count} bars; {bars.stop} is beyond its end")
    if all(part.role != role for part in score.parts):
        told = ", ".join(dict.fromkeys(part.role for part in score.parts)) or "none"
        raise InputError(f"{name} has no part for {role}; its parts are {told}")
    return score.part(role)


def infilled(score: Score, *, role: str, bars: range, engine: str, seed: int) -> Part:
    """Return the part of a role with bars written anew so that they fit both sides.

    Chords that the score does not have are found first.

    bars  counted from 0
    """
    from tapeloom.compose import Locks
    from tapeloom.compose import engine as engine_named
    from tapeloom.theory.analysis import analyse

    part = part_to_infill(score, role, bars)
    heard = with_known_instruments(score)
    if not score.chords and role != "drums":
        found = analyse(score)
        spans = tuple(ChordSpan(c.start, c.end, c.chord) for c in found.chords)
        heard = replace(heard, chords=spans,
                        keys=score.keys or (((0, found.key),) if found.key else ()))  # fmt: skip
    filled = engine_named(engine).infill(
        heard, role=role, bars=bars, locks=Locks(), rng=stream(seed, "infill")
    )
    return replace(part, notes=filled.part(role).notes, marks=filled.part(role).marks)


def with_known_instruments(score: Score) -> Score:
    """Return a score as composers read it: presets left out, and names of instruments not ours."""
    from tapeloom.synth.catalogue import split_name
    from tapeloom.theory.instruments import KNOWN

    names = (split_name(part.instrument)[0] for part in score.parts)
    return replace(score, parts=tuple(
        replace(part, instrument=name if name in KNOWN else "")
        for part, name in zip(score.parts, names, strict=True)
    ))  # fmt: skip


def write_infilled(
    source: Path, target: Path, *, role: str, bars: range, engine: str, seed: int
) -> dict[str, Any]:
    """Write bars of a role of a MIDI file anew and keep everything else; return what was done.

    bars  counted from 0
    """
    from tapeloom.core.midi import read_midi
    from tapeloom.core.midi_splice import splice_notes

    score = read_midi(source)
    edges = [*score.bar_starts, score.end]
    part = part_to_infill(score, role, bars, name=str(source))
    after = infilled(score, role=role, bars=bars, engine=engine, seed=seed).notes
    gone = list((Counter(part.notes) - Counter(after)).elements())
    fresh = list((Counter(after) - Counter(part.notes)).elements())
    spliced = splice_notes(source.read_bytes(), part, gone=gone, fresh=fresh)
    if spliced is None:
        write_midi(target, score.with_part(replace(part, notes=after)))
    else:
        with replacing(target) as temporary:
            temporary.write_bytes(spliced)
    start = edges[bars.start]
    last = max((note.end for note in after), default=0)
    end = edges[bars.stop] if bars.stop < len(edges) - 1 else max(last, score.end)
    return {"file": str(target), "seed": seed, "role": role, "engine": engine,
            "bars": [bars.start + 1, bars.stop],
            "notes": sum(start <= note.start < end for note in after)}  # fmt: skip
