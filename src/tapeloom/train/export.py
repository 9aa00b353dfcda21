"""Turn trained weights into the file that onnxruntime runs: `export(WEIGHTS, OUT)`.

    python -m tapeloom.train.export WEIGHTS.pt OUT.onnx [--data STORE] [--name NAME] ...

Matrices become int8, keys and values too; what that costs is measured, in nats a token, on songs
that the model was not taught. Needs torch and onnx (the extra `train`).
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.neural.model_file import CACHES, ModelFacts, ModelFile, look_through
from tapeloom.neural.runtime import Runtime
from tapeloom.train.onnx_graph import Floats, Weights, to_onnx

Songs = Sequence[NDArray[np.int64]]
HEADROOM = 1.1  # keys and values may be this much larger than any that was seen
FORMS = ("float32", "int8")


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of an export."""

    file: ModelFile
    before: float  # nats a token in float32
    after: float  # nats a token as it was written
    tokens: int  # that the losses were measured on


def export(
    weights: Weights,
    facts: ModelFacts,
    *,
    checks: Songs,
    samples: Songs | None = None,
) -> Exported:
    """Return the model's file and what rounding costs.

    facts    its weights and cache say how both are kept
    checks   sequences that the loss is measured on
    samples  sequences that show how large keys and values become; None: those of checks
    """
    plain = replace(facts, weights="float32", cache="float32")
    runtime = Runtime(_looked(to_onnx(weights, plain)))
    peaks = measure_peaks(runtime, checks if samples is None else samples)
    before, tokens = measure_loss(runtime, checks)
    file = _looked(to_onnx(weights, facts, peaks=peaks))
    after, _ = measure_loss(Runtime(file), checks)
    training = {**facts.training, "nats_float32": round(before, 5), "nats": round(after, 5)}
    told = replace(facts, training=training)
    return Exported(_looked(to_onnx(weights, told, peaks=peaks)), before, after, tokens)


def measure_peaks(runtime: Runtime, songs: Songs) -> Floats:
    """Return the largest key and value of each channel with headroom, (layers, 2, heads, D)."""
    f = runtime.facts
    peaks = np.zeros((f.layers, 2, f.heads, f.head_width), np.float32)
    for song in songs:
        runtime.read(song[: f.context])
        length = int(runtime.lengths[0])
        np.maximum(peaks, np.abs(runtime.cache[:, :, 0, :, :length]).max(3), out=peaks)
    return peaks * np.float32(HEADROOM)


def measure_loss(runtime: Runtime, songs: Songs) -> tuple[float, int]:
    """Return nats a token, each song up to the context, and of how many tokens."""
    total, count = 0.0, 0
    for song in songs:
        seen = song[: runtime.context]
        logits = runtime.read(seen[:-1]).astype(np.float64)
        peak = logits.max(1)
        norms = np.log(np.exp(logits - peak[:, None]).sum(1)) + peak
        total += float((norms - logits[np.arange(len(seen) - 1), seen[1:]]).sum())
        count += len(seen) - 1
    return total / max(count, 1), count


def random_songs(facts: ModelFacts, *, count: int = 4, seed: int = 0) -> Songs:
    """Return sequences without sense: to measure rounding where there are no songs."""
    rng = np.random.default_rng(seed)
    return [rng.integers(0, facts.tokens, min(facts.context, 512)) for _ in range(count)]


def _looked(data: bytes) -> ModelFile:
    return look_through(data, vocabulary=None)


def load(
    path: Path,
    *,
    name: str | None = None,
    form: str = "int8",
    cache: str = "int8",
    training: Mapping[str, object] | None = None,
) -> tuple[Weights, ModelFacts]:
    """Read weights of train.pretrain and the facts of their model."""
    from tapeloom.train.pretrain import load_weights

    model, vocabulary = load_weights(path)
    config = model.config
    facts = ModelFacts(
        name or path.stem, vocabulary.digest, config.vocabulary, config.context, config.layers,
        config.heads, config.width, form, cache, dict(training or {}),
    )  # fmt: skip
    return {key: value.float().numpy() for key, value in model.state_dict().items()}, facts


def _songs(store: Path, split: str, digest: str, tokens: int, seed: int) -> Songs:
    """Draw whole sequences of a token store until they have enough tokens."""
    from tapeloom.train.token_store import TokenStore

    found = TokenStore.load(store, split)
    if found.vocabulary.digest != digest:
        raise InputError(f"{store} holds tokens of another vocabulary than the model's")
    songs: list[NDArray[np.int64]] = []
    for number in np.random.default_rng(seed).permutation(len(found)):
        if sum(map(len, songs)) >= tokens:
            break
        songs.append(np.asarray(found[int(number)], np.int64))
    if not songs:
        raise InputError(f"{store} has no songs for {split}")
    return songs


def export_file(
    weights: Path,
    out: Path,
    *,
    data: Path | None = None,
    tokens: int = 40_000,
    name: str | None = None,
    form: str = "int8",
    cache: str = "int8",
    training: Mapping[str, object] | None = None,
) -> Exported:
    """Export a file of weights to a model's file.

    data      a token store, to measure rounding on; None: sequences without sense
    tokens    to measure on
    training  facts to be kept: data, licence, command
    """
    if form not in FORMS:
        raise InputError(f"form is {form!r}; it must be one of {', '.join(FORMS)}")
    found, facts = load(weights, name=name, form=form, cache=cache, training=training)
    samples = None
    if data is None:
        checks = random_songs(facts)
    else:
        draw = (facts.vocabulary, tokens, 0)
        checks = _songs(data, "validation", *draw)
        samples = _songs(data, "train", *draw)
    made = export(found, facts, checks=checks, samples=samples)
    with replacing(out) as temporary:
        temporary.write_bytes(made.file.data)
    return made


def main(words: Sequence[str] | None = None) -> None:
    """Read the options and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="best.pt or checkpoint.pt of a training")
    parser.add_argument("out", type=Path, help="the model's file, .onnx")
    parser.add_argument("--data", type=Path, help="a token store, to measure rounding on")
    parser.add_argument("--tokens", type=int, default=40_000, help="to measure on [40000]")
    parser.add_argument("--name", help="the model's name [the weights' file's]")
    parser.add_argument("--form", choices=FORMS, default="int8", help="of the matrices [int8]")
    parser.add_argument("--cache", choices=CACHES, default="int8", help="of keys, values [int8]")
    parser.add_argument("--facts", type=Path, help="JSON: data, licence, command, to be kept")
    options = parser.parse_args(words)
    try:
        training: dict[str, Any] = {}
        if options.facts is not None:
            training = json.loads(options.facts.read_text("utf-8"))
        made = export_file(
            options.weights, options.out, data=options.data, tokens=options.tokens,
            name=options.name, form=options.form, cache=options.cache, training=training,
        )  # fmt: skip
    except (InputError, OSError, ValueError) as error:
        parser.error(str(error))
    print(  # noqa: T201  (the command's output)
        f"{options.out}: {len(made.file.data) / 2**20:.2f} MiB, sha256 {made.file.sha256}\n"
        f"loss {made.before:.4f} nats a token in float32, {made.after:.4f} as written "
        f"({made.after - made.before:+.4f}), on {made.tokens} tokens"
    )


if __name__ == "__main__":
    main()
