"""Adapt a model to a user's own songs on a processor: `finetune(model, songs, out)`.

The weights stay as they are; beside each matrix of the blocks a product of two thin ones is learned
(E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021) and added at the end.
Learning stops when songs that were kept apart are foreseen no better. Needs torch and onnx.
"""
# mypy: disable-error-code="misc, no-any-return"

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tapeloom.core.errors import InputError, Interrupted, TapeloomError
from tapeloom.core.files import replacing
from tapeloom.neural.model_file import ModelFacts, read_model
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.tokens import VOCABULARY
from tapeloom.train.evaluation import BAR, judged
from tapeloom.train.export import Exported, export, load
from tapeloom.train.gpt import GPT, GPTConfig
from tapeloom.train.onnx_graph import Weights
from tapeloom.train.own_songs import OwnSongs
from tapeloom.train.sequences import sequences_of
from tapeloom.train.token_store import TokenStore, Vocabulary
from tapeloom.train.windows import Drawer, Window, gather

Report = Callable[[str], None]
WORDS = Vocabulary(VOCABULARY.size, VOCABULARY.digest, VOCABULARY.pad, BAR)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """The settings of a fine-tuning."""

    rank: int = 8  # of the product that is learned beside a matrix
    strength: float = 2.0  # by which the product is multiplied
    steps: int = 300  # at most
    tokens: int = 2048  # to predict in a step
    window: int = 512  # tokens seen at once
    rate: float = 1e-3  # at the beginning; it falls to a tenth along a cosine
    check_every: int = 20  # steps between looks at the songs that are kept apart
    patience: int = 4  # looks without a gain until it stops
    check_tokens: int = 16_384  # of those songs that are looked at
    readings: int = 2  # of each song as sequences, with other controls left open
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("rank", "steps", "tokens", "window", "check_every", "patience",
                     "check_tokens", "readings"):  # fmt: skip
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 < self.rate <= 1:
            raise InputError(f"rate is {self.rate}; it must lie above 0 and be at most 1")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}; it must be 0 or more")


@dataclass(frozen=True, slots=True)
class Finetuned:
    """What came of it, in nats a token of the songs that were kept apart."""

    before: float
    after: float
    steps: int  # until the best
    learned: int  # numbers that were learned
    model: Path
    index: Path  # of originality, the user's songs added
    exported: Exported


class Beside(nn.Module):
    """A linear map that stays, and a product of two thin ones beside it that is learned."""

    def __init__(self, linear: nn.Linear, rank: int, strength: float) -> None:
        super().__init__()
        self.linear, self.strength = linear, strength
        linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) * linear.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))  # it begins as it was

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out)."""
        return self.linear(x) + self.strength * ((x @ self.down.T) @ self.up.T)

    def merged(self) -> nn.Linear:
        """Return the linear map with the product added."""
        with torch.no_grad():
            self.linear.weight += self.strength * self.up @ self.down
        return self.linear


def adapt(model: GPT, adaptation: Adaptation) -> list[nn.Parameter]:
    """Put products beside the matrices of the blocks; return what is to be learned."""
    torch.manual_seed(adaptation.seed)
    model.requires_grad_(False)
    for part, name, linear in _linears(model):
        setattr(part, name, Beside(linear, adaptation.rank, adaptation.strength))
    return [p for p in model.parameters() if p.requires_grad]


def merge(model: GPT) -> None:
    """Add the products to their matrices: the model is plain again."""
    for block in model.blocks:
        for part in (block.attention, block.perceptron):
            for name, held in list(part.named_children()):
                if isinstance(held, Beside):
                    setattr(part, name, held.merged())


def _linears(model: GPT) -> list[tuple[nn.Module, str, nn.Linear]]:
    return [
        (part, name, held)
        for block in model.blocks for part in (block.attention, block.perceptron)
        for name, held in part.named_children() if isinstance(held, nn.Linear)
    ]  # fmt: skip


def finetune(
    model: Path,
    songs: OwnSongs,
    out: Path,
    adaptation: Adaptation | None = None,
    *,
    index: OriginalityIndex,
    threads: int | None = None,
    report: Report = print,
) -> Finetuned:
    """Adapt a model to songs, and write it, with an index of originality that knows them.

    model  its file, .onnx, or torch's weights, .pt
    out    the adapted model's file, .onnx; the index is written beside it, -originality.npz
    index  what the model's own index knows; all of the user's songs are added
    """
    adaptation = adaptation or Adaptation()
    if threads is not None:
        torch.set_num_threads(threads)
    weights, facts = read_weights(model)
    net = _model(weights, facts)
    checks = [song.tokens for song in judged(songs.kept)]
    taught = _store(songs, adaptation)
    report(
        f"{len(songs.taught)} songs to learn from, {len(songs.kept)} kept apart, "
        f"{len(taught.tokens)} tokens"
    )
    before, after, steps, learned = _learn(net, taught, checks, adaptation, report)
    if steps == 0:
        raise TapeloomError(
            f"the songs that were kept apart are foreseen no better ({before:.4f} nats a token); "
            "nothing is written: give more songs, or ones that are more alike"
        )
    told = {**facts.training, "finetuned_on": f"{len(songs.taught)} songs of the user's"}
    exported = export(
        {name: value.float().numpy() for name, value in net.state_dict().items()},
        replace(facts, name=out.stem, training=told, graph=""),
        checks=checks, samples=[np.asarray(taught[i], np.int64) for i in range(len(taught))][:64],
    )  # fmt: skip
    with replacing(out) as temporary:
        temporary.write_bytes(exported.file.data)
    target = out.with_name(f"{out.stem}-originality.npz")
    scores = [song.score for song in (*songs.taught, *songs.kept)]
    index.merged(OriginalityIndex.of(scores)).save(target)
    return Finetuned(before, after, steps, learned, out, target, exported)


def read_weights(path: Path) -> tuple[Weights, ModelFacts]:
    """Read a model's weights from its file or from torch's."""
    if path.suffix == ".pt":
        weights, facts = load(path)
        if facts.vocabulary != VOCABULARY.digest:
            raise InputError(f"{path} was taught another vocabulary than this version's")
        return weights, facts
    if path.suffix != ".onnx":
        raise InputError(f"{path} must be a model's file, .onnx, or torch's weights, .pt")
    from tapeloom.train.onnx_weights import weights_of

    file = read_model(path)
    return weights_of(file), file.facts


def _model(weights: Weights, facts: ModelFacts) -> GPT:
    net = GPT(GPTConfig(facts.tokens, facts.context, facts.layers, facts.heads, facts.width))
    net.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return net


def _store(songs: OwnSongs, adaptation: Adaptation) -> TokenStore:
    examples = [
        example
        for number, song in enumerate(songs.taught) for reading in range(adaptation.readings)
        for example in sequences_of(
            song.score, song.style, np.random.default_rng([adaptation.seed, number, reading])
        )
    ]  # fmt: skip
    if not examples:
        raise InputError("none of the songs can be written as tokens; nothing can be learned")
    return TokenStore.of(
        [example.tokens for example in examples], WORDS,
        weights=[example.weight for example in examples],
    )  # fmt: skip


def _learn(
    net: GPT, taught: TokenStore, checks: Sequence[NDArray[np.int64]], adaptation: Adaptation,
    report: Report,
) -> tuple[float, float, int, int]:  # fmt: skip
    """Learn until the checks are foreseen no better; leave the best in the model, merged."""
    learned = adapt(net, adaptation)
    optimiser = torch.optim.AdamW(learned, lr=adaptation.rate, weight_decay=0.0)
    drawer = Drawer(taught, context=net.config.context)
    windows = _check_windows(checks, adaptation, net.config.context)
    before = best = check_loss(net, windows)
    kept, best_step, stale = [p.detach().clone() for p in learned], 0, 0
    report(f"step 0: {before:.4f} nats a token of the songs that are kept apart")
    try:
        for step in range(1, adaptation.steps + 1):
            fall = 0.5 + 0.5 * math.cos(math.pi * step / adaptation.steps)
            for group in optimiser.param_groups:
                group["lr"] = adaptation.rate * (0.1 + 0.9 * fall)
            _advance(net, drawer, optimiser, adaptation, step)
            if step % adaptation.check_every and step != adaptation.steps:
                continue
            loss = check_loss(net, windows)
            report(f"step {step}: {loss:.4f}")
            stale += 1
            if loss < best:
                best, best_step, stale = loss, step, 0
                kept = [p.detach().clone() for p in learned]
            if stale >= adaptation.patience:
                break
    except KeyboardInterrupt as error:
        raise Interrupted("stopped; nothing is written") from error
    with torch.no_grad():
        for parameter, value in zip(learned, kept, strict=True):
            parameter.copy_(value)
    merge(net)
    return before, best, best_step, sum(p.numel() for p in learned)


def _advance(
    net: GPT, drawer: Drawer, optimiser: torch.optim.Optimizer, adaptation: Adaptation, step: int
) -> None:
    rng = np.random.default_rng([adaptation.seed, step])
    length = min(adaptation.window, net.config.context)
    windows = drawer.draw(rng, tokens=adaptation.tokens, length=length)
    net.train()
    loss, count = _loss(net, windows, groups=2)
    (loss / count).backward()
    torch.nn.utils.clip_grad_norm_(
        [p for group in optimiser.param_groups for p in group["params"]], 1.0
    )
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)


def _check_windows(
    checks: Sequence[NDArray[np.int64]], adaptation: Adaptation, context: int
) -> list[Window]:
    """Return as much of each song as fits, evenly among the songs."""
    room = max(min(adaptation.check_tokens // len(checks), context), 2)
    found = [np.asarray(song[: room + 1], np.int64) for song in checks]
    return [Window(song, np.arange(len(song) - 1)) for song in found]


def check_loss(net: GPT, windows: Sequence[Window]) -> float:
    """Return nats a token of windows."""
    net.eval()
    with torch.no_grad():
        total, count = _loss(net, windows, groups=max(len(windows) // 4, 1))
    return float(total) / count


def _loss(net: GPT, windows: Sequence[Window], *, groups: int) -> tuple[Tensor, int]:
    total, count = torch.zeros(()), 0
    for batch in gather(windows, pad=WORDS.pad, groups=groups):
        arrays = (batch.tokens, batch.positions, batch.targets)
        total = total + net.loss(*(torch.from_numpy(array) for array in arrays))
        count += batch.counted
    return total, count
