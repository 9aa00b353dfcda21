"""The learned part of chord recognition: a small net that looks at a span from each root alike."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.theory.chord_rules import LABELS, rotations, rule_evidence
from tapeloom.theory.span_features import CHANNELS

_FILE = Path(__file__).parents[1] / "models" / "chords.npz"
Weights = NDArray[np.float32]
_BLOCK = 64  # spans at a time: what they need stays in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class ChordNet:
    """Weights of two hidden layers, and how far the rules' evidence is trusted beside them.

    The same weights see a span from each of the twelve roots, so that music and its
    transposition get the same answer, transposed.
    """

    first: Weights  # (CHANNELS * 12 + SCALARS, hidden)
    first_bias: Weights  # (hidden,)
    second: Weights  # (hidden, hidden)
    second_bias: Weights  # (hidden,)
    last: Weights  # (hidden, labels)
    last_bias: Weights  # (labels,)
    trust: float

    def unrolled(self) -> Weights:
        """Return the first layer as seen from all roots, shape (inputs, 12 * hidden)."""
        hidden = self.first.shape[1]
        shaped = self.first[: CHANNELS * 12].reshape(CHANNELS, 12, hidden)
        wide = np.empty((CHANNELS, 12, 12, hidden), np.float32)
        for root, classes in enumerate(rotations()):
            wide[:, classes, root] = shaped
        flat = wide.reshape(CHANNELS * 12, 12 * hidden)
        return np.concatenate((flat, np.tile(self.first[CHANNELS * 12 :], 12)))

    def evidence(
        self, channels: NDArray[np.float32], general: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Score every chord in every span, shape (spans, 12 roots, labels), rules included."""
        return weigh_evidence(self, self.unrolled(), channels, general)


def weigh_evidence(
    net: ChordNet, wide: Weights, channels: NDArray[np.float32], general: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Run a net whose first layer is unrolled; spans that are alike to the bit are seen once.

    >>> from tapeloom.theory.span_features import SCALARS
    >>> net = ChordNet(*(np.zeros(shape, np.float32) for shape in
    ...     ((CHANNELS * 12 + SCALARS, 2), (2,), (2, 2), (2,), (2, 15), (15,))), trust=0.0)
    >>> silence = np.zeros((3, CHANNELS, 12), np.float32), np.zeros((3, SCALARS), np.float32)
    >>> weigh_evidence(net, net.unrolled(), *silence).shape
    (3, 12, 15)
    """
    first, place = _distinct(channels, general)
    channels, general = channels[first], general[first]
    result: NDArray[np.float64] = net.trust * rule_evidence(channels)
    hidden = len(net.second)
    for start in range(0, len(channels), _BLOCK):
        rows = slice(start, start + _BLOCK)
        spans = len(channels[rows])
        x = channels[rows].reshape(spans, CHANNELS * 12) @ wide[: CHANNELS * 12]
        x += general[rows] @ wide[CHANNELS * 12 :]
        x = x.reshape(spans * 12, hidden)
        x += net.first_bias
        np.maximum(x, 0.0, out=x)
        x = x @ net.second
        x += net.second_bias
        np.maximum(x, 0.0, out=x)
        x = x @ net.last
        x += net.last_bias
        result[rows] += x.reshape(spans, 12, len(LABELS))
    return result[place]


def _distinct(
    channels: NDArray[np.float32], general: NDArray[np.float32]
) -> tuple[list[int], list[int]]:
    """Return the rows where something new stands, and for each row which of those it repeats."""
    seen: dict[bytes, int] = {}
    first: list[int] = []
    place = []
    for row, (one, other) in enumerate(zip(channels, general, strict=True)):
        at = seen.setdefault(one.tobytes() + other.tobytes(), len(first))
        if at == len(first):
            first.append(row)
        place.append(at)
    return first, place


def save_net(net: ChordNet, path: Path) -> None:
    """Write a net's weights in half precision.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_net(shipped_net()[0], Path(folder, "net.npz"))
    ...     load_net(Path(folder, "net.npz")).trust == shipped_net()[0].trust
    True
    """
    arrays = {name: getattr(net, name) for name in ChordNet.__slots__ if name != "trust"}
    np.savez_compressed(
        path, trust=np.float32(net.trust), **{k: v.astype(np.float16) for k, v in arrays.items()}
    )


def load_net(path: Path) -> ChordNet:
    """Read a net that `save_net` wrote.

    >>> load_net(_FILE).last.shape[1] == len(LABELS)
    True
    """
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    return ChordNet(**{**arrays, "trust": float(arrays["trust"])})


@cache
def shipped_net() -> tuple[ChordNet, Weights]:
    """Load the net that comes with the package, and its first layer unrolled.

    >>> net, wide = shipped_net()
    >>> wide.shape[1] == 12 * len(net.second)
    True
    """
    net = load_net(_FILE)
    return net, net.unrolled()
