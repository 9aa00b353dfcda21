"""Forms and energy curves as text, and the grammar that forms are drawn from."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.compose import plan
from tapeloom.compose.energy_text import MAX_POINTS, EnergyCurve, parse_energy
from tapeloom.compose.form import draw_form, kind_of
from tapeloom.compose.form_grammar import draw_sections
from tapeloom.compose.form_text import MAX_BARS, MAX_SECTION_BARS, NAMES, parse_form
from tapeloom.core.brief import Brief, brief_from_json, brief_to_json
from tapeloom.core.errors import InputError
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ

ASKED = "intro8 A16 A'16 B8 A16 outro8"


def test_a_form_is_obeyed_to_the_bar() -> None:
    drawn = plan(Brief(form=ASKED, seed=3), stream(3))
    told = [(s.name, (s.end - s.start) // (4 * PPQ)) for s in drawn.sections]
    assert told == [("intro", 8), ("A", 16), ("A'", 16), ("B", 8), ("A2", 16), ("outro", 8)]
    assert len(drawn.pieces) == 1


def test_a_form_counts_the_bars_of_its_meters() -> None:
    brief = Brief(form="A4 B3", meter="7/8 x3 | 4/4")
    drawn = plan(brief, stream(1))
    assert drawn.sections[0].end == 3 * 7 * PPQ // 2 + 4 * PPQ
    assert drawn.sections[1].end - drawn.sections[1].start == 3 * 7 * PPQ // 2


def test_songwriters_words_and_signs_are_read() -> None:
    words = "verse8,chorus8\tVerse8 a’8 middle8 c' coda4"
    names = [(part.name, part.bars) for part in parse_form(words)]
    assert names == [
        ("A", 8), ("B", 8), ("A", 8), ("A'", 8), ("bridge", 8), ("bridge'", None), ("outro", 4),
    ]  # fmt: skip


def test_what_has_no_bars_is_one_phrase_or_two() -> None:
    drawn = plan(Brief(form="intro A outro", meter="2/4"), stream(1))
    assert [(s.end - s.start) // (2 * PPQ) for s in drawn.sections] == [8, 16, 8]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        (" , ", "empty"),
        ("A0", "'A0' has 0 bars"),
        ("A129", "has 129 bars"),
        ("A8 hook8", "'hook8' is no section"),
        ("A-8", "'A-8' is no section"),
        ("8A", "'8A' is no section"),
        ("intro'8", "has a prime"),
        ("A1 " * 201, "201 sections"),
        ("A128 " * 40, "5120 bars"),
        ("bridg8", "the nearest is bridge"),
    ],
)
def test_a_wrong_form_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_form(text)


def test_the_usual_lengths_count_towards_the_limit() -> None:
    with pytest.raises(InputError, match=f"it may have {MAX_BARS}"):
        plan(Brief(form="A " * 200, meter="1/8"), stream(1))


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, MAX_SECTION_BARS)), min_size=1,
                max_size=20))  # fmt: skip
@settings(max_examples=30)
def test_a_form_is_read_as_it_is_written(parts: list[tuple[str, int]]) -> None:
    text = " ".join(f"{name}{bars}" for name, bars in parts)
    assert [(part.name, part.bars) for part in parse_form(text)] == parts


def test_each_section_has_its_own_value_where_there_are_as_many() -> None:
    drawn = plan(Brief(form=ASKED, energy_curve="0.2 0.4 0.8 0.6 0.5 0.3"), stream(1))
    assert [s.energy for s in drawn.sections] == [0.2, 0.4, 0.8, 0.6, 0.5, 0.3]
    densities = [s.density for s in drawn.sections]
    assert np.argsort(densities).tolist() == np.argsort([s.energy for s in drawn.sections]).tolist()


def test_breakpoints_are_in_bars() -> None:
    curve = parse_energy("0:0 8:0.8, 16:0.8")
    assert curve.over((8, 8, 4)) == (0.4, 0.8, 0.8)


@given(st.lists(st.integers(1, 32), min_size=1, max_size=12),
       st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))  # fmt: skip
@settings(max_examples=40)
def test_a_curve_stays_within_its_values(lengths: list[int], values: list[float]) -> None:
    found = EnergyCurve(tuple(values)).over(lengths)
    assert len(found) == len(lengths)
    assert all(min(values) - 1e-3 <= value <= max(values) + 1e-3 for value in found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("0.2 high", "'high' is no point"),
        ("0.2 1.2", "1.2 is out of range"),
        ("-0.2", "'-0.2' is no point"),
        ("0:0.2 0.4", "mixes"),
        ("0:0.2 8:0.4 8:0.6", "must rise"),
        ("0.5 " * (MAX_POINTS + 1), "it may have 200"),
    ],
)
def test_a_wrong_curve_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_energy(text)


def test_a_brief_keeps_form_and_curve_and_old_briefs_are_read() -> None:
    brief = Brief("rain", form=ASKED, energy_curve="0.2 0.8")
    assert brief_from_json(brief_to_json(brief)) == brief
    plain = brief_to_json(Brief("rain"))
    assert "form" not in plain
    assert "energy_curve" not in plain
    assert brief_from_json(plain) == Brief("rain")


@pytest.mark.parametrize("fields", [{"minutes": 3.0}, {"bars": 32}])
def test_a_form_tells_the_length(fields: dict[str, float]) -> None:
    with pytest.raises(InputError, match="the form tells the length"):
        Brief(form="A8", **fields)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="the form is empty"):
        Brief(form=" ")


def test_drawn_forms_have_one_intro_and_no_three_statements_in_a_row() -> None:
    for phrases in range(3, 30):
        for seed in range(6):
            names = [name for name, _ in draw_sections(phrases, np.random.default_rng(seed))]
            assert names[0] == "intro"
            assert names[-1] == "outro"
            assert {"intro", "outro"}.isdisjoint(names[1:-1])
            letters = [name.rstrip("'") for name in names]
            assert not any(
                a == b == c == "A"
                for a, b, c in zip(letters, letters[1:], letters[2:], strict=False)
            )
            contrasts = ("bridge", "breakdown")
            assert not any(a in contrasts and b in contrasts for a, b in itertools.pairwise(names))
            sizes = draw_sections(phrases, np.random.default_rng(seed))
            assert sum(length for _, length in sizes) == phrases


def test_forms_of_one_length_differ() -> None:
    drawn = {draw_form(56, unit=4, rng=np.random.default_rng(seed)) for seed in range(30)}
    assert len(drawn) >= 10
    kinds = [kind_of(name) for form in drawn for name, _ in form]
    assert {"bridge", "breakdown"} & set(kinds)


def test_too_short_a_form_cannot_be_drawn() -> None:
    with pytest.raises(InputError, match="phrases is 2"):
        draw_sections(2, np.random.default_rng(1))
