"""The evaluation of generators: tables of figures with their intervals, as Markdown and JSON.

Models and generators are callables here, so that anything can be compared: a transformer, its
unconditional twin, an n-gram, the theory engine.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.score import Score
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.train import mgeval
from tapeloom.train.confidence import paired_bootstrap, wilson
from tapeloom.train.control_accuracy import Asked, Rules, Share, control_accuracy
from tapeloom.train.metrics import NAMES, measure, table

Floats = NDArray[np.float64]
Row = tuple[str | float | int, ...]
Model = Callable[[NDArray[np.int64]], Floats]  # a song's tokens -> nats of each


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A song of the validation set as tokens."""

    source: str  # its set
    tokens: NDArray[np.int64]
    roles: Mapping[str, NDArray[np.bool_]]  # role -> which tokens are its
    notes: Mapping[str, int]  # role -> how many notes (or chords) they write
    given: int = 0  # tokens at the beginning that are told to a model: they cost nothing


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    def markdown(self) -> str:
        """Write it as Markdown.

        >>> print(Table("Speed", ("engine", "s"), (("theory", 0.25),)).markdown())
        ### Speed
        <BLANKLINE>
        | engine | s |
        | --- | --- |
        | theory | 0.25 |
        """
        lines = [f"### {self.title}", "", f"| {' | '.join(self.columns)} |",
                 f"|{' --- |' * len(self.columns)}"]  # fmt: skip
        lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in self.rows]
        return "\n".join(lines + ([f"\n{self.note}"] if self.note else []))


def _cell(value: str | float) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.4g}"
    return str(value).replace("|", "\\|")


def _interval(low: float, high: float) -> str:
    return f"{low:.3f} to {high:.3f}"


def likelihoods(
    models: Mapping[str, Model], songs: Sequence[Judged], rng: np.random.Generator
) -> tuple[Table, ...]:
    """Compare models on validation songs: nats a token by set, bits a note by role.

    The first model is compared with each other one, song by song, by paired bootstrap. Tokens that
    are given are not counted.
    """
    if not models or not songs:
        raise InputError("likelihoods need a model and a song")
    nats = {name: [model(s.tokens)[s.given :] for s in songs] for name, model in models.items()}
    first = next(iter(models))
    sets = list(dict.fromkeys(song.source for song in songs))
    by_set: list[Row] = []
    for source in [*sets, *(["all"] if len(sets) > 1 else [])]:
        chosen = [i for i, song in enumerate(songs) if source in (song.source, "all")]
        sizes = np.array([len(songs[i].tokens) - songs[i].given for i in chosen], np.float64)
        means = {m: np.array([nats[m][i].mean() for i in chosen]) for m in models}
        for name, values in means.items():
            mean = float((values * sizes).sum() / sizes.sum())
            row = (source, name, len(chosen), int(sizes.sum()), mean)
            if name == first:
                by_set.append((*row, "", "", ""))
                continue
            less, low, high = paired_bootstrap(values, means[first], rng, weights=sizes)
            by_set.append((*row, less, _interval(low, high), f"{less / mean:.1%}"))
    columns = ("set", "model", "songs", "tokens", "nats a token", f"{first} needs less by",
               "95 % interval", "share")  # fmt: skip
    roles = list(dict.fromkeys(role for song in songs for role in song.roles))
    by_role: list[Row] = []
    for role in roles:
        count = sum(song.notes.get(role, 0) for song in songs)
        bits: list[float] = []
        for name in models:
            total = sum(
                float(costs[song.roles[role][song.given :]].sum())
                for costs, song in zip(nats[name], songs, strict=True) if role in song.roles
            )  # fmt: skip
            bits.append(total / math.log(2) / count if count else math.nan)
        by_role.append((role, count, *bits))
    return (
        Table("Likelihood of validation songs", columns, tuple(by_set)),
        Table("Bits a note", ("role", "notes", *models), tuple(by_role)),
    )


def controls(generated: Mapping[str, Sequence[tuple[Asked, Score]]], rules: Rules) -> Table:
    """Tell how often generators give what was asked."""
    rows = []
    for name, pieces in generated.items():
        for control, share in control_accuracy(pieces, rules).items():
            if share.count:
                rows.append((name, control, share.count, share.value, _interval(*share.interval)))
    return Table("As asked", ("generator", "control", "asked", "share", "95 % interval"),
                 tuple(rows))  # fmt: skip


def validity(generated: Mapping[str, Sequence[Callable[[], Score]]]) -> Table:
    """Tell how often what a generator drew can be read as a score that holds a note."""
    rows = []
    for name, draws in generated.items():
        hits = 0
        for decode in draws:
            try:
                hits += any(part.notes for part in decode().parts)
            except InputError:
                continue  # that is what is counted
        share = Share(hits, len(draws))
        rows.append((name, share.count, share.value, _interval(*share.interval)))
    return Table("Valid", ("generator", "drawn", "share", "95 % interval"), tuple(rows))


def distributions(
    generated: Mapping[str, Sequence[Score]], real: Sequence[Score], rng: np.random.Generator
) -> tuple[Table, ...]:
    """Compare sets of pieces with real ones: MusDr and others (medians), MGEval (KL, OA)."""
    medians: list[Row] = []
    for name, scores in {"real": real, **generated}.items():
        told = table([measure(score) for score in scores])
        medians.append(
            (name, len(scores), *(told[n]["median"] if n in told else math.nan for n in NAMES))
        )
    target = [mgeval.features(score) for score in real if _has_notes(score)]
    compared = {
        "real against real": mgeval.ceiling(target, rng),
        **{
            name: mgeval.compare([mgeval.features(s) for s in scores if _has_notes(s)], target)
            for name, scores in generated.items()
        },
    }
    rows: list[Row] = [
        (name, measured, *(found[feature][measured] for feature in mgeval.FEATURES),
         float(np.mean([found[feature][measured] for feature in mgeval.FEATURES])))
        for name, found in compared.items() for measured in ("kl", "overlap")
    ]  # fmt: skip
    return (
        Table("Pitched parts, medians", ("set", "pieces", *NAMES), tuple(medians)),
        Table("Distances to real pieces (MGEval)",
              ("set", "figure", *mgeval.FEATURES, "mean"), tuple(rows)),
    )  # fmt: skip


def _has_notes(score: Score) -> bool:
    return sum(len(part.notes) for part in score.parts if part.role != "drums") >= 2


def originality(generated: Mapping[str, Sequence[Score]], index: OriginalityIndex) -> Table:
    """Tell how much generated pieces share with the songs that a model learned from."""
    rows = []
    for name, scores in generated.items():
        found = [index.check(score) for score in scores]
        hits = sum(each.is_original for each in found)
        runs = [each.longest_run for each in found] or [0]
        shares = [each.copied_share for each in found] or [0.0]
        rows.append((name, len(found), hits / max(len(found), 1),
                     _interval(*wilson(hits, len(found))), float(np.median(runs)), max(runs),
                     float(np.mean(shares)), max(shares)))  # fmt: skip
    return Table(
        "Originality",
        ("generator", "pieces", "original", "95 % interval", "longest run, median", "most",
         "4-bar copies, mean", "most "),
        tuple(rows),
        note="Original shares no more with the songs than 99 in 100 of them with one another.",
    )  # fmt: skip


def write_report(
    tables: Sequence[Table], path: Path, *, title: str, command: str, facts: Mapping[str, str]
) -> None:
    """Write tables as Markdown at a path and as JSON beside it.

    command  what makes the report again
    facts    lines at its head: the version, the data, the seed
    """
    if path.suffix != ".md":
        raise InputError(f"{path} must end in .md; the JSON is written beside it")
    head = [f"# {title}", "", "```", command, "```", ""]
    head += [f"- {name}: {value}" for name, value in facts.items()]
    text = "\n".join([*head, "", "\n\n".join(each.markdown() for each in tables), ""])
    data = {"title": title, "command": command, "facts": dict(facts),
            "tables": tables_to_json(tables)}  # fmt: skip
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")
    with replacing(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def tables_to_json(tables: Sequence[Table]) -> object:
    """Return tables as JSON knows them: nan becomes null."""
    return _plain([asdict(each) for each in tables])


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
