"""Arrange loops of validation songs and count what a listener would notice.

    python benchmarks/arrangements.py DATA [--loops 30] [--minutes 4] [--pictures FOLDER]

DATA holds pop909 and pop909cl, unpacked. Each loop is eight bars from where the song's melody
enters. Told for each: the correlation of the energies asked with those measured; sections whose
tune is nearer to another section's material, or to another loop, than to their own; sections that
repeat one before to the letter; the share of the tune's heavy notes that are chord tones and of
its intervals over an octave and of its notes that rub, in the loop and in its arrangement; what
players could not play and phrases that are not heard; seconds of work.
"""

import argparse
import itertools
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapeloom.compose.arranging import Arrangement, arrange_loop
from tapeloom.compose.energy import energy_agreement
from tapeloom.compose.grid import measure_at, measures
from tapeloom.compose.loop_material import LoopMaterial
from tapeloom.compose.melody import chord_under
from tapeloom.compose.recognition import section_likeness, unrecognised
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.theory.orchestration import check_balance, check_playability, tally
from tapeloom.train.loops import read_loops

SEED = 1
EIGHTH = 5040  # ticks


def chord_tone_share(notes: list[Note], chords: tuple[ChordSpan, ...], score: Score) -> float:
    """Return the share of heavy notes (on a beat, or a quarter long) that are chord tones."""
    grid = measures(0, score.end, score.meters)
    heavy = [
        note
        for note in notes
        if measure_at(grid, note.start).weight(note.start) >= 0.6 or note.duration >= 10080
    ]
    inside = sum(
        note.pitch % 12 in chord_under(chords, note.start, note.end).pitch_classes for note in heavy
    )
    return inside / max(len(heavy), 1)


def leap_share(notes: list[Note]) -> float:
    """Return the share of intervals over an octave."""
    steps = [abs(a.pitch - b.pitch) for a, b in itertools.pairwise(notes)]
    return sum(step > 12 for step in steps) / max(len(steps), 1)


def rub_share(score: Score) -> float:
    """Return the share of the tune's notes of an eighth or more with a semitone or a minor ninth.

    It counts where both sound together for an eighth or more.
    """
    tune = [note for note in score.part("melody").notes if note.duration >= EIGHTH]
    others = [n for p in score.parts if p.role not in ("melody", "drums") for n in p.notes]
    others.sort(key=lambda note: note.start)
    rubbing = sum(
        any(
            abs(note.pitch - other.pitch) in (1, 13)
            and min(note.end, other.end) - max(note.start, other.start) >= EIGHTH
            for other in others
        )
        for note in tune
    )
    return rubbing / max(len(tune), 1)


def repeated(score: Score) -> list[str]:
    """Return the sections all of whose notes are those of one before."""
    seen: set[object] = set()
    found = []
    for section in score.sections:
        signs = frozenset(
            (part.name, note.start - section.start, note.duration, note.pitch)
            for part in score.parts
            for note in part.notes
            if section.start <= note.start < section.end
        )
        if signs in seen:
            found.append(section.name)
        seen.add(signs)
    return found


def strangers(made: Arrangement, index: int, loops: list[LoopMaterial]) -> list[str]:
    """Return the sections whose tune is nearer to another loop's than to its own.

    Each loop is put behind the arrangement as one section more, its tune in C by its key's tonic.
    """
    score = made.score
    at = score.end
    notes = list(score.part("melody").notes)
    sections = list(score.sections)
    keys = list(score.keys)
    meters = list(score.meters)
    for material in loops:
        theme = material.theme
        notes.extend(replace(note, start=note.start + at) for note in theme.melody)
        sections.append(Section("A", at, at + theme.ticks))
        keys.append((at, theme.key))
        meters.append((at, theme.meter))
        at += theme.ticks
    whole = Score(
        (Part("melody", "melody", notes=tuple(notes)),), meters=tuple(meters), keys=tuple(keys),
        sections=tuple(sections),
    )  # fmt: skip
    count = len(score.sections)
    table = section_likeness(whole)[:count, count:]
    return [
        section.name
        for section, row in zip(score.sections, table, strict=True)
        if row.max() > 0 and row[index] < np.delete(row, index).max()
    ]


def main() -> None:
    """Print a line for each loop and the sums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--loops", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    loops = list(read_loops(options.data, options.loops))
    made: list[tuple[str, Score, Arrangement, float]] = []
    for name, loop in loops:
        begin = time.perf_counter()
        arrangement = arrange_loop(loop, minutes=options.minutes, rng=np.random.default_rng(SEED))
        made.append((name, loop, arrangement, time.perf_counter() - begin))
    materials = [arrangement.material for _, _, arrangement, _ in made]
    rows = []
    for i, (name, loop, arrangement, seconds) in enumerate(made):
        score, theme = arrangement.score, arrangement.material.theme
        # The bridge is made of the theme in another mode.
        letters = ["B" if plan.letter == "B" else "A" for plan in arrangement.plans]
        lost = [score.sections[j].name for j in unrecognised(score, letters)]
        strange = strangers(arrangement, i, materials)
        same = repeated(score)
        problems = tally((*check_playability(score), *check_balance(score)))
        tune = list(score.part("melody").notes)
        loop_score = Score((), meters=((0, theme.meter),),
                           sections=(Section("A", 0, theme.ticks),))  # fmt: skip
        row = (
            energy_agreement(score),
            chord_tone_share(list(theme.melody), theme.chords, loop_score),
            chord_tone_share(tune, score.chords, score),
            leap_share(list(theme.melody)),
            leap_share(tune),
            rub_share(loop),
            rub_share(score),
            seconds,
        )
        rows.append((*row, len(lost), len(strange), len(same), sum(problems.values())))
        print(
            f"{name}: energy {row[0]:.2f}; chord tones {row[1]:.2f} -> {row[2]:.2f}; "
            f"leaps {row[3]:.3f} -> {row[4]:.3f}; rubs {row[5]:.3f} -> {row[6]:.3f}; "
            f"{seconds:.2f} s"
            + (f"; lost {lost}" if lost else "")
            + (f"; nearer to another loop {strange}" if strange else "")
            + (f"; repeated {same}" if same else "")
            + (f"; problems {problems}" if problems else "")
        )
        if options.pictures is not None:
            draw(options.pictures, name, score)
    table = np.array(rows)
    mean = table.mean(axis=0)
    lost, strange, same, problems = (int(total) for total in table[:, 8:].sum(axis=0))
    print(
        f"{len(rows)} loops: energy {table[:, 0].min():.2f} at least, {mean[0]:.2f} on average; "
        f"chord tones {mean[1]:.2f} -> {mean[2]:.2f}; leaps {mean[3]:.3f} -> {mean[4]:.3f}; "
        f"rubs {mean[5]:.3f} -> {mean[6]:.3f}; {np.median(table[:, 7]):.2f} s in the middle, "
        f"{table[:, 7].max():.2f} s at most; of "
        f"{sum(len(arrangement.plans) for _, _, arrangement, _ in made)} sections {lost} lost, "
        f"{strange} nearer to another loop, {same} repeated; {problems} problems"
    )


def draw(folder: Path, name: str, score: Score) -> None:
    """Draw a score as a piano roll and the likeness of its sections as a matrix."""
    from tapeloom.media.figures import TEXT, dress, new_figure, save
    from tapeloom.media.rolls import plot_score

    folder.mkdir(parents=True, exist_ok=True)
    plot_score(score, folder / f"{name}-roll.png")
    figure = new_figure(5.4, 5.0, top=0.3)
    axes = figure.add_axes((0.16, 0.06, 0.8, 0.82))
    dress(axes)
    names = [section.name for section in score.sections]
    axes.imshow(section_likeness(score), vmin=0.0, vmax=1.0, cmap="magma")
    axes.set_xticks(range(len(names)), names, rotation=45, color=TEXT, fontsize=8)
    axes.set_yticks(range(len(names)), names, color=TEXT, fontsize=8)
    save(figure, folder / f"{name}-likeness.png")


if __name__ == "__main__":
    main()
