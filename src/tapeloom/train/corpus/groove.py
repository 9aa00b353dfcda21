"""The Groove MIDI Dataset: ten drummers on an electronic kit, played to a click.

J. Gillick et al., "Learning to Groove with Inverse Sequence Transformations", ICML 2019.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.midi import read_midi
from tapeloom.core.time import PPQ
from tapeloom.neural.humaniser import STYLES

DRUM_OF_KEY = {
    36: "kick", 38: "snare", 40: "snare", 37: "rim", 42: "closed_hat", 22: "closed_hat",
    46: "open_hat", 26: "open_hat", 44: "pedal_hat", 51: "ride", 53: "ride", 59: "ride",
    49: "crash", 52: "crash", 55: "crash", 57: "crash", 48: "high_tom", 50: "high_tom",
    45: "mid_tom", 47: "mid_tom", 43: "low_tom", 58: "low_tom",
}  # the kit's own keys (Roland TD-11), heads and rims, bows and edges together  # fmt: skip

MAX_INDEX_BYTES = 4_000_000
MAX_ROWS = 20_000
HELD_OUT_RESIDUES = 4  # of 20; the corpus-wide rule (residue 0) meets none of the 25 sessions

# How a beat may be written: parts of a beat, and what each must save to be chosen (see written).
GRIDS: tuple[tuple[int, float], ...] = ((4, 0.0), (3, 3.0), (6, 12.0), (8, 18.0))
SPREAD_MS = 30.0  # of a hit around its grid place
COLLISION = 6.0  # two hits of one drum on one place


@dataclass(frozen=True, slots=True)
class DrumHit:
    """One stroke, as played and as it would be written."""

    start: int  # ticks as played, from the beginning of the file
    written: int  # ticks of its place on the grid
    drum: str  # one of humaniser.DRUMS
    key: int  # the MIDI key it was sent on
    velocity: int  # 1..127

    def offset_ms(self, bpm: float) -> float:
        """Return how late (+) or early (-) it is at a tempo.

        >>> DrumHit(10164, 10080, "snare", 38, 90).offset_ms(100)
        5.0
        """
        return (self.start - self.written) * 60_000.0 / (bpm * PPQ)


@dataclass(frozen=True, slots=True)
class GrooveFile:
    """One performance of the index, with the hits of its MIDI file once read."""

    name: str  # "drummer1/session1/12"
    drummer: str
    session: str  # "drummer1/session1": the unit that is held out as a whole
    style: str  # one of humaniser.STYLES
    substyle: str  # "groove4", "fast"; empty where none is given
    bpm: float  # quarter notes a minute
    kind: str  # "beat" or "fill"
    meter: Meter
    split: str  # the data set's own: "train", "validation", "test"
    path: Path

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise InputError(f"{self.name}: the style {self.style!r} is none of the data set's")
        if self.kind not in ("beat", "fill"):
            raise InputError(f"{self.name}: {self.kind!r} is neither beat nor fill")
        if not 20 <= self.bpm <= 400:
            raise InputError(f"{self.name}: its tempo is {self.bpm}; it must lie within 20 to 400")

    @property
    def is_validation(self) -> bool:
        """Tell whether its session is held out."""
        return is_held_out(self.session)


def is_held_out(session: str) -> bool:
    """Tell whether a session is kept for validation.

    By the hash of `lead_sheet.is_validation`, but with residues below HELD_OUT_RESIDUES: residue
    0 alone would hold nothing out. Five sessions of four drummers are held out; drummer9 is heard
    nowhere else.

    >>> is_held_out("drummer9/session1"), is_held_out("drummer1/session1")
    (True, False)
    """
    residue = int(sha256(f"{session}#valid".encode()).hexdigest(), 16) % 20
    return residue < HELD_OUT_RESIDUES


def read_groove_index(folder: Path) -> tuple[GrooveFile, ...]:
    """Read info.csv: every performance whose MIDI file is there, in order of the index."""
    path = folder / "info.csv"
    try:
        if path.stat().st_size > MAX_INDEX_BYTES:
            raise InputError(f"{path.name} has over {MAX_INDEX_BYTES} bytes; that is no index")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{folder} holds no info.csv of the Groove set: {error}") from error
    if len(rows) > MAX_ROWS:
        raise InputError(f"{path.name} has over {MAX_ROWS} rows; that is no index")
    files = (_row(row, folder) for row in rows)
    return tuple(file for file in files if file.path.is_file())


def _row(row: dict[str, str], folder: Path) -> GrooveFile:
    try:
        style, _, substyle = row["style"].partition("/")
        midi = Path(row["midi_filename"])
        if midi.is_absolute() or ".." in midi.parts:
            raise InputError(f"info.csv names {midi}, which is outside its folder")
        return GrooveFile(
            row["id"],
            row["drummer"],
            row["session"],
            style,
            substyle,
            float(row["bpm"]),
            row["beat_type"],
            Meter.parse(row["time_signature"].replace("-", "/")),
            row["split"],
            folder / midi,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"info.csv has a row that is no performance: {error!r}") from error


def read_groove_hits(file: GrooveFile) -> tuple[DrumHit, ...]:
    """Read a performance's hits in order of their written place; the click is at tick 0."""
    score = read_midi(file.path)
    played = sorted(
        (note.start, note.pitch, note.velocity)
        for part in score.parts
        for note in part.notes
        if note.pitch in DRUM_OF_KEY
    )
    starts = [start for start, _, _ in played]
    drums = [DRUM_OF_KEY[key] for _, key, _ in played]
    hits = (
        DrumHit(start, place, DRUM_OF_KEY[key], key, velocity)
        for (start, key, velocity), place in zip(
            played, written(starts, drums, bpm=file.bpm), strict=True
        )
    )
    return tuple(sorted(hits, key=lambda hit: (hit.written, hit.start)))


def read_groove(folder: Path) -> Iterator[tuple[GrooveFile, tuple[DrumHit, ...]]]:
    """Read every performance that has hits."""
    for file in read_groove_index(folder):
        if hits := read_groove_hits(file):
            yield file, hits


def written(starts: Sequence[int], drums: Sequence[str], *, bpm: float) -> list[int]:
    """Return where each hit would be written: the nearest place of its beat's likeliest grid.

    starts  ticks as played, in order
    drums   each hit's drum
    bpm     quarter notes a minute

    Beat by beat the grid (sixteenths, triplets, sextuplets, thirty-seconds) is taken that costs
    least: squared distances over SPREAD_MS, the grid's own price and COLLISION for each pair of
    hits of one drum on one place.

    >>> written([0, 2600, 5000, 7500], ["snare"] * 4, bpm=90)
    [0, 2520, 5040, 7560]
    >>> written([0, 3350, 6700], ["snare"] * 3, bpm=90)
    [0, 3360, 6720]
    """
    if len(starts) != len(drums):
        raise InputError(f"{len(starts)} onsets, but {len(drums)} drums; there must be as many")
    if not bpm > 0:
        raise InputError(f"bpm is {bpm}; it must be over 0")
    spread = SPREAD_MS * bpm * PPQ / 60_000.0
    places: list[int] = []
    numbered = list(zip(starts, drums, strict=True))
    # What is nearer than a twelfth to the next beat belongs to it.
    for beat, group in groupby(numbered, key=lambda hit: (hit[0] + PPQ // 12) // PPQ):
        held = list(group)
        best, least = [start for start, _ in held], float("inf")
        for parts, price in GRIDS:
            grid = Fraction(PPQ, parts)
            at = [int(beat * PPQ + round((s - beat * PPQ) / grid) * grid) for s, _ in held]
            cost = price + sum(((s - a) / spread) ** 2 for (s, _), a in zip(held, at, strict=True))
            cost += COLLISION * (
                len(held) - len({(a, d) for (_, d), a in zip(held, at, strict=True)})
            )
            if cost < least:
                best, least = at, cost
        places += best
    return places
