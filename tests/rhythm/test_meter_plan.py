import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import DENOMINATORS, Meter, bar_starts
from tapeloom.rhythm.meter_plan import MeterPlan, MeterSpan
from tapeloom.rhythm.meters import (
    GROUPINGS,
    group_starts,
    grouping_text,
    groupings,
    metric_weight,
    metric_weights,
    parse_grouping,
    step_ticks,
)

GROUPS = st.lists(st.integers(1, 9), min_size=1, max_size=7).map(tuple)


@st.composite
def spans(draw):
    grouping = draw(GROUPS)
    meter = Meter(sum(grouping), draw(st.sampled_from(DENOMINATORS)))
    return MeterSpan(meter, draw(st.sampled_from([(), grouping])), draw(st.integers(1, 40)))


PLANS = st.lists(spans(), min_size=1, max_size=4).map(lambda found: MeterPlan(tuple(found)))


@given(GROUPS, st.sampled_from(DENOMINATORS))
def test_groupings_go_both_ways(grouping, denominator):
    meter = Meter(sum(grouping), denominator)
    assert parse_grouping(grouping_text(grouping), meter) == grouping


@given(GROUPS)
def test_weights_follow_any_grouping(grouping):
    meter = Meter(sum(grouping), 8)
    weights = metric_weights(meter, grouping)
    step = step_ticks(meter)
    heavy = [i * step for i, weight in enumerate(weights) if weight >= 0.8]
    assert tuple(heavy) == group_starts(meter, grouping)
    for i, weight in enumerate(weights):
        assert metric_weight(meter, i * step, grouping=grouping) == weight


@pytest.mark.parametrize("text", GROUPINGS)
def test_idioms_name_no_grouping_twice(text):
    found = groupings(Meter.parse(text))
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("text", ["5/4", "7/8", "9/8", "11/8", "13/8", "15/16"])
def test_additive_meters_have_more_than_one_idiom(text):
    assert len(groupings(Meter.parse(text))) > 1


@pytest.mark.parametrize("wrong", ["3+3", "2+2+4", "7+7", "0+7+0", "8"])
def test_a_grouping_that_does_not_add_up_names_both(wrong):
    with pytest.raises(InputError) as refused:
        parse_grouping(wrong, Meter(7, 8))
    assert all(name in str(refused.value) for name in (wrong, "7/8", "2+2+3"))


@pytest.mark.parametrize("wrong", ["", "2+", "+7", "2-5", "two", "2,2,3", "²+5", "-1+8"])
def test_what_is_no_grouping_is_refused(wrong):
    with pytest.raises(InputError, match="is no grouping; write one like 2\\+2\\+3"):
        parse_grouping(wrong, Meter(7, 8))


def test_no_groups_are_no_grouping():
    with pytest.raises(InputError, match="the grouping of nothing makes 0"):
        group_starts(Meter(7, 8), ())


@given(PLANS)
def test_plans_go_both_ways(plan):
    assert MeterPlan.parse(str(plan)) == plan


@given(PLANS, st.integers(1, 100))
def test_the_scores_meters_have_the_plans_bars(plan, bars):
    each = list(plan.each_bar(bars))
    assert [span for _, span in each] == [plan.span_at(bar) for bar in range(bars)]
    end = each[-1][0] + each[-1][1].meter.bar_ticks
    assert bar_starts(plan.meters(bars), end) == [tick for tick, _ in each]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("4/0", "'4/0' is no meter"),
        ("4/4 |", "is no meter and bars"),
        ("7/8 2+2", "makes 4 and doesn't add up to the 7 units of 7/8"),
        ("4/4 x0", "0 bars of 4/4"),
        ("4/4 x20000", "20000 bars of 4/4"),
        ("4/4 twice", "is no meter and bars"),
        ("999/8", "is no meter"),
    ],
)
def test_plans_that_cannot_be_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        MeterPlan.parse(text)


def test_an_empty_plan_and_an_empty_piece_are_refused():
    with pytest.raises(InputError, match="at least one"):
        MeterPlan(())
    with pytest.raises(InputError, match="0 bars"):
        MeterPlan.parse("4/4").meters(0)
