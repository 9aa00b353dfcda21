"""MIDI files to scores and back, and performances to MIDI files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.mpe import ZonePart, is_mpe, take_zones
from tapeloom.core.performance import Performance
from tapeloom.core.score import ROLES, Bend, Control, Note, Part, Score, Section
from tapeloom.core.smf import MAX_FILE_TICKS, MAX_NOTES, clean_midi
from tapeloom.core.time import PPQ, TempoMap

__all__ = [
    "MAX_BYTES",
    "MAX_NOTES",
    "identify_part",
    "read_midi",
    "ticks_of_file",
    "title_part",
    "write_midi",
    "write_performance_midi",
]

MAX_BYTES = 16 * 2**20
MAX_TICKS_PER_QUARTER = 0x7FFF
END_MARKER = "end"  # closes the last section, whose last bars may be silent

_ROLE_WORDS = (  # the first that a track's name holds decides
    ("drums", r"drum|perc|\bkit\b|beat|kick|snare|hat\b"),
    ("bass", r"bass|\bsub\b"),
    ("guitar", r"guitar|gtr|ukulele|banjo"),
    ("pad", r"pad\b|string|choir|ensemble|atmo"),
    ("melody", r"melod|vocal|voice|lead|solo|tune|sax|flute|trumpet|violin|clarinet|topline"),
    ("keys", r"piano|keys|rhodes|wurl|organ|clav|bridge|chord|vibra|\bep\b|comp"),
)
_ROLE_PROGRAMS = (  # General MIDI programs
    ("keys", range(24)), ("guitar", range(24, 32)), ("bass", range(32, 40)),
    ("pad", range(40, 56)), ("melody", range(56, 88)), ("pad", range(88, 96)),
)  # fmt: skip
# A track of ours is called `name (instrument)`, or `name (role: instrument)` where the name alone
# would be read as another role; an instrument may name its preset, `tine:worn`.
_OURS = re.compile(r"(.*) \((?:([a-z]+): )?([a-z0-9_]*(?::[a-z0-9_]+)?)\)", re.DOTALL)
_FIFTH_LETTERS = "FCGDAEB"

T = TypeVar("T")


def read_midi(path: Path) -> Score:
    """Read a file of format 0 or 1 as a score that keeps the file's ticks a quarter.

    Both ends of a note go to the nearest of our ticks, which is exactly undone by `write_midi` at
    the file's own PPQ up to 10,080; a note of no length lasts one tick of the file. Markers
    become sections. A zone of MPE is one part, whose notes have moves of their own; these are read
    and not written. Tracks without notes, controllers or bends, lyrics, system-exclusive and
    aftertouch messages are left out; a note that never ends is closed with its track.
    """
    try:
        if not path.is_file():
            raise InputError(f"{path} does not exist or is no file")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path} has over {MAX_BYTES // 2**20} MiB; that is no MIDI file that can be read"
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        clean = clean_midi(data)
        if not is_mpe(clean):
            return _score(clean, [])
        return _score(*take_zones(clean_midi(data, with_pressure=True)))
    except InputError as error:
        raise InputError(f"{path.name} is no MIDI file that can be read: {error}") from error


def _score(clean: bytes, zones: Sequence[ZonePart]) -> Score:
    import symusic

    try:
        song: Any = symusic.Score.from_midi(clean)
    except (RuntimeError, ValueError) as error:
        raise InputError(str(error)) from error
    q = int(song.ticks_per_quarter)
    parts: list[Part] = []
    for track in song.tracks:
        if len(track.notes) or len(track.controls) or len(track.pitch_bends):
            part = _part(track, q, {part.name for part in parts})
            parts.append(part)
    for zone in zones:
        parts.append(_zone_part(zone, q, {part.name for part in parts}))
    meters = _changes(
        (_ours(m.time, q), Meter(m.numerator, m.denominator)) for m in song.time_signatures
    )
    tempo = _changes((_ours(t.time, q), _bpm(t.mspq)) for t in song.tempos)
    keys = _changes((_ours(k.time, q), _key(k.key, k.tonality)) for k in song.key_signatures)
    meters = meters if meters and meters[0][0] == 0 else ((0, Meter()), *meters)
    tempo = tempo if tempo and tempo[0][0] == 0 else ((0, Fraction(120)), *tempo)
    markers = _changes((_ours(m.time, q), m.text) for m in song.markers)
    sections = _sections(markers, meters, max((part.end for part in parts), default=0))
    return Score(tuple(parts), TempoMap(tempo), meters, keys, (), sections, q)


def _part(track: Any, q: int, taken: set[str]) -> Part:
    arrays = track.notes.numpy()
    starts = arrays["time"].astype(np.int64)
    ends = starts + np.maximum(arrays["duration"].astype(np.int64), 1)
    starts, ends = _all_ours(starts, q), _all_ours(ends, q)
    durations = np.maximum(ends - starts, 1)
    velocities = arrays["velocity"].astype(np.int64)
    order = np.lexsort((velocities, ends, arrays["pitch"], starts))
    columns = (starts, durations, arrays["pitch"].astype(np.int64), velocities)
    notes = tuple(map(Note, *(column[order].tolist() for column in columns)))
    program = int(track.program)
    name, role, instrument = identify_part(track.name, program, track.is_drum)
    return Part(
        _unique(name, taken),
        role,
        instrument,
        notes,
        program,
        tuple(Control(_ours(c.time, q), c.number, c.value) for c in track.controls),
        tuple(Bend(_ours(b.time, q), b.value) for b in track.pitch_bends),
    )


def _zone_part(zone: ZonePart, q: int, taken: set[str]) -> Part:
    """Return what a zone of MPE plays."""
    name, role, instrument = identify_part(zone.title, zone.program, False)
    notes = []
    for note in zone.notes:
        start, end = _ours(note.start, q), _ours(max(note.end, note.start + 1), q)
        moves = tuple(replace(move, after=_ours(move.after, q)) for move in note.moves)
        notes.append(Note(start, max(end - start, 1), note.pitch, note.velocity, moves))
    return Part(
        _unique(name, taken), role, instrument, tuple(notes), zone.program,
        tuple(Control(_ours(tick, q), number, value) for tick, number, value in zone.controls),
        tuple(Bend(_ours(tick, q), value) for tick, value in zone.bends),
    )  # fmt: skip


def _unique(name: str, taken: set[str]) -> str:
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name} {number}", number + 1
    return unique


def identify_part(text: str, program: int, is_drum: bool) -> tuple[str, str, str]:
    """Return the name, role and instrument that a track's title and General MIDI program tell.

    >>> identify_part("Solo (electric_piano)", 4, False), identify_part("", 33, False)
    (('Solo', 'melody', 'electric_piano'), ('bass', 'bass', ''))
    >>> identify_part("Solo (melody: tine:worn)", 4, False)
    ('Solo', 'melody', 'tine:worn')
    """
    if match := _OURS.fullmatch(text):
        name, role, instrument = match[1], match[2] or _role(match[1], program, is_drum), match[3]
        if role in ROLES:
            return name, role, instrument
    role = _role(text, program, is_drum)
    return text or role, role, ""


def _role(name: str, program: int, is_drum: bool) -> str:
    if is_drum:
        return "drums"
    lower = name.lower()
    if lower in ROLES:
        return lower
    for role, words in _ROLE_WORDS:
        if re.search(words, lower):
            return role
    return next((role for role, programs in _ROLE_PROGRAMS if program in programs), "other")


def _sections(
    markers: tuple[tuple[int, str], ...], meters: Meters, end: int
) -> tuple[Section, ...]:
    if not markers:
        return ()
    if markers[-1][1] == END_MARKER:
        end, markers = markers[-1][0], markers[:-1]
    elif end > 0:  # sections are whole bars
        last = bar_starts(meters, end)[-1]
        end = last + meter_at(meters, last).bar_ticks
    stops = [tick for tick, _ in markers[1:]] + [end]
    return tuple(
        Section(name, start, stop)
        for (start, name), stop in zip(markers, stops, strict=True)
        if start < stop
    )


def _changes(changes: Iterable[tuple[int, T]]) -> tuple[tuple[int, T], ...]:
    """Sort changes by tick; the last of several on one tick holds."""
    return tuple(sorted(dict(changes).items(), key=lambda change: change[0]))


def _bpm(microseconds: int) -> Fraction:
    if microseconds < 1:
        raise InputError("its tempo is endless")
    return Fraction(60_000_000, microseconds)


def _key(fifths: int, tonality: int) -> Key:
    if not -7 <= fifths <= 7 or tonality not in (0, 1):
        raise InputError(f"its key signature has {fifths} sharps in mode {tonality}")
    place = fifths + 1 + 3 * tonality
    accidental = place // 7
    tonic = _FIFTH_LETTERS[place % 7] + ("#" if accidental > 0 else "b") * abs(accidental)
    return Key(tonic, "minor" if tonality else "major")


def _ours(file_tick: int, q: int) -> int:
    """Convert a tick of the file to the nearest of ours, a tie upwards."""
    return (2 * file_tick * PPQ + q) // (2 * q)


def _all_ours(file_ticks: NDArray[np.int64], q: int) -> NDArray[np.int64]:
    return (2 * file_ticks * PPQ + q) // (2 * q)


def ticks_of_file(tick: float, q: int) -> int:
    """Convert a tick of ours to the nearest of a file with q a quarter, a tie upwards."""
    return int((2 * tick * q + PPQ) // (2 * PPQ))


def write_midi(path: Path, score: Score, *, ticks_per_quarter: int | None = None) -> None:
    """Write a score as format 1: a tempo track with markers for sections, then a track a part.

    ticks_per_quarter  1..32767; the score's own when None. At less than 10,080 of them notes go
                       to the nearest tick. Notes of one pitch and part that lie within each other
                       change ends: MIDI can't tell which of them stops first.
    """
    q = score.ticks_per_quarter if ticks_per_quarter is None else ticks_per_quarter
    song = _empty_song(q, score.tempo, score.meters)
    _check_length(path, max([score.end, *(tick for tick, _ in score.tempo.changes)]), q)
    import symusic

    for tick, key in score.keys:
        fifths = (key.signature + 7) % 12 - 7 if abs(key.signature) > 7 else key.signature
        song.key_signatures.append(
            symusic.KeySignature(ticks_of_file(tick, q), fifths, int(key.is_minor))
        )
    for section in score.sections:
        song.markers.append(symusic.TextMeta(ticks_of_file(section.start, q), section.name))
    if score.sections:
        end = ticks_of_file(score.sections[-1].end, q)
        song.markers.append(symusic.TextMeta(end, END_MARKER))
    for part in score.parts:
        track = _track(part.name, part.role, part.instrument, part.program)
        columns = np.array(
            [
                (ticks_of_file(n.start, q), ticks_of_file(n.end, q), n.pitch, n.velocity)
                for n in part.notes
            ],
            np.int64,
        ).reshape(-1, 4)  # fmt: skip
        track.notes = _notes(columns)
        for control in part.controls:
            track.controls.append(
                symusic.ControlChange(ticks_of_file(control.tick, q), control.number, control.value)
            )
        for bend in part.bends:
            track.pitch_bends.append(symusic.PitchBend(ticks_of_file(bend.tick, q), bend.value))
        song.tracks.append(track)
    _save(path, song)


def write_performance_midi(
    path: Path, performance: Performance, *, ticks_per_quarter: int = 960
) -> None:
    """Write what was played at the tempo of the score, so that bars stay where they are."""
    import symusic

    q, tempo = ticks_per_quarter, performance.tempo
    song = _empty_song(q, tempo, performance.meters)
    _check_length(path, tempo.s_to_tick(performance.duration_s), q)
    for section in performance.sections:
        at = ticks_of_file(tempo.s_to_tick(section.start_s), q)
        song.markers.append(symusic.TextMeta(at, section.name))
    for part in performance.parts:
        track = _track(part.name, part.role, part.instrument, part.program)
        columns = np.array(
            [
                (
                    ticks_of_file(tempo.s_to_tick(n.onset_s), q),
                    ticks_of_file(tempo.s_to_tick(n.onset_s + n.duration_s), q),
                    n.pitch,
                    n.velocity,
                )
                for n in part.notes
            ],
            np.int64,
        ).reshape(-1, 4)
        track.notes = _notes(columns)
        for control in part.controls:
            at = ticks_of_file(tempo.s_to_tick(control.time_s), q)
            track.controls.append(symusic.ControlChange(at, control.number, control.value))
        for bend in part.bends:
            at = ticks_of_file(tempo.s_to_tick(bend.time_s), q)
            track.pitch_bends.append(symusic.PitchBend(at, bend.value))
        song.tracks.append(track)
    _save(path, song)


def _empty_song(q: int, tempo: TempoMap, meters: Meters) -> Any:
    """Begin a song with its tempo track."""
    import symusic

    if not 1 <= q <= MAX_TICKS_PER_QUARTER:
        raise InputError(f"ticks_per_quarter is {q}; it must lie between 1 and 32767")
    song: Any = symusic.Score(q)
    song.tracks.append(symusic.Track("tempo", 0, False))
    for tick, bpm in tempo.changes:
        microseconds = round(60_000_000 / bpm)
        if not 1 <= microseconds < 2**24:
            raise InputError(f"tempo is {float(bpm):g}; a MIDI file can hold 4 bpm or more")
        song.tempos.append(symusic.Tempo(ticks_of_file(tick, q), mspq=microseconds))
    for tick, meter in meters:
        song.time_signatures.append(
            symusic.TimeSignature(ticks_of_file(tick, q), meter.numerator, meter.denominator)
        )
    return song


def _check_length(path: Path, end: float, q: int) -> None:
    if ticks_of_file(end, q) > MAX_FILE_TICKS:
        raise InputError(
            f"{path.name} would last over {MAX_FILE_TICKS} ticks; write it at fewer "
            f"ticks_per_quarter than {q}"
        )


def _track(name: str, role: str, instrument: str, program: int) -> Any:
    import symusic

    return symusic.Track(title_part(name, role, instrument, program), program, role == "drums")


def title_part(name: str, role: str, instrument: str, program: int) -> str:
    """Write a title from which `identify_part` reads name, role and instrument.

    >>> title_part("Keys", "keys", "electric_piano", 4), title_part("Keys", "pad", "", 4)
    ('Keys (electric_piano)', 'Keys (pad: )')
    """
    told = _role(name, program, role == "drums")
    if not instrument and told == role:
        return name
    return f"{name} ({'' if told == role else f'{role}: '}{instrument})"


def _notes(columns: NDArray[np.int64]) -> Any:
    """Make symusic's notes of (start, end, pitch, velocity) rows, a shorter note first."""
    import symusic

    starts, ends, pitches, velocities = columns.T
    ends = np.maximum(ends, starts + 1)
    order = np.lexsort((velocities, ends, pitches, starts))
    return symusic.Note.from_numpy(
        starts[order].astype(np.int32),
        (ends - starts)[order].astype(np.int32),
        pitches[order].astype(np.int8),
        velocities[order].astype(np.int8),
    )


def _save(path: Path, song: Any) -> None:
    data = song.dumps_midi()
    with replacing(path) as temporary:
        temporary.write_bytes(data)
