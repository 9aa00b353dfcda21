import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.rhythm.bar_rhythms import groove_rhythm, rhythms_by_bar, syncopation_by_bar
from tapeloom.rhythm.meters import SIXTEENTH
from tapeloom.rhythm.patterns import GROOVES
from tapeloom.rhythm.timelines import TIMELINES, place, timeline

COMMON = ((0, Meter(4, 4)),)


@pytest.mark.parametrize("name", TIMELINES)
def test_a_timeline_comes_back_from_its_ticks(name):
    found = timeline(name)
    onsets, cycle = place(found, found.meter)
    (bar,) = rhythms_by_bar(onsets, ((0, found.meter),), end=cycle)
    assert bar.rhythm is not None
    scale = bar.rhythm.pulses // found.pulses
    assert bar.rhythm.onsets == tuple(scale * onset for onset in found.rhythm.onsets)


@given(
    st.sets(st.integers(0, 31), min_size=1), st.lists(st.integers(-1200, 1200), min_size=32,
    max_size=32),
)  # fmt: skip
def test_human_timing_doesnt_change_the_rhythm(steps, deviations):
    straight = [step * SIXTEENTH for step in sorted(steps)]
    played = [
        max(tick + deviation, 0) for tick, deviation in zip(straight, deviations, strict=False)
    ]
    end = 8 * PPQ
    assert rhythms_by_bar(played, COMMON, end=end) == rhythms_by_bar(straight, COMMON, end=end)


def test_bars_of_changing_meters():
    meters = ((0, Meter(7, 8)), (7 * PPQ // 2, Meter(4, 4)))
    bars = rhythms_by_bar([0, PPQ, 7 * PPQ // 2 + PPQ], meters, end=15 * PPQ // 2)
    assert [str(bar.rhythm) for bar in bars] == ["x...x.........", "....x..........."]
    assert [str(bar.meter) for bar in bars] == ["7/8", "4/4"]


def test_a_note_just_before_the_bar_line_belongs_to_the_downbeat():
    first, second = rhythms_by_bar([4 * PPQ - 5], COMMON, end=8 * PPQ)
    assert first.rhythm is None
    assert second.rhythm.onsets == (0,)


def test_syncopation_of_a_groove_tells_straight_from_not():
    four = [beat * PPQ for beat in range(4)]
    pushed = [beat * PPQ - SIXTEENTH for beat in range(1, 5)]
    bars = [rhythms_by_bar(line, COMMON, end=4 * PPQ) for line in (four, pushed)]
    for measure in ("lhl", "wnbd", "metric complexity", "keith"):
        (calm,), (lively,) = (syncopation_by_bar(bar, measure=measure) for bar in bars)
        assert calm < lively


def test_groupings_are_heard():
    line = [0, 3 * PPQ // 2, 5 * PPQ // 2]
    bars = rhythms_by_bar(line, ((0, Meter(7, 8)),), end=7 * PPQ // 2)
    (three_first,) = syncopation_by_bar(bars, measure="metric complexity", grouping=(3, 2, 2))
    (two_first,) = syncopation_by_bar(bars, measure="metric complexity", grouping=(2, 2, 3))
    assert three_first == 0 < two_first


def test_lines_of_grooves():
    rim = groove_rhythm(GROOVES["bossa"], "rim")
    assert rim.pulses == 16 * GROOVES["bossa"].bars


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: rhythms_by_bar([0], (), end=10), "begin at tick 0"),
        (lambda: rhythms_by_bar([0], ((5, Meter(4, 4)),), end=10), "begin at tick 0"),
        (lambda: rhythms_by_bar([0], COMMON, end=-1), "end is -1"),
        (lambda: rhythms_by_bar([float("nan")], COMMON, end=10), "numbers of ticks"),
        (lambda: groove_rhythm(GROOVES["bossa"], "gong"), "has no gong"),
    ],
)
def test_misuse_says_what_is_wrong(ask, words):
    with pytest.raises(InputError, match=words):
        ask()
