"""Harmony written to files: MIDI, MusicXML, romanText, a chart as text, JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tapeloom.app.notation import write_spelled
from tapeloom.app.song import ROMANTEXT, TEXT
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.harmony import Key
from tapeloom.core.midi import write_midi
from tapeloom.core.musicxml import SUFFIXES
from tapeloom.core.score import ChordSpan, Score
from tapeloom.theory.analysis import Analysis, analyse, analyse_progression

MIDI = (".mid", ".midi")
_MODULATING = 12  # chords, fewer of which stay in one key
FORMATS = (*MIDI, *SUFFIXES, *ROMANTEXT, *TEXT, ".json")


def check_target(path: Path) -> None:
    """Refuse a file's name that cannot be written to."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"{path} has no ending that is known; end it in .mid, .musicxml, .mxl, .rntxt, .txt "
            "or .json"
        )
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"{path} cannot be written; --out names a file in a folder that exists")


def numbered(path: Path, number: int, count: int) -> Path:
    """Return the name of one of several files.

    >>> numbered(Path("a.mid"), 2, 3).name, numbered(Path("a.mid"), 1, 1).name
    ('a-2.mid', 'a.mid')
    """
    return path if count == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def analyse_spans(spans: Sequence[ChordSpan], key: Key) -> Analysis:
    """Read chords in a key; where they are many, in the keys that they pass through from there."""
    if len(spans) >= _MODULATING:
        found = analyse(Score((), chords=tuple(spans)))
        if found.key == key:
            return found
    found = analyse_progression([span.chord for span in spans], key=key)
    chords = tuple(
        replace(chord, start=span.start, end=span.end)
        for chord, span in zip(found.chords, spans, strict=True)
    )
    return replace(found, chords=chords, keys=())


def save_harmony(
    path: Path, score: Score, key: Key, *, chart: str, figures: dict[str, Any], title: str = ""
) -> None:
    """Write a score with its chords as the file's ending says.

    chart     what a text file says
    figures   what a JSON file says
    """
    suffix = path.suffix.lower()
    if suffix in MIDI:
        write_midi(path, score)
    elif suffix in SUFFIXES:
        write_spelled(path, score, key=key, title=title)
    else:
        if suffix in ROMANTEXT:
            from tapeloom.app.harmony import to_romantext

            text = to_romantext(score, analyse_spans(score.chords, key), title=title)
        elif suffix == ".json":
            text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
        else:
            text = chart + "\n"
        with replacing(path) as temporary:
            temporary.write_text(text, "utf-8")
