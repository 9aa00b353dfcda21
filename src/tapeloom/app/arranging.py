"""A loop arranged from a file: what `tapeloom arrange` reads, tells and writes."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tapeloom.app.harmony_files import MIDI
from tapeloom.app.notation import save_notation
from tapeloom.app.song import read_song
from tapeloom.compose.arranging import Arrangement, arrange_loop
from tapeloom.compose.endings import SAYS as ENDS
from tapeloom.compose.energy import measured_energy
from tapeloom.compose.energy_text import parse_energy
from tapeloom.compose.form_text import parse_form
from tapeloom.compose.loop_material import bars_of
from tapeloom.compose.section_plan import SectionPlan
from tapeloom.compose.transitions import SAYS as LEADS_ON
from tapeloom.compose.treatments import TREATMENTS
from tapeloom.core.errors import InputError
from tapeloom.core.files import write_json
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import write_midi
from tapeloom.core.musicxml import SUFFIXES
from tapeloom.core.score import Section, score_to_json
from tapeloom.core.seed import stream

FORMATS = (*MIDI, *SUFFIXES, ".json")
CHORDS_BPM = 80.0  # of chords that come without a tempo
IN_A_FOLDER = (".mid", ".musicxml", ".json")  # what a folder gets


def arrange_file(
    source: str,
    *,
    take: str | None = None,
    meter: str | None = None,
    form: str | None = None,
    energy: str | None = None,
    minutes: float | None = None,
    bars: int | None = None,
    band: str | None = None,
    key: str | None = None,
    bpm: float | None = None,
    seed: int = 0,
) -> Arrangement:
    """Arrange a loop from a file: MIDI, MusicXML, score.json, or chords as text.

    source   a file's name, or chords such as `Dm7 G7 | Cmaj7`
    take     which bars of it, such as 9-16; all where None
    meter    of chords that are text; four quarters where None
    form     such as `intro8 A16 A'16 B8 A16 outro8`
    energy   such as `0.2 0.4 0.8 0.3`, or by bars `0:0.2 16:0.7`

    The rest is as in `compose.arranging.arrange_loop`.
    """
    sections = None if form is None else parse_form(form)
    curve = None if energy is None else parse_energy(energy)
    loop = read_song(source, meter=None if meter is None else Meter.parse(meter)).score
    if take is not None:
        loop = bars_of(loop, *_bars(take))
    if bpm is None and not any(part.notes for part in loop.parts):
        bpm = CHORDS_BPM
    return arrange_loop(
        loop, form=sections, energy=curve, minutes=minutes, bars=bars, bpm=bpm, band=band,
        key=None if key is None else Key.parse(key), rng=stream(seed, "arrange"),
    )  # fmt: skip


def _bars(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", text.strip())
    if match is None:
        raise InputError(f"{text!r} names no bars; write them as 9-16")
    return int(match[1]), int(match[2] or match[1])


def arrangement_facts(made: Arrangement) -> dict[str, Any]:
    """Return what is told of an arrangement, as plain values."""
    score = made.score
    starts = score.bar_starts
    numbers = {tick: i + 1 for i, tick in enumerate(starts)}
    return {
        "key": str(score.key),
        "bpm": round(float(score.tempo.initial_bpm), 3),
        "meter": str(score.meters[0][1]),
        "bars": len(starts),
        "duration_s": round(score.tempo.tick_to_s(score.end), 3),
        "loop": {
            "bars": made.material.bars,
            "has": list(made.material.own),
            "chords": [str(span.chord) for span in made.material.theme.chords],
        },
        "parts": {part.name: part.instrument for part in score.parts},
        "sections": [
            {
                "name": section.name,
                "piece": section.piece + 1,
                "bar": numbers[section.start],
                "bars": plan.bars,
                "energy": section.energy,
                "measured": round(measured, 3),
                "key": str(plan.key),
                "material": plan.letter,
                "treatments": list(plan.treatments),
                "layers": list(_heard(made, section)),
                "leads_on": list(section.leads_on),
                "says": explain(plan, section),
            }
            for section, plan, measured in zip(
                score.sections, made.plans, measured_energy(score), strict=True
            )
        ],
        "mended": list(made.mended),
    }


def _heard(made: Arrangement, section: Section) -> Sequence[str]:
    """Return the parts that sound in a section."""
    return [
        part.name
        for part in made.score.parts
        if any(section.start <= note.start < section.end for note in part.notes)
    ]


def explain(plan: SectionPlan, section: Section) -> str:
    """Say in words what a section makes of the loop."""
    if plan.letter == "B":
        whose = f"what contrasts with the loop's beginning, in {plan.key}"
    elif plan.letter == "bridge":
        whose = f"the loop's tune in {plan.key}"
    else:
        whose = "the loop's tune"
    means = [TREATMENTS[name].says for name in plan.treatments]
    if not means and plan.letter == "A":
        means = ["as it is"]
    if plan.recoloured:
        means.append("some chords in another colour")
    if plan.counters:
        means.append("the guitar answers in its rests")
    text = ": ".join([whose, "; ".join(means)]) if means else whose
    way = ", ".join(({**LEADS_ON, **ENDS})[kind] for kind in section.leads_on)
    return f"{text}; then {way}" if way else text


def arrangement_lines(facts: dict[str, Any]) -> list[str]:
    """Return what `tapeloom arrange` prints: the piece, then a line for each section."""
    minutes, seconds = divmod(round(facts["duration_s"]), 60)
    own = ", ".join(facts["loop"]["has"]) or "chords"
    lines = [
        f"{facts['key']}, {facts['bpm']:g} bpm, {facts['meter']}, {facts['bars']} bars, "
        f"{minutes}:{seconds:02d}; from {facts['loop']['bars']} bars of {own}"
    ]
    for section in facts["sections"]:
        last = section["bar"] + section["bars"] - 1
        lines.append(
            f"  {section['bar']:>4}-{last:<4} {section['name']:<11} energy "
            f"{section['energy']:.2f}  {', '.join(section['layers'])}"
        )
        lines.append(f"            {section['says']}")
    lines += [f"  mended: {reason}" for reason in facts["mended"]]
    return lines


def targets_of(out: Path, name: str) -> tuple[Path, ...]:
    """Return the files that an --out asks for: itself, or three in a folder.

    >>> [path.name for path in targets_of(Path("songs"), "loop-7")]
    ['loop-7.mid', 'loop-7.musicxml', 'loop-7.json']
    """
    if out.is_dir() or not out.suffix:
        return tuple(out / f"{name}{suffix}" for suffix in IN_A_FOLDER)
    if out.suffix.lower() not in FORMATS:
        raise InputError(
            f"{out} has no ending that is known; end it in .mid, .musicxml, .mxl or .json, or name "
            "a folder"
        )
    return (out,)


def write_arrangement(path: Path, made: Arrangement, *, title: str = "") -> None:
    """Write the score of an arrangement as the file's ending says."""
    suffix = path.suffix.lower()
    if suffix in MIDI:
        write_midi(path, made.score)
    elif suffix == ".json":
        write_json(path, score_to_json(made.score))
    else:
        save_notation(path, made.score, title=title)
