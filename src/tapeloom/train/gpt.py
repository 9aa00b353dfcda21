"""The transformer: GPT-2's architecture over our own small vocabulary, in one file.

Token and position embeddings, then blocks that read (causal self-attention) and think (a two-layer
perceptron), each behind a LayerNorm and added to the stream, a last LayerNorm, and the token
embedding again as the output layer. Read it from top to bottom.

Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. The logits are tested
against transformers' GPT-2 with the same weights (tests/train/test_gpt.py).
"""
# mypy: disable-error-code="misc, no-any-return"

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class GPTConfig:
    """The model's size.

    >>> PRESETS["base"].parameters
    118040832
    """

    vocabulary: int = 512  # V, tokens that it knows
    context: int = 2048  # the most tokens that it sees at once
    layers: int = 8  # blocks
    heads: int = 4  # of attention; each is C / heads wide
    width: int = 256  # C, of the stream that the blocks read from and write to
    dropout: float = 0.0  # share of values zeroed in training; helps where songs are few

    def __post_init__(self) -> None:
        if min(self.vocabulary, self.context, self.layers, self.heads, self.width) < 1:
            raise InputError(f"{self} has a size below 1; every size is at least 1")
        if self.width % self.heads:
            raise InputError(f"width is {self.width}; {self.heads} heads must divide it")
        if not 0.0 <= self.dropout < 1.0:
            raise InputError(f"dropout is {self.dropout}; it must lie between 0 and 1")

    @property
    def parameters(self) -> int:
        """Return how many weights the model has; the output layer shares the embedding's."""
        C = self.width
        block = 12 * C * C + 13 * C  # qkv 3, projection 1, perceptron 4 + 4; biases and norms
        return (self.vocabulary + self.context) * C + self.layers * block + 2 * C


PRESETS = {
    "tiny": GPTConfig(context=256, layers=2, heads=2, width=64),  # tests
    "mini": GPTConfig(layers=6, heads=3, width=192),  # 3.2 M: a processor trains it in hours
    "small": GPTConfig(layers=8, heads=4, width=256),  # 7 M: a day of a processor, or a GPU
    "medium": GPTConfig(layers=10, heads=6, width=384),  # 19 M: for a GPU
    "base": GPTConfig(layers=12, heads=14, width=896),  # 118 M, GPT-2's size: a GPU and more data
}


class Attention(nn.Module):
    """Every place gathers from itself and the places before it."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.dropout = config.dropout
        self.qkv = nn.Linear(config.width, 3 * config.width)  # query, key and value at once
        self.project = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        B, T, C = x.shape
        qkv = self.qkv(x).view(B, T, 3, self.heads, C // self.heads)  # (B, T, 3, H, D)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, H, T, D)
        y = functional.scaled_dot_product_attention(
            q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0
        )  # (B, H, T, D)
        return self.project(y.transpose(1, 2).reshape(B, T, C))


class Perceptron(nn.Module):
    """Every place thinks for itself."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.widen = nn.Linear(config.width, 4 * config.width)
        self.project = nn.Linear(4 * config.width, config.width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        return self.project(functional.gelu(self.widen(x), approximate="tanh"))


class Block(nn.Module):
    """Read, then think; both add to the stream."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.width)
        self.attention = Attention(config)
        self.norm_2 = nn.LayerNorm(config.width)
        self.perceptron = Perceptron(config)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        x = x + self.drop(self.attention(self.norm_1(x)))
        return x + self.drop(self.perceptron(self.norm_2(x)))


class GPT(nn.Module):
    """The whole model: tokens in, a score for each next token out."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        self.token = nn.Embedding(config.vocabulary, config.width)
        self.position = nn.Embedding(config.context, config.width)
        self.drop = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.apply(self._start)
        for name, weight in self.named_parameters():
            if name.endswith("project.weight"):  # what adds to the stream: 2 additions a block
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * config.layers))

    @staticmethod
    def _start(module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)

    def forward(self, tokens: Tensor, positions: Tensor | None = None) -> Tensor:
        """Map tokens (B, T) to logits (B, T, V).

        positions  (B, T), each below the context; None: 0, 1, 2, ...
        """
        T = tokens.shape[1]
        if positions is None:
            positions = torch.arange(T, device=tokens.device)
        x = self.drop(self.token(tokens) + self.position(positions))  # (B, T, C)
        for block in self.blocks:
            x = block(x)
        return functional.linear(self.norm(x), self.token.weight)  # (B, T, V)

    def loss(self, tokens: Tensor, positions: Tensor, targets: Tensor) -> Tensor:
        """Return the sum of the negative log chances of targets (B, T), in nats; -1 counts not."""
        logits = self(tokens, positions).float()
        return functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum"
        )


def to_gpt_2(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename our weights to those of transformers' GPT-2, which keeps matrices as (in, out)."""
    names = {
        "token.": "transformer.wte.", "position.": "transformer.wpe.", "norm.": "transformer.ln_f.",
        "blocks.": "transformer.h.", ".norm_1.": ".ln_1.", ".norm_2.": ".ln_2.",
        ".attention.qkv.": ".attn.c_attn.", ".attention.project.": ".attn.c_proj.",
        ".perceptron.widen.": ".mlp.c_fc.", ".perceptron.project.": ".mlp.c_proj.",
    }  # fmt: skip
    result: dict[str, Tensor] = {}
    for name, value in weights.items():
        new = name
        for old, theirs in names.items():
            if new.startswith(old) or old.startswith("."):
                new = new.replace(old, theirs, 1)
        matrix = name.startswith("blocks") and value.dim() == 2
        result[new] = value.T.contiguous() if matrix else value
    return {**result, "lm_head.weight": weights["token.weight"]}
