"""Splitting sound into bands that add up again.

S. H. Linkwitz, "Active crossover networks for noncoincident drivers", JAES 24(1), 1976: a pass
filter in series with itself. The two halves of a cut are in phase everywhere, so that they add up
to an all-pass. What a band below misses of the cuts above it is made up for by their all-passes,
and the sum of all bands has a flat magnitude.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.band_edges import check_cuts
from tapeloom.dsp.cascade import Cascade
from tapeloom.dsp.filters import Section, all_pass, high_pass, low_pass
from tapeloom.dsp.linear_phase import LinearPhase


def _first_order(cutoff_hz: float, rate: int) -> tuple[Section, Section]:
    """Return a low- and a high-pass of 6 dB an octave (bilinear)."""
    t = math.tan(math.pi * cutoff_hz / rate)
    a1 = (t - 1.0) / (t + 1.0)
    low = np.array([t / (t + 1.0), t / (t + 1.0), 0.0, 1.0, a1, 0.0])
    high = np.array([1.0 / (t + 1.0), -1.0 / (t + 1.0), 0.0, 1.0, a1, 0.0])
    return low, high


def linkwitz_riley(
    cutoff_hz: float, rate: int, *, order: int = 4
) -> tuple[list[Section], list[Section], list[Section]]:
    """Design a cut: its low-pass, its high-pass and the all-pass that the two add up to.

    cutoff_hz  where both halves are 6 dB down; over 0.45 of the rate it is moved down there
    order      one of `band_edges.ORDERS`; the high-pass of order 2 is turned over, or it would not
               add up

    >>> from tapeloom.dsp.filters import frequency_response
    >>> low, high, _ = linkwitz_riley(1000.0, 44100)
    >>> abs(frequency_response(low, [1000.0], 44100)).round(6)
    array([0.5])
    >>> both = frequency_response(low, [9000.0], 44100) + frequency_response(high, [9000.0], 44100)
    >>> abs(both).round(9)
    array([1.])
    """
    check_cuts((cutoff_hz,), order)
    cutoff_hz = min(cutoff_hz, 0.45 * rate)
    if order == 2:
        low, high = _first_order(cutoff_hz, rate)
        return [low, low], [high, high * [-1.0, -1.0, -1.0, 1.0, 1.0, 1.0]], [all_pass(low)]
    half = order // 2
    qs = [0.5 / math.sin(math.pi * (2 * k + 1) / (2 * half)) for k in range(half // 2)]
    lows = [low_pass(cutoff_hz, rate, q=q) for q in qs]
    highs = [high_pass(cutoff_hz, rate, q=q) for q in qs]
    return lows * 2, highs * 2, [all_pass(low) for low in lows]


class LinkwitzRiley:
    """Bands of least delay over blocks; their sum has a flat magnitude (it is an all-pass).

    cutoffs_hz  rising, 1 to 5 of them
    order       one of `band_edges.ORDERS`

    >>> split = LinkwitzRiley(44100, 1, cutoffs_hz=(200.0, 2000.0))
    >>> bands = split.process(np.ones((1, 44100)))
    >>> bands.shape, bands[:, 0, -1].round(6) + 0.0
    ((3, 1, 44100), array([1., 0., 0.]))
    """

    latency = 0

    def __init__(
        self, rate: int, channels: int, *, cutoffs_hz: Sequence[float], order: int = 4
    ) -> None:
        check_cuts(cutoffs_hz, order)
        self._rate, self._channels, self._order = rate, channels, order
        self._cuts = [(Cascade(low), Cascade(high)) for low, high in self._design(cutoffs_hz)]

    def retune(self, cutoffs_hz: Sequence[float]) -> None:
        """Start towards as many other cuts; while they move, the sum is flat within a little."""
        check_cuts(cutoffs_hz)
        for cut, designed in zip(self._cuts, self._design(cutoffs_hz), strict=True):
            for cascade, rows in zip(cut, designed, strict=True):
                cascade.move(rows)

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the next bands, shape (bands, channels, samples), the lowest first."""
        bands = []
        rest = block
        for low, high in self._cuts:
            bands.append(low.process(rest))
            rest = high.process(rest)
        return np.stack([*bands, rest])

    def _design(self, cutoffs_hz: Sequence[float]) -> list[list[NDArray[np.float64]]]:
        """Return each cut's sections for what lies below it and above it, (channels, n, 6)."""
        cuts = [linkwitz_riley(hz, self._rate, order=self._order) for hz in cutoffs_hz]
        designed = []
        for at, (low, high, _) in enumerate(cuts):
            made_up = [row for _, _, rows in cuts[at + 1 :] for row in rows]
            sides = (np.array([*low, *made_up]), np.array(high))
            designed.append([np.tile(rows, (self._channels, 1, 1)) for rows in sides])
        return designed


class LinearSplit:
    """Bands without a shift of phase over blocks, which add up to the sound `latency` samples ago.

    cutoffs_hz  rising, 1 to 5 of them
    order       one of `band_edges.ORDERS`: the magnitudes are those of Linkwitz and Riley's cuts

    A band is what its upper cut lets through less what its lower cut does: whatever the filters
    are, the sum is the input.

    >>> split = LinearSplit(44100, 1, cutoffs_hz=(500.0,))
    >>> x = np.random.default_rng(1).standard_normal((1, 20_000))
    >>> total = split.process(x).sum(axis=0)
    >>> bool(np.allclose(total[:, split.latency :], x[:, : -split.latency], atol=1e-14))
    True
    """

    def __init__(
        self, rate: int, channels: int, *, cutoffs_hz: Sequence[float], order: int = 4
    ) -> None:
        check_cuts(cutoffs_hz, order)
        self._order = order
        self._filter = LinearPhase(rate, channels, self._magnitudes(cutoffs_hz))
        self.latency = self._filter.latency

    def retune(self, cutoffs_hz: Sequence[float]) -> None:
        """Blend into as many other cuts; the sum stays the input."""
        check_cuts(cutoffs_hz)
        self._filter.move(self._magnitudes(cutoffs_hz))

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the next bands, shape (bands, channels, samples), the lowest first."""
        below = self._filter.process(block)  # what lies below each cut, and at last everything
        return np.diff(below, axis=0, prepend=np.zeros((1, *block.shape)))

    def _magnitudes(self, cutoffs_hz: Sequence[float]) -> Any:
        def magnitudes(frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
            ratios = frequencies_hz / np.array(cutoffs_hz)[:, None]
            passes = 1.0 / (1.0 + ratios**self._order)
            return np.concatenate((passes, np.ones((1, frequencies_hz.size))))[:, None]

        return magnitudes
