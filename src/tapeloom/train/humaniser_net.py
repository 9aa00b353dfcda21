"""The humaniser's network and its training, in torch."""
# mypy: disable-error-code="misc, no-any-return"

import sys
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tapeloom.neural.humaniser import FEATURES
from tapeloom.train.humaniser import (
    FEEDBACK,
    OFFSET_BINS,
    VELOCITY_BINS,
    Batch,
    Piece,
    batches,
)

WIDTH = 64  # of the reader, each way
HIDDEN = 96  # of the player
LENGTHS = (192, 640)  # of windows in hits, by turns: short ones learn fast, long ones don't drift
HITS = 6144  # of a batch
FEEDBACK_NOISE = 0.2  # on what it remembers, lest it rely on memories more exact than its own


class Reader(nn.Module):
    """Reads the written part both ways: features (B, T, FEATURES) to contexts (B, T, 2 WIDTH)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.enter = nn.Linear(FEATURES, 2 * WIDTH)
        self.read = nn.GRU(
            2 * WIDTH, WIDTH, num_layers=2, batch_first=True, bidirectional=True, dropout=dropout
        )
        self.drop = nn.Dropout(dropout)

    def forward(self, features: Tensor) -> Tensor:
        """Return the contexts."""
        entered = self.drop(functional.relu(self.enter(features)))
        read, _ = self.read(entered)
        return self.drop(read + entered)


class Humaniser(nn.Module):
    """Reader, player and the heads that give the chances of velocities and offsets."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.reader = Reader(dropout)
        self.player = nn.GRU(2 * WIDTH + FEEDBACK, HIDDEN, batch_first=True)
        self.velocity = nn.Linear(HIDDEN + 2 * WIDTH, VELOCITY_BINS)
        self.lean = nn.Linear(HIDDEN + 2 * WIDTH + 1, HIDDEN)
        self.offset = nn.Linear(HIDDEN, OFFSET_BINS)
        # What is expected from the page alone, before anything is played.
        self.expect = nn.Sequential(
            nn.Linear(2 * WIDTH, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, OFFSET_BINS + VELOCITY_BINS)
        )

    def losses(
        self, features: Tensor, memory: Tensor, bins: Tensor, velocities: Tensor, weights: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return mean negative log chances: played offset, velocity; expected offset, velocity."""
        context = self.reader(features)
        hidden, _ = self.player(torch.cat([context, memory], -1))
        state = torch.cat([hidden, context], -1)
        lean = torch.tanh(self.lean(torch.cat([state, velocities.unsqueeze(-1)], -1)))
        offset, velocity = self.offset(lean), self.velocity(state)
        expected = self.expect(context)

        counted = (bins[..., 0] >= 0) * weights.unsqueeze(-1)

        def loss(logits: Tensor, target: Tensor) -> Tensor:
            costs = functional.cross_entropy(
                logits.flatten(0, 1), target.flatten(), ignore_index=-1, reduction="none"
            )
            return (costs * counted.flatten()).sum() / counted.sum()

        return (
            loss(offset, bins[..., 0]),
            loss(velocity, bins[..., 1]),
            loss(expected[..., :OFFSET_BINS], bins[..., 0]),
            loss(expected[..., OFFSET_BINS:], bins[..., 1]),
        )


def fit(
    pieces: Sequence[Piece],
    checks: Sequence[Piece],
    *,
    epochs: int,
    seed: int,
    rate: float = 3e-3,
    dropout: float = 0.2,
) -> Humaniser:
    """Train a network; after each epoch print the losses of the pieces to check with, if any."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    net = Humaniser(dropout)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    whole = epochs * sum(len(piece.offsets_ms) for piece in pieces)
    seen = 0  # hits; every epoch has each once
    for epoch in range(epochs):
        net.train()
        length = LENGTHS[epoch % len(LENGTHS)]
        for batch in batches(pieces, rng, size=HITS // length, length=length):
            done = seen / whole  # warm up for a tenth, then fall along a cosine
            share = done / 0.1 if done < 0.1 else 0.5 + 0.5 * np.cos(np.pi * (done - 0.1) / 0.9)
            for group in optimiser.param_groups:
                group["lr"] = rate * max(float(share), 0.01)
            losses = _losses(net, batch, FEEDBACK_NOISE)
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            seen += int((batch.bins[..., 0] >= 0).sum())
        line = " ".join(f"{x:.4f}" for x in check(net, checks)) if checks else "done"
        sys.stdout.write(f"epoch {epoch + 1}: {line}\n")
        sys.stdout.flush()
    return net.eval()


def check(net: Humaniser, pieces: Sequence[Piece]) -> list[float]:
    """Return mean losses over pieces: played offset, velocity, expected offset, velocity."""
    net.eval()
    total, hits = np.zeros(4), 0.0
    with torch.no_grad():
        for batch in batches(pieces, np.random.default_rng(0)):
            n = float(((batch.bins[..., 0] >= 0) * batch.weights[:, None]).sum())
            total += n * np.array([float(x) for x in _losses(net, batch, 0.0)])
            hits += n
    return list(total / max(hits, 1.0))


def _losses(net: Humaniser, batch: Batch, noise: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    memory = torch.from_numpy(batch.feedback)
    if noise:
        memory = memory + noise * torch.randn_like(memory)
    return net.losses(
        torch.from_numpy(batch.features),
        memory,
        torch.from_numpy(batch.bins),
        torch.from_numpy(batch.velocities),
        torch.from_numpy(batch.weights),
    )
