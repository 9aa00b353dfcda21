"""The same patterns by the textbook: closures over fractions, as TidalCycles defines them."""

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tapeloom.rhythm import cycles
from tapeloom.rhythm.cycle_text import parse

TIMES = st.fractions(min_value=-3, max_value=5, max_denominator=24)


def by_cycle(query):
    def split(a, b):
        found = []
        while a < b:
            end = min(b, Fraction(math.floor(a) + 1))
            found += query(a, end)
            a = end
        return found

    return split


def with_time(query, there, back):
    return lambda a, b: [
        (*(back(time) for time in times), value) for *times, value in query(there(a), there(b))
    ]


def pure(value):
    whole = by_cycle(lambda a, b: [(math.floor(a), math.floor(a) + 1, a, b, value)])
    return lambda a, b: [(*map(Fraction, times), value) for *times, value in whole(a, b)]


def fast(query, factor):
    return with_time(query, lambda t: t * factor, lambda t: t / factor)


def early(query, by):
    return with_time(query, lambda t: t + by, lambda t: t - by)


def slowcat(queries):
    @by_cycle
    def query(a, b):
        cycle = math.floor(a)
        offset = cycle - (cycle - cycle % len(queries)) // len(queries)
        return early(queries[cycle % len(queries)], -offset)(a, b)

    return query


def fastcat(queries):
    return fast(slowcat(queries), len(queries))


def rev(query):
    @by_cycle
    def backwards(a, b):
        mirror = 2 * math.floor(a) + 1
        return [
            (mirror - d, mirror - c, mirror - f, mirror - e, value)
            for c, d, e, f, value in query(mirror - b, mirror - a)
        ]

    return backwards


def stack(queries):
    return lambda a, b: [event for query in queries for event in query(a, b)]


LEAVES = st.sampled_from("abc").map(lambda value: (cycles.pure(value), pure(value)))


def grow(pair):
    pairs = st.lists(pair, min_size=1, max_size=4).map(lambda found: list(zip(*found, strict=True)))
    factors = st.fractions(Fraction(1, 4), 4, max_denominator=4)
    shifts = st.fractions(-2, 2, max_denominator=6)
    return st.one_of(
        pairs.map(lambda two: (cycles.sequence(*two[0]), fastcat(two[1]))),
        pairs.map(lambda two: (cycles.alternate(*two[0]), slowcat(two[1]))),
        pairs.map(lambda two: (cycles.stack(*two[0]), stack(two[1]))),
        st.tuples(pair, factors).map(lambda t: (cycles.fast(t[0][0], t[1]), fast(t[0][1], t[1]))),
        st.tuples(pair, shifts).map(lambda t: (cycles.rotate(t[0][0], t[1]), early(t[0][1], t[1]))),
        pair.map(lambda both: (cycles.rev(both[0]), rev(both[1]))),
    )


@given(st.recursive(LEAVES, grow, max_leaves=6), TIMES, TIMES)
def test_whole_numbers_inside_say_the_same_as_fractions(both, a, b):
    ours, textbook = both
    a, b = sorted((a, b))
    found = [tuple(event)[:5] for event in ours.query(a, b)]
    assert sounding(found) == sounding(textbook(a, b))


def sounding(events):
    """Add up how long each event sounds, and list what begins: cuts don't count."""
    lengths, onsets = {}, []
    for begin, end, first, last, value in events:
        key = (Fraction(begin), Fraction(end), value)
        lengths[key] = lengths.get(key, 0) + last - first
        if begin == first:
            onsets.append(key)
    return lengths, sorted(onsets)


def test_examples_worked_out_by_hand():
    # Each line: the text, then (onset, value) of its first two cycles, in twelfths.
    examples = {
        "a [b c]": "0a 6b 9c 12a 18b 21c",
        "a <b c>": "0a 6b 12a 18c",
        "a@2 b": "0a 8b 12a 20b",
        "{a b c}%2": "0a 6b 12c 18a",
        "<a b>*2": "0a 6b 12a 18b",
        "[a b c]/2": "0a 8b 16c",
        "a*3 |> rotate 1/3 |> every 2 rev": "0a 4a 8a 12a 16a 20a",
        "a b |> off 1/4 (level 0.5)": "0a 3a 6b 9b 12a 15a 18b 21b",
        "a b c |> iterate 3": "0a 4b 8c 12b 16c 20a",
        "a(3,4)": "0a 6a 9a 12a 18a 21a",
    }
    for text, wanted in examples.items():
        events = parse(text).onsets(0, 2)
        assert " ".join(f"{event.begin * 12}{event.value}" for event in events) == wanted
