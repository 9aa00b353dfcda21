"""The chord model: probabilities, laws of transposition, memory, continuations."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Section
from tapeloom.theory.chord_model import chord_model, key_of, load_chord_model, save_chord_model
from tapeloom.theory.chord_views import remembered
from tapeloom.theory.families import FAMILIES, SIZE, family, symbol
from tapeloom.theory.ngrams import NGrams
from tapeloom.theory.places import SECTIONS, Place, places, section_kind

MODEL = chord_model()
chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
keys = st.builds(
    Key, st.sampled_from("CDEFGAB"), st.sampled_from(["major", "minor", "dorian", "mixolydian"])
)
spots = st.none() | st.builds(
    Place, st.integers(0, 2), st.integers(0, 7), st.integers(0, 3), st.integers(0, 8)
)


def line(text: str) -> list[Chord]:
    return [Chord.parse(name) for name in text.split()]


@given(st.lists(chords, max_size=9), keys, spots, st.booleans())
def test_a_distribution_sums_to_one_and_leaves_nothing_impossible(past, key, place, memory):
    p = MODEL.distribution(past, key, place=place, memory=memory)
    assert p.shape == (SIZE,)
    assert p.sum() == pytest.approx(1.0)
    assert (p > 0).all()


@given(st.lists(chords, min_size=1, max_size=8), st.integers(1, 11), st.booleans())
def test_transposing_key_and_chords_changes_no_surprise(past, semitones, minor):
    names = "C Db D Eb E F Gb G Ab A Bb B".split()
    mode = "minor" if minor else "major"
    before = MODEL.surprise(past, Key("C", mode))
    moved = [chord.transpose(semitones) for chord in past]
    after = MODEL.surprise(moved, Key(names[semitones], mode))
    np.testing.assert_allclose(before, after, rtol=1e-9)


@given(chords, st.lists(chords, max_size=4), keys)
def test_every_chord_of_the_vocabulary_has_a_finite_probability(chord, past, key):
    log = MODEL.log_prob(chord, past, key)
    assert np.isfinite(log)
    assert log < 0


def test_a_cadence_is_likelier_than_a_non_sequitur():
    c = Key("C", "major")
    past = line("Dm7 G7")
    assert MODEL.log_prob(Chord.parse("Cmaj7"), past, c) > MODEL.log_prob(Chord(6), past, c) + 3
    assert MODEL.perplexity(line("Dm7 G7 Cmaj7 Am7 Dm7 G7 Cmaj7"), c) < 6
    assert MODEL.perplexity(line("Dm7 Ebm6 Bmaj7 Fdim7 Gmaj7 Db7 Abm7"), c) > 20


def test_metre_and_memory_tell_something():
    c = Key("C", "major")
    again = line("Cmaj7 Ebmaj7 Abmaj7 Dbmaj7") * 4
    with_memory = MODEL.surprise(again, c, memory=True)
    without = MODEL.surprise(again, c, memory=False)
    assert with_memory[8:].mean() < without[8:].mean() - 1.0
    here = MODEL.distribution(line("Dm7 G7"), c, place=Place(0, 0, 3, 0))
    there = MODEL.distribution(line("Dm7 G7"), c, place=Place(2, 3, 0, 3))
    assert np.abs(here - there).sum() > 0.05


def test_the_next_chords_are_ranked_and_dressed():
    found = MODEL.next_chords(line("Bm7b5 E7b9"), Key("A", "minor"), count=6)
    shares = [share for _, share in found]
    assert found[0][0].root == 9
    assert shares == sorted(shares, reverse=True)
    assert len(found) == 6


def test_continuations_repeat_with_the_same_seed_and_keep_close_when_cold():
    key = Key("Bb", "major")
    past = line("Cm7 F7")
    a = MODEL.continuations(past, key, length=6, rng=np.random.default_rng(5), count=3)
    b = MODEL.continuations(past, key, length=6, rng=np.random.default_rng(5), count=3)
    assert a == b
    assert [len(way) for way in a] == [6, 6, 6]
    cold = MODEL.continuations(past, key, length=1, rng=np.random.default_rng(0), temperature=0.01)
    assert cold[0][0] == MODEL.next_chords(past, key)[0][0]
    assert MODEL.continuations([], key, length=0, rng=np.random.default_rng(0)) == ((),)
    with pytest.raises(InputError, match="temperature above 0"):
        MODEL.continuations(past, key, length=2, rng=np.random.default_rng(0), temperature=0.0)


def test_the_beam_finds_ways_no_worse_than_the_greedy_one():
    key, past = Key("F", "major"), line("Fmaj7 Dm7")
    ways = MODEL.likeliest(past, key, length=4, width=6)
    greedy: list[Chord] = []
    for _ in range(4):
        greedy.append(MODEL.next_chords([*past, *greedy], key, count=1)[0][0])

    def bits(way):
        return MODEL.surprise([*past, *way], key, memory=False)[2:].sum()

    assert len(ways) == 6
    assert bits(ways[0]) <= bits(greedy) + 1e-9
    assert [bits(way) for way in ways] == sorted(bits(way) for way in ways)
    with pytest.raises(InputError, match="width"):
        MODEL.likeliest(past, key, length=2, width=0)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Dm7 G7 Cmaj7", "C major"),
        ("Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7b9 Gm6", "G minor"),
        ("Fmaj7 Dm7 Gm7 C7 Fmaj7", "F major"),
        ("Em7b5 A7b9 Dm7 Gm7 C7 Fmaj7 Em7b5 A7b9 Dm6", "D minor"),
    ],
)
def test_the_key_of_a_progression_is_found(text, key):
    assert str(key_of(line(text))) == key


def test_symbols_and_families_cover_the_vocabulary():
    assert {family(name) for name in QUALITIES} == set(range(len(FAMILIES)))
    assert {symbol(Chord(r, q)) for r, q in itertools.product(range(12), QUALITIES)} == set(
        range(SIZE)
    )


def test_places_count_from_the_section_and_tell_what_is_left():
    bar = Meter(4, 4).bar_ticks
    sections = (Section("intro", 0, 2 * bar), Section("A2", 2 * bar, 6 * bar))
    found = places(
        [0, 3 * bar // 2, 2 * bar, 5 * bar + bar // 4],
        meters=((0, Meter(4, 4)),),
        sections=sections,
    )
    assert [(p.beat, p.bar, p.left, SECTIONS[p.section]) for p in found] == [
        (0, 0, 1, "intro"), (1, 1, 0, "intro"), (0, 0, 3, "A"), (2, 3, 0, "A"),
    ]  # fmt: skip
    assert section_kind("N2") == SECTIONS.index("ending 2")
    with pytest.raises(InputError, match="no place"):
        Place(3, 0)
    with pytest.raises(InputError, match="between 0 and 8"):
        Place(0, 0, 0, 9)


def test_memory_agrees_as_far_back_as_the_past_repeats():
    p, depth = remembered([1, 2, 3, 1, 2])
    assert int(p.argmax()) == 3
    assert depth == 2
    nothing, none = remembered([])
    assert none == 0
    assert nothing == pytest.approx(np.full(SIZE, 1 / SIZE))


def test_kneser_ney_by_hand():
    # Followers of 0: 1 twice, 2 once. Discounts come from the counts of counts, here capped.
    grams = NGrams.count([(0, 1), (0, 1), (0, 2), (3, 2)], size=4)
    d1, d2 = grams.discounts[1][1], grams.discounts[1][2]
    # Order 1 counts different predecessors: 1 has one (0), 2 has two (0 and 3).
    e1, e2 = grams.discounts[0][1], grams.discounts[0][2]
    lower = np.full(4, 0.25) * (e1 + e2) / 3 + np.array([0, 1 - e1, 2 - e2, 0]) / 3
    wanted = lower * (d1 + d2) / 3 + np.array([0, 2 - d2, 1 - d1, 0]) / 3
    np.testing.assert_allclose(grams.distribution([0]), wanted)
    np.testing.assert_allclose(grams.distribution([1]), lower)  # a context never met
    with pytest.raises(InputError, match="rows of equal length"):
        NGrams.count([(200, 1)], size=4)


def test_a_model_is_written_and_read_whole(tmp_path):
    path = tmp_path / "model.npz"
    save_chord_model(MODEL, path)
    again = load_chord_model(path)
    past, key = line("Dm7 G7 Em7"), Key("C", "major")
    place = Place(0, 3)
    np.testing.assert_array_equal(
        MODEL.distribution(past, key, place=place), again.distribution(past, key, place=place)
    )
    assert path.stat().st_size < 1_000_000
    (tmp_path / "no.npz").write_bytes(b"no")
    with pytest.raises(InputError, match="no chord model"):
        load_chord_model(tmp_path / "no.npz")


def test_no_chords_have_no_perplexity_and_no_key():
    with pytest.raises(InputError, match="no chord"):
        MODEL.perplexity([], Key("C", "major"))
    with pytest.raises(InputError, match="no chords"):
        key_of([])
