"""Choosing the next token: how far a model may stray, and how far it must not repeat itself.

What is taken away, in this order: pressure against repetition and for novelty (nats off a token's
logit), what is not allowed, temperature, top-k, min-p, top-p.

Top-k: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation", 2018. Top-p: Holtzman et
al., "The Curious Case of Neural Text Degeneration", 2020, eq. 2 and 3. Min-p: Nguyen et al.,
"Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", 2024.
"""

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.neural.tokens import VOCABULARY

Floats = NDArray[np.float32]
Novelty = Callable[[Sequence[int]], Mapping[int, float]]  # tokens so far -> nats off some of them
_FEW = 64  # what is looked at before all is put in order


@dataclass(frozen=True, slots=True)
class OwnPast:
    """Nats off a token that would go on with a passage that the piece has had before.

    With families only their tokens are compared: ("PITCH",) is against tunes that come back in
    whatever rhythm, ("POS",) against rhythms.

    >>> dict(OwnPast(grams=3, nats=2.0)([7, 8, 9, 5, 7, 8]))
    {9: 2.0}
    """

    grams: int = 12  # tokens of a passage, the one to be chosen included
    nats: float = 1.0  # for each time that the passage was there
    window: int = 1024  # tokens back that are looked at
    families: tuple[str, ...] = ()  # whose tokens are compared; none named: all

    def __post_init__(self) -> None:
        _within("grams", self.grams, 2, 64)
        _within("nats", self.nats, 0.0, 100.0)
        _within("window", self.window, self.grams, 65536)
        _known(self.families)

    def __call__(self, tokens: Sequence[int]) -> Mapping[int, float]:
        """Return what is taken from which tokens."""
        recent = tokens[-self.window :]
        if self.families:
            mask = _mask_of(self.families)
            recent = [token for token in recent if mask[token]]
        before = self.grams - 1
        if len(recent) <= before:
            return {}
        text = array("H", recent)
        data, passage = text.tobytes(), text[-before:].tobytes()
        found: dict[int, float] = {}
        at = data.find(passage)
        while at >= 0 and at // 2 + before < len(text):
            if at % 2 == 0:
                token = text[at // 2 + before]
                found[token] = found.get(token, 0.0) + self.nats
            at = data.find(passage, at + 1)
        return found


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen; `choose` fits generator.Choose.

    >>> greedy = Sampling(temperature=0.0)
    >>> greedy.choose(np.array([1.0, 3.0, 2.0], np.float32), np.array([True, False, True]), [],
    ...               np.random.default_rng(1))
    2
    """

    temperature: float = 1.0  # 0: always the likeliest
    top_k: int = 0  # the k likeliest only; 0: all
    top_p: float = 1.0  # the fewest that together have this chance
    min_p: float = 0.0  # those that have this share of the likeliest one's chance
    repetition: float = 0.0  # nats off a token for each time it is among the last ones
    window: int = 64  # how many the last ones are
    repeated: tuple[str, ...] = ("PITCH",)  # the families that repetition is counted of
    novelty: Novelty | None = field(default=None)  # e.g. OwnPast()

    def __post_init__(self) -> None:
        _within("temperature", self.temperature, 0.0, 10.0)
        _within("top_k", self.top_k, 0, 65536)
        _within("top_p", self.top_p, 0.0, 1.0)
        _within("min_p", self.min_p, 0.0, 1.0)
        _within("repetition", self.repetition, 0.0, 100.0)
        _within("window", self.window, 1, 65536)
        _known(self.repeated)

    def choose(
        self,
        logits: Floats,
        allowed: NDArray[np.bool_],
        tokens: Sequence[int],
        rng: np.random.Generator,
    ) -> int:
        """Choose among what is allowed.

        logits, allowed  shape (V,); tokens  so far
        """
        numbers = allowed.nonzero()[0]
        if len(numbers) == 1:
            return int(numbers[0])
        scores = logits[numbers].astype(np.float64)
        self._press(scores, numbers, tokens)
        if self.temperature == 0.0:
            return int(numbers[scores.argmax()])
        scores -= scores.max()
        scores /= self.temperature
        if 0 < self.top_k < len(scores):
            kept = np.argpartition(scores, -self.top_k)[-self.top_k :]
            numbers, scores = numbers[kept], scores[kept]
        weights = np.exp(scores)
        if self.min_p > 0.0:
            likely = weights >= self.min_p
            numbers, weights = numbers[likely], weights[likely]
        if self.top_p < 1.0:
            kept = nucleus(weights, self.top_p)
            numbers, weights = numbers[kept], weights[kept]
        below = weights.cumsum()
        at = below.searchsorted(rng.random() * below[-1], side="right")
        return int(numbers[min(int(at), len(numbers) - 1)])

    def _press(
        self, scores: NDArray[np.float64], numbers: NDArray[np.intp], tokens: Sequence[int]
    ) -> None:
        if self.repetition > 0.0 and tokens:
            counts = np.bincount(tokens[-self.window :], minlength=VOCABULARY.size)
            counts = np.where(_mask_of(self.repeated), counts[: VOCABULARY.size], 0)
            scores -= self.repetition * counts[numbers]
        if self.novelty is not None:
            for token, nats in self.novelty(tokens).items():
                at = int(numbers.searchsorted(token))
                if at < len(numbers) and numbers[at] == token:
                    scores[at] -= nats


def nucleus(weights: NDArray[np.float64], p: float) -> NDArray[np.intp]:
    """Return the fewest places that together have a share p of the weights, the heaviest first.

    >>> nucleus(np.array([0.1, 0.6, 0.3]), 0.7).tolist()
    [1, 2]
    """
    wanted = p * weights.sum()
    if len(weights) > 2 * _FEW:
        heavy = np.argpartition(weights, -_FEW)[-_FEW:]
        if weights[heavy].sum() > wanted:
            order = heavy[np.argsort(-weights[heavy])]
            return order[: int(weights[order].cumsum().searchsorted(wanted)) + 1]
    order = np.argsort(-weights)
    return order[: int(weights[order].cumsum().searchsorted(wanted)) + 1]


_masks: dict[tuple[str, ...], NDArray[np.bool_]] = {}


def _mask_of(families: tuple[str, ...]) -> NDArray[np.bool_]:
    if families not in _masks:
        mask = np.zeros(VOCABULARY.size, np.bool_)
        for family in families:
            mask |= VOCABULARY.masks[family]
        _masks[families] = mask
    return _masks[families]


def _known(families: tuple[str, ...]) -> None:
    for family in families:
        if family not in VOCABULARY.families:
            known = ", ".join(VOCABULARY.families)
            raise InputError(f"{family!r} is no family of tokens; choose of {known}")


def _within(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise InputError(f"{name} is {value}; it must lie in {low}..{high}")
