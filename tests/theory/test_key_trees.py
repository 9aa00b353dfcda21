"""Trees that tell relative keys apart: what they add up, what they see, and what they change."""

from pathlib import Path

import numpy as np
import pytest

from tapeloom.theory.key_evidence import INPUTS, KEYWISE, VECTORS
from tapeloom.theory.key_lines import LINE_INPUTS
from tapeloom.theory.key_model import NETS, TREES, KeyModel, shipped_model
from tapeloom.theory.key_net import KeyNet
from tapeloom.theory.key_trees import (
    PASSAGE_INPUTS,
    PIECE_INPUTS,
    RELATIVE,
    Trees,
    climb,
    relative_inputs,
)
from tapeloom.theory.keys import CONFIDENT, weigh


def by_descent(trees: Trees, row: np.ndarray) -> float:
    """Walk every tree by its definition: level by level."""
    total = 0.0
    for feature, threshold, value in zip(trees.feature, trees.threshold, trees.value, strict=True):
        leaves = value.tolist()
        first = 0
        while len(leaves) > 1:
            above = bool(row[feature[first]] > threshold[first])
            half = len(leaves) // 2
            leaves = leaves[half:] if above else leaves[:half]
            first = 2 * first + (2 if above else 1)
        total += leaves[0]
    return total


def test_trees_add_up_the_leaves_that_are_reached() -> None:
    rng = np.random.default_rng(0)
    trees = Trees(
        rng.integers(5, size=(9, 15)).astype(np.int16),
        rng.normal(size=(9, 15)).astype(np.float32),
        rng.normal(size=(9, 16)).astype(np.float32),
    )
    rows = rng.normal(size=(40, 5)).astype(np.float32)
    expected = [by_descent(trees, row) for row in rows]
    np.testing.assert_allclose(trees.log_odds(rows), expected, atol=1e-5)
    plain = np.zeros(40)
    climb(rows, trees.feature, trees.threshold, trees.value, plain)
    np.testing.assert_allclose(plain, expected, atol=1e-5)
    assert len(set(expected)) > 10


def test_the_shipped_trees_are_whole() -> None:
    trees = shipped_model().trees
    assert set(trees) == set(TREES)
    for name, inputs in (("whole", PIECE_INPUTS), ("passage", PASSAGE_INPUTS)):
        each = trees[name]
        count, splits = each.feature.shape
        assert each.feature.min() >= 0
        assert each.feature.max() < inputs
        assert splits in (1, 3, 7, 15, 31)
        assert each.threshold.shape == (count, splits)
        assert each.value.shape == (count, splits + 1)


def test_inputs_begin_with_the_major_key_and_end_with_the_lines() -> None:
    rng = np.random.default_rng(1)
    seen = rng.normal(size=(3, 12, INPUTS)).astype(np.float32)
    lines = rng.normal(size=(3, 12, LINE_INPUTS)).astype(np.float32)
    tonic = np.array([0, 5, 11])
    rows = relative_inputs(seen, tonic, lines)
    assert rows.shape == (3, PASSAGE_INPUTS)
    for row, major in enumerate(tonic):
        minor = (major - 3) % 12
        assert RELATIVE[major] == 12 + minor
        np.testing.assert_array_equal(rows[row, :INPUTS], seen[row, major])
        np.testing.assert_array_equal(
            rows[row, INPUTS:PIECE_INPUTS], seen[row, minor, -len(KEYWISE) :]
        )
        np.testing.assert_array_equal(rows[row, PIECE_INPUTS:], lines[row, major])


@pytest.fixture
def undecided() -> KeyModel:
    """A model whose nets know nothing, and whose trees say minor with odds of e to 1."""
    sizes = {"diatonic_lines": LINE_INPUTS}
    nets = {
        name: KeyNet(
            *(
                np.zeros(shape, np.float32)
                for shape in ((inputs, 2), (2,), (2, 2), (inputs, 2), (2,))
            )
        )
        for name in NETS
        for inputs in [sizes.get(name, INPUTS)]
    }
    one = Trees(
        np.zeros((1, 1), np.int16), np.zeros((1, 1), np.float32), np.ones((1, 2), np.float32)
    )
    return KeyModel(nets, dict.fromkeys(TREES, one))


def evidence(*classes: int) -> tuple[np.ndarray, np.ndarray]:
    vectors, keywise = np.zeros((len(VECTORS), 12)), np.zeros((len(KEYWISE), 24))
    vectors[VECTORS.index("duration"), list(classes)] = 1 / len(classes)
    return vectors, keywise


def test_relative_keys_keep_what_they_have_together(undecided: KeyModel) -> None:
    """The profiles choose the scale, the trees its tonic."""
    shares = weigh(*evidence(0, 2, 4, 5, 7, 9, 11), model=undecided)
    together = shares[:12] + shares[RELATIVE]
    assert shares.sum() == pytest.approx(1.0)
    assert together.argmax() == 0
    assert shares.max() < CONFIDENT
    # Diatonic music is the trees' to more than 99 %.
    assert np.log(shares[21] / shares[0]) == pytest.approx(1.0, abs=0.01)


def test_chromatic_music_is_not_the_trees(undecided: KeyModel) -> None:
    vectors, keywise = evidence(*range(12))
    vectors[0, 0] += 0.1
    shares = weigh(vectors, keywise, model=undecided)
    assert shares[0] > shares[21]


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = shipped_model()
    model.save(tmp_path / "model.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]
    again = KeyModel.load(tmp_path / "model.npz")
    given = evidence(0, 2, 4, 7)
    np.testing.assert_array_equal(weigh(*given, model=again), weigh(*given, model=model))
