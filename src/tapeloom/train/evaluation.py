"""How well a model foresees songs that it was not taught: the report of its likelihoods.

    report_of(judged(songs), models)    models are names and callables: tokens -> nats of each

Songs are read as plain pieces with all their controls told; the header is given and costs nothing.
A piece longer than a model's context is read as the generator reads it: a full context is begun
anew with the header and the last bars that fill half of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.neural.generator import RESERVE, window_of
from tapeloom.neural.token_codec import Codec
from tapeloom.neural.tokens import TOKEN_IDS, VOCABULARY
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.corpus.song import Song, read_songs
from tapeloom.train.dataset import OWN, DatasetRecipe, compose_own
from tapeloom.train.evaluate import Floats, Judged, Model, Table, likelihoods
from tapeloom.train.ngram import TokenNGrams
from tapeloom.train.sequences import describe, unconditional
from tapeloom.train.token_store import TokenStore

Ints = NDArray[np.int64]
Read = Callable[[Ints], NDArray[np.float32]]  # tokens (T,) -> logits behind each (T, V)
ORDERS = (5, 4, 3, 2, 1)
SHIPPED = Path(__file__).parents[1] / "models" / "generator.onnx"
MOST_TOKENS = 40_000_000  # that n-grams are counted on
BAR = VOCABULARY.of("BAR").start


def songs_to_judge(
    folder: Path, *, every: bool = False, own: bool = False, report: Callable[[str], None]
) -> Iterator[Song]:
    """Yield cleaned songs below a folder: those for validation, or every one.

    own  also the theory engine's pieces that are for validation
    """
    for song in clean(read_songs(folder, report=report), CleaningReport()):
        if every or song.validation:
            yield song
    if own:
        recipe = DatasetRecipe()
        for number in range(recipe.composed):
            key = f"composed {number}"
            if is_validation(key):
                yield Song(OWN, key, compose_own(key, recipe), OWN, True)


def judged(songs: Iterable[Song], *, most: int | None = None) -> list[Judged]:
    """Write songs as plain sequences with all their controls told.

    most  songs of a set
    """
    found: list[Judged] = []
    counts: dict[str, int] = {}
    for song in songs:
        if most is not None and counts.get(song.source, 0) >= most:
            continue
        try:
            page = Codec().page(song.score, describe(song.score, song.style))
        except InputError:
            continue  # it cannot be written as tokens, and nothing was taught of its kind
        found.append(judged_sequence(song.source, page.sequence("compose")))
        counts[song.source] = counts.get(song.source, 0) + 1
    if not found:
        raise InputError("there is no song to judge by")
    return found


def judged_sequence(source: str, tokens: Ints) -> Judged:
    """Tell which tokens of a sequence are whose, and how many notes or chords each role writes."""
    role = ""
    owners: list[str] = []
    notes: dict[str, int] = {}
    for token in tokens.tolist():
        family = VOCABULARY.family(token)
        if family == "ROLE":
            role = str(VOCABULARY.value(token))
        elif family in ("BAR", "EOS"):
            role = ""
        elif family in ("PITCH", "DRUM", "ROOT", "NOCHORD"):
            notes[role] = notes.get(role, 0) + 1
        owners.append(role)
    told = np.array(owners)
    given = int(np.flatnonzero(tokens == BAR)[0])
    return Judged(source, tokens, {name: told == name for name in notes}, notes, given)


def windowed(read: Read, context: int) -> Model:
    """Return what tells the nats of each token of a sequence of any length."""

    def nats(tokens: Ints) -> Floats:
        costs = np.zeros(len(tokens))
        at = 1  # the first token is given
        prefix = tokens[:1]
        while at < len(tokens):
            chunk = np.concatenate([prefix, tokens[at : at + context - len(prefix)]])
            costs[at : at + len(chunk) - len(prefix)] = _costs(read, chunk)[len(prefix) - 1 :]
            at += len(chunk) - len(prefix)
            prefix = np.array(window_of(tokens[:at].tolist(), max(context // RESERVE, 2)), np.int64)
        return costs

    return nats


def _costs(read: Read, tokens: Ints) -> Floats:
    """Return the nats of each token behind the first."""
    logits = np.asarray(read(tokens[:-1]), np.float64)
    peak = logits.max(1)
    total = np.log(np.exp(logits - peak[:, None]).sum(1)) + peak
    return np.asarray(total - logits[np.arange(len(logits)), tokens[1:]])


def asked_for_nothing(model: Model) -> Model:
    """Return a model that is told no more than tempo, mode and meter."""

    def nats(tokens: Ints) -> Floats:
        opened = unconditional(tokens)
        header = int(np.flatnonzero(tokens == BAR)[0])
        costs = model(opened)
        return np.concatenate([np.zeros(header), costs[len(opened) - (len(tokens) - header) :]])

    return nats


def load_model(path: Path, *, threads: int | None = None) -> Model:
    """Read a model from torch's weights (.pt) or from its own file (.onnx)."""
    if path.suffix == ".onnx":
        from tapeloom.neural.runtime import Runtime

        runtime = Runtime.load(path, threads=threads or 1)
        return windowed(runtime.read, runtime.context)
    _check_ending(path)
    import torch

    from tapeloom.train.pretrain import load_weights

    if threads is not None:
        torch.set_num_threads(threads)
    model, vocabulary = load_weights(path)
    if vocabulary.digest != VOCABULARY.digest:
        raise InputError(f"{path} was taught another vocabulary than this version's")

    def read(tokens: Ints) -> NDArray[np.float32]:
        with torch.no_grad():
            logits: NDArray[np.float32] = model(torch.from_numpy(tokens)[None])[0].float().numpy()
            return logits

    return windowed(read, model.config.context)


def _check_ending(path: Path) -> None:
    if path.suffix not in (".onnx", ".pt"):
        raise InputError(f"{path} must be a model's file, .onnx, or torch's weights, .pt")


def five_gram(store: TokenStore, *, order: int = 5, most: int = MOST_TOKENS) -> TokenNGrams:
    """Count the n-grams of a data set's plain sequences, up to so many tokens."""
    if store.vocabulary.digest != VOCABULARY.digest:
        raise InputError("the data set holds tokens of another vocabulary than this version's")
    return TokenNGrams.count(plain_sequences(store, most), size=VOCABULARY.size, order=order)


def plain_sequences(store: TokenStore, most: int) -> list[Ints]:
    """Return the whole pieces of a data set, in an order drawn once, up to so many tokens."""
    compose = TOKEN_IDS["TASK_compose"]
    found: list[Ints] = []
    left = most
    for number in np.random.default_rng(0).permutation(len(store)).tolist():
        sequence = store[number]
        if left > 0 and len(sequence) > 1 and sequence[1] == compose:
            found.append(np.asarray(sequence, np.int64))
            left -= len(sequence)
    if not found:
        raise InputError("the data set holds no whole piece; make it anew by `train corpus`")
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """What a model said of some songs, so that it need not stay in memory."""

    costs: Mapping[bytes, Floats]

    @classmethod
    def of(cls, model: Model, songs: Sequence[Judged]) -> "Remembered":
        """Ask a model once for each song."""
        return cls({song.tokens.tobytes(): model(song.tokens) for song in songs})

    def __call__(self, tokens: Ints) -> Floats:
        """Return the nats of each token of one of the songs."""
        return self.costs[tokens.tobytes()]


def report_of(
    songs: Sequence[Judged],
    models: Mapping[str, Callable[[], Model]],
    *,
    report: Callable[[str], None] = lambda text: None,
) -> tuple[Table, ...]:
    """Compare models, each made when its turn comes; the first is compared with each other."""
    asked: dict[str, Model] = {}
    for name, make in models.items():
        asked[name] = Remembered.of(make(), songs)
        report(f"{name}: {_mean(asked[name], songs):.4f} nats a token")
    return likelihoods(asked, songs, np.random.default_rng(0))


def _mean(model: Model, songs: Sequence[Judged]) -> float:
    costs = [model(song.tokens)[song.given :] for song in songs]
    return float(np.concatenate(costs).mean())


def models_of(
    model: Path | None, ngram: Path | None, *, threads: int | None = None
) -> dict[str, Callable[[], Model]]:
    """Return what is compared: a model, the same asked for nothing, n-grams of a data set."""
    found: dict[str, Callable[[], Model]] = {}
    if model is not None:
        _check_ending(model)
        if not model.is_file():
            raise InputError(f"{model} is no file; give the path of a model")
        found[model.stem] = lambda: load_model(model, threads=threads)
        found[f"{model.stem}, asked for nothing"] = lambda: asked_for_nothing(
            load_model(model, threads=threads)
        )
    if ngram is not None:
        store = TokenStore.load(ngram, "train")
        for order in ORDERS:
            found[f"{order}-gram"] = lambda order=order: five_gram(store, order=order).nll  # type: ignore[misc]
    if not found:
        raise InputError("there is nothing to evaluate; give a model or a data set for n-grams")
    return found
