import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.rhythm.cycles import placed
from tapeloom.rhythm.modulation import (
    IDIOMS,
    NAMES,
    Modulation,
    chain_to,
    continuation,
    modulated_tempo,
    note_length,
    note_text,
    preparation,
    tempos,
)

MODULATIONS = st.sampled_from(IDIOMS).map(Modulation.parse)
LENGTHS = st.fractions(Fraction(1, 8), 4, max_denominator=48)
BPM = st.fractions(60, 120, max_denominator=10)

# The equation, then new tempo / old tempo: what any score of it says.
RATIOS = {
    "dotted eighth = quarter": Fraction(4, 3),
    "quarter = dotted eighth": Fraction(3, 4),
    "dotted quarter = quarter": Fraction(2, 3),
    "quarter = dotted quarter": Fraction(3, 2),
    "triplet eighth = eighth": Fraction(3, 2),
    "triplet quarter = eighth": Fraction(3, 4),
    "quarter = half": Fraction(2),
    "quintuplet sixteenth = sixteenth": Fraction(5, 4),
    "septuplet sixteenth = sixteenth": Fraction(7, 4),
    "quarter + sixteenth = quarter": Fraction(4, 5),
    "5/16 = 1/4": Fraction(4, 5),
    "quintuplet sixteenth = triplet sixteenth": Fraction(5, 6),
}


@pytest.mark.parametrize("text", RATIOS)
def test_tempo_ratios_are_exact(text):
    assert Modulation.parse(text).ratio == RATIOS[text]


@pytest.mark.parametrize("text", IDIOMS)
def test_idioms_are_written_as_they_are_read(text):
    assert str(Modulation.parse(text)) == text


@given(LENGTHS)
def test_lengths_go_both_ways(length):
    assert note_length(note_text(length)) == length


@pytest.mark.parametrize("name", NAMES)
def test_three_triplets_are_two_and_a_dot_is_half(name):
    assert 3 * note_length(f"triplet {name}") == 2 * note_length(name)
    assert 2 * note_length(f"dotted {name}") == 3 * note_length(name)
    assert note_length(f"double dotted {name}") == note_length(name) * Fraction(7, 4)
    assert 5 * note_length(f"quintuplet {name}") == 4 * note_length(name)


@given(MODULATIONS, BPM)
def test_the_way_back_leads_back(modulation, bpm):
    assert tempos(bpm, [modulation, modulation.inverse])[-1] == bpm


@given(LENGTHS, LENGTHS, BPM)
def test_the_pivot_lasts_as_long_before_and_after(old, new, bpm):
    modulation = Modulation(old, new)
    assert 60 / bpm * old == 60 / modulation.tempo_after(bpm) * new


@given(MODULATIONS, st.sampled_from(["4/4", "3/4", "7/8", "5/4", "12/8"]), st.integers(1, 4))
def test_the_prepared_pulse_goes_on_evenly_over_the_change(modulation, text, bars):
    meter, bpm = Meter.parse(text), Fraction(90)
    bar = Fraction(4 * meter.numerator, meter.denominator)
    old_bar_s, new_bar_s = (bar * 60 / tempo for tempo in tempos(bpm, [modulation]))
    before = preparation(modulation, meter=meter, bars=bars).onsets(0, bars)
    after = continuation(modulation, meter=meter, bars=bars).onsets(0, bars)
    change_s = bars * old_bar_s
    times = [event.begin * old_bar_s for event in before]
    times += [change_s + event.begin * new_bar_s for event in after]
    steps = {b - a for a, b in itertools.pairwise(times)}
    assert steps == {60 / bpm * modulation.old}
    assert change_s in times
    assert times[0] < 60 / bpm * modulation.old


def test_a_preparation_can_be_placed_in_ticks():
    pulse = preparation(Modulation.parse("dotted eighth = quarter"), meter=Meter(3, 4), bars=1)
    hits = placed(pulse, cycles=1, cycle_ticks=3 * PPQ)
    assert [start for start, *_ in hits] == [0, 7560, 15120, 22680]


@given(st.lists(MODULATIONS, max_size=2), BPM)
def test_chains_lead_where_modulations_lead_in_no_more_steps(modulations, bpm):
    passed = tempos(bpm, modulations)
    if all(30 <= tempo <= 300 for tempo in passed):
        chain = chain_to(bpm, passed[-1], steps=2)
        assert tempos(bpm, chain)[-1] == passed[-1]
        assert len(chain) <= len(modulations)


def test_chains_within_a_tolerance_come_near():
    chain = chain_to(70, 88, steps=2, tolerance=0.01)
    assert abs(tempos(70, chain)[-1] - 88) <= Fraction(88, 100)
    with pytest.raises(InputError, match="the nearest reach"):
        chain_to(70, "87.97", steps=2)


def test_a_tempo_map_modulates_exactly():
    change = Modulation.parse("dotted eighth = quarter")
    tempo = modulated_tempo(75, [(4 * PPQ, change), (8 * PPQ, change.inverse)])
    assert [bpm for _, bpm in tempo.changes] == [75, 100, 75]
    assert tempo.tick_to_s(8 * PPQ) == pytest.approx(4 * 0.8 + 4 * 0.6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Modulation.parse("dotted eighth quarter"), "no modulation"),
        (lambda: Modulation.parse("a = b = c"), "no modulation"),
        (lambda: Modulation.parse("quaver = "), "no note value"),
        (lambda: Modulation.parse(" = quarter"), "no note value"),
        (lambda: Modulation.parse("0/4 = quarter"), "no note value"),
        (lambda: Modulation.parse("4/0 = quarter"), "no note value"),
        (lambda: Modulation.parse("dotted dotted half = quarter"), "no note value"),
        (lambda: Modulation(Fraction(0), Fraction(1)), "old note value is 0"),
        (lambda: Modulation(Fraction(1), Fraction(1)).tempo_after(0), "tempo is 0"),
        (lambda: Modulation(Fraction(1), Fraction(1)).tempo_after("fast"), "must be a number"),
        (lambda: Modulation(Fraction(1), Fraction(8)).tempo_after(9000), "it must stay"),
        (lambda: chain_to(80, 0), "tempo is 0"),
        (lambda: chain_to(80, 90, steps=0), "steps is 0"),
        (lambda: chain_to(80, 90, tolerance=2), "tolerance is 2"),
        (lambda: preparation(Modulation(Fraction(8), Fraction(1)), meter=Meter(3, 4)), "don't fit"),
        (
            lambda: preparation(Modulation(Fraction(1), Fraction(1)), meter=Meter(3, 4), bars=0),
            "bars is 0",
        ),
        (
            lambda: modulated_tempo(80, [(0, Modulation(Fraction(1), Fraction(2)))]),
            "in rising order",
        ),
    ],
)
def test_bad_input_is_refused_in_a_sentence(make, message):
    with pytest.raises(InputError, match=message):
        make()
