"""Adapting a model to a user's own songs: what is read, learned, merged and written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.midi import write_midi
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.model_file import ModelFacts, look_through, read_model
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.tokens import VOCABULARY
from tapeloom.train.own_songs import OwnSongs, read_own

from ..neural.toy_songs import toy_song

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")
pytest.importorskip("onnx")

from tapeloom.train.evaluation import judged  # noqa: E402
from tapeloom.train.finetune import (  # noqa: E402
    WORDS,
    Adaptation,
    adapt,
    finetune,
    merge,
    read_weights,
)
from tapeloom.train.gpt import GPT, GPTConfig  # noqa: E402
from tapeloom.train.onnx_graph import to_onnx  # noqa: E402
from tapeloom.train.onnx_weights import weights_of  # noqa: E402
from tapeloom.train.pretrain import save_weights  # noqa: E402

CONFIG = GPTConfig(vocabulary=VOCABULARY.size, context=256, layers=2, heads=1, width=32)
QUICK = Adaptation(rank=4, steps=30, tokens=512, window=128, rate=1e-2, check_every=10, readings=1,
                   check_tokens=1024)  # fmt: skip


def silent(_text: str) -> None:
    pass


def model(seed: int = 0) -> GPT:
    torch.manual_seed(seed)
    return GPT(CONFIG).eval()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "toy.pt"
    save_weights(model(), WORDS, path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("midi")
    (place / "deep").mkdir()
    for i in range(5):
        name = f"deep/{i}.MID" if i == 3 else f"{i}.mid"
        write_midi(place / name, replace(toy_song(i, bars=8), chords=()))
    return place


@pytest.fixture(scope="module")
def songs(folder: Path) -> OwnSongs:
    return read_own(folder, report=silent)


def test_songs_are_read_split_and_given_chords(folder: Path, songs: OwnSongs) -> None:
    assert (len(songs.taught), len(songs.kept)) == (4, 1)
    assert all(song.score.chords for song in (*songs.taught, *songs.kept))
    assert read_own(folder, report=silent) == songs
    assert {p.role for p in songs.taught[0].score.parts} == {"melody", "keys", "bass"}


def test_what_cannot_be_read_is_told_and_left_out(tmp_path: Path) -> None:
    for i in range(2):
        write_midi(tmp_path / f"{i}.mid", toy_song(i, bars=8))
    write_midi(tmp_path / "again.mid", toy_song(1, bars=32))  # the same melody, longer
    (tmp_path / "broken.mid").write_bytes(b"MThd nothing")
    write_midi(tmp_path / "short.mid", Score((Part("a", "melody", notes=(Note(0, PPQ, 60),)),)))
    (tmp_path / "notes.txt").write_text("no music")
    told: list[str] = []
    found = read_own(tmp_path, report=told.append)
    assert len(found.taught) + len(found.kept) == 2
    assert "left out: again.mid: it is 1.mid under another name" in told or (
        "left out: 1.mid: it is again.mid under another name" in told
    )
    assert any("broken.mid is no MIDI file that can be read" in text for text in told)
    assert any("short.mid: it has 1 notes and chords" in text for text in told)


def test_folders_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        read_own(tmp_path / "nothing", report=silent)
    with pytest.raises(InputError, match="holds no MIDI file"):
        read_own(tmp_path, report=silent)
    with pytest.raises(InputError, match="'polka' is no style"):
        read_own(tmp_path, style="polka", report=silent)
    write_midi(tmp_path / "one.mid", toy_song(0, bars=8))
    with pytest.raises(InputError, match="holds 1 songs"):
        read_own(tmp_path, report=silent)


def test_a_model_with_products_beside_it_begins_as_it_was_and_is_merged_exactly() -> None:
    net, tokens = model(), torch.randint(0, VOCABULARY.size, (2, 40))
    before = net(tokens)
    learned = adapt(net, QUICK)
    assert len(learned) == 2 * 4 * CONFIG.layers
    assert torch.equal(net(tokens), before)
    with torch.no_grad():
        for parameter in learned:
            parameter.add_(0.05 * torch.randn(parameter.shape))
    changed = net(tokens)
    assert not torch.allclose(changed, before, atol=1e-3)
    merge(net)
    assert torch.allclose(net(tokens), changed, atol=1e-4)
    assert set(net.state_dict()) == set(model().state_dict())


def test_it_learns_the_songs_and_writes_what_runs(
    weights: Path, songs: OwnSongs, tmp_path: Path
) -> None:
    told: list[str] = []
    nobody = OriginalityIndex.of([])
    done = finetune(
        weights, songs, tmp_path / "mine.onnx", QUICK, index=nobody, threads=1, report=told.append
    )
    assert done.after < done.before - 0.1  # of a net by chance only the blocks can learn
    assert told[0].startswith("4 songs to learn from, 1 kept apart")
    runtime = Runtime.load(done.model)
    assert runtime.facts.name == "mine"
    assert runtime.facts.training["finetuned_on"] == "4 songs of the user's"
    costs = runtime.read(judged(songs.kept)[0].tokens[:200])
    assert np.isfinite(costs).all()
    index = OriginalityIndex.load(done.index)
    assert index.songs == 5
    assert index.check(songs.kept[0].score).longest_run > 20
    again = finetune(
        weights, songs, tmp_path / "again.onnx", QUICK, index=nobody, threads=1, report=silent
    )
    assert (again.after, again.steps) == (done.after, done.steps)
    found, facts = read_weights(done.model)  # from which it can go on
    assert (facts.name, facts.graph) == ("mine", runtime.facts.graph)
    assert set(found) == set(model().state_dict())


def test_nothing_is_written_where_nothing_is_gained(
    weights: Path, songs: OwnSongs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapeloom.train.finetune.check_loss", lambda net, windows: 1.0)
    told: list[str] = []
    with pytest.raises(TapeloomError, match="nothing is written"):
        finetune(weights, songs, tmp_path / "a.onnx", replace(QUICK, check_every=1, patience=3),
                 index=OriginalityIndex.of([]), threads=1, report=told.append)  # fmt: skip
    assert not list(tmp_path.iterdir())
    assert told[-1] == "step 3: 1.0000"  # it did not go on for long


@pytest.mark.parametrize(("form", "cache"), [("float32", "float32"), ("int8", "int8")])
def test_a_models_file_gives_its_weights_back(form: str, cache: str) -> None:
    net = model(1)
    weights = {name: value.numpy() for name, value in net.state_dict().items()}
    facts = ModelFacts("toy", WORDS.digest, WORDS.size, 256, 2, 1, 32, form, cache)
    peaks = np.ones((2, 2, 1, 32), np.float32)
    read = weights_of(look_through(to_onnx(weights, facts, peaks=peaks)))
    assert set(read) == set(weights)
    for name, value in weights.items():
        error = np.abs(read[name] - value).max()
        assert error <= (0 if form == "float32" else np.abs(value).max() / 127), name


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a model's file"):
        read_weights(tmp_path / "weights.bin")
    with pytest.raises(InputError, match="is no file"):
        read_model(tmp_path / "nothing.onnx")
    with pytest.raises(InputError, match="rank is 0"):
        Adaptation(rank=0)
    other = tmp_path / "other.pt"
    save_weights(model(), replace(WORDS, digest="other"), other)
    with pytest.raises(InputError, match="another vocabulary"):
        read_weights(other)
