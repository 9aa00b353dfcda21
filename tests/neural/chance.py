"""A model to which all tokens are alike: what it writes tells what a script and limits ask for."""

from collections.abc import Sequence

import numpy as np

from tapeloom.neural.generator import Floats, write
from tapeloom.neural.script import Script
from tapeloom.neural.tokens import VOCABULARY


class Chance:
    """It forgets what it reads."""

    context = 1 << 20

    def begin(self, prompts: Sequence[Sequence[int]]) -> Floats:
        return np.zeros((len(prompts), VOCABULARY.size), np.float32)

    def step(self, tokens: Sequence[int]) -> Floats:
        return np.zeros((len(tokens), VOCABULARY.size), np.float32)

    def extend(self, row: int, tokens: Sequence[int]) -> Floats:
        return np.zeros(VOCABULARY.size, np.float32)

    def renew(self, row: int, prompt: Sequence[int]) -> Floats:
        return np.zeros(VOCABULARY.size, np.float32)


def write_by_chance(script: Script, seed: int = 0) -> tuple[int, ...]:
    """Follow a script, drawing among what is allowed."""
    (candidate,) = write(Chance(), [script], [np.random.default_rng(seed)])
    return candidate.tokens
