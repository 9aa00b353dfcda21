"""Counts of what followed a context, smoothed by interpolated modified Kneser-Ney."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

BASE = 128  # symbols are 0..127; a context and what follows are one number in this base


@dataclass(frozen=True, slots=True, eq=False)
class NGrams:
    """What followed each context of 0 to `order` - 1 symbols.

    `keys[k]` holds contexts of k symbols with the symbol that followed as sorted numbers in base
    128; `counts[k]` how often (in the longest order) or after how many different symbols (in the
    shorter ones); `discounts[k]` what is taken from counts of 1, 2, and 3 or more.

    >>> grams = NGrams.count([(0, 1), (0, 1), (0, 2), (1, 0)], size=3)
    >>> grams.distribution([0]).round(2), grams.distribution([2]).round(2)
    (array([0.11, 0.61, 0.28]), array([0.33, 0.33, 0.33]))
    """

    size: int  # symbols that can follow: 0..size-1
    keys: tuple[NDArray[np.int64], ...]
    counts: tuple[NDArray[np.int64], ...]
    discounts: NDArray[np.float64]  # (order, 4), that of count 0 first
    _known: dict[tuple[int, ...], NDArray[np.float64]] = field(default_factory=dict, repr=False)
    _logs: dict[tuple[int, ...], NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @property
    def order(self) -> int:
        """The longest context and one."""
        return len(self.keys)

    @classmethod
    def count(cls, rows: Sequence[Sequence[int]], *, size: int) -> "NGrams":
        """Count rows of equal length: the context, its nearest symbol last, then what followed.

        S. Chen and J. Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling",
        1998: shorter contexts count different predecessors, and D(c) = c - (c + 1) Y n(c+1) / n(c)
        with Y = n(1) / (n(1) + 2 n(2)).
        """
        table = np.asarray(rows, np.int64)
        if table.ndim != 2 or not table.size or table.min() < 0 or table.max() >= BASE:
            raise InputError("n-grams are counted from rows of equal length of symbols 0 to 127")
        order = table.shape[1]
        keys, counts, discounts = [], [], []
        for k in range(order):
            used = table[:, order - 1 - k :]
            if k < order - 1:
                used = np.unique(table[:, order - 2 - k :], axis=0)[:, 1:]
            code = used @ (BASE ** np.arange(k, -1, -1, dtype=np.int64))
            key, seen = np.unique(code, return_counts=True)
            keys.append(key)
            counts.append(seen)
            discounts.append(kneser_ney_discounts(seen))
        return cls(size, tuple(keys), tuple(counts), np.array(discounts))

    def distribution(self, context: Sequence[int]) -> NDArray[np.float64]:
        """Return the probabilities of all that can follow, shape (size,), read-only.

        Of a longer context the last `order` - 1 symbols count; one never met falls back to the
        longest part of it that was.
        """
        used = tuple(context[max(len(context) - self.order + 1, 0) :])
        known = self._known.get(used)
        if known is not None:
            return known
        p = np.full(self.size, 1.0 / self.size)
        for k in range(min(len(used), self.order - 1) + 1):
            code = 0
            for symbol in used[len(used) - k :]:
                code = code * BASE + symbol
            first, last = np.searchsorted(self.keys[k], (code * BASE, (code + 1) * BASE))
            if first == last:
                break
            seen = self.counts[k][first:last]
            taken = self.discounts[k][np.minimum(seen, 3)]
            total = seen.sum()
            p *= taken.sum() / total
            p[self.keys[k][first:last] % BASE] += (seen - taken) / total
        p.setflags(write=False)
        if len(self._known) < 200_000:
            self._known[used] = p
        return p

    def log_distribution(self, context: Sequence[int]) -> NDArray[np.float64]:
        """Return the natural logarithms of `distribution`, read-only.

        >>> grams = NGrams.count([(0, 1), (0, 2), (1, 0)], size=3)
        >>> bool(np.allclose(np.exp(grams.log_distribution([0])), grams.distribution([0])))
        True
        """
        used = tuple(context[max(len(context) - self.order + 1, 0) :])
        known = self._logs.get(used)
        if known is None:
            known = np.log(self.distribution(used))
            known.setflags(write=False)
            if len(self._logs) < 200_000:
                self._logs[used] = known
        return known

    def to_arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return the table as small arrays for a file, their names beginning with `name`."""
        arrays: dict[str, NDArray[np.generic]] = {f"{name}.discounts": self.discounts}
        for k, (key, seen) in enumerate(zip(self.keys, self.counts, strict=True)):
            arrays[f"{name}.keys{k}"] = np.diff(key, prepend=0)  # steps compress, numbers don't
            arrays[f"{name}.counts{k}"] = seen.astype(np.uint16)
        return arrays

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[np.generic]], name: str, *, size: int
    ) -> "NGrams":
        """Read what `to_arrays` returned.

        >>> grams = NGrams.count([(0, 1), (0, 2), (1, 0)], size=3)
        >>> again = NGrams.from_arrays(grams.to_arrays("x"), "x", size=3)
        >>> bool((again.distribution([0]) == grams.distribution([0])).all())
        True
        """
        discounts = np.asarray(arrays[f"{name}.discounts"], np.float64)
        order = range(len(discounts))
        keys = tuple(np.cumsum(np.asarray(arrays[f"{name}.keys{k}"], np.int64)) for k in order)
        counts = tuple(np.asarray(arrays[f"{name}.counts{k}"], np.int64) for k in order)
        return cls(size, keys, counts, discounts)


def kneser_ney_discounts(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what is taken from counts of 0, 1, 2, and 3 or more (see `NGrams.count`).

    >>> kneser_ney_discounts(np.array([1, 1, 1, 2, 2, 3, 4])).round(2)
    array([0.  , 0.43, 1.36, 1.29])
    """
    n = [max(int((counts == c).sum()), 1) for c in (1, 2, 3, 4)]
    y = n[0] / (n[0] + 2 * n[1])
    raw = [c - (c + 1) * y * n[c] / n[c - 1] for c in (1, 2, 3)]
    # Tables of few counts give values outside of what can be taken.
    return np.array(
        [0.0, *(min(max(d, 0.05), c - 0.05) for d, c in zip(raw, (1, 2, 3), strict=True))]
    )
