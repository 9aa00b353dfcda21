"""The tiny model of the tests, with weights of chance: `python -m tests.neural.tiny_model`.

The command writes tests/neural/data/tiny.onnx; it needs onnx (the extra `train`), the tests don't.
"""

from pathlib import Path

import numpy as np

from tapeloom.neural.model_file import ModelFacts
from tapeloom.neural.tokens import VOCABULARY

TINY = Path(__file__).parent / "data" / "tiny.onnx"
FACTS = ModelFacts(
    "tiny", VOCABULARY.digest, VOCABULARY.size, context=320, layers=2, heads=2, width=32,
    weights="int8", cache="int8", training={"data": "none: weights of chance"},
)  # fmt: skip


def random_weights(facts: ModelFacts, seed: int = 7) -> dict[str, np.ndarray]:
    """Draw weights by torch's names, biases and norms too."""
    rng = np.random.default_rng(seed)
    V, T, C = facts.tokens, facts.context, facts.width
    shapes: dict[str, tuple[int, ...]] = {"token.weight": (V, C), "position.weight": (T, C)}
    for i in range(facts.layers):
        maps = {"attention.qkv": (3 * C, C), "attention.project": (C, C),
                "perceptron.widen": (4 * C, C), "perceptron.project": (C, 4 * C)}  # fmt: skip
        for name, shape in maps.items():
            shapes[f"blocks.{i}.{name}.weight"] = shape
            shapes[f"blocks.{i}.{name}.bias"] = shape[:1]
        for name in ("norm_1", "norm_2"):
            shapes[f"blocks.{i}.{name}.weight"] = shapes[f"blocks.{i}.{name}.bias"] = (C,)
    shapes["norm.weight"] = shapes["norm.bias"] = (C,)
    weights = {k: rng.normal(0, 0.25, s).astype(np.float32) for k, s in shapes.items()}
    for name in weights:
        if "norm" in name and name.endswith("weight"):
            weights[name] += 1
    return weights


def make(path: Path = TINY) -> None:
    """Write the model's file."""
    from tapeloom.train.export import export, random_songs

    songs = random_songs(FACTS, count=8)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(export(random_weights(FACTS), FACTS, checks=songs).file.data)


if __name__ == "__main__":
    make()
