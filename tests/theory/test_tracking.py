"""The model that follows keys and chords, against counting all paths."""

import itertools

import numpy as np
import pytest

from tapeloom.theory import tracking
from tapeloom.theory.chord_rules import LABELS
from tapeloom.theory.key_grammar import (
    USUAL,
    WIDTH,
    Grammar,
    function_of,
    modulations,
    openings,
    regions,
    scale_evidence,
    transitions,
)

LEAVE, LINGER, SETTLE, MODULATE = 0.05, 0.6, 0.1, 0.02


def moves(near: np.ndarray, shares: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Spell out the probability of each (key, region) after each, shape (k, r, k, r)."""
    keys, count = near.shape
    table = np.zeros((keys, count, keys, count))
    for key in range(keys):
        table[key, 0, key, 0] += 1 - LEAVE - MODULATE
        table[key, 0, key, 1:] += LEAVE * shares[key, 1:]
        for region in range(1, count):
            table[key, region, key, 0] += 1 - LINGER - SETTLE - MODULATE
            table[key, region, key, region] += LINGER
            table[key, region, near[key, region], 0] += SETTLE
        table[key, :, :, 0] += MODULATE * away[key]
    return table


@pytest.mark.parametrize("compiled", [False, True])
def test_states_are_as_probable_as_counting_all_paths_says(compiled: bool) -> None:
    rng = np.random.default_rng(3)
    spans, keys, count = 3, 3, 2
    near = np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]])
    shares = np.array([[0, 0.3, 0.7]] * 3)
    away = np.array([[0, 0.4, 0.6], [0.5, 0, 0.5], [0.9, 0.1, 0]])
    steps = rng.random((spans, keys, count, count))
    counts = np.array([2, 1, 2])
    steps[1, :, :, 1] = steps[2, :, 1] = 0.0  # the second span has but one candidate
    pull = np.array([1.0, 0.7, 0.4])
    table = moves(near, shares, away)
    assert np.allclose(table.sum(axis=(2, 3)), 1.0)

    expected = np.zeros((spans, keys, 3, count))
    places = list(itertools.product(range(keys), range(3), range(count)))
    for path in itertools.product(places, repeat=spans):
        key, region, chord = path[0]
        weight = LEAVE * shares[key, region] if region else 1.0
        weight *= steps[0, near[key, region], 0, chord] * pull[key]
        for (k0, r0, c0), (k1, r1, c1), step in zip(path, path[1:], steps[1:], strict=False):
            weight *= table[k0, r0, k1, r1] * step[near[k1, r1], c0, c1] * pull[k1]
        for span, place in enumerate(path):
            expected[(span, *place)] += weight
    expected /= expected.sum(axis=(1, 2, 3), keepdims=True)

    found = np.zeros_like(expected)
    rates = np.array([LEAVE, LINGER, SETTLE, MODULATE])
    walk = tracking._kernels()[1] if compiled else tracking.forward_backward
    walk(steps, counts, away, near, shares, pull, rates, found)
    assert np.allclose(found, expected)


def test_compiled_loops_equal_the_written_ones() -> None:
    rng = np.random.default_rng(5)
    chords = rng.integers(0, 12 * WIDTH, (4, 3))
    counts = np.array([3, 2, 1, 3])
    heard, in_key = rng.random((4, 3)), rng.random((4, 24))
    a, b = np.zeros((4, 24, 3, 3)), np.zeros((4, 24, 3, 3))
    given = (chords, counts, heard, in_key, openings(), transitions(), WIDTH)
    tracking.fill_steps(*given, a)
    tracking._kernels()[0](*given, b)
    assert np.array_equal(a, b)


def test_a_long_piece_is_followed_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    roots = np.tile([0, 5, 7, 0, 9, 2, 7, 0], 20)
    evidence = rng.normal(-6, 1, (160, 12, len(LABELS)))
    evidence[np.arange(160), roots, 0] = 0.0
    evidence[80:] = np.roll(evidence[80:], 7, axis=1)
    turned = np.where(np.arange(160) < 80, roots, roots + 7) % 12
    weights = np.eye(12)[turned] + np.eye(12)[(turned + 4) % 12] + np.eye(12)[(turned + 7) % 12]
    given = (evidence, turned, np.ones(160), weights)
    whole = tracking.track(*given)
    monkeypatch.setattr(tracking, "_BLOCK", 32)
    monkeypatch.setattr(tracking, "_OVERLAP", 64)
    blocks = tracking.track(*given)
    assert np.array_equal(whole.keys, blocks.keys)
    assert np.array_equal(whole.roots, blocks.roots)
    assert np.allclose(whole.key_shares, blocks.key_shares, atol=1e-3)
    assert np.allclose(whole.key_shares.sum(axis=1), 1.0)


def test_rows_of_probabilities_add_up_to_one() -> None:
    for rules in (Grammar(), Grammar(floor=1e-6, resolution=4.0)):
        assert np.allclose(openings(rules).sum(axis=-1), 1.0)
        assert np.allclose(transitions(rules).sum(axis=-1), 1.0)
        assert (transitions(rules) > 0).all()
    assert np.allclose(modulations().sum(axis=1), 1.0)
    assert np.allclose(regions()[1].sum(axis=1), 1.0)
    assert np.allclose(np.exp(scale_evidence()).sum(axis=1), 1.0)


def test_the_tables_name_known_chords_and_all_degrees_are_within_the_octave() -> None:
    names = {*LABELS, "cadential major", "cadential minor"}
    for mode, table in USUAL.items():
        assert set(table) <= names
        for label, degrees in table.items():
            assert all(0 <= degree <= 11 and weight > 0 for degree, weight in degrees.items())
            assert all(function_of(degree, label, mode) in "TSDCRX" for degree in degrees)


def test_near_keys_share_their_tables_under_transposition() -> None:
    near, _ = regions()
    for key in range(24):
        turned = (near[0 if key < 12 else 12] % 12 + key) % 12
        assert np.array_equal(near[key] % 12, turned)
    assert np.array_equal(scale_evidence()[5], np.roll(scale_evidence()[0], 5))
