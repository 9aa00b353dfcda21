"""Titles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.compose.naming import MAX_TITLE, title_of


def test_without_words_a_title_is_drawn_by_the_seed() -> None:
    draw = [title_of("", np.random.default_rng(seed)) for seed in range(40)]
    assert draw == [title_of("", np.random.default_rng(seed)) for seed in range(40)]
    assert len(set(draw)) > 30


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
@pytest.mark.slow
def test_any_words_make_a_title_of_bounded_length(words: str) -> None:
    title = title_of(words, np.random.default_rng(0))
    assert 0 < len(title) <= MAX_TITLE


def test_small_words_stay_small() -> None:
    assert title_of("a walk in the rain", np.random.default_rng(0)) == "A Walk in the Rain"
