"""Four voices of a file or of a text: a progression or a melody set for a choir, and written."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapeloom.app.harmony import harmony_figures
from tapeloom.app.harmony_files import analyse_spans
from tapeloom.app.song import (
    MAX_TEXT,
    ROMANTEXT,
    TEXT,
    Song,
    find_tune,
    read_chords,
    read_song,
)
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.theory.chorale import VOICES, Chorale, write_chorale
from tapeloom.theory.chorale_decoration import decorate_chorale
from tapeloom.theory.chorale_melody import harmonise_chorale
from tapeloom.theory.chorale_text import ChoraleText, read_chorale_text, write_voices

MOST_PARTS = 16  # of a file in which a melody is looked for
_CHOIR = 52  # General MIDI: choir aahs


@dataclass(frozen=True, slots=True)
class ChoirSetting:
    """Four voices as a score, as text and as figures."""

    score: Score
    chorale: Chorale
    text: str
    remarks: tuple[str, ...]
    figures: dict[str, Any]
    title: str = ""


def set_for_choir(
    source: str,
    *,
    key: Key | None = None,
    meter: Meter | None = None,
    roots: bool = False,
    passing: bool = False,
) -> ChoirSetting:
    """Set a progression or a melody for soprano, alto, tenor and bass.

    source   a file's name or a text: chords, Roman numerals or a figured bass (see
             `theory.chorale_text`), romanText; or notes as MIDI, MusicXML, score.json
    key      found where neither it nor the source names one
    meter    of a text that names none
    roots    chords without a written bass stand on their roots; else the bass is a line of its own
    passing  passing notes fill the thirds that the voices below a melody move, where they can
    """
    path = Path(source)
    if _is_file(path) and not _is_text(path):
        song = read_song(source, meter=meter)
        return set_song_for_choir(song, key=key, roots=roots, passing=passing)
    if not _is_file(path) and len(source.split()) == 1 and (path.suffix or "/" in source):
        read_song(source)  # tells that there is no such file
    text = _read_text(path) if _is_file(path) else source
    if not text.strip():
        raise InputError(f"{path.name if _is_file(path) else 'the text'} is empty; write chords")
    if any(line.lstrip()[:2] in ("m0", "m1") for line in text.splitlines()):
        song = read_chords(text, meter=meter)
        return set_song_for_choir(song, key=key, roots=True, passing=passing)
    told = read_chorale_text(text, key=key, meter=meter)
    return _set_text(told, key=key, roots=roots, passing=passing)


def set_song_for_choir(
    song: Song, *, key: Key | None = None, roots: bool = False, passing: bool = False
) -> ChoirSetting:
    """Set a song's melody for four voices, or its chords where it has no melody."""
    home = key or song.score.key
    parts = [part for part in song.score.parts if part.notes and part.role != "drums"]
    if len(parts) > MOST_PARTS:
        raise InputError(
            f"there are {len(parts)} parts; four voices are written for one melody or for chords, "
            f"looked for among {MOST_PARTS} parts at most"
        )
    melody = song.melody or find_tune(song.score)
    if not melody:
        if not song.score.chords:
            raise InputError("there is neither a melody nor a chord in it")
        home = home or _key_of(song.score)
        chorale = write_chorale(song.score.chords, home, free_inversions=not roots)
        return _setting(chorale, song.score, (), song.title, passing=passing)
    first = song.score.meters[0][1]
    beat = first.unit_ticks * (3 if first.is_compound else 1)
    ends = _phrase_ends(parts, melody)
    chorale = harmonise_chorale(melody, home, phrase_ends=ends, beat=beat, bar=first.bar_ticks)
    remarks = []
    shift = chorale.voices[-1][0].pitch - sorted(melody)[0].pitch
    if shift:
        way = "up" if shift > 0 else "down"
        remarks.append(f"the melody went {way} {abs(shift) // 12} octave(s), for a soprano")
    if song.score.chords:
        remarks.append("the chords of the file were left; the melody has new ones")
    if len(song.score.meters) > 1:
        remarks.append(f"the beats are those of {first} throughout")
    return _setting(chorale, song.score, tuple(remarks), song.title, passing=passing)


def _set_text(text: ChoraleText, *, key: Key | None, roots: bool, passing: bool) -> ChoirSetting:
    score = Score((), meters=((0, text.meter),), chords=text.chords)
    home = key or text.key or _key_of(score)
    chorale = write_chorale(
        text.chords, home, free_inversions=text.form == "symbols" and not roots,
        phrases=text.phrases,
    )  # fmt: skip
    return _setting(chorale, score, (), text.title, passing=passing)


def _key_of(score: Score) -> Key:
    from tapeloom.theory.chord_model import key_of

    return key_of([span.chord for span in score.chords])


def _phrase_ends(parts: list[Part], melody: tuple[Note, ...]) -> tuple[int, ...]:
    """Return where the last notes of phrases begin: under fermatas, else before rests."""
    held = {mark.tick for part in parts for mark in part.marks if mark.name == "fermata"}
    if held:
        return tuple(sorted(held))
    line = sorted(melody)
    pairs = itertools.pairwise(line)
    return tuple(note.start for note, after in pairs if after.start > note.end)


def _setting(
    chorale: Chorale, told: Score, remarks: tuple[str, ...], title: str, *, passing: bool
) -> ChoirSetting:
    if passing:
        chorale = decorate_chorale(chorale)
    names = [name.capitalize() for name in VOICES]
    parts = tuple(
        Part(name, "melody" if name == "Soprano" else "bass" if name == "Bass" else "other", "",
             voice, _CHOIR)
        for name, voice in zip(reversed(names), reversed(chorale.voices), strict=True)
    )  # fmt: skip
    score = Score(
        parts, tempo=told.tempo, meters=told.meters, keys=((0, chorale.key),),
        chords=chorale.chords,
    )  # fmt: skip
    faults = tuple(fault.describe(chorale.key) for fault in chorale.faults)
    figures = harmony_figures(score, analyse_spans(chorale.chords, chorale.key))
    told_faults = tuple(f"could not be avoided, {fault}" for fault in faults)
    return ChoirSetting(
        score, chorale, write_voices(chorale, told.meters), (*remarks, *told_faults),
        {
            "key": str(chorale.key), "chords": figures["chords"], "faults": list(faults),
            "remarks": list(remarks),
            "voices": {
                name: [[note.start, note.duration, note.pitch] for note in voice]
                for name, voice in zip(VOICES, chorale.voices, strict=True)
            },
        },
        title,
    )  # fmt: skip


def save_for_choir(path: Path, setting: ChoirSetting) -> None:
    """Write four voices as the file's ending says: MIDI, MusicXML, romanText, JSON or text."""
    from tapeloom.app.harmony_files import save_harmony

    save_harmony(
        path, setting.score, setting.chorale.key, chart=setting.text, figures=setting.figures,
        title=setting.title,
    )  # fmt: skip


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a name
        return False


def _is_text(path: Path) -> bool:
    """Tell a text by its name, or by its first bytes where the name has no ending."""
    if path.suffix:
        return path.suffix.lower() in (*TEXT, *ROMANTEXT)
    with path.open("rb") as file:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    return not head.startswith((b"MThd", b"PK", b"<", b"{"))


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TEXT:
            raise InputError(f"{path} has over {MAX_TEXT // 2**20} MiB; that is no chart")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text: {error}") from error
