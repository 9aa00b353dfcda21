"""What stands over and under the notes of a MusicXML part: tempo, chords, sections, dynamics."""

import itertools
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Sequence

from tapeloom.core.chord_xml import write_harmony
from tapeloom.core.musicxml_paper import DYNAMIC, LEVELS, Paper, add
from tapeloom.core.musicxml_staves import transpose_symbol
from tapeloom.core.score import Part, Score

Signs = list[tuple[int, ET.Element]]  # each with its tick
_PASSAGE = 8  # bars for which a level holds where no sections are known
_DEADBAND = 7  # of velocity that a mean must leave its level by


def tempo_signs(score: Score) -> Signs:
    """Make the metronome marks.

    >>> (tick, mark), = tempo_signs(Score(()))
    >>> tick, mark.find("sound").get("tempo") is not None
    (0, True)
    """
    signs: Signs = []
    for tick, bpm in score.tempo.changes:
        direction = ET.Element("direction", {"placement": "above"})
        metronome = add(add(direction, "direction-type"), "metronome")
        add(metronome, "beat-unit", "quarter")
        add(metronome, "per-minute", f"{float(bpm):g}")
        add(direction, "sound", tempo=f"{float(bpm):.6f}".rstrip("0").rstrip("."))
        signs.append((tick, direction))
    return signs


def section_signs(score: Score) -> Signs:
    """Make a rehearsal mark of each section's name.

    >>> from tapeloom.core.score import Section
    >>> signs = section_signs(Score((), sections=(Section("bridge", 8, 16),)))
    >>> [(tick, sign.findtext("direction-type/rehearsal")) for tick, sign in signs]
    [(8, 'bridge')]
    """
    signs: Signs = []
    for section in score.sections:
        direction = ET.Element("direction", {"placement": "above"})
        add(add(direction, "direction-type"), "rehearsal", section.name)
        signs.append((section.start, direction))
    return signs


def chord_signs(
    score: Score, paper: Paper, symbols: Sequence[str], *, semitones: int = 0, fifths: int = 0
) -> Signs:
    """Make the chord symbols, as a player reads them whose notes are written elsewhere.

    semitones, fifths  how far what is written lies above what sounds

    >>> from tapeloom.core.harmony import Chord
    >>> from tapeloom.core.meter import Meter
    >>> from tapeloom.core.score import ChordSpan
    >>> score = Score((), chords=(ChordSpan(0, 8, Chord.parse("Bb7")),))
    >>> (tick, sign), = chord_signs(score, Paper(((0, 8, Meter()),), 1, ()), (), semitones=2,
    ...                             fifths=2)
    >>> sign.findtext("root/root-step"), sign.findtext("kind")
    ('C', 'dominant')
    """
    signs: Signs = []
    for i, span in enumerate(score.chords):
        at = bisect_right(paper.keys, span.start, key=lambda change: change[0]) - 1
        key = paper.keys[max(at, 0)][1] if score.keys else None
        symbol = symbols[i] if symbols else span.chord.symbol(key)
        chord = span.chord.transpose(semitones)
        signs.append((span.start, write_harmony(chord, transpose_symbol(symbol, fifths))))
        after = score.chords[i + 1].start if i + 1 < len(score.chords) else paper.bars[-1][1]
        if span.end < after:
            signs.append((span.end, _silence()))
    return signs


def _silence() -> ET.Element:
    """Make the harmony element `N.C.`."""
    harmony = ET.Element("harmony", {"print-frame": "no"})
    add(add(harmony, "root"), "root-step", "C").set("text", "")
    add(harmony, "kind", "none").set("text", "N.C.")
    return harmony


def level_signs(part: Part, score: Score, paper: Paper) -> Signs:
    """Make the dynamics: the level of each section's louder notes, where it is another one.

    >>> from tapeloom.core.score import Note, Section
    >>> loud = Part("lead", "melody", notes=(Note(0, 4, 60, 54), Note(8, 4, 60, 93)))
    >>> sections = (Section("A", 0, 8), Section("B", 8, 16))
    >>> [(tick, sign.find("direction-type/dynamics")[0].tag)
    ...  for tick, sign in level_signs(loud, Score((loud,), sections=sections), Paper((), 1, ()))]
    [(0, 'p'), (8, 'f')]
    """
    edges = [section.start for section in score.sections]
    edges = edges or [start for start, _, _ in paper.bars[::_PASSAGE]]
    signs: Signs = []
    level = ""
    notes = sorted(part.notes)
    for edge, group in itertools.groupby(
        notes, key=lambda note: edges[max(bisect_right(edges, note.start) - 1, 0)]
    ):
        played = list(group)
        loud = sorted(note.velocity for note in played)[len(played) // 2 :]  # no ghost notes
        mean = sum(loud) / len(loud)
        found = min(LEVELS, key=lambda name: abs(LEVELS[name] - mean))
        if level and abs(mean - LEVELS[level]) < _DEADBAND:
            continue
        if found != level:
            direction = ET.Element("direction", {"placement": "below"})
            add(add(add(direction, "direction-type"), "dynamics"), found)
            percent = f"{float(LEVELS[found] / DYNAMIC):.2f}"
            add(direction, "sound", dynamics=percent)
            signs.append((max(played[0].start, edge), direction))
            level = found
    return signs
