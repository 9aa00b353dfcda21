"""The Weimar Jazz Database as CSV: transcribed solos with beats, chords and the bass under them.

Pfleiderer et al. (eds.), "Inside the Jazzomat", Schott Campus 2017. Every note names its bar, its
beat and its place among the beat's equal parts: that is where it is written.
"""

import csv
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.train.corpus.lead_sheet import chord_of_symbol

MAX_BYTES = 16_000_000
MAX_ROWS = 100_000
GRID = PPQ // 24  # to which lengths are rounded
# The database's suffix -> lead-sheet suffix, plainer ones behind.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "": ("",), "6": ("6",), "69": ("6/9",), "6911#": ("6/9",), "j7": ("maj7",), "j79": ("maj9",),
    "j7911#": ("maj9#11", "maj7#11"), "j79#11#": ("maj7#9#11", "maj7#11"),
    "-": ("m",), "-6": ("m6",), "-69": ("m6/9",), "-7": ("m7",), "-79": ("m9",),
    "-7911": ("m11",), "-7913": ("m13", "m9"), "-79b": ("m7",), "-j7": ("mMaj7",),
    "-j7913": ("mMaj7",), "-j7911#": ("mMaj7",), "m7b5": ("m7b5",), "o": ("dim",),
    "o7": ("dim7",), "+": ("aug",), "+7": ("7#5",), "+79": ("9#5", "7#5"),
    "+79#": ("7#5#9", "7#9"), "+7911#": ("9#5", "7#5"), "+j7": ("augMaj7",),
    "7": ("7",), "79": ("9",), "7911": ("11",), "7913": ("13",), "79b": ("7b9",),
    "79#": ("7#9",), "7911#": ("9#11", "7#11"), "7913b": ("9b13", "7b13"),
    "79b13": ("13b9", "7b9"), "79b13b": ("7b9b13", "7b9"), "79#13": ("13#9", "7#9"),
    "7alt": ("7alt", "7#9"), "sus": ("sus4",), "sus7": ("7sus4",), "sus79": ("9sus4",),
    "sus7913": ("13sus4",),
}  # fmt: skip


def parse_chord(text: str) -> Chord | None:
    """Read a chord of the database; None where there is none (`NC`) or none that is known.

    >>> str(parse_chord("Bb7913b/Ab")), str(parse_chord("D-7")), parse_chord("NC")
    ('Bb9b13/Ab', 'Dm7', None)
    """
    return chord_of_symbol(text, SUFFIXES)


def read_solo(melody: Path, beats: Path) -> tuple[str, Score]:
    """Read a solo's song key (its tune's name, joined) and its score: melody, bass and chords.

    Bars without a beat in the file are not there; the meter is the first one's, and solos in which
    it changes are refused.
    """
    name = melody.stem
    rows = _rows(beats)
    if not rows:
        raise InputError(f"wjazzd {name}: there is no beat")
    try:
        meter = Meter.parse(rows[0]["signature"].strip("'\""))
        starts, grid = _lay_out(rows, meter)
        bpm = 60.0 / median(_lengths(rows)) * meter.unit_ticks / PPQ
        notes = _solo(_rows(melody), grid, meter)
        bass = _bass(rows, starts, meter)
        spans = _chords(rows, starts, meter)
    except (KeyError, ValueError, ZeroDivisionError, TypeError) as error:
        if isinstance(error, InputError):
            raise InputError(f"wjazzd {name}: {error}") from error
        raise InputError(f"wjazzd {name}: a row is damaged: {error!r}") from error
    if len(notes) < 8:
        raise InputError(f"wjazzd {name}: it has {len(notes)} notes")
    parts = tuple(
        Part(role, role, notes=tuple(line)) for role, line in (("melody", notes), ("bass", bass))
        if line
    )  # fmt: skip
    score = Score(
        parts, tempo=TempoMap.constant(round(min(max(bpm, 20.0), 400.0), 2)),
        meters=((0, meter),), chords=spans,
    )  # fmt: skip
    return song_key(name), score


def song_key(stem: str) -> str:
    """Return the tune's name in a file's: solos over one tune are one song.

    >>> song_key("ArtPepper_BluesForBlanche_FINAL"), song_key("CharlieParker_Donna'sLee-2_FINAL")
    ('BluesForBlanche', "Donna'sLee")
    """
    words = stem.split("_")
    return re.sub(r"-\d+$", "", words[1] if len(words) > 1 else stem)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} has over {MAX_BYTES} bytes; that is no solo")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(itertools.islice(csv.DictReader(file), MAX_ROWS))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    return rows


def _lengths(rows: Sequence[Mapping[str, str]]) -> list[float]:
    onsets = [float(row["onset"]) for row in rows]
    return [b - a for a, b in itertools.pairwise(onsets) if b > a]


def _lay_out(
    rows: Sequence[Mapping[str, str]], meter: Meter
) -> tuple[list[int], dict[tuple[int, int], int]]:
    """Return each beat's tick, and the tick of each (bar, beat)."""
    if any(Meter.parse(row["signature"].strip("'\"")) != meter for row in rows):
        raise InputError("its meter changes")
    bars = {bar: i for i, bar in enumerate(dict.fromkeys(int(row["bar"]) for row in rows))}
    starts: list[int] = []
    grid: dict[tuple[int, int], int] = {}
    for row in rows:
        bar, beat = int(row["bar"]), int(row["beat"])
        if not 1 <= beat <= meter.numerator:
            raise InputError(f"bar {bar} has a beat {beat}")
        tick = bars[bar] * meter.bar_ticks + (beat - 1) * meter.unit_ticks
        if starts and tick <= starts[-1]:
            raise InputError(f"bar {bar} comes twice")
        starts.append(tick)
        grid[bar, beat] = tick
    return starts, grid


def _solo(
    rows: Sequence[Mapping[str, str]], grid: Mapping[tuple[int, int], int], meter: Meter
) -> list[Note]:
    """Return one voice: each note where it is written, as long as it sounded, up to the next."""
    placed: dict[int, tuple[int, int, float]] = {}
    loudness = [float(row.get("loud_max") or 0.0) for row in rows]
    order = sorted(loudness)
    for row, loud in zip(rows, loudness, strict=True):
        at = grid.get((int(row["bar"]), int(row["beat"])))
        parts, tatum = int(float(row["division"])), int(float(row["tatum"]))
        length = float(row["beat_duration"] or 0.0)
        if at is None or not 1 <= tatum <= parts or length <= 0:
            continue
        start = at + round((tatum - 1) * meter.unit_ticks / parts / GRID) * GRID
        ticks = round(float(row["duration"]) / length * meter.unit_ticks / GRID) * GRID
        placed.setdefault(start, (int(float(row["pitch"])), max(ticks, GRID), loud))
    notes = []
    starts = sorted(placed)
    for start, following in itertools.zip_longest(starts, starts[1:]):
        pitch, ticks, loud = placed[start]
        if following is not None:
            ticks = min(ticks, following - start)
        rank = order.index(loud) / max(len(order) - 1, 1)
        notes.append(Note(start, ticks, pitch, 50 + round(60 * rank)))
    return notes


def _bass(rows: Sequence[Mapping[str, str]], starts: Sequence[int], meter: Meter) -> list[Note]:
    notes = []
    for row, start in zip(rows, starts, strict=True):
        text = (row.get("bass") or "").strip()
        if text and 20 <= int(float(text)) <= 80:
            notes.append(Note(start, meter.unit_ticks, int(float(text))))
    return notes


def _chords(
    rows: Sequence[Mapping[str, str]], starts: Sequence[int], meter: Meter
) -> tuple[ChordSpan, ...]:
    spans: list[ChordSpan] = []
    for row, start in zip(rows, starts, strict=True):
        chord, end = parse_chord(row["chord"].strip()), start + meter.unit_ticks
        if chord is None:
            continue
        if spans and spans[-1].chord == chord and spans[-1].end == start:
            spans[-1] = ChordSpan(spans[-1].start, end, chord)
        else:
            spans.append(ChordSpan(start, end, chord))
    return tuple(spans)
