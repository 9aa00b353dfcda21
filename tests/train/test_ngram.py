"""The n-gram baseline: against a slow implementation, and as a distribution."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.theory.ngrams import kneser_ney_discounts
from tapeloom.train.ngram import TokenNGrams

SIZE = 6
RNG = np.random.default_rng(3)
SEQUENCES = [np.minimum(RNG.geometric(0.4, n) - 1, SIZE - 1) for n in (40, 1, 70)]


def slow(order: int, context: tuple[int, ...], token: int) -> float:
    """Compute one probability by dictionaries and recursion."""
    full: Counter[tuple[int, ...]] = Counter()
    for sequence in SEQUENCES:
        padded = [SIZE] * (order - 1) + sequence.tolist()
        for i in range(len(sequence)):
            full[tuple(padded[i : i + order])] += 1
    tables = [dict(full)]
    for _ in range(order - 1):
        shorter: dict[tuple[int, ...], int] = defaultdict(int)
        for gram in tables[-1]:
            shorter[gram[1:]] += 1
        tables.append(dict(shorter))

    def probability(gram: tuple[int, ...]) -> float:
        table = tables[order - len(gram)]
        taken = kneser_ney_discounts(np.array(list(table.values())))
        lower = probability(gram[1:]) if len(gram) > 1 else 1 / SIZE
        row = {g: c for g, c in table.items() if g[:-1] == gram[:-1]}
        if not row:
            return lower
        total = sum(row.values())
        left = sum(taken[min(c, 3)] for c in row.values())
        count = table.get(gram, 0)
        return float((count - taken[min(count, 3)] + left * lower) / total)

    return probability((*context, token))


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_the_fast_model_is_the_slow_one(order):
    model = TokenNGrams.count(SEQUENCES, size=SIZE, order=order)
    tokens = [2, 0, 5, 1, 1, 0, 0, 4]
    padded = [SIZE] * (order - 1) + tokens
    expected = [
        -np.log(slow(order, tuple(padded[i : i + order - 1]), token))
        for i, token in enumerate(tokens)
    ]
    np.testing.assert_allclose(model.nll(tokens), expected, rtol=1e-12)


def test_what_may_follow_adds_up_to_one():
    model = TokenNGrams.count(SEQUENCES, size=SIZE, order=4)
    for context in ([], [0], [5, 5, 5], [1, 0, 2]):
        shares = [np.exp(-model.nll([*context, token])[-1]) for token in range(SIZE)]
        assert sum(shares) == pytest.approx(1.0)


def test_longer_contexts_help_where_there_is_something_to_learn():
    tune = np.tile([0, 1, 2, 1, 0, 3], 200)
    costs = [
        TokenNGrams.count([tune[:900]], size=SIZE, order=n).mean_nll([tune[900:]])["all"]
        for n in (1, 2, 3)
    ]
    assert costs[0] > costs[1] > costs[2]


def test_masks_pick_roles():
    model = TokenNGrams.count(SEQUENCES, size=SIZE, order=2)
    nll = model.nll(SEQUENCES[0])
    mask = np.arange(40) % 2 == 0
    means = model.mean_nll(SEQUENCES[:1], {"bass": [mask], "none": [np.zeros(40, np.bool_)]})
    assert means["bass"] == pytest.approx(nll[mask].mean())
    assert np.isnan(means["none"])


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(InputError, match="order is 8"):
        TokenNGrams.count(SEQUENCES, size=500, order=8)
    with pytest.raises(InputError, match="outside"):
        TokenNGrams.count([[6]], size=SIZE)
    with pytest.raises(InputError, match="no tokens"):
        TokenNGrams.count([], size=SIZE)
