"""Species counterpoint from files and text, and back: solving a cantus firmus, checking voices."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.app.harmony_files import MIDI, numbered
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing, write_json
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.midi import identify_part, write_midi
from tapeloom.core.musicxml import SUFFIXES, write_musicxml
from tapeloom.core.pitch import line_of_fifths
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import TempoMap
from tapeloom.theory.counterpoint.cantus import find_mode, make_cantus, parse_mode
from tapeloom.theory.counterpoint.check import check
from tapeloom.theory.counterpoint.exercise import BAR, MOST_VOICES, Exercise, species_of
from tapeloom.theory.counterpoint.rules import Fault
from tapeloom.theory.counterpoint.solve import Solution, solve
from tapeloom.theory.counterpoint.text import read_line, write_line

FORMATS = (*MIDI, *SUFFIXES, ".txt", ".json")
MAX_TEXT = 2**16  # bytes of a text of voices
_BPM = 160  # quarter notes: a whole note takes a second and a half
_CHOIR = 52  # General MIDI program


def read_voices(source: str) -> list[tuple[str, tuple[Note, ...]]]:
    """Read named voices from a MIDI or MusicXML file, a text file, or text; as they are ordered.

    In text each voice has a line of its own; a line holds pitches and note values, see
    `theory.counterpoint.text`.
    """
    path = Path(source)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a name
        is_file = False
    if not is_file:
        if len(source.split()) == 1 and (path.suffix or "/" in source):
            raise InputError(f"{source} does not exist; give a file, or notes such as D4 F4 E4 D4")
        return _lines_of(source)
    if path.suffix.lower() == ".txt":
        if path.stat().st_size > MAX_TEXT:
            raise InputError(f"{path} has over {MAX_TEXT // 1024} KiB; that is no counterpoint")
        try:
            return _lines_of(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path} cannot be read as text: {error}") from error
    from tapeloom.app.analysis import open_source

    score, _ = open_source(path)
    if score is None:
        raise InputError(f"{path} is audio; give notes, as MIDI or MusicXML")
    parts = [part for part in score.parts if part.notes and part.role != "drums"]
    if not parts:
        raise InputError(f"{path} has no notes with a pitch")
    return [(part.name, _one_at_a_time(part)) for part in parts]


def _lines_of(text: str) -> list[tuple[str, tuple[Note, ...]]]:
    rows = [row for row in text.splitlines() if row.strip() and not row.startswith("#")]
    if not rows:
        raise InputError("there are no notes in it; write pitches such as D4 F4 E4 D4")
    return [("", read_line(row)) for row in rows]


def _one_at_a_time(part: Part) -> tuple[Note, ...]:
    for first, second in zip(part.notes, part.notes[1:], strict=False):
        if second.start < first.end:
            raise InputError(
                f"part {part.name!r} sounds two notes at once; a voice has one at a time, so give "
                "each its own part"
            )
    return part.notes


def solve_cantus(
    source: str,
    *,
    species: int = 1,
    voices: int = 2,
    place: int = 0,
    voice: int | None = None,
    mode: str | None = None,
    count: int = 1,
    seed: int | None = None,
) -> tuple[Solution, ...]:
    """Read a cantus firmus and solve it; the notes' lengths in a file don't matter.

    seed   None for the best; else what is preferred is drawn
    """
    found = read_voices(source)
    if len(found) > 1:
        raise InputError(f"there are {len(found)} voices in it; a cantus firmus is one line")
    if seed is not None and seed < 0:
        raise InputError(f"seed is {seed}; it must be 0 or more")
    pitches = tuple(note.pitch for note in found[0][1])
    key = parse_mode(mode, pitches) if mode else None
    rng = None if seed is None else np.random.default_rng(seed)
    return solve(
        make_cantus(pitches, key), species=species, voices=voices, place=place, voice=voice,
        count=count, rng=rng,
    )  # fmt: skip


def check_voices(
    source: str, *, cantus: int | None = None, mode: str | None = None
) -> tuple[Exercise, tuple[Fault, ...]]:
    """Read an exercise and find its faults.

    cantus   which voice is the cantus firmus, from 1, the lowest; the one that is called so or the
             lowest in notes of one length where None
    """
    found = read_voices(source)
    if not 2 <= len(found) <= MOST_VOICES:
        raise InputError(
            f"there {'is 1 voice' if len(found) == 1 else f'are {len(found)} voices'} in it; "
            f"an exercise has 2 to {MOST_VOICES}"
        )
    found.sort(key=lambda voice: float(np.mean([note.pitch for note in voice[1]])))
    place = _find_cantus(found) if cantus is None else cantus - 1
    if not 0 <= place < len(found):
        raise InputError(f"the cantus is voice {cantus}; there are {len(found)}")
    unit = found[place][1][0].duration
    if any(note.duration != unit for note in found[place][1]):
        raise InputError(f"voice {place + 1} is no cantus firmus: its notes differ in length")
    lines = tuple(tuple(_scaled(note, unit) for note in line) for _, line in found)
    pitches = [note.pitch for note in lines[place]]
    key = parse_mode(mode, pitches) if mode else find_mode(pitches)
    kinds = tuple(1 if k == place else species_of(line) for k, line in enumerate(lines))
    exercise = Exercise(lines, key, kinds, place)
    return exercise, check(exercise)


def _find_cantus(voices: Sequence[tuple[str, tuple[Note, ...]]]) -> int:
    for k, (name, _) in enumerate(voices):
        if "cantus" in name.lower():
            return k
    longest = max(note.duration for _, line in voices for note in line[:-1] or line)
    even = [k for k, (_, line) in enumerate(voices) if len({n.duration for n in line}) == 1]
    slow = [k for k in even if voices[k][1][0].duration == longest]
    if not even:
        raise InputError("no voice is a cantus firmus, in notes of one length; name it by --place")
    return (slow or even)[0]


def _scaled(note: Note, unit: int) -> Note:
    start, end = (round(tick * BAR / unit) for tick in (note.start, note.end))
    return Note(start, max(end - start, 1), note.pitch)


def exercise_score(exercise: Exercise) -> Score:
    """Write an exercise as a score, the highest voice first."""
    parts = []
    for k in reversed(range(len(exercise.voices))):
        name = "Cantus firmus" if k == exercise.cantus else f"Voice {k + 1}"
        role = identify_part(name, _CHOIR, is_drum=False)[1]  # so that files bear plain names
        parts.append(Part(name, role, "", exercise.voices[k], _CHOIR))
    return Score(
        tuple(parts), TempoMap.constant(_BPM), ((0, Meter(4, 4)),), keys=((0, exercise.mode),)
    )


def save_solutions(
    out: Path, solutions: Sequence[Solution], *, force: bool = False
) -> tuple[Path, ...]:
    """Write each solution to its file, as the ending says; return the files."""
    suffix = out.suffix.lower()
    if suffix not in FORMATS:
        raise InputError(
            f"{out} has no ending that is known; end it in .mid, .musicxml, .mxl, .txt or .json"
        )
    if not out.parent.is_dir():
        raise InputError(f"{out.parent} is no folder; --out names a file in a folder that exists")
    paths = tuple(numbered(out, i, len(solutions)) for i in range(1, len(solutions) + 1))
    for path in paths:
        if path.exists() and not force:
            raise InputError(f"{path} exists; choose another name, or --force to replace it")
    for path, solution in zip(paths, solutions, strict=True):
        _save(path, solution)
    return paths


def _save(path: Path, solution: Solution) -> None:
    exercise, suffix = solution.exercise, path.suffix.lower()
    if suffix in MIDI:
        write_midi(path, exercise_score(exercise))
    elif suffix in SUFFIXES:
        score = exercise_score(exercise)
        places = [
            [line_of_fifths(exercise.name(note).name) for note in part.notes]
            for part in score.parts
        ]
        title = f"Species {max(exercise.species)}, {exercise.mode}"
        write_musicxml(path, score, places=places, title=title)
    elif suffix == ".json":
        write_json(path, solution_figures(solution))
    else:
        with replacing(path) as temporary:
            temporary.write_text("\n".join(voice_lines(exercise)) + "\n", "utf-8")


def voice_lines(exercise: Exercise) -> list[str]:
    """Write the voices as text, the highest first."""
    return [write_line(line, exercise.mode) for line in reversed(exercise.voices)]


def solution_figures(solution: Solution) -> dict[str, Any]:
    """Tell a solution in plain values."""
    return exercise_figures(solution.exercise, solution.faults) | {"cost": solution.cost}


def exercise_figures(exercise: Exercise, faults: Sequence[Fault]) -> dict[str, Any]:
    """Tell an exercise and its faults in plain values; bars and voices count from 1."""
    return {
        "mode": mode_name(exercise.mode),
        "species": list(exercise.species),
        "cantus": exercise.cantus + 1,
        "voices": [write_line(line, exercise.mode) for line in exercise.voices],
        "faults": [
            {
                "bar": fault.bar, "beat": fault.beat, "tick": fault.tick, "name": fault.name,
                "voices": [voice + 1 for voice in fault.voices], "heard": fault.heard,
                "rule": fault.rule.says, "hard": fault.is_hard,
            }
            for fault in faults
        ],
    }  # fmt: skip


def mode_name(mode: Key) -> str:
    """Name a mode as Fux's readers do.

    >>> mode_name(Key("A", "minor")), mode_name(Key("D", "dorian"))
    ('A aeolian', 'D dorian')
    """
    return f"{mode.tonic} { {'minor': 'aeolian', 'major': 'ionian'}.get(mode.mode, mode.mode) }"
