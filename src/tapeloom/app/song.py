"""What chords and melodies are read from: text, MIDI, MusicXML, romanText, score.json."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, bar_starts, meter_at
from tapeloom.core.pitch import line_of_fifths, name_on_line
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ

_MOST_ACCIDENTALS = 7  # in a key signature
_LONGEST = 60  # letters of a chord's symbol
MAX_TEXT = 2**20  # bytes of a chart or of a romanText file
ROMANTEXT = (".rntxt", ".romantext", ".rntext")
TEXT = (".txt", ".chords")
_CHORD_INSTRUMENT, _BASS_INSTRUMENT = ("electric_piano", 4), ("upright_bass", 32)
# Which voicing suits a harmony's style; others have rootless ones over the bass.
_VOICINGS = {"pop": "close", "gospel": "close"}
_LOWEST = {"close": 52}
_HIGHEST = 66  # a low melody presses the chords no lower than this


@dataclass(frozen=True, slots=True)
class Song:
    """Chords, their melody, and the score that they were found in."""

    score: Score  # its chords are those found
    melody: tuple[Note, ...] = ()
    title: str = ""


def read_song(source: str, *, meter: Meter | None = None) -> Song:
    """Read a file of music or of chords, or chords written out.

    source   a file's name, or chords such as `Dm7 G7 | Cmaj7`
    meter    of chords that are text; four quarters where None
    """
    path = Path(source)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a name
        is_file = False
    if not is_file:
        if len(source.split()) == 1 and (path.suffix or "/" in source) and not _is_chord(source):
            raise InputError(f"{source} does not exist, and it is no chord either")
        return read_chords(source, meter=meter)
    if path.suffix.lower() in (*TEXT, *ROMANTEXT):
        return read_chords(_text_of(path), name=path.name, meter=meter)
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise InputError(f"{path} is empty")
    if meter is not None:
        raise InputError(f"--meter cannot be given with {path}, which has its own")
    from tapeloom.app.analysis import open_source

    score, _ = open_source(path)
    if score is None:
        raise InputError(f"{path} is audio; give notes, as MIDI or MusicXML, or chords")
    return Song(score, find_tune(score), path.stem)


def read_chords(text: str, *, name: str = "", meter: Meter | None = None) -> Song:
    """Read a chart, or romanText where its measures are numbered."""
    from tapeloom.theory.chart import read_chart

    longest = max(text.split(), key=len, default="")
    if len(longest) > _LONGEST:
        raise InputError(f"{longest[:40]!r}... is no chord that is known; write one like Am7")
    try:
        if re.search(r"^m\d+\w* ", text, re.MULTILINE):
            return _read_numerals(text)
        spans = read_chart(text, meter=meter or Meter())
    except InputError as error:
        if name:
            raise InputError(f"{name} cannot be read: {error}") from error
        raise
    key = _key_as_typed(text, spans)
    keys = ((0, key),) if key else ()
    return Song(Score((), meters=((0, meter or Meter()),), keys=keys, chords=spans))


def _key_as_typed(text: str, spans: Sequence[ChordSpan]) -> Key | None:
    """Return the key of chords where it has two names and the typed roots ask for the rarer."""
    signs = re.findall(r"(?<![A-Za-z0-9#])[A-G]([b#♭♯])", text)
    flats = sum(sign in "b♭" for sign in signs)
    if 2 * flats == len(signs):
        return None
    from tapeloom.theory.chord_model import key_of

    key = key_of([span.chord for span in spans])
    other = -12 if 2 * flats > len(signs) else 12  # fifths
    if other * key.signature >= 0 or abs(key.signature + other) > _MOST_ACCIDENTALS:
        return None
    return Key(name_on_line(line_of_fifths(key.tonic) + other), key.mode)


def _read_numerals(text: str) -> Song:
    from tapeloom.theory.romantext import read_romantext

    told = read_romantext(text)
    last = max((entry.tick for entry in told.entries), default=0)
    starts = bar_starts(told.meters, last + 1)
    end = starts[-1] + meter_at(told.meters, last).bar_ticks
    stops = [entry.tick for entry in told.entries[1:]] + [end]
    spans = tuple(
        ChordSpan(entry.tick, stop, entry.numeral.chord(entry.key))
        for entry, stop in zip(told.entries, stops, strict=False)
        if entry.numeral is not None and stop > entry.tick
    )
    if not spans:
        raise InputError("there is no numeral in it")
    keys = [(told.entries[0].tick, told.entries[0].key)]
    for entry in told.entries:
        if entry.key != keys[-1][1] and entry.tick > keys[-1][0]:
            keys.append((entry.tick, entry.key))
    title = next((value for field, value in told.header if field == "Title"), "")
    keys[0] = (0, keys[0][1])
    return Song(Score((), meters=told.meters, keys=tuple(keys), chords=spans), title=title)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TEXT:
            raise InputError(f"{path} has over {MAX_TEXT // 2**20} MiB; that is no chart")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as text: {error}") from error


def _is_chord(text: str) -> bool:
    from tapeloom.core.harmony import Chord

    try:
        Chord.parse(text)
    except InputError:
        return False
    return True


def find_tune(score: Score) -> tuple[Note, ...]:
    """Return a score's melody: its part, the line that could be one, else the top of all notes."""
    from tapeloom.compose.borrow import find_melody, skyline

    part = find_melody(score)
    if part is not None:
        return skyline(part.notes)
    notes = [n for part in score.parts if part.role not in ("drums", "bass") for n in part.notes]
    return skyline(notes)


def with_chords(song: Song) -> Song:
    """Return a song whose score holds chords: those it states, else those its notes tell."""
    if song.score.chords:
        return song
    from tapeloom.theory.analysis import analyse

    found = analyse(song.score)
    if not found.chords:
        raise InputError("there are no pitched notes in it, so there is no harmony to change")
    spans = tuple(ChordSpan(c.start, c.end, c.chord) for c in found.chords)
    keys = song.score.keys or (((0, found.key),) if found.key else ())
    return replace(song, score=replace(song.score, chords=spans, keys=keys))


def arrange(
    song: Song, chords: Sequence[ChordSpan], key: Key, *, style: str, keep_melody: bool = True
) -> Score:
    """Write chords as a score: the melody and the drums as they are, chords voiced, a bass.

    The voices lie below most of the melody and move as little as they can.
    """
    from tapeloom.theory.voice_leading import lead
    from tapeloom.theory.voicing import STYLE_TABLE

    manner = _VOICINGS.get(style, "rootless")
    highest = STYLE_TABLE[manner].high
    if keep_melody and song.melody:
        tune = sorted(note.pitch for note in song.melody)
        highest = min(highest, max(tune[len(tune) // 4] - 1, _HIGHEST))
    voicings = lead(
        [span.chord for span in chords],
        style=manner, key=key, low=_LOWEST.get(manner), high=highest,
    )  # fmt: skip
    keys = tuple(
        Note(span.start, span.end - span.start, pitch, 72)
        for span, voicing in zip(chords, voicings, strict=True)
        for pitch in voicing
    )
    roots: list[int] = []
    for span in chords:
        near = (roots[-1] if roots else 36) - 6
        pitch = near + (span.chord.bass_pitch_class - near) % 12
        roots.append(pitch + 12 if pitch < 28 else pitch - 12 if pitch > 50 else pitch)
    bass = tuple(
        Note(span.start, span.end - span.start, pitch, 80)
        for span, pitch in zip(chords, roots, strict=True)
    )
    told = next((part for part in song.score.parts if part.role == "melody"), None)
    melody = Part("Melody", "melody", told.instrument if told else "", song.melody,
                  told.program if told else 0)  # fmt: skip
    kept = [melody] if keep_melody and song.melody else []
    drums = [part for part in song.score.parts if part.role == "drums"] if keep_melody else []
    parts = (
        *kept,
        Part("Chords", "keys", _CHORD_INSTRUMENT[0], keys, _CHORD_INSTRUMENT[1]),
        Part("Bass", "bass", _BASS_INSTRUMENT[0], bass, _BASS_INSTRUMENT[1]),
        *drums,
    )
    return replace(
        song.score, parts=parts, chords=tuple(chords), keys=song.score.keys or ((0, key),),
        ticks_per_quarter=min(song.score.ticks_per_quarter, PPQ),
    )  # fmt: skip
