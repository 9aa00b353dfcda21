"""What a model writes, measured: the report's tables."""

import pytest

from tapeloom.core.errors import InputError
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.tokens import MOODS
from tapeloom.train.generation import LOFI, draw_orders, generated

from ..neural.tiny_model import TINY


@pytest.mark.slow
def test_pieces_are_drawn_measured_and_valid() -> None:
    told: list[str] = []
    asked, valid, lofi, original = generated(
        Runtime.load(TINY), pieces=2, samples=9, candidates=1, report=told.append
    )
    shares = {row[1]: (row[2], row[3]) for row in asked.rows}
    assert shares["tempo"] == (2, 1.0)
    assert shares["key"][0] == shares["mood"][0] == 2
    assert all(0.0 <= share <= 1.0 for _, share in shares.values())
    assert valid.rows[0][1:3] == (9, 1.0)
    assert {row[0] for row in lofi.rows if row[4]} == set(LOFI)
    assert original.rows[0][1] == 2
    with pytest.raises(InputError, match="at least 1 of each"):
        generated(Runtime.load(TINY), pieces=0, samples=1, candidates=1, report=told.append)


def test_calm_moods_are_asked_with_a_density_and_brisk_ones_without() -> None:
    orders = draw_orders(40)
    assert {mood for _, _, mood, _ in orders} == set(MOODS[1:])
    for _, key, mood, density in orders:
        assert (density is None) == (mood in ("happy", "tense"))
        assert key.is_minor == (mood in ("sad", "tense"))
