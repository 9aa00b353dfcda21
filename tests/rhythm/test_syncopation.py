from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import DENOMINATORS, Meter
from tapeloom.rhythm.meters import SIXTEENTH, step_ticks
from tapeloom.rhythm.metric_grid import MetricGrid, usual_grid
from tapeloom.rhythm.necklaces import Rhythm
from tapeloom.rhythm.syncopation import (
    MEASURES,
    NO_SYNCOPATION,
    keith,
    keith_toussaint,
    largest_syncopation_sum,
    longuet_higgins_lee,
    metric_complexity,
    pressing,
    syncopation,
    weighted_note_to_beat_distance,
)
from tapeloom.rhythm.timelines import timeline
from tests.rhythm.test_necklaces import rhythms

# WNBD and Keith: Gómez et al., "Mathematical Measures of Syncopation" (BRIDGES 2005), figure 8,
# Keith as Toussaint reads it. Longuet-Higgins and Lee (alone, looped), Toussaint's metric
# complexity and Pressing (alone, looped): values of C. Song's SynPy, weights 0 -1 -2 -3 -4. SynPy
# gives gahu 8.875 for the first of two bars, which another follows, and 10.375 for the last.
SIX = {
    "shiko": ("6/5", 1, 2, 2, 2, "6.5", "6.5"),
    "son32": ("14/5", 2, 4, 4, 4, "8.625", "8.625"),
    "rumba32": ("18/5", 2, 6, 6, 5, "9.25", "9.25"),
    "soukous": ("18/5", 3, 6, 7, 6, "9.25", "9.25"),
    "gahu": ("18/5", 3, 5, 5, 5, "10.375", "8.875"),
    "bossa32": ("4", 3, 6, 7, 6, "11", "11"),
}

# Gómez et al. (2005), figure 11, three pulses a beat. The definition gives ashanti 3 (another
# reading of the figure has 2).
BELLS = {
    "soli": "15/7", "tambu": "15/7", "bembe": "3", "bembe_2": "15/7", "yoruba": "3",
    "tonada": "15/7", "asaadua": "15/7", "sorsonet": "3", "bemba": "15/7", "ashanti": "3",
}  # fmt: skip


@pytest.mark.parametrize("name", SIX)
def test_published_values_of_the_six(name):
    wnbd, by_keith, lhl, lhl_looped, complexity, alone, looped = SIX[name]
    rhythm = timeline(name).rhythm
    assert weighted_note_to_beat_distance(rhythm, beat=4) == Fraction(wnbd)
    assert keith_toussaint(rhythm) == by_keith
    assert longuet_higgins_lee(rhythm) == lhl
    assert longuet_higgins_lee(rhythm, looped=True) == lhl_looped
    assert metric_complexity(rhythm) == complexity
    assert pressing(rhythm) == Fraction(alone)
    assert pressing(rhythm, looped=True) == Fraction(looped)


@pytest.mark.parametrize("name", BELLS)
def test_published_distances_of_the_bells(name):
    rhythm = timeline(name).rhythm
    assert weighted_note_to_beat_distance(rhythm, beat=3) == Fraction(BELLS[name])


def test_one_rest_for_each_note_gives_rumba_five():
    assert largest_syncopation_sum(timeline("rumba32").rhythm) == 5


def test_weights_of_sixteen_are_toussaints():
    expected = (5, 1, 2, 1, 3, 1, 2, 1, 4, 1, 2, 1, 3, 1, 2, 1)
    assert MetricGrid.of(Meter(4, 4)).weights == expected
    assert usual_grid(16).weights == expected


def test_keiths_three_kinds():
    assert keith(Rhythm.parse("x.....x.")) == 1 + 0  # ends off a half: hesitation
    assert keith(Rhythm.parse("..x.....")) == 3  # begins and ends off: syncopation
    assert keith(Rhythm.parse("x...x...")) == 0


def test_a_pulse_on_the_beats_isnt_syncopated():
    beats = Rhythm.parse("x...x...x...x...")
    assert longuet_higgins_lee(beats) == longuet_higgins_lee(beats, looped=True) == NO_SYNCOPATION
    assert keith(beats) == metric_complexity(beats) == largest_syncopation_sum(beats) == 0
    assert weighted_note_to_beat_distance(beats) == 0


def test_a_note_before_the_beat_pulls_more_than_one_after_it():
    plain, early = Rhythm.parse("x...x...x...x..."), Rhythm.parse("x...x...x..x....")
    for measure in ("lhl", "wnbd", "keith", "metric complexity", "pressing"):
        assert syncopation(early, measure=measure) > syncopation(plain, measure=measure)


@given(rhythms(most=16))
def test_measures_know_their_bounds(rhythm):
    grid = usual_grid(rhythm.pulses)
    assert longuet_higgins_lee(rhythm) >= NO_SYNCOPATION
    assert longuet_higgins_lee(rhythm, looped=True) >= longuet_higgins_lee(rhythm)
    assert 0 <= metric_complexity(rhythm) <= len(rhythm) * (len(grid.levels) - 1)
    assert 0 <= pressing(rhythm) <= 5 * len(grid.levels)
    assert largest_syncopation_sum(rhythm) >= 0


@given(rhythms(most=16), st.integers(1, 4))
def test_distance_vanishes_on_beats_alone(rhythm, beat):
    if rhythm.pulses % beat == 0:
        on_beats = all(onset % beat == 0 for onset in rhythm.onsets)
        assert (weighted_note_to_beat_distance(rhythm, beat=beat) == 0) == on_beats


@given(rhythms(most=12))
def test_a_finer_grid_doesnt_change_what_is_played(rhythm):
    finer = Rhythm(tuple(2 * onset for onset in rhythm.onsets), 2 * rhythm.pulses)
    coarse, fine = usual_grid(rhythm.pulses), None
    divisions = [b // a for a, b in zip(
        map(len, coarse.levels), map(len, coarse.levels[1:]), strict=False)]  # fmt: skip
    fine = MetricGrid.even(*divisions, 2)
    assert metric_complexity(finer, grid=fine) == metric_complexity(rhythm, grid=coarse)
    assert pressing(finer, grid=fine) == pressing(rhythm, grid=coarse)
    assert longuet_higgins_lee(finer, grid=fine) == longuet_higgins_lee(rhythm, grid=coarse)
    assert weighted_note_to_beat_distance(finer, beat=2) == weighted_note_to_beat_distance(
        rhythm, beat=1
    )


@given(st.builds(Meter, st.integers(1, 16), st.sampled_from(DENOMINATORS)))
def test_every_meter_has_a_grid(meter):
    grid = MetricGrid.of(meter, pulse_ticks=step_ticks(meter))
    assert grid.pulses * step_ticks(meter) == meter.bar_ticks
    assert grid.weights[0] == len(grid.levels) == max(grid.weights)
    assert min(grid.weights) == 1


def test_an_uneven_meter_is_heard_in_its_groups():
    grid = MetricGrid.of(Meter(7, 8), pulse_ticks=2 * SIXTEENTH, grouping=(3, 2, 2))
    assert grid.weights == (3, 1, 1, 2, 1, 2, 1)
    assert metric_complexity(Rhythm.parse("x..x.x."), grid=grid) == 0
    assert longuet_higgins_lee(Rhythm.parse("x.x..x."), grid=grid) == 1  # over the second group


@pytest.mark.parametrize(
    ("name", "beat"), [("son32", 4), ("bembe", 3), ("tresillo", 4), ("aka", 3), ("lesnoto", 1)]
)
def test_beats_are_found_in_the_grid(name, beat):
    rhythm = timeline(name).rhythm
    expected = float(weighted_note_to_beat_distance(rhythm, beat=beat))
    assert syncopation(rhythm, measure="wnbd") == expected
    twice = Rhythm(
        (*rhythm.onsets, *(o + rhythm.pulses for o in rhythm.onsets)), 2 * len(str(rhythm))
    )
    if beat > 1:
        assert syncopation(twice, measure="wnbd") == pytest.approx(expected)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_a_name(measure):
    value = syncopation(timeline("son32").rhythm, measure=measure)
    assert isinstance(value, float)
    assert value > 0


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda r: syncopation(r, measure="groove"), "'groove' is no measure"),
        (lambda r: metric_complexity(r, grid=usual_grid(12)), "16 pulses and the meter 12"),
        (lambda r: weighted_note_to_beat_distance(r, beat=3), "beats of 3 pulses"),
        (lambda r: weighted_note_to_beat_distance(r, beat=0), "beats of 0 pulses"),
        (lambda _: keith(Rhythm.parse("x..x..x..x..")), "not 12"),
        (lambda _: keith_toussaint(Rhythm.parse("x..")), "not 3"),
        (lambda _: MetricGrid(4, ((0,), (0, 2))), "all 4 pulses"),
        (lambda _: MetricGrid(4, ((0, 2), (0, 1, 2, 3))), "first level"),
        (lambda _: MetricGrid(4, ((0,), (0, 1), (0, 2), (0, 1, 2, 3))), "must divide"),
        (lambda _: MetricGrid.even(2, 0), "1 or more"),
        (lambda _: MetricGrid.even(32, 64), "2048"),
        (lambda _: MetricGrid.of(Meter(4, 4), pulse_ticks=999), "don't divide"),
        (lambda _: usual_grid(0), "not 0"),
    ],
)
def test_misuse_says_what_is_wrong(ask, words):
    with pytest.raises(InputError, match=words):
        ask(timeline("son32").rhythm)


def test_the_example_of_synpys_manual():
    assert longuet_higgins_lee(Rhythm.parse("x..x.xx.")) == 2
