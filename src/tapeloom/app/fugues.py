"""Fugues as files: a subject read or drawn, the fugue written with its analysis beside it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.files import write_json
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.musicxml import SUFFIXES, read_musicxml, write_musicxml
from tapeloom.core.score import Part, Score
from tapeloom.core.time import TempoMap
from tapeloom.theory.events import Events
from tapeloom.theory.fugue.drawing import draw_subject
from tapeloom.theory.fugue.entries import find_entries
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.subject_text import read_line
from tapeloom.theory.fugue.writing import VOICES, Fugue, compose_fugue
from tapeloom.theory.keys import find_keys
from tapeloom.theory.spelling import spell

MIDI = (".mid", ".midi")
NAMES = {3: ("Bass", "Middle", "Upper"), 4: ("Bass", "Tenor", "Alto", "Soprano")}
DRAW = "draw"  # what is written for a file where the subject is to be drawn
_BPM = 76.0
_MAX_TEXT = 65_536  # bytes of a subject as text
_INSTRUMENT, _PROGRAM = "organ", 16


def read_subject(path: Path, *, key: Key | None = None) -> Subject:
    """Read a subject from a MIDI, MusicXML or text file.

    key   what the file says, else what is found in the notes, where None

    A file of several parts, or of more than one note at a time, is refused.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"{path} is no file; name a MIDI, MusicXML or text file, or write draw")
    if suffix == ".txt":
        if path.stat().st_size > _MAX_TEXT:
            raise InputError(f"{path} is longer than a subject can be")
        notes, told, meter = read_line(path.read_text("utf-8", errors="replace"))
    elif suffix in MIDI or suffix in SUFFIXES:
        score = read_midi(path) if suffix in MIDI else read_musicxml(path)
        parts = [part for part in score.parts if part.notes and part.role != "drums"]
        if len(parts) > 1:
            raise InputError(
                f"{path} has {len(parts)} parts; a subject is one line, so keep one part"
            )
        notes = parts[0].notes if parts else ()
        told, meter = score.key, score.meters[0][1]
    else:
        raise InputError(
            f"{path} cannot be read as a subject; end it in .mid, .musicxml, .mxl or .txt"
        )
    if not notes:
        raise InputError(f"{path} holds no notes")
    chosen = key or told
    if chosen is None or chosen.mode not in ("major", "minor"):
        chosen = key or find_keys(notes, profile="temperley")[0].key
    return Subject(tuple(replace(n, velocity=80, moves=()) for n in notes), chosen, meter)


def fugue_score(fugue: Fugue, *, bpm: float = _BPM, instrument: str = _INSTRUMENT) -> Score:
    """Return a fugue as a score, the highest voice first."""
    names = NAMES[len(fugue.lines)]
    parts = tuple(
        Part(f"{name} voice", "bass" if i == 0 else "melody", instrument, line,
             _PROGRAM if instrument else 0)
        for i, (name, line) in enumerate(zip(names, fugue.lines, strict=True))
    )  # fmt: skip
    home = (0, fugue.subject.key)
    return Score(parts[::-1], TempoMap.constant(bpm), ((0, fugue.subject.meter),), (home,))


def write_fugue(
    source: str,
    target: Path,
    *,
    voices: int = 4,
    key: str | None = None,
    meter: str | None = None,
    bpm: float | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Compose a fugue into a MIDI or MusicXML file, and its analysis into NAME.json beside it.

    source   a subject's file, or `draw`
    voices   3 or 4
    key      the subject's; of a drawn one too (D minor where None)
    meter    of a drawn subject (4/4 where None)

    Returns the facts: the answer, entries planned and found again, faults.
    """
    if voices not in VOICES:
        raise InputError(f"a fugue in {voices} voices is asked for; it can have 3 or 4")
    check_fugue_target(target)
    rng = np.random.default_rng(seed)
    home = Key.parse(key) if key else None
    if source == DRAW:
        drawn_meter = Meter.parse(meter) if meter else Meter()
        subject = draw_subject(rng, key=home or Key("D", "minor"), meter=drawn_meter)
    elif meter is not None:
        raise InputError(f"--meter cannot be given with {source}, which has its own")
    else:
        subject = read_subject(Path(source), key=home)
    fugue = compose_fugue(subject, voices=voices, rng=rng)
    if target.suffix.lower() in MIDI:
        score = fugue_score(fugue, bpm=bpm or _BPM)
        write_midi(target, score)
    else:
        score = fugue_score(fugue, bpm=bpm or _BPM, instrument="")
        _save_xml(target, score, fugue)
    facts = fugue_facts(fugue) | {"seed": seed, "bpm": score.tempo.initial_bpm}
    write_json(target.with_suffix(".json"), facts | {"analysis": fugue.analysis()})
    return {"file": str(target), "analysis": str(target.with_suffix(".json")), **facts}


def _save_xml(path: Path, score: Score, fugue: Fugue) -> None:
    """Write MusicXML under one signature, each note spelled in the key that it is heard in."""
    places = [
        spell(Events.from_notes(part.notes), keys=fugue.keys, chords=fugue.chords).tolist()
        for part in score.parts
    ]
    write_musicxml(path, score, places=places, title=f"Fugue in {fugue.subject.key}")


def check_fugue_target(path: Path) -> None:
    """Refuse a name that a fugue cannot be written to."""
    if path.suffix.lower() not in (*MIDI, *SUFFIXES):
        raise InputError(f"{path} is no score; end it in .mid, .musicxml or .mxl")
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"{path} cannot be written; --out names a file in a folder that exists")


def fugue_facts(fugue: Fugue) -> dict[str, Any]:
    """Return what can be said of a fugue: its parts and its faults, as the analyser finds them."""
    found = find_entries(fugue.lines, fugue.subject.notes)
    there = {(entry.voice, entry.start) for entry in found}
    report = fugue.report
    return {
        "key": str(fugue.subject.key),
        "meter": str(fugue.subject.meter),
        "bars": fugue.bars,
        "voices": len(fugue.lines),
        "answer": "real" if fugue.themes.answer.is_real else "tonal",
        "stretto": any(span.kind == "stretto" for span in fugue.spans),
        "entries": len(fugue.entries),
        "entries_found": sum((s.voice, s.start) in there for s in fugue.entries),
        "parallels": len(report.parallels),
        "crossed_share": round(report.crossed_share, 3),
        "unexplained_dissonances": len(report.free),
        "outside_ranges": report.outside,
    }
