"""From data sets to music: cleaned songs, tokens, a trained model, its file, and a piece of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.harmony import Key
from tapeloom.neural.controls import Controls
from tapeloom.neural.critic import Critic
from tapeloom.neural.drafting import Drafter
from tapeloom.neural.limits import limits_for
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.outline import Outline, simple_form
from tapeloom.neural.runtime import Runtime

from .toy_data import write_all

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tapeloom.train.dataset import DatasetRecipe, build

    recipe = DatasetRecipe(composed=6, composed_bars=(8, 8), arranged_bars=(8, 8))
    out = tmp_path_factory.mktemp("store")
    build(write_all(tmp_path_factory.mktemp("sets")), out, recipe, processes=1,
          report=lambda text: None)  # fmt: skip
    return out


def piece_of(model: Path) -> Drafter:
    return Drafter(
        Runtime.load(model, threads=1), Critic.load(), OriginalityIndex.load(), candidates=1
    )


def draft(model: Path, bars: int) -> tuple[float, int]:
    """Write a piece; return how surprised the model was, and how many notes there are."""
    controls = Controls(Key("A", "minor"), 75.0, style="lofi", density=8.0)
    outline = Outline(controls, simple_form(bars, controls.meter))
    limits = limits_for(controls.key, density=controls.density)
    made = piece_of(model).draft(outline, limits, np.random.default_rng(1))
    assert len(made.score.bar_starts) == bars
    return made.nll, sum(len(part.notes) for part in made.score.parts)


def test_a_tiny_model_learns_and_writes_a_piece(store: Path, tmp_path: Path) -> None:
    from tapeloom.train.export import main as export
    from tapeloom.train.pretrain import pretrain
    from tapeloom.train.recipe import Recipe

    losses = {}
    for steps in (2, 60):
        recipe = Recipe("tiny", steps=steps, tokens=2048, groups=1, window=128, warmup=5,
                        rate=5e-3, check_every=1000, check_tokens=2000)  # fmt: skip
        out = tmp_path / str(steps)
        trained = pretrain(recipe, store, out, threads=1, report=lambda text: None)
        export([str(trained.weights), str(out / "tiny.onnx"), "--data", str(store), "--tokens",
                "2000"])  # fmt: skip
        losses[steps], notes = draft(out / "tiny.onnx", bars=8)
        assert notes > 0
        lines = (out / "log.jsonl").read_text("utf-8").splitlines()
        assert any("validation" in json.loads(line) for line in lines)
        assert (out / "losses.png").exists()
    assert losses[60] < losses[2] - 1.0


def test_the_largest_model_runs(store: Path, tmp_path: Path) -> None:
    """GPT-2's size: ten steps, the export, one piece."""
    from tapeloom.train.export import main as export
    from tapeloom.train.pretrain import pretrain
    from tapeloom.train.recipe import Recipe

    recipe = Recipe("base", steps=10, tokens=256, groups=1, window=64, whole_share=0.0, warmup=2,
                    rate=1e-3, check_every=1000, check_tokens=256)  # fmt: skip
    trained = pretrain(recipe, store, tmp_path / "run", report=lambda text: None)
    assert trained.parameters > 117e6
    export([str(trained.weights), str(tmp_path / "base.onnx"), "--data", str(store), "--tokens",
            "256"])  # fmt: skip
    assert draft(tmp_path / "base.onnx", bars=2)[1] > 0
