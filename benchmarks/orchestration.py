"""How the scores that `tapeloom compose` writes fare in the checks of orchestration.

    OMP_NUM_THREADS=1 python benchmarks/orchestration.py [--seeds 20] [--chorales 25]

Each seed is composed in a mood of its own, half of them three and half four minutes long. Told are
the problems by kind before and after mending, how the tune stands in its phrases, and how long the
checks take for four minutes and for an hour. Bach's chorales, from music21's corpus, are given to
six ensembles: what is reported there, on a stage, of music that works on all of them, is how strict
the limits are.
"""

import argparse
from collections import Counter
from time import process_time

import numpy as np

from tapeloom.compose import compose
from tapeloom.core.brief import Brief
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.orchestration import (
    check_balance,
    check_playability,
    mend_balance,
    mend_playability,
    tally,
)
from tapeloom.theory.orchestration.balance import melody_of, phrases_of
from tapeloom.theory.orchestration.sounding import hear

MOODS = ("peaceful", "melancholic", "uplifting", "dreamy", "nostalgic", "dark", "warm", "focused",
         "playful", "romantic")  # fmt: skip


def written(seed: int, *, minutes: float = 4.0) -> Score:
    """Compose a record of a mood that the seed chooses."""
    brief = Brief(f"{MOODS[seed % len(MOODS)]} lo-fi", minutes=minutes, seed=seed)
    return compose(brief, stream(seed, "compose"))


def seconds(check: object, score: Score) -> float:
    """Return the processor's seconds of one call, the best of three."""
    times = []
    for _ in range(3):
        begin = process_time()
        check(score)  # type: ignore[operator]
        times.append(process_time() - begin)
    return min(times)


ENSEMBLES = {
    "voices": ("soprano_voice", "alto_voice", "tenor_voice", "bass_voice"),
    "string quartet": ("violin", "violin", "viola", "cello"),
    "winds": ("oboe", "clarinet", "horn", "bassoon"),
    "brass": ("trumpet", "trumpet", "trombone", "tuba"),
    "saxophones": ("soprano_sax", "alto_sax", "tenor_sax", "baritone_sax"),
    "string sections": ("violins", "violins", "violas", "cellos"),
}


def chorales(count: int) -> list[list[tuple[Note, ...]]]:
    """Return the four voices of some of Bach's chorales, from the soprano."""
    from music21 import corpus

    paths = [path for path in corpus.getComposer("bach") if str(path).endswith(".mxl")]
    found = []
    for path in paths[:: max(1, len(paths) // count)]:
        parts = corpus.parse(path).parts
        if len(parts) == 4:
            found.append([
                tuple(
                    Note(round(note.offset * PPQ), max(1, round(note.quarterLength * PPQ)),
                         note.pitch.midi)
                    for note in part.flatten().notes if note.isNote
                )
                for part in parts
            ])  # fmt: skip
    return found


def judge_chorales(count: int) -> None:
    """Print what is reported of chorales on each ensemble, four voices of one velocity."""
    voices = chorales(count)
    for name, players in ENSEMBLES.items():
        found: Counter[str] = Counter()
        phrases = 0
        for chorale in voices:
            roles = ("melody", "other", "other", "other")
            parts = tuple(
                Part(f"{number}", role, player, notes)
                for number, (role, player, notes) in enumerate(
                    zip(roles, players, chorale, strict=True)
                )
            )
            score = Score(parts, TempoMap.constant(76))
            found.update(tally([*check_playability(score), *check_balance(score, stage="hall")]))
            tune, *others = hear(score, stage="hall", players={})
            phrases += len(phrases_of(tune, others, bars=score.bar_starts))
        print(f"{len(voices)} chorales, {name}, {phrases} phrases: {dict(found)}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--chorales", type=int, default=25)
    options = parser.parse_args()
    if options.chorales:
        judge_chorales(options.chorales)
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    phrases, told = [], 0
    for seed in range(options.seeds):
        score = written(seed, minutes=3.0 + seed % 2)
        found = [*check_playability(score, comfort=True), *check_balance(score)]
        before.update(tally(found))
        for problem in found[:: max(1, len(found) // 2)]:
            print(f"  seed {seed}: {problem}")
        mended, reasons = mend_playability(score)
        mended, more = mend_balance(mended)
        told += len(reasons) + len(more)
        after.update(tally([*check_playability(mended), *check_balance(mended)]))
        sounding = hear(score, stage="record", players={})
        tune = melody_of(sounding)
        if tune is not None:
            others = [each for each in sounding if each is not tune]
            phrases += phrases_of(tune, others, bars=score.bar_starts)
    print("before:", dict(before))
    print("after: ", dict(after))
    print("changes told:", told)
    for name in ("below_db", "heard"):
        marks = np.quantile(
            [getattr(phrase, name) for phrase in phrases], (0.0, 0.05, 0.5, 0.95, 1.0)
        )
        print(f"{name} of {len(phrases)} phrases, 0 5 50 95 100 %:", marks.round(2).tolist())
    for minutes in (4.0, 60.0):
        score = written(1, minutes=minutes)
        for check in (check_playability, mend_playability, check_balance, mend_balance):
            print(f"{minutes:.0f} minutes, {len(score.parts)} parts, "
                  f"{sum(len(part.notes) for part in score.parts)} notes, {check.__name__}: "
                  f"{seconds(check, score):.3f} s")  # fmt: skip


if __name__ == "__main__":
    main()
