"""A user's own MIDI files as songs to learn from; what cannot be read is told and left out."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.core.midi import read_midi
from tapeloom.core.score import Score
from tapeloom.neural.tokens import STYLES
from tapeloom.train.chord_extraction import with_chords
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.corpus.song import Song

ENDINGS = (".mid", ".midi")
MAX_FILES = 2000
MAX_NOTES = 60_000  # of one file: longer ones are no songs
SHARE = 0.2  # of the songs that are kept for validation, one at least
FEWEST = 2
SOURCE = "own"


@dataclass(frozen=True, slots=True)
class OwnSongs:
    """Songs on both sides of a split."""

    taught: tuple[Song, ...]
    kept: tuple[Song, ...]  # for validation


def read_own(folder: Path, *, style: str = "any", report: Callable[[str], None]) -> OwnSongs:
    """Read every MIDI file below a folder, and keep about one song in five for validation.

    style  of all of them, one of neural.tokens.STYLES
    A melody that comes twice is one song; which are kept hangs on the files' names alone.
    """
    if style not in STYLES:
        raise InputError(f"{style!r} is no style; choose one of {', '.join(STYLES)}")
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give one that holds MIDI files")
    paths = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file()
    )
    if not paths:
        raise InputError(f"{folder} holds no MIDI file, .mid or .midi")
    if len(paths) > MAX_FILES:
        raise InputError(f"{folder} holds {len(paths)} MIDI files; at most {MAX_FILES} are read")
    read: list[Song] = []
    for path in paths:
        name = str(path.relative_to(folder))
        try:
            read.append(Song(SOURCE, name, with_chords(_read(path)), style))
        except InputError as error:
            report(f"left out: {error}")
    cleaning = CleaningReport()
    songs = list(clean(read, cleaning))
    for _, name, why in cleaning.dropped:
        report(f"left out: {name}: {why}")
    if len(songs) < FEWEST:
        raise InputError(
            f"{folder} holds {len(songs)} songs that can be learned from; give {FEWEST} or more"
        )
    order = sorted(songs, key=lambda song: sha256(f"{song.key}#valid".encode()).digest())
    count = max(round(SHARE * len(songs)), 1)
    return OwnSongs(tuple(order[count:]), tuple(order[:count]))


def _read(path: Path) -> Score:
    score = read_midi(path)
    count = sum(len(part.notes) for part in score.parts)
    if count > MAX_NOTES:
        raise InputError(f"{path.name} has {count} notes; a song has at most {MAX_NOTES}")
    return score
