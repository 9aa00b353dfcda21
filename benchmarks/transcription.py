"""Twenty scores arranged for every band: what players refuse, what of the tune is lost, seconds.

    python benchmarks/transcription.py [--count 20] [--seed 1]

The scores are composed from briefs of different moods, meters and lengths; one in four is reduced
to a lead sheet (tune and chords), one in four to a piano part, one in four to a loop.
"""

import argparse
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from tapeloom.app.composing import compose_brief
from tapeloom.compose.material import material_of
from tapeloom.compose.transcription import transcribe
from tapeloom.core.brief import Brief
from tapeloom.core.score import Note, Part, Score
from tapeloom.theory.orchestration import ENSEMBLES, check_playability

WORDS = ("rain at night", "sunny morning", "dark city", "sleep", "playful waltz in 3/4",
         "jazz cafe", "winter 6/8", "nostalgic", "romantic", "focused study")  # fmt: skip


def varied_score(number: int) -> Score:
    """Compose a score, and reduce it as its number says."""
    words = WORDS[number % len(WORDS)]
    score = compose_brief(Brief(words, bars=24 if number % 4 else 32, seed=number))
    match number % 4:
        case 1:  # a lead sheet
            return replace(score, parts=(score.part("melody"),))
        case 2:  # all of it on one piano
            notes = tuple(n for part in score.parts if part.role != "drums" for n in part.notes)
            return replace(score, parts=(Part("piano", "keys", "upright_piano", _struck(notes)),))
        case 3:  # a loop
            section = next(each for each in score.sections if "melody" in each.roles)
            return _cut(score, section.start, section.end)
    return score


def _struck(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    return tuple({(note.start, note.pitch): note for note in notes}.values())


def _cut(score: Score, start: int, end: int) -> Score:
    parts = tuple(
        replace(part, marks=(), controls=(), bends=(), notes=tuple(
            replace(n, start=n.start - start) for n in part.notes if start <= n.start < end))
        for part in score.parts
    )  # fmt: skip
    chords = tuple(
        replace(s, start=max(s.start, start) - start, end=min(s.end, end) - start)
        for s in score.chords if s.start < end and s.end > start
    )  # fmt: skip
    return replace(score, parts=parts, chords=chords, sections=(), meters=score.meters[:1],
                   keys=((0, score.keys[0][1]),))  # fmt: skip


def main() -> None:
    """Print a table with a row for each band."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scores = [varied_score(number) for number in range(options.count)]
    print("| band | notes | problems | tune's notes lost | roots lost | mean s | longest s |")
    print("|---|---|---|---|---|---|---|")
    for band in ENSEMBLES:
        notes = lost = roots = 0
        kinds: Counter[str] = Counter()
        seconds = []
        for score in scores:
            begun = time.perf_counter()
            made = transcribe(score, band, rng=np.random.default_rng(options.seed))
            seconds.append(time.perf_counter() - begun)
            material = material_of(score)
            pitched = [part for part in made.parts if part.role != "drums"]
            heard = {(n.start, n.pitch % 12) for part in pitched for n in part.notes}
            lost += sum((n.start, n.pitch % 12) not in heard for n in material.melody)
            if any(player.task in ("bass", "walk") for player in ENSEMBLES[band].players):
                roots += _roots_lost(made, material.bass)
            notes += sum(len(part.notes) for part in pitched)
            kinds.update(problem.kind for problem in check_playability(made))
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "0"
        print(f"| {band} | {notes} | {told} | {lost} | {roots} | {np.mean(seconds):.2f} "
              f"| {max(seconds):.2f} |")  # fmt: skip


def _roots_lost(made: Score, bass: tuple[Note, ...]) -> int:
    """Count chords under which the score's bass struck the root and the arrangement's doesn't."""
    played = [part for part in made.parts if part.role == "bass"]
    heard = {(note.start, note.pitch % 12) for part in played for note in part.notes}
    wanted = [
        (note.start, note.pitch % 12) for note in bass for span in made.chords
        if span.start == note.start and span.chord.bass_pitch_class == note.pitch % 12
    ]  # fmt: skip
    return sum(each not in heard for each in wanted)


if __name__ == "__main__":
    main()
