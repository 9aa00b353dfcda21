import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm import cycle_changes, cycle_nodes, cycles
from tapeloom.rhythm.cycle import Pattern
from tapeloom.rhythm.cycle_text import CHANGES, PatternError, parse, write
from tests.rhythm.test_cycles import PATTERNS, cut


@given(PATTERNS)
def test_every_pattern_sounds_the_same_when_written_and_read(pattern):
    assert cut(parse(str(pattern)).query(0, 5)) == cut(pattern.query(0, 5))


@given(PATTERNS)
def test_writing_what_was_read_changes_no_letter_more(pattern):
    once = write(parse(write(pattern)))
    assert write(parse(once)) == once


@given(st.text("ab ~[]<>{}()*/@!?:,%|.0123456789\n\té", max_size=24))
def test_any_text_is_read_or_refused_with_a_caret_in_it(text):
    try:
        found = parse(text)
    except PatternError as refused:
        error = refused
    else:
        assert isinstance(found, Pattern)
        found.query(0, 1)
        return
    _, shown, caret = str(error).split("\n")
    assert 0 <= error.place <= len(text)
    assert caret.strip() == "^"
    assert len(caret) <= len(shown) + 1


MEANINGS = {
    "a b": cycles.sequence("a", "b"),
    "[a b]": cycles.sequence("a", "b"),
    "a [b c]": cycles.sequence("a", cycles.sequence("b", "c")),
    "<a b>": cycles.alternate("a", "b"),
    "<a b, c>": cycles.stack(cycles.alternate("a", "b"), cycles.alternate("c")),
    "a, b": cycles.stack("a", "b"),
    "a*2": cycles.fast(cycles.pure("a")),
    "a/2": cycles.slow(cycles.pure("a")),
    "a*(3/2)": cycles.fast(cycles.pure("a"), "3/2"),
    "a*1.5": cycles.fast(cycles.pure("a"), 1.5),
    "a(3,8)": cycles.euclid("a", 3, 8),
    "a( 3 , 8 , -2 )": cycles.euclid("a", 3, 8, rotation=-2),
    "a ~": cycles.sequence("a", cycles.silence()),
    "a!3 b": cycles.sequence("a", "a", "a", "b"),
    "a@3 b": cycles.sequence("a", "b", weights=(3, 1)),
    "a@1.5 b": cycles.sequence("a", "b", weights=(3, 2)),
    "{a b c, d e}": cycles.polymeter(cycles.sequence("a", "b", "c"), cycles.sequence("d", "e")),
    "{a b c}%4": cycles.polymeter(cycles.sequence("a", "b", "c"), steps=4),
    "a?": cycles.degrade(cycles.pure("a")),
    "a?0.25:7": cycles.degrade(cycles.pure("a"), 0.25, seed=7),
    "a:0.5": cycles.level(cycles.pure("a"), 0.5),
    "a b |> rev": cycles.rev(cycles.sequence("a", "b")),
    "a b |> rotate -1/4 |> fast 3/2": cycles.fast(
        cycles.rotate(cycles.sequence("a", "b"), "-1/4"), "3/2"
    ),
    "a b |> every 3 rev": cycles.every(cycles.sequence("a", "b"), 3, cycles.rev),
    "a b |> every 3 (rev |> fast 2)": cycles.every(
        cycles.sequence("a", "b"), 3, lambda p: cycles.fast(cycles.rev(p))
    ),
    "a b |> when 001 [c d]": cycles.when(
        cycles.sequence("a", "b"), "001", lambda _: cycles.sequence("c", "d")
    ),
    "a |> off 1/8 level 0.5": cycles.off(cycles.pure("a"), "1/8", lambda p: cycles.level(p, 0.5)),
    "a |> sometimes 0.3 5 ply 2": cycles.sometimes(cycles.pure("a"), cycles.ply, 0.3, seed=5),
    "a |> some_cycles 0.3 rev": cycles.some_cycles(cycles.pure("a"), cycles.rev, 0.3),
    "a |> echo 3 1/8 0.5": cycles.echo(cycles.pure("a"), 3, "1/8"),
    "a*8 |> mask [1 0 1 1]": cycles.mask(
        cycles.fast(cycles.pure("a"), 8), cycles.sequence("1", "0", "1", "1")
    ),
    "a |> struct 1(3,8)": cycles.struct("a", cycles.euclid("1", 3, 8)),
    "a |> turns b <c d>": cycles.turns(
        cycles.pure("a"), cycles.pure("b"), cycles.alternate("c", "d")
    ),
}


@pytest.mark.parametrize("text", MEANINGS)
def test_text_means_what_the_table_says(text):
    assert parse(text) == MEANINGS[text]


WRITTEN = ["a b", "a [b c]", "<a b>(3,8)", "a, b c", "{a b, c}%4", "a?0.5:0", "a??0.3:7", "a:0.5/2",
           "a!3 b@2", "a b |> rev |> rotate 1/8", "[a |> ply 2] b", "a |> mask [1 0]", "~",
           "a?0.5:3/2", "a?(1/3):0*2(3,8,1)"]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_the_written_form_is_the_one_that_a_musician_would_write(text):
    assert str(parse(text)) == text


def test_doubts_of_one_line_do_not_fall_together():
    hats, rims = parse("hat*8?, rim*8?").parts
    times = [[e.begin for e in part.query(0, 8)] for part in (hats, rims)]
    assert times[0] != times[1]


def test_every_change_can_be_read():
    arguments = {"number": "1/2", "whole": "2", "seed": "3", "flags": "01", "change": "rev",
                 "pattern": "[1 0]", "patterns": "b c"}  # fmt: skip
    for name, (kinds, _) in CHANGES.items():
        text = " ".join(["a b |>", name, *(arguments[kind] for kind in kinds)])
        assert isinstance(parse(text), Pattern)


def test_every_node_can_be_written():
    made = {
        node for node in [*vars(cycle_nodes).values(), *vars(cycle_changes).values()]
        if isinstance(node, type) and issubclass(node, Pattern) and node is not Pattern
    }  # fmt: skip
    met = set()

    def visit(pattern):
        met.add(type(pattern))
        for name in ("part", "parts", "mask", "rhythm", "other"):
            inner = getattr(pattern, name, ())
            for part in inner if isinstance(inner, tuple) else (inner,):
                visit(part)

    for pattern in (*MEANINGS.values(), *map(parse, ("a |> linger 1/2", "a |> ply 2"))):
        visit(pattern)
        assert cut(parse(str(pattern)).query(0, 4)) == cut(pattern.query(0, 4))
    assert met == made


ERRORS = [
    ("", 0, "empty here"),
    ("   ", 3, "empty here"),
    ("a [] b", 3, "empty here"),
    ("a, ", 3, "empty here"),
    ("a <b c", 2, "the bracket < is never closed; it needs a >"),
    ("a b] c", 3, "nothing was opened that ] could close"),
    ("[a b> c", 4, "> can't stand here; the bracket [ needs a ]"),
    ("a $ b", 2, "the name of a sound"),
    ("a*", 2, "a number such as"),
    ("a*0", 1, "over 0"),
    ("a*(1/0)", 3, "no number"),
    ("a(9,8)", 1, "9 onsets don't fit in 8 pulses"),
    ("a(3)", 3, "a Euclidean rhythm is written"),
    ("a b?1.5", 3, "between 0 and 1"),
    ("a:2", 1, "between 0 and 1"),
    ("a@0 b", 2, "longer than 0"),
    ("a!0 b", 2, "at least once"),
    ("a!9999", 2, "at most 1024"),
    ("<a@2 b>", 0, "@ has no meaning in < >"),
    ("{a b}%0", 0, "steps is 0"),
    ("{a@1.5 b}", 0, "whole number of steps"),
    ("a |> twist", 5, "expected one of rev"),
    ("a |> fast 0", 5, "over 0"),
    ("a |> every 0 rev", 5, "cycles is 0"),
    ("a |> every 4", 12, "expected one of rev"),
    ("a |> when 2 rev", 10, "a line of 0 and 1"),
    ("a |> off 1/8 (rev", 13, "the bracket ( is never closed"),
    ("a%4", 1, "'%' has no meaning after 'a'"),
    ("[" * 99, 64, "levels deep"),
    ("a |> every 2 " * 99, None, None),
    ("a |> " + "every 2 " * 99, None, "levels deep"),
    ("[[[[a*64]*64]*64]*64]*64", None, "events a cycle"),
]


@pytest.mark.parametrize(("text", "place", "message"), ERRORS)
def test_errors_point_at_the_place(text, place, message):
    with pytest.raises(PatternError, match=message and re.escape(message)) as refused:
        parse(text)
    if place is not None:
        assert refused.value.place == place
        first, shown, caret = str(refused.value).split("\n")
        assert "\n" not in first
        at = caret.index("^")
        assert shown[at : at + 1] == text[place : place + 1]


def test_the_pointing_error_survives_being_sent_between_processes():
    with pytest.raises(PatternError) as refused:
        parse("a [b")
    sent = pickle.loads(pickle.dumps(refused.value))  # noqa: S301
    assert (str(sent), sent.place) == (str(refused.value), 2)


def test_a_book_is_no_pattern():
    with pytest.raises(InputError, match="characters"):
        parse("a " * 20_000)
