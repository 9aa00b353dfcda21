import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tapeloom.rhythm
from tapeloom.core.errors import InputError
from tapeloom.core.meter import DENOMINATORS, Meter
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import (
    GROUPINGS,
    SIXTEENTH,
    beat_starts,
    group_starts,
    groupings,
    metric_weight,
    metric_weights,
    step_ticks,
)

METERS = st.builds(Meter, st.integers(1, 64), st.sampled_from(DENOMINATORS))


def test_public_names_exist():
    assert all(hasattr(tapeloom.rhythm, name) for name in tapeloom.rhythm.__all__)
    assert set(tapeloom.rhythm.__all__) == set(tapeloom.rhythm._HOMES)
    modules = {module.name for module in pkgutil.iter_modules(tapeloom.rhythm.__path__)}
    assert not modules & set(tapeloom.rhythm.__all__)


@given(METERS)
def test_every_grouping_fills_the_bar(meter):
    for grouping in groupings(meter):
        assert sum(grouping) == meter.numerator


@given(METERS)
def test_the_downbeat_is_heaviest_and_beats_outweigh_what_lies_between(meter):
    weights = metric_weights(meter)
    assert len(weights) * step_ticks(meter) == meter.bar_ticks
    assert weights[0] == 1.0 == max(weights)
    assert all(weight < 1.0 for weight in weights[1:])
    beats = {tick // step_ticks(meter) for tick in beat_starts(meter)}
    between = [weight for i, weight in enumerate(weights) if i not in beats]
    assert not between or max(between) < min(weights[i] for i in beats)


@pytest.mark.parametrize("text", GROUPINGS)
def test_tables_of_idioms_add_up(text):
    meter = Meter.parse(text)
    for grouping in GROUPINGS[text]:
        assert group_starts(meter, grouping)[0] == 0
        assert group_starts(meter, grouping)[-1] + grouping[-1] * meter.unit_ticks == (
            meter.bar_ticks
        )


def test_compound_beats_are_dotted_quarters():
    assert beat_starts(Meter(12, 8)) == tuple(i * 3 * PPQ // 2 for i in range(4))


def test_a_grouping_that_misses_the_bar_is_refused():
    with pytest.raises(InputError, match="add up to the 7 units"):
        group_starts(Meter(7, 8), (3, 3))


def test_half_bar_weighs_more_than_the_backbeat():
    four = Meter(4, 4)
    assert metric_weight(four, 2 * PPQ) > metric_weight(four, PPQ) > metric_weight(four, PPQ // 2)
    assert metric_weight(four, PPQ // 2) > metric_weight(four, SIXTEENTH)
