"""How far a set of pieces lies from another, feature by feature.

L.-C. Yang and A. Lerch, "On the evaluation of generative models in music" (Neural Computing and
Applications, 2020): the distances within the real set and those between both sets are smoothed to
densities, whose divergence (KL) and overlapping area (OA) are told; both on one shared grid here.
Pitched parts alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.core.time import PPQ
from tapeloom.train.metrics import Pitched

Floats = NDArray[np.float64]

# Quarters of the note lengths that are told apart: whole to sixteenth, dotted, triplets.
LENGTHS = np.array([4, 2, 1, 1 / 2, 1 / 4, 3, 3 / 2, 3 / 4, 3 / 8, 4 / 3, 2 / 3, 1 / 3])
FEATURES = (
    "pitch_count", "pitch_class_histogram", "pitch_class_transitions", "pitch_range",
    "pitch_interval", "note_count", "inter_onset", "length_histogram", "length_transitions",
)  # fmt: skip
GRID = 1000  # points of the densities


def features(score: Score) -> dict[str, Floats]:
    """Return the features of a piece by name, each a vector.

    Counts are of the whole piece, the interval (semitones) and the inter-onset time (quarters)
    means over notes that follow one another; histograms and transitions are shares.

    >>> from tapeloom.core.score import Note, Part
    >>> tune = (Note(0, PPQ, 60), Note(PPQ, PPQ, 64), Note(2 * PPQ, PPQ, 67))
    >>> found = features(Score((Part("tune", "melody", notes=tune),)))
    >>> found["pitch_range"], found["pitch_interval"], found["inter_onset"]
    (array([7.]), array([3.5]), array([1.]))
    """
    notes = Pitched.of(score)
    if len(notes.pitch) < 2:
        raise InputError("a piece of fewer than two pitched notes has no features")
    classes = notes.pitch % 12
    quarters = (notes.end - notes.onset) / PPQ
    kinds = np.abs(np.log2(quarters[:, None] / LENGTHS)).argmin(axis=1)
    onsets = np.unique(notes.onset)
    return {
        "pitch_count": np.array([float(len(np.unique(notes.pitch)))]),
        "pitch_class_histogram": _histogram(classes),
        "pitch_class_transitions": _transitions(classes),
        "pitch_range": np.array([float(np.ptp(notes.pitch))]),
        "pitch_interval": np.array([float(np.abs(np.diff(notes.pitch)).mean())]),
        "note_count": np.array([float(len(notes.pitch))]),
        "inter_onset": np.array([float(np.diff(onsets).mean() / PPQ) if len(onsets) > 1 else 0.0]),
        "length_histogram": _histogram(kinds),
        "length_transitions": _transitions(kinds),
    }


def _histogram(values: NDArray[np.int64]) -> Floats:
    return np.asarray(np.bincount(values, minlength=12) / len(values), np.float64)


def _transitions(values: NDArray[np.int64]) -> Floats:
    counts = np.bincount(12 * values[:-1] + values[1:], minlength=144)
    return np.asarray(counts / max(counts.sum(), 1), np.float64)


def compare(
    generated: Sequence[dict[str, Floats]], real: Sequence[dict[str, Floats]]
) -> dict[str, dict[str, float]]:
    """Return for each feature the divergence `kl` (nats, 0 is best) and `overlap` (1 is best).

    Both are between the distances within the real set and those from generated to real pieces.
    """
    if len(real) < 3 or not generated:
        raise InputError("a comparison needs three real pieces or more and a generated one")
    found = {}
    for name in FEATURES:
        a = np.array([piece[name] for piece in generated])
        b = np.array([piece[name] for piece in real])
        within = _distances(b, b)[np.triu_indices(len(b), 1)]
        found[name] = dict(
            zip(("kl", "overlap"), divergence(within, _distances(a, b).ravel()), strict=True)
        )
    return found


def ceiling(
    real: Sequence[dict[str, Floats]], rng: np.random.Generator, *, size: int | None = None
) -> dict[str, dict[str, float]]:
    """Compare real pieces with others of the same set: the best that a generator can be told to be.

    size   pieces that take the place of generated ones, at most half of the set; half when None
    """
    order = rng.permutation(len(real))
    half = min(size or len(real) // 2, len(real) // 2)
    return compare([real[i] for i in order[:half]], [real[i] for i in order[half:]])


def divergence(within: Floats, between: Floats) -> tuple[float, float]:
    """Return the Kullback-Leibler divergence (nats) and the overlapping area of two samples.

    Densities are sums of normal ones of Scott's bandwidth on one grid that covers both samples.

    >>> x = np.linspace(0.0, 1.0, 50)
    >>> divergence(x, x), divergence(x, x + 9.0)[1] < 0.01
    ((0.0, 1.0), True)
    """
    low = min(within.min(), between.min())
    high = max(within.max(), between.max())
    if high <= low:
        return 0.0, 1.0
    widths = [max(1.06 * x.std() * len(x) ** -0.2, (high - low) / 200) for x in (within, between)]
    grid = np.linspace(low - 3 * max(widths), high + 3 * max(widths), GRID)
    p, q = (_density(x, grid, h) for x, h in zip((within, between), widths, strict=True))
    p, q = p / p.sum(), q / q.sum()
    floor = 1e-12
    kl = float((p * np.log((p + floor) / (q + floor))).sum())
    return round(max(kl, 0.0), 9), round(float(np.minimum(p, q).sum()), 9)


def _density(values: Floats, grid: Floats, width: float) -> Floats:
    """Sum normal densities of what lies in each cell of the grid."""
    step = grid[1] - grid[0]
    counts = np.bincount(np.round((values - grid[0]) / step).astype(int), minlength=len(grid))
    reach = min(int(4 * width / step) + 1, len(grid) // 2 - 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
    return np.asarray(np.convolve(counts.astype(np.float64), kernel / kernel.sum(), mode="same"))


def _distances(a: Floats, b: Floats) -> Floats:
    """Return the Euclidean distances between the rows of two tables."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
