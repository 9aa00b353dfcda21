from fractions import Fraction

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm import cycles
from tapeloom.rhythm.cycle_text import parse
from tapeloom.rhythm.hits import Hit, groove_hits, groove_pattern, pattern_hits, together
from tapeloom.rhythm.meter_plan import MeterPlan
from tapeloom.rhythm.patterns import GROOVES


@pytest.mark.parametrize("name", GROOVES)
def test_a_groove_as_a_pattern_is_the_same_groove(name):
    groove = GROOVES[name]
    bars = 2 * groove.bars + 1
    pattern = groove_pattern(groove)
    hits = groove_hits(groove, bars=bars)
    assert pattern_hits(pattern, meter=groove.meter, bars=bars) == hits
    assert pattern_hits(parse(str(pattern)), meter=groove.meter, bars=bars) == hits
    assert any(hits)


def test_the_algebra_changes_a_groove():
    groove = GROOVES["boom_bap"]
    changed = cycles.every(groove_pattern(groove), 4, cycles.rev, first=3)
    bars = pattern_hits(changed, meter=groove.meter, bars=4)
    plain = groove_hits(groove, bars=4)
    assert bars[:3] == plain[:3]
    assert len(bars[3]) == len(plain[3])
    assert bars[3] != plain[3]


def test_a_pattern_fills_bars_of_changing_meter():
    plan = MeterPlan.parse("7/8 | 4/4")
    bars = pattern_hits(parse("kick snare"), meter=plan, bars=3)
    assert [bar[1].tick for bar in bars] == [17_640, 20_160, 17_640]


def test_what_rounds_up_to_the_bar_line_falls_in_the_next_bar():
    late = cycles.rotate(cycles.pure("kick"), Fraction(1, 100_000))
    bars = pattern_hits(late, meter=Meter(4, 4), bars=3)
    assert [[hit.tick for hit in bar] for bar in bars] == [[], [0], [0]]


def test_silent_events_make_no_hits():
    assert pattern_hits(parse("kick:0 snare"), meter=Meter(4, 4), bars=1) == (
        (Hit(20_160, "snare", 127),),
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Hit(-1, "kick", 80), "tick must be 0 or more"),
        (lambda: Hit(0, "kick", 0), "velocity 1 to 127"),
        (lambda: pattern_hits(parse("a"), meter=Meter(4, 4), bars=0), "bars is 0"),
        (lambda: pattern_hits(parse("a"), meter=Meter(), bars=1, velocity=200), "velocity is 200"),
        (lambda: together(((),), ((), ())), "layers of 1 and 2 bars"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(make, message):
    with pytest.raises(InputError, match=message):
        make()
