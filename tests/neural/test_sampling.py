"""Laws of sampling: what is chosen is allowed, likely enough, and follows the chances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tapeloom.core.errors import InputError
from tapeloom.neural.sampling import OwnPast, Sampling, nucleus
from tapeloom.neural.tokens import VOCABULARY

V = VOCABULARY.size
LOGITS = arrays(np.float32, V, elements=st.floats(-30, 30, width=32))
SEEDS = st.integers(0, 2**32 - 1)
settings = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    top_k=st.sampled_from([0, 1, 5, 1000]),
    top_p=st.floats(0.0, 1.0),
    min_p=st.floats(0.0, 1.0),
    repetition=st.sampled_from([0.0, 2.0]),
    novelty=st.sampled_from([None, OwnPast(grams=2)]),
)


def masks(seed: int, share: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = rng.random(V) < share
    mask[rng.integers(V)] = True
    return mask


@given(settings, LOGITS, SEEDS, st.floats(0, 1))
def test_only_what_is_allowed_is_chosen_and_the_same_again(
    sampling: Sampling, logits: np.ndarray, seed: int, share: float
) -> None:
    allowed = masks(seed, share)
    tokens = np.random.default_rng(seed).integers(0, V, 50).tolist()
    before = logits.copy()
    chosen = sampling.choose(logits, allowed, tokens, np.random.default_rng(seed))
    assert allowed[chosen]
    assert chosen == sampling.choose(logits, allowed, tokens, np.random.default_rng(seed))
    assert np.array_equal(before, logits)


@given(LOGITS, SEEDS, st.integers(1, 20))
def test_top_k_keeps_the_k_likeliest(logits: np.ndarray, seed: int, k: int) -> None:
    allowed = masks(seed, 0.5)
    chosen = Sampling(top_k=k).choose(logits, allowed, [], np.random.default_rng(seed))
    assert (logits[allowed] > logits[chosen]).sum() < k


@given(LOGITS, SEEDS, st.floats(0.01, 1.0))
def test_min_p_keeps_a_share_of_the_likeliest(logits: np.ndarray, seed: int, p: float) -> None:
    allowed = masks(seed, 0.5)
    chosen = Sampling(min_p=p).choose(logits, allowed, [], np.random.default_rng(seed))
    assert logits[chosen] - logits[allowed].max() >= np.log(p) - 1e-5


@given(arrays(np.float64, st.integers(1, 700), elements=st.floats(0, 1)), st.floats(0, 0.999))
def test_a_nucleus_is_the_smallest_set_with_its_share(weights: np.ndarray, p: float) -> None:
    weights[0] += 1e-3
    kept = nucleus(weights, p)
    total = weights.sum()
    assert weights[kept].sum() >= p * total * (1 - 1e-9)
    assert weights[kept[:-1]].sum() < p * total * (1 + 1e-9) or len(kept) == 1
    assert len(set(kept.tolist())) == len(kept)
    left = np.delete(weights, kept)
    assert not len(left) or left.max() <= weights[kept].min()


def test_a_likely_token_is_drawn_as_often_as_its_chance() -> None:
    logits = np.full(V, -50.0, np.float32)
    logits[:3] = np.log([0.5, 0.3, 0.2])
    rng, allowed = np.random.default_rng(3), np.ones(V, np.bool_)
    for sampling, chances in (
        (Sampling(), [0.5, 0.3, 0.2]),
        (Sampling(temperature=0.5), np.array([0.25, 0.09, 0.04]) / 0.38),
        (Sampling(top_p=0.79), [0.625, 0.375, 0.0]),
        (Sampling(min_p=0.5), [0.625, 0.375, 0.0]),
        (Sampling(top_k=2), [0.625, 0.375, 0.0]),
    ):
        drawn = [sampling.choose(logits, allowed, [], rng) for _ in range(4000)]
        shares = np.bincount(drawn, minlength=3) / 4000
        assert np.allclose(shares[:3], chances, atol=0.03)


def test_what_was_there_lately_becomes_less_likely() -> None:
    low, high = VOCABULARY.id("PITCH_60"), VOCABULARY.id("PITCH_64")
    logits = np.zeros(V, np.float32)
    logits[low] = 1.5
    allowed = np.zeros(V, np.bool_)
    allowed[[low, high]] = True
    sampling = Sampling(temperature=0.0, repetition=1.0, window=4)
    rng = np.random.default_rng(1)
    assert sampling.choose(logits, allowed, [low], rng) == low
    assert sampling.choose(logits, allowed, [low, low], rng) == high
    assert sampling.choose(logits, allowed, [low, low, 1, 1, 1, 1], rng) == low
    by_position = Sampling(temperature=0.0, repetition=1.0, repeated=("POS",))
    assert by_position.choose(logits, allowed, [low, low], rng) == low


def test_a_passage_of_ones_own_is_not_quoted() -> None:
    pitches = [VOCABULARY.id(f"PITCH_{60 + step}") for step in (0, 4, 7, 12, 0, 4)]
    position = VOCABULARY.id("POS_0")
    spread = [token for pitch in pitches for token in (position, pitch)]
    tune = OwnPast(grams=3, nats=2.0, families=("PITCH",))
    assert tune(spread) == {pitches[2]: 2.0}
    assert OwnPast(grams=3, nats=2.0)(spread) == {position: 2.0}
    assert OwnPast(grams=9)(pitches) == {}
    logits = np.zeros(V, np.float32)
    logits[pitches[2]] = 1.0
    greedy = Sampling(temperature=0.0, novelty=tune)
    allowed = VOCABULARY.masks["PITCH"]
    assert greedy.choose(logits, allowed, spread, np.random.default_rng(1)) != pitches[2]


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", -1.0), ("temperature", float("nan")), ("top_k", -1), ("top_p", 1.1),
     ("min_p", -0.1), ("repetition", float("inf")), ("window", 0)],
)  # fmt: skip
def test_settings_out_of_range_are_named(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{name} is {value}"):
        Sampling(**{name: value})


def test_families_that_there_are_not_are_named() -> None:
    with pytest.raises(InputError, match="'TUNE' is no family"):
        Sampling(repeated=("TUNE",))
    with pytest.raises(InputError, match="grams is 1"):
        OwnPast(grams=1)
