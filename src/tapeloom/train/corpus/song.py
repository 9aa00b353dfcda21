"""Every data set as one kind of song: what models learn from, whatever file it came in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from tapeloom.core.errors import InputError
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.tokens import STYLES
from tapeloom.train.chord_extraction import with_chords
from tapeloom.train.corpus.groove import DrumHit, GrooveFile, is_held_out, read_groove
from tapeloom.train.corpus.irb import read_irb
from tapeloom.train.corpus.lead_sheet import LeadSheet, is_validation
from tapeloom.train.corpus.openewld import read_openewld
from tapeloom.train.corpus.pop909_roles import read_pop909_song
from tapeloom.train.corpus.wjazzd import read_solo

Report = Callable[[str], None]
HIT_TICKS = PPQ // 4  # a drum's note: as long as a sixteenth


@dataclass(frozen=True, slots=True)
class Song:
    """A song of a data set.

    The key is the song's, never a file's, a window's or a transposition's: whatever bears the same
    key stays on the same side of the split.
    """

    source: str  # one of SOURCES
    key: str
    score: Score
    style: str = "any"  # one of neural.tokens.STYLES
    validation: bool = False  # whether it is kept for validation
    tempo_known: bool = True  # whether its tempo is the music's, not a file's nominal one

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise InputError(f"{self.key}: {self.style!r} is no style of the vocabulary")


def read_songs(
    folder: Path, *, sources: tuple[str, ...] = (), report: Report | None = None
) -> Iterator[Song]:
    """Read every song of the data sets below a folder, one at a time, in a fixed order.

    A song that comes without chords has those that are heard in it (train.chord_extraction).

    folder   holds a folder for each set, named like it: `pop909/POP909/001/001.mid`
    sources  which sets are read; () is every one that is there
    report   is told of each file that cannot be read
    """
    wanted = sources or tuple(name for name in SOURCES if (folder / name).is_dir())
    for name in wanted:
        if name not in SOURCES:
            raise InputError(f"{name!r} is no data set; choose among {', '.join(SOURCES)}")
        if not (folder / name).is_dir():
            raise InputError(f"{folder} holds no {name}; unpack {name}.tar.xz into a folder {name}")
    if not wanted:
        raise InputError(f"{folder} holds none of the data sets {', '.join(SOURCES)}")
    for name in wanted:
        for song in SOURCES[name](folder, report or (lambda text: None)):
            yield song if song.score.chords else replace(song, score=with_chords(song.score))


def _pop909(folder: Path, report: Report) -> Iterator[Song]:
    for path in sorted((folder / "pop909").glob("*/*/[0-9][0-9][0-9].mid")):
        number = path.stem
        quantised = next((folder / "pop909cl").glob(f"*/{number}.mid"), None)
        try:
            if quantised is None:
                raise InputError(f"pop909 {number}: pop909cl has no such song")
            score = read_pop909_song(path, quantised)
        except InputError as error:
            report(str(error))
            continue
        yield Song("pop909", number, score, "pop", is_validation(number))


def _groove(folder: Path, report: Report) -> Iterator[Song]:
    for place in sorted((folder / "groove").glob("*/info.csv")):
        for file, hits in read_groove(place.parent):
            yield Song(
                "groove", file.session, drum_score(file, hits), file.style,
                is_held_out(file.session),
            )  # fmt: skip


def drum_score(file: GrooveFile, hits: tuple[DrumHit, ...]) -> Score:
    """Return a drummer's performance as it would be written, a drum once a place."""
    loudest: dict[tuple[int, int], int] = {}
    for hit in hits:
        at = hit.written, KEY_OF_DRUM[hit.drum]
        loudest[at] = max(loudest.get(at, 0), hit.velocity)
    notes = tuple(Note(start, HIT_TICKS, key, v) for (start, key), v in sorted(loudest.items()))
    return Score(
        (Part("drums", "drums", notes=notes, style=file.style),),
        tempo=TempoMap.constant(file.bpm), meters=((0, file.meter),),
    )  # fmt: skip


KEY_OF_DRUM = {
    "kick": 36, "snare": 38, "rim": 37, "closed_hat": 42, "open_hat": 46, "pedal_hat": 44,
    "ride": 51, "crash": 49, "high_tom": 50, "mid_tom": 47, "low_tom": 43,
}  # General MIDI's  # fmt: skip


def _wjazzd(folder: Path, report: Report) -> Iterator[Song]:
    for path in sorted((folder / "wjazzd").glob("mcsv_melody/*.csv")):
        try:
            key, score = read_solo(path, _beats_of(path))
        except InputError as error:
            report(str(error))
            continue
        yield Song("wjazzd", key, score, "jazz", is_validation(key))


def _beats_of(melody: Path) -> Path:
    return melody.parent.parent / "mcsv_beat" / f"{melody.stem}_beattrack.csv"


def _sheets(
    paths: list[Path], read: Callable[[Path], LeadSheet], source: str, style: str, report: Report
) -> Iterator[Song]:
    for path in paths:
        try:
            sheet = read(path)
        except InputError as error:
            report(str(error))
            continue
        score = replace(sheet.score, sections=())
        title = sheet.title
        yield Song(source, title, score, style, is_validation(title), tempo_known=False)


def _openewld(folder: Path, report: Report) -> Iterator[Song]:
    paths = sorted((folder / "openewld").rglob("*.mxl"))
    return _sheets(paths, read_openewld, "openewld", "any", report)


def _irb(folder: Path, report: Report) -> Iterator[Song]:
    paths = sorted((folder / "irb").glob("*/*.json"))
    return _sheets(paths, read_irb, "irb", "jazz", report)


Reader = Callable[[Path, Report], Iterator[Song]]
SOURCES: Mapping[str, Reader] = MappingProxyType({
    "pop909": _pop909, "groove": _groove, "wjazzd": _wjazzd, "openewld": _openewld, "irb": _irb,
})  # fmt: skip
