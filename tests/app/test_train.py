"""`tapeloom train`: from data sets to a file that runs, and bad use in one sentence."""

import json

import pytest

from tapeloom.app.commands import main, train_options
from tapeloom.core.errors import TapeloomError

from ..train.toy_data import write_all

pytest.importorskip("pyarrow")
pytest.importorskip("torch")
pytest.importorskip("accelerate")
pytest.importorskip("onnx")


def run(*arguments, code=0):
    with pytest.raises(SystemExit) as stopped:
        main(("train", *map(str, arguments)))
    assert (stopped.value.code or 0) == code


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("sets"))


@pytest.fixture(scope="module")
def store(sets, tmp_path_factory):
    out = tmp_path_factory.mktemp("store") / "data"
    run("corpus", sets, "--out", out, "--composed", 0, "--processes", 1, "--quiet")
    return out


@pytest.fixture(scope="module")
def weights(store, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "run"
    run("pretrain", store, out, "--preset", "tiny", "--steps", 4, "--tokens", 256, "--groups", 1,
        "--window", 64, "--threads", 1, "--quiet")  # fmt: skip
    return out / "best.pt"


def test_a_data_set_is_made_and_told(sets, store, tmp_path, capsys):
    assert {"manifest.json", "songs.parquet", "statistics.json", "statistics.png"} <= {
        path.name for path in store.iterdir()
    }
    asked = ("corpus", sets, "--out", tmp_path / "one", "--sources", "irb", "--composed", 0,
             "--processes", 1)  # fmt: skip
    run(*asked, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["statistics"]["irb"]["songs"] == 2
    assert told["sources"]["irb"]["licence"] == "MIT"
    run(*asked)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["set", "songs"]
    assert lines[1].split()[:2] == ["irb", "2"]


def test_training_export_and_evaluation(sets, store, weights, tmp_path, capsys):
    model = tmp_path / "toy.onnx"
    run("export", weights, model, "--data", store, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["bytes"] == model.stat().st_size
    assert abs(told["nats"] - told["nats_float32"]) < 0.1
    run("export", weights, model, code=2)
    assert "use --force to replace it" in capsys.readouterr().err
    report = tmp_path / "report.md"
    run("evaluate", "--data", sets, "--model", model, "--ngram", store, "--songs", 1, "--all",
        "--out", report, "--json")  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    rows = told["tables"][0]["rows"]
    assert {row[0] for row in rows} == {"pop909", "groove", "wjazzd", "openewld", "irb", "all"}
    assert {row[1] for row in rows} == {
        "toy", "toy, asked for nothing", *(f"{n}-gram" for n in range(1, 6)),
    }  # fmt: skip
    assert report.read_text("utf-8").startswith("# toy: likelihood")
    assert report.with_suffix(".json").exists()


def test_training_goes_on_only_when_asked(store, weights, capsys):
    run("pretrain", store, weights.parent, "--preset", "tiny", "--steps", 4, code=2)
    assert "go on with --resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("corpus", "nothing", "--out", "x"), "nothing is no folder"),
        (("corpus", ".", "--out", "x"), "holds none of the data sets"),
        (("corpus", ".", "--out", "x", "--sources", "jsb"), "'jsb' is no data set"),
        (("corpus", ".", "--out", "x", "--processes", "0"), "--processes is 0"),
        (("corpus", ".", "--out", "x", "--seed", "-1"), "--seed is -1"),
        (("pretrain", "nothing", "x"), "does not exist"),
        (("pretrain", "nothing", "x", "--preset", "huge"), "preset is 'huge'"),
        (("export", "nothing.pt", "x.onnx"), "cannot be read as a file of torch's"),
        (("export", "nothing.pt", "x.zip"), "must end in .onnx"),
        (("evaluate", "--data", ".", "--model", "x.bin"), "must be a model's file"),
        (("evaluate", "--data", ".", "--model", "x.pt"), "x.pt is no file"),
        (("evaluate", "--data", ".", "--songs", "0"), "--songs is 0"),
        (("evaluate", "--data", ".", "--out", "x.txt"), "must end in .md"),
        (("evaluate", "--data", ".", "--pieces", "-1"), "--pieces is -1"),
        (("finetune", "--midi", ".", "--out", "x.onnx", "--model", "x.pt"), "holds no MIDI file"),
        (("finetune", "--midi", ".", "--out", "x.onnx", "--model", "x.pt", "--steps", "0"),
         "steps is 0"),
    ],
)  # fmt: skip
def test_bad_use_is_one_sentence(tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    run(*arguments, code=2)
    told = capsys.readouterr()
    assert sentence in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert not (tmp_path / "x.onnx").exists()


def test_without_the_extra_it_is_told_how_to_install_it(monkeypatch):
    monkeypatch.setattr(train_options, "find_spec", lambda name: None)
    with pytest.raises(TapeloomError, match=r"needs torch and onnx; .*'tapeloom\[train\]'"):
        train_options.need("torch", "onnx")
