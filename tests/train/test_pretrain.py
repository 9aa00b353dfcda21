import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.train.recipe import Recipe
from tapeloom.train.token_store import TokenStore, Vocabulary

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from tapeloom.train.pretrain import load_weights, main, pretrain  # noqa: E402

QUICK = Recipe(
    preset="tiny", steps=8, tokens=512, groups=2, window=48, warmup=2, dropout=0.1,
    check_every=4, check_tokens=512, save_every=3, rate=3e-3, whole_share=0.25,
)  # fmt: skip


def song(rng: np.random.Generator, length: int) -> list[int]:
    """Bars that repeat one pattern."""
    pattern = rng.integers(6, 30, 7)
    return [1, 2, 3, *([5, *pattern] * (length // 8)), 4]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(1)
    for split, n in (("train", 24), ("validation", 6)):
        store = TokenStore.of(
            [song(rng, int(rng.integers(30, 200))) for _ in range(n)],
            Vocabulary(30, "digest", pad=0, bar=5),
            sources=np.arange(n) % 2, source_names=("pop", "jazz"),
        )  # fmt: skip
        store.save(folder, split)
    return folder


def silent(_text: str) -> None:
    pass


def test_a_run_that_was_killed_ends_bit_for_bit_as_one_that_was_not(
    data: Path, tmp_path: Path
) -> None:
    whole = pretrain(QUICK, data, tmp_path / "whole", threads=1, report=silent)
    # Stopped behind step 5, it goes on from the checkpoint of step 3.
    pretrain(QUICK, data, tmp_path / "killed", threads=1, report=silent, until=5)
    killed = pretrain(QUICK, data, tmp_path / "killed", threads=1, report=silent, resume=True)
    assert killed.steps == whole.steps == 8
    assert (killed.loss, killed.best) == (whole.loss, whole.best)
    for name in ("checkpoint.pt", "best.pt"):
        states = [torch.load(tmp_path / k / name, weights_only=True) for k in ("whole", "killed")]
        for key, value in states[0]["model"].items():
            assert torch.equal(value, states[1]["model"][key]), key
    logs = []
    for folder in ("whole", "killed"):
        lines = (tmp_path / folder / "log.jsonl").read_text("utf-8").splitlines()
        logs.append([{k: v for k, v in json.loads(x).items() if k != "seconds"} for x in lines])
    assert logs[0] == logs[1]
    assert {"validation", "pop", "jazz"} <= set().union(*logs[0])


def test_it_learns_and_draws_what_it_learned(data: Path, tmp_path: Path) -> None:
    recipe = replace(QUICK, steps=90, dropout=0.0, check_every=30, save_every=90, optimiser="adamw")
    trained = pretrain(recipe, data, tmp_path / "run", threads=1, report=silent)
    assert trained.best < np.log(30) - 0.5  # what is left is each pattern, heard once
    assert (tmp_path / "run" / "losses.png").stat().st_size > 10_000
    model, vocabulary = load_weights(trained.weights)
    assert model.config.vocabulary == vocabulary.size == 30
    assert sum(p.numel() for p in model.parameters()) == trained.parameters


def test_muon_learns_what_it_is_taught(data: Path, tmp_path: Path) -> None:
    # A few dozen songs are soon known by heart: their own loss tells that it learns, no other.
    recipe = replace(QUICK, steps=60, dropout=0.0, save_every=60)
    assert recipe.optimiser == "muon"
    pretrain(recipe, data, tmp_path / "run", threads=1, report=silent)
    lines = [json.loads(x) for x in (tmp_path / "run/log.jsonl").read_text("utf-8").splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert losses[0] < np.log(30)
    assert losses[-1] < losses[0] - 0.7


def test_a_run_goes_on_only_with_the_settings_that_it_began_with(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    pretrain(replace(QUICK, steps=3), data, out, threads=1, report=silent)
    with pytest.raises(InputError, match="holds a run; go on with --resume"):
        pretrain(QUICK, data, out, report=silent)
    with pytest.raises(InputError, match=r"rate was 0.003 when the run began and is 0.001 now"):
        pretrain(replace(QUICK, rate=1e-3), data, out, report=silent, resume=True)
    with pytest.raises(SystemExit):
        main([str(data), str(tmp_path / "other"), "--preset", "huge"])
    assert "preset is 'huge'; it must be one of tiny, mini" in capsys.readouterr().err


def test_files_that_are_none_of_ours_are_refused(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="cannot be read as a file of torch's"):
        load_weights(path)
    torch.save({"config": {"width": 8}}, path)
    with pytest.raises(InputError, match="holds no weights of our transformer"):
        load_weights(path)
    with pytest.raises(InputError, match="is no token store that can be read"):
        TokenStore.load(data, "test")
