"""Engrave the pictures of docs/fugue.md: a fugue, and two species exercises.

    python docs/make_engravings.py

Needs verovio and cairosvg (extra `dev`). Scores go through MusicXML, music21 adds beams and
accidentals as they are printed, verovio engraves, cairosvg makes the PNG.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import cairosvg
import music21
import numpy as np
import verovio

from tapeloom.app.fugues import fugue_score
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.musicxml import write_musicxml
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.counterpoint.cantus import FUX
from tapeloom.theory.counterpoint.solve import solve
from tapeloom.theory.events import Events
from tapeloom.theory.fugue.bach import EXAMPLES
from tapeloom.theory.fugue.writing import Fugue, compose_fugue
from tapeloom.theory.spelling import spell

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH = 1500  # pixels
SEED, VOICES = 4, 3
SPECIES = {"species-first": 1, "species-fifth": 5}
SHORT = {"subject": "S", "answer": "A", "countersubject": "CS", "stretto": "S, stretto"}


def labels(fugue: Fugue, part: int) -> list[tuple[int, str]]:
    """Return what stands over a part: tick and label."""
    found = []
    for span in fugue.spans:
        if span.voice == part or (span.voice < 0 and part == len(fugue.lines) - 1):
            key = f" ({span.key})" if span.kind in ("subject", "answer") else ""
            found.append((span.start, SHORT.get(span.kind, span.kind) + key))
    return found


def engrave(
    score: Score, name: str, *, texts: Sequence[Sequence[tuple[int, str]]] = (),
    keys: Sequence[tuple[int, Key]] = (), pages: int = 1, scale: int = 36,
) -> None:  # fmt: skip
    """Engrave a score as docs/images/NAME.png (NAME-2.png ... where it has more pages)."""
    spelled = [
        spell(Events.from_notes(part.notes), keys=keys or score.keys).tolist()
        for part in score.parts
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "score.musicxml"
        write_musicxml(path, score, places=spelled)
        music = music21.converter.parse(path)
        for part, told in zip(music.parts, texts or [()] * len(music.parts), strict=True):
            for kind in (music21.tempo.MetronomeMark, music21.dynamics.Dynamic):
                for mark in part.recurse().getElementsByClass(kind):
                    mark.activeSite.remove(mark)
            for tick, text in told:
                words = music21.expressions.TextExpression(text)
                words.placement = "above"
                part.measure(1 + tick // score.meters[0][1].bar_ticks).insert(
                    tick % score.meters[0][1].bar_ticks / PPQ, words
                )
        for part in music.parts:
            part.makeAccidentals(inPlace=True, overrideStatus=True)
            for instrument in part.recurse().getElementsByClass(music21.instrument.Instrument):
                instrument.partAbbreviation = instrument.instrumentAbbreviation = ""
        music.makeNotation(inPlace=True)
        engraved = music.write("musicxml", Path(folder) / "engraved.musicxml")
        kit = verovio.toolkit()
        kit.setOptions({
            "pageWidth": 2300, "pageHeight": 3100, "scale": scale, "adjustPageHeight": True,
            "footer": "none", "header": "none", "svgViewBox": True, "spacingStaff": 9,
        })  # fmt: skip
        kit.loadFile(str(engraved))
        for page in range(1, min(kit.getPageCount(), pages) + 1):
            svg = re.sub(r'font-family="[^"]*Leipzig[^"]*"', 'font-family="Leipzig"',
                         kit.renderToSVG(page))  # fmt: skip
            end = f"-{page}" if page > 1 else ""
            cairosvg.svg2png(svg.encode(), write_to=str(IMAGES / f"{name}{end}.png"),
                             output_width=WIDTH, background_color="white")  # fmt: skip


def fugue() -> Fugue:
    """Make the fugue of the page, on the subject in C minor of the Well-Tempered Clavier."""
    subject, _ = EXAMPLES[1].read()
    return compose_fugue(subject, voices=VOICES, rng=np.random.default_rng(SEED))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    made = fugue()
    score = fugue_score(made, instrument="")
    told = [labels(made, voice) for voice in reversed(range(len(made.lines)))]
    engrave(score, "fugue", texts=told, keys=made.keys, pages=2)
    for name, species in SPECIES.items():
        engrave(exercise(species), name, scale=35)


def exercise(species: int) -> Score:
    """Solve a counterpoint above Fux's cantus firmus in D."""
    cantus, counterpoint = solve(FUX["dorian"], species=species)[0].exercise.voices
    parts = tuple(
        Part(name, "melody", "", notes, 73)
        for name, notes in (("Counterpoint", counterpoint), ("Cantus firmus", cantus))
    )
    return Score(parts, TempoMap.constant(120), ((0, Meter()),), ((0, Key("D", "dorian")),))


if __name__ == "__main__":
    main()
