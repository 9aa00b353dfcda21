"""The learned part of key finding: a small net that looks at a piece from each tonic alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KeyNet:
    """Weights of one hidden layer and of what goes past it.

    The same weights see a piece from each of the twelve tonics, so that music and its
    transposition get the same answer, transposed.
    """

    first: Weights  # (inputs, hidden)
    first_bias: Weights  # (hidden,)
    last: Weights  # (hidden, 2): a major key and a minor one
    direct: Weights  # (inputs, 2)
    bias: Weights  # (2,)

    def logits(self, seen: NDArray[np.float32]) -> NDArray[np.float64]:
        """Score the 24 keys of what is laid out as each tonic sees it, shape (..., 24).

        >>> net = KeyNet(*(np.ones(s, np.float32) for s in ((4, 3), (3,), (3, 2), (4, 2), (2,))))
        >>> net.logits(np.zeros((12, 4), np.float32)).shape
        (24,)
        """
        rows = seen.reshape(-1, seen.shape[-1])
        hidden = rows @ self.first
        hidden += self.first_bias
        np.maximum(hidden, 0.0, out=hidden)
        scores = (hidden @ self.last + rows @ self.direct + self.bias).reshape(*seen.shape[:-1], 2)
        turned: NDArray[np.float64] = np.swapaxes(scores, -1, -2).astype(np.float64)
        return turned.reshape(*seen.shape[:-2], 24)


def join(nets: tuple[KeyNet, ...]) -> KeyNet:
    """Return the net whose scores are the mean of those of some nets.

    >>> one = KeyNet(*(np.ones(s, np.float32) for s in ((4, 3), (3,), (3, 2), (4, 2), (2,))))
    >>> seen = np.arange(48, dtype=np.float32).reshape(12, 4)
    >>> bool(np.allclose(join((one, one)).logits(seen), one.logits(seen)))
    True
    """
    count = np.float32(len(nets))
    return KeyNet(
        np.concatenate([net.first for net in nets], axis=1),
        np.concatenate([net.first_bias for net in nets]),
        (np.concatenate([net.last for net in nets]) / count).astype(np.float32),
        sum((net.direct for net in nets), np.zeros_like(nets[0].direct)) / count,
        sum((net.bias for net in nets), np.zeros_like(nets[0].bias)) / count,
    )


def probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn scores into shares that add up to 1 along the last axis.

    >>> probabilities(np.zeros(4))
    array([0.25, 0.25, 0.25, 0.25])
    """
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = shares / shares.sum(axis=-1, keepdims=True)
    return result
