"""The OpenEWLD lead sheets: melody and chord symbols of public-domain tunes as compressed MusicXML.

Read by the standard library alone. A file is untrusted: its size is bounded and a document that
defines entities is refused.
"""

import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import MAX_NUMERATOR, Meter
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.keys import spell_key
from tapeloom.train.corpus.lead_sheet import LeadSheet

MAX_BYTES = 16_000_000  # of a file unpacked; the largest of the corpus has under 2 MB
# MusicXML kind -> lead-sheet suffix.
KINDS = {
    "major": "", "minor": "m", "dominant": "7", "major-seventh": "maj7", "minor-seventh": "m7",
    "diminished": "dim", "diminished-seventh": "dim7", "half-diminished": "m7b5",
    "augmented": "aug", "augmented-seventh": "7#5", "suspended-fourth": "sus4",
    "suspended-second": "sus2", "major-sixth": "6", "minor-sixth": "m6", "dominant-ninth": "9",
    "major-ninth": "maj9", "minor-ninth": "m9", "dominant-11th": "11", "minor-11th": "m11",
    "dominant-13th": "13", "major-13th": "maj13", "minor-13th": "m13", "minor-major": "mMaj7",
    "major-minor": "mMaj7", "augmented-ninth": "9#5", "power": "5", "maj69": "6/9",
}  # fmt: skip
# (suffix, altered degrees) -> suffix; other alterations are left out and named as a problem.
ALTERED = {
    ("7", "b9"): "7b9", ("7", "#9"): "7#9", ("7", "b5"): "7b5", ("7", "#5"): "7#5",
    ("7", "#11"): "7#11", ("m7", "b5"): "m7b5", ("m", "9"): "madd9", ("", "9"): "add9",
    ("m", "7"): "m7", ("dim", "7"): "dim7", ("maj7", "#11"): "maj7#11", ("9", "b5"): "9b5",
    ("6", "9"): "6/9", ("m6", "9"): "m6/9", ("9", "#11"): "9#11", ("7#5", "b9"): "7#5b9",
    ("7sus4", "b9"): "7b9sus4", ("sus4", "7"): "7sus4", ("sus4", "9"): "9sus4",
    ("7sus4", "9"): "9sus4", ("", "#5"): "aug", ("9", "b9"): "7b9",
}  # fmt: skip
PLAINER = {"9#5": "7#5", "7b5": "7#11", "9b5": "9", "7#5b9": "7b9", "9#11": "7#11",
           "7b9sus4": "7sus4"}  # fmt: skip
_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


@dataclass(slots=True)
class _Page:
    """What has been read of a part so far."""

    tick: int = 0
    meter: Meter = Meter()
    divisions: int = 1  # of a quarter note
    notes: list[Note] = field(default_factory=list)
    chords: list[tuple[int, Chord]] = field(default_factory=list)
    meters: list[tuple[int, Meter]] = field(default_factory=list)
    fifths: int | None = None
    problems: list[str] = field(default_factory=list)


def read_openewld(path: Path) -> LeadSheet:
    """Read one .mxl or .musicxml lead sheet: melody, chords, key and meter, repeats not played.

    The key's mode is judged by the last and the first chord, since the files call all keys major.
    """
    root = _document(path)
    parts = root.findall("part")
    if root.tag != "score-partwise" or not parts:
        raise InputError(f"{path.name} is no partwise MusicXML score")
    page = _Page()
    try:
        for measure in parts[0].findall("measure"):
            _read_measure(measure, page)
    except (ValueError, ArithmeticError, AttributeError) as error:
        raise InputError(f"{path.name} is damaged: {error}") from error
    end = page.tick
    if not page.notes or end == 0:
        raise InputError(f"{path.name} holds no melody")
    meters = page.meters if page.meters and page.meters[0][0] == 0 else [(0, Meter()), *page.meters]
    spans = _spans(page.chords, end)
    key = _key(page.fifths, spans, page.problems)
    score = Score(
        (Part("melody", "melody", notes=tuple(page.notes)),),
        meters=tuple(dict(meters).items()),
        keys=((0, key),),
        chords=spans,
    )
    title = root.findtext("work/work-title") or root.findtext("movement-title") or path.stem
    names = [c.text or "" for c in root.findall("identification/creator")]
    return LeadSheet(title.strip(), ", ".join(filter(None, names)), None, score,
                     tuple(page.problems))  # fmt: skip


def read_openewld_folder(folder: Path) -> Iterator[LeadSheet]:
    """Read every .mxl below a folder in order of path."""
    for path in sorted(folder.rglob("*.mxl")):
        yield read_openewld(path)


def _document(path: Path) -> ET.Element:
    """Return the root of a MusicXML document, packed or plain."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                inside = [i for i in archive.infolist() if not i.filename.startswith("META-INF")]
                scores = [i for i in inside if i.filename.endswith((".xml", ".musicxml"))]
                if not scores:
                    raise InputError(f"{path.name} holds no MusicXML document")
                with archive.open(scores[0]) as file:
                    data = file.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as plain:
                data = plain.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise InputError(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB unpacked")
        if b"<!ENTITY" in data or b"\x00" in data:
            raise InputError(f"{path.name} defines entities or is no UTF-8; such files are refused")
        return ET.fromstring(data)  # nosec B314  # noqa: S314  (entities are refused above)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    except ET.ParseError as error:
        raise InputError(f"{path.name} is no XML: {error}") from error


def _ticks(text: str | None, divisions: int) -> int:
    return round(Fraction(text or "0") * PPQ / divisions)


def _read_measure(measure: ET.Element, page: _Page) -> None:
    start = page.tick
    reach = page.tick
    for item in measure:
        if item.tag == "attributes":
            page.divisions = int(item.findtext("divisions") or page.divisions)
            fifths = item.findtext("key/fifths")
            if fifths is not None and page.fifths is None:
                page.fifths = int(fifths)
            if item.find("time") is not None:
                beats, kind = item.findtext("time/beats"), item.findtext("time/beat-type")
                page.meter = Meter.parse(f"{beats}/{kind}")
        elif item.tag == "harmony":
            offset = _ticks(item.findtext("offset"), page.divisions)
            chord = _read_chord(item, page.problems)
            if chord is not None:
                page.chords.append((max(page.tick + offset, 0), chord))
        elif item.tag in ("backup", "forward"):
            step = _ticks(item.findtext("duration"), page.divisions)
            page.tick += step if item.tag == "forward" else -step
        elif item.tag == "note" and item.find("grace") is None:
            _read_note(item, page)
        reach = max(reach, page.tick)
    page.tick = reach
    meter = _meter_of(reach - start, page.meter)
    if reach > start and (not page.meters or page.meters[-1][1] != meter):
        page.meters.append((start, meter))


def _meter_of(length: int, meter: Meter) -> Meter:
    """Return the meter of a measure by its length: an upbeat is a short bar of its own."""
    if length in (0, meter.bar_ticks):
        return meter
    for denominator in (meter.denominator, 8, 16, 32):
        unit = 4 * PPQ // denominator
        if length % unit == 0 and 1 <= length // unit <= MAX_NUMERATOR:
            return Meter(length // unit, denominator)
    return meter


def _read_note(item: ET.Element, page: _Page) -> None:
    length = _ticks(item.findtext("duration"), page.divisions)
    if item.find("chord") is not None:
        return  # the melody is the first note of the stack
    step = item.findtext("pitch/step")
    if step is not None and length > 0:
        octave = int(item.findtext("pitch/octave") or 4)
        alter = int(Fraction(item.findtext("pitch/alter") or 0))
        pitch = 12 * (octave + 1) + {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[step]
        ties = {tie.get("type") for tie in item.findall("tie")}
        last = page.notes[-1] if page.notes else None
        if last and "stop" in ties and last.pitch == pitch + alter and last.end == page.tick:
            page.notes[-1] = Note(last.start, last.duration + length, last.pitch)
        else:
            page.notes.append(Note(page.tick, length, pitch + alter))
    page.tick += length


def _read_chord(item: ET.Element, problems: list[str]) -> Chord | None:
    def name(path: str) -> str:
        alter = int(Fraction(item.findtext(f"{path}-alter") or 0))
        return f"{item.findtext(f'{path}-step')}{_SIGNS.get(alter, '')}"

    kind = item.findtext("kind") or ""
    if kind not in KINDS or item.find("root") is None:
        problems.append(f"a chord of the kind {kind!r} was left out")
        return None
    suffix = KINDS[kind]
    for degree in item.findall("degree"):
        sign = _SIGNS.get(int(degree.findtext("degree-alter") or 0), "")
        altered = ALTERED.get((suffix, sign + (degree.findtext("degree-value") or "")))
        if altered is None:
            value = degree.findtext("degree-value")
            problems.append(f"the {sign}{value} of a chord of the kind {kind!r} was left out")
        else:
            suffix = altered
    slash = f"/{name('bass/bass')}" if item.find("bass") is not None else ""
    for text in (suffix, PLAINER.get(suffix, suffix)):
        try:
            return Chord.parse(f"{name('root/root')}{text}{slash}")
        except InputError:
            continue  # a quality that the vocabulary lacks; the plainer one follows
    problems.append(f"{name('root/root')}{suffix}{slash} is no chord that is known")
    return None


def _spans(chords: list[tuple[int, Chord]], end: int) -> tuple[ChordSpan, ...]:
    """Let each chord hold until the next; of several on one tick the last counts."""
    placed = sorted(dict(chords).items(), key=lambda row: row[0])
    spans: list[ChordSpan] = []
    for i, (start, chord) in enumerate(placed):
        stop = placed[i + 1][0] if i + 1 < len(placed) else end
        if spans and spans[-1].chord == chord and spans[-1].end == start:
            spans[-1] = ChordSpan(spans[-1].start, max(stop, start + 1), chord)
        elif start < stop:
            spans.append(ChordSpan(start, stop, chord))
    return tuple(spans)


def _key(fifths: int | None, spans: tuple[ChordSpan, ...], problems: list[str]) -> Key:
    major = 7 * (fifths or 0) % 12
    minor = (major + 9) % 12
    if fifths is None:
        problems.append("no key signature; none is taken for C major or A minor")
    ends = [spans[-1], spans[0]] if spans else []
    for span in ends:
        if span.chord.root == major:
            return spell_key(major, "major")
        if span.chord.root == minor and 3 in span.chord.intervals:
            return spell_key(minor, "minor")
    if spans:
        problems.append("neither the first nor the last chord stands on the signature's tonics")
    return spell_key(major, "major")
