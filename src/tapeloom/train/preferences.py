"""Let the critic learn from what listeners preferred: which of two records, and in what.

    python -m tapeloom.train.preferences FILE [--records FOLDER] [--out CRITIC] [--figures FILE]

FILE is what the service gives at /v1/preferences?format=jsonl. FOLDER holds a folder for each
record by its id with its score.json, as the service's artefacts do in `jobs`; without one a record
that was not edited is composed again from its brief and engine, by the same version only.

Only notes are learned from: pairs about sound or a cover, and draws, are left out. The weights of
the critic's parts are those by which the preferred record is told best, as `train.critic` does,
held to the weights that were there before by PRIOR pairs: a few opinions move them a little.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tapeloom.core.brief import brief_from_json
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.score import Score, score_from_json
from tapeloom.core.seed import stream
from tapeloom.neural.critic import Critic
from tapeloom.neural.critic_parts import measure_parts
from tapeloom.train.critic import Trial, fit_weights, save_critic

NOTES = ("whole", "melody", "harmony", "rhythm")  # what a preference may be about
FEWEST = 10  # pairs
PRIOR = 50.0  # pairs that the weights before are worth
MOST = 100_000  # lines that are read
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Preference:
    """One opinion: what was liked better, and what less, as the service tells of records."""

    better: Mapping[str, Any]
    worse: Mapping[str, Any]
    about: str


def read_preferences(path: Path) -> tuple[Preference, ...]:
    """Read the opinions of a file that say something of notes; draws say nothing."""
    found = []
    for number, line in enumerate(_lines(path), 1):
        try:
            told = json.loads(line)
            choice, about = told["choice"], told["about"]
            sides = {"a": dict(told["a"]), "b": dict(told["b"])}
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path.name}, line {number}: it is no preference") from error
        if choice in sides and about in NOTES:
            other = "b" if choice == "a" else "a"
            found.append(Preference(sides[choice], sides[other], about))
    return tuple(found)


def score_of(told: Mapping[str, Any], records: Path | None) -> Score | None:
    """Return a record's score: as it lies in a folder of records, or composed again.

    None where it is not there and cannot be composed: it was edited, or made by another version.
    """
    name = str(told.get("id", ""))
    if records is not None and name.isalnum() and (file := records / name / "score.json").is_file():
        return score_from_json(read_json(file))
    if told.get("edited") or told.get("version") != version("tapeloom") or not told.get("brief"):
        return None
    from tapeloom.compose import engine, plan

    brief = brief_from_json(told["brief"])
    drawn = plan(brief, stream(brief.seed, "plan"))
    composer = engine(str(told.get("engine", "theory")))
    return composer.compose(drawn, stream(brief.seed, "compose"))


def measure_pairs(
    preferences: Sequence[Preference], critic: Critic, *, records: Path | None = None
) -> list[Trial]:
    """Measure both records of each pair, as `train.critic` does songs and what was spoilt."""
    known: dict[str, Mapping[str, float] | None] = {}

    def measures_of(told: Mapping[str, Any]) -> Mapping[str, float] | None:
        name = str(told.get("id", ""))
        if name not in known:
            score = score_of(told, records)
            known[name] = None if score is None else measure_parts(score, critic.steps)
        return known[name]

    trials = []
    for one in preferences:
        better, worse = measures_of(one.better), measures_of(one.worse)
        if better and worse:
            trials.append(Trial(better, {_OTHER: worse}))
    return trials


def learn(critic: Critic, trials: Sequence[Trial]) -> Critic:
    """Return the critic with weights that are led towards what listeners preferred.

    w = (PRIOR w0 + n w') / (PRIOR + n),   w' fitted to the n pairs alone
    """
    if len(trials) < FEWEST:
        raise InputError(
            f"there are {len(trials)} pairs whose notes are known; {FEWEST} are needed"
        )
    fitted, count = fit_weights(critic, trials), len(trials)
    before = {name: critic.weights.get(name, 0.0) for name in fitted}
    whole = sum(before.values()) or 1.0
    weights = {
        name: (PRIOR * before[name] / whole + count * fitted[name]) / (PRIOR + count)
        for name in fitted
    }
    return replace(critic, weights={**critic.weights, **weights})


def agreement(critic: Critic, trials: Sequence[Trial]) -> float:
    """Return the share of pairs in which a critic prefers what the listener did, ties half."""
    wins = []
    for trial in trials:
        mine = critic.weigh(trial.real).total - critic.weigh(trial.corrupted[_OTHER]).total
        wins.append(0.5 if mine == 0 else float(mine > 0))
    return sum(wins) / len(wins)


def cross_agreement(critic: Critic, trials: Sequence[Trial], *, folds: int = 5) -> float:
    """Return the agreement on pairs that were not learned from: each fold by the others."""
    shares = []
    for fold in range(folds):
        held = trials[fold::folds]
        taught = [trial for n, trial in enumerate(trials) if n % folds != fold]
        if held and len(taught) >= FEWEST:
            shares += [agreement(learn(critic, taught), held)] * len(held)
    return sum(shares) / len(shares) if shares else float("nan")


def main(words: Sequence[str] | None = None) -> None:
    """Learn from a file of preferences, write the critic's table and tell how well it agrees."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="preferences as lines of JSON")
    parser.add_argument("--records", type=Path, help="a folder of records by id")
    parser.add_argument("--critic", type=Path, help="the table to begin with [the package's]")
    parser.add_argument("--out", type=Path, default=Path("critic.json"))
    parser.add_argument("--figures", type=Path, help="write the figures as JSON")
    options = parser.parse_args(words)
    try:
        before = Critic.load(options.critic) if options.critic else Critic.load()
        read = read_preferences(options.file)
        trials = measure_pairs(read, before, records=options.records)
        after = learn(before, trials)
        save_critic(after, options.out)
    except InputError as error:
        parser.error(str(error))
    figures = {
        "preferences of notes": len(read),
        "pairs": len(trials),
        "agreement before": round(agreement(before, trials), 3),
        "weights": {name: round(value, 3) for name, value in after.weights.items()},
    }
    unseen = cross_agreement(before, trials)
    if not math.isnan(unseen):
        figures["agreement after, on pairs held out"] = round(unseen, 3)
    text = json.dumps(figures, indent=1)
    if options.figures:
        options.figures.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file):
                if number == MOST:
                    raise InputError(f"{path.name} has over {MOST} lines; split it")
                if line.strip():
                    yield line
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


if __name__ == "__main__":
    main()
