"""A language model of token counts: the baseline that a learned generator has to beat.

Interpolated modified Kneser-Ney (S. Chen and J. Goodman, "An Empirical Study of Smoothing
Techniques for Language Modeling", 1998) over integer tokens, counted by sorting, so that ten
million tokens take seconds. `theory.ngrams` does the same for small alphabets, a whole distribution
at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.theory.ngrams import kneser_ney_discounts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """What followed the contexts of one length."""

    grams: Ints  # sorted codes of a context and what followed
    counts: Ints  # of each: how often, or after how many different tokens
    contexts: Ints  # sorted codes
    totals: Floats  # the sum of a context's counts
    left: Floats  # what the discounts take from it, for the shorter contexts
    discounts: Floats  # from counts of 0, 1, 2, and 3 or more


@dataclass(frozen=True, slots=True, eq=False)
class TokenNGrams:
    """Counts of token n-grams of order 1 to `order`.

    >>> model = TokenNGrams.count([np.array([0, 1, 0, 1, 0, 1])], size=3, order=2)
    >>> likely, unlikely = model.nll([0, 1])[1], model.nll([0, 2])[1]
    >>> bool(likely < 0.5 < unlikely)
    True
    """

    size: int  # tokens are 0..size-1
    levels: tuple[Level, ...]  # by length of context, from none

    @property
    def order(self) -> int:
        """The longest context and one."""
        return len(self.levels)

    @classmethod
    def count(
        cls, sequences: Sequence[Ints | Sequence[int]], *, size: int, order: int = 5
    ) -> "TokenNGrams":
        """Count the n-grams within sequences; the beginning of one is a context of its own.

        size   tokens of the vocabulary
        order  1..5, or more where (size + 1) ** order stays below 2 ** 63
        """
        if order < 1 or (size + 1) ** order >= 2**63:
            raise InputError(f"order is {order}; with {size} tokens it must lie between 1 and "
                             f"{int(63 * np.log(2) / np.log(size + 1))}")  # fmt: skip
        table = _codes(sequences, size, order)
        if not len(table):
            raise InputError("there are no tokens to count")
        base = size + 1
        levels: list[Level] = []
        grams, counts = np.unique(table, return_counts=True)
        for k in range(order - 1, -1, -1):
            if k < order - 1:  # how many different tokens came before
                grams, counts = np.unique(grams % base ** (k + 1), return_counts=True)
            levels.append(_level(grams, counts.astype(np.int64), base))
        return cls(size, tuple(reversed(levels)))

    def nll(self, tokens: Ints | Sequence[int]) -> Floats:
        """Return the negative log-likelihood of each token of a sequence in nats, shape (tokens,).

        Each is judged by the order - 1 tokens before it.
        """
        codes = _codes([tokens], self.size, self.order)
        base = self.size + 1
        p = np.full(len(codes), 1.0 / self.size)
        for k, level in enumerate(self.levels):
            gram = codes % base ** (k + 1)
            place, known = _find(level.contexts, gram // base)
            at, seen = _find(level.grams, gram)
            count = np.where(seen, level.counts[at], 0)
            kept = count - level.discounts[np.minimum(count, 3)]
            with np.errstate(divide="ignore", invalid="ignore"):
                mixed = (kept + level.left[place] * p) / level.totals[place]
            p = np.where(known, mixed, p)
        return np.asarray(-np.log(p))

    def mean_nll(
        self, sequences: Sequence[Ints | Sequence[int]],
        masks: Mapping[str, Sequence[NDArray[np.bool_]]] | None = None,
    ) -> dict[str, float]:  # fmt: skip
        """Return the mean in nats a token: of `all`, and of the positions that each mask picks.

        masks   name (a role) -> for each sequence which of its tokens count
        """
        costs = [self.nll(tokens) for tokens in sequences]
        means = {"all": float(np.concatenate(costs).mean())}
        for name, picks in (masks or {}).items():
            picked = np.concatenate([c[p] for c, p in zip(costs, picks, strict=True)])
            means[name] = float(picked.mean()) if len(picked) else float("nan")
        return means


def _codes(sequences: Sequence[Ints | Sequence[int]], size: int, order: int) -> Ints:
    """Return for each token the code of the order - 1 tokens before it and itself."""
    base, found = size + 1, []
    for sequence in sequences:
        tokens = np.asarray(sequence, np.int64)
        if len(tokens) and not 0 <= tokens.min() <= tokens.max() < size:
            raise InputError(f"a token lies outside of 0 to {size - 1}")
        padded = np.concatenate([np.full(order - 1, size), tokens])
        code = np.zeros(len(tokens), np.int64)
        for k in range(order):
            code = code * base + padded[k : k + len(tokens)]
        found.append(code)
    return np.concatenate([np.zeros(0, np.int64), *found])


def _level(grams: Ints, counts: Ints, base: int) -> Level:
    discounts = kneser_ney_discounts(counts)
    context = grams // base
    first = np.flatnonzero(np.diff(context, prepend=-1))
    taken = discounts[np.minimum(counts, 3)]
    return Level(
        grams, counts, context[first],
        np.add.reduceat(counts, first).astype(np.float64), np.add.reduceat(taken, first), discounts,
    )  # fmt: skip


def _find(table: Ints, codes: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    at = np.minimum(np.searchsorted(table, codes), len(table) - 1)
    return at, np.asarray(table[at] == codes)
