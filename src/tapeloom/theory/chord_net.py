"""The learned part of chord recognition: a small net that looks at a span from each root alike."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.theory.chord_rules import LABELS, rule_evidence
from tapeloom.theory.span_features import CHANNELS

_FILE = Path(__file__).parents[1] / "models" / "chords.npz"
Weights = NDArray[np.float32]
FREQUENCIES = 7  # of twelve real numbers
_BLOCK = 32  # spans at a time: what they need stays in the processor's cache


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

    def spectrum(self) -> Weights:
        """Return the first layer by frequency, shape (FREQUENCIES, 2, 2 * CHANNELS, hidden).

        Seen from all roots it is a circular correlation over the pitch classes. The discrete
        Fourier transform over the twelve makes products of it, of which there are fewer. The axes
        in the middle are the answer's real and imaginary part, and those of the channels.
        """
        shaped = self.first[: CHANNELS * 12].reshape(CHANNELS, 12, -1)
        turned = np.moveaxis(np.fft.rfft(shaped, axis=1), 1, 0)
        real = np.concatenate((turned.real, turned.imag), axis=1)
        imaginary = np.concatenate((-turned.imag, turned.real), axis=1)
        return np.stack((real, imaginary), axis=1).astype(np.float32)

    def evidence(
        self, channels: NDArray[np.float32], general: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Score every chord in every span, shape (spans, 12 roots, labels), rules included."""
        return weigh_evidence(self, self.spectrum(), channels, general)


@cache
def _transform() -> tuple[Weights, Weights]:
    """Return the Fourier transform of twelve numbers and its inverse as matrices (12, 14).

    The columns are FREQUENCIES real parts and as many imaginary ones; of the inverse, pairs.
    """
    angles = np.outer(np.arange(12), np.arange(FREQUENCIES)) * (2 * np.pi / 12)
    share = np.array([1, 2, 2, 2, 2, 2, 1]) / 12
    back = np.stack((np.cos(angles) * share, -np.sin(angles) * share), axis=2).reshape(12, -1)
    there = np.concatenate((np.cos(angles), -np.sin(angles)), axis=1)
    return there.astype(np.float32), back.astype(np.float32)


def weigh_evidence(
    net: ChordNet,
    spectrum: Weights,
    channels: NDArray[np.float32],
    general: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Run a net whose `spectrum` is given; spans that are alike to the bit are seen once.

    >>> from tapeloom.theory.span_features import SCALARS
    >>> net = ChordNet(*(np.zeros(shape, np.float32) for shape in
    ...     ((CHANNELS * 12 + SCALARS, 2), (2,), (2, 2), (2,), (2, 15), (15,))), trust=0.0)
    >>> silence = np.zeros((3, CHANNELS, 12), np.float32), np.zeros((3, SCALARS), np.float32)
    >>> weigh_evidence(net, net.spectrum(), *silence).shape
    (3, 12, 15)
    """
    first, place = _distinct(channels, general)
    channels, general = channels[first], general[first]
    result: NDArray[np.float64] = net.trust * rule_evidence(channels)
    hidden = len(net.second)
    for start in range(0, len(channels), _BLOCK):
        rows = slice(start, start + _BLOCK)
        x = _first_layer(spectrum, channels[rows])
        x += general[rows] @ net.first[CHANNELS * 12 :] + net.first_bias
        x = x.reshape(-1, hidden)
        np.maximum(x, 0.0, out=x)
        x = x @ net.second
        x += net.second_bias
        np.maximum(x, 0.0, out=x)
        x = x @ net.last
        x += net.last_bias
        result[rows] += x.reshape(12, -1, len(LABELS)).swapaxes(0, 1)
    return result[place]


def _first_layer(spectrum: Weights, channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """See spans from all roots, shape (12 roots, spans, hidden)."""
    there, back = _transform()
    spans = len(channels)
    parts = (channels.reshape(-1, 12) @ there).reshape(spans, CHANNELS, 2, FREQUENCIES)
    turned = np.ascontiguousarray(parts.transpose(3, 0, 2, 1))
    heard = turned.reshape(FREQUENCIES, 1, spans, 2 * CHANNELS) @ spectrum
    seen: NDArray[np.float32] = back @ heard.reshape(2 * FREQUENCIES, -1)
    return seen.reshape(12, spans, -1)


def _distinct(
    channels: NDArray[np.float32], general: NDArray[np.float32]
) -> tuple[list[int], list[int]]:
    """Return the rows where something new stands, and for each row which of those it repeats."""
    rows = np.concatenate((channels.reshape(-1, CHANNELS * 12), general), axis=1)
    seen: dict[bytes, int] = {}
    first: list[int] = []
    place = []
    for number, row in enumerate(rows.view(f"V{rows.shape[1] * rows.itemsize}")[:, 0].tolist()):
        at = seen.setdefault(row, len(first))
        if at == len(first):
            first.append(number)
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
    """Load the net that comes with the package, and its spectrum.

    >>> net, spectrum = shipped_net()
    >>> spectrum.shape == (FREQUENCIES, 2, 2 * CHANNELS, len(net.second))
    True
    """
    net = load_net(_FILE)
    return net, net.spectrum()
