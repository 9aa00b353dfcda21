"""Key finding: laws, known tunes, bad input, and the peers' profiles as oracles."""

import gzip
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory import key_sweep, keys
from tapeloom.theory.events import Events
from tapeloom.theory.key_evidence import (
    INPUTS,
    KEYWISE,
    MAX_WINDOWS,
    ONE_METER,
    VECTORS,
    chromaticism,
    key_evidence,
    moves,
    seen_from_keys,
)
from tapeloom.theory.key_lines import LINE_INPUTS
from tapeloom.theory.key_model import NETS, shipped_model
from tapeloom.theory.key_net import join
from tapeloom.theory.keys import (
    CHROMATIC_SHARE,
    find_key,
    find_keys,
    key_distribution,
    key_distributions,
    rank_keys,
    weigh,
)
from tapeloom.theory.profiles import BY_HAND, PROFILES, correlate

ALL = PROFILES | BY_HAND


def _columns(rows: list[tuple[int, int, int, int]]) -> tuple[NDArray[np.int64], ...]:
    onset, length, pitch, part = np.array(rows, np.int64).T
    return onset, onset + length, pitch, part


pieces = st.lists(
    st.tuples(
        st.integers(0, 64 * PPQ), st.integers(1, 8 * PPQ), st.integers(30, 90), st.integers(0, 3)
    ),
    min_size=1,
    max_size=60,
).map(lambda rows: Events.from_columns(*_columns(rows)))


def of(rows: list[tuple[float, float, int]]) -> Events:
    onset, length, pitch = np.array(rows).T
    return Events.from_columns(onset * PPQ, (onset + length) * PPQ, pitch)


def progression(chords: Sequence[tuple[int, ...]], *, quarters: float = 4.0) -> Events:
    """Each chord over its first note as the bass."""
    rows = [
        (i * quarters, quarters, pitch)
        for i, (bass, *upper) in enumerate(chords)
        for pitch in (36 + bass % 12, *(60 + pc % 12 for pc in (bass, *upper)))
    ]
    return of(rows)


MINOR = [(9, 0, 4), (2, 5, 9), (4, 8, 11), (9, 0, 4)] * 3  # i iv V i
MAJOR = [(0, 4, 7), (5, 9, 0), (7, 11, 2), (0, 4, 7)] * 3  # I IV V I
SAME_NOTES = [(0, 4, 7), (2, 5, 9), (7, 11, 2), (0, 4, 7), (9, 0, 4), (2, 5, 9), (7, 11, 2)]


@given(pieces, st.integers(-12, 12), st.sampled_from((True, False, None)))
def test_a_transposed_piece_has_the_transposed_distribution(
    piece: Events, shift: int, passage: bool | None
) -> None:
    here = key_distribution(piece, passage=passage)
    there = key_distribution(piece.transpose(shift), passage=passage)
    turned = np.roll(here.reshape(2, 12), shift, axis=1).reshape(24)
    np.testing.assert_allclose(there, turned, atol=2e-4)


@given(pieces, st.sampled_from((True, False, None)))
def test_a_distribution_is_one(piece: Events, passage: bool | None) -> None:
    shares = key_distribution(piece, passage=passage)
    assert shares.shape == (24,)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1.0)
    best = find_key(piece, passage=passage)
    assert best.score == pytest.approx(shares.max())


@given(pieces, st.integers(0, 20))
def test_the_bar_in_which_a_piece_begins_is_nothing_to_its_key(piece: Events, bars: int) -> None:
    ticks = bars * 4 * PPQ
    later = Events.from_columns(piece.onset + ticks, piece.end + ticks, piece.pitch, piece.part)
    np.testing.assert_allclose(key_distribution(piece), key_distribution(later), atol=1e-6)


@pytest.mark.parametrize("passage", [True, False])
@pytest.mark.parametrize("shift", range(12))
def test_cadences_tell_the_key(passage: bool, shift: int) -> None:
    for chords, tonic, mode in ((MAJOR, 0, "major"), (MINOR, 9, "minor")):
        found = find_key(progression(chords).transpose(shift), passage=passage)
        assert (found.key.pitch_class, found.key.mode) == ((tonic + shift) % 12, mode)
        assert found.score > 0.6


def test_where_a_piece_rests_tells_it_from_its_relative() -> None:
    """The same chords, but for the end that they come back to."""
    home = progression([*SAME_NOTES, (0, 4, 7), *SAME_NOTES, (0, 4, 7)])
    assert str(find_key(home, passage=False).key) == "C major"
    away = [(9, 0, 4), (2, 5, 9), (4, 8, 11), (9, 0, 4), (5, 9, 0), (2, 5, 9), (4, 7, 11)]
    assert str(find_key(progression([*away, (9, 0, 4), *away, (9, 0, 4)])).key) == "A minor"


def test_a_long_diatonic_piece_is_heard_by_its_passages_too() -> None:
    """Eight bars that circle round A minor, then as many round C major, over and over."""
    minor, major = [(9, 0, 4), (5, 9, 0), (4, 7, 11), (9, 0, 4)] * 2, [*MAJOR[:4], *MAJOR[:4]]
    piece = progression([*minor, *major] * 3)
    vectors, keywise = key_evidence(piece)
    alone = weigh(vectors, keywise)
    assert chromaticism(vectors) < CHROMATIC_SHARE
    assert alone.max() < keys.CONFIDENT
    bars = 6 * 8
    starts = [at * 4 * PPQ for at in np.linspace(0, bars - 8, 4).astype(int).tolist()]
    passages = [key_distribution(piece.between(at, at + 32 * PPQ), passage=True) for at in starts]
    told = np.log(np.array(passages) + 1e-6).mean(axis=0)
    expected = np.cbrt(alone * np.exp(told) ** keys.PASSAGES_COUNT)
    found = key_distribution(piece, passage=False)
    np.testing.assert_allclose(found, expected / expected.sum(), atol=1e-5)
    for shift in range(-6, 6):
        there = key_distribution(piece.transpose(shift), passage=False)
        np.testing.assert_allclose(
            there, np.roll(found.reshape(2, 12), shift, axis=1).reshape(24), atol=2e-4
        )
    later = Events.from_columns(piece.onset + 12 * PPQ, piece.end + 12 * PPQ, piece.pitch)
    np.testing.assert_allclose(key_distribution(later), found, atol=1e-6)


def test_silence_within_a_long_piece_is_passed_over() -> None:
    ends = [of([(at + i, 1, pitch) for i, pitch in enumerate((60, 64, 67, 65, 62, 59, 60))])
            for at in (0, 400)]  # fmt: skip
    columns = [np.concatenate([getattr(e, n) for e in ends]) for n in ("onset", "end", "pitch")]
    assert str(find_key(Events.from_columns(*columns)).key) == "C major"


def test_a_picardy_third_makes_no_major_piece() -> None:
    piece = progression([*MINOR, *MINOR, (2, 5, 9), (4, 8, 11, 2), (9, 1, 4)])
    assert str(find_key(piece, passage=False).key) == "A minor"


def test_little_evidence_gives_a_flat_answer() -> None:
    none = Events.from_notes([])
    assert key_distribution(none).tolist() == [1 / 24] * 24
    assert key_distribution(of([(0, 4, 60)])).max() < 0.2
    cluster = of([(0, 4, 60 + i) for i in range(12)])
    assert key_distribution(cluster).max() < 0.2
    assert key_distribution(progression([(0, 4, 7)])).max() < 0.3
    assert len(find_keys([])) == 24


def test_pitches_and_lengths_at_the_edges_are_heard() -> None:
    for pitch in (0, 127):
        assert key_distribution(of([(i, 0.001, pitch) for i in range(20)])).sum() > 0.99
    long = of([(0, 1, 60), (4.0 * MAX_WINDOWS, 1, 67), (2.0**25, 1, 60)])
    assert np.isfinite(key_distribution(long)).all()


def test_a_pick_up_and_other_meters_are_heard() -> None:
    piece = progression(MAJOR, quarters=3.0)
    meters = ((0, Meter(3, 4)), (9 * PPQ, Meter(6, 8)))
    assert str(find_key(piece, meters=meters).key) == "C major"


def test_probabilities_rank_the_keys() -> None:
    notes = [Note(i * PPQ, PPQ, 60 + p) for i, p in enumerate((0, 4, 7, 5, 9, 7, 5, 2, -1, 0))]
    ranked = find_keys(notes)
    assert str(ranked[0].key) == "C major"
    assert sum(entry.score for entry in ranked) == pytest.approx(1.0)


# The evidence -------------------------------------------------------------------------------------


def test_the_loops_do_the_same_uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = progression([*SAME_NOTES, (0, 4, 7)])
    compiled = key_evidence(piece)
    for name, loop in list(vars(key_sweep).items()):
        if hasattr(loop, "py_func"):
            monkeypatch.setattr(key_sweep, name, loop.py_func)
    for here, there in zip(compiled, key_evidence(piece), strict=True):
        np.testing.assert_allclose(here, there, atol=1e-12)


def test_a_piece_that_leaves_doubt_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minor and C major by turns: the passages have a say; plain C major does without."""
    asked: list[Events] = []
    real = keys._some_passages
    monkeypatch.setattr(keys, "_some_passages", lambda *a: asked.append(a[0]) or real(*a))
    plain = progression([*MAJOR, (7, 11, 2, 5), (0, 4, 7)] * 8)
    assert key_distribution(plain, passage=False).max() > keys.CONFIDENT
    assert not asked
    minor = [(9, 0, 4), (5, 9, 0), (4, 7, 11), (9, 0, 4)] * 2
    torn = progression([*minor, *MAJOR[:4], *MAJOR[:4]] * 3)
    shares = key_distribution(torn, passage=False)
    assert len(asked) == 1
    assert shares.sum() == pytest.approx(1.0)
    assert not np.allclose(shares, weigh(*key_evidence(torn)))


def test_many_pieces_at_once_are_heard_as_one_by_one() -> None:
    """Torn and plain ones, short and long ones, silence, more than are heard at once."""
    minor = [(9, 0, 4), (5, 9, 0), (4, 7, 11), (9, 0, 4)] * 2
    torn = progression([*minor, *MAJOR[:4], *MAJOR[:4]] * 3)
    others = [progression(MAJOR), progression(MINOR * 3), Events.from_notes([]), of([(0, 4, 60)])]
    three_four = ((0, Meter(3, 4)),)
    music = [
        (piece.transpose(shift), meters)
        for shift in range(5)
        for piece in (torn, *others)
        for meters in (ONE_METER, three_four)
    ]
    assert len(music) > keys.AT_ONCE
    for passage in (None, False, True):
        together = key_distributions(music, passage=passage)
        alone = [key_distribution(each, meters=m, passage=passage) for each, m in music]
        np.testing.assert_allclose(together, alone, atol=1e-5)
    assert key_distributions([]).shape == (0, 24)


def row(evidence: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    found: NDArray[np.float64] = evidence[VECTORS.index(name)]
    return found


def test_evidence_is_what_it_says() -> None:
    chords = progression([(2, 5, 9), (7, 11, 2, 5), (0, 4, 7)])
    steps = of([(11, 1, 83), (12, 1, 84), (13, 1, 89), (14, 2, 88)])
    both = [
        np.concatenate([getattr(e, n) for e in (chords, steps)]) for n in ("onset", "end", "pitch")
    ]
    vectors, keywise = key_evidence(Events.from_columns(*both))
    assert row(vectors, "duration").sum() == pytest.approx(1.0)
    assert row(vectors, "last_bass")[4] == 1.0
    assert row(vectors, "first_bass")[2] == 1.0
    assert row(vectors, "seventh").argmax() == 7
    assert row(vectors, "resolved_major").argmax() == 0
    assert row(vectors, "prepared").argmax() == 0
    assert row(vectors, "rise")[0] > 0  # B to C
    assert row(vectors, "fall")[4] > 0  # F to E
    assert row(vectors, "bass_fifth")[[7, 0]].min() > 0
    assert keywise[KEYWISE.index("harmonic")].argmax() == 0
    assert keywise[KEYWISE.index("share")].sum() == pytest.approx(1.0)


@given(pieces)
def test_evidence_is_finite_and_turns(piece: Events) -> None:
    vectors, keywise = key_evidence(piece)
    assert np.isfinite(vectors).all()
    assert np.isfinite(keywise).all()
    turned, _ = key_evidence(piece.transpose(5))
    np.testing.assert_allclose(turned, np.roll(vectors, 5, axis=1), atol=1e-9)
    assert seen_from_keys(vectors, keywise).shape == (12, INPUTS)


def test_bars_of_two_keys_are_tracked() -> None:
    """Twelve bars of C major, then twelve of F# minor."""
    there = [(6, 9, 1), (11, 2, 6), (1, 5, 8), (6, 9, 1)] * 3
    _, keywise = key_evidence(progression([*MAJOR, *there]))
    share = keywise[KEYWISE.index("share")]
    assert keywise[KEYWISE.index("first")].argmax() == 0
    assert keywise[KEYWISE.index("last")].argmax() == 12 + 6
    assert set(np.argsort(-share)[:2].tolist()) == {0, 18}


def test_moves_prefer_near_keys() -> None:
    table = moves()
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    for major in range(12):
        near = {(major + 7) % 12, (major + 5) % 12, 12 + (major + 9) % 12, 12 + major}
        far = 12 + (major + 3) % 12, (major + 6) % 12
        assert min(table[major, list(near)]) > max(table[major, list(far)])


def test_nets_are_small_and_join() -> None:
    nets = shipped_model().nets
    assert set(nets) == set(NETS)
    for name, net in nets.items():
        inputs = LINE_INPUTS if name.endswith("lines") else INPUTS
        assert net.first.shape[0] == inputs
        seen = np.random.default_rng(0).normal(size=(3, 12, inputs)).astype(np.float32)
        np.testing.assert_allclose(join((net, net)).logits(seen), net.logits(seen), atol=1e-2)


# Profiles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "theirs"),
    [
        ("krumhansl", "KrumhanslSchmuckler"),
        ("temperley", "TemperleyKostkaPayne"),
        ("simple", "SimpleWeights"),
        ("aarden", "AardenEssen"),
        ("bellman", "BellmanBudge"),
    ],
)
def test_profiles_are_those_of_music21(profile: str, theirs: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from music21.analysis import discrete
    peer = getattr(discrete, theirs)()
    for mode in ("major", "minor"):
        assert ALL[profile][mode] == pytest.approx(peer.getWeights(mode))


@given(st.lists(st.integers(0, 1000), min_size=12, max_size=12), st.sampled_from(sorted(ALL)))
def test_a_correlation_is_numpys(weights: list[int], profile: str) -> None:
    scores = correlate(weights, profile=profile)
    if len(set(weights)) == 1:
        assert scores.tolist() == [0.0] * 24
        return
    for number in (0, 5, 17):
        mode = "minor" if number >= 12 else "major"
        shape = np.roll(ALL[profile][mode], number % 12)
        assert scores[number] == pytest.approx(np.corrcoef(weights, shape)[0, 1], abs=1e-9)


def test_wrong_weights_and_names_are_refused() -> None:
    with pytest.raises(InputError, match="'major' is no key profile"):
        rank_keys([1.0] * 12, profile="major")
    with pytest.raises(InputError, match="there are 3 weights"):
        rank_keys([1.0, 2.0, 3.0], profile="simple")


BENCH = Path(__file__).parents[3] / "shared" / "bench" / "theory"


@pytest.mark.skipif(not BENCH.is_dir(), reason="the theory benchmark is not here")
@pytest.mark.parametrize(("task", "least"), [("key_full", 0.93), ("key_excerpt", 0.77)])
def test_annotated_pieces_are_heard_as_by_experts(task: str, least: float) -> None:
    def read(what: str) -> dict[str, Any]:
        with gzip.open(BENCH / f"{task}.dev.{what}.jsonl.gz", "rt") as lines:
            return {item["id"]: item for item in map(json.loads, lines)}

    labels, right = read("labels"), 0
    for name, item in read("inputs").items():
        rows = np.array(item["notes"], np.float64)
        events = of([(row[0], row[1], row[2]) for row in rows])
        key = find_key(events, passage=task == "key_excerpt").key
        right += (key.pitch_class, key.mode) == (labels[name]["tonic"], labels[name]["mode"])
    assert right / len(labels) >= least
