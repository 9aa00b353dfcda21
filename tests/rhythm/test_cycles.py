import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm import cycles, necklaces
from tapeloom.rhythm.cycle import MAX_DENSITY, luck
from tapeloom.rhythm.cycle_text import parse
from tapeloom.rhythm.cycles import Event, pure, sequence

WORDS = st.sampled_from(["kick", "snare", "hat", "0", "c#4"])
FACTORS = st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=4)
TIMES = st.fractions(min_value=-3, max_value=5, max_denominator=24)
CHANCES = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])


def grow(part):
    """Give every way in which the algebra can make a pattern of patterns."""
    parts = st.lists(part, min_size=1, max_size=3)
    small = st.integers(1, 4)
    seeds = st.integers(0, 9)
    return st.one_of(
        parts.map(lambda p: cycles.sequence(*p)),
        st.tuples(part, part, small).map(
            lambda t: cycles.sequence(t[0], t[1], weights=[1, Fraction(t[2], 2)])
        ),
        parts.map(lambda p: cycles.alternate(*p)),
        parts.map(lambda p: cycles.stack(*p)),
        parts.map(lambda p: cycles.turns(*p)),
        st.tuples(parts, small).map(lambda t: cycles.polymeter(*t[0], steps=t[1])),
        st.tuples(part, small, st.integers(-2, 2)).map(
            lambda t: cycles.euclid(t[0], t[1], 5, rotation=t[2])
        ),
        st.builds(cycles.fast, part, FACTORS),
        st.builds(cycles.rotate, part, st.fractions(-2, 2, max_denominator=6)),
        part.map(cycles.rev),
        st.builds(cycles.mask, part, part),
        st.builds(cycles.struct, part, part),
        st.builds(cycles.ply, part, small),
        st.builds(cycles.linger, part, st.sampled_from(["1/2", "1/3", "2/3", 1])),
        st.builds(cycles.degrade, part, CHANCES, seed=seeds),
        st.builds(cycles.level, part, CHANCES),
        part.map(lambda p: cycles.every(p, 3, cycles.rev, first=1)),
        part.map(cycles.palindrome),
        st.builds(cycles.iterate, part, small),
        st.builds(lambda p, x, s: cycles.sometimes(p, cycles.ply, x, seed=s), part, CHANCES, seeds),
        st.builds(
            lambda p, x, s: cycles.some_cycles(p, cycles.rev, x, seed=s), part, CHANCES, seeds
        ),
        part.map(lambda p: cycles.off(p, "1/8", cycles.fast)),
        st.builds(lambda p, n: cycles.echo(p, n, "1/6"), part, small),
    )


PATTERNS = st.recursive(
    st.one_of(WORDS.map(pure), st.just(cycles.silence())), grow, max_leaves=5
).filter(lambda pattern: pattern.density <= 256)


def cut(events, at=()):
    """Cut the events' parts at whole cycles and at given times; in order."""
    found = []
    for event in events:
        between = range(int(event.part_begin // 1) + 1, int(-(-event.part_end // 1)))
        times = sorted({
            event.part_begin, event.part_end, *map(Fraction, between),
            *(time for time in at if event.part_begin < time < event.part_end),
        })  # fmt: skip
        found += [event._replace(part_begin=a, part_end=b) for a, b in itertools.pairwise(times)]
    return sorted(found)


@given(PATTERNS, TIMES, TIMES, TIMES)
def test_a_query_in_two_halves_finds_the_same(pattern, a, b, c):
    a, b, c = sorted((a, b, c))
    halves = cut(pattern.query(a, b) + pattern.query(b, c))
    assert halves == cut(pattern.query(a, c), at=[b])
    assert sorted(pattern.onsets(a, b) + pattern.onsets(b, c)) == cut_free(pattern.onsets(a, c), b)


def cut_free(onsets, at):
    """Shorten the parts of onsets at a time, as a query that ends there does."""
    return sorted(
        event._replace(part_end=min(event.part_end, at)) if event.begin < at else event
        for event in onsets
    )


@given(PATTERNS, TIMES, TIMES)
def test_parts_lie_in_the_query_and_in_their_events(pattern, a, b):
    a, b = sorted((a, b))
    for event in pattern.query(a, b):
        assert max(a, event.begin) <= event.part_begin < event.part_end <= min(b, event.end)
        assert 0 <= event.level <= 1


@given(PATTERNS)
def test_every_event_lies_on_the_grid_and_under_the_density(pattern):
    for turn in range(4):
        assert len(pattern.query(turn, turn + 1)) <= pattern.density
    for event in pattern.query(0, 4):
        assert pattern.grid % event.begin.denominator == pattern.grid % event.end.denominator == 0


@given(PATTERNS, FACTORS)
def test_fast_then_slow_is_the_identity(pattern, factor):
    assert cycles.slow(cycles.fast(pattern, factor), factor).query(0, 3) == pattern.query(0, 3)


@given(PATTERNS, FACTORS)
def test_fast_scales_time(pattern, factor):
    quick = cycles.fast(pattern, factor).query(0, 2)
    times = [tuple(time * factor for time in event[:4]) for event in quick]
    assert times == [event[:4] for event in pattern.query(0, 2 * factor)]


@given(PATTERNS)
def test_reversing_twice_is_the_identity(pattern):
    assert cut(cycles.rev(cycles.rev(pattern)).query(0, 3)) == cut(pattern.query(0, 3))


@given(PATTERNS, PATTERNS)
def test_stacks_commute_and_count(a, b):
    both = cycles.stack(a, b).query(0, 2)
    assert both == cycles.stack(b, a).query(0, 2)
    assert len(both) == len(a.query(0, 2)) + len(b.query(0, 2))


@given(PATTERNS, st.fractions(-3, 3, max_denominator=12))
def test_rotating_there_and_back_is_the_identity(pattern, by):
    assert cycles.rotate(cycles.rotate(pattern, by), -by).query(0, 2) == pattern.query(0, 2)


@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(-3, 3))
def test_a_rotation_by_whole_cycles_changes_nothing_that_repeats_each_cycle(words, by):
    pattern = sequence(*words)
    rotated = cycles.rotate(pattern, by)
    assert rotated.query(0, 2) == pattern.query(0, 2)
    assert cycles.rotate(pattern, Fraction(1, 97)).query(0, 1) != rotated.query(0, 1)


@given(PATTERNS, st.integers(1, 5))
def test_ply_multiplies_the_onsets_of_whole_events(pattern, times):
    events = pattern.query(0, 3)
    if all(e.begin == e.part_begin and e.end == e.part_end for e in events):
        assert len(cycles.ply(pattern, times).query(0, 3)) == times * len(events)


@given(st.lists(WORDS, min_size=1, max_size=7), st.integers(1, 4))
def test_every_changes_one_cycle_in_n(words, n):
    pattern = sequence(*words)
    changed = cycles.every(pattern, n, lambda _: pure("x"))
    for turn in range(2 * n):
        wanted = pure("x") if turn % n == 0 else pattern
        assert changed.query(turn, turn + 1) == wanted.query(turn, turn + 1)


@given(PATTERNS, CHANCES, st.integers(0, 99))
def test_what_falls_away_and_what_stays_make_the_whole(pattern, chance, seed):
    both = cycles.sometimes(pattern, lambda p: p, chance, seed=seed)
    assert both.query(0, 3) == pattern.query(0, 3)
    assert cycles.degrade(pattern, 0).query(0, 3) == pattern.query(0, 3)
    assert not cycles.degrade(pattern, 1).query(0, 3)


@given(st.integers(1, 16), st.integers(1, 16), st.integers(-20, 20))
def test_euclid_agrees_with_the_necklaces(k, n, rotation):
    k = min(k, n)
    beats = [int(e.begin * n) for e in cycles.euclid("x", k, n, rotation=rotation).query(0, 1)]
    assert tuple(beats) == necklaces.euclid(k, n, rotation=rotation).onsets


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_polymeter_comes_round_after_the_least_common_multiple(a, b):
    rows = sequence(*(f"a{i}" for i in range(a))), sequence(*(f"b{i}" for i in range(b)))
    pattern = cycles.polymeter(*rows, steps=1)
    pairs = [tuple(e.value for e in pattern.query(i, i + 1)) for i in range(2 * a * b)]
    period = next(n for n in range(1, 2 * a * b) if pairs[n] == pairs[0]) if a * b > 1 else 1
    assert period == math.lcm(a, b)


@given(st.lists(st.sampled_from("01"), min_size=1, max_size=8))
def test_a_mask_and_a_structure_let_the_same_steps_sound(flags):
    gate = sequence(*flags)
    a = sequence(*("x" for _ in flags))
    assert cycles.mask(a, gate).query(0, 2) == cycles.struct("x", gate).query(0, 2)
    assert len(cycles.mask(a, gate).query(0, 1)) == flags.count("1")


def test_alternation_skips_no_cycle_of_its_parts_but_turns_do():
    inner = cycles.alternate("a", "b", "c")
    values = [e.value for e in cycles.alternate(inner, "x").query(0, 6)]
    assert values == ["a", "x", "b", "x", "c", "x"]
    values = [e.value for e in cycles.turns(inner, pure("x")).query(0, 6)]
    assert values == ["a", "x", "c", "x", "b", "x"]


def test_luck_is_even_and_without_memory():
    found = [luck(3, i, 16) for i in range(8000)]
    tenths = [sum(k / 10 <= x < (k + 1) / 10 for x in found) for k in range(10)]
    # chi-square of 9 degrees: 27.9 is passed by one of a thousand even draws
    assert sum((count - 800) ** 2 / 800 for count in tenths) < 27.9
    pairs = list(itertools.pairwise(found))
    covariance = sum((a - 0.5) * (b - 0.5) for a, b in pairs) / len(pairs)
    assert abs(covariance) * 12 < 4 / len(pairs) ** 0.5


def test_luck_belongs_to_the_seed_and_the_moment():
    eighths = cycles.fast(pure("a"), 8)
    finer = cycles.stack(eighths, cycles.degrade(cycles.fast(pure("b"), 40), 1))
    times = {e.begin for e in cycles.degrade(eighths, seed=2).query(0, 4)}
    assert times == {e.begin for e in cycles.degrade(finer, seed=2).query(0, 4)}
    assert times != {e.begin for e in cycles.degrade(eighths, seed=3).query(0, 4)}


def test_elevenths_stay_fractions_until_they_are_placed():
    pattern = sequence(*["x"] * 11)
    assert pattern.query(0, 1)[3].begin == Fraction(3, 11)
    hits = cycles.placed(pattern, cycles=2, cycle_ticks=40_320)
    assert sum(duration for _, duration, *_ in hits) == 2 * 40_320
    assert all(abs(start - Fraction(i, 11) * 40_320) <= 0.5 for i, (start, *_) in enumerate(hits))


def test_masks_that_overlap_cut_a_part_more_than_once():
    hazy = cycles.echo(pure("a"), 4, "1/6")
    masked = cycles.rev(cycles.mask(hazy, hazy))
    assert max(len(masked.query(i, i + 1)) for i in range(4)) <= masked.density


def test_a_cycle_of_a_faster_part_may_hold_pieces_of_one_more():
    late, early = parse("~@9 [a a a]"), parse("[a a a] ~@9")
    quick = cycles.fast(cycles.alternate(late, early), "2/3")
    assert max(len(quick.onsets(i, i + 1)) for i in range(12)) == 6 <= quick.density


def test_events_say_what_they_are():
    event = pure("kick").query("1/4", "1/2")[0]
    assert event == Event(*map(Fraction, (0, 1, "1/4", "1/2")), "kick", 1.0)
    assert not event.has_onset
    assert event.duration == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sequence(), "at least one part"),
        (lambda: cycles.stack(), "at least one part"),
        (lambda: cycles.alternate(), "at least one part"),
        (lambda: cycles.turns(), "at least one part"),
        (lambda: cycles.polymeter(), "at least one sequence"),
        (lambda: pure(""), "no name of a sound"),
        (lambda: sequence("a", 5), "no name of a sound"),
        (lambda: cycles.euclid("a", 3, 8, rotation=0.5), "the rotation is 0.5"),
        (lambda: pure("a b"), "no name of a sound"),
        (lambda: sequence("a", weights=[0]), "each over 0"),
        (lambda: sequence("a", "b", weights=[1]), "as many weights"),
        (lambda: cycles.fast(pure("a"), 0), "over 0"),
        (lambda: cycles.slow(pure("a"), 0), "over 0"),
        (lambda: cycles.fast(pure("a"), -1), "over 0"),
        (lambda: cycles.fast(pure("a"), "two"), "must be a number"),
        (lambda: cycles.fast(pure("a"), float("nan")), "must be a number"),
        (lambda: cycles.fast(pure("a"), "1/0"), "must be a number"),
        (lambda: cycles.fast(cycles.fast(pure("a"), 1000), 1000), str(MAX_DENSITY)),
        (lambda: cycles.euclid("a", 9, 8), "9 onsets don't fit in 8 pulses"),
        (lambda: cycles.euclid("a", 0, 8), "strokes is 0"),
        (lambda: cycles.euclid("a", 3, 2000), "not 2000"),
        (lambda: cycles.degrade(pure("a"), 1.5), "between 0 and 1"),
        (lambda: cycles.degrade(pure("a"), seed=-1), "seed is -1"),
        (lambda: cycles.level(pure("a"), 2), "between 0 and 1"),
        (lambda: cycles.every(pure("a"), 0, cycles.rev), "cycles is 0"),
        (lambda: cycles.every(pure("a"), 2, cycles.rev, first=2), "between 0 and 1"),
        (lambda: cycles.when(pure("a"), "", cycles.rev), "line of 0"),
        (lambda: cycles.linger(pure("a"), 0), "up to 1 cycle"),
        (lambda: cycles.ply(pure("a"), 0), "times is 0"),
        (lambda: cycles.polymeter(pure("a"), steps=0), "steps is 0"),
        (lambda: cycles.placed(pure("a"), cycles=1, cycle_ticks=0), "0 ticks"),
        (lambda: pure("a").query(1, 0), "before it begins"),
        (lambda: sequence(*["a"] * 1000).query(0, 10_000), "ask for fewer cycles"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_a_pattern_that_is_nested_too_deeply_is_refused():
    pattern = pure("a")
    with pytest.raises(InputError, match="levels deep"):
        for _ in range(100):
            pattern = cycles.rev(pattern)
