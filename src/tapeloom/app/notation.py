"""Scores engraved: MusicXML for notation programs, as a full score or condensed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.musicxml import SUFFIXES, Staff, write_musicxml
from tapeloom.core.score import Part, Score
from tapeloom.theory.chart import chord_text
from tapeloom.theory.instruments import KNOWN, Instrument

# Families from the top of a score to its bottom; a bass and the drums stand under all.
_ORDER = ("flute", "reed", "brass", "mallet", "voice", "plucked", "synth", "keyboard", "bowed")
_GROUPS = {"flute": "winds", "reed": "winds", "brass": "brass", "bowed": "strings",
           "voice": "choir"}  # fmt: skip
_SHORT = {
    "violin": "Vln.", "violins": "Vln.", "viola": "Vla.", "violas": "Vla.", "cello": "Vc.",
    "cellos": "Vc.", "solo_cello": "Vc.", "double_bass": "Db.", "double_basses": "Db.",
    "flute": "Fl.", "piccolo": "Picc.", "oboe": "Ob.", "english_horn": "E. H.", "clarinet": "Cl.",
    "bass_clarinet": "B. Cl.", "bassoon": "Bsn.", "horn": "Hn.", "trumpet": "Tpt.",
    "muted_trumpet": "Tpt.", "trombone": "Tbn.", "tuba": "Tba.", "soprano_sax": "S. Sax.",
    "alto_sax": "A. Sax.", "tenor_sax": "T. Sax.", "baritone_sax": "B. Sax.", "harp": "Hp.",
    "soprano_voice": "S.", "alto_voice": "A.", "tenor_voice": "T.", "bass_voice": "B.",
    "vibraphone": "Vib.", "upright_bass": "Bass", "electric_bass": "Bass", "jazz_guitar": "Gtr.",
    "nylon_guitar": "Gtr.", "electric_piano": "E. P.", "grand_piano": "Pno.",
    "upright_piano": "Pno.", "felt_piano": "Pno.",
}  # fmt: skip
_PITCHED_IN = {-2: "Bb", -3: "A", -5: "G", -7: "F", -9: "Eb", -14: "Bb", -21: "Eb"}


def save_notation(
    path: Path, score: Score, *, condensed: bool = False, key: Key | None = None, title: str = "",
    composer: str = "",
) -> None:  # fmt: skip
    """Write a score for notation programs: `.musicxml`, or `.mxl` compressed.

    condensed  the tune, all the rest on two staves, and the drums, instead of a staff or two for
               each player
    key        the score's where it states none, for the spelling

    The lengths of notes are made readable (`compose.paper`); transposing instruments are written
    as their players read.
    """
    from tapeloom.compose.paper import condense, tidy

    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path} is no name for notation; end it in {', '.join(SUFFIXES)}")
    shown = condense(score) if condensed else replace(score, parts=score_order(score.parts))
    write_spelled(path, tidy(shown), key=key, title=title, composer=composer)


def write_spelled(
    path: Path, score: Score, *, key: Key | None = None, title: str = "", composer: str = ""
) -> None:
    """Write MusicXML with notes and chords spelled in the key and by what they do."""
    from tapeloom.theory.events import Events
    from tapeloom.theory.spelling import spell

    keys = score.keys or ((0, key or Key("C", "major")),)
    # All parts together: what one of them plays says how another is to be read.
    pitched = [i for i, part in enumerate(score.parts) if part.role != "drums"]
    rows = sorted(
        (note.start, note.pitch, i, j, note.end)
        for i in pitched for j, note in enumerate(score.parts[i].notes)
    )  # fmt: skip
    onset, pitch, part, _, end = np.array(rows, np.int64).reshape(-1, 5).T
    spelled = spell(Events.from_columns(onset, end, pitch, part), keys=keys, chords=score.chords)
    places = [[0] * len(part.notes) for part in score.parts]
    for (_, _, i, j, _), place in zip(rows, spelled.tolist(), strict=True):
        places[i][j] = place
    after = [*score.chords[1:], None][: len(score.chords)]
    symbols = [
        chord_text(span.chord, _key_at(keys, span.start), following=next_.chord if next_ else None)
        for span, next_ in zip(score.chords, after, strict=True)
    ]
    write_musicxml(
        path, score, places=places, symbols=symbols, staves=staves_for(score.parts), title=title,
        composer=composer,
    )  # fmt: skip


def _key_at(keys: Sequence[tuple[int, Key]], tick: int) -> Key:
    return next((key for at, key in reversed(keys) if at <= tick), keys[0][1])


def score_order(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts from the top of a page to its bottom: winds, brass, keys, strings, rhythm."""

    def place(part: Part) -> int:
        if part.role == "drums":
            return len(_ORDER) + 1
        known = KNOWN.get(part.instrument)
        if known is None:
            return _ORDER.index("synth") if part.role != "melody" else 0
        # A plucked or a synthetic bass stands under the band, a bowed one among the strings.
        if part.role == "bass" and known.family in ("plucked", "synth"):
            return len(_ORDER)
        return _ORDER.index(known.family)

    return tuple(sorted(parts, key=place))


def staves_for(parts: Sequence[Part]) -> tuple[Staff, ...]:
    """Return how each part is written: its name, clefs and transposition."""
    names = Counter(part.instrument for part in parts)
    seen: Counter[str] = Counter()
    staves = []
    for part in parts:
        known = KNOWN.get(part.instrument)
        if known is None or part.role == "drums":
            title = "Drums" if part.name in ("drums", "Drums") else part.name.capitalize()
            staves.append(Staff(title, clefs=("percussion",) if part.role == "drums" else ()))
            continue
        seen[part.instrument] += 1
        number = f" {seen[part.instrument]}" if names[part.instrument] > 1 else ""
        title = f"{_titled(known)}{number}" if part.name != "Reduction" else "Reduction"
        short = f"{_SHORT.get(known.name, known.title[:4] + '.')}{number}"
        staves.append(
            Staff(title, short, _clefs(part, known), _transposition(known),
                  _GROUPS.get(known.family, ""))
        )  # fmt: skip
    return tuple(staves)


def _titled(known: Instrument) -> str:
    pitch = _PITCHED_IN.get(known.transposition)
    return known.title if pitch is None or " in " in known.title else f"{known.title} in {pitch}"


def _clefs(part: Part, known: Instrument) -> tuple[str, ...]:
    if known.clef != "grand":
        return (known.clef,)
    if part.notes and part.role == "melody" and min(note.pitch for note in part.notes) >= 55:
        return ("treble",)
    return ("treble", "bass")


def _transposition(known: Instrument) -> tuple[int, int]:
    """Return steps and semitones from written to sounding; a clef with an 8 says its octaves."""
    if known.clef.endswith(("8vb", "8va", "15ma")):
        return 0, 0
    return round(known.transposition * 7 / 12), known.transposition
