"""How a model is trained: one table of settings, and the learning rate that follows from it."""

import math
from dataclasses import dataclass

from tapeloom.core.errors import InputError

PRECISIONS = ("auto", "float32", "bfloat16")
OPTIMISERS = ("muon", "adamw")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of a training run."""

    preset: str = "small"  # a size of train.gpt.PRESETS
    steps: int = 10_000  # changes of the weights
    tokens: int = 16_384  # to predict in a step, per process
    groups: int = 4  # parts that a step's tokens are worked through in; more need less memory
    window: int = 512  # tokens seen at once; the last steps see the whole context
    whole_share: float = 0.1  # share of the steps, the last ones, that see the whole context
    rate: float = 1e-3  # the highest learning rate
    warmup: int = 200  # steps in which the rate climbs to it
    decay_share: float = 1.0  # share of the steps, the last ones, in which it falls along a cosine
    last_rate: float = 0.02  # what it falls to, as a share of the highest
    weight_decay: float = 0.1  # of matrices; norms, biases and embeddings are left alone
    beta_2: float = 0.95  # how long AdamW remembers squared gradients
    optimiser: str = "muon"  # of OPTIMISERS, for the matrices of the blocks; the rest: AdamW
    clip: float = 1.0  # the longest gradient
    dropout: float = 0.0  # share of values zeroed
    precision: str = "auto"  # of PRECISIONS; auto: bfloat16 on a GPU that has it, else float32
    compile: bool = False  # by torch.compile: minutes of waiting, then faster on a GPU
    check_every: int = 250  # steps between looks at the validation songs
    check_tokens: int = 65_536  # of them that are looked at
    save_every: int = 250  # steps between checkpoints
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("steps", "tokens", "groups", "window", "check_every", "check_tokens",
                     "save_every"):  # fmt: skip
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        for name in ("whole_share", "decay_share", "last_rate", "dropout"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"{name} is {getattr(self, name)}; it must lie between 0 and 1")
        if not 0.0 < self.rate <= 1.0:
            raise InputError(f"rate is {self.rate}; it must lie above 0 and be at most 1")
        if self.warmup < 0 or self.seed < 0:
            raise InputError("warmup and seed must not be negative")
        if self.precision not in PRECISIONS:
            known = ", ".join(PRECISIONS)
            raise InputError(f"precision is {self.precision!r}; it must be one of {known}")
        if self.optimiser not in OPTIMISERS:
            known = ", ".join(OPTIMISERS)
            raise InputError(f"optimiser is {self.optimiser!r}; it must be one of {known}")

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0.

        >>> recipe = Recipe(steps=100, warmup=10, rate=1.0, last_rate=0.0)
        >>> [round(recipe.rate_at(step), 2) for step in (0, 9, 10, 55, 99)]
        [0.1, 1.0, 1.0, 0.5, 0.0]
        """
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        first = max(self.warmup, round(self.steps * (1.0 - self.decay_share)))
        done = max(step - first, 0) / max(self.steps - first, 1)
        fall = 0.5 - 0.5 * math.cos(math.pi * min(done, 1.0))
        return self.rate * (1.0 - fall * (1.0 - self.last_rate))

    def window_at(self, step: int, context: int) -> int:
        """Return how many tokens a step's windows hold at most."""
        whole = step >= self.steps * (1.0 - self.whole_share)
        return context if whole else min(self.window, context)
