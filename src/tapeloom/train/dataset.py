"""A version of the data set: songs cleaned, augmented and written as tokens, by one command.

    python -m tapeloom.train.dataset FOLDER OUT [--processes N]

FOLDER holds the unpacked data sets (train.corpus.song), OUT receives a token store
(train.token_store), manifest.json (recipe, counts, licences, hashes) and songs.parquet (a row a
song). The same sources and recipe give the same bytes. Songs are read one at a time and worked on
by a pool in batches; a batch that is done lies in OUT/shards and is not done again, so that a run
that was stopped goes on. Needs pyarrow (the extra `train`).
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing, sha256_of, write_json
from tapeloom.core.score import Score
from tapeloom.neural.tokens import VOCABULARY
from tapeloom.train.augment import LOFI_DENSITY, as_lofi, composed, half_time, thin, vary_playing
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.corpus.song import SOURCES, Song, read_songs
from tapeloom.train.corruption import excerpt
from tapeloom.train.sequences import sequences_of
from tapeloom.train.token_store import SPLITS, TokenStore, Vocabulary

FORMAT = 1
BATCH = 16  # songs that are worked on together
OWN = "lofi"  # the source of what the theory engine arranges and composes
LICENCES = MappingProxyType({
    "pop909": "MIT", "groove": "CC BY 4.0", "wjazzd": "ODbL 1.0", "openewld": "MIT", "irb": "MIT",
    OWN: "made by this program; melodies and chords of its arrangements from pop909 (MIT)",
})  # fmt: skip
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DatasetRecipe:
    """What a version of the data set is made of."""

    seed: int = 1
    shares: Mapping[str, float] = field(
        default_factory=lambda: {
            "pop909": 0.30, "groove": 0.17, "wjazzd": 0.13, "openewld": 0.08, "irb": 0.07,
            OWN: 0.25,
        }
    )  # of the tokens that are drawn, by source, relative to their sum  # fmt: skip
    half_time: float = 0.5  # share of the pitched songs that also come in half time
    thinned: float = 0.5  # share that also come thinned to lo-fi density
    arranged_bars: tuple[int, int] = (24, 48)  # of an excerpt that becomes a lo-fi record
    composed: int = 400  # pieces of the theory engine's own
    composed_bars: tuple[int, int] = (16, 40)


def build(
    folder: Path,
    out: Path,
    recipe: DatasetRecipe | None = None,
    *,
    processes: int = 2,
    sources: tuple[str, ...] = (),
    report: Report = print,
    watch: Callable[[Song], None] = lambda song: None,
) -> Mapping[str, Any]:
    """Make a version of the data set; return its manifest.

    watch  is shown each song that was cleaned and kept, once
    """
    recipe = recipe or DatasetRecipe()
    out.mkdir(parents=True, exist_ok=True)
    shards = out / "shards"
    shards.mkdir(exist_ok=True)
    cleaning = CleaningReport()
    songs = _watched(clean(read_songs(folder, sources=sources, report=report), cleaning), watch)
    used = sources or tuple(name for name in SOURCES if (folder / name).is_dir())
    jobs = _batches(_with_own(songs, recipe), recipe)
    names = (*used, OWN)
    paths = _work_off(jobs, recipe, names, shards, processes, report)
    rows = _merge(paths, names, out, recipe)
    for source, key, why in cleaning.dropped:
        rows.append({"source": source, "key": key, "split": "dropped", "why": why})
    _write_rows(rows, out / "songs.parquet")
    manifest = _manifest(recipe, names, rows, cleaning, out)
    write_json(out / "manifest.json", manifest)
    return manifest


def _watched(songs: Iterable[Song], watch: Callable[[Song], None]) -> Iterator[Song]:
    for song in songs:
        watch(song)
        yield song


def _with_own(songs: Iterable[Song], recipe: DatasetRecipe) -> Iterator[Song]:
    """Add to the songs the numbers of pieces that the theory engine is to compose."""
    yield from songs
    for number in range(recipe.composed):
        key = f"composed {number}"
        yield Song(OWN, key, Score(()), OWN, is_validation(key))


def _batches(songs: Iterable[Song], recipe: DatasetRecipe) -> Iterator[tuple[str, list[Song]]]:
    """Gather songs, and name each batch by what it and the recipe hold."""
    salt = json.dumps([FORMAT, VOCABULARY.digest, asdict(recipe)], sort_keys=True)
    waiting = iter(songs)
    while batch := list(islice(waiting, BATCH)):
        told = "".join(f"{song.source}\0{song.key}\0{digest_of(song.score)}\n" for song in batch)
        yield sha256((salt + told).encode()).hexdigest()[:24], batch


def digest_of(score: Score) -> str:
    """Return a hash of what is learned from a score: notes, chords, meters, keys, tempo."""
    told = [
        [(p.role, [(n.start, n.duration, n.pitch, n.velocity) for n in p.notes])
         for p in score.parts],
        [(c.start, c.end, str(c.chord)) for c in score.chords],
        [(tick, str(meter)) for tick, meter in score.meters],
        [(tick, str(key)) for tick, key in score.keys],
        str(score.tempo.initial_bpm),
    ]  # fmt: skip
    return sha256(json.dumps(told).encode()).hexdigest()


def _work_off(
    jobs: Iterator[tuple[str, list[Song]]], recipe: DatasetRecipe, names: Sequence[str],
    shards: Path, processes: int, report: Report,
) -> list[Path]:  # fmt: skip
    """Have every batch done, at most a few ahead of what is finished; return the shards in order.

    What an interrupted run left half-written has a temporary name and is not looked at.
    """
    paths: list[Path] = []
    pending: list[Future[None]] = []
    done = 0
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for name, batch in jobs:
            path = shards / f"{name}.npz"
            paths.append(path)
            if path.exists():
                continue
            pending.append(pool.submit(_make_shard, batch, recipe, tuple(names), path))
            while len(pending) > 4 * processes:
                pending.pop(0).result()
                done += 1
                if done % 10 == 0:
                    report(f"{done * BATCH} songs")
        for future in pending:
            future.result()
    return paths


def _make_shard(
    batch: Sequence[Song], recipe: DatasetRecipe, names: tuple[str, ...], path: Path
) -> None:
    tokens: list[NDArray[np.int16]] = []
    facts: list[tuple[int, float, int, int]] = []  # length, weight, source, song
    for number, song in enumerate(batch):
        for example in examples_of(song, recipe):
            tokens.append(example.tokens.astype(np.int16))
            source = names.index(example.source)
            facts.append((len(example.tokens), example.weight, source, number))
    rows = [
        [s.source, s.key, digest_of(s.score), "validation" if s.validation else "train",
         sum(len(p.notes) for p in s.score.parts), len(s.score.chords)]
        for s in batch
    ]  # fmt: skip
    table = np.array(facts, np.float64).reshape(-1, 4)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            tokens=np.concatenate(tokens) if tokens else np.zeros(0, np.int16),
            lengths=table[:, 0].astype(np.int64), weights=table[:, 1].astype(np.float32),
            sources=table[:, 2].astype(np.int16), songs=table[:, 3].astype(np.int64),
            rows=np.frombuffer(json.dumps(rows).encode(), np.uint8),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sourced:
    """An example and the source that it counts to."""

    source: str
    tokens: NDArray[np.int64]
    weight: float


def examples_of(song: Song, recipe: DatasetRecipe) -> list[Sourced]:
    """Return all that is learned from a song; of one for validation, its plain sequence."""
    rng = _stream_of(song, recipe)
    if song.source == OWN:
        scores = [(OWN, OWN, _compose(recipe, rng))]
    else:
        scores = [(song.source, song.style, song.score)]
        if not song.validation:
            scores += _augmented(song, recipe, rng)
    found = []
    for number, (source, style, score) in enumerate(scores):
        made = sequences_of(score, style, rng)
        if song.validation:
            made = made[:1]
        share = 0.5 if number and source == song.source else 1.0
        found += [Sourced(source, e.tokens, e.weight * share) for e in made]
    return found


def compose_own(key: str, recipe: DatasetRecipe) -> Score:
    """Return the theory engine's piece that has a key in a version of the data set."""
    return _compose(recipe, _stream_of(Song(OWN, key, Score(()), OWN), recipe))


def _compose(recipe: DatasetRecipe, rng: np.random.Generator) -> Score:
    low, high = recipe.composed_bars
    return composed(rng, bars=4 * int(rng.integers(low // 4, high // 4 + 1)))


def _stream_of(song: Song, recipe: DatasetRecipe) -> np.random.Generator:
    told = sha256(f"{recipe.seed}\0{song.source}\0{song.key}\0{digest_of(song.score)}".encode())
    return np.random.default_rng(int.from_bytes(told.digest()[:8], "big"))


def _augmented(
    song: Song, recipe: DatasetRecipe, rng: np.random.Generator
) -> list[tuple[str, str, Score]]:
    """Return other forms of a song: as played otherwise, in half time, thinned, as a record."""
    found = []
    score = song.score
    roles = {part.role for part in score.parts}
    if roles - {"drums"}:
        if rng.random() < recipe.half_time and len(score.meters) == 1 and len(roles) > 1:
            found.append((song.source, song.style, half_time(vary_playing(score, rng))))
        if rng.random() < recipe.thinned and "keys" in roles:
            thinned = thin(score, float(rng.uniform(*LOFI_DENSITY)))
            found.append((song.source, song.style, vary_playing(thinned, rng)))
    if {"melody", "keys"} <= roles and score.chords and len(score.meters) == 1:
        try:
            arranged = as_lofi(_stretch_of(score, recipe.arranged_bars, rng), rng)
            found.append((OWN, OWN, arranged))
        except InputError:
            pass  # an excerpt without a melody or a chord
    return found


def _stretch_of(score: Score, bars: tuple[int, int], rng: np.random.Generator) -> Score:
    count = 4 * int(rng.integers(bars[0] // 4, bars[1] // 4 + 1))
    spare = max(len(score.bar_starts) - count, 0)
    return excerpt(score, first=4 * int(rng.integers(0, spare // 4 + 1)), bars=count)


def _merge(
    paths: Sequence[Path], names: Sequence[str], out: Path, recipe: DatasetRecipe
) -> list[dict[str, Any]]:
    """Write the token store from the shards, one after the other; return a row a song."""
    rows: list[dict[str, Any]] = []
    bar = VOCABULARY.of("BAR").start
    vocabulary = Vocabulary(VOCABULARY.size, VOCABULARY.digest, VOCABULARY.pad, bar)
    for split in SPLITS:
        sequences: list[NDArray[np.int16]] = []
        weights: Any = []
        sources: list[int] = []
        for path in paths:
            with np.load(path, allow_pickle=False) as shard:
                tokens, lengths = shard["tokens"], shard["lengths"]
                songs, shard_rows = shard["songs"], json.loads(shard["rows"].tobytes())
                counts = np.bincount(songs, weights=lengths, minlength=len(shard_rows))
                ends = np.cumsum(lengths)
                for i, number in enumerate(songs.tolist()):
                    if shard_rows[number][3] == split:
                        sequences.append(tokens[ends[i] - lengths[i] : ends[i]])
                        weights.append(float(shard["weights"][i]))
                        sources.append(int(shard["sources"][i]))
            if split == SPLITS[0]:
                rows += [
                    {"source": s, "key": k, "digest": d, "split": part, "notes": n, "chords": c,
                     "tokens": int(count)}
                    for (s, k, d, part, n, c), count in zip(shard_rows, counts, strict=True)
                ]  # fmt: skip
        if split == SPLITS[0]:
            lengths_of = np.array([len(sequence) for sequence in sequences])
            weights = balance(
                np.array(weights), lengths_of, np.array(sources), names, recipe.shares
            )
        TokenStore.of(
            sequences, vocabulary, weights=weights, sources=sources, source_names=tuple(names)
        ).save(out, split)
    return rows


def balance(
    weights: NDArray[np.float64], lengths: NDArray[np.int64], sources: NDArray[np.int64],
    names: Sequence[str], shares: Mapping[str, float],
) -> NDArray[np.float64]:  # fmt: skip
    """Scale the weights of each source so that its share of the drawn tokens is as asked.

    >>> balance(np.ones(3), np.array([10, 30, 10]), np.array([0, 0, 1]), ("a", "b"), {"a": 1.0,
    ...         "b": 1.0}).tolist()
    [1.0, 1.0, 4.0]
    """
    scaled = weights.copy()
    for number, name in enumerate(names):
        here = sources == number
        total = float((weights * lengths)[here].sum())
        if total:
            scaled[here] *= shares.get(name, 0.0) / total
    return np.asarray(scaled / scaled[scaled > 0].min()) if (scaled > 0).any() else scaled


def _write_rows(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([
        ("source", pa.string()), ("key", pa.string()), ("digest", pa.string()),
        ("split", pa.string()), ("notes", pa.int64()), ("chords", pa.int64()),
        ("tokens", pa.int64()), ("why", pa.string()),
    ])  # fmt: skip
    with replacing(path) as temporary:
        pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), temporary)


def _manifest(
    recipe: DatasetRecipe, names: Sequence[str], rows: Sequence[Mapping[str, Any]],
    cleaning: CleaningReport, out: Path,
) -> dict[str, Any]:  # fmt: skip
    counts = Counter((row["source"], row["split"]) for row in rows)
    tokens: Counter[tuple[str, str]] = Counter()
    for row in rows:
        tokens[row["source"], row["split"]] += row.get("tokens") or 0
    files = [f"{split}/{name}.npy" for split in SPLITS
             for name in ("tokens", "starts", "weights", "sources")]  # fmt: skip
    return {
        "format": FORMAT,
        "vocabulary": VOCABULARY.digest,
        "recipe": asdict(recipe),
        "sources": {
            name: {
                "licence": LICENCES[name],
                **{split: {"songs": counts[name, split], "tokens": tokens[name, split]}
                   for split in (*SPLITS, "dropped")},
            }
            for name in names
        },
        "dropped": Counter(f"{source}: {why}" for source, _, why in cleaning.dropped),
        "mended": {f"{source}: {what}": n for (source, what), n in cleaning.mended.items()},
        "sha256": {name: sha256_of(out / name) for name in files},
    }  # fmt: skip


def main(words: Sequence[str] | None = None) -> None:
    """Read the options and make the data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(words)

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201  (the command's output)

    try:
        manifest = build(options.folder, options.out, processes=options.processes, report=say)
    except InputError as error:
        parser.error(str(error))
    for name, facts in manifest["sources"].items():
        say(f"{name}: {facts}")


if __name__ == "__main__":
    main()
