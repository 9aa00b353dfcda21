"""Windows of songs, drawn and gathered into batches.

A song longer than a window is cut at a bar line, with its header kept in front, as the runtime
does when its context is full. In half of the windows the bars are moved to later positions than
they have, so that short windows teach every position of the context (D. Zhu et al., "PoSE:
Efficient Context Window Extension of LLMs via Positional Skip-wise Training", 2023). What is drawn
depends on the seed and the step alone: a run that was stopped goes on as if it had not been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tapeloom.train.token_store import TokenStore

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a song: n tokens to predict, each from those before it."""

    tokens: Ints  # shape (n + 1,)
    positions: Ints  # of the first n, shape (n,)
    source: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as rows; what is left of a row is padded and not counted."""

    tokens: Ints  # shape (B, T)
    positions: Ints  # shape (B, T)
    targets: Ints  # shape (B, T), -1 where nothing is to be predicted
    sources: Ints  # shape (B,)

    @property
    def counted(self) -> int:
        """Return how many tokens are to be predicted."""
        return int((self.targets >= 0).sum())


def cut_window(
    song: NDArray[np.int16], *, bar: int, length: int, context: int, place: float, shift: float
) -> Window:
    """Cut at most `length` predictions from a song, beginning at a bar, behind its header.

    place  0..1, where in the song; 0 begins with the first bar
    shift  0..1, how far the bars' positions are moved on; up to 0.5 not at all

    >>> song = np.array([1, 2, 9, 5, 9, 6, 9, 7, 3], np.int16)
    >>> cut_window(song, bar=9, length=4, context=8, place=1.0, shift=1.0)
    Window(tokens=array([1, 2, 9, 7, 3]), positions=array([0, 1, 6, 7]), source=0)
    """
    tokens = np.asarray(song, np.int64)
    bars = np.flatnonzero(tokens == bar)
    header = int(bars[0]) if len(bars) else 0
    if len(tokens) > length + 1 and header <= length // 2:
        room = length + 1 - header
        rest = len(tokens) - room
        # Beginnings and ends are met a little more often than their share.
        first = header + place * (len(tokens) - header) - room / 2
        if len(bars) and first <= rest:
            first = bars[max(int(np.searchsorted(bars, first, side="right")) - 1, 0)]
        else:  # up to the last token, whatever the bar lines
            first = min(bars[bars >= rest], default=rest)
        tokens = np.concatenate([tokens[:header], tokens[int(first) : int(first) + room]])
    tokens = tokens[: length + 1]
    positions = np.arange(len(tokens) - 1)
    positions[header:] += round(max(2.0 * shift - 1.0, 0.0) * (context - len(positions)))
    return Window(tokens, positions)


class Drawer:
    """Draws windows from a store: a song's chance goes with its weight and its windows."""

    def __init__(self, store: TokenStore, *, context: int) -> None:
        self.store = store
        self.context = context

    @cached_property
    def _lengths(self) -> Ints:
        return self.store.lengths

    def draw(self, rng: np.random.Generator, *, tokens: int, length: int) -> list[Window]:
        """Draw windows of at most `length` predictions until there are `tokens` of them."""
        chances = self.store.weights * np.maximum(self._lengths / length, 1.0)
        edges = np.cumsum(chances)
        windows: list[Window] = []
        while tokens > 0:
            which, place, shift = rng.random(3)
            number = int(np.searchsorted(edges, which * edges[-1], side="right"))
            number = min(number, len(self.store) - 1)
            window = cut_window(
                self.store[number], bar=self.store.vocabulary.bar, length=length,
                context=self.context, place=place, shift=shift,
            )  # fmt: skip
            source = int(self.store.sources[number])
            windows.append(Window(window.tokens, window.positions, source))
            tokens -= len(window.positions)
        return windows


def gather(windows: Sequence[Window], *, pad: int, groups: int) -> list[Batch]:
    """Gather windows into batches of about as many tokens, those of like length together.

    All of them make one step of training; there are `groups` batches where there are as many
    windows, so that the processes of a machine have as many each.
    """
    order = sorted(windows, key=lambda window: len(window.positions))
    ends = np.cumsum([len(window.positions) for window in order])
    groups = min(groups, len(order))
    edges = np.searchsorted(ends, ends[-1] * np.arange(1, groups) / groups) + 1
    bounds = [0, *edges.tolist(), len(order)]
    for k in range(1, groups):  # every batch has a window
        bounds[k] = min(max(bounds[k], bounds[k - 1] + 1), len(order) - groups + k)
    return [to_batch(order[a:b], pad=pad) for a, b in pairwise(bounds)]


def to_batch(windows: Sequence[Window], *, pad: int) -> Batch:
    """Put windows one under another.

    >>> two = Window(np.array([5, 6, 7]), np.arange(2)), Window(np.array([5, 6]), np.arange(1))
    >>> to_batch(two, pad=0).targets.tolist()
    [[6, 7], [6, -1]]
    """
    shape = len(windows), max(len(window.positions) for window in windows)
    tokens, positions = np.full(shape, pad, np.int64), np.zeros(shape, np.int64)
    targets = np.full(shape, -1, np.int64)
    for row, window in enumerate(windows):
        n = len(window.positions)
        tokens[row, :n], targets[row, :n] = window.tokens[:-1], window.tokens[1:]
        positions[row, :n] = window.positions
    return Batch(tokens, positions, targets, np.array([window.source for window in windows]))
