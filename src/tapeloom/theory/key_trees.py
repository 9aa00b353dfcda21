"""Which of two relative keys: boosted trees that look at diatonic music from its major tonic."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.theory.key_evidence import INPUTS, KEYWISE
from tapeloom.theory.key_lines import LINE_INPUTS

RELATIVE = (np.arange(12) + 9) % 12 + 12  # each major key's relative minor, as a number of a key
PIECE_INPUTS = INPUTS + len(KEYWISE)
PASSAGE_INPUTS = PIECE_INPUTS + LINE_INPUTS


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Complete decision trees of one depth, whose leaves add up to the log-odds of the minor key.

    The splits of a tree are numbered from the root down, row by row: those below number k are
    2 k + 1 and, where the input is above the threshold, 2 k + 2. The leaves follow on.
    """

    feature: NDArray[np.int16]  # (trees, splits)
    threshold: NDArray[np.float32]  # (trees, splits)
    value: NDArray[np.float32]  # (trees, splits + 1 leaves)

    def log_odds(self, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the log-odds of the minor key against the major one, (rows,).

        inputs   what `relative_inputs` lays out, (rows, inputs)

        >>> stump = Trees(np.zeros((1, 1), np.int16), np.ones((1, 1), np.float32),
        ...     np.array([[-2.0, 2.0]], np.float32))
        >>> stump.log_odds(np.array([[0.5], [1.5]], np.float32))
        array([-2.,  2.])
        """
        odds = np.zeros(len(inputs))
        _kernel()(np.ascontiguousarray(inputs), self.feature, self.threshold, self.value, odds)
        return odds


@cache
def _kernel() -> Any:
    """Compile the loop (numba takes half a second to import)."""
    from numba import njit

    return njit(cache=True)(climb)


def climb(
    inputs: NDArray[np.float32],
    feature: NDArray[np.int16],
    threshold: NDArray[np.float32],
    value: NDArray[np.float32],
    odds: NDArray[np.float64],
) -> None:
    """Add the leaf of each tree that each row reaches to `odds`; the loop behind `Trees.log_odds`.

    >>> odds = np.zeros(2)
    >>> zeros = np.zeros((1, 1), int)
    >>> climb(np.array([[0.0], [1.0]]), zeros, zeros, np.array([[0.5, 2.0]]), odds)
    >>> odds
    array([0.5, 2. ])
    """
    trees, splits = feature.shape
    for row in range(len(inputs)):
        for tree in range(trees):
            at = 0
            while at < splits:
                at = 2 * at + 1 + (inputs[row, feature[tree, at]] > threshold[tree, at])
            odds[row] += value[tree, at - splits]


def relative_inputs(
    seen: NDArray[np.float32],
    tonic: NDArray[np.int64],
    lines: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Lay out what the trees look at, (rows, PIECE_INPUTS), or PASSAGE_INPUTS with lines.

    seen    evidence as each tonic sees it, (rows, 12, INPUTS)
    tonic   the major key's, a pitch class for each row
    lines   outer lines as each tonic sees them, (rows, 12, LINE_INPUTS)

    >>> relative_inputs(np.zeros((2, 12, INPUTS), np.float32), np.array([0, 7])).shape
    (2, 348)
    """
    row = np.arange(len(seen))
    minor = seen[row, RELATIVE[tonic] - 12, INPUTS - len(KEYWISE) :]
    parts = [seen[row, tonic], minor]
    if lines is not None:
        parts.append(lines[row, tonic])
    return np.concatenate(parts, axis=1)
