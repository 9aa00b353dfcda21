"""Making the data set: the same bytes, going on after a kill, the split, what is told."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.files import sha256_of
from tapeloom.neural.token_grammar import check
from tapeloom.neural.tokens import VOCABULARY
from tapeloom.train.corpus.song import read_songs
from tapeloom.train.dataset import DatasetRecipe, build, digest_of, examples_of, main
from tapeloom.train.token_store import TokenStore

from .toy_data import write_all, write_irb, write_pop909

pq = pytest.importorskip("pyarrow.parquet")

QUICK = DatasetRecipe(composed=2, composed_bars=(8, 8), arranged_bars=(8, 8))


def silent(_text: str) -> None:
    pass


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent.name != "shards"
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = write_all(tmp_path_factory.mktemp("sets"))
    out = tmp_path_factory.mktemp("out") / "data"
    build(folder, out, QUICK, processes=1, report=silent)
    return folder, out


def test_the_store_holds_songs_that_the_grammar_allows(made):
    _, out = made
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    for split in ("train", "validation"):
        store = TokenStore.load(out, split)
        assert store.vocabulary.digest == VOCABULARY.digest == manifest["vocabulary"]
        assert store.source_names == ("pop909", "groove", "wjazzd", "openewld", "irb", "lofi")
        counts = Counter(store.source_names[s] for s in store.sources.tolist())
        assert set(counts) >= {"pop909", "groove", "openewld", "irb"}
        for number in range(len(store)):
            assert check(store[number].tolist()).is_over
    assert all(sha256_of(out / name) == told for name, told in manifest["sha256"].items())
    assert manifest["sources"]["wjazzd"]["licence"] == "ODbL 1.0"


def test_no_song_lies_on_both_sides_and_validation_is_plain(made):
    _, out = made
    rows = pq.read_table(out / "songs.parquet").to_pylist()
    sides = {row["key"]: row["split"] for row in rows}
    assert len({(row["key"], row["split"]) for row in rows}) == len(sides)
    kept = [row for row in rows if row["split"] == "validation"]
    assert {row["key"] for row in kept} == {"003", "drummer9/session1", "Tune 7"}
    store = TokenStore.load(out, "validation")
    assert len(store) == len(kept)  # one sequence a song, as it is
    assert {int(store[i][1]) for i in range(len(store))} == {VOCABULARY.id("TASK_compose")}


def test_the_same_songs_give_the_same_bytes(made, tmp_path):
    folder, out = made
    build(folder, tmp_path / "again", QUICK, processes=2, report=silent)
    assert hashes(tmp_path / "again") == hashes(out)


def test_a_run_that_was_stopped_goes_on(made, tmp_path):
    folder, out = made
    again = tmp_path / "again"
    build(folder, again, QUICK, processes=1, report=silent)
    whole = hashes(again)
    shards = sorted((again / "shards").glob("*.npz"))
    assert shards
    kept = shards[0].stat().st_mtime_ns
    for path in shards[1:]:
        path.unlink()
    for name in ("manifest.json", "train/tokens.npy"):
        (again / name).unlink()
    (again / "shards" / ".half.1.partial.npz").write_bytes(b"half a shard")
    build(folder, again, QUICK, processes=1, report=silent)
    assert hashes(again) == whole == hashes(out)
    assert shards[0].stat().st_mtime_ns == kept  # what was done is not done again


def test_another_recipe_makes_other_shards(made, tmp_path):
    folder, _ = made
    for seed in (1, 2):
        recipe = DatasetRecipe(seed=seed, composed=0)
        build(folder, tmp_path / "one", recipe, processes=1, sources=("irb",), report=silent)
    assert len(list((tmp_path / "one" / "shards").glob("*.npz"))) == 2


def test_examples_hang_on_the_song_alone(made):
    folder, _ = made
    songs = list(read_songs(folder, sources=("pop909",)))
    for song in songs:
        one, two = examples_of(song, QUICK), examples_of(song, QUICK)
        assert len(one) == (1 if song.validation else len(one))
        for a, b in zip(one, two, strict=True):
            assert np.array_equal(a.tokens, b.tokens)
    assert {e.source for e in examples_of(songs[0], QUICK)} == {"pop909", "lofi"}
    assert len({digest_of(song.score) for song in songs}) == 3


def test_what_cannot_be_learned_from_is_told(tmp_path):
    folder = tmp_path / "sets"
    write_irb(folder, "Long")
    write_irb(folder, "Short", rounds=1)
    (folder / "irb" / "irb" / "Broken.json").write_text('{"title": [', "utf-8")
    told: list[str] = []
    manifest = build(
        folder, tmp_path / "out", DatasetRecipe(composed=0), processes=1, report=told.append
    )
    assert any("Broken.json is no tune" in text for text in told)
    assert manifest["dropped"] == {"irb: it has 4 notes and chords": 1}
    assert manifest["sources"]["irb"]["dropped"]["songs"] == 1
    rows = pq.read_table(tmp_path / "out" / "songs.parquet").to_pylist()
    assert [row["why"] for row in rows if row["split"] == "dropped"] == [
        "it has 4 notes and chords"
    ]


def test_folders_that_are_none_are_told(tmp_path, capsys):
    with pytest.raises(InputError, match="holds none of the data sets"):
        build(tmp_path, tmp_path / "out", QUICK, report=silent)
    with pytest.raises(SystemExit):
        main([str(tmp_path), str(tmp_path / "out")])
    assert "holds none of the data sets" in capsys.readouterr().err
    (tmp_path / "groove" / "set").mkdir(parents=True)
    (tmp_path / "groove" / "set" / "info.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputError, match="a row that is no performance"):
        build(tmp_path, tmp_path / "out", QUICK, report=silent)
    write_pop909(tmp_path, "001", bars=8)
    path = tmp_path / "pop909" / "POP909" / "001" / "001.mid"
    path.write_bytes(b"MThd\x00\x00\x00\x06\x00\x01\xff\xff")
    told: list[str] = []
    build(
        tmp_path, tmp_path / "out", DatasetRecipe(composed=0), sources=("pop909",),
        processes=1, report=told.append,
    )  # fmt: skip
    assert "001.mid is no MIDI file that can be read" in told[0]
