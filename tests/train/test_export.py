"""The exported file against torch's model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from tapeloom.neural.model_file import ModelFacts, look_through, read_model  # noqa: E402
from tapeloom.neural.runtime import Runtime  # noqa: E402
from tapeloom.neural.tokens import VOCABULARY  # noqa: E402
from tapeloom.train.export import export, main, measure_loss, random_songs  # noqa: E402
from tapeloom.train.gpt import GPT, GPTConfig  # noqa: E402
from tapeloom.train.onnx_graph import to_onnx  # noqa: E402
from tapeloom.train.pretrain import save_weights  # noqa: E402
from tapeloom.train.token_store import TokenStore, Vocabulary  # noqa: E402

CONFIG = GPTConfig(vocabulary=VOCABULARY.size, context=300, layers=3, heads=3, width=96)
FACTS = ModelFacts(
    "test", VOCABULARY.digest, VOCABULARY.size, 300, 3, 3, 96, "float32", "float32"
)  # fmt: skip
TOLD = Vocabulary(
    VOCABULARY.size, VOCABULARY.digest, VOCABULARY.pad, VOCABULARY.of("BAR").start
)  # fmt: skip
TOKENS = np.random.default_rng(1).integers(0, VOCABULARY.size, 300)


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(3)
    model = GPT(CONFIG).eval()
    for name, parameter in model.named_parameters():  # biases and norms too
        torch.nn.init.normal_(parameter, mean=float("norm" in name), std=0.15)
    return model


def weights_of(model: GPT) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in model.state_dict().items()}


def logits_of(model: GPT) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(model(torch.from_numpy(TOKENS)[None])[0])


def test_the_graph_in_float_gives_the_logits_of_torch(model: GPT) -> None:
    runtime = Runtime(look_through(to_onnx(weights_of(model), FACTS)))
    wanted = logits_of(model)
    assert wanted.std() > 1
    assert np.allclose(runtime.read(TOKENS), wanted, atol=2e-4)
    runtime.begin([TOKENS[:9], TOKENS[:200]])
    found = runtime.step([int(TOKENS[9]), int(TOKENS[200])])
    assert np.allclose(found, wanted[[9, 200]], atol=2e-4)


@pytest.mark.parametrize(("cache", "most"), [("float32", 0.02), ("int8", 0.03)])
def test_rounded_weights_and_cache_stay_near(model: GPT, cache: str, most: float) -> None:
    facts = replace(FACTS, weights="int8", cache=cache)
    made = export(weights_of(model), facts, checks=random_songs(facts))
    found, wanted = Runtime(made.file).read(TOKENS), logits_of(model)
    error = np.sqrt(((found - wanted) ** 2).mean()) / wanted.std()
    assert error < most
    assert made.after == pytest.approx(made.before, abs=0.02)
    assert made.file.facts.training["nats"] == round(made.after, 5)


def test_the_loss_is_that_of_training(model: GPT) -> None:
    runtime = Runtime(look_through(to_onnx(weights_of(model), FACTS)))
    songs = [TOKENS[:50], TOKENS[50:130]]
    found, count = measure_loss(runtime, songs)
    total = 0.0
    for song in songs:
        tokens = torch.from_numpy(song)[None]
        with torch.no_grad():
            total += float(model.loss(tokens[:, :-1], torch.arange(len(song) - 1), tokens[:, 1:]))
    assert count == 49 + 79
    assert found == pytest.approx(total / count, abs=1e-4)


def test_the_command_writes_a_file_that_runs(
    model: GPT, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_weights(model, TOLD, tmp_path / "best.pt")
    songs = [TOKENS[:120], TOKENS[120:]]
    for split in ("train", "validation"):
        TokenStore.of(songs, TOLD).save(tmp_path / "store", split)
    (tmp_path / "facts.json").write_text('{"licence": "CC0"}')
    out = tmp_path / "model.onnx"
    main([str(tmp_path / "best.pt"), str(out), "--data", str(tmp_path / "store"),
          "--facts", str(tmp_path / "facts.json")])  # fmt: skip
    assert "nats a token in float32" in capsys.readouterr().out
    file = read_model(out)
    assert file.facts.name == "best"
    assert file.facts.training["licence"] == "CC0"
    assert Runtime(file).begin([[1, 2, 3]]).shape == (1, VOCABULARY.size)


def test_another_vocabularys_store_is_refused(
    model: GPT, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_weights(model, TOLD, tmp_path / "best.pt")
    TokenStore.of([TOKENS], replace(TOLD, digest="ab")).save(tmp_path, "validation")
    with pytest.raises(SystemExit):
        main([str(tmp_path / "best.pt"), str(tmp_path / "x.onnx"), "--data", str(tmp_path)])
    assert "another vocabulary" in capsys.readouterr().err
