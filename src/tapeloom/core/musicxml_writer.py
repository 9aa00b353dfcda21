"""Scores to MusicXML files, plain and compressed: parts in voices and bars, with chord symbols."""

import math
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, bar_starts, meter_at
from tapeloom.core.midi import title_part
from tapeloom.core.musicxml_paper import Paper, Staff, add, move
from tapeloom.core.musicxml_signs import (
    Signs,
    chord_signs,
    level_signs,
    section_signs,
    tempo_signs,
)
from tapeloom.core.musicxml_staves import (
    Written,
    accidentals_of,
    voices_of,
    write_clefs,
    write_down,
    write_key,
)
from tapeloom.core.musicxml_voices import Voice, write_voice
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ
from tapeloom.core.xml_files import pack_xml

MAX_BARS = 100_000
_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write_musicxml(
    path: Path,
    score: Score,
    *,
    places: Sequence[Sequence[int]] = (),
    symbols: Sequence[str] = (),
    staves: Sequence[Staff] = (),
    title: str = "",
    composer: str = "",
) -> None:
    """Write a score as MusicXML 4.0; a name that ends in `.mxl` is compressed.

    places    each part's notes as places on the line of fifths, as `theory.spelling` finds them;
              by the key alone where there are none
    symbols   the chords' symbols as they are to be spelled; by the key where there are none
    staves    how each part is written: its name, clefs and transposition; as it sounds, with
              clefs by its pitches, where there are none

    Notes keep their lengths exactly; one that no note value has is written without a value. Marks
    become articulations, slurs and ornaments, the sections rehearsal marks, their mean velocities
    dynamics. Notes with the mark `grace` are written small and take no time: a reader leaves them
    out. Controllers and bends are left out.
    """
    if symbols and len(symbols) != len(score.chords):
        raise InputError(f"{len(score.chords)} chords have {len(symbols)} symbols; give one each")
    if places and [len(row) for row in places] != [len(part.notes) for part in score.parts]:
        raise InputError("places must name each note of each part")
    if staves and len(staves) != len(score.parts):
        raise InputError(f"{len(score.parts)} parts have {len(staves)} staves; give one each")
    root = _document(score, places, symbols, staves, title, composer)
    ET.indent(root, " ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + _DOCTYPE
    data = (head + ET.tostring(root, "unicode") + "\n").encode("utf-8")
    with replacing(path) as temporary:
        temporary.write_bytes(pack_xml(data) if path.suffix.lower() == ".mxl" else data)


def _document(
    score: Score, places: Sequence[Sequence[int]], symbols: Sequence[str],
    staves: Sequence[Staff], title: str, composer: str,
) -> ET.Element:  # fmt: skip
    paper = _paper(score)
    root = ET.Element("score-partwise", {"version": "4.0"})
    if title:
        add(add(root, "work"), "work-title", title)
    if composer:
        creator = add(add(root, "identification"), "creator", composer)
        creator.set("type", "composer")
    listed = add(root, "part-list")
    rows = zip(
        score.parts, places or [()] * len(score.parts), staves or [Staff()] * len(score.parts),
        strict=True,
    )  # fmt: skip
    parts = [row for row in rows if row[0].notes] or [(Part("Chords", "other"), (), Staff())]
    led = next((i for i, (part, _, _) in enumerate(parts) if part.role == "melody"), 0)
    for i, (part, row, staff) in enumerate(parts):
        before, after = (parts[j][2].group if 0 <= j < len(parts) else "" for j in (i - 1, i + 1))
        if staff.group and staff.group != before and staff.group == after:
            group = add(listed, "part-group", type="start", number="1")
            add(group, "group-symbol", "bracket")
        _list_part(listed, part, f"P{i + 1}", i, staff)
        if staff.group and staff.group == before and staff.group != after:
            add(listed, "part-group", type="stop", number="1")
        written = write_down(part, row or _by_key(part, paper), paper, staff)
        signs: Signs = [*tempo_signs(score), *section_signs(score)] if i == 0 else []
        if i == led:
            fifths = written.signatures[0][1] - paper.keys[0][1].signature if staff.fifths else 0
            signs += chord_signs(
                score, paper, symbols, semitones=-staff.transposition[1], fifths=fifths
            )
        signs += level_signs(part, score, paper)
        element = add(root, "part", id=f"P{i + 1}")
        _write_part(element, written, staff, paper, sorted(signs, key=lambda sign: sign[0]))
    return root


def _paper(score: Score) -> Paper:
    ends = [span.end for span in score.chords]
    end = max([score.end, *ends, 1])
    starts = bar_starts(score.meters, end)
    if len(starts) > MAX_BARS:
        raise InputError(f"the score has {len(starts)} bars; a file holds up to {MAX_BARS}")
    last = starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks
    bars = tuple(
        (start, stop, meter_at(score.meters, start))
        for start, stop in zip(starts, [*starts[1:], last], strict=True)
    )
    ticks = [tick for part in score.parts for note in part.notes for tick in (note.start, note.end)]
    ticks += [span.start for span in score.chords] + [span.end for span in score.chords]
    ticks += [tick for tick, _ in (*score.keys, *score.tempo.changes)]
    ticks += [section.start for section in score.sections]
    ticks += [tick for start, stop, meter in bars for tick in (start, stop, meter.unit_ticks)]
    # Half a bar is where rests are cut.
    ticks += [(stop - start) // 2 for start, stop, meter in bars if meter.numerator % 2 == 0]
    return Paper(bars, math.gcd(PPQ, *ticks), score.keys or ((0, Key("C", "major")),))


def _by_key(part: Part, paper: Paper) -> list[int]:
    ticks = [tick for tick, _ in paper.keys]
    keys = [paper.keys[max(bisect_right(ticks, n.start) - 1, 0)][1] for n in part.notes]
    return [key.place_of(n.pitch) for key, n in zip(keys, part.notes, strict=True)]


def _list_part(listed: ET.Element, part: Part, name: str, number: int, staff: Staff) -> None:
    entry = add(listed, "score-part", id=name)
    title = title_part(part.name, part.role, part.instrument, part.program)
    add(entry, "part-name", staff.name or title)
    if staff.abbreviation:
        add(entry, "part-abbreviation", staff.abbreviation)
    is_drum = part.role == "drums"
    drums = sorted({note.pitch for note in part.notes}) if is_drum else []
    for pitch in drums or [0]:
        instrument = add(entry, "score-instrument", id=f"{name}-I{pitch}")
        told = f"drum {pitch}" if is_drum else title if staff.name else part.name
        add(instrument, "instrument-name", told)
    channel = 10 if is_drum else number % 9 + 1
    for pitch in drums or [0]:
        midi = add(entry, "midi-instrument", id=f"{name}-I{pitch}")
        add(midi, "midi-channel", str(channel))
        add(midi, "midi-program", str(part.program + 1))
        if is_drum:
            add(midi, "midi-unpitched", str(pitch + 1))


def _voices(written: Written, name: str, paper: Paper) -> list[Voice]:
    part = written.part
    marks: dict[tuple[int, int], list[str]] = {}
    for mark in part.marks:
        marks.setdefault((mark.tick, mark.pitch), []).append(mark.name)
    is_drums = part.role == "drums"
    bars = [(start, stop) for start, stop, _ in paper.bars]
    shown = {} if is_drums else accidentals_of(written, bars)
    found: list[Voice] = []
    for staff, chords in enumerate(written.staves):
        lines = voices_of(chords, is_drums=is_drums)
        for i, line in enumerate(lines):
            stem = ("up", "down")[i % 2] if len(lines) > 1 else ""
            graces = {tick: small for (on, tick), small in written.graces.items() if on == staff}
            accidentals = {(tick, p): sign for (on, tick, p), sign in shown.items() if on == staff}
            found.append(
                Voice(
                    name,
                    len(found) + 1,
                    staff + 1 if len(written.staves) > 1 else 0,
                    line,
                    i == 0,
                    is_drums,
                    stem,
                    marks,
                    accidentals,
                    graces if i == 0 else {},
                )
            )
    return found


def _write_part(
    element: ET.Element, written: Written, staff: Staff, paper: Paper, signs: Signs
) -> None:
    voices = _voices(written, element.get("id", ""), paper)
    cursors = [0] * len(voices)
    meter: Meter | None = None
    at = 0
    signatures = written.signatures
    for number, bar in enumerate(paper.bars, 1):
        start, stop, now = bar
        measure = add(element, "measure", number=str(number))
        attributes = ET.Element("attributes")
        if number == 1:
            add(attributes, "divisions", paper.divisions(PPQ))
        for signature in signatures[:1] if number == 1 else signatures:
            if signature[0] == start or number == 1:
                write_key(attributes, signature)
        if now != meter:
            time = add(attributes, "time")
            add(time, "beats", str(now.numerator))
            add(time, "beat-type", str(now.denominator))
            meter = now
        if number == 1:
            write_clefs(attributes, written, staff)
        if len(attributes):
            measure.append(attributes)
        late: Signs = []
        for signature in signatures:
            if start < signature[0] < stop:
                late.append((signature[0], ET.Element("attributes")))
                write_key(late[-1][1], signature)
        while at < len(signs) and signs[at][0] < stop:
            late.append(signs[at])
            at += 1
        _write_signs(measure, sorted(late, key=lambda sign: sign[0]), start, paper)
        for i, voice in enumerate(voices):
            if i:
                move(measure, "backup", stop - start, paper)
            cursors[i] = write_voice(measure, voice, cursors[i], bar, paper)


def _write_signs(measure: ET.Element, signs: Signs, start: int, paper: Paper) -> None:
    """Write what stands over the notes, then go back to the beginning of the bar."""
    at = start
    for tick, sign in signs:
        move(measure, "forward", tick - at, paper)
        measure.append(sign)
        at = tick
    move(measure, "backup", at - start, paper)
