import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import DENOMINATORS, Meter
from tapeloom.rhythm.patterns import FEET, GROOVES, VELOCITIES, Groove, groove_in
from tapeloom.theory.instruments import DRUMS

COMMON = ["4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "2/4", "9/8", "3/8", "1/4", "2/2", "7/16"]


def hands_and_feet(groove, bar):
    hits = groove.bar(bar)
    for step in {step for step, _ in hits}:
        drums = [drum for at, drum in hits if at == step]
        yield (
            sum(drum not in FEET for drum in drums),
            sum(drum in FEET for drum in drums),
        )


@pytest.mark.parametrize("groove", GROOVES.values(), ids=GROOVES.keys())
@pytest.mark.parametrize("text", COMMON)
def test_a_human_can_play_every_groove(groove, text):
    played = groove_in(Meter.parse(text), groove)
    assert set(played.lines) <= set(DRUMS)
    for bar in range(played.bars):
        assert all(hands <= 2 and feet <= 2 for hands, feet in hands_and_feet(played, bar))


@pytest.mark.parametrize("groove", GROOVES.values(), ids=GROOVES.keys())
def test_grooves_begin_on_the_kick_and_differ_from_bar_to_bar(groove):
    assert (0, "kick") in groove.bar(0)
    assert groove.bars == 1 or groove.bar(0) != groove.bar(1)
    assert groove.bar(groove.bars) == groove.bar(0)


def test_there_are_enough_grooves_of_all_energies():
    assert len(GROOVES) >= 14
    energies = sorted(groove.energy for groove in GROOVES.values())
    assert energies[0] <= 0.15
    assert energies[-1] >= 0.7
    assert len({str(groove.lines) for groove in GROOVES.values()}) == len(GROOVES)


def test_ghost_notes_are_quiet_and_accents_loud():
    assert 20 <= VELOCITIES["o"] <= 45 < VELOCITIES["-"] < VELOCITIES["x"] < VELOCITIES["X"]


@given(
    st.builds(Meter, st.integers(1, 64), st.sampled_from(DENOMINATORS)),
    st.sampled_from(sorted(GROOVES)),
)
def test_any_meter_gets_a_groove_with_a_downbeat_and_a_timekeeper(meter, name):
    groove = groove_in(meter, GROOVES[name])
    assert (0, "kick") in groove.bar(0)
    assert any(drum == groove.timekeeper for _, drum in groove.bar(1))
    if meter.numerator > 1:
        assert any(drum == groove.backbeat for _, drum in groove.bar(0) | groove.bar(1))


def test_known_answers_of_the_rule():
    like = GROOVES["boom_bap"]

    def steps(text, drum):
        groove = groove_in(Meter.parse(text), like)
        return [step for step, d in sorted(groove.bar(0)) if d == drum and step < groove.steps - 2]

    assert steps("3/4", "kick") == [0]
    assert steps("3/4", "snare") == [4, 8]
    assert steps("6/8", "snare") == [6]
    assert steps("12/8", "kick") == [0, 12]
    assert steps("12/8", "snare") == [6, 18]
    assert steps("5/4", "kick") == [0, 12]
    assert steps("5/4", "snare") == [8, 16]
    assert steps("7/8", "kick") == [0, 8]
    assert steps("2/2", "snare") == [4, 12]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"kick": "x..."}, "whole bars of 16 steps"),
        ({"kick": "x" * 16, "snare": "x" * 32}, "whole bars"),
        ({"kick": "x" * 15 + "?"}, "none of X x - o"),
    ],
)
def test_misspelt_grooves_are_refused(lines, message):
    with pytest.raises(InputError, match=message):
        Groove("wrong", lines)


def test_names_of_the_time_and_the_backbeat():
    assert GROOVES["bossa"].timekeeper == "shaker"
    assert GROOVES["bossa"].backbeat == "rim"
    assert GROOVES["brushes"].timekeeper == "brush"
    bare = Groove("bare", {"kick": "x" * 16})
    assert (bare.timekeeper, bare.backbeat) == ("closed_hat", "snare")
