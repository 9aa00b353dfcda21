"""Muon: momentum whose steps are made orthogonal, for the matrices of a transformer's blocks.

K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024. Torch has one of
its own, which computes in bfloat16; processors without that type emulate it slowly. This one keeps
the precision of the weights.
"""
# mypy: disable-error-code="misc, no-any-return, untyped-decorator"

import math
from collections.abc import Iterable

import torch
from torch import Tensor

# Of the quintic whose iteration drives all singular values towards 1, chosen for speed, not for
# exactness: they end between 0.7 and 1.2.
QUINTIC = (3.4445, -4.7750, 2.0315)
ROUNDS = 5
RMS = 0.2  # of a step, which is what AdamW's steps have


class Muon(torch.optim.Optimizer):
    """Change matrices by orthogonal steps of about the size that AdamW's have at the same rate."""

    def __init__(
        self, matrices: Iterable[Tensor], *, lr: float, momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(
            list(matrices), {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        )

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Change each matrix once, by its gradient."""
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                state = self.state[matrix]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(matrix)
                held = state["momentum"]
                held.lerp_(matrix.grad, 1 - group["momentum"])
                step = orthogonal(matrix.grad.lerp(held, group["momentum"]))  # Nesterov's
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                matrix.add_(step, alpha=-group["lr"] * RMS * math.sqrt(max(matrix.shape)))


def orthogonal(matrix: Tensor) -> Tensor:
    """Return about the nearest matrix with orthonormal rows or columns, shape as given.

    >>> step = orthogonal(torch.diag(torch.tensor([3.0, 0.1])))
    >>> bool((step.diagonal() > 0.6).all() and (step.diagonal() < 1.3).all())
    True
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    a, b, c = QUINTIC
    for _ in range(ROUNDS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x
